package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/migrate"
)

// migrateURL tells a second process of this test which database to migrate.
const migrateURL = "GATEHOUSE_TEST_MIGRATE_URL"

// TestMigrator is the second process.
func TestMigrator(t *testing.T) {
	url := os.Getenv(migrateURL)
	if url == "" {
		t.Skip("only runs as the second process of other tests")
	}
	applied, err := Migrate(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("applied", len(applied))
}

// TestMigrateAtOnce: processes of one installation may migrate together. One of them applies each migration.
func TestMigrateAtOnce(t *testing.T) {
	url := newDatabase(t, running(t))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	outputs := make([]string, 3)
	for i := range outputs {
		all.Go(func() {
			other := exec.CommandContext(t.Context(), self, "-test.run=^TestMigrator$", "-test.v")
			other.Env = append(os.Environ(), migrateURL+"="+url)
			out, err := other.CombinedOutput()
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
			outputs[i] = string(out)
		})
	}
	all.Wait()
	list, err := Migrations(t.Context(), url)
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	if n := strings.Count(strings.Join(outputs, ""), fmt.Sprint("applied ", len(list))); n != 1 {
		t.Errorf("%d processes applied everything, want 1", n)
	}
	s := openURL(t, url, newKeyset(t))
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestOpenRefusesAnotherSchema: an older one names the command that helps, a newer one is left alone.
func TestOpenRefusesAnotherSchema(t *testing.T) {
	url := newDatabase(t, running(t))
	_, err := Open(t.Context(), url, newKeyset(t))
	if !errors.Is(err, migrate.ErrOlder) || !strings.Contains(err.Error(), "gatehouse migrate") {
		t.Fatalf("an empty database: got %v", err)
	}
	s := openMigrated(t, url, newKeyset(t))
	execute(t, s, `INSERT INTO schema_version (version_id, is_applied) VALUES (9999, true)`)
	older, err := Open(t.Context(), url, newKeyset(t))
	if err != nil {
		t.Fatalf("a newer schema that serves this program: got %v", err)
	}
	if err := older.Close(); err != nil {
		t.Error(err)
	}
	execute(t, s, `UPDATE schema_serves SET oldest = 9999`)
	if _, err = Open(t.Context(), url, newKeyset(t)); !errors.Is(err, migrate.ErrNewer) {
		t.Fatalf("a newer database: got %v", err)
	}
	if _, err = Migrate(t.Context(), url); !errors.Is(err, migrate.ErrNewer) {
		t.Fatalf("migrating a newer database: got %v", err)
	}
}

// TestRefreshStaysOnItsPage: redeeming a code and a hundred refreshes write to no index and make the table no bigger.
func TestRefreshStaysOnItsPage(t *testing.T) {
	s := openMigrated(t, newDatabase(t, running(t)), newKeyset(t))
	g := furnish(t, s, 1)[0].grant
	e := provider.Event{At: g.CreatedAt, Kind: "code.redeemed"}
	if err := s.RedeemCode(t.Context(), g.ID, g.CreatedAt, e); err != nil {
		t.Fatal(err)
	}
	for from := range int64(1000) {
		if err := s.AdvanceGrant(t.Context(), g.ID, from, g.CreatedAt); err != nil {
			t.Fatal(err)
		}
	}
	var all, hot, pages int64
	for began := time.Now(); all < 1001 && time.Since(began) < 10*time.Second; { // statistics come late
		const query = `SELECT n_tup_upd, n_tup_hot_upd, pg_relation_size('grants') / 8192 FROM pg_stat_user_tables WHERE relname = 'grants'`
		if err := s.pool.QueryRow(t.Context(), query).Scan(&all, &hot, &pages); err != nil {
			t.Fatal(err)
		}
	}
	if all < 1001 || hot*100 < all*95 || pages > 2 {
		t.Errorf("%d updates, %d of them in place, %d pages", all, hot, pages)
	}
}

// TestKeptPerSignIn measures what a sign-in with a code flow leaves, in bytes of tables and indexes: a session and a grant
// for as long as they live and a week, and beside them the audit trail. Marks and ceremonies last an hour and are not counted.
func TestKeptPerSignIn(t *testing.T) {
	s := openMigrated(t, newDatabase(t, running(t)), newKeyset(t))
	furnish(t, s, 10)
	size := func(tables ...string) (bytes int64) {
		t.Helper()
		for _, table := range tables {
			var n int64
			if err := s.pool.QueryRow(t.Context(), `SELECT pg_total_relation_size($1)`, table).Scan(&n); err != nil {
				t.Fatal(err)
			}
			bytes += n
		}
		return bytes
	}
	people := furnish(t, s, 10)
	before, beforeEvents := size("sessions", "grants"), size("events")
	const each = 200
	for range each {
		for _, p := range people {
			signIn(t, s, p)
		}
	}
	kept := (size("sessions", "grants") - before) / (each * int64(len(people)))
	events := (size("events") - beforeEvents) / (each * int64(len(people)))
	t.Logf("%d bytes of session and grant, %d bytes of audit trail per sign-in", kept, events)
	if kept >= 1000 {
		t.Errorf("%d bytes are kept per sign-in", kept)
	}
}
