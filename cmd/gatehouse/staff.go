package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"text/tabwriter"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

type staffCmd struct {
	Add     staffAdd     `cmd:"" help:"Add a person of the house, and print the link for their first passkey."`
	List    staffList    `cmd:"" help:"List all."`
	Disable staffDisable `cmd:"" help:"Sign somebody out of the console, and let them in no more."`
	Enable  staffEnable  `cmd:"" help:"Let somebody in again who was disabled."`
	Link    staffLink    `cmd:"" help:"Print a new link for a first passkey; the passkeys that they had work no more."`
}

// staffView is how a person of the house is printed. The link is there only when it has just been made.
type staffView struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Email      string     `json:"email"`
	Role       string     `json:"role"`
	Account    string     `json:"account,omitempty"`
	State      string     `json:"state"`            // active, to enroll, disabled
	Enroll     string     `json:"enroll,omitempty"` // one-time link for the first passkey
	Until      *time.Time `json:"enroll_until,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	DisabledAt *time.Time `json:"disabled_at"`
}

func viewStaff(st provider.Staff, link string) staffView {
	v := staffView{
		ID: string(st.ID), Name: st.Name, Email: st.Email, Role: string(st.Role), Account: string(st.Account), State: "active", Enroll: link,
		CreatedAt: st.CreatedAt,
	}
	if len(st.EnrollHash) > 0 {
		v.State, v.Until = "to enroll", &st.EnrollUntil
	}
	if !st.Enabled() {
		v.State, v.DisabledAt = "disabled", &st.DisabledAt
	}
	return v
}

func (v staffView) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return writeJSON(w, v)
	}
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	line := func(name, value string) { _, _ = fmt.Fprintf(t, "%s\t%s\n", name, value) }
	line("id", v.ID)
	line("name", v.Name)
	line("e-mail", v.Email)
	line("role", v.Role)
	if v.Account != "" {
		line("own account", v.Account)
	}
	line("state", v.State)
	if v.Enroll != "" {
		line("link", v.Enroll+"   (shown this once, works once, until "+stamp(*v.Until)+")")
	}
	return t.Flush()
}

type staffAdd struct {
	Storage
	Desk
	Name    string `name:"name" required:"" placeholder:"TEXT" help:"Their name, as colleagues know them."`
	Email   string `name:"email" required:"" placeholder:"ADDRESS" help:"Where they are told of sign-ins and of approvals that wait."`
	Role    string `name:"role" required:"" placeholder:"ROLE" help:"agent helps callers; supervisor also approves; auditor reads the trail; administrator looks after staff and applications."`
	Account string `name:"account" placeholder:"NAME" help:"Username, e-mail address or id of their own account as a patient, where they have one: they never act on it, nor do colleagues."`
	Client  string `name:"client" placeholder:"ID" help:"The application of a system of the office, which calls the administration API: an agent that has no passkey and does not sign in."`
	JSON    bool   `name:"json" help:"Print JSON."`
}

// Help is the example.
func (staffAdd) Help() string {
	return `Staff sign in with a passkey and nothing else. The link makes the first one: give it to the person yourself, on a device that they hold.

Example:

  gatehouse staff add --config /etc/gatehouse.yaml --name "Fay Moss" --email fay@example.org --role administrator

A system of the office is an agent too. It calls the administration API by private_key_jwt, with tokens for the origin of the console:

  gatehouse client add --config /etc/gatehouse.yaml --id desk --name "Front desk" --grant client_credentials --scope support.status --scope support.act --audience https://support.example.org --auth private_key_jwt --jwks desk-public.json
  gatehouse staff add --config /etc/gatehouse.yaml --client desk --name "Front desk" --email it@example.org --role agent`
}

// Run adds.
func (c staffAdd) Run(ctx context.Context, d desk) error {
	err := c.check()
	if c.Client == "" {
		err = errors.Join(c.Desk.check(), err)
	}
	if err != nil {
		return usageError{err}
	}
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	st := provider.Staff{
		ID: provider.StaffID(provider.NewID()), Name: strings.TrimSpace(c.Name), Email: c.Email, Role: provider.Role(c.Role), CreatedAt: now(),
	}
	if c.Account != "" {
		own, err := oneAccount{Name: c.Account}.find(ctx, store)
		if err != nil {
			return err
		}
		st.Account = own.ID
	}
	link := ""
	if c.Client == "" {
		link = c.invite(&st, st.CreatedAt)
	} else if err := c.system(ctx, store, &st); err != nil {
		return err
	}
	err = store.AddStaff(ctx, st, audit.StaffAdded(st.CreatedAt, st, audit.Operator))
	if errors.Is(err, provider.ErrTaken) {
		return fmt.Errorf("somebody of the house has the e-mail address %s already, or the same account (gatehouse staff list shows them)", c.Email)
	}
	if err != nil {
		return err
	}
	return viewStaff(st, link).print(d.out, c.JSON)
}

// system makes the system of an application of them, which is there and shows who it is by a key.
func (c staffAdd) system(ctx context.Context, store *opened, st *provider.Staff) error {
	client, err := store.Client(ctx, c.Client)
	if errors.Is(err, provider.ErrNotFound) {
		return fmt.Errorf("--client %q: there is no such application (gatehouse client list shows them)", c.Client)
	}
	if err != nil {
		return err
	}
	if client.AuthMethod != provider.AuthKey || !client.May(provider.GrantMachine) {
		return fmt.Errorf("--client %q: a system calls with client_credentials and private_key_jwt alone", c.Client)
	}
	st.ID = provider.SystemOf(client.ID)
	return nil
}

// check says all that is wrong with the flags.
func (c staffAdd) check() error {
	var faults []error
	if strings.TrimSpace(c.Name) == "" || len(c.Name) > 200 {
		faults = append(faults, errors.New("--name is empty, or longer than 200 bytes"))
	}
	if address, err := mail.ParseAddress(c.Email); err != nil || address.Address != c.Email {
		faults = append(faults, fmt.Errorf("--email %q is no e-mail address", c.Email))
	}
	if c.Client != "" && (c.Role != string(provider.Agent) || c.Account != "") {
		faults = append(faults, errors.New("--client: a system is an agent without an account; no machine approves, audits or administers"))
	}
	var roles []string
	for _, role := range provider.Roles() {
		roles = append(roles, string(role))
		if c.Role == string(role) {
			return errors.Join(faults...)
		}
	}
	return errors.Join(append(faults, fmt.Errorf("--role %q is none of %s", c.Role, strings.Join(roles, ", ")))...)
}

// invite gives somebody a link for a first passkey, and answers it. Only its hash is kept.
func (d Desk) invite(st *provider.Staff, at time.Time) (link string) {
	token := provider.NewSecret()
	st.EnrollHash, st.EnrollUntil = provider.HashSecret(token), at.Add(provider.EnrollLasts)
	return d.Origin + "/enroll#" + token
}
