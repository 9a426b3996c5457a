package postgres

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// signedTrail writes forty rows, with a checkpoint after every fifth.
func signedTrail(t *testing.T, s *Store, key keys.AuditKey) (docs [][]byte, rows []provider.TrailRow) {
	t.Helper()
	var last []byte
	for i := range 40 {
		at := noon().Add(time.Duration(i) * time.Minute)
		e := provider.Event{At: at, Kind: "session.began", Account: provider.AccountID([]string{"ada", "ben", "cleo", ""}[i%4]), Client: "app", Actor: "house"}
		if i%2 == 0 {
			e.Private = map[string]string{"name": "Somebody"}
		}
		if err := s.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if i%5 != 4 {
			continue
		}
		heads, err := s.ChainHeads(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		next, due, err := audit.NextCheckpoint(last, key.Public(), heads, at)
		if err != nil || !due {
			t.Fatal(due, err)
		}
		if last, err = next.Sign(key); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, last)
	}
	rows, err := s.Trail(t.Context(), provider.TrailQuery{Limit: 100})
	if err != nil || len(rows) != 40 {
		t.Fatal(len(rows), err)
	}
	return docs, rows
}

// judged is what a verifier says of the trail as this transaction sees it.
func judged(t *testing.T, tx pgx.Tx, key keys.AuditKey, docs [][]byte) *audit.Fault {
	t.Helper()
	const queryHeads = `
		SELECT c.chain, c.n, c.hash, coalesce(k.n, 0), k.hash, c.began FROM chains c LEFT JOIN chain_cuts k ON k.chain = c.chain ORDER BY c.chain`
	const queryRows = `
		SELECT e.seq, coalesce(l.chain, 0), coalesce(l.n, 0), coalesce(l.subject_n, 0), l.hash, e.at, e.kind, e.account, e.client, e.session,
			e.grant_id, e.actor, e.detail, l.private_hash, e.private
		FROM events e LEFT JOIN links l ON l.event = e.seq ORDER BY e.seq`
	read, err := tx.Query(t.Context(), queryHeads)
	if err != nil {
		t.Fatal(err)
	}
	heads, err := pgx.CollectRows(read, func(row pgx.CollectableRow) (h provider.ChainHead, err error) {
		return h, row.Scan(&h.Chain, &h.N, &h.Hash, &h.CutN, &h.CutHash, &h.Began)
	})
	if err != nil {
		t.Fatal(err)
	}
	if read, err = tx.Query(t.Context(), queryRows); err != nil {
		t.Fatal(err)
	}
	rows, err := pgx.CollectRows(read, func(row pgx.CollectableRow) (r provider.TrailRow, err error) {
		return r, row.Scan(&r.Seq, &r.Chain, &r.N, &r.SubjectN, &r.Hash, &r.At, &r.Kind, (*string)(&r.Account), &r.Client, &r.Session, &r.Grant,
			&r.Actor, &r.Detail, &r.PrivateHash, &r.Private)
	})
	if err != nil {
		t.Fatal(err)
	}
	v := audit.NewVerifier(key.Public(), heads, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, doc := range docs {
		v.AddCheckpoint(doc)
	}
	for _, r := range rows {
		v.Add(r)
	}
	return v.Finish().Fault
}

// tamperings are statements by what they do.
func tamperings(rows []provider.TrailRow) map[string][]string {
	ways := map[string][]string{}
	for _, i := range []int{0, 7, 22, 38, 39} {
		r := rows[i]
		for column, value := range map[string]string{
			"at": "at + 1", "kind": "'session.ended'", "account": "'eve'", "client": "'other'", "session": "'other'", "grant_id": "'other'",
			"actor": "'operator'", "detail": `'{"why":"other"}'`, "private": `'\x00'`,
		} {
			ways[fmt.Sprint(column, " of ", i)] = []string{fmt.Sprintf("UPDATE events SET %s = %s WHERE seq = %d", column, value, r.Seq)}
		}
		for column, value := range map[string]string{"n": "n + 1000", "subject_n": "subject_n + 1000", "hash": `'\x00'`, "private_hash": `'\x00'`, "chain": "chain + 100"} {
			ways[fmt.Sprint("link's ", column, " of ", i)] = []string{fmt.Sprintf("UPDATE links SET %s = %s WHERE event = %d", column, value, r.Seq)}
		}
		event, link := fmt.Sprintf("DELETE FROM events WHERE seq = %d", r.Seq), fmt.Sprintf("DELETE FROM links WHERE event = %d", r.Seq)
		ways[fmt.Sprint("delete ", i)] = []string{event}
		ways[fmt.Sprint("unlink ", i)] = []string{link}
		ways[fmt.Sprint("delete with its link ", i)] = []string{event, link}
		ways[fmt.Sprint("private gone ", i)] = []string{fmt.Sprintf("UPDATE events SET private = NULL WHERE seq = %d", rows[i/2*2].Seq)}
		cut := fmt.Sprintf("DELETE FROM events e USING links l WHERE l.event = e.seq AND l.chain = %d AND l.n", r.Chain)
		gone := fmt.Sprintf("DELETE FROM links WHERE chain = %d AND n", r.Chain)
		if r.N > 1 {
			ways[fmt.Sprint("cut the end from ", i)] = []string{
				fmt.Sprint(cut, " >= ", r.N), fmt.Sprint(gone, " >= ", r.N),
				fmt.Sprintf("UPDATE chains SET n = %d, hash = (SELECT hash FROM links l WHERE l.chain = chains.chain AND l.n = %d) WHERE chain = %d", r.N-1, r.N-1, r.Chain),
			}
		}
		ways[fmt.Sprint("cut the beginning to ", i)] = []string{
			fmt.Sprintf(`INSERT INTO chain_cuts (chain, n, hash) VALUES (%d, %d, '\x%x')`, r.Chain, r.N, r.Hash), fmt.Sprint(cut, " <= ", r.N), fmt.Sprint(gone, " <= ", r.N),
		}
	}
	for what, set := range map[string]string{"n": "n = n - 1", "n up": "n = n + 1", "hash": `hash = '\x00'`, "began": "began = 1000000000"} {
		ways["head's "+what] = []string{fmt.Sprintf("UPDATE chains SET %s WHERE chain = %d", set, rows[0].Chain)}
	}
	ways["rows swapped"] = []string{
		fmt.Sprintf("UPDATE links SET event = -1 WHERE event = %d", rows[0].Seq), fmt.Sprintf("UPDATE links SET event = %d WHERE event = %d", rows[0].Seq, rows[4].Seq),
		fmt.Sprintf("UPDATE links SET event = %d WHERE event = -1", rows[4].Seq),
	}
	return ways
}

// TestEveryTamperingWithTheTrailIsFound changes a trail behind the store's back, judges it by the checkpoints that somebody keeps, and
// takes the change back.
func TestEveryTamperingWithTheTrailIsFound(t *testing.T) {
	keyset := newKeyset(t)
	s := openEmpty(t, keyset)
	execute(t, s, `UPDATE chains SET n = 0, hash = decode(repeat('00', 32), 'hex'), began = (SELECT coalesce(max(seq), 0) FROM events)`)
	docs, rows := signedTrail(t, s, keyset.AuditKey())
	ways := tamperings(rows)
	if len(ways) < 60 {
		t.Errorf("%d ways", len(ways))
	}
	ways["untouched"] = nil
	for name, statements := range ways {
		tx, err := s.pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range append([]string{"ALTER TABLE events DISABLE TRIGGER USER"}, statements...) {
			if _, err := tx.Exec(t.Context(), statement); err != nil {
				t.Fatalf("%s: %s: %v", name, statement, err)
			}
		}
		fault := judged(t, tx, keyset.AuditKey(), docs)
		if (fault == nil) != (name == "untouched") {
			t.Errorf("%s: %+v", name, fault)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
