package storagetest

import (
	"errors"
	"time"

	"gatehouse/provider"
)

// newClosing is due after two weeks.
func newClosing(account provider.AccountID) provider.Closing {
	return provider.AskClosing(provider.NewID(), account, 14*day, began())
}

// closing asks for one.
func (h house) closing(account provider.AccountID) provider.Closing {
	h.Helper()
	c := newClosing(account)
	h.ok(h.asks(c))
	return c
}

func (h house) asks(c provider.Closing) error {
	return h.AskClosing(h.ctx(), c, event("closing.asked"))
}

func (h house) closes(c provider.Closing, at time.Time) error {
	return h.CloseAccount(h.ctx(), c, "account closed", at, event("account.closed"))
}

func (h house) cancels(c provider.Closing, want bool) {
	h.Helper()
	was, err := h.CancelClosing(h.ctx(), c, event("closing.cancelled"))
	h.ok(err)
	h.same(was, want)
}

// closingOf reads that of an account; nil for none.
func (h house) closingOf(account provider.AccountID) *provider.Closing {
	h.Helper()
	c, err := h.PendingClosing(h.ctx(), account)
	if errors.Is(err, provider.ErrNotFound) {
		return nil
	}
	h.ok(err)
	return &c
}

func (h house) dueClosings(at time.Time, limit int) []string {
	h.Helper()
	all, err := h.DueClosings(h.ctx(), at, limit)
	h.ok(err)
	var ids []string
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	return ids
}

// trusts lets another account use a record for a time, as its owner wishes.
func (h house) trusts(owner, other provider.AccountID, record string, until time.Time) provider.RecordLink {
	h.Helper()
	a := newActivation(record)
	a.Relation, a.By, a.Until = provider.Trusted, owner, until
	h.issue(a)
	h.ok(h.joins(a.ID, began(), other))
	return provider.RecordLink{
		Account: other, Record: record, Relation: provider.Trusted, Activation: a.ID, LinkedAt: began(), GrantedBy: owner, Until: until,
	}
}

func (h house) given(account provider.AccountID, at time.Time) []provider.RecordLink {
	h.Helper()
	all, err := h.LinksGiven(h.ctx(), account, at)
	h.ok(err)
	return all
}

func (h house) recordsAt(account provider.AccountID, at time.Time) []provider.RecordLink {
	h.Helper()
	all, err := h.RecordsOf(h.ctx(), account, at)
	h.ok(err)
	return all
}

