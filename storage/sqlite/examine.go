package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gatehouse/storage/doctor"
)

// Examine reads the whole database and answers what is damaged in it. It takes a second for each gigabyte or two.
func Examine(ctx context.Context, path string) (found []doctor.Finding, err error) {
	file, err := Locate(path)
	if err != nil {
		return nil, err
	}
	db, err := connect(ctx, file, 1, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var said string
	err = db.QueryRowContext(ctx, `SELECT group_concat(quick_check, '; ') FROM pragma_quick_check(3)`).Scan(&said)
	if err != nil && !damaged(err) {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if err == nil && said == "ok" {
		return nil, nil
	}
	if err != nil {
		said = err.Error()
	}
	return []doctor.Finding{{
		What: "integrity", Found: "the database is damaged: " + strings.TrimSpace(said), Grave: true,
		Mend: "stop the server, keep a copy of the file, restore the last backup, and look at the disk",
	}}, nil
}

// damaged reports whether SQLite could not even read on: SQLITE_CORRUPT (11) or SQLITE_NOTADB (26).
func damaged(err error) bool {
	var coded interface{ Code() int }
	if !errors.As(err, &coded) {
		return false
	}
	code := coded.Code() & 0xff
	return code == 11 || code == 26
}
