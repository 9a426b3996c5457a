package servers

import (
	"context"
	"os"
	"path/filepath"

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

// Repeat carries a statement out n times on one connection, each time in a transaction of its own, with what arguments answers for it.
func (p *Postgres) Repeat(ctx context.Context, database string, n int, sql string, arguments func(i int) []any) error {
	conn, err := pgx.Connect(ctx, p.URL(database))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for i := range n {
		_, err = conn.Exec(ctx, sql, arguments(i)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// PID is the first process of the server; the others are its children.
func (p *Postgres) PID() int { return p.now.cmd.Process.Pid }

// PID is the process of the server.
func (r *Redis) PID() int { return r.now.cmd.Process.Pid }

// Restore plays what Dump wrote into a database, as an operator would, and stops at the first fault.
func (p *Postgres) Restore(dump []byte, database string) error {
	file := filepath.Join(p.dir, "restore-"+database+".sql")
	err := os.WriteFile(file, dump, 0o644) //nolint:gosec // the server's user reads it, in a directory of its own
	if err != nil {
		return err
	}
	_, err = p.run(filepath.Join(p.bin, "psql"), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", file, p.URL(database))
	return err
}
