package storagetest

import (
	"fmt"
	"slices"
	"time"

	"gatehouse/provider"
)

var accountPromises = []promise{
	{"an account is read as it was created, with revision 1", func(h house) {
		a := newAccount("ada")
		h.ok(h.CreateAccount(h.ctx(), a, nil, event("account.created")))
		got, err := h.Account(h.ctx(), a.ID)
		h.ok(err)
		a.Rev = 1
		h.same(got, a)
	}},
	{"an account without identifiers is an account", func(h house) {
		a := newAccount("ada")
		a.Identifiers = nil
		h.ok(h.CreateAccount(h.ctx(), a, nil, event("account.created")))
		got, err := h.Account(h.ctx(), a.ID)
		h.ok(err)
		a.Rev = 1
		h.same(got, a)
	}},
	{"times are kept to the microsecond", func(h house) {
		a := newAccount("ada")
		a.CreatedAt = time.Date(2031, 1, 2, 3, 4, 5, 123456789, time.FixedZone("somewhere", 3*3600))
		h.ok(h.CreateAccount(h.ctx(), a, nil, event("account.created")))
		got, err := h.Account(h.ctx(), a.ID)
		h.ok(err)
		if d := got.CreatedAt.Sub(a.CreatedAt).Abs(); d >= time.Microsecond || got.CreatedAt.Location() != time.UTC {
			h.Fatalf("%v came back as %v", a.CreatedAt, got.CreatedAt)
		}
	}},
	{"an unknown account is ErrNotFound", func(h house) {
		_, err := h.Account(h.ctx(), "nobody")
		h.refused(err, provider.ErrNotFound)
	}},
	{"an account is updated as a whole, and its revision moves by 1", func(h house) {
		a := h.account("ada")
		a.Status, a.StatusAt, a.Profile = provider.Locked, began().Add(time.Hour), provider.Profile{GivenName: "Ada"}
		a.Identifiers = []provider.Identifier{{Kind: provider.Phone, Value: "+1 555 0100", Canonical: "+15550100"}, a.Identifiers[0]}
		h.ok(h.UpdateAccount(h.ctx(), a, event("account.changed")))
		got, err := h.Account(h.ctx(), a.ID)
		h.ok(err)
		a.Rev++
		h.same(got, a)
	}},
	{"an account's identifiers may change places", func(h house) {
		a := h.account("ada")
		for range 3 {
			a.Identifiers = []provider.Identifier{a.Identifiers[1], a.Identifiers[0]}
			h.ok(h.UpdateAccount(h.ctx(), a, event("account.changed")))
			got, err := h.Account(h.ctx(), a.ID)
			h.ok(err)
			a.Rev++
			h.same(got, a)
		}
	}},
	{"an account changed meanwhile is ErrStale and stays as it is", func(h house) {
		a := h.account("ada")
		h.ok(h.UpdateAccount(h.ctx(), a, event("account.changed")))
		late := a
		late.Identifiers = nil
		h.refused(h.UpdateAccount(h.ctx(), late, event("account.changed")), provider.ErrStale)
		got, err := h.Account(h.ctx(), a.ID)
		h.ok(err)
		a.Rev++
		h.same(got, a)
	}},
	{"an update of an unknown account is ErrNotFound", func(h house) {
		a := newAccount("ada")
		a.Rev = 1
		h.refused(h.UpdateAccount(h.ctx(), a, event("account.changed")), provider.ErrNotFound)
	}},
	{"an account and its authenticators are created together or not at all", func(h house) {
		a := newAccount("ada")
		stranger := newAuthenticator(newAccount("bob"), provider.Password, began())
		if h.CreateAccount(h.ctx(), a, []provider.Authenticator{stranger}, event("account.created")) == nil {
			h.Fatal("an authenticator of another account was bound")
		}
		_, err := h.Account(h.ctx(), a.ID)
		h.refused(err, provider.ErrNotFound)
	}},
}

