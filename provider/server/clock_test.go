package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// readiness is what /readyz says.
func (h *house) readiness() string {
	h.t.Helper()
	response, err := http.Get(h.Private.URL + "/readyz")
	must(h.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	must(h.t, err)
	return strings.TrimSpace(string(text))
}

// TestAClockThatIsOffIsNotReady: a replica more than five seconds off its database is taken out, and comes back.
func TestAClockThatIsOffIsNotReady(t *testing.T) {
	h := newHouse(t)
	if said := h.readiness(); said != "not ready: clock" {
		t.Errorf("before the first comparison: %s", said)
	}
	for _, step := range []struct {
		off  time.Duration
		want string
	}{{0, "ready"}, {4 * time.Second, "ready"}, {-6 * time.Second, "not ready: clock"}, {0, "ready"}, {time.Minute, "not ready: clock"}} {
		err := h.House.CompareClocks(t.Context(), func() time.Time { return time.Now().Add(step.off) })
		if said := h.readiness(); said != step.want || (err == nil) != (step.want == "ready") {
			t.Errorf("%s off: %s, %v", step.off, said, err)
		}
	}
}

// TestAnAnswerThatWasLongOnItsWay says nothing of the clock; and a database that is away leaves what was found.
func TestAnAnswerThatWasLongOnItsWay(t *testing.T) {
	h := newHouse(t)
	readings := []time.Time{time.Now().Add(-10 * time.Second), time.Now()}
	next := func() time.Time {
		at := readings[0]
		readings = readings[1:]
		return at
	}
	must(t, h.House.CompareClocks(t.Context(), next))
	must(t, h.Store.Close())
	if err := h.House.CompareClocks(t.Context(), time.Now); err == nil {
		t.Errorf("no word of a store that is closed: %v", err)
	}
	if said := h.readiness(); said != "not ready: store" {
		t.Error(said)
	}
}
