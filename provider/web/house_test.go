package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/templates"
)

const issuer = "https://id.example.org"

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// words are parsed once for all tests: a Set is safe for concurrent use.
var words = sync.OnceValues(func() (*templates.Set, error) { return templates.New(templates.DefaultBrand(), nil) })

type meter struct {
	mu    sync.Mutex
	began int
	ended []string
}

func (m *meter) Began() { m.mu.Lock(); m.began++; m.mu.Unlock() }
func (m *meter) Ended(route, method string, status int, _ time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended = append(m.ended, method+" "+route+" "+http.StatusText(status))
}

type fixture struct {
	http.Handler
	t     *testing.T
	log   *bytes.Buffer
	meter *meter
}

func open(t *testing.T, change func(*Config), routes ...Route) *fixture {
	t.Helper()
	set, err := words()
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, log: &bytes.Buffer{}, meter: &meter{}}
	c := Config{
		Issuer: issuer, Templates: set, Now: func() time.Time { return noon }, Metrics: f.meter,
		Log: slog.New(slog.NewJSONHandler(f.log, nil)),
	}
	if change != nil {
		change(&c)
	}
	if f.Handler, err = New(c, routes...); err != nil {
		t.Fatal(err)
	}
	return f
}

// ask sends one request and insists on what must hold for every one: one log line, one count, a reference of 8 characters.
func (f *fixture) ask(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	f.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, reader)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return f.do(r)
}

func (f *fixture) do(r *http.Request) *httptest.ResponseRecorder {
	f.t.Helper()
	f.log.Reset()
	f.meter.ended = nil
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	if n := strings.Count(f.log.String(), "\n"); n != 1 {
		f.t.Errorf("%s %s wrote %d log lines:\n%s", r.Method, r.URL.Path, n, f.log)
	}
	if len(f.meter.ended) != 1 {
		f.t.Errorf("%s %s was counted %d times", r.Method, r.URL.Path, len(f.meter.ended))
	}
	line := f.line()
	if ref, _ := line["reference"].(string); len(ref) != 8 || strings.ContainsAny(ref, "0O1I") {
		f.t.Errorf("reference %q", ref)
	}
	if line["status"] != float64(w.Code) || line["bytes"] != float64(w.Body.Len()) {
		f.t.Errorf("the log says %v and %v bytes, it was %d and %d", line["status"], line["bytes"], w.Code, w.Body.Len())
	}
	return w
}

// line is the last log line.
func (f *fixture) line() map[string]any {
	f.t.Helper()
	out := map[string]any{}
	if err := json.Unmarshal(f.log.Bytes(), &out); err != nil {
		f.t.Fatalf("%v in %s", err, f.log)
	}
	return out
}

var formHeader = []string{"Content-Type", formType}

func plainPage(*Request) (Response, error) { return Show(templates.Help{}), nil }
func plainJSON(*Request) (Response, error) { return JSON(map[string]string{"a": "b"}), nil }

func failing(err error) Handler { return func(*Request) (Response, error) { return Response{}, err } }

func TestProblemsHaveTheirStatusAndPage(t *testing.T) {
	kinds := map[provider.ProblemKind]int{
		provider.NotFound: 404, provider.NotAllowed: 403, provider.Broken: 500, provider.ClosedForWork: 503, provider.Busy: 503,
		provider.BadRequest: 400, provider.TooBig: 413, provider.WrongMethod: 405, provider.Expired: 410,
		provider.Unmet: 403, provider.Recover: 403, "invented": 500,
	}
	for kind, want := range kinds {
		err := &provider.Problem{Kind: kind, Cause: errors.New("the cause")}
		f := open(t, nil, Route{Pattern: "GET /x", Handle: failing(err)}, Route{Kind: Protocol, Pattern: "GET /y", Handle: failing(err)})
		w := f.ask("GET", "/x", "")
		if w.Code != want || !strings.Contains(w.Body.String(), f.line()["reference"].(string)) {
			t.Errorf("%s: %d, or no reference", kind, w.Code)
		}
		if strings.Contains(w.Body.String(), "the cause") || !strings.Contains(f.log.String(), "the cause") {
			t.Errorf("%s: the cause belongs into the log and there alone", kind)
		}
		if (want == 503) != (w.Header().Get("Retry-After") != "") {
			t.Errorf("%s: Retry-After %q", kind, w.Header().Get("Retry-After"))
		}
		w = f.ask("GET", "/y", "")
		var said oauthError
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || w.Code != want || said.Error == "" {
			t.Errorf("%s as JSON: %d %s", kind, w.Code, w.Body)
		}
	}
}

