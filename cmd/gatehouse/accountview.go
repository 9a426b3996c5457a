package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/limit"
)

// accountView is how an account is printed.
type accountView struct {
	Account        string              `json:"account"`
	Status         string              `json:"status"`
	StatusAt       time.Time           `json:"status_at"`
	Name           string              `json:"name"`
	Locale         string              `json:"locale"`
	Identifiers    []identifierView    `json:"identifiers"`
	Authenticators []authenticatorView `json:"authenticators"`
	Strangers      strangersView       `json:"unknown_browsers"`
	CreatedAt      time.Time           `json:"created_at"`
}

// strangersView is how the browsers that an account does not know stand with it.
type strangersView struct {
	Today       int        `json:"failures_today"`
	InARow      int        `json:"failures_in_a_row"`
	PausedUntil *time.Time `json:"paused_until"`
	Stopped     bool       `json:"stopped"` // by the usual numbers
}

func viewStrangers(s provider.LaneState, at time.Time) strangersView {
	rule := limit.Default().Strangers
	s = limit.Settle(s, rule, at)
	v := strangersView{Today: s.Today, InARow: s.InARow}
	if closed, until := limit.Closed(s, rule, at); closed {
		v.PausedUntil, v.Stopped = orNull(until), until.IsZero()
	}
	return v
}

// word is one of the trail's.
func (v strangersView) word() string {
	switch {
	case v.Stopped:
		return "stopped"
	case v.PausedUntil != nil:
		return "paused"
	}
	return "open"
}

func (v strangersView) text() string {
	until := ""
	if v.PausedUntil != nil {
		until = " until " + stamp(*v.PausedUntil)
	}
	return fmt.Sprintf("%s%s; %d failures in a row, %d today", v.word(), until, v.InARow, v.Today)
}

type identifierView struct {
	Kind       string     `json:"kind"`
	Value      string     `json:"value"`
	VerifiedAt *time.Time `json:"verified_at"`
}

type authenticatorView struct {
	ID         string     `json:"id"`
	Kind       string     `json:"kind"`
	Failures   int        `json:"failures_in_a_row"`
	ChangeOwed string     `json:"change_owed"`
	CreatedAt  time.Time  `json:"created_at"`
	UsedAt     *time.Time `json:"used_at"`
}

// show reads what an account holds and prints it.
func (c oneAccount) show(ctx context.Context, store *opened, a provider.Account, w io.Writer) error {
	held, err := store.Authenticators(ctx, a.ID)
	if err != nil {
		return err
	}
	state, err := store.Lane(ctx, provider.StrangersLane(a.ID))
	if err != nil {
		return err
	}
	v := viewAccount(a, held)
	v.Strangers = viewStrangers(state, now())
	if c.JSON {
		return writeJSON(w, v)
	}
	return v.print(w)
}

func viewAccount(a provider.Account, held []provider.Authenticator) accountView {
	v := accountView{
		Account: string(a.ID), Status: string(a.Status), StatusAt: a.StatusAt, Name: a.Profile.FullName(), Locale: a.Profile.Locale,
		CreatedAt: a.CreatedAt, Identifiers: []identifierView{}, Authenticators: []authenticatorView{},
	}
	for _, id := range a.Identifiers {
		v.Identifiers = append(v.Identifiers, identifierView{Kind: string(id.Kind), Value: id.Value, VerifiedAt: orNull(id.VerifiedAt)})
	}
	for _, h := range held {
		v.Authenticators = append(v.Authenticators, authenticatorView{
			ID: h.ID, Kind: string(h.Kind), Failures: h.Failures, ChangeOwed: h.ChangeOwed, CreatedAt: h.CreatedAt, UsedAt: orNull(h.UsedAt),
		})
	}
	return v
}

// orNull makes JSON say null for the zero time.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (v accountView) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	line := func(name, format string, args ...any) { _, _ = fmt.Fprintf(t, name+"\t"+format+"\n", args...) }
	line("account", "%s", v.Account)
	line("status", "%s since %s", v.Status, stamp(v.StatusAt))
	line("name", "%s", orDash(v.Name))
	line("language", "%s", orDash(v.Locale))
	line("made", "%s", stamp(v.CreatedAt))
	for _, id := range v.Identifiers {
		verified := "not verified"
		if id.VerifiedAt != nil {
			verified = "verified " + stamp(*id.VerifiedAt)
		}
		line(id.Kind, "%s (%s)", id.Value, verified)
	}
	for _, h := range v.Authenticators {
		used, owed := "never used", ""
		if h.UsedAt != nil {
			used = "used " + stamp(*h.UsedAt)
		}
		if h.ChangeOwed != "" {
			owed = "; must be changed: " + h.ChangeOwed
		}
		line(h.Kind, "%s; %d failures in a row%s", used, h.Failures, owed)
	}
	line("unknown browsers", "%s", v.Strangers.text())
	return t.Flush()
}
