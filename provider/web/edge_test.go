package web

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"gatehouse/templates"
)

func TestHeadersOfEachKind(t *testing.T) {
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
		"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
	page := map[string]string{
		"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "same-origin",
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "X-Robots-Tag": "noindex",
		"Vary": "Accept-Language, Cookie", "Content-Language": "en", "Content-Type": "text/html; charset=utf-8",
		"Strict-Transport-Security": "max-age=63072000; includeSubDomains",
		"Permissions-Policy": "publickey-credentials-get=(self), publickey-credentials-create=(self), otp-credentials=(self), " +
			"camera=(), microphone=(), geolocation=(), payment=(), usb=()",
		"Cross-Origin-Resource-Policy": "same-origin", "Content-Length": "*",
	}
	with := func(base map[string]string, pairs ...string) map[string]string {
		out := map[string]string{}
		for k, v := range base {
			out[k] = v
		}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i]] = pairs[i+1]
			if pairs[i+1] == "" {
				delete(out, pairs[i])
			}
		}
		return out
	}
	protocol := map[string]string{
		"Cache-Control": "no-store", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff", "Content-Type": "application/json",
		"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "Content-Length": "*",
	}
	open_ := []string{"Access-Control-Allow-Origin", "*", "Access-Control-Expose-Headers", "WWW-Authenticate, DPoP-Nonce, Retry-After"}
	cases := []struct {
		method, path string
		status       int
		want         map[string]string
	}{
		{"GET", "/page", 200, page},
		{"HEAD", "/page", 200, page},
		{"GET", "/account/sessions", 200, with(page, "Cross-Origin-Opener-Policy", "same-origin")},
		{"GET", "/accountant", 200, page},
		{"GET", "/away", 303, with(page, "Location", "https://app.example/cb?a=b", "Content-Type", "", "Content-Language", "")},
		{"POST", "/enter", 303, with(page, "Location", "/page", "Content-Type", "", "Content-Language", "")},
		{"GET", "/enter", 405, with(page, "Allow", "POST")},
		{"GET", "/post", 200, with(page, "Content-Security-Policy", strings.Replace(policy, "form-action 'self'", "form-action 'self' https://app.example:8443", 1))},
		{"GET", "/nowhere", 404, page},
		{"GET", "/.well-known/nothing", 404, page},
		{"GET", "/static/nothing.css", 404, page},
		{"GET", "/closed", 200, protocol},
		{"GET", "/open", 200, with(protocol, open_...)},
		{"DELETE", "/open", 405, with(protocol, append(open_, "Allow", "GET, HEAD, OPTIONS")...)},
		{"GET", "/keys", 200, with(protocol, append(open_, "Cache-Control", "public, max-age=300", "Pragma", "")...)},
		{"GET", "/keysdown", 500, with(protocol, open_...)},
		{"GET", "/keysless", 404, with(protocol, open_...)},
	}
	f := open(t, nil,
		Route{Pattern: "GET /page", Handle: plainPage},
		Route{Pattern: "GET /account/sessions", Handle: plainPage},
		Route{Pattern: "GET /accountant", Handle: plainPage},
		Route{Pattern: "GET /away", Handle: func(*Request) (Response, error) { return SeeOther("https://app.example/cb?a=b"), nil }},
		Route{Kind: Entry, Pattern: "POST /enter", Handle: func(*Request) (Response, error) { return SeeOther("/page"), nil }},
		Route{Pattern: "GET /post", Handle: func(*Request) (Response, error) {
			return Response{Page: templates.Leaving{Post: "https://app.example:8443/cb"}, FormAction: "https://app.example:8443/cb?x=y"}, nil
		}},
		Route{Kind: Protocol, Pattern: "GET /closed", Handle: plainJSON},
		Route{Kind: Protocol, Pattern: "GET /open", Handle: plainJSON, CORS: true},
		Route{Kind: Protocol, Pattern: "GET /keys", Handle: plainJSON, CORS: true, Cache: 5 * time.Minute},
		Route{Kind: Protocol, Pattern: "GET /keysless", CORS: true, Cache: 5 * time.Minute, Handle: func(*Request) (Response, error) {
			return Response{Status: 404, JSON: "none"}, nil
		}},
		Route{Kind: Protocol, Pattern: "GET /keysdown", Handle: failing(errors.New("x")), CORS: true, Cache: 5 * time.Minute},
	)
	for _, c := range cases {
		w := f.ask(c.method, c.path, "", "Cookie", "__Host-language=en")
		if w.Code != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, w.Code, c.status)
		}
		for name, values := range w.Header() {
			want, expected := c.want[name]
			if got := strings.Join(values, "|"); len(values) > 0 && (!expected || want != "*" && got != want) {
				t.Errorf("%s %s: %s: %s\nwant %s", c.method, c.path, name, got, want)
			}
		}
		for name := range c.want {
			if len(w.Header()[name]) == 0 {
				t.Errorf("%s %s: no %s", c.method, c.path, name)
			}
		}
	}
	dev := open(t, func(c *Config) { c.Issuer, c.Dev = "http://localhost:8080", true }, Route{Pattern: "GET /page", Handle: plainPage})
	if w := dev.ask("GET", "/page", ""); w.Header().Get("Strict-Transport-Security") != "" {
		t.Error("HSTS without TLS")
	}
}

