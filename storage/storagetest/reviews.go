package storagetest

import (
	"fmt"
	"time"

	"gatehouse/provider"
)

// newReview is one of what was done in a case.
func newReview(c provider.Case) provider.Review {
	return provider.Review{
		ID: provider.NewID(), Kind: provider.ReviewGlass, Case: c.ID, Staff: c.Staff, Account: c.Account, Reason: "a fire in the house",
		Held: "an order of the court", OpenedAt: began(), DueAt: began().Add(day),
	}
}

// reviewed opens one and reads it back.
func (h house) reviewed(c provider.Case) provider.Review {
	h.Helper()
	v := newReview(c)
	h.ok(h.OpenReview(h.ctx(), v, event("watch.opened")))
	return h.readReview(v.ID)
}

func (h house) readReview(id string) provider.Review {
	h.Helper()
	v, err := h.Review(h.ctx(), id)
	h.ok(err)
	return v
}

func (h house) openReviews(limit int) []string {
	h.Helper()
	all, err := h.OpenReviews(h.ctx(), limit)
	h.ok(err)
	return reviewIDs(all)
}

func (h house) lateReviews(at time.Time, limit int) []string {
	h.Helper()
	all, err := h.LateReviews(h.ctx(), at, limit)
	h.ok(err)
	return reviewIDs(all)
}

func reviewIDs(all []provider.Review) []string {
	var ids []string
	for _, v := range all {
		ids = append(ids, v.ID)
	}
	return ids
}

func (h house) breaks(c provider.Case) error {
	return h.BreakGlass(h.ctx(), c, newReview(c), event("case.glass"))
}

func (h house) closesReview(id string, by provider.StaffID, word provider.ReviewWord) error {
	return h.CloseReview(h.ctx(), id, by, word, began(), event("review.closed"))
}

func (h house) saysLate(id string, at time.Time) error {
	return h.SayLate(h.ctx(), id, at, event("review.late"))
}

