package provider_test

import (
	"fmt"
	"math/bits"
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
// they have shown, and what is asked. Of what was shown some has grown old: nothing is bound by it.
type walk struct {
	held    facts
	uv      bool
	earlier facts
	young   facts // of the earlier ones
	shown   facts
	late    facts // of the shown ones
	level   Level
	known   bool
	waited  bool
}

func everyLevel() []Level { return []Level{NoLevel, AAL1, TwoStep, AAL2, PHR} }

// TestEveryWay plays every set of authenticators, with a passkey that verifies its owner or not, against every level,
// with every earlier sign-in by some of them (or by a passkey that is no longer held), long ago or minutes ago or both, and
// for strangers.
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
					w.later(walk{held: held, uv: uv, earlier: earlier, level: level, known: true})
					if earlier&bitPasskey != 0 {
						w.later(walk{held: held, uv: uv, earlier: earlier | bitUV, level: level, known: true})
					}
					if earlier&bit(Password) != 0 && (level == TwoStep || level == AAL2) {
						w.later(walk{held: held, uv: uv, earlier: earlier | bitBrowser, level: level, known: true})
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

// later plays on from an earlier sign-in that was long ago; where its age can matter, also from one that was minutes ago, and
// of people who hold little from one to which the password, or all but the password, was added minutes ago. A browser is
// remembered with the password or after it.
func (w *walker) later(s walk) {
	ages := []facts{0}
	few := bits.OnesCount(uint(s.held)) <= 3
	if few || w.o[s.possible()] < s.level {
		ages = append(ages, s.earlier)
	}
	if few {
		ages = append(ages, s.earlier&(bit(Password)|bitBrowser), s.earlier&^bit(Password))
	}
	for _, s.young = range ages {
		w.from(s)
	}
}

func verifies(held facts) []bool {
	if held&bitPasskey == 0 {
		return []bool{false}
	}
	return []bool{false, true}
}

// ceremony makes the ceremony of a state, as it is at noon. Authenticator names are those of kinds. What is young will be too
// old in the next moment; what is late has been so for a moment.
func (s walk) ceremony() Ceremony {
	tenMinutesAgo := noon().Add(-10 * time.Minute)
	c := Ceremony{Began: tenMinutesAgo, Deadline: noon().Add(time.Hour), Demand: Demand{Level: s.level}}
	if s.known {
		before := append(proofsOf(s.earlier&^s.young, noon().Add(-time.Hour)), proofsOf(s.young, tenMinutesAgo.Add(1))...)
		c = Meet(c, Session{ID: "earlier", Account: "patient", Proofs: before})
	}
	for _, p := range append(proofsOf(s.late, tenMinutesAgo), proofsOf(s.shown&^s.late, noon())...) {
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

// possible is what the person could show at best; imagined is what the house may hope for: of a passkey that came without
// PIN or biometric just now, no better.
func (s walk) possible() facts {
	if s.held&bitPasskey != 0 && s.uv {
		return s.held | bitUV
	}
	return s.held
}

func (s walk) imagined() facts {
	if s.held&bitPasskey != 0 && s.hopeful() {
		return s.held | bitUV
	}
	return s.held
}

func (s walk) hopeful() bool { return s.shown&bitPasskey == 0 || s.shown&bitUV != 0 }

// counts is what was shown by something that is still held. The remembered browser of an earlier sign-in goes with its password.
func (s walk) counts() facts {
	earlier := s.earlier & (s.held | bitUV | bitBrowser)
	if s.held&bitPasskey == 0 {
		earlier &^= bitUV
	}
	if s.held&bit(Password) == 0 {
		earlier &^= bitBrowser
	}
	return earlier | s.shown
}

// recent is what something may be bound by. A remembered browser is not, nor is what was shown ten minutes ago or longer.
func (s walk) recent() facts {
	return (s.young&s.counts() | s.shown&^s.late) &^ bitBrowser
}

// from plays on from a state. It ends because every step adds a fact, and there are seven; and people are slow only once.
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
	if step.Reason == RefuseAssurance {
		w.tarry(s)
	}
	for _, k := range step.Offers {
		if !step.Offered(k) || s.held&bit(k) == 0 {
			continue // not offered to be shown, or a stranger's choice that this person has not
		}
		on := s
		on.known, on.shown, on.late = true, s.shown|shown(k, s.uv), s.late&^shown(k, s.uv)
		if on.shown == s.shown && on.late == s.late {
			w.t.Errorf("%v: %s is asked for twice", s, k)
			continue
		}
		done = w.from(on) || done
	}
	w.seen[s] = done
	w.reaches(s, step, done)
	return done
}

// tarry plays on ten minutes later, where something could be set up by then.
func (w *walker) tarry(s walk) {
	if s.waited {
		return
	}
	s.young, s.late, s.waited = 0, s.shown, true
	if w.from(s) {
		w.t.Errorf("%v: waiting was enough", s)
	}
}

// reaches: whoever can show enough gets there, whatever they do first.
func (w *walker) reaches(s walk, step Step, done bool) {
	can := w.o[s.counts()|s.possible()] >= max(s.level, AAL1)
	if s.shown == 0 && !s.known {
		can = can && s.held&(bitPasskey|bit(Password)) != 0 // strangers begin with one of these
	}
	if can != done {
		w.t.Errorf("%v: can reach it %v, but reaches it %v (now %v)", s, can, done, step)
	}
}

// judge holds one step to the oracle.
func (w *walker) judge(s walk, step Step, c Ceremony, held []Authenticator) (done bool) {
	counted := s.counts()
	asked := max(s.level, AAL1)
	met := c.Account != "" && w.o[counted] >= asked
	reach := w.o[counted|s.imagined()]
	if reach < asked { // something is to be set up
		counted = s.recent()
		reach = w.o[counted|s.imagined()]
	}
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
		if want := w.helpful(s, counted, target); !slices.Equal(step.Offers, want) || len(want) == 0 {
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
func (w *walker) helpful(s walk, counted facts, target Level) []Kind {
	var helps []Kind
	for _, k := range Kinds() {
		if s.held&bit(k) == 0 {
			continue
		}
		for others := facts(0); others <= allKinds; others++ {
			if others&^s.held != 0 || others&bit(k) != 0 {
				continue
			}
			with := counted | others
			if others&bitPasskey != 0 && s.hopeful() {
				with |= bitUV
			}
			if w.o[with] < target && w.o[with|shown(k, s.hopeful())] >= target {
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
// if it reaches the demand together with all that was shown, however old.
func (w *walker) enrolling(s walk, step Step, c Ceremony, held []Authenticator) {
	var sets []facts
	switch {
	case step.Kind == StepVerify && s.earlier != 0:
		return // enough of these are seen without an earlier sign-in
	case step.Kind != StepRefuse || step.Reason != RefuseAssurance, s.young != 0, s.waited:
		sets = []facts{allKinds} // which of them are offered does not hang on when the rest was shown
	default:
		for set := facts(0); set <= allKinds; set++ {
			sets = append(sets, set)
		}
	}
	for _, set := range sets {
		c.Demand.Enrollable = set.kinds()
		var want []Kind
		for _, k := range Kinds() {
			if set&bit(k) != 0 && w.o[s.counts()|shown(k, true)] >= max(s.level, AAL1) {
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

// owing: whoever has shown enough may still owe a choice, a new password, new terms, a new authenticator and a consent, asked in this order.
func (w *walker) owing(s walk, c Ceremony) {
	for owed := range 32 {
		if owed&8 != 0 && s.earlier&bitBrowser != 0 {
			continue // where something is bound, a remembered browser is not enough
		}
		if owed&8 == 0 && s.young != 0 {
			continue // its age matters only where something is bound
		}
		if owed&16 != 0 && bits.OnesCount(uint(s.held)) > 3 {
			continue // whether terms are asked does not hang on what is held
		}
		w.owes(s, c, owed)
	}
}

func (w *walker) owes(s walk, c Ceremony, owed int) {
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
	if owed&16 != 0 {
		c.Terms.Owed = true
		want, silently = append(want, StepTerms), append(silently, RefuseInteract)
	}
	if owed&8 != 0 {
		c.Demand.Bind = TOTP
		if w.o[s.recent()] < max(s.level, AAL1) && !slices.Contains(want, StepVerify) {
			want, silently = append(want, StepVerify), append(silently, RefuseInteract)
		}
		want, silently = append(want, StepEnroll), append(silently, RefuseInteract)
	}
	if owed&4 != 0 {
		c.Consent.Scopes = []string{"records"}
		want, silently = append(want, StepConsent), append(silently, RefuseConsent)
	}
	quiet := c
	quiet.Demand.Silent = true
	for i, kind := range append(want, StepDone) {
		if step := Next(c, held, noon()); step.Kind != kind {
			w.t.Errorf("%v owing %05b: %v instead of %s", s, owed, step, kind)
		}
		if kind == StepVerify {
			w.again(s, c, held)
		}
		if i == 0 && len(silently) > 0 {
			if step := Next(quiet, held, noon()); step.Kind != StepRefuse || step.Reason != silently[0] {
				w.t.Errorf("%v owing %05b silently: %v instead of %s", s, owed, step, silently[0])
			}
		}
		c, held = w.does(s, c, held, kind)
	}
}

// again: whoever has shown enough, too long ago for what is owed, is asked for what brings them there from what still counts.
func (w *walker) again(s walk, c Ceremony, held []Authenticator) {
	counts := s.recent()
	if password, has := Held(held, Password); has && password.ChangeOwed != "" {
		counts = 0
	}
	step := Next(c, held, noon())
	target := min(max(s.level, AAL1), w.o[counts|s.imagined()])
	if want := w.helpful(s, counts, target); !slices.Equal(step.Offers, want) || len(want) == 0 {
		w.t.Errorf("%v: asks again for %v, helpful is %v", s, step.Offers, want)
	}
}

// does what a step asks for.
func (w *walker) does(s walk, c Ceremony, held []Authenticator, kind StepKind) (Ceremony, []Authenticator) {
	var err error
	switch kind {
	case StepVerify:
		c.Proofs = append(c.Proofs, proofsOf(s.held|bitUV, noon())...)
	case StepChoose:
		c = Keep(c, noon())
	case StepChange:
		held = holding(s.held)
	case StepTerms:
		c.Terms.Owed = false
	case StepEnroll:
		c, err = Bound(c, "new", Proof{})
	case StepConsent:
		c = Answer(c, c.Consent.Scopes, false, noon())
	}
	if err != nil {
		w.t.Error(err)
	}
	return c, held
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
						done := Next(c, holding(earlier), noon()).Kind == StepDone
						if want := o[counts] >= max(level, AAL1); done != want {
							t.Fatalf("earlier %v, old %v, fresh %v, max_age %v, level %v: done %v", earlier.kinds(), old.kinds(), fresh, maxAge, level, done)
						}
						plain := Ceremony{Began: c.Began, Deadline: c.Deadline, Demand: Demand{Level: level}}
						those := slices.DeleteFunc(slices.Clone(proofs), func(p Proof) bool { return counts&bit(p.Kind) == 0 })
						plain = Meet(plain, Session{ID: "earlier", Account: "patient", Proofs: those})
						reach := bit(Password) | bit(TOTP) | bit(EmailCode)
						held := holding(reach)
						plain.Demand.Enrollable, c.Demand.Enrollable = Kinds(), Kinds()
						got, want := Next(c, held, noon()), Next(plain, held, noon())
						if fmt.Sprint(got) != fmt.Sprint(want) {
							t.Fatalf("earlier %v, old %v, level %v: %v instead of %v", earlier.kinds(), old.kinds(), level, got, want)
						}
						// All of these can be shown, and nothing is bound before they were, less than ten minutes ago.
						if young := counts &^ old & reach; got.Kind == StepEnroll && o[young] < AAL2 {
							t.Fatalf("earlier %v, old %v, level %v: %v by %v", earlier.kinds(), old.kinds(), level, got, young.kinds())
						}
					}
				}
			}
		}
	}
}

// TestPasskeyThatCannotVerify: a security key without PIN or biometric, where more than one factor is asked, is asked for
// once. Then the way leads on, to whatever else is held, or to what can be set up, or to the truth; and another passkey may
// still do better.
func TestPasskeyThatCannotVerify(t *testing.T) {
	key, other := Authenticator{ID: "key", Kind: Passkey}, Authenticator{ID: "other", Kind: Passkey}
	password, app := Authenticator{ID: "password", Kind: Password}, Authenticator{ID: "app", Kind: TOTP}
	for _, c := range []struct {
		name   string
		held   []Authenticator
		enroll []Kind
		want   Step
	}{
		{"nothing else", []Authenticator{key}, nil, Step{Kind: StepRefuse, Reason: RefuseAssurance}},
		{"an app, which is the same factor", []Authenticator{key, app}, nil, Step{Kind: StepRefuse, Reason: RefuseAssurance}},
		{"what can be set up", []Authenticator{key}, []Kind{TOTP, Password, Passkey}, Step{Kind: StepEnroll, Offers: []Kind{Passkey, Password}}},
		{"a password", []Authenticator{key, app, password}, Kinds(), Step{Kind: StepVerify, Offers: []Kind{Password}}},
		{"another passkey", []Authenticator{key, other}, Kinds(), Step{Kind: StepVerify, Offers: []Kind{Passkey}}},
	} {
		for _, level := range []Level{TwoStep, AAL2, PHR} {
			began := Ceremony{Account: "patient", Began: noon(), Deadline: noon().Add(time.Hour), Demand: Demand{Level: level, Enrollable: c.enroll}}
			if step := Next(began, c.held, noon()); !slices.Contains(step.Offers, Passkey) {
				t.Errorf("%s: not even tried: %v", c.name, step)
			}
			shown, err := Apply(began, Proof{Account: "patient", Authenticator: "key", Kind: Passkey, At: noon()})
			if err != nil {
				t.Fatal(err)
			}
			if step := Next(shown, c.held, noon()); fmt.Sprint(step) != fmt.Sprint(c.want) {
				t.Errorf("%s, %v: got %v, want %v", c.name, level, step, c.want)
			}
			tried := Ceremony{Account: "patient", Began: noon(), Deadline: noon().Add(time.Hour), Demand: began.Demand, Earlier: shown.Proofs}
			if step := Next(tried, c.held, noon()); !slices.Contains(step.Offers, Passkey) {
				t.Errorf("%s, %v: what it could not do last time it may do now: %v", c.name, level, step)
			}
		}
	}
}
