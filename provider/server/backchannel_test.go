package server_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	oidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/egress"
	"gatehouse/provider/server"
)

// ears are the back-channel addresses of applications: one server, a path each.
type ears struct {
	*httptest.Server
	mu     sync.Mutex
	heard  map[string][]*http.Request // by path
	forms  map[string][]url.Values
	answer map[string]http.HandlerFunc // by path; nil: 200
}

func newEars(t *testing.T) *ears {
	t.Helper()
	e := &ears{heard: map[string][]*http.Request{}, forms: map[string][]url.Values{}, answer: map[string]http.HandlerFunc{}}
	e.Server = httptest.NewTLSServer(http.HandlerFunc(e.hear))
	t.Cleanup(e.Close)
	return e
}

func (e *ears) hear(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(text))
	e.mu.Lock()
	e.heard[r.URL.Path] = append(e.heard[r.URL.Path], r)
	e.forms[r.URL.Path] = append(e.forms[r.URL.Path], form)
	answer := e.answer[r.URL.Path]
	e.mu.Unlock()
	if answer != nil {
		answer(w, r)
	}
}

// answers says how an application answers from now on.
func (e *ears) answers(id string, how http.HandlerFunc) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer["/"+id] = how
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// count is how often each application was told.
func (e *ears) count() map[string]int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := map[string]int{}
	for path, all := range e.forms {
		n[strings.TrimPrefix(path, "/")] = len(all)
	}
	return n
}

// last is the form that an application was sent last.
func (e *ears) last(id string) url.Values {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := e.forms["/"+id]
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

func (e *ears) reach(c *server.Config) {
	pool := x509.NewCertPool()
	pool.AddCert(e.Certificate())
	c.Outward = egress.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Roots: &tls.Config{RootCAs: pool}}
	c.Patience = -1
}

// heardAt registers the address of an application.
func (e *ears) heardAt(c *provider.Client) { c.BackChannelLogoutURI = e.URL + "/" + c.ID }

// tells lets the house tell what is due.
func (h *house) tells() {
	h.t.Helper()
	_, err := h.House.TellDue(context.Background())
	must(h.t, err)
}

// logoutToken checks a logout token with go-oidc and go-jose, as Back-Channel Logout 1.0, 2.6 says, and answers its claims.
func (h *house) logoutToken(form url.Values, client string, alg jose.SignatureAlgorithm) map[string]any {
	h.t.Helper()
	token := form.Get("logout_token")
	if len(form) != 1 || token == "" {
		h.t.Fatalf("posted %v", form)
	}
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{alg})
	must(h.t, err)
	if got := signed.Signatures[0].Header.ExtraHeaders["typ"]; got != "logout+jwt" {
		h.t.Errorf("typ %v", got)
	}
	ctx, _ := h.Provider()
	payload, err := oidc.NewRemoteKeySet(ctx, h.URL+"/jwks").VerifySignature(ctx, token)
	must(h.t, err)
	var claims map[string]any
	must(h.t, json.Unmarshal(payload, &claims))
	iat, _ := claims["iat"].(float64)
	exp, _ := claims["exp"].(float64)
	if lasts := time.Duration(exp-iat) * time.Second; lasts <= 0 || lasts > 2*time.Minute || time.Unix(int64(iat), 0).After(h.now()) {
		h.t.Errorf("iat %v, exp %v", iat, exp)
	}
	if claims["iss"] != h.URL || claims["aud"] != client {
		h.t.Errorf("claims %v", claims)
	}
	names := slices.Sorted(maps.Keys(claims))
	if !slices.Equal(names, []string{"aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"}) { // never a nonce
		h.t.Errorf("claims %v", names)
	}
	events, _ := json.Marshal(claims["events"])
	if string(events) != `{"http://schemas.openid.net/event/backchannel-logout":{}}` {
		h.t.Errorf("events %s", events)
	}
	return claims
}

