package provider_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	. "gatehouse/provider"
)

// journey is what a bystander notes of a ceremony while it is driven at random: who showed what and when, whose
// session the browser had, who chose and who allowed. It never asks the ceremony.
type journey struct {
	t       *testing.T
	o       *oracle
	c       Ceremony
	demand  Demand // as the bystander heard it
	now     time.Time
	held    map[AccountID][]Authenticator
	step    Step
	own     []Proof   // shown in this ceremony since it was last begun anew, and not void since
	acted   bool      // whether anything was, void or not: then the ceremony stays theirs
	session *Session  // that the ceremony rests on
	whose   AccountID // who it is by own proofs or session
	choice  AccountID // who was asked and said "go on"
	allowed AccountID // who answered about consent
	denied  bool
	terms   map[AccountID]bool // who has yet to accept new terms
	bound   AccountID          // who bound what was to be bound
	left    string
	trail   []string
}

// FuzzCeremony drives a ceremony by bytes: the first ones make the demand and what two people hold, each further one
// is something that happens.
func FuzzCeremony(f *testing.F) {
	f.Add([]byte{0x03, 0x00, 0x3f, 0x03, 0, 0, 4, 1})
	f.Add([]byte{0x4b, 0x31, 0x0f, 0x3f, 16, 24, 32, 40, 1, 8, 9, 10, 11})
	f.Add([]byte{0x84, 0x22, 0x3f, 0x15, 2, 17, 24, 40, 17, 24, 32, 48, 0})
	f.Add([]byte{0x11, 0x12, 0x01, 0x01, 16, 24, 57, 32, 17, 24, 32, 1, 56, 18})
	f.Add([]byte{0x61, 0x10, 0x3f, 0x3f, 19, 48, 8, 8, 16, 0, 24, 49})
	f.Add([]byte{0x80, 0x00, 0x7f, 0x3f, 0x40, 0x80, 0x60, 0x41, 0xa1}) // ana chose, ben goes on
	f.Add([]byte{0x01, 0x00, 0x7f, 0x3f, 0x40, 0xa1, 0x60, 0x41, 0xa1}) // ana allowed, ben goes on
	f.Add([]byte{0x03, 0x00, 0x3f, 0x3f, 0x48, 0x04, 0x80, 0x48, 0x0a}) // ana's session is declined, and met again
	f.Add([]byte{0x03, 0x40, 0x3f, 0x81, 0x02, 0x01, 0x10, 0xf0, 0xa1}) // something is bound, and a code taken away
	f.Add([]byte{0x02, 0x00, 0x05, 0x85, 0x04, 0x1c, 0x1c, 0xf0, 0x04}) // a remembered browser, and a replaced password
	f.Add([]byte{0x03, 0xc0, 0x3f, 0x3f, 0x0a, 0x04, 0xcf, 0xdf, 0x01}) // the wrong person, and time
	o := newOracle()
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) < 4 || len(script) > 200 {
			return
		}
		j := begin(t, o, script[:4])
		j.look()
		for _, b := range script[4:] {
			j.act(b)
			j.look()
		}
	})
}

func begin(t *testing.T, o *oracle, b []byte) *journey {
	j := &journey{t: t, o: o, now: noon()}
	d := Demand{
		Level: Level(b[0] % 5), Fresh: b[0]&0x10 != 0, Silent: b[0]&0x60 == 0x60, Choose: b[0]&0x80 != 0,
		MaxAge: time.Duration(b[1]&3) * 10 * time.Minute, Enrollable: (facts(b[1]) & allKinds).kinds(),
	}
	switch b[1] & 0xc0 {
	case 0xc0:
		d.Subject = "ana"
	case 0x40:
		d.Bind = TOTP
	}
	j.held = map[AccountID][]Authenticator{"ana": belonging("ana", b[2]), "ben": belonging("ben", b[3])}
	j.c, j.demand = Ceremony{Began: j.now, Deadline: j.now.Add(30 * time.Minute), Demand: d}, d
	if b[0]&0x08 != 0 {
		j.c.Client = "application"
	}
	if b[2]&0x40 != 0 {
		j.c.Consent.Scopes = []string{"records"}
	}
	j.c.Consent.Always = b[2]&0x80 != 0
	j.terms = map[AccountID]bool{"ana": b[2]&0x40 != 0, "ben": b[3]&0x40 != 0}
	if a, has := Held(j.held["ana"], Password); has && b[3]&0x80 != 0 {
		a.ChangeOwed = "leaked"
		j.held["ana"][slices.IndexFunc(j.held["ana"], func(a Authenticator) bool { return a.Kind == Password })] = a
	}
	return j
}

