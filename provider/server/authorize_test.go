package server_test

import (
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

// TestRFC6749_4_1_2_1_StateIsEchoed: absent, short, long or odd, it comes back byte for byte.
func TestRFC6749_4_1_2_1_StateIsEchoed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	a.Code(b)
	for _, state := range []string{"a", "", strings.Repeat("long-", 800), "a b+c&d=e%20?#/\\\"'<script>é世界", "\t\r\n ;,"} {
		for _, more := range [][]string{nil, {"prompt", "none"}, {"scope", "forbidden"}, {"prompt", "none", "max_age", "0"}} {
			got := a.Back(b.Get(a.Ask(append([]string{"state", state}, more...)...)))
			if !got.Has("state") || got.Get("state") != state {
				t.Errorf("state %.40q came back as %.40q (%v)", state, got.Get("state"), more)
			}
		}
	}
	if got := a.Back(b.Get(a.Ask("state", "-"))); got.Has("state") || got.Get("code") == "" {
		t.Errorf("without a state: %v", got)
	}
}

// TestAuthorize_TooLong: a request that no page could carry on is refused at once, by GET as by POST, never with a 5xx.
func TestAuthorize_TooLong(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	long := a.Params("state", strings.Repeat("s", 30_000))
	h.Browser().Get("/authorize?"+long.Encode()).Shows(t, 413)
	h.Browser().Post("/authorize", long).Shows(t, 413)
	for _, odd := range []string{"&", "\\", "%22", "<", "é"} {
		raw := a.Params().Encode() + "&x="
		raw += strings.Repeat(odd, (8<<10-len(raw))/len(odd))
		h.Browser().Get("/authorize?"+raw).Shows(t, 200, "Sign in")
	}
}

// TestCore_3_1_2_1_Post: the request by POST, from any site, is a 303 to the GET, where the cookies are back.
func TestCore_3_1_2_1_Post(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	session := a.Tokens(b).Str("id_token")
	foreign := map[string]string{"Content-Type": formType, "Origin": "https://records.example", "Sec-Fetch-Site": "cross-site", "Cookie": "__Host-session=" + b.Session()}
	got := h.Send("POST", "/authorize", foreign, a.Params("prompt", "none").Encode())
	if got.Status != 303 || !strings.HasPrefix(got.Header.Get("Location"), "/authorize?") || got.Header.Get("Set-Cookie") != "" {
		t.Fatalf("answered %d %v", got.Status, got.Header)
	}
	if back := a.Back(b.Get(got.Header.Get("Location"))); back.Get("code") == "" {
		t.Errorf("the GET brought %v", back)
	}
	if back := a.Back(b.Post("/authorize", a.Params("prompt", "none", "id_token_hint", session))); back.Get("code") == "" {
		t.Errorf("the whole way brought %v", back)
	}
	h.Send("POST", "/authorize", map[string]string{"Content-Type": "application/json"}, "{}").Is(400, "")
	h.Send("PUT", "/authorize", nil, "").Is(405, "")
	if cors := h.Send("OPTIONS", "/authorize", map[string]string{"Origin": "https://x.example", "Access-Control-Request-Method": "GET"}, "").Header; cors.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("CORS at the authorization endpoint (RFC 9700, 2.6): %v", cors)
	}
}

// TestFormPost_1: the answer is a form that posts to the client, nothing stands in a query, and the policy lets it go.
func TestFormPost_1(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", onlyRedirect("https://records.example/cb?tenant=7&x=%20y"))
	b := h.Browser()
	b.Get(a.Ask("response_mode", "form_post", "state", `a"b<c>&d`))
	first := b.SignIn("ana", anasPassword)
	again := b.Get(a.Ask("response_mode", "form_post", "state", `a"b<c>&d`, "prompt", "none"))
	failed := h.Browser().Get(a.Ask("response_mode", "form_post", "state", `a"b<c>&d`, "prompt", "none"))
	for name, p := range map[string]*page{"code": first, "silently": again, "error": failed} {
		if p.Status != 200 || p.To != nil || p.Header.Get("Location") != "" || strings.Contains(p.Body, "http-equiv") {
			t.Fatalf("%s: answered %d to %v", name, p.Status, p.To)
		}
		action, fields := p.Form(t, "")
		if html.UnescapeString(action) != a.Client.RedirectURIs[0] {
			t.Errorf("%s: posts to %s", name, html.UnescapeString(action))
		}
		if html.UnescapeString(fields.Get("state")) != `a"b<c>&d` || fields.Get("iss") != h.URL || fields.Has("code") == fields.Has("error") {
			t.Errorf("%s: fields %v", name, fields)
		}
		policy := p.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "form-action 'self' https://records.example;") {
			t.Errorf("%s: policy %s", name, policy)
		}
	}
	_, fields := first.Form(t, "")
	a.Redeem(fields.Get("code")).Is(200, "")
	if other := h.Browser().Get(a.Ask()); strings.Contains(other.Header.Get("Content-Security-Policy"), "records.example") {
		t.Error("the sign-in page names the client in its policy too")
	}
}

