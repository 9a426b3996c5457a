package oidc

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"github.com/ory/fosite"

	"gatehouse/keys"
	"gatehouse/provider"
)

// idClaims is the payload of an ID token (OIDC Core 2). What an application did not ask for is not in it: profile
// claims come from userinfo.
type idClaims struct {
	Issuer     string   `json:"iss"`
	Subject    string   `json:"sub"`
	Audience   string   `json:"aud"`
	Party      string   `json:"azp"`
	Issued     int64    `json:"iat"`
	Expires    int64    `json:"exp"`
	AuthTime   int64    `json:"auth_time"`
	Nonce      string   `json:"nonce,omitempty"`
	ACR        string   `json:"acr,omitempty"`
	AMR        []string `json:"amr,omitempty"`
	Session    string   `json:"sid"`
	AccessHash string   `json:"at_hash"`
}

// idTokenHandler adds an ID token to the answer of the token endpoint where the openid scope was granted. It comes
// after the handlers that make the access token. On refresh the nonce is left out (OIDC Core 12.2).
type idTokenHandler struct{ o *OIDC }

// CanSkipClientAuth says no.
func (*idTokenHandler) CanSkipClientAuth(context.Context, fosite.AccessRequester) bool { return false }

// CanHandleTokenEndpointRequest leaves the request to the other handlers: this one only adds to the answer.
func (*idTokenHandler) CanHandleTokenEndpointRequest(context.Context, fosite.AccessRequester) bool {
	return false
}

// HandleTokenEndpointRequest has nothing to check.
func (*idTokenHandler) HandleTokenEndpointRequest(context.Context, fosite.AccessRequester) error {
	return fosite.ErrUnknownRequest
}

// PopulateTokenEndpointResponse signs the ID token with the algorithm that the client registered.
func (h *idTokenHandler) PopulateTokenEndpointResponse(ctx context.Context, r fosite.AccessRequester, to fosite.AccessResponder) error {
	w := workOf(ctx)
	g := w.standing.Grant
	if g == nil || !r.GetGrantedScopes().Has(provider.ScopeOpenID) {
		return nil
	}
	subject, err := h.o.subject(w.client, g.Account)
	if err != nil {
		return err
	}
	claims := idClaims{
		Issuer: h.o.Issuer, Subject: subject, Audience: g.Client, Party: g.Client,
		Issued: w.now.Unix(), Expires: w.now.Add(idTokenLasts).Unix(), AuthTime: g.AuthTime.Unix(),
		ACR: g.ACR, AMR: g.AMR, Session: g.Session, AccessHash: accessHash(idTokenAlg(w.client), w.tokens.access),
	}
	if w.redeem {
		claims.Nonce = g.Nonce
	}
	payload, err := h.o.withClaims(ctx, claims, *g)
	if err != nil {
		return err
	}
	token, err := h.o.sign(ctx, idTokenAlg(w.client), payload, w.now)
	if err != nil {
		return err
	}
	to.SetExtra("id_token", token)
	return nil
}

// withClaims is the payload, with the claims that were asked for one by one (OIDC Core 5.5).
func (o *OIDC) withClaims(ctx context.Context, claims idClaims, g provider.Grant) ([]byte, error) {
	payload, err := json.Marshal(claims)
	names := askedClaims(g).IDToken
	if err != nil || len(names) == 0 {
		return payload, err
	}
	account, err := o.Store.Account(ctx, g.Account)
	if err != nil {
		return nil, errStore{err}
	}
	all := map[string]any{}
	addClaims(all, account, names)
	var own map[string]json.RawMessage
	if err := json.Unmarshal(payload, &own); err != nil {
		return nil, err
	}
	for name, value := range own {
		all[name] = value
	}
	return json.Marshal(all)
}

// sign signs for a client. The key of an algorithm that few ask for is made when the first does.
func (o *OIDC) sign(ctx context.Context, alg keys.Alg, payload []byte, now time.Time) (string, error) {
	token, err := o.Ring.Sign(alg, "JWT", payload, now)
	if !errors.Is(err, keys.ErrNoKey) {
		return token, err
	}
	if err := o.Ring.Ensure(ctx, now, alg); err != nil {
		return "", errStore{err}
	}
	return o.Ring.Sign(alg, "JWT", payload, now)
}

// accessHash is at_hash (OIDC Core 3.1.3.6): the left half of the access token's hash, by the hash of the ID token's algorithm.
// That of Ed25519 is SHA-512 (RFC 8032, 5.1).
func accessHash(alg keys.Alg, token string) string {
	if alg == keys.EdDSA {
		sum := sha512.Sum512([]byte(token))
		return base64.RawURLEncoding.EncodeToString(sum[:32])
	}
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// idTokenAlgs are those that a client may register, the default first.
func idTokenAlgs() []string {
	algs := []string{string(keys.RS256)}
	for _, alg := range keys.Algs() {
		if alg != keys.RS256 {
			algs = append(algs, string(alg))
		}
	}
	return algs
}

// idTokenAlg is RS256 unless the client registered another (OIDC Core 15.1).
func idTokenAlg(c provider.Client) keys.Alg {
	if c.IDTokenAlg == "" {
		return keys.RS256
	}
	return keys.Alg(c.IDTokenAlg)
}
