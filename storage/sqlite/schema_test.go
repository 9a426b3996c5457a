package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/migrate"
)

// TestMigrateIsIdempotent: from an empty file up, and then nothing more.
func TestMigrateIsIdempotent(t *testing.T) {
	file := filepath.Join(t.TempDir(), fileName)
	first, err := Migrate(t.Context(), file)
	if err != nil || len(first) == 0 {
		t.Fatal(first, err)
	}
	second, err := Migrate(t.Context(), file)
	if err != nil || len(second) != 0 {
		t.Fatal(second, err)
	}
	list, err := Migrations(t.Context(), file)
	if err != nil || len(list) != len(first) {
		t.Fatal(list, err)
	}
	for _, m := range list {
		if !m.Applied {
			t.Errorf("%s is not applied", m.Name)
		}
	}
}

// TestMigrateAtOnce: several processes of one installation may start together.
func TestMigrateAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), fileName)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := Migrate(t.Context(), file); err != nil {
				t.Error(err)
				return
			}
			s, err := Open(t.Context(), file, newKeyset(t))
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s := openAt(t, file, newKeyset(t))
	wantSound(t, s)
}

// TestOpenRefusesAnotherSchema: an older one names the command that helps, a newer one is left alone.
func TestOpenRefusesAnotherSchema(t *testing.T) {
	file := filepath.Join(t.TempDir(), fileName)
	_, err := Open(t.Context(), file, newKeyset(t))
	if !errors.Is(err, migrate.ErrOlder) || !strings.Contains(err.Error(), "gatehouse migrate") {
		t.Fatalf("an empty file: got %v", err)
	}
	s := openAt(t, file, newKeyset(t))
	meddle(t, s, `INSERT INTO schema_version (version_id, is_applied) VALUES (9999, 1)`)
	older, err := Open(t.Context(), file, newKeyset(t))
	if err != nil {
		t.Fatalf("a newer schema that serves this program: got %v", err)
	}
	if err := older.Close(); err != nil {
		t.Error(err)
	}
	meddle(t, s, `UPDATE schema_serves SET oldest = 9999`)
	_, err = Open(t.Context(), file, newKeyset(t))
	if !errors.Is(err, migrate.ErrNewer) {
		t.Fatalf("a newer file: got %v", err)
	}
	_, err = Migrate(t.Context(), file)
	if !errors.Is(err, migrate.ErrNewer) {
		t.Fatalf("migrating a newer file: got %v", err)
	}
}

// TestMigrationsGoForwardOnly: there is no way back in any file.
func TestMigrationsGoForwardOnly(t *testing.T) {
	seen := 0
	err := fs.WalkDir(os.DirFS("../migrate"), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".sql" {
			return err
		}
		seen++
		text, err := os.ReadFile(filepath.Join("../migrate", path))
		if strings.Contains(strings.ToLower(string(text)), "goose down") {
			t.Errorf("%s goes back", path)
		}
		return err
	})
	if err != nil || seen == 0 {
		t.Fatal(seen, err)
	}
}

// TestNotADatabase: a file that is something else is refused and left alone.
func TestNotADatabase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "letter.txt")
	letter := strings.Repeat("Dear patient, ", 200)
	if err := os.WriteFile(file, []byte(letter), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), file, newKeyset(t)); err == nil {
		t.Fatal("a letter was opened as a database")
	}
	if kept, err := os.ReadFile(file); err != nil || string(kept) != letter {
		t.Fatal("the letter was changed", err)
	}
}

// TestFullDisk: a full disk is said clearly, undoes the act as a whole, harms nothing, and is over when there is room.
func TestFullDisk(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), fileName), newKeyset(t))
	at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	e := provider.Event{At: at, Kind: "account.created"}
	var pages int
	if err := s.reader.db.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit(t, s, pages+10)
	var err error
	created := 0
	for ; err == nil && created < 1000; created++ {
		err = s.CreateAccount(t.Context(), provider.Account{ID: provider.AccountID(provider.NewID()), Profile: provider.Profile{Name: strings.Repeat("x", 3000)}}, nil, e)
	}
	if !errors.Is(err, provider.ErrUnavailable) || !strings.Contains(err.Error(), "disk is full") {
		t.Fatalf("got %v after %d accounts", err, created)
	}
	wantSound(t, s)
	var accounts, events int
	if err := s.reader.db.QueryRow(`SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM events)`).Scan(&accounts, &events); err != nil {
		t.Fatal(err)
	}
	if accounts == 0 || accounts != events || accounts != created-1 {
		t.Fatalf("%d accounts, %d events, %d acknowledged", accounts, events, created-1)
	}
	limit(t, s, 1000)
	if err := s.Record(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

// limit bounds the file by so many pages.
func limit(t *testing.T, s *Store, pages int) {
	t.Helper()
	if _, err := s.writer.conn.ExecContext(t.Context(), "PRAGMA max_page_count = "+strconv.Itoa(pages)); err != nil {
		t.Fatal(err)
	}
}
