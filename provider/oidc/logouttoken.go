package oidc

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"gatehouse/provider"
)

// logoutTokenLasts is how long an application may believe one: it is made for each try anew.
const logoutTokenLasts = 2 * time.Minute

// logoutEvent is the one member of events (OpenID Connect Back-Channel Logout 1.0, 2.4).
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// logoutClaims is the payload of a logout token. It never holds a nonce, so that it passes for no ID token.
type logoutClaims struct {
	Issuer   string              `json:"iss"`
	Subject  string              `json:"sub"`
	Audience string              `json:"aud"`
	Issued   int64               `json:"iat"`
	Expires  int64               `json:"exp"`
	ID       string              `json:"jti"`
	Events   map[string]struct{} `json:"events"`
	Session  string              `json:"sid"`
}

// LogoutToken writes down for an application what happened: the form that is posted to its backchannel_logout_uri, signed as
// its ID tokens are. Each has a jti of its own, so that a try after a lost answer is no replay.
func (o *OIDC) LogoutToken(s provider.Signal, to provider.Client, now time.Time) (url.Values, error) {
	if s.Kind != provider.SignalSessionEnded {
		return nil, fmt.Errorf("oidc: no token tells of %q", s.Kind)
	}
	subject, err := o.subject(to, s.Account)
	if err != nil {
		return nil, err
	}
	payload, err := json.Marshal(logoutClaims{
		Issuer: o.Issuer, Subject: subject, Audience: to.ID, Issued: now.Unix(), Expires: now.Add(logoutTokenLasts).Unix(),
		ID: provider.NewID(), Events: map[string]struct{}{logoutEvent: {}}, Session: s.Session,
	})
	if err != nil {
		return nil, err
	}
	token, err := o.Ring.Sign(idTokenAlg(to), "logout+jwt", payload, now)
	if err != nil {
		return nil, err
	}
	return url.Values{"logout_token": {token}}, nil
}
