package servers

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// Bouncer is a pgbouncer in transaction mode before a PostgreSQL server.
type Bouncer struct {
	dir  string
	port int
	now  *process
}

// StartBouncer starts one with a pool of two connections for each database, so that few clients share many transactions.
func StartBouncer(p *Postgres) (*Bouncer, error) {
	program, err := find("pgbouncer", "/usr/sbin")
	if err != nil {
		return nil, err
	}
	dir, err := directory("pgbouncer", p.who)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	b := &Bouncer{dir: dir, port: port}
	err = b.configure(p)
	if err != nil {
		return nil, err
	}
	b.now, err = start(syscall.SIGKILL, p.who, filepath.Join(dir, "log"), program, filepath.Join(dir, "pgbouncer.ini"))
	if err != nil {
		return nil, err
	}
	return b, b.now.until(func(ctx context.Context) error {
		conn, err := pgx.Connect(ctx, b.url("postgres"))
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
}

func (b *Bouncer) configure(p *Postgres) error {
	users := filepath.Join(b.dir, "users")
	err := write(users, fmt.Sprintf("%q %q\n", "gatehouse", password), p.who)
	if err != nil {
		return err
	}
	lines := []string{
		"[databases]", fmt.Sprintf("* = host=127.0.0.1 port=%d", p.port),
		"[pgbouncer]", "listen_addr = 127.0.0.1", fmt.Sprintf("listen_port = %d", b.port), "unix_socket_dir =",
		"auth_type = plain", "auth_file = " + users, "pool_mode = transaction", "default_pool_size = 2", "",
	}
	return write(filepath.Join(b.dir, "pgbouncer.ini"), strings.Join(lines, "\n"), p.who)
}

func (b *Bouncer) url(database string) string {
	return fmt.Sprintf("postgres://gatehouse:%s@127.0.0.1:%d/%s?sslmode=disable", password, b.port, database)
}

// URL names a database of the server behind it, and says that it is a pgbouncer.
func (b *Bouncer) URL(database string) string { return b.url(database) + "&pgbouncer=1" }

// Stop ends it.
func (b *Bouncer) Stop() {
	if b.now != nil {
		b.now.end(syscall.SIGKILL)
	}
	_ = os.RemoveAll(b.dir)
}
