package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Spend takes one in one conditional statement. Who finds none to take asks once more, since the statement does not see what
// somebody else wrote meanwhile; that is a read, and a storm of those who get nothing writes nothing.
func (s *Store) Spend(ctx context.Context, b provider.Budget, at time.Time) (int, time.Time, error) {
	const statement = `
		INSERT INTO budgets AS b (purpose, fingerprint, spent, until) VALUES ($1, $2, 1, $4)
		ON CONFLICT (fingerprint, purpose) DO UPDATE
		SET spent = CASE WHEN b.until <= $3 THEN 1 ELSE b.spent + 1 END,
			until = CASE WHEN b.until <= $3 THEN excluded.until ELSE b.until END
		WHERE b.until <= $3 OR b.spent < $5
		RETURNING spent, until`
	const query = `SELECT until FROM budgets WHERE purpose = $1 AND fingerprint = $2`
	until := at.Add(b.Window)
	if b.Limit <= 0 {
		return 0, until, provider.ErrSpent
	}
	whom := row.BudgetFingerprint(s.sealer, b)
	var spent int
	err := s.ask(ctx, statement, b.Purpose, whom, micros(at), micros(until), b.Limit).Scan(&spent, instant{&until})
	if err == nil {
		return max(b.Limit-spent, 0), until, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return 0, time.Time{}, err
	}
	err = s.ask(ctx, query, b.Purpose, whom).Scan(instant{&until})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, time.Time{}, err
	}
	return 0, until, provider.ErrSpent
}

// Refund gives one back in the window that lasted at that time, as long as it is the present one.
func (s *Store) Refund(ctx context.Context, b provider.Budget, at time.Time) error {
	const statement = `
		WITH done AS (
			UPDATE budgets SET spent = spent - 1
			WHERE purpose = $1 AND fingerprint = $2 AND spent > 0 AND until > $3 AND until - $4 <= $3
			RETURNING 1)
		SELECT count(*) FROM done`
	return s.ask(ctx, statement, b.Purpose, row.BudgetFingerprint(s.sealer, b), micros(at), b.Window.Microseconds()).one(nil)
}