// TestBackChannel_Discovery restates oidcc-backchannel-rp-initiated-logout's look at discovery (A.6).
func TestBackChannel_Discovery(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, p := h.Provider()
	var got map[string]any
	must(t, p.Claims(&got))
	if got["backchannel_logout_supported"] != true || got["backchannel_logout_session_supported"] != true || got["end_session_endpoint"] != h.URL+"/logout" {
		t.Errorf("%v", got)
	}
}

// TestBackChannel_RPInitiatedLogout restates oidcc-backchannel-rp-initiated-logout (A.6): the token, in every algorithm.
func TestBackChannel_RPInitiatedLogout(t *testing.T) {
	t.Parallel()
	e := newEars(t)
	h := newHouse(t, e.reach)
	ana := h.Person("ana")
	for _, alg := range keys.Algs() {
		a := h.App("app-"+strings.ToLower(string(alg)), e.heardAt, func(c *provider.Client) { c.IDTokenAlg = string(alg) })
		b := h.Browser()
		tokens := a.Tokens(b)
		_, claims := a.Verified(tokens.Str("id_token"))
		to := a.Client.PostLogoutRedirectURIs[0]
		p := b.Get(goodbye("id_token_hint", tokens.Str("id_token"), "post_logout_redirect_uri", to, "state", "st-9"))
		if p.To == nil || p.To.String() != to+"?state=st-9" {
			t.Fatalf("%s: led to %v", alg, p.To)
		}
		h.tells()
		said := h.logoutToken(e.last(a.Client.ID), a.Client.ID, jose.SignatureAlgorithm(alg))
		if said["sid"] != claims["sid"] || said["sub"] != string(ana.ID) || said["sub"] != claims["sub"] {
			t.Errorf("%s: logout token %v, ID token %v", alg, said, claims)
		}
		a.Refused(b.Get(a.Ask("prompt", "none")), "login_required")
	}
	for path, all := range e.heard {
		r := all[0]
		if len(all) != 1 || r.Method != "POST" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.Header.Get("Cookie") != "" {
			t.Errorf("%s: %d requests, %s %v", path, len(all), r.Method, r.Header)
		}
	}
}

// TestBackChannel_EveryEnd: whatever ends a session, each application of it is told exactly once, and the record says so.
func TestBackChannel_EveryEnd(t *testing.T) {
	t.Parallel()
	const fresh = "quiet walnut ledger harbor"
	for name, end := range map[string]func(h *house, b *browser, ana provider.Account){
		"signed out": func(_ *house, b *browser, _ provider.Account) { b.Out() },
		"ended from another device": func(h *house, b *browser, ana provider.Account) {
			other := h.Browser().In("ana")
			other.Get("/account/devices")
			other.Post("/account/devices/end", url.Values{"session": {h.elsewhere(ana.ID, other).ID}})
		},
		"all others ended": func(h *house, _ *browser, _ provider.Account) {
			other := h.Browser().In("ana")
			other.Get("/account/devices")
			other.Post("/account/devices/others", url.Values{})
		},
		"password changed elsewhere": func(h *house, _ *browser, _ provider.Account) {
			other := h.Browser().In("ana")
			other.Get("/account/password")
			other.Post("/account/password", url.Values{"password": {anasPassword}, "new_password": {fresh}})
		},
		"password reset": func(h *house, _ *browser, ana provider.Account) {
			seen := h.Browser()
			seen.Get("/account")
			seen.forgets("ana")
			seen.enters(h.CodeFor(provider.ByEmail, "ana@example.org"))
			seen.sets(fresh)
		},
		"paused by the owner": func(h *house, _ *browser, _ provider.Account) {
			other := h.Browser().In("ana")
			other.Get("/account/not-me")
			other.Post("/account/not-me", url.Values{})
		},
		"locked by staff": func(h *house, _ *browser, ana provider.Account) { h.SetStatus(ana.ID, provider.Locked) },
		"closed":          func(h *house, _ *browser, ana provider.Account) { h.SetStatus(ana.ID, provider.Closed) },
		"time up": func(h *house, _ *browser, _ provider.Account) {
			h.Passes(13 * time.Hour)
			must(h.t, h.House.Housekeep(context.Background(), h.now()))
		},
		"somebody else signs in": func(h *house, b *browser, _ provider.Account) {
			h.Person("ben")
			h.Passes(16 * time.Minute)
			b.In("ben")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEars(t)
			h := newHouse(t, e.reach)
			ana := h.Person("ana")
			b := h.Browser()
			var sid any
			for _, id := range []string{"records", "scheduling"} {
				a := h.App(id, e.heardAt)
				_, claims := a.Verified(a.Tokens(b, "scope", "openid offline_access").Str("id_token"))
				sid = claims["sid"]
			}
			h.App("mute").Tokens(b)
			h.App("strange", e.heardAt) // it was never used
			h.tells()
			if n := e.count(); len(n) != 0 {
				t.Fatalf("told %v of a session that goes on", n)
			}
			end(h, b, ana)
			h.tells()
			h.tells()
			if n := e.count(); !maps.Equal(n, map[string]int{"records": 1, "scheduling": 1}) {
				t.Fatalf("told %v", n)
			}
			for _, id := range []string{"records", "scheduling"} {
				if said := h.logoutToken(e.last(id), id, jose.RS256); said["sid"] != sid {
					t.Errorf("%s was told of %v, not %v", id, said["sid"], sid)
				}
			}
			told := h.Recorded(ana.ID, "logout.told")
			if len(told) != 2 || told[0].Session != sid || told[0].Client == told[1].Client || told[0].Actor != "house" || told[0].Detail["tries"] != "1" {
				t.Errorf("on record %+v", told)
			}
		})
	}
}

