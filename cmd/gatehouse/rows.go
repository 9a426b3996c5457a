package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"text/tabwriter"
)

// printRows tells how large the database is: tables grow with what is alive, never with the requests ever made.
func (c checkCmd) printRows(ctx context.Context, d desk) error {
	store, err := c.open(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	counts, err := store.Rows(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(d.out).Encode(counts)
	}
	t := tabwriter.NewWriter(d.out, 0, 0, 3, ' ', tabwriter.AlignRight)
	for _, table := range slices.Sorted(maps.Keys(counts)) {
		_, _ = fmt.Fprintf(t, "%s\t%d\t\n", table, counts[table])
	}
	return t.Flush()
}
