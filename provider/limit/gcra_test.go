package limit_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/limit"
	"gatehouse/storage"
)

var noon = time.Date(2031, 1, 1, 12, 0, 0, 0, time.UTC)

// shop is a store that can be emptied, cut off and listened to.
type shop struct {
	t    *testing.T
	keys *keys.Keyset

	mutex sync.Mutex
	provider.Store
	away  bool
	asked int
	names []string
}

func newShop(t *testing.T) *shop {
	t.Helper()
	keyset, err := keys.NewKeyset(noon)
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, keys: keyset}
	s.wipe()
	return s
}

// wipe gives it a database that knows nothing.
func (s *shop) wipe() {
	s.t.Helper()
	o := storage.Options{Database: "sqlite:" + filepath.Join(s.t.TempDir(), "gatehouse.db"), Keyset: s.keys}
	if _, err := storage.Migrate(s.t.Context(), o); err != nil {
		s.t.Fatal(err)
	}
	store, err := storage.Open(s.t.Context(), o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = store.Close() })
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.Store = store
}

func (s *shop) TakeRates(ctx context.Context, takes []provider.Take, at time.Time) ([]provider.Taken, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.asked++
	if s.away {
		return nil, fmt.Errorf("%w: cut off", provider.ErrUnavailable)
	}
	for _, t := range takes {
		s.names = append(s.names, t.Key)
	}
	return s.Store.TakeRates(ctx, takes, at)
}

func (s *shop) cut(away bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.away = away
}

func (s *shop) guard(r limit.Rates) *limit.Guard {
	return limit.NewGuard(limit.GuardConfig{Rates: r, Store: s, Keys: s.keys})
}

// guesses are rates of six guesses a minute for an address.
func guesses(n int) limit.Rates { return limit.Rates{Guess: limit.PerMinute{Address: n}} }

func address(i int) netip.Addr { return netip.AddrFrom4([4]byte{203, byte(i >> 8), byte(i), 7}) }

func admits(t *testing.T, g *limit.Guard, c limit.Class, a netip.Addr, at time.Time, want int) limit.Refusal {
	t.Helper()
	for got := 0; ; got++ {
		no, ok := g.Admit(t.Context(), c, a, at)
		if ok && got < want {
			continue
		}
		if ok || got != want {
			t.Fatalf("%d were admitted, want %d", got, want)
		}
		return no
	}
}

// TestEachScopeIsCounted: an address, its network and everybody have their own; who is refused is told by what and until when.
func TestEachScopeIsCounted(t *testing.T) {
	s := newShop(t)
	g := s.guard(limit.Rates{Guess: limit.PerMinute{Address: 6, All: 60}})
	no := admits(t, g, limit.Guess, netip.MustParseAddr("198.51.100.1"), noon, 6)
	if no.Scope != limit.Address || !no.Until.Equal(noon.Add(10*time.Second)) {
		t.Fatal(no)
	}
	for i := range 3 { // 18 more of its network
		admits(t, g, limit.Guess, netip.AddrFrom4([4]byte{198, 51, 100, byte(2 + i)}), noon, 6)
	}
	if no = admits(t, g, limit.Guess, netip.MustParseAddr("198.51.100.99"), noon, 0); no.Scope != limit.Network {
		t.Fatal(no)
	}
	for i := range 6 {
		admits(t, g, limit.Guess, address(i), noon, 6)
	}
	if no = admits(t, g, limit.Guess, address(99), noon, 0); no.Scope != limit.Everybody {
		t.Fatal(no)
	}
	admits(t, g, limit.Guess, netip.MustParseAddr("198.51.100.1"), noon.Add(10*time.Second), 1)
}

// TestNetworks: an IPv6 customer has one network, an IPv4 address written as IPv6 has been unmapped by then, and whose address
// cannot be told shares with all the others of whom that is true.
func TestNetworks(t *testing.T) {
	g := newShop(t).guard(guesses(2))
	for i := range 4 {
		admits(t, g, limit.Guess, netip.MustParseAddr(fmt.Sprintf("2001:db8:1:2:%x::1", i)), noon, 2)
	}
	admits(t, g, limit.Guess, netip.MustParseAddr("2001:db8:1:2:ffff::1"), noon, 0)
	admits(t, g, limit.Guess, netip.MustParseAddr("2001:db8:1:3::1"), noon, 2)
	admits(t, g, limit.Guess, netip.Addr{}, noon, 2)
	admits(t, g, limit.Guess, netip.Addr{}, noon, 0)
}

// TestClassesAreApart: who may not guess may still read a page.
func TestClassesAreApart(t *testing.T) {
	g := newShop(t).guard(guesses(1))
	admits(t, g, limit.Guess, address(1), noon, 1)
	for _, c := range []limit.Class{limit.Memory, limit.Machine, limit.Page, limit.Form} {
		if _, ok := g.Admit(t.Context(), c, address(1), noon); !ok {
			t.Errorf("%v is refused", c)
		}
	}
}

