package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Watch puts an account on the watch list.
func (s *Store) Watch(ctx context.Context, w provider.Watch, e provider.Event) error {
	const statement = `
		INSERT INTO watched (account, why, at, by_staff) SELECT id, ?2, ?3, ?4 FROM accounts WHERE id = ?1
		ON CONFLICT (account) DO UPDATE SET why = excluded.why, at = excluded.at, by_staff = excluded.by_staff`
	sealed, err := row.SealWatch(s.sealer, w.Account, string(w.Why))
	if err != nil {
		return err
	}
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrNotFound, statement, w.Account, sealed, micros(w.At), w.By)
	})
}

// Unwatch takes an account off, by the word of a supervisor who did not put it on and whose it is not.
func (s *Store) Unwatch(ctx context.Context, account provider.AccountID, by provider.StaffID, _ time.Time, e provider.Event) error {
	const statement = `
		DELETE FROM watched WHERE account = ?1 AND by_staff <> ?2 AND EXISTS (
			SELECT 1 FROM staff s WHERE s.id = ?2 AND s.disabled_at IS NULL AND s.role = '` + string(provider.Supervisor) + `' AND s.account <> watched.account)`
	return s.act(ctx, e, func(t *tx) error { return t.one(provider.ErrUsed, statement, account, by) })
}

// Watches lists the accounts that are watched, newest first.
func (s *Store) Watches(ctx context.Context, limit int) ([]provider.Watch, error) {
	const query = `SELECT account, why, at, by_staff FROM watched ORDER BY at DESC, account LIMIT ?`
	var all []provider.Watch
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var w provider.Watch
		var sealed []byte
		if err := rows.Scan(&w.Account, &sealed, instant{&w.At}, &w.By); err != nil {
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
	const query = `SELECT why FROM watched WHERE account = ?`
	var sealed []byte
	err := s.reader.row(ctx, query, account).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return row.OpenWatch(s.sealer, account, sealed)
}

// AccountsByRecord finds the accounts that have a record which nobody lent them.
func (s *Store) AccountsByRecord(ctx context.Context, record string, limit int) ([]provider.AccountID, error) {
	const query = `SELECT account FROM record_links WHERE fingerprint = ? AND granted_by = '' ORDER BY linked_at, account LIMIT ?`
	var all []provider.AccountID
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var id provider.AccountID
		err := rows.Scan(&id)
		all = append(all, id)
		return err
	}, row.RecordFingerprint(s.sealer, record), max(limit, 0))
	return all, err
}

// SetSlow says since when messages of a channel are slow.
func (s *Store) SetSlow(ctx context.Context, channel provider.Channel, since, until time.Time, e provider.Event) error {
	const set = `
		INSERT INTO slow_channels (channel, since, until) VALUES (?, ?, ?)
		ON CONFLICT (channel) DO UPDATE SET since = excluded.since, until = excluded.until`
	const mend = `DELETE FROM slow_channels WHERE channel = ?`
	return s.act(ctx, e, func(t *tx) (err error) {
		if since.IsZero() {
			_, err = t.exec(mend, channel)
			return err
		}
		return t.one(errNothing, set, channel, micros(since), micros(until))
	})
}

// SlowChannels are those that are slow.
func (s *Store) SlowChannels(ctx context.Context, at time.Time) ([]provider.Channel, error) {
	const query = `SELECT channel FROM slow_channels WHERE since <= ?1 AND until > ?1 ORDER BY channel`
	var all []provider.Channel
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var c provider.Channel
		err := rows.Scan(&c)
		all = append(all, c)
		return err
	}, micros(at))
	return all, err
}
