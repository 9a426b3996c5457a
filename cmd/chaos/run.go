package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"gatehouse/provider"
)

// trial is one run of load under faults.
type trial struct {
	seed   uint64
	lasts  time.Duration
	actors int
	lines  io.Writer // where the history goes; nil: nowhere
	faulty bool
}

// verdict is what a trial came to.
type verdict struct {
	ops    []Op
	faults int
	found  []Violation
}

// String counts.
func (v verdict) String() string {
	outcomes := map[Outcome]int{}
	for _, op := range v.ops {
		if op.Kind != Set {
			outcomes[op.Outcome]++
		}
	}
	return fmt.Sprintf("%d acts (%d answered, %d refused, %d lost on the way), %d faults, %d violations",
		len(v.ops), outcomes[OK], outcomes[Refused], outcomes[Lost], v.faults, len(v.found))
}

// run loads a fleet, makes faults meanwhile, mends all, looks at everything once more and judges the record.
func (t trial) run(ctx context.Context, f *fleet) (verdict, error) {
	history := NewHistory(t.lines)
	w := f.world(history)
	err := w.populate(ctx, 8)
	if err != nil {
		return verdict{}, err
	}
	n := &nemesis{fleet: f, dice: rand.New(rand.NewPCG(t.seed, 0)), history: history} //nolint:gosec // the same seed must give the same run
	during, stop := context.WithTimeout(ctx, t.lasts)
	defer stop()
	haunted := make(chan error, 1)
	go func() {
		if !t.faulty {
			haunted <- nil
			return
		}
		err := n.haunt(during)
		if err != nil {
			stop()
		}
		haunted <- err
	}()
	w.load(during, t.seed, t.actors, func() bool { return false })
	err = <-haunted
	if err == nil {
		err = f.awaitReady(ctx, startsWithin)
	}
	if err != nil {
		return verdict{}, err
	}
	err = w.actor(t.seed, 0).audits(ctx)
	ops := history.Ops()
	return verdict{ops: ops, faults: n.count, found: Check(ops)}, err
}

// audits opens all that the operator has shut, and then looks at everything that the load has left: what was acknowledged
// must be there.
func (a *actor) audits(ctx context.Context) error {
	for _, to := range a.w.apps {
		if !a.insist(ctx, Fact{ofClient(to), Live}, func(ctx context.Context) error { return a.setClient(ctx, to, time.Time{}) }) {
			return fmt.Errorf("client %s cannot be enabled", to.id)
		}
	}
	for _, p := range a.w.people {
		if !a.insist(ctx, Fact{ofAccount(p), Live}, func(ctx context.Context) error { return a.setStatus(ctx, p, provider.Active) }) {
			return fmt.Errorf("account %s cannot be unlocked", p.username)
		}
		if !a.settle(ctx, p) {
			return fmt.Errorf("%s cannot sign in", p.username)
		}
	}
	for f := a.w.take(0); f != nil; f = a.w.take(0) {
		a.inspect(ctx, f)
		a.silently(ctx, &family{app: a.w.apps[0], person: f.person, browser: f.browser, session: f.session})
		a.moveOn(ctx, f)
	}
	return nil
}
