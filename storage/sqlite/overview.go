package sqlite

import (
	"context"
	"database/sql"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// SessionsOf lists the live sessions of an account, last seen first.
func (s *Store) SessionsOf(ctx context.Context, account provider.AccountID, at time.Time, limit int) ([]provider.Session, error) {
	const query = `
		SELECT id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev
		FROM sessions WHERE account = ? AND ended_at IS NULL AND ends_at > ?
		ORDER BY seen_at DESC, id LIMIT ?`
	var all []provider.Session
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var found provider.Session
		err := rows.Scan(sessionColumns(&found)...)
		row.Own(&found)
		all = append(all, found)
		return err
	}, account, micros(at), max(limit, 0))
	return all, err
}

// ConsentsOf lists what an account allowed, by client.
func (s *Store) ConsentsOf(ctx context.Context, account provider.AccountID) ([]provider.Consent, error) {
	const query = `SELECT client, scopes, given_at, expires_at FROM consents WHERE account = ? ORDER BY client`
	var all []provider.Consent
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		c := provider.Consent{Account: account}
		err := rows.Scan(&c.Client, list{&c.Scopes}, instant{&c.GivenAt}, instant{&c.ExpiresAt})
		all = append(all, c)
		return err
	}, account)
	return all, err
}

// GrantsOf lists the grants of an account that can still give tokens, newest first.
func (s *Store) GrantsOf(ctx context.Context, account provider.AccountID, at time.Time, limit int) ([]provider.Grant, error) {
	const query = `
		SELECT g.id, g.account, g.client, g.session, g.offline, g.scopes, g.nonce, g.auth_time, g.acr, g.amr, g.created_at,
			g.expires_at, g.code_hash, g.code_expires_at, g.code_used_at, g.redirect_uri, g.challenge, g.generation,
			g.rotated_at, g.revoked_at, g.revoked_why, g.claims
		FROM grants g
		WHERE g.account = ?1 AND g.revoked_at IS NULL AND g.expires_at > ?2 AND g.code_used_at IS NOT NULL
			AND (g.offline OR EXISTS (SELECT 1 FROM sessions s WHERE s.id = g.session AND s.ended_at IS NULL AND s.ends_at > ?2))
		ORDER BY g.created_at DESC, g.id LIMIT ?3`
	var all []provider.Grant
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var g provider.Grant
		err := rows.Scan(grantColumns(&g)...)
		all = append(all, g)
		return err
	}, account, micros(at), max(limit, 0))
	return all, err
}

// EventsOf lists events of an account, newest first.
func (s *Store) EventsOf(ctx context.Context, account provider.AccountID, q provider.EventQuery) ([]provider.Event, error) {
	const query = `
		SELECT seq, at, kind, account, client, session, grant_id, actor, detail
		FROM events
		WHERE account = ?1 AND account <> '' AND (?2 = 0 OR seq < ?2) AND kind IN (SELECT value FROM json_each(?3))
			AND (NOT ?4 OR actor NOT LIKE 'account:%' AND actor NOT LIKE 'client:%' AND actor NOT IN ('house', 'nobody'))
		ORDER BY seq DESC LIMIT ?5`
	var all []provider.Event
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		all = append(all, e)
		return err
	}, account, q.Before, row.ListText(q.Kinds), q.Staff, max(q.Limit, 0))
	return all, err
}

// EndAccess takes back what an account allowed a client, and revokes its live grants.
func (s *Store) EndAccess(ctx context.Context, account provider.AccountID, client, why string, at time.Time, e provider.Event) error {
	const consent = `DELETE FROM consents WHERE account = ? AND client = ?`
	const grants = `
		UPDATE grants SET revoked_at = ?, revoked_why = ?
		WHERE account = ? AND client = ? AND revoked_at IS NULL AND expires_at > ?`
	return s.act(ctx, e, func(t *tx) error {
		allowed, err := t.exec(consent, account, client)
		if err != nil {
			return err
		}
		live, err := t.exec(grants, micros(at), why, account, client, micros(at))
		if err == nil && allowed+live == 0 {
			return provider.ErrNotFound
		}
		return err
	})
}

// PauseAccount makes an active account a paused one, and ends all that was got by it.
func (s *Store) PauseAccount(ctx context.Context, account provider.AccountID, why string, at time.Time, e provider.Event) error {
	const statement = `
		UPDATE accounts SET status = ?, status_at = ?, updated_at = ?, rev = rev + 1
		WHERE id = ? AND status = ?`
	return s.act(ctx, e, func(t *tx) error {
		err := endOthers(t, account, "", why, at) // first: what ends with the account's status would say why in other words
		if err != nil {
			return err
		}
		_, err = t.exec(`DELETE FROM closings WHERE account = ?`, account)
		if err != nil {
			return err
		}
		return t.one(provider.ErrStale, statement, provider.Paused, micros(at), micros(at), account, provider.Active)
	})
}
