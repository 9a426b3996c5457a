package migrate

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Dialect names a database for which there are migrations.
type Dialect string

// The dialects.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

//go:embed sqlite/*.sql postgres/*.sql
var folders embed.FS

// versionTable is where applied migrations are noted.
const versionTable = "schema_version"

// traits is what differs from one database to the other.
type traits struct {
	goose  goose.Dialect
	exists string // SQL: how many tables have the name $1
	lock   bool   // one process at a time, by an advisory lock of the database
}

func (d Dialect) traits() (traits, error) {
	switch d {
	case SQLite:
		return traits{
			goose:  goose.DialectSQLite3,
			exists: `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1`,
		}, nil
	case Postgres:
		return traits{
			goose:  goose.DialectPostgres,
			exists: `SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1`,
			lock:   true,
		}, nil
	default:
		return traits{}, fmt.Errorf("migrate: no migrations for %q", string(d))
	}
}

// lockID is what the advisory lock of migrations is known by: "gatehous" in ASCII.
const lockID = 0x67617465686f7573

// options are those of goose. Global registrations are left out, so that only the embedded files count. Who finds another
// process migrating asks every second for five minutes.
func (t traits) options() ([]goose.ProviderOption, error) {
	options := []goose.ProviderOption{goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true)}
	if !t.lock {
		return options, nil
	}
	turn, err := lock.NewPostgresSessionLocker(lock.WithLockID(lockID), lock.WithLockTimeout(1, 300))
	return append(options, goose.WithSessionLocker(turn)), err
}

func (d Dialect) folder() (fs.FS, error) { return fs.Sub(folders, string(d)) }
