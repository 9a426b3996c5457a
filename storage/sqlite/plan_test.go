package sqlite

import (
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/storage/storagetest"
)

// TestEveryStatementHasAnIndex: nothing that is done with codes, budgets, browsers, messages, invitations, recoveries, names,
// people who leave and what applications are told reads a whole table, but the counts of the partial indexes that are backlogs.
func TestEveryStatementHasAnIndex(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), fileName), newKeyset(t))
	storagetest.Touch(t, s)
	var statements []string
	for query := range s.writer.made {
		statements = append(statements, query)
	}
	s.reader.made.Range(func(query, _ any) bool {
		statements = append(statements, query.(string))
		return true
	})
	searched := 0
	for _, query := range statements {
		if !strings.HasPrefix(strings.TrimSpace(query), "SELECT") && !strings.Contains(query, "WHERE") {
			continue // BEGIN, COMMIT, INSERT
		}
		for _, step := range planOf(t, s, query) {
			searched += strings.Count(step, "SEARCH")
			if !strings.HasPrefix(step, "SCAN ") || strings.HasPrefix(step, "SCAN CONSTANT ROW") || strings.HasPrefix(step, "SCAN json_each") {
				continue
			}
			if strings.HasPrefix(step, "SCAN (subquery-") { // what another step found, and bounded
				continue
			}
			if step != "SCAN messages USING INDEX messages_expires" && step != "SCAN signals USING INDEX signals_due" && !strings.Contains(query, "FROM events ORDER BY seq") {
				t.Errorf("%s:\n%s", step, query)
			}
		}
	}
	if searched < 25 {
		t.Fatalf("only %d searches were seen in %d statements", searched, len(statements))
	}
}

func planOf(t *testing.T, s *Store, query string) []string {
	t.Helper()
	args := make([]any, 20)
	for n := range args {
		if rows, err := s.reader.db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args[:n]...); err == nil {
			defer func() { _ = rows.Close() }()
			var steps []string
			for rows.Next() {
				var id, parent, unused int
				var step string
				if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
					t.Fatal(err)
				}
				steps = append(steps, step)
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			return steps
		}
	}
	t.Fatalf("no plan for %s", query)
	return nil
}
