package postgres

import (
	"context"
	"fmt"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// sweep is one sort of record: a statement whose first argument is the batch. It answers how many records went and at how
// many it looked.
type sweep struct {
	statement string
	args      []any
}

// Sweep deletes at most batch records of each sort, each sort in a statement of its own, so that nobody waits long for
// anything. Every statement finds its records by an index, so that a sweep of nothing costs next to nothing. Of several
// replicas one sweeps at a time; the others have nothing to do. Where keep is 0 or less, events stay for ever.
func (s *Store) Sweep(ctx context.Context, now time.Time, batch int, keep time.Duration) (int, error) {
	total := 0
	for _, sort := range sweeps(now, keep) {
		left := max(batch, 0)
		for _, each := range sort {
			n, err := s.sweep(ctx, each, left)
			total, left = total+n, left-n
			if err != nil {
				return total, fmt.Errorf("sweep: %w", err)
			}
		}
	}
	return total, nil
}

// sweep goes on while it looked at a full batch and nothing of it could go.
func (s *Store) sweep(ctx context.Context, each sweep, batch int) (int, error) {
	for {
		var went, seen int
		err := s.ask(ctx, each.statement, append([]any{batch}, each.args...)...).Scan(&went, &seen)
		if err != nil || went > 0 || seen < batch || batch == 0 {
			return went, err
		}
	}
}

// sweeps are the sorts of record; grants and messages go in two ways.
func sweeps(now time.Time, keep time.Duration) [][]sweep {
	over := micros(now.Add(-row.OverKept))
	all := [][]sweep{
		{{sweepCeremonies, []any{micros(now.Add(-row.CeremonyKept))}}},
		{{sweepMarks, []any{micros(now)}}},
		{
			{sweepGrants, []any{micros(now), micros(now.Add(-row.CodeKept)), over, row.OverKept.Microseconds()}},
			{sweepBoundGrants, []any{over}},
		},
		{{sweepSessions, []any{over}}},
		{{sweepChallenges, []any{micros(now.Add(-row.ChallengeKept))}}},
		{{sweepBudgets, []any{micros(now)}}},
		{{sweepLanes, []any{micros(now)}}},
		{{sweepRates, []any{micros(now)}}},
		{{sweepSettled, []any{micros(now.Add(-row.MessageKept))}}, {sweepExpired, []any{micros(now.Add(-row.MessageKept))}}},
		{{sweepSignals, []any{micros(now.Add(-row.SignalKept))}}},
		{{sweepDevices, []any{micros(now), row.DeviceKept.Microseconds()}}},
		{{sweepActivations, []any{micros(now.Add(-row.LostFoundKept))}}},
		{{sweepRecoveries, []any{micros(now.Add(-row.LostFoundKept))}}},
		{{sweepLinks, []any{micros(now)}}},
		{{sweepStaffSessions, []any{over}}},
		{{sweepCases, []any{micros(now.Add(-row.CasesKept(keep)))}}},
		{{sweepRefusals, []any{micros(now.Add(-row.ReferenceKept))}}},
		{{sweepCalls, []any{micros(now.Add(-provider.CallKept))}}},
	}
	if keep > 0 {
		all = append(all, []sweep{{sweepEvents, []any{micros(now.Add(-keep))}}, {sweepOldEvents, []any{micros(now.Add(-keep))}}},
			[]sweep{{sweepCheckpoints, []any{micros(now.Add(-keep))}}})
	}
	return all
}

// turn is the janitor's: an advisory lock that ends with the statement, so that no session has to keep it. The number is
// "janitor" in ASCII.
const turn = `
	WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(x'6a616e69746f72'::bigint) AS mine),`

const wentAndSeen = ` SELECT count(*), 0 FROM gone`

// Ceremonies are bounded by those begun within their life and a day.
const sweepCeremonies = turn + `
	gone AS (
		DELETE FROM ceremonies
		WHERE (SELECT mine FROM turn)
		AND id = ANY (ARRAY (SELECT id FROM ceremonies WHERE deadline <= $2 ORDER BY deadline LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Marks are bounded by those whose time is not over: after it the thing they guard is refused as expired.
const sweepMarks = turn + `
	gone AS (
		DELETE FROM marks
		WHERE (SELECT mine FROM turn)
		AND ctid = ANY (ARRAY (SELECT ctid FROM marks WHERE until <= $2 ORDER BY until LIMIT $1))
		AND until <= $2
		RETURNING 1)` + wentAndSeen

// Grants are bounded by the live ones, the codes of a day and the dead of a week: unredeemed, revoked, or past their end. A
// grant that is looked at and lives on is looked at again a week after its end; revoking it brings that forward.
const sweepGrants = turn + `
	seen AS MATERIALIZED (
		SELECT id,
			coalesce(code_used_at IS NULL AND code_expires_at <= $3, false) OR least(expires_at, revoked_at) <= $4 AS over,
			least(expires_at, revoked_at) + $5 AS next
		FROM grants
		WHERE (SELECT mine FROM turn) AND sweep_at <= $2
		ORDER BY sweep_at LIMIT $1
		FOR UPDATE SKIP LOCKED),
	gone AS (DELETE FROM grants USING seen WHERE grants.id = seen.id AND seen.over RETURNING 1),
	kept AS (UPDATE grants SET sweep_at = seen.next FROM seen WHERE grants.id = seen.id AND NOT seen.over RETURNING 1)
	SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept)`

// Grants that are bound to a session go with it, a week after it is over.
const sweepBoundGrants = turn + `
	gone AS (
		DELETE FROM grants
		WHERE (SELECT mine FROM turn)
		AND id = ANY (ARRAY (
			SELECT g.id FROM sessions s JOIN grants g ON g.session = s.id
			WHERE least(s.ends_at, s.ended_at) <= $2 AND NOT g.offline
			LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Sessions are bounded by the live ones, and by those over for a week that no grant bound to them holds back (the sweep of
// grants comes first). An offline grant does not hold its session back: it outlives it, and the gate does not ask for it.
const sweepSessions = turn + `
	gone AS (
		DELETE FROM sessions
		WHERE (SELECT mine FROM turn)
		AND id = ANY (ARRAY (
			SELECT s.id FROM sessions s
			WHERE least(s.ends_at, s.ended_at) <= $2
			AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.session = s.id AND NOT g.offline)
			ORDER BY least(s.ends_at, s.ended_at) LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Challenges are bounded by those opened within their life and an hour.
const sweepChallenges = turn + `
	gone AS (
		DELETE FROM challenges
		WHERE (SELECT mine FROM turn)
		AND id = ANY (ARRAY (SELECT id FROM challenges WHERE expires_at <= $2 ORDER BY expires_at LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Budgets are bounded by those whose window lasts. One that began anew meanwhile stays.
const sweepBudgets = turn + `
	gone AS (
		DELETE FROM budgets
		WHERE (SELECT mine FROM turn)
		AND ctid = ANY (ARRAY (SELECT ctid FROM budgets WHERE until <= $2 ORDER BY until LIMIT $1))
		AND until <= $2
		RETURNING 1)` + wentAndSeen

// Rates are bounded by those that are not whole. One that is looked at and was taken from since is looked at again when it is
// whole.
const sweepRates = turn + `
	seen AS MATERIALIZED (
		SELECT key, whole
		FROM rates
		WHERE (SELECT mine FROM turn) AND sweep_at <= $2
		ORDER BY sweep_at LIMIT $1
		FOR UPDATE SKIP LOCKED),
	gone AS (DELETE FROM rates r USING seen WHERE r.key = seen.key AND seen.whole <= $2 RETURNING 1),
	kept AS (UPDATE rates r SET sweep_at = seen.whole FROM seen WHERE r.key = seen.key AND seen.whole > $2 RETURNING 1)
	SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept)`

// Lanes are bounded by those in which somebody tried within the longest time that a rule remembers. One that is looked at and was
// tried since is looked at again when it is forgotten.
const sweepLanes = turn + `
	seen AS MATERIALIZED (
		SELECT kind, fingerprint, forget_at
		FROM lanes
		WHERE (SELECT mine FROM turn) AND sweep_at <= $2
		ORDER BY sweep_at LIMIT $1
		FOR UPDATE SKIP LOCKED),
	gone AS (
		DELETE FROM lanes l USING seen
		WHERE l.fingerprint = seen.fingerprint AND l.kind = seen.kind AND seen.forget_at <= $2 RETURNING 1),
	kept AS (
		UPDATE lanes l SET sweep_at = seen.forget_at FROM seen
		WHERE l.fingerprint = seen.fingerprint AND l.kind = seen.kind AND seen.forget_at > $2 RETURNING 1)
	SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept)`

// Messages are bounded by those of a week.
const sweepSettled = turn + `
	gone AS (
		DELETE FROM messages
		WHERE (SELECT mine FROM turn)
		AND id = ANY (ARRAY (
			SELECT id FROM messages WHERE settled_at IS NOT NULL AND settled_at <= $2 ORDER BY settled_at LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Messages that nobody settled go a week after they expired.
const sweepExpired = turn + `
	gone AS (
		DELETE FROM messages
		WHERE (SELECT mine FROM turn)
		AND id = ANY (ARRAY (SELECT id FROM messages WHERE settled_at IS NULL AND expires <= $2 ORDER BY expires LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Signals are bounded by those of a week, settled or not.
const sweepSignals = turn + `
	gone AS (
		DELETE FROM signals
		WHERE (SELECT mine FROM turn)
		AND id = ANY (ARRAY (SELECT id FROM signals WHERE at <= $2 ORDER BY at LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Devices are bounded by those seen within 400 days. One that is looked at and was seen since is looked at again 400 days after
// that.
const sweepDevices = turn + `
	seen AS MATERIALIZED (
		SELECT account, secret_hash, seen_at + $3 AS next
		FROM devices
		WHERE (SELECT mine FROM turn) AND sweep_at <= $2
		ORDER BY sweep_at LIMIT $1
		FOR UPDATE SKIP LOCKED),
	gone AS (
		DELETE FROM devices d USING seen
		WHERE d.account = seen.account AND d.secret_hash = seen.secret_hash AND seen.next <= $2 RETURNING 1),
	kept AS (
		UPDATE devices d SET sweep_at = seen.next FROM seen
		WHERE d.account = seen.account AND d.secret_hash = seen.secret_hash AND seen.next > $2 RETURNING 1)
	SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept)`

// Invitations are bounded by those that are open, and by those over for 400 days.
const sweepActivations = turn + `
	gone AS (
		DELETE FROM activations
		WHERE (SELECT mine FROM turn)
		AND id = ANY (ARRAY (
			SELECT id FROM activations WHERE least(expires_at, revoked_at, used_at) <= $2
			ORDER BY least(expires_at, revoked_at, used_at) LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Recoveries are bounded by the pending ones, and by those over for 400 days.
const sweepRecoveries = turn + `
	gone AS (
		DELETE FROM recoveries
		WHERE (SELECT mine FROM turn)
		AND id = ANY (ARRAY (
			SELECT id FROM recoveries WHERE least(expires_at, ended_at) <= $2 ORDER BY least(expires_at, ended_at) LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Links to records are bounded by those that last.
const sweepLinks = turn + `
	gone AS (
		DELETE FROM record_links
		WHERE (SELECT mine FROM turn)
		AND ctid = ANY (ARRAY (SELECT ctid FROM record_links WHERE until IS NOT NULL AND until <= $2 ORDER BY until LIMIT $1))
		AND until <= $2
		RETURNING 1)` + wentAndSeen

// Sign-ins at the console are bounded by the live ones, and by those over for a week.
const sweepStaffSessions = turn + `
	gone AS (
		DELETE FROM staff_sessions
		WHERE (SELECT mine FROM turn)
		AND id = ANY (ARRAY (
			SELECT id FROM staff_sessions WHERE least(ends_at, ended_at) <= $2 ORDER BY least(ends_at, ended_at) LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Contacts with callers are bounded by those of 400 days, or of as long as events are kept, and take their approvals with them.
const sweepCases = turn + `
	gone AS (
		DELETE FROM cases
		WHERE (SELECT mine FROM turn)
		AND id = ANY (ARRAY (SELECT id FROM cases WHERE opened_at <= $2 ORDER BY opened_at LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Refusals are bounded by those of 30 days, and by how many are kept in a minute (provider.ReferenceRates).
const sweepRefusals = turn + `
	gone AS (
		DELETE FROM refusals
		WHERE (SELECT mine FROM turn)
		AND fingerprint = ANY (ARRAY (SELECT fingerprint FROM refusals WHERE at <= $2 ORDER BY at LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Requests of systems are bounded by those of a day. One that was claimed anew meanwhile stays.
const sweepCalls = turn + `
	gone AS (
		DELETE FROM api_calls
		WHERE (SELECT mine FROM turn)
		AND fingerprint = ANY (ARRAY (SELECT fingerprint FROM api_calls WHERE begun_at <= $2 ORDER BY begun_at LIMIT $1))
		AND begun_at <= $2
		RETURNING 1)` + wentAndSeen

// Events go from the first link of each chain on, up to the first that is to stay, so that what is left is an unbroken end of the
// trail; where it begins is noted. A link whose event is gone stays, and all behind it: it is a fault that the verification has to find.
const sweepEvents = turn + `
	seen AS MATERIALIZED (
		SELECT c.chain, l.n, l.event, l.hash, bool_and(coalesce(e.at <= $2, false)) OVER (PARTITION BY c.chain ORDER BY l.n) AS over
		FROM chains c LEFT JOIN chain_cuts k ON k.chain = c.chain
		CROSS JOIN LATERAL (
			SELECT n, event, hash FROM links WHERE chain = c.chain AND n > coalesce(k.n, 0) ORDER BY n LIMIT greatest($1 / 16, least($1, 32))) l
		LEFT JOIN events e ON e.seq = l.event
		WHERE (SELECT mine FROM turn)),
	ends AS MATERIALIZED (SELECT * FROM seen WHERE over ORDER BY n, chain LIMIT $1),
	gone AS (DELETE FROM events USING ends WHERE events.seq = ends.event RETURNING 1),
	unlinked AS (DELETE FROM links USING ends WHERE links.chain = ends.chain AND links.n = ends.n),
	cut AS (
		INSERT INTO chain_cuts (chain, n, hash)
		SELECT DISTINCT ON (chain) chain, n, hash FROM ends ORDER BY chain, n DESC
		ON CONFLICT (chain) DO UPDATE SET n = excluded.n, hash = excluded.hash)` + wentAndSeen

// Those of before the trail began go as they are found.
const sweepOldEvents = turn + `
	gone AS (
		DELETE FROM events
		WHERE (SELECT mine FROM turn) AND at <= $2 AND seq <= (SELECT max(began) FROM chains)
		AND seq = ANY (ARRAY (SELECT seq FROM events ORDER BY seq LIMIT $1))
		RETURNING 1)` + wentAndSeen

// Checkpoints go with the events that they spoke of, from the oldest on; the newest stays, since the next follows from it.
const sweepCheckpoints = turn + `
	gone AS (
		DELETE FROM checkpoints
		WHERE (SELECT mine FROM turn) AND at <= $2 AND number < (SELECT max(number) FROM checkpoints)
		AND number = ANY (ARRAY (SELECT number FROM checkpoints ORDER BY number LIMIT $1))
		RETURNING 1)` + wentAndSeen
