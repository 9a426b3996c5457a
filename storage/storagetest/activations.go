package storagetest

import (
	"fmt"
	"testing"
	"time"

	"gatehouse/provider"
)

// newActivation is an invitation for a record.
func newActivation(record string) provider.Activation {
	return provider.Activation{
		ID: provider.NewID(), CodeHash: provider.HashSecret(provider.NewSecret()), Record: record, Relation: provider.Self,
		Contact:  provider.ActivationContact{Name: "Ada Lovelace", Email: "ada@example.org", Phone: "+15550100", Lang: "es"},
		Facts:    map[string][]byte{"birth_date": []byte("hash of a date"), "id_last4": {0, 255}},
		IssuedAt: began(), ExpiresAt: began().Add(30 * day),
	}
}

// issue writes invitations, each with an event of its own.
func (h house) issue(all ...provider.Activation) {
	h.Helper()
	h.ok(h.IssueActivations(h.ctx(), issues(all...)))
}

func issues(all ...provider.Activation) []provider.Issue {
	var list []provider.Issue
	for _, a := range all {
		list = append(list, provider.Issue{Activation: a, Event: event("activation.issued")})
	}
	return list
}

// issued issues one.
func (h house) issued(record string) provider.Activation {
	h.Helper()
	a := newActivation(record)
	h.issue(a)
	return a
}

func (h house) readActivation(id string) provider.Activation {
	h.Helper()
	a, err := h.Activation(h.ctx(), id)
	h.ok(err)
	return a
}

func (h house) records(account provider.AccountID) []provider.RecordLink {
	h.Helper()
	all, err := h.RecordsOf(h.ctx(), account, began())
	h.ok(err)
	return all
}

// activates makes an account of an invitation.
func (h house) activates(id string, at time.Time, a provider.Account, held ...provider.Authenticator) error {
	return h.Activate(h.ctx(), id, at, a, held, event("account.activated"))
}

func (h house) joins(id string, at time.Time, account provider.AccountID) error {
	return h.JoinRecord(h.ctx(), id, at, account, event("record.joined"))
}

func (h house) revokes(id, why string, at time.Time, want bool) {
	h.Helper()
	open, err := h.RevokeActivation(h.ctx(), id, why, at, event("activation.revoked"))
	h.ok(err)
	h.same(open, want)
}

func linkOf(a provider.Activation, account provider.AccountID, at time.Time) provider.RecordLink {
	return provider.RecordLink{Account: account, Record: a.Record, Relation: a.Relation, Activation: a.ID, LinkedAt: at}
}

