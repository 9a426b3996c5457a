package server_test

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

// TestRFC6749_4_4_ClientCredentials: a client for itself; no person's scope, no refresh token, no userinfo.
func TestRFC6749_4_4_ClientCredentials(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("jobs", machine)
	got := a.Post("/token", "grant_type", "client_credentials", "scope", "jobs.read").Is(200, "")
	header, claims := joseParts(t, got.Str("access_token"))
	if header["typ"] != "at+jwt" || claims["sub"] != "jobs" || claims["client_id"] != "jobs" || claims["scope"] != "jobs.read" || claims["sid"] != nil {
		t.Errorf("token %v %v", header, claims)
	}
	if got.Str("scope") != "jobs.read" || got.JSON["refresh_token"] != nil || got.JSON["id_token"] != nil || got.JSON["expires_in"].(float64) <= 0 {
		t.Errorf("answer %s", got.Raw)
	}
	if all := a.Post("/token", "grant_type", "client_credentials").Is(200, ""); all.Str("scope") != "jobs.read jobs.write" {
		t.Errorf("without scope it got %q", all.Str("scope"))
	}
	a.Post("/token", "grant_type", "client_credentials", "scope", "admin").Is(400, "invalid_scope")
	if id := a.Post("/token", "grant_type", "client_credentials", "scope", "openid"); strings.Contains(id.Str("scope"), "openid") {
		t.Errorf("a machine got a person's scope: %s", id.Raw)
	}
	h.Userinfo(got.Str("access_token")).Is(401, "invalid_token")
	if !a.Active(got.Str("access_token")) {
		t.Error("its token is not active")
	}
	a.Post("/revoke", "token", got.Str("access_token")).Is(200, "")
	if a.Active(got.Str("access_token")) {
		t.Error("the revoked token is active")
	}
	live := a.Post("/token", "grant_type", "client_credentials").Str("access_token")
	rs := h.App("other", func(c *provider.Client) { c.Grants = []string{provider.GrantMachine} })
	if rs.Active(live) {
		t.Error("a stranger learns of the token")
	}
	h.Disable("jobs")
	a.Post("/token", "grant_type", "client_credentials").Is(401, "invalid_client")
	a.Introspect(live).Is(401, "invalid_client")
	h.App("public-jobs", machine, public).Post("/token", "grant_type", "client_credentials").Is(400, "unauthorized_client")
	h.App("records").Post("/token", "grant_type", "client_credentials").Is(400, "unauthorized_client")
}

