package server

import (
	"context"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// endIdle ends sessions whose person has been away from applications that would have told, so that all of theirs are told.
func (h *House) endIdle(ctx context.Context, now time.Time) error {
	idle := h.config.Clocks.Idle
	for {
		away, err := h.config.Store.IdleSessions(ctx, now, idle, sweepBatch)
		if err != nil {
			return err
		}
		for _, s := range away {
			_, err := h.config.Store.EndIdle(ctx, s.ID, now, idle, audit.SessionEnded(now, s, provider.EndedIdle))
			if err != nil {
				return err
			}
		}
		if len(away) < sweepBatch {
			return nil
		}
	}
}
