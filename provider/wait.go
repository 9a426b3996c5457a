package provider

import (
	"slices"
	"time"
)

// WaitRule says how long wait-and-recover takes, and how long it may be finished then.
type WaitRule struct {
	Lasts time.Duration // until it can be finished
	Open  time.Duration // for so long from then on
}

// ContactsOf are the verified addresses and numbers of an account.
func ContactsOf(a Account) []Contact {
	var all []Contact
	for _, id := range a.Identifiers {
		if id.Kind != Username && !id.VerifiedAt.IsZero() {
			all = append(all, Contact{Kind: id.Kind, Canonical: id.Canonical, VerifiedAt: id.VerifiedAt})
		}
	}
	return all
}

// MayWait reports whether the person of a ceremony has shown, in this ceremony, what wait-and-recover is begun with: the password,
// or a code sent to an address of the account. Without either a stranger could announce the loss of anybody's telephone.
func MayWait(c Ceremony) bool {
	return c.Account != "" && (c.Demand.Reset != "" || slices.ContainsFunc(c.Proofs, func(p Proof) bool { return p.Kind == Password }))
}

// Wait begins a recovery, given the account as it is and by which contact the person has shown that it is them (one without an
// address stands for all of its kind; the zero one: by the password). ok is false where the account has no other contact, by which it could be finished: then the office helps.
func Wait(id string, a Account, proven Contact, rule WaitRule, now time.Time) (r Recovery, ok bool) {
	r = Recovery{
		ID: id, Account: a.ID, Proven: proven, Contacts: ContactsOf(a), StartedAt: now, ReadyAt: now.Add(rule.Lasts),
		ExpiresAt: now.Add(rule.Lasts + rule.Open), NoticeAt: now.Add(rule.Lasts / 2),
	}
	return r, len(r.Finishers(a, proven)) > 0
}

// Finishers are the contacts by which a recovery can be finished: those that the account had when it was begun and has still,
// unchanged, but for the one that it was begun by, and the one by which the person who finishes it has shown that it is them: who
// took over one mailbox has nothing else.
func (r Recovery) Finishers(a Account, by Contact) []Contact {
	now := ContactsOf(a)
	return slices.DeleteFunc(slices.Clone(r.Contacts), func(c Contact) bool {
		return c.of(r.Proven) || c.of(by) || !slices.ContainsFunc(now, c.is)
	})
}

// of reports whether a contact is another one, or of its kind where that has no address; the zero one is none.
func (c Contact) of(d Contact) bool {
	return c.Kind == d.Kind && (d.Canonical == "" || c.Canonical == d.Canonical)
}

func (c Contact) is(d Contact) bool {
	return c.Kind == d.Kind && c.Canonical == d.Canonical && c.VerifiedAt.Equal(d.VerifiedAt)
}

// Outlives reports whether an authenticator stays when a recovery is finished: the password, and codes by e-mail. All others are
// what was lost. Where one of those is used after all, the recovery stops.
func (a Authenticator) Outlives() bool { return a.Kind == Password || a.Kind == EmailCode }

// FoundAgain reports whether one of these proofs is of something that a recovery says was lost.
func FoundAgain(proofs []Proof) bool {
	return slices.ContainsFunc(proofs, func(p Proof) bool {
		return p.Kind != Remembered && !Authenticator{Kind: p.Kind}.Outlives()
	})
}

// NextNotice is when the notice after this one is due: half-way the one that it can be finished is next, which is the last.
func (r Recovery) NextNotice() time.Time {
	if r.NoticeAt.Before(r.ReadyAt) {
		return r.ReadyAt
	}
	return time.Time{}
}
