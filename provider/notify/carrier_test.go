package notify_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider/notify"
)

// carrier is a server of our own that speaks the part of Twilio's API that we use, and all that goes wrong with it.
type carrier struct {
	t      testing.TB
	server *httptest.Server
	now    func() time.Time

	mu    sync.Mutex
	next  []reply
	every *reply // instead of the usual answer
	taken []taken
	calls int // requests that were made
	lists int // of these, GETs
	over  chan struct{}
}

// taken is a message or call that was accepted.
type taken struct {
	sid, kind string
	form      url.Values
	made      time.Time
	status    string
}

// reply is how one request is answered.
type reply struct {
	status int
	code   int    // of Twilio
	body   string // instead of the usual one
	after  string // Retry-After
	lose   bool   // close the connection without an answer
	accept bool   // but take it all the same
	hang   bool   // do not answer at all
}

const (
	accountSID = "AC0123456789abcdef"
	token      = "0123456789abcdef"
	from       = "+18005550100"
)

func newCarrier(t testing.TB, now func() time.Time) *carrier {
	c := &carrier{t: t, now: now, over: make(chan struct{})}
	c.server = httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(func() {
		close(c.over)
		c.server.Close()
	})
	return c
}

// RoundTrip sends what is meant for Twilio here: its library knows one address only.
func (c *carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" || r.URL.Host != "api.twilio.com" {
		return nil, fmt.Errorf("a request to %s", r.URL.Host)
	}
	here := r.Clone(r.Context())
	here.URL.Scheme, here.URL.Host = "http", strings.TrimPrefix(c.server.URL, "http://")
	return c.server.Client().Transport.RoundTrip(here)
}

func (c *carrier) config(change ...func(*notify.TwilioConfig)) notify.TwilioConfig {
	config := notify.TwilioConfig{
		Account: accountSID, AuthToken: token, TextFrom: from, VoiceFrom: from, Issuer: "https://id.example.org", Now: c.now, Transport: c,
	}
	for _, do := range change {
		do(&config)
	}
	return config
}

func (c *carrier) twilio(change ...func(*notify.TwilioConfig)) *notify.Twilio {
	c.t.Helper()
	made, err := notify.NewTwilio(c.config(change...))
	if err != nil {
		c.t.Fatal(err)
	}
	return made
}

// will has it answer the next requests like this.
func (c *carrier) will(replies ...reply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = append(c.next, replies...)
}

// always has it answer every request like this; nil is the usual way.
func (c *carrier) always(r *reply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.every = r
}

func (c *carrier) all() []taken {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]taken{}, c.taken...)
}

func (c *carrier) requests() (all, lists int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls, c.lists
}

func (c *carrier) serve(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	_ = r.ParseForm()
	kind, known := strings.CutPrefix(r.URL.Path, "/2010-04-01/Accounts/"+accountSID+"/")
	c.mu.Lock()
	c.calls++
	how := reply{}
	switch {
	case !known:
		how = reply{status: 404, code: 20404}
	case (user != accountSID || password != token) && (user != "SK1" || password != "secret"):
		how = reply{status: 401, code: 20003}
	case c.every != nil:
		how = *c.every
	case len(c.next) > 0:
		how, c.next = c.next[0], c.next[1:]
	}
	if r.Method == http.MethodGet {
		c.lists++
	}
	var made *taken
	if r.Method == http.MethodPost && (how.status == 0 && !how.lose && !how.hang || how.accept) {
		made = c.take(kind, r.PostForm)
	}
	c.mu.Unlock()
	c.tell(w, r, how, kind, made)
}

func (c *carrier) take(kind string, form url.Values) *taken {
	prefix := map[string]string{"Messages.json": "SM", "Calls.json": "CA"}[kind]
	made := taken{sid: prefix + strconv.Itoa(len(c.taken)+1), kind: kind, form: form, made: c.now(), status: "queued"}
	c.taken = append(c.taken, made)
	return &made
}

func (c *carrier) tell(w http.ResponseWriter, r *http.Request, how reply, kind string, made *taken) {
	switch {
	case how.hang:
		select {
		case <-c.over:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	case how.lose:
		panic(http.ErrAbortHandler)
	}
	if how.after != "" {
		w.Header().Set("Retry-After", how.after)
	}
	w.Header().Set("Content-Type", "application/json")
	switch {
	case how.body != "":
		w.WriteHeader(max(how.status, 200))
		_, _ = io.WriteString(w, how.body)
	case how.status >= 300:
		w.WriteHeader(how.status)
		_ = json.NewEncoder(w).Encode(map[string]any{"status": how.status, "code": how.code, "message": "The number " + r.FormValue("To") + " is bad"})
	case r.Method == http.MethodGet:
		_ = json.NewEncoder(w).Encode(c.list(kind, r.URL.Query()))
	default:
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{"sid": made.sid, "status": made.status})
	}
}

// list answers newest first, filtered as Twilio does.
func (c *carrier) list(kind string, q url.Values) map[string]any {
	c.mu.Lock()
	defer c.mu.Unlock()
	records := []map[string]any{}
	for i := len(c.taken) - 1; i >= 0; i-- {
		t := c.taken[i]
		if t.kind != kind || q.Get("To") != "" && q.Get("To") != t.form.Get("To") || q.Get("From") != "" && q.Get("From") != t.form.Get("From") {
			continue
		}
		records = append(records, map[string]any{
			"sid": t.sid, "to": t.form.Get("To"), "from": t.form.Get("From"), "body": t.form.Get("Body"), "status": t.status,
			"direction": "outbound-api", "date_created": t.made.UTC().Format(time.RFC1123Z), "date_sent": nil,
		})
	}
	name := map[string]string{"Messages.json": "messages", "Calls.json": "calls"}[kind]
	return map[string]any{name: records, "page": 0, "page_size": 50}
}
