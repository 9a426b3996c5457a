package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// link gives a row its place behind the newest one. One writes at a time, so there is one chain, in the order of Seq. What a program of
// the release before has written meanwhile comes first.
func link(t *tx, r *provider.TrailRow) error {
	const newest = `SELECT n, hash, began FROM chains WHERE chain = 0`
	const place = `UPDATE events SET n = ?, subject_n = ?, hash = ? WHERE seq = ?`
	var head provider.ChainHead
	if err := t.row(newest).Scan(&head.N, &head.Hash, &head.Began); err != nil {
		return err
	}
	late, err := unlinked(t, head.Began)
	if err != nil {
		return err
	}
	for i := range late {
		if err := behind(t, &head, &late[i]); err != nil {
			return err
		}
		if _, err := t.exec(place, late[i].N, late[i].SubjectN, late[i].Hash, late[i].Seq); err != nil {
			return err
		}
	}
	if err := behind(t, &head, r); err != nil {
		return err
	}
	_, err = t.exec(`UPDATE chains SET n = ?, hash = ? WHERE chain = 0`, head.N, head.Hash)
	return err
}

// behind makes a row the newest of the chain, and of its account.
func behind(t *tx, head *provider.ChainHead, r *provider.TrailRow) error {
	const newestOf = `SELECT subject_n FROM events WHERE account = ? AND account <> '' AND n > 0 ORDER BY seq DESC LIMIT 1`
	if r.Account != "" {
		err := t.row(newestOf, r.Account).Scan(&r.SubjectN)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		r.SubjectN++
	}
	r.N = head.N + 1
	r.Hash = provider.HashLink(head.Hash, *r)
	head.N, head.Hash = r.N, r.Hash
	return nil
}

// unlinked are the events since the trail began that have no link.
func unlinked(t *tx, began int64) ([]provider.TrailRow, error) {
	const query = `SELECT ` + trailColumns + ` FROM events WHERE n = 0 AND seq > ? ORDER BY seq`
	var late []provider.TrailRow
	err := t.each(query, func(rows *sql.Rows) error {
		r, err := scanTrail(rows)
		late = append(late, r)
		return err
	}, began)
	return late, err
}

// ChainHeads reads where the chain stands.
func (s *Store) ChainHeads(ctx context.Context) ([]provider.ChainHead, error) {
	const query = `SELECT chain, n, hash, cut_n, cut_hash, began FROM chains ORDER BY chain`
	var all []provider.ChainHead
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var h provider.ChainHead
		err := rows.Scan(&h.Chain, &h.N, &h.Hash, &h.CutN, &h.CutHash, &h.Began)
		all = append(all, h)
		return err
	})
	return all, err
}

const trailColumns = `seq, n, subject_n, hash, at, kind, account, client, session, grant_id, actor, detail, private_hash, private`

// Trail reads rows as they are kept, in the order of Seq.
func (s *Store) Trail(ctx context.Context, q provider.TrailQuery) ([]provider.TrailRow, error) {
	const inOrder = ` AND seq > ?1 AND at >= ?2 AND (?3 = '' OR actor = ?3) ORDER BY seq LIMIT ?4`
	const all = `SELECT ` + trailColumns + ` FROM events WHERE true` + inOrder
	const ofOne = `SELECT ` + trailColumns + ` FROM events WHERE account = ?5 AND account <> ''` + inOrder
	const ofStaff = `SELECT ` + trailColumns + ` FROM events INDEXED BY events_staff WHERE actor = ?3 AND substr(actor, 1, 6) = 'staff:'` + inOrder
	after, err := row.Since(q, func(after int64) (youngest, newest int64, err error) {
		return youngest, newest, s.reader.row(ctx, youngestOf, after).Scan(&youngest, &newest)
	})
	if err != nil {
		return nil, err
	}
	query, args := all, []any{after, since(q.Since), q.Actor, max(q.Limit, 0)}
	switch {
	case q.Account != "":
		query, args = ofOne, append(args, q.Account)
	case row.ByStaff(q.Actor):
		query = ofStaff
	}
	var found []provider.TrailRow
	err = s.reader.each(ctx, query, func(rows *sql.Rows) error {
		r, err := scanTrail(rows)
		found = append(found, r)
		return err
	}, args...)
	return found, err
}

// youngestOf is the time of the youngest of the next rows, -1 where there is none, and the newest Seq of all.
const youngestOf = `
	SELECT coalesce((SELECT max(at) FROM (SELECT at FROM events WHERE seq > ? ORDER BY seq LIMIT 16)), -1), coalesce((SELECT max(seq) FROM events), 0)`

func scanTrail(rows *sql.Rows) (r provider.TrailRow, err error) {
	err = rows.Scan(&r.Seq, &r.N, &r.SubjectN, &r.Hash, &r.At, &r.Kind, &r.Account, &r.Client, &r.Session, &r.Grant, &r.Actor, &r.Detail,
		&r.PrivateHash, &r.Private)
	return r, err
}

// since is a time from which on something is wanted; the zero time is before all.
func since(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return micros(t)
}

const erasePrivate = `UPDATE events SET private = NULL WHERE account = ? AND account <> '' AND private IS NOT NULL`

// ErasePrivate deletes the personal data of the events of an account.
func (s *Store) ErasePrivate(ctx context.Context, account provider.AccountID, e provider.Event) error {
	return s.act(ctx, e, func(t *tx) error {
		_, err := t.exec(erasePrivate, account)
		return err
	})
}

// OpenPrivate opens the personal data of a row.
func (s *Store) OpenPrivate(r provider.TrailRow) (map[string]string, error) {
	return row.OpenPrivate(s.sealer, r)
}

// SaveCheckpoint keeps one.
func (s *Store) SaveCheckpoint(ctx context.Context, number int64, at time.Time, doc []byte) error {
	const statement = `INSERT INTO checkpoints (number, at, doc) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
	return s.writer.transact(ctx, func(t *tx) error {
		return t.one(provider.ErrTaken, statement, number, micros(at), doc)
	})
}

// Checkpoints reads those after one.
func (s *Store) Checkpoints(ctx context.Context, after int64, limit int) ([][]byte, error) {
	return s.checkpoints(ctx, `SELECT doc FROM checkpoints WHERE number > ? ORDER BY number LIMIT ?`, after, max(limit, 0))
}

// LastCheckpoint reads the newest.
func (s *Store) LastCheckpoint(ctx context.Context) ([]byte, error) {
	docs, err := s.checkpoints(ctx, `SELECT doc FROM checkpoints ORDER BY number DESC LIMIT 1`)
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	return docs[0], nil
}

func (s *Store) checkpoints(ctx context.Context, query string, args ...any) ([][]byte, error) {
	var docs [][]byte
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var doc []byte
		err := rows.Scan(&doc)
		docs = append(docs, doc)
		return err
	}, args...)
	return docs, err
}
