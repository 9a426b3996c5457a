package sqlite

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/provider"
	"gatehouse/storage/row"
	"gatehouse/storage/storagetest"
)

// TestRelease0001: a database of the first release is migrated and read as a whole, while it is in use.
func TestRelease0001(t *testing.T) {
	keyset := storagetest.ReleaseKeyset(t)
	file := restore(t, storagetest.Release(t, "release-0001", "sqlite.sql", nil))
	before := openAt(t, file, keyset)
	if _, err := Migrate(t.Context(), file); err != nil { // again, under an open store
		t.Fatal(err)
	}
	storagetest.WantFurnished(t, before)
}

// TestRelease0002: and so is one of the second.
func TestRelease0002(t *testing.T) {
	keyset := storagetest.ReleaseKeyset(t)
	s := openAt(t, restore(t, storagetest.Release(t, "release-0002", "sqlite.sql", nil)), keyset)
	storagetest.WantFurnished(t, s)
	storagetest.WantFactors(t, s)
}

// TestRelease0005: and of the third, whose schema is the fifth.
func TestRelease0005(t *testing.T) {
	s := openAt(t, restore(t, storagetest.Release(t, "release-0005", "sqlite.sql", nil)), storagetest.ReleaseKeyset(t))
	storagetest.WantFurnished(t, s)
	storagetest.WantFactors(t, s)
	storagetest.WantLanes(t, s)
}

// TestRelease0006: and of the fourth.
func TestRelease0006(t *testing.T) {
	s := openAt(t, restore(t, storagetest.Release(t, "release-0006", "sqlite.sql", nil)), storagetest.ReleaseKeyset(t))
	storagetest.WantFurnished(t, s)
	storagetest.WantFactors(t, s)
	storagetest.WantLanes(t, s)
	storagetest.WantLostFound(t, s)
}

// TestRelease0010: and of the fifth, whose schema is the tenth.
func TestRelease0010(t *testing.T) {
	keyset := storagetest.ReleaseKeyset(t)
	file := restore(t, storagetest.Release(t, "release-0010", "sqlite.sql", func() []byte {
		s := openAt(t, filepath.Join(t.TempDir(), fileName), keyset)
		storagetest.Furnish(t, s)
		return dump(t, s.reader.db)
	}))
	s := openAt(t, file, keyset)
	storagetest.WantFurnished(t, s)
	storagetest.WantFactors(t, s)
	storagetest.WantLanes(t, s)
	storagetest.WantLostFound(t, s)
	storagetest.WantLeaving(t, s)
}

// TestFirstReleaseGoesOn: what the first release wrote goes on working after the migration, for a process of it that is still
// open.
func TestFirstReleaseGoesOn(t *testing.T) {
	keyset := storagetest.ReleaseKeyset(t)
	file := restore(t, storagetest.Release(t, "release-0001", "sqlite.sql", nil))
	old, err := connect(t.Context(), file, 1, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = old.Close() })
	const add = `
		INSERT INTO authenticators (id, account, kind, data, failures, change_owed, created_at, used_at, rev)
		VALUES (?, 'AAAAAAAAAAAAAAAAAAAAAA', 'totp', ?, 0, '', 1, NULL, 1)`
	const change = `
		UPDATE authenticators
		SET data = ?, failures = ?, change_owed = ?, created_at = ?, used_at = ?, rev = rev + 1
		WHERE id = ? AND rev = ? AND account = ? AND kind = ?`
	stmt, err := old.PrepareContext(t.Context(), add)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stmt.Close() })
	app := provider.Authenticator{ID: "old app", Account: "AAAAAAAAAAAAAAAAAAAAAA", Kind: provider.TOTP, Data: []byte("seed")}
	data, err := row.SealData(keyset, app)
	if err != nil {
		t.Fatal(err)
	}
	s := openAt(t, file, keyset)
	if _, err := stmt.ExecContext(t.Context(), app.ID, data); err != nil {
		t.Fatal(err)
	}
	if err := s.SpendStep(t.Context(), app.ID, 57); err != nil {
		t.Fatal(err)
	}
	if _, err := old.ExecContext(t.Context(), change, data, 3, "", 1, nil, app.ID, 1, app.Account, "totp"); err != nil {
		t.Fatal(err)
	}
	held, err := s.Authenticators(t.Context(), app.Account)
	if err != nil || held[0].Step != 57 || held[0].Failures != 3 || held[0].Name != "" || string(held[0].Data) != "seed" {
		t.Fatalf("%+v, %v", held, err)
	}
}

// restore makes a database of a dump and answers its file.
func restore(t *testing.T, text []byte) string {
	t.Helper()
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
	return file
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
