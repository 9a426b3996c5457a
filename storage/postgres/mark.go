package postgres

import (
	"context"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Consume marks key of purpose as used. A mark whose time is over but that was not swept yet still counts: what was used
// stays used.
func (s *Store) Consume(ctx context.Context, purpose, key string, until time.Time) error {
	const statement = `
		WITH done AS (
			INSERT INTO marks (purpose, key_hash, until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1)
		SELECT count(*) FROM done`
	return s.ask(ctx, statement, purpose, row.KeyHash(key), micros(until)).one(provider.ErrUsed)
}

// Used reports whether key of purpose is marked.
func (s *Store) Used(ctx context.Context, purpose, key string) (bool, error) {
	const query = `SELECT EXISTS (SELECT 1 FROM marks WHERE purpose = $1 AND key_hash = $2)`
	var used bool
	err := s.ask(ctx, query, purpose, row.KeyHash(key)).Scan(&used)
	return used, err
}
