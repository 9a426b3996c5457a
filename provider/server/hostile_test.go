package server_test

import (
	"context"
	"strings"
	"testing"

	"gatehouse/provider"
)

// The hostile tests play somebody who means harm, or two people who are in each other's way: at a browser that somebody
// left, with a password that leaked, with a code from a log, in two tabs at once. Each of them once came through.

const anasNewPassword = "plum window harvest train"

// In signs somebody in to Gatehouse itself.
func (b *browser) In(username string) *browser {
	b.t.Helper()
	b.Get("/account")
	b.SignIn(username, anasPassword)
	if b.Session() == "" {
		b.t.Fatalf("%s is not signed in: %s", username, title(b.last))
	}
	return b
}

// Out signs out, where there is somebody to sign out.
func (b *browser) Out() *browser {
	b.t.Helper()
	if b.Get("/logout"); strings.Contains(b.last.Body, "/logout/confirm") {
		b.Choose("/logout/confirm", "")
	}
	b.last.Shows(b.t, 200, "signed out")
	return b
}

// Step is the address of the ceremony whose page is open.
func (p *page) Step() string {
	id, _, _ := strings.Cut(strings.TrimPrefix(p.URL.Path, "/signin/"), "/")
	return "/signin/" + id
}

// Gave is the code that a page leads away with, "" for none.
func (p *page) Gave() string {
	if p.To == nil {
		return ""
	}
	return p.To.Query().Get("code")
}

// Asks fails unless the page asks for a password.
func (p *page) Asks(t *testing.T, what string) {
	t.Helper()
	if p.To != nil || !strings.Contains(p.Body, `name="password"`) {
		t.Errorf("%s: no password is asked: %d %s, %v", what, p.Status, title(p), p.To)
	}
}

// Rows counts the rows of a table.
func (h *house) Rows(table string) int {
	h.t.Helper()
	rows, err := h.Store.Rows(context.Background())
	must(h.t, err)
	return rows[table]
}

// Recorded are the events of a kind about an account ("" everybody), newest first.
func (h *house) Recorded(id provider.AccountID, kind string) []provider.Event {
	h.t.Helper()
	all, err := h.Store.Events(context.Background(), id, 1000)
	must(h.t, err)
	var found []provider.Event
	for _, e := range all {
		if e.Kind == kind {
			found = append(found, e)
		}
	}
	return found
}
