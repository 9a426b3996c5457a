package activation

import (
	"crypto/subtle"
	"errors"
	"maps"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/notify"
)

// ErrFollows says that no invitation can follow this one: it lacks a fact that is asked, or has no contact to go to.
var ErrFollows = errors.New("activation: nothing can follow this invitation")

// firstID is where an invitation that follows another one keeps under whose id its facts are hashed. Nobody who sends a new code needs to
// know them, or is told them.
const firstID = "of"

// factsID is the id under which the facts of an invitation are hashed.
func factsID(a provider.Activation) string {
	if of := a.Facts[firstID]; len(of) > 0 {
		return string(of)
	}
	return a.ID
}

// Follow makes the invitation that follows one that nobody has used, for staff who help its person. It goes to the contact that the office
// gave, and nowhere else; its code is for no member of staff to see. As with Renew one alone follows another. Errors: ErrFollows.
func (i Issuer) Follow(old provider.Activation, template string, now time.Time) (provider.Issue, error) {
	if old.By != "" || masked(old.Contact) == "" {
		return provider.Issue{}, ErrFollows
	}
	for _, fact := range i.Facts.Asked() {
		if len(old.Facts[string(fact)]) == 0 {
			return provider.Issue{}, ErrFollows
		}
	}
	in := Invitation{Record: old.Record, Relation: old.Relation, Contact: old.Contact, Replaces: template == notify.InvitationReplaced}
	a := provider.Activation{
		ID: renewalID(old), Record: old.Record, Relation: old.Relation, Contact: old.Contact, Facts: maps.Clone(old.Facts),
		IssuedAt: now, ExpiresAt: now.Add(firstOf(old.ExpiresAt.Sub(old.IssuedAt), i.Lasts, DefaultLasts)),
	}
	a.Facts[firstID] = []byte(factsID(old))
	code := NewCode()
	a.CodeHash = CodeHash(i.Keys, code)
	event := audit.ActivationIssued(now, a, audit.Nobody)
	event.Tell = i.tell(in, a, Group(code), now)
	return provider.Issue{Activation: a, Event: event}, nil
}

// Knows reports, in constant time, whether what somebody says is that fact of an invitation. It costs the same for one that there is not.
func (i Issuer) Knows(a provider.Activation, fact Fact, said string) bool {
	canonical, err := Canonical(fact, said)
	hash := FactHash(i.Keys, factsID(a), fact, canonical)
	same := subtle.ConstantTimeCompare(hash, a.Facts[string(fact)]) == 1
	return err == nil && same
}
