package password

import (
	"context"
	"sync"
)

// Room takes a place for one Check and for what belongs to it, above all the write that counts the guess before it is looked
// at. There are as many as hashes may run and wait; the last of those that wait are for priority. So whoever is sent away is
// sent away before anything is written, and a slow database does not gather those who wait for it. leave gives the place back;
// the second time it does nothing. Error: *Busy.
func (h *Hasher) Room(ctx context.Context) (leave func(), err error) {
	return h.gate.book(hasPriority(ctx))
}

// book is Enter for all that goes with a hash. It never waits.
func (g *Gate) book(priority bool) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	places := g.config.Limit + g.config.Queue
	if !priority && g.strangers >= places-g.config.Reserved || g.booked >= places {
		return nil, busy()
	}
	one := 1
	if priority {
		one = 0
	}
	g.booked++
	g.strangers += one
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.booked--
		g.strangers -= one
	}), nil
}
