package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// fileName is the database's name where a directory was given.
const fileName = "gatehouse.db"

// Locate answers the file that a path means: itself, or gatehouse.db in it where it is a directory or ends in a slash.
func Locate(path string) (string, error) {
	if path == "" {
		return "", errors.New("sqlite: no path given")
	}
	info, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if strings.HasSuffix(path, string(filepath.Separator)) || err == nil && info.IsDir() {
		path = filepath.Join(path, fileName)
	}
	return filepath.Abs(path)
}

// create makes the file and its directory where they are missing, and keeps other users out. SQLite gives the
// write-ahead log beside it the mode of the file.
func create(file string) error {
	err := os.MkdirAll(filepath.Dir(file), 0o700)
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	made, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	err = made.Chmod(0o600)
	return errors.Join(err, made.Close())
}

// connect opens a pool. Readers may not write, which is a fence against our own mistakes.
func connect(ctx context.Context, file string, size int, readOnly bool) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn(file, readOnly))
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	err = db.PingContext(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: %s: %w", file, err), db.Close())
	}
	return db, nil
}

// dsn says how every connection is set up.
//
//	busy_timeout   another process may hold the write lock for a moment: wait for it
//	journal_mode   WAL: readers and the writer do not wait for each other
//	synchronous    FULL: an acknowledged write survives a power cut
//	trusted_schema OFF: nothing in the file may call functions behind our back
func dsn(file string, readOnly bool) string {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", lockPatience.Milliseconds()), "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "trusted_schema(OFF)",
		"temp_store(MEMORY)",
	}}
	if readOnly {
		q.Add("_pragma", "query_only(ON)")
	}
	u := url.URL{Scheme: "file", Path: file, RawQuery: q.Encode()}
	return u.String()
}
