package portal_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/cmd/demoportal/portal"
)

func TestSignInShowsWhoAndHow(t *testing.T) {
	h := newHouse(t)
	out := h.get("/records/")
	out.wantStatus(http.StatusOK)
	out.wantAll("sign-in", "silent")
	out.wantNo("who", "sign-out")

	in := h.get("/records/login")
	in.wantStatus(http.StatusOK)
	if in.at.Path != "/records/" || in.at.RawQuery != "" {
		t.Errorf("landed at %s, want the app's own page", in.at)
	}
	in.wantText("who", "Ana Sample")
	in.wantText("username", "ana")
	in.wantText("email", "ana@mail.example")
	in.wantText("acr", "Two steps: a password and an email code")
	in.wantText("auth-time", "today at")
	in.wantText("token-until", "until ")
	in.wantAll("token-id", "sign-out", "refresh", "call-api", "sign-in-again", "silent")
	if strings.Contains(in.body, "eyJ") {
		t.Error("a raw token is on the page")
	}
	if !h.basic {
		t.Error("a confidential client did not use HTTP Basic")
	}
}

func TestLoginAsksWithPKCEStateAndNonce(t *testing.T) {
	h := newHouse(t, func(c *portal.Config) { c.Apps[0].ACR, c.Apps[0].StepUp = "two-step", "phr" })
	h.get("/records/login?prompt=login")
	first := h.asked
	h.get("/records/login?stronger&prompt=select_account")
	second := h.asked
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(first.Get(name)) < 22 || first.Get(name) == second.Get(name) {
			t.Errorf("%s: %q then %q, want long and new", name, first.Get(name), second.Get(name))
		}
	}
	if first.Get("code_challenge_method") != "S256" || first.Get("prompt") != "login" || first.Get("acr_values") != "two-step" {
		t.Errorf("asked %v", first)
	}
	if second.Get("acr_values") != "phr" || second.Has("prompt") {
		t.Errorf("asked %v", second)
	}
}

func TestPublicClientSendsItsIDInTheBody(t *testing.T) {
	h := newHouse(t)
	h.get("/scheduling/login").wantText("who", "Ana Sample")
	if h.basic {
		t.Error("a public client used HTTP Basic")
	}
}

func TestAppsKeepSessionsOfTheirOwn(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantText("who", "Ana")
	h.get("/scheduling/").wantNo("who")
	h.get("/scheduling/login").wantText("who", "Ana")
}

func TestSessionCookieChangesAtSignIn(t *testing.T) {
	h := newHouse(t)
	h.set(func() { h.bendAnswer = func(v url.Values) { v.Set("state", "other") } })
	h.get("/records/login").wantStatus(http.StatusBadRequest)
	before := h.cookie("/records/")
	h.set(func() { h.bendAnswer = nil })
	h.get("/records/login").wantText("who", "Ana")
	after := h.cookie("/records/")
	if before == "" || before == after {
		t.Errorf("cookie %q then %q", before, after)
	}
}

func TestSessionCookieIsGuarded(t *testing.T) {
	for _, base := range []string{"http://portal.example", "https://portal.example"} {
		h := newHouse(t, func(c *portal.Config) { c.Base = base })
		h.browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		set := h.get("/records/login").header.Get("Set-Cookie")
		for _, part := range []string{"HttpOnly", "SameSite=Lax", "Path=/records/"} {
			if !strings.Contains(set, part) {
				t.Errorf("%s: cookie %q has no %s", base, set, part)
			}
		}
		if got := strings.Contains(set, "Secure"); got != strings.HasPrefix(base, "https") {
			t.Errorf("%s: Secure is %v", base, got)
		}
	}
}

func (h *house) cookie(path string) string {
	u, err := url.Parse(h.portal.URL + path)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range h.browser.Jar.Cookies(u) {
		return c.Value
	}
	return ""
}

// Each bent answer must leave the person signed out.
func TestAnswersThatDoNotFitAreRefused(t *testing.T) {
	cases := map[string]struct {
		bend func(*stub)
		code string
	}{
		"wrong state": {func(s *stub) { s.bendAnswer = func(v url.Values) { v.Set("state", "other") } }, "unknown_state"},
		"no state":    {func(s *stub) { s.bendAnswer = func(v url.Values) { v.Del("state") } }, "unknown_state"},
		"wrong iss": {func(s *stub) { s.bendAnswer = func(v url.Values) { v.Set("iss", "https://other.example") } },
			"answer_not_verified"},
		"promised iss is missing": {func(s *stub) { s.bendAnswer = func(v url.Values) { v.Del("iss") } }, "answer_not_verified"},
		"wrong nonce":             {bendID("nonce", "other"), "answer_not_verified"},
		"no nonce":                {bendID("nonce", nil), "answer_not_verified"},
		"foreign audience":        {bendID("aud", "other-client"), "answer_not_verified"},
		"foreign issuer":          {bendID("iss", "https://other.example"), "answer_not_verified"},
		"foreign azp":             {bendID("azp", "other-client"), "answer_not_verified"},
		"expired ID token":        {bendID("exp", time.Now().Add(-time.Minute).Unix()), "answer_not_verified"},
		"wrong at_hash":           {bendID("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), "answer_not_verified"},
		"userinfo of another": {func(s *stub) { s.bendInfo = func(c map[string]any) { c["sub"] = "another" } },
			"answer_not_verified"},
		"unknown code": {func(s *stub) { s.bendAnswer = func(v url.Values) { v.Set("code", "other") } }, "invalid_grant"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			c.bend(h.stub)
			p := h.get("/records/login")
			if p.status < 400 {
				t.Errorf("status %d", p.status)
			}
			p.wantText("error-code", c.code)
			p.wantAll("error", "sign-in")
			h.get("/records/").wantNo("who")
		})
	}
}

func bendID(name string, value any) func(*stub) {
	return func(s *stub) {
		s.bendID = func(claims map[string]any) {
			claims[name] = value
			if value == nil {
				delete(claims, name)
			}
		}
	}
}

func TestSignInAgainMustBeDoneAgain(t *testing.T) {
	h := newHouse(t)
	bendID("auth_time", time.Now().Add(-time.Hour).Unix())(h.stub)
	h.get("/records/login").wantText("who", "Ana")
	h.get("/records/login?prompt=login").wantText("error-code", "answer_not_verified")
}

func TestAnswerOfAnotherBrowserIsRefused(t *testing.T) {
	h := newHouse(t)
	h.browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(r.URL.Path, "/callback") {
			return errors.New("stop before the callback")
		}
		return nil
	}
	var stopped *url.Error
	_, err := h.browser.Get(h.portal.URL + "/records/login")
	if !errors.As(err, &stopped) {
		t.Fatalf("not stopped: %v", err)
	}
	response, err := http.Get(stopped.URL)
	h.read(response, err).wantText("error-code", "unknown_state")
}

