package server_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"gatehouse/provider"
)

// TestHostile_ProofLeftAtConsent: Ana proves her password, is asked for consent, and walks away. Whoever comes next and
// presses Back and Allow gets nothing, once she has signed out or the idle time is over.
func TestHostile_ProofLeftAtConsent(t *testing.T) {
	t.Parallel()
	out := func(b *browser) { b.Out() }
	wait := func(b *browser) { b.h.Passes(15 * time.Minute) }
	for name, c := range map[string]struct {
		session bool
		leave   func(*browser)
	}{
		"signs out without a session": {false, out}, "signs out of a session": {true, out},
		"goes away without a session": {false, wait}, "goes away from a session": {true, wait},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			ana := h.Person("ana")
			a := h.App("tracker", thirdParty)
			b := h.Browser()
			if c.session {
				b.In("ana")
			}
			b.Get(a.Ask("prompt", "login"))
			left := b.SignIn("ana", anasPassword)
			left.Form(t, "/consent")
			c.leave(b)
			begun, at := h.Rows("sessions"), left.Step()

			b.last = left // the page as the browser has kept it
			b.Choose("/consent", "allow").Asks(t, "Allow on the page that was left")
			b.Get(at).Asks(t, "Back")
			if n := h.Rows("grants"); n != 0 || h.Rows("sessions") != begun {
				t.Errorf("%d grants, %d more sessions", n, h.Rows("sessions")-begun)
			}
			if _, err := h.Store.Consent(context.Background(), ana.ID, "tracker"); !errors.Is(err, provider.ErrNotFound) {
				t.Errorf("a consent was written: %v", err)
			}
		})
	}
}

// TestHostile_ProofIsPatient: whoever reads the consent page for some minutes may still answer it.
func TestHostile_ProofIsPatient(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("tracker", thirdParty)
	b := h.Browser()
	b.Get(a.Ask())
	h.Passes(14 * time.Minute)
	b.SignIn("ana", anasPassword)
	h.Passes(14 * time.Minute)
	if p := b.Choose("/consent", "allow"); p.Gave() == "" {
		t.Errorf("14 minutes were too long: %s", title(p))
	}
}

// TestHostile_BackToCompletedCeremony: the idle time cannot be got round by Back to the ceremony that began the session.
func TestHostile_BackToCompletedCeremony(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	form := b.Get(a.Ask())
	at := form.Step()
	if b.SignIn("ana", anasPassword).Gave() == "" || b.Get(at).Gave() == "" {
		t.Fatal("no sign-in, or a form sent twice leads nowhere")
	}
	h.Passes(15 * time.Minute)
	b.Get(a.Ask()).Asks(t, "idle")
	grants := h.Rows("grants")
	b.Get(at).Asks(t, "Back")
	b.last = form
	b.Choose("/password", "").Asks(t, "the form again")
	if n := h.Rows("grants") - grants; n != 0 {
		t.Errorf("%d more grants", n)
	}
}

// TestHostile_FormForAnother: a page that was drawn for Ana answers for nobody else, although Bruno has signed in meanwhile.
func TestHostile_FormForAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ask    []string
		suffix string
		choice string
	}{
		"allow":   {nil, "/consent", "allow"},
		"deny":    {nil, "/consent", "deny"},
		"go on":   {[]string{"prompt", "select_account"}, "/choose", "keep"},
		"another": {[]string{"prompt", "select_account"}, "/choose", "other"},
		"switch":  {[]string{"prompt", "login"}, "/switch", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.Person("ana")
			bruno := h.Person("bruno")
			a := h.App("tracker", thirdParty)
			b := h.Browser().In("ana")
			drawn := b.Get(a.Ask(c.ask...))
			action, form := drawn.Form(t, c.suffix)
			other := h.Browser().In("bruno") // in another tab: the browser has his session, and its ceremonies
			here := mustURL(t, h.URL)
			b.http.Jar.SetCookies(here, cookies("__Host-session", other.Session()))
			before := b.Get(drawn.Step())
			form.Set("choice", c.choice)
			if c.choice == "" {
				form.Del("choice")
			}
			after := b.Post(action, form)
			if after.To != nil || title(after) != title(before) {
				t.Errorf("%s became %s, %v", title(before), title(after), after.To)
			}
			if _, err := h.Store.Consent(context.Background(), bruno.ID, "tracker"); !errors.Is(err, provider.ErrNotFound) {
				t.Errorf("bruno's consent: %v", err)
			}
			if h.Rows("grants") != 0 || len(h.Recorded(bruno.ID, "consent.refused")) != 0 || b.Session() != other.Session() {
				t.Error("something of bruno's has changed")
			}
		})
	}
}

// TestHostile_DenialIsNobodyElses: Ana says no and leaves. Bruno, in the same browser, is asked himself.
func TestHostile_DenialIsNobodyElses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	h.Person("bruno")
	a := h.App("tracker", thirdParty)
	b := h.Browser().In("ana")
	at := b.Get(a.Ask()).Step()
	a.Refused(b.Choose("/consent", "deny"), "access_denied")
	other := h.Browser().In("bruno")
	b.http.Jar.SetCookies(mustURL(t, h.URL), cookies("__Host-session", other.Session()))
	p := b.Get(at)
	if p.To != nil {
		t.Fatalf("refused on ana's word: %v", p.To)
	}
	p.Form(t, "/consent")
	if p := b.Choose("/consent", "allow"); p.Gave() == "" {
		t.Errorf("and then: %s", title(p))
	}
}

