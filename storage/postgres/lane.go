package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// What a lane remembers of now on, without what is over: limit.Settle. $3 is now, $5 the window, $8 quiet, $12 a day.
const (
	laneTries  = `CASE WHEN l.forget_at <= $3 OR greatest(l.began + $5, l.paused_until) <= $3 THEN 0 ELSE l.tries END`
	lanePauses = `CASE WHEN l.forget_at <= $3 OR l.paused_until + $8 <= $3 THEN 0 ELSE l.pauses END`
	laneToday  = `CASE WHEN l.forget_at <= $3 OR l.day_began + $12 <= $3 THEN 0 ELSE l.today END`
	laneInARow = `CASE WHEN l.forget_at <= $3 THEN 0 ELSE l.in_a_row END`
	laneAll    = `tries, began, pauses, paused_until, today, day_began, in_a_row, forget_at`
)

// TryLane counts one try in one conditional statement: limit.TryLane. Who may not try asks once more, since the statement does
// not see what somebody else wrote meanwhile; that is a read, and a storm of those who are turned away writes nothing.
func (s *Store) TryLane(ctx context.Context, l provider.Lane, r provider.LaneRule, at time.Time) (provider.LaneState, error) {
	const statement = `
		INSERT INTO lanes AS l (kind, fingerprint, sweep_at, ` + laneAll + `)
		VALUES ($1, $2, $3::bigint + $11::bigint,
			1, $3, CASE WHEN $4::integer <= 1 THEN 1 ELSE 0 END,
			CASE WHEN $4 <= 1 THEN $3 + least($7::bigint, $6::bigint) ELSE 0 END, 1, $3, 1, $3 + $11)
		ON CONFLICT (fingerprint, kind) DO UPDATE
		SET tries = ` + laneTries + ` + 1,
			began = CASE WHEN ` + laneTries + ` = 0 THEN $3 ELSE l.began END,
			pauses = ` + lanePauses + ` + CASE WHEN ` + laneTries + ` + 1 >= $4 THEN 1 ELSE 0 END,
			paused_until = CASE
				WHEN ` + laneTries + ` + 1 >= $4 THEN $3 + least($7, $6 << least(` + lanePauses + `, $13::integer))
				WHEN l.forget_at <= $3 THEN 0
				ELSE l.paused_until END,
			today = ` + laneToday + ` + 1,
			day_began = CASE WHEN ` + laneToday + ` = 0 THEN $3 ELSE l.day_began END,
			in_a_row = ` + laneInARow + ` + 1,
			forget_at = $3 + $11
		WHERE ` + laneInARow + ` < $10::integer AND ` + laneTries + ` < $4 AND ($9::integer = 0 OR ` + laneToday + ` < $9)
		RETURNING ` + laneAll
	whom := row.LaneFingerprint(s.sealer, l)
	var kept row.Lane
	err := s.ask(ctx, statement, string(l.Kind), whom, micros(at), r.Tries, r.Window.Microseconds(), r.Pause.Microseconds(),
		r.Longest.Microseconds(), r.Quiet.Microseconds(), r.Daily, r.InARow, r.Forget.Microseconds(),
		row.LaneDay.Microseconds(), row.LaneDoubles).Scan(kept.Into()...)
	if err == nil {
		return kept.State(), nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return provider.LaneState{}, err
	}
	state, err := s.lane(ctx, l.Kind, whom)
	if err != nil {
		return provider.LaneState{}, err
	}
	return state, provider.ErrSpent
}

// Lane reads one.
func (s *Store) Lane(ctx context.Context, l provider.Lane) (provider.LaneState, error) {
	return s.lane(ctx, l.Kind, row.LaneFingerprint(s.sealer, l))
}

func (s *Store) lane(ctx context.Context, kind provider.LaneKind, whom []byte) (provider.LaneState, error) {
	const query = `SELECT ` + laneAll + ` FROM lanes WHERE kind = $1 AND fingerprint = $2`
	var kept row.Lane
	err := s.ask(ctx, query, string(kind), whom).Scan(kept.Into()...)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return provider.LaneState{}, err
	}
	return kept.State(), nil
}

