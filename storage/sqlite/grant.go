package sqlite

import (
	"context"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// IssueCode adds a grant with its code.
func (s *Store) IssueCode(ctx context.Context, g provider.Grant) error {
	const statement = `
		INSERT INTO grants (id, account, client, session, offline, scopes, nonce, auth_time, acr, amr, created_at, expires_at,
			code_hash, code_expires_at, code_used_at, redirect_uri, challenge, generation, rotated_at, revoked_at, revoked_why, claims)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, NULL, NULL, '', ?)`
	return s.writer.transact(ctx, func(t *tx) error {
		_, err := t.exec(statement, g.ID, g.Account, g.Client, g.Session, g.Offline, row.ListText(g.Scopes), g.Nonce,
			micros(g.AuthTime), g.ACR, row.ListText(g.AMR), micros(g.CreatedAt), micros(g.ExpiresAt),
			bytesOrNull(g.CodeHash), maybe(g.CodeExpiresAt), g.RedirectURI, g.Challenge, g.Generation, g.Claims)
		return unknown(err)
	})
}

// RedeemCode consumes a code: the first of fifty wins, since the condition stands in the statement. Where it could still be used but
// its session is over, nobody showed it twice.
func (s *Store) RedeemCode(ctx context.Context, grant string, at time.Time, e provider.Event) error {
	const statement = `
		UPDATE grants SET code_used_at = ?
		WHERE id = ? AND code_used_at IS NULL AND code_expires_at > ? AND revoked_at IS NULL
			AND (session = '' OR EXISTS (SELECT 1 FROM sessions s WHERE s.id = grants.session AND s.ended_at IS NULL AND s.ends_at > ?))`
	const orphaned = `
		SELECT EXISTS (
			SELECT 1 FROM grants g
			WHERE g.id = ? AND g.code_used_at IS NULL AND g.code_expires_at > ? AND g.revoked_at IS NULL AND g.session <> ''
				AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.id = g.session AND s.ended_at IS NULL AND s.ends_at > ?))`
	return s.act(ctx, e, func(t *tx) error {
		var over bool
		err := t.row(orphaned, grant, micros(at), micros(at)).Scan(&over)
		if err != nil {
			return err
		}
		if over {
			return provider.ErrStale
		}
		return t.one(provider.ErrUsed, statement, micros(at), grant, micros(at), micros(at))
	})
}

// AdvanceGrant is the whole of a refresh: one row changed, none added, no event.
func (s *Store) AdvanceGrant(ctx context.Context, grant string, from int64, at time.Time) error {
	const statement = `
		UPDATE grants SET generation = generation + 1, rotated_at = ?
		WHERE id = ? AND generation = ? AND revoked_at IS NULL`
	return s.writer.transact(ctx, func(t *tx) error {
		return t.one(provider.ErrStale, statement, micros(at), grant, from)
	})
}

// RevokeGrant revokes a live grant.
func (s *Store) RevokeGrant(ctx context.Context, grant, why string, at time.Time, e provider.Event) (bool, error) {
	const statement = `
		UPDATE grants SET revoked_at = ?, revoked_why = ?
		WHERE id = ? AND revoked_at IS NULL AND expires_at > ?`
	return wasLive(s.act(ctx, e, func(t *tx) error {
		return t.one(errNothing, statement, micros(at), why, grant, micros(at))
	}))
}
