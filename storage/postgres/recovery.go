package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// recoveryColumns are all of a recovery, in the order of scanRecovery.
const recoveryColumns = `id, account, contacts, started_at, ready_at, expires_at, notice_at, ended_at, ended_why`

// StartRecovery adds one. One of the account that is over has ended by then, which makes room for it: the new one is inserted from
// the count of those, hence after them.
func (s *Store) StartRecovery(ctx context.Context, r provider.Recovery, e provider.Event) error {
	const statement = `
		WITH over AS (
			UPDATE recoveries SET ended_at = expires_at, ended_why = '` + row.RecoveryExpired + `', notice_at = NULL
			WHERE account = $10 AND ended_at IS NULL AND expires_at <= $12
			RETURNING 1),
		done AS (
			INSERT INTO recoveries (` + recoveryColumns + `)
			SELECT $9, $10, $11, $12, $13, $14, $15, $16, $17 FROM (SELECT count(*) FROM over) AS before
			ON CONFLICT DO NOTHING RETURNING 1)` + counted
	contacts, err := row.SealRecovery(s.sealer, r)
	if err != nil {
		return err
	}
	return s.act(ctx, e, statement, r.ID, string(r.Account), contacts, micros(r.StartedAt), micros(r.ReadyAt), micros(r.ExpiresAt),
		maybe(r.NoticeAt), maybe(r.EndedAt), r.EndedWhy).one(provider.ErrTaken)
}

// Recovery reads one.
func (s *Store) Recovery(ctx context.Context, id string) (provider.Recovery, error) {
	const query = `SELECT ` + recoveryColumns + ` FROM recoveries WHERE id = $1`
	return s.scanRecovery(s.ask(ctx, query, id))
}

// PendingRecovery reads the one of an account that is neither ended nor over.
func (s *Store) PendingRecovery(ctx context.Context, account provider.AccountID, at time.Time) (provider.Recovery, error) {
	const query = `SELECT ` + recoveryColumns + ` FROM recoveries WHERE account = $1 AND ended_at IS NULL AND expires_at > $2`
	return s.scanRecovery(s.ask(ctx, query, string(account), micros(at)))
}

func (s *Store) scanRecovery(from scanner) (provider.Recovery, error) {
	var r provider.Recovery
	var contacts []byte
	err := from.Scan(&r.ID, (*string)(&r.Account), &contacts, instant{&r.StartedAt}, instant{&r.ReadyAt}, instant{&r.ExpiresAt},
		instant{&r.NoticeAt}, instant{&r.EndedAt}, &r.EndedWhy)
	if err != nil {
		return provider.Recovery{}, found(err)
	}
	err = row.OpenRecovery(s.sealer, &r, contacts)
	return r, err
}

// StopRecovery ends a pending one.
func (s *Store) StopRecovery(ctx context.Context, id, why string, at time.Time, e provider.Event) (bool, error) {
	const statement = `
		WITH done AS (
			UPDATE recoveries SET ended_at = $10, ended_why = $11, notice_at = NULL
			WHERE id = $9 AND ended_at IS NULL AND expires_at > $10
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, id, micros(at), why).wasLive()
}

// DueRecoveries lists pending ones whose notice is due, the longest due first.
func (s *Store) DueRecoveries(ctx context.Context, at time.Time, limit int) ([]provider.Recovery, error) {
	const query = `
		SELECT ` + recoveryColumns + ` FROM recoveries
		WHERE ended_at IS NULL AND notice_at IS NOT NULL AND notice_at <= $1 AND expires_at > $1
		ORDER BY notice_at LIMIT $2`
	var all []provider.Recovery
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		r, err := s.scanRecovery(rows)
		all = append(all, r)
		return err
	}, micros(at), max(limit, 0))
	if err != nil {
		return nil, err
	}
	return all, nil
}

// NoticeRecovery moves the next notice on, with this one.
func (s *Store) NoticeRecovery(ctx context.Context, r provider.Recovery, next time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE recoveries SET notice_at = $10
			WHERE id = $9 AND notice_at IS NOT DISTINCT FROM $11::bigint AND ended_at IS NULL
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, r.ID, maybe(next), maybe(r.NoticeAt)).one(provider.ErrStale)
}

// FinishRecovery ends one that is ready and unbinds what was lost. The account's revision grows, so that whoever leans on what
// was there finds out; its row comes first, as in RemoveAuthenticator. Where something is gone already, refuse undoes all.
func (s *Store) FinishRecovery(ctx context.Context, id string, removes []string, at time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE recoveries SET ended_at = $10, ended_why = '` + row.RecoveryDone + `', notice_at = NULL
			WHERE id = $9 AND ended_at IS NULL AND ready_at <= $10 AND expires_at > $10
			RETURNING account),
		owner AS (UPDATE accounts SET rev = rev + 1 FROM done WHERE id = done.account RETURNING id),
		gone AS (DELETE FROM authenticators a USING owner WHERE a.id = ANY ($11::text[]) AND a.account = owner.id RETURNING 1)` + said + `
		SELECT CASE
			WHEN NOT EXISTS (SELECT 1 FROM done) THEN 0
			WHEN EXISTS (SELECT 1 FROM owner) AND (SELECT count(*) FROM gone) = cardinality($11) THEN 1
			WHEN refuse('` + codeStale + `') THEN 0 END`
	return s.act(ctx, e, statement, id, micros(at), append([]string{}, removes...)).one(provider.ErrUsed)
}
