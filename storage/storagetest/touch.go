package storagetest

import (
	"testing"
	"time"

	"gatehouse/provider"
)

// Touch does everything that a store does with codes, budgets, browsers, messages, invitations and recoveries, for tests that look at how.
func Touch(t *testing.T, s provider.Store) {
	t.Helper()
	h := house{T: t, Store: s}
	a := h.account("ada", provider.TOTP)
	h.ok(h.SpendStep(h.ctx(), h.held(a).ID, 57))
	c := h.challenge()
	_, err := h.TryChallenge(h.ctx(), c.ID, began())
	h.ok(err)
	h.ok(h.SolveChallenge(h.ctx(), c.ID, began()))
	_, err = h.TryChallenge(h.ctx(), c.ID, began())
	h.refused(err, provider.ErrUsed)
	b := threeAnHour()
	b.Limit = 1
	h.spends(b, began(), 0, began().Add(time.Hour))
	h.spent(b, began(), began().Add(time.Hour))
	h.ok(h.Refund(h.ctx(), b, began()))
	h.takes(tenAnHour(), began(), 10, 10)
	h.takes(tenAnHour(), began(), 10, 0)
	h.twin(provider.StrangersLane(a.ID)).touch(a.ID)
	d := newDevice(a.ID)
	h.seen(a.ID, d, began())
	h.seen(a.ID, d, began())
	h.device(d)
	_, err = h.Devices(h.ctx(), a.ID)
	h.ok(err)
	h.ok(h.ForgetDevices(h.ctx(), a.ID, event("devices.forgotten")))
	h.ok(h.DropDevices(h.ctx(), a.ID, event("devices.forgotten")))
	h.ok(h.EndOthers(h.ctx(), a.ID, "", "leaked", began(), event("others.ended")))
	h.reports(provider.Session{ID: "none"}, began(), began())
	h.idle(began(), 10)
	h.endIdle(provider.Session{ID: "none"}, began())
	h.sent("c1", "SM1")
	h.ok(h.ReportMessage(h.ctx(), "SM1", provider.MessageDelivered, "", began()))
	h.ok(h.ReportMessage(h.ctx(), "SM1", provider.MessageFailed, "", began()))
	h.delivery("c1")
	h.tell(newMessage("c1"))
	h.claim(newMessage("").Expires, 10) // drops it
	h.backlog(0, time.Time{})
	h.touchLostFound(a)
	h.touchOverviews()
	h.touchLeaving()
	h.touchSignals()
	h.touchSupport(a.ID)
	h.touchReferences()
	h.touchCalls()
	h.sweepAll(began().Add(1000*day), 0)
	h.ok(h.RemoveAuthenticator(h.ctx(), h.held(a), h.rev(a.ID), event("authenticator.removed")))
}

// touchLostFound does all that is done with invitations, imports and recoveries.
func (h house) touchLostFound(a provider.Account) {
	h.Helper()
	used, joined, revoked := h.issued("MRN 1"), h.issued("MRN 2"), h.issued("MRN 3")
	_, err := h.ActivationByCode(h.ctx(), used.CodeHash)
	h.ok(err)
	_, err = h.ActivationsOf(h.ctx(), "MRN 1")
	h.ok(err)
	h.ok(h.activates(used.ID, began(), newAccount("bob")))
	h.ok(h.joins(joined.ID, began(), a.ID))
	h.readActivation(joined.ID)
	h.revokes(revoked.ID, "by_staff", began(), true)
	h.same(len(h.records(a.ID)), 1)
	h.ok(h.imports(newImport("eve")))
	r := h.recovery(a.ID)
	h.same(h.due(r.NoticeAt, 10), []string{r.ID})
	h.ok(h.notices(r, r.ReadyAt))
	h.same(h.pends(a.ID, began()), true)
	h.stops(r.ID, began(), true)
	again, app := h.recovery(a.ID), newAuthenticator(a, provider.Passkey, began())
	h.ok(h.SaveAuthenticator(h.ctx(), app, event("authenticator.bound")))
	h.ok(h.finishes(again.ID, again.ReadyAt, app.ID))
}

