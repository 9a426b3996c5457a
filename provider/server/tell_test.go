package server_test

import (
	"slices"
	"testing"

	"gatehouse/provider"
	"gatehouse/provider/notify"
)

// phoneAlone is ana with a phone for codes, and no e-mail address of any kind.
func (h *house) phoneAlone() provider.Account {
	h.t.Helper()
	ana := h.Person("ana", func(a *provider.Account, _ *provider.Authenticator) {
		a.Identifiers = slices.DeleteFunc(a.Identifiers, func(id provider.Identifier) bool { return id.Kind != provider.Username })
	})
	h.Gives(ana, provider.TextCode, address(anasPhone))
	return ana
}

// It is one text: there is no address to write to.
func TestWhoHasAPhoneAloneHearsOfANewPasskey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.phoneAlone()
	b := h.Browser()
	b.Get(h.App("records", twoStep).Ask())
	b.SignIn("ana", anasPassword)
	b.Fill("/text", "code", h.CodeFor(provider.ByText, anasPhone))
	h.Mail()
	b.Get("/account/add/passkey")
	b.Fill("/passkey", "response", h.Device().Makes(b.last))
	if len(h.ofKind(ana.ID, provider.Passkey)) != 1 {
		t.Fatal(title(b.last))
	}
	told := h.Mail()
	if len(told) != 1 || told[0].Channel != provider.ByText || told[0].To != anasPhone || told[0].Template != notify.PasskeyChanged {
		t.Errorf("a passkey was bound and this was told: %+v", told)
	}
}
