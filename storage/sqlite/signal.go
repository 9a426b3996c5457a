package sqlite

import (
	"context"
	"database/sql"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

const signalColumns = `id, kind, client, account, session, why, at, tries, lease, settled_at, outcome`

func signalInto(s *provider.Signal) []any {
	return []any{&s.ID, &s.Kind, &s.Client, &s.Account, &s.Session, &s.Why, instant{&s.At}, &s.Tries, &s.Lease,
		instant{&s.SettledAt}, &s.Outcome}
}

// signalReach is how far a claim looks for applications that have room, beyond those that are left out.
const signalReach = 1000

// dueSignals are those that are due, so many of each application.
const dueSignals = `
	SELECT id FROM (
		SELECT id, due, row_number() OVER (PARTITION BY client ORDER BY due, id) AS n
		FROM (
			SELECT id, client, due FROM signals
			WHERE settled_at IS NULL AND due <= ?1 AND leased_until <= ?1 AND client NOT IN (SELECT value FROM json_each(?2))
			ORDER BY due LIMIT ?3))
	WHERE n <= ?4 ORDER BY due, id LIMIT ?5`

// ClaimSignals takes what is due. It looks first, so that a worker with nothing to do keeps nobody from writing.
func (s *Store) ClaimSignals(ctx context.Context, q provider.SignalQuery) ([]provider.Signal, error) {
	const claim = `
		UPDATE signals SET tries = tries + 1, lease = ?2, leased_until = ?3
		WHERE id = ?1
		RETURNING ` + signalColumns
	args := []any{micros(q.At), row.ListText(q.Except), signalReach, max(q.Each, 0), max(q.Limit, 0)}
	due, err := signalIDs(func(scan func(*sql.Rows) error) error { return s.reader.each(ctx, dueSignals, scan, args...) })
	if err != nil || len(due) == 0 {
		return nil, err
	}
	var claims []provider.Signal
	mine := provider.NewID()
	err = s.transact(ctx, func(t *tx) error {
		due, err = signalIDs(func(scan func(*sql.Rows) error) error { return t.each(dueSignals, scan, args...) })
		for _, id := range due {
			var c provider.Signal
			err = t.row(claim, id, mine, micros(q.At.Add(q.Lease))).Scan(signalInto(&c)...)
			if err != nil {
				return err
			}
			claims = append(claims, c)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return claims, nil
}

func signalIDs(each func(func(*sql.Rows) error) error) ([]int64, error) {
	var all []int64
	err := each(func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		all = append(all, id)
		return err
	})
	return all, err
}

// PutOffSignal ends a claim for now.
func (s *Store) PutOffSignal(ctx context.Context, c provider.Signal, next time.Time) error {
	const statement = `
		UPDATE signals SET due = ?, lease = '', leased_until = 0
		WHERE id = ? AND lease = ? AND lease <> '' AND settled_at IS NULL`
	return s.transact(ctx, func(t *tx) error { return t.one(provider.ErrStale, statement, micros(next), c.ID, c.Lease) })
}

// SettleSignal ends a claim for good.
func (s *Store) SettleSignal(ctx context.Context, c provider.Signal, outcome provider.SignalOutcome, at time.Time, e provider.Event) error {
	const statement = `
		UPDATE signals SET settled_at = ?, outcome = ?, lease = '', leased_until = 0
		WHERE id = ? AND lease = ? AND lease <> '' AND settled_at IS NULL`
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrStale, statement, micros(at), outcome, c.ID, c.Lease)
	})
}

// SignalsOf lists those of a session.
func (s *Store) SignalsOf(ctx context.Context, session string) ([]provider.Signal, error) {
	const query = `SELECT ` + signalColumns + ` FROM signals WHERE session = ? ORDER BY client, kind`
	var all []provider.Signal
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
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
	err := s.reader.row(ctx, query).Scan(&n, instant{&since})
	return n, since, err
}

// EndExpired ends sessions whose absolute end has passed. It looks first: most rounds find none.
func (s *Store) EndExpired(ctx context.Context, at time.Time, batch int) (int, error) {
	const some = `SELECT EXISTS (SELECT 1 FROM sessions WHERE ended_at IS NULL AND ends_at <= ?)`
	const statement = `
		UPDATE sessions SET ended_at = ends_at, ended_why = ?1, rev = rev + 1
		WHERE id IN (SELECT id FROM sessions WHERE ended_at IS NULL AND ends_at <= ?2 ORDER BY ends_at LIMIT ?3)`
	var any bool
	err := s.reader.row(ctx, some, micros(at)).Scan(&any)
	if err != nil || !any {
		return 0, err
	}
	var n int64
	err = s.transact(ctx, func(t *tx) (err error) {
		t.ended = true
		n, err = t.exec(statement, provider.EndedExpired, micros(at), max(batch, 0))
		return err
	})
	if err != nil {
		return 0, err
	}
	return int(n), nil
}
