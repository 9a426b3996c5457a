package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Authenticators returns what is bound to an account, oldest first.
func (s *Store) Authenticators(ctx context.Context, id provider.AccountID) ([]provider.Authenticator, error) {
	const query = `
		SELECT id, kind, name, data, step, failures, change_owed, created_at, used_at, rev
		FROM authenticators
		WHERE account = ?
		ORDER BY created_at, id`
	var held []provider.Authenticator
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		a := provider.Authenticator{Account: id}
		var name, data []byte
		err := rows.Scan(&a.ID, &a.Kind, &name, &data, &a.Step, &a.Failures, &a.ChangeOwed, instant{&a.CreatedAt}, instant{&a.UsedAt}, &a.Rev)
		if err != nil {
			return err
		}
		a.Name, err = row.OpenName(s.sealer, a, name)
		if err != nil {
			return err
		}
		a.Data, err = row.OpenData(s.sealer, a, data)
		held = append(held, a)
		return err
	}, id)
	if err != nil {
		return nil, err
	}
	return held, nil
}

// SaveAuthenticator adds or replaces one. Every change of the row but a spent step moves its revision, a counted failure too,
// so that what is written back cannot make a failure unhappen.
func (s *Store) SaveAuthenticator(ctx context.Context, a provider.Authenticator, e provider.Event) error {
	return s.act(ctx, e, func(t *tx) error {
		if a.Rev == 0 {
			return s.insertAuthenticator(t, a)
		}
		return s.replaceAuthenticator(t, a)
	})
}

func (s *Store) insertAuthenticator(t *tx, a provider.Authenticator) error {
	const statement = `
		INSERT INTO authenticators (id, account, kind, name, data, step, failures, change_owed, created_at, used_at, rev)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT DO NOTHING`
	name, data, err := row.SealAuthenticator(s.sealer, a)
	if err != nil {
		return err
	}
	return t.one(provider.ErrStale, statement,
		a.ID, a.Account, a.Kind, bytesOrNull(name), data, a.Step, a.Failures, a.ChangeOwed, micros(a.CreatedAt), maybe(a.UsedAt))
}

// replaceAuthenticator leaves account and kind as they are: they are what the sealed columns are bound to.
func (s *Store) replaceAuthenticator(t *tx, a provider.Authenticator) error {
	const statement = `
		UPDATE authenticators
		SET name = ?, data = ?, failures = ?, change_owed = ?, created_at = ?, used_at = ?, rev = rev + 1
		WHERE id = ? AND rev = ? AND account = ? AND kind = ?`
	name, data, err := row.SealAuthenticator(s.sealer, a)
	if err != nil {
		return err
	}
	return t.one(provider.ErrStale, statement,
		bytesOrNull(name), data, a.Failures, a.ChangeOwed, micros(a.CreatedAt), maybe(a.UsedAt), a.ID, a.Rev, a.Account, a.Kind)
}

// RemoveAuthenticator deletes one if its revision and its account's are still those that were read.
func (s *Store) RemoveAuthenticator(ctx context.Context, a provider.Authenticator, accountRev int64, e provider.Event) error {
	const statement = `DELETE FROM authenticators WHERE id = ? AND account = ? AND rev = ?`
	const exists = `SELECT count(*) FROM authenticators WHERE id = ? AND account = ?`
	const owner = `UPDATE accounts SET rev = rev + 1 WHERE id = ? AND rev = ?`
	return s.act(ctx, e, func(t *tx) error {
		n, err := t.exec(statement, a.ID, a.Account, a.Rev)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.stale(exists, a.ID, a.Account)
		}
		return t.one(provider.ErrStale, owner, a.Account, accountRev)
	})
}

// SpendStep moves the last spent step forward: of many at once, the first one finds it behind.
func (s *Store) SpendStep(ctx context.Context, id string, step int64) error {
	const statement = `UPDATE authenticators SET step = ? WHERE id = ? AND step < ?`
	const exists = `SELECT count(*) FROM authenticators WHERE id = ?`
	return s.transact(ctx, func(t *tx) error {
		n, err := t.exec(statement, step, id, step)
		if err != nil || n > 0 {
			return err
		}
		return used(t.stale(exists, id))
	})
}

// used says of what changed meanwhile that somebody was first.
func used(err error) error {
	if errors.Is(err, provider.ErrStale) {
		return provider.ErrUsed
	}
	return err
}

// CountFailure increments and answers in one statement. For nobody it does the same to the row of nobody.
func (s *Store) CountFailure(ctx context.Context, id string, e provider.Event) (int, error) {
	const statement = `
		UPDATE authenticators SET failures = failures + 1, rev = rev + 1
		WHERE id = ?
		RETURNING failures`
	const nobody = `UPDATE nobody SET failures = failures + 1 WHERE id = 1 RETURNING failures`
	count := 0
	err := s.act(ctx, e, func(t *tx) error {
		if id == "" {
			return t.row(nobody).Scan(new(int64))
		}
		return found(t.row(statement, id).Scan(&count))
	})
	if err != nil {
		return 0, err
	}
	return count, nil
}

// markVerified sets failures in a row back to 0 and notes the use, of the authenticators by which something was proven. A proof
// that does not stand any more is ErrStale: somebody removed its authenticator or replaced its password since it was looked at.
func markVerified(t *tx, account provider.AccountID, c provider.Completion) error {
	const statement = `
		UPDATE authenticators SET failures = 0, used_at = ?, rev = rev + 1
		WHERE id = ? AND account = ? AND kind = ? AND (kind <> 'password' OR created_at = ?)`
	for _, p := range row.Shown(c.Proofs) {
		err := t.one(provider.ErrStale, statement, micros(c.At), p.Authenticator, account, p.Kind, micros(p.SetAt))
		if err != nil {
			return err
		}
	}
	return nil
}
