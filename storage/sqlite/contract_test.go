package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/storage/storagetest"
)

func TestContract(t *testing.T) {
	storagetest.Run(t, storagetest.Harness{Open: openContract, Reopen: reopenContract, Beside: besideContract})
}

func openContract(t *testing.T) provider.Store {
	return openAt(t, filepath.Join(t.TempDir(), fileName), newKeyset(t))
}

func reopenContract(t *testing.T, s provider.Store) provider.Store {
	was := s.(*Store)
	file := fileOf(t, was)
	if err := was.Close(); err != nil {
		t.Fatal(err)
	}
	return openAt(t, file, was.sealer.(*keys.Keyset))
}

func besideContract(t *testing.T, s provider.Store) provider.Store {
	was := s.(*Store)
	return openAt(t, fileOf(t, was), was.sealer.(*keys.Keyset))
}

// openAt migrates and opens a file; the store is closed when the test ends.
func openAt(t testing.TB, file string, keyset *keys.Keyset) *Store {
	t.Helper()
	if _, err := Migrate(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	store, err := Open(t.Context(), file, keyset)
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

// fileOf asks SQLite which file a store has open.
func fileOf(t testing.TB, s *Store) string {
	t.Helper()
	var file string
	if err := s.reader.db.QueryRow(`SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&file); err != nil {
		t.Fatal(err)
	}
	return file
}