// TestCore_3_1_2_2_Faults: what is wrong with the rest of a request goes to the client, with state and iss.
func TestCore_3_1_2_2_Faults(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records", func(c *provider.Client) { c.Scopes = []string{"openid", "email"} })
	machine := h.App("machine", machine)
	for code, requests := range map[string][]url.Values{
		"invalid_request": {
			a.Params("response_type", "-"), a.Params("response_type", ""), a.Params("response_mode", "fragment"), a.Params("prompt", "none login"),
			a.Params("prompt", "dance"), a.Params("max_age", "-1"), a.Params("max_age", "soon"), a.Params("max_age", "99999999999999999999"),
			a.Params("id_token_hint", "garbage"), a.Params("code_challenge", "-"), a.Params("code_challenge", ""),
			a.Params("code_challenge_method", "plain"), a.Params("code_challenge_method", "-"), a.Params("code_challenge", "short"),
			a.Params("code_challenge", strings.Repeat("=", 43)),
			add(a, "scope", "openid"), add(a, "state", "two"), add(a, "nonce", "n-1"), add(a, "response_type", "code"), add(a, "unknown", "1", "2"),
		},
		"unsupported_response_type":  {a.Params("response_type", "token"), a.Params("response_type", "code id_token"), a.Params("response_type", "id_token"), a.Params("response_type", "none")},
		"invalid_scope":              {a.Params("scope", "openid admin"), a.Params("scope", "openid phone"), a.Params("scope", "OPENID"), a.Params("scope", "-"), a.Params("scope", "")},
		"request_not_supported":      {a.Params("request", "eyJhbGciOiJub25lIn0.e30."), a.Params("request", "")},
		"request_uri_not_supported":  {a.Params("request_uri", "https://records.example/request"), a.Params("request_uri", "urn:x")},
		"registration_not_supported": {a.Params("registration", "{}")},
	} {
		for _, request := range requests {
			p := h.Browser().Get("/authorize?" + request.Encode())
			a.Refused(p, code)
			if got := a.Back(p); got.Get("state") != "st-1" {
				t.Errorf("%v: state %q", request, got.Get("state"))
			}
		}
	}
	machine.Refused(h.Browser().Get(machine.Ask("scope", "jobs.read")), "unauthorized_client")
}

// add sends a parameter once more than the ordinary request does.
func add(a *app, name string, values ...string) url.Values {
	form := a.Params()
	form[name] = append(form[name], values...)
	return form
}

// TestCore_3_1_2_1_Ignored: parameters that we do not know, in any order, break nothing.
func TestCore_3_1_2_1_Ignored(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	a.Tokens(b)
	for _, more := range [][]string{
		{"foo", "bar"}, {"display", "popup"}, {"display", "page"}, {"claims_locales", "fr"}, {"ui_locales", "xx-nonsense fr"},
		{"claims", `{"userinfo":{"name":{"essential":true}}}`}, {"audience", "https://api.example"}, {"resource", "https://api.example"},
		{"nonce", "-"}, {"scope", "email openid   profile openid"}, {"max_age", ""}, {"prompt", ""}, {"response_mode", "query"}, {"access_type", "offline"},
	} {
		if got := a.Back(b.Get(a.Ask(more...))); got.Get("code") == "" {
			t.Errorf("%v: %v", more, got)
		}
	}
	got := a.Redeem(a.Code(b, "nonce", "-"), "resource", "https://api.example", "audience", "https://api.example", "foo", "bar").Is(200, "")
	if _, claims := a.Verified(got.Str("id_token")); claims["nonce"] != nil {
		t.Errorf("a nonce that nobody sent: %v", claims["nonce"])
	}
}

