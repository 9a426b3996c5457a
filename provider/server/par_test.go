package server_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

func pushes(c *provider.Client) { c.RequirePAR = true }

// Push pushes the ordinary request, changed by pairs.
func (a *app) Push(pairs ...string) *answer {
	a.t.Helper()
	var all []string
	for name, values := range a.Params(pairs...) {
		all = append(all, name, values[0])
	}
	return a.Post("/par", append(all, pairs...)...)
}

// Pushed is where a browser goes with it, once pushed.
func (a *app) Pushed(pairs ...string) string {
	a.t.Helper()
	return a.Brings(a.Push(pairs...).Is(http.StatusCreated, "").Str("request_uri"))
}

// Brings is where a browser goes with a reference.
func (a *app) Brings(uri string) string {
	return "/authorize?" + url.Values{"client_id": {a.Client.ID}, "request_uri": {uri}}.Encode()
}

// stays expects a page of ours that leads nowhere.
func stays(t *testing.T, p *page, id string) {
	t.Helper()
	p.Shows(t, http.StatusBadRequest, id)
	if p.To != nil {
		t.Errorf("led to %v", p.To)
	}
}

// TestRFC9126_2_Push: every method of authentication, and then the browser with a reference alone, which a reload survives.
func TestRFC9126_2_Push(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	shape := regexp.MustCompile(`^urn:ietf:params:oauth:request_uri:[A-Za-z0-9._-]{60,}$`)
	b := h.Browser()
	for _, method := range []string{provider.AuthBasic, provider.AuthPost, provider.AuthKey, provider.AuthNone} {
		a := h.App("app-"+method, pushes, func(c *provider.Client) { c.AuthMethod = method })
		got := a.Push("state", "pushed").Is(201, "")
		if uri := got.Str("request_uri"); !shape.MatchString(uri) || got.JSON["expires_in"] != 90.0 || !strings.Contains(got.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s %v", got.Raw, got.Header)
		}
		to := a.Brings(got.Str("request_uri"))
		p := b.Get(to)
		if p.To == nil {
			b.Get(to) // loaded again before anybody signed in
			p = b.SignIn("ana", anasPassword)
		}
		if back := a.Back(p); back.Get("state") != "pushed" || a.Redeem(back.Get("code")).Is(200, "").Str("id_token") == "" {
			t.Errorf("%s: %v", method, back)
		}
		stays(t, b.Get(to), "AUTHZ-REQUEST-URI")
		stays(t, h.Browser().Get(to), "AUTHZ-REQUEST-URI")
	}
}

// TestRFC9126_2_Refused: what is pushed is checked as it would be at the authorization endpoint, and by whom.
func TestRFC9126_2_Refused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	other := h.App("other")
	for code, pairs := range map[string][]string{
		"unsupported_response_type": {"response_type", "code id_token"},
		"invalid_scope":             {"scope", "openid admin"},
		"request_not_supported":     {"request", "x"},
	} {
		a.Push(pairs...).Is(400, code)
	}
	for _, pairs := range [][]string{
		{"request_uri", a.Push().Str("request_uri")}, {"request_uri", "https://app.example/r"}, {"redirect_uri", "https://evil.example/"},
		{"redirect_uri", "-"}, {"code_challenge", "-"}, {"code_challenge_method", "plain"}, {"client_id", "other"}, {"prompt", "none login"}, {"id_token_hint", "x"},
	} {
		a.Push(pairs...).Is(400, "invalid_request")
	}
	if got := a.Push("state", strings.Repeat("x", 8<<10)); got.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("8 KB: %d", got.Status)
	}
	stranger := *a
	stranger.Secret = other.Secret
	stranger.Push().Is(401, "invalid_client")
	h.Disable("other")
	other.Push().Is(401, "invalid_client")
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		if got := h.Send(method, "/par", nil, ""); got.Status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, got.Status)
		}
	}
	form := with(a.Params(), "client_id", a.Client.ID).Encode()
	h.Send("POST", "/par", map[string]string{"Content-Type": formType, "Authorization": basicAuth(a.Client.ID, a.Secret)}, form+"&scope=openid").Is(400, "invalid_request")
	h.Send("POST", "/par", map[string]string{"Content-Type": "application/json"}, "{}").Is(400, "invalid_request")
}

