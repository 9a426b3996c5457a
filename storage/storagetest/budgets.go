package storagetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gatehouse/provider"
)

func threeAnHour() provider.Budget {
	return provider.Budget{Purpose: "sends", Key: "+15550100", Limit: 3, Window: time.Hour}
}

// spends wants one to be taken, and so many to be left until then.
func (h house) spends(b provider.Budget, at time.Time, left int, until time.Time) {
	h.Helper()
	gotLeft, gotUntil, err := h.Spend(h.ctx(), b, at)
	h.ok(err)
	h.same([]any{gotLeft, gotUntil}, []any{left, until})
}

// spent wants none to be left until then.
func (h house) spent(b provider.Budget, at, until time.Time) {
	h.Helper()
	left, got, err := h.Spend(h.ctx(), b, at)
	h.refused(err, provider.ErrSpent)
	h.same([]any{left, got}, []any{0, until})
}

var budgetPromises = []promise{
	{"a budget is spent down to nothing, and its window is that of the first", func(h house) {
		b, until := threeAnHour(), began().Add(time.Hour)
		for i, left := range []int{2, 1, 0} {
			h.spends(b, began().Add(time.Duration(i)*time.Minute), left, until)
		}
		for range 3 {
			h.spent(b, until.Add(-time.Microsecond), until)
		}
	}},
	{"after its window a budget is whole again", func(h house) {
		b, until := threeAnHour(), began().Add(time.Hour)
		for _, left := range []int{2, 1, 0} {
			h.spends(b, began(), left, until)
		}
		h.spends(b, until, 2, until.Add(time.Hour))
		h.spends(b, until.Add(time.Minute), 1, until.Add(time.Hour))
	}},
	{"budgets are apart by purpose and by whom they are for", func(h house) {
		b, until := threeAnHour(), began().Add(time.Hour)
		b.Limit = 1
		h.spends(b, began(), 0, until)
		h.spent(b, began(), until)
		for _, other := range []provider.Budget{{Purpose: "calls", Key: b.Key}, {Purpose: b.Purpose, Key: "+15550101"}, {Purpose: "send", Key: "s" + b.Key}} {
			other.Limit, other.Window = 1, time.Hour
			h.spends(other, began(), 0, until)
		}
	}},
	{"for whom it is may be long, empty, or no text", func(h house) {
		for _, key := range []string{"", strings.Repeat("x", 100_000), "\x00", "\x00\xff"} {
			b := threeAnHour()
			b.Key, b.Limit = key, 1
			h.spends(b, began(), 0, began().Add(time.Hour))
			h.spent(b, began(), began().Add(time.Hour))
		}
	}},
	{"a limit that was lowered meanwhile holds", func(h house) {
		b, until := threeAnHour(), began().Add(time.Hour)
		h.spends(b, began(), 2, until)
		h.spends(b, began(), 1, until)
		b.Limit = 1
		h.spent(b, began(), until)
	}},
	{"a budget of nothing is spent from the first on", func(h house) {
		b := threeAnHour()
		b.Limit = 0
		h.spent(b, began(), began().Add(time.Hour))
	}},
	{"one that was given back can be taken again", func(h house) {
		b, until := threeAnHour(), began().Add(time.Hour)
		for _, left := range []int{2, 1, 0} {
			h.spends(b, began(), left, until)
		}
		h.ok(h.Refund(h.ctx(), b, began()))
		h.spends(b, began(), 0, until)
		h.spent(b, began(), until)
	}},
	{"no more is given back than was taken", func(h house) {
		b, until := threeAnHour(), began().Add(time.Hour)
		h.ok(h.Refund(h.ctx(), b, began()))
		h.spends(b, began(), 2, until)
		for range 5 {
			h.ok(h.Refund(h.ctx(), b, began()))
		}
		for _, left := range []int{2, 1, 0} {
			h.spends(b, began(), left, until)
		}
		h.spent(b, began(), until)
	}},
	{"nothing is given back to another window", func(h house) {
		b, until := threeAnHour(), began().Add(time.Hour)
		h.spends(b, began(), 2, until)
		h.spends(b, until, 2, until.Add(time.Hour))
		h.ok(h.Refund(h.ctx(), b, began()))                   // of the window before
		h.ok(h.Refund(h.ctx(), b, until.Add(time.Hour)))      // of one that is to come
		h.ok(h.Refund(h.ctx(), b, until.Add(-time.Second)))   // just before
		h.spends(b, until, 1, until.Add(time.Hour))           // none of them counted
		h.ok(h.Refund(h.ctx(), b, until.Add(time.Hour-1000))) // to its last microsecond
		h.spends(b, until.Add(time.Minute), 1, until.Add(time.Hour))
	}},
}

var budgetRaces = []promise{
	{"fifty who spend at once never take more than there is", func(h house) {
		b := threeAnHour()
		b.Limit = 7
		h.taken(b, 7)
		_, until, err := h.Spend(h.ctx(), b, began())
		h.refused(err, provider.ErrSpent)
		h.same(until, began().Add(time.Hour))
	}},
	{"fifty who begin a new window at once begin one", func(h house) {
		b := threeAnHour()
		for range b.Limit {
			_, _, err := h.Spend(h.ctx(), b, began().Add(-2*time.Hour))
			h.ok(err)
		}
		h.taken(b, b.Limit)
	}},
	{"fifty who give back at once give back what was taken", func(h house) {
		b := threeAnHour()
		for range b.Limit {
			_, _, err := h.Spend(h.ctx(), b, began())
			h.ok(err)
		}
		for _, err := range race(func(int) error { return h.Refund(h.ctx(), b, began()) }) {
			h.ok(err)
		}
		h.taken(b, b.Limit)
	}},
	{"giving back and taking at once never makes more of it", func(h house) {
		b := threeAnHour()
		given := make(chan struct{}, runners)
		for _, err := range race(func(i int) error {
			if i%2 == 0 {
				_, _, err := h.Spend(h.ctx(), b, began())
				if err == nil {
					given <- struct{}{}
				}
				return unless(provider.ErrSpent, err)
			}
			select {
			case <-given:
				return h.Refund(h.ctx(), b, began())
			default:
				return nil
			}
		}) {
			h.ok(err)
		}
		left := b.Limit - len(given)
		h.taken(b, left)
	}},
}

// taken has fifty spend at once and wants so many of them to succeed, each told another number.
func (h house) taken(b provider.Budget, want int) {
	h.Helper()
	lefts := make([]int, runners)
	got := map[int]bool{}
	for i, err := range race(func(i int) (err error) {
		lefts[i], _, err = h.Spend(h.ctx(), b, began())
		return err
	}) {
		if err == nil && got[lefts[i]] {
			h.Fatalf("%d left was told twice", lefts[i])
		}
		if err == nil {
			got[lefts[i]] = true
		} else if !errors.Is(err, provider.ErrSpent) {
			h.Fatal(err)
		}
	}
	if len(got) != want {
		h.Fatal(fmt.Errorf("%d were taken, want %d", len(got), want))
	}
}

// unless makes nothing of one error.
func unless(harmless, err error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}
