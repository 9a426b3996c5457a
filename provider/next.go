package provider

import (
	"math/bits"
	"slices"
	"time"
)

// StepKind says what comes next.
type StepKind string

// The steps of a ceremony.
const (
	StepIdentify StepKind = "identify" // who are you
	StepChoose   StepKind = "choose"   // go on as this account?
	StepVerify   StepKind = "verify"   // show that it is you
	StepChange   StepKind = "change"   // set a new password
	StepEnroll   StepKind = "enroll"   // bind an authenticator that reaches the demand
	StepTerms    StepKind = "terms"    // the terms of use changed: go on under the new ones?
	StepConsent  StepKind = "consent"  // what may the application see
	StepDone     StepKind = "done"
	StepRefuse   StepKind = "refuse"
)

// Why a ceremony is refused. Where OAuth or OpenID has a code for it, it is that code: there is no second table.
const (
	RefuseExpired   = "expired"
	RefuseRecover   = "recover"
	RefuseLogin     = "login_required"
	RefuseAccount   = "account_selection_required"
	RefuseConsent   = "consent_required"
	RefuseInteract  = "interaction_required"
	RefuseDenied    = "access_denied"
	RefuseAssurance = "unmet_authentication_requirements" // OpenID Connect Core Unmet Authentication Requirements 1.0
)

// Step is what comes next: with the kinds of authenticator that are offered (identify, verify, enroll), why a password
// must change (change), or the reason (refuse).
type Step struct {
	Kind   StepKind
	Offers []Kind
	Reason string
}

// Offered reports whether the step asks for this kind of authenticator.
func (s Step) Offered(kind Kind) bool {
	return (s.Kind == StepIdentify || s.Kind == StepVerify) && slices.Contains(s.Offers, kind)
}

// Next says what comes next, from what is known and now. held are the authenticators of the ceremony's account that
// can be used here; it is empty while the account is unknown. The order of the questions is DESIGN's, section 3.
func Next(c Ceremony, held []Authenticator, now time.Time) Step {
	if !now.Before(c.Deadline) {
		return refuse(RefuseExpired)
	}
	if c.Consent.Refused || c.Terms.Declined {
		return refuse(RefuseDenied)
	}
	c = Strike(c, held)
	known := c.Account != ""
	if known && c.Demand.Subject != "" && c.Demand.Subject != c.Account {
		return refuse(RefuseLogin)
	}
	if known && c.Demand.Reset != "" {
		return reset(c, held)
	}
	if known && c.Demand.MetBy(c.Assurance()) {
		return owed(c, held, now)
	}
	if c.Demand.Silent || c.Demand.Reset != "" { // a reset is somebody's
		return refuse(RefuseLogin)
	}
	if !known {
		return Step{Kind: StepIdentify, Offers: []Kind{Passkey, Password}}
	}
	return nearer(c.Demand, c.Counting(), c.recent(now), able(c, held))
}

func refuse(reason string) Step { return Step{Kind: StepRefuse, Reason: reason} }

// owed is what is still asked of somebody who has proven enough.
func owed(c Ceremony, held []Authenticator, now time.Time) Step {
	step, silently := Step{Kind: StepDone}, ""
	password, has := Held(held, Password)
	mustChange := has && password.ChangeOwed != ""
	binds, recent := c.Demand.Bind != "" && c.Bound == "", c.recent(now)
	switch {
	case c.Demand.Choose && c.ChosenAt.IsZero() && len(c.Proofs) == 0:
		step, silently = Step{Kind: StepChoose}, RefuseAccount
	case mustChange && len(c.Proofs) == 0:
		// Whoever sits at a session that somebody left must not set its owner's password (ASVS 6.2.3).
		step, silently = nearer(c.Demand, nil, nil, able(c, held)), RefuseInteract
	case mustChange:
		step, silently = Step{Kind: StepChange, Reason: password.ChangeOwed}, RefuseInteract
	case c.Terms.Owed:
		step, silently = Step{Kind: StepTerms}, RefuseInteract
	case binds && !c.Demand.MetBy(Assess(recent)):
		// It was enough, and is not any more where something is bound by it: shown again, it is.
		step, silently = nearer(c.Demand, recent, recent, able(c, held)), RefuseInteract
	case binds:
		step, silently = Step{Kind: StepEnroll, Offers: []Kind{c.Demand.Bind}}, RefuseInteract
	case c.Consent.Owed(now):
		step, silently = Step{Kind: StepConsent}, RefuseConsent
	}
	if step.Kind != StepDone && c.Demand.Silent {
		return refuse(silently)
	}
	return step
}

