package postgres

import (
	"context"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// BeginCall claims a key, or reads who did: in a statement of its own, which sees what the claim has waited for.
func (s *Store) BeginCall(ctx context.Context, c provider.Call) (provider.Call, error) {
	const claim = `
		WITH done AS (
			INSERT INTO api_calls AS old (fingerprint, request, begun_at, status, answer) VALUES ($1, $2, $3, 0, NULL)
			ON CONFLICT (fingerprint) DO UPDATE SET request = excluded.request, begun_at = excluded.begun_at, status = 0, answer = NULL
			WHERE old.begun_at <= $4
			RETURNING 1)
		SELECT count(*) FROM done`
	const query = `SELECT request, begun_at, status, answer FROM api_calls WHERE fingerprint = $1`
	key, n := row.CallKey(s.sealer, c), 0
	err := s.ask(ctx, claim, key, row.CallRequest(s.sealer, c), micros(c.BegunAt), micros(c.BegunAt.Add(-provider.CallKept))).Scan(&n)
	if err != nil {
		return provider.Call{}, err
	}
	if n > 0 {
		return c, nil
	}
	was := provider.Call{Client: c.Client, Key: c.Key, Request: c.Request}
	var request, sealed []byte
	err = s.ask(ctx, query, key).Scan(&request, instant{&was.BegunAt}, &was.Status, &sealed)
	if err != nil {
		return provider.Call{}, found(err)
	}
	err = row.OpenCall(s.sealer, &was, request, sealed)
	return was, err
}

// EndCall keeps the answer.
func (s *Store) EndCall(ctx context.Context, c provider.Call) error {
	const statement = `
		WITH done AS (
			UPDATE api_calls SET status = $1, answer = $2 WHERE fingerprint = $3 AND begun_at = $4 AND status = 0
			RETURNING 1)
		SELECT count(*) FROM done`
	sealed, err := row.SealCall(s.sealer, c)
	if err != nil {
		return err
	}
	return one(s.ask(ctx, statement, c.Status, sealed, row.CallKey(s.sealer, c), micros(c.BegunAt)), provider.ErrUsed)
}
