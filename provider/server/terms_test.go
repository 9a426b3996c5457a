package server_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/server"
	"gatehouse/provider/signin"
)

// terms are those of a version.
func terms(version string) func(*server.Config) {
	return func(c *server.Config) {
		c.Terms = signin.Terms{Version: version, URL: "https://www.example.org/terms", Summary: map[string]string{
			"en": "New in " + version + ".\nAnd one <b>more</b> thing.", "es": "Nuevo en " + version + ".",
		}}
	}
}

const termsTitle = "Our terms have changed"

// TestS19_Terms: shown after the sign-in and before the application gets anything, accepted once, and not shown again; new terms are.
func TestS19_Terms(t *testing.T) {
	t.Parallel()
	h := newHouse(t, terms("2026-03"))
	ana := h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	p := a.asked(b).Shows(t, 200, termsTitle, "New in 2026-03.", "And one &lt;b&gt;more&lt;/b&gt; thing.", `href="https://www.example.org/terms"`, `value="accept"`, `value="later"`)
	if strings.Contains(p.Body, "Nuevo") || b.Session() != "" {
		t.Error("another language, or a session before the answer")
	}
	b.Choose("/terms", "perhaps").Shows(t, 200, termsTitle)
	if code := a.Back(b.Choose("/terms", "accept")).Get("code"); code == "" {
		t.Fatal("no code")
	}
	if _, err := h.Store.TermsAccepted(context.Background(), ana.ID, "2026-03"); err != nil {
		t.Error(err)
	}
	said := h.Recorded(ana.ID, "terms.accepted")
	if len(said) != 1 || said[0].Detail["version"] != "2026-03" || said[0].Actor != "account:"+string(ana.ID) {
		t.Errorf("recorded %+v", said)
	}
	for _, again := range []*browser{b, h.Browser()} {
		if p := a.asked(again); p.To == nil || p.To.Query().Get("code") == "" {
			t.Errorf("shown again: %s", title(p))
		}
	}
	b.Get("/account/activity").Shows(t, 200, "You agreed to our terms of use")

	b.h = h.Replica(terms("2026-09"))
	b.Get(a.Ask()).Shows(t, 200, termsTitle, "New in 2026-09.")
}

// TestS19_InTheirLanguage: what is new stands there in the person's language, else in the default one and marked as that.
func TestS19_InTheirLanguage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, terms("1"), func(c *server.Config) { c.Languages = []string{"en", "es", "ar"} })
	for name, want := range map[string]string{"es": `<p lang="es" dir="ltr">Nuevo en 1.</p>`, "ar": `<p lang="en" dir="ltr">New in 1.</p>`} {
		h.Person("ana-"+name, func(a *provider.Account, _ *provider.Authenticator) { a.Profile.Locale = name })
		b := h.Browser()
		b.Get(h.App("records-" + name).Ask())
		b.SignIn("ana-"+name, anasPassword).Shows(t, 200, want)
	}
}

// TestS19_GoesOnWithTheSession: somebody who is signed in when the terms change is asked, and stays signed in; in silence the application hears
// that a page is needed.
func TestS19_GoesOnWithTheSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	a.Back(a.asked(b))
	before := b.Session()
	b.h = h.Replica(terms("1"))
	a.h.URL = h.URL
	if p := b.Get(a.Ask("prompt", "none")); p.To == nil || p.To.Query().Get("error") != "interaction_required" {
		t.Errorf("in silence: %v %s", p.To, title(p))
	}
	b.Get(a.Ask()).Shows(t, 200, termsTitle)
	if p := b.Choose("/terms", "accept"); p.To == nil || p.To.Query().Get("code") == "" {
		t.Fatalf("led to %v %s", p.To, title(p))
	}
	if b.Session() != before {
		t.Error("another session")
	}
	if p := b.Get(a.Ask("prompt", "none")); p.To == nil || p.To.Query().Get("code") == "" {
		t.Errorf("in silence, accepted: %v", p.To)
	}
}

// TestS19_NotNow: the application hears no, nobody is signed in, and Back picks nothing up.
func TestS19_NotNow(t *testing.T) {
	t.Parallel()
	h := newHouse(t, terms("1"))
	ana := h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	page := a.asked(b)
	p := b.Choose("/terms", "later")
	if a.Refused(p, "access_denied"); p.To.Query().Get("state") != "st-1" || p.Header.Get("Clear-Site-Data") != `"cache"` {
		t.Errorf("led to %v with %v", p.To, p.Header)
	}
	if b.Session() != "" || len(h.Recorded(ana.ID, "session.began")) != 0 || len(h.Recorded(ana.ID, "terms.declined")) != 1 {
		t.Error("a session, or no record")
	}
	b.Get(page.URL.Path).Shows(t, 200, `name="password"`)
	b.last = page // Back, and the other answer
	if p := b.Choose("/terms", "accept"); p.To != nil || !strings.Contains(p.Body, `name="password"`) || b.Session() != "" {
		t.Errorf("declined, and then %v %s", p.To, title(p))
	}
	if n := len(h.Recorded(ana.ID, "terms.accepted")); n != 0 {
		t.Errorf("%d acceptances by somebody who left", n)
	}
	a.asked(b).Shows(t, 200, termsTitle)
}

