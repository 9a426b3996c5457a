package postgres

import (
	"context"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// MadeHere begins the id of every ceremony that this store keeps.
const MadeHere = "p"

// BeginCeremony keeps a new ceremony; its revision becomes 1.
func (s *Store) BeginCeremony(ctx context.Context, c provider.Ceremony) (string, error) {
	const statement = `INSERT INTO ceremonies (id, payload, deadline, rev) VALUES ($1, $2, $3, 1) RETURNING rev`
	c.ID = MadeHere + provider.NewID()
	payload, err := row.SealCeremony(s.sealer, c)
	if err != nil {
		return "", err
	}
	var rev int64
	err = s.ask(ctx, statement, c.ID, payload, micros(c.Deadline)).Scan(&rev)
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

// Ceremony reads one, also past its deadline as long as it is there.
func (s *Store) Ceremony(ctx context.Context, id string) (provider.Ceremony, error) {
	const query = `SELECT payload, rev FROM ceremonies WHERE id = $1`
	var payload []byte
	var rev int64
	err := s.ask(ctx, query, id).Scan(&payload, &rev)
	if err != nil {
		return provider.Ceremony{}, found(err)
	}
	c, err := row.OpenCeremony(s.sealer, id, payload)
	if err != nil {
		return provider.Ceremony{}, err
	}
	c.Rev = rev
	return c, nil
}

// SwapCeremony replaces one if its revision is still the one that was read.
func (s *Store) SwapCeremony(ctx context.Context, c provider.Ceremony) error {
	const statement = `
		WITH done AS (
			UPDATE ceremonies SET payload = $2, deadline = $3, rev = rev + 1 WHERE id = $1 AND rev = $4 RETURNING 1)
		SELECT (SELECT count(*) FROM done), EXISTS (SELECT 1 FROM ceremonies WHERE id = $1)`
	payload, err := row.SealCeremony(s.sealer, c)
	if err != nil {
		return err
	}
	return found(s.ask(ctx, statement, c.ID, payload, micros(c.Deadline), c.Rev).swapped())
}
