package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/storage"
)

// Storage says where the data are: the same flags for every command.
type Storage struct {
	// Config is a file with a line for each setting, such as "issuer: https://id.example.org".
	Config string `name:"config" placeholder:"FILE" help:"YAML file of settings, a line each: the name of the flag without its dashes, a colon, the value."`

	// Data is the directory of an embedded deployment. It stands for --database sqlite:DIR/gatehouse.db and
	// --keyset DIR/keyset.json.
	Data string `name:"data" placeholder:"DIR" help:"Directory of an embedded deployment: database gatehouse.db and keyset keyset.json in it."`

	Places

	// Keyset is the file of the keys that seal what the database holds. Back it up apart from the database: one is worth
	// nothing without the other.
	Keyset string `name:"keyset" placeholder:"FILE" help:"Keyset file, where it is not the one of --data."`
}

// options answers what storage needs to open the database, without a keyset.
func (s Storage) options(log *slog.Logger) (storage.Options, error) {
	database, noDatabase := s.database()
	redis, noRedis := s.redis()
	return storage.Options{Database: database, Redis: redis, Now: time.Now, Log: log}, errors.Join(noDatabase, noRedis)
}

// database answers the database to open, for storage.Options.
func (s Storage) database() (string, error) {
	given, err := s.Places.database()
	switch {
	case err != nil || given != "":
		return given, err
	case s.Data != "":
		return "sqlite:" + filepath.Join(s.Data, "gatehouse.db"), nil
	default:
		return "", usageError{errors.New("no database given: say --data DIR, --database sqlite:PATH, or --database-file FILE with a URL postgres://… in it")}
	}
}

// keysetFile answers the path of the keyset.
func (s Storage) keysetFile() (string, error) {
	switch {
	case s.Keyset != "":
		return s.Keyset, nil
	case s.Data != "":
		return filepath.Join(s.Data, "keyset.json"), nil
	default:
		return "", usageError{errors.New("no keyset given: say --data DIR, or --keyset FILE (make one with: gatehouse keys init --keyset FILE)")}
	}
}

// present refuses an embedded database that is not there: opening it would make an empty one under a mistyped name.
func (s Storage) present() error {
	database, err := s.database()
	if err != nil {
		return err
	}
	path, embedded := strings.CutPrefix(database, "sqlite:")
	if !embedded || path == "" {
		return nil // storage knows what to say
	}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		path = filepath.Join(path, "gatehouse.db")
		_, err = os.Stat(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database at %s: look at --data or --database, or make one with: gatehouse migrate", path)
	}
	return err
}

// opened is a database with the keyset that belongs to it.
type opened struct {
	provider.Store
	keyset *keys.Keyset
}

// open reads the keyset and opens the database, whose schema must be this program's.
func (s Storage) open(ctx context.Context, log *slog.Logger) (*opened, error) {
	options, noDatabase := s.options(log)
	file, noKeyset := s.keysetFile()
	if err := errors.Join(noDatabase, noKeyset); err != nil {
		return nil, err
	}
	keyset, err := keys.ReadKeyset(file)
	if err := errors.Join(err, s.present()); err != nil {
		return nil, err
	}
	options.Keyset = keyset
	store, err := storage.Open(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return &opened{Store: store, keyset: keyset}, nil
}

// prepare makes what is missing in the directory of dev: the keyset, and the schema of the database.
func (s Storage) prepare(ctx context.Context, log *slog.Logger) error {
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return err
	}
	options, err := s.options(log)
	if err != nil {
		return err
	}
	file, err := s.keysetFile()
	if err != nil {
		return err
	}
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		err = s.makeKeyset(ctx, file)
		if err != nil {
			return err
		}
	}
	_, err = storage.Migrate(ctx, options)
	return err
}

// makeKeyset writes a new keyset, over no file that is there, and for no database that another keyset has sealed.
func (s Storage) makeKeyset(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("%s exists already and is left as it is: %w", file, fs.ErrExist)
	}
	keyset, err := keys.NewKeyset(now())
	if err != nil {
		return err
	}
	if err := s.unsealed(ctx, keyset); err != nil {
		return err
	}
	return keyset.WriteNew(file)
}

// unsealed refuses a database that holds a keyring: the keyset that sealed it has been lost.
func (s Storage) unsealed(ctx context.Context, keyset *keys.Keyset) error {
	options, err := s.options(nil)
	if err != nil || s.present() != nil {
		return nil // there is no database yet
	}
	options.Redis, options.Keyset = "", keyset // the keyring is in the database
	store, err := storage.Open(ctx, options)
	if err != nil {
		return nil // not yet migrated
	}
	doc, _, err := store.Keyring(ctx)
	if err := errors.Join(err, store.Close()); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if doc != nil {
		return fmt.Errorf("%s is sealed with another keyset and cannot be read with a new one: put that file back, or begin with a new database", shown(options.Database))
	}
	return nil
}

// again repeats a read and a write until nobody else has written in between.
func again(act func() error) error {
	const tries = 10
	var err error
	for range tries {
		err = act()
		if !errors.Is(err, provider.ErrStale) {
			return err
		}
	}
	return fmt.Errorf("it was being changed by others all the time; try again: %w", err)
}
