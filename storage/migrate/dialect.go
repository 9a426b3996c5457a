package migrate

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// Dialect names a database for which there are migrations.
type Dialect string

// The dialects.
const (
	SQLite Dialect = "sqlite"
)

//go:embed sqlite/*.sql
var folders embed.FS

// versionTable is where applied migrations are noted.
const versionTable = "schema_version"

// traits is what differs from one database to the other.
type traits struct {
	goose  goose.Dialect
	exists string // SQL: how many tables have the name $1
}

func (d Dialect) traits() (traits, error) {
	switch d {
	case SQLite:
		return traits{
			goose:  goose.DialectSQLite3,
			exists: `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1`,
		}, nil
	default:
		return traits{}, fmt.Errorf("migrate: no migrations for %q", string(d))
	}
}

func (d Dialect) folder() (fs.FS, error) { return fs.Sub(folders, string(d)) }
