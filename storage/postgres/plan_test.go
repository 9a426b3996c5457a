package postgres

import (
	"testing"
	"time"

	"gatehouse/storage/storagetest"
)

// TestEveryStatementHasAnIndex: nothing that is done with codes, budgets, browsers, messages, invitations and recoveries reads a whole table. The
// server is told to read one only where no index serves.
func TestEveryStatementHasAnIndex(t *testing.T) {
	url, keyset := newDatabase(t, running(t)), newKeyset(t)
	watching := openMigrated(t, url, keyset)
	read := func() (scans, searches int64) {
		t.Helper()
		const query = `
			SELECT sum(seq_scan)::bigint, sum(idx_scan)::bigint FROM pg_stat_user_tables
			WHERE relname IN ('challenges', 'budgets', 'lanes', 'devices', 'messages', 'authenticators', 'rates',
				'activations', 'record_links', 'recoveries', 'sessions', 'consents', 'grants', 'events')`
		if err := watching.pool.QueryRow(t.Context(), query).Scan(&scans, &searches); err != nil {
			t.Fatal(err)
		}
		return scans, searches
	}
	before, searched := read()
	for range 2 { // once more with what the first left
		s := openURL(t, url+"&enable_seqscan=off", keyset)
		storagetest.Touch(t, s)
		if err := s.Close(); err != nil { // a connection that ends tells its statistics
			t.Fatal(err)
		}
		execute(t, watching, `DELETE FROM record_links`)
		execute(t, watching, `DELETE FROM identifiers`)
	}
	scans, searches := read()
	for began := time.Now(); searches-searched < 40 && time.Since(began) < 10*time.Second; {
		scans, searches = read()
	}
	if searches-searched < 40 || scans != before {
		t.Errorf("%d tables were read as a whole, beside %d searches", scans-before, searches-searched)
	}
}
