package sqlite

import (
	"context"
	"database/sql"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// reviewColumns are all of a review, in the order of scanReview.
const reviewColumns = `id, kind, contact, staff, account, words, opened_at, due_at, late_at, closed_by, closed_at, word, rev`

const addReview = `
	INSERT INTO reviews (` + reviewColumns + `)
	SELECT ?2, ?3, id, ?4, ?5, ?6, ?7, ?8, NULL, '', NULL, '', 1 FROM cases WHERE id = ?1`

// BreakGlass marks a case as broken and opens its review.
func (s *Store) BreakGlass(ctx context.Context, c provider.Case, v provider.Review, e provider.Event) error {
	const statement = `
		UPDATE cases SET glass = 1, rev = rev + 1
		WHERE id = ?1 AND staff = ?2 AND rev = ?3 AND account = ?4 AND account <> '' AND ended_at IS NULL AND glass = 0 AND EXISTS (
			SELECT 1 FROM staff s WHERE s.id = ?2 AND s.disabled_at IS NULL AND s.role = '` + string(provider.Supervisor) + `' AND s.account <> ?4)`
	words, err := row.SealReview(s.sealer, v)
	if err != nil {
		return err
	}
	return s.act(ctx, e, func(t *tx) error {
		err := t.one(provider.ErrStale, statement, c.ID, c.Staff, c.Rev, v.Account)
		if err != nil {
			return err
		}
		return t.one(provider.ErrStale, addReview, v.Case, v.ID, v.Kind, v.Staff, v.Account, words, micros(v.OpenedAt), micros(v.DueAt))
	})
}

// OpenReview opens one of a case that there is.
func (s *Store) OpenReview(ctx context.Context, v provider.Review, e provider.Event) error {
	words, err := row.SealReview(s.sealer, v)
	if err != nil {
		return err
	}
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrNotFound, addReview, v.Case, v.ID, v.Kind, v.Staff, v.Account, words, micros(v.OpenedAt), micros(v.DueAt))
	})
}

// Review reads one.
func (s *Store) Review(ctx context.Context, id string) (provider.Review, error) {
	const query = `SELECT ` + reviewColumns + ` FROM reviews WHERE id = ?`
	return s.scanReview(s.reader.row(ctx, query, id))
}

// OpenReviews lists those that nobody closed, the soonest due first.
func (s *Store) OpenReviews(ctx context.Context, limit int) ([]provider.Review, error) {
	const query = `SELECT ` + reviewColumns + ` FROM reviews WHERE closed_at IS NULL AND due_at > 0 ORDER BY due_at, id LIMIT ?`
	return s.reviews(ctx, query, max(limit, 0))
}

// LateReviews lists those that are due and of which nobody said so.
func (s *Store) LateReviews(ctx context.Context, at time.Time, limit int) ([]provider.Review, error) {
	const query = `
		SELECT ` + reviewColumns + ` FROM reviews
		WHERE closed_at IS NULL AND due_at <= ? AND late_at IS NULL ORDER BY due_at, id LIMIT ?`
	return s.reviews(ctx, query, micros(at), max(limit, 0))
}

func (s *Store) reviews(ctx context.Context, query string, args ...any) ([]provider.Review, error) {
	var all []provider.Review
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
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
	err := from.Scan(&v.ID, &v.Kind, &v.Case, &v.Staff, &v.Account, &words, instant{&v.OpenedAt}, instant{&v.DueAt}, instant{&v.LateAt}, &v.By,
		instant{&v.ClosedAt}, &v.Word, &v.Rev)
	if err != nil {
		return provider.Review{}, found(err)
	}
	err = row.OpenReview(s.sealer, &v, words)
	return v, err
}

// CloseReview is the word of a supervisor who did not do it and whose account it is not.
func (s *Store) CloseReview(ctx context.Context, id string, by provider.StaffID, word provider.ReviewWord, at time.Time, e provider.Event) error {
	const statement = `
		UPDATE reviews SET closed_by = ?2, closed_at = ?3, word = ?4, rev = rev + 1
		WHERE id = ?1 AND closed_at IS NULL AND staff <> ?2 AND EXISTS (
			SELECT 1 FROM staff s WHERE s.id = ?2 AND s.disabled_at IS NULL AND s.role = '` + string(provider.Supervisor) + `' AND s.account <> reviews.account)`
	return s.act(ctx, e, func(t *tx) error {
		return t.one(provider.ErrUsed, statement, id, by, micros(at), word)
	})
}

// SayLate notes that it was said.
func (s *Store) SayLate(ctx context.Context, id string, at time.Time, e provider.Event) error {
	const statement = `
		UPDATE reviews SET late_at = ?2, rev = rev + 1 WHERE id = ?1 AND closed_at IS NULL AND late_at IS NULL AND due_at <= ?2`
	return s.act(ctx, e, func(t *tx) error { return t.one(provider.ErrUsed, statement, id, micros(at)) })
}
