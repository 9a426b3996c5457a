package postgres

import (
	"testing"
	"time"

	"gatehouse/storage/storagetest"
)

// TestEveryStatementHasAnIndex: nothing that is done with codes, budgets, browsers, messages, invitations, recoveries, names, people who
// leave and what applications are told reads a whole table. The server is told to read one only where no index serves.
func TestEveryStatementHasAnIndex(t *testing.T) {
	url, keyset := newDatabase(t, running(t)), newKeyset(t)
	watching := openMigrated(t, url, keyset)
	read := func() (scanned, searched int64) {
		t.Helper()
		const others = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`
		for left, began := 1, time.Now(); left > 0 && time.Since(began) < 10*time.Second; { // a connection that ends tells its statistics
			if err := watching.pool.QueryRow(t.Context(), others).Scan(&left); err != nil {
				t.Fatal(err)
			}
		}
		execute(t, watching, `SELECT pg_stat_force_next_flush()`) // and so does ours
		const query = `
			SELECT sum(seq_scan)::bigint, sum(idx_scan)::bigint FROM pg_stat_user_tables
			WHERE relname IN ('challenges', 'budgets', 'lanes', 'devices', 'messages', 'authenticators', 'rates',
				'activations', 'record_links', 'recoveries', 'sessions', 'consents', 'grants', 'events',
				'usernames_given', 'closings', 'terms_accepted', 'signals',
				'staff', 'staff_keys', 'staff_sessions', 'cases', 'approvals', 'watched', 'reviews', 'refusals', 'api_calls')`
		if err := watching.pool.QueryRow(t.Context(), query).Scan(&scanned, &searched); err != nil {
			t.Fatal(err)
		}
		return scanned, searched
	}
	var scans, searches int64
	for range 2 { // once more with what the first left
		scanned, searched := read()
		s := openURL(t, url+"&enable_seqscan=off", keyset)
		storagetest.Touch(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		nowScanned, nowSearched := read()
		scans, searches = scans+nowScanned-scanned, searches+nowSearched-searched
		execute(t, watching, `TRUNCATE identifiers, usernames_given`)
	}
	if searches < 40 || scans > 0 {
		t.Errorf("%d tables were read as a whole, beside %d searches", scans, searches)
	}
}