func belonging(to AccountID, set byte) []Authenticator {
	held := holding(facts(set) & allKinds)
	for i := range held {
		held[i].ID, held[i].Account = string(to)+held[i].ID, to
	}
	return held
}

// act lets one thing happen: the three high bits say what, the five low ones how.
func (j *journey) act(b byte) {
	how := int(b & 0x1f)
	switch b >> 5 {
	case 0, 1: // somebody shows something
		j.show(Kinds()[how%6], []AccountID{"ana", "ben"}[how/6%2], how >= 12, how >= 24)
	case 2: // a session is there, of this browser: made up to half an hour ago, or just now
		j.meet(how)
	case 3:
		j.note("lose")
		before := j.c
		j.c = Lose(j.c)
		if len(before.Earlier) > 0 {
			j.session = nil
			if !j.acted {
				j.whose, j.choice, j.allowed, j.bound, j.denied = "", "", "", "", false
			}
		}
	case 4:
		if j.step.Kind == StepChoose && how%2 == 0 {
			j.note("keep")
			j.c, j.choice = Keep(j.c, j.now), j.whose
			return
		}
		if j.step.Kind == StepChoose || j.step.Kind == StepVerify {
			j.note("switch")
			j.c = Forget(j.c)
			j.left, j.own, j.acted, j.session = j.c.Session, nil, false, nil
			if j.demand.Choose, j.demand.Hint = false, ""; j.c.Client == "" {
				j.demand = Demand{Level: AAL1} // the house's own rooms ask anew
			}
			j.whose, j.choice, j.allowed, j.bound = "", "", "", ""
		}
	case 5:
		if j.step.Kind == StepEnroll {
			j.bind(j.step.Offers[how%len(j.step.Offers)], how >= 16)
		}
		if j.step.Kind == StepTerms {
			j.note("terms", how != 0)
			if j.denied = how == 0; j.denied {
				j.c = Decline(j.c)
			}
			j.terms[j.whose] = j.denied
			return
		}
		if j.step.Kind == StepConsent {
			j.denied = how == 0
			j.note("answer", !j.denied)
			j.c, j.allowed = Answer(j.c, j.c.Consent.Scopes, j.denied, j.now), j.whose
		}
	case 6:
		j.note("after", how*how)
		j.now = j.now.Add(time.Duration(how*how) * time.Second)
	default:
		if j.step.Kind == StepChange {
			j.note("change")
			for i := range j.held[j.whose] {
				j.held[j.whose][i].ChangeOwed = ""
			}
			return
		}
		j.take(Kinds()[how%6], how >= 12)
	}
}

func (j *journey) show(k Kind, who AccountID, uv, remembered bool) {
	j.note("show", k, who, uv, remembered)
	a, has := Held(j.held[who], k)
	if !has || !j.step.Offered(k) {
		return
	}
	shown := []Proof{proofOf(a, uv, j.now)}
	if remembered && k == Password {
		shown = append(shown, Proof{Account: who, Authenticator: "browser", Kind: Remembered, At: j.now})
	}
	for _, p := range shown {
		c, err := Apply(j.c, p)
		if ok := j.whose == "" || j.whose == who; ok != (err == nil) {
			j.t.Fatalf("%v: %v while it is %q's", j.trail, err, j.whose)
		}
		if err == nil {
			j.c, j.whose, j.own, j.acted = c, who, append(j.own, p), true
		}
	}
}

func proofOf(a Authenticator, uv bool, at time.Time) Proof {
	p := Proof{Account: a.Account, Authenticator: a.ID, Kind: a.Kind, UserVerified: uv && a.Kind == Passkey, At: at}
	if a.Kind == Password {
		p.SetAt = a.CreatedAt
	}
	return p
}