// TestRFC9126_4_References: made up, expired, another client's or bent, a reference leads nowhere, and what stands beside one counts
// for nothing.
func TestRFC9126_4_References(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a, other := h.App("records"), h.App("other")
	b := h.Browser().In("ana")
	uri := a.Push().Str("request_uri")
	id, secret, _ := strings.Cut(uri, ".")
	signin := mustURL(t, h.Browser().Get(a.Ask()).URL.String()).Path
	for _, wrong := range []string{
		"urn:ietf:params:oauth:request_uri:", id, id + ".", uri + "x", uri[:len(uri)-1], id + "." + secret[1:], strings.ToUpper(uri)[:34] + uri[34:],
		"urn:ietf:params:oauth:request_uri:" + strings.TrimPrefix(signin, "/signin/") + ".", "urn:ietf:params:oauth:request_uri:x\x00.y",
	} {
		if p := b.Get(a.Brings(wrong)); p.To != nil && p.To.Query().Get("error") != "request_uri_not_supported" || p.To == nil && p.Status != 400 {
			t.Errorf("%q: %d %v", wrong, p.Status, p.To)
		}
	}
	stays(t, b.Get(other.Brings(uri)), "AUTHZ-REQUEST-URI")
	stays(t, b.Get("/authorize?request_uri="+url.QueryEscape(uri)), "AUTHZ-REQUEST-URI")
	stays(t, b.Get(a.Brings(uri)+"&request_uri=x"), "AUTHZ-REPEATED")
	stays(t, b.Get("/authorize?gatehouse_resume="+secret), "AUTHZ-REQUEST-URI")
	if p := b.Get("/signin/" + strings.TrimPrefix(id, "urn:ietf:params:oauth:request_uri:")); p.To != nil || strings.Contains(p.Body, `name="password"`) {
		t.Errorf("a pushed request is a ceremony: %v", p.URL)
	}
	back := a.Back(b.Get(a.Brings(uri) + "&state=other&scope=openid+email&redirect_uri=https://evil.example/&response_type=token&prompt=login"))
	if tokens := a.Redeem(back.Get("code")).Is(200, ""); back.Get("state") != "st-1" || tokens.Str("scope") != "openid" {
		t.Errorf("%v %s", back, tokens.Raw)
	}
	late := a.Pushed()
	h.Passes(90 * time.Second)
	stays(t, b.Get(late), "AUTHZ-REQUEST-URI")
	again := h.App("again", func(c *provider.Client) { c.InitiateLoginURI = "https://again.example/in?x=1" })
	late = again.Pushed()
	h.Passes(90 * time.Second)
	stays(t, b.Get(late).Shows(t, 400, "Back to", "https://again.example/in?x=1&amp;iss=https%3A%2F%2Flocalhost"), "AUTHZ-REQUEST-URI")
}

// TestAPushedRequestOnAnotherReplica: any server of the house answers what any of them took.
func TestAPushedRequestOnAnotherReplica(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", pushes)
	b := h.Replica().Browser()
	b.Get(a.Pushed("state", "elsewhere")).Shows(t, 200, `name="password"`)
	if p := b.SignIn("ana", anasPassword); p.To == nil || !p.To.Query().Has("code") || p.To.Query().Get("state") != "elsewhere" {
		t.Errorf("led to %v", p.To)
	}
}

