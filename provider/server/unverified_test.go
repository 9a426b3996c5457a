package server_test

import (
	"testing"
	"time"

	"gatehouse/provider"
)

// TestAnAddressThatNobodyConfirmedIsNoName: whose one name is an e-mail address signs in with it and resets a password by it, though
// somebody else's account has the same address written down; by an address that was only written down nobody comes in.
func TestAnAddressThatNobodyConfirmedIsNoName(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	writes := func(to string) func(*provider.Account, *provider.Authenticator) {
		return func(a *provider.Account, _ *provider.Authenticator) {
			for i := range a.Identifiers {
				if a.Identifiers[i].Kind == provider.Email {
					a.Identifiers[i] = provider.Identifier{Kind: provider.Email, Value: to, Canonical: to, VerifiedAt: time.Time{}}
				}
			}
		}
	}
	h.Person("ana", without(provider.Username))
	h.Person("eve", writes("ana@example.org"))
	h.Person("dan", writes("dan@example.org"))
	a := h.App("records")

	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("dan@example.org", anasPassword).Shows(t, 422)
	if p := b.SignIn("Ana@example.org", anasPassword); a.Back(p).Get("code") == "" {
		t.Error("the owner of the address does not come in")
	}
	b = h.Browser()
	b.Get(a.Ask())
	if p := b.SignIn("eve", anasPassword); a.Back(p).Get("code") == "" {
		t.Error("eve does not come in by her username")
	}
	h.Mail()
	b = a.forgotten("ana@example.org")
	b.enters(h.CodeFor(provider.ByEmail, "ana@example.org")).Shows(t, 200, "Choose a new password")
	a.forgotten("dan@example.org").last.Shows(t, 200, "If we found an account")
	if sent := h.Mail(); len(sent) != 0 {
		t.Errorf("%d messages for a name that is nobody's", len(sent))
	}
}
