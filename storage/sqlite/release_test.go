package sqlite

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/storage/storagetest"
)

// TestRelease0001: a database of the first release is migrated and read as a whole, while it is in use.
func TestRelease0001(t *testing.T) {
	keyset := storagetest.ReleaseKeyset(t)
	text := storagetest.Release(t, "release-0001", "sqlite.sql", func() []byte {
		s := openAt(t, filepath.Join(t.TempDir(), fileName), keyset)
		storagetest.Furnish(t, s)
		return dump(t, s.reader.db)
	})
	file := filepath.Join(t.TempDir(), fileName)
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), string(text)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before := openAt(t, file, keyset)
	if _, err := Migrate(t.Context(), file); err != nil { // again, under an open store
		t.Fatal(err)
	}
	storagetest.WantFurnished(t, before)
}

// dump writes a database as SQL: its schema, then its rows.
func dump(t *testing.T, db *sql.DB) []byte {
	t.Helper()
	var out strings.Builder
	for _, table := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`) {
		for _, statement := range column(t, db, `SELECT sql FROM sqlite_schema WHERE tbl_name = '`+table+`' AND type = 'table'`) {
			fmt.Fprintf(&out, "%s;\n", statement)
		}
		names := column(t, db, `SELECT name FROM pragma_table_info('`+table+`')`)
		quoted := "quote(" + strings.Join(names, ") || ', ' || quote(") + ")"
		for _, row := range column(t, db, `SELECT `+quoted+` FROM `+table) {
			fmt.Fprintf(&out, "INSERT INTO %s (%s) VALUES (%s);\n", table, strings.Join(names, ", "), row)
		}
	}
	for _, statement := range column(t, db, `SELECT sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL ORDER BY name`) {
		fmt.Fprintf(&out, "%s;\n", statement)
	}
	return []byte(out.String())
}

func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(query, err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(query, err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(query, err)
	}
	return all
}
