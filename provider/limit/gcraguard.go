package limit

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"gatehouse/provider"
)

// GuardConfig is what a Guard needs.
type GuardConfig struct {
	Rates   Rates
	Store   provider.Rates
	Keys    Fingerprinter
	Log     *slog.Logger
	Refused func(class, scope string) // counts refusals; nil: nobody does
}

// Fingerprinter makes keyed hashes; *keys.Keyset is one.
type Fingerprinter interface {
	Fingerprint(kind, canonical string) []byte
}

// Refusal says whose rate is spent, and when there is something of it again.
type Refusal struct {
	Scope Scope
	Until time.Time
}

// Guard answers whether a request may be worked on at all, before anything is looked up for it. It is safe for many goroutines.
//
// Rates are the store's, so that all processes share them. Of what is asked often a process takes some at once (lease), and
// it tells the store what it knows: a store that was emptied, set back, or changed for another gives nobody a second burst.
// Where the store cannot be asked, a process goes on by itself with its share of every rate, and asks again each second; it is
// never off. What an address is called, in the store too, is a keyed hash.
//
// Decision: what is answered from memory is counted by each process alone. Rejected: to ask the store for it, which costs more
// than the answer, and would let a stalled database stop the keys.
type Guard struct {
	GuardConfig

	mutex    sync.Mutex
	hands    hands
	away     bool // the store could not be asked
	askAgain time.Time
}

const (
	// handsMost bounds the memory of a guard: some 10 MB.
	handsMost = 30_000
	// awayFor is how long a store that failed is left alone.
	awayFor = time.Second
	// rounds is how often a request goes to the store, where others spend what it fetched.
	rounds = 4
)

// NewGuard returns a guard.
func NewGuard(c GuardConfig) *Guard {
	c.Rates = c.Rates.OrDefault()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Guard{GuardConfig: c, hands: hands{most: handsMost}}
}

// ask is one rate that a request must have one of.
type ask struct {
	who
	rate provider.Rate
}

// asks are the rates of a request, the narrowest first.
func (g *Guard) asks(c Class, from netip.Addr) []ask {
	crowd := g.Rates.crowded(from)
	one, _ := from.Prefix(from.BitLen())
	whom := [...]who{{c, Address, one}, {c, Network, networkOf(from)}, {c, Everybody, netip.Prefix{}}}
	all := make([]ask, 0, len(whom))
	for _, w := range whom {
		all = append(all, ask{w, g.Rates.Rule(c, w.scope, crowd)})
	}
	return all
}

// Admit answers whether a request of a class, from an address, is worked on. The zero address is one that cannot be told: all
// of those are one.
func (g *Guard) Admit(ctx context.Context, c Class, from netip.Addr, now time.Time) (Refusal, bool) {
	now = now.Truncate(time.Microsecond) // as stores keep it
	asks := g.asks(c, from)
	g.mutex.Lock()
	defer g.mutex.Unlock()
	var no Refusal
	var ok bool
	if c == Memory {
		no, ok = g.alone(asks, now, 1)
	} else {
		no, ok = g.together(ctx, asks, now)
	}
	if !ok && g.Refused != nil {
		g.Refused(c.String(), no.Scope.String())
	}
	return no, ok
}

// together takes from the rates that all processes share. It lets go of the mutex while it asks.
func (g *Guard) together(ctx context.Context, asks []ask, now time.Time) (Refusal, bool) {
	var no Refusal
	for range rounds {
		short, refused, ok := g.fromHand(asks, now)
		if ok || refused != nil {
			return refusal(refused), ok
		}
		no = Refusal{Scope: short[0].scope, Until: now.Add(time.Second)}
		taken, err := g.fetch(ctx, short, now)
		if err != nil {
			return g.alone(asks, now, g.Rates.Replicas)
		}
		for i, t := range taken {
			g.hands.keep(short[i].who, g.hands.of(short[i].who).learn(short[i].rate, t, now))
		}
	}
	return no, false
}

