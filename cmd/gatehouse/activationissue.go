package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"gatehouse/provider"
)

type activationIssue struct {
	inviting
	Record    string `name:"record" placeholder:"R" help:"Patient record, as the record system names it. Needed."`
	Relation  string `name:"relation" default:"self" placeholder:"WORD" help:"Whose record it is: self, parent of the patient, or carer."`
	Name      string `name:"name" placeholder:"NAME" help:"Name of the person who is invited, as it stands on the letter."`
	BirthDate string `name:"birth-date" placeholder:"YYYY-MM-DD" help:"Date of birth of that person, which they are asked. Needed."`
	LastName  string `name:"last-name" placeholder:"NAME" help:"Last name, where --activation-facts asks for it."`
	ZIP       string `name:"zip" placeholder:"CODE" help:"ZIP code, where --activation-facts asks for it."`
	IDLast4   string `name:"id-last4" placeholder:"DIGITS" help:"Last four of the Social Security or state ID number, where --activation-facts asks for it."`
	Email     string `name:"email" placeholder:"ADDRESS" help:"E-mail address of the person; they confirm it themselves."`
	Phone     string `name:"phone" placeholder:"NUMBER" help:"Telephone number with its country code; they confirm it themselves."`
	Lang      string `name:"lang" placeholder:"TAG" help:"Language of the letter and message, such as es."`
	Letter    string `name:"letter" placeholder:"FILE" help:"Write a letter to print (HTML) to this file; needs --issuer and the settings --brand-…."`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// Help is the example.
func (activationIssue) Help() string {
	return `The code is shown this once: only a keyed hash of it is kept, and so it is with everything that the person is asked. An open
invitation of the same record and relation ends with the new one. Other users of this machine can see a command line while it
runs: where that matters, use gatehouse activation import with a file or standard input.

Example:

  gatehouse activation issue --data /var/lib/gatehouse --record R-1001 --name "Maria Lopez" --birth-date 1984-03-09 --send --email maria@example.org

  gatehouse activation issue --config /etc/gatehouse.yaml --record R-1001 --name "Maria Lopez" --birth-date 1984-03-09 --lang es --valid 14d --letter maria.html`
}

func (c activationIssue) line() inviteLine {
	return inviteLine{
		record: c.Record, relation: c.Relation, name: c.Name, email: c.Email, phone: c.Phone, lang: c.Lang,
		birthDate: c.BirthDate, lastName: c.LastName, zip: c.ZIP, last: c.IDLast4,
	}
}

// Run invites.
func (c activationIssue) Run(ctx context.Context, d desk) error {
	rules, _ := c.Activations.issuer(nil, "") // check says what is wrong
	line := c.line()
	in, err := line.invitation(rules.Facts.Asked(), func(part string) string { return "--" + strings.ReplaceAll(part, "_", "-") })
	err = errors.Join(err, c.check(c.Letter != ""))
	if c.Send && c.Email == "" && c.Phone == "" {
		err = errors.Join(err, errors.New("--send needs an --email or a --phone"))
	}
	if err != nil {
		return usageError{err}
	}
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	i, err := c.maker(store, c.Letter != "")
	if err != nil {
		return usageError{err}
	}
	m, err := i.invite(ctx, in)
	if err != nil {
		return err
	}
	if c.Letter != "" {
		if m.letter, err = i.writeLetter(m, c.Letter); err != nil {
			return err
		}
	}
	if err := i.store.IssueActivations(ctx, []provider.Issue{m.Issue}); err != nil {
		return errors.Join(err, m.letter.drop())
	}
	err = m.letter.keep() // the code is told whether or not that went well
	v := i.told(m, 0)
	if c.JSON {
		return errors.Join(writeJSON(d.out, v), err)
	}
	return errors.Join(v.print(d.out, c.Letter), err)
}

func (v activationView) print(w io.Writer, letter string) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	line := func(name, value string) { _, _ = fmt.Fprintf(t, "%s\t%s\n", name, value) }
	line("code", v.Code+"   (shown this once; we keep only a hash)")
	if v.Link != "" {
		line("link", v.Link)
	}
	line("activation", v.Activation)
	line("record", v.Record+" ("+v.Relation+")")
	line("good until", stamp(v.ExpiresAt))
	line("sent", orWord(v.Sent, "no"))
	if letter != "" {
		line("letter", letter)
	}
	if v.Replaces {
		line("replaces", "the code before, which works no more")
	}
	return t.Flush()
}
