package storagetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/limit"
)

// twin is a lane in a store, beside the state that the rules say it must be in.
type twin struct {
	house
	lane  provider.Lane
	rule  provider.LaneRule
	state provider.LaneState
}

func (h house) twin(l provider.Lane) *twin {
	return &twin{house: h, lane: l, rule: limit.Default().Rule(l.Kind)}
}

// alike wants the store to keep what the rules say.
func (w *twin) alike(doing string) {
	w.Helper()
	kept, err := w.Lane(w.ctx(), w.lane)
	w.ok(err)
	if kept != w.state {
		w.Fatalf("after %s\nthe store keeps   %+v\nthe rules say     %+v", doing, kept, w.state)
	}
}

// try counts one in both and reports whether it was admitted.
func (w *twin) try(at time.Time) bool {
	w.Helper()
	before := w.state
	after, ok := limit.TryLane(before, w.rule, at)
	got, err := w.TryLane(w.ctx(), w.lane, w.rule, at)
	w.refused(err, map[bool]error{false: provider.ErrSpent}[ok])
	w.state = after
	if got != after {
		w.Fatalf("at %v of %+v\nthe store answers %+v\nthe rules say     %+v", at, before, got, after)
	}
	return ok
}

// tries counts one in the store alone.
func (w *twin) tries(at time.Time) {
	w.Helper()
	_, err := w.TryLane(w.ctx(), w.lane, w.rule, at)
	w.ok(err)
}

func (w *twin) giveBack(at time.Time) {
	w.Helper()
	w.ok(w.ReturnTry(w.ctx(), w.lane, w.rule, at))
	w.state = limit.ReturnTry(w.state, w.rule, at)
}

// signIn completes a ceremony by this lane.
func (w *twin) signIn(account provider.AccountID) {
	w.Helper()
	c := completion(newSession(account))
	c.Lane, c.Rule = w.lane, w.rule
	w.ok(w.CompleteCeremony(w.ctx(), c, event("session.began")))
	w.state = limit.Succeed(w.state, w.rule)
}

func (w *twin) unlock(at time.Time) {
	w.Helper()
	w.ok(w.UnlockLane(w.ctx(), w.lane, at, event("account.unlocked")))
	w.state = limit.UnlockLane(w.state, at)
}

func (w *twin) pass(account provider.AccountID, at time.Time) {
	w.Helper()
	w.ok(w.PassLane(w.ctx(), w.passage(account, at), event("lane.passed")))
	w.state = limit.PassLane(w.state)
}

func (w *twin) passage(account provider.AccountID, at time.Time) provider.Passage {
	d := newDevice(account)
	d.CreatedAt, d.SeenAt = at, at
	return provider.Passage{Link: provider.NewID(), Until: at.Add(day), Device: d, Lane: w.lane, At: at}
}

// touch does everything once.
func (w *twin) touch(account provider.AccountID) {
	w.Helper()
	for range w.rule.Tries + 1 {
		w.try(began())
	}
	w.giveBack(began())
	w.signIn(account)
	w.unlock(began())
	w.pass(account, began())
	w.alike("all of it")
}

// laneSteps is how much time passes in a random life: mostly little.
var laneSteps = []time.Duration{
	0, 0, 0, time.Microsecond, time.Second, 14 * time.Minute, 15*time.Minute - time.Microsecond, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 16 * time.Hour, day - time.Microsecond, day, 48 * time.Hour, 400*day - time.Microsecond, 400 * day,
}

// next is a moment after at: some time later, or just when something of the lane is over, or just before that.
func (w *twin) next(dice *rand.Rand, at time.Time) time.Time {
	edges := []time.Time{
		w.state.Began.Add(w.rule.Window), w.state.PausedUntil, w.state.PausedUntil.Add(w.rule.Quiet), w.state.DayBegan.Add(day), w.state.ForgetAt,
	}
	edge := edges[min(dice.IntN(len(edges)), dice.IntN(len(edges)))].Add(-time.Microsecond * time.Duration(dice.IntN(2)))
	if dice.IntN(3) == 0 && edge.After(at) {
		return edge
	}
	return at.Add(laneSteps[min(dice.IntN(len(laneSteps)), dice.IntN(len(laneSteps)), dice.IntN(len(laneSteps)))])
}