// TestS19_NotNowByTheOldCookie: the ceremony of somebody who said "not now" is over, even for a browser that did not hear so.
func TestS19_NotNowByTheOldCookie(t *testing.T) {
	t.Parallel()
	h := newHouse(t, terms("1"))
	ana := h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	a.asked(b)
	action, form := b.last.Form(t, "/terms")
	header := map[string]string{"Content-Type": formType, "Sec-Fetch-Site": "same-origin", "Cookie": "__Host-browser=" + b.cookie("__Host-browser")}
	send := func(choice string) string {
		return h.Send("POST", action, header, with(form, "choice", choice).Encode()).Raw
	}
	for _, choice := range []string{"later", "accept", "later"} {
		if got := send(choice); !strings.Contains(got, "error=access_denied") || strings.Contains(got, "code=") {
			t.Errorf("%s: %.400s", choice, got)
		}
	}
	if n := len(h.Recorded(ana.ID, "terms.accepted")); n != 0 {
		t.Error("accepted after all")
	}
}

// TestS19_NotNowSignsOut: the session that somebody came with ends, and what applications have of it.
func TestS19_NotNowSignsOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	tokens := a.Tokens(b)
	b.h = h.Replica(terms("1"))
	b.Get("/account").Shows(t, 200, termsTitle)
	b.Choose("/terms", "later").Shows(t, 200, "signed out")
	if b.Session() != "" || len(h.Recorded(ana.ID, "session.ended")) != 1 {
		t.Error("still signed in")
	}
	if a.Active(tokens.Str("access_token")) {
		t.Error("the application still has something")
	}
	b.Get("/account").Shows(t, 200, `name="password"`)
}

// TestS19_OlderVersion: what is accepted is what was shown. A page that is older than the terms is shown as they are now.
func TestS19_OlderVersion(t *testing.T) {
	t.Parallel()
	h := newHouse(t, terms("1"))
	ana := h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	a.asked(b)
	next := h.Replica(terms("2"))
	action, form := b.last.Form(t, "/terms")
	header := map[string]string{"Content-Type": formType, "Sec-Fetch-Site": "same-origin", "Cookie": "__Host-browser=" + b.cookie("__Host-browser")}
	got := next.Send("POST", action, map[string]string{"Content-Type": header["Content-Type"], "Sec-Fetch-Site": "none", "Cookie": header["Cookie"]}, with(form, "choice", "accept").Encode())
	if got.Status != http.StatusOK || !strings.Contains(got.Raw, "New in 2.") || !strings.Contains(got.Raw, "changed again") {
		t.Errorf("answered %d %.300s", got.Status, got.Raw)
	}
	for _, version := range []string{"", "0", "2"} { // made up: this server's are 1
		if p := h.Send("POST", action, header, with(form, "choice", "accept", "version", version).Encode()); !strings.Contains(p.Raw, "New in 1.") {
			t.Errorf("version %q: %d %.300s", version, p.Status, p.Raw)
		}
	}
	if n := len(h.Recorded(ana.ID, "terms.accepted")); n != 0 {
		t.Errorf("%d acceptances", n)
	}
	if h.Send("POST", action, header, with(form, "choice", "accept", "version", strings.Repeat("1", 65)).Encode()).Status != http.StatusBadRequest {
		t.Error("a version without end")
	}
}