var issuePromises = []promise{
	{"an invitation is read as it was issued, by its id, its code and its record", func(h house) {
		a := h.issued("MRN 1")
		bare := provider.Activation{ID: "bare", CodeHash: []byte("code"), Record: "MRN \x00 2", Relation: provider.Parent, IssuedAt: began(), ExpiresAt: began().Add(day)}
		h.issue(bare)
		for _, want := range []provider.Activation{a, bare} {
			h.same(h.readActivation(want.ID), want)
			byCode, err := h.ActivationByCode(h.ctx(), want.CodeHash)
			h.ok(err)
			h.same(byCode, want)
			ofRecord, err := h.ActivationsOf(h.ctx(), want.Record)
			h.ok(err)
			h.same(ofRecord, []provider.Activation{want})
		}
		h.same(h.events("activation.issued"), 2)
	}},
	{"an unknown invitation is ErrNotFound", func(h house) {
		h.issued("MRN 1")
		_, err := h.Activation(h.ctx(), "none")
		h.refused(err, provider.ErrNotFound)
		for _, code := range [][]byte{nil, {}, []byte("none")} {
			_, err = h.ActivationByCode(h.ctx(), code)
			h.refused(err, provider.ErrNotFound)
		}
		all, err := h.ActivationsOf(h.ctx(), "MRN 2")
		h.ok(err)
		h.same(len(all), 0)
	}},
	{"invitations of a record are listed newest first", func(h house) {
		var want []provider.Activation
		for _, days := range []int{1, 3, 2} {
			a := newActivation("MRN 1")
			a.IssuedAt, a.ExpiresAt = began().Add(time.Duration(days)*day), began().Add(time.Duration(days)*day+time.Hour)
			h.issue(a)
			want = append(want, a)
		}
		all, err := h.ActivationsOf(h.ctx(), "MRN 1")
		h.ok(err)
		h.same([]string{all[0].ID, all[1].ID, all[2].ID}, []string{want[1].ID, want[2].ID, want[0].ID})
	}},
	{"an id or a code is given once, and a batch that has one twice issues nothing: ErrTaken", func(h house) {
		a := h.issued("MRN 1")
		for _, spoil := range []func(*provider.Activation){
			func(b *provider.Activation) { b.ID = a.ID },
			func(b *provider.Activation) { b.CodeHash = a.CodeHash },
		} {
			twice := newActivation("MRN 3")
			spoil(&twice)
			h.refused(h.IssueActivations(h.ctx(), issues(newActivation("MRN 1"), newActivation("MRN 2"), twice)), provider.ErrTaken)
			h.same(h.readActivation(a.ID), a)
			for _, record := range []string{"MRN 2", "MRN 3"} {
				all, err := h.ActivationsOf(h.ctx(), record)
				h.ok(err)
				h.same(len(all), 0)
			}
		}
		h.same(h.events("activation.issued"), 1)
	}},
	{"an event that cannot be kept keeps the whole batch out", func(h house) {
		batch := issues(newActivation("MRN 1"), newActivation("MRN 2"))
		batch[1].Event = unrecordable()
		h.inTrouble(h.IssueActivations(h.ctx(), batch))
		_, err := h.Activation(h.ctx(), batch[0].ID)
		h.refused(err, provider.ErrNotFound)
		h.same(h.events("activation.issued"), 0)
	}},
	{"a batch of none is fine, and one of many is issued as a whole", func(h house) {
		h.issue()
		var all []provider.Activation
		for i := range 300 {
			all = append(all, newActivation(fmt.Sprint("MRN ", i)))
		}
		h.issue(all...)
		for _, i := range []int{0, 150, 299} {
			h.same(h.readActivation(all[i].ID), all[i])
		}
		h.same(h.events("activation.issued"), 300)
	}},
	{"a new invitation replaces the open one of its record and relation, and no other", func(h house) {
		old, parents, others := newActivation("MRN 1"), newActivation("MRN 1"), newActivation("MRN 2")
		parents.Relation = provider.Parent
		h.issue(old, parents, others)
		revoked, used, over := newActivation("MRN 3"), newActivation("MRN 4"), newActivation("MRN 5")
		over.ExpiresAt = began().Add(time.Minute)
		h.issue(revoked, used, over)
		h.revokes(revoked.ID, "by_staff", began(), true)
		h.ok(h.joins(used.ID, began(), h.account("ada").ID))
		var before []provider.Activation
		for _, id := range []string{parents.ID, others.ID, revoked.ID, used.ID, over.ID} {
			before = append(before, h.readActivation(id))
		}
		for _, record := range []string{"MRN 1", "MRN 3", "MRN 4", "MRN 5"} {
			a := newActivation(record)
			a.IssuedAt = over.ExpiresAt
			h.issue(a)
			h.same(h.readActivation(a.ID), a)
		}
		old.RevokedAt, old.RevokedWhy = over.ExpiresAt, "replaced"
		h.same(h.readActivation(old.ID), old)
		for _, want := range before {
			h.same(h.readActivation(want.ID), want)
		}
	}},
	{"of two for one record in one batch the later one is open", func(h house) {
		first, second := newActivation("MRN 1"), newActivation("MRN 1")
		h.issue(first, second)
		h.same(h.readActivation(first.ID).RevokedWhy, "replaced")
		h.same(h.readActivation(second.ID), second)
	}},
	{"an invitation is revoked once, and then not used", func(h house) {
		a := h.issued("MRN 1")
		at := began().Add(time.Minute)
		h.revokes(a.ID, "by_staff", at, true)
		h.revokes(a.ID, "again", at.Add(time.Minute), false)
		a.RevokedAt, a.RevokedWhy = at, "by_staff"
		h.same(h.readActivation(a.ID), a)
		h.same(h.events("activation.revoked"), 1)
		h.refused(h.activates(a.ID, began(), newAccount("ada")), provider.ErrUsed)
		h.refused(h.joins(a.ID, began(), h.account("bob").ID), provider.ErrUsed)
	}},
	{"what is over is revoked all the same, once: it could be renewed", func(h house) {
		over := h.issued("MRN 1")
		h.revokes(over.ID, "by_staff", over.ExpiresAt, true)
		h.revokes(over.ID, "by_staff", over.ExpiresAt, false)
		over.RevokedAt, over.RevokedWhy = over.ExpiresAt, "by_staff"
		h.same(h.readActivation(over.ID), over)
		h.same(h.events("activation.revoked"), 1)
	}},
	{"what is used or not there is not revoked", func(h house) {
		used := h.issued("MRN 1")
		h.ok(h.activates(used.ID, began(), newAccount("ada")))
		h.revokes(used.ID, "by_staff", began(), false)
		h.revokes("none", "by_staff", began(), false)
		h.same(h.events("activation.revoked"), 0)
	}},
}

