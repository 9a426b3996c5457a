package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// reviewColumns are all of a review, in the order of scanReview.
const reviewColumns = `id, kind, contact, staff, account, words, opened_at, due_at, late_at, closed_by, closed_at, word, rev`

// addReview takes its case from a part of the statement by the name of contact; its arguments are $9 to $15.
const addReview = `
		done AS (
			INSERT INTO reviews (` + reviewColumns + `)
			SELECT $9, $10, contact.id, $11, $12, $13, $14, $15, NULL, '', NULL, '', 1 FROM contact
			RETURNING 1)` + counted

func (s *Store) reviewValues(v provider.Review) ([]any, error) {
	words, err := row.SealReview(s.sealer, v)
	return []any{v.ID, string(v.Kind), string(v.Staff), string(v.Account), words, micros(v.OpenedAt), micros(v.DueAt)}, err
}

// BreakGlass marks a case as broken and opens its review. Of several at once the first holds the case; the others wait, look at it again,
// and find it broken. The supervisor's own row is taken before, in a part of its own: who disables them at this moment comes wholly before or
// wholly after.
func (s *Store) BreakGlass(ctx context.Context, c provider.Case, v provider.Review, e provider.Event) error {
	const statement = `
		WITH breaker AS MATERIALIZED (
			SELECT id, account FROM staff
			WHERE id = $17 AND disabled_at IS NULL AND role = '` + string(provider.Supervisor) + `' FOR SHARE),
		contact AS (
			UPDATE cases c SET glass = true, rev = rev + 1
			FROM breaker
			WHERE c.id = $16 AND c.staff = breaker.id AND c.rev = $18 AND c.account = $12 AND c.account <> '' AND c.account <> breaker.account
			AND c.ended_at IS NULL AND NOT c.glass
			RETURNING c.id),` + addReview
	args, err := s.reviewValues(v)
	if err != nil {
		return err
	}
	return s.act(ctx, e, statement, append(args, c.ID, string(c.Staff), c.Rev)...).one(provider.ErrStale)
}

// OpenReview opens one of a case that there is.
func (s *Store) OpenReview(ctx context.Context, v provider.Review, e provider.Event) error {
	const statement = `
		WITH contact AS (SELECT id FROM cases WHERE id = $16),` + addReview
	args, err := s.reviewValues(v)
	if err != nil {
		return err
	}
	return s.act(ctx, e, statement, append(args, v.Case)...).one(provider.ErrNotFound)
}

// Review reads one.
func (s *Store) Review(ctx context.Context, id string) (provider.Review, error) {
	const query = `SELECT ` + reviewColumns + ` FROM reviews WHERE id = $1`
	return s.scanReview(s.ask(ctx, query, id))
}

// OpenReviews lists those that nobody closed, the soonest due first.
func (s *Store) OpenReviews(ctx context.Context, limit int) ([]provider.Review, error) {
	const query = `SELECT ` + reviewColumns + ` FROM reviews WHERE closed_at IS NULL AND due_at > 0 ORDER BY due_at, id COLLATE "C" LIMIT $1`
	return s.reviews(ctx, query, max(limit, 0))
}

// LateReviews lists those that are due and of which nobody said so.
func (s *Store) LateReviews(ctx context.Context, at time.Time, limit int) ([]provider.Review, error) {
	const query = `
		SELECT ` + reviewColumns + ` FROM reviews
		WHERE closed_at IS NULL AND due_at <= $1 AND late_at IS NULL ORDER BY due_at, id COLLATE "C" LIMIT $2`
	return s.reviews(ctx, query, micros(at), max(limit, 0))
}

func (s *Store) reviews(ctx context.Context, query string, args ...any) ([]provider.Review, error) {
	var all []provider.Review
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		v, err := s.scanReview(rows)
		all = append(all, v)
		return err
	}, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

func (s *Store) scanReview(from scanner) (provider.Review, error) {
	var v provider.Review
	var words []byte
	err := from.Scan(&v.ID, (*string)(&v.Kind), &v.Case, (*string)(&v.Staff), (*string)(&v.Account), &words, instant{&v.OpenedAt},
		instant{&v.DueAt}, instant{&v.LateAt}, (*string)(&v.By), instant{&v.ClosedAt}, (*string)(&v.Word), &v.Rev)
	if err != nil {
		return provider.Review{}, found(err)
	}
	err = row.OpenReview(s.sealer, &v, words)
	return v, err
}

// CloseReview is the word of a supervisor who did not do it and whose account it is not, as DecideApproval is.
func (s *Store) CloseReview(ctx context.Context, id string, by provider.StaffID, word provider.ReviewWord, at time.Time, e provider.Event) error {
	const statement = `
		WITH second AS MATERIALIZED (
			SELECT id, account FROM staff
			WHERE id = $10 AND disabled_at IS NULL AND role = '` + string(provider.Supervisor) + `' FOR SHARE),
		done AS (
			UPDATE reviews v SET closed_by = second.id, closed_at = $11, word = $12, rev = rev + 1
			FROM second
			WHERE v.id = $9 AND v.closed_at IS NULL AND v.staff <> second.id AND v.account <> second.account
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, id, string(by), micros(at), string(word)).one(provider.ErrUsed)
}

// SayLate notes that it was said.
func (s *Store) SayLate(ctx context.Context, id string, at time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			UPDATE reviews SET late_at = $10, rev = rev + 1
			WHERE id = $9 AND closed_at IS NULL AND late_at IS NULL AND due_at <= $10
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, id, micros(at)).one(provider.ErrUsed)
}