// TestBackChannel_DeadApplication: it is asked again at growing distances, keeps nobody waiting, and is told when it is back.
func TestBackChannel_DeadApplication(t *testing.T) {
	t.Parallel()
	e := newEars(t)
	h := newHouse(t, e.reach)
	ana := h.Person("ana")
	dead, well := h.App("dead", e.heardAt), h.App("well", e.heardAt)
	e.answers("dead", status(503))
	b := h.Browser()
	_, _ = dead.Tokens(b), well.Tokens(b)
	b.Out()
	h.tells()
	if n := e.count(); !maps.Equal(n, map[string]int{"dead": 1, "well": 1}) {
		t.Fatalf("told %v", n)
	}
	first := e.last("dead").Get("logout_token")
	for range 4 {
		h.Passes(time.Minute)
		h.tells()
	}
	h.tells() // not yet: the next try is a minute off
	if n := e.count()["dead"]; n != 5 {
		t.Fatalf("asked %d times", n)
	}
	e.answers("dead", nil)
	h.Passes(time.Minute)
	h.tells()
	h.Passes(24 * time.Hour)
	h.tells()
	if n := e.count(); !maps.Equal(n, map[string]int{"dead": 6, "well": 1}) {
		t.Fatalf("told %v", n)
	}
	if e.last("dead").Get("logout_token") == first {
		t.Error("the token is the one of the first try, and old")
	}
	for _, r := range h.Recorded(ana.ID, "logout.told") {
		if want := map[string]string{"dead": "6", "well": "1"}[r.Client]; r.Detail["tries"] != want {
			t.Errorf("%+v", r)
		}
	}
}

