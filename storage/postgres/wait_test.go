package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"gatehouse/provider"
)

// whileHeld has somebody hold rows by a statement that is not committed, begins to do, waits until that waits for them, and commits.
// It answers what became of it: what is decided after a wait must be decided by what the wait has brought.
func whileHeld(t *testing.T, s *Store, held string, do func(context.Context) error) error {
	t.Helper()
	tx, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }() // where it is not committed: the store waits for it when it closes
	if _, err := tx.Exec(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	outcome := make(chan error, 1)
	go func() { outcome <- do(t.Context()) }()
	const waits = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
	for waiting := 0; waiting == 0 && len(outcome) == 0; {
		if err := s.pool.QueryRow(t.Context(), waits).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if len(outcome) > 0 {
		t.Error("it waited for nothing")
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	return <-outcome
}

// TestSignInThatWaited: who signs in, and waits for whoever takes away what was shown or shuts the account, gets no session of it.
func TestSignInThatWaited(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	for name, held := range map[string]string{
		"its password is replaced":  `UPDATE authenticators SET created_at = created_at + 1, rev = rev + 1`,
		"it is of another kind now": `UPDATE authenticators SET kind = 'totp', rev = rev + 1`,
		"it is removed":             `DELETE FROM authenticators`,
		"its account is locked":     `UPDATE accounts SET status = 'locked', rev = rev + 1`,
	} {
		empty(t, s)
		p := furnish(t, s, 1)[0]
		again := p.session
		again.ID, again.SecretHash = provider.NewID(), provider.HashSecret(provider.NewSecret())
		done := provider.Completion{Ceremony: provider.NewID(), Until: noon().Add(time.Hour), Session: again, Proofs: p.shown(), At: noon()}
		err := whileHeld(t, s, held, func(ctx context.Context) error {
			return s.CompleteCeremony(ctx, done, provider.Event{At: noon(), Kind: "session.began"})
		})
		if !errors.Is(err, provider.ErrStale) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Session(t.Context(), again.ID); !errors.Is(err, provider.ErrNotFound) {
			t.Errorf("%s: its session: %v", name, err)
		}
	}
}
