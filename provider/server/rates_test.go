package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gatehouse/provider/limit"
	"gatehouse/provider/server"
)

// rated is a house that takes so many guesses a minute from one address.
func rated(guesses int) func(*server.Config) {
	return func(c *server.Config) { c.Rates = limit.Rates{Guess: limit.PerMinute{Address: guesses}} }
}

// TestS15_TooManyTriesFromOneNetwork: the try after the last that is taken gets the page that says when to come back, the same
// one and at the same try for a name that somebody has and for one that nobody has; the page, the keys and the applications
// beside it are served.
func TestS15_TooManyTriesFromOneNetwork(t *testing.T) {
	var seen []string
	for _, name := range []string{"ana", "nobody-at-all"} {
		h := newHouse(t, rated(5))
		h.Person("ana")
		a := h.App("records")
		b := h.Browser()
		b.Get(a.Ask())
		for range 5 {
			if p := b.SignIn(name, "wrong password, sadly"); p.Status != http.StatusUnprocessableEntity {
				t.Fatalf("a wrong password: %d", p.Status)
			}
		}
		p := b.SignIn(name, "wrong password, sadly")
		if p.Status != http.StatusTooManyRequests || p.Header.Get("Retry-After") == "" || !strings.Contains(p.Body, "Too many tries came from this network.") {
			t.Fatalf("%d %v: %s", p.Status, p.Header, title(p))
		}
		if strings.Contains(p.Body, name) {
			t.Error("the page repeats a name")
		}
		seen = append(seen, fmt.Sprint(p.Status, len(p.Header), title(p)))
		for _, path := range []string{a.Ask(), "/jwks", "/.well-known/openid-configuration", "/help"} {
			if p := h.Browser().Get(path); p.Status != http.StatusOK {
				t.Errorf("%s beside it: %d", path, p.Status)
			}
		}
		if !strings.Contains(h.Metrics(t), `gatehouse_limited_total{class="guess",scope="address"} 1`) {
			t.Error("it is not counted")
		}
		if strings.Contains(h.Log.String(), "127.0.0.1") {
			t.Error("an address is in the log")
		}
	}
	if seen[0] != seen[1] {
		t.Errorf("told apart: %q", seen)
	}
}

// TestKnownBrowsersGoOnInAStorm: while somebody tries a list of passwords, browsers that nobody knows are slowed, for names that
// somebody has as for those that nobody has; the patient's own browser is not.
func TestKnownBrowsersGoOnInAStorm(t *testing.T) {
	h := newHouse(t, func(c *server.Config) {
		c.Rates = limit.Rates{Guess: limit.PerMinute{Address: 100_000, All: 100_000}, Stranger: limit.PerMinute{Address: 3}}
	})
	h.Person("ana")
	h.Person("ben")
	a := h.App("records")
	own := h.Browser()
	a.Code(own)
	for i := range 12 { // ten names in a browser, so that no lane closes and no ceremony grows old
		b := h.Browser()
		b.Get(a.Ask())
		for j := range 10 {
			if p := b.SignIn(fmt.Sprintf("name-%d-%d", i, j), "autumn leaves fall"); p.Status != http.StatusUnprocessableEntity {
				t.Fatalf("guess %d: %d", 10*i+j, p.Status)
			}
		}
	}
	b := h.Browser()
	b.Get(a.Ask())
	for range 3 {
		if p := b.SignIn("ben", "autumn leaves fall"); p.Status != http.StatusUnprocessableEntity {
			t.Fatalf("a household's guess: %d", p.Status)
		}
	}
	for _, name := range []string{"ben", "ana", "nobody-at-all"} {
		b.Get(a.Ask())
		if p := b.SignIn(name, "autumn leaves fall"); p.Status != http.StatusTooManyRequests || p.Header.Get("Retry-After") == "" {
			t.Errorf("%s in a storm: %d", name, p.Status)
		}
	}
	for range 5 {
		own.Get(a.Ask("prompt", "login"))
		if p := own.SignIn("ana", anasPassword); p.To == nil {
			t.Fatalf("the patient's own browser: %d %s", p.Status, title(p))
		}
	}
	if m := h.Metrics(t); !strings.Contains(m, "gatehouse_storm 1") {
		t.Error("the operator does not see it")
	}
}
