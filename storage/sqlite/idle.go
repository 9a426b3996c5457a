package sqlite

import (
	"context"
	"database/sql"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// ReportActivity moves the time at which a person was last seen, in a session that lives and is not idle.
func (s *Store) ReportActivity(ctx context.Context, session string, at, now time.Time, idle time.Duration) error {
	const statement = `
		UPDATE sessions SET seen_at = ?
		WHERE id = ? AND seen_at < ? AND seen_at > ? AND ended_at IS NULL AND ends_at > ?`
	return s.writer.transact(ctx, func(t *tx) error {
		_, err := t.exec(statement, micros(at), session, micros(at), micros(now.Add(-idle)), micros(now))
		return err
	})
}

// IdleSessions finds those that nobody uses, by the index of live sessions; an index over seen_at would be written at every visit.
// Where no application reports, nothing is looked at.
func (s *Store) IdleSessions(ctx context.Context, now time.Time, idle time.Duration, limit int) ([]provider.Session, error) {
	const query = `
		SELECT id, secret_hash, account, proofs, created_at, seen_at, ends_at, ended_at, ended_why, rev
		FROM sessions s
		WHERE s.ended_at IS NULL AND s.seen_at <= ? AND s.ends_at > ?
			AND EXISTS (SELECT 1 FROM clients WHERE reports_activity = 1 AND disabled_at IS NULL)
			AND EXISTS (` + reporting + `g.session = s.id)
		ORDER BY s.seen_at LIMIT ?`
	var all []provider.Session
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
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
	WHERE NOT g.offline AND g.code_used_at IS NOT NULL AND g.revoked_at IS NULL AND c.reports_activity = 1 AND c.disabled_at IS NULL AND `

// Reporting looks at the grants of one session.
func (s *Store) Reporting(ctx context.Context, session string) (found bool, err error) {
	const query = `SELECT EXISTS (` + reporting + `g.session = ?)`
	err = s.reader.row(ctx, query, session).Scan(&found)
	return found, err
}

// EndIdle ends a session in which nothing was done meanwhile.
func (s *Store) EndIdle(ctx context.Context, session string, now time.Time, idle time.Duration, e provider.Event) (bool, error) {
	const statement = `
		UPDATE sessions SET ended_at = ?, ended_why = '` + provider.EndedIdle + `', rev = rev + 1
		WHERE id = ? AND seen_at <= ? AND ended_at IS NULL AND ends_at > ?`
	return wasLive(s.act(ctx, e, func(t *tx) error {
		t.ended = true
		return t.one(errNothing, statement, micros(now), session, micros(now.Add(-idle)), micros(now))
	}))
}
