package storagetest

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"gatehouse/provider"
)

func tenAnHour() provider.Take {
	return provider.Take{Rate: provider.Rate{Key: "ten" + began().String(), Burst: 10, Every: 6 * time.Minute}, Most: 1}
}

// fresh is a rate that nobody has taken from.
func fresh() provider.Take {
	t := tenAnHour()
	t.Key = provider.NewID()
	return t
}

// takenOf asks, and again where the store was not to be had: a Redis has fifty milliseconds, and this machine may be busy.
func (h house) takenOf(at time.Time, takes ...provider.Take) []provider.Taken {
	h.Helper()
	all, err := h.TakeRates(h.ctx(), takes, at)
	for tries := 0; tries < 50 && errors.Is(err, provider.ErrUnavailable); tries++ {
		time.Sleep(20 * time.Millisecond)
		all, err = h.TakeRates(h.ctx(), takes, at)
	}
	h.ok(err)
	return all
}

// takes asks for so many and wants so many.
func (h house) takes(t provider.Take, at time.Time, most, want int) provider.Taken {
	h.Helper()
	t.Most = most
	all := h.takenOf(at, t)
	if len(all) != 1 || all[0].Got != want {
		h.Fatalf("took %+v of %d, want %d", all, most, want)
	}
	return all[0]
}

var ratePromises = []promise{
	{"a rate is taken down to nothing, and comes back one by one", func(h house) {
		t := fresh()
		for i := range 10 {
			h.same(h.takes(t, began(), 1, 1).Whole, began().Add(time.Duration(i+1)*6*time.Minute))
		}
		whole := h.takes(t, began(), 1, 0).Whole
		h.same(whole, began().Add(time.Hour))
		h.takes(t, began().Add(6*time.Minute-time.Microsecond), 1, 0)
		h.same(h.takes(t, began().Add(6*time.Minute), 5, 1).Whole, began().Add(66*time.Minute))
		h.takes(t, began().Add(6*time.Minute), 1, 0)
		h.takes(t, began().Add(24*time.Hour), 50, 10)
	}},
	{"many may be taken at once, as many as there are", func(h house) {
		t := fresh()
		h.same(h.takes(t, began(), 4, 4).Whole, began().Add(24*time.Minute))
		h.same(h.takes(t, began(), 8, 6).Whole, began().Add(time.Hour))
		h.same(h.takes(t, began(), 8, 0).Whole, began().Add(time.Hour))
	}},
	{"rates are apart by key, whatever is in it", func(h house) {
		for _, key := range []string{"", "\x00", "\x00\xff", strings.Repeat("x", 1000), "}{"} {
			t := fresh()
			t.Key += key
			h.takes(t, began(), 10, 10)
			h.takes(t, began(), 1, 0)
		}
	}},
	{"several are taken in turn, up to the first with nothing left", func(h house) {
		narrow, spent, wide := fresh(), fresh(), fresh()
		h.takes(spent, began(), 10, 10)
		all := h.takenOf(began(), narrow, spent, wide)
		h.same(all, []provider.Taken{{Got: 1, Whole: began().Add(6 * time.Minute)}, {Whole: began().Add(time.Hour)}})
		h.takes(narrow, began(), 10, 9)
		h.takes(wide, began(), 20, 10)
		h.same(len(h.takenOf(began())), 0)
	}},
	{"what the caller knows holds, also where the store knows nothing: a wipe gives nobody more", func(h house) {
		t := fresh()
		t.Whole = began().Add(54 * time.Minute) // nine are out
		h.same(h.takes(t, began(), 5, 1).Whole, began().Add(time.Hour))
		t.Whole = time.Time{}
		h.takes(t, began(), 5, 0)
		t = fresh()
		t.Whole = began().Add(time.Hour)
		h.same(h.takes(t, began(), 5, 0).Whole, began().Add(time.Hour))
		t.Whole = began().Add(-24 * time.Hour)
		h.takes(t, began(), 20, 0) // what was told once is kept
	}},
	{"what the caller knows makes nothing of what the store knows", func(h house) {
		t := fresh()
		h.takes(t, began(), 10, 10)
		t.Whole = began().Add(time.Minute)
		h.same(h.takes(t, began(), 1, 0).Whole, began().Add(time.Hour))
	}},
	{"a clock that is behind takes no more", func(h house) {
		t := fresh()
		h.takes(t, began(), 10, 10)
		h.same(h.takes(t, began().Add(-time.Minute), 1, 0).Whole, began().Add(time.Hour))
		h.takes(t, began().Add(-time.Hour), 1, 0)
	}},
	{"a clock that was set back far begins anew", func(h house) {
		t := fresh()
		then := began().Add(-24 * time.Hour)
		h.takes(t, began(), 10, 10)
		h.same(h.takes(t, then, 20, 10).Whole, then.Add(time.Hour))
		h.takes(t, then, 1, 0)
		t.Whole = began().Add(24 * time.Hour) // nor does it count what a caller knew
		h.takes(t, then.Add(2*time.Hour), 20, 10)
	}},
	{"a rate that was lowered meanwhile holds", func(h house) {
		t := fresh()
		h.takes(t, began(), 6, 6)
		t.Burst = 5
		h.takes(t, began(), 1, 0)
	}},
	{"an interval below a microsecond is one", func(h house) {
		t := fresh()
		t.Every = 1
		h.takes(t, began(), 100, 10)
	}},
}

var rateRaces = []promise{
	{"fifty who take at once never take more than there is", func(h house) {
		t := fresh()
		t.Burst, t.Most = 77, 3
		var all atomic.Int64
		for _, err := range race(func(int) error {
			got, err := h.TakeRates(h.ctx(), []provider.Take{t}, began())
			if err == nil {
				all.Add(int64(got[0].Got))
			}
			return err
		}) {
			h.ok(err)
		}
		if n := all.Load(); n == 0 || n > 77 { // fewer where an answer was lost on its way
			h.Fatalf("%d were taken, of 77", n)
		}
		h.takes(t, began(), 1, 0)
	}},
	{"fifty who come back at once get what came back", func(h house) {
		t := fresh()
		h.takes(t, began(), 10, 10)
		won := 0
		for _, err := range race(func(int) error {
			got, err := h.TakeRates(h.ctx(), []provider.Take{t}, began().Add(12*time.Minute))
			if err == nil && got[0].Got == 0 {
				return provider.ErrSpent
			}
			return err
		}) {
			if err == nil {
				won++
			} else if !errors.Is(err, provider.ErrSpent) {
				h.Fatal(err)
			}
		}
		if won == 0 || won > 2 {
			h.Fatal(fmt.Errorf("%d got one, and two had come back", won))
		}
	}},
}
