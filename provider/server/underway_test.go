package server_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/server"
)

// hesitant completes the next ceremony when it is told to.
type hesitant struct {
	provider.Store

	mu     sync.Mutex
	before func() error
	after  func()
}

func (s *hesitant) CompleteCeremony(ctx context.Context, c provider.Completion, e provider.Event) error {
	s.mu.Lock()
	before := s.before
	s.before = nil
	s.mu.Unlock()
	if before != nil {
		if err := before(); err != nil {
			return err
		}
	}
	return s.Store.CompleteCeremony(ctx, c, e)
}

func (s *hesitant) SaveAuthenticator(ctx context.Context, a provider.Authenticator, e provider.Event) error {
	s.mu.Lock()
	after := s.after
	s.after = nil
	s.mu.Unlock()
	if after != nil {
		after()
	}
	return s.Store.SaveAuthenticator(ctx, a, e)
}

func hesitantHouse(t *testing.T) (*house, *hesitant) {
	t.Helper()
	store := &hesitant{}
	h := newHouse(t, func(c *server.Config) { store.Store = c.Store; c.Store = store })
	return h, store
}

// TestResetWhileSomebodySignsIn: whoever has shown the old password, and comes to a session only when the owner has set another one,
// gets none, and is asked anew.
func TestResetWhileSomebodySignsIn(t *testing.T) {
	t.Parallel()
	h, store := hesitantHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	owner := a.resets("ana", nil)
	thief := h.Browser()
	thief.Get(a.Ask())
	asked := 0
	store.before = func() error {
		asked++
		owner.sets(anasNew).Shows(t, 200, "Your new password is set")
		return nil
	}
	if p := thief.SignIn("ana", anasPassword); p.Gave() != "" || thief.Session() != "" {
		t.Error("the old password began a session")
	}
	thief.last.Asks(t, "who came too late")
	if asked != 1 || len(h.Recorded(ana.ID, "session.began")) != 0 {
		t.Errorf("%d sessions began", len(h.Recorded(ana.ID, "session.began")))
	}
	thief.SignIn("ana", anasPassword).Shows(t, 422)
	if p := thief.SignIn("ana", anasNew); p.Gave() == "" {
		t.Errorf("the new password: %d %s", p.Status, title(p))
	}
}

// TestSignInWhileSomebodyResets: a session that begins by the old password between the end of all others and the new password ends too.
func TestSignInWhileSomebodyResets(t *testing.T) {
	t.Parallel()
	h, store := hesitantHouse(t)
	h.Person("ana")
	a := h.App("records")
	owner := a.resets("ana", nil)
	thief := h.Browser()
	var tokens *answer
	store.after = func() { tokens = a.Tokens(thief, "scope", "openid offline_access") }
	owner.sets(anasNew).Shows(t, 200, "Your new password is set")
	if thief.Session() == "" {
		t.Fatal("the thief was not in")
	}
	session, err := h.Store.SessionBySecret(context.Background(), provider.HashSecret(thief.Session()))
	must(t, err)
	if session.EndedAt.IsZero() {
		t.Error("the thief's session lives")
	}
	if got := a.Refresh(tokens.Str("refresh_token")); got.Status != http.StatusBadRequest {
		t.Errorf("the thief's refresh token lives: %d", got.Status)
	}
}

// TestResetKnowsNoBrowserOfBefore: the browser in which somebody else knew the old password is a stranger's after a reset. A
// password that is replaced from inside leaves it known.
func TestResetKnowsNoBrowserOfBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	thief := h.Browser()
	thief.Get(a.Ask())
	thief.SignIn("ana", anasPassword)
	known, err := h.Store.Devices(context.Background(), ana.ID)
	must(t, err)
	owner := a.resets("ana", nil)
	owner.sets(anasNew).Shows(t, 200, "Your new password is set")
	now, err := h.Store.Devices(context.Background(), ana.ID)
	must(t, err)
	if len(known) != 1 || len(now) != 1 || now[0].ID == known[0].ID {
		t.Errorf("%d browsers were known, %d are", len(known), len(now))
	}
	a.attack("ana", 11)
	thief.Get(a.Ask())
	thief.SignIn("ana", "a guess").Shows(t, 429)
	owner.Get(a.Ask())
	if p := owner.SignIn("ana", anasNew); p.Gave() == "" {
		t.Errorf("the owner's own: %d %s", p.Status, title(p))
	}
}