var activatePromises = []promise{
	{"an activation makes the account with all that it holds, links the record and uses the invitation", func(h house) {
		inv := h.issued("MRN 1")
		at := began().Add(time.Hour)
		a := newAccount("ada")
		held := []provider.Authenticator{newAuthenticator(a, provider.Password, began()), newAuthenticator(a, provider.TOTP, began().Add(time.Second))}
		held[1].Name, held[1].Step = "Ada's phone", 57
		h.ok(h.activates(inv.ID, at, a, held...))
		got, err := h.Account(h.ctx(), a.ID)
		h.ok(err)
		a.Rev = 1
		h.same(got, a)
		bound, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		held[0].Rev, held[1].Rev = 1, 1
		h.same(bound, held)
		h.same(h.records(a.ID), []provider.RecordLink{linkOf(inv, a.ID, at)})
		inv.UsedAt, inv.UsedBy = at, a.ID
		h.same(h.readActivation(inv.ID), inv)
		h.same(h.events("account.activated"), 1)
	}},
	{"an invitation is used once: ErrUsed, and nothing is written", func(h house) {
		inv := h.issued("MRN 1")
		ada := newAccount("ada")
		h.ok(h.activates(inv.ID, began(), ada))
		before := h.readActivation(inv.ID)
		h.refused(h.activates(inv.ID, began(), newAccount("bob")), provider.ErrUsed)
		h.refused(h.activates(inv.ID, began(), newAccount("ada")), provider.ErrUsed) // before ErrTaken
		h.refused(h.activates(inv.ID, began(), ada), provider.ErrUsed)
		h.refused(h.joins(inv.ID, began(), ada.ID), provider.ErrUsed)
		h.same(h.readActivation(inv.ID), before)
		h.nobodyIs("bob")
		h.same(len(h.records(ada.ID)), 1)
		h.same([]int{h.events("account.activated"), h.events("record.joined")}, []int{1, 0})
	}},
	{"one that is over or not there is not used: ErrUsed", func(h house) {
		inv := h.issued("MRN 1")
		ada := h.account("ada")
		for _, id := range []string{inv.ID, "none"} {
			h.refused(h.activates(id, inv.ExpiresAt, newAccount("bob")), provider.ErrUsed)
			h.refused(h.joins(id, inv.ExpiresAt, ada.ID), provider.ErrUsed)
		}
		h.nobodyIs("bob")
		h.same(h.readActivation(inv.ID), inv)
		h.ok(h.activates(inv.ID, inv.ExpiresAt.Add(-time.Microsecond), newAccount("bob")))
	}},
	{"where somebody has the username, the id or an authenticator, the invitation stays open: ErrTaken", func(h house) {
		inv := h.issued("MRN 1")
		ada := h.account("ada", provider.Password)
		sameID, sameAuthenticator := newAccount("bob"), newAccount("bob")
		sameID.ID = ada.ID
		taken := newAuthenticator(sameAuthenticator, provider.Password, began())
		taken.ID = h.held(ada).ID
		h.refused(h.activates(inv.ID, began(), newAccount("ada")), provider.ErrTaken)
		h.refused(h.activates(inv.ID, began(), sameID), provider.ErrTaken)
		h.refused(h.activates(inv.ID, began(), sameAuthenticator, taken), provider.ErrTaken)
		h.nobodyIs("bob")
		h.same(h.readActivation(inv.ID), inv)
		h.same(len(h.records(ada.ID)), 0)
		h.same(h.events("account.activated"), 0)
		h.ok(h.activates(inv.ID, began(), newAccount("bob")))
	}},
	{"somebody else's authenticator makes no account", func(h house) {
		inv := h.issued("MRN 1")
		h.inTrouble(h.activates(inv.ID, began(), newAccount("bob"), newAuthenticator(h.account("ada"), provider.Password, began())))
		h.nobodyIs("bob")
		h.same(h.readActivation(inv.ID), inv)
	}},
	{"an account joins further records, each person may have several, and a record several people", func(h house) {
		mine, childs, again := h.issued("MRN 1"), newActivation("MRN 2"), newActivation("MRN 2")
		childs.Relation, again.Relation = provider.Parent, provider.Carer
		h.issue(childs, again)
		ada, bob := newAccount("ada"), h.account("bob")
		h.ok(h.activates(mine.ID, began(), ada))
		h.ok(h.joins(childs.ID, began().Add(time.Minute), ada.ID))
		h.ok(h.joins(again.ID, began().Add(time.Hour), bob.ID))
		h.same(h.records(ada.ID), []provider.RecordLink{linkOf(mine, ada.ID, began()), linkOf(childs, ada.ID, began().Add(time.Minute))})
		h.same(h.records(bob.ID), []provider.RecordLink{linkOf(again, bob.ID, began().Add(time.Hour))})
		childs.UsedAt, childs.UsedBy = began().Add(time.Minute), ada.ID
		h.same(h.readActivation(childs.ID), childs)
		h.same(h.events("record.joined"), 2)
		h.same(len(h.records("nobody")), 0)
	}},
	{"a record that the account has already stays as it was linked, and the invitation is used up", func(h house) {
		first, again := h.issued("MRN 1"), newActivation("MRN 1")
		again.Relation = provider.Carer
		ada := newAccount("ada")
		h.ok(h.activates(first.ID, began(), ada))
		h.issue(again)
		h.ok(h.joins(again.ID, began().Add(time.Hour), ada.ID))
		h.same(h.records(ada.ID), []provider.RecordLink{linkOf(first, ada.ID, began())})
		h.same(h.readActivation(again.ID).UsedBy, ada.ID)
		h.refused(h.joins(again.ID, began().Add(time.Hour), ada.ID), provider.ErrUsed)
	}},
	{"an account that there is not joins nothing: ErrNotFound", func(h house) {
		inv := h.issued("MRN 1")
		h.refused(h.joins(inv.ID, began(), "nobody"), provider.ErrNotFound)
		h.same(h.readActivation(inv.ID), inv)
		h.same(h.events("record.joined"), 0)
	}},
}