func TestAnAnswerCountsOnce(t *testing.T) {
	h := newHouse(t)
	var callback string
	h.browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(r.URL.Path, "/callback") {
			callback = r.URL.RequestURI()
		}
		return nil
	}
	h.get("/records/login").wantText("who", "Ana")
	h.get(callback).wantText("error-code", "unknown_state")
	h.get("/records/").wantText("who", "Ana")
}

func TestAnAttemptEnds(t *testing.T) {
	h := newHouse(t)
	start := time.Now()
	h.setClock(start)
	h.get("/records/login").wantText("who", "Ana")
	h.browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(r.URL.Path, "/callback") {
			h.setClock(start.Add(16 * time.Minute))
		}
		return nil
	}
	h.get("/records/login").wantText("error-code", "unknown_state")
}

func TestFormPostKeepsTheCodeOutOfTheAddress(t *testing.T) {
	h := newHouse(t, func(c *portal.Config) { c.Apps[0].ResponseMode = "form_post" })
	var stopped *url.URL
	h.browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Query().Has("code") {
			stopped = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}
	h.get("/records/login")
	if h.asked.Get("response_mode") != "form_post" {
		t.Fatalf("asked %v", h.asked)
	}
	// What the provider's form does in a browser: cross-site, without the cookie.
	bare := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, err := http.NewRequest(http.MethodPost, h.portal.URL+"/records/callback", strings.NewReader(stopped.RawQuery))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	request.Header.Set("Origin", h.stub.URL)
	response, err := bare.Do(request)
	posted := h.read(response, err)
	posted.wantStatus(http.StatusSeeOther)
	next := posted.header.Get("Location")
	if strings.Contains(next, stopped.Query().Get("code")) {
		t.Errorf("the code is in %s", next)
	}
	h.get(next).wantText("who", "Ana")
	h.get(next).wantText("error-code", "unknown_state")
}

func TestProviderErrorsAreExplained(t *testing.T) {
	cases := map[string]string{
		"access_denied":                     "Nothing was shared",
		"login_required":                    "Sign in to go on",
		"consent_required":                  "Sign in to answer it",
		"unmet_authentication_requirements": "passkey",
		"temporarily_unavailable":           "few minutes",
		"invalid_scope":                     "not your fault",
	}
	for code, advice := range cases {
		t.Run(code, func(t *testing.T) {
			h := newHouse(t)
			h.bendAnswer = func(v url.Values) {
				v.Del("code")
				v.Set("error", code)
				v.Set("error_description", "<b>why</b>")
			}
			p := h.get("/records/login?prompt=none")
			p.wantStatus(http.StatusBadRequest)
			p.wantText("error", advice)
			p.wantText("error-code", code)
			p.wantText("error-description", "&lt;b&gt;why")
			p.wantAll("sign-in")
		})
	}
}

// Without our state, an error from anywhere could put words on our page.
func TestErrorWithoutOurStateIsNotShown(t *testing.T) {
	h := newHouse(t)
	p := h.get("/records/callback?error=access_denied&error_description=call+this+number")
	p.wantText("error-code", "unknown_state")
	if strings.Contains(p.body, "call this number") {
		t.Error("foreign words on our page")
	}
}

func TestSilentCheckThatFindsNobodyEndsOurSession(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantText("who", "Ana")
	h.set(func() {
		h.bendAnswer = func(v url.Values) { v.Del("code"); v.Set("error", "login_required") }
	})
	h.get("/records/login?prompt=none").wantText("error-code", "login_required")
	h.get("/records/").wantNo("who")
}

func TestProviderMayComeLater(t *testing.T) {
	h := newHouse(t)
	h.down = true
	h.get("/records/").wantAll("sign-in")
	p := h.get("/records/login")
	p.wantStatus(http.StatusServiceUnavailable)
	p.wantText("error-code", "provider_away")
	h.set(func() { h.down = false })
	h.get("/records/login").wantText("who", "Ana")
}