// bind sets up what was offered, beside what may be held of the kind already.
func (j *journey) bind(k Kind, uv bool) {
	j.note("bind", k, uv)
	a := Authenticator{ID: fmt.Sprint("new", k, len(j.trail)), Account: j.whose, Kind: k}
	p := proofOf(a, uv, j.now)
	if k == RecoveryCode {
		p = Proof{}
	} else {
		j.own, j.acted = append(j.own, p), true
	}
	var err error
	if j.c, err = Bound(j.c, a.ID, p); err != nil {
		j.t.Fatalf("%v: %v", j.trail, err)
	}
	j.held[j.whose], j.bound = append(j.held[j.whose], a), j.whose
}

// take removes an authenticator of whoever it is, elsewhere, or replaces it if it is a password. What it has shown is void.
func (j *journey) take(k Kind, replace bool) {
	j.note("take", k, replace)
	gone, has := Held(j.held[j.whose], k)
	if !has {
		return
	}
	j.now = j.now.Add(time.Second)
	j.held[j.whose] = slices.DeleteFunc(j.held[j.whose], func(a Authenticator) bool { return a.ID == gone.ID })
	if replace && k == Password {
		j.held[j.whose] = append(j.held[j.whose], Authenticator{ID: gone.ID, Account: gone.Account, Kind: k, CreatedAt: j.now})
	}
	void := func(p Proof) bool { return p.Authenticator == gone.ID || k == Password && p.Kind == Remembered }
	j.own = slices.DeleteFunc(j.own, void)
	if j.session != nil {
		j.session.Proofs = slices.DeleteFunc(slices.Clone(j.session.Proofs), void)
	}
}

func (j *journey) meet(how int) {
	who := []AccountID{"ana", "ben"}[how&1]
	s := Session{ID: fmt.Sprintf("%s-%d", who, how>>3), Account: who}
	at := j.now.Add(-time.Duration(how>>1&3) * 10 * time.Minute)
	for _, a := range j.held[who] {
		s.Proofs = append(s.Proofs, proofOf(a, false, at))
	}
	j.note("meet", s.ID, at.Sub(j.now))
	if len(s.Proofs) == 0 {
		return // no session without a proof
	}
	j.c = Meet(j.c, s)
	if j.whose == "" && (j.left == "" || j.left != s.ID) {
		j.whose, j.session = who, &s
	}
}

func (j *journey) note(what ...any) { j.trail = append(j.trail, fmt.Sprintln(what...)) }

// counted is what the bystander lets count.
func (j *journey) counted() facts {
	d := j.demand
	all := factsOf(j.own)
	if d.Fresh || d.MaxAge != 0 || d.Bind != "" {
		all &^= bitBrowser
	}
	if j.session == nil || d.Fresh {
		return all
	}
	for _, p := range j.session.Proofs {
		if limit := d.MaxAge; limit == 0 || p.At.Add(limit).After(j.c.Began) {
			all |= shown(p.Kind, p.UserVerified)
		}
	}
	return all
}

// young is what something may be bound by: what counts and was shown less than ten minutes ago. A browser shows nothing.
func (j *journey) young() facts {
	var all facts
	late := j.now.Add(-10 * time.Minute)
	shown := slices.Clone(j.own)
	if j.session != nil && !j.demand.Fresh {
		for _, p := range j.session.Proofs {
			if limit := j.demand.MaxAge; limit == 0 || p.At.Add(limit).After(j.c.Began) {
				shown = append(shown, p)
			}
		}
	}
	for _, p := range shown {
		if p.At.After(late) {
			all |= shownBy(p)
		}
	}
	return all &^ bitBrowser
}

func shownBy(p Proof) facts { return shown(p.Kind, p.UserVerified) }

// best is what whoever it is could show: all that they hold, a passkey with user verification unless each of theirs has just
// come without.
func (j *journey) best() facts {
	var all facts
	for _, a := range j.held[j.whose] {
		without := slices.ContainsFunc(j.own, func(p Proof) bool { return p.Authenticator == a.ID && !p.UserVerified })
		all |= shown(a.Kind, !without)
	}
	return all
}

