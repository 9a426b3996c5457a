package sqlite

import (
	"context"
	"database/sql"
)

// Rows counts the rows of every table.
func (s *Store) Rows(ctx context.Context) (map[string]int, error) {
	const query = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	var tables []string
	err := s.reader.each(ctx, query, func(rows *sql.Rows) error {
		var table string
		err := rows.Scan(&table)
		tables = append(tables, table)
		return err
	})
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, table := range tables {
		n := 0
		err := s.reader.row(ctx, `SELECT count(*) FROM "`+table+`"`).Scan(&n) // the names come from the schema itself
		if err != nil {
			return nil, err
		}
		counts[table] = n
	}
	return counts, nil
}
