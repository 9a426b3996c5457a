package sqlite

import (
	"context"
	"database/sql"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// record appends an event, links it and puts its messages into the outbox. Seq grows and is never given twice, also after the
// newest events are gone.
func (s *Store) record(t *tx, e provider.Event, detail string) error {
	private, err := row.SealPrivate(s.sealer, e)
	if err != nil {
		return err
	}
	r := provider.TrailRow{
		At: micros(e.At), Kind: e.Kind, Account: e.Account, Client: e.Client, Session: e.Session, Grant: e.Grant, Actor: e.Actor,
		Detail: detail, Private: private, PrivateHash: row.PrivateHash(private),
	}
	if err := link(t, &r); err != nil {
		return err
	}
	const statement = `
		INSERT INTO events (at, kind, account, client, session, grant_id, actor, detail, private, private_hash, n, subject_n, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = t.exec(statement, r.At, r.Kind, r.Account, r.Client, r.Session, r.Grant, r.Actor, r.Detail, r.Private, r.PrivateHash,
		r.N, r.SubjectN, r.Hash)
	if err != nil {
		return err
	}
	return s.tell(t, e.Tell)
}

// Record appends an event that has no other act to be written with.
func (s *Store) Record(ctx context.Context, e provider.Event) error {
	return s.act(ctx, e, func(*tx) error { return nil })
}

// Events returns the newest events first.
func (s *Store) Events(ctx context.Context, account provider.AccountID, limit int) ([]provider.Event, error) {
	const all = `
		SELECT seq, at, kind, account, client, session, grant_id, actor, detail
		FROM events ORDER BY seq DESC LIMIT ?`
	const ofOne = `
		SELECT seq, at, kind, account, client, session, grant_id, actor, detail
		FROM events WHERE account = ? AND account <> '' ORDER BY seq DESC LIMIT ?`
	var events []provider.Event
	scan := func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		events = append(events, e)
		return err
	}
	limit = max(limit, 0) // SQLite takes a negative limit for none
	if account == "" {
		err := s.reader.each(ctx, all, scan, limit)
		return events, err
	}
	err := s.reader.each(ctx, ofOne, scan, account, limit)
	return events, err
}

func scanEvent(rows *sql.Rows) (provider.Event, error) {
	var e provider.Event
	var detail string
	err := rows.Scan(&e.Seq, instant{&e.At}, &e.Kind, &e.Account, &e.Client, &e.Session, &e.Grant, &e.Actor, &detail)
	if err != nil {
		return provider.Event{}, err
	}
	e.Detail, err = row.ParseDetail(detail)
	return e, err
}
