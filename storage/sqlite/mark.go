package sqlite

import (
	"context"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Consume marks key of purpose as used.
func (s *Store) Consume(ctx context.Context, purpose, key string, until time.Time) error {
	return s.writer.transact(ctx, func(t *tx) error { return t.mark(purpose, key, until) })
}

// mark is the one consume. A mark whose time is over but that was not swept yet still counts: what was used stays used.
func (t *tx) mark(purpose, key string, until time.Time) error {
	const statement = `INSERT INTO marks (purpose, key_hash, until) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
	return t.one(provider.ErrUsed, statement, purpose, row.KeyHash(key), micros(until))
}

// Used reports whether key of purpose is marked.
func (s *Store) Used(ctx context.Context, purpose, key string) (bool, error) {
	const query = `SELECT EXISTS (SELECT 1 FROM marks WHERE purpose = ? AND key_hash = ?)`
	var used bool
	err := s.reader.row(ctx, query, purpose, row.KeyHash(key)).Scan(&used)
	return used, err
}
