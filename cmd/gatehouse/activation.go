package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/audit"
	"gatehouse/templates"
)

type activationCmd struct {
	Issue  activationIssue  `cmd:"" help:"Invite a person to open an account, or to add a record to theirs."`
	Import activationImport `cmd:"" help:"Invite the people of a file."`
	List   activationList   `cmd:"" help:"List the invitations of a record."`
	Revoke activationRevoke `cmd:"" help:"End invitations that were not used, also expired ones."`
}

// inviting are the settings of commands that make invitations. They are those of serve, so that a variable or the file of
// --config says them once.
type inviting struct {
	Storage
	Activations Activations `embed:"" prefix:"activation-"`
	Brand       Brand       `embed:"" prefix:"brand-"`
	Issuer      string      `name:"issuer" placeholder:"https://HOST" help:"Address of Gatehouse as browsers see it; needed for letters."`
	Languages   []string    `name:"languages" default:"en,es" placeholder:"TAG" help:"Languages of letters and messages, the default first."`
	Unreviewed  bool        `name:"unreviewed-languages" help:"Offer languages of --languages whose words no person has reviewed yet."`
	Valid       lasting     `name:"valid" placeholder:"TIME" help:"How long the code is good, such as 14d, where it is not --activation-lasts."`
	Send        bool        `name:"send" help:"Send the code: by e-mail, or by text where there is no address."`
}

// check says what is wrong with the settings; letters are wanted or not.
func (c inviting) check(letters bool) error {
	_, err := c.Activations.issuer(nil, "")
	if c.Valid != 0 {
		err = errors.Join(err, c.Valid.check("valid"))
	}
	if len(c.Languages) == 0 {
		err = errors.Join(err, errors.New("--languages is empty"))
	}
	if letters {
		_, none := c.letters()
		err = errors.Join(err, none)
	}
	return err
}

// maker is what makes invitations, with letters or without.
func (c inviting) maker(store *opened, letters bool) (i inviter, err error) {
	i = inviter{inviting: c, store: store, now: now()}
	i.issuer, err = c.Activations.issuer(store.keyset, c.Languages[0])
	if err == nil && letters {
		i.pages, err = c.letters()
	}
	return i, err
}

// inviter makes invitations.
type inviter struct {
	inviting

	store  *opened
	issuer activation.Issuer
	pages  *templates.Set // that draw letters; nil: none are wanted
	now    time.Time      // of all invitations that this run makes: which tells them from others
}

// made is an invitation that is not written yet.
type made struct {
	activation.Issued

	replaces bool
	earlier  bool // an earlier line of the same run made the one that is replaced
	used     bool // the newest one was
	revoked  bool // the newest one was, by staff
	letter   letterFile
}

// invite makes one invitation. It replaces whichever is open for the same record and relation.
func (i inviter) invite(ctx context.Context, in activation.Invitation) (made, error) {
	last, err := i.last(ctx, in)
	if err != nil {
		return made{}, err
	}
	in.Lasts, in.Silent, in.Replaces = time.Duration(i.Valid), !i.Send, last.Open(i.now)
	issued, err := i.issuer.Invite(in, audit.Operator, i.now)
	if err != nil {
		return made{}, errors.New(inviteWords(err))
	}
	return made{
		Issued: issued, replaces: in.Replaces, earlier: in.Replaces && last.IssuedAt.Equal(i.now),
		used:    !last.UsedAt.IsZero(),
		revoked: !last.RevokedAt.IsZero() && last.RevokedWhy == byStaff,
	}, nil
}

// last answers the open invitation of the same record and relation, else the newest; the zero one for none.
func (i inviter) last(ctx context.Context, in activation.Invitation) (provider.Activation, error) {
	all, err := i.store.ActivationsOf(ctx, in.Record)
	if err != nil {
		return provider.Activation{}, err
	}
	all = slices.DeleteFunc(all, func(a provider.Activation) bool { return a.Relation != in.Relation })
	for _, a := range all {
		if a.Open(i.now) {
			return a, nil
		}
	}
	if len(all) == 0 {
		return provider.Activation{}, nil
	}
	return all[0], nil
}

// link is where a code is brought. What stands after # is not sent to a server by itself, and in no log.
func (i inviter) link(code string) string {
	if i.Issuer == "" {
		return ""
	}
	return i.Issuer + "/activate#" + code
}

