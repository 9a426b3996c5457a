package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
)

const signalColumns = `id, kind, client, account, session, why, at, tries, lease, settled_at, outcome`

func signalInto(s *provider.Signal) []any {
	return []any{&s.ID, (*string)(&s.Kind), &s.Client, (*string)(&s.Account), &s.Session, &s.Why, instant{&s.At}, &s.Tries, &s.Lease,
		instant{&s.SettledAt}, (*string)(&s.Outcome)}
}

// ClaimSignals takes what is due, so many of each application, in one statement that waits for nobody. How far it looks for
// applications that have room is bounded; those that have none are left out before.
func (s *Store) ClaimSignals(ctx context.Context, q provider.SignalQuery) ([]provider.Signal, error) {
	const statement = `
		WITH due AS MATERIALIZED (
			SELECT id, client, due FROM signals
			WHERE settled_at IS NULL AND due <= $1 AND leased_until <= $1 AND client <> ALL ($2::text[])
			ORDER BY due LIMIT 1000),
		ranked AS (SELECT id, due, row_number() OVER (PARTITION BY client ORDER BY due, id) AS n FROM due),
		mine AS MATERIALIZED (
			SELECT id FROM signals
			WHERE id = ANY (ARRAY (SELECT id FROM ranked WHERE n <= $3 ORDER BY due, id LIMIT $4))
			AND settled_at IS NULL AND due <= $1 AND leased_until <= $1
			FOR UPDATE SKIP LOCKED)
		UPDATE signals SET tries = tries + 1, lease = $5, leased_until = $6
		WHERE id IN (SELECT id FROM mine)
		RETURNING ` + signalColumns + `, due`
	type claimed struct {
		provider.Signal
		due int64
	}
	var all []claimed
	err := s.each(ctx, statement, func(rows pgx.Rows) error {
		var c claimed
		err := rows.Scan(append(signalInto(&c.Signal), &c.due)...)
		all = append(all, c)
		return err
	}, micros(q.At), append([]string{}, q.Except...), max(q.Each, 0), max(q.Limit, 0), provider.NewID(), micros(q.At.Add(q.Lease)))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b claimed) int { return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.ID, b.ID)) })
	var claims []provider.Signal
	for _, c := range all {
		claims = append(claims, c.Signal)
	}
	return claims, nil
}

// PutOffSignal ends a claim for now.
func (s *Store) PutOffSignal(ctx context.Context, c provider.Signal, next time.Time) error {
	const statement = `
		WITH done AS (
			UPDATE signals SET due = $3, lease = '', leased_until = 0
			WHERE id = $1 AND lease = $2 AND lease <> '' AND settled_at IS NULL
			RETURNING 1)
		SELECT count(*) FROM done`
	return s.ask(ctx, statement, c.ID, c.Lease, micros(next)).one(provider.ErrStale)
}

// SettleSignal ends a claim for good.
func (s *Store) SettleSignal(ctx context.Context, c provider.Signal, outcome provider.SignalOutcome, at time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE signals SET settled_at = $11, outcome = $12, lease = '', leased_until = 0
			WHERE id = $9 AND lease = $10 AND lease <> '' AND settled_at IS NULL
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, c.ID, c.Lease, micros(at), string(outcome)).one(provider.ErrStale)
}

// SignalsOf lists those of a session.
func (s *Store) SignalsOf(ctx context.Context, session string) ([]provider.Signal, error) {
	const query = `SELECT ` + signalColumns + ` FROM signals WHERE session = $1 ORDER BY client COLLATE "C", kind`
	var all []provider.Signal
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var each provider.Signal
		err := rows.Scan(signalInto(&each)...)
		all = append(all, each)
		return err
	}, session)
	return all, err
}

// signalEnd wakes who tells applications; a token that is there already says the same.
func (s *Store) signalEnd() {
	select {
	case s.ended <- struct{}{}:
	default:
	}
}

// Signalled is signalled when this process has ended a session.
func (s *Store) Signalled() <-chan struct{} { return s.ended }

// SignalBacklog counts what waits.
func (s *Store) SignalBacklog(ctx context.Context) (int, time.Time, error) {
	const query = `SELECT count(*), min(at) FROM signals WHERE settled_at IS NULL`
	var n int
	var since time.Time
	err := s.ask(ctx, query).Scan(&n, instant{&since})
	return n, since, err
}

// EndExpired ends sessions whose absolute end has passed. Of several replicas each takes others.
func (s *Store) EndExpired(ctx context.Context, at time.Time, batch int) (int, error) {
	const statement = `
		WITH done AS (
			UPDATE sessions SET ended_at = ends_at, ended_why = $2, rev = rev + 1
			WHERE id = ANY (ARRAY (
				SELECT id FROM sessions WHERE ended_at IS NULL AND ends_at <= $1 ORDER BY ends_at LIMIT $3
				FOR UPDATE SKIP LOCKED))
			AND ended_at IS NULL
			RETURNING 1)
		SELECT count(*) FROM done`
	var n int
	err := s.ask(ctx, statement, micros(at), provider.EndedExpired, max(batch, 0)).ending().Scan(&n)
	return n, err
}
