package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"gatehouse/provider"
)

// enrolled is somebody of the house who may sign in.
func enrolled(t *testing.T, s *Store, role provider.Role) provider.Staff {
	t.Helper()
	st := provider.Staff{ID: provider.StaffID(provider.NewID()), Email: provider.NewID() + "@clinic.example", Role: role, CreatedAt: noon()}
	if err := s.AddStaff(t.Context(), st, provider.Event{At: noon(), Kind: "staff.added"}); err != nil {
		t.Fatal(err)
	}
	return st
}

// TestStaffWhoWaited: who signs in at the console or opens a case, and waits for whoever disables them or has them enroll anew, gets nothing.
func TestStaffWhoWaited(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	st := enrolled(t, s, provider.Agent)
	for name, held := range map[string]string{
		"disabled":          `UPDATE staff SET disabled_at = 1, rev = rev + 1`,
		"to enroll anew":    `UPDATE staff SET enroll_hash = 'x', rev = rev + 1`,
		"deleted, as never": `DELETE FROM staff`,
	} {
		execute(t, s, `DELETE FROM staff_sessions`)
		execute(t, s, `DELETE FROM staff`)
		st = enrolled(t, s, provider.Agent)
		session := provider.StaffSession{ID: provider.NewID(), SecretHash: provider.HashSecret("s"), Staff: st.ID, SeenAt: noon(), EndsAt: noon().Add(time.Hour)}
		err := whileHeld(t, s, held, func(ctx context.Context) error {
			return s.BeginStaffSession(ctx, session, provider.Event{At: noon(), Kind: "staff.signed_in"})
		})
		if !errors.Is(err, provider.ErrStale) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.StaffSession(t.Context(), session.SecretHash); !errors.Is(err, provider.ErrNotFound) {
			t.Errorf("%s: the session: %v", name, err)
		}
	}
	execute(t, s, `DELETE FROM staff`)
	st = enrolled(t, s, provider.Agent)
	err := whileHeld(t, s, `UPDATE staff SET disabled_at = 1, rev = rev + 1`, func(ctx context.Context) error {
		return s.OpenCase(ctx, provider.Case{ID: provider.NewID(), Staff: st.ID, OpenedAt: noon()}, provider.Event{At: noon(), Kind: "case.opened"})
	})
	if !errors.Is(err, provider.ErrStale) {
		t.Errorf("a case: %v", err)
	}
}

// TestDisablingThatWaited: who disables somebody, and waits for them to sign in, ends that session too.
func TestDisablingThatWaited(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	st := enrolled(t, s, provider.Agent)
	st, err := s.StaffOf(t.Context(), st.ID)
	if err != nil {
		t.Fatal(err)
	}
	begins := `
		WITH who AS MATERIALIZED (SELECT id FROM staff FOR SHARE)
		INSERT INTO staff_sessions (id, secret_hash, staff, created_at, seen_at, proven_at, ends_at)
		SELECT 'late', 'secret', id, 1, 1, 1, 9999999999999999 FROM who`
	st.DisabledAt = noon()
	err = whileHeld(t, s, begins, func(ctx context.Context) error {
		return s.UpdateStaff(ctx, st, provider.Event{At: noon(), Kind: "staff.disabled"})
	})
	if err != nil {
		t.Fatal(err)
	}
	late, err := s.StaffSession(t.Context(), []byte("secret"))
	if err != nil || !late.EndedAt.Equal(noon()) {
		t.Errorf("%+v, %v", late, err)
	}
}

// TestSecondPersonWhoWaited: who approves, and waits for whoever disables them, makes an agent of them, or decides before, has approved nothing.
func TestSecondPersonWhoWaited(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	for name, held := range map[string]string{
		"disabled":       `UPDATE staff SET disabled_at = 1, rev = rev + 1 WHERE role = 'supervisor'`,
		"an agent now":   `UPDATE staff SET role = 'agent', rev = rev + 1 WHERE role = 'supervisor'`,
		"decided before": `UPDATE approvals SET decided_at = 1, decided_by = 'other', rev = rev + 1`,
	} {
		empty(t, s)
		asking, second := enrolled(t, s, provider.Agent), enrolled(t, s, provider.Supervisor)
		c := provider.Case{ID: provider.NewID(), Staff: asking.ID, Account: "ada", OpenedAt: noon()}
		a := provider.Approval{ID: provider.NewID(), Case: c.ID, Staff: asking.ID, Account: "ada", AskedAt: noon(), ExpiresAt: noon().Add(time.Hour)}
		e := provider.Event{At: noon(), Kind: "case.opened"}
		if err := errors.Join(s.OpenCase(t.Context(), c, e), s.AskApproval(t.Context(), a, e)); err != nil {
			t.Fatal(err)
		}
		err := whileHeld(t, s, held, func(ctx context.Context) error {
			return s.DecideApproval(ctx, a.ID, second.ID, false, noon(), provider.Event{At: noon(), Kind: "approval.decided"})
		})
		if !errors.Is(err, provider.ErrUsed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
