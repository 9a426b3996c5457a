package oidc

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	strict "github.com/go-jose/go-jose/v4/json" // refuses repeated members, and compares names sign by sign

	"gatehouse/provider"
	"gatehouse/provider/web"
)

// Client assertions: private_key_jwt (OpenID Connect Core 9, RFC 7523).
//
// Decision: an assertion names exactly one audience, as text and not in a list: the issuer (rfc7523bis, FAPI 2) or the address of
// the token endpoint (RFC 7523, SMART), whichever the client's policy allows, at every endpoint alike. Rejected: the address of the
// endpoint asked, and lists: what was signed for somebody else beside us could be brought here by them.
//
// Decision: its one use is marked in the durable store (Consume), under client and jti, until it has expired: on every replica, and
// after a restart. Only what holds otherwise is marked, so that nobody fills the store or uses up another's jti. Where the store is
// away nobody gets in.
const (
	assertionType  = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	assertionUsed  = "client-assertion" // the purpose of its mark
	assertionLasts = 5 * time.Minute    // the furthest exp
	maxAssertion   = 8 << 10            // bytes
	longestName    = 255                // bytes of a kid or jti
)

// assertion is what a client showed, before anything of it is believed.
type assertion struct {
	text   string
	header assertionHeader
	claims assertionClaims
}

type assertionHeader struct {
	Alg  jose.SignatureAlgorithm `json:"alg"`
	Kid  *string                 `json:"kid"`
	Type *string                 `json:"typ"`
	JKU  *string                 `json:"jku"`
}

// assertionClaims have pointers where an absent member differs from an empty one. A list of audiences is not read.
type assertionClaims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  string   `json:"aud"`
	ID        string   `json:"jti"`
	Expires   *float64 `json:"exp"`
	Issued    *float64 `json:"iat"`
	NotBefore *float64 `json:"nbf"`
}

// withAssertion reads the credentials of a request that shows a client assertion (RFC 7521, 4.2). Whose it is comes from what it
// says of itself until its signature was verified.
func withAssertion(authorization string, form url.Values) (credentials, error) {
	if authorization != "" || form.Has("client_secret") {
		return credentials{}, fail("invalid_request", "two client authentication methods")
	}
	if form.Get("client_assertion_type") != assertionType {
		return credentials{}, fail("invalid_client", "client_assertion_type")
	}
	a, err := readAssertion(form.Get("client_assertion"))
	if err != nil {
		return credentials{}, err
	}
	if form.Has("client_id") && form.Get("client_id") != a.claims.Subject {
		return credentials{}, fail("invalid_client", "client_id differs from the assertion")
	}
	return credentials{id: a.claims.Subject, method: provider.AuthKey, assertion: a}, nil
}

// readAssertion reads a compact JWS without believing it. What a lenient reader would forgive is refused here: another alphabet or
// padding, repeated members, members of another type, and headers that say how it is to be read or where its key is.
func readAssertion(text string) (*assertion, error) {
	if len(text) > maxAssertion {
		return nil, fail("invalid_client", "assertion too long")
	}
	parts := strings.SplitN(text, ".", 4)
	if len(parts) != 3 {
		return nil, fail("invalid_client", "assertion is no compact JWS")
	}
	a := &assertion{text: text}
	var members map[string]strict.RawMessage
	if !decodePart(parts[0], &members) || !decodePart(parts[0], &a.header) {
		return nil, fail("invalid_client", "header of the assertion")
	}
	for _, name := range []string{"crit", "zip", "enc", "b64", "cty", "jwk", "x5c", "x5u", "p2s", "p2c", "epk"} {
		if _, has := members[name]; has {
			return nil, fail("invalid_client", "header of the assertion: "+name)
		}
	}
	if !slices.Contains(assertionAlgs, a.header.Alg) || !a.header.typed() || a.header.Kid != nil && (*a.header.Kid == "" || len(*a.header.Kid) > longestName) {
		return nil, fail("invalid_client", "alg, typ or kid of the assertion")
	}
	var said map[string]strict.RawMessage
	if !decodePart(parts[1], &said) || !decodePart(parts[1], &a.claims) || !decodePart(parts[2], nil) {
		return nil, fail("invalid_client", "payload or signature of the assertion")
	}
	return a, nil
}

// typed: untyped, a JWT, or what rfc7523bis calls it; never a token of another kind.
func (h assertionHeader) typed() bool {
	if h.Type == nil {
		return true
	}
	name := strings.TrimPrefix(strings.ToLower(*h.Type), "application/")
	return name == "jwt" || name == "client-authentication+jwt"
}

