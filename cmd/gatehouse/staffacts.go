package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// mostStaff is more than any house has.
const mostStaff = 10_000

type staffList struct {
	Storage
	JSON bool `name:"json" help:"Print JSON."`
}

// Help is the example.
func (staffList) Help() string {
	return "Example:\n\n  gatehouse staff list --data /var/lib/gatehouse"
}

// Run lists.
func (c staffList) Run(ctx context.Context, d desk) error {
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	all, err := store.AllStaff(ctx, mostStaff)
	if err != nil {
		return err
	}
	views := []staffView{}
	for _, st := range all {
		views = append(views, viewStaff(st, ""))
	}
	if c.JSON {
		return writeJSON(d.out, views)
	}
	t := tabwriter.NewWriter(d.out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(t, "id\tname\te-mail\trole\tstate")
	for _, v := range views {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", v.ID, v.Name, v.Email, v.Role, v.State)
	}
	return t.Flush()
}

// oneStaff are the flags of commands about one person of the house.
type oneStaff struct {
	Storage
	Who  string `arg:"" name:"who" help:"Their e-mail address or id."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// find answers who is meant. Addresses are sealed, and the people few: they are looked through.
func (c oneStaff) find(ctx context.Context, store *opened) (provider.Staff, error) {
	all, err := store.AllStaff(ctx, mostStaff)
	if err != nil {
		return provider.Staff{}, err
	}
	for _, st := range all {
		if string(st.ID) == c.Who || strings.EqualFold(st.Email, c.Who) {
			return st, nil
		}
	}
	return provider.Staff{}, fmt.Errorf("nobody of the house has the e-mail address or id %q (gatehouse staff list shows them)", c.Who)
}

// change reads, changes and writes until nobody came between; where nothing changes, nothing is written. Then it shows.
func (c oneStaff) change(ctx context.Context, d desk, act func(*provider.Staff, time.Time) (provider.Event, bool, string)) error {
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	var st provider.Staff
	link := ""
	err = again(func() (err error) {
		st, err = c.find(ctx, store)
		if err != nil {
			return err
		}
		event, changes, made := act(&st, now())
		link = made
		if !changes {
			return nil
		}
		return store.UpdateStaff(ctx, st, event)
	})
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	return viewStaff(st, link).print(d.out, c.JSON)
}

type staffDisable struct{ oneStaff }

// Help is the example.
func (staffDisable) Help() string {
	return "They are signed out at once, and what they had open is ended.\n\nExample:\n\n  gatehouse staff disable --data /var/lib/gatehouse fay@example.org"
}

// Run disables.
func (c staffDisable) Run(ctx context.Context, d desk) error {
	return c.change(ctx, d, func(st *provider.Staff, now time.Time) (provider.Event, bool, string) {
		changes := st.Enabled()
		if changes {
			st.DisabledAt = now
		}
		return audit.StaffDisabled(now, *st, audit.Operator), changes, ""
	})
}

type staffEnable struct{ oneStaff }

// Help is the example.
func (staffEnable) Help() string {
	return "Their passkeys work again. If they may be in other hands, follow it with: gatehouse staff link.\n\nExample:\n\n  gatehouse staff enable --data /var/lib/gatehouse fay@example.org"
}

// Run enables.
func (c staffEnable) Run(ctx context.Context, d desk) error {
	return c.change(ctx, d, func(st *provider.Staff, now time.Time) (provider.Event, bool, string) {
		changes := !st.Enabled()
		st.DisabledAt = time.Time{}
		return audit.StaffEnabled(now, *st, audit.Operator), changes, ""
	})
}

type staffLink struct {
	oneStaff
	Desk
}

// Help is the example.
func (staffLink) Help() string {
	return "For who has lost their passkey: those that they had, and their sign-ins, are gone at once.\n\nExample:\n\n  gatehouse staff link --config /etc/gatehouse.yaml fay@example.org"
}

// Run makes a link.
func (c staffLink) Run(ctx context.Context, d desk) error {
	if err := c.Desk.check(); err != nil {
		return usageError{err}
	}
	system := false
	err := c.oneStaff.change(ctx, d, func(st *provider.Staff, now time.Time) (none provider.Event, changes bool, link string) {
		if system = st.ID.System() != ""; system {
			return none, false, ""
		}
		link = c.invite(st, now)
		return audit.StaffLinked(now, *st, audit.Operator), true, link
	})
	if system {
		return errors.Join(errors.New("this is a system: it has no passkey and gets none"), err)
	}
	return err
}
