package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	signIns   = 4000
	rotations = 10000
	sample    = 500 // rotations at the beginning and the end whose time is compared
)

// kept prints what sign-ins and rotations leave in the database. The trail of events is kept for six years, and marks for
// two days; sessions and grants are what a sign-in keeps as long as it lasts.
func kept(ctx context.Context, h *house) error {
	fmt.Println()
	tables := []string{"sessions", "grants", "events", "marks"}
	before, err := h.sizes(ctx, tables, "VACUUM FULL") // so that no room left over from before is filled
	if err != nil {
		return err
	}
	if err := h.signInMany(ctx, signIns); err != nil {
		return err
	}
	after, err := h.sizes(ctx, tables, "VACUUM")
	if err != nil {
		return err
	}
	fmt.Printf("bytes kept per sign-in, of %d:", signIns)
	for i, table := range tables {
		fmt.Printf(" %s %d", table, (after[i]-before[i])/signIns)
	}
	fmt.Println()
	return rotate(ctx, h)
}

// sizes are the bytes of tables with their indexes, when what is dead has been cleared.
func (h *house) sizes(ctx context.Context, tables []string, clear string) ([]int64, error) {
	err := h.backend.postgres.Exec(ctx, h.database, clear)
	if err != nil {
		return nil, err
	}
	var all []int64
	for _, table := range tables {
		n, err := h.backend.bytes(ctx, h.database, table)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

func (h *house) signInMany(ctx context.Context, n int) error {
	var callers []*site
	for i := range hands {
		callers = append(callers, h.caller(i))
	}
	return several(n, func(hand, _ int) error {
		_, err := callers[hand].signedIn(ctx, h.clients["bench-web"])
		return err
	})
}

// hands work at once where nothing is measured.
const hands = 8

// several does n things with all hands, each until its first fault.
func several(n int, do func(hand, i int) error) error {
	var next atomic.Int64
	faults := make([]error, hands)
	var wait sync.WaitGroup
	for hand := range hands {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(n) && faults[hand] == nil; i = next.Add(1) - 1 {
				faults[hand] = do(hand, int(i))
			}
		})
	}
	wait.Wait()
	return errors.Join(faults...)
}

// rotate refreshes one grant again and again.
func rotate(ctx context.Context, h *house) error {
	do, err := refreshing("bench-public")(ctx, h.sites[0])
	if err != nil {
		return err
	}
	rows, err := h.rows(ctx)
	if err != nil {
		return err
	}
	before, err := h.sizes(ctx, []string{"grants", "events", "marks"}, "VACUUM FULL")
	if err != nil {
		return err
	}
	var first, last time.Duration
	for i := range rotations {
		began := time.Now()
		if err := do(ctx); err != nil {
			return err
		}
		switch took := time.Since(began); {
		case i < sample:
			first += took
		case i >= rotations-sample:
			last += took
		}
	}
	after, err := h.sizes(ctx, []string{"grants", "events", "marks"}, "VACUUM")
	if err != nil {
		return err
	}
	now, err := h.rows(ctx)
	if err != nil {
		return err
	}
	grown := int64(0)
	for i := range after {
		grown += after[i] - before[i]
	}
	fmt.Printf("%d rotations of one grant: %d rows, %d bytes each; the first %d took %.2f ms each, the last %.2f ms\n",
		rotations, now-rows, grown/rotations, sample, per(first), per(last))
	return nil
}

func per(all time.Duration) float64 { return float64(all.Microseconds()) / 1000 / sample }
