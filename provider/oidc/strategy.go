package oidc

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/ory/fosite"

	"gatehouse/keys"
	"gatehouse/provider"
)

// typeAccess is the typ header of access tokens (RFC 9068, 2.1).
const typeAccess = "at+jwt"

// accessAlg signs access tokens: only our own endpoints and resource servers of the house read them.
const accessAlg = keys.ES256

// strategy makes codes and tokens.
type strategy struct{ o *OIDC }

// AuthorizeCodeSignature is what is stored of a code: its hash.
func (strategy) AuthorizeCodeSignature(_ context.Context, code string) string {
	return base64.RawURLEncoding.EncodeToString(provider.HashSecret(code))
}

// GenerateAuthorizeCode makes 256 random bits.
func (s strategy) GenerateAuthorizeCode(ctx context.Context, _ fosite.Requester) (string, string, error) {
	code := provider.NewSecret()
	return code, s.AuthorizeCodeSignature(ctx, code), nil
}

// ValidateAuthorizeCode looks whether the code has expired (FAPI 2, 5.3.2: 60 s at most).
func (strategy) ValidateAuthorizeCode(ctx context.Context, _ fosite.Requester, _ string) error {
	w := workOf(ctx)
	if !w.found || !w.now.Before(w.standing.Grant.CodeExpiresAt) {
		return fosite.ErrTokenExpired
	}
	return nil
}

// accessClaims is the payload of an access token (RFC 9068, 2.2).
type accessClaims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience []string `json:"aud"`
	Client   string   `json:"client_id"`
	Issued   int64    `json:"iat"`
	Expires  int64    `json:"exp"`
	ID       string   `json:"jti"`
	Scope    string   `json:"scope,omitempty"`
	Session  string   `json:"sid,omitempty"`
	Grant    string   `json:"gid,omitempty"` // the grant: what the gate is asked about
	ACR      string   `json:"acr,omitempty"`
	AMR      []string `json:"amr,omitempty"`
	AuthTime int64    `json:"auth_time,omitempty"`
}

// GenerateAccessToken signs one; nothing of it is stored.
func (s strategy) GenerateAccessToken(ctx context.Context, request fosite.Requester) (string, string, error) {
	w := workOf(ctx)
	claims := accessClaims{
		Issuer: s.o.Issuer, Subject: w.client.ID, Audience: w.client.Audiences(), Client: w.client.ID,
		Issued: w.now.Unix(), Expires: w.now.Add(accessLasts).Unix(), ID: provider.NewID(),
		Scope: strings.Join(request.GetGrantedScopes(), " "),
	}
	if g := w.standing.Grant; g != nil {
		subject, err := s.o.subject(w.client, g.Account)
		if err != nil {
			return "", "", err
		}
		claims.Subject, claims.Session, claims.Grant = subject, g.Session, g.ID
		claims.ACR, claims.AMR, claims.AuthTime = g.ACR, g.AMR, g.AuthTime.Unix()
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", "", err
	}
	token, err := s.o.Ring.Sign(accessAlg, typeAccess, payload, w.now)
	w.tokens.access = token
	return token, claims.ID, err
}

// GenerateRefreshToken derives the token of the grant's generation; for a rotation that is the next one.
func (s strategy) GenerateRefreshToken(ctx context.Context, _ fosite.Requester) (string, string, error) {
	w := workOf(ctx)
	generation := w.standing.Grant.Generation
	if w.advance {
		generation++
	}
	token, err := s.o.deriveRefresh(w.standing.Grant.ID, generation)
	return token, "derived", err
}

// The rest of fosite's interface is not called: tokens are verified by read.go.

// AccessTokenSignature is not used.
func (strategy) AccessTokenSignature(context.Context, string) string { return "" }

// ValidateAccessToken refuses.
func (strategy) ValidateAccessToken(context.Context, fosite.Requester, string) error {
	return fosite.ErrNotFound
}

// RefreshTokenSignature is not used.
func (strategy) RefreshTokenSignature(context.Context, string) string { return "" }

// ValidateRefreshToken refuses.
func (strategy) ValidateRefreshToken(context.Context, fosite.Requester, string) error {
	return fosite.ErrNotFound
}
