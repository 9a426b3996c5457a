package server

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/storage"
)

// TestCheckpointsAreMadeAndLeave: one a minute where something happened, one an hour where nothing did, each of them once in the
// file, also after a crash in the middle of a line and after a time in which the file could not be written.
func TestCheckpointsAreMadeAndLeave(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	keyset, err := keys.NewKeyset(at)
	good(t, err)
	options := storage.Options{Database: "sqlite:" + filepath.Join(t.TempDir(), "house.db"), Keyset: keyset, Now: time.Now}
	_, err = storage.Migrate(t.Context(), options)
	good(t, err)
	store, err := storage.Open(t.Context(), options)
	good(t, err)
	defer func() { _ = store.Close() }()
	dir := filepath.Join(t.TempDir(), "away")
	path := filepath.Join(dir, "checkpoints")
	h := &House{config: Config{Store: store, Keyset: keyset, Checkpoints: []string{path}}}
	happens := func() {
		good(t, store.Record(t.Context(), provider.Event{At: at, Kind: "session.began", Account: "ada", Actor: "house"}))
	}
	for i, step := range []struct {
		later  time.Duration
		event  bool
		number int64
	}{{0, false, 0}, {0, true, 1}, {10 * time.Second, true, 1}, {time.Minute, false, 2}, {time.Minute, false, 2}, {time.Hour, false, 3}} {
		at = at.Add(step.later)
		if step.event {
			happens()
		}
		good(t, h.checkpoint(t.Context(), at))
		last, err := store.LastCheckpoint(t.Context())
		good(t, err)
		c, _ := audit.OpenCheckpoint(last, keyset.AuditKey().Public())
		if c.Number != step.number {
			t.Errorf("step %d: checkpoint %d, not %d", i, c.Number, step.number)
		}
	}
	if h.writeOut(t.Context()) == nil {
		t.Error("nothing was said of a file that cannot be written")
	}
	good(t, os.Mkdir(dir, 0o700))
	good(t, h.writeOut(t.Context()))
	good(t, h.writeOut(context.Background()))
	whole, err := os.ReadFile(path)
	good(t, err)
	if bytes.Count(whole, []byte("\n")) != 3 {
		t.Fatalf("%s", whole)
	}
	good(t, os.WriteFile(path, whole[:len(whole)-100], 0o600)) // a crash in the last line
	good(t, h.writeOut(t.Context()))
	if again, _ := os.ReadFile(path); !bytes.Equal(again, whole) {
		t.Errorf("after a crash:\n%s\nnot\n%s", again, whole)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Error(info.Mode())
	}
	good(t, os.WriteFile(path, []byte(strings.Repeat("x", 300)+"\n"), 0o600))
	if h.writeOut(t.Context()) == nil {
		t.Error("it went on in a file of somebody else's")
	}
}

func good(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
