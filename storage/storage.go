package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/both"
	"gatehouse/storage/migrate"
	"gatehouse/storage/postgres"
	"gatehouse/storage/redis"
	"gatehouse/storage/row"
	"gatehouse/storage/sqlite"
)

// Sealer seals what the database must not show; *keys.Keyset is one.
type Sealer = row.Sealer

// Options say which database to open and how.
type Options struct {
	// Database is sqlite:PATH; PATH is a file, or a directory, then it is the file gatehouse.db in it. Or it is
	// postgres://USER:PASSWORD@HOST:PORT/NAME with the parameters of libpq, pool_max_conns=N (default 16), and pgbouncer=1
	// where it is a pgbouncer in transaction mode that answers.
	Database string
	// Redis keeps ceremonies, where it is given: redis://USER:PASSWORD@HOST:PORT/DB, redis://SENTINEL1,SENTINEL2?master=NAME
	// or redis://NODE1,NODE2?cluster=1; rediss:// is the same over TLS, with ca=FILE where a certificate authority of your own
	// vouches for it. It may be away, also when the house opens.
	Redis string
	// Now is the clock, for how long a Redis that does not answer is left alone. It is needed with Redis.
	Now func() time.Time
	// Keyset seals and fingerprints. The same one must be given for the life of the database.
	Keyset Sealer
	// Log gets a line per database opened or migrated, and when Redis goes away or comes back; nil is none. No line and no
	// error holds a URL, which may hold a password.
	Log *slog.Logger
}

// Errors of Open besides those of the database: the schema is not that of this program.
var (
	ErrOlder = migrate.ErrOlder
	ErrNewer = migrate.ErrNewer
)

// Migration is one step of the schema.
type Migration = migrate.Migration

// Open opens the database, and Redis where one is given. It changes no schema: ErrOlder, ErrNewer.
func Open(ctx context.Context, o Options) (provider.Store, error) {
	if o.Keyset == nil {
		return nil, errors.New("storage: a keyset is needed to seal what the database holds")
	}
	durable, err := openDurable(ctx, o)
	if err != nil || o.Redis == "" {
		return durable, err
	}
	near, err := redis.Open(redis.Options{URL: o.Redis, Sealer: o.Keyset, Now: o.Now, Log: o.Log})
	if err != nil {
		return nil, errors.Join(err, durable.Close())
	}
	return both.Join(durable, near, redis.MadeHere), nil
}

func openDurable(ctx context.Context, o Options) (provider.Store, error) {
	scheme, rest, err := o.database()
	if err != nil {
		return nil, err
	}
	switch scheme {
	case "sqlite":
		return opened(ctx, o, func() (provider.Store, error) { return sqlite.Open(ctx, rest, o.Keyset) }, "backend", "sqlite", "path", rest)
	case "postgres", "postgresql":
		return opened(ctx, o, func() (provider.Store, error) { return postgres.Open(ctx, o.Database, o.Keyset) }, "backend", "postgres")
	default:
		return nil, unsupported(o.Database)
	}
}

// opened keeps a failed open from becoming a provider.Store that is not nil.
func opened(ctx context.Context, o Options, open func() (provider.Store, error), which ...any) (provider.Store, error) {
	store, err := open()
	if err != nil {
		return nil, err
	}
	o.log().InfoContext(ctx, "database open", which...)
	return store, nil
}

// Migrate brings the schema up to this program, never back, and answers the names of the migrations applied. It makes an
// embedded database that is not there. The keyset is not needed.
func Migrate(ctx context.Context, o Options) ([]string, error) {
	scheme, rest, err := o.database()
	if err != nil {
		return nil, err
	}
	switch scheme {
	case "sqlite":
		applied, err := sqlite.Migrate(ctx, rest)
		o.log().InfoContext(ctx, "database migrated", "backend", "sqlite", "path", rest, "applied", applied)
		return applied, err
	case "postgres", "postgresql":
		applied, err := postgres.Migrate(ctx, o.Database)
		o.log().InfoContext(ctx, "database migrated", "backend", "postgres", "applied", applied)
		return applied, err
	default:
		return nil, unsupported(o.Database)
	}
}

// Migrations lists every migration of this program and whether the database has it.
func Migrations(ctx context.Context, o Options) ([]Migration, error) {
	scheme, rest, err := o.database()
	if err != nil {
		return nil, err
	}
	switch scheme {
	case "sqlite":
		return sqlite.Migrations(ctx, rest)
	case "postgres", "postgresql":
		return postgres.Migrations(ctx, o.Database)
	default:
		return nil, unsupported(o.Database)
	}
}

func (o Options) database() (scheme, rest string, err error) {
	scheme, rest, ok := strings.Cut(o.Database, ":")
	if !ok || rest == "" {
		return "", "", unsupported(o.Database)
	}
	return scheme, rest, nil
}

// unsupported names the scheme only: what follows may hold a password.
func unsupported(database string) error {
	scheme, _, ok := strings.Cut(database, ":")
	if !ok {
		scheme = ""
	}
	return fmt.Errorf("storage: no backend for a database with scheme %q; supported: sqlite:PATH, postgres://HOST/NAME", scheme)
}

func (o Options) log() *slog.Logger {
	if o.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Log
}
