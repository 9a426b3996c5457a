package server_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/server"
)

// TestHostile_DoneTellsTheNextPerson: at a shared computer the page after a sign-out says nothing of it to who has signed in since,
// nor after their own sign-out.
func TestHostile_DoneTellsTheNextPerson(t *testing.T) {
	t.Parallel()
	e := newEars(t)
	h := newHouse(t, e.reach)
	h.Person("ana")
	h.Person("ben")
	b, a := h.Browser(), h.App("oncology", e.heardAt)
	e.answers("oncology", status(503))
	a.Tokens(b)
	b.Out()
	h.tells()
	b.Get("/logout/done").Shows(t, 200, "oncology")
	b.In("ben")
	if p := b.Get("/logout/done"); strings.Contains(p.Body, "oncology") {
		t.Error("ben is told what ana used")
	}
	b.Get("/account/devices")
	b.Out()
	if p := b.Get("/logout/done"); strings.Contains(p.Body, "oncology") {
		t.Error("ben is told after his own sign-out")
	}
}

// between is a store before which something happens as a code is redeemed.
type between struct {
	provider.Store

	before func()
}

func (s *between) RedeemCode(ctx context.Context, grant string, at time.Time, e provider.Event) error {
	if s.before != nil {
		s.before()
	}
	return s.Store.RedeemCode(ctx, grant, at, e)
}

// TestHostile_CodeRedeemedAsTheSessionEnds: a sign-out that comes between the look at the session and the redeeming of its code is
// the first of the two.
func TestHostile_CodeRedeemedAsTheSessionEnds(t *testing.T) {
	t.Parallel()
	s := &between{}
	h := newHouse(t, func(c *server.Config) { s.Store = c.Store; c.Store = s })
	h.Person("ana")
	a, b := h.App("records"), h.Browser()
	b.Get(a.Ask("scope", "openid offline_access", "prompt", "consent"))
	b.SignIn("ana", anasPassword)
	code := a.Back(b.Choose("/consent", "allow", "scope", "offline_access")).Get("code")
	s.before = func() { b.Out() }
	a.Redeem(code).Is(400, "invalid_grant")
	standing, err := s.GrantByCode(t.Context(), provider.HashSecret(code))
	must(t, err)
	if g := standing.Grant; g.RevokedWhy != "" || !g.CodeUsedAt.IsZero() {
		t.Errorf("taken for a replay: %q, used %s", g.RevokedWhy, g.CodeUsedAt)
	}
}

// completing is a store before which something happens as a ceremony is completed.
type completing struct {
	provider.Store

	before func()
}

func (s *completing) CompleteCeremony(ctx context.Context, c provider.Completion, e provider.Event) error {
	if s.before != nil {
		s.before()
	}
	return s.Store.CompleteCeremony(ctx, c, e)
}

// TestHostile_NoSessionBeginsAsTheAccountIsLocked: staff lock the account between the last proof and the session. None begins that
// would be good again once it is unlocked.
func TestHostile_NoSessionBeginsAsTheAccountIsLocked(t *testing.T) {
	t.Parallel()
	s := &completing{}
	h := newHouse(t, func(c *server.Config) { s.Store = c.Store; c.Store = s })
	ana := h.Person("ana")
	b := h.Browser()
	b.Get("/account/devices")
	s.before = func() { h.SetStatus(ana.ID, provider.Locked) }
	if p := b.SignIn("ana", anasPassword); p.Status >= 500 || b.Session() != "" {
		t.Errorf("answer %d, session %t", p.Status, b.Session() != "")
	}
	s.before = nil
	h.Passes(5 * time.Minute)
	h.SetStatus(ana.ID, provider.Active)
	if p := b.Get("/account/devices"); p.URL != nil && p.URL.Path == "/account/devices" {
		t.Error("a session that began as the account was locked lives when it is unlocked")
	}
	b.SignIn("ana", anasPassword) // the way in is open again
	if b.Session() == "" {
		t.Error("not signed in")
	}
}

// broken is a store in which one chore never works.
type broken struct{ provider.Store }

func (broken) DueClosings(context.Context, time.Time, int) ([]provider.Closing, error) {
	return nil, errors.New("a row that cannot be read")
}

// TestHostile_OneChoreStopsNoOther: where closing accounts fails for ever, screens that nobody is at are signed out all the same.
func TestHostile_OneChoreStopsNoOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *server.Config) { c.Store = broken{c.Store} })
	h.Person("ana")
	a := h.App("records", reporting)
	tokens := a.Tokens(h.Browser())
	h.Passes(20 * time.Minute)
	if err := h.House.Housekeep(context.Background(), h.now()); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("said %v", err)
	}
	if s := h.sessionOf(tokens); s.EndedWhy != provider.EndedIdle {
		t.Errorf("ended as %q", s.EndedWhy)
	}
}
