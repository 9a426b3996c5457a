package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// What a lane remembers of now on, without what is over: limit.Settle. ?3 is now, ?5 the window, ?8 quiet, ?12 a day.
const (
	laneTries  = `CASE WHEN l.forget_at <= ?3 OR max(l.began + ?5, l.paused_until) <= ?3 THEN 0 ELSE l.tries END`
	lanePauses = `CASE WHEN l.forget_at <= ?3 OR l.paused_until + ?8 <= ?3 THEN 0 ELSE l.pauses END`
	laneToday  = `CASE WHEN l.forget_at <= ?3 OR l.day_began + ?12 <= ?3 THEN 0 ELSE l.today END`
	laneInARow = `CASE WHEN l.forget_at <= ?3 THEN 0 ELSE l.in_a_row END`
	laneAll    = `tries, began, pauses, paused_until, today, day_began, in_a_row, forget_at`
)

// TryLane counts one try in one conditional statement: limit.TryLane.
func (s *Store) TryLane(ctx context.Context, l provider.Lane, r provider.LaneRule, at time.Time) (provider.LaneState, error) {
	const statement = `
		INSERT INTO lanes AS l (kind, fingerprint, ` + laneAll + `)
		VALUES (?1, ?2, 1, ?3, iif(?4 <= 1, 1, 0), iif(?4 <= 1, ?3 + min(?7, ?6), 0), 1, ?3, 1, ?3 + ?11)
		ON CONFLICT (kind, fingerprint) DO UPDATE
		SET tries = ` + laneTries + ` + 1,
			began = iif(` + laneTries + ` = 0, ?3, l.began),
			pauses = ` + lanePauses + ` + iif(` + laneTries + ` + 1 >= ?4, 1, 0),
			paused_until = iif(` + laneTries + ` + 1 >= ?4, ?3 + min(?7, ?6 << min(` + lanePauses + `, ?13)),
				iif(l.forget_at <= ?3, 0, l.paused_until)),
			today = ` + laneToday + ` + 1,
			day_began = iif(` + laneToday + ` = 0, ?3, l.day_began),
			in_a_row = ` + laneInARow + ` + 1,
			forget_at = ?3 + ?11
		WHERE ` + laneInARow + ` < ?10 AND ` + laneTries + ` < ?4 AND (?9 = 0 OR ` + laneToday + ` < ?9)
		RETURNING ` + laneAll
	whom := row.LaneFingerprint(s.sealer, l)
	var kept row.Lane
	err := s.transact(ctx, func(t *tx) error {
		err := t.row(statement, l.Kind, whom, micros(at), r.Tries, r.Window.Microseconds(), r.Pause.Microseconds(),
			r.Longest.Microseconds(), r.Quiet.Microseconds(), r.Daily, r.InARow, r.Forget.Microseconds(),
			row.LaneDay.Microseconds(), row.LaneDoubles).Scan(kept.Into()...)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		err = t.row(readLane, l.Kind, whom).Scan(kept.Into()...)
		if err != nil {
			return err
		}
		return provider.ErrSpent
	})
	if err != nil && !errors.Is(err, provider.ErrSpent) {
		return provider.LaneState{}, err
	}
	return kept.State(), err
}

const readLane = `SELECT ` + laneAll + ` FROM lanes WHERE kind = ? AND fingerprint = ?`

// ReturnTry takes back a try that was counted at a time: limit.ReturnTry.
func (s *Store) ReturnTry(ctx context.Context, l provider.Lane, r provider.LaneRule, at time.Time) error {
	const statement = `
		UPDATE lanes
		SET paused_until = iif(tries > 0 AND began <= ?3 AND tries >= ?4, began, paused_until),
			pauses = iif(tries > 0 AND began <= ?3 AND tries >= ?4, max(pauses - 1, 0), pauses),
			tries = iif(tries > 0 AND began <= ?3, tries - 1, tries),
			today = iif(today > 0 AND day_began <= ?3, today - 1, today),
			in_a_row = max(in_a_row - 1, 0)
		WHERE kind = ?1 AND fingerprint = ?2`
	return s.transact(ctx, func(t *tx) error {
		_, err := t.exec(statement, l.Kind, row.LaneFingerprint(s.sealer, l), micros(at), r.Tries)
		return err
	})
}

// Lane reads one.
func (s *Store) Lane(ctx context.Context, l provider.Lane) (provider.LaneState, error) {
	var kept row.Lane
	err := s.reader.row(ctx, readLane, l.Kind, row.LaneFingerprint(s.sealer, l)).Scan(kept.Into()...)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return provider.LaneState{}, err
	}
	return kept.State(), nil
}

// calm is what a full sign-in does to the lane that it came by, if there is anything to do: limit.Succeed.
func (s *Store) calm(t *tx, c provider.Completion) error {
	const statement = `
		UPDATE lanes SET tries = iif(tries < ?3, 0, tries), in_a_row = iif(?4, in_a_row, 0)
		WHERE kind = ?1 AND fingerprint = ?2 AND (tries > 0 AND tries < ?3 OR in_a_row > 0 AND NOT ?4)`
	if c.Lane.Key == "" {
		return nil
	}
	_, err := t.exec(statement, c.Lane.Kind, row.LaneFingerprint(s.sealer, c.Lane), c.Rule.Tries, c.Rule.Burns)
	return err
}

// UnlockLane lets strangers try again at once: limit.UnlockLane.
func (s *Store) UnlockLane(ctx context.Context, l provider.Lane, at time.Time, e provider.Event) error {
	const statement = `
		UPDATE lanes SET tries = 0, today = 0, in_a_row = 0, paused_until = min(paused_until, ?3)
		WHERE kind = ?1 AND fingerprint = ?2`
	return s.act(ctx, e, func(t *tx) error {
		_, err := t.exec(statement, l.Kind, row.LaneFingerprint(s.sealer, l), micros(at))
		return err
	})
}

// PassLane uses a link: it marks it, notes the browser, ends the stop (limit.PassLane) and writes the event, or does nothing.
func (s *Store) PassLane(ctx context.Context, p provider.Passage, e provider.Event) error {
	const statement = `UPDATE lanes SET in_a_row = 0 WHERE kind = ?1 AND fingerprint = ?2`
	return s.act(ctx, e, func(t *tx) error {
		err := t.mark(row.PurposeLink, p.Link, p.Until)
		if err != nil {
			return err
		}
		err = note(t, p.Device)
		if err != nil {
			return err
		}
		_, err = t.exec(statement, p.Lane.Kind, row.LaneFingerprint(s.sealer, p.Lane))
		return err
	})
}
