package sqlite

import (
	"context"
	"database/sql"
	"time"

	"gatehouse/provider"
)

// AccountsAfter goes along the key, so that a page costs the same wherever it is.
func (s *Store) AccountsAfter(ctx context.Context, after provider.AccountID, limit int) ([]provider.AccountID, error) {
	const query = `SELECT id FROM accounts WHERE id > ? ORDER BY id LIMIT ?`
	var all []provider.AccountID
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var id provider.AccountID
		err := rows.Scan((*string)(&id))
		all = append(all, id)
		return err
	}, after, max(limit, 0))
	return all, err
}

// TellOnce marks and tells in one transaction.
func (s *Store) TellOnce(ctx context.Context, purpose, key string, until time.Time, e provider.Event) error {
	return s.act(ctx, e, func(t *tx) error { return t.mark(purpose, key, until) })
}
