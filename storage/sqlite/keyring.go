package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"gatehouse/provider"
)

// Keyring reads the sealed keyring and its revision; nil and 0 if there is none yet.
func (s *Store) Keyring(ctx context.Context) ([]byte, int64, error) {
	const query = `SELECT doc, rev FROM keyring WHERE id = 1`
	var doc []byte
	var rev int64
	err := s.reader.row(ctx, query).Scan(&doc, &rev)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	return doc, rev, err
}

// SwapKeyring replaces the keyring if its revision is still rev.
func (s *Store) SwapKeyring(ctx context.Context, doc []byte, rev int64, e provider.Event) error {
	const first = `INSERT INTO keyring (id, doc, rev) VALUES (1, ?, 1) ON CONFLICT DO NOTHING`
	const next = `UPDATE keyring SET doc = ?, rev = rev + 1 WHERE id = 1 AND rev = ?`
	return s.act(ctx, e, func(t *tx) error {
		if rev == 0 {
			return t.one(provider.ErrStale, first, doc)
		}
		return t.one(provider.ErrStale, next, doc, rev)
	})
}
