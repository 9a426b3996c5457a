package oidc

import (
	"errors"
	"slices"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/web"
)

// introspection is the answer about a token that is active (RFC 7662, 2.2).
type introspection struct {
	Active   bool     `json:"active"`
	Scope    string   `json:"scope,omitempty"`
	Client   string   `json:"client_id,omitempty"`
	Type     string   `json:"token_type,omitempty"`
	Expires  int64    `json:"exp,omitempty"`
	Issued   int64    `json:"iat,omitempty"`
	Subject  string   `json:"sub,omitempty"`
	Audience []string `json:"aud,omitempty"`
	Issuer   string   `json:"iss,omitempty"`
	ID       string   `json:"jti,omitempty"`
	Session  string   `json:"sid,omitempty"`
	ACR      string   `json:"acr,omitempty"`
	AuthTime int64    `json:"auth_time,omitempty"`
}

// inactive is all that is ever said of a token that is not active, or not this caller's business.
var inactive = map[string]bool{"active": false}

// introspect tells a confidential client about a token that was issued to it or for it (RFC 7662).
func (o *OIDC) introspect(r *web.Request) (web.Response, error) {
	form, err := parameters(r)
	if err != nil {
		return o.answerError(r, err)
	}
	caller, err := o.authenticate(r, form)
	if err != nil {
		return o.answerError(r, err)
	}
	token := form.Get("token")
	switch {
	case caller.Public():
		return o.answerError(r, fail("invalid_client", "public clients may not introspect"))
	case token == "":
		return o.answerError(r, fail("invalid_request", "no token"))
	}
	var answer introspection
	if looksLikeRefresh(token) {
		answer, err = o.aboutRefresh(r, caller, token)
	} else {
		answer, err = o.aboutAccess(r, caller, token)
	}
	switch {
	case errors.Is(err, errInactive):
		return web.JSON(inactive), nil
	case err != nil:
		return o.answerError(r, err)
	}
	return web.JSON(answer), nil
}

func (o *OIDC) aboutAccess(r *web.Request, caller provider.Client, token string) (introspection, error) {
	c, _, err := o.active(r.Context(), token, r.Now)
	if err != nil {
		return introspection{}, err
	}
	if c.Client != caller.ID && !slices.Contains(c.Audience, caller.ID) {
		return introspection{}, errInactive
	}
	return introspection{
		Active: true, Scope: c.Scope, Client: c.Client, Type: "Bearer", Expires: c.Expires, Issued: c.Issued,
		Subject: c.Subject, Audience: c.Audience, Issuer: c.Issuer, ID: c.ID, Session: c.Session, ACR: c.ACR, AuthTime: c.AuthTime,
	}, nil
}

func (o *OIDC) aboutRefresh(r *web.Request, caller provider.Client, token string) (introspection, error) {
	standing, err := o.activeRefresh(r.Context(), token, r.Now)
	if err != nil {
		return introspection{}, err
	}
	g := standing.Grant
	if g.Client != caller.ID {
		return introspection{}, errInactive
	}
	return introspection{
		Active: true, Scope: strings.Join(g.Scopes, " "), Client: g.Client, Type: "refresh_token",
		Expires: g.ExpiresAt.Unix(), Issued: g.CreatedAt.Unix(), Subject: string(g.Account), Issuer: o.Issuer,
		Session: g.Session, ACR: g.ACR, AuthTime: g.AuthTime.Unix(),
	}, nil
}
