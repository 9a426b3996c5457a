package server

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// endIdle ends sessions whose person has been away from applications that would have told, so that all of theirs are told. One that
// cannot be ended keeps no other: it is tried once, and again in the next round. Where nothing of a batch can be ended, the rest is
// left for then too.
func (h *House) endIdle(ctx context.Context, now time.Time) error {
	idle, failed := h.config.Clocks.Idle, map[string]bool{}
	var faults []error
	for {
		limit := sweepBatch + len(failed)
		away, err := h.config.Store.IdleSessions(ctx, now, idle, limit)
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		ended := 0
		for _, s := range away {
			if failed[s.ID] {
				continue
			}
			_, err := h.config.Store.EndIdle(ctx, s.ID, now, idle, audit.SessionEnded(now, s, provider.EndedIdle))
			if err != nil {
				failed[s.ID], faults = true, append(faults, err)
				continue
			}
			ended++
		}
		if len(away) < limit || ended == 0 {
			return errors.Join(faults...)
		}
	}
}