var identifierPromises = []promise{
	{"a username that is taken is ErrTaken, and nothing is created", func(h house) {
		h.account("ada")
		second := newAccount("ada")
		h.refused(h.CreateAccount(h.ctx(), second, nil, event("account.created")), provider.ErrTaken)
		_, err := h.Account(h.ctx(), second.ID)
		h.refused(err, provider.ErrNotFound)
		if n := h.events("account.created"); n != 1 {
			h.Fatalf("%d events of one creation", n)
		}
	}},
	{"an account id that is taken is ErrTaken", func(h house) {
		a := h.account("ada")
		b := newAccount("bob")
		b.ID = a.ID
		h.refused(h.CreateAccount(h.ctx(), b, nil, event("account.created")), provider.ErrTaken)
	}},
	{"changing a username to one that is taken is ErrTaken, and nothing changes", func(h house) {
		h.account("ada")
		b := h.account("bob")
		changed := b
		changed.Identifiers = newAccount("ada").Identifiers
		h.refused(h.UpdateAccount(h.ctx(), changed, event("account.changed")), provider.ErrTaken)
		got, err := h.Account(h.ctx(), b.ID)
		h.ok(err)
		h.same(got, b)
	}},
	{"a username is no e-mail address of the same text", func(h house) {
		a := newAccount("ada")
		a.Identifiers = []provider.Identifier{{Kind: provider.Username, Value: "x", Canonical: "x"}}
		b := newAccount("bob")
		b.Identifiers = []provider.Identifier{{Kind: provider.Email, Value: "x", Canonical: "x", VerifiedAt: began()}}
		h.ok(h.CreateAccount(h.ctx(), a, nil, event("account.created")))
		h.ok(h.CreateAccount(h.ctx(), b, nil, event("account.created")))
		h.finds(provider.Username, "x", a.ID)
		h.finds(provider.Email, "x", b.ID)
	}},
	{"an account is found by the canonical form of each identifier", func(h house) {
		a := h.account("ada")
		h.finds(provider.Username, "canonical:ada", a.ID)
		h.finds(provider.Email, "ada@example.org", a.ID)
		h.finds(provider.Email, "ada@Example.org")
		h.finds(provider.Phone, "ada@example.org")
	}},
	{"by an address that is not verified nobody is found, by a username everybody", func(h house) {
		owner := h.account("ada")
		other := newAccount("bob")
		other.Identifiers[1] = owner.Identifiers[1]
		other.Identifiers[1].VerifiedAt = time.Time{}
		other.Identifiers = append(other.Identifiers, provider.Identifier{Kind: provider.Phone, Value: "+15550100", Canonical: "+15550100"})
		h.ok(h.CreateAccount(h.ctx(), other, nil, event("account.created")))
		h.finds(provider.Email, "ada@example.org", owner.ID)
		h.finds(provider.Phone, "+15550100")
		h.finds(provider.Username, "canonical:bob", other.ID)
		other.Rev, other.Identifiers[1].VerifiedAt, other.Identifiers[2].VerifiedAt = 1, began(), began()
		h.ok(h.UpdateAccount(h.ctx(), other, event("account.changed")))
		h.finds(provider.Phone, "+15550100", other.ID)
		h.finds(provider.Email, "ada@example.org", sorted(owner.ID, other.ID)...)
	}},
	{"finding nobody is no error", func(h house) { h.finds(provider.Email, "nobody@example.org") }},
	{"an identifier that was given up finds nobody", func(h house) {
		a := h.account("ada")
		a.Identifiers = nil
		h.ok(h.UpdateAccount(h.ctx(), a, event("account.changed")))
		h.finds(provider.Email, "ada@example.org")
	}},
	{"an e-mail address may be shared, and twenty are found at most", func(h house) {
		shared := provider.Identifier{Kind: provider.Email, Value: "Family@example.org", Canonical: "family@example.org", VerifiedAt: began()}
		for i := range 21 {
			a := newAccount(fmt.Sprint("ada", i))
			a.Identifiers = append(a.Identifiers, shared)
			h.ok(h.CreateAccount(h.ctx(), a, nil, event("account.created")))
		}
		ids, err := h.FindAccounts(h.ctx(), provider.Email, shared.Canonical)
		h.ok(err)
		if slices.Sort(ids); len(slices.Compact(ids)) != 20 {
			h.Fatalf("found %v, want twenty accounts", ids)
		}
	}},
}

func sorted(ids ...provider.AccountID) []provider.AccountID {
	slices.Sort(ids)
	return ids
}

func (h house) finds(kind provider.IdentifierKind, canonical string, want ...provider.AccountID) {
	h.Helper()
	got, err := h.FindAccounts(h.ctx(), kind, canonical)
	h.ok(err)
	if len(got) == 0 && len(want) == 0 {
		return
	}
	h.same(got, want)
}

