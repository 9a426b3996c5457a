package server_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/activation"
)

// toSecret walks to the page that asks for a passkey or a password.
func (b *browser) toSecret(code string) *page {
	b.activates(code)
	goes(newcomer(b, "mary@example.org", "+16175550123", "mary"), allSteps-2)
	return b.last.Shows(b.t, 200, "Choose how to sign in", "data-options=", `name="new_password"`)
}

// TestA12_Passkey: an account is opened with a passkey in place of a password, signs its owner in to the application as surely as that
// is, and signs in anew with the passkey alone.
func TestA12_Passkey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	a := h.App("records")
	b, k := h.Browser(), h.Device()
	b.Get(a.Ask())
	b.Get(link(t, b.last, "/activate?"))
	b.Get(link(t, b.last, "/activate/code?"))
	b.Fill("/activate/code", "code", made.Code)
	goes(newcomer(b, "mary@example.org", "+16175550123", "mary"), allSteps-2)
	b.Fill("/passkey", "response", k.Makes(b.last)).Shows(t, 200, "Check and finish", "Passkey", "Created")
	p := b.Fill("/finish").Shows(t, 200, "Your account is ready")
	if strings.Contains(p.Body, "/account/add/passkey") {
		t.Error("a passkey is offered to who has just made one")
	}
	account := h.opened(made, "mary", 3)
	held, err := h.Store.Authenticators(context.Background(), account.ID)
	must(t, err)
	if _, has := provider.Held(held, provider.Password); has {
		t.Error("there is a password")
	}
	tokens := a.Redeem(a.Back(b.Get(link(t, b.last, "/authorize?"))).Get("code")).Is(200, "")
	if _, claims := a.Verified(tokens.Str("id_token")); claims["acr"] != "urn:gatehouse:acr:phr" {
		t.Errorf("acr %v", claims["acr"])
	}
	other := h.Browser()
	other.Get("/account")
	other.Fill("/passkey", "response", k.Signs(other.last)).Shows(t, 200)
	if other.Session() == "" {
		t.Error("the passkey does not sign in")
	}
}

// TestA12_PasskeyMustVerify: a passkey that asks for no face, finger or PIN cannot stand alone; neither can one that was made for
// another page, another account or twice. None of them is kept, and the browser hears what it may forget.
func TestA12_PasskeyMustVerify(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.Browser()
	b.toSecret(h.Invites("MRN-1").Code)
	k := h.Device()
	k.device.Options.UserNotVerified = true
	b.Fill("/passkey", "response", k.Makes(b.last)).Shows(t, 422, "Choose how to sign in", "cannot stand alone", "signalUnknownCredential")
	foreign := h.Browser()
	foreign.toSecret(h.Invites("MRN-2").Code)
	fromThere := h.Device().Makes(foreign.last)
	for _, junk := range []string{fromThere, "{}", ""} {
		b.Fill("/passkey", "response", junk).Shows(t, 422, "Choose how to sign in", "could not save it")
	}
	whole := h.Device()
	right := whole.Makes(b.last)
	action, _ := b.last.Form(t, "/passkey")
	b.Post(action, url.Values{"response": {right}}).Shows(t, 200, "Check and finish")
	b.Fill("/change", "choice", "secret").Shows(t, 200, "Choose how to sign in")
	if p := b.Post(action, url.Values{"response": {right}}); p.Status != 422 || strings.Contains(p.Body, "signalUnknownCredential") {
		t.Errorf("an answer that was used: %d %s", p.Status, title(p))
	}
	b.Fill("/password", "new_password", marysPassword).Shows(t, 200, "Check and finish", "Password")
	b.Fill("/finish").Shows(t, 200, "Your account is ready", "/account/add/passkey")
	if h.Rows("authenticators") != 3 {
		t.Errorf("%d authenticators", h.Rows("authenticators"))
	}
}

// TestA05_NewCode: whoever knows the facts of a code that has run out has a new one sent to the contact of the office, masked on the
// page; once, however often and at how many places they press. It opens the account; the office's own newer code goes first.
func TestA05_NewCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	speaks := func(in *activation.Invitation) { in.Lasts = time.Hour }
	old := h.Invites("MRN-1", speaks)
	nowhere := h.Invites("MRN-2", speaks, func(in *activation.Invitation) { in.Contact.Email, in.Contact.Phone = "", "" })
	ancient := h.Invites("MRN-3", speaks)
	h.Passes(time.Hour)
	b := h.Browser()
	b.activates(old.Code)
	p := b.born("2", "14", "1987").Shows(t, 410, "This code has run out", "We can send a new code")
	if strings.Contains(p.Body, "mary@example.org") {
		t.Error("the contact is shown whole")
	}
	action, _ := p.Form(t, "/renew")
	twins := make(chan *browser, 20)
	for range 20 {
		twins <- b.Twin()
	}
	AtOnce(20, func() bool {
		p := (<-twins).Post(action, url.Values{})
		p.Shows(t, 410, "We sent you a new code", "/activate/code")
		return true
	})
	second := h.Browser()
	second.activates(old.Code)
	if p := second.born("2", "14", "1987"); strings.Contains(p.Body, "/renew") {
		t.Error("it can be renewed again while there is a newer one")
	}
	sent := h.Told("M-06")
	if len(sent) != 1 || sent[0].To != "mary@example.org" {
		t.Fatalf("sent %d times", len(sent))
	}
	third := h.Browser()
	third.activates(nowhere.Code)
	if p := third.born("2", "14", "1987").Shows(t, 410, "This code has run out", "Call us"); strings.Contains(p.Body, "/renew") {
		t.Error("offered with nowhere to send it to")
	}
	b.comes(sent[0].Data["what"], "mary@example.org", "+16175550123", "mary")
	h.Passes(366 * 24 * time.Hour)
	late := h.Browser()
	late.activates(ancient.Code)
	if p := late.born("2", "14", "1987").Shows(t, 410, "This code has run out"); strings.Contains(p.Body, "/renew") {
		t.Error("offered a year later")
	}
	all, err := h.Store.ActivationsOf(context.Background(), "MRN-1")
	must(t, err)
	if n := len(slices.DeleteFunc(all, func(a provider.Activation) bool { return a.ID == old.ID })); n != 1 {
		t.Errorf("%d new invitations", n)
	}
}
