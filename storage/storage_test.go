package storage

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/keys"
)

func TestOpenByScheme(t *testing.T) {
	keyset, err := keys.NewKeyset(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Database: "sqlite:" + filepath.Join(t.TempDir(), "a b%?#.db"), Keyset: keyset}
	store, err := Open(t.Context(), o)
	if !errors.Is(err, ErrOlder) || store != nil {
		t.Fatalf("before migrating: %v, %v", store, err)
	}
	applied, err := Migrate(t.Context(), o)
	if err != nil || len(applied) == 0 {
		t.Fatal(applied, err)
	}
	store, err = Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	o.Keyset = nil
	if _, err = Open(t.Context(), o); err == nil {
		t.Fatal("opened without a keyset")
	}
}

// TestUnknownScheme: the error names what is supported, and does not repeat what may be a password.
func TestUnknownScheme(t *testing.T) {
	for _, database := range []string{"", "sqlite", "sqlite:", "oracle://joe:hunter2@db/x", "/var/lib/gatehouse.db", "joe:hunter2@db/x"} {
		o := Options{Database: database}
		_, migrateErr := Migrate(t.Context(), o)
		_, listErr := Migrations(t.Context(), o)
		_, openErr := Open(t.Context(), o)
		for _, err := range []error{migrateErr, listErr, openErr} {
			if err == nil || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q: %v", database, err)
			}
		}
		if migrateErr != nil && !strings.Contains(migrateErr.Error(), "sqlite:PATH") {
			t.Errorf("%q: %v", database, migrateErr)
		}
	}
}

// TestRedisNeedsAClock: and a Redis that cannot be is an error that says nothing of its URL.
func TestRedisNeedsAClock(t *testing.T) {
	keyset, err := keys.NewKeyset(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Database: "sqlite:" + filepath.Join(t.TempDir(), "a.db"), Keyset: keyset, Redis: "redis://:hunter2@127.0.0.1:1"}
	if _, err := Migrate(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), o); err == nil {
		t.Fatal("opened without a clock")
	}
	o.Now, o.Redis = time.Now, "redis://:hunter2@127.0.0.1:1/x"
	if _, err := Open(t.Context(), o); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Fatal(err)
	}
	o.Redis = "redis://:hunter2@127.0.0.1:1" // nobody is there, and the house opens
	store, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}
