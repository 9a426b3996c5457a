package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Record appends an event that has no other act to be written with. Seq grows and is never given twice, also after the
// newest events are gone.
func (s *Store) Record(ctx context.Context, e provider.Event) error {
	const statement = `WITH done AS (SELECT 1)` + counted
	return s.act(ctx, e, statement).one(nil)
}

// Events returns the newest events first.
func (s *Store) Events(ctx context.Context, account provider.AccountID, limit int) ([]provider.Event, error) {
	const all = `
		SELECT seq, at, kind, account, client, session, grant_id, actor, detail
		FROM events ORDER BY seq DESC LIMIT $1`
	const ofOne = `
		SELECT seq, at, kind, account, client, session, grant_id, actor, detail
		FROM events WHERE account = $2 AND account <> '' ORDER BY seq DESC LIMIT $1`
	var events []provider.Event
	scan := func(rows pgx.Rows) error {
		e, err := scanEvent(rows)
		events = append(events, e)
		return err
	}
	limit = max(limit, 0)
	if account == "" {
		err := s.each(ctx, all, scan, limit)
		return events, err
	}
	err := s.each(ctx, ofOne, scan, limit, string(account))
	return events, err
}

func scanEvent(rows pgx.Rows) (provider.Event, error) {
	var e provider.Event
	var detail string
	err := rows.Scan(&e.Seq, instant{&e.At}, &e.Kind, (*string)(&e.Account), &e.Client, &e.Session, &e.Grant, &e.Actor, &detail)
	if err != nil {
		return provider.Event{}, err
	}
	e.Detail, err = row.ParseDetail(detail)
	return e, err
}
