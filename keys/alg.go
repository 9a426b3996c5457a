package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// Alg is a JWS signature algorithm (RFC 7518 section 3.1).
type Alg string

// The algorithms that the ring signs with. A further one is a constant here, a line in algs, and a scheme below.
const (
	ES256 Alg = "ES256" // ECDSA, P-256 and SHA-256: access tokens
	RS256 Alg = "RS256" // RSA-2048, PKCS #1 v1.5 and SHA-256: ID tokens, which every client must understand
	EdDSA Alg = "EdDSA" // Ed25519 (RFC 8037): ID tokens of clients that registered it
	PS256 Alg = "PS256" // RSA-2048, PSS and SHA-256, salted with 32 bytes: the same, by a key that signs nothing else
)

const (
	rsaBits      = 2048
	ecdsaScalar  = 32 // bytes of r and of s for P-256
	minRSAModule = rsaBits / 8
)

// algs lists the algorithms that the ring can sign with.
func algs() []Alg { return append(kept(), PS256) }

// kept lists those for which it always has a key. A key of any other is made when it is first needed (Ensure): one of RSA takes a
// while, and stands in every JWKS.
func kept() []Alg { return []Alg{ES256, RS256, EdDSA} }

// Kept returns the algorithms of which there is always a key. The slice is the caller's.
func Kept() []Alg { return kept() }

// Algs returns the algorithms that Sign knows, for discovery documents. The slice is the caller's.
func Algs() []Alg { return algs() }

// scheme is how one algorithm makes keys, signs and verifies.
type scheme interface {
	generate() (crypto.Signer, error)
	// fits says whether a private key is one that this algorithm may use.
	fits(private crypto.Signer) bool
	// sign returns the JWS signature (RFC 7518 section 3) of the signing input.
	sign(private crypto.Signer, input []byte) ([]byte, error)
	verify(public crypto.PublicKey, input, signature []byte) bool
}

// schemeOf returns nil for an algorithm that this version does not know.
func schemeOf(alg Alg) scheme {
	switch alg {
	case ES256:
		return es256{}
	case RS256:
		return rs256{}
	case EdDSA:
		return edDSA{}
	case PS256:
		return ps256{}
	}
	return nil
}

func checkAlg(alg Alg) error {
	if slices.Contains(algs(), alg) {
		return nil
	}
	return fmt.Errorf("keys: no algorithm %q; there are %v", alg, algs())
}

type rs256 struct{}

func (rs256) generate() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, rsaBits) }

func (rs256) fits(private crypto.Signer) bool {
	key, ok := private.(*rsa.PrivateKey)
	return ok && key.Size() >= minRSAModule
}

func (rs256) sign(private crypto.Signer, input []byte) ([]byte, error) {
	digest := sha256.Sum256(input)
	return private.Sign(rand.Reader, digest[:], crypto.SHA256)
}

func (rs256) verify(public crypto.PublicKey, input, signature []byte) bool {
	key, ok := public.(*rsa.PublicKey)
	if !ok {
		return false
	}
	digest := sha256.Sum256(input)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
}

// ps256 makes and takes keys as rs256 does.
type ps256 struct{ rs256 }

// pss is RFC 7518, 3.5: the salt is as long as the hash, neither shorter nor longer.
func pss() *rsa.PSSOptions {
	return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
}

func (ps256) sign(private crypto.Signer, input []byte) ([]byte, error) {
	digest := sha256.Sum256(input)
	return private.Sign(rand.Reader, digest[:], pss())
}

func (ps256) verify(public crypto.PublicKey, input, signature []byte) bool {
	key, ok := public.(*rsa.PublicKey)
	if !ok {
		return false
	}
	digest := sha256.Sum256(input)
	return rsa.VerifyPSS(key, crypto.SHA256, digest[:], signature, pss()) == nil
}

type edDSA struct{}

func (edDSA) generate() (crypto.Signer, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	return private, err
}

func (edDSA) fits(private crypto.Signer) bool {
	_, ok := private.(ed25519.PrivateKey)
	return ok
}

func (edDSA) sign(private crypto.Signer, input []byte) ([]byte, error) {
	return private.Sign(rand.Reader, input, crypto.Hash(0))
}

func (edDSA) verify(public crypto.PublicKey, input, signature []byte) bool {
	key, ok := public.(ed25519.PublicKey)
	return ok && ed25519.Verify(key, input, signature)
}

type es256 struct{}

func (es256) generate() (crypto.Signer, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func (es256) fits(private crypto.Signer) bool {
	key, ok := private.(*ecdsa.PrivateKey)
	return ok && key.Curve == elliptic.P256()
}

// sign returns r and s as 32 bytes each (RFC 7518 section 3.4), s in its lower half.
func (es256) sign(private crypto.Signer, input []byte) ([]byte, error) {
	key, ok := private.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("keys: not an ECDSA key")
	}
	digest := sha256.Sum256(input)
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		return nil, err
	}
	if upperHalf(s) {
		s.Sub(key.Params().N, s)
	}
	signature := make([]byte, 2*ecdsaScalar)
	r.FillBytes(signature[:ecdsaScalar])
	s.FillBytes(signature[ecdsaScalar:])
	return signature, nil
}

// verify takes the lower s only. For every signature (r, s) anyone can compute a second valid one, (r, n-s); refusing it
// leaves a token one spelling, so that nothing which remembers a token by its hash can be evaded.
func (es256) verify(public crypto.PublicKey, input, signature []byte) bool {
	key, ok := public.(*ecdsa.PublicKey)
	if !ok || len(signature) != 2*ecdsaScalar {
		return false
	}
	r := new(big.Int).SetBytes(signature[:ecdsaScalar])
	s := new(big.Int).SetBytes(signature[ecdsaScalar:])
	digest := sha256.Sum256(input)
	return !upperHalf(s) && ecdsa.Verify(key, digest[:], r, s)
}

func upperHalf(s *big.Int) bool {
	return s.Cmp(new(big.Int).Rsh(elliptic.P256().Params().N, 1)) > 0
}