// TestHostile_HintsOutliveAnotherTab: whom a request hints at still matters when another tab signs in first.
func TestHostile_HintsOutliveAnotherTab(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	h.Person("bruno")
	a := h.App("records")
	of := a.Tokens(h.Browser()).Str("id_token")

	b := h.Browser()
	at := b.Get(a.Ask("login_hint", "bruno")).Step()
	b.In("ana")
	p := b.Get(at)
	if p.To != nil {
		t.Fatalf("bruno was hinted at, and ana went on unasked: %v", p.To)
	}
	p.Form(t, "/choose")
	if p = b.Choose("/choose", "keep"); p.Gave() == "" {
		t.Errorf("ana goes on: %s", title(p))
	}
	a.Refused(b.Get(a.Ask("login_hint", "bruno", "prompt", "none")), provider.RefuseAccount)
	a.Refused(b.Get(a.Ask("login_hint", "nobody", "prompt", "none")), provider.RefuseAccount)
	for _, hint := range []string{"ana", "Ana@example.org"} {
		if p := b.Get(a.Ask("login_hint", hint, "prompt", "none")); p.Gave() == "" {
			t.Errorf("login_hint=%s is ana: %v", hint, p.To)
		}
	}

	b = h.Browser()
	at = b.Get(a.Ask("id_token_hint", of)).Step()
	b.In("bruno")
	b.Get(at).Asks(t, "ana was hinted at, and bruno has signed in")
	if p := b.SignIn("ana", anasPassword); p.Gave() == "" {
		t.Errorf("ana signs in: %s %v", title(p), p.To)
	}
}

// TestHostile_ClockSetBack: a server whose clock is set back goes on signing people in.
func TestHostile_ClockSetBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	h.Person("bea", func(_ *provider.Account, p *provider.Authenticator) { p.ChangeOwed = "asked" })
	a := h.App("records")
	b, owes := h.Browser(), h.Browser()
	b.Get(a.Ask())
	owes.Get(a.Ask())
	h.Passes(-4 * time.Minute)
	if p := b.SignIn("ana", anasPassword); p.Gave() == "" {
		t.Errorf("between the page and its form: %s", title(p))
	}
	owes.SignIn("bea", anasPassword)
	h.Passes(-4 * time.Minute)
	if p := owes.NewPassword(anasNewPassword); p.Gave() == "" {
		t.Errorf("before the new password: %s", title(p))
	}
	if p := owes.Get(a.Ask()); p.Gave() == "" {
		t.Errorf("a moment after it: %s", title(p))
	}
	h.Passes(-time.Hour)
	for name, password := range map[string]string{"ana": anasPassword, "bea": anasNewPassword} {
		b = h.Browser()
		b.Get(a.Ask())
		if p := b.SignIn(name, password); p.Gave() == "" {
			t.Errorf("%s, whose password is from the future: %s", name, title(p))
		}
		if p := b.Get(a.Ask()); p.Gave() == "" {
			t.Errorf("%s, a moment later: %s", name, title(p))
		}
	}
}

// TestHostile_TwoTabsRenew: two tabs of one browser renew its session at the same moment, and both go on.
func TestHostile_TwoTabsRenew(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	for range 20 {
		b := h.Browser().In("ana")
		h.Passes(16 * time.Minute)
		tabs := make(chan *page, 2)
		tabs <- b.Get(a.Ask("state", "one"))
		tabs <- b.Get(a.Ask("state", "two"))
		sessions := h.Rows("sessions")
		led := AtOnce(2, func() string {
			action, form := (<-tabs).Form(t, "/password")
			form.Set("username", "ana")
			form.Set("password", anasPassword)
			p := b.once("POST", action, form)
			if p.Gave() == "" {
				t.Errorf("%d %s", p.Status, title(p))
				return ""
			}
			return p.To.Query().Get("state")
		})
		if slices.Sort(led); !slices.Equal(led, []string{"one", "two"}) || h.Rows("sessions") != sessions {
			t.Fatalf("led to %q, %d more sessions", led, h.Rows("sessions")-sessions)
		}
		if p := b.Get(a.Ask()); p.Gave() == "" {
			t.Fatalf("the browser is left without a session: %s", title(p))
		}
	}
}

// TestHostile_ReplacedSessionIsRecorded: a session that ends because somebody else signs in leaves a record, and only one.
func TestHostile_ReplacedSessionIsRecorded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bruno := h.Person("ana"), h.Person("bruno")
	b := h.Browser().In("ana")
	old, err := h.Store.SessionBySecret(context.Background(), provider.HashSecret(b.Session()))
	must(t, err)
	b.Get(h.App("records").Ask("prompt", "login"))
	b.Choose("/switch", "")
	if len(h.Recorded(ana.ID, "session.ended")) != 0 {
		t.Error("ended before anybody else had signed in")
	}
	if p := b.SignIn("bruno", anasPassword); p.Gave() == "" {
		t.Fatal(title(p))
	}
	ended := h.Recorded(ana.ID, "session.ended")
	if len(ended) != 1 || ended[0].Session != old.ID || ended[0].Detail["why"] != "replaced" || ended[0].At.IsZero() {
		t.Errorf("recorded %+v", ended)
	}
	if len(h.Recorded(bruno.ID, "session.began")) != 1 {
		t.Error("bruno's began without a record")
	}
}
