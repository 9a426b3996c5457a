package server_test

import (
	"strings"
	"testing"
	"time"

	"gatehouse/provider/server"
	"gatehouse/templates"
)

// TestE14_BannerStandsOnEveryPageUntilPutAway: in the page's language, on the sign-in page too, without scripts; somebody who has
// put it away sees the next one; and it goes by itself.
func TestE14_BannerStandsOnEveryPageUntilPutAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *server.Config) {
		c.Brand = templates.DefaultBrand()
		c.Brand.Banner = templates.Banner{Text: map[string]string{"": "Closed on Sunday", "es": "Cerrado el domingo"}, Until: time.Now().Add(2 * time.Hour)}
	})
	b := h.Browser()
	p := b.Get("/account")
	if !strings.Contains(p.Body, "Closed on Sunday") || !strings.Contains(b.Get("/help").Body, "Closed on Sunday") {
		t.Error("no news")
	}
	if !strings.Contains(b.Get("/language?to=es&back=/help").Body, "Cerrado el domingo") {
		t.Error("no news in Spanish")
	}
	action, form := b.last.Form(t, "/banner")
	if p := b.Post(action, form); p.URL.Path != "/help" || strings.Contains(p.Body, "Cerrado") {
		t.Errorf("put away, and then at %s", p.URL)
	}
	if strings.Contains(b.Get("/account").Body, "Cerrado") {
		t.Error("it came back")
	}
	form.Set("back", "//elsewhere.example/")
	if p := b.Post(action, form); p.URL.Path != "/" || p.To != nil {
		t.Errorf("led to %v, %v", p.URL, p.To)
	}
	other := h.Browser()
	h.Passes(3 * time.Hour)
	if strings.Contains(other.Get("/account").Body, "Closed on Sunday") {
		t.Error("old news")
	}
}
