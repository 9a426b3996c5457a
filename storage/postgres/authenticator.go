package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Authenticators returns what is bound to an account, oldest first.
func (s *Store) Authenticators(ctx context.Context, id provider.AccountID) ([]provider.Authenticator, error) {
	const query = `
		SELECT id, kind, name, data, step, failures, change_owed, created_at, used_at, rev
		FROM authenticators
		WHERE account = $1
		ORDER BY created_at, id`
	var held []provider.Authenticator
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		a := provider.Authenticator{Account: id}
		var name, data []byte
		err := rows.Scan(&a.ID, (*string)(&a.Kind), &name, &data, &a.Step, &a.Failures, &a.ChangeOwed, instant{&a.CreatedAt}, instant{&a.UsedAt}, &a.Rev)
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
	}, string(id))
	if err != nil {
		return nil, err
	}
	return held, nil
}

// bound are the authenticators of a new account, a column each.
type bound struct {
	ids, kinds  []string
	names, data [][]byte
	steps       []int64
	failures    []int32
	changeOwed  []string
	createdAt   []int64
	usedAt      []*int64
}

func (b bound) columns() []any {
	return []any{b.ids, b.kinds, b.names, b.data, b.steps, b.failures, b.changeOwed, b.createdAt, b.usedAt}
}

func (s *Store) bound(account provider.AccountID, held []provider.Authenticator) (bound, error) {
	b := bound{[]string{}, []string{}, [][]byte{}, [][]byte{}, []int64{}, []int32{}, []string{}, []int64{}, []*int64{}} // no NULL: unnest wants arrays
	err := s.addBound(&b, account, held)
	return b, err
}

func (s *Store) addBound(b *bound, account provider.AccountID, held []provider.Authenticator) error {
	for _, h := range held {
		if h.Account != account {
			return errStranger("authenticator", h.ID)
		}
		name, data, err := row.SealAuthenticator(s.sealer, h)
		if err != nil {
			return err
		}
		b.ids, b.kinds = append(b.ids, h.ID), append(b.kinds, string(h.Kind))
		b.names, b.data, b.steps = append(b.names, name), append(b.data, data), append(b.steps, h.Step)
		b.failures = append(b.failures, int32(h.Failures))
		b.changeOwed = append(b.changeOwed, h.ChangeOwed)
		b.createdAt, b.usedAt = append(b.createdAt, micros(h.CreatedAt)), append(b.usedAt, maybe(h.UsedAt))
	}
	return nil
}

// SaveAuthenticator adds or replaces one. Every change of the row but a spent step moves its revision, a counted failure too,
// so that what is written back cannot make a failure unhappen. A replaced one stays what it is, of the account that it is of:
// that is what the sealed columns are bound to.
func (s *Store) SaveAuthenticator(ctx context.Context, a provider.Authenticator, e provider.Event) error {
	const add = `
		WITH done AS (
			INSERT INTO authenticators (id, account, kind, name, data, failures, change_owed, created_at, used_at, step, rev)
			VALUES ($9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1)
			ON CONFLICT DO NOTHING RETURNING 1)` + counted
	const replace = `
		WITH done AS (
			UPDATE authenticators
			SET name = $12, data = $13, failures = $14, change_owed = $15, created_at = $16, used_at = $17, rev = rev + 1
			WHERE id = $9 AND account = $10 AND kind = $11 AND rev = $18
			RETURNING 1)` + counted
	name, data, err := row.SealAuthenticator(s.sealer, a)
	if err != nil {
		return err
	}
	args := []any{a.ID, string(a.Account), string(a.Kind), name, data, a.Failures, a.ChangeOwed, micros(a.CreatedAt), maybe(a.UsedAt)}
	if a.Rev == 0 {
		return s.act(ctx, e, add, append(args, a.Step)...).one(provider.ErrStale)
	}
	return s.act(ctx, e, replace, append(args, a.Rev)...).one(provider.ErrStale)
}

// RemoveAuthenticator deletes one if its revision and its account's are still those that were read. The account's row is
// where two removals meet: the second waits for the first, and finds another revision.
func (s *Store) RemoveAuthenticator(ctx context.Context, a provider.Authenticator, accountRev int64, e provider.Event) error {
	const statement = `
		WITH owner AS (
			UPDATE accounts SET rev = rev + 1
			WHERE id = $10 AND rev = $12 AND EXISTS (SELECT 1 FROM authenticators WHERE id = $9 AND account = $10 AND rev = $11)
			RETURNING 1),
		done AS (
			DELETE FROM authenticators WHERE id = $9 AND account = $10 AND rev = $11 AND EXISTS (SELECT 1 FROM owner)
			RETURNING 1)` + said + `
		SELECT (SELECT count(*) FROM done), EXISTS (SELECT 1 FROM authenticators WHERE id = $9 AND account = $10)`
	return s.act(ctx, e, statement, a.ID, string(a.Account), a.Rev, accountRev).swapped()
}

// SpendStep moves the last spent step forward: of many at once, the first one finds it behind.
func (s *Store) SpendStep(ctx context.Context, id string, step int64) error {
	const statement = `
		WITH done AS (UPDATE authenticators SET step = $2 WHERE id = $1 AND step < $2 RETURNING 1)
		SELECT (SELECT count(*) FROM done), EXISTS (SELECT 1 FROM authenticators WHERE id = $1)`
	err := found(s.ask(ctx, statement, id, step).swapped())
	if errors.Is(err, provider.ErrStale) {
		return provider.ErrUsed
	}
	return err
}

// CountFailure increments and answers in one statement. For nobody it does the same to one of the rows of nobody.
func (s *Store) CountFailure(ctx context.Context, id string, e provider.Event) (int, error) {
	const ofOne = `
		WITH done AS (
			UPDATE authenticators SET failures = failures + 1, rev = rev + 1
			WHERE id = $9
			RETURNING failures)` + said + `
		SELECT failures FROM done`
	const ofNobody = `
		WITH done AS (
			UPDATE nobody SET failures = failures + 1
			WHERE id = (SELECT floor(random() * 64)::int)
			RETURNING failures)` + said + `
		SELECT failures FROM done`
	var count int64
	if id == "" {
		return 0, s.act(ctx, e, ofNobody).Scan(&count)
	}
	err := s.act(ctx, e, ofOne, id).Scan(&count)
	if err != nil {
		return 0, found(err)
	}
	return int(count), nil
}
