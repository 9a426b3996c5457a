package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// AccountsAfter goes along the key, so that a page costs the same wherever it is.
func (s *Store) AccountsAfter(ctx context.Context, after provider.AccountID, limit int) ([]provider.AccountID, error) {
	const query = `SELECT id FROM accounts WHERE id > $1 ORDER BY id LIMIT $2`
	var all []provider.AccountID
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var id provider.AccountID
		err := rows.Scan((*string)(&id))
		all = append(all, id)
		return err
	}, string(after), max(limit, 0))
	return all, err
}

// TellOnce marks and tells in one statement: of two at once, one tells.
func (s *Store) TellOnce(ctx context.Context, purpose, key string, until time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			INSERT INTO marks (purpose, key_hash, until) VALUES ($9, $10, $11) ON CONFLICT DO NOTHING RETURNING 1)` + counted
	return s.act(ctx, e, statement, purpose, row.KeyHash(key), micros(until)).one(provider.ErrUsed)
}
