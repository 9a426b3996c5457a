package provider_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	. "gatehouse/provider"
)

// walker plays people: each has some authenticators, perhaps an earlier sign-in, and does every offered thing in every
// order. What must hold is told by the oracle, which counts proofs for itself.
type walker struct {
	t      *testing.T
	o      *oracle
	states int
	seen   map[walk]bool
}

// walk is a person on the way: what they hold, whether their passkey can verify them, what counts from before, what
// they have shown, and what is asked.
type walk struct {
	held    facts
	uv      bool
	earlier facts
	shown   facts
	level   Level
	known   bool
}

func everyLevel() []Level { return []Level{NoLevel, AAL1, TwoStep, AAL2, PHR} }

// TestEveryWay plays every set of authenticators, with a passkey that verifies its owner or not, against every level,
// with every earlier sign-in by some of them (or by a passkey that is no longer held), and for strangers.
func TestEveryWay(t *testing.T) {
	w := &walker{t: t, o: newOracle(), seen: map[walk]bool{}}
	for held := facts(0); held <= allKinds; held++ {
		for _, uv := range verifies(held) {
			for _, level := range everyLevel() {
				w.from(walk{held: held, uv: uv, level: level})
				for earlier := facts(1); earlier <= allKinds; earlier++ {
					if gone := earlier &^ held; gone&^bitPasskey != 0 || level == NoLevel {
						continue // no level is as good as the lowest: strangers have shown it
					}
					w.from(walk{held: held, uv: uv, earlier: earlier, level: level, known: true})
					if earlier&bitPasskey != 0 {
						w.from(walk{held: held, uv: uv, earlier: earlier | bitUV, level: level, known: true})
					}
				}
				w.from(walk{held: held, uv: uv, level: level, known: true}) // an earlier sign-in that does not count
			}
		}
	}
	if w.states < 10000 {
		t.Errorf("only %d states", w.states)
	}
	t.Logf("%d states", w.states)
}

func verifies(held facts) []bool {
	if held&bitPasskey == 0 {
		return []bool{false}
	}
	return []bool{false, true}
}

// ceremony makes the ceremony of a state. Authenticator names are those of kinds; the newest proof is a second old.
func (s walk) ceremony() Ceremony {
	c := Ceremony{Began: noon(), Deadline: noon().Add(time.Hour), Demand: Demand{Level: s.level}}
	if s.known {
		c = Meet(c, Session{ID: "earlier", Account: "patient", Proofs: proofsOf(s.earlier, noon().Add(-time.Hour))})
	}
	for _, p := range proofsOf(s.shown, noon()) {
		var err error
		if c, err = Apply(c, p); err != nil {
			panic(err)
		}
	}
	return c
}

func proofsOf(f facts, at time.Time) []Proof {
	var proofs []Proof
	for _, k := range f.kinds() {
		uv := k == Passkey && f&bitUV != 0
		proofs = append(proofs, Proof{Account: "patient", Authenticator: string(k), Kind: k, UserVerified: uv, At: at})
	}
	return proofs
}

func holding(f facts) []Authenticator {
	var held []Authenticator
	for _, k := range f.kinds() {
		held = append(held, Authenticator{ID: string(k), Account: "patient", Kind: k})
	}
	return held
}

// possible is what the person could show at best; imagined is what the house may hope for.
func (s walk) possible() facts {
	if s.held&bitPasskey != 0 && s.uv {
		return s.held | bitUV
	}
	return s.held
}

func (s walk) imagined() facts {
	if s.held&bitPasskey != 0 {
		return s.held | bitUV
	}
	return s.held
}

// from plays on from a state. It ends because every step adds a fact, and there are seven.
func (w *walker) from(s walk) bool {
	if done, ok := w.seen[s]; ok {
		return done
	}
	w.states++
	c := s.ceremony()
	held := holding(s.held)
	if c.Account == "" {
		held = nil
	}
	step := Next(c, held, noon())
	done := w.judge(s, step, c, held)
	for _, k := range step.Offers {
		if !step.Offered(k) || s.held&bit(k) == 0 {
			continue // not offered to be shown, or a stranger's choice that this person has not
		}
		on := s
		on.known, on.shown = true, s.shown|shown(k, s.uv)
		if on.shown == s.shown {
			w.again(s, k)
			continue
		}
		done = w.from(on) || done
	}
	w.seen[s] = done
	w.reaches(s, step, done)
	return done
}

// again: the one thing that may be asked for twice is a passkey that came without PIN or biometric, in the hope that
// another try brings one; only where nothing else helps is there no way on, and that is known.
func (w *walker) again(s walk, k Kind) {
	if k != Passkey || s.uv {
		w.t.Errorf("%v: %s is asked for twice", s, k)
	}
}

