package server_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

// replaces gives an account another address of a kind.
func (h *house) replaces(id provider.AccountID, kind provider.IdentifierKind, to string) {
	h.t.Helper()
	a, err := h.Store.Account(context.Background(), id)
	must(h.t, err)
	for i := range a.Identifiers {
		if a.Identifiers[i].Kind == kind {
			a.Identifiers[i].Value, a.Identifiers[i].Canonical, a.Identifiers[i].VerifiedAt = to, to, h.now().Truncate(time.Microsecond)
		}
	}
	must(h.t, h.Store.UpdateAccount(context.Background(), a, provider.Event{At: h.now(), Kind: "test", Actor: "house"}))
}

// TestLost_OneMailboxIsOneThing: whoever reads the owner's mail, and has nothing else, finishes no recovery that the owner began
// with the password: the code that opens the reset and the code that finishes the wait must not travel the same way.
func TestLost_OneMailboxIsOneThing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, _ := h.Apped("ana")
	a := h.App("records", twoStep)
	owner := h.Browser()
	a.waits(owner, "ana")
	owner.Fill("/wait").Shows(t, 200, "Your wait has begun")
	h.Passes(73 * time.Hour)
	h.Mail()
	thief := a.forgotten("ana")
	thief.enters(h.CodeFor(provider.ByEmail, "ana@example.org"))
	p := thief.Get(thief.last.Step()+"/wait").Shows(t, 200, "•••01")
	if p.wayTo("@example.org") != "" {
		t.Error("the address that the reset was opened by is offered")
	}
	_, form := p.Form(t, "/regain")
	for _, way := range []string{"0", "1", "2", "-1"} {
		thief.Post(p.Step()+"/regain", with(form, "way", way))
		for _, m := range h.Mail() {
			if m.Challenge != "" && m.Channel == provider.ByEmail {
				t.Errorf("way %s sends a code to the mailbox", way)
			}
		}
	}
	if held, _ := h.Store.Authenticators(context.Background(), ana.ID); len(held) != 2 {
		t.Errorf("held then: %d", len(held))
	}
}

// TestLost_OlderLetters: a password that was set ends every letter that was asked for before.
func TestLost_OlderLetters(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	thief := a.forgotten("ana")
	older := h.CodeFor(provider.ByEmail, "ana@example.org")
	h.Passes(time.Second)
	a.resets("ana", nil).sets(anasNew).Shows(t, 200, "Your new password is set")
	h.Passes(time.Minute)
	if p := thief.enters(older); p.Status != 410 {
		t.Errorf("the older letter opens %q (%d)", title(p), p.Status)
	}
}

// TestLost_LateGuesses: whoever waits in a reset of their own does not learn the password that the owner has set meanwhile: guesses
// there count like any other.
func TestLost_LateGuesses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, app := h.Apped("ana")
	a := h.App("records")
	thief := a.forgotten("ana")
	p := thief.enters(h.CodeFor(provider.ByEmail, "ana@example.org"))
	_, form := p.Form(t, "/totp")
	own := a.resets("ana", func(b *browser) { b.Fill("/totp", "code", app.At(h.now())) })
	own.sets(anasNew).Shows(t, 200, "Your new password is set")
	guess := func(what string) *page {
		return thief.once("POST", p.Step()+"/new-password", url.Values{"new_password": {what}, "ticket": form["ticket"]})
	}
	for i := range 10 {
		guess("wrong guess number " + strings.Repeat("x", i))
	}
	if q := guess(anasNew); strings.Contains(q.Body, "Your new password is set") {
		t.Error("the eleventh guess was looked at")
	}
}

// TestLost_AddressesOfBefore: a code that went to an address which is the account's no more opens nothing and finishes nothing.
func TestLost_AddressesOfBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, _ := h.Apped("ana")
	a := h.App("records", twoStep)
	reset := a.forgotten("ana")
	code := h.CodeFor(provider.ByEmail, "ana@example.org")
	h.replaces(ana.ID, provider.Email, "new@example.org")
	if p := reset.enters(code); p.Status != 422 {
		t.Errorf("a code of the old address opens %q (%d)", title(p), p.Status)
	}

	b := h.Browser()
	a.waits(b, "ana")
	b.Fill("/wait")
	h.Passes(73 * time.Hour)
	b = h.Browser()
	a.waits(b, "ana")
	b.Fill("/regain", "way", b.last.wayTo("•••01"))
	code = h.CodeFor(provider.ByText, "+16175550101")
	h.replaces(ana.ID, provider.Phone, "+16175550199")
	at := b.last.Step()
	_, form := b.last.Form(t, "/regain")
	b.Fill("/regained", "code", code)
	b.Post(at+"/regain", with(form))
	for _, m := range h.Mail() {
		if m.Challenge != "" && m.To == "+16175550101" {
			t.Error("the code was sent once more to a number that went")
		}
	}
	if held, _ := h.Store.Authenticators(context.Background(), ana.ID); len(held) != 2 {
		t.Errorf("a code of the old number finished it: held %d", len(held))
	}
	if _, err := h.Store.PendingRecovery(context.Background(), ana.ID, h.now()); err != nil {
		t.Errorf("it is not pending any more: %v", err)
	}
}

// TestLost_Starts: nobody has a person's addresses told of starts and stops all day.
func TestLost_Starts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, _ := h.Apped("ana")
	a := h.App("records", twoStep)
	for i := range 5 {
		b := h.Browser()
		a.waits(b, "ana")
		p := b.Fill("/wait")
		if want := map[bool]int{true: 200, false: 429}[i < 3]; p.Status != want {
			t.Fatalf("start %d answered %d (%s), want %d", i+1, p.Status, title(p), want)
		}
		if i < 3 {
			link := h.stopLink()
			b.Get(link)
			b.Fill(link).Shows(t, 200, "The wait is stopped")
			h.Mail()
		}
	}
	if got := len(h.Told("M-18")); got != 0 {
		t.Errorf("%d notices more", got)
	}
	h.Passes(24 * time.Hour)
	b := h.Browser()
	a.waits(b, "ana")
	b.Fill("/wait").Shows(t, 200, "Your wait has begun")
	if _, err := h.Store.PendingRecovery(context.Background(), ana.ID, h.now()); errors.Is(err, provider.ErrNotFound) {
		t.Error("the next day it does not start")
	}
}
