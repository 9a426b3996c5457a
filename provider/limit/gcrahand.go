package limit

import (
	"net/netip"
	"time"

	"gatehouse/provider"
)

// who has a rate.
type who struct {
	class Class
	scope Scope
	from  netip.Prefix // zero: everybody, or an address that cannot be told
}

// hand is what a process knows of a rate, and what it has taken of it and not spent yet.
type hand struct {
	whole  time.Time // when the rate is whole again, as far as is known
	held   int
	next   int  // how many to take at once, next time
	asking bool // somebody is fetching more
}

// fading is what is held and worth something still. What was taken and not spent loses its worth as it comes back to the rate:
// held as long as one likes, it would be one more than a burst.
func (h hand) fading(r provider.Rate, now time.Time) hand {
	if !r.Can(h.whole, now) {
		h.whole, h.held = time.Time{}, 0
	}
	if out := h.out(r, now); h.held > out {
		h.held = out
		if !plenty(r, out) {
			h.next = 1
		}
	}
	return h
}

// out is how many of a rate are taken and not back yet, as far as is known.
func (h hand) out(r provider.Rate, now time.Time) int {
	return max(int(h.whole.Sub(now)/r.Every), 0)
}

// plenty reports whether nobody misses what another process takes in vain: no more than an eighth of the burst is out. Processes that
// all hold a lease, and renew it as it fades, have as many leases out as they are; so up to eight of them leave one another plenty.
func plenty(r provider.Rate, out int) bool { return out <= r.Burst/8 }

// spend takes one of what is held.
func (h hand) spend(r provider.Rate, now time.Time) (hand, bool) {
	h = h.fading(r, now)
	if h.held == 0 {
		return h, false
	}
	h.held--
	return h, true
}

// learn adds what was taken. Where there is plenty a lease is taken the next time, so that who comes often asks the store once a
// second. Else, as long as it is all spent, twice as many as before, up to a lease; and where some of it lost its worth, one: what is
// taken in vain is taken from others.
func (h hand) learn(r provider.Rate, t provider.Taken, now time.Time) hand {
	h = h.fading(r, now)
	if t.Whole.After(h.whole) {
		h.whole = t.Whole
	}
	h.held += t.Got
	h.next = min(2*max(h.next, 1), lease(r))
	if plenty(r, h.out(r, now)) {
		h.next = lease(r)
	}
	return h
}

// hands are those that a process was asked about lately, in two generations: with the younger full, the older is forgotten.
// So the memory is bounded, however many addresses there are, and who comes often stays.
type hands struct {
	young, old map[who]hand
	most       int // of a generation
}

func (s *hands) of(w who) hand {
	if h, ok := s.young[w]; ok {
		return h
	}
	return s.old[w]
}

func (s *hands) keep(w who, h hand) {
	if _, ok := s.young[w]; !ok && len(s.young) >= s.most {
		s.old, s.young = s.young, nil
	}
	if s.young == nil {
		s.young = map[who]hand{}
	}
	s.young[w] = h
}