// touchOverviews does all that owners do with what they see of their accounts.
func (h house) touchOverviews() {
	h.Helper()
	g := h.redeemed()
	_, err := h.SessionsOf(h.ctx(), g.Account, began(), 10)
	h.ok(err)
	_, err = h.ConsentsOf(h.ctx(), g.Account)
	h.ok(err)
	_, err = h.GrantsOf(h.ctx(), g.Account, began(), 10)
	h.ok(err)
	_, err = h.EventsOf(h.ctx(), g.Account, provider.EventQuery{Before: 1000, Kinds: []string{"x"}, Staff: true, Limit: 10})
	h.ok(err)
	h.ok(h.EndAccess(h.ctx(), g.Account, g.Client, "by_owner", began(), event("access.ended")))
	h.ok(h.PauseAccount(h.ctx(), g.Account, "by_owner", began(), event("account.disabled")))
}

// touchLeaving does all that is done with names, trusted people, terms and people who leave.
func (h house) touchLeaving() {
	h.Helper()
	a, held := h.reachable("fay")
	carer, again := h.account("gil"), h.account("hal")
	h.ok(h.ChangeContacts(h.ctx(), moved(a, held), event("contact.changed")))
	a, err := h.Account(h.ctx(), a.ID)
	h.ok(err)
	h.ok(h.rename(a, "faye"))
	h.free("fay", carer.ID, false)
	h.ok(h.joins(h.issued("MRN 4").ID, began(), a.ID))
	l := h.trusts(a.ID, carer.ID, "MRN 4", began().Add(30*day))
	h.same(len(h.given(a.ID, began())), 1)
	invited := newActivation("MRN 4")
	invited.Relation, invited.By, invited.Until = provider.Trusted, a.ID, began().Add(30*day)
	h.ok(h.IssueActivations(h.ctx(), []provider.Issue{{Activation: invited, Event: event("trust.invited"), Most: 2}}))
	_, err = h.EndLink(h.ctx(), l, began(), event("trust.ended"))
	h.ok(err)
	h.trusts(a.ID, carer.ID, "MRN 4", began().Add(30*day))
	h.ok(h.AcceptTerms(h.ctx(), a.ID, "1", began(), event("terms.accepted")))
	_, err = h.TermsAccepted(h.ctx(), a.ID, "1")
	h.ok(err)
	h.ok(h.TellOnce(h.ctx(), "notice", provider.NewID(), began().Add(day), event("notice.sent")))
	_, err = h.AccountsAfter(h.ctx(), "", 10)
	h.ok(err)
	h.cancels(h.closing(again.ID), true)
	c := h.closing(a.ID)
	h.same(h.closingOf(a.ID), &c)
	h.same(h.dueClosings(c.NoticeAt, 10), []string{c.ID})
	h.ok(h.NoticeClosing(h.ctx(), c, c.DueAt, event("closing.noticed")))
	h.ok(h.closes(c, c.DueAt))
}

// touchSignals does all that is done with what applications are told.
func (h house) touchSignals() {
	h.Helper()
	app := h.listens(provider.NewID()).ID
	s := h.ended("ian", app)
	h.same(h.signals(s.ID), []string{app})
	first := h.claimSignals(began(), 10, 10, "another")
	h.same(len(first), 1)
	h.ok(h.PutOffSignal(h.ctx(), first[0], began()))
	second := h.claimSignals(began(), 10, 10)
	h.same(len(second), 1)
	h.ok(h.SettleSignal(h.ctx(), second[0], provider.SignalTold, began(), event("logout.told")))
	_, _, err := h.SignalBacklog(h.ctx())
	h.ok(err)
	_, err = h.EndExpired(h.ctx(), began(), 10)
	h.ok(err)
}