func TestErrorsThatAreNoProblemAreBland(t *testing.T) {
	cases := []struct {
		name   string
		err    error
		status int
		level  string
		code   string
	}{
		{"any error", errors.New("pq: secret detail"), 500, "ERROR", "server_error"},
		{"the store is away", fmt.Errorf("%w: dial: secret detail", provider.ErrUnavailable), 503, "WARN", "temporarily_unavailable"},
		{"out of time", context.DeadlineExceeded, 503, "WARN", "temporarily_unavailable"},
	}
	for _, c := range cases {
		f := open(t, nil, Route{Pattern: "GET /x", Handle: failing(c.err)}, Route{Kind: Protocol, Pattern: "GET /y", Handle: failing(c.err)})
		for _, path := range []string{"/x", "/y"} {
			w := f.ask("GET", path, "")
			if w.Code != c.status || f.line()["level"] != c.level || strings.Contains(w.Body.String(), "secret detail") {
				t.Errorf("%s %s: %d %v", c.name, path, w.Code, f.line()["level"])
			}
			if path == "/y" && !strings.Contains(w.Body.String(), `"error":"`+c.code+`"`) {
				t.Errorf("%s: %s", c.name, w.Body)
			}
		}
	}
}

func TestAPanicIsAnErrorPageAndTheServerLives(t *testing.T) {
	f := open(t, nil, Route{Pattern: "GET /x", Handle: func(*Request) (Response, error) { panic("at the disco") }},
		Route{Pattern: "GET /fine", Handle: plainPage})
	if w := f.ask("GET", "/x", ""); w.Code != 500 || strings.Contains(w.Body.String(), "disco") {
		t.Errorf("%d", w.Code)
	}
	if line := f.line(); line["error"] != "panic: at the disco" || !strings.Contains(line["stack"].(string), "house_test.go") {
		t.Errorf("log: %v", line)
	}
	if w := f.ask("GET", "/fine", ""); w.Code != 200 {
		t.Errorf("afterwards: %d", w.Code)
	}
}

