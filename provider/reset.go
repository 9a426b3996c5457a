package provider

import "slices"

// ResetOwed is why a password is set in a ceremony whose demand is a reset.
const ResetOwed = "reset"

// reset says what comes next where somebody has forgotten the password, and has shown by a code that they read what is sent to an
// address of the account. That code is no proof of the ceremony: it opened it, and Demand.Reset says how it travelled.
//
// One proof more is wanted of whoever has something to show, by another channel than the code: who took over a mailbox, or a
// telephone number, has one thing of the account and not two. Whoever could reach two real factors, and has nothing left to show
// one by, is no case for this page. Of a reset nobody gets a session: what was shown here says less than a sign-in does.
//
// A password that was set since the ceremony began ends it, whoever set it: a ceremony sets one, once.
func reset(c Ceremony, held []Authenticator) Step {
	if password, has := Held(held, Password); has && password.CreatedAt.After(c.Began) {
		if slices.ContainsFunc(c.Proofs, func(p Proof) bool { return p.Kind == Password }) {
			return Step{Kind: StepDone}
		}
		return refuse(RefuseExpired)
	}
	second := seconds(c.Demand.Reset, held)
	shown := slices.ContainsFunc(c.Proofs, func(p Proof) bool { return secondTo(c.Demand.Reset, p.Kind) })
	switch {
	case shown, len(second) == 0 && Reach(held) <= TwoStep:
		return Step{Kind: StepChange, Reason: ResetOwed}
	case len(second) == 0:
		return refuse(RefuseRecover)
	default:
		return Step{Kind: StepVerify, Offers: second}
	}
}

// Regainable reports whether whoever reads what is sent to an address of the account may be led to a new password: not where the
// house has shut it.
func (a Account) Regainable() bool { return a.Status == Active || a.Status == Paused }

// Reopens reports whether a reset may set the password of an account as it is now. One that its owner has paused was paused against
// somebody who had the password, or the mailbox, and perhaps both: it takes a second proof, by another channel, of anybody. And
// what was asked for or shown before the pause may be what it was paused against.
func Reopens(c Ceremony, a Account) bool {
	switch a.Status {
	case Active:
		return true
	case Paused:
		return !c.Began.Before(a.StatusAt) && slices.ContainsFunc(c.Proofs, func(p Proof) bool {
			return secondTo(c.Demand.Reset, p.Kind) && !p.At.Before(a.StatusAt)
		})
	default:
		return false
	}
}

// seconds are the kinds by which the second proof of a reset can be shown, in the order in which they are offered.
func seconds(first Channel, held []Authenticator) []Kind {
	var offers []Kind
	for _, p := range bestOf(held) {
		if secondTo(first, p.Kind) {
			offers = append(offers, p.Kind)
		}
	}
	return offers
}

// secondTo reports whether a proof of this kind is another than a code that travelled by that channel.
func secondTo(first Channel, kind Kind) bool {
	switch kind {
	case Password, Remembered:
		return false
	case EmailCode:
		return first != ByEmail
	case TextCode:
		return first == ByEmail // texts and calls reach the same telephone
	default:
		return true
	}
}
