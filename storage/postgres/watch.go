package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Watch puts an account on the watch list or takes it off.
func (s *Store) Watch(ctx context.Context, account provider.AccountID, why string, on bool, at time.Time, e provider.Event) error {
	const watch = `
		WITH done AS (
			INSERT INTO watched (account, why, at) SELECT id, $10, $11 FROM accounts WHERE id = $9
			ON CONFLICT (account) DO UPDATE SET why = excluded.why, at = excluded.at
			RETURNING 1)` + counted
	const leave = `WITH done AS (DELETE FROM watched WHERE account = $9 RETURNING 1)` + counted
	if !on {
		return s.act(ctx, e, leave, string(account)).one(nil)
	}
	sealed, err := row.SealWatch(s.sealer, account, why)
	if err != nil {
		return err
	}
	return s.act(ctx, e, watch, string(account), sealed, micros(at)).one(provider.ErrNotFound)
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
