package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// verifier and its challenge (RFC 7636, appendix B): the same for all, since nobody here attacks it.
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// address is where an application sends the browser.
func (a app) address(offline bool) string {
	scope := "openid email"
	if offline {
		scope += " offline_access"
	}
	return "/authorize?" + url.Values{
		"client_id": {a.id}, "redirect_uri": {a.redirect()}, "response_type": {"code"}, "scope": {scope},
		"state": {"chaos"}, "nonce": {"chaos"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}.Encode()
}

// call sends a form to a protocol endpoint as the application.
func (a *actor) call(ctx context.Context, from app, path string, pairs ...string) answer {
	r := request{method: http.MethodPost, path: path, header: http.Header{}, form: url.Values{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		r.form.Set(pairs[i], pairs[i+1])
	}
	if from.public {
		r.form.Set("client_id", from.id)
	} else {
		basic := base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(from.id) + ":" + url.QueryEscape(from.secret)))
		r.header.Set("Authorization", "Basic "+basic)
	}
	return a.w.door.send(ctx, r)
}

// tokens of a token response.
type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
}

// claims of an access token that are of interest. Nobody here checks the signature: the house does when it comes back.
type claims struct {
	ID      string `json:"jti"`
	Session string `json:"sid"`
	Grant   string `json:"gid"`
}

func readTokens(got answer) (tokens, claims, bool) {
	var t tokens
	var c claims
	if got.status != http.StatusOK || json.Unmarshal([]byte(got.body), &t) != nil {
		return t, c, false
	}
	parts := strings.Split(t.Access, ".")
	if len(parts) != 3 {
		return t, c, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &c) != nil {
		return t, c, false
	}
	return t, c, true
}

// redeem exchanges a code, and completes the family where it is answered. Where claim is set, nothing but the end of what
// the code rests on excuses a refusal.
func (a *actor) redeem(ctx context.Context, f *family, code string, claim bool) (sid string, op Op) {
	got, op := a.timed(func() answer {
		return a.call(ctx, f.app, "/token", "grant_type", "authorization_code", "code", code, "redirect_uri", f.app.redirect(), "code_verifier", verifier)
	})
	t, c, ok := readTokens(got)
	op.Note = got.note("redeem")
	var rests []Fact
	switch {
	case ok:
		f.grant, op.Outcome = c.Grant, OK
		f.take(op, t, c)
		a.w.granted(f)
		rests = f.rests()
	case got.lost():
		op.Outcome = Lost
	default:
		op.Outcome = Refused
		if claim { // a new password revokes it with its session, also where it would outlive that one
			rests = f.rests(live(ofSession(f.session))...)
		}
	}
	a.told(op, Redeem, op.Outcome, hash(code), c.Grant, rests...)
	return c.Session, op
}

// take keeps the tokens of an answer.
func (f *family) take(op Op, t tokens, c claims) {
	f.access, f.jti, f.issued, f.idToken, f.tried = t.Access, c.ID, op.End, t.ID, 0
	if len(f.refreshes) == 0 || f.latest() != t.Refresh {
		f.refreshes = append(f.refreshes, t.Refresh)
	}
}

// refresh uses a refresh token. Where claim is set, nothing but the end of the family excuses a refusal.
func (a *actor) refresh(ctx context.Context, f *family, token string, claim bool) (tokens, claims, Op) {
	got, op := a.timed(func() answer {
		return a.call(ctx, f.app, "/token", "grant_type", "refresh_token", "refresh_token", token)
	})
	t, c, ok := readTokens(got)
	op.Note = got.note("refresh")
	op.Outcome = Refused
	child := ""
	switch {
	case ok:
		op.Outcome, child = OK, hash(t.Refresh)
	case got.lost():
		op.Outcome = Lost
	}
	var rests []Fact
	if ok || claim {
		rests = f.rests()
	}
	a.told(op, Refresh, op.Outcome, hash(token), child, rests...)
	return t, c, op
}

// wellWithinGrace is how long after a lost answer a public client's token surely still brings its successor.
const wellWithinGrace = 20 * time.Second

// moveOn refreshes with the latest token. An answer that was lost too long ago may have made that the end of a public
// client's family.
func (a *actor) moveOn(ctx context.Context, f *family) Op {
	late := f.app.public && f.tried != 0 && a.w.history.Now()-f.tried > wellWithinGrace
	t, c, op := a.refresh(ctx, f, f.latest(), !late)
	switch {
	case op.Outcome == OK:
		f.take(op, t, c)
	case op.Outcome == Lost && f.tried == 0:
		f.tried = op.Start
	case late:
		a.told(op, Set, Lost, ofGrant(f), Over)
	}
	return op
}

// introspect asks about a token that is in time; a public client cannot ask.
func (a *actor) introspect(ctx context.Context, f *family, token string, rests []Fact) {
	got, op := a.timed(func() answer { return a.call(ctx, f.app, "/introspect", "token", token) })
	var said struct {
		Active bool `json:"active"`
	}
	known := json.Unmarshal([]byte(got.body), &said) == nil && (got.status == http.StatusOK || got.status == http.StatusUnauthorized)
	if !known && !got.lost() {
		op.Status = http.StatusInternalServerError // neither yes nor no
	}
	a.used(op, got, "introspect", said.Active, rests...)
}

// userinfo asks as the bearer of the access token.
func (a *actor) userinfo(ctx context.Context, f *family, rests []Fact) {
	got, op := a.timed(func() answer {
		return a.w.door.send(ctx, request{method: http.MethodGet, path: "/userinfo", header: http.Header{"Authorization": {"Bearer " + f.access}}})
	})
	a.used(op, got, "userinfo", got.status == http.StatusOK, rests...)
}
