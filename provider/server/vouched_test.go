package server_test

import (
	"strings"
	"testing"

	"gatehouse/provider/limit"
	"gatehouse/provider/server"
)

// TestAFloodLeavesKnownBrowsersTheirs: strangers who ask for more than everybody may together leave those their turn who have signed
// in here before; and nobody makes such a browser up.
func TestAFloodLeavesKnownBrowsersTheirs(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *server.Config) {
		c.Rates = limit.Rates{Guess: limit.PerMinute{Address: 6, All: 6}, Times: 1}
	})
	h.Person("ana")
	a := h.App("records")
	own := h.Browser()
	own.Get(a.Ask())
	if p := own.SignIn("ana", anasPassword); p.Gave() == "" {
		t.Fatalf("the first time: %s", title(p))
	}
	flood := func(b *browser) (refused int) {
		for range 12 {
			b.Get(a.Ask("prompt", "login"))
			if p := b.SignIn("nobody", "wrong"); p.Status == 429 || p.Status == 503 {
				refused++
			}
		}
		return refused
	}
	if n := flood(h.Browser()); n < 6 {
		t.Fatalf("%d of 12 were turned away", n)
	}
	own.Get(a.Ask("prompt", "login"))
	if p := own.SignIn("ana", anasPassword); p.Gave() == "" {
		t.Errorf("in the flood: %s (%d)", title(p), p.Status)
	}

	real := own.cookie("__Host-device")
	part := strings.Split(real, ".")
	if len(part) != 3 {
		t.Fatalf("a device cookie of %d parts", len(part))
	}
	for name, forged := range map[string]string{
		"none of ours":      "made-up." + part[1] + "." + part[2],
		"without its proof": part[0],
		"no key":            part[0] + ".." + part[2],
		"a short proof":     part[0] + "." + part[1] + "." + part[2][:4],
		"an empty proof":    part[0] + "." + part[1] + ".",
	} {
		b := h.Browser()
		b.http.Jar.SetCookies(mustURL(t, h.URL), cookies("__Host-device", forged))
		if n := flood(b); n != 12 {
			t.Errorf("%s: %d of 12 were turned away", name, n)
		}
	}
}
