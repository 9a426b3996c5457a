package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// measureVerify fills the trail of an empty PostgreSQL with so many linked events, of two thousand accounts, and prints how long
// `gatehouse audit verify` takes to judge them all.
func (s settings) measureVerify(ctx context.Context) error {
	b, err := startBackend()
	if err != nil {
		return err
	}
	defer b.stop()
	data, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }()
	if err := b.create(ctx, "trail"); err != nil {
		return err
	}
	h := &house{binary: s.binary, data: data, database: "trail", backend: b}
	for _, arguments := range [][]string{{"keys", "init"}, {"migrate"}} {
		if _, err := h.command(ctx, arguments...); err != nil {
			return err
		}
	}
	began := time.Now()
	const together = 20_000 // are linked when their transaction ends
	for done := 0; done < s.verify; done += together {
		err := b.postgres.Exec(ctx, "trail", fmt.Sprintf(`
			INSERT INTO events (at, kind, account, client, session, grant_id, actor, detail)
			SELECT 1893456000000000 + n, 'session.began', 'account-' || n %% 2000, 'bench-web', 'QbXo5x1yM0m1mS8r0YyqBg', '', 'account:account-' || n %% 2000,
				'{"acr":"aal2","amr":"pwd otp mfa","device":"new"}'
			FROM generate_series(%d, %d) AS n`, done+1, min(done+together, s.verify)))
		if err != nil {
			return err
		}
	}
	fmt.Printf("%d events linked in %.0f s\n", s.verify, time.Since(began).Seconds())
	for range max(s.runs, 1) {
		began = time.Now()
		said, err := h.command(ctx, "audit", "verify")
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(string(said), "\n")
		fmt.Printf("audit verify, PostgreSQL: %.2f s (%s)\n", time.Since(began).Seconds(), first)
	}
	return nil
}