func TestCookies(t *testing.T) {
	show := func(cookies ...Cookie) Handler {
		return func(*Request) (Response, error) { return SeeOther("/").With(cookies...), nil }
	}
	f := open(t, nil,
		Route{Pattern: "GET /short", Handle: show(Cookie{Name: "c", Value: "v"})},
		Route{Pattern: "GET /long", Handle: show(Cookie{Name: "c", Value: "v", MaxAge: time.Hour})},
		Route{Pattern: "GET /gone", Handle: show(Cookie{Name: "c", Value: "v", MaxAge: -1})},
		Route{Pattern: "GET /two", Handle: show(Cookie{Name: "c", Value: "v"}, Cookie{Name: "d", Value: "v"}, Cookie{Name: "c", Value: "w"})},
	)
	for path, want := range map[string]string{
		"/short":                     "__Host-c=v; Path=/; HttpOnly; Secure; SameSite=Lax",
		"/long":                      "__Host-c=v; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax",
		"/gone":                      "__Host-c=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
		"/two":                       "__Host-d=v; Path=/; HttpOnly; Secure; SameSite=Lax|__Host-c=w; Path=/; HttpOnly; Secure; SameSite=Lax",
		"/language?to=es&back=/help": "__Host-language=es; Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax",
	} {
		w := f.ask("GET", path, "")
		if got := strings.Join(w.Header()["Set-Cookie"], "|"); got != want || w.Code != 303 {
			t.Errorf("%s: %d %s", path, w.Code, got)
		}
	}
}

func TestWhoReadsCookies(t *testing.T) {
	read := func(r *Request) (Response, error) {
		_, err := r.HTTP.Cookie("__Host-s")
		return Response{Body: []byte("[" + r.Cookie("s") + "]" + map[bool]string{true: "header"}[err == nil])}, nil
	}
	f := open(t, nil, Route{Pattern: "POST /browser", Handle: read}, Route{Kind: Protocol, Pattern: "POST /protocol", Handle: read},
		Route{Kind: Entry, Pattern: "POST /entry", Handle: read})
	for _, c := range []struct{ path, cookie, want string }{
		{"/browser", "__Host-s=a", "[a]header"},
		{"/browser", "s=a", "[]"},
		{"/browser", "__Host-s=a; __Host-s=a", "[a]header"},
		{"/browser", "__Host-s=a; __Host-s=b", "[]header"},
		{"/protocol", "__Host-s=a", "[]"},
		{"/entry", "__Host-s=a", "[]"},
	} {
		r := httptest.NewRequest("POST", c.path, nil)
		r.Header.Set("Cookie", c.cookie)
		if got := f.do(r).Body.String(); got != c.want || r.Header.Get("Cookie") != c.cookie {
			t.Errorf("%s %s: %s", c.path, c.cookie, got)
		}
	}
}