// TestS19_Twice: sent twice, at once or one after the other, and from two tabs, it is accepted once and each goes on.
func TestS19_Twice(t *testing.T) {
	t.Parallel()
	h := newHouse(t, terms("1"))
	ana := h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	a.asked(b)
	first := b.last
	second := b.Get(a.Ask("state", "st-2")) // another tab, not signed in yet
	b.last = first
	if a.Back(b.Choose("/terms", "accept")).Get("code") == "" {
		t.Error("the first")
	}
	b.last = first
	if a.Back(b.Choose("/terms", "accept")).Get("code") == "" {
		t.Error("Back, and once more")
	}
	if p := b.Get(second.URL.Path); p.To == nil || p.To.Query().Get("state") != "st-2" || p.To.Query().Get("code") == "" {
		t.Errorf("the other tab: %v %s", p.To, title(p))
	}

	h.Passes(time.Second)
	ben := h.Person("ben")
	c := h.Browser()
	c.Get(a.Ask())
	c.SignIn("ben", anasPassword).Shows(t, 200, termsTitle)
	action, form := c.last.Form(t, "/terms")
	form.Set("choice", "accept")
	header := map[string]string{"Content-Type": formType, "Sec-Fetch-Site": "same-origin", "Cookie": "__Host-browser=" + c.cookie("__Host-browser")}
	for _, got := range AtOnce(10, func() *answer { return h.Send("POST", action, header, form.Encode()) }) {
		if got.Status != 200 || !strings.Contains(got.Raw, "code=") {
			t.Errorf("answered %d %.300s", got.Status, got.Raw)
		}
	}
	if len(h.Recorded(ana.ID, "terms.accepted")) != 1 || len(h.Recorded(ben.ID, "terms.accepted")) != 1 {
		t.Error("not once each")
	}
}

// TestS19_AnothersPage: a page that was drawn for one person accepts nothing for another.
func TestS19_AnothersPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, terms("1"))
	h.Person("ana")
	ben := h.Person("ben")
	a := h.App("records")
	b := h.Browser()
	a.asked(b)
	_, anas := b.last.Form(t, "/terms")
	c := h.Browser()
	c.Get(a.Ask())
	c.SignIn("ben", anasPassword).Shows(t, 200, termsTitle)
	action, _ := c.last.Form(t, "/terms")
	p := c.Post(action, url.Values{"ticket": anas["ticket"], "version": {"1"}, "choice": {"accept"}})
	if p.Shows(t, 200, termsTitle); len(h.Recorded(ben.ID, "terms.accepted")) != 0 {
		t.Error("accepted by another's page")
	}
}

// TestS19_NobodyElseIsAsked: not who sets a forgotten password, not who is locked out, and not who has yet to show who they are.
func TestS19_NobodyElseIsAsked(t *testing.T) {
	t.Parallel()
	h := newHouse(t, terms("1"))
	ana := h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	if p := b.Get(a.Ask()); strings.Contains(p.Body, termsTitle) {
		t.Error("a stranger is asked")
	}
	if p := b.SignIn("ana", "wrong"); strings.Contains(p.Body, termsTitle) {
		t.Error("a guesser is asked")
	}
	h.SetStatus(ana.ID, provider.Locked)
	c := h.Browser()
	c.Get(a.Ask())
	if p := c.SignIn("ana", anasPassword); p.Status != 403 || strings.Contains(p.Body, termsTitle) {
		t.Errorf("locked: %d %s", p.Status, title(p))
	}
}

// asking counts what is asked about terms, and may fail.
type asking struct {
	provider.Store
	asked atomic.Int64
	fails atomic.Bool
}

func (s *asking) TermsAccepted(ctx context.Context, account provider.AccountID, version string) (time.Time, error) {
	s.asked.Add(1)
	if s.fails.Load() {
		return time.Time{}, errors.New("the disk is gone")
	}
	return s.Store.TermsAccepted(ctx, account, version)
}

// TestS19_CostsNothing: without terms nothing is read about them, and with them once in a request that could ask; where that cannot be
// read, nobody is let past.
func TestS19_CostsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	watched := &asking{Store: h.Store}
	put := func(c *server.Config) { c.Store = watched }
	a := h.App("records")
	plain := h.Browser()
	plain.h = h.Replica(put)
	if p := a.asked(plain); p.To == nil || watched.asked.Load() != 0 {
		t.Errorf("%d looks without terms, led to %v", watched.asked.Load(), p.To)
	}
	plain.Get("/terms").Shows(t, 404)

	b := h.Browser()
	b.h = h.Replica(put, terms("1"))
	b.Get(a.Ask())
	if watched.asked.Load() != 0 {
		t.Error("looked before anybody was known")
	}
	b.SignIn("ana", anasPassword).Shows(t, 200, termsTitle)
	b.Choose("/terms", "accept")
	watched.asked.Store(0)
	if p := b.Get(a.Ask()); p.To == nil || watched.asked.Load() != 1 {
		t.Errorf("%d looks, led to %v", watched.asked.Load(), p.To)
	}
	watched.fails.Store(true)
	if p := b.Get(a.Ask()); p.To != nil || p.Status != http.StatusInternalServerError {
		t.Errorf("let past: %d %v", p.Status, p.To)
	}
	if p := b.once(http.MethodGet, "/terms", nil); p.Header.Get("Location") != "https://www.example.org/terms" {
		t.Errorf("/terms leads to %q", p.Header.Get("Location"))
	}
}
