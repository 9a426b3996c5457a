package notify

import (
	"time"

	"gatehouse/provider"
)

// When a channel's circuit opens, and for how long.
const (
	faultsToOpen = 5
	firstOpen    = 15 * time.Second
	longestOpen  = 2 * time.Minute
)

// circuit leaves a carrier alone that does not work: after some faults in a row nothing is sent for a while, then one message
// tries it. It is pure: time is given. The zero circuit is closed.
type circuit struct {
	faults  int           // in a row
	open    time.Duration // how long it was opened the last time; zero: it is closed
	until   time.Time     // of that
	probing bool          // the one message is on its way
}

// slow reports whether the channel has trouble.
func (c circuit) slow() bool { return c.open > 0 }

// room is how many more messages may be on their way where lanes could be.
func (c circuit) room(lanes int, now time.Time) int {
	switch {
	case !c.slow():
		return lanes
	case c.probing || now.Before(c.until):
		return 0
	}
	return 1
}

// began notes that a message is on its way.
func (c *circuit) began() { c.probing = c.slow() }

// ended notes what came of one. Faults of the person's own address say that the carrier works.
func (c *circuit) ended(f *Fault, now time.Time) {
	c.probing = false
	if f == nil || f.Class == provider.FaultAddress || f.Class == provider.FaultBlocked {
		*c = circuit{}
		return
	}
	c.faults++
	switch {
	case f.After > 0:
		c.open = max(c.open, firstOpen)
		c.until = later(c.until, now.Add(min(f.After, longestOpen)))
	case c.faults < faultsToOpen, now.Before(c.until): // one that was on its way when it opened
	default:
		c.open = min(max(2*c.open, firstOpen), longestOpen)
		c.until = now.Add(c.open)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
