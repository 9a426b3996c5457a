package server_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider/audit"
)

// TestHostile_UntickedStaysUnticked: who is asked again and leaves offline_access out takes it back: it is not granted
// silently the next time, and what was given before is dead at the gate.
func TestHostile_UntickedStaysUnticked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("tracker", thirdParty)
	b := h.Browser().In("ana")
	b.Get(a.Ask("scope", "openid email offline_access"))
	older := a.Redeem(b.Choose("/consent", "allow", "scope", "offline_access").Gave()).Is(200, "")
	if !strings.Contains(older.Str("scope"), "offline_access") {
		t.Fatalf("ticked: %s", older.Str("scope"))
	}
	b.Get(a.Ask("scope", "openid email offline_access", "prompt", "consent"))
	now := a.Redeem(b.Choose("/consent", "allow").Gave()).Is(200, "")
	next := a.Redeem(b.Get(a.Ask("scope", "openid email offline_access")).Gave()).Is(200, "")
	for when, got := range map[string]string{"unticked": now.Str("scope"), "the next time": next.Str("scope")} {
		if got != "email openid" {
			t.Errorf("%s: granted %q", when, got)
		}
	}
	kept, err := h.Store.Consent(context.Background(), ana.ID, "tracker")
	must(t, err)
	if slices.Contains(kept.Scopes, "offline_access") {
		t.Errorf("kept %v", kept.Scopes)
	}
	a.Refresh(older.Str("refresh_token")).Is(400, "invalid_grant")
	if a.Active(older.Str("access_token")) {
		t.Error("the older access token lives on")
	}
}

// TestHostile_NotAskedStaysAllowed: what a page does not ask about stays as it was, unless it had run out.
func TestHostile_NotAskedStaysAllowed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("tracker", thirdParty)
	allow := func(scope string) []string {
		b := h.Browser().In("ana")
		b.Get(a.Ask("scope", scope)).Form(t, "/consent")
		b.Choose("/consent", "allow")
		kept, err := h.Store.Consent(context.Background(), ana.ID, "tracker")
		must(t, err)
		return sorted(kept.Scopes)
	}
	allow("openid phone")
	if got := allow("openid email"); !slices.Equal(got, []string{"email", "openid", "phone"}) {
		t.Errorf("kept %v", got)
	}
	h.Passes(366 * 24 * time.Hour)
	if got := allow("openid email"); !slices.Equal(got, []string{"email", "openid"}) {
		t.Errorf("what had run out came back: %v", got)
	}
}

// TestHostile_TwoAnswersAtOnce: of two answers at once, with and without the tick, one is taken: the consent that is kept
// and the grants are of the same one.
func TestHostile_TwoAnswersAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	for round := range 10 {
		a := h.App("tracker"+string(rune('a'+round)), thirdParty)
		b := h.Browser()
		b.Get(a.Ask("scope", "openid offline_access"))
		action, form := b.SignIn("ana", anasPassword).Form(t, "/consent")
		form.Set("choice", "allow")
		ticked := with(form, "scope", "offline_access").Encode()
		bare := with(form, "scope", "-").Encode()
		answers := make(chan string, 2)
		answers <- ticked
		answers <- bare
		pages := AtOnce(2, func() *page { return b.once("POST", action, mustURL(t, "?"+<-answers).Query()) })
		kept, err := h.Store.Consent(context.Background(), ana.ID, a.Client.ID)
		must(t, err)
		want := strings.Join(sorted(kept.Scopes), " ")
		for _, p := range pages {
			if p.Gave() == "" {
				t.Errorf("%d %s", p.Status, title(p))
				continue
			}
			got := a.Redeem(p.Gave()).Is(200, "").Str("scope")
			if got != want {
				t.Errorf("granted %q, kept %q", got, want)
			}
		}
		if n := h.number(t, "SELECT count(*) FROM events WHERE kind = 'consent.given' AND client = ?", a.Client.ID); n != 1 {
			t.Errorf("%d answers were taken", n)
		}
	}
}

// TestHostile_ClientRemovedMeanwhile: an application that is removed while its page is open is a page, never a fault.
func TestHostile_ClientRemovedMeanwhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	remove := func(id string) {
		must(t, h.Store.RemoveClient(context.Background(), id, audit.ClientRemoved(h.now(), id)))
	}
	fine := func(what string, p *page) {
		t.Helper()
		if p.Status >= 500 || p.To != nil {
			t.Errorf("%s: %d %s %v", what, p.Status, title(p), p.To)
		}
	}
	third := h.App("tracker", thirdParty)
	for _, choice := range []string{"allow", "deny"} {
		b := h.Browser()
		b.Get(third.Ask())
		at := b.SignIn("ana", anasPassword).Step()
		remove("tracker")
		fine(choice, b.Choose("/consent", choice))
		fine("Back", b.Get(at))
		h.Client("tracker", thirdParty)
	}
	b, a := h.Browser(), h.App("records")
	at := b.Get(a.Ask()).Step()
	remove("records")
	fine("the password", b.SignIn("ana", anasPassword))
	fine("Back", b.Get(at))
	must(t, h.Store.Ready(context.Background()))
	if n := h.Rows("grants"); n != 0 {
		t.Errorf("%d grants", n)
	}
}
