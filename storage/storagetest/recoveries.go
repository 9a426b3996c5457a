package storagetest

import (
	"errors"
	"time"

	"gatehouse/provider"
)

// newRecovery waits for three days, and is then open for four.
func newRecovery(account provider.AccountID) provider.Recovery {
	mail := provider.Contact{Kind: provider.Email, Canonical: "ada@example.org", VerifiedAt: began().Add(-day)}
	phone := provider.Contact{Kind: provider.Phone, Canonical: "+15550100", VerifiedAt: began().Add(-2 * day)}
	return provider.Recovery{
		ID: provider.NewID(), Account: account, Proven: mail, Contacts: []provider.Contact{mail, phone},
		StartedAt: began(), ReadyAt: began().Add(3 * day), ExpiresAt: began().Add(7 * day), NoticeAt: began().Add(36 * time.Hour),
	}
}

// recovery starts one.
func (h house) recovery(account provider.AccountID) provider.Recovery {
	h.Helper()
	r := newRecovery(account)
	h.ok(h.starts(r))
	return r
}

func (h house) starts(r provider.Recovery) error {
	return h.StartRecovery(h.ctx(), r, event("recovery.started"))
}

func (h house) readRecovery(id string) provider.Recovery {
	h.Helper()
	r, err := h.Recovery(h.ctx(), id)
	h.ok(err)
	return r
}

func (h house) stops(id string, at time.Time, want bool) {
	h.Helper()
	pending, err := h.StopRecovery(h.ctx(), id, "stopped", at, event("recovery.stopped"))
	h.ok(err)
	h.same(pending, want)
}

func (h house) finishes(id string, at time.Time, removes ...string) error {
	return h.FinishRecovery(h.ctx(), id, removes, at, event("recovery.finished"))
}

func (h house) notices(r provider.Recovery, next time.Time) error {
	return h.NoticeRecovery(h.ctx(), r, next, event("recovery.noticed"))
}

func (h house) due(at time.Time, limit int) []string {
	h.Helper()
	all, err := h.DueRecoveries(h.ctx(), at, limit)
	h.ok(err)
	var ids []string
	for _, r := range all {
		h.same(r, h.readRecovery(r.ID))
		ids = append(ids, r.ID)
	}
	return ids
}

func (h house) pends(account provider.AccountID, at time.Time) bool {
	h.Helper()
	r, err := h.PendingRecovery(h.ctx(), account, at)
	if errors.Is(err, provider.ErrNotFound) {
		return false
	}
	h.ok(err)
	h.same(r, h.readRecovery(r.ID))
	return true
}