func TestCrossSitePosts(t *testing.T) {
	f := open(t, nil, Route{Pattern: "GET /browser", Handle: plainPage}, Route{Pattern: "POST /browser", Handle: plainPage},
		Route{Kind: Protocol, Pattern: "POST /protocol", Handle: plainJSON},
		Route{Kind: Entry, Pattern: "POST /entry", Handle: plainPage})
	cases := []struct {
		name    string
		headers []string
		browser int
	}{
		{"same-origin", []string{"Sec-Fetch-Site", "same-origin", "Origin", issuer}, 200},
		{"same-origin, another Host by a proxy", []string{"Origin", issuer}, 200},
		{"typed by the person", []string{"Sec-Fetch-Site", "none"}, 200},
		{"no browser", nil, 200},
		{"same-site", []string{"Sec-Fetch-Site", "same-site", "Origin", "https://www.example.org"}, 403},
		{"cross-site", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		{"cross-site, Origin null", []string{"Sec-Fetch-Site", "cross-site", "Origin", "null"}, 403},
		{"Origin null", []string{"Origin", "null"}, 403},
		{"same-origin, Origin null", []string{"Sec-Fetch-Site", "same-origin", "Origin", "null"}, 200},
		{"old browser, other site", []string{"Origin", "https://evil.example"}, 403},
		{"old browser, without TLS", []string{"Origin", "http://id.example.org"}, 403},
	}
	for _, c := range cases {
		for path, want := range map[string]int{"/browser": c.browser, "/protocol": 200, "/entry": 200} {
			if w := f.ask("POST", path, "", c.headers...); w.Code != want {
				t.Errorf("%s to %s: %d, want %d", c.name, path, w.Code, want)
			}
		}
		if w := f.ask("GET", "/browser", "", c.headers...); w.Code != 200 {
			t.Errorf("%s: a link is refused", c.name)
		}
	}
}

func TestPreflight(t *testing.T) {
	f := open(t, nil, Route{Kind: Protocol, Pattern: "GET /userinfo", Handle: plainJSON, CORS: true},
		Route{Kind: Protocol, Pattern: "POST /userinfo", Handle: plainJSON, CORS: true},
		Route{Kind: Protocol, Pattern: "POST /introspect", Handle: plainJSON}, Route{Pattern: "GET /page", Handle: plainPage})
	w := f.ask("OPTIONS", "/userinfo", "", "Origin", "https://spa.example", "Access-Control-Request-Method", "GET")
	want := map[string]string{
		"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET, POST",
		"Access-Control-Allow-Headers": "Authorization, Content-Type, DPoP", "Allow": "GET, POST, HEAD, OPTIONS",
		"Access-Control-Allow-Credentials": "",
	}
	for name, value := range want {
		if got := w.Header().Get(name); got != value {
			t.Errorf("%s: %q", name, got)
		}
	}
	if w.Code != 204 || w.Body.Len() != 0 {
		t.Errorf("%d", w.Code)
	}
	for _, path := range []string{"/introspect", "/page", "/nowhere"} {
		w := f.ask("OPTIONS", path, "", "Origin", "https://spa.example", "Access-Control-Request-Method", "GET")
		if w.Code < 400 || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
}

func TestMethodsAndPaths(t *testing.T) {
	f := open(t, nil, Route{Pattern: "GET /{$}", Handle: plainPage},
		Route{Pattern: "GET /signin/{id}", Handle: func(r *Request) (Response, error) { return Response{Body: []byte(r.Path("id"))}, nil }},
		Route{Pattern: "POST /signin/{id}/{kind}", Handle: plainPage},
		Route{Kind: Protocol, Pattern: "POST /token", Handle: plainJSON})
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/", 200, ""}, {"HEAD", "/", 200, ""},
		{"GET", "/signin/abc", 200, ""}, {"GET", "/signin/a%2Fb", 200, ""},
		{"POST", "/signin/abc", 405, "GET, HEAD"}, {"GET", "/signin/abc/password", 405, "POST"}, {"BREW", "/token", 405, "POST"},
		{"HEAD", "/token", 405, "POST"},
		{"GET", "/signin/abc/", 404, ""}, {"GET", "//signin/abc", 404, ""}, {"GET", "/signin/./abc", 404, ""}, {"POST", "/x/../token", 404, ""},
		{"GET", "/signin/%2e%2e/", 404, ""}, {"POST", "/token/", 404, ""}, {"GET", "/signin/%00", 400, ""}, {"GET", "/signin/%ff", 400, ""},
		{"GET", "/%ff", 400, ""}, {"OPTIONS", "*", 404, ""}, {"GET", "/?a=%zz", 400, ""}, {"GET", "/?a=%ff", 400, ""}, {"GET", "/?%00", 400, ""},
		{"POST", "/token?a=%zz", 400, ""},
	} {
		r := httptest.NewRequest(c.method, strings.Split(c.path, "?")[0], nil)
		if _, query, found := strings.Cut(c.path, "?"); found {
			r.URL.RawQuery = query
		}
		w := f.do(r)
		if w.Code != c.status || w.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, Allow %q", c.method, c.path, w.Code, w.Header().Get("Allow"))
		}
		if c.method == "HEAD" && w.Body.Len() > 0 {
			t.Errorf("%s %s has a body", c.method, c.path)
		}
	}
	if w := f.ask("HEAD", "/signin/abc", ""); w.Header().Get("Content-Length") != "3" {
		t.Errorf("HEAD says %q", w.Header().Get("Content-Length"))
	}
}