// TestRFC6749_2_3_ClientAuthentication: each client by its own method and by no other.
func TestRFC6749_2_3_ClientAuthentication(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const odd = "s p+a%c:e/ü&=\"?"
	id := "urn:app:1 ü"
	b := h.App(id, machine, onlyRedirect("https://x.example/cb"), func(c *provider.Client) { c.SecretHash = h.Keyset.HashSecret(odd) })
	b.Secret = odd
	p, r := h.App("poster", machine, post), h.App("basic", machine)
	off := h.App("off", machine)
	h.Disable("off")
	raw := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	form := func(pairs ...string) string {
		return with(url.Values{"grant_type": {"client_credentials"}}, pairs...).Encode()
	}
	for name, c := range map[string]struct {
		authorization, body string
		status              int
		code                string
	}{
		"basic, percent-encoded":      {basicAuth(id, odd), form(), 200, ""},
		"basic, scheme in lower case": {strings.Replace(basicAuth(id, odd), "Basic", "basic", 1), form(), 200, ""},
		"basic, same id in body":      {basicAuth(id, odd), form("client_id", id), 200, ""},
		"basic, other id in body":     {basicAuth(id, odd), form("client_id", "poster"), 400, "invalid_request"},
		"post":                        {"", form("client_id", "poster", "client_secret", p.Secret), 200, ""},
		"two methods":                 {basicAuth("poster", p.Secret), form("client_id", "poster", "client_secret", p.Secret), 400, "invalid_request"},
		"wrong secret":                {basicAuth("basic", "wrong"), form(), 401, "invalid_client"},
		"no secret":                   {basicAuth("basic", ""), form(), 401, "invalid_client"},
		"basic client by post":        {"", form("client_id", "basic", "client_secret", r.Secret), 401, "invalid_client"},
		"post client by basic":        {basicAuth("poster", p.Secret), form(), 401, "invalid_client"},
		"secret left out":             {"", form("client_id", "basic"), 401, "invalid_client"},
		"empty secret by post":        {"", form("client_id", "poster", "client_secret", ""), 401, "invalid_client"},
		"unknown client":              {basicAuth("nobody", "x"), form(), 401, "invalid_client"},
		"unknown client by post":      {"", form("client_id", "nobody", "client_secret", "x"), 401, "invalid_client"},
		"disabled client":             {basicAuth("off", off.Secret), form(), 401, "invalid_client"},
		"nothing":                     {"", form(), 401, "invalid_client"},
		"bad percent encoding":        {raw("basic:%zz"), form(), 401, "invalid_client"},
		"NUL and worse":               {raw("%00%ff:%00"), form(), 401, "invalid_client"},
		"no colon":                    {raw("basic"), form(), 401, "invalid_client"},
		"no base64":                   {"Basic !!!", form(), 401, "invalid_client"},
		"bearer":                      {"Bearer x", form(), 401, "invalid_client"},
		"secret of another":           {basicAuth("basic", p.Secret), form(), 401, "invalid_client"},
		"assertion not offered":       {"", form("client_id", "basic", "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion", "x"), 401, "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"/token", "/introspect", "/revoke"} {
				header := map[string]string{"Content-Type": formType}
				if c.authorization != "" {
					header["Authorization"] = c.authorization
				}
				got := h.Send("POST", path, header, c.body+"&token=x")
				status, code := c.status, c.code
				if got.Status != status || got.Str("error") != code {
					t.Errorf("%s answered %d %s, want %d %s", path, got.Status, got.Raw, status, code)
				}
				if challenge := got.Header.Get("WWW-Authenticate"); (status == 401) != strings.HasPrefix(challenge, "Basic ") {
					t.Errorf("%s: WWW-Authenticate %q with %d", path, challenge, status)
				}
			}
		})
	}
}

// TestClientDisabledAtOnce: between one request and the next.
func TestClientDisabledAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	tokens, code := a.Tokens(b, "scope", "openid offline_access"), a.Code(b)
	h.Disable("records")
	a.Redeem(code).Is(401, "invalid_client")
	a.Refresh(tokens.Str("refresh_token")).Is(401, "invalid_client")
	h.Userinfo(tokens.Str("access_token")).Is(401, "invalid_token")
}

// TestRFC6749_5_2_Errors: the token endpoint says what is wrong with a standard code, and never more.
func TestRFC6749_5_2_Errors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	for grant, code := range map[string]string{
		"password": "unsupported_grant_type", "implicit": "unsupported_grant_type", "urn:ietf:params:oauth:grant-type:device_code": "unsupported_grant_type",
		"-": "invalid_request", "": "invalid_request", "client_credentials": "unauthorized_client", "authorization_code refresh_token": "unsupported_grant_type",
		"authorization_code": "invalid_request,invalid_grant", "refresh_token": "invalid_request,invalid_grant",
	} {
		got := a.Post("/token", "grant_type", grant, "username", "ana", "password", "x")
		if got.Status != 400 || !slices.Contains(strings.Split(code, ","), got.Str("error")) {
			t.Errorf("grant_type %q: %d %s", grant, got.Status, got.Raw)
		}
		if got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Content-Type") != "application/json" {
			t.Errorf("headers %v", got.Header)
		}
		for name, value := range got.JSON {
			if !slices.Contains([]string{"error", "error_description", "error_uri"}, name) || strings.ContainsAny(value.(string), "\"\\\r\n") {
				t.Errorf("%s = %q", name, value)
			}
		}
	}
}

