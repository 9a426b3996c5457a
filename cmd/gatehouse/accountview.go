package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"gatehouse/provider"
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
	CreatedAt      time.Time           `json:"created_at"`
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
	v := viewAccount(a, held)
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
	return t.Flush()
}