var closingPromises = []promise{
	{"a closing is read as it was asked for, by who has one", func(h house) {
		a := h.account("ada")
		c := h.closing(a.ID)
		h.same(h.closingOf(a.ID), &c)
		h.same(h.closingOf("") == nil, true)
		h.same(h.closingOf(h.account("bob").ID) == nil, true)
	}},
	{"an account has one, and is active: ErrTaken", func(h house) {
		a, b := h.account("ada"), h.account("bob")
		c := h.closing(a.ID)
		h.refused(h.asks(newClosing(a.ID)), provider.ErrTaken)
		h.refused(h.asks(newClosing("nobody")), provider.ErrTaken)
		b.Status = provider.Locked
		h.ok(h.UpdateAccount(h.ctx(), b, event("account.disabled")))
		h.refused(h.asks(newClosing(b.ID)), provider.ErrTaken)
		h.same(h.closingOf(a.ID), &c)
		h.same(h.events("closing.asked"), 1)
	}},
	{"one that was cancelled makes room for the next, and is cancelled once", func(h house) {
		a := h.account("ada")
		first := h.closing(a.ID)
		stranger := first
		stranger.Account = h.account("bob").ID
		h.cancels(stranger, false)
		h.cancels(first, true)
		h.cancels(first, false)
		h.same(h.events("closing.cancelled"), 1)
		second := h.closing(a.ID)
		h.cancels(first, false)
		h.same(h.closingOf(a.ID), &second)
	}},
	{"pausing an account takes its closing back", func(h house) {
		a, b := h.account("ada"), h.account("bob")
		h.closing(a.ID)
		theirs := h.closing(b.ID)
		h.ok(h.PauseAccount(h.ctx(), a.ID, "paused", began(), event("account.disabled")))
		h.same(h.closingOf(a.ID) == nil, true)
		h.same(h.closingOf(b.ID), &theirs)
	}},
	{"what is due is listed, the longest due first, and no longer once a notice was given", func(h house) {
		a, b := h.account("ada"), h.account("bob")
		first, second := newClosing(a.ID), newClosing(b.ID)
		second.NoticeAt = first.NoticeAt.Add(-time.Hour)
		h.ok(h.asks(first))
		h.ok(h.asks(second))
		h.same(h.dueClosings(second.NoticeAt.Add(-time.Microsecond), 10), []string(nil))
		h.same(h.dueClosings(second.NoticeAt, 10), []string{second.ID})
		h.same(h.dueClosings(first.NoticeAt, 10), []string{second.ID, first.ID})
		h.same(h.dueClosings(first.NoticeAt, 1), []string{second.ID})
		h.same(h.dueClosings(first.NoticeAt, -1), []string(nil))
		h.ok(h.NoticeClosing(h.ctx(), second, second.DueAt, event("closing.noticed")))
		h.refused(h.NoticeClosing(h.ctx(), second, second.DueAt, event("closing.noticed")), provider.ErrStale)
		h.same(h.dueClosings(first.NoticeAt, 10), []string{first.ID})
		second.NoticeAt = second.DueAt
		h.same(h.closingOf(b.ID), &second)
		h.cancels(first, true)
		h.refused(h.NoticeClosing(h.ctx(), first, first.DueAt, event("closing.noticed")), provider.ErrStale)
	}},
	{"a closed account is an id with its events: nothing personal, nothing to sign in with, and its username is nobody else's", func(h house) {
		g := h.redeemed()
		h.rememberIn(g)
		h.recovery(g.Account)
		a, err := h.Account(h.ctx(), g.Account)
		h.ok(err)
		h.ok(h.joins(h.issued("MRN 1").ID, began(), a.ID))
		h.ok(h.AcceptTerms(h.ctx(), a.ID, "1", began(), event("terms.accepted")))
		c := newClosing(a.ID)
		c.DueAt = began().Add(time.Hour) // while its session lasts
		h.ok(h.asks(c))
		h.ok(h.closes(c, c.DueAt))
		got, err := h.Account(h.ctx(), a.ID)
		h.ok(err)
		h.same(got, provider.Account{
			ID: a.ID, Status: provider.Closed, StatusAt: c.DueAt, CreatedAt: a.CreatedAt, UpdatedAt: c.DueAt, Rev: a.Rev + 1,
		})
		for _, id := range a.Identifiers {
			found, err := h.FindAccounts(h.ctx(), id.Kind, id.Canonical)
			h.ok(err)
			h.same(len(found), 0)
		}
		held, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		devices, err := h.Devices(h.ctx(), a.ID)
		h.ok(err)
		consents, err := h.ConsentsOf(h.ctx(), a.ID)
		h.ok(err)
		h.same([]int{len(held), len(devices), len(consents), len(h.recordsAt(a.ID, began())), len(h.grantsOf(a.ID, began()))}, []int{0, 0, 0, 0, 0})
		h.same([]any{h.session(g.Session).EndedAt, h.session(g.Session).EndedWhy}, []any{c.DueAt, "account closed"})
		h.same(h.standing(g.ID).Grant.RevokedWhy, "account closed")
		h.same(h.pends(a.ID, began()), false)
		_, err = h.TermsAccepted(h.ctx(), a.ID, "1")
		h.refused(err, provider.ErrNotFound)
		again, err := h.ActivationsOf(h.ctx(), "MRN 1")
		h.ok(err)
		h.same(len(again), 0)
		name, _ := a.Identifier(provider.Username)
		free, err := h.UsernameFree(h.ctx(), name.Canonical, "")
		h.ok(err)
		h.same([]any{free, h.closingOf(a.ID) == nil, h.events("account.closed")}, []any{false, true, 1})
	}},
	{"what others share with a closed account stays theirs, and links that it gave end", func(h house) {
		a, b, carer := h.account("ada"), newAccount("bob"), h.account("eve")
		b.Identifiers[1].Canonical = "ada@example.org"
		h.ok(h.CreateAccount(h.ctx(), b, nil, event("account.created")))
		h.ok(h.joins(h.issued("MRN 1").ID, began(), a.ID))
		h.trusts(a.ID, carer.ID, "MRN 1", began().Add(300*day))
		h.ok(h.joins(h.issued("MRN 2").ID, began(), carer.ID))
		c := h.closing(a.ID)
		h.ok(h.closes(c, c.DueAt))
		found, err := h.FindAccounts(h.ctx(), provider.Email, "ada@example.org")
		h.ok(err)
		h.same(found, []provider.AccountID{b.ID})
		left := h.recordsAt(carer.ID, began())
		h.same([]any{len(left), left[0].Record}, []any{1, "MRN 2"})
		h.ok(h.activates(h.issued("MRN 1").ID, began(), newAccount("again")))
	}},
	{"nobody is closed too early, twice, after it was cancelled or while not active: ErrUsed, and nothing is done", func(h house) {
		g := h.grant()
		c := h.closing(g.Account)
		before := h.everything(g)
		h.refused(h.closes(c, c.DueAt.Add(-time.Microsecond)), provider.ErrUsed)
		other := c
		other.ID = "another"
		h.refused(h.closes(other, c.DueAt), provider.ErrUsed)
		other = c
		other.Account = h.account("bob").ID
		h.refused(h.closes(other, c.DueAt), provider.ErrUsed)
		delete(before, "bob")
		after := h.everything(g)
		delete(after, "bob")
		h.same(after, before)
		h.cancels(c, true)
		h.refused(h.closes(c, c.DueAt), provider.ErrUsed)
		locked := h.account("eve")
		theirs := h.closing(locked.ID)
		locked.Status = provider.Locked
		h.ok(h.UpdateAccount(h.ctx(), locked, event("account.disabled")))
		h.refused(h.closes(theirs, theirs.DueAt), provider.ErrUsed)
		h.same(h.closingOf(locked.ID), &theirs)
		done := h.closing(g.Account)
		h.ok(h.closes(done, done.DueAt))
		h.refused(h.closes(done, done.DueAt), provider.ErrUsed)
		h.same(h.events("account.closed"), 1)
	}},
	{"fifty close an account at once: one does", func(h house) {
		c := h.closing(h.account("ada", provider.Password).ID)
		h.oneWinner(provider.ErrUsed, func(int) error { return h.closes(c, c.DueAt) })
		h.same(h.events("account.closed"), 1)
	}},
	{"fifty close an account or take it back at once: one of the two is done", func(h house) {
		c := h.closing(h.account("ada", provider.Password).ID)
		cancelled := 0
		for n, err := range race(func(runner int) error {
			if runner%2 == 0 {
				return h.closes(c, c.DueAt)
			}
			was, err := h.CancelClosing(h.ctx(), c, event("closing.cancelled"))
			if err == nil && !was {
				return provider.ErrUsed
			}
			return err
		}) {
			if err != nil {
				h.refused(err, provider.ErrUsed)
			} else if n%2 == 1 {
				cancelled++
			}
		}
		a, err := h.Account(h.ctx(), c.Account)
		h.ok(err)
		h.same([]any{h.events("account.closed"), h.events("closing.cancelled"), a.Status == provider.Closed}, []any{1 - cancelled, cancelled, cancelled == 0})
	}},
}

