package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// ChainHeads reads where each chain stands.
func (s *Store) ChainHeads(ctx context.Context) ([]provider.ChainHead, error) {
	const query = `
		SELECT c.chain, c.n, c.hash, coalesce(k.n, 0), k.hash, c.began
		FROM chains c LEFT JOIN chain_cuts k ON k.chain = c.chain ORDER BY c.chain`
	var all []provider.ChainHead
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var h provider.ChainHead
		err := rows.Scan(&h.Chain, &h.N, &h.Hash, &h.CutN, &h.CutHash, &h.Began)
		all = append(all, h)
		return err
	})
	return all, err
}

// Trail reads rows as they are kept, in the order of Seq.
func (s *Store) Trail(ctx context.Context, q provider.TrailQuery) ([]provider.TrailRow, error) {
	const all = `
		SELECT e.seq, coalesce(l.chain, 0), coalesce(l.n, 0), coalesce(l.subject_n, 0), l.hash, e.at, e.kind, e.account, e.client, e.session,
			e.grant_id, e.actor, e.detail, l.private_hash, e.private
		FROM events e LEFT JOIN links l ON l.event = e.seq
		WHERE e.seq > $1 AND e.at >= $2 AND ($3 = '' OR e.actor = $3)`
	const inOrder = ` ORDER BY e.seq LIMIT $4`
	const ofOne = all + ` AND e.account = $5 AND e.account <> ''` + inOrder
	const ofStaff = all + ` AND e.actor = $3 AND e.actor LIKE 'staff:%'` + inOrder
	after, err := row.Since(q, func(after int64) (youngest, newest int64, err error) {
		return youngest, newest, s.ask(ctx, youngestOf, after).Scan(&youngest, &newest)
	})
	if err != nil {
		return nil, err
	}
	since := int64(0)
	if !q.Since.IsZero() {
		since = micros(q.Since)
	}
	query, args := all+inOrder, []any{after, since, q.Actor, max(q.Limit, 0)}
	switch {
	case q.Account != "":
		query, args = ofOne, append(args, string(q.Account))
	case row.ByStaff(q.Actor):
		query = ofStaff
	}
	var found []provider.TrailRow
	err = s.each(ctx, query, func(rows pgx.Rows) error {
		var r provider.TrailRow
		err := rows.Scan(&r.Seq, &r.Chain, &r.N, &r.SubjectN, &r.Hash, &r.At, &r.Kind, (*string)(&r.Account), &r.Client, &r.Session, &r.Grant,
			&r.Actor, &r.Detail, &r.PrivateHash, &r.Private)
		found = append(found, r)
		return err
	}, args...)
	return found, err
}

// youngestOf is the time of the youngest of the next rows, -1 where there is none, and the newest Seq of all.
const youngestOf = `
	SELECT coalesce((SELECT max(at) FROM (SELECT at FROM events WHERE seq > $1 ORDER BY seq LIMIT 16) next), -1),
		coalesce((SELECT max(seq) FROM events), 0)`

// ErasePrivate deletes the personal data of the events of an account.
func (s *Store) ErasePrivate(ctx context.Context, account provider.AccountID, e provider.Event) error {
	const statement = `
		WITH erased AS (UPDATE events SET private = NULL WHERE account = $9 AND account <> '' AND private IS NOT NULL),
		done AS (SELECT 1)` + counted
	return s.act(ctx, e, statement, string(account)).one(nil)
}

// OpenPrivate opens the personal data of a row.
func (s *Store) OpenPrivate(r provider.TrailRow) (map[string]string, error) {
	return row.OpenPrivate(s.sealer, r)
}

// SaveCheckpoint keeps one.
func (s *Store) SaveCheckpoint(ctx context.Context, number int64, at time.Time, doc []byte) error {
	const statement = `
		WITH done AS (INSERT INTO checkpoints (number, at, doc) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1)
		SELECT count(*) FROM done`
	return s.ask(ctx, statement, number, micros(at), doc).one(provider.ErrTaken)
}

// Checkpoints reads those after one.
func (s *Store) Checkpoints(ctx context.Context, after int64, limit int) ([][]byte, error) {
	return s.checkpoints(ctx, `SELECT doc FROM checkpoints WHERE number > $1 ORDER BY number LIMIT $2`, after, max(limit, 0))
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
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var doc []byte
		err := rows.Scan(&doc)
		docs = append(docs, doc)
		return err
	}, args...)
	return docs, err
}
