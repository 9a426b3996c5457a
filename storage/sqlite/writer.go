package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// writer is the one connection that writes. Who wants to write waits for the turn.
type writer struct {
	turn chan struct{} // holds one token while nobody in this process writes
	gate *gate         // among processes
	db   *sql.DB
	conn *sql.Conn
	made map[string]*sql.Stmt // belongs to whoever has the turn
}

func newWriter(ctx context.Context, db *sql.DB, file string) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	gate, err := openGate(file)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	w := &writer{turn: make(chan struct{}, 1), gate: gate, db: db, conn: conn, made: map[string]*sql.Stmt{}}
	w.turn <- struct{}{}
	return w, nil
}

// close waits for the turn and keeps it.
func (w *writer) close() error {
	_, open := <-w.turn
	if !open {
		return nil
	}
	var failures []error
	for _, stmt := range w.made {
		failures = append(failures, stmt.Close())
	}
	close(w.turn)
	return errors.Join(append(failures, w.conn.Close(), w.db.Close(), w.gate.close())...)
}

var errClosed = errors.New("sqlite: the store is closed")

// errNothing ends a transaction that has nothing to write, which is no failure.
var errNothing = errors.New("nothing to write")

// transact runs do between BEGIN IMMEDIATE and COMMIT. Any error undoes everything; do's own is returned as it is.
func (w *writer) transact(ctx context.Context, do func(*tx) error) error {
	select {
	case _, open := <-w.turn:
		if !open {
			return errClosed
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { w.turn <- struct{}{} }()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return w.carryThrough(&tx{ctx: context.WithoutCancel(ctx), writer: w}, do)
}

func (w *writer) carryThrough(t *tx, do func(*tx) error) (err error) {
	err = t.begin()
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done { // also where do panics
			_, _ = t.exec(`ROLLBACK`) // fails where SQLite has rolled back already, as on a full disk
		}
	}()
	err = do(t)
	if err != nil {
		return err
	}
	_, err = t.exec(`COMMIT`)
	done = err == nil
	return err
}

// begin takes the write lock, behind every process that was waiting for it.
func (t *tx) begin() error {
	t.writer.gate.enter(t.ctx, gatePatience)
	defer t.writer.gate.leave()
	_, err := t.exec(`BEGIN IMMEDIATE`)
	return err
}

// act is a transaction with its event and the messages that it tells: no record, no act.
func (s *Store) act(ctx context.Context, e provider.Event, do func(*tx) error) error {
	detail, err := row.CheckEvent(e)
	if err != nil {
		return err
	}
	return s.transact(ctx, func(t *tx) error {
		err := do(t)
		if err != nil {
			return err
		}
		return s.record(t, e, detail)
	})
}

// transact wakes who waits for messages, if any were put in, and for signals, if a session ended.
func (s *Store) transact(ctx context.Context, do func(*tx) error) error {
	told, ended := false, false
	err := s.writer.transact(ctx, func(t *tx) error {
		err := do(t)
		told, ended = t.told, t.ended
		return err
	})
	if err == nil && told {
		s.signal()
	}
	if err == nil && ended {
		s.signalEnd()
	}
	return err
}

// tx is a transaction under way. It lives within one call of transact.
type tx struct {
	ctx    context.Context
	writer *writer
	told   bool // messages were put in
	ended  bool // sessions ended, perhaps
}

func (t *tx) prepare(query string) (*sql.Stmt, error) {
	if stmt, ok := t.writer.made[query]; ok {
		return stmt, nil
	}
	stmt, err := t.writer.conn.PrepareContext(t.ctx, strings.TrimSpace(query))
	if err != nil {
		return nil, fault(err)
	}
	t.writer.made[query] = stmt
	return stmt, nil
}

// exec answers how many rows a statement changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	stmt, err := t.prepare(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, fault(err)
	}
	return result.RowsAffected()
}

// one wants a statement to change a row, and answers otherwise where it changes none.
func (t *tx) one(otherwise error, query string, args ...any) error {
	n, err := t.exec(query, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return otherwise
	}
	return nil
}

// row reads one row, of a query or of RETURNING.
func (t *tx) row(query string, args ...any) answer {
	stmt, err := t.prepare(query)
	if err != nil {
		return answer{err: err}
	}
	return answer{row: stmt.QueryRowContext(t.ctx, args...)}
}

// each reads rows one after another, of a query or of RETURNING.
func (t *tx) each(query string, scan func(*sql.Rows) error, args ...any) error {
	stmt, err := t.prepare(query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(t.ctx, args...)
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

// stale tells why a compare-and-swap changed nothing: the record is another by now, or there is none.
func (t *tx) stale(exists string, key ...any) error {
	var n int64
	err := t.row(exists, key...).Scan(&n)
	switch {
	case err != nil:
		return err
	case n == 0:
		return provider.ErrNotFound
	default:
		return provider.ErrStale
	}
}
