package redis

import (
	"sync"
	"time"
)

const (
	// failuresToOpen in a row open the breaker.
	failuresToOpen = 5
	// openFor is how long it then lets nothing through.
	openFor = time.Second
)

// breaker decides whether a call is worth making. It is a value: what happens makes another one of it.
//
// Closed, it lets everything through and counts failures in a row. Open, it lets nothing through. When its time is over it
// lets one call try: if that succeeds it closes, if it fails it stays open for as long again.
type breaker struct {
	failures int       // in a row; failuresToOpen and more is open
	until    time.Time // open: when one call may try
	trying   bool      // that call is under way
}

func (b breaker) open() bool { return b.failures >= failuresToOpen }

// admit answers whether a call may be made now.
func (b breaker) admit(now time.Time) (breaker, bool) {
	switch {
	case !b.open():
		return b, true
	case now.Before(b.until) || b.trying:
		return b, false
	default:
		b.trying = true
		return b, true
	}
}

// heard notes how an admitted call ended. One that was admitted before the breaker opened, and fails late, adds nothing.
func (b breaker) heard(ok bool, now time.Time) breaker {
	switch {
	case ok:
		return breaker{}
	case b.open() && !b.trying:
		return b
	}
	b.failures, b.trying = min(b.failures+1, failuresToOpen), false
	if b.open() {
		b.until = now.Add(openFor)
	}
	return b
}

// gate is a breaker that many share.
type gate struct {
	mutex sync.Mutex
	state breaker
	now   func() time.Time
}

func (g *gate) admit() bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	var ok bool
	g.state, ok = g.state.admit(g.now())
	return ok
}

// heard answers whether the breaker opened or closed with this.
func (g *gate) heard(ok bool) (changed, open bool) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	before := g.state.open()
	g.state = g.state.heard(ok, g.now())
	return before != g.state.open(), g.state.open()
}
