package sqlite

import (
	"context"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// KeepReference writes a refusal under its code.
func (s *Store) KeepReference(ctx context.Context, r provider.Reference) error {
	const statement = `INSERT INTO refusals (fingerprint, at, rule, words) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`
	fingerprint, sealed, err := row.SealReference(s.sealer, r)
	if err != nil {
		return err
	}
	return s.transact(ctx, func(t *tx) error {
		_, err := t.exec(statement, fingerprint, micros(r.At), r.Rule, sealed)
		return err
	})
}

// ReferenceOf reads one by its code.
func (s *Store) ReferenceOf(ctx context.Context, code string, at time.Time) (provider.Reference, error) {
	const query = `SELECT at, rule, words FROM refusals WHERE fingerprint = ? AND at > ?`
	r := provider.Reference{Code: code}
	var sealed []byte
	err := s.reader.row(ctx, query, row.ReferenceFingerprint(s.sealer, code), micros(at.Add(-provider.ReferenceKept))).
		Scan(instant{&r.At}, &r.Rule, &sealed)
	if err != nil {
		return provider.Reference{}, found(err)
	}
	err = row.OpenReference(s.sealer, &r, sealed)
	return r, err
}
