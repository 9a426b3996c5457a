package main

import (
	"context"
	"errors"
	"fmt"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/notify"
	"gatehouse/provider/signin"
	"gatehouse/templates"
)

type noticeCmd struct {
	Terms    noticeTerms    `cmd:"" help:"Tell people that the terms of use have changed (message M-23)."`
	Incident noticeIncident `cmd:"" help:"Tell people of an incident that touches their data (message M-26)."`
}

// notifying are the flags of commands that tell many people something. Context: there may be hundreds of thousands, the power may fail in
// the middle, and nobody may be told twice. Choice: each person is marked in the transaction that puts their messages into the outbox, and
// the messages fall due one after the other. Rejected: all at once, which would keep the codes of people who sign in waiting for hours;
// and a list of who was told, which would be lost with this machine.
type notifying struct {
	Storage
	Languages  []string `name:"languages" default:"en,es" placeholder:"TAG" help:"Languages of messages, the default first."`
	Unreviewed bool     `name:"unreviewed-languages" help:"Offer languages of --languages whose words no person has reviewed yet."`
	Account    string   `name:"account" placeholder:"NAME" help:"Tell this person only, by username, e-mail address or account id; also one whose account is locked or paused."`
	PerMinute  int      `name:"per-minute" default:"600" placeholder:"N" help:"How many messages fall due in a minute, so that codes for people who sign in need not wait behind them."`
	DryRun     bool     `name:"dry-run" help:"Count who would be told, and tell nobody."`
	JSON       bool     `name:"json" help:"Print the counts as JSON."`
}

const noticeHelp = `
It goes to every account that is active: by e-mail to all of its verified addresses, or by text where there is none. It may be
stopped at any time, and run again with the same --id: whoever was told before is passed over, also by two runs at once. Another
--id is another notice. The messages leave through a server that runs.
`

type noticeTerms struct {
	notifying
	Terms Terms  `embed:"" prefix:"terms-"`
	ID    string `name:"id" placeholder:"WORD" help:"Name of this notice; without it the version of the terms."`
}

// Help is the example.
func (noticeTerms) Help() string {
	return `Says in the words of --terms-summary-file what is new, and that people will be asked to accept: so the settings of the terms must be
there, and those of the servers must be the same. People who want fewer messages get none; they are asked when they sign in.
` + noticeHelp + `
Example:

  gatehouse notice terms --config /etc/gatehouse.yaml --dry-run

  gatehouse notice terms --config /etc/gatehouse.yaml`
}

// Run tells.
func (c noticeTerms) Run(ctx context.Context, d desk) error {
	terms, err := c.Terms.terms(c.Languages)
	if err == nil && terms.Version == "" {
		err = errors.New("--terms-version, --terms-url and --terms-summary-file are needed: the message says that people will be asked to accept")
	}
	if err != nil {
		return usageError{err}
	}
	return c.tell(ctx, d, news{
		message: notify.TermsChanged, what: "terms", id: orWord(c.ID, terms.Version), link: signin.AllTerms, said: terms.Summary,
	})
}

type noticeIncident struct {
	notifying
	Text hours  `name:"text-file" placeholder:"[TAG=]FILE" help:"Text file that says what happened, a line a paragraph: for the default language, or es=FILE for one; may be repeated. Needed."`
	ID   string `name:"id" placeholder:"WORD" help:"Name of this notice, such as 2026-03-lab. Needed."`
}

// Help is the example.
func (noticeIncident) Help() string {
	return `Says in your own words what happened, when, which data it touches, what you do about it, and what people can do (45 CFR 164.404).
Everybody gets it, also who wants fewer messages. Tell people without an address by letter: they are counted.
` + noticeHelp + `
Example:

  gatehouse notice incident --config /etc/gatehouse.yaml --id 2026-03-lab --text-file said.txt --text-file es=dicho.txt --dry-run

  gatehouse notice incident --config /etc/gatehouse.yaml --id 2026-03-lab --text-file said.txt --text-file es=dicho.txt --account maria.lopez`
}

// Run tells.
func (c noticeIncident) Run(ctx context.Context, d desk) error {
	said, err := texts("text-file", c.Text, c.Languages)
	if c.ID == "" {
		err = errors.Join(errors.New("--id is needed: by it nobody is told twice"), err)
	}
	if err != nil {
		return usageError{err}
	}
	return c.tell(ctx, d, news{message: notify.Incident, what: "incident", id: c.ID, link: "/account/ways", said: said})
}

// news is what everybody is told.
type news struct {
	message  string // of notify
	what, id string // as the audit trail names it
	link     string
	said     map[string]string // by language; that of the default one is always there
}

func (n news) key(account provider.AccountID) string {
	return n.what + "\x00" + n.id + "\x00" + string(account)
}

// pages judge the settings, and match the languages of people.
func (c notifying) pages(n news) (*templates.Set, error) {
	var faults []error
	if !versionLike.MatchString(n.id) {
		faults = append(faults, fmt.Errorf("--id %q is not 1 to 32 letters, digits, dots, hyphens and underscores", n.id))
	}
	if c.PerMinute < 1 || c.PerMinute > 60000 {
		faults = append(faults, fmt.Errorf("--per-minute %d is not between 1 and 60000", c.PerMinute))
	}
	pages, err := templates.New(templates.DefaultBrand(), c.Languages)
	if err != nil {
		err = fmt.Errorf("--languages: %w", err)
	} else {
		err = reviewed(pages, c.Unreviewed)
	}
	return pages, errors.Join(append(faults, err)...)
}

// tell tells everybody, or the one of --account.
func (c notifying) tell(ctx context.Context, d desk, n news) error {
	pages, err := c.pages(n)
	if err != nil {
		return usageError{err}
	}
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	t := newTeller(c, d, n, store, pages)
	if c.Account != "" {
		a, err := oneAccount{Name: c.Account}.find(ctx, store)
		if err != nil {
			return err
		}
		t.all = 1
		return t.end(t.one(ctx, a))
	}
	rows, err := store.Rows(ctx)
	if err != nil {
		return err
	}
	t.all = rows["accounts"]
	return t.end(t.everybody(ctx))
}

// sent is the event that tells.
func (n news) sent(t *teller, a provider.Account, messages []provider.Message) provider.Event {
	return audit.NoticeSent(t.now, a.ID, n.what, n.id, audit.Operator, messages)
}