// reaches: whoever can show enough gets there, whatever they do first.
func (w *walker) reaches(s walk, step Step, done bool) {
	can := w.o[s.earlier|s.shown|s.possible()] >= max(s.level, AAL1)
	if s.shown == 0 && !s.known {
		can = can && s.held&(bitPasskey|bit(Password)) != 0 // strangers begin with one of these
	}
	if can != done {
		w.t.Errorf("%v: can reach it %v, but reaches it %v (now %v)", s, can, done, step)
	}
}

// judge holds one step to the oracle.
func (w *walker) judge(s walk, step Step, c Ceremony, held []Authenticator) (done bool) {
	counted := s.earlier | s.shown
	asked := max(s.level, AAL1)
	met := c.Account != "" && w.o[counted] >= asked
	reach := w.o[counted|s.imagined()]
	switch step.Kind {
	case StepDone:
		if !met {
			w.t.Errorf("%v: done with %v", s, w.o[counted])
		}
	case StepIdentify:
		if s.known || !slices.Equal(step.Offers, []Kind{Passkey, Password}) {
			w.t.Errorf("%v: %v", s, step)
		}
	case StepVerify:
		target := asked
		if reach < asked {
			target = reach
		}
		if want := w.helpful(s, target); !slices.Equal(step.Offers, want) || len(want) == 0 {
			w.t.Errorf("%v: offers %v, helpful is %v", s, step.Offers, want)
		}
	case StepRefuse:
		want := RefuseAssurance
		if reach == NoLevel {
			want = RefuseRecover
		}
		if met || reach >= asked || step.Reason != want || want == RefuseAssurance && w.o[counted] < reach {
			w.t.Errorf("%v: refused %s with %v, could reach %v", s, step.Reason, w.o[counted], reach)
		}
	default:
		w.t.Errorf("%v: %v is out of place", s, step)
	}
	if met && step.Kind != StepDone {
		w.t.Errorf("%v: enough was shown, but %v", s, step)
	}
	w.silent(s, step, c, held)
	w.enrolling(s, step, c, held)
	if step.Kind == StepDone {
		w.owing(s, c)
	}
	return step.Kind == StepDone
}

// helpful says in another way than the rules do what brings the target nearer: a kind without which some of the others
// are not enough, and with which they are.
func (w *walker) helpful(s walk, target Level) []Kind {
	var helps []Kind
	for _, k := range Kinds() {
		if s.held&bit(k) == 0 {
			continue
		}
		for others := facts(0); others <= allKinds; others++ {
			if others&^s.held != 0 || others&bit(k) != 0 {
				continue
			}
			with := s.earlier | s.shown | others
			if others&bitPasskey != 0 {
				with |= bitUV
			}
			if w.o[with] < target && w.o[with|shown(k, true)] >= target {
				helps = append(helps, k)
				break
			}
		}
	}
	return helps
}

// silent: with prompt=none, what is not done is refused as login_required, and nothing is ever asked.
func (w *walker) silent(s walk, loud Step, c Ceremony, held []Authenticator) {
	c.Demand.Silent = true
	c.Demand.Enrollable = Kinds()
	step := Next(c, held, noon())
	if loud.Kind == StepDone && step.Kind == StepDone {
		return
	}
	if loud.Kind == StepDone || step.Kind != StepRefuse || step.Reason != RefuseLogin {
		w.t.Errorf("%v: silently %v, aloud %v", s, step, loud)
	}
}

// enrolling: what can be set up on the way matters only where the account can show no more; then it is offered exactly
// if it reaches the demand together with what was shown.
func (w *walker) enrolling(s walk, step Step, c Ceremony, held []Authenticator) {
	var sets []facts
	switch {
	case step.Kind == StepVerify && s.earlier != 0:
		return // enough of these are seen without an earlier sign-in
	case step.Kind != StepRefuse || step.Reason != RefuseAssurance:
		sets = []facts{allKinds}
	default:
		for set := facts(0); set <= allKinds; set++ {
			sets = append(sets, set)
		}
	}
	for _, set := range sets {
		c.Demand.Enrollable = set.kinds()
		var want []Kind
		for _, k := range Kinds() {
			if set&bit(k) != 0 && w.o[s.earlier|s.shown|shown(k, true)] >= max(s.level, AAL1) {
				want = append(want, k)
			}
		}
		got := Next(c, held, noon())
		if len(want) == 0 || step.Kind != StepRefuse || step.Reason != RefuseAssurance {
			if fmt.Sprint(got) != fmt.Sprint(step) {
				w.t.Errorf("%v: could set up %v: %v instead of %v", s, set.kinds(), got, step)
			}
			continue
		}
		if got.Kind != StepEnroll || !slices.Equal(got.Offers, want) {
			w.t.Errorf("%v: could set up %v: got %v, want %v", s, set.kinds(), got, want)
		}
	}
}

