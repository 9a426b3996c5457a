package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"
)

// fault is something that goes wrong for a while. do ends when it is mended.
type fault struct {
	name string
	do   func(*nemesis, context.Context) error
}

// nemesis makes faults, one at a time.
type nemesis struct {
	*fleet
	dice    *rand.Rand
	history *History
	count   int
}

func faults() []fault {
	return []fault{
		{"a server is killed", (*nemesis).kills},
		{"two servers are killed", (*nemesis).killsTwo},
		{"a server is rolled", (*nemesis).rolls},
		{"a server stands still", (*nemesis).freezes},
		{"Redis is wiped", (*nemesis).wipes},
		{"Redis is restarted", (*nemesis).restartsRedis},
		{"Redis stands still", (*nemesis).stallsRedis},
		{"PostgreSQL crashes", (*nemesis).crashes},
		{"PostgreSQL is slow", (*nemesis).slows},
		{"PostgreSQL is a black hole", (*nemesis).swallows},
		{"PostgreSQL's connections break", (*nemesis).breaks},
		{"Redis's connections break", (*nemesis).breaksRedis},
	}
}

// haunt makes faults until ctx ends, each followed by some peace. All is mended when it returns.
func (n *nemesis) haunt(ctx context.Context) error {
	all := faults()
	for n.peace(ctx, 500, 2500) {
		f := all[n.dice.IntN(len(all))]
		start := n.history.Now()
		err := f.do(n, context.WithoutCancel(ctx))
		n.history.Add(Op{Kind: "fault", Start: start, End: n.history.Now(), Outcome: OK, Note: f.name})
		n.count++
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

// peace lasts for some milliseconds; false: the run is over.
func (n *nemesis) peace(ctx context.Context, least, most int) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(n.some(least, most)):
		return true
	}
}

func (n *nemesis) some(least, most int) time.Duration {
	return time.Duration(least+n.dice.IntN(most-least)) * time.Millisecond
}

func (n *nemesis) one() *replica { return n.replicas[n.dice.IntN(len(n.replicas))] }

func (n *nemesis) kills(context.Context) error { return n.kill(n.one()) }

func (n *nemesis) killsTwo(context.Context) error {
	first := n.dice.IntN(len(n.replicas))
	var faults [2]error
	atOnce(2, func(i int) { faults[i] = n.kill(n.replicas[(first+i)%len(n.replicas)]) })
	return errors.Join(faults[:]...)
}

func (n *nemesis) rolls(context.Context) error { return n.roll(n.one()) }

func (n *nemesis) freezes(ctx context.Context) error {
	r := n.one()
	r.signal(syscall.SIGSTOP)
	n.peace(ctx, 500, 3000)
	r.signal(syscall.SIGCONT)
	return nil
}

func (n *nemesis) wipes(ctx context.Context) error { return n.redis.Do(ctx, "FLUSHALL") }

func (n *nemesis) restartsRedis(ctx context.Context) error {
	n.redis.Kill()
	n.peace(ctx, 200, 2000)
	return n.redis.Start()
}

func (n *nemesis) stallsRedis(ctx context.Context) error {
	err := n.redis.Stall()
	n.peace(ctx, 500, 2500)
	return errors.Join(err, n.redis.Resume())
}

func (n *nemesis) crashes(ctx context.Context) error {
	n.postgres.Crash()
	n.peace(ctx, 100, 1000)
	return n.postgres.Start()
}

func (n *nemesis) slows(ctx context.Context) error {
	return n.bad(ctx, n.toPostgres, func(w *wiring) error { return w.slow(20 + n.dice.IntN(300)) })
}

func (n *nemesis) swallows(ctx context.Context) error {
	return n.bad(ctx, n.toPostgres, (*wiring).swallow)
}

func (n *nemesis) breaks(ctx context.Context) error { return n.bad(ctx, n.toPostgres, (*wiring).reset) }

func (n *nemesis) breaksRedis(ctx context.Context) error {
	return n.bad(ctx, n.toRedis, (*wiring).reset)
}

// bad makes a wire bad for a while.
func (n *nemesis) bad(ctx context.Context, w *wiring, how func(*wiring) error) error {
	err := how(w)
	n.peace(ctx, 500, 2500)
	w.mend(ctx)
	return err
}
