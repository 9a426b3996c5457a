package server_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/server"
	"gatehouse/storage"
	"gatehouse/templates"
)

// shelf is a server of an application's own that publishes its keys.
type shelf struct {
	*ears
	asked atomic.Int64
	text  atomic.Value // func(http.ResponseWriter)
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{ears: newEars(t)}
	s.ears.answers("jwks", func(w http.ResponseWriter, _ *http.Request) {
		s.asked.Add(1)
		s.text.Load().(func(http.ResponseWriter))(w)
	})
	return s
}

func (s *shelf) says(how func(http.ResponseWriter)) { s.text.Store(how) }

func (s *shelf) holds(text string) {
	s.says(func(w http.ResponseWriter) { _, _ = io.WriteString(w, text) })
}

func (s *shelf) is(status int, text string) {
	s.says(func(w http.ResponseWriter) {
		w.Header().Set("Location", s.URL+"/elsewhere")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	})
}

func (s *shelf) of(c *provider.Client) { c.AuthMethod, c.JWKSURI = provider.AuthKey, s.URL+"/jwks" }

func (s *shelf) wantAsked(t *testing.T, n int64) {
	t.Helper()
	if got := s.asked.Load(); got != n {
		t.Errorf("the address was asked %d times, want %d", got, n)
	}
}

// TestJWKSURI: keys are fetched once and kept, again for a kid that is new, and not oftener than once a minute.
func TestJWKSURI(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	h := newHouse(t, s.reach)
	a := h.App("nightly", machine, s.of)
	s.holds(jwks(a.Key))
	for _, got := range AtOnce(8, func() *answer { return a.Shows(a.Assertion()) }) {
		got.Is(200, "")
	}
	a.Shows(a.Key.signs(a.Header("jku", s.URL+"/jwks"), a.Claims())).Is(200, "")
	s.wantAsked(t, 1)
	old, next := a.Key, newPair("ES256")
	s.holds(jwks(next))
	a.Key = next
	a.Shows(a.Assertion()).Is(401, "invalid_client") // it was asked within this minute
	s.wantAsked(t, 1)
	h.Passes(61 * time.Second)
	a.Shows(a.Assertion()).Is(200, "")
	s.wantAsked(t, 2)
	for range 20 {
		a.Key = newPair("ES256")
		a.Shows(a.Assertion()).Is(401, "invalid_client")
	}
	s.wantAsked(t, 2)
	a.Key = old
	a.Shows(a.Assertion()).Is(401, "invalid_client") // what is no more published is no more believed
	h.Passes(61 * time.Second)
	a.Shows(a.Assertion()).Is(401, "invalid_client")
	s.wantAsked(t, 3)
}

// TestJWKSURI_Age: what was fetched is fetched again when it is old, serves for hours while the address is down, and no longer.
func TestJWKSURI_Age(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	h := newHouse(t, s.reach)
	a := h.App("nightly", machine, s.of)
	s.says(func(w http.ResponseWriter) {
		w.Header().Set("Cache-Control", "public, max-age=1200")
		_, _ = io.WriteString(w, jwks(a.Key))
	})
	a.Shows(a.Assertion()).Is(200, "")
	h.Passes(19 * time.Minute)
	a.Shows(a.Assertion()).Is(200, "")
	s.wantAsked(t, 1)
	h.Passes(time.Minute)
	a.Shows(a.Assertion()).Is(200, "")
	s.wantAsked(t, 2)
	s.is(503, "")
	h.Passes(3*time.Hour + 55*time.Minute)
	a.Shows(a.Assertion()).Is(200, "")
	a.Shows(a.Assertion()).Is(200, "")
	s.wantAsked(t, 3)
	h.Passes(10 * time.Minute)
	a.Shows(a.Assertion()).Is(401, "invalid_client")
	s.holds(jwks(a.Key))
	h.Passes(61 * time.Second)
	a.Shows(a.Assertion()).Is(200, "")
}

