package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Watch puts an account on the watch list.
func (s *Store) Watch(ctx context.Context, w provider.Watch, e provider.Event) error {
	const statement = `
		WITH done AS (
			INSERT INTO watched (account, why, at, by_staff) SELECT id, $10, $11, $12 FROM accounts WHERE id = $9
			ON CONFLICT (account) DO UPDATE SET why = excluded.why, at = excluded.at, by_staff = excluded.by_staff
			RETURNING 1)` + counted
	sealed, err := row.SealWatch(s.sealer, w.Account, string(w.Why))
	if err != nil {
		return err
	}
	return s.act(ctx, e, statement, string(w.Account), sealed, micros(w.At), string(w.By)).one(provider.ErrNotFound)
}

// Unwatch takes an account off, by the word of a supervisor who did not put it on and whose it is not. Their own row is taken before, as in
// DecideApproval; what waited for somebody who puts the account on anew looks at that again.
func (s *Store) Unwatch(ctx context.Context, account provider.AccountID, by provider.StaffID, _ time.Time, e provider.Event) error {
	const statement = `
		WITH second AS MATERIALIZED (
			SELECT id, account FROM staff
			WHERE id = $10 AND disabled_at IS NULL AND role = '` + string(provider.Supervisor) + `' FOR SHARE),
		done AS (
			DELETE FROM watched w USING second
			WHERE w.account = $9 AND w.by_staff <> second.id AND w.account <> second.account
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, string(account), string(by)).one(provider.ErrUsed)
}

// Watches lists the accounts that are watched, newest first.
func (s *Store) Watches(ctx context.Context, limit int) ([]provider.Watch, error) {
	const query = `SELECT account, why, at, by_staff FROM watched ORDER BY at DESC, account COLLATE "C" LIMIT $1`
	var all []provider.Watch
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var w provider.Watch
		var sealed []byte
		if err := rows.Scan((*string)(&w.Account), &sealed, instant{&w.At}, (*string)(&w.By)); err != nil {
			return err
		}
		why, err := row.OpenWatch(s.sealer, w.Account, sealed)
		w.Why = provider.WatchReason(why)
		all = append(all, w)
		return err
	}, max(limit, 0))
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Watched reads why an account is watched.
func (s *Store) Watched(ctx context.Context, account provider.AccountID) (string, error) {
	const query = `SELECT why FROM watched WHERE account = $1`
	var sealed []byte
	err := s.ask(ctx, query, string(account)).Scan(&sealed)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return row.OpenWatch(s.sealer, account, sealed)
}

// AccountsByRecord finds the accounts that have a record which nobody lent them.
func (s *Store) AccountsByRecord(ctx context.Context, record string, limit int) ([]provider.AccountID, error) {
	const query = `
		SELECT account FROM record_links WHERE fingerprint = $1 AND granted_by = ''
		ORDER BY linked_at, account COLLATE "C" LIMIT $2`
	var all []provider.AccountID
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var id provider.AccountID
		err := rows.Scan((*string)(&id))
		all = append(all, id)
		return err
	}, row.RecordFingerprint(s.sealer, record), max(limit, 0))
	return all, err
}

// SetSlow says since when messages of a channel are slow.
func (s *Store) SetSlow(ctx context.Context, channel provider.Channel, since, until time.Time, e provider.Event) error {
	const set = `
		WITH done AS (
			INSERT INTO slow_channels (channel, since, until) VALUES ($9, $10, $11)
			ON CONFLICT (channel) DO UPDATE SET since = excluded.since, until = excluded.until
			RETURNING 1)` + counted
	const mend = `
		WITH over AS (DELETE FROM slow_channels WHERE channel = $9),
		done AS (SELECT 1)` + counted
	if since.IsZero() {
		return s.act(ctx, e, mend, string(channel)).one(nil)
	}
	return s.act(ctx, e, set, string(channel), micros(since), micros(until)).one(nil)
}

// SlowChannels are those that are slow.
func (s *Store) SlowChannels(ctx context.Context, at time.Time) ([]provider.Channel, error) {
	const query = `SELECT channel FROM slow_channels WHERE since <= $1 AND until > $1 ORDER BY channel COLLATE "C"`
	var all []provider.Channel
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var c provider.Channel
		err := rows.Scan((*string)(&c))
		all = append(all, c)
		return err
	}, micros(at))
	return all, err
}