func TestBodiesThatAreTooBig(t *testing.T) {
	asked := 0
	f := open(t, nil, Route{Pattern: "POST /page", Handle: func(*Request) (Response, error) { asked++; return Show(templates.Help{}), nil }},
		Route{Kind: Protocol, Pattern: "POST /token", Handle: func(r *Request) (Response, error) {
			body, err := io.ReadAll(r.HTTP.Body)
			return Response{Body: body[:min(3, len(body))]}, err
		}})
	for _, path := range []string{"/page", "/token"} {
		for _, chunked := range []bool{false, true} {
			for size, want := range map[int]int{maxBody: 200, maxBody + 1: 413} {
				r := httptest.NewRequest("POST", path, strings.NewReader(strings.Repeat("x", size)))
				if chunked {
					r.ContentLength = -1
				}
				w := f.do(r)
				if w.Code != want || (want == 413) != (w.Header().Get("Connection") == "close") {
					t.Errorf("%s, chunked %v, %d bytes: %d", path, chunked, size, w.Code)
				}
				if path == "/token" && want == 413 && !strings.Contains(w.Body.String(), `"invalid_request"`) {
					t.Errorf("%s", w.Body)
				}
			}
		}
	}
	for _, method := range []string{"GET", "POST"} { // what says that it is too big is not even read
		r := httptest.NewRequest(method, "/big", iotest.ErrReader(errors.New("was read")))
		r.ContentLength = maxBody + 1
		big := open(t, nil, Route{Pattern: method + " /big", Handle: plainPage})
		if w := big.do(r); w.Code != 413 {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
	if asked != 2 {
		t.Errorf("the handler was asked %d times", asked)
	}
}

func TestNothingSecretIsLogged(t *testing.T) {
	canary := "CaNaRy"
	type secret struct {
		Password string `form:"password" max:"8"`
	}
	f := open(t, nil,
		Route{Pattern: "POST /x/{id}", Handle: Form(func(r *Request, _ secret) (Response, error) {
			r.Note("client", "app")
			return Show(templates.Help{}), nil
		})}, Route{Kind: Protocol, Pattern: "POST /y", Handle: plainJSON})
	bodies := []string{"password=CaNaRy", "password=CaNaRyCaNaRy", "CaNaRy=1", "password=CaNaRy&password=CaNaRy", "password=%CaNaRy", "password=CaNaRy%00"}
	for _, body := range bodies {
		for _, path := range []string{"/x/CaNaRy?code=CaNaRy", "/y?CaNaRy=%CaNaRy", "/CaNaRy?CaNaRy", "/y"} {
			w := f.ask("POST", path, body, append([]string{
				"Authorization", "Bearer CaNaRy", "Cookie", "__Host-s=CaNaRy", "User-Agent", canary, "Referer", "https://x/?CaNaRy",
				"Origin", "https://CaNaRy.example", "X-Forwarded-For", canary,
			}, formHeader...)...)
			if strings.Contains(strings.ToLower(f.log.String()), "canary") {
				t.Errorf("%s %s, %d: %s", path, body, w.Code, f.log)
			}
		}
	}
	f.ask("POST", "/x/1", "password=a", formHeader...)
	for key, want := range map[string]any{
		"route": "/x/{id}", "method": "POST", "kind": "browser", "status": 200.0, "client": "app", "remote": "public", "level": "INFO",
	} {
		if got := f.line()[key]; got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	if f.ask("BREW-CANARY", "/x/1", ""); f.line()["method"] != "other" || f.meter.ended[0] != "other /x/{id} Method Not Allowed" {
		t.Errorf("%v %v", f.line(), f.meter.ended)
	}
	if f.ask("GET", "/nowhere", ""); f.meter.ended[0] != "GET other Not Found" {
		t.Errorf("%v", f.meter.ended)
	}
}

func TestLanguages(t *testing.T) {
	f := open(t, nil, Route{Pattern: "GET /x", Handle: func(r *Request) (Response, error) {
		if list := r.Query().Get("ui_locales"); list != "" {
			r.UILocales(list)
		}
		if tag := r.Query().Get("account"); tag != "" {
			r.Locale(tag)
		}
		return Show(templates.Help{}), nil
	}})
	for _, c := range []struct{ cookie, query, header, want string }{
		{"", "", "", "en"},
		{"", "", "es-MX,es;q=0.9", "es"},
		{"", "account=es", "en", "es"},
		{"", "ui_locales=en&account=es", "es", "en"},
		{"", "ui_locales=xx+es", "en", "es"},
		{"es", "ui_locales=en&account=en", "en", "es"},
		{"rubbish;", "", "es", "es"},
		{"", "", "\x00\xff", "en"},
	} {
		w := f.ask("GET", "/x?"+c.query, "", "Cookie", "__Host-language="+c.cookie, "Accept-Language", c.header)
		if got := w.Header().Get("Content-Language"); got != c.want || !strings.Contains(w.Body.String(), `lang="`+c.want+`"`) {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestLanguageLeadsNowhereElse(t *testing.T) {
	f := open(t, nil)
	for back, want := range map[string]string{
		"/signin/abc?x=https%3A%2F%2Fy%2F":             "/signin/abc?x=https%3A%2F%2Fy%2F",
		"/authorize?redirect_uri=https://a.example/cb": "/authorize?redirect_uri=https://a.example/cb",
		"/": "/", "": "/", "//evil.example": "/", `/\evil.example`: "/", `\/evil.example`: "/", "https://evil.example": "/",
		"/\t/evil.example": "/", "/\n/evil.example": "/", "/a//evil.example": "/", " //evil.example": "/", "evil.example": "/",
		"javascript:alert(1)": "/", "/%0d%0aSet-Cookie:a=b": "/%0d%0aSet-Cookie:a=b", "/language?to=es": "/", "/x\r\ny": "/",
		"/" + strings.Repeat("x", longestBack): "/", "/é": "/",
	} {
		r := httptest.NewRequest("GET", "/language", nil)
		q := r.URL.Query()
		q.Set("to", "es")
		q.Set("back", back)
		r.URL.RawQuery = q.Encode()
		if w := f.do(r); w.Code != 303 || w.Header().Get("Location") != want {
			t.Errorf("%q: %d %q", back, w.Code, w.Header().Get("Location"))
		}
	}
	if w := f.ask("GET", "/language?to=tlh&back=/", ""); w.Code != 404 || len(w.Header()["Set-Cookie"]) > 0 {
		t.Errorf("an unknown language: %d", w.Code)
	}
}

func TestStaticFiles(t *testing.T) {
	f := open(t, nil)
	set, err := words()
	if err != nil {
		t.Fatal(err)
	}
	for key, asset := range set.Assets() {
		path := "/static/" + asset.Name
		age := "public, max-age=31536000, immutable"
		if key == "favicon" {
			path, age = "/favicon.ico", "public, max-age=86400"
		}
		for accept, packed := range map[string]bool{
			"": false, "gzip": true, "br, GZIP;q=0.5": true, "gzip;q=0": false, "gzip;q=0.000": false, "identity": false, "gzip;q=x": false,
		} {
			w := f.ask("GET", path, "", "Accept-Encoding", accept, "Cookie", "__Host-s=x")
			h, want := w.Header(), asset.Body
			if packed && asset.Gzip != nil {
				want = asset.Gzip
			}
			gzipped := h.Get("Content-Encoding") == "gzip"
			if w.Code != 200 || w.Body.String() != string(want) || gzipped != (packed && asset.Gzip != nil) {
				t.Errorf("%s, Accept-Encoding %q: %d, gzip %v", path, accept, w.Code, gzipped)
			}
			if h.Get("Cache-Control") != age || h.Get("Content-Type") != asset.ContentType || h.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s: %v", path, h)
			}
		}
	}
	if w := f.ask("GET", "/static/favicon", ""); w.Code != http.StatusNotFound {
		t.Errorf("a name without a hash: %d", w.Code)
	}
}
