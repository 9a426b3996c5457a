package server

import (
	"context"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

const (
	day     = 24 * time.Hour
	cutLook = 16 // oldest rows that are looked at, should the clock of one have been wrong
)

// cut answers how long events are kept by this round of the janitor. Context: that old events are deleted is itself an event. Choice: they
// wait until a day of them is there, and the record comes before the first is gone. Rejected: a record for each round, which would keep a
// trail busy with itself for ever.
func (h *House) cut(ctx context.Context, now time.Time) (time.Duration, error) {
	const unhurried = 2 * day // of rounds between
	before := now.Add(-h.config.Keep)
	if h.config.Keep < 0 { // for ever
		return h.config.Keep, nil
	}
	if now.Sub(h.cutAt) < day-time.Hour {
		return h.config.Keep + unhurried, nil
	}
	oldest, err := h.config.Store.Trail(ctx, provider.TrailQuery{Limit: cutLook})
	if err != nil {
		return h.config.Keep + unhurried, err
	}
	due := func(r provider.TrailRow) bool { return time.UnixMicro(r.At).Before(before.Add(-day)) }
	if !slices.ContainsFunc(oldest, due) {
		return h.config.Keep + unhurried, nil
	}
	if err := h.config.Store.Record(ctx, audit.TrailSwept(now, before)); err != nil {
		return h.config.Keep + unhurried, err
	}
	h.cutAt = now
	return h.config.Keep, nil
}