var authenticatorPromises = []promise{
	{"authenticators are read as they were saved, oldest first", func(h house) {
		a := h.account("ada")
		newest := newAuthenticator(a, provider.TOTP, began().Add(2*time.Hour))
		oldest := newAuthenticator(a, provider.Password, began())
		middle := newAuthenticator(a, provider.EmailCode, began().Add(time.Hour))
		oldest.ChangeOwed, oldest.Failures, oldest.UsedAt, middle.Data = "leaked", 3, began().Add(time.Minute), nil
		newest.Name, newest.Step = "Ada's \x00 phone é", 57
		for _, one := range []provider.Authenticator{newest, oldest, middle} {
			h.ok(h.SaveAuthenticator(h.ctx(), one, event("authenticator.bound")))
		}
		got, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		newest.Rev, oldest.Rev, middle.Rev = 1, 1, 1
		h.same(got, []provider.Authenticator{oldest, middle, newest})
	}},
	{"an account without authenticators has none, which is no error", func(h house) {
		got, err := h.Authenticators(h.ctx(), "nobody")
		h.ok(err)
		if len(got) != 0 {
			h.Fatal(got)
		}
	}},
	{"an authenticator is replaced, and its revision moves by 1", func(h house) {
		a := h.held(h.account("ada", provider.Password))
		for _, name := range []string{"My key", "My other key", ""} {
			a.Data, a.Failures, a.ChangeOwed, a.UsedAt, a.Name = []byte("new"), 2, "expired", began().Add(time.Hour), name
			h.ok(h.SaveAuthenticator(h.ctx(), a, event("authenticator.changed")))
			a.Rev++
			h.same(h.held(provider.Account{ID: a.Account}), a)
		}
	}},
	{"an account is created with the names and steps of its authenticators", func(h house) {
		a := newAccount("ada")
		named, bare := newAuthenticator(a, provider.TOTP, began()), newAuthenticator(a, provider.Passkey, began().Add(time.Second))
		named.Name, named.Step = "Ada's phone", 57
		h.ok(h.CreateAccount(h.ctx(), a, []provider.Authenticator{named, bare}, event("account.created")))
		got, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		named.Rev, bare.Rev = 1, 1
		h.same(got, []provider.Authenticator{named, bare})
	}},
	{"an authenticator changed meanwhile is ErrStale", func(h house) {
		a := h.held(h.account("ada", provider.Password))
		h.ok(h.SaveAuthenticator(h.ctx(), a, event("authenticator.changed")))
		h.refused(h.SaveAuthenticator(h.ctx(), a, event("authenticator.changed")), provider.ErrStale)
	}},
	{"an authenticator that is there cannot be added again: ErrStale", func(h house) {
		a := h.held(h.account("ada", provider.Password))
		a.Rev = 0
		h.refused(h.SaveAuthenticator(h.ctx(), a, event("authenticator.bound")), provider.ErrStale)
	}},
	{"an authenticator never moves to another account: ErrStale", func(h house) {
		a := h.held(h.account("ada", provider.Password))
		moved := a
		moved.Account = h.account("bob").ID
		h.refused(h.SaveAuthenticator(h.ctx(), moved, event("authenticator.changed")), provider.ErrStale)
		h.same(h.held(provider.Account{ID: a.Account}), a)
	}},
	{"failures are counted one by one, with their event", func(h house) {
		a := h.held(h.account("ada", provider.Password))
		for want := 1; want <= 3; want++ {
			got, err := h.CountFailure(h.ctx(), a.ID, event("proof.failed"))
			h.ok(err)
			h.same(got, want)
		}
		h.same(h.held(provider.Account{ID: a.Account}).Failures, 3)
		h.same(h.events("proof.failed"), 3)
	}},
	{"what was read before a failure cannot be saved after it: ErrStale", func(h house) {
		a := h.held(h.account("ada", provider.Password))
		_, err := h.CountFailure(h.ctx(), a.ID, event("proof.failed"))
		h.ok(err)
		h.refused(h.SaveAuthenticator(h.ctx(), a, event("authenticator.changed")), provider.ErrStale)
		h.same(h.held(provider.Account{ID: a.Account}).Failures, 1)
	}},
	{"a failure of nobody counts 0 and is recorded", func(h house) {
		for range 3 {
			got, err := h.CountFailure(h.ctx(), "", event("proof.failed"))
			h.ok(err)
			h.same(got, 0)
		}
		h.same(h.events("proof.failed"), 3)
	}},
	{"a failure of an authenticator that is gone is an error, and no event", func(h house) {
		_, err := h.CountFailure(h.ctx(), "gone", event("proof.failed"))
		h.refused(err, provider.ErrNotFound)
		h.same(h.events("proof.failed"), 0)
	}},
}

