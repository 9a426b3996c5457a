package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// recoveryColumns are all of a recovery, in the order of scanRecovery.
const recoveryColumns = `id, account, contacts, started_at, ready_at, expires_at, notice_at, ended_at, ended_why`

// StartRecovery adds one. One of the account that is over has ended by then, which makes room for it.
func (s *Store) StartRecovery(ctx context.Context, r provider.Recovery, e provider.Event) error {
	const over = `
		UPDATE recoveries SET ended_at = expires_at, ended_why = '` + row.RecoveryExpired + `', notice_at = NULL
		WHERE account = ?1 AND ended_at IS NULL AND expires_at <= ?2`
	const add = `
		INSERT INTO recoveries (` + recoveryColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`
	contacts, err := row.SealRecovery(s.sealer, r)
	if err != nil {
		return err
	}
	return s.act(ctx, e, func(t *tx) error {
		_, err := t.exec(over, r.Account, micros(r.StartedAt))
		if err != nil {
			return err
		}
		return t.one(provider.ErrTaken, add, r.ID, r.Account, contacts, micros(r.StartedAt), micros(r.ReadyAt), micros(r.ExpiresAt),
			maybe(r.NoticeAt), maybe(r.EndedAt), r.EndedWhy)
	})
}

// Recovery reads one.
func (s *Store) Recovery(ctx context.Context, id string) (provider.Recovery, error) {
	const query = `SELECT ` + recoveryColumns + ` FROM recoveries WHERE id = ?`
	return s.scanRecovery(s.reader.row(ctx, query, id))
}

// PendingRecovery reads the one of an account that is neither ended nor over.
func (s *Store) PendingRecovery(ctx context.Context, account provider.AccountID, at time.Time) (provider.Recovery, error) {
	const query = `SELECT ` + recoveryColumns + ` FROM recoveries WHERE account = ? AND ended_at IS NULL AND expires_at > ?`
	return s.scanRecovery(s.reader.row(ctx, query, account, micros(at)))
}

func (s *Store) scanRecovery(from scanner) (provider.Recovery, error) {
	var r provider.Recovery
	var contacts []byte
	err := from.Scan(&r.ID, &r.Account, &contacts, instant{&r.StartedAt}, instant{&r.ReadyAt}, instant{&r.ExpiresAt},
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
		UPDATE recoveries SET ended_at = ?2, ended_why = ?3, notice_at = NULL
		WHERE id = ?1 AND ended_at IS NULL AND expires_at > ?2`
	return s.once(ctx, e, statement, id, micros(at), why)
}

// DueRecoveries lists pending ones whose notice is due, the longest due first.
func (s *Store) DueRecoveries(ctx context.Context, at time.Time, limit int) ([]provider.Recovery, error) {
	const query = `
		SELECT ` + recoveryColumns + ` FROM recoveries
		WHERE ended_at IS NULL AND notice_at IS NOT NULL AND notice_at <= ?1 AND expires_at > ?1
		ORDER BY notice_at LIMIT ?2`
	var all []provider.Recovery
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
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
	const statement = `UPDATE recoveries SET notice_at = ? WHERE id = ? AND notice_at IS ? AND ended_at IS NULL`
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrStale, statement, maybe(next), r.ID, maybe(r.NoticeAt))
	})
}

// FinishRecovery ends one that is ready and unbinds what was lost. The account's revision grows, so that whoever leans on
// what was there finds out.
func (s *Store) FinishRecovery(ctx context.Context, id string, removes []string, at time.Time, e provider.Event) error {
	const finish = `
		UPDATE recoveries SET ended_at = ?2, ended_why = '` + row.RecoveryDone + `', notice_at = NULL
		WHERE id = ?1 AND ended_at IS NULL AND ready_at <= ?2 AND expires_at > ?2
		RETURNING account`
	const owner = `UPDATE accounts SET rev = rev + 1 WHERE id = ?`
	const remove = `DELETE FROM authenticators WHERE id = ? AND account = ?`
	return s.act(ctx, e, func(t *tx) error {
		var account provider.AccountID
		err := found(t.row(finish, id, micros(at)).Scan(&account))
		if errors.Is(err, provider.ErrNotFound) {
			return provider.ErrUsed
		}
		if err != nil {
			return err
		}
		err = t.one(provider.ErrStale, owner, account)
		if err != nil {
			return err
		}
		for _, authenticator := range removes {
			err = t.one(provider.ErrStale, remove, authenticator, account)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
