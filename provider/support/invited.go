package support

import (
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/identifier"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Who has an invitation and no account yet is found by their record number and date of birth, and helped with that invitation alone: a
// new code goes to the contact that the office gave. Of what the invitation holds in clear, name and contact, nothing is shown; the rest
// it holds as keyed hashes.

// invitedOf is the open invitation to somebody's own record, for who gives its number and their date of birth; the zero one where there is
// none. The same is read and hashed for a record that there is not.
func (s *Support) invitedOf(r *web.Request, by provider.Fact, typed, birth string) (provider.Activation, error) {
	if by != provider.FactRecord {
		return provider.Activation{}, nil
	}
	all, err := s.Store.ActivationsOf(r.Context(), strings.TrimSpace(typed))
	if err != nil {
		return provider.Activation{}, err
	}
	found := newestOwn(all)
	if !s.Knows(found, provider.FactBirthdate, birth) || found.ID == "" {
		return provider.Activation{}, nil
	}
	return found, nil
}

// newestOwn is the newest invitation of the office to the person's own record, if nobody has used it or taken it back.
func newestOwn(all []provider.Activation) provider.Activation {
	for _, a := range all { // newest first
		if a.Relation != provider.Self || a.By != "" {
			continue
		}
		if a.UsedAt.IsZero() && a.RevokedAt.IsZero() {
			return a
		}
		break
	}
	return provider.Activation{}
}

// invitationOf is what an act about an invitation is about, and since when its contact has been the same: the case's own, or the newest one
// to a record of the account's person.
func (s *Support) invitationOf(r *web.Request, c provider.Case) (a provider.Activation, since time.Time, err error) {
	if c.Account != "" {
		a, err = s.unused(r, c.Account)
	} else {
		a, err = s.newestAfter(r, c.Activation)
	}
	if err != nil || a.ID == "" {
		return a, since, err
	}
	all, err := s.Store.ActivationsOf(r.Context(), a.Record)
	for _, earlier := range all { // newest first
		if earlier.Relation != a.Relation || earlier.By != "" {
			continue
		}
		if earlier.Contact.Email != a.Contact.Email || earlier.Contact.Phone != a.Contact.Phone {
			break
		}
		since = earlier.IssuedAt
	}
	return a, since, err
}

// newestAfter is the newest invitation to the same record as another one, which that may be.
func (s *Support) newestAfter(r *web.Request, id string) (provider.Activation, error) {
	first, err := s.Store.Activation(r.Context(), id)
	if errors.Is(err, provider.ErrNotFound) {
		return provider.Activation{}, nil
	}
	if err != nil {
		return provider.Activation{}, err
	}
	all, err := s.Store.ActivationsOf(r.Context(), first.Record)
	return newestOwn(all), err
}

// invitedMatches compares what a caller says with an invitation, in canonical form and in constant time.
func (s *Support) invitedMatches(r *web.Request, id string, fact provider.Fact, said string) (bool, error) {
	a, err := s.newestAfter(r, id)
	if err != nil {
		return false, err
	}
	same := func(known, typed string) bool {
		return subtle.ConstantTimeCompare([]byte(known), []byte(typed)) == 1 && known != ""
	}
	switch fact {
	case provider.FactName:
		parts := strings.Fields(said)
		whole := same(spelled(a.Contact.Name), spelled(said))
		last := s.Knows(a, provider.FactName, parts[len(parts)-1]) // what is said is never empty
		return whole || last && a.Contact.Name == "", nil
	case provider.FactEmail:
		known, err := identifier.Email(a.Contact.Email)
		_, typed := s.canonical(fact, said)
		return same(known, typed) && err == nil, nil
	case provider.FactPhone:
		_, typed := s.canonical(fact, said)
		return same(a.Contact.Phone, typed), nil
	}
	return false, nil
}

// invitedCase is the page of a case about an invitation.
func (s *Support) invitedCase(r *web.Request, d desk) (templates.Desk, error) {
	c := *d.open
	if err := s.Store.Record(r.Context(), s.viewed(r, d, "invitation")); err != nil {
		return templates.Desk{}, err
	}
	part := templates.DeskPart{ID: "person", Title: say("support.invited.heading"), Lead: []templates.Say{say("support.invited.lead")}}
	if c.Level(r.Now) < provider.L1 {
		part.Lead = append(part.Lead, say("support.person.nothing"))
	} else {
		a, err := s.newestAfter(r, c.Activation)
		if err != nil {
			return templates.Desk{}, err
		}
		part.Facts = invitedFacts(a, r.Now)
	}
	parts := []templates.DeskPart{s.checkPart(c), part}
	if document, can := documentPart(c); can {
		parts = append(parts, document)
	}
	return s.casePage(r, d, append(parts, s.actsPart(r, c), s.referencePart(), toolPart())...), nil
}

// invitedFacts are words about how an invitation stands.
func invitedFacts(a provider.Activation, now time.Time) []templates.DeskFact {
	if a.ID == "" {
		return []templates.DeskFact{fact("support.person.state", say("support.invited.gone"))}
	}
	state := templates.Say{Key: "support.invited.open", At: a.ExpiresAt.UTC()}
	if !a.Open(now) {
		state.Key = "support.invited.over"
	}
	return []templates.DeskFact{
		fact("support.person.state", state), fact("support.invited.sent", templates.Say{At: a.IssuedAt.UTC()}),
	}
}
