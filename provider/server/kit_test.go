package server_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	oidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// app is a relying party that we did not write: go-oidc and x/oauth2, with the test server's certificate.
type app struct {
	t        *testing.T
	h        *house
	Client   provider.Client
	Secret   string
	Key      pair   // of private_key_jwt
	Verifier string // of PKCE
	http     *http.Client
}

// App registers an application and lets it talk.
func (h *house) App(id string, change ...func(*provider.Client)) *app {
	h.t.Helper()
	key := newPair("ES256")
	client, secret := h.Client(id, append(slices.Clone(change), func(c *provider.Client) {
		if c.AuthMethod == provider.AuthKey && c.JWKS == "" && c.JWKSURI == "" {
			c.JWKS = jwks(key)
		}
	})...)
	return &app{t: h.t, h: h, Client: client, Secret: secret, Key: key, Verifier: oauth2.GenerateVerifier(), http: h.server.Client()}
}

func public(c *provider.Client)     { c.AuthMethod = provider.AuthNone }
func post(c *provider.Client)       { c.AuthMethod = provider.AuthPost }
func thirdParty(c *provider.Client) { c.FirstParty = false }
func noPKCE(c *provider.Client)     { c.PKCEOptional = true }
func rotates(c *provider.Client)    { c.Rotate = true }
func machine(c *provider.Client) {
	c.Grants, c.Scopes = []string{provider.GrantMachine}, []string{"openid", "jobs.read", "jobs.write"}
}

func onlyRedirect(uri string) func(*provider.Client) {
	return func(c *provider.Client) { c.RedirectURIs = []string{uri} }
}

// now is the house's time.
func (h *house) now() time.Time { return time.Now().Add(time.Duration(h.skew.Load())) }

// with sets form values from pairs; "-" takes one away.
func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "-" {
			form.Del(pairs[i])
			continue
		}
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// Params is an ordinary authorization request, changed by pairs.
func (a *app) Params(pairs ...string) url.Values {
	return with(url.Values{
		"client_id": {a.Client.ID}, "redirect_uri": {a.Client.RedirectURIs[0]}, "response_type": {"code"}, "scope": {"openid"},
		"state": {"st-1"}, "nonce": {"n-1"}, "code_challenge_method": {"S256"}, "code_challenge": {oauth2.S256ChallengeFromVerifier(a.Verifier)},
	}, pairs...)
}

// Ask is the address of that request.
func (a *app) Ask(pairs ...string) string { return "/authorize?" + a.Params(pairs...).Encode() }

// Back is what the browser brings to the application in the query; the test ends if it does not come back.
func (a *app) Back(p *page) url.Values {
	a.t.Helper()
	if p.To == nil {
		a.t.Fatalf("the browser stayed at %s (%d): %s", p.URL, p.Status, title(p))
	}
	got := p.To.Query()
	if got.Get("iss") != a.h.URL {
		a.t.Errorf("iss = %q, want %q (RFC 9207, 2)", got.Get("iss"), a.h.URL)
	}
	return got
}

// Refused expects an error by redirect, and nothing else.
func (a *app) Refused(p *page, code string) {
	a.t.Helper()
	got := a.Back(p)
	if got.Get("error") != code || got.Has("code") {
		a.t.Errorf("answer %v, want error %s alone", got, code)
	}
	for _, c := range got.Get("error_description") {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			a.t.Errorf("error_description has %q (RFC 6749, 4.1.2.1)", c)
		}
	}
}

// Code goes the whole way to a code, signing Ana in where a page asks for it.
func (a *app) Code(b *browser, pairs ...string) string {
	a.t.Helper()
	p := b.Get(a.Ask(pairs...))
	if p.To == nil && strings.Contains(p.Body, `name="password"`) {
		p = b.SignIn("ana", anasPassword)
	}
	code := a.Back(p).Get("code")
	if code == "" {
		a.t.Fatalf("no code: %v", p.To)
	}
	return code
}

// answer is what a protocol endpoint says.
type answer struct {
	t      *testing.T
	Status int
	Header http.Header
	Raw    string
	JSON   map[string]any
}

