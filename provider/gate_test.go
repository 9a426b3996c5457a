package provider_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	. "gatehouse/provider"
)

// quarter is the house's idle clock.
const quarter = 15 * time.Minute

// shape is a Standing through which everything may pass, of one of the sorts that come before the gate.
type shape struct {
	name     string
	standing func() Standing
}

func shapes() []shape {
	return []shape{
		{"machine", machine},
		{"resumed authorization", resumed},
		{"grant of a session", granted},
		{"grant of a session, our own app", func() Standing {
			s := granted()
			s.Client.FirstParty, s.Consent = true, nil
			return s
		}},
		{"grant of a session, an app that reports", func() Standing {
			s := granted()
			s.Client.ReportsActivity = true
			return s
		}},
		{"offline grant of an app that reports", func() Standing {
			s := granted()
			s.Client.ReportsActivity, s.Grant.Offline = true, true
			return s
		}},
		{"offline grant, signed in", func() Standing {
			s := granted()
			s.Grant.Offline = true
			return s
		}},
		{"offline grant, signed out", func() Standing {
			s := granted()
			s.Grant.Offline, s.Session = true, nil
			return s
		}},
		{"offline grant whose code is not redeemed", func() Standing {
			s := granted()
			s.Grant.Offline, s.Grant.CodeExpiresAt = true, noon().Add(time.Minute)
			return s
		}},
	}
}

func machine() Standing { return Standing{Client: &Client{ID: "lab"}} }

func resumed() Standing {
	return Standing{
		Client:  &Client{ID: "app"},
		Account: &Account{ID: "patient", Status: Active},
		Session: &Session{ID: "sid", Account: "patient", SeenAt: noon(), EndsAt: noon().Add(time.Hour)},
	}
}

func granted() Standing {
	s := resumed()
	s.Grant = &Grant{ID: "grant", Account: "patient", Client: "app", Session: "sid", Scopes: []string{"openid", "records"}, ExpiresAt: noon().Add(time.Hour)}
	s.Consent = &Consent{Account: "patient", Client: "app", Scopes: []string{"records", "openid"}, ExpiresAt: noon().Add(time.Hour)}
	return s
}

// unredeemed: such a grant is a promise of the session that asked, and no more.
func unredeemed(g Grant) bool { return !g.CodeExpiresAt.IsZero() && g.CodeUsedAt.IsZero() }

// blow is one thing that goes wrong, and what the gate says of it where it matters.
type blow struct {
	name   string
	shut   Shut
	strike func(*Standing) bool // false: the standing has no such part
}

func blows() []blow {
	status := func(to AccountStatus) func(*Standing) bool {
		return func(s *Standing) bool {
			if s.Account != nil {
				s.Account.Status = to
			}
			return s.Account != nil
		}
	}
	session := func(end func(*Session)) func(*Standing) bool {
		return func(s *Standing) bool {
			if s.Session != nil {
				end(s.Session)
			}
			return s.Session != nil && (s.Grant == nil || !s.Grant.Offline || unredeemed(*s.Grant))
		}
	}
	grant := func(end func(*Grant)) func(*Standing) bool {
		return func(s *Standing) bool {
			if s.Grant != nil {
				end(s.Grant)
			}
			return s.Grant != nil
		}
	}
	consent := func(end func(*Standing)) func(*Standing) bool {
		return func(s *Standing) bool {
			end(s)
			return s.Grant != nil && !s.Client.FirstParty
		}
	}
	return []blow{ // in the order in which the gate looks
		{"client disabled", ShutClient, func(s *Standing) bool { s.Client.DisabledAt = noon(); return true }},
		{"client gone", ShutClient, func(s *Standing) bool { s.Client = nil; return true }},
		{"token revoked", ShutToken, func(s *Standing) bool { s.Revoked = true; return true }},
		{"account gone", ShutGrant, func(s *Standing) bool {
			s.Account = nil
			return s.Grant != nil || s.Session != nil
		}},
		{"locked by staff", ShutLocked, status(Locked)},
		{"paused", ShutPaused, status(Paused)},
		{"closed", ShutClosed, status(Closed)},
		{"in no known state", ShutClosed, status("")},
		{"change owed", ShutChange, func(s *Standing) bool { s.ChangeOwed = "leaked"; return s.Account != nil }},
		{"grant revoked", ShutGrant, grant(func(g *Grant) { g.RevokedAt = noon().Add(-time.Hour) })},
		{"grant over", ShutGrant, grant(func(g *Grant) { g.ExpiresAt = noon() })},
		{"grant without an end", ShutGrant, grant(func(g *Grant) { g.ExpiresAt = time.Time{} })},
		{"consent withdrawn", ShutConsent, consent(func(s *Standing) { s.Consent = nil })},
		{"consent over", ShutConsent, consent(func(s *Standing) {
			if s.Consent != nil {
				s.Consent.ExpiresAt = noon()
			}
		})},
		{"consent to less", ShutConsent, consent(func(s *Standing) {
			if s.Consent != nil {
				s.Consent.Scopes = []string{"openid"}
			}
		})},
		{"session ended", ShutSession, session(func(s *Session) { s.EndedAt = noon() })},
		{"session over", ShutSession, session(func(s *Session) { s.EndsAt = noon() })},
		{"session without an end", ShutSession, session(func(s *Session) { s.EndsAt = time.Time{} })},
		{"session gone", ShutSession, func(s *Standing) bool {
			s.Session = nil
			return s.Account != nil && (s.Grant == nil || !s.Grant.Offline || unredeemed(*s.Grant))
		}},
		{"session idle", ShutIdle, func(s *Standing) bool {
			if s.Session == nil {
				return false
			}
			s.Session.SeenAt = noon().Add(-quarter)
			return s.Client.ReportsActivity && !s.Grant.Offline
		}},
	}
}

