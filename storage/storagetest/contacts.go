package storagetest

import (
	"fmt"
	"slices"
	"time"

	"gatehouse/provider"
)

// reachable is an account with a password and an address that gets codes.
func (h house) reachable(username string) (provider.Account, []provider.Authenticator) {
	h.Helper()
	a := h.account(username, provider.Password, provider.EmailCode)
	held, err := h.Authenticators(h.ctx(), a.ID)
	h.ok(err)
	return a, held
}

// moved is the change of somebody's address to another, which is bound by now.
func moved(a provider.Account, held []provider.Authenticator) provider.ContactChange {
	at := began().Add(time.Hour)
	a.Identifiers = []provider.Identifier{a.Identifiers[0], {Kind: provider.Email, Value: "New@example.org", Canonical: "new@example.org", VerifiedAt: at}}
	return provider.ContactChange{
		Account: a, Binds: []provider.Authenticator{newAuthenticator(a, provider.EmailCode, at)}, Unbinds: slices.Clone(held[1:]), Why: "contact changed", At: at,
	}
}

// rename has an account take a username, in the way that an update does.
func (h house) rename(a provider.Account, username string) error {
	a.Identifiers = append([]provider.Identifier{{Kind: provider.Username, Value: username, Canonical: "canonical:" + username}}, a.Identifiers[1:]...)
	return h.UpdateAccount(h.ctx(), a, event("username.changed"))
}

func (h house) free(username string, account provider.AccountID, want bool) {
	h.Helper()
	got, err := h.UsernameFree(h.ctx(), "canonical:"+username, account)
	h.ok(err)
	if got != want {
		h.Fatalf("%s is free for %q: %v", username, account, got)
	}
}

var givenPromises = []promise{
	{"a username that was given up is given to nobody else, however an account is made", func(h house) {
		a := h.account("ada")
		h.ok(h.rename(a, "augusta"))
		h.refused(h.CreateAccount(h.ctx(), newAccount("ada"), nil, event("account.created")), provider.ErrTaken)
		h.refused(h.rename(h.account("bob"), "ada"), provider.ErrTaken)
		h.refused(h.ImportAccounts(h.ctx(), []provider.Import{newImport("eve"), newImport("ada")}), provider.ErrTaken)
		invitation, late := h.issued("MRN 1"), newAccount("ada")
		h.refused(h.Activate(h.ctx(), invitation.ID, began(), late, nil, event("account.activated")), provider.ErrTaken)
		h.ok(h.Activate(h.ctx(), invitation.ID, began(), newAccount("fay"), nil, event("account.activated")))
		found, err := h.FindAccounts(h.ctx(), provider.Username, "canonical:ada")
		h.ok(err)
		h.same(len(found), 0)
	}},
	{"who gave a username up may have it again, and gives up no other by that", func(h house) {
		a := h.account("ada")
		h.ok(h.rename(a, "augusta"))
		a.Rev++
		h.ok(h.rename(a, "ada"))
		h.refused(h.CreateAccount(h.ctx(), newAccount("augusta"), nil, event("account.created")), provider.ErrTaken)
		h.refused(h.CreateAccount(h.ctx(), newAccount("ada"), nil, event("account.created")), provider.ErrTaken)
	}},
	{"an account that gives up all of its names frees none of them", func(h house) {
		a := h.account("ada")
		a.Status, a.Identifiers = provider.Closed, nil
		h.ok(h.UpdateAccount(h.ctx(), a, event("account.closed")))
		h.refused(h.CreateAccount(h.ctx(), newAccount("ada"), nil, event("account.created")), provider.ErrTaken)
		h.free("ada", "", false)
		h.free("ada", a.ID, true)
	}},
	{"a username that nobody has or had is free, and one that was refused stays so", func(h house) {
		a, b := h.account("ada"), h.account("bob")
		h.free("ada", "", false)
		h.free("ada", b.ID, false)
		h.free("ada", a.ID, true)
		h.free("eve", "", true)
		twice := newAccount("eve")
		twice.Identifiers = append(twice.Identifiers, provider.Identifier{Kind: provider.Username, Value: "bob", Canonical: "canonical:bob"})
		h.refused(h.CreateAccount(h.ctx(), twice, nil, event("account.created")), provider.ErrTaken)
		h.free("eve", "", true)
	}},
	{"addresses are shared as before, and given up", func(h house) {
		a := h.account("ada")
		a.Identifiers = a.Identifiers[:1]
		h.ok(h.UpdateAccount(h.ctx(), a, event("account.changed")))
		b := newAccount("bob")
		b.Identifiers[1].Canonical = "ada@example.org"
		h.ok(h.CreateAccount(h.ctx(), b, nil, event("account.created")))
	}},
	{"fifty want one new username, whose owner gives it up at that moment: nobody gets it", func(h house) {
		a := h.account("ada")
		for n, err := range race(func(runner int) error {
			if runner == runners/2 {
				return h.rename(a, "augusta")
			}
			return h.CreateAccount(h.ctx(), newAccount("ada"), nil, event("account.created"))
		}) {
			if n == runners/2 {
				h.ok(err)
				continue
			}
			h.refused(err, provider.ErrTaken)
		}
	}},
	{"fifty want one username, half of them new and half by a change: one gets it", func(h house) {
		var all []provider.Account
		for i := range runners {
			all = append(all, h.account(fmt.Sprint("runner ", i)))
		}
		h.oneWinner(provider.ErrTaken, func(runner int) error {
			if runner%2 == 0 {
				return h.rename(all[runner], "ada")
			}
			return h.CreateAccount(h.ctx(), newAccount("ada"), nil, event("account.created"))
		})
	}},
}

