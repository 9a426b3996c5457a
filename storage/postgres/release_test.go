package postgres

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"gatehouse/provider"
	"gatehouse/storage/row"
	"gatehouse/storage/storagetest"
)

// TestRelease0001: a database of the first release is migrated and read as a whole, while it is in use.
func TestRelease0001(t *testing.T) {
	keyset, url := storagetest.ReleaseKeyset(t), restore(t, storagetest.Release(t, "release-0001", "postgres.sql", nil))
	before := openMigrated(t, url, keyset)
	if _, err := Migrate(t.Context(), url); err != nil { // again, under an open store
		t.Fatal(err)
	}
	storagetest.WantFurnished(t, before)
}

// TestRelease0002: and so is one of the second.
func TestRelease0002(t *testing.T) {
	keyset, url := storagetest.ReleaseKeyset(t), restore(t, storagetest.Release(t, "release-0002", "postgres.sql", nil))
	s := openMigrated(t, url, keyset)
	storagetest.WantFurnished(t, s)
	storagetest.WantFactors(t, s)
}

// TestRelease0005: and of the third, whose schema is the fifth.
func TestRelease0005(t *testing.T) {
	keyset, url := storagetest.ReleaseKeyset(t), restore(t, storagetest.Release(t, "release-0005", "postgres.sql", nil))
	s := openMigrated(t, url, keyset)
	storagetest.WantFurnished(t, s)
	storagetest.WantFactors(t, s)
	storagetest.WantLanes(t, s)
}

// TestRelease0006: and of the fourth.
func TestRelease0006(t *testing.T) {
	keyset, url := storagetest.ReleaseKeyset(t), restore(t, storagetest.Release(t, "release-0006", "postgres.sql", nil))
	s := openMigrated(t, url, keyset)
	storagetest.WantFurnished(t, s)
	storagetest.WantFactors(t, s)
	storagetest.WantLanes(t, s)
	storagetest.WantLostFound(t, s)
}

// TestRelease0010: and of the fifth, whose schema is the tenth.
func TestRelease0010(t *testing.T) {
	keyset, p := storagetest.ReleaseKeyset(t), running(t)
	url := restore(t, storagetest.Release(t, "release-0010", "postgres.sql", func() []byte {
		makeDatabase(t, "release_made")
		storagetest.Furnish(t, openMigrated(t, p.URL("release_made"), keyset))
		text, err := p.Dump("release_made")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}))
	s := openMigrated(t, url, keyset)
	storagetest.WantFurnished(t, s)
	storagetest.WantFactors(t, s)
	storagetest.WantLanes(t, s)
	storagetest.WantLostFound(t, s)
	storagetest.WantLeaving(t, s)
}

// TestFirstReleaseServesMeanwhile: replicas of the first release go on adding, changing and reading while the schema is
// migrated and after it, and nothing of what they do fails.
func TestFirstReleaseServesMeanwhile(t *testing.T) {
	const add = `
		INSERT INTO authenticators (id, account, kind, data, failures, change_owed, created_at, used_at, rev)
		VALUES ($1, 'AAAAAAAAAAAAAAAAAAAAAA', 'totp', $2, 0, '', 1, NULL, 1)`
	const change = `UPDATE authenticators SET failures = failures + 1, rev = rev + 1 WHERE id = $1`
	const read = `
		SELECT id, kind, data, failures, change_owed, created_at, used_at, rev
		FROM authenticators WHERE account = 'AAAAAAAAAAAAAAAAAAAAAA' ORDER BY created_at, id LIMIT 1`
	keyset, url := storagetest.ReleaseKeyset(t), restore(t, storagetest.Release(t, "release-0001", "postgres.sql", nil))
	old, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(old.Close)
	serve := func(n int) error {
		app := provider.Authenticator{ID: fmt.Sprint("app ", n), Account: "AAAAAAAAAAAAAAAAAAAAAA", Kind: provider.TOTP, Data: []byte("seed")}
		data, err := row.SealData(keyset, app)
		if err != nil {
			return err
		}
		_, addErr := old.Exec(t.Context(), add, app.ID, data)
		_, changeErr := old.Exec(t.Context(), change, app.ID)
		rows, readErr := old.Query(t.Context(), read)
		if readErr == nil {
			rows.Close()
			readErr = rows.Err()
		}
		return errors.Join(addErr, changeErr, readErr)
	}
	served, migrated := 0, make(chan struct{})
	done := make(chan error, 1)
	begun := make(chan struct{})
	go func() {
		for after := 0; after < 20; served++ {
			if err := serve(served); err != nil {
				done <- err
				return
			}
			if served == 5 {
				close(begun)
			}
			select {
			case <-migrated:
				after++
			default:
			}
		}
		done <- nil
	}()
	select {
	case <-begun:
	case err := <-done:
		t.Fatal(err)
	}
	if applied, err := Migrate(t.Context(), url); err != nil || len(applied) == 0 {
		t.Fatal(applied, err)
	}
	close(migrated)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	held, err := openURL(t, url, keyset).Authenticators(t.Context(), "AAAAAAAAAAAAAAAAAAAAAA")
	if err != nil || len(held) != served+1 || held[0].Failures != 1 || held[0].Step != 0 || held[0].Name != "" {
		t.Fatalf("%d of %d, %v", len(held), served+1, err)
	}
}

// restore makes a database of a dump and answers its URL.
func restore(t *testing.T, text []byte) string {
	t.Helper()
	makeDatabase(t, "release_kept")
	if err := running(t).Restore(text, "release_kept"); err != nil {
		t.Fatal(err)
	}
	return running(t).URL("release_kept")
}

func makeDatabase(t *testing.T, name string) {
	t.Helper()
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name} {
		if err := running(t).Exec(t.Context(), "postgres", statement); err != nil {
			t.Fatal(err)
		}
	}
}
