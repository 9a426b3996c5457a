package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
)

// maxMaxAge bounds max_age, in seconds: more is as good as none.
const maxMaxAge = 10 * 365 * 24 * 3600

// demands turns prompt, max_age, acr_values and the hints into a Demand (OIDC Core 3.1.2.1).
func (o *OIDC) demands(ctx context.Context, a *authorization, now time.Time) error {
	d := provider.Demand{Hint: a.form.Get("login_hint"), Enrollable: enrollable()}
	if len(d.Hint) > 254 {
		d.Hint = ""
	}
	a.prompts = strings.Fields(a.form.Get("prompt"))
	for _, p := range a.prompts {
		switch p {
		case "none":
			d.Silent = true
		case "login":
			d.Fresh = true
		case "select_account":
			d.Choose = true
		case "consent":
		default:
			return fail("invalid_request", "unknown prompt")
		}
	}
	if d.Silent && len(a.prompts) > 1 {
		return fail("invalid_request", "prompt none with another")
	}
	if err := o.wishes(a, &d); err != nil {
		return err
	}
	if err := maxAge(&d, a.form.Get("max_age")); err != nil {
		return err
	}
	if hint := a.form.Get("id_token_hint"); hint != "" {
		claims, err := o.readHint(ctx, hint, now)
		switch {
		case errors.Is(err, keys.ErrUnknownKey) && !d.Silent: // signed long ago: no hint any more, and no reason to stop a person
		case err != nil:
			return fail("invalid_request", "id_token_hint")
		default:
			if err := o.hinted(ctx, a.client, claims, &d); err != nil {
				return err
			}
		}
	}
	a.demand = d
	return nil
}

// wishes reads what is asked of the level of the sign-in, and by claims (OIDC Core 5.5.1).
func (o *OIDC) wishes(a *authorization, d *provider.Demand) error {
	var err error
	if a.claims, err = readClaims(a.form.Get("claims")); err != nil {
		return err
	}
	a.acrs = strings.Fields(a.form.Get("acr_values"))
	levels, essential := a.claims.wishes("acr")
	if essential {
		a.acrs = levels
		if provider.LeastOf(levels) == provider.NoLevel {
			return fail("unmet_authentication_requirements", "claims: an acr that we do not know")
		}
	} else {
		a.acrs = append(a.acrs, levels...)
	}
	d.Level = max(a.client.MinLevel, provider.LeastOf(a.acrs))
	switch subjects, _ := a.claims.wishes("sub"); len(subjects) {
	case 0:
	case 1:
		d.Subject = o.accountOf(a.client, subjects[0])
	default:
		return fail("invalid_request", "claims: two subjects")
	}
	return nil
}

// hinted binds a demand to the subject of an ID token, which may have been issued to another client.
func (o *OIDC) hinted(ctx context.Context, client provider.Client, claims hintClaims, d *provider.Demand) error {
	if claims.Audience != client.ID {
		var err error
		client, err = o.Store.Client(ctx, claims.Audience)
		if errors.Is(err, provider.ErrNotFound) {
			return fail("invalid_request", "id_token_hint")
		}
		if err != nil {
			return errStore{err}
		}
	}
	subject := o.accountOf(client, claims.Subject)
	if d.Subject != "" && d.Subject != subject {
		return fail("login_required", "claims and id_token_hint name two subjects")
	}
	d.Subject = subject
	return nil
}

// enrollable are the kinds that somebody who lacks what an application asks for may bind on the way to it. Recovery codes stand
// in for what was lost, and are no first way.
func enrollable() []provider.Kind {
	return []provider.Kind{provider.Passkey, provider.TOTP, provider.TextCode, provider.EmailCode}
}

// maxAge reads max_age; 0 is prompt=login.
func maxAge(d *provider.Demand, text string) error {
	if text == "" {
		return nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < 0 {
		return fail("invalid_request", "max_age")
	}
	if seconds == 0 {
		d.Fresh = true
	}
	if seconds < maxMaxAge {
		d.MaxAge = time.Duration(seconds) * time.Second
	}
	return nil
}

// consent says what must be asked: everything for applications that are not ours, or where prompt=consent wants it.
// Access while the person is away can always be left out (O-03).
func (a *authorization) consent() provider.ConsentAsk {
	always := slices.Contains(a.prompts, "consent")
	if a.client.FirstParty && !always {
		return provider.ConsentAsk{}
	}
	ask := provider.ConsentAsk{Scopes: slices.Clone(a.scopes), Always: always}
	for _, scope := range a.claims.scopes(a.client) {
		if !slices.Contains(ask.Scopes, scope) {
			ask.Scopes = append(ask.Scopes, scope)
		}
	}
	slices.Sort(ask.Scopes)
	if slices.Contains(a.scopes, provider.ScopeOffline) {
		ask.Optional = []string{provider.ScopeOffline}
	}
	return ask
}

// hintClaims is what we read of an ID token that comes back as a hint.
type hintClaims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	Session  string `json:"sid"`
	Expires  int64  `json:"exp"`
}

// readHint verifies an ID token of ours; an expired one is good enough for a hint (OIDC Core 3.1.2.1).
func (o *OIDC) readHint(ctx context.Context, token string, now time.Time) (hintClaims, error) {
	payload, _, err := o.verify(ctx, token, "JWT", now, keys.Algs()...)
	if err != nil {
		return hintClaims{}, err
	}
	var claims hintClaims
	if err := json.Unmarshal(payload, &claims); err != nil {
		return hintClaims{}, err
	}
	if claims.Issuer != o.Issuer || claims.Subject == "" || claims.Expires == 0 { // signed userinfo has no exp
		return hintClaims{}, keys.ErrToken
	}
	return claims, nil
}
