package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// activationColumns are all of an invitation, in the order of scanActivation.
const activationColumns = `id, code_hash, fingerprint, relation, invitation, issued_at, expires_at, revoked_at, revoked_why, used_at, used_by`

// ActivationByCode reads the one with this code.
func (s *Store) ActivationByCode(ctx context.Context, codeHash []byte) (provider.Activation, error) {
	const query = `SELECT ` + activationColumns + ` FROM activations WHERE code_hash = $1`
	return s.scanActivation(s.ask(ctx, query, codeHash))
}

// Activation reads one.
func (s *Store) Activation(ctx context.Context, id string) (provider.Activation, error) {
	const query = `SELECT ` + activationColumns + ` FROM activations WHERE id = $1`
	return s.scanActivation(s.ask(ctx, query, id))
}

// ActivationsOf lists those of a record, newest first.
func (s *Store) ActivationsOf(ctx context.Context, record string) ([]provider.Activation, error) {
	const query = `SELECT ` + activationColumns + ` FROM activations WHERE fingerprint = $1 ORDER BY issued_at DESC, id COLLATE "C"`
	var all []provider.Activation
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		a, err := s.scanActivation(rows)
		all = append(all, a)
		return err
	}, row.RecordFingerprint(s.sealer, record))
	if err != nil {
		return nil, err
	}
	return all, nil
}

// scanner is a row to read.
type scanner interface{ Scan(into ...any) error }

func (s *Store) scanActivation(from scanner) (provider.Activation, error) {
	var a provider.Activation
	var fingerprint, sealed []byte
	err := from.Scan(&a.ID, &a.CodeHash, &fingerprint, (*string)(&a.Relation), &sealed, instant{&a.IssuedAt}, instant{&a.ExpiresAt},
		instant{&a.RevokedAt}, &a.RevokedWhy, instant{&a.UsedAt}, (*string)(&a.UsedBy))
	if err != nil {
		return provider.Activation{}, found(err)
	}
	err = row.OpenActivation(s.sealer, &a, fingerprint, sealed)
	return a, err
}

// Conditions of an invitation that a patient gave, the account of $34 or $14: it is good only while that is active. Who pauses or
// closes it at this moment waits, or is waited for.
const (
	activateGiven = `
				AND ($34 = '' OR EXISTS (SELECT 1 FROM accounts WHERE id = $34 AND status = '` + string(provider.Active) + `' FOR SHARE))`
	joinGiven = `
				AND ($14 = '' OR EXISTS (SELECT 1 FROM accounts WHERE id = $14 AND status = '` + string(provider.Active) + `' FOR SHARE))`
)

// RevokeActivation ends one that was not used, be it over or not.
func (s *Store) RevokeActivation(ctx context.Context, id, why string, at time.Time, e provider.Event) (bool, error) {
	const statement = `
		WITH done AS (
			UPDATE activations SET revoked_at = $10, revoked_why = $11
			WHERE id = $9 AND revoked_at IS NULL AND used_at IS NULL
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, id, micros(at), why).wasLive()
}

// Activate uses an invitation and makes the account with it, in one statement whose every part takes its row from the use. Who is
// already there by id or by name breaks it off as a whole.
func (s *Store) Activate(ctx context.Context, id string, at time.Time, a provider.Account, held []provider.Authenticator, e provider.Event) error {
	const statement = `
		WITH used AS (
			UPDATE activations SET used_at = $30, used_by = $9
			WHERE id = $29 AND revoked_at IS NULL AND used_at IS NULL AND expires_at > $30` + activateGiven + `
			RETURNING 1),
		done AS (
			INSERT INTO accounts (id, status, status_at, profile, created_at, updated_at, rev)
			SELECT $9, $10, $11, $12, $13, $14, 1 FROM used
			RETURNING id)` + namedAndBound + `,
		linked AS (
			INSERT INTO record_links (account, linked_at, fingerprint, relation, activation, record, granted_by, until)
			SELECT done.id, $30, $31, $32, $29, $33, $34, $35 FROM done)` + counted
	link, err := s.linkValues(ctx, id, a.ID, at)
	if err != nil {
		return err
	}
	args, err := s.accountValues(a, held)
	if err != nil {
		return err
	}
	return taken(s.act(ctx, e, statement, append(args, link...)...).one(provider.ErrUsed))
}

// JoinRecord uses one for an account that there is.
func (s *Store) JoinRecord(ctx context.Context, id string, at time.Time, account provider.AccountID, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE activations SET used_at = $10, used_by = $16
			WHERE id = $9 AND revoked_at IS NULL AND used_at IS NULL AND expires_at > $10
				AND EXISTS (SELECT 1 FROM accounts WHERE id = $16)` + joinGiven + `
			RETURNING 1),
		linked AS (
			INSERT INTO record_links (account, linked_at, fingerprint, relation, activation, record, granted_by, until)
			SELECT $16, $10, $11, $12, $9, $13, $14, $15 FROM done` + relink + `)` + said + `
		SELECT (SELECT count(*) FROM done), EXISTS (SELECT 1 FROM accounts WHERE id = $16)`
	link, err := s.linkValues(ctx, id, account, at)
	if err != nil {
		return err
	}
	err = found(s.act(ctx, e, statement, append(link, string(account))...).swapped())
	if errors.Is(err, provider.ErrStale) {
		return provider.ErrUsed
	}
	return err
}

// linkValues are the id of an invitation, a time, and what the link needs that it makes. What of an invitation names the record
// never changes, so that it can be read before: ErrUsed, where it is not open.
func (s *Store) linkValues(ctx context.Context, id string, account provider.AccountID, at time.Time) ([]any, error) {
	a, err := s.Activation(ctx, id)
	if errors.Is(err, provider.ErrNotFound) || err == nil && !a.Open(at) {
		return nil, provider.ErrUsed
	}
	if err != nil {
		return nil, err
	}
	l := provider.RecordLink{
		Account: account, Record: a.Record, Relation: a.Relation, Activation: a.ID, GrantedBy: a.By, Until: a.Until,
	}
	fingerprint, sealed, err := row.SealLink(s.sealer, l)
	return []any{a.ID, micros(at), fingerprint, string(a.Relation), sealed, string(a.By), maybe(a.Until)}, err
}
