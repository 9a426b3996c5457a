package oidc

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
	strict "github.com/go-jose/go-jose/v4/json" // refuses repeated members, and compares names sign by sign
)

// Bounds of a client's set of keys.
const (
	// MaxJWKS is the longest set that is kept with a client, in bytes.
	MaxJWKS = 16 << 10

	mostKeys    = 20
	leastRSA    = 2048 // bits (RFC 7518, 3.3)
	greatestRSA = 8192 // bits; a greater key only makes work
)

// assertionAlgs are the algorithms of client assertions.
var assertionAlgs = []jose.SignatureAlgorithm{jose.RS256, jose.ES256, jose.RS384, jose.ES384, jose.PS256, jose.EdDSA}

// ClientAlgs names the algorithms with which clients may sign their assertions (token_endpoint_auth_signing_alg).
func ClientAlgs() []string {
	var names []string
	for _, alg := range assertionAlgs {
		names = append(names, string(alg))
	}
	return names
}

// clientKey is a public key that a client signs its assertions with.
type clientKey struct {
	id     string
	alg    jose.SignatureAlgorithm // "": any that fits
	public any                     // *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey
}

// jwkMembers are what we look at beside the key itself, and what no public key has (RFC 7518, 6).
type jwkMembers struct {
	Type string   `json:"kty"`
	Use  *string  `json:"use"`
	Alg  *string  `json:"alg"`
	Ops  []string `json:"key_ops"`

	D    json.RawMessage `json:"d"`
	P    json.RawMessage `json:"p"`
	Q    json.RawMessage `json:"q"`
	DP   json.RawMessage `json:"dp"`
	DQ   json.RawMessage `json:"dq"`
	QI   json.RawMessage `json:"qi"`
	Oth  json.RawMessage `json:"oth"`
	K    json.RawMessage `json:"k"`
	Priv json.RawMessage `json:"priv"`
}

// secret reports whether a key tells what only its owner should know.
func (m jwkMembers) secret() bool {
	return m.Type == "oct" || slices.ContainsFunc([]json.RawMessage{m.D, m.P, m.Q, m.DP, m.DQ, m.QI, m.Oth, m.K, m.Priv},
		func(part json.RawMessage) bool { return part != nil })
}

// CheckJWKS says what is wrong with a set of keys that is to be registered with a client (RFC 7517, 5): every key must be a
// public one to verify signatures with, named by a kid of its own where there are several. alg is the algorithm that the client
// is registered with, or "": then one key at least must fit it.
func CheckJWKS(text []byte, alg string) error {
	if len(text) > MaxJWKS {
		return fmt.Errorf("longer than %d bytes", MaxJWKS)
	}
	raw, err := splitJWKS(text)
	if err != nil {
		return err
	}
	var all []clientKey
	for i, one := range raw {
		key, err := readKey(one)
		if err != nil {
			return fmt.Errorf("key %d: %w", i+1, err)
		}
		same := func(k clientKey) bool { return k.id == key.id }
		if len(raw) > 1 && (key.id == "" || slices.ContainsFunc(all, same)) {
			return fmt.Errorf("key %d: of several keys each needs a kid of its own", i+1)
		}
		all = append(all, key)
	}
	if alg != "" && !slices.ContainsFunc(all, func(k clientKey) bool { return k.fits(jose.SignatureAlgorithm(alg)) }) {
		return fmt.Errorf("no key for %s", alg)
	}
	return nil
}

// readJWKS reads the keys of a set that may be used. One that shows a private key is no set: whoever reads it could be the client.
// What cannot be used otherwise is passed over, as a client may have keys for other ends (RFC 7517, 5).
func readJWKS(text []byte) ([]clientKey, error) {
	raw, err := splitJWKS(text)
	if err != nil {
		return nil, err
	}
	var all []clientKey
	for _, one := range raw {
		key, err := readKey(one)
		if errors.Is(err, errSecretKey) {
			return nil, err
		}
		if err == nil {
			all = append(all, key)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("no key that can be used")
	}
	return all, nil
}

func splitJWKS(text []byte) ([]json.RawMessage, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	var whole map[string]strict.RawMessage // the decoder sees repeated members in what it reads as a map
	if strict.Unmarshal(text, &whole) != nil || json.Unmarshal(whole["keys"], &set.Keys) != nil {
		return nil, errors.New(`not a JWK set: {"keys":[…]}`)
	}
	if len(set.Keys) == 0 || len(set.Keys) > mostKeys {
		return nil, fmt.Errorf("1 to %d keys, not %d", mostKeys, len(set.Keys))
	}
	return set.Keys, nil
}

// errSecretKey: somebody published what they should keep.
var errSecretKey = errors.New("a private or symmetric key: give us the public key alone, and make a new one, as this one is no secret any more")

// readKey reads one key that signatures may be verified with.
func readKey(text []byte) (clientKey, error) {
	var m jwkMembers
	if strict.Unmarshal(text, &m) != nil {
		return clientKey{}, errors.New("not a JWK")
	}
	if m.secret() {
		return clientKey{}, errSecretKey
	}
	if m.Use != nil && *m.Use != "sig" || m.Ops != nil && !slices.Contains(m.Ops, "verify") {
		return clientKey{}, errors.New("not for signatures (use, key_ops)")
	}
	var parsed jose.JSONWebKey
	if parsed.UnmarshalJSON(text) != nil || !parsed.Valid() {
		return clientKey{}, errors.New("not a key of kty RSA, EC or OKP")
	}
	if len(parsed.KeyID) > longestName {
		return clientKey{}, fmt.Errorf("its kid is longer than %d bytes", longestName)
	}
	key := clientKey{id: parsed.KeyID, alg: jose.SignatureAlgorithm(parsed.Algorithm), public: parsed.Key}
	if m.Alg != nil && !slices.Contains(assertionAlgs, key.alg) {
		return clientKey{}, fmt.Errorf("alg %q is none of %v", parsed.Algorithm, assertionAlgs)
	}
	if !slices.ContainsFunc(assertionAlgs, key.fits) {
		return clientKey{}, fmt.Errorf("neither RSA of %d to %d bits, nor P-256, P-384 or Ed25519 (and alg, if there, must be one for it)", leastRSA, greatestRSA)
	}
	return key, nil
}

// fits reports whether a signature of alg may be verified with the key: its kind, size and curve, and what it is registered for.
func (k clientKey) fits(alg jose.SignatureAlgorithm) bool {
	if k.alg != "" && k.alg != alg {
		return false
	}
	switch public := k.public.(type) {
	case *rsa.PublicKey:
		size := public.N.BitLen()
		return (alg == jose.RS256 || alg == jose.RS384 || alg == jose.PS256) && size >= leastRSA && size <= greatestRSA
	case *ecdsa.PublicKey:
		return alg == jose.ES256 && public.Curve == elliptic.P256() || alg == jose.ES384 && public.Curve == elliptic.P384()
	case ed25519.PublicKey:
		return alg == jose.EdDSA
	}
	return false
}

// choose is the key that an assertion was signed with: the one that it names, or, where it names none, the only one that fits.
func choose(all []clientKey, kid string, alg jose.SignatureAlgorithm) (clientKey, bool) {
	var found []clientKey
	for _, k := range all {
		if k.fits(alg) && (kid == "" || k.id == kid) {
			found = append(found, k)
		}
	}
	if len(found) != 1 {
		return clientKey{}, false
	}
	return found[0], true
}
