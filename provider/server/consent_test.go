package server_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

// asked opens a request as Ana, up to the page that it shows or the address that it leads to.
func (a *app) asked(b *browser, pairs ...string) *page {
	a.t.Helper()
	p := b.Get(a.Ask(pairs...))
	if p.To == nil && strings.Contains(p.Body, `name="password"`) {
		p = b.SignIn("ana", anasPassword)
	}
	return p
}

// TestO01_Consent: asked once, with what is asked and by whom; then remembered for as long as the page said.
func TestO01_Consent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("thirdapp", thirdParty)
	b := h.Browser()
	p := a.asked(b, "scope", "openid email phone").Shows(t, 200, "Share your data with", "The thirdapp app", "thirdapp.example", "365", `value="allow"`, `value="deny"`)
	if b.Session() != "" || strings.Contains(p.Body, `type="checkbox"`) {
		t.Error("a session or an option before the answer")
	}
	b.Choose("/consent", "perhaps").Shows(t, 200, "Share your data with")
	tokens := a.Redeem(a.Back(b.Choose("/consent", "allow")).Get("code"))
	if tokens.Str("scope") != "email openid phone" {
		t.Errorf("scope %q", tokens.Str("scope"))
	}
	a.Back(b.Get(a.Ask("scope", "openid email phone", "prompt", "none")))
	if got := a.Back(b.Get(a.Ask("scope", "openid email", "prompt", "none"))); got.Get("code") == "" {
		t.Errorf("less than was allowed: %v", got)
	}
	a.Refused(b.Get(a.Ask("scope", "openid email address", "prompt", "none")), "consent_required")
	if p := a.asked(h.Browser(), "scope", "openid email phone"); p.To == nil {
		t.Errorf("asked again in another browser: %s", title(p))
	}
	b.Get(a.Ask("scope", "openid address")).Shows(t, 200, "Keep sharing with")
	a.Refused(b.Choose("/consent", "deny"), "access_denied")
	if got := a.Back(b.Get(a.Ask("scope", "openid email", "prompt", "none"))); got.Get("code") == "" {
		t.Errorf("a no to more has taken what was allowed: %v", got)
	}
	h.Passes(365 * 24 * time.Hour)
	a.asked(b, "scope", "openid email").Shows(t, 200, "haring with")
}

// TestO05_Deny: back to the app with access_denied, nothing kept.
func TestO05_Deny(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("thirdapp", thirdParty)
	b := h.Browser()
	a.asked(b)
	consent := b.last
	p := b.Choose("/consent", "deny")
	if a.Refused(p, "access_denied"); p.To.Query().Get("state") != "st-1" {
		t.Errorf("led to %v", p.To)
	}
	b.last = consent // Back, and the other answer: the first one stands
	if p := b.Choose("/consent", "allow"); p.To != nil && p.To.Query().Has("code") {
		t.Errorf("denied and then %v", p.To)
	}
	if _, err := h.Store.Consent(context.Background(), ana.ID, "thirdapp"); err == nil {
		t.Error("a consent was kept")
	}
	a.asked(b).Shows(t, 200, "Share your data")
}

// TestO03_OfflineAccess: off until ticked, and then only as long as it is.
func TestO03_OfflineAccess(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("thirdapp", thirdParty)
	const scope = "openid email offline_access"
	b := h.Browser()
	p := a.asked(b, "scope", scope).Shows(t, 200, `type="checkbox"`, `value="offline_access"`)
	if strings.Contains(p.Body, "checked") {
		t.Error("it is ticked beforehand")
	}
	off := a.Redeem(a.Back(b.Choose("/consent", "allow")).Get("code"))
	if off.Str("scope") != "email openid" {
		t.Errorf("unticked gave %q", off.Str("scope"))
	}
	if again := a.Redeem(a.Back(b.Get(a.Ask("scope", scope))).Get("code")); again.Str("scope") != "email openid" {
		t.Errorf("unticked once, later %q", again.Str("scope"))
	}
	b.Get(a.Ask("scope", scope, "prompt", "consent")).Shows(t, 200, "Keep sharing with")
	on := a.Redeem(a.Back(b.Choose("/consent", "allow", "scope", "offline_access")).Get("code"))
	if on.Str("scope") != "email offline_access openid" {
		t.Errorf("ticked gave %q", on.Str("scope"))
	}
	b.Get("/logout")
	b.Choose("/logout/confirm", "")
	a.Refresh(off.Str("refresh_token")).Is(400, "invalid_grant")
	a.Refresh(on.Str("refresh_token")).Is(200, "")
}

