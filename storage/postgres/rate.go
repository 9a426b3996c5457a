package postgres

import (
	"context"
	"time"

	"gatehouse/provider"
)

// TakeRates takes from each rate in turn, up to the first with nothing left: a statement each. The table is not logged, so a
// commit waits for no disk; where PostgreSQL crashed it is empty, and callers bring back what they know.
func (s *Store) TakeRates(ctx context.Context, takes []provider.Take, at time.Time) ([]provider.Taken, error) {
	var all []provider.Taken
	for _, t := range takes {
		taken, err := s.takeRate(ctx, t, at)
		if err != nil {
			return nil, err
		}
		all = append(all, taken)
		if taken.Got == 0 {
			break
		}
	}
	return all, nil
}

// wholeOf and gotOf are of a row that is there.
const (
	wholeOf = `(CASE WHEN greatest(r.whole, $6::bigint) > $2::bigint + $7::bigint THEN $2::bigint
		ELSE greatest(r.whole, $2::bigint, $6::bigint) END)`
	gotOf = `greatest(least($3::bigint - (` + wholeOf + ` - $2::bigint + $4::bigint - 1) / $4::bigint, $5::bigint), 0)`
)

// takeRate is provider.Rate.Take in one statement: the row as it is, or is not yet, decides, under its lock. $2 is now, $3 the
// burst, $4 the interval, $5 how many at most, $6 when the caller knows the rate to be whole, $7 how far
// ahead that may be.
func (s *Store) takeRate(ctx context.Context, t provider.Take, at time.Time) (provider.Taken, error) {
	const statement = `
		INSERT INTO rates AS r (key, got, whole, sweep_at)
		SELECT $1::bytea, got, whole + got * $4::bigint, whole + got * $4::bigint FROM (
			SELECT whole, greatest(least($3::bigint - (whole - $2::bigint + $4::bigint - 1) / $4::bigint, $5::bigint), 0) AS got
			FROM (SELECT CASE WHEN $6::bigint > $2::bigint + $7::bigint THEN $2::bigint
				ELSE greatest($2::bigint, $6::bigint) END AS whole) AS now) AS fresh
		ON CONFLICT (key) DO UPDATE SET
			got = ` + gotOf + `,
			whole = ` + wholeOf + ` + $4::bigint * ` + gotOf + `
		RETURNING r.got, r.whole`
	known := int64(0)
	if !t.Whole.IsZero() {
		known = micros(t.Whole)
	}
	var taken provider.Taken
	err := s.ask(ctx, statement, []byte(t.Key), micros(at), int64(t.Burst), max(t.Every.Microseconds(), 1), int64(t.Most), known,
		t.Furthest().Microseconds()).
		Scan(&taken.Got, instant{&taken.Whole})
	return taken, err
}
