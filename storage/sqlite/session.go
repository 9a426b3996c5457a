package sqlite

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// SessionBySecret finds the session of a browser, ended or not.
func (s *Store) SessionBySecret(ctx context.Context, secretHash []byte) (provider.Session, error) {
	const query = `
		SELECT id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev
		FROM sessions WHERE secret_hash = ?`
	return scanSession(s.reader.row(ctx, query, secretHash))
}

// Session reads one by its id.
func (s *Store) Session(ctx context.Context, id string) (provider.Session, error) {
	const query = `
		SELECT id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev
		FROM sessions WHERE id = ?`
	return scanSession(s.reader.row(ctx, query, id))
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
	return []any{&s.ID, &s.SecretHash, &s.Account, proofs{&s.Proofs}, instant{&s.CreatedAt}, instant{&s.SeenAt},
		instant{&s.EndsAt}, instant{&s.EndedAt}, &s.EndedWhy, &s.Rev}
}

// TouchSession moves the time a live session was last seen, never back. It moves no revision, so that it disturbs no
// ceremony that is being completed.
func (s *Store) TouchSession(ctx context.Context, id string, at time.Time) error {
	const statement = `
		UPDATE sessions SET seen_at = ?
		WHERE id = ? AND seen_at < ? AND ended_at IS NULL AND ends_at > ?`
	return s.writer.transact(ctx, func(t *tx) error {
		_, err := t.exec(statement, micros(at), id, micros(at), micros(at))
		return err
	})
}

// EndOthers ends all live sessions of an account but one, what applications got by them, and the remembering of its browsers.
func (s *Store) EndOthers(ctx context.Context, account provider.AccountID, keep, why string, at time.Time, e provider.Event) error {
	return s.act(ctx, e, func(t *tx) error { return endOthers(t, account, keep, why, at) })
}

func endOthers(t *tx, account provider.AccountID, keep, why string, at time.Time) error {
	const sessions = `
		UPDATE sessions SET ended_at = ?, ended_why = ?, rev = rev + 1
		WHERE account = ? AND id <> ? AND ended_at IS NULL AND ends_at > ?`
	const grants = `
		UPDATE grants SET revoked_at = ?, revoked_why = ?
		WHERE account = ? AND session <> ? AND revoked_at IS NULL AND expires_at > ?`
	t.ended = true
	for _, statement := range []string{sessions, grants} {
		_, err := t.exec(statement, micros(at), why, account, keep, micros(at))
		if err != nil {
			return err
		}
	}
	return forgetDevices(t, account)
}

// EndSession ends a live session.
func (s *Store) EndSession(ctx context.Context, id, why string, at time.Time, e provider.Event) (bool, error) {
	const statement = `
		UPDATE sessions SET ended_at = ?, ended_why = ?, rev = rev + 1
		WHERE id = ? AND ended_at IS NULL AND ends_at > ?`
	return wasLive(s.act(ctx, e, func(t *tx) error {
		t.ended = true
		return t.one(errNothing, statement, micros(at), why, id, micros(at))
	}))
}

// wasLive reads the outcome of an act that ends something: nothing to write means that it was over already.
func wasLive(err error) (bool, error) {
	if errors.Is(err, errNothing) {
		return false, nil
	}
	return err == nil, err
}