// TestCrowds: a hospital that says that its people share an address is not kept waiting.
func TestCrowds(t *testing.T) {
	r := guesses(3)
	r.Crowds = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/28")}
	g := newShop(t).guard(r)
	admits(t, g, limit.Guess, netip.MustParseAddr("192.0.2.5"), noon, 60)
	admits(t, g, limit.Guess, netip.MustParseAddr("192.0.2.99"), noon, 3)
}

// TestProcessesShare: whatever is asked of how many processes and when, in no stretch of time more is admitted than a burst and
// what came back; and what is there is found, apart from what others hold.
func TestProcessesShare(t *testing.T) {
	s := newShop(t)
	for seed := range 40 {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		rates := limit.Rates{Guess: limit.PerMinute{Address: 1 + r.IntN(400), All: 1_000_000}}
		var all []*limit.Guard
		for range 1 + r.IntN(3) {
			all = append(all, s.guard(rates))
		}
		rate := rates.Rule(limit.Guess, limit.Address, false)
		var admitted []time.Time
		at := noon.Add(time.Duration(seed) * time.Hour)
		for range 1200 {
			at = at.Add(time.Duration(r.Int64N(int64(rate.Every) * 3 / 4)))
			if _, ok := all[r.IntN(len(all))].Admit(t.Context(), limit.Guess, address(seed), at); ok {
				admitted = append(admitted, at)
			}
		}
		for i := range admitted {
			for _, j := range []int{i + rate.Burst, len(admitted) - 1} {
				if j >= len(admitted) {
					continue
				}
				if n, back := j-i+1, int(admitted[j].Sub(admitted[i])/rate.Every); n > rate.Burst+back {
					t.Fatalf("seed %d: %d in %v, with a burst of %d and one in %v", seed, n, admitted[j].Sub(admitted[i]), rate.Burst, rate.Every)
				}
			}
		}
		if least := min(rate.Burst, 1200) * 3 / 4; len(admitted) < least {
			t.Fatalf("seed %d: only %d were admitted, of a burst of %d", seed, len(admitted), rate.Burst)
		}
	}
}

// TestWipe: a store that was emptied gives nobody a second burst.
func TestWipe(t *testing.T) {
	s := newShop(t)
	g := s.guard(guesses(6))
	admits(t, g, limit.Guess, address(1), noon, 6)
	s.wipe()
	admits(t, g, limit.Guess, address(1), noon, 0)
	admits(t, g, limit.Guess, address(1), noon.Add(20*time.Second), 2)
	s.wipe()
	other := s.guard(guesses(6)) // it knows nothing, until who does has asked
	admits(t, g, limit.Guess, address(1), noon.Add(30*time.Second), 1)
	admits(t, other, limit.Guess, address(1), noon.Add(30*time.Second), 0)
}

// TestNeverOff: with the store away each process goes on with its part, which is less than all, asks once a second, and shares
// again when the store is back; what it let through meanwhile counts.
func TestNeverOff(t *testing.T) {
	s := newShop(t)
	r := guesses(12)
	r.Replicas = 3
	g := s.guard(r)
	s.cut(true)
	admits(t, g, limit.Guess, address(1), noon, 4)
	admits(t, g, limit.Guess, address(2), noon, 4)
	if s.asked != 1 || !g.Alone() {
		t.Fatal("asked", s.asked, "alone", g.Alone())
	}
	admits(t, g, limit.Guess, address(1), noon.Add(15*time.Second), 1) // a third of one in five seconds
	s.cut(false)
	admits(t, g, limit.Guess, address(2), noon.Add(16*time.Second), 3) // four of its part count as twelve of all, and three came back
	if g.Alone() {
		t.Fatal("the store is back, and not used")
	}
	s.cut(true)
	admits(t, g, limit.Guess, address(3), noon.Add(20*time.Second), 4)
}

// TestAwayIsTold: the operator hears of it once, and of its end.
func TestAwayIsTold(t *testing.T) {
	s := newShop(t)
	var said strings.Builder
	g := limit.NewGuard(limit.GuardConfig{Store: s, Keys: s.keys, Log: slog.New(slog.NewTextHandler(&said, nil))})
	s.cut(true)
	for i := range 50 {
		g.Admit(t.Context(), limit.Page, address(i), noon.Add(time.Duration(i)*time.Second))
	}
	s.cut(false)
	g.Admit(t.Context(), limit.Page, address(1), noon.Add(time.Hour))
	if got := said.String(); strings.Count(got, "cannot be shared") != 1 || strings.Count(got, "shared again") != 1 {
		t.Fatal(got)
	}
	if strings.Contains(said.String(), "203.") {
		t.Fatal("an address is in the log")
	}
}

