package sqlite

import (
	"context"
	"database/sql"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// noteDevice notes the browser of a completion, if it has one.
func noteDevice(t *tx, c provider.Completion) error {
	d, noted, err := row.Seen(c)
	if err != nil || !noted {
		return err
	}
	return note(t, d)
}

// note keeps a browser. An old one keeps its id and the time it was first seen, and stays remembered where nothing else is said.
func note(t *tx, d provider.Device) error {
	const statement = `
		INSERT INTO devices (account, secret_hash, id, words, created_at, seen_at, remembered_until)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, secret_hash) DO UPDATE
		SET words = coalesce(nullif(excluded.words, ''), words),
			seen_at = max(seen_at, excluded.seen_at),
			remembered_until = coalesce(excluded.remembered_until, remembered_until)`
	_, err := t.exec(statement, d.Account, d.SecretHash, d.ID, d.Words, micros(d.CreatedAt), micros(d.SeenAt), maybe(d.RememberedUntil))
	return err
}

// Device reads the one of a browser and an account.
func (s *Store) Device(ctx context.Context, secretHash []byte, account provider.AccountID) (provider.Device, error) {
	const query = `
		SELECT id, words, created_at, seen_at, remembered_until
		FROM devices WHERE account = ? AND secret_hash = ?`
	d := provider.Device{SecretHash: secretHash, Account: account}
	err := s.reader.row(ctx, query, account, secretHash).
		Scan(&d.ID, &d.Words, instant{&d.CreatedAt}, instant{&d.SeenAt}, instant{&d.RememberedUntil})
	if err != nil {
		return provider.Device{}, found(err)
	}
	return d, nil
}

// Devices lists those of an account, last seen first.
func (s *Store) Devices(ctx context.Context, account provider.AccountID) ([]provider.Device, error) {
	const query = `
		SELECT id, secret_hash, words, created_at, seen_at, remembered_until
		FROM devices WHERE account = ?
		ORDER BY seen_at DESC, id`
	var all []provider.Device
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		d := provider.Device{Account: account}
		err := rows.Scan(&d.ID, &d.SecretHash, &d.Words, instant{&d.CreatedAt}, instant{&d.SeenAt}, instant{&d.RememberedUntil})
		all = append(all, d)
		return err
	}, account)
	return all, err
}

// ForgetDevices ends the remembering of all browsers of an account.
func (s *Store) ForgetDevices(ctx context.Context, account provider.AccountID, e provider.Event) error {
	return s.act(ctx, e, func(t *tx) error { return forgetDevices(t, account) })
}

func forgetDevices(t *tx, account provider.AccountID) error {
	const statement = `UPDATE devices SET remembered_until = NULL WHERE account = ? AND remembered_until IS NOT NULL`
	_, err := t.exec(statement, account)
	return err
}

// DropDevices deletes all browsers of an account.
func (s *Store) DropDevices(ctx context.Context, account provider.AccountID, e provider.Event) error {
	const statement = `DELETE FROM devices WHERE account = ?`
	return s.act(ctx, e, func(t *tx) error {
		_, err := t.exec(statement, account)
		return err
	})
}