// TestRFC9700_4_1_3_RedirectURI: nothing but the registered address, byte for byte; else page O-06, and no redirect.
func TestRFC9700_4_1_3_RedirectURI(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const registered, withQuery = "https://records.example/app/cb", "https://records.example/app/cb?tenant=7"
	a := h.App("records", func(c *provider.Client) { c.RedirectURIs = []string{registered, withQuery, "http://127.0.0.1:8000/cb"} })
	native := h.App("native", public, func(c *provider.Client) {
		c.RedirectURIs = []string{"http://127.0.0.1:8000/cb", "http://[::1]/cb", "http://localhost:8000/cb", "com.example.app:/cb"}
	})
	for _, attack := range []string{
		registered + "/", registered + "/x", registered + "x", "https://records.example/app/CB", "https://RECORDS.example/app/cb", "HTTPS://records.example/app/cb",
		registered + "?a=b", registered + "?", registered + "#f", registered + "#", "https://records.example/app/c%62", "https://records.example/app%2Fcb",
		"https://user@records.example/app/cb", "https://records.example@evil.example/app/cb", "https://records.example:443/app/cb", "https://records.example:8443/app/cb",
		"http://records.example/app/cb", "//records.example/app/cb", "https:/records.example/app/cb", "https://records.example/app/../app/cb", "https://records.example/app/./cb",
		"https://records.example/app/cb/..", "https://records.example.evil.example/app/cb", "https://evil.example/app/cb", "https://evilrecords.example/app/cb",
		"https://records.example./app/cb", "https://records.example\\@evil.example/app/cb", registered + "\x00", registered + " ", " " + registered, registered + "\r\nX: y",
		withQuery + "&a=b", "https://records.example/app/cb?tenant=8", "https://records.example/app/cb?TENANT=7", "javascript:alert(1)", "data:text/html,x", "cb", "",
		"http://127.0.0.1:8001/cb", "https://[::1]/cb", registered + "," + registered, registered + " " + withQuery, "https://records.example/app/cb;x",
		"https://records%2eexample/app/cb", "https://rеcords.example/app/cb", registered + "%00", registered + "%0d%0a",
	} {
		refusedOnPage(t, h, a, attack)
	}
	for _, attack := range []string{
		"http://127.0.0.1/cb", "http://127.0.0.1:/cb", "http://127.0.0.1:9000/cb/", "http://127.0.0.1:9000/cb?x=y", "http://127.0.0.1:9000/other", "http://127.0.0.2:8000/cb",
		"http://localhost:9000/cb", "https://127.0.0.1:8000/cb", "http://u@127.0.0.1:9000/cb", "http://127.0.0.1:80@evil.example/cb", "http://127.0.0.1.evil.example:8000/cb",
		"http://evil.example:8000/cb", "com.example.app:/cb2", "com.example.app://cb", "http://127.0.0.1:9000/cb#", "http://127.1:9000/cb",
	} {
		refusedOnPage(t, h, native, attack)
	}
	for _, fine := range []string{"http://127.0.0.1:8000/cb", "http://127.0.0.1:49152/cb", "http://[::1]:49152/cb", "http://localhost:8000/cb", "com.example.app:/cb"} {
		native.Refused(h.Browser().Get(native.Ask("redirect_uri", fine, "prompt", "none")), "login_required")
	}
	p := h.Browser().Get(a.Ask("redirect_uri", withQuery, "prompt", "none"))
	if a.Refused(p, "login_required"); !strings.HasPrefix(p.To.String(), withQuery+"&") {
		t.Errorf("the registered query did not stay: %s", p.To)
	}
	for _, uris := range [][]string{{registered, "https://evil.example/"}, {"https://evil.example/", registered}, {registered, registered}} {
		params := a.Params()
		params["redirect_uri"] = uris
		h.Browser().Get("/authorize?"+params.Encode()).Shows(t, 400, "AUTHZ-REPEATED")
	}
}

func refusedOnPage(t *testing.T, h *house, a *app, uri string) {
	t.Helper()
	for _, prompt := range []string{"-", "none"} {
		p := h.Browser().Get(a.Ask("redirect_uri", uri, "prompt", prompt))
		if p.Status != 400 || p.To != nil || p.Header.Get("Location") != "" || strings.Contains(p.Body, "http-equiv=\"refresh") {
			t.Errorf("redirect_uri %q answered %d to %v", uri, p.Status, p.To)
		}
	}
	p := h.Browser().Get(a.Ask("redirect_uri", uri, "scope", "nonsense", "response_type", "token"))
	if p.To != nil || p.Status != 400 {
		t.Errorf("redirect_uri %q with other faults answered %d to %v", uri, p.Status, p.To)
	}
}

