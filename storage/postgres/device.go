package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// noted is the part of a completion that notes the browser; where there is none, its secret is NULL.
const noted = `,
		noted AS (` + noting + `
			SELECT $14, $31::bytea, $32, $33, $34, $35, $36, $37 FROM done WHERE $31::bytea IS NOT NULL` + knownAlready + `)`

// An old browser keeps its id and the time it was first seen, and stays remembered where nothing else is said.
const (
	noting = `
			INSERT INTO devices (account, secret_hash, id, words, created_at, seen_at, remembered_until, sweep_at)`
	knownAlready = `
			ON CONFLICT (account, secret_hash) DO UPDATE
			SET words = coalesce(nullif(excluded.words, ''), devices.words),
				seen_at = greatest(devices.seen_at, excluded.seen_at),
				remembered_until = coalesce(excluded.remembered_until, devices.remembered_until)`
)

// deviceValues are the arguments of noted.
func deviceValues(c provider.Completion) ([]any, error) {
	d, _, err := row.Seen(c)
	return []any{bytesOrNull(d.SecretHash), d.ID, d.Words, micros(d.CreatedAt), micros(d.SeenAt), maybe(d.RememberedUntil),
		micros(d.SeenAt.Add(row.DeviceKept))}, err
}

// Device reads the one of a browser and an account.
func (s *Store) Device(ctx context.Context, secretHash []byte, account provider.AccountID) (provider.Device, error) {
	const query = `
		SELECT id, words, created_at, seen_at, remembered_until
		FROM devices WHERE account = $1 AND secret_hash = $2`
	d := provider.Device{SecretHash: secretHash, Account: account}
	err := s.ask(ctx, query, string(account), secretHash).
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
		FROM devices WHERE account = $1
		ORDER BY seen_at DESC, id COLLATE "C"`
	var all []provider.Device
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		d := provider.Device{Account: account}
		err := rows.Scan(&d.ID, &d.SecretHash, &d.Words, instant{&d.CreatedAt}, instant{&d.SeenAt}, instant{&d.RememberedUntil})
		all = append(all, d)
		return err
	}, string(account))
	return all, err
}

// ForgetDevices ends the remembering of all browsers of an account.
func (s *Store) ForgetDevices(ctx context.Context, account provider.AccountID, e provider.Event) error {
	const statement = `
		WITH forgotten AS (
			UPDATE devices SET remembered_until = NULL WHERE account = $9 AND remembered_until IS NOT NULL),
		done AS (SELECT 1)` + counted
	return s.act(ctx, e, statement, string(account)).one(nil)
}

// DropDevices deletes all browsers of an account.
func (s *Store) DropDevices(ctx context.Context, account provider.AccountID, e provider.Event) error {
	const statement = `
		WITH dropped AS (DELETE FROM devices WHERE account = $9),
		done AS (SELECT 1)` + counted
	return s.act(ctx, e, statement, string(account)).one(nil)
}
