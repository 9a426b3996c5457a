package postgres

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/storage/storagetest/servers"
)

// TestTLS: the database is spoken to over TLS where the URL asks for it, and with verify-full only if its certificate is by the
// authority named there, and for its name.
func TestTLS(t *testing.T) {
	p, err := servers.StartPostgres()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	made, err := servers.NewCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	other, err := servers.NewCertificate(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Secure(t.Context(), made.Certificate, made.Key); err != nil {
		t.Fatal(err)
	}
	named := func(authority string) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(file, []byte(authority), 0o600); err != nil {
			t.Fatal(err)
		}
		return "&sslrootcert=" + file
	}
	plain := strings.TrimSuffix(p.URL("postgres"), "disable")
	for _, c := range []struct {
		name, url string
		tls, open bool
	}{
		{"disable", plain + "disable", false, true},
		{"require", plain + "require", true, true},
		{"verify-full", plain + "verify-full" + named(made.Authority), true, true},
		{"verify-full by another authority", plain + "verify-full" + named(other.Authority), true, false},
		{"verify-full by the machine's authorities", plain + "verify-full", true, false},
		{"verify-full of another name", strings.Replace(plain, "127.0.0.1", "localhost", 1) + "verify-full" + named(made.Authority), true, false},
		{"verify-ca of another name", strings.Replace(plain, "127.0.0.1", "localhost", 1) + "verify-ca" + named(made.Authority), true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Migrate(t.Context(), c.url)
			if (err == nil) != c.open {
				t.Fatalf("migrated: %v", err)
			}
			_, err = Examine(t.Context(), c.url)
			if (err == nil) != c.open {
				t.Fatalf("examined: %v", err)
			}
			if !c.open {
				if _, err := Open(t.Context(), c.url, newKeyset(t)); err == nil || strings.Contains(err.Error(), p.Password()) {
					t.Fatal(err)
				}
				return
			}
			s := openURL(t, c.url, newKeyset(t))
			var tls bool
			if err := s.pool.QueryRow(t.Context(), `SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`).Scan(&tls); err != nil || tls != c.tls {
				t.Fatal(tls, err)
			}
		})
	}
}