var recoveryPromises = []promise{
	{"a recovery is read as it was started", func(h house) {
		r := h.recovery("ada")
		h.same(h.readRecovery(r.ID), r)
		byPassword := newRecovery("bob")
		byPassword.Proven, byPassword.Contacts, byPassword.NoticeAt = provider.Contact{}, nil, time.Time{}
		h.ok(h.starts(byPassword))
		h.same(h.readRecovery(byPassword.ID), byPassword)
		_, err := h.Recovery(h.ctx(), "none")
		h.refused(err, provider.ErrNotFound)
		h.same(h.events("recovery.started"), 2)
	}},
	{"an account has one that is pending: ErrTaken", func(h house) {
		r := h.recovery("ada")
		second := newRecovery("ada")
		second.StartedAt = r.ExpiresAt.Add(-time.Microsecond)
		h.refused(h.starts(second), provider.ErrTaken)
		h.same(h.readRecovery(r.ID), r)
		_, err := h.Recovery(h.ctx(), second.ID)
		h.refused(err, provider.ErrNotFound)
		h.same(h.events("recovery.started"), 1)
		h.recovery("bob")
	}},
	{"an id is given once: ErrTaken", func(h house) {
		r, twice := h.recovery("ada"), newRecovery("bob")
		twice.ID = r.ID
		h.refused(h.starts(twice), provider.ErrTaken)
		h.same(h.readRecovery(r.ID), r)
	}},
	{"one that is over, stopped or finished makes room for the next", func(h house) {
		a := h.account("ada")
		over := h.recovery(a.ID)
		stopped := newRecovery(a.ID)
		stopped.StartedAt = over.ExpiresAt
		stopped.ReadyAt, stopped.ExpiresAt = over.ExpiresAt.Add(day), over.ExpiresAt.Add(2*day)
		h.ok(h.starts(stopped))
		over.EndedAt, over.EndedWhy, over.NoticeAt = over.ExpiresAt, "expired", time.Time{}
		h.same(h.readRecovery(over.ID), over)
		h.stops(stopped.ID, stopped.StartedAt, true)
		finished := newRecovery(a.ID)
		finished.StartedAt, finished.ReadyAt, finished.ExpiresAt = stopped.StartedAt, stopped.StartedAt, stopped.ExpiresAt
		h.ok(h.starts(finished))
		h.ok(h.finishes(finished.ID, finished.ReadyAt))
		last := newRecovery(a.ID)
		last.StartedAt, last.ReadyAt, last.ExpiresAt = stopped.StartedAt, stopped.ReadyAt, stopped.ExpiresAt
		h.ok(h.starts(last))
	}},
	{"the pending one of an account is found until it ends or is over", func(h house) {
		h.same(h.pends("ada", began()), false)
		r := h.recovery("ada")
		h.recovery("bob")
		got, err := h.PendingRecovery(h.ctx(), "ada", r.ExpiresAt.Add(-time.Microsecond))
		h.ok(err)
		h.same(got, r)
		h.same(h.pends("ada", r.ExpiresAt), false)
		h.stops(r.ID, began(), true)
		h.same(h.pends("ada", began()), false)
		h.same(h.pends("bob", began()), true)
	}},
	{"a recovery is stopped once, and then not finished", func(h house) {
		r := h.recovery(h.account("ada").ID)
		at := r.ReadyAt
		h.stops(r.ID, at, true)
		h.stops(r.ID, at.Add(time.Minute), false)
		r.EndedAt, r.EndedWhy, r.NoticeAt = at, "stopped", time.Time{}
		h.same(h.readRecovery(r.ID), r)
		h.same(h.events("recovery.stopped"), 1)
		h.refused(h.finishes(r.ID, at), provider.ErrUsed)
	}},
	{"what is over, finished or not there is not stopped", func(h house) {
		over, done := h.recovery("ada"), h.recovery(h.account("bob").ID)
		h.stops(over.ID, over.ExpiresAt, false)
		h.ok(h.finishes(done.ID, done.ReadyAt))
		h.stops(done.ID, done.ReadyAt, false)
		h.stops("none", began(), false)
		h.same(h.readRecovery(done.ID).EndedWhy, "done")
		h.same(h.events("recovery.stopped"), 0)
	}},
}

var noticePromises = []promise{
	{"recoveries whose notice is due are listed, the longest due first, as many as asked", func(h house) {
		var want []string
		for i, hours := range []int{3, 1, 2} {
			r := newRecovery(provider.AccountID([]string{"a", "b", "c"}[i]))
			r.NoticeAt = began().Add(time.Duration(hours) * time.Hour)
			h.ok(h.starts(r))
			want = append(want, r.ID)
		}
		h.same(h.due(began().Add(time.Hour-time.Microsecond), 10), []string(nil))
		h.same(h.due(began().Add(2*time.Hour), 10), []string{want[1], want[2]})
		h.same(h.due(began().Add(3*time.Hour), 10), []string{want[1], want[2], want[0]})
		h.same(h.due(began().Add(3*time.Hour), 2), []string{want[1], want[2]})
		h.same(h.due(began().Add(3*time.Hour), 0), []string(nil))
	}},
	{"what is stopped, over or has no notice is never due", func(h house) {
		stopped, over, none := h.recovery("a"), h.recovery("b"), newRecovery("c")
		none.NoticeAt = time.Time{}
		h.ok(h.starts(none))
		h.stops(stopped.ID, began(), true)
		h.same(h.due(over.ExpiresAt, 10), []string(nil))
		h.same(h.due(over.ExpiresAt.Add(-time.Microsecond), 10), []string{over.ID})
	}},
	{"a notice is given once, and the next one is due when that says: ErrStale", func(h house) {
		r := h.recovery("ada")
		h.ok(h.notices(r, r.ReadyAt))
		h.refused(h.notices(r, r.ReadyAt), provider.ErrStale)
		h.same(h.due(r.NoticeAt, 10), []string(nil))
		h.same(h.due(r.ReadyAt, 10), []string{r.ID})
		r.NoticeAt = r.ReadyAt
		h.same(h.readRecovery(r.ID), r)
		h.ok(h.notices(r, time.Time{}))
		r.NoticeAt = time.Time{}
		h.same(h.readRecovery(r.ID), r)
		h.same(h.due(r.ExpiresAt.Add(-time.Microsecond), 10), []string(nil))
		h.same(h.events("recovery.noticed"), 2)
		h.ok(h.notices(r, began().Add(time.Hour)))
		h.same(h.due(began().Add(time.Hour), 10), []string{r.ID})
	}},
	{"one that has ended gets no notice any more: ErrStale", func(h house) {
		r := h.recovery("ada")
		h.stops(r.ID, began(), true)
		h.refused(h.notices(r, r.ReadyAt), provider.ErrStale)
		h.refused(h.notices(h.readRecovery(r.ID), r.ReadyAt), provider.ErrStale)
		unknown := newRecovery("bob")
		h.refused(h.notices(unknown, r.ReadyAt), provider.ErrStale)
		h.same(h.events("recovery.noticed"), 0)
	}},
}

