package provider_test

import (
	"slices"
	"testing"
	"time"

	. "gatehouse/provider"
)

// whatElse says, by hand and for each channel of the first code, what is another proof: in the order in which it is offered.
func whatElse() map[Channel][]Kind {
	return map[Channel][]Kind{
		ByEmail: {Passkey, TOTP, TextCode, RecoveryCode},
		ByText:  {Passkey, TOTP, EmailCode, RecoveryCode},
		ByVoice: {Passkey, TOTP, EmailCode, RecoveryCode},
	}
}

// TestEveryReset plays every reset: of each set of authenticators, after a code by each channel, with each set of proofs shown in
// it, with and without an earlier session of all that is held in the same browser, and at each time. A new password is asked for
// exactly where the table says so; nothing is ever done before one was set, and then nothing is asked any more.
func TestEveryReset(t *testing.T) {
	o := newOracle()
	states := 0
	for channel, others := range whatElse() {
		for held := facts(0); held <= allKinds; held++ {
			for shown := facts(0); shown <= allKinds; shown++ {
				if shown&^held != 0 {
					continue
				}
				for _, earlier := range []bool{false, true} {
					states++
					r := resetting{t: t, o: o, channel: channel, others: others, held: held, shown: shown, earlier: earlier}
					r.play()
				}
			}
		}
	}
	if states != 3*2*729 { // each kind is not held, held, or held and shown
		t.Errorf("%d states", states)
	}
}

type resetting struct {
	t           *testing.T
	o           *oracle
	channel     Channel
	others      []Kind
	held, shown facts
	earlier     bool
}

func (r resetting) play() {
	began := noon().Add(-time.Minute)
	c := Ceremony{Account: "patient", Began: began, Deadline: noon().Add(time.Hour), Demand: Demand{Reset: r.channel}}
	c.Proofs = proofsOf(r.shown, began)
	if r.earlier {
		c.Session, c.Earlier = "earlier", proofsOf(r.held|bitUV|bitBrowser, began)
	}
	held := holding(r.held)
	want := r.wants()
	step := Next(c, held, noon())
	if step.Kind != want.Kind || step.Reason != want.Reason || !slices.Equal(step.Offers, want.Offers) {
		r.t.Errorf("after a code by %s, held %v, shown %v: %+v, want %+v", r.channel, r.held.kinds(), r.shown.kinds(), step, want)
	}
	for _, level := range everyLevel() { // what a demand says besides changes nothing
		d := c
		d.Demand = Demand{Reset: r.channel, Level: level, Choose: true, Bind: TOTP, Enrollable: Kinds(), MaxAge: time.Hour}
		if again := Next(d, held, noon()); again.Kind != step.Kind || !slices.Equal(again.Offers, step.Offers) {
			r.t.Errorf("%v with level %v: %+v instead of %+v", r.held.kinds(), level, again, step)
		}
	}
	stranger := c
	stranger.Account, stranger.Earlier, stranger.Proofs = "", nil, nil
	if step := Next(stranger, nil, noon()); step.Kind != StepRefuse {
		r.t.Errorf("a reset of nobody's: %+v", step)
	}
	r.after(c, held, step)
}

// wants is what the table says.
func (r resetting) wants() Step {
	var offers []Kind
	for _, k := range r.others {
		if r.held&bit(k) != 0 {
			offers = append(offers, k)
		}
		if r.shown&bit(k) != 0 {
			return Step{Kind: StepChange, Reason: ResetOwed}
		}
	}
	switch {
	case len(offers) > 0:
		return Step{Kind: StepVerify, Offers: offers}
	case r.o[r.held] >= AAL2:
		return Step{Kind: StepRefuse, Reason: RefuseRecover}
	default:
		return Step{Kind: StepChange, Reason: ResetOwed}
	}
}