// nobodyIs wants nobody to have a username.
func (h house) nobodyIs(username string) {
	h.Helper()
	found, err := h.FindAccounts(h.ctx(), provider.Username, "canonical:"+username)
	h.ok(err)
	h.same(len(found), 0)
}

var activationRaces = []promise{
	{"Activate has one winner, and makes one account", func(h house) {
		inv := h.issued("MRN 1")
		h.oneWinner(provider.ErrUsed, func(i int) error { return h.activates(inv.ID, began(), newAccount(fmt.Sprint("u", i))) })
		h.same(h.events("account.activated"), 1)
		h.same(len(h.records(h.readActivation(inv.ID).UsedBy)), 1)
	}},
	{"of many who activate with one username one gets it, and the others' invitations stay open", func(h house) {
		var all []provider.Activation
		for i := range runners {
			all = append(all, newActivation(fmt.Sprint("MRN ", i)))
		}
		h.issue(all...)
		h.oneWinner(provider.ErrTaken, func(i int) error { return h.activates(all[i].ID, began(), newAccount("ada")) })
		used := 0
		for _, a := range all {
			if !h.readActivation(a.ID).UsedAt.IsZero() {
				used++
			}
		}
		h.same(used, 1)
	}},
	{"an invitation is used or revoked first, and the store knows which", func(h house) {
		inv, ada := h.issued("MRN 1"), h.account("ada")
		h.oneWinner(provider.ErrUsed, func(i int) error {
			if i%2 == 0 {
				return liveOnce(h.RevokeActivation(h.ctx(), inv.ID, "by_staff", began(), event("activation.revoked")))
			}
			return h.joins(inv.ID, began(), ada.ID)
		})
		got := h.readActivation(inv.ID)
		if got.RevokedAt.IsZero() == got.UsedAt.IsZero() || len(h.records(ada.ID)) != h.events("record.joined") || (h.events("record.joined") == 1) == got.UsedAt.IsZero() {
			h.Fatalf("%+v", got)
		}
	}},
	{"RevokeActivation was open exactly once", func(h house) {
		inv := h.issued("MRN 1")
		h.oneWinner(provider.ErrUsed, func(int) error {
			return liveOnce(h.RevokeActivation(h.ctx(), inv.ID, "by_staff", began(), event("activation.revoked")))
		})
		h.same(h.events("activation.revoked"), 1)
	}},
	{"of fifty issued at once for one record one is open, also where batches cross", func(h house) {
		for _, err := range race(func(i int) error {
			one, other := newActivation("MRN 1"), newActivation("MRN 2")
			if i%2 == 0 {
				return h.IssueActivations(h.ctx(), issues(one, other))
			}
			return h.IssueActivations(h.ctx(), issues(other, one))
		}) {
			h.ok(err)
		}
		for _, record := range []string{"MRN 1", "MRN 2"} {
			all, err := h.ActivationsOf(h.ctx(), record)
			h.ok(err)
			open := 0
			for _, a := range all {
				if a.Open(began()) {
					open++
				}
			}
			h.same([]int{len(all), open}, []int{runners, 1})
		}
	}},
}

// besideActivations holds two replicas to one winner.
func (hs Harness) besideActivations(t *testing.T) {
	t.Run("an invitation is used by one winner, also by two replicas", func(t *testing.T) {
		h := house{T: t, Store: hs.Open(t)}
		replica := hs.Beside(t, h.Store)
		inv := h.issued("MRN 1")
		h.oneWinner(provider.ErrUsed, func(i int) error {
			return house{T: t, Store: []provider.Store{h.Store, replica}[i%2]}.activates(inv.ID, began(), newAccount(fmt.Sprint("u", i)))
		})
	})
	t.Run("a recovery is started by one winner, also by two replicas", func(t *testing.T) {
		h := house{T: t, Store: hs.Open(t)}
		replica := hs.Beside(t, h.Store)
		h.oneWinner(provider.ErrTaken, func(i int) error {
			return []provider.Store{h.Store, replica}[i%2].StartRecovery(h.ctx(), newRecovery("ada"), event("recovery.started"))
		})
	})
}