var stepPromises = []promise{
	{"a step is spent once, and no earlier one after it: ErrUsed", func(h house) {
		a := h.held(h.account("ada", provider.TOTP))
		for _, c := range []struct {
			step int64
			want error
		}{{57, nil}, {57, provider.ErrUsed}, {56, provider.ErrUsed}, {0, provider.ErrUsed}, {58, nil}, {57, provider.ErrUsed}} {
			h.refused(h.SpendStep(h.ctx(), a.ID, c.step), c.want)
		}
		a.Step = 58
		h.same(h.held(provider.Account{ID: a.Account}), a)
	}},
	{"a step of an authenticator that is gone is ErrNotFound", func(h house) {
		h.refused(h.SpendStep(h.ctx(), "gone", 1), provider.ErrNotFound)
	}},
	{"steps of authenticators are apart", func(h house) {
		a, b := h.held(h.account("ada", provider.TOTP)), h.held(h.account("bob", provider.TOTP))
		h.ok(h.SpendStep(h.ctx(), a.ID, 57))
		h.ok(h.SpendStep(h.ctx(), b.ID, 57))
	}},
	{"what was read before a step was spent can be saved after it, and the step stays", func(h house) {
		a := h.held(h.account("ada", provider.TOTP))
		h.ok(h.SpendStep(h.ctx(), a.ID, 57))
		a.Name, a.Step = "renamed", 12
		h.ok(h.SaveAuthenticator(h.ctx(), a, event("authenticator.changed")))
		got := h.held(provider.Account{ID: a.Account})
		h.same([]any{got.Name, got.Step}, []any{"renamed", int64(57)})
		h.refused(h.SpendStep(h.ctx(), a.ID, 57), provider.ErrUsed)
	}},
	{"an authenticator is removed, and only that one", func(h house) {
		a := h.account("ada", provider.Password, provider.TOTP)
		held, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		h.ok(h.RemoveAuthenticator(h.ctx(), held[1], h.rev(held[1].Account), event("authenticator.removed")))
		h.same(h.held(a), held[0])
		h.refused(h.RemoveAuthenticator(h.ctx(), held[1], h.rev(held[1].Account), event("authenticator.removed")), provider.ErrNotFound)
		h.refused(h.SaveAuthenticator(h.ctx(), held[1], event("authenticator.changed")), provider.ErrStale)
		h.refused(h.SpendStep(h.ctx(), held[1].ID, 1), provider.ErrNotFound)
		h.same(h.events("authenticator.removed"), 1)
	}},
	{"an authenticator that changed meanwhile is not removed: ErrStale", func(h house) {
		a := h.held(h.account("ada", provider.TOTP))
		_, err := h.CountFailure(h.ctx(), a.ID, event("proof.failed"))
		h.ok(err)
		h.refused(h.RemoveAuthenticator(h.ctx(), a, h.rev(a.Account), event("authenticator.removed")), provider.ErrStale)
		a.Rev, a.Failures = a.Rev+1, 1
		h.same(h.held(provider.Account{ID: a.Account}), a)
		h.same(h.events("authenticator.removed"), 0)
	}},
	{"an authenticator is not removed where the account changed meanwhile: ErrStale", func(h house) {
		a := h.held(h.account("ada", provider.TOTP))
		h.refused(h.RemoveAuthenticator(h.ctx(), a, h.rev(a.Account)+1, event("authenticator.removed")), provider.ErrStale)
		h.same(h.held(provider.Account{ID: a.Account}), a)
		h.same(h.events("authenticator.removed"), 0)
	}},
	{"nobody removes another account's authenticator: ErrNotFound", func(h house) {
		a := h.held(h.account("ada", provider.TOTP))
		stranger := a
		stranger.Account = h.account("bob").ID
		h.refused(h.RemoveAuthenticator(h.ctx(), stranger, h.rev(stranger.Account), event("authenticator.removed")), provider.ErrNotFound)
		h.same(h.held(provider.Account{ID: a.Account}), a)
	}},
}