func TestFailuresAreAnsweredAtOneTime(t *testing.T) {
	const every = 60 * time.Millisecond
	f := open(t, nil, Route{Pattern: "GET /x", Handle: func(r *Request) (Response, error) {
		work, err := time.ParseDuration(r.Query().Get("work"))
		time.Sleep(work)
		return Response{Page: templates.Help{}, Every: every}, err
	}})
	for work, want := range map[string]time.Duration{"0s": every, "40ms": every, "70ms": 2 * every} {
		began := time.Now()
		f.ask("GET", "/x?work="+work, "")
		if took := time.Since(began); took < want || took > want+50*time.Millisecond {
			t.Errorf("after %s of work the answer came at %v, want %v", work, took, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	f.do(httptest.NewRequestWithContext(ctx, "GET", "/x?work=0s", nil))
	if took := time.Since(began); took > every/2 {
		t.Errorf("nobody is there any more, and it took %v", took)
	}
}

func TestHandlersRunOutOfTime(t *testing.T) {
	f := open(t, func(c *Config) { c.Timeout = 10 * time.Millisecond }, Route{Pattern: "GET /x", Handle: func(r *Request) (Response, error) {
		<-r.Context().Done()
		return Response{}, r.Context().Err()
	}})
	if w := f.ask("GET", "/x", ""); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d", w.Code)
	}
}

func TestNotesAreBounded(t *testing.T) {
	f := open(t, nil, Route{Pattern: "GET /x", Handle: func(r *Request) (Response, error) {
		for i := range 10 * maxNotes {
			r.Note("note"+strconv.Itoa(i), i)
		}
		return Response{}, nil
	}})
	f.ask("GET", "/x", "")
	if n := strings.Count(f.log.String(), `"note`); n != maxNotes {
		t.Errorf("%d notes", n)
	}
}

func TestFaultsOfAHandlerAreOurs(t *testing.T) {
	faults := map[string]Response{
		"two answers":           {Redirect: "/x", Body: []byte("x")},
		"a redirect with 307":   {Redirect: "/x", Status: 307},
		"a line end":            {Redirect: "/x\r\nSet-Cookie: a=b"},
		"a cookie by hand":      {Header: http.Header{"set-cookie": {"a=b"}}},
		"a bad cookie":          Show(templates.Help{}).With(Cookie{Name: "a", Value: "x;y"}),
		"a policy by hand":      {Header: http.Header{"Content-Security-Policy": {"x"}}},
		"no status":             {Status: 99},
		"what JSON cannot":      JSON(func() {}),
		"form-action on a page": {Page: templates.Help{}, FormAction: "https://evil.example"},
		"a bad form-action":     {Page: templates.Leaving{Post: "x"}, FormAction: "https://a;b/"},
	}
	for name, response := range faults {
		f := open(t, nil, Route{Pattern: "GET /x", Handle: func(*Request) (Response, error) { return response, nil }})
		w := f.ask("GET", "/x", "")
		if w.Code != 500 || len(w.Header()["Set-Cookie"])+len(w.Header()["Location"]) > 0 || w.Body.Len() == 0 {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
	for _, kind := range []Kind{Protocol, Entry} {
		f := open(t, nil, Route{Kind: kind, Pattern: "POST /x", Handle: func(*Request) (Response, error) {
			return Response{}.With(Cookie{Name: "a", Value: "b"}), nil
		}})
		if w := f.ask("POST", "/x", ""); w.Code != 500 || len(w.Header()["Set-Cookie"]) > 0 {
			t.Errorf("%v sets a cookie: %d", kind, w.Code)
		}
	}
}

func TestFaultsOfRoutesAreReportedAtOnce(t *testing.T) {
	set, err := words()
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Issuer: issuer, Templates: set, Log: slog.New(slog.DiscardHandler)}
	_, err = New(c,
		Route{Pattern: "GET /twice", Handle: plainPage}, Route{Pattern: "GET /twice", Handle: plainPage},
		Route{Pattern: "/nomethod", Handle: plainPage},
		Route{Pattern: "GET /slash/", Handle: plainPage},
		Route{Pattern: "GET /nohandler"},
		Route{Pattern: "GET /cors", Handle: plainPage, CORS: true},
		Route{Kind: Entry, Pattern: "GET /entry", Handle: plainPage},
		Route{Pattern: "GET /a/{x}", Handle: plainPage}, Route{Pattern: "POST /a/{y}", Handle: plainPage},
		Route{Pattern: "GET /{bad", Handle: plainPage},
	)
	for _, part := range []string{"/twice", "/nomethod", "/slash/", "/nohandler", "/cors", "/entry", "/a/{", "/{bad"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("no word about %s", part)
		}
	}
	for _, bad := range []string{"", "id.example.org", "ftp://x", "http://id.example.org"} {
		c.Issuer = bad
		if _, err := New(c); err == nil {
			t.Errorf("issuer %q is taken", bad)
		}
	}
	c.Issuer, c.Dev = "http://localhost:8080", true
	if _, err := New(c); err != nil {
		t.Errorf("dev: %v", err)
	}
}

func TestClientAddress(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	cases := []struct{ name, peer, forwarded, want string }{
		{"nobody between", "203.0.113.9:1", "", "203.0.113.9"},
		{"a liar", "203.0.113.9:1", "198.51.100.1", "203.0.113.9"},
		{"a proxy", "10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		{"a liar behind a proxy", "10.0.0.1:1", "1.1.1.1, 198.51.100.1", "198.51.100.1"},
		{"two proxies", "10.0.0.1:1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"},
		{"proxies only", "10.0.0.1:1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
		{"rubbish", "10.0.0.1:1", "198.51.100.1, rubbish", "10.0.0.1"},
		{"rubbish further left", "10.0.0.1:1", "rubbish, 10.0.0.2", "10.0.0.2"},
		{"mapped", "[::ffff:10.0.0.1]:1", "::ffff:198.51.100.1", "198.51.100.1"},
		{"v6", "[::1]:1", "2001:db8::1", "2001:db8::1"},
		{"no address", "@", "198.51.100.1", "invalid IP"},
	}
	for _, c := range cases {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got, _ := clientAddress(r, trusted, false); got.String() != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "10.0.0.1:1"
	r.Header["X-Forwarded-For"] = []string{"1.1.1.1", "198.51.100.1"}
	if got, _ := clientAddress(r, trusted, false); got.String() != "198.51.100.1" {
		t.Errorf("two lines: %v", got)
	}
}

func TestHostAndForwardedHeadersChangeNothing(t *testing.T) {
	see := func(r *Request) (Response, error) { return JSON(map[string]string{"from": r.Address.String()}), nil }
	f := open(t, nil, Route{Pattern: "GET /x", Handle: see}, Route{Kind: Protocol, Pattern: "GET /y", Handle: see})
	for _, path := range []string{"/x", "/y", "/nowhere"} {
		honest := f.ask("GET", path, "")
		r := httptest.NewRequest("GET", path, nil)
		r.Host = "evil.example"
		for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "X-Forwarded-Prefix"} {
			r.Header.Set(name, "198.51.100.1")
		}
		spoofed := f.do(r)
		if honest.Code != spoofed.Code || !sameHeaders(honest.Header(), spoofed.Header()) || strings.Contains(spoofed.Body.String(), "evil") ||
			path != "/nowhere" && honest.Body.String() != spoofed.Body.String() {
			t.Errorf("%s: %v %v", path, honest, spoofed)
		}
	}
}

func sameHeaders(a, b http.Header) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}
