package storagetest

import (
	"fmt"
	"testing"
	"time"

	"gatehouse/provider"
)

const (
	day   = 24 * time.Hour
	never = 100 * 365 * day
)

// sweepAll sweeps until nothing is left to sweep, and answers how many went.
func (h house) sweepAll(now time.Time, keep time.Duration) int {
	h.Helper()
	total := 0
	for {
		n, err := h.Sweep(h.ctx(), now, 100, keep)
		h.ok(err)
		total += n
		if n == 0 {
			return total
		}
	}
}

var sweepPromises = []promise{
	{"nothing that is alive is swept", func(h house) {
		g := h.grant()
		h.ok(h.RedeemCode(h.ctx(), g.ID, began(), event("code.redeemed")))
		h.ok(h.GiveConsent(h.ctx(), newConsent(g.Account, g.Client), event("consent.given")))
		h.ok(h.Consume(h.ctx(), "jti", "k", began().Add(time.Hour)))
		c := h.ceremony()
		h.challenge()
		h.spends(threeAnHour(), began(), 2, began().Add(time.Hour))
		h.twin(provider.StrangersLane(g.Account)).try(began())
		h.seen(g.Account, newDevice(g.Account), began())
		h.tell(newMessage(""))
		before, err := h.Standing(h.ctx(), g.ID, "")
		h.ok(err)
		h.same(h.sweepAll(began().Add(time.Minute), never), 0)
		h.same(h.standing(g.ID), before)
		_, err = h.Ceremony(h.ctx(), c.ID)
		h.ok(err)
	}},
	{"ceremonies go ten minutes after their deadline", func(h house) {
		c := h.ceremony()
		h.same(h.sweepAll(c.Deadline.Add(10*time.Minute-time.Microsecond), never), 0)
		_, err := h.Ceremony(h.ctx(), c.ID)
		h.ok(err)
		h.same(h.sweepAll(c.Deadline.Add(10*time.Minute), never), 1)
		_, err = h.Ceremony(h.ctx(), c.ID)
		h.refused(err, provider.ErrNotFound)
	}},
	{"marks go when their time is over, and only those", func(h house) {
		h.ok(h.Consume(h.ctx(), "jti", "short", began().Add(time.Minute)))
		h.ok(h.Consume(h.ctx(), "jti", "long", began().Add(time.Hour)))
		h.same(h.sweepAll(began().Add(time.Minute-time.Microsecond), never), 0)
		h.same(h.sweepAll(began().Add(time.Minute), never), 1)
		h.ok(h.Consume(h.ctx(), "jti", "short", began().Add(time.Hour)))
		h.refused(h.Consume(h.ctx(), "jti", "long", began().Add(time.Hour)), provider.ErrUsed)
	}},
	{"the mark of a completed ceremony is kept as long as was asked", func(h house) {
		c := completion(newSession(h.account("ada").ID))
		h.ok(h.CompleteCeremony(h.ctx(), c, event("session.began")))
		h.same(h.sweepAll(c.Until.Add(-time.Microsecond), never), 0)
		again := completion(newSession(c.Session.Account))
		again.Ceremony = c.Ceremony
		h.refused(h.CompleteCeremony(h.ctx(), again, event("session.began")), provider.ErrUsed)
	}},
	{"sessions go a week after they ended or were over, with the grants bound to them", func(h house) {
		g := h.grant()
		h.ok(h.RedeemCode(h.ctx(), g.ID, began(), event("code.redeemed")))
		over := h.session(g.Session)
		ended := h.begin(newSession(g.Account))
		bound := newGrant(g.Account, g.Client, ended.ID)
		h.ok(h.IssueCode(h.ctx(), bound))
		h.ok(h.RedeemCode(h.ctx(), bound.ID, began(), event("code.redeemed")))
		_, err := h.EndSession(h.ctx(), ended.ID, "signed_out", began(), event("session.ended"))
		h.ok(err)
		h.sweepAll(began().Add(7*day-time.Microsecond), never)
		h.session(ended.ID)
		h.standing(bound.ID)
		h.sweepAll(began().Add(7*day), never)
		_, err = h.Session(h.ctx(), ended.ID)
		h.refused(err, provider.ErrNotFound)
		_, err = h.Standing(h.ctx(), bound.ID, "")
		h.refused(err, provider.ErrNotFound)
		h.sweepAll(over.EndsAt.Add(7*day-time.Microsecond), never)
		h.session(over.ID)
		h.standing(g.ID)
		h.sweepAll(over.EndsAt.Add(7*day), never)
		_, err = h.Session(h.ctx(), over.ID)
		h.refused(err, provider.ErrNotFound)
		_, err = h.Standing(h.ctx(), g.ID, "")
		h.refused(err, provider.ErrNotFound)
	}},
	{"a session stays as long as a grant that is bound to it", func(h house) {
		g := h.grant()
		g.ID, g.CodeHash = provider.NewID(), provider.HashSecret("second")
		h.ok(h.IssueCode(h.ctx(), g))
		now := h.session(g.Session).EndsAt.Add(7 * day)
		for _, want := range []error{nil, provider.ErrNotFound} { // one grant at a time
			_, err := h.Sweep(h.ctx(), now, 1, never)
			h.ok(err)
			_, err = h.Session(h.ctx(), g.Session)
			h.refused(err, want)
		}
		_, err := h.Standing(h.ctx(), g.ID, "")
		h.refused(err, provider.ErrNotFound)
	}},
	{"an offline grant outlives its session", func(h house) {
		g := h.grant()
		g.ID, g.CodeHash, g.Offline = provider.NewID(), provider.HashSecret("offline"), true
		h.ok(h.IssueCode(h.ctx(), g))
		h.ok(h.RedeemCode(h.ctx(), g.ID, began(), event("code.redeemed")))
		h.ok(h.GiveConsent(h.ctx(), newConsent(g.Account, g.Client), event("consent.given")))
		now := began().Add(20 * day)
		h.sweepAll(now, never)
		st := h.standing(g.ID)
		if st.Session != nil {
			h.Fatal("the session is still there")
		}
		h.isOpen(st, now)
	}},
	{"a code that nobody redeemed goes after a day, with its grant", func(h house) {
		g := h.grant()
		h.sweepAll(g.CodeExpiresAt.Add(day-time.Microsecond), never)
		h.standing(g.ID)
		h.sweepAll(g.CodeExpiresAt.Add(day), never)
		_, err := h.Standing(h.ctx(), g.ID, "")
		h.refused(err, provider.ErrNotFound)
	}},
	{"a grant goes a week after it was revoked or reached its end", func(h house) {
		g := h.grant()
		g.Offline = true
		issue := func() string {
			g.ID, g.CodeHash = provider.NewID(), provider.HashSecret(provider.NewSecret())
			h.ok(h.IssueCode(h.ctx(), g))
			h.ok(h.RedeemCode(h.ctx(), g.ID, began(), event("code.redeemed")))
			return g.ID
		}
		revoked, over := issue(), issue()
		_, err := h.RevokeGrant(h.ctx(), revoked, "by_owner", began().Add(day), event("grant.revoked"))
		h.ok(err)
		for _, c := range []struct {
			id string
			at time.Time
		}{{revoked, began().Add(8 * day)}, {over, g.ExpiresAt.Add(7 * day)}} {
			h.sweepAll(c.at.Add(-time.Microsecond), never)
			h.standing(c.id)
			h.sweepAll(c.at, never)
			_, err = h.Standing(h.ctx(), c.id, "")
			h.refused(err, provider.ErrNotFound)
		}
	}},
	{"a grant that was swept past and is revoked later goes a week after that", func(h house) {
		g := h.grant()
		g.ID, g.CodeHash, g.Offline = provider.NewID(), provider.HashSecret("offline"), true
		h.ok(h.IssueCode(h.ctx(), g))
		h.ok(h.RedeemCode(h.ctx(), g.ID, began(), event("code.redeemed")))
		h.sweepAll(began().Add(2*day), never)
		_, err := h.RevokeGrant(h.ctx(), g.ID, "by_owner", began().Add(3*day), event("grant.revoked"))
		h.ok(err)
		h.sweepAll(began().Add(10*day-time.Microsecond), never)
		h.standing(g.ID)
		h.sweepAll(began().Add(10*day), never)
		_, err = h.Standing(h.ctx(), g.ID, "")
		h.refused(err, provider.ErrNotFound)
	}},
	{"challenges go an hour after they are over, solved or not", func(h house) {
		c, solved := h.challenge(), h.challenge()
		h.ok(h.SolveChallenge(h.ctx(), solved.ID, began()))
		h.same(h.sweepAll(c.ExpiresAt.Add(time.Hour-time.Microsecond), never), 0)
		h.readChallenge(c.ID)
		h.same(h.sweepAll(c.ExpiresAt.Add(time.Hour), never), 2)
		_, err := h.Challenge(h.ctx(), c.ID)
		h.refused(err, provider.ErrNotFound)
	}},
	{"budgets go when their window is over, and only those", func(h house) {
		b, longer := threeAnHour(), threeAnHour()
		longer.Purpose, longer.Window = "calls", day
		h.spends(b, began(), 2, began().Add(time.Hour))
		h.spends(longer, began(), 2, began().Add(day))
		h.same(h.sweepAll(began().Add(time.Hour-time.Microsecond), never), 0)
		h.spends(b, began(), 1, began().Add(time.Hour))
		h.same(h.sweepAll(began().Add(time.Hour), never), 1)
		h.spends(longer, began(), 1, began().Add(day))
	}},
	{"rates go when they are whole, and only those", func(h house) {
		t, longer := fresh(), fresh()
		whole := h.takes(t, began(), 2, 2).Whole
		h.takes(longer, began(), 2, 2)
		h.takes(longer, began(), 1, 1)
		h.same(h.sweepAll(whole.Add(-time.Microsecond), never), 0)
		h.same(h.sweepAll(whole, never), 1)
		h.same(h.sweepAll(whole.Add(6*time.Minute-time.Microsecond), never), 0)
		h.takes(longer, began(), 10, 7)
		h.same(h.sweepAll(began().Add(time.Hour), never), 1)
	}},
	{"messages go a week after they were settled, or expired before that", func(h house) {
		h.sent("sent", "SM1")
		h.tell(newMessage("waiting"))
		h.same(h.sweepAll(began().Add(7*day-time.Microsecond), never), 0)
		h.same(h.delivery("sent").State, provider.MessageSent)
		h.same(h.sweepAll(began().Add(7*day), never), 1)
		_, err := h.DeliveryOf(h.ctx(), "sent")
		h.refused(err, provider.ErrNotFound)
		expires := newMessage("").Expires
		h.same(h.sweepAll(expires.Add(7*day-time.Microsecond), never), 0)
		h.same(h.delivery("waiting").State, provider.MessageWaiting)
		h.same(h.sweepAll(expires.Add(7*day), never), 1)
		_, err = h.DeliveryOf(h.ctx(), "waiting")
		h.refused(err, provider.ErrNotFound)
	}},
	{"a report moves no end of a message", func(h house) {
		h.sent("c1", "SM1")
		h.ok(h.ReportMessage(h.ctx(), "SM1", provider.MessageDelivered, "", began().Add(day)))
		h.same(h.sweepAll(began().Add(7*day), never), 1)
	}},
	{"browsers go 400 days after they were seen", func(h house) {
		a := h.account("ada")
		d := newDevice(a.ID)
		d.SeenAt = began()
		h.seen(a.ID, d, began())
		d.SeenAt = began().Add(300 * day)
		h.seen(a.ID, d, d.SeenAt)
		h.sweepAll(began().Add(410*day), never)
		h.same(h.device(d).SeenAt, d.SeenAt)
		h.sweepAll(began().Add(700*day-time.Microsecond), never)
		h.device(d)
		h.sweepAll(began().Add(700*day), never)
		_, err := h.Device(h.ctx(), d.SecretHash, a.ID)
		h.refused(err, provider.ErrNotFound)
	}},
	{"events older than keep go, the others stay, and numbers are never given twice", func(h house) {
		for i := range 10 {
			e := event(fmt.Sprint("e", i))
			e.At = began().Add(time.Duration(i) * day)
			h.ok(h.Record(h.ctx(), e))
		}
		newest, err := h.Events(h.ctx(), "", 1)
		h.ok(err)
		h.same(h.sweepAll(began().Add(9*day), 5*day), 5)
		got, err := h.Events(h.ctx(), "", 100)
		h.ok(err)
		h.same(len(got), 5)
		h.same(got[4].Kind, "e5")
		h.same(h.sweepAll(began().Add(100*day), day), 5)
		h.ok(h.Record(h.ctx(), event("after")))
		got, err = h.Events(h.ctx(), "", 100)
		h.ok(err)
		if len(got) != 1 || got[0].Seq <= newest[0].Seq {
			h.Fatalf("%+v after %d", got, newest[0].Seq)
		}
	}},
	{"without a time to keep them, events stay", func(h house) {
		h.ok(h.Record(h.ctx(), event("x")))
		h.same(h.sweepAll(began().Add(never), 0), 0)
		h.same(h.events("x"), 1)
	}},
	{"a sweep takes no more than the batch", func(h house) {
		for i := range 7 {
			h.ok(h.Consume(h.ctx(), "jti", fmt.Sprint(i), began()))
			h.ok(h.Record(h.ctx(), event("x")))
		}
		n, err := h.Sweep(h.ctx(), began().Add(day), 3, time.Hour)
		h.ok(err)
		h.same(n, 6)
		h.same(h.sweepAll(began().Add(day), time.Hour), 8)
	}},
}

// bounded holds the store to: tables grow with what is alive, never with the requests ever made.
func (hs Harness) bounded(t *testing.T) {
	h := house{T: t, Store: hs.Open(t)}
	g := h.grant()
	rows := func() map[string]int {
		counts, err := h.Rows(h.ctx())
		h.ok(err)
		return counts
	}
	before := rows()
	for from := range int64(10_000) {
		h.ok(h.AdvanceGrant(h.ctx(), g.ID, from, began()))
	}
	h.same(h.standing(g.ID).Grant.Generation, int64(10_000))
	h.same(rows(), before)
	h.ok(h.Record(h.ctx(), event("x")))
	if after := rows(); len(before) == 0 || after["events"] != before["events"]+1 {
		t.Fatalf("Rows does not count: %v, then %v", before, after)
	}
}