var trustPromises = []promise{
	{"a link that a patient gave is read by both, until it ends", func(h house) {
		ada, eve, until := h.account("ada"), h.account("eve"), began().Add(30*day)
		l := h.trusts(ada.ID, eve.ID, "MRN 1", until)
		h.same(h.recordsAt(eve.ID, until.Add(-time.Microsecond)), []provider.RecordLink{l})
		h.same(h.given(ada.ID, until.Add(-time.Microsecond)), []provider.RecordLink{l})
		h.same([]int{len(h.recordsAt(eve.ID, until)), len(h.given(ada.ID, until)), len(h.given(eve.ID, began())), len(h.given("", began()))}, []int{0, 0, 0, 0})
		a := h.readActivation(l.Activation)
		h.same([]any{a.By, a.Until, a.Relation}, []any{ada.ID, until, provider.Trusted})
	}},
	{"invitations of trusted people stand beside each other and beside the office's", func(h house) {
		ada := h.account("ada")
		office := h.issued("MRN 1")
		var all []provider.Activation
		for range 2 {
			a := newActivation("MRN 1")
			a.Relation, a.By, a.Until = provider.Trusted, ada.ID, began().Add(30*day)
			h.issue(a)
			all = append(all, a)
		}
		for _, a := range append(all, office) {
			h.same(h.readActivation(a.ID).Open(began()), true)
		}
	}},
	{"an invitation of a patient is good only while their account is active: ErrUsed", func(h house) {
		ada, eve := h.account("ada"), h.account("eve")
		a := newActivation("MRN 1")
		a.Relation, a.By, a.Until = provider.Trusted, ada.ID, began().Add(30*day)
		h.issue(a)
		h.ok(h.PauseAccount(h.ctx(), ada.ID, "paused", began(), event("account.disabled")))
		h.refused(h.joins(a.ID, began(), eve.ID), provider.ErrUsed)
		h.refused(h.activates(a.ID, began(), newAccount("bob")), provider.ErrUsed)
		h.nobodyIs("bob")
		h.same([]int{len(h.records(eve.ID)), len(h.given(ada.ID, began()))}, []int{0, 0})
		h.ok(h.setStatus(ada.ID, provider.Active))
		h.ok(h.activates(a.ID, began(), newAccount("bob")))
	}},
	{"a patient invites so many people at most, counting who has the record by them: ErrSpent, and nothing is done", func(h house) {
		ada, eve := h.account("ada"), h.account("eve")
		invite := func(by provider.AccountID, record string, most int, at time.Time) error {
			a := newActivation(record)
			a.Relation, a.By, a.Until, a.IssuedAt, a.ExpiresAt = provider.Trusted, by, began().Add(60*day), at, at.Add(10*day)
			return h.IssueActivations(h.ctx(), []provider.Issue{{Activation: a, Event: event("trust.invited"), Most: most}})
		}
		h.ok(h.joins(h.issued("MRN 1").ID, began(), ada.ID)) // the office's count for nothing
		h.issued("MRN 1")
		l := h.trusts(ada.ID, eve.ID, "MRN 1", began().Add(30*day))
		h.ok(invite(ada.ID, "MRN 1", 2, began()))
		h.refused(invite(ada.ID, "MRN 1", 2, began()), provider.ErrSpent)
		h.same(h.events("trust.invited"), 1)
		h.ok(invite(ada.ID, "MRN 2", 1, began())) // of another record
		h.ok(invite(ada.ID, "MRN 1", 0, began()))
		h.refused(invite(ada.ID, "MRN 1", 3, began()), provider.ErrSpent)
		h.ok(invite(ada.ID, "MRN 1", 2, began().Add(10*day))) // what ran out makes room
		_, err := h.EndLink(h.ctx(), l, began(), event("trust.ended"))
		h.ok(err)
		h.ok(invite(ada.ID, "MRN 1", 2, began().Add(10*day))) // and so does what was ended
		h.refused(invite(ada.ID, "MRN 1", 2, began().Add(10*day)), provider.ErrSpent)
	}},
	{"fifty invite trusted people at once: as many as there is room for are invited", func(h house) {
		ada, eve := h.account("ada"), h.account("eve")
		h.trusts(ada.ID, eve.ID, "MRN 1", began().Add(30*day))
		invited := 0
		for _, err := range race(func(int) error {
			a := newActivation("MRN 1")
			a.Relation, a.By, a.Until = provider.Trusted, ada.ID, began().Add(30*day)
			return h.IssueActivations(h.ctx(), []provider.Issue{{Activation: a, Event: event("trust.invited"), Most: 5}})
		}) {
			if err == nil {
				invited++
			} else {
				h.refused(err, provider.ErrSpent)
			}
		}
		h.same([]int{invited, h.events("trust.invited")}, []int{4, 4})
	}},
	{"a link ends once, by who gave it", func(h house) {
		ada, eve := h.account("ada"), h.account("eve")
		l := h.trusts(ada.ID, eve.ID, "MRN 1", began().Add(30*day))
		ends := func(l provider.RecordLink, at time.Time, want bool) {
			h.Helper()
			was, err := h.EndLink(h.ctx(), l, at, event("trust.ended"))
			h.ok(err)
			h.same(was, want)
		}
		other := l
		other.GrantedBy = eve.ID
		ends(other, began(), false)
		other = l
		other.Account = ada.ID
		ends(other, began(), false)
		ends(l, l.Until, false)
		ends(l, began(), true)
		ends(l, began(), false)
		h.same([]int{len(h.recordsAt(eve.ID, began())), h.events("trust.ended")}, []int{0, 1})
		h.ok(h.joins(h.issued("MRN 2").ID, began(), eve.ID))
		office := h.recordsAt(eve.ID, began())[0]
		ends(office, began(), false)
	}},
	{"a link that stays is not replaced by one that ends, one that ends is by one that stays or lasts longer", func(h house) {
		ada, eve := h.account("ada"), h.account("eve")
		h.ok(h.joins(h.issued("MRN 1").ID, began(), ada.ID))
		own := h.recordsAt(ada.ID, began())
		h.trusts(ada.ID, ada.ID, "MRN 1", began().Add(30*day))
		h.same(h.recordsAt(ada.ID, began()), own)
		h.trusts(ada.ID, eve.ID, "MRN 1", began().Add(30*day))
		longer := h.trusts(ada.ID, eve.ID, "MRN 1", began().Add(60*day))
		h.trusts(ada.ID, eve.ID, "MRN 1", began().Add(10*day))
		h.same(h.recordsAt(eve.ID, began()), []provider.RecordLink{longer})
		h.ok(h.joins(h.issued("MRN 1").ID, began(), eve.ID))
		stays := h.recordsAt(eve.ID, began().Add(400*day))
		h.same([]any{len(stays), stays[0].Relation, stays[0].GrantedBy}, []any{1, provider.Self, provider.AccountID("")})
	}},
	{"links that are over are swept", func(h house) {
		ada, eve, bob := h.account("ada"), h.account("eve"), h.account("bob")
		until := began().Add(30 * day)
		h.trusts(ada.ID, eve.ID, "MRN 1", until)
		h.trusts(ada.ID, bob.ID, "MRN 1", until.Add(day))
		_, err := h.Sweep(h.ctx(), until, 100, 0)
		h.ok(err)
		h.same([]int{len(h.recordsAt(eve.ID, began())), len(h.recordsAt(bob.ID, began()))}, []int{0, 1})
	}},
	{"terms are accepted once, each version by each person", func(h house) {
		a := h.account("ada")
		for _, version := range []string{"1", "2", "1"} {
			h.ok(h.AcceptTerms(h.ctx(), a.ID, version, began(), event("terms.accepted")))
		}
		h.ok(h.AcceptTerms(h.ctx(), "nobody", "1", began(), event("terms.accepted")))
		at, err := h.TermsAccepted(h.ctx(), a.ID, "2")
		h.ok(err)
		h.same([]any{at, h.events("terms.accepted")}, []any{began(), 2})
		h.ok(h.AcceptTerms(h.ctx(), h.account("bob").ID, "4", began(), event("terms.accepted by another")))
		all, err := h.TermsOf(h.ctx(), a.ID)
		h.ok(err)
		h.same(all, []provider.AcceptedTerms{{Version: "1", At: began()}, {Version: "2", At: began()}})
		_, err = h.TermsAccepted(h.ctx(), a.ID, "3")
		h.refused(err, provider.ErrNotFound)
		_, err = h.TermsAccepted(h.ctx(), "nobody", "1")
		h.refused(err, provider.ErrNotFound)
	}},
}

