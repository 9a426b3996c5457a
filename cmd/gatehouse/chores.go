package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"gatehouse/provider/server"
)

// How often the chores of a running house are done.
const (
	keysEvery = 5 * time.Second // one small query, and 0.4 ms of CPU to unseal and parse what it answers
	restEvery = time.Minute
)

// chores are what a running house does besides answering.
type chores struct {
	house *server.House
	log   *slog.Logger
	now   func() time.Time // in this house
}

// keep does them until ctx ends. wait then waits for what is being done: the store must not be closed before.
func (c chores) keep(ctx context.Context) (wait func()) {
	var busy sync.WaitGroup
	busy.Go(func() {
		c.every(ctx, keysEvery, "keyring", func(ctx context.Context) error { return c.house.RefreshKeys(ctx, c.now()) })
	})
	busy.Go(func() { c.every(ctx, restEvery, "clock", c.compare) })
	busy.Go(func() {
		sweep := func(ctx context.Context) error { return c.house.Housekeep(ctx, c.now()) }
		c.once(ctx, "janitor", sweep)
		c.every(ctx, restEvery, "janitor", sweep)
	})
	return busy.Wait
}

// compare asks whether this replica's clock and the database's agree; the house is not ready before they do.
func (c chores) compare(ctx context.Context) error { return c.house.CompareClocks(ctx, time.Now) }

// every does a chore again and again.
func (c chores) every(ctx context.Context, pause time.Duration, name string, do func(context.Context) error) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			c.once(ctx, name, do)
		case <-ctx.Done():
			return
		}
	}
}

// once does a chore; what fails is done again at its next time.
func (c chores) once(ctx context.Context, name string, do func(context.Context) error) {
	err := do(ctx)
	if err != nil && ctx.Err() == nil {
		c.log.ErrorContext(ctx, "a chore failed; it is done again", "chore", name, "error", err.Error())
	}
}
