package storage_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/storage"
)

// A trail of 40 rows on SQLite with a checkpoint after every fifth, changed behind the store's back in each way that somebody could
// think of who can write the database. What they cannot have is the file of checkpoints.

const trailRows = 40

type tampered struct {
	name string
	at   int64    // seq that must be named; -1: any
	sql  []string // done to a copy of the database
	docs func(docs [][]byte) [][]byte
}

type trail struct {
	t      *testing.T
	path   string
	keyset *keys.Keyset
	docs   [][]byte // exported
	rows   []provider.TrailRow
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newTrail(t *testing.T) *trail {
	t.Helper()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	keyset, err := keys.NewKeyset(at)
	ok(t, err)
	l := &trail{t: t, path: filepath.Join(t.TempDir(), "trail.db"), keyset: keyset}
	options := storage.Options{Database: "sqlite:" + l.path, Keyset: keyset, Now: time.Now}
	_, err = storage.Migrate(t.Context(), options)
	ok(t, err)
	store, err := storage.Open(t.Context(), options)
	ok(t, err)
	var last []byte
	for i := range trailRows {
		at = at.Add(time.Minute)
		e := provider.Event{At: at, Kind: "session.began", Account: provider.AccountID([]string{"ada", "ben", "cleo"}[i%3]), Client: "app", Session: fmt.Sprint("s", i), Grant: "g", Actor: "house", Detail: map[string]string{"why": "asked"}}
		if i%4 == 0 {
			e.Private = map[string]string{"name": "Somebody"}
		}
		if i == 20 {
			ok(t, store.ErasePrivate(t.Context(), "ada", provider.Event{At: at, Kind: audit.KindErased, Account: "ada", Actor: "house"}))
		} else {
			ok(t, store.Record(t.Context(), e))
		}
		if i%5 != 4 {
			continue
		}
		heads, err := store.ChainHeads(t.Context())
		ok(t, err)
		next, due, err := audit.NextCheckpoint(last, keyset.AuditKey().Public(), heads, at)
		if err != nil || !due {
			t.Fatal(due, err)
		}
		last, err = next.Sign(keyset.AuditKey())
		ok(t, err)
		ok(t, store.SaveCheckpoint(t.Context(), next.Number, at, last))
		l.docs = append(l.docs, last)
	}
	l.rows, err = store.Trail(t.Context(), provider.TrailQuery{Limit: 1000})
	ok(t, err)
	ok(t, store.Close())
	return l
}

// judge opens a copy that was tampered with.
func (l *trail) judge(c tampered) audit.Verdict {
	l.t.Helper()
	path := filepath.Join(l.t.TempDir(), "copy.db")
	data, err := os.ReadFile(l.path)
	ok(l.t, err)
	ok(l.t, os.WriteFile(path, data, 0o600))
	db, err := sql.Open("sqlite", path)
	ok(l.t, err)
	for _, s := range append([]string{"DROP TRIGGER events_append_only", "DROP TRIGGER events_cut"}, c.sql...) {
		if _, err := db.ExecContext(l.t.Context(), s); err != nil {
			l.t.Fatalf("%s: %s: %v", c.name, s, err)
		}
	}
	defer func() { _ = db.Close() }()
	docs := l.docs
	if c.docs != nil {
		docs = c.docs(append([][]byte(nil), docs...))
	}
	return l.verdict(l.t.Context(), db, docs)
}

func (l *trail) verdict(ctx context.Context, db *sql.DB, docs [][]byte) audit.Verdict {
	var h provider.ChainHead
	ok(l.t, db.QueryRowContext(ctx, `SELECT n, hash, began, cut_n, cut_hash FROM chains`).Scan(&h.N, &h.Hash, &h.Began, &h.CutN, &h.CutHash))
	v := audit.NewVerifier(l.keyset.AuditKey().Public(), []provider.ChainHead{h}, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, doc := range docs {
		v.AddCheckpoint(doc)
	}
	rows, err := db.QueryContext(ctx, `SELECT seq, n, subject_n, hash, at, kind, account, client, session, grant_id, actor, detail, private_hash, private FROM events ORDER BY seq`)
	ok(l.t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var r provider.TrailRow
		ok(l.t, rows.Scan(&r.Seq, &r.N, &r.SubjectN, &r.Hash, &r.At, &r.Kind, &r.Account, &r.Client, &r.Session, &r.Grant, &r.Actor, &r.Detail, &r.PrivateHash, &r.Private))
		v.Add(r)
	}
	ok(l.t, rows.Err())
	return v.Finish()
}

func (l *trail) ways() []tampered {
	columns := map[string]string{
		"at": "at + 1", "kind": "'session.ended'", "account": "'eve'", "client": "'other'", "session": "'other'", "grant_id": "'other'",
		"actor": "'operator'", "detail": `'{"why":"other"}'`, "n": "n + 1000", "subject_n": "subject_n + 1", "hash": "zeroblob(32)",
		"private_hash": "randomblob(32)", "private": "randomblob(60)",
	}
	var all []tampered
	for _, n := range []int64{1, 2, 5, 6, 11, 13, 19, 20, 23, 29, 33, 37, 39, 40} {
		seq := l.rows[n-1].Seq
		for column, value := range columns {
			at := seq
			if column == "private" && l.rows[n-1].Private == nil {
				continue // covered by the next: a value where there was none
			}
			if column == "n" && n == 40 {
				at = -1
			}
			all = append(all, tampered{name: fmt.Sprint(column, " of ", n), at: at, sql: []string{fmt.Sprintf("UPDATE events SET %s = %s WHERE seq = %d", column, value, seq)}})
		}
		following := int64(0) // nothing follows the newest
		if n < trailRows {
			following = l.rows[n].Seq
		}
		all = append(all, tampered{name: fmt.Sprint("delete ", n), at: following, sql: []string{fmt.Sprintf("DELETE FROM events WHERE seq = %d", seq)}})
		all = append(all, tampered{name: fmt.Sprint("unlink ", n), at: seq, sql: []string{fmt.Sprintf("UPDATE events SET n = 0 WHERE seq = %d", seq)}})
		if l.rows[n-1].Private == nil {
			all = append(all, tampered{name: fmt.Sprint("private where none was ", n), at: seq, sql: []string{fmt.Sprintf("UPDATE events SET private = randomblob(60) WHERE seq = %d", seq)}})
		} else if n > 21 {
			all = append(all, tampered{name: fmt.Sprint("private gone ", n), at: seq, sql: []string{fmt.Sprintf("UPDATE events SET private = NULL WHERE seq = %d", seq)}})
		}
	}
	for n := int64(1); n < trailRows; n += 4 {
		a, b := l.rows[n-1].Seq, l.rows[n].Seq
		all = append(all, tampered{name: fmt.Sprint("swap ", n), at: a, sql: []string{
			fmt.Sprintf("UPDATE events SET seq = -1 WHERE seq = %d", a), fmt.Sprintf("UPDATE events SET seq = %d WHERE seq = %d", a, b), fmt.Sprintf("UPDATE events SET seq = %d WHERE seq = -1", b),
		}})
	}
	for n := int64(1); n < trailRows; n += 3 {
		hash := l.rows[n-1].Hash
		all = append(all,
			tampered{name: fmt.Sprint("cut the end after ", n, " and set the head"), at: 0, sql: []string{fmt.Sprintf("DELETE FROM events WHERE n > %d", n), fmt.Sprintf("UPDATE chains SET n = %d, hash = x'%x'", n, hash)}},
			tampered{name: fmt.Sprint("cut the beginning to ", n, " as if old"), at: -1, sql: []string{fmt.Sprintf("DELETE FROM events WHERE n <= %d", n), fmt.Sprintf("UPDATE chains SET cut_n = %d, cut_hash = x'%x'", n, hash)}},
			tampered{name: fmt.Sprint("written anew from ", n), at: -1, sql: l.anew(n)},
		)
	}
	for name, set := range map[string]string{"head n": "n = n - 1", "head up": "n = n + 1", "head hash": "hash = zeroblob(32)", "began": "began = 5", "cut n": "cut_n = 3", "cut hash": "cut_hash = zeroblob(32)"} {
		all = append(all, tampered{name: name, at: -1, sql: []string{"UPDATE chains SET " + set}})
	}
	return append(all, l.forged()...)
}

// anew changes a row and computes every link after it again, and the head: only a checkpoint shows that.
func (l *trail) anew(n int64) []string {
	prev := provider.FirstLink()
	if n > 1 {
		prev = l.rows[n-2].Hash
	}
	var made []string
	for _, r := range l.rows[n-1:] {
		if r.N == n {
			r.Actor = "nobody"
		}
		prev = provider.HashLink(prev, r)
		made = append(made, fmt.Sprintf("UPDATE events SET actor = '%s', hash = x'%x' WHERE seq = %d", r.Actor, prev, r.Seq))
	}
	return append(made, fmt.Sprintf("UPDATE chains SET hash = x'%x'", prev))
}

// forged are the checkpoints themselves.
func (l *trail) forged() []tampered {
	stranger, err := keys.NewKeyset(time.Now())
	ok(l.t, err)
	var all []tampered
	for i := range l.docs {
		c, err := audit.OpenCheckpoint(l.docs[i], l.keyset.AuditKey().Public())
		ok(l.t, err)
		theirs, err := c.Sign(stranger.AuditKey())
		ok(l.t, err)
		all = append(all,
			tampered{name: fmt.Sprint("another key ", i), at: 0, docs: func(d [][]byte) [][]byte { d[i] = theirs; return d }},
			tampered{name: fmt.Sprint("a bit ", i), at: 0, docs: func(d [][]byte) [][]byte { d[i] = append(bytes.Clone(d[i]), 'A'); return d }},
		)
		if i > 0 && i < len(l.docs)-1 {
			all = append(all,
				tampered{name: fmt.Sprint("dropped ", i), at: 0, docs: func(d [][]byte) [][]byte { return append(d[:i], d[i+1:]...) }},
				tampered{name: fmt.Sprint("reordered ", i), at: 0, docs: func(d [][]byte) [][]byte { d[i], d[i+1] = d[i+1], d[i]; return d }},
			)
		}
	}
	return all
}

func TestEveryTamperingWithTheTrailIsFound(t *testing.T) {
	l := newTrail(t)
	if v := l.judge(tampered{name: "untouched"}); v.Fault != nil || v.Linked != trailRows || v.Vouched != 8 || v.Erased == 0 {
		t.Fatalf("untouched: %+v %+v", v, v.Fault)
	}
	ways := l.ways()
	if len(ways) < 200 {
		t.Errorf("%d ways", len(ways))
	}
	for _, way := range ways {
		v := l.judge(way)
		if v.Fault == nil {
			t.Errorf("%s: not found", way.name)
		} else if way.at >= 0 && v.Fault.Seq != way.at {
			t.Errorf("%s: named at %+v, and is at %d", way.name, *v.Fault, way.at)
		}
	}
	t.Logf("%d ways", len(ways))
}