var finishPromises = []promise{
	{"a recovery is finished once it is ready, removes what was lost, and moves the account's revision", func(h house) {
		a := h.account("ada", provider.Password, provider.TOTP, provider.Passkey)
		held, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		r := h.recovery(a.ID)
		h.refused(h.finishes(r.ID, r.ReadyAt.Add(-time.Microsecond), held[1].ID), provider.ErrUsed)
		h.same(h.readRecovery(r.ID), r)
		h.ok(h.finishes(r.ID, r.ReadyAt, held[1].ID, held[2].ID))
		h.same(h.held(a), held[0])
		h.same(h.rev(a.ID), a.Rev+1)
		r.EndedAt, r.EndedWhy, r.NoticeAt = r.ReadyAt, "done", time.Time{}
		h.same(h.readRecovery(r.ID), r)
		h.refused(h.finishes(r.ID, r.ReadyAt, held[0].ID), provider.ErrUsed)
		h.same(h.held(a), held[0])
		h.same([]int{h.events("recovery.finished"), int(h.rev(a.ID))}, []int{1, int(a.Rev + 1)})
	}},
	{"one that is over or not there is not finished: ErrUsed", func(h house) {
		a := h.account("ada", provider.TOTP)
		r := h.recovery(a.ID)
		h.refused(h.finishes(r.ID, r.ExpiresAt, h.held(a).ID), provider.ErrUsed)
		h.refused(h.finishes("none", r.ReadyAt, h.held(a).ID), provider.ErrUsed)
		h.same(h.rev(a.ID), a.Rev)
		h.ok(h.finishes(r.ID, r.ExpiresAt.Add(-time.Microsecond)))
		h.held(a)
	}},
	{"where an authenticator has gone or is somebody else's, nothing is removed: ErrStale", func(h house) {
		a, b := h.account("ada", provider.TOTP), h.account("bob", provider.Password)
		r, mine, his := h.recovery(a.ID), h.held(a), h.held(b)
		for _, other := range []string{"none", his.ID} {
			h.refused(h.finishes(r.ID, r.ReadyAt, mine.ID, other), provider.ErrStale)
			h.same([]any{h.held(a), h.held(b), h.rev(a.ID), h.rev(b.ID)}, []any{mine, his, a.Rev, b.Rev})
			h.same(h.readRecovery(r.ID), r)
		}
		h.same(h.events("recovery.finished"), 0)
		h.ok(h.finishes(r.ID, r.ReadyAt, mine.ID))
	}},
}