// TestO06_Client: an unknown or disabled client is told to the person, never to the address that came with it.
func TestO06_Client(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	h.Browser().Get(a.Ask()).Shows(t, 200, "The records app")
	h.Browser().Get(a.Ask("client_id", "nobody")).Shows(t, 400, "We cannot open this app", "AUTHZ-CLIENT-UNKNOWN")
	h.Browser().Get(a.Ask("client_id", "-")).Shows(t, 400, "AUTHZ-CLIENT-UNKNOWN")
	h.Browser().Get(a.Ask("client_id", `<script>"x`)).Shows(t, 400, "&lt;script&gt;")
	h.Browser().Get(a.Ask("redirect_uri", "-")).Shows(t, 400, "AUTHZ-REDIRECT-MISSING")
	h.Browser().Get("/authorize").Shows(t, 400, "AUTHZ-CLIENT-UNKNOWN")
	twice := a.Params()
	twice.Add("client_id", "records")
	h.Browser().Get("/authorize?"+twice.Encode()).Shows(t, 400, "AUTHZ-REPEATED")
	for _, raw := range []string{"%zz", "client_id=%ff", "a=b;c=d", "client_id=%00"} {
		if p := h.Browser().Get("/authorize?" + raw); p.Status != 400 || p.To != nil {
			t.Errorf("query %q answered %d", raw, p.Status)
		}
	}
	h.Disable("records")
	p := h.Browser().Get(a.Ask()).Shows(t, 400, "AUTHZ-CLIENT-DISABLED")
	if strings.Contains(p.Body, a.Client.RedirectURIs[0]) || p.To != nil {
		t.Error("the page tells the registered address, or leads there")
	}
}

// TestAcrValues: the least of the known ones is asked for, the highest reached is answered, and the client's least holds.
func TestAcrValues(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	strict := h.App("downloads", func(c *provider.Client) { c.MinLevel = provider.AAL2 })
	for asked, want := range map[string]string{
		"urn:gatehouse:acr:aal1": "urn:gatehouse:acr:aal1", "aal1": "aal1", "urn:unknown": "urn:gatehouse:acr:aal1",
		"phr urn:gatehouse:acr:aal1": "urn:gatehouse:acr:aal1", "urn:x urn:gatehouse:acr:aal1 urn:y": "urn:gatehouse:acr:aal1",
	} {
		got := a.Tokens(h.Browser(), "acr_values", asked)
		_, id := a.Verified(got.Str("id_token"))
		_, access := joseParts(t, got.Str("access_token"))
		if id["acr"] != want || access["acr"] != want {
			t.Errorf("acr_values %q gave acr %v and %v, want %s", asked, id["acr"], access["acr"], want)
		}
	}
	for _, asked := range []string{"urn:gatehouse:acr:aal2", "urn:gatehouse:acr:two-step", "phr", "phrh", "urn:gatehouse:acr:phr urn:gatehouse:acr:aal2"} {
		b := h.Browser()
		b.Get(a.Ask("acr_values", asked))
		b.SignIn("ana", anasPassword).Form(t, "/"+map[bool]string{true: "passkey", false: "way"}[strings.HasPrefix(asked, "phr") && !strings.Contains(asked, "aal2")])
	}
	for _, asked := range []string{"-", "urn:gatehouse:acr:aal1"} {
		b := h.Browser()
		b.Get(strict.Ask("acr_values", asked))
		b.SignIn("ana", anasPassword).Shows(t, 200, `value="totp"`, `value="passkey"`)
		if strings.Contains(b.last.Body, `value="email"`) {
			t.Error("an e-mail code is offered where it cannot be enough")
		}
	}
	b := h.Browser()
	a.Tokens(b)
	strict.Refused(b.Get(strict.Ask("prompt", "none")), "login_required")
}

// authTime is the auth_time of a fresh exchange.
func authTime(a *app, code string) int64 {
	a.t.Helper()
	_, claims := a.Verified(a.Redeem(code).Str("id_token"))
	return int64(claims["auth_time"].(float64))
}

