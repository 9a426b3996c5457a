package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// Errors of Check.
var (
	// ErrOlder: the schema is older than this build, or there is none yet.
	ErrOlder = errors.New("the database schema is older than this program: run `gatehouse migrate` first")
	// ErrNewer: a newer build has migrated the database, beyond what this one can serve on.
	ErrNewer = errors.New("the database schema is newer than this program: start the newer gatehouse, or restore a backup; it is never migrated back")
)

// Migration is one step of the schema.
type Migration struct {
	Version int64
	Name    string // file name
	Applied bool
}

// Up applies what is missing, each migration in a transaction of its own, and answers the names of those applied. Several
// processes may try at once. It fails with ErrNewer on a newer schema.
func Up(ctx context.Context, db *sql.DB, d Dialect) ([]string, error) {
	before, target, err := versions(ctx, db, d)
	if err != nil {
		return nil, err
	}
	if before > target {
		return nil, newer(before, target)
	}
	runner, err := open(db, d)
	if err != nil {
		return nil, err
	}
	results, err := runner.Up(ctx)
	if err != nil {
		return nil, settle(ctx, db, d, err)
	}
	return names(results), nil
}

// settle forgives a failure if another process has brought the schema to the target meanwhile.
func settle(ctx context.Context, db *sql.DB, d Dialect, failure error) error {
	if Check(ctx, db, d) == nil {
		return nil
	}
	return fmt.Errorf("migrate: %w", failure)
}

func names(results []*goose.MigrationResult) []string {
	var applied []string
	for _, r := range results {
		applied = append(applied, path.Base(r.Source.Path))
	}
	return applied
}

// Status lists every migration of this build and whether the database has it. It writes nothing.
func Status(ctx context.Context, db *sql.DB, d Dialect) ([]Migration, error) {
	current, _, err := versions(ctx, db, d)
	if err != nil {
		return nil, err
	}
	runner, err := open(db, d)
	if err != nil {
		return nil, err
	}
	var list []Migration
	for _, s := range runner.ListSources() {
		list = append(list, Migration{Version: s.Version, Name: path.Base(s.Path), Applied: s.Version <= current})
	}
	return list, nil
}

// Check answers nil if this build can serve on the database: it has the schema of this build, or a newer one that says that
// it serves this one too, so that an old replica may be started again while a release is rolled out or taken back. ErrOlder,
// ErrNewer. It writes nothing.
func Check(ctx context.Context, db *sql.DB, d Dialect) error {
	current, target, err := versions(ctx, db, d)
	if err != nil {
		return err
	}
	switch {
	case current < target:
		return fmt.Errorf("%w (it has version %d, this program needs %d)", ErrOlder, current, target)
	case current > target:
		return served(ctx, db, current, target)
	default:
		return nil
	}
}

// served asks a newer schema whether it serves the program of an older one.
func served(ctx context.Context, db *sql.DB, current, target int64) error {
	const query = `SELECT oldest FROM schema_serves`
	var oldest int64
	err := db.QueryRowContext(ctx, query).Scan(&oldest)
	if err != nil {
		return fmt.Errorf("which schemas the newer one serves: %w", err)
	}
	if target < oldest {
		return newer(current, target)
	}
	return nil
}

func newer(current, target int64) error {
	return fmt.Errorf("%w (it has version %d, this program knows %d)", ErrNewer, current, target)
}

// open makes a goose provider.
func open(db *sql.DB, d Dialect) (*goose.Provider, error) {
	t, err := d.traits()
	if err != nil {
		return nil, err
	}
	files, err := d.folder()
	if err != nil {
		return nil, err
	}
	options, err := t.options()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(t.goose, db, files, options...)
}

// versions answers the version of the database (0: empty) and that of this build.
func versions(ctx context.Context, db *sql.DB, d Dialect) (current, target int64, err error) {
	runner, err := open(db, d)
	if err != nil {
		return 0, 0, err
	}
	sources := runner.ListSources()
	target = sources[len(sources)-1].Version
	current, err = applied(ctx, db, d)
	return current, target, err
}

// applied reads the version table, without making one where there is none.
func applied(ctx context.Context, db *sql.DB, d Dialect) (int64, error) {
	t, err := d.traits()
	if err != nil {
		return 0, err
	}
	var tables int
	err = db.QueryRowContext(ctx, t.exists, versionTable).Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	store, err := database.NewStore(t.goose, versionTable)
	if err != nil {
		return 0, err
	}
	version, err := store.GetLatestVersion(ctx, db)
	if errors.Is(err, database.ErrVersionNotFound) {
		return 0, nil
	}
	return version, err
}
