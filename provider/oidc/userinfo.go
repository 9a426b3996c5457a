package oidc

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/web"
)

// userinfo answers the claims that the token's scopes give (OIDC Core 5.3), by GET or POST.
func (o *OIDC) userinfo(r *web.Request) (web.Response, error) {
	token, err := bearer(r)
	if err != nil {
		return challenge(http.StatusBadRequest, "invalid_request"), nil
	}
	if token == "" {
		return challenge(http.StatusUnauthorized, ""), nil
	}
	claims, standing, err := o.active(r.Context(), token, r.Now)
	switch {
	case errors.Is(err, errInactive), err == nil && standing.Grant == nil:
		return challenge(http.StatusUnauthorized, "invalid_token"), nil
	case err != nil:
		return o.answerError(r, err)
	}
	r.Note("client", claims.Client)
	scopes := strings.Fields(claims.Scope)
	if !slices.Contains(scopes, provider.ScopeOpenID) {
		return challenge(http.StatusForbidden, "insufficient_scope"), nil
	}
	account, err := o.Store.Account(r.Context(), standing.Account.ID)
	if err != nil {
		return o.answerError(r, errStore{err})
	}
	answer := userClaims(account, scopes)
	addClaims(answer, account, askedClaims(*standing.Grant).Userinfo)
	if answer["sub"], err = o.subject(*standing.Client, account.ID); err != nil {
		return web.Response{}, err
	}
	return o.said(r, *standing.Client, answer)
}

// said is the answer: JSON, or signed where the client is registered so (OIDC Core 5.3.2).
func (o *OIDC) said(r *web.Request, to provider.Client, claims map[string]any) (web.Response, error) {
	if to.UserinfoAlg == "" {
		return web.JSON(claims), nil
	}
	claims["iss"], claims["aud"] = o.Issuer, to.ID
	payload, err := json.Marshal(claims)
	if err != nil {
		return web.Response{}, err
	}
	token, err := o.sign(r.Context(), keys.Alg(to.UserinfoAlg), payload, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	return web.Response{Body: []byte(token), Type: "application/jwt"}, nil
}

// bearer finds the token: in the Authorization header or the body, never in the query (RFC 6750, 2), and not in both.
func bearer(r *web.Request) (string, error) {
	header := r.HTTP.Header.Values("Authorization")
	inBody := r.PostForm()["access_token"]
	if len(header)+len(inBody) > 1 {
		return "", fail("invalid_request", "two tokens")
	}
	if len(inBody) == 1 {
		return inBody[0], nil
	}
	if len(header) == 0 {
		return "", nil
	}
	scheme, token, _ := strings.Cut(header[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", nil
	}
	return strings.TrimSpace(token), nil
}

// challenge is RFC 6750, 3: a request without a token learns no error code.
func challenge(status int, code string) web.Response {
	header, body := `Bearer realm="gatehouse"`, map[string]string{}
	if code != "" {
		header += `, error="` + code + `"`
		body["error"] = code
	}
	response := web.JSON(body)
	response.Status = status
	response.Header = http.Header{"Www-Authenticate": {header}}
	return response
}