// TestGateMatrix strikes every shape with every blow, alone and two at a time: the gate is shut by the first that
// matters, and open where none does.
func TestGateMatrix(t *testing.T) {
	shut := map[error]bool{}
	for _, shape := range shapes() {
		if err := Gate(shape.standing(), quarter, noon()); err != nil {
			t.Errorf("%s: %v", shape.name, err)
		}
		for i, first := range blows() {
			s := shape.standing()
			var want error
			if first.strike(&s) {
				want = first.shut
			}
			if got := Gate(s, quarter, noon()); !errors.Is(got, want) {
				t.Errorf("%s, %s: got %v, want %v", shape.name, first.name, got, want)
			}
			shut[want] = true
			for _, second := range blows()[i+1:] {
				s := shape.standing()
				a := first.strike(&s)
				if s.Client == nil {
					continue // nothing left to strike
				}
				b := second.strike(&s)
				if s.Account == nil && s.Session == nil && s.Grant == nil {
					continue // the same as a machine: whoever resumes an authorization has its session in hand
				}
				if got := Gate(s, quarter, noon()); (got != nil) != (a || b) {
					t.Errorf("%s, %s and %s: %v", shape.name, first.name, second.name, got)
				}
			}
		}
	}
	for _, s := range []Shut{ShutClient, ShutLocked, ShutPaused, ShutClosed, ShutChange, ShutSession, ShutIdle, ShutConsent, ShutGrant, ShutToken} {
		if !shut[s] {
			t.Errorf("%v was never seen", s)
		}
	}
}

// TestGateFailsClosed takes parts away in all combinations: only the machine, the resumed authorization and a whole
// grant pass.
func TestGateFailsClosed(t *testing.T) {
	parts := []func(*Standing){
		func(s *Standing) { s.Client = nil },
		func(s *Standing) { s.Account = nil },
		func(s *Standing) { s.Session = nil },
		func(s *Standing) { s.Grant = nil },
		func(s *Standing) { s.Consent = nil },
	}
	// By bits of what is missing: client 1, account 2, session 4, grant 8, consent 16.
	pass := []int{0, 8, 8 | 16, 2 | 4 | 8, 2 | 4 | 8 | 16}
	for missing := range 1 << len(parts) {
		s := granted()
		for i, take := range parts {
			if missing&(1<<i) != 0 {
				take(&s)
			}
		}
		if got := Gate(s, quarter, noon()) == nil; got != slices.Contains(pass, missing) {
			t.Errorf("without %05b: passes %v", missing, got)
		}
	}
	if err := Gate(Standing{}, quarter, noon()); !errors.Is(err, ShutClient) {
		t.Errorf("nothing at all: %v", err)
	}
}

// TestGateToTheInstant: an end is the first moment at which it is over.
func TestGateToTheInstant(t *testing.T) {
	end := noon().Add(time.Hour)
	if err := Gate(granted(), quarter, end.Add(-time.Nanosecond)); err != nil {
		t.Errorf("just before: %v", err)
	}
	if err := Gate(granted(), quarter, end); !errors.Is(err, ShutGrant) {
		t.Errorf("at the end: %v", err)
	}
	if err := Gate(resumed(), quarter, noon().Add(quarter)); err != nil {
		t.Errorf("a session that nobody reports on: %v", err)
	}
	reports := granted()
	reports.Client.ReportsActivity = true
	if err := Gate(reports, quarter, noon().Add(quarter-time.Nanosecond)); err != nil {
		t.Errorf("just before it is idle: %v", err)
	}
	if err := Gate(reports, quarter, noon().Add(quarter)); !errors.Is(err, ShutIdle) {
		t.Errorf("idle: %v", err)
	}
	if err := Gate(resumed(), quarter, end); !errors.Is(err, ShutSession) {
		t.Errorf("at the end of the session: %v", err)
	}
}

// TestGateSaysWhy: every reason is an error with a text of its own.
func TestGateSaysWhy(t *testing.T) {
	if got := ShutPaused.Error(); got != "gate shut: account paused" {
		t.Errorf("got %q", got)
	}
}
