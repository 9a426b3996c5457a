package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// linkColumns are all of a link, in the order of scanning.
const linkColumns = `account, fingerprint, relation, activation, record, linked_at, granted_by, until`

// relink says what a link replaces: one that ends, where the new one ends later or never.
const relink = `
			ON CONFLICT (account, fingerprint) DO UPDATE SET relation = excluded.relation, activation = excluded.activation,
				record = excluded.record, linked_at = excluded.linked_at, granted_by = excluded.granted_by, until = excluded.until
			WHERE record_links.until IS NOT NULL AND (excluded.until IS NULL OR excluded.until > record_links.until)`

// RecordsOf lists the records of an account, oldest link first.
func (s *Store) RecordsOf(ctx context.Context, account provider.AccountID, at time.Time) ([]provider.RecordLink, error) {
	const query = `
		SELECT ` + linkColumns + ` FROM record_links
		WHERE account = $1 AND (until IS NULL OR until > $2)
		ORDER BY linked_at, activation COLLATE "C"`
	return s.links(ctx, query, string(account), micros(at))
}

// LinksGiven lists the links that an account gave to others.
func (s *Store) LinksGiven(ctx context.Context, account provider.AccountID, at time.Time) ([]provider.RecordLink, error) {
	const query = `
		SELECT ` + linkColumns + ` FROM record_links
		WHERE granted_by = $1 AND granted_by <> '' AND until > $2
		ORDER BY linked_at, activation COLLATE "C"`
	return s.links(ctx, query, string(account), micros(at))
}

func (s *Store) links(ctx context.Context, query string, args ...any) ([]provider.RecordLink, error) {
	var all []provider.RecordLink
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var l provider.RecordLink
		var fingerprint, sealed []byte
		err := rows.Scan((*string)(&l.Account), &fingerprint, (*string)(&l.Relation), &l.Activation, &sealed, instant{&l.LinkedAt},
			(*string)(&l.GrantedBy), instant{&l.Until})
		if err != nil {
			return err
		}
		err = row.OpenLink(s.sealer, &l, fingerprint, sealed)
		all = append(all, l)
		return err
	}, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// EndLink ends a link that an account gave to another.
func (s *Store) EndLink(ctx context.Context, l provider.RecordLink, at time.Time, e provider.Event) (bool, error) {
	const statement = `
		WITH done AS (
			DELETE FROM record_links
			WHERE granted_by = $9 AND granted_by <> '' AND account = $10 AND activation = $11 AND until > $12
			RETURNING 1)` + counted
	return s.act(ctx, e, statement, string(l.GrantedBy), string(l.Account), l.Activation, micros(at)).wasLive()
}

// AcceptTerms notes that an account accepted a version.
func (s *Store) AcceptTerms(ctx context.Context, account provider.AccountID, version string, at time.Time, e provider.Event) error {
	const statement = `
		WITH done AS (
			INSERT INTO terms_accepted (account, version, accepted_at)
			SELECT id, $10, $11 FROM accounts WHERE id = $9
			ON CONFLICT DO NOTHING RETURNING 1)` + counted
	_, err := s.act(ctx, e, statement, string(account), version, micros(at)).wasLive()
	return err
}

// TermsOf lists all that an account accepted.
func (s *Store) TermsOf(ctx context.Context, account provider.AccountID) ([]provider.AcceptedTerms, error) {
	const query = `SELECT version, accepted_at FROM terms_accepted WHERE account = $1 ORDER BY accepted_at, version`
	var all []provider.AcceptedTerms
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var t provider.AcceptedTerms
		err := rows.Scan(&t.Version, instant{&t.At})
		all = append(all, t)
		return err
	}, string(account))
	return all, err
}

// TermsAccepted reads when an account did.
func (s *Store) TermsAccepted(ctx context.Context, account provider.AccountID, version string) (time.Time, error) {
	const query = `SELECT accepted_at FROM terms_accepted WHERE account = $1 AND version = $2`
	var at time.Time
	err := s.ask(ctx, query, string(account), version).Scan(instant{&at})
	return at, found(err)
}
