package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Rows counts the rows of every table. It reads them all and may take a minute.
func (s *Store) Rows(ctx context.Context) (map[string]int, error) {
	const tables = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
	counts := map[string]int{}
	err := s.each(ctx, tables, func(rows pgx.Rows) error {
		var name string
		err := rows.Scan(&name)
		counts[name] = 0
		return err
	})
	if err != nil {
		return nil, err
	}
	for name := range counts {
		var n int
		query := `SELECT count(*) FROM ` + pgx.Identifier{name}.Sanitize() // the names come from the schema itself
		err = s.ask(ctx, query).within(operatorWithin).Scan(&n)
		if err != nil {
			return nil, err
		}
		counts[name] = n
	}
	return counts, nil
}
