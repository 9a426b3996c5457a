package postgres

import (
	"context"
	"time"

	"gatehouse/provider"
)

// BeginStaffSession begins one of somebody who is enabled and has enrolled. Their row is shared: who disables them at this moment waits, and
// then ends the session too (staff_out); or this waits for them, looks at the row again, and begins none.
func (s *Store) BeginStaffSession(ctx context.Context, ss provider.StaffSession, e provider.Event) error {
	const statement = `
		WITH done AS (
			INSERT INTO staff_sessions (id, secret_hash, staff, created_at, seen_at, proven_at, ends_at, ended_at)
			SELECT $9, $10, who.id, $12, $13, $14, $15, $16
			FROM (SELECT id FROM staff WHERE id = $11 AND disabled_at IS NULL AND enroll_hash IS NULL FOR SHARE) AS who
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, ss.ID, ss.SecretHash, string(ss.Staff), micros(ss.CreatedAt), micros(ss.SeenAt), micros(ss.ProvenAt),
		micros(ss.EndsAt), maybe(ss.EndedAt)).one(provider.ErrStale)
}

// StaffSession finds one by its secret.
func (s *Store) StaffSession(ctx context.Context, secretHash []byte) (provider.StaffSession, error) {
	const query = `
		SELECT id, secret_hash, staff, created_at, seen_at, proven_at, ends_at, ended_at
		FROM staff_sessions WHERE secret_hash = $1`
	var ss provider.StaffSession
	err := s.ask(ctx, query, bytesOrEmpty(secretHash)).Scan(&ss.ID, &ss.SecretHash, (*string)(&ss.Staff), instant{&ss.CreatedAt},
		instant{&ss.SeenAt}, instant{&ss.ProvenAt}, instant{&ss.EndsAt}, instant{&ss.EndedAt})
	if err != nil {
		return provider.StaffSession{}, found(err)
	}
	return ss, nil
}

// TouchStaffSession moves both times, never back, of one that is not over.
func (s *Store) TouchStaffSession(ctx context.Context, id string, at, proven time.Time) error {
	const statement = `
		WITH done AS (
			UPDATE staff_sessions SET seen_at = greatest(seen_at, $2), proven_at = greatest(proven_at, $3)
			WHERE id = $1 AND ended_at IS NULL AND ends_at > $2 AND seen_at > $4
			RETURNING 1)
		SELECT count(*) FROM done`
	return s.ask(ctx, statement, id, micros(at), maybe(proven), micros(at.Add(-provider.StaffIdle))).one(nil)
}

// EndStaffSession ends one, with what its person has open.
func (s *Store) EndStaffSession(ctx context.Context, id, why string, at time.Time, e provider.Event) (bool, error) {
	const statement = `
		WITH done AS (
			UPDATE staff_sessions SET ended_at = $10 WHERE id = $9 AND ended_at IS NULL RETURNING staff),
		left_open AS (
			UPDATE cases SET ended_at = $10, ended_why = $11, rev = rev + 1 FROM done
			WHERE cases.staff = done.staff AND cases.ended_at IS NULL)` + counted
	return s.act(ctx, e, statement, id, micros(at), why).wasLive()
}
