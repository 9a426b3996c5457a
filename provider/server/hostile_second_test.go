package server_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/lookup"
)

// phonedIn is a browser in which ana has shown her password and a texted code.
func (h *house) phonedIn(a *app) *browser {
	h.t.Helper()
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword)
	if p := b.Fill("/text", "code", h.CodeFor(provider.ByText, anasPhone)); p.Gave() == "" {
		h.t.Fatal(title(p))
	}
	return b
}

// A browser that somebody left, with a session of hours ago, must not be enough to bind a passkey for ever.
func TestHostile_StaleSessionBinds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Phoned("ana")
	a := h.App("records", twoStep)
	b := h.phonedIn(a)
	for range 12 { // somebody reads on, without ever showing anything again
		h.Passes(14 * time.Minute)
		b.Get("/account").Shows(t, 200)
	}
	p := b.Get(a.Ask("acr_values", "phr"))
	if strings.Contains(p.Body, "data-options=") && !strings.Contains(p.Body, `name="password"`) {
		b.Fill("/passkey", "response", h.Device().Makes(b.last))
	}
	if n := len(h.ofKind(ana.ID, provider.Passkey)); n != 0 {
		t.Errorf("a passkey was bound by a session whose proofs are nearly three hours old, with no new proof; code %q", b.last.Gave())
	}
}

// After the session was idle, the second factor must be shown again where it is demanded.
func TestHostile_IdleSecondFactor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Phoned("ana")
	a, s := h.App("records", twoStep), h.App("downloads", strong)
	b := h.phonedIn(a)
	for range 5 { // days of it
		h.Passes(11 * time.Hour)
		b.Get("/account").Asks(t, "idle")
		b.SignIn("ana", anasPassword).Shows(t, 200)
	}
	h.Mail()
	p := b.Get(s.Ask())
	if p.Gave() != "" {
		claims := s.claims(p)
		t.Errorf("password alone, 55 hours after the texted code: acr %v amr %v auth_time %v ago", claims["acr"], claims["amr"], h.now().Sub(time.Unix(int64(claims["auth_time"].(float64)), 0)))
	}
	p = b.Get(a.Ask("acr_values", "phr"))
	if strings.Contains(p.Body, "data-options=") {
		b.Fill("/passkey", "response", h.Device().Makes(b.last))
	}
	if n := len(h.ofKind(ana.ID, provider.Passkey)); n != 0 {
		t.Error("and a passkey was bound by it")
	}
}

// Who has the password alone must not read the whole address on file.
func TestHostile_AddressOnFileStaysMasked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword)
	for range 8 { // five codes, then refusals
		b.Fill("/way", "way", "email.on-file")
		if strings.Contains(b.last.Body, "ana@example.org") {
			t.Fatalf("the whole address: %d %s", b.last.Status, title(b.last))
		}
		if !strings.Contains(b.last.Body, "email.on-file") {
			b.Fill("/other")
		}
	}
}

// Of an account that staff locked meanwhile nothing is bound.
func TestHostile_LockedMeanwhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword)
	b.Fill("/way", "way", "passkey").Shows(t, 200, "data-options=")
	response := h.Device().Makes(b.last)
	h.SetStatus(ana.ID, provider.Locked)
	b.Fill("/passkey", "response", response)
	if n := len(h.ofKind(ana.ID, provider.Passkey)); n != 0 {
		t.Errorf("a passkey was bound to a locked account (%d %s)", b.last.Status, title(b.last))
	}
}

// A passkey of somebody else, made for the page before the account was known, is refused without a 5xx.
func TestHostile_PasskeyOfAnotherAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records", twoStep)
	h.Person("bruno")
	h.Person("ana")
	keys := map[string]*key{}
	for _, who := range []string{"bruno", "ana"} {
		b := h.Browser()
		b.Get(a.Ask())
		b.SignIn(who, anasPassword)
		b.Fill("/way", "way", "passkey")
		keys[who] = h.Device()
		b.Fill("/passkey", "response", keys[who].Makes(b.last))
	}
	b := h.Browser()
	b.Get(a.Ask())
	early := keys["bruno"].Signs(b.last)
	b.SignIn("ana", anasPassword)
	p := b.Fill("/passkey", "response", early)
	if p.Status >= 500 {
		t.Errorf("answered %d %s", p.Status, title(p))
	}
	if p.Gave() != "" {
		t.Error("accepted")
	}
}

// A sheet without codes is no way to sign in.
func TestHostile_EmptySheet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	sheet := lookup.SheetFor(h.Keyset, "x", "kit")
	data := lookup.Encode(h.Keyset, sheet)
	for _, code := range sheet {
		data, _ = lookup.Spend(h.Keyset, data, code, h.now())
	}
	h.Gives(ana, provider.RecoveryCode, data)
	b := h.Browser()
	b.Get(h.App("records", twoStep).Ask())
	p := b.SignIn("ana", anasPassword)
	if lookup.Left(data) == 0 && strings.Contains(p.Body, `/recovery"`) {
		t.Errorf("asks for a code of an empty sheet: %s", title(p))
		lost := b.Get(p.URL.Path + "/lost")
		t.Logf("lost: %d %s, ways %v", lost.Status, title(lost), lost.radios())
		ways := b.Get("/account/ways")
		t.Logf("ways: %d %s", ways.Status, title(ways))
	}
}

