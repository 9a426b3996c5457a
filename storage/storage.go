package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"gatehouse/provider"
	"gatehouse/storage/migrate"
	"gatehouse/storage/row"
	"gatehouse/storage/sqlite"
)

// Sealer seals what the database must not show; *keys.Keyset is one.
type Sealer = row.Sealer

// Options say which database to open and how.
type Options struct {
	// Database is sqlite:PATH; PATH is a file, or a directory, then it is the file gatehouse.db in it.
	Database string
	// Keyset seals and fingerprints. The same one must be given for the life of the database.
	Keyset Sealer
	// Log gets a line per database opened or migrated; nil is none.
	Log *slog.Logger
}

// Errors of Open besides those of the database: the schema is not that of this program.
var (
	ErrOlder = migrate.ErrOlder
	ErrNewer = migrate.ErrNewer
)

// Migration is one step of the schema.
type Migration = migrate.Migration

// Open opens the database. It changes no schema: ErrOlder, ErrNewer.
func Open(ctx context.Context, o Options) (provider.Store, error) {
	scheme, rest, err := o.database()
	if err != nil {
		return nil, err
	}
	switch scheme {
	case "sqlite":
		return openSQLite(ctx, rest, o)
	default:
		return nil, unsupported(o.Database)
	}
}

// openSQLite keeps a failed open from becoming a provider.Store that is not nil.
func openSQLite(ctx context.Context, path string, o Options) (provider.Store, error) {
	if o.Keyset == nil {
		return nil, errors.New("storage: a keyset is needed to seal what the database holds")
	}
	store, err := sqlite.Open(ctx, path, o.Keyset)
	if err != nil {
		return nil, err
	}
	o.log().InfoContext(ctx, "database open", "backend", "sqlite", "path", path)
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
	return fmt.Errorf("storage: no backend for a database with scheme %q; supported: sqlite:PATH", scheme)
}

func (o Options) log() *slog.Logger {
	if o.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Log
}
