package servers

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Number answers the one number that a query reads, as an operator would.
func (p *Postgres) Number(ctx context.Context, database, sql string) (n int64, err error) {
	conn, err := pgx.Connect(ctx, p.URL(database))
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	err = conn.QueryRow(ctx, sql).Scan(&n)
	return n, err
}

// PID is the first process of the server; the others are its children.
func (p *Postgres) PID() int { return p.now.cmd.Process.Pid }

// PID is the process of the server.
func (r *Redis) PID() int { return r.now.cmd.Process.Pid }