// after: whoever set a password is done; where somebody else did since, or it is too late, it is over.
func (r resetting) after(c Ceremony, held []Authenticator, step Step) {
	fresh := func(at time.Time) []Authenticator {
		rest := slices.DeleteFunc(slices.Clone(held), func(a Authenticator) bool { return a.Kind == Password })
		return append(rest, Authenticator{ID: "password", Account: "patient", Kind: Password, CreatedAt: at})
	}
	if got := Next(c, fresh(noon()), noon()); got.Kind != StepRefuse || got.Reason != RefuseExpired {
		r.t.Errorf("%v: somebody else set a password: %+v", r.held.kinds(), got)
	}
	if got := Next(c, held, c.Deadline); got.Kind != StepRefuse || got.Reason != RefuseExpired {
		r.t.Errorf("%v: too late: %+v", r.held.kinds(), got)
	}
	if step.Kind != StepChange {
		return
	}
	done, err := Apply(c, Proof{Account: "patient", Authenticator: "password", Kind: Password, At: noon(), SetAt: noon()})
	if got := Next(done, fresh(noon()), noon()); err != nil || got.Kind != StepDone {
		r.t.Errorf("%v: a password was set: %+v, %v", r.held.kinds(), got, err)
	}
	if got := Next(done, fresh(noon().Add(time.Second)), noon()); got.Kind != StepRefuse || got.Reason != RefuseExpired {
		r.t.Errorf("%v: and then another elsewhere: %+v", r.held.kinds(), got)
	}
}

// TestSpentSheetIsNoSecond: codes that are used up are not offered, and the last one that was shown here counts.
func TestSpentSheetIsNoSecond(t *testing.T) {
	held := holding(bit(Password) | bit(RecoveryCode))
	held[1].Spent = true
	c := Ceremony{Account: "patient", Began: noon(), Deadline: noon().Add(time.Hour), Demand: Demand{Reset: ByEmail, Level: NoLevel}}
	if step := Next(c, held, noon()); step.Kind != StepChange {
		t.Errorf("%+v", step)
	}
	held = append(held, Authenticator{ID: "totp", Account: "patient", Kind: TOTP})
	if step := Next(c, held, noon()); !slices.Equal(step.Offers, []Kind{TOTP}) {
		t.Errorf("%+v", step)
	}
	c.Proofs = proofsOf(bit(RecoveryCode), noon())
	if step := Next(c, held, noon()); step.Kind != StepChange {
		t.Errorf("%+v", step)
	}
}

// TestReopens: an active account takes any reset; a paused one takes a second proof by another channel; no other takes one at all.
func TestReopens(t *testing.T) {
	proofs := func(kinds ...Kind) (all []Proof) {
		for _, kind := range kinds {
			all = append(all, Proof{Kind: kind, At: noon()})
		}
		return all
	}
	for _, try := range []struct {
		first  Channel
		shown  []Proof
		status AccountStatus
		want   bool
	}{
		{ByEmail, nil, Active, true},
		{ByEmail, nil, Paused, false},
		{ByEmail, proofs(EmailCode), Paused, false},
		{ByEmail, proofs(Password, Remembered), Paused, false},
		{ByEmail, proofs(TextCode), Paused, true},
		{ByText, proofs(TextCode), Paused, false},
		{ByVoice, proofs(TextCode), Paused, false},
		{ByText, proofs(EmailCode), Paused, true},
		{ByEmail, proofs(TOTP), Paused, true},
		{ByEmail, proofs(Passkey), Paused, true},
		{ByEmail, proofs(RecoveryCode), Paused, true},
		{ByEmail, proofs(TOTP, Passkey), Locked, false},
		{ByEmail, proofs(TOTP, Passkey), Closed, false},
		{ByEmail, proofs(TOTP, Passkey), "", false},
	} {
		c := Ceremony{Demand: Demand{Reset: try.first}, Proofs: try.shown, Began: noon().Add(-time.Minute)}
		if got := Reopens(c, Account{Status: try.status, StatusAt: c.Began}); got != try.want {
			t.Errorf("after %s, %v, %s: %v", try.first, try.shown, try.status, got)
		}
		for _, later := range []time.Time{c.Began.Add(time.Microsecond), noon(), noon().Add(time.Second)} {
			if got := Reopens(c, Account{Status: try.status, StatusAt: later}); got != (try.status == Active) {
				t.Errorf("%s since %v, when it had been asked for: %v", try.status, later, got)
			}
		}
	}
}
