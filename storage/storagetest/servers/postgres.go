package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// Postgres is a PostgreSQL server with a cluster of its own, whose superuser is gatehouse.
type Postgres struct {
	dir  string
	bin  string // directory of its programs
	port int
	who  *syscall.Credential
	now  *process
}

// password is asked for on the loopback, so that a test can look for it where it must not be.
const password = "hunter2"

// StartPostgres makes a cluster and starts a server for it.
func StartPostgres() (*Postgres, error) {
	initdb, err := find("initdb", "/usr/lib/postgresql/*/bin")
	if err != nil {
		return nil, err
	}
	who, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := directory("postgres", who)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	p := &Postgres{dir: dir, bin: filepath.Dir(initdb), port: port, who: who}
	err = p.init(initdb)
	if err != nil {
		p.Stop()
		return nil, err
	}
	return p, nil
}

func (p *Postgres) init(initdb string) error {
	secret := filepath.Join(p.dir, "password")
	err := write(secret, password, p.who)
	if err != nil {
		return err
	}
	_, err = p.run(initdb, "--pgdata", p.data(), "--no-sync", "--username", "gatehouse", "--pwfile", secret,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8")
	if err != nil {
		return err
	}
	return p.Start()
}

func (p *Postgres) data() string { return filepath.Join(p.dir, "data") }

// Start starts the server again after Crash. Commits are durable: fsync and synchronous_commit are on.
func (p *Postgres) Start() error {
	now, err := start(syscall.SIGQUIT, p.who, filepath.Join(p.dir, "log"), filepath.Join(p.bin, "postgres"), "-D", p.data(),
		"-p", strconv.Itoa(p.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="+p.dir,
		"-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "max_connections=100", "-c", "log_statement=none")
	if err != nil {
		return err
	}
	p.now = now
	return now.until(func(ctx context.Context) error {
		conn, err := pgx.Connect(ctx, p.URL("postgres"))
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
}

// URL names a database of the server.
func (p *Postgres) URL(database string) string {
	return fmt.Sprintf("postgres://gatehouse:%s@127.0.0.1:%d/%s?sslmode=disable", password, p.port, database)
}

// Password is what no log or error may hold.
func (p *Postgres) Password() string { return password }

// Port is where it listens, on 127.0.0.1.
func (p *Postgres) Port() int { return p.port }

// Log is all that the server has said.
func (p *Postgres) Log() ([]byte, error) { return os.ReadFile(filepath.Join(p.dir, "log")) }

// Exec runs SQL in a database as its superuser, as an operator would.
func (p *Postgres) Exec(ctx context.Context, database, sql string) error {
	conn, err := pgx.Connect(ctx, p.URL(database))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
	return errors.Join(err, conn.Close(ctx))
}

// Secure has the server offer TLS with a certificate and its key, both PEM, from the next connection on.
func (p *Postgres) Secure(ctx context.Context, certificate, key string) error {
	certFile, keyFile := filepath.Join(p.dir, "server.crt"), filepath.Join(p.dir, "server.key")
	err := errors.Join(write(certFile, certificate, p.who), write(keyFile, key, p.who))
	for _, sql := range []string{
		"ALTER SYSTEM SET ssl_cert_file = '" + certFile + "'", "ALTER SYSTEM SET ssl_key_file = '" + keyFile + "'",
		"ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()",
	} {
		if err == nil {
			err = p.Exec(ctx, "postgres", sql)
		}
	}
	if err != nil {
		return err
	}
	return p.now.until(func(ctx context.Context) error { // it reads them in its own time
		conn, err := pgx.Connect(ctx, strings.Replace(p.URL("postgres"), "sslmode=disable", "sslmode=require", 1))
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
}

// Dump is what pg_dump writes of a database.
func (p *Postgres) Dump(database string) ([]byte, error) {
	return p.run(filepath.Join(p.bin, "pg_dump"), p.URL(database))
}

func (p *Postgres) run(program string, args ...string) ([]byte, error) {
	cmd := exec.Command(program, args...) //nolint:noctx,gosec // a short-lived program of PostgreSQL's
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.who, Pdeathsig: syscall.SIGKILL}
	cmd.Dir = p.dir
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", program, err, said.String())
	}
	return out, nil
}

// Crash ends the server as pg_ctl stop -m immediate does: nothing is written, and the next start recovers.
func (p *Postgres) Crash() { p.now.end(syscall.SIGQUIT) }

// Stop ends the server and removes its cluster.
func (p *Postgres) Stop() {
	if p.now != nil {
		p.now.end(syscall.SIGQUIT)
	}
	_ = os.RemoveAll(p.dir)
}
