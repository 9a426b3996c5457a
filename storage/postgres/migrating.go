package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"gatehouse/storage/migrate"
)

// errPooled: an advisory lock belongs to a session, and through pgbouncer it would stay with somebody else's.
var errPooled = errors.New("postgres: migrate through the server itself, not through pgbouncer: give the URL of PostgreSQL, without pgbouncer=1")

// Migrate brings the database of a URL to the schema of this build and answers the names of the migrations applied. Of
// several processes one does it at a time.
func Migrate(ctx context.Context, database string) (applied []string, err error) {
	err = withDatabase(ctx, database, patient, func(db *sql.DB) error {
		applied, err = migrate.Up(ctx, db, migrate.Postgres)
		return err
	})
	return applied, err
}

// Migrations lists every migration and whether the database of a URL has it.
func Migrations(ctx context.Context, database string) (list []migrate.Migration, err error) {
	err = withDatabase(ctx, database, asItIs, func(db *sql.DB) error {
		list, err = migrate.Status(ctx, db, migrate.Postgres)
		return err
	})
	return list, err
}

// check refuses another schema than that of this build.
func check(ctx context.Context, pool *pgxpool.Pool) error {
	db := stdlib.OpenDBFromPool(pool)
	return errors.Join(settled(migrate.Check(ctx, db, migrate.Postgres)), db.Close())
}

func asItIs(*pgx.ConnConfig) error { return nil }

// patient lets a migration take its time, and wait no longer than a second for a lock that traffic holds: all traffic would
// wait behind it.
func patient(c *pgx.ConnConfig) error {
	if pooled(c) {
		return errPooled
	}
	c.RuntimeParams["statement_timeout"], c.RuntimeParams["lock_timeout"] = "0", "1000"
	return nil
}

// withDatabase lends a database for package migrate, which speaks to every one through database/sql. Two connections: the
// advisory lock keeps one.
func withDatabase(ctx context.Context, database string, prepare func(*pgx.ConnConfig) error, do func(*sql.DB) error) error {
	c, err := configure(database)
	if err != nil {
		return err
	}
	err = prepare(c.ConnConfig)
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*c.ConnConfig)
	db.SetMaxOpenConns(2)
	return errors.Join(settled(do(db)), db.Close())
}

// settled lets an error about the schema through as it is; others are those of the database.
func settled(err error) error {
	if errors.Is(err, migrate.ErrOlder) || errors.Is(err, migrate.ErrNewer) {
		return err
	}
	return fault(err)
}