// Str is a member of the JSON answer; "" if it is no text.
func (a *answer) Str(name string) string {
	s, _ := a.JSON[name].(string)
	return s
}

// Is expects a status and an OAuth error ("" for none).
func (a *answer) Is(status int, code string) *answer {
	a.t.Helper()
	if a.Status != status || a.Str("error") != code {
		a.t.Errorf("answered %d %s, want %d %q", a.Status, a.Raw, status, code)
	}
	return a
}

// Send sends any request to the house, without cookies.
func (h *house) Send(method, path string, header map[string]string, body string) *answer {
	h.t.Helper()
	request, err := http.NewRequest(method, h.URL+path, strings.NewReader(body))
	must(h.t, err)
	for name, value := range header {
		request.Header.Set(name, value)
	}
	if host := header["Host"]; host != "" {
		request.Host = host
	}
	response, err := h.direct().Do(request)
	must(h.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	must(h.t, err)
	got := &answer{t: h.t, Status: response.StatusCode, Header: response.Header, Raw: string(text)}
	_ = json.Unmarshal(text, &got.JSON)
	return got
}

// direct follows no redirects.
func (h *house) direct() *http.Client {
	c := *h.server.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

const formType = "application/x-www-form-urlencoded"

// Post sends a form to a protocol endpoint as this application, by its own method of authentication.
func (a *app) Post(path string, pairs ...string) *answer {
	a.t.Helper()
	form, header := with(url.Values{}, pairs...), map[string]string{"Content-Type": formType}
	switch a.Client.AuthMethod {
	case provider.AuthBasic:
		header["Authorization"] = basicAuth(a.Client.ID, a.Secret)
	case provider.AuthKey:
		form = with(a.Asserted(a.Assertion()), pairs...)
	case provider.AuthPost:
		form.Set("client_id", a.Client.ID)
		form.Set("client_secret", a.Secret)
	default:
		form.Set("client_id", a.Client.ID)
	}
	return a.h.Send("POST", path, header, form.Encode())
}

func basicAuth(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(secret)))
}

// Redeem exchanges a code.
func (a *app) Redeem(code string, pairs ...string) *answer {
	a.t.Helper()
	return a.Post("/token", append([]string{
		"grant_type", "authorization_code", "code", code, "redirect_uri", a.Client.RedirectURIs[0], "code_verifier", a.Verifier,
	}, pairs...)...)
}

// Tokens goes the whole way.
func (a *app) Tokens(b *browser, pairs ...string) *answer {
	a.t.Helper()
	got := a.Redeem(a.Code(b, pairs...))
	if got.Status != http.StatusOK {
		a.t.Fatalf("no tokens: %d %s", got.Status, got.Raw)
	}
	return got
}

// Refresh uses a refresh token.
func (a *app) Refresh(token string, pairs ...string) *answer {
	a.t.Helper()
	return a.Post("/token", append([]string{"grant_type", "refresh_token", "refresh_token", token}, pairs...)...)
}

// Userinfo asks with a bearer token.
func (h *house) Userinfo(token string) *answer {
	h.t.Helper()
	return h.Send("GET", "/userinfo", map[string]string{"Authorization": "Bearer " + token}, "")
}

// Introspect asks about a token.
func (a *app) Introspect(token string) *answer {
	a.t.Helper()
	return a.Post("/introspect", "token", token)
}

// Active is what introspection says.
func (a *app) Active(token string) bool {
	a.t.Helper()
	got := a.Introspect(token).Is(http.StatusOK, "")
	active, isBool := got.JSON["active"].(bool)
	if !isBool || !active && got.Raw != `{"active":false}` {
		a.t.Errorf("introspection of a dead token says %s", got.Raw)
	}
	return active
}

// Provider is go-oidc's view of the house.
func (h *house) Provider() (context.Context, *oidc.Provider) {
	h.t.Helper()
	ctx := oidc.ClientContext(context.Background(), h.server.Client())
	p, err := oidc.NewProvider(ctx, h.URL)
	must(h.t, err)
	return ctx, p
}

