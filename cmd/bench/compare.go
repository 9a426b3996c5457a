package main

import (
	"context"
	"fmt"
)

// compare measures two programs by turns, run for run, each on its own database of the same servers: what else the machine
// does meanwhile falls on both, so that the ratio holds where the figures themselves do not.
func (s settings) compare(ctx context.Context) error {
	b, err := startBackend()
	if err != nil {
		return err
	}
	defer b.stop()
	var both [2]*house
	for i, binary := range []string{s.against, s.binary} {
		database := fmt.Sprintf("side%d", i)
		if err := b.create(ctx, database); err != nil {
			return err
		}
		if both[i], err = s.start(ctx, binary, b, database, false); err != nil {
			return err
		}
		defer both[i].stop()
		fmt.Printf("%s: start to first answer %d ms, idle memory %.1f MB\n", binary, both[i].secondStart.Milliseconds(), both[i].idle)
	}
	fmt.Println()
	heading()
	for _, op := range s.operations(both[:]...) {
		if err := s.side(ctx, both, op); err != nil {
			return fmt.Errorf("%s: %w", op.name, err)
		}
	}
	return nil
}

// side measures one operation on both sides, and says what the second costs beside the first.
func (s settings) side(ctx context.Context, both [2]*house, op operation) error {
	var all [2][]figures
	for range s.runs {
		for i, h := range both {
			f, err := s.once(ctx, h, op)
			if err != nil {
				return err
			}
			all[i] = append(all[i], f)
		}
	}
	before, after := middle(op.name, all[0]), middle("", all[1])
	before.print()
	after.print()
	fmt.Printf("%-34s %7.0f%% %8.0f%% %7s %6.0f%%\n", "", 100*after.used.server/before.used.server,
		100*after.used.postgres/max(before.used.postgres, 1), "", 100*after.used.sum()/before.used.sum())
	return nil
}