// TestAnAssertionIsForOnePush: what showed who pushed shows it once, at either endpoint, and one without a signature never.
func TestAnAssertionIsForOnePush(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records", func(c *provider.Client) { c.AuthMethod = provider.AuthKey })
	form := func(assertion string) url.Values {
		all := a.Asserted(assertion)
		for name, values := range a.Params() {
			all[name] = values
		}
		return all
	}
	send := func(path string, form url.Values) *answer {
		return h.Send("POST", path, map[string]string{"Content-Type": formType}, form.Encode())
	}
	assertion := a.Assertion()
	send("/par", form(assertion)).Is(201, "")
	send("/par", form(assertion)).Is(401, "invalid_client")
	send("/token", with(a.Asserted(assertion), "grant_type", "authorization_code", "code", "x")).Is(401, "invalid_client")
	for name, wrong := range map[string]string{
		"none": b64([]byte(`{"alg":"none"}`)) + "." + b64([]byte(a.Claims())) + ".", "for here": a.Assertion("aud", h.URL+"/par"), "a list": a.Assertion("aud", []string{h.URL}),
		"another's key": newPair("ES256").signs(a.Header(), a.Claims()), "for another": a.Assertion("aud", "https://other.example"),
	} {
		if got := send("/par", form(wrong)); got.Status != 401 {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
}

// TestRFC9126_5_PushedOnly: a client that is registered so has no other way, also not by spelling its request as ours are kept.
func TestRFC9126_5_PushedOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", pushes)
	b := h.Browser().In("ana")
	a.Refused(b.Get(a.Ask()), "invalid_request")
	a.Refused(b.Get(a.Ask("request_uri", "https://app.example/r")), "request_uri_not_supported")
	for _, first := range []string{"pushed%20", "pushed+"} {
		if p := b.Get("/authorize?" + first + "1+x+&" + a.Params().Encode()); p.To != nil && p.To.Query().Has("code") {
			t.Error("spelt as a Return it passes")
		}
	}
	a.Back(b.Get(a.Pushed()))
}

// TestAPushedRequestIsAnsweredOnce: of many browsers at once that come with it one has a code; none on another replica, or later.
func TestAPushedRequestIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser().In("ana")
	uri := a.Pushed()
	won := 0
	for _, p := range AtOnce(20, func() *page { return b.Twin().Get(uri) }) {
		if p.To != nil && p.To.Query().Has("code") {
			won++
		} else if p.Status != 400 {
			t.Errorf("a loser sees %d %v", p.Status, p.To)
		}
	}
	if won != 1 {
		t.Errorf("%d of 20 had a code", won)
	}
	uri = a.Pushed("prompt", "login")
	one, two := h.Browser(), h.Browser() // both are at the form before either has answered
	one.Get(uri)
	two.Get(uri)
	a.Back(one.SignIn("ana", anasPassword))
	stays(t, two.SignIn("ana", anasPassword), "AUTHZ-REQUEST-URI")
	second := h.Replica()
	stays(t, second.Browser().Get(uri), "AUTHZ-REQUEST-URI")
	away := h.Browser()
	uri = a.Pushed("prompt", "none")
	a.Refused(away.Get(uri), "login_required")
	stays(t, b.Get(uri), "AUTHZ-REQUEST-URI") // an error is an answer too
}

// TestAPushedRequestLastsAsLongAsAPerson: once a browser has come with it, its minute and a half are over and nothing is lost: the
// person takes their time, leaves for another page of ours, comes back, and presses twice.
func TestAPushedRequestLastsAsLongAsAPerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", pushes)
	b := h.Browser()
	b.Get(a.Pushed("state", "slow"))
	h.Passes(5 * time.Minute)
	action, form := b.last.Form(t, "/password")
	with(form, "username", "ana", "password", anasPassword)
	first := a.Back(b.Post(action, form))
	if again := b.Post(action, form); a.Back(again).Get("code") == "" || first.Get("state") != "slow" {
		t.Errorf("pressed twice: %v", again.To)
	}
	c := h.Browser()
	c.Get(a.Pushed("state", "lost"))
	h.Passes(40 * time.Minute) // its ceremony is over, the page is still there
	action, form = c.last.Form(t, "/password")
	c.Post(action, with(form, "username", "ana", "password", anasPassword)).Shows(t, 200, `name="password"`)
	if back := a.Back(c.SignIn("ana", anasPassword)); back.Get("state") != "lost" || !back.Has("code") {
		t.Errorf("%v", back)
	}
	d := h.Browser()
	d.Get(a.Pushed())
	h.Passes(25 * time.Hour)
	action, form = d.last.Form(t, "/password")
	if p := d.Post(action, with(form, "username", "ana", "password", anasPassword)); p.To != nil {
		t.Errorf("a day later: %v", p.To)
	}
}