// TestBackChannel_GivesUp: after an hour for one that does not answer, after a minute for one that says no; the record says which.
func TestBackChannel_GivesUp(t *testing.T) {
	t.Parallel()
	e := newEars(t)
	h := newHouse(t, e.reach)
	ana := h.Person("ana")
	b := h.Browser()
	for id, answer := range map[string]int{"dead": 500, "says-no": 400, "unknown": 404, "leads-away": 302} {
		e.answers(id, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", e.URL+"/elsewhere")
			w.WriteHeader(answer)
		})
		h.App(id, e.heardAt).Tokens(b)
	}
	h.App("gone", e.heardAt).Tokens(b)
	b.Out()
	h.Disable("gone")
	for range 20 {
		h.tells()
		h.Passes(30 * time.Minute)
	}
	if n := e.count(); !maps.Equal(n, map[string]int{"dead": 11, "leads-away": 11, "says-no": 3, "unknown": 3}) {
		t.Errorf("asked %v", n)
	}
	why := map[string]string{}
	for _, r := range h.Recorded(ana.ID, "logout.failed") {
		why[r.Client] = r.Detail["why"]
	}
	if !maps.Equal(why, map[string]string{"dead": "lost", "leads-away": "lost", "says-no": "refused", "unknown": "refused", "gone": "dropped"}) {
		t.Errorf("on record %v", why)
	}
}

// TestBackChannel_Guarded: an address that leads into the house's own network is never met, in whatever clothes; the answer of
// one that may be met is read no further than it must be.
func TestBackChannel_Guarded(t *testing.T) {
	t.Parallel()
	e := newEars(t)
	strict := func(c *server.Config) {
		e.reach(c)
		c.Outward.Allow = nil
	}
	h := newHouse(t, strict)
	h.Person("ana")
	b := h.Browser()
	port := mustURL(t, e.URL).Port()
	for id, to := range map[string]string{
		"loopback": e.URL + "/loopback", "by-name": "https://localhost:" + port + "/by-name", "six": "https://[::1]:" + port + "/six",
		"mapped": "https://[::ffff:127.0.0.1]:" + port + "/mapped", "nothing": "https://0.0.0.0:" + port + "/nothing",
		"metadata": "https://169.254.169.254/latest", "plain": "http://127.0.0.1:" + port + "/plain", "number": "https://2130706433:" + port + "/number",
	} {
		h.App(id, func(c *provider.Client) { c.BackChannelLogoutURI = to }).Tokens(b)
	}
	b.Out()
	h.tells()
	if n := e.count(); len(n) != 0 {
		t.Errorf("reached %v", n)
	}
	if log := h.Log.String(); !strings.Contains(log, `"fault":"forbidden address"`) || strings.Contains(log, "169.254") {
		t.Error("the log does not say that the address is forbidden, or names it")
	}
}

// TestBackChannel_HostileAnswers: a redirect is not followed, an endless answer and a silent server are given up.
func TestBackChannel_HostileAnswers(t *testing.T) {
	t.Parallel()
	e := newEars(t)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	h := newHouse(t, e.reach, func(c *server.Config) { c.Outward.Timeout = 200 * time.Millisecond })
	ana := h.Person("ana")
	b := h.Browser()
	wait := func(r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-release:
		}
	}
	for id, answer := range map[string]http.HandlerFunc{
		"metadata": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
		},
		"onward": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write(make([]byte, 1<<16))
			}
		},
		"silent": func(_ http.ResponseWriter, r *http.Request) { wait(r) },
		"drips": func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			wait(r)
		},
		"boasts": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000000000")
			w.WriteHeader(http.StatusOK)
		},
	} {
		e.answers(id, answer)
		h.App(id, e.heardAt).Tokens(b)
	}
	session := h.sessionsOf(ana.ID)[0].ID
	b.Out()
	h.tells()
	if n := e.count(); n["elsewhere"] != 0 {
		t.Error("a redirect was followed")
	}
	signals, err := h.Store.SignalsOf(context.Background(), session)
	must(t, err)
	got := map[string]provider.SignalOutcome{}
	for _, s := range signals {
		got[s.Client] = s.Outcome
	}
	// Who answers 200 and then talks on has said that it is done.
	if want := map[string]provider.SignalOutcome{"metadata": "", "onward": "", "silent": "", "boasts": "", "endless": "told", "drips": "told"}; !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// TestBackChannel_KilledBetween: what ended a session has written down who is to be told; whoever starts next tells them.
