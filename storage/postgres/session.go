package postgres

import (
	"context"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// SessionBySecret finds the session of a browser, ended or not.
func (s *Store) SessionBySecret(ctx context.Context, secretHash []byte) (provider.Session, error) {
	const query = `
		SELECT id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev
		FROM sessions WHERE secret_hash = $1`
	return scanSession(s.ask(ctx, query, secretHash))
}

// Session reads one by its id.
func (s *Store) Session(ctx context.Context, id string) (provider.Session, error) {
	const query = `
		SELECT id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev
		FROM sessions WHERE id = $1`
	return scanSession(s.ask(ctx, query, id))
}

func scanSession(a answer) (provider.Session, error) {
	var s provider.Session
	err := a.Scan(sessionColumns(&s)...)
	if err != nil {
		return provider.Session{}, found(err)
	}
	row.Own(&s)
	return s, nil
}

func sessionColumns(s *provider.Session) []any {
	return []any{&s.ID, &s.SecretHash, (*string)(&s.Account), proofs{&s.Proofs}, instant{&s.CreatedAt}, instant{&s.SeenAt},
		instant{&s.EndsAt}, instant{&s.EndedAt}, &s.EndedWhy, &s.Rev}
}

// TouchSession moves the time a live session was last seen, never back. It moves no revision, so that it disturbs no
// ceremony that is being completed.
func (s *Store) TouchSession(ctx context.Context, id string, at time.Time) error {
	const statement = `
		WITH done AS (
			UPDATE sessions SET seen_at = $2
			WHERE id = $1 AND seen_at < $2 AND ended_at IS NULL AND ends_at > $2
			RETURNING 1)
		SELECT count(*) FROM done`
	return s.ask(ctx, statement, id, micros(at)).one(nil)
}

// EndSession ends a live session.
func (s *Store) EndSession(ctx context.Context, id, why string, at time.Time, e provider.Event) (bool, error) {
	const statement = `
		WITH done AS (
			UPDATE sessions SET ended_at = $10, ended_why = $11, rev = rev + 1
			WHERE id = $9 AND ended_at IS NULL AND ends_at > $10
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, id, micros(at), why).ending().wasLive()
}

// EndOthers ends every live session of an account but keep, revokes its live grants but those bound to keep, and ends the
// remembering of its browsers.
func (s *Store) EndOthers(ctx context.Context, account provider.AccountID, keep, why string, at time.Time, e provider.Event) error {
	const statement = `
		WITH others AS (
			UPDATE sessions SET ended_at = $11, ended_why = $12, rev = rev + 1
			WHERE account = $9 AND id <> $10 AND ended_at IS NULL AND ends_at > $11),
		families AS (
			UPDATE grants SET revoked_at = $11, revoked_why = $12, sweep_at = least(sweep_at, $13)
			WHERE account = $9 AND (session <> $10 OR $10 = '') AND revoked_at IS NULL AND expires_at > $11),
		forgotten AS (
			UPDATE devices SET remembered_until = NULL WHERE account = $9 AND remembered_until IS NOT NULL),
		done AS (SELECT 1)` + counted
	return s.act(ctx, e, statement, string(account), keep, micros(at), why, micros(at.Add(row.OverKept))).ending().one(nil)
}

// wasLive reads the answer of an act that ends something: nothing changed means that it was over already.
func (a answer) wasLive() (bool, error) {
	var n int64
	err := a.Scan(&n)
	return n > 0, err
}
