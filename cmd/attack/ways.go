package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// verifier and its challenge (RFC 7636, appendix B).
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// address is where an application sends the browser; pairs change or add parameters, and an empty value leaves one out.
func (a app) address(pairs ...string) string {
	q := url.Values{
		"client_id": {a.ID}, "redirect_uri": {a.RedirectURIs[0]}, "response_type": {"code"}, "scope": {"openid email"},
		"state": {"s"}, "nonce": {"n"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if q.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	return "/authorize?" + q.Encode()
}

// untilRoom repeats what the house has no time for.
func untilRoom(ctx context.Context, act func() (page, error)) (page, error) {
	const tries = 100
	p, err := act()
	for tried := 1; err == nil && p.status == http.StatusServiceUnavailable && tried < tries; tried++ {
		pause(ctx, 100*time.Millisecond)
		p, err = act()
	}
	return p, err
}

// begins is how often somebody begins whose sign-in vanishes: a Redis that is too slow is not waited for.
const begins = 5

// typed opens the sign-in page of an application and types a name and a password. Who is signed in gets a code at once.
func (b *browser) typed(ctx context.Context, to app, name, password string, pairs ...string) (shown page, err error) {
	for begun := range begins {
		pause(ctx, time.Duration(begun)*300*time.Millisecond) // people take longer; a process leaves Redis alone for a second
		if shown, err = b.get(ctx, to.address(pairs...)); err != nil || shown.code() != "" {
			return shown, err
		}
		f, missing := shown.form("/password")
		if err = missing; err != nil {
			continue
		}
		f = f.with("username", name, "password", password)
		shown, err = untilRoom(ctx, func() (page, error) { return b.press(ctx, f, nil) })
		if _, none := shown.form("/password"); err != nil || none != nil || shown.status != http.StatusOK {
			return shown, err
		}
		err = fmt.Errorf("the sign-in begins anew: %s", shown.title())
	}
	return shown, err
}

// signIn is the whole way by password, to a code. It answers consent with yes.
func (b *browser) signIn(ctx context.Context, p *person, to app, pairs ...string) (string, error) {
	shown, err := b.typed(ctx, to, p.username, thePass, pairs...)
	if err != nil {
		return "", err
	}
	if shown.path == "/account" { // where a page leads that has vanished and knows no application: the person goes there again
		if shown, err = b.get(ctx, to.address(pairs...)); err != nil {
			return "", err
		}
	}
	if f, err := shown.form("/consent"); err == nil {
		if shown, err = b.press(ctx, f.with("choice", "allow", "scope", "offline_access"), nil); err != nil { // where that is not asked, it is not heard
			return "", err
		}
	}
	if shown.code() == "" {
		return "", fmt.Errorf("%s does not get in: %s", p.username, shown.title())
	}
	return shown.code(), nil
}

// byKey signs in with the person's passkey, to a page.
func (b *browser) byKey(ctx context.Context, p *person, to app) (page, error) {
	shown, err := b.get(ctx, to.address())
	if err != nil {
		return shown, err
	}
	f, err := keyForm(shown, p)
	if err != nil {
		return shown, err
	}
	return b.press(ctx, f, nil)
}

// keyForm is the form of a page, answered by the person's passkey.
func keyForm(shown page, p *person) (form, error) {
	asked := keyOptions.FindStringSubmatch(shown.body)
	if asked == nil {
		return form{}, fmt.Errorf("no passkey is asked for: %s", shown.title())
	}
	response, err := p.sign(html.UnescapeString(asked[1]))
	if err != nil {
		return form{}, err
	}
	f, err := shown.form("/passkey")
	return f.with("response", response), err
}

// leave signs out, where there is a session.
func (b *browser) leave(ctx context.Context) error {
	p, err := b.get(ctx, "/logout")
	if err != nil {
		return err
	}
	f, err := p.form("/logout/confirm")
	if err != nil {
		return err
	}
	_, err = b.press(ctx, f, nil)
	return err
}

// call sends a form to a protocol endpoint as an application.
func (s *site) call(ctx context.Context, from app, path string, pairs ...string) (answer, error) {
	form, header := url.Values{}, http.Header{"X-Forwarded-For": {s.address().String()}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	if from.Public() {
		form.Set("client_id", from.ID)
	} else {
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(from.ID+":"+url.QueryEscape(from.secret))))
	}
	return s.send(ctx, s.proxy, request{method: http.MethodPost, path: path, form: form, header: header})
}

// tokens of a token response, with what the access token says.
type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`

	session string
	subject string
}

// redeem exchanges a code; ok is false where it is refused.
func (s *site) redeem(ctx context.Context, a app, code string) (tokens, bool, error) {
	return s.tokens(ctx, a, "grant_type", "authorization_code", "code", code, "redirect_uri", a.RedirectURIs[0], "code_verifier", verifier)
}

func (s *site) refresh(ctx context.Context, a app, token string) (tokens, bool, error) {
	return s.tokens(ctx, a, "grant_type", "refresh_token", "refresh_token", token)
}

func (s *site) tokens(ctx context.Context, a app, pairs ...string) (t tokens, ok bool, err error) {
	got, err := s.call(ctx, a, "/token", pairs...)
	if err != nil || got.status != http.StatusOK {
		return t, false, err
	}
	if err := json.Unmarshal([]byte(got.body), &t); err != nil {
		return t, false, err
	}
	var claims struct {
		Session string `json:"sid"`
		Subject string `json:"sub"`
	}
	parts := strings.Split(t.Access, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[min(1, len(parts)-1)])
	if err == nil {
		err = json.Unmarshal(payload, &claims)
	}
	t.session, t.subject = claims.Session, claims.Subject
	return t, err == nil, err
}

// active asks introspection about a token.
func (s *site) active(ctx context.Context, a app, token string) (bool, error) {
	got, err := s.call(ctx, a, "/introspect", "token", token)
	if err != nil {
		return false, err
	}
	var said struct {
		Active bool `json:"active"`
	}
	if got.status == http.StatusOK {
		err = json.Unmarshal([]byte(got.body), &said)
	}
	return said.Active, err
}

// claims asks userinfo with a token.
func (s *site) claims(ctx context.Context, token string) (answer, error) {
	header := http.Header{"Authorization": {"Bearer " + token}, "X-Forwarded-For": {s.address().String()}}
	return s.send(ctx, s.proxy, request{method: http.MethodGet, path: "/userinfo", header: header})
}

// atOnce does n things together, as close as may be, and answers the first error.
func atOnce(n int, do func(i int) error) error {
	var all sync.WaitGroup
	gate, errs := make(chan struct{}), make(chan error, n)
	for i := range n {
		all.Go(func() {
			<-gate
			errs <- do(i)
		})
	}
	close(gate)
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