// "Sign in as someone else" in the settings must lead somewhere.
func TestHostile_SwitchInSettings(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, _, _ := h.AtWays()
	h.Person("bruno")
	h.Passes(11 * time.Minute)
	b.Get("/account/ways").Shows(t, 200, "/switch")
	b.Fill("/switch")
	p := b.SignIn("bruno", anasPassword)
	if p.Status >= 400 {
		t.Errorf("bruno, with the right password, gets %d %s", p.Status, title(p))
	}
}

func TestHostile_IntrospectionAMR(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Phoned("ana")
	a := h.App("records", twoStep)
	p := h.phonedIn(a).last
	got := a.Introspect(a.Redeem(p.Gave()).Str("access_token"))
	if got.JSON["acr"] == nil || got.JSON["amr"] == nil {
		t.Errorf("introspection: acr %v amr %v", got.JSON["acr"], got.JSON["amr"])
	}
}

// What was remembered by an address that its owner took away counts no more.
func TestHostile_RememberedAfterRemoval(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Phoned("ana")
	h.Gives(ana, provider.EmailCode, address(anasMail))
	a := h.App("records", twoStep)
	thief := h.Browser()
	thief.Get(a.Ask())
	thief.SignIn("ana", anasPassword)
	mail := h.ofKind(ana.ID, provider.EmailCode)[0]
	thief.Fill("/way", "way", mail.ID)
	thief.Fill("/email", "code", h.CodeFor(provider.ByEmail, anasMail), "remember", "on")
	thief.Out()
	b := h.Browser()
	b.Get("/account")
	b.SignIn("ana", anasPassword)
	b.Get("/account/ways")
	b.Fill("/way", "way", h.ofKind(ana.ID, provider.TextCode)[0].ID)
	b.Fill("/text", "code", h.CodeFor(provider.ByText, anasPhone))
	b.Post("/account/ways/"+mail.ID+"/remove", url.Values{})
	if len(h.ofKind(ana.ID, provider.EmailCode)) != 0 {
		t.Fatal("not removed: " + title(b.last))
	}
	thief.Get(a.Ask())
	if p := thief.SignIn("ana", anasPassword); p.Gave() != "" {
		t.Error("the browser that was remembered by the address that is gone is still remembered")
	}
}

// A factor that its owner takes away takes along what was got with it alone.
func TestHostile_GrantsAfterRemoval(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	b := h.Browser().In("ana")
	b.Get("/account/add/passkey")
	b.Fill("/way", "way", b.last.radios()[0])
	b.Fill("/email", "code", h.CodeFor(provider.ByEmail, anasMail))
	device := h.Device()
	b.Fill("/passkey", "response", device.Makes(b.last))
	a := h.App("records", twoStep)
	thief := h.Browser()
	thief.Get(a.Ask("scope", "openid offline_access"))
	tokens := a.Redeem(thief.Fill("/passkey", "response", device.Signs(thief.last)).Gave())
	b.Post("/account/ways/"+h.ofKind(ana.ID, provider.Passkey)[0].ID+"/remove", url.Values{})
	if len(h.ofKind(ana.ID, provider.Passkey)) != 0 {
		t.Fatal("not removed")
	}
	if a.Refresh(tokens.Str("refresh_token")).Status == http.StatusOK {
		t.Error("tokens that rest on the removed passkey alone are refreshed; no page offers to end the other sessions (ASVS 7.4.3)")
	}
}

// Binding in the settings needs a proof of ten minutes ago, when it binds.
func TestHostile_BindIsFresh(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana, _ := h.AtWays()
	h.Passes(9 * time.Minute)
	b.Get("/account/add/passkey").Shows(t, 200, "data-options=")
	at := b.last.URL.Path
	for range 2 {
		h.Passes(14 * time.Minute)
		b.Get(at)
	}
	if b.last.Status == 200 && strings.Contains(b.last.Body, "data-options=") && !strings.Contains(b.last.Body, `name="password"`) {
		b.Fill("/passkey", "response", h.Device().Makes(b.last))
	}
	if len(h.ofKind(ana.ID, provider.Passkey)) != 0 {
		t.Error("bound by proofs of 37 minutes ago")
	}
}

// Guesses of the current password are on record.
func TestHostile_GuessesOnRecord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana, _ := h.AtWays()
	before, err := h.Store.Events(context.Background(), ana.ID, 1000)
	must(t, err)
	for range 3 {
		b.Post("/account/password", url.Values{"password": {"not the one"}, "new_password": {"quiet walnut ledger harbor"}}).Shows(t, 422)
	}
	after, err := h.Store.Events(context.Background(), ana.ID, 1000)
	must(t, err)
	if len(after) == len(before) {
		t.Error("three wrong passwords left no record")
	}
}

// Of an account that staff locked meanwhile the password is not replaced.
func TestHostile_LockedMeanwhilePassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.Owe(ana.ID, "leaked")
	b := h.Browser()
	b.Get(h.App("records").Ask())
	b.SignIn("ana", anasPassword)
	h.SetStatus(ana.ID, provider.Locked)
	b.NewPassword(anasNewPassword)
	if len(h.Recorded(ana.ID, "password.changed")) > 1 { // the kit writes one
		t.Errorf("the password of a locked account was replaced (%d %s)", b.last.Status, title(b.last))
	}
}

// The last code of a sheet still opens the door that it was shown for.
func TestHostile_LastCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, sheet := h.Papered("ana")
	a := h.App("records", twoStep)
	for i, code := range sheet {
		b := h.Browser()
		b.Get(a.Ask())
		b.SignIn("ana", anasPassword)
		b.Fill("/recovery", "code", code)
		if b.Onward().Gave() == "" {
			t.Fatalf("code %d of %d: %s", i+1, len(sheet), title(b.last))
		}
	}
}