// owing: whoever has shown enough may still owe a choice, a new password and a consent, asked in this order.
func (w *walker) owing(s walk, c Ceremony) {
	for owed := range 8 {
		c := c
		held := holding(s.held)
		var want []StepKind
		var silently []string
		if owed&1 != 0 {
			c.Demand.Choose = true
			if s.shown == 0 {
				want, silently = append(want, StepChoose), append(silently, RefuseAccount)
			}
		}
		if owed&2 != 0 {
			for i := range held {
				held[i].ChangeOwed = "leaked" // of anything but a password it means nothing
			}
			if s.held&bit(Password) != 0 && s.shown == 0 { // not by whoever sits at a session that somebody left
				want, silently = append(want, StepVerify), append(silently, RefuseInteract)
			}
			if s.held&bit(Password) != 0 {
				want, silently = append(want, StepChange), append(silently, RefuseInteract)
			}
		}
		if owed&4 != 0 {
			c.Consent.Scopes = []string{"records"}
			want, silently = append(want, StepConsent), append(silently, RefuseConsent)
		}
		quiet := c
		quiet.Demand.Silent = true
		for i, kind := range append(want, StepDone) {
			if step := Next(c, held, noon()); step.Kind != kind {
				w.t.Errorf("%v owing %03b: %v instead of %s", s, owed, step, kind)
			}
			if i == 0 && len(silently) > 0 {
				if step := Next(quiet, held, noon()); step.Kind != StepRefuse || step.Reason != silently[0] {
					w.t.Errorf("%v owing %03b silently: %v instead of %s", s, owed, step, silently[0])
				}
			}
			switch kind {
			case StepVerify:
				for _, k := range s.held.kinds() {
					c.Proofs = append(c.Proofs, Proof{Account: c.Account, Authenticator: string(k), Kind: k, UserVerified: true, At: noon()})
				}
			case StepChoose:
				c = Keep(c, noon())
			case StepChange:
				held = holding(s.held)
			case StepConsent:
				c = Answer(c, c.Consent.Scopes, false, noon())
			}
		}
	}
}

// TestWhatCounts: of every earlier sign-in, with every mixture of young and old proofs, exactly those count that the
// demand accepts, and the answer to a demand is the same as if the others had never been.
func TestWhatCounts(t *testing.T) {
	o := newOracle()
	for earlier := facts(1); earlier <= allKinds; earlier++ {
		for old := facts(0); old <= allKinds; old++ {
			if old&^earlier != 0 {
				continue
			}
			for _, fresh := range []bool{false, true} {
				for _, maxAge := range []time.Duration{0, 10 * time.Minute} {
					counts := earlier
					if maxAge != 0 {
						counts &^= old
					}
					if fresh {
						counts = 0
					}
					proofs := append(proofsOf(old, noon().Add(-10*time.Minute)), proofsOf(earlier&^old, noon().Add(-10*time.Minute+1))...)
					c := Ceremony{Began: noon(), Deadline: noon().Add(time.Hour), Demand: Demand{Fresh: fresh, MaxAge: maxAge}}
					c = Meet(c, Session{ID: "earlier", Account: "patient", Proofs: proofs})
					if got := factsOf(c.Counting()); got != counts || len(c.Counting()) != len(counts.kinds()) {
						t.Fatalf("earlier %v, old %v, fresh %v, max_age %v: %v count", earlier.kinds(), old.kinds(), fresh, maxAge, got.kinds())
					}
					for _, level := range everyLevel() {
						c.Demand.Level = level
						done := Next(c, nil, noon()).Kind == StepDone
						if want := o[counts] >= max(level, AAL1); done != want {
							t.Fatalf("earlier %v, old %v, fresh %v, max_age %v, level %v: done %v", earlier.kinds(), old.kinds(), fresh, maxAge, level, done)
						}
						plain := Ceremony{Began: c.Began, Deadline: c.Deadline, Demand: Demand{Level: level}}
						plain = Meet(plain, Session{ID: "earlier", Account: "patient", Proofs: proofsOf(counts, noon().Add(-time.Minute))})
						held := holding(bit(Password) | bit(TOTP) | bit(EmailCode))
						if got, want := Next(c, held, noon()), Next(plain, held, noon()); fmt.Sprint(got) != fmt.Sprint(want) {
							t.Fatalf("earlier %v, old %v, level %v: %v instead of %v", earlier.kinds(), old.kinds(), level, got, want)
						}
					}
				}
			}
		}
	}
}

// TestPasskeyThatCannotVerify writes down a way that does not end: whoever has nothing but a security key without PIN,
// where more than one factor is asked, is asked for it again and again. It is a known limit, for the page to say.
func TestPasskeyThatCannotVerify(t *testing.T) {
	s := walk{held: bitPasskey | bit(TOTP), shown: bitPasskey, level: AAL2, known: true}
	step := Next(s.ceremony(), holding(s.held), noon())
	if step.Kind != StepVerify || !slices.Equal(step.Offers, []Kind{Passkey}) {
		t.Errorf("no longer so: %v", step)
	}
}
