package sqlite

import (
	"context"
	"fmt"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// sweep is one sort of record: a statement whose last argument is the batch.
type sweep struct {
	statement string
	args      []any
}

// Sweep deletes at most batch records of each sort, each sort in a transaction of its own, so that nobody waits long for
// the write lock. Every statement finds its records by an index, so that a sweep of nothing costs next to nothing.
// Where keep is 0 or less, events stay for ever.
func (s *Store) Sweep(ctx context.Context, now time.Time, batch int, keep time.Duration) (int, error) {
	total := s.sweepRates(now, max(batch, 0))
	for _, each := range sweeps(now, keep) {
		n, err := s.sweep(ctx, each, max(batch, 0))
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

func (s *Store) sweep(ctx context.Context, each sweep, batch int) (int, error) {
	var n int64
	err := s.writer.transact(ctx, func(t *tx) (err error) {
		n, err = t.exec(each.statement, append(each.args, batch)...)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sweep: %w", err)
	}
	return int(n), nil
}

func sweeps(now time.Time, keep time.Duration) []sweep {
	all := []sweep{
		{sweepCeremonies, []any{micros(now.Add(-row.CeremonyKept))}},
		{sweepMarks, []any{micros(now)}},
		{sweepGrants, []any{micros(now.Add(-row.CodeKept)), micros(now.Add(-row.OverKept)), micros(now.Add(-row.OverKept)), micros(now.Add(-row.OverKept))}},
		{sweepSessions, []any{micros(now.Add(-row.OverKept))}},
		{sweepChallenges, []any{micros(now.Add(-row.ChallengeKept))}},
		{sweepBudgets, []any{micros(now)}},
		{sweepLanes, []any{micros(now)}},
		{sweepMessages, []any{micros(now.Add(-row.MessageKept)), micros(now.Add(-row.MessageKept))}},
		{sweepSignals, []any{micros(now.Add(-row.SignalKept))}},
		{sweepDevices, []any{micros(now.Add(-row.DeviceKept))}},
		{sweepActivations, []any{micros(now.Add(-row.LostFoundKept))}},
		{sweepRecoveries, []any{micros(now.Add(-row.LostFoundKept))}},
		{sweepLinks, []any{micros(now)}},
		{sweepStaffSessions, []any{micros(now.Add(-row.OverKept))}},
		{sweepCases, []any{micros(now.Add(-row.CasesKept(keep)))}},
		{sweepRefusals, []any{micros(now.Add(-row.ReferenceKept))}},
		{sweepCalls, []any{micros(now.Add(-provider.CallKept))}},
	}
	if keep > 0 {
		all = append(all, sweep{sweepEvents, []any{micros(now.Add(-keep))}}, sweep{sweepCheckpoints, []any{micros(now.Add(-keep))}})
	}
	return all
}

// Ceremonies are bounded by those begun within their life and a day.
const sweepCeremonies = `
	DELETE FROM ceremonies WHERE id IN (SELECT id FROM ceremonies WHERE deadline <= ? ORDER BY deadline LIMIT ?)`

// Marks are bounded by those whose time is not over: after it the thing they guard is refused as expired.
const sweepMarks = `
	DELETE FROM marks WHERE (purpose, key_hash) IN (SELECT purpose, key_hash FROM marks WHERE until <= ? ORDER BY until LIMIT ?)`

// Grants are bounded by the live ones, the codes of a day and the dead of a week: unredeemed, revoked, past their end, or
// bound to a session that is over. UNION ALL: to find what is there twice, SQLite would read the whole
// table in order. CROSS JOIN: the sessions that are over first.
const sweepGrants = `
	DELETE FROM grants WHERE id IN (
		SELECT id FROM grants WHERE code_used_at IS NULL AND code_expires_at <= ?
		UNION ALL
		SELECT id FROM grants WHERE revoked_at IS NOT NULL AND revoked_at <= ?
		UNION ALL
		SELECT id FROM grants WHERE expires_at <= ?
		UNION ALL
		SELECT g.id FROM sessions s CROSS JOIN grants g ON g.session = s.id
		WHERE min(s.ends_at, coalesce(s.ended_at, s.ends_at)) <= ? AND g.offline = 0
		LIMIT ?)`

// Sessions are bounded by the live ones, and by those over for a week that no grant bound to them holds back (the sweep of
// grants comes first). An offline grant does not hold its session back: it outlives it, and the gate does not ask for it.
const sweepSessions = `
	DELETE FROM sessions WHERE id IN (
		SELECT s.id FROM sessions s
		WHERE min(s.ends_at, coalesce(s.ended_at, s.ends_at)) <= ?
		AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.session = s.id AND g.offline = 0)
		ORDER BY min(s.ends_at, coalesce(s.ended_at, s.ends_at)) LIMIT ?)`

// Challenges are bounded by those opened within their life and an hour.
const sweepChallenges = `
	DELETE FROM challenges WHERE id IN (SELECT id FROM challenges WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`

// Budgets are bounded by those whose window lasts.
const sweepBudgets = `
	DELETE FROM budgets WHERE (purpose, fingerprint) IN (
		SELECT purpose, fingerprint FROM budgets WHERE until <= ? ORDER BY until LIMIT ?)`

// Lanes are bounded by those in which somebody tried within the longest time that a rule remembers.
const sweepLanes = `
	DELETE FROM lanes WHERE (kind, fingerprint) IN (
		SELECT kind, fingerprint FROM lanes WHERE forget_at <= ? ORDER BY forget_at LIMIT ?)`

// Messages are bounded by those of a week: settled, or expired before anybody did.
const sweepMessages = `
	DELETE FROM messages WHERE id IN (
		SELECT id FROM messages WHERE settled_at IS NOT NULL AND settled_at <= ?
		UNION ALL
		SELECT id FROM messages WHERE settled_at IS NULL AND expires <= ?
		LIMIT ?)`

// Signals are bounded by those of a week, settled or not.
const sweepSignals = `
	DELETE FROM signals WHERE id IN (SELECT id FROM signals WHERE at <= ? ORDER BY at LIMIT ?)`

// Devices are bounded by those seen within 400 days.
const sweepDevices = `
	DELETE FROM devices WHERE (account, secret_hash) IN (
		SELECT account, secret_hash FROM devices WHERE seen_at <= ? ORDER BY seen_at LIMIT ?)`

// Invitations are bounded by those that are open, and by those over for 400 days.
const sweepActivations = `
	DELETE FROM activations WHERE id IN (
		SELECT id FROM activations
		WHERE min(expires_at, coalesce(revoked_at, expires_at), coalesce(used_at, expires_at)) <= ?
		ORDER BY min(expires_at, coalesce(revoked_at, expires_at), coalesce(used_at, expires_at)) LIMIT ?)`

// Recoveries are bounded by the pending ones, and by those over for 400 days.
const sweepRecoveries = `
	DELETE FROM recoveries WHERE id IN (
		SELECT id FROM recoveries
		WHERE min(expires_at, coalesce(ended_at, expires_at)) <= ?
		ORDER BY min(expires_at, coalesce(ended_at, expires_at)) LIMIT ?)`

// Links to records are bounded by those that last.
const sweepLinks = `
	DELETE FROM record_links WHERE (account, fingerprint) IN (
		SELECT account, fingerprint FROM record_links WHERE until IS NOT NULL AND until <= ? ORDER BY until LIMIT ?)`

// Sign-ins at the console are bounded by the live ones, and by those over for a week.
const sweepStaffSessions = `
	DELETE FROM staff_sessions WHERE id IN (
		SELECT id FROM staff_sessions
		WHERE min(ends_at, coalesce(ended_at, ends_at)) <= ?
		ORDER BY min(ends_at, coalesce(ended_at, ends_at)) LIMIT ?)`

// Contacts with callers are bounded by those of 400 days, or of as long as events are kept, and take their approvals with them.
const sweepCases = `
	DELETE FROM cases WHERE id IN (SELECT id FROM cases WHERE opened_at <= ? ORDER BY opened_at LIMIT ?)`

// Refusals are bounded by those of 30 days, and by how many are kept in a minute (provider.ReferenceRates).
const sweepRefusals = `
	DELETE FROM refusals WHERE fingerprint IN (SELECT fingerprint FROM refusals WHERE at <= ? ORDER BY at LIMIT ?)`

// Requests of systems are bounded by those of a day.
const sweepCalls = `
	DELETE FROM api_calls WHERE fingerprint IN (SELECT fingerprint FROM api_calls WHERE begun_at <= ? ORDER BY begun_at LIMIT ?)`

// Events go from the oldest on, up to the first that is to stay, so that what is left is an unbroken end of the trail.
const sweepEvents = `
	DELETE FROM events WHERE seq IN (
		SELECT seq FROM events
		WHERE seq < coalesce((SELECT min(seq) FROM (SELECT seq, at FROM events ORDER BY seq LIMIT ?2) WHERE at > ?1), 9223372036854775807)
		ORDER BY seq LIMIT ?2)`

// Checkpoints go with the events that they spoke of, from the oldest on; the newest stays, since the next follows from it.
const sweepCheckpoints = `
	DELETE FROM checkpoints WHERE number IN (
		SELECT number FROM (SELECT number, at FROM checkpoints ORDER BY number LIMIT ?2) WHERE at <= ?1)
	AND number < (SELECT max(number) FROM checkpoints)`