// nearer offers what brings the demand nearer to the counting proofs. Where the account cannot reach it, the recent proofs alone
// must show the best that it can; then it binds what with all that counts is enough, or is refused.
func nearer(d Demand, counting, recent, able []Proof) Step {
	if d.MetBy(Assess(slices.Concat(counting, able))) {
		return verify(d, counting, able)
	}
	reach := Assess(slices.Concat(recent, able)).Level
	switch {
	case reach == NoLevel:
		return refuse(RefuseRecover)
	case Assess(recent).Level < reach:
		return verify(Demand{Level: reach}, recent, able)
	default:
		return enroll(d, counting)
	}
}

func verify(d Demand, proofs, able []Proof) Step {
	return Step{Kind: StepVerify, Offers: helpful(d, proofs, able)}
}

// enroll offers to bind what would reach the demand, of what this house can bind on the way.
func enroll(d Demand, proofs []Proof) Step {
	var offers []Kind
	for _, k := range kinds {
		if slices.Contains(d.Enrollable, k) && d.MetBy(Assess(slices.Concat(proofs, []Proof{atBest(k)}))) {
			offers = append(offers, k)
		}
	}
	if len(offers) == 0 {
		return refuse(RefuseAssurance)
	}
	return Step{Kind: StepEnroll, Offers: offers}
}

// helpful returns the kinds that stand in some smallest set which, added to the proofs, meets the demand: whatever is
// in no such set would only be asked for nothing. No assurance rests on more than two proofs, so no such set is larger.
func helpful(d Demand, proofs, able []Proof) []Kind {
	useful := map[Kind]bool{}
	for set := 1; set < 1<<len(able); set++ {
		if bits.OnesCount(uint(set)) <= 2 && smallest(d, proofs, able, set) {
			for _, p := range members(able, set) {
				useful[p.Kind] = true
			}
		}
	}
	var offers []Kind
	for _, p := range able {
		if useful[p.Kind] {
			offers = append(offers, p.Kind)
		}
	}
	return offers
}

func smallest(d Demand, proofs, able []Proof, set int) bool {
	if !d.MetBy(Assess(slices.Concat(proofs, members(able, set)))) {
		return false
	}
	for i := range able {
		without := set &^ (1 << i)
		if without != set && d.MetBy(Assess(slices.Concat(proofs, members(able, without)))) {
			return false
		}
	}
	return true
}

func members(able []Proof, set int) []Proof {
	var in []Proof
	for i, p := range able {
		if set&(1<<i) != 0 {
			in = append(in, p)
		}
	}
	return in
}

// able imagines what may still be shown: of each kind that is held the best, in the order in which they are offered. Of a
// security key that came without PIN or biometric in this ceremony nothing better is hoped for: it would be asked for ever.
func able(c Ceremony, held []Authenticator) []Proof {
	all := bestOf(held)
	for i := range all {
		if all[i].Kind == Passkey {
			all[i].UserVerified = slices.ContainsFunc(held, func(a Authenticator) bool { return a.Kind == Passkey && !cannotVerify(c, a) })
		}
	}
	return all
}

func cannotVerify(c Ceremony, a Authenticator) bool {
	return slices.ContainsFunc(c.Proofs, func(p Proof) bool { return p.Authenticator == a.ID && !p.UserVerified })
}

// bestOf imagines one proof of each kind that is held, in the order in which they are offered.
func bestOf(held []Authenticator) []Proof {
	var all []Proof
	for _, k := range kinds {
		if slices.ContainsFunc(held, func(a Authenticator) bool { return a.Kind == k && !a.Spent }) {
			all = append(all, atBest(k))
		}
	}
	return all
}

// atBest is a proof of a kind, of passkeys with user verification.
func atBest(k Kind) Proof { return Proof{Kind: k, UserVerified: k == Passkey} }
