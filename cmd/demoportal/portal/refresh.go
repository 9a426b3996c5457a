package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"golang.org/x/oauth2"
)

// refresh asks for a new access token now. Most apps need not: renew does it
// when the old one is over.
func (a *app) refresh(w http.ResponseWriter, r *http.Request) error {
	s := a.browser(r)
	if s == nil {
		return a.goHome(w, r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.person == nil {
		return a.goHome(w, r)
	}
	if s.token.RefreshToken == "" {
		s.notice = "The provider gave no refresh token, so there is nothing to refresh with."
		return a.goHome(w, r)
	}
	before := inspect(s.token.AccessToken).ID()
	err := a.renew(r.Context(), s, &oauth2.Token{RefreshToken: s.token.RefreshToken})
	if err != nil {
		return a.endIfRevoked(w, r, s, err)
	}
	s.notice = fmt.Sprintf("The access token changed: %s took the place of %s",
		short(inspect(s.token.AccessToken).ID()), short(before))
	return a.goHome(w, r)
}

// renew gives the session a token that is good now: the one it has, or a new one
// by the refresh token. The caller holds the session's lock.
func (a *app) renew(ctx context.Context, s *session, from *oauth2.Token) error {
	op, err := a.discover(ctx)
	if err != nil {
		return err
	}
	token, err := a.oauth(op).TokenSource(a.withClient(ctx), from).Token()
	if err != nil {
		return err
	}
	if token.Extra("id_token") != nil && token.AccessToken != s.token.AccessToken {
		err = a.acceptNewIDToken(ctx, op, s, token)
		if err != nil {
			s.signOut()
			return unverified(err)
		}
	}
	s.token = token
	return nil
}

// acceptNewIDToken: an ID token that comes with a refresh must be about the same
// person (OpenID Connect Core 12.2).
func (a *app) acceptNewIDToken(ctx context.Context, op *provider, s *session, token *oauth2.Token) error {
	idToken, raw, err := a.verifyIDToken(ctx, op, token)
	if err != nil {
		return err
	}
	if idToken.Subject != s.person.subject {
		return errors.New("the refreshed ID token is about another subject")
	}
	s.idToken = raw
	return nil
}

// endIfRevoked: invalid_grant is the provider's way to say that the session is
// over, by sign-out elsewhere, by staff or by age. Any other error is trouble and
// signs nobody out.
func (a *app) endIfRevoked(w http.ResponseWriter, r *http.Request, s *session, err error) error {
	if !revoked(err) {
		return renewFailed(err)
	}
	s.signOut()
	a.begin(w, r, &session{notice: "You were signed out. Sign in to go on."}, signingInFor)
	return a.goHome(w, r)
}
