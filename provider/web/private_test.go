package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestPrivateListener(t *testing.T) {
	var log bytes.Buffer
	var store error
	drain := &Drain{}
	h := NewPrivate(Private{
		Log: slog.New(slog.NewTextHandler(&log, nil)), Drain: drain,
		Checks:  map[string]func(context.Context) error{"store": func(context.Context) error { return store }},
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { say(w, 200, "numbers") }),
	})
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w.Code, w.Body.String()
	}
	expect := func(path string, status int, text string) {
		t.Helper()
		if code, body := get(path); code != status || !strings.Contains(body, text) {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	expect("/healthz", 200, "ok")
	expect("/readyz", 200, "ready")
	expect("/metrics", 200, "numbers")
	expect("/debug/pprof/", 200, "goroutine")
	expect("/debug/pprof/heap?debug=1", 200, "heap profile")
	store = errors.New("dial tcp: secret host")
	expect("/readyz", 503, "not ready: store\n")
	if _, body := get("/readyz"); strings.Contains(body, "secret") || !strings.Contains(log.String(), "secret host") {
		t.Error("why belongs into the log and there alone")
	}
	expect("/healthz", 200, "ok")
	store = nil
	expect("/readyz", 200, "ready")
	drain.Start()
	expect("/readyz", 503, "draining")
	expect("/healthz", 200, "ok")
}

func TestReadinessDoesNotWaitForEver(t *testing.T) {
	h := NewPrivate(Private{Log: slog.New(slog.DiscardHandler), Checks: map[string]func(context.Context) error{
		"slow": func(ctx context.Context) error {
			until, bounded := ctx.Deadline()
			if !bounded || time.Until(until) > checkTimeout {
				t.Error("no deadline")
			}
			return context.DeadlineExceeded
		},
	}})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	if w.Code != 503 {
		t.Errorf("%d", w.Code)
	}
}

// TestOverTheWire plays what a recorder cannot: a body in chunks, broken requests, and HEAD, with the time-outs of NewServer.
func TestOverTheWire(t *testing.T) {
	f := open(t, nil, Route{Pattern: "GET /x", Handle: plainPage}, Route{Pattern: "POST /x", Handle: plainPage})
	server := httptest.NewUnstartedServer(f)
	server.Config = NewServer(f)
	server.Start()
	defer server.Close()
	send := func(method string, size int) *http.Response {
		t.Helper()
		body := struct{ *strings.Reader }{strings.NewReader(strings.Repeat("x", size))} // hides its length
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/x", body)
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return response
	}
	if r := send("POST", maxBody+1); r.StatusCode != 413 {
		t.Errorf("too big: %d", r.StatusCode)
	}
	if r := send("POST", 10); r.StatusCode != 200 {
		t.Errorf("small: %d", r.StatusCode)
	}
	response, err := server.Client().Head(server.URL + "/x")
	if err != nil || response.StatusCode != 200 || response.ContentLength < 1000 {
		t.Errorf("HEAD: %v %+v", err, response)
	}
	response, err = server.Client().Get(server.URL + "/x?" + strings.Repeat("y", 40<<10))
	if err != nil || response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("long headers: %v", err)
	}
}
