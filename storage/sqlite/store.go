package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/migrate"
	"gatehouse/storage/row"
)

// readers is how many reads run at once. A read takes some ten microseconds of a core; more connections are no faster.
const readers = 4

// Store is a provider.Store in a SQLite file.
type Store struct {
	sealer  row.Sealer
	writer  *writer
	reader  *reader
	waiting chan struct{} // holds one token while there may be messages that nobody was told of
	ended   chan struct{} // and this one while there may be signals
	rates   rates
}

var _ provider.Store = (*Store)(nil)

// Open opens the database of a path (see Locate). The file and its directory are made if there are none, for their owner
// only. A schema that is not that of this build is refused: migrate.ErrOlder, migrate.ErrNewer.
func Open(ctx context.Context, path string, sealer row.Sealer) (*Store, error) {
	file, err := Locate(path)
	if err != nil {
		return nil, err
	}
	var writing *sql.DB
	err = within(ctx, file, func() (err error) {
		writing, err = connect(ctx, file, 1, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = migrate.Check(ctx, writing, migrate.SQLite)
	if err != nil {
		return nil, errors.Join(err, writing.Close())
	}
	return assemble(ctx, file, writing, sealer)
}

func assemble(ctx context.Context, file string, writing *sql.DB, sealer row.Sealer) (*Store, error) {
	w, err := newWriter(ctx, writing, file)
	if err != nil {
		return nil, errors.Join(err, writing.Close())
	}
	reading, err := connect(ctx, file, readers, true)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return &Store{sealer: sealer, writer: w, reader: newReader(reading), waiting: make(chan struct{}, 1), ended: make(chan struct{}, 1)}, nil
}

// Migrate brings the database of a path to the schema of this build and answers the names of the migrations applied.
func Migrate(ctx context.Context, path string) (applied []string, err error) {
	err = withFile(ctx, path, func(db *sql.DB) error {
		applied, err = migrate.Up(ctx, db, migrate.SQLite)
		return err
	})
	return applied, err
}

// Migrations lists every migration and whether the database of a path has it.
func Migrations(ctx context.Context, path string) (list []migrate.Migration, err error) {
	err = withFile(ctx, path, func(db *sql.DB) error {
		list, err = migrate.Status(ctx, db, migrate.SQLite)
		return err
	})
	return list, err
}

func withFile(ctx context.Context, path string, do func(*sql.DB) error) error {
	file, err := Locate(path)
	if err != nil {
		return err
	}
	return within(ctx, file, func() error {
		db, err := connect(ctx, file, 1, false)
		if err != nil {
			return err
		}
		return errors.Join(do(db), db.Close())
	})
}

// Ready answers nil if a statement of the schema can be answered.
func (s *Store) Ready(ctx context.Context) error {
	const query = `SELECT failures FROM nobody WHERE id = 1`
	var failures int64
	return s.reader.row(ctx, query).Scan(&failures)
}

// Clock is the time of the machine as SQLite reads it, to the millisecond.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	const query = `SELECT CAST(round(unixepoch('now', 'subsec') * 1000) AS INTEGER)`
	var milli int64
	err := s.reader.row(ctx, query).Scan(&milli)
	return time.UnixMilli(milli).UTC(), err
}

// Close waits for the write under way and closes the file.
func (s *Store) Close() error { return errors.Join(s.reader.close(), s.writer.close()) }