func refusal(no *Refusal) Refusal {
	if no == nil {
		return Refusal{}
	}
	return *no
}

// fromHand spends one of each rate, if each has one in hand. Else it answers which have none, or which is spent for all that
// is known.
func (g *Guard) fromHand(asks []ask, now time.Time) (short []ask, no *Refusal, ok bool) {
	var after [3]hand
	for i, a := range asks {
		h, has := g.hands.of(a.who).spend(a.rate, now)
		after[i] = h
		if has {
			continue
		}
		if opens := a.rate.Opens(h.whole); opens.After(now) {
			g.hands.keep(a.who, h)
			return nil, &Refusal{a.scope, opens}, false
		}
		short = append(short, a)
	}
	if len(short) > 0 {
		return short, nil, false
	}
	for i, a := range asks {
		g.hands.keep(a.who, after[i])
	}
	return nil, nil, true
}

// errAway: the store failed a moment ago.
var errAway = errors.New("limit: the store is left alone for a moment")

// fetch asks the store. While somebody fetches many of a rate, others take one.
func (g *Guard) fetch(ctx context.Context, short []ask, now time.Time) ([]provider.Taken, error) {
	if g.away && now.Before(g.askAgain) {
		return nil, errAway
	}
	g.askAgain = now.Add(awayFor) // where it is away, one tries for all
	takes, mine := make([]provider.Take, len(short)), make([]bool, len(short))
	for i, a := range short {
		h := g.hands.of(a.who)
		takes[i] = provider.Take{Rate: a.rate, Most: 1, Whole: h.whole}
		if !h.asking {
			takes[i].Most, mine[i], h.asking = max(h.next, 1), true, true
			g.hands.keep(a.who, h)
		}
	}
	taken, err := g.store(ctx, short, takes, now)
	for i, a := range short {
		if h := g.hands.of(a.who); mine[i] {
			h.asking = false
			g.hands.keep(a.who, h)
		}
	}
	g.note(ctx, err, now)
	return taken, err
}

// store names the rates and asks, without the mutex. A caller that goes away does not make the store fail.
func (g *Guard) store(ctx context.Context, short []ask, takes []provider.Take, now time.Time) ([]provider.Taken, error) {
	g.mutex.Unlock()
	defer g.mutex.Lock()
	for i, a := range short {
		takes[i].Key = string(g.Keys.Fingerprint("rate", a.class.String()+" "+a.scope.String()+" "+a.from.String()))
	}
	return g.Store.TakeRates(context.WithoutCancel(ctx), takes, now)
}

// note tells the operator when the store goes away and comes back.
func (g *Guard) note(ctx context.Context, err error, now time.Time) {
	was := g.away
	g.away = err != nil
	switch {
	case g.away && !was:
		g.askAgain = now.Add(awayFor)
		g.Log.ErrorContext(ctx, "request limits cannot be shared: each process keeps its part of them by itself", "replicas", g.Rates.Replicas, "error", err)
	case was && !g.away:
		g.Log.InfoContext(ctx, "request limits are shared again")
	}
}

// Alone reports whether this process keeps its part by itself, for an alarm.
func (g *Guard) Alone() bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return g.away
}

// Known is how many rates are remembered.
func (g *Guard) Known() int {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return len(g.hands.young) + len(g.hands.old)
}

// alone takes from what this process knows, with its part of every rate.
func (g *Guard) alone(asks []ask, now time.Time, replicas int) (Refusal, bool) {
	for _, a := range asks {
		rate := share(a.rate, replicas)
		h, has := g.hands.of(a.who).spend(a.rate, now)
		if !has {
			var got int
			got, h.whole = rate.Take(h.whole, now, 1)
			has = got > 0
		}
		g.hands.keep(a.who, h)
		if !has {
			return Refusal{a.scope, rate.Opens(h.whole)}, false
		}
	}
	return Refusal{}, true
}
