package provider

import (
	"context"
	"time"
)

// Rate is how often something may happen: Burst times at once, and once more after each Every. It is the generic cell rate
// algorithm (ITU-T I.371), whose whole state is one time: when all that was taken will have come back.
type Rate struct {
	Key   string // for whom; a keyed fingerprint, so that no address is kept anywhere
	Burst int    // 1 or more
	Every time.Duration
}

// Take takes as many as most of what is left at a time, given the time at which the rate is whole again. It answers how many
// it got, none included, and the time at which the rate is then whole. What was written before the clock was set back counts
// for nothing: it would keep people out until the clock is there again.
func (r Rate) Take(whole, at time.Time, most int) (got int, then time.Time) {
	if whole.Before(at) || !r.Can(whole, at) {
		whole = at
	}
	left := r.Burst - r.Taken(whole, at)
	if got = min(left, most); got <= 0 {
		return 0, whole
	}
	return got, whole.Add(time.Duration(got) * r.Every)
}

// Can reports whether the rate can be in that state, with clocks of processes a minute apart, and also where it was twice as
// slow until now. What lies further ahead was written before the clock was set back.
func (r Rate) Can(whole, at time.Time) bool { return !whole.After(at.Add(r.Furthest())) }

// Furthest is how far ahead the time may lie at which the rate is whole.
func (r Rate) Furthest() time.Duration { return 2*time.Duration(r.Burst)*r.Every + time.Minute }

// Taken is how many are not back yet, given the time at which the rate is whole again.
func (r Rate) Taken(whole, at time.Time) int {
	if !whole.After(at) || r.Every <= 0 {
		return 0
	}
	return int((whole.Sub(at) + r.Every - 1) / r.Every)
}

// Opens is when the next one can be taken.
func (r Rate) Opens(whole time.Time) time.Time {
	return whole.Add(-time.Duration(r.Burst-1) * r.Every)
}

// Take asks for some of a rate.
type Take struct {
	Rate

	Most  int       // as many as there are, up to this; 1 or more
	Whole time.Time // when the rate is whole again, as far as the caller knows; zero: it knows nothing
}

// Taken is the answer to a Take: none was left where Got is 0.
type Taken struct {
	Got   int
	Whole time.Time // when the rate is whole again
}

// Rates are volatile: what a store forgets, its callers bring back, since each tells what it knows.
type Rates interface {
	// TakeRates takes from each rate in turn, at that time, and stops at the first with nothing left: the answer has one for
	// each that was asked. What was taken before the stop stays taken, so callers name the narrowest first. A rate is never
	// whole earlier than its Take says, nor than the store knows.
	TakeRates(ctx context.Context, takes []Take, at time.Time) ([]Taken, error)
}
