package sqlite

import (
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"gatehouse/provider"
)

// fault wraps an error of the database. What may pass by itself (another process holds the file too long, the disk is
// full or away) is ErrUnavailable; all else is a fault of ours.
func fault(err error) error {
	if err == nil {
		return nil
	}
	var broken *driver.Error
	if errors.As(err, &broken) {
		switch broken.Code() & 0xff { // the primary result code
		case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_IOERR, lib.SQLITE_FULL, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY:
			return fmt.Errorf("sqlite: %w: %w", provider.ErrUnavailable, err)
		}
	}
	return fmt.Errorf("sqlite: %w", err)
}

// unknown says ErrNotFound where a row names an account or client that there is not.
func unknown(err error) error {
	var broken *driver.Error
	if errors.As(err, &broken) && broken.Code() == lib.SQLITE_CONSTRAINT_FOREIGNKEY {
		return fmt.Errorf("sqlite: %w: %w", provider.ErrNotFound, err)
	}
	return err
}
