package portal_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/cmd/demoportal/portal"
)

// house is a portal in front of a stub provider, and a browser before both.
type house struct {
	*stub
	t       *testing.T
	portal  *httptest.Server
	browser *http.Client
	mu      sync.Mutex
	now     time.Time // zero: the real time
}

func newHouse(t *testing.T, bend ...func(*portal.Config)) *house {
	t.Helper()
	h := &house{stub: newStub(t), t: t}
	var site *portal.Portal
	h.portal = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.ServeHTTP(w, r) }))
	t.Cleanup(h.portal.Close)
	apps := portal.DemoApps()
	apps[0].ClientID, apps[0].ClientSecret = "records-client", "secret"
	apps[1].ClientID = "scheduling-client"
	cfg := portal.Config{
		Issuer: h.stub.URL, Base: h.portal.URL, Apps: apps[:2], Now: h.clock,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	for _, change := range bend {
		change(&cfg)
	}
	var err error
	site, err = portal.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	h.browser = &http.Client{Jar: jar}
	return h
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.now.IsZero() {
		return time.Now()
	}
	return h.now
}

func (h *house) setClock(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = now
}

// page is where the browser ended up.
type page struct {
	t      *testing.T
	status int
	at     *url.URL
	body   string
	header http.Header
}

func (h *house) get(path string) page {
	h.t.Helper()
	response, err := h.browser.Get(h.portal.URL + path)
	return h.read(response, err)
}

func (h *house) post(path string, form url.Values) page {
	h.t.Helper()
	response, err := h.browser.PostForm(h.portal.URL+path, form)
	return h.read(response, err)
}

func (h *house) read(response *http.Response, err error) page {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return page{h.t, response.StatusCode, response.Request.URL, string(body), response.Header}
}

func (p page) wantStatus(status int) {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("status %d at %s, want %d\n%s", p.status, p.at, status, p.body)
	}
}

// text is the text inside the element with the id, or fails.
func (p page) text(id string) string {
	p.t.Helper()
	start := regexp.MustCompile(`<(\w+)[^>]*\bid="` + id + `"[^>]*>`).FindStringSubmatchIndex(p.body)
	if start == nil {
		p.t.Fatalf("no #%s at %s\n%s", id, p.at, p.body)
	}
	rest := p.body[start[1]:]
	end := strings.Index(rest, "</"+p.body[start[2]:start[3]]+">")
	if end < 0 {
		p.t.Fatalf("#%s does not end", id)
	}
	inner := regexp.MustCompile(`<[^>]+>`).ReplaceAllString(rest[:end], "")
	return strings.Join(strings.Fields(inner), " ")
}

func (p page) wantText(id, part string) {
	p.t.Helper()
	if got := p.text(id); !strings.Contains(got, part) {
		p.t.Errorf("#%s says %q, want %q in it", id, got, part)
	}
}

func (p page) wantNo(ids ...string) {
	p.t.Helper()
	for _, id := range ids {
		if strings.Contains(p.body, `id="`+id+`"`) {
			p.t.Errorf("#%s is there, at %s", id, p.at)
		}
	}
}

func (p page) wantAll(ids ...string) {
	p.t.Helper()
	for _, id := range ids {
		p.text(id)
	}
}
