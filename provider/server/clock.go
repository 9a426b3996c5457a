package server

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"gatehouse/provider"
)

// errNoClock: nothing is known of the clocks before they were compared once.
var errNoClock = errors.New("the clock has not been compared with the database's yet")

// verdict is what the last comparison of clocks came to; nil inside for "they agree".
type verdict struct{ held atomic.Pointer[error] }

// check is the readiness check of that name.
func (v *verdict) check(context.Context) error {
	if said := v.held.Load(); said != nil {
		return *said
	}
	return errNoClock
}

// CompareClocks compares this replica's clock with the database's, and keeps it from being ready while they differ. Where
// the database does not answer, what was found before holds: that it is away is another check's to say.
func (h *House) CompareClocks(ctx context.Context, now func() time.Time) error {
	before := now()
	theirs, err := h.config.Store.Clock(ctx)
	if err != nil {
		return fmt.Errorf("clock of the database: %w", err)
	}
	// The answer was made between the two readings of ours, however long it was on its way.
	if provider.ClockOff(before, theirs) && provider.ClockOff(now(), theirs) {
		err = fmt.Errorf("this machine's clock is %s off the database's", before.Sub(theirs).Round(time.Millisecond))
	}
	h.clock.held.Store(&err)
	return err
}
