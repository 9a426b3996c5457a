package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"gatehouse/provider"
)

type auditCmd struct {
	List   auditList   `cmd:"" help:"List what happened, the newest first."`
	Verify auditVerify `cmd:"" help:"Say whether the trail is as it was written, and name the first row that is not."`
	Export auditExport `cmd:"" help:"Write out a part of the trail, and say whether any of it is missing."`
	Key    auditKey    `cmd:"" help:"Print the public key of the checkpoints."`
}

type auditList struct {
	Storage
	Account string `name:"account" placeholder:"NAME" help:"Only of this account: a username, e-mail address or account id."`
	Limit   int    `name:"limit" default:"50" placeholder:"N" help:"How many at most."`
	JSON    bool   `name:"json" help:"Print JSON, an event a line."`
}

// Help is the example.
func (auditList) Help() string {
	return "Example:\n\n  gatehouse audit list --data /var/lib/gatehouse --account maria --limit 20"
}

// eventView is how an event is printed.
type eventView struct {
	Seq     int64             `json:"seq"`
	At      time.Time         `json:"at"`
	Kind    string            `json:"kind"`
	Actor   string            `json:"actor"`
	Account string            `json:"account,omitempty"`
	Client  string            `json:"client,omitempty"`
	Session string            `json:"session,omitempty"`
	Grant   string            `json:"grant,omitempty"`
	Detail  map[string]string `json:"detail,omitempty"`
}

// Run lists.
func (c auditList) Run(ctx context.Context, d desk) error {
	if c.Limit < 1 {
		return usageError{fmt.Errorf("--limit %d is less than 1", c.Limit)}
	}
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	events, err := c.read(ctx, store)
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	if c.JSON {
		return printLines(d.out, events)
	}
	t := tabwriter.NewWriter(d.out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(t, "seq\tat\twhat\tby\taccount\tclient\tdetail")
	for _, e := range events {
		_, _ = fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", e.Seq, stamp(e.At), e.Kind, e.Actor, orDash(e.Account), orDash(e.Client), details(e.Detail))
	}
	return t.Flush()
}

func (c auditList) read(ctx context.Context, store *opened) ([]eventView, error) {
	account := provider.AccountID("")
	if c.Account != "" {
		a, err := oneAccount{Name: c.Account}.find(ctx, store)
		if err != nil {
			return nil, err
		}
		account = a.ID
	}
	events, err := store.Events(ctx, account, c.Limit)
	var views []eventView
	for _, e := range events {
		views = append(views, eventView{
			Seq: e.Seq, At: e.At, Kind: e.Kind, Actor: e.Actor, Account: string(e.Account), Client: e.Client,
			Session: e.Session, Grant: e.Grant, Detail: e.Detail,
		})
	}
	return views, err
}

func details(detail map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(detail)) {
		parts = append(parts, name+"="+detail[name])
	}
	return orDash(strings.Join(parts, " "))
}