var reviewPromises = []promise{
	{"the glass of a case is broken once, by the supervisor whose open case it is, and reviewed", func(h house) {
		sue := h.staff("sue", provider.Supervisor)
		c := h.caseOf(sue, "ada")
		v := newReview(c)
		stale := c
		stale.Rev++
		h.refused(h.breaks(stale), provider.ErrStale)
		h.ok(h.BreakGlass(h.ctx(), c, v, event("case.glass")))
		v.Rev = 1
		h.same(h.readReview(v.ID), v)
		c.Glass, c.Rev = true, c.Rev+1
		h.same(h.readCase(c.ID), c)
		h.refused(h.breaks(c), provider.ErrStale)
		h.same([]any{h.openReviews(9), h.events("case.glass")}, []any{[]string{v.ID}, 1})
		_, err := h.Review(h.ctx(), "none")
		h.refused(err, provider.ErrNotFound)
	}},
	{"no glass is broken by an agent, who is disabled, for their own account, about nobody, or in a case that is over", func(h house) {
		sam, kim := h.staff("sam", provider.Agent), h.staff("kim", provider.Supervisor)
		h.refused(h.breaks(h.caseOf(sam, "ada")), provider.ErrStale)
		h.refused(h.breaks(h.caseOf(kim, "")), provider.ErrStale)
		c := h.caseOf(kim, "ada")
		h.ok(h.changes(kim.ID, began(), func(s *provider.Staff) { s.Account = "ada" }))
		h.refused(h.breaks(c), provider.ErrStale)
		h.ok(h.changes(kim.ID, began(), func(s *provider.Staff) { s.Account = "" }))
		other := c
		other.Account = "bob"
		h.refused(h.BreakGlass(h.ctx(), c, newReview(other), event("case.glass")), provider.ErrStale)
		over := c
		over.EndedAt, over.EndedWhy = began(), "done"
		h.ok(h.savesCase(over))
		h.refused(h.breaks(h.readCase(c.ID)), provider.ErrStale)
		again := h.caseOf(kim, "ada")
		h.ok(h.changes(kim.ID, began(), func(s *provider.Staff) { s.DisabledAt = began() }))
		h.refused(h.breaks(h.readCase(again.ID)), provider.ErrStale)
		h.same([]any{len(h.openReviews(9)), h.events("case.glass")}, []any{0, 0})
	}},
	{"open reviews are listed the soonest due first, and one is opened only of a case that there is", func(h house) {
		c := h.caseOf(h.staff("sam", provider.Agent), "ada")
		late, soon := newReview(c), newReview(c)
		soon.Kind, soon.Held, soon.DueAt = provider.ReviewWatched, "", began().Add(time.Hour)
		h.ok(h.OpenReview(h.ctx(), late, event("watch.opened")))
		h.ok(h.OpenReview(h.ctx(), soon, event("watch.opened")))
		h.same(h.openReviews(9), []string{soon.ID, late.ID})
		h.same(h.openReviews(1), []string{soon.ID})
		soon.Rev = 1
		h.same(h.readReview(soon.ID), soon)
		none := newReview(c)
		none.Case = "none"
		h.refused(h.OpenReview(h.ctx(), none, event("watch.opened")), provider.ErrNotFound)
	}},
	{"a review is closed once, by another supervisor whose account it is not: ErrUsed", func(h house) {
		sue, kim, sam := h.staff("sue", provider.Supervisor), h.staff("kim", provider.Supervisor), h.staff("sam", provider.Agent)
		v := h.reviewed(h.caseOf(sue, "ada"))
		for _, by := range []provider.StaffID{sue.ID, sam.ID, "none"} {
			h.refused(h.closesReview(v.ID, by, provider.ReviewRight), provider.ErrUsed)
		}
		h.ok(h.changes(kim.ID, began(), func(s *provider.Staff) { s.Account = "ada" }))
		h.refused(h.closesReview(v.ID, kim.ID, provider.ReviewRight), provider.ErrUsed)
		h.ok(h.changes(kim.ID, began(), func(s *provider.Staff) { s.Account, s.DisabledAt = "", began() }))
		h.refused(h.closesReview(v.ID, kim.ID, provider.ReviewRight), provider.ErrUsed)
		h.ok(h.changes(kim.ID, began(), func(s *provider.Staff) { s.DisabledAt = time.Time{} }))
		h.ok(h.closesReview(v.ID, kim.ID, provider.ReviewWrong))
		h.refused(h.closesReview(v.ID, kim.ID, provider.ReviewRight), provider.ErrUsed)
		v.By, v.ClosedAt, v.Word, v.Rev = kim.ID, began(), provider.ReviewWrong, 2
		h.same(h.readReview(v.ID), v)
		h.same([]any{len(h.openReviews(9)), h.events("review.closed")}, []any{0, 1})
	}},
	{"a review is said to be late once, when it is due and still open", func(h house) {
		sue := h.staff("sue", provider.Supervisor)
		c := h.caseOf(h.staff("sam", provider.Agent), "ada")
		v, closed := h.reviewed(c), h.reviewed(c)
		h.ok(h.closesReview(closed.ID, sue.ID, provider.ReviewRight))
		h.same(len(h.lateReviews(v.DueAt.Add(-time.Microsecond), 9)), 0)
		h.same(h.lateReviews(v.DueAt, 9), []string{v.ID})
		h.same(len(h.lateReviews(v.DueAt, 0)), 0)
		h.refused(h.saysLate(v.ID, v.DueAt.Add(-time.Microsecond)), provider.ErrUsed)
		h.refused(h.saysLate(closed.ID, v.DueAt), provider.ErrUsed)
		h.ok(h.saysLate(v.ID, v.DueAt))
		h.refused(h.saysLate(v.ID, v.DueAt), provider.ErrUsed)
		h.same(h.readReview(v.ID).LateAt, v.DueAt)
		h.same([]any{len(h.lateReviews(v.DueAt, 9)), h.openReviews(9), h.events("review.late")}, []any{0, []string{v.ID}, 1})
	}},
}

var reviewRaces = []promise{
	{"the glass of a case is broken by one of fifty tabs", func(h house) {
		c := h.caseOf(h.staff("sue", provider.Supervisor), "ada")
		h.oneWinner(provider.ErrStale, func(int) error { return h.breaks(c) })
		h.same([]int{len(h.openReviews(99)), h.events("case.glass")}, []int{1, 1})
	}},
	{"a review is closed once", func(h house) {
		sue, kim := h.staff("sue", provider.Supervisor), h.staff("kim", provider.Supervisor)
		v := h.reviewed(h.caseOf(h.staff("sam", provider.Agent), "ada"))
		h.oneWinner(provider.ErrUsed, func(i int) error {
			return h.closesReview(v.ID, []provider.StaffID{sue.ID, kim.ID}[i%2], provider.ReviewWords()[i/2%2])
		})
		h.same(h.events("review.closed"), 1)
	}},
	{"a review is said to be late by one replica", func(h house) {
		v := h.reviewed(h.caseOf(h.staff("sam", provider.Agent), "ada"))
		h.oneWinner(provider.ErrUsed, func(int) error { return h.saysLate(v.ID, v.DueAt) })
		h.same(h.events("review.late"), 1)
	}},
}

var reviewSweeps = []promise{
	{"reviews go with their cases", func(h house) {
		v := h.reviewed(h.caseOf(h.staff("sam", provider.Agent), "ada"))
		h.sweepAll(began().Add(400*day-time.Microsecond), never)
		h.readReview(v.ID)
		h.same(h.sweepAll(began().Add(400*day), never), 1)
		_, err := h.Review(h.ctx(), v.ID)
		h.refused(err, provider.ErrNotFound)
	}},
}