// TestCore_3_1_2_1_PromptNone: silent where it can be, else the error of the reason, and never a page.
func TestCore_3_1_2_1_PromptNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a, third := h.App("records"), h.App("thirdapp", thirdParty)
	a.Refused(h.Browser().Get(a.Ask("prompt", "none")), "login_required")
	b := h.Browser()
	first := authTime(a, a.Code(b))
	h.Passes(2 * time.Minute)
	if again := authTime(a, a.Back(b.Get(a.Ask("prompt", "none"))).Get("code")); again != first {
		t.Errorf("auth_time %d, then silently %d", first, again)
	}
	third.Refused(b.Get(third.Ask("prompt", "none")), "consent_required")
	a.Refused(b.Get(a.Ask("prompt", "none", "max_age", "60")), "login_required")
	a.Refused(b.Get(a.Ask("prompt", "none", "max_age", "0")), "login_required")
	a.Refused(b.Get(a.Ask("prompt", "none", "acr_values", "phr")), "login_required")
	a.Refused(b.Get(a.Ask("prompt", "none", "login_hint", "somebody-else")), "account_selection_required")
	a.Code(b, "prompt", "none", "login_hint", "ANA@example.org")
	h.Passes(16 * time.Minute)
	a.Refused(b.Get(a.Ask("prompt", "none")), "login_required")
}

// TestCore_3_1_2_1_PromptLogin: it really asks again, and auth_time is later.
func TestCore_3_1_2_1_PromptLogin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	for _, again := range [][]string{{"prompt", "login"}, {"max_age", "0"}, {"max_age", "1"}, {"prompt", "login consent"}, {"prompt", "login select_account"}} {
		b := h.Browser()
		first := authTime(a, a.Code(b))
		h.Passes(5 * time.Second)
		p := b.Get(a.Ask(again...)).Shows(t, 200, "Confirm it is you", `value="ana"`, "readonly")
		if p.To != nil {
			t.Errorf("%v went on without asking", again)
		}
		b.SignIn("ana", "not her password").Shows(t, 422)
		p = b.SignIn("ana", anasPassword)
		if strings.Contains(again[1], "consent") {
			p = b.Choose("/consent", "allow")
		}
		if second := authTime(a, a.Back(p).Get("code")); second < first+5 {
			t.Errorf("%v: auth_time %d, then %d", again, first, second)
		}
	}
}

// TestCore_3_1_2_1_MaxAge: younger than max_age nobody is asked, and auth_time stays.
func TestCore_3_1_2_1_MaxAge(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	first := authTime(a, a.Code(b, "max_age", "10000"))
	for range 20 { // the person visits often enough not to be idle
		h.Passes(8 * time.Minute)
		if again := authTime(a, a.Back(b.Get(a.Ask("max_age", "10000"))).Get("code")); again != first {
			t.Fatalf("auth_time %d, then %d", first, again)
		}
	}
	h.Passes(8 * time.Minute)
	b.Get(a.Ask("max_age", "10000")).Shows(t, 200, "Confirm it is you")
}

// TestS12_SelectAccount: prompt=select_account, and a login_hint for somebody else.
func TestS12_SelectAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, ben := h.Person("ana"), h.Person("ben")
	a := h.App("records")
	for _, ask := range []string{a.Ask("prompt", "select_account"), a.Ask("login_hint", "ben"), a.Ask("login_hint", "BEN@example.org")} {
		b := h.Browser()
		a.Code(b)
		p := b.Get(ask).Shows(t, 200, "Who is signing in?", "a•••a")
		if strings.Contains(p.Body, "ana") && !strings.Contains(p.Body, "a•••a") {
			t.Error("the name is not masked")
		}
		keep := b.Choose("/choose", "keep")
		if sub := subject(a, keep); sub != ana.ID {
			t.Errorf("keep gave %s", sub)
		}
		b.Get(ask)
		b.Choose("/choose", "nonsense").Shows(t, 200, "Who is signing in?")
		b.Choose("/choose", "other").Shows(t, 200, "Sign in")
		old := b.Session()
		if sub := subject(a, b.SignIn("ben", anasPassword)); sub != ben.ID {
			t.Errorf("other gave %s", sub)
		}
		stale := h.Browser()
		stale.http.Jar.SetCookies(mustURL(t, h.URL), cookies("__Host-session", old))
		a.Refused(stale.Get(a.Ask("prompt", "none")), "login_required")
	}
	b := h.Browser()
	a.Code(b)
	for _, hint := range []string{"ana", "ANA@example.org", " Ana "} {
		if got := a.Back(b.Get(a.Ask("login_hint", hint))); got.Get("code") == "" {
			t.Errorf("hint %q of the person herself: %v", hint, got)
		}
	}
	h.Browser().Get(a.Ask("login_hint", `o"<b>`)).Shows(t, 200, `value="o&#34;&lt;b&gt;"`)
	h.Browser().Get(a.Ask("login_hint", strings.Repeat("x", 300))).Shows(t, 200, `value=""`)
}

