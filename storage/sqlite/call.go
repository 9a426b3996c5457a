package sqlite

import (
	"context"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// BeginCall claims a key, or reads who did.
func (s *Store) BeginCall(ctx context.Context, c provider.Call) (provider.Call, error) {
	const claim = `
		INSERT INTO api_calls (fingerprint, request, begun_at, status, answer) VALUES (?, ?, ?, 0, NULL)
		ON CONFLICT (fingerprint) DO UPDATE SET request = excluded.request, begun_at = excluded.begun_at, status = 0, answer = NULL
		WHERE begun_at <= ?`
	const query = `SELECT request, begun_at, status, answer FROM api_calls WHERE fingerprint = ?`
	var request, sealed []byte
	first := false
	was := provider.Call{Client: c.Client, Key: c.Key, Request: c.Request}
	err := s.transact(ctx, func(t *tx) error {
		n, err := t.exec(claim, row.CallKey(s.sealer, c), row.CallRequest(s.sealer, c), micros(c.BegunAt), micros(c.BegunAt.Add(-provider.CallKept)))
		if first = n > 0; first || err != nil {
			return err
		}
		return found(t.row(query, row.CallKey(s.sealer, c)).Scan(&request, instant{&was.BegunAt}, &was.Status, &sealed))
	})
	if err != nil {
		return provider.Call{}, err
	}
	if first {
		return c, nil
	}
	err = row.OpenCall(s.sealer, &was, request, sealed)
	return was, err
}

// EndCall keeps the answer.
func (s *Store) EndCall(ctx context.Context, c provider.Call) error {
	const statement = `UPDATE api_calls SET status = ?, answer = ? WHERE fingerprint = ? AND begun_at = ? AND status = 0`
	sealed, err := row.SealCall(s.sealer, c)
	if err != nil {
		return err
	}
	return s.transact(ctx, func(t *tx) error {
		return t.one(provider.ErrUsed, statement, c.Status, sealed, row.CallKey(s.sealer, c), micros(c.BegunAt))
	})
}
