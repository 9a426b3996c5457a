package limit_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/limit"
)

// life is a lane that is held to every promise at each thing that happens to it.
type life struct {
	testing.TB
	rule   provider.LaneRule
	state  provider.LaneState
	now    time.Time
	looked []time.Time // wrong tries that were looked at
	inARow int         // of those, since the row was ended
	freed  time.Time   // when support last opened the lane
	owner  bool        // the owner signed in, which begins a new window
}

// steps is how much time passes between what happens, by the low bits of a byte.
var steps = [8]time.Duration{0, time.Second, time.Minute, 14 * time.Minute, 30 * time.Minute, 3 * time.Hour, 23 * time.Hour, 25 * time.Hour}

func live(tb testing.TB, kind provider.LaneKind, script []byte) {
	tb.Helper()
	l := &life{TB: tb, rule: limit.Default().Rule(kind), now: began()}
	for _, b := range script {
		l.now = l.now.Add(steps[b&7])
		l.happens(int(b>>3) % 12)
		l.sound()
		l.neverForGood()
		l.staysOpen()
	}
	l.bounded()
}

func (l *life) happens(what int) {
	switch what {
	case 8:
		l.right()
	case 9:
		l.right()
		l.state, l.owner = limit.Succeed(l.state, l.rule), true
		if !l.rule.Burns {
			l.inARow = 0
		}
	case 10:
		l.state, l.inARow = limit.PassLane(l.state), 0
	case 11:
		l.state, l.inARow, l.freed = limit.UnlockLane(l.state, l.now), 0, l.now
		if closed, _ := limit.Closed(l.state, l.rule, l.now); closed {
			l.Fatal("support unlocked it and it is closed")
		}
	default:
		for range what + 1 {
			l.wrong()
		}
	}
}

// wrong: a closed lane counts nothing, and another failure never opens a lane.
func (l *life) wrong() {
	before := l.state
	if !l.now.Before(before.ForgetAt) {
		l.inARow = 0
	}
	closed, until := limit.Closed(before, l.rule, l.now)
	after, ok := limit.TryLane(before, l.rule, l.now)
	if ok == closed || !ok && after != before {
		l.Fatalf("closed %v, tried %v: %+v became %+v", closed, ok, before, after)
	}
	l.state = after
	_, then := limit.Closed(after, l.rule, l.now)
	if then.Before(until) && !l.stopped() {
		l.Fatalf("one more failure opens the lane at %v instead of %v", then, until)
	}
	if !ok {
		return
	}
	l.inARow++
	l.looked = append(l.looked, l.now)
	if l.inARow > l.rule.InARow {
		l.Fatalf("%d in a row", l.inARow)
	}
}

// right: a try that is taken back leaves as many as there were.
func (l *life) right() {
	left := l.left(l.state)
	after, ok := limit.TryLane(l.state, l.rule, l.now)
	if !ok {
		return
	}
	l.state = limit.ReturnTry(after, l.rule, l.now)
	if l.left(l.state) != left {
		l.Fatalf("%d left before a right try, %d after it", left, l.left(l.state))
	}
}

func (l *life) left(s provider.LaneState) int {
	n := -1
	for ok := true; ok; n++ {
		s, ok = limit.TryLane(s, l.rule, l.now)
	}
	return n
}

func (l *life) stopped() bool { return l.state.InARow >= l.rule.InARow }

func (l *life) sound() {
	s := l.state
	if min(s.Tries, s.Pauses, s.Today, s.InARow) < 0 || s.Tries > l.rule.Tries || s.InARow > l.rule.InARow ||
		l.rule.Daily > 0 && s.Today > l.rule.Daily {
		l.Fatalf("%+v", s)
	}
}

// neverForGood: without any try, a day opens whatever is not stopped; the link ends a stop.
func (l *life) neverForGood() {
	s := l.state
	if l.stopped() {
		s = limit.PassLane(s)
	}
	closed, until := limit.Closed(s, l.rule, l.now)
	if !closed {
		return
	}
	if until.IsZero() || until.Sub(l.now) > 24*time.Hour || !until.After(l.now) {
		l.Fatalf("closed until %v at %v: %+v", until, l.now, s)
	}
	if still, _ := limit.Closed(s, l.rule, until.Add(-1)); !still {
		l.Fatalf("it opens before %v", until)
	}
	if still, _ := limit.Closed(s, l.rule, until); still {
		l.Fatalf("it does not open at %v", until)
	}
}

// staysOpen: time alone closes nothing.
func (l *life) staysOpen() {
	if closed, _ := limit.Closed(l.state, l.rule, l.now); closed {
		return
	}
	for _, d := range steps {
		if closed, _ := limit.Closed(l.state, l.rule, l.now.Add(d)); closed {
			l.Fatalf("open now, closed %v later: %+v", d, l.state)
		}
	}
}

