package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// closingColumns are all of a closing, in the order of scanClosing.
const closingColumns = `account, id, asked_at, due_at, notice_at`

// AskClosing adds one for an account that is active.
func (s *Store) AskClosing(ctx context.Context, c provider.Closing, e provider.Event) error {
	const statement = `
		WITH done AS (
			INSERT INTO closings (` + closingColumns + `)
			SELECT id, $10, $11, $12, $13 FROM accounts WHERE id = $9 AND status = $14
			ON CONFLICT DO NOTHING RETURNING 1)` + counted
	return s.act(ctx, e, statement, string(c.Account), c.ID, micros(c.AskedAt), micros(c.DueAt), micros(c.NoticeAt),
		string(provider.Active)).one(provider.ErrTaken)
}

// PendingClosing reads the one of an account.
func (s *Store) PendingClosing(ctx context.Context, account provider.AccountID) (provider.Closing, error) {
	const query = `SELECT ` + closingColumns + ` FROM closings WHERE account = $1`
	c, err := scanClosing(s.ask(ctx, query, string(account)))
	return c, found(err)
}

func scanClosing(from scanner) (provider.Closing, error) {
	var c provider.Closing
	err := from.Scan((*string)(&c.Account), &c.ID, instant{&c.AskedAt}, instant{&c.DueAt}, instant{&c.NoticeAt})
	return c, err
}

// CancelClosing takes one back.
func (s *Store) CancelClosing(ctx context.Context, c provider.Closing, e provider.Event) (bool, error) {
	const statement = `
		WITH done AS (DELETE FROM closings WHERE account = $9 AND id = $10 RETURNING 1)` + counted
	return s.act(ctx, e, statement, string(c.Account), c.ID).wasLive()
}

// DueClosings lists those that somebody has to look at, the longest due first.
func (s *Store) DueClosings(ctx context.Context, at time.Time, limit int) ([]provider.Closing, error) {
	const query = `SELECT ` + closingColumns + ` FROM closings WHERE notice_at <= $1 ORDER BY notice_at LIMIT $2`
	var all []provider.Closing
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		c, err := scanClosing(rows)
		all = append(all, c)
		return err
	}, micros(at), max(limit, 0))
	return all, err
}

// NoticeClosing moves the next notice on, with this one.
func (s *Store) NoticeClosing(ctx context.Context, c provider.Closing, next time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE closings SET notice_at = $11
			WHERE account = $9 AND id = $10 AND notice_at = $12
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, string(c.Account), c.ID, micros(next), micros(c.NoticeAt)).one(provider.ErrStale)
}

// CloseAccount closes one for good, in one statement. The account's row comes first, as in RemoveAuthenticator. Where the closing
// was cancelled at that moment, refuse undoes all.
func (s *Store) CloseAccount(ctx context.Context, c provider.Closing, why string, at time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE accounts SET status = $12, status_at = $11, updated_at = $11, profile = $13, rev = rev + 1
			WHERE id = $9 AND status = $14
				AND EXISTS (SELECT 1 FROM closings WHERE account = $9 AND id = $10 AND due_at <= $11)
			RETURNING id),
		gone AS (DELETE FROM closings c USING done WHERE c.account = done.id AND c.id = $10 RETURNING 1),
		others AS (
			UPDATE sessions SET ended_at = $11, ended_why = $15, rev = rev + 1
			FROM done WHERE account = done.id AND ended_at IS NULL AND ends_at > $11),
		families AS (
			UPDATE grants SET revoked_at = $11, revoked_why = $15, sweep_at = least(sweep_at, $16)
			FROM done WHERE account = done.id AND revoked_at IS NULL AND expires_at > $11),
		names AS (DELETE FROM identifiers USING done WHERE account = done.id),
		factors AS (DELETE FROM authenticators USING done WHERE account = done.id),
		allowed AS (DELETE FROM consents USING done WHERE account = done.id),
		browsers AS (DELETE FROM devices USING done WHERE account = done.id),
		waits AS (DELETE FROM recoveries USING done WHERE account = done.id),
		terms AS (DELETE FROM terms_accepted USING done WHERE account = done.id),
		invited AS (
			DELETE FROM activations a USING done, record_links l
			WHERE l.account = done.id AND (a.id = l.activation
				OR a.relation = '` + string(provider.Trusted) + `' AND l.relation = '` + string(provider.Self) + `' AND a.fingerprint = l.fingerprint
					AND NOT EXISTS (SELECT 1 FROM record_links o
						WHERE o.fingerprint = l.fingerprint AND o.relation = l.relation AND o.account <> l.account))),
		links AS (
			DELETE FROM record_links l USING done
			WHERE l.account = done.id OR l.granted_by = done.id AND l.granted_by <> ''),
		unsaid AS (
			UPDATE events SET private = NULL FROM done
			WHERE events.account = done.id AND events.account <> '' AND private IS NOT NULL)` + said + `
		SELECT CASE
			WHEN NOT EXISTS (SELECT 1 FROM done) THEN 0
			WHEN EXISTS (SELECT 1 FROM gone) THEN 1
			WHEN refuse('` + codeStale + `') THEN 0 END`
	profile, err := row.SealProfile(s.sealer, c.Account, provider.Profile{})
	if err != nil {
		return err
	}
	err = s.act(ctx, e, statement, string(c.Account), c.ID, micros(at), string(provider.Closed), profile, string(provider.Active), why,
		micros(at.Add(row.OverKept))).ending().one(provider.ErrUsed)
	if errors.Is(err, provider.ErrStale) {
		return provider.ErrUsed
	}
	return err
}
