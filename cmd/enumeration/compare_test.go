package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// faulty is a house whose answers give some kinds away.
func faulty(t *testing.T, answer http.HandlerFunc) *house {
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return &house{base: server.URL, http: server.Client()}
}

// aForm asks for a name and nothing else.
func aForm() form {
	return form{name: "a form", abreast: 1, fill: func(_ context.Context, _ *browser, k kind, i int) (string, url.Values, error) {
		return "/a-form", url.Values{"name": {k.types(i)}}, nil
	}}
}

func compareAll(t *testing.T, h *house) (map[string]line, bool) {
	t.Helper()
	lines, err := h.compare(t.Context(), aForm(), 60, promised{z: 4, apart: 500 * time.Microsecond, times: 3})
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	kept := show(&table, lines)
	t.Logf("\n%s", &table)
	byKind := map[string]line{}
	for _, l := range lines {
		byKind[l.kind] = l
	}
	if len(byKind) != len(kinds()) {
		t.Errorf("%d kinds were compared of %d", len(byKind), len(kinds()))
	}
	return byKind, kept
}

// TestTimeGivesAway: two milliseconds more for one kind are found, three times in a row, and end the command with 1.
func TestTimeGivesAway(t *testing.T) {
	var asked atomic.Int64
	lines, kept := compareAll(t, faulty(t, func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if strings.HasPrefix(r.FormValue("name"), "l") {
			time.Sleep(2 * time.Millisecond)
		}
	}))
	l := lines["locked by support"]
	if kept || !l.broken || l.measured != 3 || l.z < 4 || !strings.HasPrefix(l.verdict(), "BROKEN") {
		t.Errorf("%+v, %s", l, l.verdict())
	}
	if n := asked.Load(); n < 60*7+2*60*2 {
		t.Errorf("%d answers were measured", n)
	}
}

// TestAgainIsEnough: what fails once and not again is no promise broken.
func TestAgainIsEnough(t *testing.T) {
	var asked atomic.Int64
	lines, _ := compareAll(t, faulty(t, func(_ http.ResponseWriter, r *http.Request) {
		if asked.Add(1) <= 60*7 && strings.HasPrefix(r.FormValue("name"), "c") {
			time.Sleep(5 * time.Millisecond)
		}
	}))
	if l := lines["closed"]; l.measured < 2 || l.broken && l.z > 4 {
		t.Errorf("%+v", l)
	}
}

// TestAnswersGiveAway: another status, a redirect or a cookie is found at once, whatever the time.
func TestAnswersGiveAway(t *testing.T) {
	lines, kept := compareAll(t, faulty(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.FormValue("name")[0] {
		case 'k':
			w.WriteHeader(http.StatusTooManyRequests)
		case 'a':
			w.Header().Set("Location", "/elsewhere")
		case 'p':
			http.SetCookie(w, &http.Cookie{Name: "known", Value: "yes"})
		}
	}))
	for kind, want := range map[string]string{"known": "status 429 and 200", "not activated": "a redirect", "passkey only": "1 and 0 cookies"} {
		if l := lines[kind]; l.otherwise != want || !l.broken || l.measured != 1 || l.verdict() != "BROKEN: "+want {
			t.Errorf("%s: %+v", kind, l)
		}
	}
	if kept {
		t.Error("and nobody says so")
	}
}

// TestEveryRoundHasEveryKind: once, each in a browser at an address of its own.
func TestEveryRoundHasEveryKind(t *testing.T) {
	seen, from := map[string]int{}, map[string]int{}
	h := faulty(t, func(_ http.ResponseWriter, r *http.Request) {
		seen[r.FormValue("name")]++
		from[r.Header.Get("X-Forwarded-For")]++
	})
	all, err := h.measure(t.Context(), aForm(), kinds(), 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range append(kinds(), nobody()) {
		if len(all[k.letter]) != 20 {
			t.Errorf("%d answers for %s", len(all[k.letter]), k.name)
		}
		for i := range 20 {
			if n := seen[k.types(i)]; n != 1 {
				t.Errorf("%s was typed %d times", k.types(i), n)
			}
		}
	}
	if len(from) != 20*7 {
		t.Errorf("%d addresses", len(from))
	}
}

// TestNoTime: an answer that says to come back is no sample.
func TestNoTime(t *testing.T) {
	var asked atomic.Int64
	h := faulty(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	a, err := h.once(t.Context(), aForm().fill, nobody(), 0)
	if err != nil || a.status != http.StatusOK || h.away.Load() != 1 {
		t.Error(a.status, err, h.away.Load())
	}
	failure := errors.New("no form")
	if err := each(5, 2, func(i int) error { return map[bool]error{true: failure}[i == 2] }); !errors.Is(err, failure) {
		t.Errorf("a failure is lost: %v", err)
	}
}
