package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// borrow takes a connection from the pool, and waits for one a little.
func (s *Store) borrow(ctx context.Context) (*pgxpool.Conn, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	waiting, cancel := context.WithTimeout(ctx, borrowWithin)
	defer cancel()
	conn, err := s.pool.Acquire(waiting)
	switch {
	case err == nil:
		return conn, nil
	case errors.Is(ctx.Err(), context.Canceled):
		return nil, ctx.Err()
	default:
		return nil, fault(err)
	}
}

// answer is one row to come, or why there is none.
type answer struct {
	store *Store
	ctx   context.Context
	query string
	args  []any
	limit time.Duration
	tells bool // where it is answered, messages wait
	ends  bool // and sessions ended, perhaps
	err   error
}

// ask prepares to read one row, of a query or of what a write returns. Nothing is sent before Scan.
func (s *Store) ask(ctx context.Context, query string, args ...any) answer {
	return answer{store: s, ctx: ctx, query: query, args: args, limit: answerWithin}
}

// ending wakes who tells applications, once it is answered.
func (a answer) ending() answer {
	a.ends = true
	return a
}

func (a answer) within(limit time.Duration) answer {
	a.limit = limit
	return a
}

// Scan is that of pgx.Row: pgx.ErrNoRows where there is none.
func (a answer) Scan(into ...any) error {
	if a.err != nil {
		return a.err
	}
	err := a.scan(into)
	if err == nil && a.tells {
		a.store.signal()
	}
	if err == nil && a.ends {
		a.store.signalEnd()
	}
	return err
}

func (a answer) scan(into []any) error {
	conn, err := a.store.borrow(a.ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), a.limit)
	defer cancel()
	if a.limit > answerWithin {
		return a.store.judge(slowly(ctx, conn, func(tx pgx.Tx) error {
			return tx.QueryRow(ctx, a.query, a.args...).Scan(into...)
		}))
	}
	for tries := 1; ; tries++ {
		err = conn.QueryRow(ctx, a.query, a.args...).Scan(into...)
		if tries == askAgain || !deadlocked(err) {
			return a.store.judge(err)
		}
	}
}

// askAgain is how often a statement is asked at most that waited for one that waited for it. Acts lock their rows alike, and the heads of
// chains last; but an act with events of two accounts locks two heads, in the order of its events.
const askAgain = 5

// deadlocked reports whether the server took a statement back for that: nothing of it was done.
func deadlocked(err error) bool {
	const deadlockDetected = "40P01"
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == deadlockDetected
}

// slowly lifts the server's limit on a statement for one transaction: four round trips, which is nothing beside what needs it.
func slowly(ctx context.Context, conn *pgxpool.Conn, do func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `SET LOCAL statement_timeout = 0`)
		if err != nil {
			return err
		}
		return do(tx)
	})
}

// one wants a statement to answer that it changed a row, and answers otherwise where it changed none.
func (a answer) one(otherwise error) error {
	var n int64
	err := a.Scan(&n)
	if err != nil {
		return err
	}
	if n == 0 {
		return otherwise
	}
	return nil
}

// swapped reads what a compare-and-swap answers: how many rows it changed, and whether there is such a record at all.
func (a answer) swapped() error {
	var n int64
	var exists bool
	err := a.Scan(&n, &exists)
	switch {
	case err != nil:
		return err
	case n > 0:
		return nil
	case exists:
		return provider.ErrStale
	default:
		return provider.ErrNotFound
	}
}

// each reads rows one after another.
func (s *Store) each(ctx context.Context, query string, scan func(pgx.Rows) error, args ...any) error {
	conn, err := s.borrow(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return s.judge(err)
	}
	defer rows.Close()
	for rows.Next() {
		err = scan(rows)
		if err != nil {
			return err
		}
	}
	return s.judge(rows.Err())
}

// said is the event of an act, part of its statement: it is written if, and only if, the part done answers a row. No record,
// no act, and no act, no record. Its arguments are $1 to $8; those of the act begin at $9.
const said = `, said AS (
		INSERT INTO events (at, kind, account, client, session, grant_id, actor, detail)
		SELECT $1::bigint, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text FROM done)`

// saidArgs is how many arguments said has.
const saidArgs = 8

// counted answers how often an act took place: once or not at all.
const counted = said + ` SELECT count(*) FROM done`

// act prepares a statement that ends in said, and puts the messages of the event in with it.
func (s *Store) act(ctx context.Context, e provider.Event, statement string, args ...any) answer {
	detail, err := row.CheckEvent(e)
	if err != nil {
		return answer{err: err}
	}
	args = append(eventValues(e, detail), args...)
	statement, columns, err := s.tell(statement, said, "done", e.Tell, len(args)+1)
	if err != nil {
		return answer{err: err}
	}
	statement, args, err = s.saidPrivately(statement, said, e, append(args, columns...))
	if err != nil {
		return answer{err: err}
	}
	a := s.ask(ctx, statement, args...)
	a.tells = len(e.Tell) > 0
	return a
}

// saidPrivately adds the personal data of an event to the part of a statement that writes it. Where there are none, it stays as it is.
func (s *Store) saidPrivately(statement, said string, e provider.Event, args []any) (string, []any, error) {
	private, err := row.SealPrivate(s.sealer, e)
	if err != nil || private == nil {
		return statement, args, err
	}
	with := strings.Replace(strings.Replace(said, "detail)", "detail, private)", 1), " FROM done", fmt.Sprintf(", $%d::bytea FROM done", len(args)+1), 1)
	return strings.Replace(statement, said, with, 1), append(args, private), nil
}

// eventValues are the columns of an event; detail is what row.CheckEvent made of it.
func eventValues(e provider.Event, detail string) []any {
	return []any{micros(e.At), e.Kind, string(e.Account), e.Client, e.Session, e.Grant, e.Actor, detail}
}
