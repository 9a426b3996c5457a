package provider

import (
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
	if c.Consent.Refused {
		return refuse(RefuseDenied)
	}
	proofs := standing(c.Counting(), held)
	known := c.Account != ""
	if known && c.Demand.Subject != "" && c.Demand.Subject != c.Account {
		return refuse(RefuseLogin)
	}
	if known && c.Demand.MetBy(Assess(proofs)) {
		return owed(c, held, now)
	}
	if c.Demand.Silent {
		return refuse(RefuseLogin)
	}
	if !known {
		return Step{Kind: StepIdentify, Offers: []Kind{Passkey, Password}}
	}
	return nearer(c.Demand, proofs, held)
}

func refuse(reason string) Step { return Step{Kind: StepRefuse, Reason: reason} }

// standing leaves out what is nobody's proof any more: of an authenticator that was removed since, and of a password that
// was replaced.
func standing(proofs []Proof, held []Authenticator) []Proof {
	return slices.DeleteFunc(proofs, func(p Proof) bool {
		return p.Kind != Remembered && !slices.ContainsFunc(held, func(a Authenticator) bool { return stands(p, a) })
	})
}

func stands(p Proof, a Authenticator) bool {
	return p.Authenticator == a.ID && p.Kind == a.Kind && (p.Kind != Password || p.SetAt.Equal(a.CreatedAt))
}

// owed is what is still asked of somebody who has proven enough.
func owed(c Ceremony, held []Authenticator, now time.Time) Step {
	step, silently := Step{Kind: StepDone}, ""
	password, has := Held(held, Password)
	mustChange := has && password.ChangeOwed != ""
	switch {
	case c.Demand.Choose && c.ChosenAt.IsZero() && len(c.Proofs) == 0:
		step, silently = Step{Kind: StepChoose}, RefuseAccount
	case mustChange && len(c.Proofs) == 0:
		// Whoever sits at a session that somebody left must not set its owner's password (ASVS 6.2.3).
		step, silently = nearer(c.Demand, nil, held), RefuseInteract
	case mustChange:
		step, silently = Step{Kind: StepChange, Reason: password.ChangeOwed}, RefuseInteract
	case c.Demand.Bind != "" && c.Bound == "":
		step, silently = Step{Kind: StepEnroll, Offers: []Kind{c.Demand.Bind}}, RefuseInteract
	case c.Consent.Owed(now):
		step, silently = Step{Kind: StepConsent}, RefuseConsent
	}
	if step.Kind != StepDone && c.Demand.Silent {
		return refuse(silently)
	}
	return step
}

// nearer offers what brings the demand nearer, or enrolls, or refuses.
func nearer(d Demand, proofs []Proof, held []Authenticator) Step {
	able := kindsOf(held)
	target := d
	if reach := Assess(withAll(proofs, able)); !d.MetBy(reach) {
		if reach.Level == NoLevel {
			return refuse(RefuseRecover)
		}
		if Assess(proofs).Level >= reach.Level {
			return enroll(d, proofs)
		}
		target = Demand{Level: reach.Level} // first everything that the account can do
	}
	return Step{Kind: StepVerify, Offers: helpful(target, proofs, able)}
}

// enroll offers to bind what would reach the demand, of what this house can bind on the way.
func enroll(d Demand, proofs []Proof) Step {
	var offers []Kind
	for _, k := range kinds {
		if slices.Contains(d.Enrollable, k) && d.MetBy(Assess(withAll(proofs, []Kind{k}))) {
			offers = append(offers, k)
		}
	}
	if len(offers) == 0 {
		return refuse(RefuseAssurance)
	}
	return Step{Kind: StepEnroll, Offers: offers}
}

// helpful returns the kinds that stand in some smallest set which, added to the proofs, meets the demand: whatever is
// in no such set would only be asked for nothing.
func helpful(d Demand, proofs []Proof, able []Kind) []Kind {
	useful := map[Kind]bool{}
	for set := 1; set < 1<<len(able); set++ {
		if smallest(d, proofs, able, set) {
			for _, k := range members(able, set) {
				useful[k] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(able), func(k Kind) bool { return !useful[k] })
}

func smallest(d Demand, proofs []Proof, able []Kind, set int) bool {
	if !d.MetBy(Assess(withAll(proofs, members(able, set)))) {
		return false
	}
	for i := range able {
		without := set &^ (1 << i)
		if without != set && d.MetBy(Assess(withAll(proofs, members(able, without)))) {
			return false
		}
	}
	return true
}

func members(able []Kind, set int) []Kind {
	var in []Kind
	for i, k := range able {
		if set&(1<<i) != 0 {
			in = append(in, k)
		}
	}
	return in
}

// withAll imagines that these kinds were verified too, passkeys with user verification.
func withAll(proofs []Proof, imagined []Kind) []Proof {
	all := append([]Proof(nil), proofs...)
	for _, k := range imagined {
		all = append(all, Proof{Kind: k, UserVerified: k == Passkey})
	}
	return all
}

// kindsOf returns the distinct kinds of what is held, in the order in which they are offered.
func kindsOf(held []Authenticator) []Kind {
	var able []Kind
	for _, k := range kinds {
		if _, ok := Held(held, k); ok {
			able = append(able, k)
		}
	}
	return able
}