// activationView is how an invitation is printed. The code is there only when it has just been made.
type activationView struct {
	Line       int        `json:"line,omitempty"` // of the file that it comes from
	Activation string     `json:"activation"`
	Code       string     `json:"code,omitempty"`
	Link       string     `json:"link,omitempty"`
	Record     string     `json:"record"`
	Relation   string     `json:"relation"`
	State      string     `json:"state"`
	Replaces   bool       `json:"replaces,omitempty"`
	Sent       string     `json:"sent,omitempty"` // email or text
	IssuedAt   time.Time  `json:"issued_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	RevokedAt  *time.Time `json:"revoked_at"`
	RevokedWhy string     `json:"revoked_why,omitempty"`
	UsedAt     *time.Time `json:"used_at"`
	UsedBy     string     `json:"used_by,omitempty"`
}

func viewActivation(a provider.Activation, at time.Time) activationView {
	return activationView{
		Activation: a.ID, Record: a.Record, Relation: string(a.Relation), State: stateOf(a, at), IssuedAt: a.IssuedAt, ExpiresAt: a.ExpiresAt,
		RevokedAt: orNull(a.RevokedAt), RevokedWhy: a.RevokedWhy, UsedAt: orNull(a.UsedAt), UsedBy: string(a.UsedBy),
	}
}

func stateOf(a provider.Activation, at time.Time) string {
	switch {
	case !a.UsedAt.IsZero():
		return "used"
	case !a.RevokedAt.IsZero():
		return "revoked"
	case !a.Open(at):
		return "expired"
	}
	return "open"
}

// told is the view of one that was just made, with its code.
func (i inviter) told(m made, line int) activationView {
	v := viewActivation(m.Activation, i.now)
	v.Line, v.Code, v.Link, v.Replaces = line, m.Code, i.link(m.Code), m.replaces
	for _, message := range m.Event.Tell {
		v.Sent = string(message.Channel)
	}
	return v
}

type activationList struct {
	Storage
	Record string `name:"record" required:"" placeholder:"R" help:"Patient record, as the record system names it."`
	JSON   bool   `name:"json" help:"Print JSON, an invitation a line."`
}

// Help is the example.
func (activationList) Help() string {
	return `The newest comes first. A code is never shown again: issue a new one.

Example:

  gatehouse activation list --data /var/lib/gatehouse --record R-1001`
}

// Run lists.
func (c activationList) Run(ctx context.Context, d desk) error {
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	all, err := store.ActivationsOf(ctx, c.Record)
	if err != nil {
		return err
	}
	views := []activationView{}
	for _, a := range all {
		views = append(views, viewActivation(a, now()))
	}
	if c.JSON {
		return printLines(d.out, views)
	}
	return printActivations(d.out, views)
}

func printActivations(w io.Writer, all []activationView) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(t, "activation\trelation\tstate\tissued\tgood until\tmore")
	for _, v := range all {
		more := "-"
		switch {
		case v.UsedAt != nil:
			more = stamp(*v.UsedAt) + " by " + v.UsedBy
		case v.RevokedAt != nil:
			more = stamp(*v.RevokedAt) + ", " + strings.ReplaceAll(v.RevokedWhy, "_", " ")
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", v.Activation, v.Relation, v.State, stamp(v.IssuedAt), stamp(v.ExpiresAt), more)
	}
	return t.Flush()
}

type activationRevoke struct {
	Storage
	ID     string `arg:"" optional:"" name:"id" help:"Id of an invitation."`
	Record string `name:"record" placeholder:"R" help:"All invitations of this patient record that were not used, those that are over too."`
	JSON   bool   `name:"json" help:"Print JSON, an invitation a line."`
}

// Help is the example.
func (activationRevoke) Help() string {
	return `The code works no more from the next try on. One that is over cannot be renewed either. One that was used has made its account or link already, and stays as it is.

Example:

  gatehouse activation revoke --data /var/lib/gatehouse --record R-1001`
}

// Run revokes.
func (c activationRevoke) Run(ctx context.Context, d desk) error {
	if (c.ID == "") == (c.Record == "") {
		return usageError{errors.New("give either the id of an invitation or --record")}
	}
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	all, err := c.find(ctx, store)
	if err != nil {
		return err
	}
	views := []activationView{}
	for _, a := range all {
		at := now()
		if _, err := store.RevokeActivation(ctx, a.ID, byStaff, at, audit.ActivationRevoked(at, a, byStaff, audit.Operator)); err != nil {
			return err
		}
		if a, err = store.Activation(ctx, a.ID); err != nil {
			return err
		}
		views = append(views, viewActivation(a, at))
	}
	if c.JSON {
		return printLines(d.out, views)
	}
	return printActivations(d.out, views)
}

// byStaff is why an operator's command ended an invitation.
const byStaff = "by_staff"

// find answers what is to be revoked: nothing of it was used, and of a record all that was neither used nor revoked, be it over or not.
func (c activationRevoke) find(ctx context.Context, store *opened) ([]provider.Activation, error) {
	if c.Record != "" {
		all, err := store.ActivationsOf(ctx, c.Record)
		return slices.DeleteFunc(all, func(a provider.Activation) bool { return !a.UsedAt.IsZero() || !a.RevokedAt.IsZero() }), err
	}
	a, err := store.Activation(ctx, c.ID)
	switch {
	case errors.Is(err, provider.ErrNotFound):
		return nil, fmt.Errorf("there is no invitation %s (gatehouse activation list --record R lists those of a record)", c.ID)
	case err == nil && !a.UsedAt.IsZero():
		return nil, fmt.Errorf("invitation %s was used already: lock the account if that was wrong (gatehouse account disable %s)", c.ID, a.UsedBy)
	}
	return []provider.Activation{a}, err
}
