package activation

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/identifier"
	"gatehouse/provider/notify"
)

// How long an invitation is good: by default, and what an operator may set.
const (
	DefaultLasts  = 30 * 24 * time.Hour
	ShortestLasts = time.Hour
	LongestLasts  = 365 * 24 * time.Hour
)

// messageLasts is how long the message with a code is worth sending.
const messageLasts = 72 * time.Hour

// Invitation is what an office asks for.
type Invitation struct {
	Record   string // as the record system names it
	Relation provider.Relation
	Contact  provider.ActivationContact // the phone in E.164
	Facts    map[Fact]string            // as the office has them; each is read by Canonical
	Lasts    time.Duration              // 0: that of the Issuer
	Replaces bool                       // there is an open one of the same record and relation, which ends with this
	By       provider.AccountID         // the patient who invites a trusted person; "": the office
	Until    time.Time                  // when the link of a trusted person ends
	Silent   bool                       // no message: the office hands out a letter
}

// Issuer makes invitations.
type Issuer struct {
	Keys  Keys
	Facts Facts
	Lasts time.Duration // 0: DefaultLasts
	Lang  string        // of messages to people of whom no language is known
}

// Issued is an invitation to be written (Activations.IssueActivations), with its code.
type Issued struct {
	provider.Issue

	Code string // as it is printed; it is told once, and kept nowhere
}

// Invite makes an invitation, with the event that records it and the message to its person: by e-mail, or by text where there is
// no e-mail address. Whatever was given of a fact must be such a fact, and whatever is asked of everybody must be given. A fact
// that is not asked is kept too, and plays no part until it is.
func (i Issuer) Invite(in Invitation, by audit.Actor, now time.Time) (Issued, error) {
	return i.invite(provider.NewID(), in, by, now)
}

// Renew makes the invitation that follows one that has run out, for who brought its code and knew these facts. It goes to the
// contact that the office gave, and nowhere else. Its id follows from the old one: asked for twice, or fifty times at once, one is
// written, and IssueActivations says ErrTaken to the others.
func (i Issuer) Renew(old provider.Activation, known map[Fact]string, now time.Time) (Issued, error) {
	return i.invite(renewalID(old), Invitation{
		Record: old.Record, Relation: old.Relation, Contact: old.Contact, Facts: known, Lasts: old.ExpiresAt.Sub(old.IssuedAt), Replaces: true,
		By: old.By, Until: old.Until,
	}, audit.Nobody, now)
}

func renewalID(old provider.Activation) string {
	sum := sha256.Sum256([]byte("renewed " + old.ID))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func (i Issuer) invite(id string, in Invitation, by audit.Actor, now time.Time) (Issued, error) {
	a, err := i.activation(id, in, now)
	if err != nil {
		return Issued{}, err
	}
	code := NewCode()
	a.CodeHash = CodeHash(i.Keys, code)
	event := audit.ActivationIssued(now, a, by)
	if !in.Silent {
		event.Tell = i.tell(in, a, Group(code), now)
	}
	return Issued{Issue: provider.Issue{Activation: a, Event: event}, Code: Group(code)}, nil
}

func (i Issuer) activation(id string, in Invitation, now time.Time) (provider.Activation, error) {
	a := provider.Activation{
		ID: id, Record: in.Record, Relation: in.Relation, Contact: in.Contact, Facts: map[string][]byte{},
		IssuedAt: now, ExpiresAt: now.Add(firstOf(in.Lasts, i.Lasts, DefaultLasts)), By: in.By, Until: in.Until,
	}
	trusted := in.Relation == provider.Trusted
	switch {
	case in.Record == "" || len(in.Record) > longest:
		return a, fmt.Errorf("activation: a record has a name of at most %d bytes", longest)
	case trusted != (in.By != "") || trusted != now.Before(in.Until):
		return a, errors.New("activation: a trusted person is invited by a patient, for a time that is not over, and nobody else is")
	case !trusted && in.Relation != provider.Self && in.Relation != provider.Parent && in.Relation != provider.Carer:
		return a, fmt.Errorf("activation: no relation %q; there are %s, %s, %s", in.Relation, provider.Self, provider.Parent, provider.Carer)
	case a.ExpiresAt.Sub(now) < ShortestLasts || a.ExpiresAt.Sub(now) > LongestLasts:
		return a, fmt.Errorf("activation: an invitation is good for %v to %v", ShortestLasts, LongestLasts)
	}
	if err := checkContact(in.Contact); err != nil {
		return a, err
	}
	for _, fact := range i.Facts.Asked() {
		if in.Facts[fact] == "" {
			return a, fmt.Errorf("activation: %s is missing, which everybody is asked for", fact)
		}
	}
	for fact, text := range in.Facts {
		if text == "" {
			continue
		}
		canonical, err := Canonical(fact, text)
		if err != nil {
			return a, fmt.Errorf("activation: this is no %s", fact) // and no word of what it is
		}
		a.Facts[string(fact)] = FactHash(i.Keys, a.ID, fact, canonical)
	}
	return a, nil
}

func firstOf(all ...time.Duration) time.Duration {
	for _, d := range all {
		if d != 0 {
			return d
		}
	}
	return 0
}

func checkContact(c provider.ActivationContact) error {
	if len(c.Name) > longest {
		return fmt.Errorf("activation: a name has at most %d bytes", longest)
	}
	if _, err := identifier.Email(c.Email); c.Email != "" && err != nil {
		return fmt.Errorf("activation: this is no e-mail address")
	}
	if number, err := identifier.Phone(c.Phone); c.Phone != "" && (err != nil || number != c.Phone) {
		return fmt.Errorf("activation: this is no phone number in E.164")
	}
	return nil
}

// tell makes the message with the code. The one of an invitation that replaces another says so.
func (i Issuer) tell(in Invitation, a provider.Activation, code string, now time.Time) []provider.Message {
	m := provider.Message{
		ID: provider.NewID(), Channel: provider.ByEmail, To: a.Contact.Email, Template: notify.Invitation, Lang: a.Contact.Lang,
		Data: map[string]string{
			notify.DataWhat: code, notify.DataWhen: a.ExpiresAt.UTC().Format(time.RFC3339), notify.DataLink: "/activate",
		},
		At: now, Expires: earlier(now.Add(messageLasts), a.ExpiresAt),
	}
	if m.To == "" {
		m.Channel, m.To = provider.ByText, a.Contact.Phone
	}
	if in.Replaces {
		m.Template = notify.InvitationReplaced
	}
	if m.Lang == "" {
		m.Lang = i.Lang
	}
	if m.To == "" {
		return nil
	}
	return []provider.Message{m}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