// TestSeldomAsked: what is asked often costs few trips to the store, what is in memory none, and a spent rate none either.
func TestSeldomAsked(t *testing.T) {
	s := newShop(t)
	g := s.guard(limit.Rates{})
	for range 5000 {
		g.Admit(t.Context(), limit.Memory, address(1), noon)
	}
	if s.asked != 0 {
		t.Fatalf("%d trips for what is in memory", s.asked)
	}
	for range 5000 {
		g.Admit(t.Context(), limit.Machine, address(1), noon)
	}
	if s.asked > 30 {
		t.Fatalf("%d trips for 5000 calls of an application", s.asked)
	}
	s.asked = 0
	for range 5000 {
		g.Admit(t.Context(), limit.Guess, address(1), noon)
	}
	if s.asked > 70 {
		t.Fatalf("%d trips for 60 guesses and 4940 refusals", s.asked)
	}
}

// TestSteadyCaller: who comes all the time, and less often than they may, costs a trip a second, not one each.
func TestSteadyCaller(t *testing.T) {
	s := newShop(t)
	all := []*limit.Guard{s.guard(limit.Rates{}), s.guard(limit.Rates{}), s.guard(limit.Rates{})}
	at := noon
	for i := range 6000 { // two hundred a second, for half a minute
		at = at.Add(5 * time.Millisecond)
		if _, ok := all[i%3].Admit(t.Context(), limit.Machine, address(1), at); !ok {
			t.Fatalf("call %d is refused, at a fifth of the rate", i)
		}
	}
	if s.asked > 300 { // 30 s of three processes with three rates each: those of address, network and everybody fade at their own times
		t.Fatalf("%d trips for 6000 calls", s.asked)
	}
}

// TestQuietHouseIsWhole: three processes with a little to do each take no more than a lease: no rate is used up by what they might
// need.
func TestQuietHouseIsWhole(t *testing.T) {
	s := newShop(t)
	all := []*limit.Guard{s.guard(limit.Rates{}), s.guard(limit.Rates{}), s.guard(limit.Rates{})}
	at := noon
	for i := range 6000 {
		at = at.Add(20 * time.Millisecond)
		if _, ok := all[i%3].Admit(t.Context(), limit.Page, address(i), at); !ok {
			t.Fatalf("request %d of a quiet house is refused", i)
		}
	}
	key := string(s.keys.Fingerprint("rate", "page everybody "+netip.Prefix{}.String()))
	rate := limit.DefaultRates().Rule(limit.Page, limit.Everybody, false)
	rate.Key = key
	left, err := s.TakeRates(t.Context(), []provider.Take{{Rate: rate, Most: rate.Burst}}, at)
	if err != nil || left[0].Got < rate.Burst-3*rate.Burst/64 {
		t.Fatal(left, err)
	}
}

// TestNoAddressIsKept: the store sees keyed hashes.
func TestNoAddressIsKept(t *testing.T) {
	s := newShop(t)
	g := s.guard(limit.Rates{})
	from := netip.MustParseAddr("198.51.100.77")
	g.Admit(t.Context(), limit.Guess, from, noon)
	if len(s.names) != 3 {
		t.Fatal(s.names)
	}
	for _, name := range s.names {
		if len(name) != 32 || strings.Contains(name, "198.51.100") {
			t.Errorf("%q", name)
		}
	}
	again := newShop(t) // another keyset
	again.guard(limit.Rates{}).Admit(t.Context(), limit.Guess, from, noon)
	if again.names[0] == s.names[0] {
		t.Error("the hash is not keyed")
	}
}

// TestAtOnce: however many come at once, a process admits what there is, and refuses nobody for what it holds itself.
func TestAtOnce(t *testing.T) {
	g := newShop(t).guard(limit.Rates{Page: limit.PerMinute{Address: 600}})
	var admitted atomic.Int64
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() {
			if _, ok := g.Admit(context.Background(), limit.Page, address(1), noon); ok {
				admitted.Add(1)
			}
		})
	}
	all.Wait()
	if n := admitted.Load(); n != 600 {
		t.Fatalf("%d of 1000 were admitted, want 600", n)
	}
}

// TestBoundedMemory: a million addresses take no more memory than a generation or two, and who keeps coming is kept.
func TestBoundedMemory(t *testing.T) {
	g := newShop(t).guard(limit.Rates{Memory: limit.PerMinute{Address: 5, All: 10_000_000}})
	one := netip.MustParseAddr("192.0.2.1")
	admits(t, g, limit.Memory, one, noon, 5)
	for i := range 100_000 {
		g.Admit(t.Context(), limit.Memory, netip.AddrFrom4([4]byte{100, byte(i >> 16), byte(i >> 8), byte(i)}), noon)
		if i%10_000 == 0 {
			admits(t, g, limit.Memory, one, noon, 0)
		}
	}
	if n := g.Known(); n > 60_000 {
		t.Fatalf("%d are remembered", n)
	}
}

func TestRatesCheck(t *testing.T) {
	if err := (limit.Rates{}).Check(); err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]limit.Rates{
		"off":                    {Guess: limit.PerMinute{Address: -1}},
		"less for all":           {Guess: limit.PerMinute{Address: 10, All: 9}},
		"more than can be timed": {Page: limit.PerMinute{Address: 1, All: 1 << 40}},
		"no replicas":            {Replicas: -1},
	} {
		if r.Check() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
