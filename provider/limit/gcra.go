package limit

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"gatehouse/provider"
)

// Class is what a request may cost us, and so how many of its sort an honest crowd behind one address may send. The zero
// Class is none.
type Class int

// The classes of request.
const (
	Memory     Class = iota + 1 // answered from memory: keys, discovery, files, and paths that nobody has
	Machine                     // an application's own calls: tokens, introspection, claims
	Page                        // a page, or what leads to one; it may begin a ceremony
	Form                        // a form that changes something
	Guess                       // a form with something in it that can be guessed
	Stranger                    // a password by a browser that nobody knows, in a storm: see Watch
	KnownPage                   // Page and Form of a browser that somebody has signed in with
	KnownGuess                  // Guess of one
)

// String is the name of a class in settings and metrics.
func (c Class) String() string {
	return [...]string{"none", "memory", "machine", "page", "form", "guess", "stranger", "known page", "known guess"}[c]
}

// Known is the class of the same request from a browser that somebody has signed in with: as many, and apart from all others', so
// that a flood of strangers uses up nothing of it.
func (c Class) Known() Class {
	switch c {
	case Page, Form:
		return KnownPage
	case Guess:
		return KnownGuess
	default:
		return c
	}
}

// Scope is who shares a rate.
type Scope int

// The scopes, the narrowest first.
const (
	Address Scope = iota
	Network       // /24 of IPv4, /64 of IPv6: what one customer of a provider may have
	Everybody
)

func (s Scope) String() string { return [...]string{"address", "network", "everybody"}[s] }

// PerMinute is how many requests of a class are taken in a minute, and at most at once; zero: the default.
type PerMinute struct {
	Address int // of one address; its network has networkTimes as many
	All     int // of everybody
}

// networkTimes is how many busy addresses a network counts for.
const networkTimes = 4

// Rates are the numbers of an operator. The zero Rates are the defaults.
type Rates struct {
	Memory, Machine, Page, Form, Guess, Stranger PerMinute

	// Crowds are networks where many people share an address, such as a hospital's own: they have crowdTimes as many.
	Crowds []netip.Prefix
	// Replicas is how many processes share the rates, at most: each takes that part where nobody can be asked what the others
	// took. Zero: 4.
	Replicas int
	// Times makes every number so many times as large, for measurements from one address; zero: 1.
	Times int
}

const (
	crowdTimes      = 20
	defaultReplicas = 4
)

// DefaultRates are the rates of a house whose operator says nothing.
func DefaultRates() Rates {
	return Rates{
		// Answering costs some microseconds, and applications ask from few addresses. A thousand a second is more than any of
		// them needs, and leaves the rest of a core to others. Counted by each process alone: to ask would cost more than to answer.
		Memory: PerMinute{Address: 60_000, All: 600_000},
		// One resource server may introspect a token for every call that it gets, all from one address.
		Machine: PerMinute{Address: 60_000, All: 600_000},
		// A sign-in shows five or six pages: a hundred people a minute from behind one address. A request without a ceremony
		// begins one, of half a kilobyte: everybody together writes no more than half a megabyte a second.
		Page: PerMinute{Address: 600, All: 60_000},
		// Two or three to a sign-in.
		Form: PerMinute{Address: 240, All: 30_000},
		// Sixty people a minute sign in from behind one address. Whoever guesses has as many tries, at as many accounts: what a
		// list of passwords is worth then is bounded by what everybody has, by the lanes of accounts, and by Spray.
		Guess: PerMinute{Address: 60, All: 12_000},
		// While a list of passwords is tried, strangers share what a large portal's new browsers need in a quiet hour, and no
		// address has more than a household.
		Stranger: PerMinute{Address: 6, All: 1_200},
		Replicas: defaultReplicas,
		Times:    1,
	}
}

// OrDefault fills in the defaults.
func (r Rates) OrDefault() Rates {
	d := DefaultRates()
	for _, each := range []struct{ mine, usual *PerMinute }{
		{&r.Memory, &d.Memory}, {&r.Machine, &d.Machine}, {&r.Page, &d.Page}, {&r.Form, &d.Form}, {&r.Guess, &d.Guess},
		{&r.Stranger, &d.Stranger},
	} {
		each.mine.Address = orUsual(each.mine.Address, each.usual.Address)
		each.mine.All = orUsual(each.mine.All, each.usual.All)
	}
	r.Replicas, r.Times = orUsual(r.Replicas, d.Replicas), orUsual(r.Times, d.Times)
	return r
}

func orUsual(mine, usual int) int {
	if mine == 0 {
		return usual
	}
	return mine
}

// mostPerMinute keeps an interval above the microsecond that stores keep.
const mostPerMinute = 10_000_000

// Check says all that is wrong with the rates. There is no number for "no limit": it is never off.
func (r Rates) Check() error {
	r = r.OrDefault()
	var faults []error
	for _, class := range []Class{Memory, Machine, Page, Form, Guess, Stranger} {
		p := r.of(class)
		if p.Address < 1 || p.Address > mostPerMinute || p.All < p.Address || p.All > mostPerMinute {
			faults = append(faults, fmt.Errorf("rate of %s: 1 to %d a minute from one address, and no fewer from everybody", class, mostPerMinute))
		}
	}
	if r.Replicas < 1 || r.Replicas > 1000 {
		faults = append(faults, errors.New("rates: 1 to 1000 replicas"))
	}
	return errors.Join(faults...)
}

func (r Rates) of(c Class) PerMinute {
	return [...]PerMinute{{}, r.Memory, r.Machine, r.Page, r.Form, r.Guess, r.Stranger, r.Page, r.Guess}[c]
}

// Rule is the rate of a class for a scope; crowd says whether the address is in one.
func (r Rates) Rule(c Class, s Scope, crowd bool) provider.Rate {
	p := r.of(c)
	n := [...]int{p.Address, p.Address * networkTimes, p.All}[s]
	if crowd && s != Everybody {
		n *= crowdTimes
	}
	return perMinute(n * max(r.Times, 1))
}

func perMinute(n int) provider.Rate {
	return provider.Rate{Burst: n, Every: max((time.Minute / time.Duration(n)).Truncate(time.Microsecond), time.Microsecond)}
}

// share is a rate as one of so many processes keeps it alone: never more, together, than what all may take.
func share(r provider.Rate, replicas int) provider.Rate {
	r.Burst = max(r.Burst/replicas, 1)
	r.Every *= time.Duration(replicas)
	return r
}

// leaseShare is which part of a burst a process takes at once at most. Of rates that are asked often it asks seldom; of the small
// rates of guesses it takes them one by one.
const leaseShare = 64

func lease(r provider.Rate) int { return max(r.Burst/leaseShare, 1) }

// networkOf is the network of an address.
func networkOf(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() {
		bits = 24
	}
	network, _ := a.Prefix(bits) // the zero address has the zero network
	return network
}

// crowded says whether an address is in a crowd.
func (r Rates) crowded(a netip.Addr) bool {
	for _, p := range r.Crowds {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