// TestE08_MalformedProtocolRequests: whatever is sent to whichever endpoint, the fault is the caller's.
func TestE08_MalformedProtocolRequests(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	authorization := basicAuth("records", a.Secret)
	for _, path := range []string{"/token", "/introspect", "/revoke"} {
		for name, c := range map[string]struct{ kind, body string }{
			"JSON": {"application/json", `{"grant_type":"refresh_token"}`}, "no type": {"", "grant_type=refresh_token&token=x"}, "empty": {formType, ""},
			"multipart": {"multipart/form-data; boundary=x", "--x\r\n\r\n--x--"}, "bad percent": {formType, "grant_type=%zz"}, "semicolons": {formType, "a=1;b=2"},
			"not UTF-8": {formType, "grant_type=%ff&token=%ff"}, "NUL": {formType, "grant_type=a%00&token=a%00"}, "raw bytes": {formType, "\xff\xfe\x00=\x01"},
			"twice": {formType, "grant_type=refresh_token&grant_type=refresh_token&token=a&token=b"}, "UTF-16": {formType + "; charset=utf-16", "grant_type=refresh_token&token=x"},
			"twice unknown": {formType, "grant_type=refresh_token&refresh_token=x&token=x&foo=1&foo=2"},
		} {
			header := map[string]string{"Authorization": authorization}
			if c.kind != "" {
				header["Content-Type"] = c.kind
			}
			if got := h.Send("POST", path, header, c.body); got.Status != 400 || got.Str("error") != "invalid_request" {
				t.Errorf("%s %s: %d %s", path, name, got.Status, got.Raw)
			}
		}
		big := h.Send("POST", path, map[string]string{"Content-Type": formType, "Authorization": authorization}, "token="+strings.Repeat("x", 70_000))
		if big.Is(413, "invalid_request"); big.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %v", path, big.Header)
		}
		for _, method := range []string{"GET", "PUT", "DELETE", "PATCH", "HEAD"} {
			if got := h.Send(method, path, nil, ""); got.Status != 405 || !strings.Contains(got.Header.Get("Allow"), "POST") {
				t.Errorf("%s %s: %d %v", method, path, got.Status, got.Header)
			}
		}
	}
	for _, path := range []string{"/jwks", "/.well-known/openid-configuration"} {
		h.Send("POST", path, nil, "").Is(405, "invalid_request")
	}
	h.Send("DELETE", "/userinfo", nil, "").Is(405, "invalid_request")
}

// TestRFC7662_Introspection: for whom a token was issued, or for whom it is meant; everybody else hears active:false.
func TestRFC7662_Introspection(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records", func(c *provider.Client) { c.Audience = []string{"fhir"} })
	server, stranger, pub := h.App("fhir", machine), h.App("stranger"), h.App("phone", public)
	tokens := a.Tokens(h.Browser(), "scope", "openid email offline_access")
	access, refresh := tokens.Str("access_token"), tokens.Str("refresh_token")
	for _, caller := range []*app{a, server} {
		got := caller.Introspect(access).Is(200, "")
		for name, want := range map[string]any{
			"active": true, "scope": "email offline_access openid", "client_id": "records", "sub": string(ana.ID), "iss": h.URL, "token_type": "Bearer", "acr": "urn:gatehouse:acr:aal1",
		} {
			if got.JSON[name] != want {
				t.Errorf("%s = %v, want %v", name, got.JSON[name], want)
			}
		}
		for _, name := range []string{"exp", "iat", "auth_time"} {
			if _, number := got.JSON[name].(float64); !number {
				t.Errorf("%s = %v", name, got.JSON[name])
			}
		}
		if got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("it may be cached: %v", got.Header)
		}
	}
	if got := a.Introspect(refresh).Is(200, ""); got.JSON["active"] != true || got.JSON["client_id"] != "records" || got.JSON["token_type"] == "Bearer" {
		t.Errorf("refresh token: %s", got.Raw)
	}
	if stranger.Active(access) || stranger.Active(refresh) || server.Active(refresh) {
		t.Error("a stranger learns of tokens")
	}
	for _, dead := range []string{"x", "..", "ghr_x", tokens.Str("id_token"), access + "x", access[:len(access)-6] + "AAAAAA", refresh + "A", strings.Repeat("a", 20_000)} {
		if a.Active(dead) {
			t.Errorf("%.40s is active", dead)
		}
	}
	a.Post("/introspect").Is(400, "invalid_request")
	a.Post("/introspect", "token", access, "token_type_hint", "nonsense").Is(200, "")
	pub.Introspect(access).Is(401, "invalid_client")
	own := server.Post("/token", "grant_type", "client_credentials").Is(200, "").Str("access_token")
	if !server.Active(own) || a.Active(own) {
		t.Error("a machine's own token")
	}
	for who, token := range map[*app]string{a: access, server: own} {
		impostor := *who
		impostor.Secret = "wrong"
		impostor.Introspect(token).Is(401, "invalid_client")
		impostor.Introspect(refresh).Is(401, "invalid_client")
	}
	impostor := *a
	impostor.Secret = "wrong"
	impostor.Refresh(refresh).Is(401, "invalid_client")
	h.Passes(5 * time.Minute)
	if a.Active(access) {
		t.Error("it is active after its end")
	}
}

