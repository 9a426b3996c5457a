package postgres

import (
	"context"
	"testing"
	"time"

	"gatehouse/provider"
)

// TestOneJanitor: while one replica sweeps, the others find nothing to do, and do not wait for it.
func TestOneJanitor(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	furnish(t, s, 3)
	if _, err := s.BeginCeremony(t.Context(), provider.Ceremony{Deadline: noon()}); err != nil {
		t.Fatal(err)
	}
	later := noon().Add(1000 * time.Hour)
	tx, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	var mine bool
	if err := tx.QueryRow(t.Context(), turn[:len(turn)-1]+` SELECT mine FROM turn`).Scan(&mine); err != nil || !mine {
		t.Fatal(mine, err)
	}
	if n, err := s.Sweep(t.Context(), later, 100, time.Hour); n != 0 || err != nil {
		t.Fatalf("swept %d while another one sweeps: %v", n, err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sweep(t.Context(), later, 100, time.Hour); err != nil {
		t.Fatal(err)
	}
	counts, err := s.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"ceremonies", "marks", "grants", "sessions", "events"} {
		if counts[table] != 0 {
			t.Errorf("%d %s are left", counts[table], table)
		}
	}
}

// TestLiveGrantsHoldUpNoJanitor: a batch of grants that live on is looked at once, and what is behind it goes all the same.
func TestLiveGrantsHoldUpNoJanitor(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	people := furnish(t, s, 12)
	e := provider.Event{At: noon(), Kind: "code.redeemed"}
	for _, p := range people[:10] {
		if err := s.RedeemCode(t.Context(), p.grant.ID, noon(), e); err != nil {
			t.Fatal(err)
		}
	}
	execute(t, s, `UPDATE grants SET sweep_at = sweep_at - 1, expires_at = $1 WHERE code_used_at IS NOT NULL`, micros(noon().Add(1000*time.Hour)))
	execute(t, s, `UPDATE sessions SET ends_at = $1`, micros(noon().Add(1000*time.Hour)))
	for range 3 {
		if _, err := s.Sweep(t.Context(), noon().Add(25*time.Hour), 4, 0); err != nil {
			t.Fatal(err)
		}
	}
	counts, err := s.Rows(t.Context())
	if err != nil || counts["grants"] != 10 {
		t.Fatal(counts, err)
	}
	var waiting int
	if err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM grants WHERE sweep_at <= $1`, micros(noon().Add(25*time.Hour))).Scan(&waiting); err != nil || waiting != 0 {
		t.Fatalf("%d live grants are looked at again and again: %v", waiting, err)
	}
}