func subject(a *app, p *page) provider.AccountID {
	a.t.Helper()
	id, _ := a.Verified(a.Redeem(a.Back(p).Get("code")).Str("id_token"))
	return provider.AccountID(id.Subject)
}

// TestCore_3_1_2_1_IDTokenHint: the person named, and nobody else; an expired hint counts, a forged one does not.
func TestCore_3_1_2_1_IDTokenHint(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.Person("ben")
	a := h.App("records")
	other := h.Browser()
	other.Get(a.Ask())
	bens := a.Redeem(a.Back(other.SignIn("ben", anasPassword)).Get("code")).Str("id_token")
	b := h.Browser()
	hint := a.Tokens(b).Str("id_token")
	h.Passes(12 * time.Minute) // past its exp
	if sub := subject(a, b.Get(a.Ask("prompt", "none", "id_token_hint", hint))); sub != ana.ID {
		t.Errorf("subject %s", sub)
	}
	a.Refused(b.Get(a.Ask("prompt", "none", "id_token_hint", bens)), "login_required")
	a.Refused(h.Browser().Get(a.Ask("prompt", "none", "id_token_hint", hint)), "login_required")
	b.Get(a.Ask("id_token_hint", bens)).Shows(t, 200, "Sign in")
	a.Refused(b.SignIn("ana", anasPassword), "login_required")
	b.Get(a.Ask("id_token_hint", bens))
	if p := b.SignIn("ben", anasPassword); a.Back(p).Get("code") == "" {
		t.Errorf("the right person is refused: %v", p.To)
	}
	parts := strings.Split(hint, ".")
	for name, forged := range map[string]string{
		"signature": hint[:len(hint)-4] + "AAAA", "alg none": "eyJhbGciOiJub25lIn0." + parts[1] + ".", "payload": parts[0] + "." + strings.Split(bens, ".")[1] + "." + parts[2],
		"of another house": newHouse(t).foreignHint(string(ana.ID)),
	} {
		if p := b.Get(a.Ask("prompt", "none", "id_token_hint", forged)); a.Back(p).Get("error") != "invalid_request" {
			t.Errorf("%s: %v", name, p.To)
		}
	}
}

// foreignHint is an ID token of this other house.
func (h *house) foreignHint(sub string) string {
	h.Person("ana")
	token, err := h.Ring.Sign("RS256", "JWT", []byte(`{"iss":"`+h.URL+`","sub":"`+sub+`","aud":"records","exp":9999999999}`), h.now())
	must(h.t, err)
	return token
}

// TestCore_3_1_2_1_UILocales: Spanish pages from the first to the last, errors too.
func TestCore_3_1_2_1_UILocales(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("thirdapp", thirdParty)
	b := h.Browser()
	b.Get(a.Ask("ui_locales", "es"))
	pages := []*page{b.last, b.SignIn("ana", "wrong"), b.SignIn("ana", anasPassword), b.Choose("/consent", "allow")}
	for _, p := range pages {
		if !strings.Contains(p.Body, `lang="es"`) || p.Header.Get("Content-Language") != "es" {
			t.Errorf("%s (%s) is in %s", p.URL.Path, title(p), p.Header.Get("Content-Language"))
		}
	}
	if !slices.Contains([]int{200, 422}, pages[1].Status) || title(pages[0]) == "Sign in" {
		t.Errorf("page %d %s", pages[1].Status, title(pages[0]))
	}
	if p := h.Browser().Get(a.Ask("ui_locales", "xx zz")); p.Header.Get("Content-Language") != "en" {
		t.Errorf("unknown languages give %s", p.Header.Get("Content-Language"))
	}
}
