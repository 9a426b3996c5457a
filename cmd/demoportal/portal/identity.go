package portal

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// person is who signed in, and how.
type person struct {
	claims
	subject string
	request url.Values // what the app had asked for
}

// claims are those of the ID token and of userinfo that this app shows.
type claims struct {
	Name      string `json:"name"`
	Username  string `json:"preferred_username"`
	Email     string `json:"email"`
	ACR       string `json:"acr"`
	AuthTime  int64  `json:"auth_time"`
	SessionID string `json:"sid"`
	AZP       string `json:"azp"`
}

// clockSkew is how far two honest clocks may differ.
const clockSkew = 30 * time.Second

// redeem exchanges the code and returns a signed-in session, or an error: there
// is nothing between the two.
func (a *app) redeem(ctx context.Context, op *provider, at attempt, code string) (*session, error) {
	token, err := a.oauth(op).Exchange(a.withClient(ctx), code, oauth2.VerifierOption(at.verifier))
	if err != nil {
		return nil, exchangeFailed(err)
	}
	idToken, raw, err := a.verifyIDToken(ctx, op, token)
	if err != nil {
		return nil, unverified(err)
	}
	who, err := a.identify(idToken, at)
	if err != nil {
		return nil, unverified(err)
	}
	err = a.addUserInfo(ctx, op, who, token)
	if err != nil {
		return nil, unverified(err)
	}
	return &session{person: who, token: token, idToken: raw}, nil
}

// verifyIDToken checks signature, iss, aud and exp (OpenID Connect Core 3.1.3.7,
// done by go-oidc), and that the access token beside it is the one it was issued
// with (3.1.3.8).
func (a *app) verifyIDToken(ctx context.Context, op *provider, token *oauth2.Token) (*oidc.IDToken, string, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, "", errors.New("the token response has no id_token")
	}
	verifier := op.Verifier(&oidc.Config{ClientID: a.ClientID, Now: a.cfg.Now})
	idToken, err := verifier.Verify(a.withClient(ctx), raw)
	if err != nil {
		return nil, "", err
	}
	if idToken.AccessTokenHash != "" {
		err = idToken.VerifyAccessToken(token.AccessToken)
		if err != nil {
			return nil, "", err
		}
	}
	return idToken, raw, nil
}

// identify checks what the library cannot know: our nonce, that the token was
// issued to us, and that "sign in again" was really done again.
func (a *app) identify(idToken *oidc.IDToken, at attempt) (*person, error) {
	if subtle.ConstantTimeCompare([]byte(idToken.Nonce), []byte(at.nonce)) != 1 {
		return nil, errors.New("the nonce is not that of our request")
	}
	who := &person{subject: idToken.Subject, request: at.request}
	err := idToken.Claims(&who.claims)
	if err != nil {
		return nil, err
	}
	if who.AZP != "" && who.AZP != a.ClientID {
		return nil, fmt.Errorf("azp is %q, not us", who.AZP)
	}
	if at.prompt == "login" && time.Unix(who.AuthTime, 0).Before(at.began.Add(-clockSkew)) {
		return nil, errors.New("auth_time is older than the request to sign in again")
	}
	return who, nil
}

// addUserInfo fills in what the ID token left out; providers keep it small. A
// provider without userinfo, or one that is slow today, costs the name, no more.
// An answer about another person is an attack or a fault (Core 5.3.2).
func (a *app) addUserInfo(ctx context.Context, op *provider, who *person, token *oauth2.Token) error {
	info, err := op.UserInfo(a.withClient(ctx), oauth2.StaticTokenSource(token))
	if err != nil {
		a.cfg.Log.WarnContext(ctx, "no userinfo", "app", a.Path, "error", err)
		return nil
	}
	if info.Subject != who.subject {
		return errors.New("userinfo is about another subject")
	}
	var more claims
	err = info.Claims(&more)
	if err != nil {
		return err
	}
	who.Name = cmp.Or(who.Name, more.Name)
	who.Username = cmp.Or(who.Username, more.Username)
	who.Email = cmp.Or(who.Email, more.Email)
	return nil
}
