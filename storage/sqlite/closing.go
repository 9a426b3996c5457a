package sqlite

import (
	"context"
	"database/sql"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// closingColumns are all of a closing, in the order of scanClosing.
const closingColumns = `account, id, asked_at, due_at, notice_at`

// AskClosing adds one for an account that is active.
func (s *Store) AskClosing(ctx context.Context, c provider.Closing, e provider.Event) error {
	const statement = `
		INSERT INTO closings (` + closingColumns + `)
		SELECT id, ?2, ?3, ?4, ?5 FROM accounts WHERE id = ?1 AND status = ?6
		ON CONFLICT DO NOTHING`
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrTaken, statement, c.Account, c.ID, micros(c.AskedAt), micros(c.DueAt), micros(c.NoticeAt), provider.Active)
	})
}

// PendingClosing reads the one of an account.
func (s *Store) PendingClosing(ctx context.Context, account provider.AccountID) (provider.Closing, error) {
	const query = `SELECT ` + closingColumns + ` FROM closings WHERE account = ?`
	c, err := scanClosing(s.reader.row(ctx, query, account))
	return c, found(err)
}

func scanClosing(from scanner) (provider.Closing, error) {
	var c provider.Closing
	err := from.Scan(&c.Account, &c.ID, instant{&c.AskedAt}, instant{&c.DueAt}, instant{&c.NoticeAt})
	return c, err
}

// CancelClosing takes one back.
func (s *Store) CancelClosing(ctx context.Context, c provider.Closing, e provider.Event) (bool, error) {
	const statement = `DELETE FROM closings WHERE account = ? AND id = ?`
	return s.once(ctx, e, statement, c.Account, c.ID)
}

// DueClosings lists those that somebody has to look at, the longest due first.
func (s *Store) DueClosings(ctx context.Context, at time.Time, limit int) ([]provider.Closing, error) {
	const query = `SELECT ` + closingColumns + ` FROM closings WHERE notice_at <= ? ORDER BY notice_at LIMIT ?`
	var all []provider.Closing
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		c, err := scanClosing(rows)
		all = append(all, c)
		return err
	}, micros(at), max(limit, 0))
	return all, err
}

// NoticeClosing moves the next notice on, with this one.
func (s *Store) NoticeClosing(ctx context.Context, c provider.Closing, next time.Time, e provider.Event) error {
	const statement = `UPDATE closings SET notice_at = ? WHERE account = ? AND id = ? AND notice_at = ?`
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrStale, statement, micros(next), c.Account, c.ID, micros(c.NoticeAt))
	})
}

// CloseAccount closes one for good.
func (s *Store) CloseAccount(ctx context.Context, c provider.Closing, why string, at time.Time, e provider.Event) error {
	const due = `DELETE FROM closings WHERE account = ? AND id = ? AND due_at <= ?`
	const done = `
		UPDATE accounts SET status = ?, status_at = ?, updated_at = ?, profile = ?, rev = rev + 1
		WHERE id = ? AND status = ?`
	profile, err := row.SealProfile(s.sealer, c.Account, provider.Profile{})
	if err != nil {
		return err
	}
	return s.act(ctx, e, func(t *tx) error {
		err := t.one(provider.ErrUsed, due, c.Account, c.ID, micros(at))
		if err != nil {
			return err
		}
		err = endOthers(t, c.Account, "", why, at) // first, as in PauseAccount
		if err != nil {
			return err
		}
		err = t.one(provider.ErrUsed, done, provider.Closed, micros(at), micros(at), profile, c.Account, provider.Active)
		if err != nil {
			return err
		}
		return erase(t, c.Account)
	})
}

// erasedInvitations are those of trusted people to a record that was the account's own, and is nobody else's own: who gave one is
// sealed.
const erasedInvitations = `
	DELETE FROM activations WHERE relation = '` + string(provider.Trusted) + `' AND fingerprint IN (
		SELECT fingerprint FROM record_links own WHERE account = ?1 AND relation = '` + string(provider.Self) + `'
			AND NOT EXISTS (SELECT 1 FROM record_links o
				WHERE o.fingerprint = own.fingerprint AND o.relation = own.relation AND o.account <> own.account))`

// erase deletes what is personal of an account that is closed.
func erase(t *tx, account provider.AccountID) error {
	for _, statement := range []string{
		`DELETE FROM identifiers WHERE account = ?`, `DELETE FROM authenticators WHERE account = ?`, `DELETE FROM consents WHERE account = ?`,
		`DELETE FROM devices WHERE account = ?`, `DELETE FROM recoveries WHERE account = ?`, `DELETE FROM terms_accepted WHERE account = ?`,
		`DELETE FROM activations WHERE id IN (SELECT activation FROM record_links WHERE account = ?)`,
		erasedInvitations,
		`DELETE FROM record_links WHERE account = ?`, `DELETE FROM record_links WHERE granted_by = ? AND granted_by <> ''`,
		erasePrivate,
	} {
		_, err := t.exec(statement, account)
		if err != nil {
			return err
		}
	}
	return nil
}
