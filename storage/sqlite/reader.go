package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
)

// reader answers queries from a small pool, each statement prepared once.
type reader struct {
	db   *sql.DB
	made sync.Map // query → *sql.Stmt
}

func newReader(db *sql.DB) *reader { return &reader{db: db} }

func (r *reader) close() error { return r.db.Close() }

// prepare looks a statement up, or makes it. Of two that make the same one at once, one is closed again.
func (r *reader) prepare(query string) (*sql.Stmt, error) {
	if stmt, ok := r.made.Load(query); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := r.db.Prepare(strings.TrimSpace(query)) // the driver caches nothing that has a tail
	if err != nil {
		return nil, err
	}
	kept, raced := r.made.LoadOrStore(query, stmt)
	if raced {
		_ = stmt.Close()
	}
	return kept.(*sql.Stmt), nil
}

// answer is one row to come, or why there is none.
type answer struct {
	row *sql.Row
	err error
}

// Scan is that of sql.Row: sql.ErrNoRows where there is none.
func (a answer) Scan(into ...any) error {
	if a.err != nil {
		return a.err
	}
	err := a.row.Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return fault(err)
}

// row reads one row. A read is too short to be worth interrupting, which would cost the connection; a caller that has
// already gone gets nothing.
func (r *reader) row(ctx context.Context, query string, args ...any) answer {
	if ctx.Err() != nil {
		return answer{err: ctx.Err()}
	}
	stmt, err := r.prepare(query)
	if err != nil {
		return answer{err: fault(err)}
	}
	return answer{row: stmt.QueryRowContext(context.WithoutCancel(ctx), args...)}
}

// each reads rows one after another.
func (r *reader) each(ctx context.Context, query string, scan func(*sql.Rows) error, args ...any) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	stmt, err := r.prepare(query)
	if err != nil {
		return fault(err)
	}
	rows, err := stmt.QueryContext(context.WithoutCancel(ctx), args...)
	if err != nil {
		return fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		err = scan(rows)
		if err != nil {
			return err
		}
	}
	return fault(rows.Err())
}
