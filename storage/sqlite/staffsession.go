package sqlite

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
)

// BeginStaffSession begins one of somebody who is enabled and has enrolled.
func (s *Store) BeginStaffSession(ctx context.Context, ss provider.StaffSession, e provider.Event) error {
	const statement = `
		INSERT INTO staff_sessions (id, secret_hash, staff, created_at, seen_at, proven_at, ends_at, ended_at)
		SELECT ?2, ?3, id, ?4, ?5, ?6, ?7, ?8 FROM staff WHERE id = ?1 AND disabled_at IS NULL AND enroll_hash IS NULL`
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrStale, statement, ss.Staff, ss.ID, ss.SecretHash, micros(ss.CreatedAt), micros(ss.SeenAt),
			micros(ss.ProvenAt), micros(ss.EndsAt), maybe(ss.EndedAt))
	})
}

// StaffSession finds one by its secret.
func (s *Store) StaffSession(ctx context.Context, secretHash []byte) (provider.StaffSession, error) {
	const query = `
		SELECT id, secret_hash, staff, created_at, seen_at, proven_at, ends_at, ended_at
		FROM staff_sessions WHERE secret_hash = ?`
	var ss provider.StaffSession
	err := s.reader.row(ctx, query, secretHash).Scan(&ss.ID, &ss.SecretHash, &ss.Staff, instant{&ss.CreatedAt}, instant{&ss.SeenAt},
		instant{&ss.ProvenAt}, instant{&ss.EndsAt}, instant{&ss.EndedAt})
	if err != nil {
		return provider.StaffSession{}, found(err)
	}
	return ss, nil
}

// TouchStaffSession moves both times, never back, of one that is not over.
func (s *Store) TouchStaffSession(ctx context.Context, id string, at, proven time.Time) error {
	const statement = `
		UPDATE staff_sessions SET seen_at = max(seen_at, ?2), proven_at = max(proven_at, coalesce(?3, proven_at))
		WHERE id = ?1 AND ended_at IS NULL AND ends_at > ?2 AND seen_at > ?4`
	return s.writer.transact(ctx, func(t *tx) error {
		_, err := t.exec(statement, id, micros(at), maybe(proven), micros(at.Add(-provider.StaffIdle)))
		return err
	})
}

// EndStaffSession ends one, with what its person has open.
func (s *Store) EndStaffSession(ctx context.Context, id, why string, at time.Time, e provider.Event) (bool, error) {
	const session = `UPDATE staff_sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL RETURNING staff`
	return wasLive(s.act(ctx, e, func(t *tx) error {
		var staff provider.StaffID
		err := found(t.row(session, micros(at), id).Scan(&staff))
		if errors.Is(err, provider.ErrNotFound) {
			return errNothing
		}
		if err != nil {
			return err
		}
		return endCases(t, staff, why, at)
	}))
}

// endCases ends what somebody has open.
func endCases(t *tx, staff provider.StaffID, why string, at time.Time) error {
	const statement = `UPDATE cases SET ended_at = ?, ended_why = ?, rev = rev + 1 WHERE staff = ? AND ended_at IS NULL`
	_, err := t.exec(statement, micros(at), why, staff)
	return err
}
