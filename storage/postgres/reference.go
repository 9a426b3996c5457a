package postgres

import (
	"context"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// KeepReference writes a refusal under its code.
func (s *Store) KeepReference(ctx context.Context, r provider.Reference) error {
	const statement = `
		WITH done AS (
			INSERT INTO refusals (fingerprint, at, rule, words) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
			RETURNING 1)
		SELECT count(*) FROM done`
	fingerprint, sealed, err := row.SealReference(s.sealer, r)
	if err != nil {
		return err
	}
	n := 0
	return s.ask(ctx, statement, fingerprint, micros(r.At), string(r.Rule), sealed).Scan(&n)
}

// ReferenceOf reads one by its code.
func (s *Store) ReferenceOf(ctx context.Context, code string, at time.Time) (provider.Reference, error) {
	const query = `SELECT at, rule, words FROM refusals WHERE fingerprint = $1 AND at > $2`
	r := provider.Reference{Code: code}
	var sealed []byte
	err := s.ask(ctx, query, row.ReferenceFingerprint(s.sealer, code), micros(at.Add(-provider.ReferenceKept))).
		Scan(instant{&r.At}, (*string)(&r.Rule), &sealed)
	if err != nil {
		return provider.Reference{}, found(err)
	}
	err = row.OpenReference(s.sealer, &r, sealed)
	return r, err
}
