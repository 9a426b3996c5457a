package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// SessionsOf lists the live sessions of an account, last seen first.
func (s *Store) SessionsOf(ctx context.Context, account provider.AccountID, at time.Time, limit int) ([]provider.Session, error) {
	const query = `
		SELECT id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev
		FROM sessions WHERE account = $1 AND ended_at IS NULL AND ends_at > $2
		ORDER BY seen_at DESC, id COLLATE "C" LIMIT $3`
	var all []provider.Session
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var found provider.Session
		err := rows.Scan(sessionColumns(&found)...)
		row.Own(&found)
		all = append(all, found)
		return err
	}, string(account), micros(at), max(limit, 0))
	return all, err
}

// ConsentsOf lists what an account allowed, by client.
func (s *Store) ConsentsOf(ctx context.Context, account provider.AccountID) ([]provider.Consent, error) {
	const query = `
		SELECT client, scopes, given_at, expires_at FROM consents WHERE account = $1 ORDER BY client COLLATE "C"`
	var all []provider.Consent
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		c := provider.Consent{Account: account}
		err := rows.Scan(&c.Client, list{&c.Scopes}, instant{&c.GivenAt}, instant{&c.ExpiresAt})
		all = append(all, c)
		return err
	}, string(account))
	return all, err
}

// GrantsOf lists the grants of an account that can still give tokens, newest first.
func (s *Store) GrantsOf(ctx context.Context, account provider.AccountID, at time.Time, limit int) ([]provider.Grant, error) {
	const query = `
		SELECT g.id, g.account, g.client, g.session, g.offline, g.scopes, g.nonce, g.auth_time, g.acr, g.amr, g.created_at,
			g.expires_at, g.code_hash, g.code_expires_at, g.code_used_at, g.redirect_uri, g.challenge, g.generation,
			g.rotated_at, g.revoked_at, g.revoked_why, g.claims
		FROM grants g
		WHERE g.account = $1 AND g.revoked_at IS NULL AND g.expires_at > $2 AND g.code_used_at IS NOT NULL
			AND (g.offline OR EXISTS (SELECT 1 FROM sessions s WHERE s.id = g.session AND s.ended_at IS NULL AND s.ends_at > $2))
		ORDER BY g.created_at DESC, g.id COLLATE "C" LIMIT $3`
	var all []provider.Grant
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var g provider.Grant
		err := rows.Scan(grantColumns(&g)...)
		all = append(all, g)
		return err
	}, string(account), micros(at), max(limit, 0))
	return all, err
}

// EventsOf lists events of an account, newest first.
func (s *Store) EventsOf(ctx context.Context, account provider.AccountID, q provider.EventQuery) ([]provider.Event, error) {
	const query = `
		SELECT seq, at, kind, account, client, session, grant_id, actor, detail
		FROM events
		WHERE account = $1 AND account <> '' AND ($2::bigint = 0 OR seq < $2) AND kind = ANY ($3::text[])
			AND (NOT $4::boolean OR actor NOT LIKE 'account:%' AND actor NOT LIKE 'client:%' AND actor NOT IN ('house', 'nobody'))
		ORDER BY seq DESC LIMIT $5`
	var all []provider.Event
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		e, err := scanEvent(rows)
		all = append(all, e)
		return err
	}, string(account), q.Before, q.Kinds, q.Staff, max(q.Limit, 0))
	return all, err
}

// EndAccess takes back what an account allowed a client, and revokes its live grants.
func (s *Store) EndAccess(ctx context.Context, account provider.AccountID, client, why string, at time.Time, e provider.Event) error {
	const statement = `
		WITH allowed AS (DELETE FROM consents WHERE account = $9 AND client = $10 RETURNING 1),
		families AS (
			UPDATE grants SET revoked_at = $11, revoked_why = $12, sweep_at = least(sweep_at, $13)
			WHERE account = $9 AND client = $10 AND revoked_at IS NULL AND expires_at > $11
			RETURNING 1),
		done AS (SELECT 1 WHERE EXISTS (SELECT 1 FROM allowed) OR EXISTS (SELECT 1 FROM families))` + counted
	return s.act(ctx, e, statement, string(account), client, micros(at), why, micros(at.Add(row.OverKept))).one(provider.ErrNotFound)
}

// PauseAccount makes an active account a paused one, and ends all that was got by it.
func (s *Store) PauseAccount(ctx context.Context, account provider.AccountID, why string, at time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE accounts SET status = $10, status_at = $12, updated_at = $12, rev = rev + 1
			WHERE id = $9 AND status = $11
			RETURNING id),
		stays AS (DELETE FROM closings USING done WHERE account = done.id),
		others AS (
			UPDATE sessions SET ended_at = $12, ended_why = $13, rev = rev + 1
			FROM done WHERE account = done.id AND ended_at IS NULL AND ends_at > $12),
		families AS (
			UPDATE grants SET revoked_at = $12, revoked_why = $13, sweep_at = least(sweep_at, $14)
			FROM done WHERE account = done.id AND revoked_at IS NULL AND expires_at > $12),
		forgotten AS (
			UPDATE devices SET remembered_until = NULL FROM done WHERE account = done.id AND remembered_until IS NOT NULL)` + counted
	return s.act(ctx, e, statement, string(account), string(provider.Paused), string(provider.Active), micros(at), why,
		micros(at.Add(row.OverKept))).ending().one(provider.ErrStale)
}
