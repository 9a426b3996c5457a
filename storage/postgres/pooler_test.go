package postgres

import (
	"errors"
	"strings"
	"testing"

	"gatehouse/provider"
	"gatehouse/storage/storagetest"
	"gatehouse/storage/storagetest/servers"
)

// TestContractThroughPgbouncer runs the whole contract through a pgbouncer in transaction mode with two connections: what
// one statement leaves in a session, the next one of somebody else would trip over.
func TestContractThroughPgbouncer(t *testing.T) {
	b, err := servers.StartBouncer(running(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	storagetest.Run(t, storagetest.Harness{
		Open: func(t *testing.T) provider.Store {
			direct := openEmpty(t, newKeyset(t))
			if err := direct.Close(); err != nil {
				t.Fatal(err)
			}
			return openURL(t, b.URL("postgres"), newKeyset(t))
		},
		Reopen: func(t *testing.T, s provider.Store) provider.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return openURL(t, b.URL("postgres"), s.(*Store).sealer)
		},
		Beside: func(t *testing.T, s provider.Store) provider.Store {
			return openURL(t, b.URL("postgres"), s.(*Store).sealer)
		},
	})
}

// TestMigrateNotThroughPgbouncer: the lock would stay with a connection that is anybody's.
func TestMigrateNotThroughPgbouncer(t *testing.T) {
	_, err := Migrate(t.Context(), running(t).URL("postgres")+"&pgbouncer=1")
	if !errors.Is(err, errPooled) {
		t.Fatal(err)
	}
	if list, err := Migrations(t.Context(), running(t).URL("postgres")+"&pgbouncer=1"); err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
}

// TestNoPassword: no error holds what stood in the URL.
func TestNoPassword(t *testing.T) {
	p := running(t)
	good := p.URL("postgres")
	urls := []string{
		"postgres://joe:hunter2@127.0.0.1:1/x", "postgres://joe:hunter2@127.0.0.1:port/x", "postgres://joe:hun%zzter2@h/x?hunter2",
		"postgres://joe:pa/hunter2@h/x", "postgres://joe:hunter2@h/x?pgbouncer=hunter2", "postgres://joe:hunter2@h/x?pool_max_conns=hunter2",
		"postgres://joe:hunter2@h/x?sslmode=hunter2", "postgres://joe:hunter2 @h/x?%zz", "postgres://%hunter2",
		strings.Replace(good, p.Password(), "hunter23", 1), strings.Replace(good, "postgres?", "nothing?", 1),
	}
	for _, url := range urls {
		_, openErr := Open(t.Context(), url, newKeyset(t))
		_, migrateErr := Migrate(t.Context(), url)
		_, listErr := Migrations(t.Context(), url)
		for _, err := range []error{openErr, migrateErr, listErr} {
			if err == nil || strings.Contains(err.Error(), "hunter") || strings.Contains(err.Error(), "zzter") {
				t.Errorf("%s: %v", url, err)
			}
		}
	}
}

// TestLimits: what the URL says about a limit holds, and through pgbouncer none is sent.
func TestLimits(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://a/b":                              "2500",
		"postgres://a/b?statement_timeout=7":          "7",
		"postgres://a/b?pgbouncer=1":                  "",
		"postgres://a,c:1/b?target_session_attrs=any": "2500",
	} {
		c, err := configure(url)
		if err != nil {
			t.Fatal(url, err)
		}
		if got := c.ConnConfig.RuntimeParams["statement_timeout"]; got != want || c.MaxConns != fewest {
			t.Errorf("%s: %q, %d connections", url, got, c.MaxConns)
		}
	}
}