func TestBackChannel_KilledBetween(t *testing.T) {
	t.Parallel()
	e := newEars(t)
	h := newHouse(t, e.reach)
	h.Person("ana")
	b := h.Browser()
	h.App("records", e.heardAt).Tokens(b)
	b.Out()
	// It dies here, once before it has claimed anything, once with a claim in its hand.
	claims, err := h.Store.ClaimSignals(context.Background(), provider.SignalQuery{At: h.now(), Lease: time.Minute, Limit: 10, Each: 10})
	if err != nil || len(claims) != 1 {
		t.Fatal(claims, err)
	}
	next := h.Replica(e.reach)
	next.tells()
	if n := e.count(); len(n) != 0 {
		t.Fatalf("told %v while somebody else had the claim", n)
	}
	h.Passes(time.Minute)
	next.tells()
	if n := e.count(); n["records"] != 1 {
		t.Fatalf("told %v", n)
	}
}

// TestBackChannel_ThreeReplicas: three that tell at once tell everybody once.
func TestBackChannel_ThreeReplicas(t *testing.T) {
	t.Parallel()
	e := newEars(t)
	h := newHouse(t, e.reach)
	ana := h.Person("ana")
	b := h.Browser()
	want := map[string]int{}
	for _, id := range []string{"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"} {
		h.App(id, e.heardAt).Tokens(b)
		want[id] = 1
	}
	for _, each := range []*house{h, h.Replica(e.reach), h.Replica(e.reach)} {
		each.deliver()
	}
	b.Out()
	h.eventually(func() bool { return len(h.Recorded(ana.ID, "logout.told")) == len(want) })
	if n := e.count(); !maps.Equal(n, want) {
		t.Errorf("told %v", n)
	}
}

// TestO22_StillOpen: the signed-out page names the applications that could not be told yet, to the browser that signed out, and to
// nobody else.
func TestO22_StillOpen(t *testing.T) {
	t.Parallel()
	e := newEars(t)
	h := newHouse(t, e.reach)
	h.Person("ana")
	b := h.Browser()
	e.answers("dead", status(503))
	h.App("dead", e.heardAt).Tokens(b)
	h.App("well", e.heardAt).Tokens(b)
	twin := b.Twin()
	b.Out()
	b.last.Shows(t, 200, "may still be open", "The dead app", "The well app", `href="/logout/done"`) // nobody was asked yet
	h.tells()
	p := b.Get("/logout/done").Shows(t, 200, "may still be open", "The dead app", `href="/logout/done"`)
	if strings.Contains(p.Body, "The well app") || b.Session() != "" {
		t.Error("it names one that was told, or she is still signed in")
	}
	for _, other := range []*browser{h.Browser(), twin} {
		if p := other.Get("/logout/done").Shows(t, 200, "You are signed out"); strings.Contains(p.Body, "The dead app") {
			t.Error("another browser learns what she used")
		}
	}
	e.answers("dead", nil)
	h.Passes(time.Minute)
	h.tells()
	if p := b.Get("/logout/done").Shows(t, 200, "You are signed out"); strings.Contains(p.Body, "may still be open") {
		t.Error("it still says that an app is open")
	}
	h.Passes(10 * time.Minute)
	if p := b.Get("/logout/done").Shows(t, 200, "You are signed out"); strings.Contains(p.Body, "app") && strings.Contains(p.Body, "The dead app") {
		t.Error("it says more after ten minutes")
	}
}

// TestO22_Waits: while applications answer at once, the page comes when they have.
func TestO22_Waits(t *testing.T) {
	t.Parallel()
	e := newEars(t)
	h := newHouse(t, e.reach, func(c *server.Config) { c.Patience = time.Hour }) // the test ends when the page does not come by itself
	h.Person("ana")
	h.deliver()
	b := h.Browser()
	h.App("one", e.heardAt).Tokens(b)
	h.App("two", e.heardAt).Tokens(b)
	e.answers("two", status(500))
	b.Out()
	if p := b.last.Shows(t, 200, "The two app", "may still be open"); strings.Contains(p.Body, "The one app") {
		t.Error("it names one that was told")
	}
}