// bounded: the bounds that doc.go states. What support did in between is a day of its own.
func (l *life) bounded() {
	if !l.freed.IsZero() {
		return
	}
	if !l.owner {
		l.within(l.rule.Window, 2*l.rule.Tries-1)
	}
	if l.rule.Daily > 0 {
		l.within(24*time.Hour, 2*l.rule.Daily-1)
	}
}

func (l *life) within(span time.Duration, most int) {
	for i := most; i < len(l.looked); i++ {
		if l.looked[i].Sub(l.looked[i-most]) < span {
			l.Fatalf("more than %d tries within %v", most, span)
		}
	}
}

// TestPromisesOverDays plays random lives of both kinds.
func TestPromisesOverDays(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2)) // the same ones each time
	for range 1000 {
		script := make([]byte, 1+dice.IntN(300))
		for i := range script {
			script[i] = byte(dice.UintN(256))
			if dice.IntN(3) > 0 {
				script[i] &= 0b11111011 // mostly little time
			}
		}
		live(t, provider.LaneStrangers, script)
		live(t, provider.LaneDevice, script)
	}
}

func FuzzLife(f *testing.F) {
	f.Add([]byte("fail and fail again"), true)
	f.Add([]byte{0x38, 0x38, 0x3c, 0x38, 0x40, 0x48, 0x50, 0x58}, false)
	f.Fuzz(func(t *testing.T, script []byte, device bool) {
		kind := provider.LaneStrangers
		if device {
			kind = provider.LaneDevice
		}
		live(t, kind, script[:min(len(script), 500)])
	})
}

// TestGreediest: somebody who tries at every moment, for a month, with no help from the owner, has a hundred; with an owner who
// presses the link every time, fifty in a day.
func TestGreediest(t *testing.T) {
	rule := limit.Default().Strangers
	for name, link := range map[string]bool{"alone": false, "with links": true} {
		t.Run(name, func(t *testing.T) {
			l := &life{TB: t, rule: rule, now: began()}
			for range 30 * 24 * 60 {
				l.wrong()
				if link && l.stopped() {
					l.state, l.inARow = limit.PassLane(l.state), 0
				}
				l.now = l.now.Add(time.Minute)
			}
			l.bounded()
			if !link && len(l.looked) != 100 {
				t.Fatalf("%d were looked at", len(l.looked))
			}
			if link && (len(l.looked) < 300 || len(l.looked) > 400) { // 50 on the first day, then ten a day
				t.Fatalf("%d were looked at", len(l.looked))
			}
		})
	}
}

// TestOtherClock: a replica whose clock is a little off opens nothing, and takes back nothing of another window.
func TestOtherClock(t *testing.T) {
	rule := limit.Default().Strangers
	var s provider.LaneState
	for range 10 {
		s, _ = limit.TryLane(s, rule, began())
	}
	if closed, _ := limit.Closed(s, rule, began().Add(-5*time.Second)); !closed {
		t.Error("a clock that is behind opens it")
	}
	s, ok := limit.TryLane(s, rule, began().Add(30*time.Minute))
	if !ok {
		t.Fatal("it does not open")
	}
	if after := limit.ReturnTry(s, rule, began()); after.Tries != 1 {
		t.Errorf("a try of the window before was taken back from this one: %+v", after)
	}
}

func TestPolicy(t *testing.T) {
	if err := limit.Default().Check(); err != nil {
		t.Fatal(err)
	}
	if (limit.Policy{}).OrDefault() != limit.Default() {
		t.Error("the zero policy is not the default")
	}
	for name, spoil := range map[string]func(*limit.Policy){
		"for ever":          func(p *limit.Policy) { p.Strangers.Burns = true },
		"no pause":          func(p *limit.Policy) { p.Strangers.Tries = 0 },
		"too many":          func(p *limit.Policy) { p.Strangers.InARow = 101 },
		"too long":          func(p *limit.Policy) { p.Strangers.Longest = 25 * time.Hour },
		"first over last":   func(p *limit.Policy) { p.Device.Pause = time.Hour },
		"a window of years": func(p *limit.Policy) { p.Device.Window = 9000 * time.Hour },
		"soon forgotten":    func(p *limit.Policy) { p.Device.Forget = time.Hour },
		"a day of one":      func(p *limit.Policy) { p.Strangers.Daily = 1 },
		"notices":           func(p *limit.Policy) { p.Notice = 0 },
		"links":             func(p *limit.Policy) { p.Link = time.Second },
		"quiet":             func(p *limit.Policy) { p.Strangers.Quiet = -1 },
	} {
		p := limit.Default()
		if spoil(&p); p.Check() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