// TestRFC7009_Revocation: the aim is reached for unknown tokens too, and another client's are not touched.
func TestRFC7009_Revocation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a, stranger, pub := h.App("records"), h.App("stranger"), h.App("phone", public)
	for _, token := range []string{"x", "ghr_x", "a.b.c", strings.Repeat("a", 20_000)} {
		a.Post("/revoke", "token", token).Is(200, "")
	}
	a.Post("/revoke").Is(400, "invalid_request")
	tokens := a.Tokens(h.Browser(), "scope", "openid offline_access")
	access, refresh := tokens.Str("access_token"), tokens.Str("refresh_token")
	stranger.Post("/revoke", "token", access).Is(400, "invalid_grant")
	stranger.Post("/revoke", "token", refresh).Is(400, "invalid_grant")
	if !a.Active(access) || !a.Active(refresh) {
		t.Fatal("a stranger revoked them")
	}
	for range 2 {
		a.Post("/revoke", "token", access, "token_type_hint", "refresh_token").Is(200, "")
	}
	h.Userinfo(access).Is(401, "invalid_token")
	if a.Active(access) || !a.Active(refresh) {
		t.Error("revoking an access token takes it, and it alone")
	}
	next := a.Refresh(refresh).Is(200, "")
	h.Userinfo(next.Str("access_token")).Is(200, "")
	for range 2 {
		a.Post("/revoke", "token", refresh, "token_type_hint", "access_token").Is(200, "")
	}
	a.Refresh(refresh).Is(400, "invalid_grant")
	h.Userinfo(next.Str("access_token")).Is(401, "invalid_token")
	if a.Active(refresh) || a.Active(next.Str("access_token")) {
		t.Error("the family lives")
	}
	first := pub.offline(h.Browser())
	second := pub.Refresh(first).Str("refresh_token")
	pub.Post("/revoke", "token", first).Is(200, "")
	pub.Refresh(second).Is(400, "invalid_grant")
}

// TestCORS: browsers' applications may use the token endpoints and documents, and no page of ours (RFC 9700, 2.6).
func TestCORS(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for path, allowed := range map[string]bool{
		"/token": true, "/userinfo": true, "/revoke": true, "/jwks": true, "/.well-known/openid-configuration": true,
		"/authorize": false, "/introspect": false, "/logout": false, "/signin/x": false, "/account": false,
	} {
		got := h.Send("OPTIONS", path, map[string]string{"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}, "")
		if origin := got.Header.Get("Access-Control-Allow-Origin"); (origin == "*") != allowed || got.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %d origin %q", path, got.Status, origin)
		}
	}
}

// TestStoreFailure: with the database gone nothing is given out, and applications are told when to come back.
func TestStoreFailure(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	tokens, code := a.Tokens(b, "scope", "openid offline_access"), a.Code(b)
	must(t, h.Store.Close())
	for name, got := range map[string]*answer{
		"code": a.Redeem(code), "refresh": a.Refresh(tokens.Str("refresh_token")), "userinfo": h.Userinfo(tokens.Str("access_token")),
		"introspection": a.Introspect(tokens.Str("access_token")), "revocation": a.Post("/revoke", "token", tokens.Str("refresh_token")),
	} {
		if got.Status != 503 || got.Header.Get("Retry-After") == "" || got.Str("error") != "temporarily_unavailable" {
			t.Errorf("%s: %d %.200s", name, got.Status, got.Raw)
		}
	}
	if p := b.Get(a.Ask()); p.Status < 500 || p.To != nil {
		t.Errorf("the authorization endpoint answered %d to %v", p.Status, p.To)
	}
}
