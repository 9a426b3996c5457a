package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// namedAndBound are the parts that add the identifiers and authenticators of the account that done answers.
const namedAndBound = `,
		named AS (
			INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at)
			SELECT done.id, n.position, n.kind, n.fingerprint, n.name, n.verified_at
			FROM done, unnest($15::int[], $16::text[], $17::bytea[], $18::bytea[], $19::bigint[])
				AS n (position, kind, fingerprint, name, verified_at)),
		bound AS (
			INSERT INTO authenticators (id, account, kind, name, data, step, failures, change_owed, created_at, used_at, rev)
			SELECT h.id, done.id, h.kind, h.name, h.data, h.step, h.failures, h.change_owed, h.created_at, h.used_at, 1
			FROM done, unnest($20::text[], $21::text[], $22::bytea[], $23::bytea[], $24::bigint[], $25::int[], $26::text[],
				$27::bigint[], $28::bigint[])
				AS h (id, kind, name, data, step, failures, change_owed, created_at, used_at))`

// CreateAccount adds an account with its identifiers and authenticators; its revision becomes 1.
func (s *Store) CreateAccount(ctx context.Context, a provider.Account, held []provider.Authenticator, e provider.Event) error {
	const statement = `
		WITH done AS (
			INSERT INTO accounts (id, status, status_at, profile, created_at, updated_at, rev)
			VALUES ($9, $10, $11, $12, $13, $14, 1)
			ON CONFLICT DO NOTHING RETURNING id)` + namedAndBound + counted
	args, err := s.accountValues(a, held)
	if err != nil {
		return err
	}
	return taken(s.act(ctx, e, statement, args...).one(provider.ErrTaken))
}

// accountValues are $9 to $28 of a statement that adds an account.
func (s *Store) accountValues(a provider.Account, held []provider.Authenticator) ([]any, error) {
	profile, err := row.SealProfile(s.sealer, a.ID, a.Profile)
	if err != nil {
		return nil, err
	}
	names, err := s.names(a)
	if err != nil {
		return nil, err
	}
	bound, err := s.bound(a.ID, held)
	if err != nil {
		return nil, err
	}
	args := []any{string(a.ID), string(a.Status), micros(a.StatusAt), profile, micros(a.CreatedAt), micros(a.UpdatedAt)}
	return append(append(args, names.columns()...), bound.columns()...), nil
}

// Account reads one with its identifiers, in one statement: read in two, a change between them could pair an old
// identifier with the new revision, and the next UpdateAccount would bring the old one back.
func (s *Store) Account(ctx context.Context, id provider.AccountID) (provider.Account, error) {
	const query = `
		SELECT a.status, a.status_at, a.profile, a.created_at, a.updated_at, a.rev,
		       i.position, i.kind, i.fingerprint, i.name, i.verified_at
		FROM accounts a LEFT JOIN identifiers i ON i.account = a.id
		WHERE a.id = $1
		ORDER BY i.position`
	a := provider.Account{ID: id}
	var profile []byte
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var i identifierRow
		err := rows.Scan((*string)(&a.Status), instant{&a.StatusAt}, &profile, instant{&a.CreatedAt}, instant{&a.UpdatedAt}, &a.Rev,
			&i.position, maybeText(&i.kind), &i.fingerprint, &i.name, instant{&i.verifiedAt})
		if err != nil {
			return err
		}
		return s.addIdentifier(&a, i)
	}, string(id))
	if err != nil {
		return provider.Account{}, found(err)
	}
	if a.Rev == 0 {
		return provider.Account{}, provider.ErrNotFound
	}
	a.Profile, err = row.OpenProfile(s.sealer, id, profile)
	return a, err
}

// UpdateAccount replaces all of an account, its identifiers too. The new ones are inserted from the count of those that
// went, hence after them: a name may stand at another position than before.
func (s *Store) UpdateAccount(ctx context.Context, a provider.Account, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE accounts
			SET status = $10, status_at = $11, profile = $12, created_at = $13, updated_at = $14, rev = rev + 1
			WHERE id = $9 AND rev = $15
			RETURNING id),
		gone AS (DELETE FROM identifiers USING done WHERE account = done.id RETURNING 1),
		named AS (
			INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at)
			SELECT done.id, n.position, n.kind, n.fingerprint, n.name, n.verified_at
			FROM (SELECT count(*) FROM gone) AS before, done,
				unnest($16::int[], $17::text[], $18::bytea[], $19::bytea[], $20::bigint[])
				AS n (position, kind, fingerprint, name, verified_at))` + said + `
		SELECT (SELECT count(*) FROM done), EXISTS (SELECT 1 FROM accounts WHERE id = $9)`
	profile, err := row.SealProfile(s.sealer, a.ID, a.Profile)
	if err != nil {
		return err
	}
	names, err := s.names(a)
	if err != nil {
		return err
	}
	args := []any{string(a.ID), string(a.Status), micros(a.StatusAt), profile, micros(a.CreatedAt), micros(a.UpdatedAt), a.Rev}
	answer := s.act(ctx, e, statement, append(args, names.columns()...)...)
	answer.ends = a.Status != provider.Active
	return taken(answer.swapped())
}

// errStranger: an account was to be made with something of somebody else's.
func errStranger(what, id string) error {
	return fmt.Errorf("postgres: %s %s belongs to another account", what, id)
}
