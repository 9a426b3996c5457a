package sqlite

import (
	"context"
	"database/sql"
	"time"

	"gatehouse/provider"
)

// StaffCounts counts what somebody did.
func (s *Store) StaffCounts(ctx context.Context, id provider.StaffID, from time.Time) ([]provider.StaffCount, error) {
	const query = `
		SELECT kind, coalesce(detail ->> 'outcome', ''), detail ->> 'action' IS NOT NULL, count(*)
		FROM events WHERE substr(actor, 1, 6) = 'staff:' AND actor = 'staff:' || ?1 AND at >= ?2
		GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`
	var all []provider.StaffCount
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var c provider.StaffCount
		err := rows.Scan(&c.Kind, &c.Outcome, &c.Acted, &c.N)
		all = append(all, c)
		return err
	}, id, since(from))
	return all, err
}

// StaffHours counts the contacts that were begun.
func (s *Store) StaffHours(ctx context.Context, from time.Time) ([]provider.StaffHour, error) {
	const query = `
		SELECT staff, opened_at - opened_at % 3600000000, count(*) FROM cases WHERE opened_at >= ? GROUP BY 1, 2 ORDER BY 1, 2`
	var all []provider.StaffHour
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var h provider.StaffHour
		err := rows.Scan(&h.Staff, instant{&h.Hour}, &h.N)
		all = append(all, h)
		return err
	}, since(from))
	return all, err
}

// StaffSame reads how often contacts were about one and the same person.
func (s *Store) StaffSame(ctx context.Context, from time.Time) ([]provider.StaffSame, error) {
	const query = `
		SELECT staff, max(n) FROM (
			SELECT staff, account, count(*) AS n FROM cases WHERE opened_at >= ? AND account <> '' GROUP BY staff, account)
		GROUP BY staff ORDER BY staff`
	var all []provider.StaffSame
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var same provider.StaffSame
		err := rows.Scan(&same.Staff, &same.N)
		all = append(all, same)
		return err
	}, since(from))
	return all, err
}