// live plays a random life in the store and by the rules at once.
func (w *twin) live(dice *rand.Rand, account provider.AccountID, length int) {
	w.Helper()
	at, tried := began(), began()
	for range length {
		at = w.next(dice, at)
		doing := "tries"
		switch n := dice.IntN(40); {
		case n < 5:
			doing = "a try that is taken back late"
			w.giveBack(tried)
		case n < 10:
			doing = "a sign-in"
			w.signIn(account)
		case n < 12:
			doing = "an unlock"
			w.unlock(at)
		case n < 16:
			doing = "the link"
			w.pass(account, at)
		default:
			tried = at
			for range 1 + dice.IntN(1+dice.IntN(12)) {
				w.try(at)
			}
		}
		w.alike(doing)
	}
}

var lanePromises = []promise{
	{"a store does to a lane what the rules say, whatever happens", func(h house) {
		a := h.account("ada")
		dice := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same ones each time
		for i := range 5 {
			h.twin(provider.StrangersLane(provider.AccountID(fmt.Sprint(i)))).live(dice, a.ID, 40)
			h.twin(provider.DeviceLane(provider.Device{ID: fmt.Sprint(i)})).live(dice, a.ID, 40)
			w := h.twin(provider.StrangersLane(provider.AccountID(fmt.Sprint("set by an operator ", i))))
			w.rule = provider.LaneRule{
				Tries: 1 + dice.IntN(3), Window: 20 * time.Minute, Pause: time.Duration(dice.IntN(3)) * time.Minute, Longest: time.Hour,
				Quiet: time.Duration(dice.IntN(2)) * time.Hour, Daily: dice.IntN(2) * 7, InARow: 9, Forget: 400 * day,
			}
			w.live(dice, a.ID, 40)
		}
	}},
	{"a lane that nobody tried has no state, and nothing is taken back or ended in it", func(h house) {
		w := h.twin(provider.InventedLane(provider.Username, "nobody"))
		w.alike("nothing")
		w.giveBack(began())
		w.alike("taking back")
		w.signIn(h.account("ada").ID)
		w.alike("a sign-in")
	}},
	{"lanes are apart by kind and by whom they are for", func(h house) {
		lanes := []provider.Lane{
			provider.StrangersLane("a"), provider.StrangersLane("b"), provider.InventedLane(provider.Username, "a"),
			provider.InventedLane(provider.Email, "a"), provider.DeviceLane(provider.Device{ID: "a"}), {Kind: provider.LaneDevice, Key: "account/a"},
		}
		for _, l := range lanes {
			w := h.twin(l)
			w.alike("tries in others")
			w.try(began())
		}
	}},
	{"a completion without a lane ends no failures", func(h house) {
		w := h.twin(provider.StrangersLane("a"))
		w.try(began())
		h.begin(newSession(h.account("ada").ID))
		w.alike("a completion")
	}},
	{"a completion that is refused ends no failures", func(h house) {
		w := h.twin(provider.StrangersLane("a"))
		w.try(began())
		c := completion(newSession(h.account("ada").ID))
		h.ok(h.CompleteCeremony(h.ctx(), c, event("session.began")))
		c.Session, c.Lane, c.Rule = newSession(c.Session.Account), w.lane, w.rule
		h.refused(h.CompleteCeremony(h.ctx(), c, event("session.began")), provider.ErrUsed)
		w.alike("a refused completion")
	}},
	{"a link is used once, and makes a browser known", func(h house) {
		a := h.account("ada")
		w := h.twin(provider.StrangersLane(a.ID))
		for w.state.InARow < w.rule.InARow {
			w.try(began().Add(time.Duration(w.state.InARow/10) * 25 * time.Hour))
		}
		p := w.passage(a.ID, began())
		h.ok(h.PassLane(h.ctx(), p, event("lane.passed")))
		w.state = limit.PassLane(w.state)
		w.alike("the link")
		h.same(h.device(p.Device), p.Device)
		h.same(h.events("lane.passed"), 1)
		w.try(began().Add(1000 * time.Hour))
		again := w.passage(a.ID, began())
		again.Link = p.Link
		h.refused(h.PassLane(h.ctx(), again, event("lane.passed")), provider.ErrUsed)
		w.alike("the link again")
		_, err := h.Device(h.ctx(), again.Device.SecretHash, a.ID)
		h.refused(err, provider.ErrNotFound)
		h.same(h.events("lane.passed"), 1)
	}},
	{"a link leaves a browser that is known already as it is, but seen", func(h house) {
		a := h.account("ada")
		d := newDevice(a.ID)
		d.RememberedUntil = began().Add(30 * day)
		h.seen(a.ID, d, began())
		p := h.twin(provider.StrangersLane(a.ID)).passage(a.ID, began().Add(time.Hour))
		p.Device.SecretHash = d.SecretHash
		h.ok(h.PassLane(h.ctx(), p, event("lane.passed")))
		d.SeenAt = began().Add(time.Hour)
		h.same(h.device(d), d)
	}},
}

