package server_test

import (
	"context"
	"net/url"
	"testing"

	"gatehouse/provider"
)

// TestY11_ResetReopens: who paused their account opens it again by a reset with two proofs, and signs in with the new password. The
// code of a mailbox alone does not, nor the old password; and what the house has shut stays shut.
func TestY11_ResetReopens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	ana, app := h.Apped("ana")
	b := h.Browser()
	b.Get("/account")
	b.SignIn("ana", anasPassword)
	b.Post("/account/not-me", url.Values{}).Shows(t, 200, "Your account is paused", "/forgot/password")
	ben := h.Person("ben")
	poor := h.Browser().In("ben")
	poor.Post("/account/not-me", url.Values{}).Shows(t, 200, "Your account is paused")
	h.Mail()
	poor = a.forgotten("ben")
	poor.enters(h.CodeFor(provider.ByEmail, "ben@example.org")).Shows(t, 403, "We cannot open this account online")
	if got, err := h.Store.Account(context.Background(), ben.ID); err != nil || got.Status != provider.Paused {
		t.Errorf("one proof makes it %s, %v", got.Status, err)
	}

	h.Mail()
	regained := a.forgotten("ana")
	regained.enters(h.CodeFor(provider.ByEmail, "ana@example.org")).Shows(t, 200, `name="code"`)
	regained.Fill("/totp", "code", app.At(h.now())).Shows(t, 200, "Choose a new password")
	if got, err := h.Store.Account(context.Background(), ana.ID); err != nil || got.Status != provider.Paused {
		t.Errorf("before the password is set it is %s, %v", got.Status, err)
	}
	h.Mail()
	regained.sets(anasNew).Shows(t, 200, "Your new password is set")
	if told := h.Told("M-16"); len(told) != 1 || told[0].Data["action"] != "opened" {
		t.Errorf("told %v", told)
	}
	if got := h.Recorded(ana.ID, "account.enabled"); len(got) != 1 || got[0].Actor != "account:"+string(ana.ID) {
		t.Errorf("recorded %+v", got)
	}
	other := h.Browser()
	other.Get(a.Ask())
	if a.Back(other.SignIn("ana", anasNew)).Get("code") == "" {
		t.Error("it does not sign in")
	}

	cy, clock := h.Apped("cyrus")
	h.Mail()
	shut := a.forgotten("cyrus")
	shut.enters(h.CodeFor(provider.ByEmail, "cyrus@example.org"))
	h.SetStatus(cy.ID, provider.Locked)
	shut.Fill("/totp", "code", clock.At(h.now())).Shows(t, 403, "We cannot open this account online")
	if got, err := h.Store.Account(context.Background(), cy.ID); err != nil || got.Status != provider.Locked {
		t.Errorf("it is %s, %v", got.Status, err)
	}
}
