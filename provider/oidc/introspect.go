package oidc

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

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
	AMR      []string `json:"amr,omitempty"`
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
	about, err := o.recognize(r.Context(), form.Get("token"), r.Now)
	if err != nil {
		return o.answerError(r, err)
	}
	caller, standing, err := o.authenticateWith(r, form, about.family)
	if err != nil {
		return o.answerError(r, err)
	}
	switch {
	case caller.Public():
		return o.answerError(r, fail("invalid_client", "public clients may not introspect"))
	case form.Get("token") == "":
		return o.answerError(r, fail("invalid_request", "no token"))
	}
	answer, err := o.introspected(r, caller, about, standing)
	switch {
	case errors.Is(err, errInactive):
		return web.JSON(inactive), nil
	case err != nil:
		return o.answerError(r, err)
	}
	return web.JSON(answer), nil
}

// recognized is what a token says that we made: one of the two, or neither.
type recognized struct {
	family  family
	access  *accessClaims
	refresh *refreshToken
}

// recognize looks at a token alone, without asking whether it may still be used. An error means that the store is away.
func (o *OIDC) recognize(ctx context.Context, token string, now time.Time) (recognized, error) {
	if looksLikeRefresh(token) {
		parsed, ok := o.parseRefresh(token)
		if !ok {
			return recognized{}, nil
		}
		return recognized{family: family{grant: parsed.grant}, refresh: &parsed}, nil
	}
	claims, err := o.signature(ctx, token, now)
	switch {
	case errors.Is(err, errInactive):
		return recognized{}, nil
	case err != nil:
		return recognized{}, err
	}
	return recognized{family: family{claims.Grant, claims.ID}, access: &claims}, nil
}

func (o *OIDC) introspected(r *web.Request, caller provider.Client, about recognized, standing *provider.Standing) (introspection, error) {
	switch {
	case about.access != nil && about.family.grant == "":
		machine, err := o.machineStanding(r.Context(), *about.access, caller)
		if err != nil {
			return introspection{}, err
		}
		standing = &machine
	case standing == nil:
		return introspection{}, errInactive
	}
	if err := provider.Gate(*standing, o.SignIn.Clocks.Idle, r.Now); err != nil {
		return introspection{}, errors.Join(errInactive, err)
	}
	if about.access != nil {
		return aboutAccess(caller, *about.access)
	}
	return o.aboutRefresh(r, caller, *about.refresh, *standing)
}

func aboutAccess(caller provider.Client, c accessClaims) (introspection, error) {
	if c.Client != caller.ID && !slices.Contains(c.Audience, caller.ID) {
		return introspection{}, errInactive
	}
	return introspection{
		Active: true, Scope: c.Scope, Client: c.Client, Type: "Bearer", Expires: c.Expires, Issued: c.Issued,
		Subject: c.Subject, Audience: c.Audience, Issuer: c.Issuer, ID: c.ID, Session: c.Session, ACR: c.ACR, AMR: c.AMR, AuthTime: c.AuthTime,
	}, nil
}

// aboutRefresh asks as well whether a refresh would take the token now.
func (o *OIDC) aboutRefresh(r *web.Request, caller provider.Client, token refreshToken, standing provider.Standing) (introspection, error) {
	g := standing.Grant
	verdict := g.Refresh(token.generation, *standing.Client, r.Now)
	if g.Client != caller.ID || verdict == provider.RefreshAhead || verdict == provider.RefreshReuse {
		return introspection{}, errInactive
	}
	subject, err := o.subject(*standing.Client, g.Account)
	if err != nil {
		return introspection{}, err
	}
	return introspection{
		Active: true, Scope: strings.Join(g.Scopes, " "), Client: g.Client, Type: "refresh_token",
		Expires: g.ExpiresAt.Unix(), Issued: g.CreatedAt.Unix(), Subject: subject, Issuer: o.Issuer,
		Session: g.Session, ACR: g.ACR, AMR: g.AMR, AuthTime: g.AuthTime.Unix(),
	}, nil
}