var contactPromises = []promise{
	{"an address is changed with what is bound to it, and what was got by the account ends but one session", func(h house) {
		g := h.grant()
		a, err := h.Account(h.ctx(), g.Account)
		h.ok(err)
		held := h.held(a)
		stays := h.begin(newSession(a.ID))
		c := moved(a, []provider.Authenticator{held, held})
		c.Unbinds, c.Keep = nil, stays.ID
		h.ok(h.ChangeContacts(h.ctx(), c, event("contact.changed")))
		got, err := h.Account(h.ctx(), a.ID)
		h.ok(err)
		want := c.Account
		want.Rev++
		h.same(got, want)
		all, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		h.same([]any{len(all), all[1].ID, all[1].Rev}, []any{2, c.Binds[0].ID, int64(1)})
		h.same(h.session(stays.ID), stays)
		h.same([]any{h.session(g.Session).EndedAt, h.session(g.Session).EndedWhy}, []any{c.At, c.Why})
		h.same([]any{h.standing(g.ID).Grant.RevokedAt, h.standing(g.ID).Grant.RevokedWhy}, []any{c.At, c.Why})
	}},
	{"the address that goes is unbound with it", func(h house) {
		a, held := h.reachable("ada")
		c := moved(a, held)
		h.ok(h.ChangeContacts(h.ctx(), c, event("contact.changed")))
		all, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		h.same([]string{all[0].ID, all[1].ID}, []string{held[0].ID, c.Binds[0].ID})
		h.same(len(all), 2)
	}},
	{"without a reason nothing ends", func(h house) {
		g := h.grant()
		a, err := h.Account(h.ctx(), g.Account)
		h.ok(err)
		before := h.standing(g.ID)
		h.ok(h.ChangeContacts(h.ctx(), provider.ContactChange{Account: a, At: began()}, event("contact.changed")))
		after := h.standing(g.ID)
		after.Account.Rev = before.Account.Rev
		h.same(after, before)
	}},
	{"a change whose account or authenticator changed meanwhile is ErrStale, and nothing of it is done", func(h house) {
		a, held := h.reachable("ada")
		c := moved(a, held)
		late := c
		late.Account.Rev--
		h.unchanged(a, held, late, provider.ErrStale)
		_, err := h.CountFailure(h.ctx(), held[1].ID, event("factor.failed"))
		h.ok(err)
		held[1].Failures, held[1].Rev = 1, held[1].Rev+1
		h.unchanged(a, held, c, provider.ErrStale)
		c.Unbinds = []provider.Authenticator{newAuthenticator(a, provider.EmailCode, began())}
		h.unchanged(a, held, c, provider.ErrStale)
	}},
	{"a change that binds what is there, or takes somebody's name, is ErrTaken, and nothing of it is done", func(h house) {
		a, held := h.reachable("ada")
		h.account("bob")
		c := moved(a, held)
		c.Binds[0].ID = held[0].ID
		h.unchanged(a, held, c, provider.ErrTaken)
		c = moved(a, held)
		c.Account.Identifiers[0] = provider.Identifier{Kind: provider.Username, Value: "bob", Canonical: "canonical:bob"}
		h.unchanged(a, held, c, provider.ErrTaken)
	}},
	{"nobody else's authenticators come or go", func(h house) {
		a, held := h.reachable("ada")
		_, others := h.reachable("bob")
		c := moved(a, held)
		c.Unbinds = others[1:]
		h.unchanged(a, held, c, provider.ErrStale)
		c = moved(a, held)
		c.Binds[0].Account = others[0].Account
		if h.ChangeContacts(h.ctx(), c, event("contact.changed")) == nil {
			h.Fatal("an authenticator of another account was bound")
		}
		c = moved(newAccount("nobody"), held)
		c.Binds = nil
		h.refused(h.ChangeContacts(h.ctx(), c, event("contact.changed")), provider.ErrNotFound)
	}},
	{"fifty change an address at once: one does", func(h house) {
		a, held := h.reachable("ada")
		h.oneWinner(provider.ErrStale, func(int) error { return h.ChangeContacts(h.ctx(), moved(a, held), event("contact.changed")) })
		all, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		h.same([]int{len(all), h.events("contact.changed")}, []int{2, 1})
	}},
}

// unchanged wants a change to be refused, and all to be as it was.
func (h house) unchanged(a provider.Account, held []provider.Authenticator, c provider.ContactChange, why error) {
	h.Helper()
	session := h.begin(newSession(a.ID))
	h.refused(h.ChangeContacts(h.ctx(), c, event("contact.changed")), why)
	got, err := h.Account(h.ctx(), a.ID)
	h.ok(err)
	h.same(got, a)
	all, err := h.Authenticators(h.ctx(), a.ID)
	h.ok(err)
	h.same(all, held)
	h.same(h.session(session.ID), session)
	h.same(h.events("contact.changed"), 0)
}