var leavingActs = []act{
	{"AskClosing", func(h house, g provider.Grant) func(provider.Event) error {
		c := newClosing(g.Account)
		return func(e provider.Event) error { return h.AskClosing(h.ctx(), c, e) }
	}},
	{"CancelClosing", func(h house, g provider.Grant) func(provider.Event) error {
		c := h.closing(g.Account)
		return func(e provider.Event) error {
			_, err := h.CancelClosing(h.ctx(), c, e)
			return err
		}
	}},
	{"NoticeClosing", func(h house, g provider.Grant) func(provider.Event) error {
		c := h.closing(g.Account)
		return func(e provider.Event) error { return h.NoticeClosing(h.ctx(), c, c.DueAt, e) }
	}},
	{"CloseAccount", func(h house, g provider.Grant) func(provider.Event) error {
		c := h.closing(g.Account)
		return func(e provider.Event) error { return h.CloseAccount(h.ctx(), c, "closed", c.DueAt, e) }
	}},
	{"EndLink", func(h house, g provider.Grant) func(provider.Event) error {
		l := h.trusts(h.account("eve").ID, g.Account, "MRN 1", began().Add(day))
		return func(e provider.Event) error {
			_, err := h.EndLink(h.ctx(), l, began(), e)
			return err
		}
	}},
	{"TellOnce", func(h house, _ provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.TellOnce(h.ctx(), "notice", "the act's", began().Add(day), e) }
	}},
	{"AcceptTerms", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.AcceptTerms(h.ctx(), g.Account, "1", began(), e) }
	}},
}
