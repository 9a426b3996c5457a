package main

import (
	"errors"
	"fmt"

	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/identifier"
)

// inviteLine is a person to invite, as flags or a line of a file say it.
type inviteLine struct {
	record, relation               string
	name, email, phone, lang       string
	birthDate, lastName, zip, last string
}

// fields are the parts of a line by their names.
func (l *inviteLine) fields() map[string]*string {
	return map[string]*string{
		"record": &l.record, "relation": &l.relation, "name": &l.name, "email": &l.email, "phone": &l.phone, "lang": &l.lang,
		string(activation.BirthDate): &l.birthDate, string(activation.LastName): &l.lastName, string(activation.ZIP): &l.zip,
		string(activation.IDLast4): &l.last,
	}
}

func (l *inviteLine) facts() map[activation.Fact]string {
	return map[activation.Fact]string{
		activation.BirthDate: l.birthDate, activation.LastName: l.lastName, activation.ZIP: l.zip, activation.IDLast4: l.last,
	}
}

// factForms are what facts look like.
func factForms() map[activation.Fact]string {
	return map[activation.Fact]string{
		activation.BirthDate: "a date like 1984-03-09", activation.LastName: "a name with letters",
		activation.ZIP: "a ZIP or postal code", activation.IDLast4: "the last four digits",
	}
}

// invitation is what is asked of the issuer, or all that is wrong, without a word of what the line says. named is how a part is
// called where the line comes from; asked are the facts that must be there.
func (l *inviteLine) invitation(asked []activation.Fact, named func(string) string) (activation.Invitation, error) {
	var faults []error
	fault := func(part, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: %w", named(part), fmt.Errorf(format, args...)))
	}
	if l.record == "" || len(l.record) > longestText {
		fault("record", "1 to %d bytes are needed", longestText)
	}
	relation, err := relationOf(l.relation)
	if err != nil {
		fault("relation", "%w", err)
	}
	if len(l.name) > longestText {
		fault("name", "longer than %d bytes", longestText)
	}
	if !isLocale(l.lang) || len(l.lang) > longestText {
		fault("lang", "not a language tag like en or es-MX")
	}
	contact := provider.ActivationContact{Name: l.name, Email: l.email, Lang: l.lang}
	if _, err := identifier.Email(l.email); l.email != "" && err != nil {
		fault("email", "%w", inWords(err))
	}
	if l.phone != "" {
		if contact.Phone, err = identifier.Phone(l.phone); err != nil {
			fault("phone", "%w", inWords(err))
		}
	}
	needed := map[activation.Fact]bool{}
	for _, fact := range asked {
		needed[fact] = true
	}
	given := l.facts()
	for _, fact := range activation.AllFacts() {
		switch _, err := activation.Canonical(fact, given[fact]); {
		case given[fact] == "" && needed[fact]:
			fault(string(fact), "is needed, since everybody is asked for it: %s", factForms()[fact])
		case given[fact] != "" && err != nil:
			fault(string(fact), "not %s", factForms()[fact])
		}
	}
	return activation.Invitation{Record: l.record, Relation: relation, Contact: contact, Facts: given}, errors.Join(faults...)
}