// by is an event of somebody of the house.
func by(id provider.StaffID, kind string, at time.Time, detail map[string]string) provider.Event {
	e := event(kind)
	e.Actor, e.At, e.Detail = "staff:"+string(id), at, detail
	return e
}

func (h house) counts(id provider.StaffID, since time.Time) []provider.StaffCount {
	h.Helper()
	all, err := h.StaffCounts(h.ctx(), id, since)
	h.ok(err)
	return all
}

var activityPromises = []promise{
	{"what somebody did is counted by kind and outcome, from a time on, and nobody else's", func(h house) {
		hit, act := map[string]string{"outcome": "hit"}, map[string]string{"outcome": "done", "action": "unlock"}
		for _, e := range []provider.Event{
			by("sam", "case.searched", began(), hit), by("sam", "case.searched", began().Add(time.Hour), hit),
			by("sam", "case.searched", began().Add(time.Hour), map[string]string{"outcome": "none"}), by("sam", "lane.unlocked", began().Add(time.Hour), act),
			by("sam", "case.opened", began().Add(time.Hour), nil), by("sue", "case.opened", began().Add(time.Hour), nil),
			{At: began().Add(time.Hour), Kind: "case.opened", Actor: "account:sam"}, {At: began().Add(time.Hour), Kind: "case.opened", Actor: "sam"},
		} {
			h.ok(h.Record(h.ctx(), e))
		}
		h.same(h.counts("sam", began().Add(time.Microsecond)), []provider.StaffCount{
			{Kind: "case.opened", N: 1}, {Kind: "case.searched", Outcome: "hit", N: 1}, {Kind: "case.searched", Outcome: "none", N: 1},
			{Kind: "lane.unlocked", Outcome: "done", Acted: true, N: 1},
		})
		h.same(h.counts("sam", time.Time{})[1], provider.StaffCount{Kind: "case.searched", Outcome: "hit", N: 2})
		h.same(len(h.counts("none", time.Time{})), 0)
	}},
	{"contacts are counted by who and hour, and by how often they are about one person", func(h house) {
		sam, sue := h.staff("sam", provider.Agent), h.staff("sue", provider.Supervisor)
		hour := began().Truncate(time.Hour)
		for i, account := range []provider.AccountID{"ada", "ada", "bob", "", "", ""} {
			c := newCase(sam)
			c.Account, c.OpenedAt = account, hour.Add(time.Duration(i)*25*time.Minute)
			h.ok(h.opensCase(c))
		}
		one := newCase(sue)
		one.Account, one.OpenedAt = "ada", hour
		h.ok(h.opensCase(one))
		hours, err := h.StaffHours(h.ctx(), hour.Add(time.Microsecond))
		h.ok(err)
		h.same(byHour(hours), []string{"sam 0:2", "sam 1:2", "sam 2:1"})
		all, err := h.StaffHours(h.ctx(), hour)
		h.ok(err)
		h.same(len(all), len(hours)+1)
		same, err := h.StaffSame(h.ctx(), hour)
		h.ok(err)
		got := map[provider.StaffID]int{}
		for _, s := range same {
			got[s.Staff] = s.N
		}
		h.same(got, map[provider.StaffID]int{sam.ID: 2, sue.ID: 1})
		later, err := h.StaffSame(h.ctx(), hour.Add(time.Minute))
		h.ok(err)
		h.same(later, []provider.StaffSame{{Staff: sam.ID, N: 1}})
	}},
}

// byHour says how many contacts were begun in which hour after the first.
func byHour(all []provider.StaffHour) []string {
	var lines []string
	for _, h := range all {
		lines = append(lines, fmt.Sprintf("sam %d:%d", int(h.Hour.Sub(began().Truncate(time.Hour))/time.Hour), h.N))
	}
	return lines
}

// touchReviews does what is done with reviews, and counts what was done.
func (h house) touchReviews(sue, kim provider.Staff, account provider.AccountID) {
	h.Helper()
	c := h.caseOf(sue, account)
	v := newReview(c)
	h.ok(h.BreakGlass(h.ctx(), c, v, event("case.glass")))
	watched := h.reviewed(c)
	h.openReviews(9)
	h.lateReviews(v.DueAt, 9)
	h.ok(h.saysLate(watched.ID, watched.DueAt))
	h.ok(h.closesReview(v.ID, kim.ID, provider.ReviewRight))
	h.ok(h.closesReview(watched.ID, kim.ID, provider.ReviewRight))
	h.counts(sue.ID, began())
	_, err := h.StaffHours(h.ctx(), began())
	h.ok(err)
	_, err = h.StaffSame(h.ctx(), began())
	h.ok(err)
}
