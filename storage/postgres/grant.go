package postgres

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// IssueCode adds a grant with its code. That there are such an account and client is asked in the statement; a foreign key
// would write to the client's row for it. The janitor looks at the grant first when its code could go.
func (s *Store) IssueCode(ctx context.Context, g provider.Grant) error {
	const statement = `
		WITH done AS (
			INSERT INTO grants (id, account, client, session, offline, scopes, nonce, auth_time, acr, amr, created_at, expires_at,
				code_hash, code_expires_at, redirect_uri, challenge, generation, revoked_why, sweep_at, claims)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, '', $18, $19
			WHERE EXISTS (SELECT 1 FROM accounts WHERE id = $2) AND EXISTS (SELECT 1 FROM clients WHERE id = $3)
			RETURNING 1)
		SELECT count(*) FROM done`
	return s.ask(ctx, statement, g.ID, string(g.Account), g.Client, g.Session, g.Offline, row.ListText(g.Scopes),
		[]byte(g.Nonce), micros(g.AuthTime), g.ACR, row.ListText(g.AMR), micros(g.CreatedAt), micros(g.ExpiresAt),
		bytesOrNull(g.CodeHash), maybe(g.CodeExpiresAt), g.RedirectURI, []byte(g.Challenge), g.Generation,
		micros(firstSweep(g)), g.Claims).one(provider.ErrNotFound)
}

// firstSweep is the first moment from which a grant might go.
func firstSweep(g provider.Grant) time.Time {
	over := g.ExpiresAt.Add(row.OverKept)
	if code := g.CodeExpiresAt.Add(row.CodeKept); !g.CodeExpiresAt.IsZero() && code.Before(over) {
		return code
	}
	return over
}

// RedeemCode consumes a code: the first of fifty wins, since the condition stands in the statement. Where it could still be used but
// its session is over, nobody showed it twice.
func (s *Store) RedeemCode(ctx context.Context, grant string, at time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE grants SET code_used_at = $10
			WHERE id = $9 AND code_used_at IS NULL AND code_expires_at > $10 AND revoked_at IS NULL
				AND (session = '' OR EXISTS (SELECT 1 FROM sessions s WHERE s.id = grants.session AND s.ended_at IS NULL AND s.ends_at > $10))
			RETURNING 1)` + said + `
		SELECT (SELECT count(*) FROM done), EXISTS (
			SELECT 1 FROM grants g
			WHERE g.id = $9 AND g.code_used_at IS NULL AND g.code_expires_at > $10 AND g.revoked_at IS NULL AND g.session <> ''
				AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.id = g.session AND s.ended_at IS NULL AND s.ends_at > $10))`
	err := s.act(ctx, e, statement, grant, micros(at)).swapped()
	if errors.Is(err, provider.ErrNotFound) {
		return provider.ErrUsed
	}
	return err
}

// AdvanceGrant is the whole of a refresh: one row changed in its place, none added, no event.
func (s *Store) AdvanceGrant(ctx context.Context, grant string, from int64, at time.Time) error {
	const statement = `
		WITH done AS (
			UPDATE grants SET generation = generation + 1, rotated_at = $3
			WHERE id = $1 AND generation = $2 AND revoked_at IS NULL
			RETURNING 1)
		SELECT count(*) FROM done`
	return s.ask(ctx, statement, grant, from, micros(at)).one(provider.ErrStale)
}

// RevokeGrant revokes a live grant.
func (s *Store) RevokeGrant(ctx context.Context, grant, why string, at time.Time, e provider.Event) (bool, error) {
	const statement = `
		WITH done AS (
			UPDATE grants SET revoked_at = $10, revoked_why = $11, sweep_at = least(sweep_at, $12)
			WHERE id = $9 AND revoked_at IS NULL AND expires_at > $10
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, grant, micros(at), why, micros(at.Add(row.OverKept))).wasLive()
}