var laneRaces = []promise{
	{"of a thousand tries at once no more are admitted than the lane has", func(h house) {
		w := h.twin(provider.StrangersLane("a"))
		for range 3 {
			w.try(began())
		}
		h.same(w.admitted(1000, began().Add(time.Minute)), 7)
		h.same(w.admitted(50, began().Add(20*time.Minute)), 0)
		h.same(w.admitted(50, began().Add(31*time.Minute)), 10)
	}},
	{"of many tries in a stopped lane none is admitted", func(h house) {
		w := h.twin(provider.DeviceLane(provider.Device{ID: "d"}))
		at := began()
		for ; w.state.InARow < w.rule.InARow-1; at = at.Add(6 * time.Minute) {
			w.try(at)
		}
		h.same(w.admitted(50, at.Add(time.Hour)), 1)
		h.same(w.admitted(50, at.Add(2*time.Hour)), 0)
	}},
	{"tries that are taken back at once leave what was wrong", func(h house) {
		w := h.twin(provider.StrangersLane("a"))
		for range 4 {
			w.try(began())
		}
		for _, err := range race(func(int) error {
			_, err := h.TryLane(h.ctx(), w.lane, w.rule, began())
			if err == nil {
				err = h.ReturnTry(h.ctx(), w.lane, w.rule, began())
			}
			return unless(provider.ErrSpent, err)
		}) {
			h.ok(err)
		}
		kept, err := h.Lane(h.ctx(), w.lane)
		h.ok(err)
		h.same([]int{kept.Tries, kept.Today, kept.InARow, kept.Pauses}, []int{4, 4, 4, 0})
	}},
	{"a link has one winner", func(h house) {
		a := h.account("ada")
		w := h.twin(provider.StrangersLane(a.ID))
		h.oneWinner(provider.ErrUsed, func(int) error {
			p := w.passage(a.ID, began())
			p.Link = "the one"
			return h.PassLane(h.ctx(), p, event("lane.passed"))
		})
		all, err := h.Devices(h.ctx(), a.ID)
		h.ok(err)
		h.same(len(all), 1)
	}},
}

// admitted has many try at once and answers how many might.
func (w *twin) admitted(many int, at time.Time) int {
	w.Helper()
	var n atomic.Int64
	for _, err := range raceOf(many, func(int) error {
		_, err := w.TryLane(w.ctx(), w.lane, w.rule, at)
		if err == nil {
			n.Add(1)
		}
		return err
	}) {
		if err != nil && !errors.Is(err, provider.ErrSpent) {
			w.Fatal(err)
		}
	}
	return int(n.Load())
}

var laneSweeps = []promise{
	{"lanes go when they are forgotten, and only those", func(h house) {
		w, later := h.twin(provider.StrangersLane("a")), h.twin(provider.InventedLane(provider.Username, "a"))
		w.try(began())
		later.try(began())
		later.try(began().Add(10 * day))
		h.same(h.sweepAll(began().Add(400*day-time.Microsecond), never), 0)
		w.alike("a sweep that is too early")
		h.same(h.sweepAll(began().Add(400*day), never), 1)
		w.state = provider.LaneState{}
		w.alike("the sweep")
		later.alike("the sweep of another")
		h.same(h.sweepAll(began().Add(410*day), never), 1)
	}},
}