func (h assertionHeader) kid() string {
	if h.Kid == nil {
		return ""
	}
	return *h.Kid
}

// decodePart decodes one part of a compact JWS, by its one valid spelling, into v; nil: only the base64.
func decodePart(part string, v any) bool {
	if strings.ContainsAny(part, "\r\n") { // which Go's decoder passes over
		return false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil || v == nil {
		return err == nil
	}
	return strict.Unmarshal(raw, v) == nil
}

// proveByKey checks an assertion of a client that is registered for it: its claims first, which cost nothing, then the signature, and
// then that it was not used before.
func (o *OIDC) proveByKey(r *web.Request, client provider.Client, a *assertion) error {
	if err := o.assertionClaims(client, a, r.Now); err != nil {
		return err
	}
	if client.AuthAlg != "" && string(a.header.Alg) != client.AuthAlg {
		return fail("invalid_client", "assertion by another algorithm")
	}
	if a.header.JKU != nil && (*a.header.JKU == "" || *a.header.JKU != client.JWKSURI) {
		return fail("invalid_client", "jku of the assertion")
	}
	all, err := o.keysOf(r.Context(), client, a.header.kid(), r.Now)
	if err != nil {
		return &oauthError{code: "invalid_client", detail: "keys of the client: " + err.Error(), cause: err}
	}
	key, ok := choose(all, a.header.kid(), a.header.Alg)
	if !ok || !key.signed(a) {
		return fail("invalid_client", "signature of the assertion")
	}
	return o.useOnce(r.Context(), client, a)
}

// assertionClaims checks what an assertion says (RFC 7523, 3; OpenID Connect Core 9).
func (o *OIDC) assertionClaims(client provider.Client, a *assertion, now time.Time) error {
	c := a.claims
	early := func(at *float64) bool { return at != nil && *at > seconds(now.Add(clockSlack)) }
	switch {
	case c.Issuer != client.ID || c.Subject != client.ID:
		return fail("invalid_client", "iss or sub of the assertion")
	case !o.assertedFor(client, c.Audience):
		return fail("invalid_client", "aud of the assertion")
	case c.ID == "" || len(c.ID) > longestName:
		return fail("invalid_client", "jti of the assertion")
	case c.Expires == nil || *c.Expires <= seconds(now) || *c.Expires > seconds(now.Add(assertionLasts+clockSlack)):
		return fail("invalid_client", "exp of the assertion")
	case early(c.Issued) || early(c.NotBefore):
		return fail("invalid_client", "assertion of the future")
	}
	return nil
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// assertedFor reports whether an audience is us, as the client's policy has it.
func (o *OIDC) assertedFor(client provider.Client, audience string) bool {
	switch audience {
	case o.Issuer:
		return client.AuthAudience != provider.AudienceToken
	case o.Issuer + "/token":
		return client.AuthAudience != provider.AudienceIssuer
	}
	return false
}

// signed verifies the signature. RFC 7518, 3.5: the salt of PS256 is as long as its hash; the library takes any.
func (k clientKey) signed(a *assertion) bool {
	parsed, err := jose.ParseSignedCompact(a.text, []jose.SignatureAlgorithm{a.header.Alg})
	if err != nil {
		return false
	}
	if _, err := parsed.Verify(k.public); err != nil {
		return false
	}
	public, isRSA := k.public.(*rsa.PublicKey)
	if !isRSA || a.header.Alg != jose.PS256 {
		return true
	}
	dot := strings.LastIndexByte(a.text, '.')
	hash := sha256.Sum256([]byte(a.text[:dot]))
	salt := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	return rsa.VerifyPSS(public, crypto.SHA256, hash[:], parsed.Signatures[0].Signature, salt) == nil
}

// useOnce marks the assertion as used until it has expired.
func (o *OIDC) useOnce(ctx context.Context, client provider.Client, a *assertion) error {
	key := sha256.Sum256([]byte(client.ID + "\x00" + a.claims.ID)) // no client id has a zero
	until := time.Unix(int64(*a.claims.Expires)+1, 0)
	err := o.Store.Consume(ctx, assertionUsed, hex.EncodeToString(key[:]), until)
	if errors.Is(err, provider.ErrUsed) {
		return fail("invalid_client", "assertion used before")
	}
	return stored(err)
}
