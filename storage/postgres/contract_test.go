package postgres

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/storage/row"
	"gatehouse/storage/storagetest"
	"gatehouse/storage/storagetest/servers"
)

// server is the PostgreSQL of this test, started with the first test that wants it.
var server = sync.OnceValues(servers.StartPostgres)

func TestMain(m *testing.M) {
	code := m.Run()
	if p, err := server(); err == nil {
		p.Stop()
	}
	os.Exit(code)
}

func TestContract(t *testing.T) {
	storagetest.Run(t, storagetest.Harness{
		Open:   func(t *testing.T) provider.Store { return openEmpty(t, newKeyset(t)) },
		Reopen: reopenContract,
		Beside: func(t *testing.T, s provider.Store) provider.Store {
			was := s.(*Store)
			return openURL(t, was.pool.Config().ConnString(), was.sealer)
		},
	})
}

func reopenContract(t *testing.T, s provider.Store) provider.Store {
	was := s.(*Store)
	url := was.pool.Config().ConnString()
	if err := was.Close(); err != nil {
		t.Fatal(err)
	}
	return openURL(t, url, was.sealer)
}

// running is the server, or the end of the test.
func running(t testing.TB) *servers.Postgres {
	t.Helper()
	p, err := server()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newDatabase makes an empty database and answers its URL.
func newDatabase(t testing.TB, p *servers.Postgres) string {
	t.Helper()
	name := fmt.Sprintf("test_%x", provider.NewID())
	if err := p.Exec(t.Context(), "postgres", "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return p.URL(name)
}

// openEmpty opens the shared database after emptying it: a hundred times faster than making one.
func openEmpty(t testing.TB, keyset *keys.Keyset) *Store {
	t.Helper()
	url := running(t).URL("postgres")
	s := openMigrated(t, url, keyset)
	empty(t, s)
	return s
}

func empty(t testing.TB, s *Store) {
	t.Helper()
	tables := []string{"approvals", "reviews", "cases", "staff_sessions", "staff_keys", "staff", "watched", "slow_channels", "record_links", "closings", "terms_accepted", "activations", "recoveries", "ceremonies", "keyring", "links", "chain_cuts", "checkpoints", "events", "marks", "grants", "consents", "clients", "sessions", "authenticators", "identifiers", "accounts",
		"challenges", "budgets", "devices", "messages", "lanes", "rates", "signals", "refusals", "api_calls"}
	var batch pgx.Batch
	for _, table := range tables {
		batch.Queue("DELETE FROM " + table)
	}
	batch.Queue("UPDATE chains SET n = 0, hash = decode(repeat('00', 32), 'hex')")
	if err := s.pool.SendBatch(t.Context(), &batch).Close(); err != nil {
		t.Fatal(err)
	}
}

// openMigrated migrates and opens a database; the store is closed when the test ends.
func openMigrated(t testing.TB, url string, keyset *keys.Keyset) *Store {
	t.Helper()
	if _, err := Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	return openURL(t, url, keyset)
}

func openURL(t testing.TB, url string, sealer row.Sealer) *Store {
	t.Helper()
	store, err := Open(t.Context(), url, sealer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func newKeyset(t testing.TB) *keys.Keyset {
	t.Helper()
	keyset, err := keys.NewKeyset(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return keyset
}

// execute runs SQL behind the store's back and answers how many rows it changed.
func execute(t testing.TB, s *Store, statement string, args ...any) int64 {
	t.Helper()
	tag, err := s.pool.Exec(context.Background(), statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	return tag.RowsAffected()
}