// Verified checks an ID token with go-oidc.
func (a *app) Verified(token string) (*oidc.IDToken, map[string]any) {
	a.t.Helper()
	ctx, p := a.h.Provider()
	id, err := p.Verifier(&oidc.Config{ClientID: a.Client.ID, Now: a.h.now}).Verify(ctx, token)
	must(a.t, err)
	var claims map[string]any
	must(a.t, id.Claims(&claims))
	return id, claims
}

// joseParts reads the header and payload of a JWT without believing them.
func joseParts(t *testing.T, token string) (header, payload map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no JWT: %s", token)
	}
	for i, to := range []*map[string]any{&header, &payload} {
		text, err := base64.RawURLEncoding.DecodeString(parts[i])
		must(t, err)
		must(t, json.Unmarshal(text, to))
	}
	return header, payload
}

// SetStatus is what staff do to an account.
func (h *house) SetStatus(id provider.AccountID, status provider.AccountStatus) {
	h.t.Helper()
	a, err := h.Store.Account(context.Background(), id)
	must(h.t, err)
	was := a.Status
	a.Status, a.StatusAt = status, h.now().Truncate(time.Microsecond)
	must(h.t, h.Store.UpdateAccount(context.Background(), a, audit.AccountDisabled(h.now(), id, was, status, audit.Operator)))
}

// Owe makes the account's password one that must be replaced; "" takes that back.
func (h *house) Owe(id provider.AccountID, why string) {
	h.t.Helper()
	held, err := h.Store.Authenticators(context.Background(), id)
	must(h.t, err)
	held[0].ChangeOwed = why
	must(h.t, h.Store.SaveAuthenticator(context.Background(), held[0], audit.PasswordChanged(h.now(), id)))
}

// Disable takes a client out of use.
func (h *house) Disable(id string) {
	h.t.Helper()
	c, err := h.Store.Client(context.Background(), id)
	must(h.t, err)
	c.DisabledAt = h.now()
	must(h.t, h.Store.UpdateClient(context.Background(), c, audit.ClientDisabled(h.now(), id)))
}

// title is the page's heading.
func title(p *page) string {
	_, after, _ := strings.Cut(p.Body, "<h1>")
	text, _, _ := strings.Cut(after, "</h1>")
	return text
}

// Shows expects a page with a status and pieces of text.
func (p *page) Shows(t *testing.T, status int, text ...string) *page {
	t.Helper()
	if p.Status != status {
		t.Errorf("%s answered %d (%s), want %d", p.URL.Path, p.Status, title(p), status)
	}
	for _, s := range text {
		if !strings.Contains(p.Body, s) {
			t.Errorf("%s (%s) does not show %q", p.URL.Path, title(p), s)
		}
	}
	return p
}

// AtOnce runs f n times at the same moment and returns what each gave.
func AtOnce[T any](n int, f func() T) []T {
	var start, done sync.WaitGroup
	start.Add(1)
	got := make([]T, n)
	for i := range n {
		done.Go(func() {
			start.Wait()
			got[i] = f()
		})
	}
	start.Done()
	done.Wait()
	return got
}

// statuses counts answers by status and error.
func statuses(all []*answer) map[string]int {
	count := map[string]int{}
	for _, a := range all {
		count[http.StatusText(a.Status)+" "+a.Str("error")]++
	}
	return count
}

// Session is the value of the browser's session cookie.
func (b *browser) Session() string { return b.cookie("__Host-session") }

func (b *browser) cookie(name string) string {
	for _, c := range b.http.Jar.Cookies(mustURL(b.t, b.h.URL)) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// Twin is another browser, with a copy of this one's cookies.
func (b *browser) Twin() *browser {
	other := b.h.Browser()
	here := mustURL(b.t, b.h.URL)
	other.http.Jar.SetCookies(here, b.http.Jar.Cookies(here))
	return other
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

// cookies is one planted cookie.
func cookies(name, value string) []*http.Cookie {
	return []*http.Cookie{{Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true}}
}
