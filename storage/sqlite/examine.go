package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"gatehouse/storage/doctor"
)

// Examine reads the whole database and answers what is damaged in it. It takes a second for each gigabyte or two.
func Examine(ctx context.Context, path string) ([]doctor.Finding, error) {
	file, err := Locate(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(file); err != nil {
		return nil, err // connect would make an empty one
	}
	said, err := quickCheck(ctx, file)
	switch {
	case damaged(err):
		said = err.Error()
	case err != nil:
		return nil, err
	case said == "ok":
		return nil, nil
	}
	return []doctor.Finding{{
		What: "integrity", Found: "the database is damaged: " + strings.TrimSpace(said), Grave: true,
		Mend: "stop the server, keep a copy of the file, restore the last backup, and look at the disk",
	}}, nil
}

func quickCheck(ctx context.Context, file string) (said string, err error) {
	db, err := connect(ctx, file, 1, true)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.QueryRowContext(ctx, `SELECT group_concat(quick_check, '; ') FROM pragma_quick_check`).Scan(&said)
	if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	return said, nil
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
