package keys

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrToken says that a token is not a valid one of ours, and nothing more.
var ErrToken = errors.New("keys: not a valid token")

// ErrUnknownKey is an ErrToken (errors.Is) whose kid is not in the ring as last read. It is a hint for the caller to try
// RefreshAfter and verify once more, never to be told outside.
var ErrUnknownKey = fmt.Errorf("%w: unknown key", ErrToken)

// ErrNoKey is what Sign returns where the ring, as last read, has no key of that algorithm: Ensure makes one.
var ErrNoKey = errors.New("keys: no key to sign with")

// maxToken is the longest token made or read, in characters.
const maxToken = 16 << 10

// Header is what the JOSE header of a verified token said (RFC 7515 section 4.1).
type Header struct {
	Alg   Alg    `json:"alg"`
	KeyID string `json:"kid"`
	Type  string `json:"typ"`
}

// Sign returns payload as a compact JWS (RFC 7515 section 7.1) under the key of alg that is active at now. typ is the
// header's media type without "application/" ("at+jwt", RFC 9068 section 2.1); empty leaves it out. It fails for an
// algorithm that the ring does not have, a typ that would need escaping in JSON, and a token longer than 16 KiB.
//
// Measured for a payload of 500 bytes (BenchmarkSign): ES256 33 to 39 µs and 70 allocations, of which the signature is 31
// and 59; a prepared go-jose signer takes 38 µs and 124 allocations. RS256 takes 733 µs, all of it the signature. ES256
// would be 8 µs cheaper with deterministic nonces (RFC 6979); the hedged ones stay, as they stand up to induced faults.
func (r *Ring) Sign(alg Alg, typ string, payload []byte, now time.Time) (string, error) {
	key := r.current.Load().signing(alg, now)
	if key == nil {
		return "", fmt.Errorf("%w for algorithm %q", ErrNoKey, alg)
	}
	if typ != "" && !plainText(typ) {
		return "", fmt.Errorf("keys: %q is no media type", typ)
	}
	header := Header{Alg: alg, KeyID: key.ID, Type: typ}.encode()
	token := make([]byte, 0, base64.RawURLEncoding.EncodedLen(len(header)+len(payload))+400)
	token = base64.RawURLEncoding.AppendEncode(token, header)
	token = append(token, '.')
	token = base64.RawURLEncoding.AppendEncode(token, payload)
	signature, err := key.scheme.sign(key.private, token)
	if err != nil {
		return "", fmt.Errorf("keys: signing: %w", err)
	}
	token = append(token, '.')
	token = base64.RawURLEncoding.AppendEncode(token, signature)
	if len(token) > maxToken {
		return "", errors.New("keys: too much for a token")
	}
	return string(token), nil
}

// Verify returns payload and header of a token that Sign made, in any replica, with a key that is still published at now.
// It requires one of algs (none given: nothing passes) and, unless typ is empty, exactly that typ. The header must be byte
// for byte the one Sign writes, so crit, jwk, jku, x5u, repeated members and other spellings are all refused, and base64url
// is strict: a token has one valid form. The error is ErrToken, or ErrUnknownKey, which is one. Whether the
// claims (exp, aud, iss …) are acceptable is the caller's to check.
func (r *Ring) Verify(token, typ string, now time.Time, algs ...Alg) ([]byte, Header, error) {
	if len(token) > maxToken {
		return nil, Header{}, ErrToken
	}
	parts := strings.SplitN(token, ".", 4) // a token of nothing but dots costs four pieces
	if len(parts) != 3 {
		return nil, Header{}, ErrToken
	}
	header, err := decodeHeader(parts[0])
	if err != nil || !slices.Contains(algs, header.Alg) || (typ != "" && header.Type != typ) {
		return nil, Header{}, ErrToken
	}
	payload, err := decodeStrict(parts[1])
	if err != nil {
		return nil, Header{}, ErrToken
	}
	signature, err := decodeStrict(parts[2])
	if err != nil {
		return nil, Header{}, ErrToken
	}
	key := r.current.Load().published(header.KeyID, now)
	if key == nil {
		return nil, Header{}, ErrUnknownKey
	}
	input := token[:len(parts[0])+1+len(parts[1])]
	if key.Alg != header.Alg || !key.scheme.verify(key.public, []byte(input), signature) {
		return nil, Header{}, ErrToken
	}
	return payload, header, nil
}

// Publishes reports whether a key is one that Verify would use at now: what was verified under one before is worth nothing
// once the key is gone.
func (r *Ring) Publishes(keyID string, now time.Time) bool {
	return r.current.Load().published(keyID, now) != nil
}

// encode writes the header without escaping: alg and kid are ours, and typ has passed plainText.
func (h Header) encode() []byte {
	text := `{"alg":"` + string(h.Alg) + `","kid":"` + h.KeyID + `"`
	if h.Type != "" {
		text += `,"typ":"` + h.Type + `"`
	}
	return []byte(text + `}`)
}

func decodeHeader(s string) (Header, error) {
	text, err := decodeStrict(s)
	if err != nil {
		return Header{}, err
	}
	var header Header
	if err := json.Unmarshal(text, &header); err != nil {
		return Header{}, err
	}
	for _, value := range []string{string(header.Alg), header.KeyID, header.Type} {
		if value != "" && !plainText(value) {
			return Header{}, ErrToken
		}
	}
	if string(header.encode()) != string(text) {
		return Header{}, ErrToken
	}
	return header, nil
}

// plainText says whether s is made of letters, digits and the marks of media types (RFC 6838 section 4.2), so that it
// stands in JSON as it is.
func plainText(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		return !letter && !strings.ContainsRune("+-._/", c)
	})
}
