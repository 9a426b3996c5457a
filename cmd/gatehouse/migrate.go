package main

import (
	"context"
	"fmt"

	"gatehouse/storage"
)

type migrateCmd struct {
	Storage
	DryRun bool `name:"dry-run" help:"Show what would be done, and do nothing."`
}

// Help is the example.
func (migrateCmd) Help() string {
	return `Shows which changes of the schema the database lacks, and makes them: forward only, and so that the release before this
one still works with it. Makes an embedded database that is not there.

Example:

  gatehouse migrate --data /var/lib/gatehouse

  gatehouse migrate --database-file /etc/gatehouse/database --dry-run`
}

// Run shows and applies.
func (c migrateCmd) Run(ctx context.Context, d desk) error {
	options, err := c.options(nil)
	if err != nil {
		return err
	}
	if c.DryRun {
		if err := c.present(); err != nil {
			return err
		}
	}
	all, err := storage.Migrations(ctx, options)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	pending := 0
	for _, m := range all {
		state := "applied"
		if !m.Applied {
			state, pending = "to be applied", pending+1
		}
		_, _ = fmt.Fprintf(d.out, "%04d  %-13s  %s\n", m.Version, state, m.Name)
	}
	if pending == 0 || c.DryRun {
		_, err = fmt.Fprintf(d.out, "%s: %d of %d migrations to apply\n", shown(options.Database), pending, len(all))
		return err
	}
	applied, err := storage.Migrate(ctx, options)
	if err != nil {
		return fmt.Errorf("database: %w (what was applied stays; run gatehouse migrate again when the cause is mended)", err)
	}
	_, err = fmt.Fprintf(d.out, "%s: %d applied, up to date\n", shown(options.Database), len(applied))
	return err
}
