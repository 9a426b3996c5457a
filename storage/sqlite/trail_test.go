package sqlite

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gatehouse/provider"
)

// TestTrailSurvivesKill: two processes write events, and one of them is killed at some moment. Every event is linked, once, in one chain
// without a gap, and so is what comes after.
func TestTrailSurvivesKill(t *testing.T) {
	file := filepath.Join(t.TempDir(), fileName)
	s := openAt(t, file, newKeyset(t))
	operator, lines := operate(t, file)
	theirs := wins(lines, 1) // from here on both write
	const ours = 100
	for range ours {
		if err := s.Record(t.Context(), provider.Event{At: time.Unix(1893456000, 0), Kind: "ours", Account: "ada"}); err != nil {
			t.Fatal(err)
		}
	}
	theirs = append(theirs, wins(lines, 100)...)
	if err := operator.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	theirs = append(theirs, wins(lines, 1<<30)...)
	_ = operator.Wait() // it was killed
	if err := s.Record(t.Context(), provider.Event{At: time.Unix(1893456000, 0), Kind: "after"}); err != nil {
		t.Fatal(err)
	}
	kinds := wantChained(t, s)
	won := kinds["operator.won"] // what it said that it won came before its record
	if kinds["ours"] != ours || kinds["after"] != 1 || won < len(theirs)-1 {
		t.Fatalf("%v, and the operator said %d", kinds, len(theirs))
	}
	wantSound(t, s)
}

// wantChained judges every link by the rules, and answers how often each kind of event is there.
func wantChained(t *testing.T, s *Store) map[string]int {
	t.Helper()
	heads, err := s.ChainHeads(t.Context())
	if err != nil || len(heads) != 1 {
		t.Fatal(heads, err)
	}
	rows, err := s.Trail(t.Context(), provider.TrailQuery{After: heads[0].Began, Limit: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	prev, of, kinds := provider.TrailRow{Link: provider.Link{Hash: provider.FirstLink()}}, map[provider.AccountID]int64{}, map[string]int{}
	for _, r := range rows {
		if r.N != prev.N+1 || !bytes.Equal(r.Hash, provider.HashLink(prev.Hash, r)) {
			t.Fatalf("%s is link %d, behind %d", r.Kind, r.N, prev.N)
		}
		if r.Account != "" {
			of[r.Account]++
		}
		if r.SubjectN != of[r.Account] {
			t.Fatalf("%s is number %d of %q, want %d", r.Kind, r.SubjectN, r.Account, of[r.Account])
		}
		prev, kinds[r.Kind] = r, kinds[r.Kind]+1
	}
	if heads[0].N != prev.N || !bytes.Equal(heads[0].Hash, prev.Hash) {
		t.Fatalf("the chain ends at %d, its head says %d", prev.N, heads[0].N)
	}
	return kinds
}

// TestPrivateIsSealed: personal data of an act stand in no file in clear.
func TestPrivateIsSealed(t *testing.T) {
	file := filepath.Join(t.TempDir(), fileName)
	s := openAt(t, file, newKeyset(t))
	const canary = "canary-note-5e7d"
	e := provider.Event{At: time.Unix(1893456000, 0), Kind: "with.a.note", Private: map[string]string{"note": canary}}
	if err := s.Record(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	held := false
	for _, name := range []string{file, file + "-wal"} {
		content, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		held = held || bytes.Contains(content, []byte(e.Kind))
		if bytes.Contains(content, []byte(canary)) {
			t.Errorf("%s holds it in clear", filepath.Base(name))
		}
	}
	if !held {
		t.Fatal("no file holds what must be there")
	}
}

// TestOldReleaseIsLinked: a program of the release before writes events as it knows them. Whoever writes next links them, in their order,
// and numbers them among those of their account; nothing else of an event can be rewritten.
func TestOldReleaseIsLinked(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), fileName), newKeyset(t))
	const old = `
		INSERT INTO events (at, kind, account, client, session, grant_id, actor, detail)
		VALUES (1, 'of.the.old', 'ada', '', '', '', 'house', '{}')`
	add := func(statement string) error {
		return s.writer.transact(t.Context(), func(x *tx) error {
			_, err := x.exec(statement)
			return err
		})
	}
	for range 3 {
		err := errors.Join(add(old), add(old), s.Record(t.Context(), provider.Event{At: time.Unix(1893456000, 0), Kind: "of.the.new", Account: "ada"}))
		if err != nil {
			t.Fatal(err)
		}
	}
	if kinds := wantChained(t, s); kinds["of.the.old"] != 6 || kinds["of.the.new"] != 3 {
		t.Fatal(kinds)
	}
	for _, rewriting := range []string{
		`UPDATE events SET n = n + 1`, `UPDATE events SET subject_n = 9`, `UPDATE events SET hash = x'00'`, `UPDATE events SET hash = NULL`,
		`UPDATE events SET n = 0`, `UPDATE events SET private = x'00'`, `UPDATE events SET private_hash = x'00'`,
	} {
		if add(rewriting) == nil {
			t.Errorf("it was rewritten: %s", rewriting)
		}
	}
}
