package server_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/server"
)

// TestE06_PlannedWork: people are told when it is over; applications go on; afterwards the door is open.
func TestE06_PlannedWork(t *testing.T) {
	h := newHouse(t, func(c *server.Config) { c.ClosedUntil = time.Now().Add(time.Hour) })
	b := h.Browser()
	p := b.Get("/account")
	if p.Status != http.StatusServiceUnavailable || p.Header.Get("Retry-After") == "" || !strings.Contains(p.Body, "<h1") {
		t.Fatal(p.Status, p.Header)
	}
	if p := b.Get("/.well-known/openid-configuration"); p.Status != http.StatusOK {
		t.Fatal("applications must go on", p.Status)
	}
	h.Passes(time.Hour)
	if p := b.Get("/account"); p.Status != http.StatusOK {
		t.Fatal("still closed", p.Status)
	}
}

// severed is a store that cannot be reached while it is told to be.
type severed struct {
	provider.Store
	gone atomic.Bool
}

func (s *severed) SessionBySecret(ctx context.Context, hash []byte) (provider.Session, error) {
	if s.gone.Load() {
		return provider.Session{}, provider.ErrUnavailable
	}
	return s.Store.SessionBySecret(ctx, hash)
}

// TestE07_SaysHowLong: whoever is turned severed for a moment reads for how long, in their language, and it is what Retry-After says.
func TestE07_SaysHowLong(t *testing.T) {
	t.Parallel()
	gate := password.NewGate(password.GateConfig{Limit: 1, Queue: 2, Wait: time.Nanosecond})
	s := &severed{}
	h := newHouse(t, func(c *server.Config) {
		s.Store = c.Store
		c.Store, c.Gate, c.Languages = s, gate, []string{"en", "es", "ar"}
	})
	h.Person("ana")
	for lang, say := range map[string]struct{ full, gone string }{
		"en": {`Many people are signing in right now. Wait (\d) seconds?, then try again.`, `Wait (\d) seconds?, then try again.`},
		"es": {`Espere (\d) segundos? y vuelva a intentarlo.`, `Espere (\d) segundos? e intente de nuevo.`},
		"ar": {`كثيرون يسجّلون الدخول الآن. انتظر (\d ثوانٍ|ثانيتين|ثانية واحدة)، ثم حاول مرة أخرى.`, `انتظر (\d ثوانٍ|ثانيتين|ثانية واحدة)، ثم حاول مرة أخرى.`},
	} {
		b := h.Browser()
		b.Get("/account")
		b.Get("/language?to=" + lang)
		b.Get("/account")
		must(t, gate.Enter(t.Context(), true))
		says(t, lang, b.SignIn("ana", anasPassword), say.full)
		gate.Leave()
		b.SignIn("ana", anasPassword)
		s.gone.Store(true)
		says(t, lang, b.Get("/account"), say.gone)
		s.gone.Store(false)
	}
}

// says wants a page that turns severed for as long as it says.
func says(t *testing.T, lang string, p *page, pattern string) {
	t.Helper()
	in := map[string]string{"ثانية واحدة": "1", "ثانيتين": "2"}
	m := regexp.MustCompile(pattern).FindStringSubmatch(p.Body)
	if p.Status != http.StatusServiceUnavailable || m == nil || !strings.Contains(p.Body, `lang="`+lang+`"`) {
		t.Fatalf("%s: %d, %q in %s", lang, p.Status, m, p.Body)
	}
	seconds, plain := in[m[1]]
	if !plain {
		seconds = m[1][:1]
	}
	if got := p.Header.Get("Retry-After"); got != seconds {
		t.Errorf("%s: the page says %q, Retry-After %q", lang, m[1], got)
	}
}
