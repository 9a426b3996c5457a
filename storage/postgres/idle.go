package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// ReportActivity moves the time at which a person was last seen, in a session that lives and is not idle.
func (s *Store) ReportActivity(ctx context.Context, session string, at, now time.Time, idle time.Duration) error {
	const statement = `
		WITH done AS (
			UPDATE sessions SET seen_at = $2
			WHERE id = $1 AND seen_at < $2 AND seen_at > $3 AND ended_at IS NULL AND ends_at > $4
			RETURNING 1)
		SELECT count(*) FROM done`
	return s.ask(ctx, statement, session, micros(at), micros(now.Add(-idle)), micros(now)).one(nil)
}

// IdleSessions finds those that nobody uses, by the index of live sessions; an index over seen_at would be written at every visit.
// Where no application reports, nothing is looked at.
func (s *Store) IdleSessions(ctx context.Context, now time.Time, idle time.Duration, limit int) ([]provider.Session, error) {
	const query = `
		SELECT id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev
		FROM sessions s
		WHERE s.ended_at IS NULL AND s.seen_at <= $1 AND s.ends_at > $2
			AND EXISTS (SELECT 1 FROM clients WHERE reports_activity AND disabled_at IS NULL)
			AND EXISTS (` + reporting + `g.session = s.id)
		ORDER BY s.seen_at LIMIT $3`
	var all []provider.Session
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var each provider.Session
		err := rows.Scan(sessionColumns(&each)...)
		row.Own(&each)
		all = append(all, each)
		return err
	}, micros(now.Add(-idle)), micros(now), max(limit, 0))
	return all, err
}

// reporting are the grants of applications that report what the person does.
const reporting = `
	SELECT 1 FROM grants g JOIN clients c ON c.id = g.client
	WHERE NOT g.offline AND g.code_used_at IS NOT NULL AND g.revoked_at IS NULL AND c.reports_activity AND c.disabled_at IS NULL AND `

// Reporting looks at the grants of one session.
func (s *Store) Reporting(ctx context.Context, session string) (found bool, err error) {
	const query = `SELECT EXISTS (` + reporting + `g.session = $1)`
	err = s.ask(ctx, query, session).Scan(&found)
	return found, err
}

// EndIdle ends a session in which nothing was done meanwhile. The condition stands in the update itself: where a report comes
// between, the row is looked at again.
func (s *Store) EndIdle(ctx context.Context, session string, now time.Time, idle time.Duration, e provider.Event) (bool, error) {
	const statement = `
		WITH done AS (
			UPDATE sessions SET ended_at = $10, ended_why = '` + provider.EndedIdle + `', rev = rev + 1
			WHERE id = $9 AND seen_at <= $11 AND ended_at IS NULL AND ends_at > $10
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, session, micros(now), micros(now.Add(-idle))).ending().wasLive()
}
