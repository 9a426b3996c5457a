package server_test

import (
	"testing"
	"time"

	"gatehouse/provider"
)

// TestConsentIsNobodyElses: what one person allowed in a ceremony does not count for the next person in the same browser.
func TestConsentIsNobodyElses(t *testing.T) {
	h := newHouse(t)
	h.Person("ana")
	h.Person("bruno")
	c, _ := h.Client("tracker", func(c *provider.Client) { c.FirstParty, c.PKCEOptional = false, true })
	b := h.Browser()
	b.Get("/account")
	b.SignIn("ana", anasPassword)
	p := b.Get("/authorize?client_id=tracker&response_type=code&scope=openid+email&redirect_uri=" + c.RedirectURIs[0])
	ceremony := p.URL.String()
	if p = b.Choose("/consent", "allow"); p.To == nil {
		t.Fatalf("not allowed: %d %s", p.Status, p.Body)
	}
	b.Get("/logout")
	b.Choose("/logout/confirm", "")
	b.Get("/account")
	b.SignIn("bruno", anasPassword)
	if p = b.Get(ceremony); p.To != nil {
		t.Fatalf("bruno's account went to the app on ana's consent: %s", p.To)
	}
	p.Form(t, "/consent")
}

// TestOneBrowserHasOneSession: somebody who signs in with prompt=login where another tab signed in somebody else meanwhile
// ends that session: no session lives on without a browser.
func TestOneBrowserHasOneSession(t *testing.T) {
	h := newHouse(t)
	ana, bruno := h.Person("ana"), h.Person("bruno")
	c, _ := h.Client("records", func(c *provider.Client) { c.PKCEOptional = true })
	b := h.Browser()
	b.Get("/account")
	b.SignIn("ana", anasPassword)
	first := b.Get("/authorize?client_id=records&response_type=code&scope=openid&prompt=login&redirect_uri=" + c.RedirectURIs[0])
	b.Get("/logout")
	b.Choose("/logout/confirm", "")
	b.Get("/account")
	b.SignIn("bruno", anasPassword)
	his := b.Session()

	b.last = b.Get(first.URL.String())
	b.Choose("/switch", "")
	if p := b.SignIn("ana", anasPassword); p.To == nil {
		t.Fatalf("%d %s", p.Status, p.Body)
	}
	session, err := h.Store.SessionBySecret(t.Context(), provider.HashSecret(b.Session()))
	must(t, err)
	if session.Account != ana.ID {
		t.Fatal("signed in as", session.Account)
	}
	old, err := h.Store.SessionBySecret(t.Context(), provider.HashSecret(his))
	must(t, err)
	if old.Account != bruno.ID || old.Live(time.Now()) {
		t.Fatal("bruno's session lives on without a browser")
	}
}
