package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"gatehouse/provider/limit"
)

// turnstile refuses what it is told to, and notes what it was asked.
type turnstile struct {
	no    *limit.Refusal
	asked []limit.Class
	from  []netip.Addr
}

func (s *turnstile) Admit(_ context.Context, c limit.Class, from netip.Addr, _ time.Time) (limit.Refusal, bool) {
	s.asked, s.from = append(s.asked, c), append(s.from, from)
	if s.no != nil {
		return *s.no, false
	}
	return limit.Refusal{}, true
}

func with(s *turnstile) func(*Config) { return func(c *Config) { c.Limiter = s } }

// TestEveryRouteIsLimited: whatever is asked for, the limiter is asked once, as what, and for whom.
func TestEveryRouteIsLimited(t *testing.T) {
	s := &turnstile{}
	f := open(t, with(s),
		Route{Pattern: "GET /page", Handle: plainPage}, Route{Pattern: "POST /page", Handle: plainPage},
		Route{Pattern: "POST /secret", Handle: plainPage, Class: limit.Guess},
		Route{Kind: Entry, Pattern: "POST /enter", Handle: plainPage},
		Route{Kind: Protocol, Pattern: "POST /token", Handle: plainJSON, CORS: true},
		Route{Kind: Protocol, Pattern: "GET /jwks", Handle: plainJSON, Cache: time.Minute})
	for _, c := range []struct {
		method, path string
		want         limit.Class
	}{
		{"GET", "/page", limit.Page}, {"HEAD", "/page", limit.Page}, {"POST", "/page", limit.Form}, {"POST", "/secret", limit.Guess},
		{"POST", "/enter", limit.Page}, {"POST", "/token", limit.Machine}, {"GET", "/jwks", limit.Memory},
		{"GET", "/nowhere", limit.Memory}, {"DELETE", "/page", limit.Memory}, {"OPTIONS", "/token", limit.Memory},
		{"GET", "/static/x", limit.Memory}, {"GET", "/favicon.ico", limit.Memory}, {"GET", "/language", limit.Page},
		{"GET", "//page", limit.Memory}, {"BREW", "/token", limit.Memory}, {"GET", "/%ff", limit.Memory},
	} {
		s.asked, s.from = nil, nil
		r := httptest.NewRequest(c.method, c.path, nil)
		r.RemoteAddr = "198.51.100.7:1234"
		f.do(r)
		if len(s.asked) != 1 || s.asked[0] != c.want || s.from[0].String() != "198.51.100.7" {
			t.Errorf("%s %s: asked for %v of %v", c.method, c.path, s.asked, s.from)
		}
	}
}

// TestRefusedBeforeAnything: nothing is read and nobody is called for who is refused. A page says when to come back, and not a
// word of an account; an application gets JSON; both get Retry-After.
func TestRefusedBeforeAnything(t *testing.T) {
	s := &turnstile{no: &limit.Refusal{Scope: limit.Network, Until: noon.Add(61 * time.Second)}}
	called := func(*Request) (Response, error) { t.Error("a handler was called"); return Response{}, nil }
	f := open(t, with(s), Route{Pattern: "POST /secret", Handle: called, Class: limit.Guess}, Route{Pattern: "GET /page", Handle: called},
		Route{Kind: Protocol, Pattern: "POST /token", Handle: called})
	for _, path := range []string{"/secret", "/token"} {
		r := httptest.NewRequest("POST", path, iotest.ErrReader(errors.New("was read")))
		w := f.do(r)
		if w.Code != 429 || w.Header().Get("Retry-After") != "61" || len(w.Header()["Set-Cookie"]) > 0 {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		line := f.line()
		if limited, _ := line["limited"].(string); !strings.HasSuffix(limited, " by network") || line["level"] != "INFO" {
			t.Errorf("log: %v", line)
		}
		if path == "/token" {
			var said oauthError
			if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || said.Error != "temporarily_unavailable" {
				t.Errorf("%s", w.Body)
			}
			continue
		}
		text := w.Body.String()
		if !strings.Contains(text, "Too many tries came from this network.") || !strings.Contains(text, "Wait 61 seconds, then try again.") {
			t.Errorf("%s", text)
		}
		if main := text[strings.Index(text, "<main"):strings.Index(text, "</main")]; strings.Contains(main, "account") {
			t.Errorf("the page speaks of an account: %s", main)
		}
	}
	if w := f.ask("GET", "/page", ""); w.Code != 429 || !strings.Contains(w.Body.String(), `href="/page"`) {
		t.Errorf("%d, or no way to try again", w.Code)
	}
}

// TestBusyIsNobodysFault: where everybody asks too much together, the house is busy.
func TestBusyIsNobodysFault(t *testing.T) {
	s := &turnstile{no: &limit.Refusal{Scope: limit.Everybody, Until: noon.Add(1500 * time.Millisecond)}}
	f := open(t, with(s), Route{Pattern: "GET /page", Handle: plainPage})
	if w := f.ask("GET", "/page", ""); w.Code != 503 || w.Header().Get("Retry-After") != "2" || strings.Contains(w.Body.String(), "network") ||
		!strings.Contains(w.Body.String(), "Wait 2 seconds, then try again.") {
		t.Errorf("%d %v: %s", w.Code, w.Header(), w.Body)
	}
}
