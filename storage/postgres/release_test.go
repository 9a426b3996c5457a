package postgres

import (
	"testing"

	"gatehouse/storage/storagetest"
)

// TestRelease0001: a database of the first release is migrated and read as a whole, while it is in use.
func TestRelease0001(t *testing.T) {
	keyset, p := storagetest.ReleaseKeyset(t), running(t)
	makeDatabase(t, "release_made")
	makeDatabase(t, "release_kept")
	text := storagetest.Release(t, "release-0001", "postgres.sql", func() []byte {
		storagetest.Furnish(t, openMigrated(t, p.URL("release_made"), keyset))
		text, err := p.Dump("release_made")
		if err != nil {
			t.Fatal(err)
		}
		return text
	})
	if err := p.Restore(text, "release_kept"); err != nil {
		t.Fatal(err)
	}
	before := openMigrated(t, p.URL("release_kept"), keyset)
	if _, err := Migrate(t.Context(), p.URL("release_kept")); err != nil { // again, under an open store
		t.Fatal(err)
	}
	storagetest.WantFurnished(t, before)
}

func makeDatabase(t *testing.T, name string) {
	t.Helper()
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name} {
		if err := running(t).Exec(t.Context(), "postgres", statement); err != nil {
			t.Fatal(err)
		}
	}
}
