package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// importAtOnce is how many accounts one statement adds: a megabyte or so.
const importAtOnce = 500

// ImportAccounts adds accounts in one transaction, several hundred with each statement. Who is already there by id or by name breaks
// it off as a whole.
func (s *Store) ImportAccounts(ctx context.Context, all []provider.Import) error {
	told := false
	err := s.together(ctx, func(tx pgx.Tx) error {
		for some := range slices.Chunk(all, importAtOnce) {
			tells, err := s.importSome(ctx, tx, some)
			if err != nil {
				return err
			}
			told = told || tells
		}
		return nil
	})
	if err == nil && told {
		s.signal()
	}
	return taken(err)
}

// importSaid is the event of every account; tell finds its place behind it.
const importSaid = `,
		said AS (
			INSERT INTO events (at, kind, account, client, session, grant_id, actor, detail)
			SELECT * FROM unnest($29::bigint[], $30::text[], $31::text[], $32::text[], $33::text[], $34::text[], $35::text[], $36::text[]))`

func (s *Store) importSome(ctx context.Context, tx pgx.Tx, some []provider.Import) (told bool, err error) {
	const statement = `
		WITH one AS (SELECT 1),
		done AS (
			INSERT INTO accounts (id, status, status_at, profile, created_at, updated_at, rev)
			SELECT *, 1 FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bigint[])),
		named AS (
			INSERT INTO identifiers (account, position, kind, fingerprint, name, verified_at)
			SELECT * FROM unnest($7::text[], $8::int[], $9::text[], $10::bytea[], $11::bytea[], $12::bigint[])),
		bound AS (
			INSERT INTO authenticators (account, id, kind, name, data, step, failures, change_owed, created_at, used_at, rev)
			SELECT *, 1 FROM unnest($13::text[], $14::text[], $15::text[], $16::bytea[], $17::bytea[], $18::bigint[], $19::int[], $20::text[],
				$21::bigint[], $22::bigint[])),
		linked AS (
			INSERT INTO record_links (account, fingerprint, relation, activation, record, linked_at)
			SELECT * FROM unnest($23::text[], $24::bytea[], $25::text[], $26::text[], $27::bytea[], $28::bigint[])
			ON CONFLICT DO NOTHING)` + importSaid + `
		SELECT 1`
	var load load
	for _, i := range some {
		err = s.put(&load, i)
		if err != nil {
			return false, err
		}
	}
	args := load.columns()
	query, columns, err := s.tell(statement, importSaid, "one", load.messages, len(args)+1)
	if err != nil {
		return false, err
	}
	_, err = tx.Exec(ctx, query, append(args, columns...)...)
	return len(load.messages) > 0, err
}

// load are accounts on their way in, a column each.
type load struct {
	ids, statuses                  []string
	statusAt, createdAt, updatedAt []int64
	profiles                       [][]byte

	named    []string // whose each of names is
	names    names
	boundTo  []string // whose each of bound is
	bound    bound
	links    links
	events   events
	messages []provider.Message
}

func (l load) columns() []any {
	all := []any{l.ids, l.statuses, l.statusAt, l.profiles, l.createdAt, l.updatedAt, l.named}
	all = append(append(append(all, l.names.columns()...), l.boundTo), l.bound.columns()...)
	return append(append(all, l.links.columns()...), l.events.columns()...)
}

// put adds an account with all that is its own.
func (s *Store) put(l *load, i provider.Import) error {
	a, id := i.Account, string(i.Account.ID)
	profile, err := row.SealProfile(s.sealer, a.ID, a.Profile)
	if err != nil {
		return err
	}
	l.ids, l.statuses, l.profiles = append(l.ids, id), append(l.statuses, string(a.Status)), append(l.profiles, profile)
	l.statusAt, l.createdAt, l.updatedAt = append(l.statusAt, micros(a.StatusAt)), append(l.createdAt, micros(a.CreatedAt)), append(l.updatedAt, micros(a.UpdatedAt))
	err = s.addNames(&l.names, a)
	if err != nil {
		return err
	}
	err = s.addBound(&l.bound, a.ID, i.Held)
	if err != nil {
		return err
	}
	for range a.Identifiers {
		l.named = append(l.named, id)
	}
	for range i.Held {
		l.boundTo = append(l.boundTo, id)
	}
	err = s.addLinks(&l.links, a.ID, i.Records)
	if err != nil {
		return err
	}
	l.messages = append(l.messages, i.Event.Tell...)
	return l.events.add(i.Event)
}

// links are those of new accounts, a column each.
type links struct {
	accounts, relations, activations []string
	fingerprints, records            [][]byte
	linkedAt                         []int64
}

func (l links) columns() []any {
	return []any{l.accounts, l.fingerprints, l.relations, l.activations, l.records, l.linkedAt}
}

func (s *Store) addLinks(l *links, account provider.AccountID, records []provider.RecordLink) error {
	for _, r := range records {
		if r.Account != account {
			return errStranger("link", r.Activation)
		}
		fingerprint, sealed, err := row.SealLink(s.sealer, r)
		if err != nil {
			return err
		}
		l.accounts, l.relations, l.activations = append(l.accounts, string(account)), append(l.relations, string(r.Relation)), append(l.activations, r.Activation)
		l.fingerprints, l.records, l.linkedAt = append(l.fingerprints, fingerprint), append(l.records, sealed), append(l.linkedAt, micros(r.LinkedAt))
	}
	return nil
}

// events are those of many acts, a column each.
type events struct {
	at                                                          []int64
	kinds, accounts, clients, sessions, grants, actors, details []string
}

func (e events) columns() []any {
	return []any{e.at, e.kinds, e.accounts, e.clients, e.sessions, e.grants, e.actors, e.details}
}

func (e *events) add(one provider.Event) error {
	detail, err := row.CheckPlainEvent(one)
	if err != nil {
		return err
	}
	e.at, e.kinds, e.accounts = append(e.at, micros(one.At)), append(e.kinds, one.Kind), append(e.accounts, string(one.Account))
	e.clients, e.sessions, e.grants = append(e.clients, one.Client), append(e.sessions, one.Session), append(e.grants, one.Grant)
	e.actors, e.details = append(e.actors, one.Actor), append(e.details, detail)
	return nil
}