// ReturnTry takes back a try that was counted at a time: limit.ReturnTry.
func (s *Store) ReturnTry(ctx context.Context, l provider.Lane, r provider.LaneRule, at time.Time) error {
	const statement = `
		WITH done AS (
			UPDATE lanes
			SET paused_until = CASE WHEN tries > 0 AND began <= $3 AND tries >= $4 THEN began ELSE paused_until END,
				pauses = CASE WHEN tries > 0 AND began <= $3 AND tries >= $4 THEN greatest(pauses - 1, 0) ELSE pauses END,
				tries = CASE WHEN tries > 0 AND began <= $3 THEN tries - 1 ELSE tries END,
				today = CASE WHEN today > 0 AND day_began <= $3 THEN today - 1 ELSE today END,
				in_a_row = greatest(in_a_row - 1, 0)
			WHERE kind = $1 AND fingerprint = $2
			RETURNING 1)
		SELECT count(*) FROM done`
	return s.ask(ctx, statement, string(l.Kind), row.LaneFingerprint(s.sealer, l), micros(at), r.Tries).one(nil)
}

// calmed is the part of a completion that ends the failures of the lane that the sign-in came by, if there is anything to end:
// limit.Succeed.
const calmed = `,
		calmed AS (
			UPDATE lanes
			SET tries = CASE WHEN tries < $40 THEN 0 ELSE tries END, in_a_row = CASE WHEN $41 THEN in_a_row ELSE 0 END
			FROM done
			WHERE kind = $38 AND fingerprint = $39::bytea AND (tries > 0 AND tries < $40::integer OR in_a_row > 0 AND NOT $41::boolean))`

// calmValues are the arguments of calmed; a lane that is not there is that of no fingerprint.
func (s *Store) calmValues(c provider.Completion) []any {
	whom := []byte{}
	if c.Lane.Key != "" {
		whom = row.LaneFingerprint(s.sealer, c.Lane)
	}
	return []any{string(c.Lane.Kind), whom, c.Rule.Tries, c.Rule.Burns}
}

// UnlockLane lets strangers try again at once: limit.UnlockLane.
func (s *Store) UnlockLane(ctx context.Context, l provider.Lane, at time.Time, e provider.Event) error {
	const statement = `
		WITH unlocked AS (
			UPDATE lanes SET tries = 0, today = 0, in_a_row = 0, paused_until = least(paused_until, $11)
			WHERE kind = $9 AND fingerprint = $10),
		done AS (SELECT 1)` + counted
	return s.act(ctx, e, statement, string(l.Kind), row.LaneFingerprint(s.sealer, l), micros(at)).one(nil)
}

// PassLane uses a link: it marks it, notes the browser, ends the stop (limit.PassLane) and writes the event, or does nothing.
func (s *Store) PassLane(ctx context.Context, p provider.Passage, e provider.Event) error {
	const statement = `
		WITH done AS (
			INSERT INTO marks (purpose, key_hash, until) VALUES ($9, $10, $11) ON CONFLICT DO NOTHING RETURNING 1),
		opened AS (UPDATE lanes SET in_a_row = 0 FROM done WHERE kind = $12 AND fingerprint = $13),
		noted AS (` + noting + `
			SELECT $14::text, $15::bytea, $16::text, $17::text, $18::bigint, $19::bigint, $20::bigint, $21::bigint FROM done` +
		knownAlready + `)` + counted
	d := p.Device
	return s.act(ctx, e, statement, row.PurposeLink, row.KeyHash(p.Link), micros(p.Until),
		string(p.Lane.Kind), row.LaneFingerprint(s.sealer, p.Lane),
		string(d.Account), d.SecretHash, d.ID, d.Words, micros(d.CreatedAt), micros(d.SeenAt), maybe(d.RememberedUntil),
		micros(d.SeenAt.Add(row.DeviceKept))).one(provider.ErrUsed)
}