// TestO01_OnlyWhatWasAsked: a form that ticks more than the page offered gets no more.
func TestO01_OnlyWhatWasAsked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("thirdapp", thirdParty)
	b := h.Browser()
	a.asked(b, "scope", "openid email")
	p := b.Choose("/consent", "allow", "scope", "address", "scope", "offline_access", "scope", "email")
	if got := a.Redeem(a.Back(p).Get("code")); got.Str("scope") != "email openid" {
		t.Errorf("scope %q", got.Str("scope"))
	}
}

// TestO09_ConsentTwice: sent twice at once or one after the other, each answer goes on.
func TestO09_ConsentTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("thirdapp", thirdParty)
	b := h.Browser()
	a.asked(b)
	consent := b.last
	first := b.Choose("/consent", "allow")
	b.last = consent
	second := b.Choose("/consent", "allow")
	for _, p := range []*page{first, second} {
		if a.Back(p).Get("code") == "" {
			t.Errorf("led to %v", p.To)
		}
	}
	b.Get(a.Ask("prompt", "consent"))
	action, form := b.last.Form(t, "/consent")
	form.Set("choice", "allow")
	header := map[string]string{
		"Content-Type": formType, "Sec-Fetch-Site": "same-origin", "Cookie": "__Host-browser=" + b.cookie("__Host-browser") + "; __Host-session=" + b.Session(),
	}
	for _, got := range AtOnce(10, func() *answer { return h.Send("POST", action, header, form.Encode()) }) {
		if got.Status != 200 || !strings.Contains(got.Raw, "thirdapp.example/cb?code=") {
			t.Errorf("answered %d %.300s", got.Status, got.Raw)
		}
	}
}

// TestPromptConsent: it asks even what was allowed, even of our own app, and never in silence.
func TestPromptConsent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	for _, a := range []*app{h.App("thirdapp", thirdParty), h.App("ours")} {
		b := h.Browser()
		if p := a.asked(b); p.To == nil {
			b.Choose("/consent", "allow")
		}
		b.Get(a.Ask("prompt", "consent")).Shows(t, 200, "/consent")
		if p := b.Choose("/consent", "allow"); a.Back(p).Get("code") == "" {
			t.Errorf("led to %v", p.To)
		}
		b.Get(a.Ask("prompt", "consent select_account")).Shows(t, 200, "Who is signing in?")
		b.Choose("/choose", "keep").Shows(t, 200, "/consent")
		a.Refused(b.Get(a.Ask("prompt", "consent none")), "invalid_request")
	}
	if a := h.App("first", func(c *provider.Client) { c.FirstParty = true }); a.asked(h.Browser(), "scope", "openid profile").To == nil {
		t.Error("our own app asks for consent")
	}
}

// TestO03_ExpiredConsent: what was ticked a year ago does not come back with a new answer that leaves it out.
func TestO03_ExpiredConsent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("thirdapp", thirdParty)
	const scope = "openid offline_access"
	b := h.Browser()
	a.asked(b, "scope", scope)
	a.Back(b.Choose("/consent", "allow", "scope", "offline_access"))
	h.Passes(366 * 24 * time.Hour)
	a.asked(b, "scope", scope).Shows(t, 200, `type="checkbox"`)
	a.Back(b.Choose("/consent", "allow"))
	if got := a.Redeem(a.Back(b.Get(a.Ask("scope", scope))).Get("code")); got.Str("scope") != "openid" {
		t.Errorf("later it had %q", got.Str("scope"))
	}
}