// TestLinkOfBeforeAReset: whoever reads old mail makes no browser known by a link in it once the owner has set another password.
func TestLinkOfBeforeAReset(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	a.attack("ana", 10)
	told := h.Told("M-15")
	if len(told) != 1 {
		t.Fatalf("%d letters", len(told))
	}
	link := told[0].Data["link"]
	thief := h.Browser()
	thief.Get(link)
	action, form := thief.last.Form(t, link)
	a.resets("ana", nil).sets(anasNew).Shows(t, 200, "Your new password is set")
	h.Browser().Get(link).Shows(t, 410, "does not work any more")
	thief.Post(action, form).Shows(t, 410, "does not work any more")
	if known, err := h.Store.Devices(context.Background(), ana.ID); err != nil || len(known) != 1 {
		t.Errorf("%d browsers are known, %v", len(known), err)
	}
}

// TestWaitWhileSomebodySignsIn: whoever has shown the telephone that its owner says is lost, and comes to a session only when the wait is
// finished, gets none; and no browser of before is known.
func TestWaitWhileSomebodySignsIn(t *testing.T) {
	t.Parallel()
	h, store := hesitantHouse(t)
	ana, phone := h.Apped("ana")
	a := h.App("records", twoStep)
	before := h.Browser()
	before.Get(a.Ask())
	before.SignIn("ana", anasPassword)
	before.Fill("/totp", "code", phone.At(h.now()))
	owner := h.Browser()
	a.waits(owner, "ana")
	owner.Fill("/wait").Shows(t, 200, "Your wait has begun")
	h.Passes(73 * time.Hour)
	owner = h.Browser()
	a.waits(owner, "ana").Shows(t, 200, "Your wait is over")
	h.Mail()
	owner.Fill("/regain", "way", owner.last.wayTo("@example.org"))
	code := h.CodeFor(provider.ByEmail, "ana@example.org")

	thief := h.Browser()
	thief.Get(a.Ask())
	thief.SignIn("ana", anasPassword)
	store.before = func() error {
		owner.Fill("/regained", "code", code).Shows(t, 200, `value="totp"`)
		return nil
	}
	if p := thief.Fill("/totp", "code", phone.At(h.now())); p.Gave() != "" || thief.Session() != "" {
		t.Error("what was lost began a session")
	}
	if known, err := h.Store.Devices(context.Background(), ana.ID); err != nil || len(known) != 0 {
		t.Errorf("%d browsers are known, %v", len(known), err)
	}
}

// unread is a store that cannot read one account.
type unread struct {
	provider.Store

	account provider.AccountID
}

func (s *unread) Account(ctx context.Context, id provider.AccountID) (provider.Account, error) {
	if id == s.account {
		return provider.Account{}, provider.ErrUnavailable
	}
	return s.Store.Account(ctx, id)
}

// TestWait_OneNoticeFails: of a recovery that nobody can be told of, all others do not suffer.
func TestWait_OneNoticeFails(t *testing.T) {
	t.Parallel()
	store := &unread{}
	h := newHouse(t, func(c *server.Config) { store.Store = c.Store; c.Store = store })
	a := h.App("records", twoStep)
	var first provider.AccountID
	for _, name := range []string{"ana", "bea"} {
		person, _ := h.Apped(name)
		b := h.Browser()
		a.waits(b, name)
		b.Fill("/wait").Shows(t, 200, "Your wait has begun")
		if first == "" {
			first = person.ID
		}
		h.Passes(time.Minute)
	}
	h.Mail()
	h.Passes(37 * time.Hour)
	store.account = first
	if err := h.House.Housekeep(context.Background(), h.now()); err == nil {
		t.Error("nobody hears of it")
	}
	if got := h.waitTold(); !slices.Equal(got, []string{"email reminder", "text reminder"}) {
		t.Errorf("the other is told %v", got)
	}
}
