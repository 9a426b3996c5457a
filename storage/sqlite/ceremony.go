package sqlite

import (
	"context"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// madeHere begins the id of every ceremony that this store keeps.
const madeHere = "s"

// BeginCeremony keeps a new ceremony; its revision becomes 1. It is one statement, hence a transaction of its own.
func (s *Store) BeginCeremony(ctx context.Context, c provider.Ceremony) (string, error) {
	const statement = `INSERT INTO ceremonies (id, payload, deadline, rev) VALUES (?, ?, ?, 1)`
	c.ID = madeHere + provider.NewID()
	payload, err := row.SealCeremony(s.sealer, c)
	if err != nil {
		return "", err
	}
	err = s.writer.transact(ctx, func(t *tx) error {
		_, err := t.exec(statement, c.ID, payload, micros(c.Deadline))
		return err
	})
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

// Ceremony reads one, also past its deadline as long as it is there.
func (s *Store) Ceremony(ctx context.Context, id string) (provider.Ceremony, error) {
	const query = `SELECT payload, rev FROM ceremonies WHERE id = ?`
	var payload []byte
	var rev int64
	err := s.reader.row(ctx, query, id).Scan(&payload, &rev)
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
	const statement = `UPDATE ceremonies SET payload = ?, deadline = ?, rev = rev + 1 WHERE id = ? AND rev = ?`
	const exists = `SELECT count(*) FROM ceremonies WHERE id = ?`
	payload, err := row.SealCeremony(s.sealer, c)
	if err != nil {
		return err
	}
	return s.writer.transact(ctx, func(t *tx) error {
		n, err := t.exec(statement, payload, micros(c.Deadline), c.ID, c.Rev)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.stale(exists, c.ID)
		}
		return nil
	})
}