var recoveryRaces = []promise{
	{"StartRecovery has one winner, also where one is over", func(h house) {
		h.recovery("ada")
		h.oneWinner(provider.ErrTaken, func(int) error {
			r := newRecovery("ada")
			r.StartedAt, r.ReadyAt, r.ExpiresAt = r.ExpiresAt, r.ExpiresAt.Add(day), r.ExpiresAt.Add(2*day)
			return h.starts(r)
		})
		h.same(h.events("recovery.started"), 2)
	}},
	{"a recovery is finished or stopped first, and the store knows which", func(h house) {
		a := h.account("ada", provider.TOTP)
		r, app := h.recovery(a.ID), h.held(a)
		h.oneWinner(provider.ErrUsed, func(i int) error {
			if i%2 == 0 {
				return liveOnce(h.StopRecovery(h.ctx(), r.ID, "stopped", r.ReadyAt, event("recovery.stopped")))
			}
			return h.finishes(r.ID, r.ReadyAt, app.ID)
		})
		held, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		finished := h.events("recovery.finished")
		h.same([]any{len(held), h.rev(a.ID), h.readRecovery(r.ID).EndedWhy == "done"}, []any{1 - finished, a.Rev + int64(finished), finished == 1})
	}},
	{"FinishRecovery has one winner", func(h house) {
		a := h.account("ada", provider.TOTP)
		r, app := h.recovery(a.ID), h.held(a)
		h.oneWinner(provider.ErrUsed, func(int) error { return h.finishes(r.ID, r.ReadyAt, app.ID) })
		h.same(h.rev(a.ID), a.Rev+1)
	}},
	{"an authenticator goes by its owner or by the recovery, and nobody waits for ever", func(h house) {
		a := h.account("ada", provider.TOTP)
		r, app := h.recovery(a.ID), h.held(a)
		h.oneWinner(provider.ErrStale, func(i int) error {
			if i%2 == 0 {
				err := h.RemoveAuthenticator(h.ctx(), app, a.Rev, event("authenticator.removed"))
				return also(provider.ErrNotFound, provider.ErrStale, err)
			}
			return also(provider.ErrUsed, provider.ErrStale, h.finishes(r.ID, r.ReadyAt, app.ID))
		})
		h.same(h.rev(a.ID), a.Rev+1)
	}},
	{"NoticeRecovery has one winner", func(h house) {
		r := h.recovery("ada")
		h.oneWinner(provider.ErrStale, func(int) error { return h.notices(r, r.ReadyAt) })
		h.same(h.events("recovery.noticed"), 1)
	}},
}

// also makes one error of another.
func also(one, other, err error) error {
	if errors.Is(err, one) {
		return other
	}
	return err
}

var lostFoundSweeps = []promise{
	{"invitations go 400 days after they were used, revoked or over", func(h house) {
		used, revoked, over := h.issued("MRN 1"), h.issued("MRN 2"), h.issued("MRN 3")
		h.ok(h.joins(used.ID, began(), h.account("ada").ID))
		h.revokes(revoked.ID, "by_staff", began().Add(day), true)
		for _, c := range []struct {
			id string
			at time.Time
		}{{used.ID, began()}, {revoked.ID, began().Add(day)}, {over.ID, over.ExpiresAt}} {
			h.same(h.sweepAll(c.at.Add(400*day-time.Microsecond), never), 0)
			h.readActivation(c.id)
			h.same(h.sweepAll(c.at.Add(400*day), never), 1)
			_, err := h.Activation(h.ctx(), c.id)
			h.refused(err, provider.ErrNotFound)
		}
	}},
	{"the link to a record outlives its invitation", func(h house) {
		inv, ada := h.issued("MRN 1"), h.account("ada")
		h.ok(h.joins(inv.ID, began(), ada.ID))
		h.sweepAll(began().Add(1000*day), never)
		h.same(h.records(ada.ID), []provider.RecordLink{linkOf(inv, ada.ID, began())})
	}},
	{"recoveries go 400 days after they ended or were over", func(h house) {
		stopped, over := h.recovery("ada"), h.recovery("bob")
		h.stops(stopped.ID, began(), true)
		h.same(h.sweepAll(began().Add(400*day-time.Microsecond), never), 0)
		h.same(h.sweepAll(began().Add(400*day), never), 1)
		_, err := h.Recovery(h.ctx(), stopped.ID)
		h.refused(err, provider.ErrNotFound)
		h.same(h.sweepAll(over.ExpiresAt.Add(400*day-time.Microsecond), never), 0)
		h.readRecovery(over.ID)
		h.same(h.sweepAll(over.ExpiresAt.Add(400*day), never), 1)
	}},
	{"the open and the pending are not swept", func(h house) {
		inv, r := h.issued("MRN 1"), h.recovery("ada")
		h.same(h.sweepAll(began().Add(day), never), 0)
		h.same(h.readActivation(inv.ID), inv)
		h.same(h.readRecovery(r.ID), r)
	}},
}
