package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/provider"
)

// StaffCounts counts what somebody did.
func (s *Store) StaffCounts(ctx context.Context, id provider.StaffID, from time.Time) ([]provider.StaffCount, error) {
	const query = `
		SELECT kind COLLATE "C", coalesce(detail::jsonb ->> 'outcome', '') COLLATE "C", detail::jsonb ->> 'action' IS NOT NULL, count(*)
		FROM events WHERE actor LIKE 'staff:%' AND actor = $1 AND at >= $2
		GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`
	var all []provider.StaffCount
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var c provider.StaffCount
		err := rows.Scan(&c.Kind, &c.Outcome, &c.Acted, &c.N)
		all = append(all, c)
		return err
	}, "staff:"+string(id), sinceMicros(from))
	return all, err
}

// sinceMicros is a time from which on something is counted; the zero time is before all.
func sinceMicros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return micros(t)
}

// StaffHours counts the contacts that were begun.
func (s *Store) StaffHours(ctx context.Context, from time.Time) ([]provider.StaffHour, error) {
	const query = `
		SELECT staff COLLATE "C", opened_at - opened_at % 3600000000, count(*) FROM cases WHERE opened_at >= $1 GROUP BY 1, 2 ORDER BY 1, 2`
	var all []provider.StaffHour
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var h provider.StaffHour
		err := rows.Scan((*string)(&h.Staff), instant{&h.Hour}, &h.N)
		all = append(all, h)
		return err
	}, sinceMicros(from))
	return all, err
}

// StaffSame reads how often contacts were about one and the same person.
func (s *Store) StaffSame(ctx context.Context, from time.Time) ([]provider.StaffSame, error) {
	const query = `
		SELECT staff COLLATE "C" AS who, max(n) FROM (
			SELECT staff, account, count(*) AS n FROM cases WHERE opened_at >= $1 AND account <> '' GROUP BY staff, account) AS pairs
		GROUP BY who ORDER BY who`
	var all []provider.StaffSame
	err := s.each(ctx, query, func(rows pgx.Rows) error {
		var same provider.StaffSame
		err := rows.Scan((*string)(&same.Staff), &same.N)
		all = append(all, same)
		return err
	}, sinceMicros(from))
	return all, err
}
