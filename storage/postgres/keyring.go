package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
)

// Keyring reads the sealed keyring and its revision; nil and 0 if there is none yet.
func (s *Store) Keyring(ctx context.Context) ([]byte, int64, error) {
	const query = `SELECT doc, rev FROM keyring WHERE id = 1`
	var doc []byte
	var rev int64
	err := s.ask(ctx, query).Scan(&doc, &rev)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, 0, nil
	}
	return doc, rev, err
}

// SwapKeyring replaces the keyring if its revision is still rev.
func (s *Store) SwapKeyring(ctx context.Context, doc []byte, rev int64, e provider.Event) error {
	const first = `
		WITH done AS (
			INSERT INTO keyring (id, doc, rev) VALUES (1, $9, 1) ON CONFLICT DO NOTHING RETURNING 1)` + counted
	const next = `
		WITH done AS (
			UPDATE keyring SET doc = $9, rev = rev + 1 WHERE id = 1 AND rev = $10 RETURNING 1)` + counted
	if rev == 0 {
		return s.act(ctx, e, first, bytesOrEmpty(doc)).one(provider.ErrStale)
	}
	return s.act(ctx, e, next, bytesOrEmpty(doc), rev).one(provider.ErrStale)
}
