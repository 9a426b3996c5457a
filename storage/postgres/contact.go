package postgres

import (
	"context"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// UsernameFree looks whose a username is, or was.
func (s *Store) UsernameFree(ctx context.Context, canonical string, account provider.AccountID) (bool, error) {
	const query = `SELECT NOT EXISTS (SELECT 1 FROM usernames_given WHERE fingerprint = $1 AND account <> $2)`
	free := false
	err := s.ask(ctx, query, row.Fingerprint(s.sealer, provider.Username, canonical), string(account)).Scan(&free)
	return free, err
}

// ChangeContacts replaces an account with what comes and goes with it, in one statement. The account's row comes first, as in
// RemoveAuthenticator. Where one that is to go has changed or is gone, refuse undoes all.
func (s *Store) ChangeContacts(ctx context.Context, c provider.ContactChange, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE accounts
			SET status = $10, status_at = $11, profile = $12, created_at = $13, updated_at = $14, rev = rev + 1
			WHERE id = $9 AND rev = $29
			RETURNING id),
		gone AS (DELETE FROM identifiers USING done WHERE account = done.id RETURNING 1),
		named AS (
			INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at)
			SELECT done.id, n.position, n.kind, n.fingerprint, n.name, n.verified_at
			FROM (SELECT count(*) FROM gone) AS before, done,
				unnest($15::int[], $16::text[], $17::bytea[], $18::bytea[], $19::bigint[])
				AS n (position, kind, fingerprint, name, verified_at)),
		unbound AS (
			DELETE FROM authenticators a USING done, unnest($30::text[], $31::bigint[]) AS u (id, rev)
			WHERE a.id = u.id AND a.rev = u.rev AND a.account = done.id
			RETURNING 1),
		bound AS (
			INSERT INTO authenticators (id, account, kind, name, data, step, failures, change_owed, created_at, used_at, rev)
			SELECT h.id, done.id, h.kind, h.name, h.data, h.step, h.failures, h.change_owed, h.created_at, h.used_at, 1
			FROM done, unnest($20::text[], $21::text[], $22::bytea[], $23::bytea[], $24::bigint[], $25::int[], $26::text[],
				$27::bigint[], $28::bigint[])
				AS h (id, kind, name, data, step, failures, change_owed, created_at, used_at)),
		others AS (
			UPDATE sessions s SET ended_at = $32, ended_why = $33, rev = s.rev + 1
			FROM done WHERE s.account = done.id AND $33 <> '' AND s.id <> $34 AND s.ended_at IS NULL AND s.ends_at > $32),
		families AS (
			UPDATE grants g SET revoked_at = $32, revoked_why = $33, sweep_at = least(g.sweep_at, $35)
			FROM done
			WHERE g.account = done.id AND $33 <> '' AND (g.session <> $34 OR $34 = '') AND g.revoked_at IS NULL AND g.expires_at > $32),
		forgotten AS (
			UPDATE devices d SET remembered_until = NULL
			FROM done WHERE d.account = done.id AND $33 <> '' AND d.remembered_until IS NOT NULL)` + said + `
		SELECT CASE
			WHEN NOT EXISTS (SELECT 1 FROM done) THEN 0
			WHEN (SELECT count(*) FROM unbound) = cardinality($30) THEN 1
			WHEN refuse('` + codeStale + `') THEN 0 END, EXISTS (SELECT 1 FROM accounts WHERE id = $9)`
	args, err := s.accountValues(c.Account, c.Binds)
	if err != nil {
		return err
	}
	ids, revs := []string{}, []int64{}
	for _, a := range c.Unbinds {
		ids, revs = append(ids, a.ID), append(revs, a.Rev)
	}
	args = append(args, c.Account.Rev, ids, revs, micros(c.At), c.Why, c.Keep, micros(c.At.Add(row.OverKept)))
	return taken(s.act(ctx, e, statement, args...).ending().swapped())
}
