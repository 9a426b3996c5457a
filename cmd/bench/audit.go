package main

import (
	"context"
	"fmt"
	"slices"
)

const (
	auditRounds = 5
	auditActs   = 4000 // in a round, of fifty accounts by turns
)

// auditRow prints what it costs PostgreSQL to link an event to the one before: the same events are written by turns with the trigger that
// links them and without it, each in a transaction of its own, round for round on the same table.
func auditRow(ctx context.Context, h *house) error {
	if err := h.backend.create(ctx, "audit"); err != nil {
		return err
	}
	apart := &house{binary: h.binary, data: h.data, database: "audit", backend: h.backend}
	if _, err := apart.command(ctx, "migrate"); err != nil {
		return err
	}
	var with, without []float64
	for range auditRounds {
		for _, side := range []struct {
			turn string
			all  *[]float64
		}{{"DISABLE", &without}, {"ENABLE", &with}} {
			if err := h.backend.postgres.Exec(ctx, "audit", `ALTER TABLE events `+side.turn+` TRIGGER trail_link`); err != nil {
				return err
			}
			cost, err := h.recorded(ctx, "audit")
			if err != nil {
				return err
			}
			*side.all = append(*side.all, cost)
		}
	}
	slices.Sort(with)
	slices.Sort(without)
	linked, bare := with[auditRounds/2], without[auditRounds/2]
	fmt.Printf("audit row: the link costs PostgreSQL %.0f µs of CPU an event; with it an act that only records takes %.0f µs, without it %.0f (%.2f times)\n",
		linked-bare, linked, bare, linked/bare)
	return nil
}

// recorded writes a round of events and answers the CPU microseconds of each.
func (h *house) recorded(ctx context.Context, database string) (float64, error) {
	const record = `
		INSERT INTO events (at, kind, account, client, session, grant_id, actor, detail)
		VALUES (1893456000000000, 'session.began', $1, 'bench-web', 'QbXo5x1yM0m1mS8r0YyqBg', '', $2, '{"acr":"aal2","amr":"pwd otp mfa","device":"new"}')`
	before, _ := h.backend.used()
	err := h.backend.postgres.Repeat(ctx, database, auditActs, record, func(i int) []any {
		account := fmt.Sprintf("benchmarked-account-%02d", i%50)
		return []any{account, "account:" + account}
	})
	after, _ := h.backend.used()
	return (after - before) / auditActs, err
}