// TestJWKSURI_Hostile: answers that are none, and addresses that are nobody's business.
func TestJWKSURI_Hostile(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	h := newHouse(t, s.reach)
	a := h.App("nightly", machine, s.of)
	leaked := asJSON(map[string]any{"keys": []any{a.Key.jwk(), newPair("ES256").jwk("d", "AAAA")}})
	for name, how := range map[string]func(){
		"a redirect": func() { s.is(302, jwks(a.Key)) }, "a fault": func() { s.is(500, jwks(a.Key)) }, "no JSON": func() { s.holds("<html>") },
		"too long": func() { s.holds(jwks(a.Key) + strings.Repeat(" ", 70<<10)) }, "a private key": func() { s.holds(leaked) },
		"no keys": func() { s.holds(`{"keys":[]}`) }, "twice": func() { s.holds(`{"keys":[],` + jwks(a.Key)[1:]) }, "empty": func() { s.holds("") },
	} {
		how()
		h.Passes(11 * time.Second)
		if got := a.Shows(a.Assertion()); got.Status != 401 || got.Str("error") != "invalid_client" {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	s.wantAsked(t, 8)
	s.holds(jwks(a.Key))
	h.Passes(11 * time.Second)
	a.Shows(a.Assertion()).Is(200, "")
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, jwks(a.Key)) }))
	t.Cleanup(plain.Close)
	b := h.App("plain", machine, func(c *provider.Client) { c.AuthMethod, c.JWKSURI = provider.AuthKey, plain.URL })
	b.Key = a.Key
	b.Shows(b.Assertion()).Is(401, "invalid_client")
}

// TestJWKSURI_Guarded: without an operator's word nobody on this network is met.
func TestJWKSURI_Guarded(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	h := newHouse(t, func(c *server.Config) { s.reach(c); c.Outward.Allow = nil })
	a := h.App("nightly", machine, s.of)
	s.holds(jwks(a.Key))
	a.Shows(a.Assertion()).Is(401, "invalid_client")
	s.wantAsked(t, 0)
}

// replica is a second house on the same database, as another process has it, or the same one after a restart.
func (h *house) replica() http.Handler {
	h.t.Helper()
	ctx := context.Background()
	store, err := storage.Open(ctx, storage.Options{Database: "sqlite:" + filepath.Join(h.dir, "gatehouse.db"), Keyset: h.Keyset})
	must(h.t, err)
	h.t.Cleanup(func() { _ = store.Close() })
	ring, err := server.OpenRing(ctx, store, h.Keyset, time.Now(), audit.House, server.AsPlanned)
	must(h.t, err)
	config := server.Config{
		Issuer: h.URL, Store: store, Keyset: h.Keyset, Ring: ring, Sender: "no-reply@example.org", Brand: templates.DefaultBrand(),
		Log: slog.New(slog.NewJSONHandler(h.Log, nil)), Now: h.now,
	}
	quick(&config)
	second, err := server.New(config)
	must(h.t, err)
	return second.Public
}

// at shows an assertion to a replica.
func (a *app) at(replica http.Handler, assertion string) int {
	a.t.Helper()
	form := with(a.Asserted(assertion), "grant_type", "client_credentials")
	request := httptest.NewRequest(http.MethodPost, a.h.URL+"/token", strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", formType)
	answer := httptest.NewRecorder()
	replica.ServeHTTP(answer, request)
	return answer.Code
}

// TestAnAssertionIsUsedOnceInAll: one of fifty at once over two replicas, and none on a third that is started afterwards.
func TestAnAssertionIsUsedOnceInAll(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("nightly", machine, func(c *provider.Client) { c.AuthMethod = provider.AuthKey })
	first, second := h.House.Public, h.replica()
	assertion := a.Assertion()
	var turn atomic.Int64
	got := map[int]int{}
	for _, status := range AtOnce(50, func() int {
		if turn.Add(1)%2 == 0 {
			return a.at(first, assertion)
		}
		return a.at(second, assertion)
	}) {
		got[status]++
	}
	if got[200] != 1 || got[401] != 49 {
		t.Errorf("statuses %v, want one 200 and 49 times 401", got)
	}
	third := h.replica()
	if status := a.at(third, assertion); status != 401 {
		t.Errorf("after a restart: %d", status)
	}
	if status := a.at(third, a.Assertion()); status != 200 {
		t.Errorf("a fresh one: %d", status)
	}
}
