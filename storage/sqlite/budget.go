package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Spend takes one in one conditional statement.
func (s *Store) Spend(ctx context.Context, b provider.Budget, at time.Time) (int, time.Time, error) {
	const statement = `
		INSERT INTO budgets AS b (purpose, fingerprint, spent, until) VALUES (?1, ?2, 1, ?4)
		ON CONFLICT (purpose, fingerprint) DO UPDATE
		SET spent = iif(b.until <= ?3, 1, b.spent + 1),
			until = iif(b.until <= ?3, excluded.until, b.until)
		WHERE b.until <= ?3 OR b.spent < ?5
		RETURNING spent, until`
	const query = `SELECT until FROM budgets WHERE purpose = ? AND fingerprint = ?`
	until := at.Add(b.Window)
	if b.Limit <= 0 {
		return 0, until, provider.ErrSpent
	}
	whom := row.BudgetFingerprint(s.sealer, b)
	var spent int
	err := s.transact(ctx, func(t *tx) error {
		err := t.row(statement, b.Purpose, whom, micros(at), micros(until), b.Limit).Scan(&spent, instant{&until})
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		err = t.row(query, b.Purpose, whom).Scan(instant{&until})
		if err != nil {
			return err
		}
		return provider.ErrSpent
	})
	switch {
	case errors.Is(err, provider.ErrSpent):
		return 0, until, err
	case err != nil:
		return 0, time.Time{}, err
	default:
		return max(b.Limit-spent, 0), until, nil
	}
}

// Refund gives one back in the window that lasted at that time, as long as it is the present one.
func (s *Store) Refund(ctx context.Context, b provider.Budget, at time.Time) error {
	const statement = `
		UPDATE budgets SET spent = spent - 1
		WHERE purpose = ?1 AND fingerprint = ?2 AND spent > 0 AND until > ?3 AND until - ?4 <= ?3`
	return s.transact(ctx, func(t *tx) error {
		_, err := t.exec(statement, b.Purpose, row.BudgetFingerprint(s.sealer, b), micros(at), b.Window.Microseconds())
		return err
	})
}
