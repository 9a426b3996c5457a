package storagetest

import (
	"fmt"

	"gatehouse/provider"
)

// newImport is an account from elsewhere, with a password and a record.
func newImport(username string) provider.Import {
	a := newAccount(username)
	return provider.Import{
		Account: a,
		Held:    []provider.Authenticator{newAuthenticator(a, provider.Password, began())},
		Records: []provider.RecordLink{{Account: a.ID, Record: "MRN of " + username, Relation: provider.Self, LinkedAt: began()}},
		Event:   event("account.imported"),
	}
}

func (h house) imports(all ...provider.Import) error { return h.ImportAccounts(h.ctx(), all) }

// imported wants an account to be there as it was brought.
func (h house) imported(i provider.Import) {
	h.Helper()
	got, err := h.Account(h.ctx(), i.Account.ID)
	h.ok(err)
	want := i.Account
	want.Rev = 1
	h.same(got, want)
	held, err := h.Authenticators(h.ctx(), i.Account.ID)
	h.ok(err)
	h.same(len(held), len(i.Held))
	for n, a := range i.Held {
		a.Rev = 1
		h.same(held[n], a)
	}
	h.same(h.records(i.Account.ID), i.Records)
}

var importPromises = []promise{
	{"accounts are imported with all that they hold", func(h house) {
		full, bare := newImport("ada"), provider.Import{Account: newAccount("bob"), Event: event("account.imported")}
		bare.Account.Identifiers = nil
		full.Held = append(full.Held, newAuthenticator(full.Account, provider.TOTP, began().Add(day)))
		full.Held[1].Name, full.Held[1].Step, full.Held[1].UsedAt, full.Held[1].ChangeOwed = "Ada's phone", 57, began().Add(day), "old"
		h.ok(h.imports(full, bare))
		h.imported(full)
		h.imported(bare)
		h.same(h.events("account.imported"), 2)
		h.ok(h.imports())
	}},
	{"many are imported at once", func(h house) {
		var all []provider.Import
		for i := range 1201 {
			all = append(all, newImport(fmt.Sprint("u", i)))
		}
		h.ok(h.imports(all...))
		for _, i := range []int{0, 499, 500, 1000, 1200} {
			h.imported(all[i])
			found, err := h.FindAccounts(h.ctx(), provider.Username, fmt.Sprint("canonical:u", i))
			h.ok(err)
			h.same(found, []provider.AccountID{all[i].Account.ID})
		}
		counts, err := h.Rows(h.ctx())
		h.ok(err)
		h.same([]int{counts["accounts"], counts["identifiers"], counts["authenticators"], counts["record_links"], counts["events"]}, []int{1201, 2402, 1201, 1201, 1201})
	}},
	{"where one of them is there already, none is imported: ErrTaken", func(h house) {
		ada := h.account("ada", provider.Password)
		for name, spoil := range map[string]func(*provider.Import){
			"its username": func(i *provider.Import) { *i = newImport("ada") },
			"its id": func(i *provider.Import) {
				i.Account.ID, i.Held[0].Account, i.Records[0].Account = ada.ID, ada.ID, ada.ID
			},
			"its authenticator":                func(i *provider.Import) { i.Held[0].ID = h.held(ada).ID },
			"a username that comes twice here": func(i *provider.Import) { *i = newImport("u0") },
		} {
			var all []provider.Import
			for i := range 601 {
				all = append(all, newImport(fmt.Sprint("u", i)))
			}
			spoil(&all[600])
			before, err := h.Rows(h.ctx())
			h.ok(err)
			h.refused(h.imports(all...), provider.ErrTaken)
			after, err := h.Rows(h.ctx())
			h.ok(err)
			h.Log(name)
			h.same(after, before)
		}
	}},
	{"an event that cannot be kept, or something of somebody else's, keeps all of them out", func(h house) {
		ada := h.account("ada")
		for _, spoil := range []func(*provider.Import){
			func(i *provider.Import) { i.Event = unrecordable() },
			func(i *provider.Import) { i.Held[0].Account = ada.ID },
			func(i *provider.Import) { i.Records[0].Account = ada.ID },
		} {
			one, other := newImport("u1"), newImport("u2")
			spoil(&other)
			h.inTrouble(h.imports(one, other))
			h.nobodyIs("u1")
		}
	}},
	{"who is imported is told, and who waits for messages is woken", func(h house) {
		one, other := newImport("u1"), newImport("u2")
		one.Event, other.Event = told(newMessage(""), newMessage("")), told(newMessage(""))
		h.ok(h.imports(one, newImport("u3"), other))
		h.woken(true)
		h.same(len(h.claim(began(), 10)), 3)
	}},
}

var importRaces = []promise{
	{"ImportAccounts has one winner", func(h house) {
		h.oneWinner(provider.ErrTaken, func(i int) error {
			return h.imports(newImport(fmt.Sprint("u", i)), newImport("ada"))
		})
		h.same(h.events("account.imported"), 2)
	}},
}

// nobodysPromises are about what is written for names that nobody has, so that they take as long.
var nobodysPromises = []promise{
	{"a message to nobody is dropped at once, and never claimed nor waited for", func(h house) {
		m, waits := newMessage("c1"), newMessage("c2")
		m.Channel = provider.ByNobody
		before, err := h.Rows(h.ctx())
		h.ok(err)
		h.tell(m, waits)
		h.tell(m)
		after, err := h.Rows(h.ctx())
		h.ok(err)
		h.same(after["messages"], before["messages"]+2)
		h.same(h.delivery("c1"), provider.Delivery{State: provider.MessageDropped, At: m.At})
		h.backlog(1, waits.At)
		claims, err := h.ClaimMessages(h.ctx(), append(channels(), provider.ByNobody), began(), lease, 10)
		h.ok(err)
		h.same(ids(claims), []string{waits.ID})
		h.refused(h.SettleMessage(h.ctx(), provider.Claim{Message: m}, provider.Settled{State: provider.MessageSent, At: began()}), provider.ErrStale)
		h.same(h.delivery("c1").State, provider.MessageDropped)
	}},
	{"a message to nobody wakes like any other, and goes a week later", func(h house) {
		m := newMessage("c1")
		m.Channel = provider.ByNobody
		h.tell(m)
		h.woken(true)
		h.same(h.sweepAll(m.At.Add(7*day-1000), never), 0)
		h.same(h.sweepAll(m.At.Add(7*day), never), 1)
	}},
	{"a challenge of nobody is tried, counted and solved like any other", func(h house) {
		for _, account := range []provider.AccountID{"", "nobody"} {
			c := newChallenge(account)
			sent := newMessage(c.ID)
			sent.Channel, sent.Account = provider.ByNobody, account
			h.ok(h.OpenChallenge(h.ctx(), c, told(sent)))
			for n := 1; n <= c.MaxTries; n++ {
				got, err := h.TryChallenge(h.ctx(), c.ID, began())
				h.ok(err)
				c.Tries = n
				h.same(got, c)
			}
			_, err := h.TryChallenge(h.ctx(), c.ID, began())
			h.refused(err, provider.ErrUsed)
			h.ok(h.SolveChallenge(h.ctx(), c.ID, began()))
		}
	}},
	{"a recovery of nobody is kept like any other", func(h house) {
		r := h.recovery("nobody")
		h.same(h.pends("nobody", began()), true)
		h.stops(r.ID, began(), true)
	}},
}