// look asks what comes next and holds it to what the bystander knows.
func (j *journey) look() {
	held := j.held[j.whose]
	j.c.Terms.Owed = MayOweTerms(Strike(j.c, held)) && j.terms[j.whose] // as the store says
	j.step = Next(j.c, held, j.now)
	step := j.step
	fail := func(why string) { j.t.Helper(); j.t.Fatalf("%s: %+v\ndemand %+v\n%v", why, step, j.demand, j.trail) }
	if fmt.Sprint(j.c.Demand) != fmt.Sprint(j.demand) {
		fail(fmt.Sprintf("the demand is %+v", j.c.Demand))
	}
	if j.c.Account != j.whose {
		fail(fmt.Sprintf("it is %q's, not %q's", j.whose, j.c.Account))
	}
	over := !j.now.Before(j.c.Deadline)
	if over != (step.Reason == RefuseExpired) {
		fail("the deadline")
	}
	if over {
		return
	}
	if j.denied != (step.Reason == RefuseDenied) {
		fail("the person said no, or did not")
	}
	if j.denied {
		return
	}
	asked := max(j.demand.Level, AAL1)
	right := j.demand.Subject == "" || j.demand.Subject == j.whose
	enough := j.whose != "" && right && j.o[j.counted()] >= asked
	if j.demand.Silent && step.Kind != StepDone && step.Kind != StepRefuse {
		fail("asked, silently")
	}
	for _, k := range step.Offers {
		if _, has := Held(held, k); !has && step.Kind == StepVerify {
			fail("offers what is not held")
		}
	}
	switch step.Kind {
	case StepDone:
		j.judgeDone(enough, fail)
	case StepChoose, StepChange, StepTerms, StepConsent:
		if !enough {
			fail("asks this too early")
		}
	case StepVerify, StepIdentify, StepEnroll:
		password, _ := Held(held, Password)
		again := step.Kind == StepVerify && password.ChangeOwed != "" && len(j.own) == 0
		binds := j.demand.Bind != "" && j.bound == ""
		if enough && !again && !binds || !right && j.whose != "" {
			fail("asks for more than enough, or the wrong person")
		}
		if j.whose != "" && !again {
			j.judgeBinding(enough, asked, fail)
		}
		if (step.Kind == StepIdentify) != (j.whose == "") || len(step.Offers) == 0 {
			fail("offers")
		}
	case StepRefuse:
		// A key that could verify and then did not is the one thing that an account shows worse than before.
		unable := j.demand.Bind != "" && j.bound == "" && j.o[j.young()|j.best()] < asked
		if enough && !j.demand.Silent && !unable {
			fail("refused, though enough was shown")
		}
	default:
		fail("an unknown step")
	}
}

// judgeBinding: nothing is bound unless the best that can be shown was shown just now; and nobody is asked for what they have
// shown just now, nor for anything where nothing is missing.
func (j *journey) judgeBinding(enough bool, asked Level, fail func(string)) {
	young, best := j.young(), j.best()
	target := min(asked, j.o[young|best])
	if j.step.Kind == StepEnroll {
		if j.o[young] < target || j.o[young] == NoLevel {
			fail(fmt.Sprintf("binds by %v", young.kinds()))
		}
		return
	}
	if enough && j.o[young] >= asked {
		fail("asks again for what was shown just now")
	}
	counted := j.counted()
	if enough || j.o[counted|best] < asked {
		counted = young
	} else {
		target = asked
	}
	for _, k := range j.step.Offers {
		if gain := best & shown(k, true); gain&^counted == 0 {
			fail(fmt.Sprintf("asks for %s in a circle", k))
		}
	}
	if j.o[counted] >= target {
		fail("asks for more than it can get")
	}
}

// judgeDone: never done unless enough was shown by the right person, who chose and allowed what was to be asked.
func (j *journey) judgeDone(enough bool, fail func(string)) {
	if !enough {
		fail("done too early")
	}
	if got := Strike(j.c, j.held[j.whose]).Assurance(); got.Level != j.o[j.counted()] {
		fail(fmt.Sprintf("says %v", got))
	}
	if j.demand.Choose && len(j.own) == 0 && j.choice != j.whose {
		fail("nobody chose this account")
	}
	if j.demand.Bind != "" && (j.bound == "" || j.bound != j.whose) {
		fail("nothing was bound")
	}
	if j.terms[j.whose] {
		fail("the terms are not accepted")
	}
	if (len(j.c.Consent.Scopes) > 0 || j.c.Consent.Always) && j.allowed != j.whose {
		fail("somebody else allowed it")
	}
	if a, has := Held(j.held[j.whose], Password); has && a.ChangeOwed != "" {
		fail("a new password is owed")
	}
}
