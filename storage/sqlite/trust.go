package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// linkColumns are all of a link, in the order of scanLink.
const linkColumns = `account, fingerprint, relation, activation, record, linked_at, granted_by, until`

// RecordsOf lists the records of an account, oldest link first.
func (s *Store) RecordsOf(ctx context.Context, account provider.AccountID, at time.Time) ([]provider.RecordLink, error) {
	const query = `
		SELECT ` + linkColumns + ` FROM record_links
		WHERE account = ? AND (until IS NULL OR until > ?)
		ORDER BY linked_at, activation`
	return s.links(ctx, query, account, micros(at))
}

// LinksGiven lists the links that an account gave to others.
func (s *Store) LinksGiven(ctx context.Context, account provider.AccountID, at time.Time) ([]provider.RecordLink, error) {
	const query = `
		SELECT ` + linkColumns + ` FROM record_links
		WHERE granted_by = ? AND granted_by <> '' AND until > ?
		ORDER BY linked_at, activation`
	return s.links(ctx, query, account, micros(at))
}

func (s *Store) links(ctx context.Context, query string, args ...any) ([]provider.RecordLink, error) {
	var all []provider.RecordLink
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var l provider.RecordLink
		var fingerprint, sealed []byte
		err := rows.Scan(&l.Account, &fingerprint, &l.Relation, &l.Activation, &sealed, instant{&l.LinkedAt}, &l.GrantedBy, instant{&l.Until})
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
		DELETE FROM record_links
		WHERE granted_by = ?1 AND granted_by <> '' AND account = ?2 AND activation = ?3 AND until > ?4`
	return s.once(ctx, e, statement, l.GrantedBy, l.Account, l.Activation, micros(at))
}

// AcceptTerms notes that an account accepted a version.
func (s *Store) AcceptTerms(ctx context.Context, account provider.AccountID, version string, at time.Time, e provider.Event) error {
	const statement = `
		INSERT INTO terms_accepted (account, version, accepted_at)
		SELECT id, ?2, ?3 FROM accounts WHERE id = ?1
		ON CONFLICT DO NOTHING`
	_, err := s.once(ctx, e, statement, account, version, micros(at))
	return err
}

// TermsOf lists all that an account accepted.
func (s *Store) TermsOf(ctx context.Context, account provider.AccountID) ([]provider.AcceptedTerms, error) {
	const query = `SELECT version, accepted_at FROM terms_accepted WHERE account = ? ORDER BY accepted_at, version`
	var all []provider.AcceptedTerms
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var t provider.AcceptedTerms
		err := rows.Scan(&t.Version, instant{&t.At})
		all = append(all, t)
		return err
	}, account)
	return all, err
}

// TermsAccepted reads when an account did.
func (s *Store) TermsAccepted(ctx context.Context, account provider.AccountID, version string) (time.Time, error) {
	const query = `SELECT accepted_at FROM terms_accepted WHERE account = ? AND version = ?`
	var at time.Time
	err := s.reader.row(ctx, query, account, version).Scan(instant{&at})
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, provider.ErrNotFound
	}
	return at, err
}
