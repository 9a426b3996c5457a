package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// step is one operation by one caller.
type step func(ctx context.Context) error

// operation prepares a step for each caller; what a step needs beforehand is made before the clock starts.
type operation struct {
	name    string
	alone   bool // it makes sense with one server only: its client belongs to that server
	crowd   bool // it needs many people
	young   bool // it needs a program that takes keys of clients, and pushed requests
	prepare func(ctx context.Context, s *site) (step, error)
}

// errEnough ends a caller whose prepared work is done.
var errEnough = errors.New("enough")

// once runs an operation once: every caller does one step after another until the time is up. Callers are spread over
// the servers.
func (s settings) once(ctx context.Context, h *house, op operation) (figures, error) {
	if op.crowd {
		if err := h.meet(ctx); err != nil {
			return figures{}, err
		}
	}
	steps := make([]step, s.callers)
	for i := range steps {
		var err error
		if steps[i], err = op.prepare(ctx, h.caller(i)); err != nil {
			return figures{}, err
		}
	}
	rows, err := h.rows(ctx)
	if err != nil {
		return figures{}, err
	}
	profiled := s.profile(ctx, h.sites[0], op)
	before, began := h.used(), time.Now()
	took, err := s.drive(ctx, steps)
	if err != nil {
		return figures{}, err
	}
	wall, used := time.Since(began), h.used().minus(before)
	after, err := h.rows(ctx)
	if err := errors.Join(err, <-profiled); err != nil {
		return figures{}, err
	}
	n := float64(len(took))
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*(n-1))].Microseconds()) / 1000 }
	return figures{
		used: used.over(n), perSec: n / wall.Seconds(), p50: at(0.5), p99: at(0.99), rows: float64(after-rows) / n,
	}, nil
}

// profile takes a profile of the run that begins now, where one is wanted.
func (s settings) profile(ctx context.Context, from *site, op operation) <-chan error {
	done := make(chan error, 1)
	if s.profiles == "" {
		done <- nil
		return done
	}
	file := filepath.Join(s.profiles, strings.Map(letters, op.name)+".prof")
	go func() { done <- from.profile(ctx, max(1, int(s.duration.Seconds())), file) }()
	return done
}

// letters keeps what makes a good file name.
func letters(r rune) rune {
	if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return '-'
}

func (s settings) drive(ctx context.Context, steps []step) ([]time.Duration, error) {
	var mu sync.Mutex
	var all []time.Duration
	var failure error
	var wait sync.WaitGroup
	end := time.Now().Add(s.duration)
	for _, do := range steps {
		wait.Go(func() {
			var mine []time.Duration
			var err error
			for err == nil && time.Now().Before(end) {
				began := time.Now()
				if err = do(ctx); err == nil {
					mine = append(mine, time.Since(began))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
			if err != nil && !errors.Is(err, errEnough) {
				failure = errors.Join(failure, err)
			}
		})
	}
	wait.Wait()
	if failure == nil && len(all) == 0 {
		failure = errors.New("no operation was done")
	}
	return all, failure
}
