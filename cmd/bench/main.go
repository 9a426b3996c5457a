package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"slices"
	"time"
)

// settings of a whole measurement.
type settings struct {
	binary   string
	callers  int
	runs     int
	duration time.Duration
	sqlite   bool
	postgres bool
	growth   int
	replicas int
	people   int
	only     regexp.Regexp
	profiles string
	against  string
	kept     bool
	imports  int
	told     int
	verify   int
}

func main() {
	s := settings{only: *regexp.MustCompile("")}
	flag.StringVar(&s.binary, "binary", "bin/gatehouse", "the program to measure")
	flag.IntVar(&s.callers, "callers", 8, "callers at once")
	flag.IntVar(&s.runs, "runs", 3, "runs of each operation; the median is printed")
	flag.DurationVar(&s.duration, "duration", 3*time.Second, "length of a run")
	flag.BoolVar(&s.sqlite, "sqlite", true, "measure on embedded SQLite")
	flag.BoolVar(&s.postgres, "postgres", true, "measure on PostgreSQL and Redis")
	flag.IntVar(&s.growth, "growth", 0, "then add so many live sessions with a grant each to PostgreSQL, and measure again")
	flag.IntVar(&s.replicas, "replicas", 0, "then measure so many replicas on the same PostgreSQL and Redis")
	flag.IntVar(&s.people, "people", 1500, "so many people with a second way; 0: measure none of these ways")
	flag.TextVar(&s.only, "only", &s.only, "measure operations whose name matches this expression")
	flag.StringVar(&s.profiles, "profiles", "", "directory for a CPU profile of each operation")
	flag.StringVar(&s.against, "against", "", "another program, such as the last release, to measure by turns with this one, on PostgreSQL; nothing else is measured")
	flag.BoolVar(&s.kept, "kept", true, "measure what sign-ins and rotations leave behind in PostgreSQL")
	flag.IntVar(&s.told, "told", 50, "tell so many applications of a sign-out, one of them dead; fewer than 2: do not")
	flag.IntVar(&s.imports, "import", 0, "measure the import of so many accounts; nothing else is measured")
	flag.IntVar(&s.verify, "verify", 0, "measure how long audit verify takes for so many events on PostgreSQL; nothing else is measured")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: bench [flags]\nexample: go run ./cmd/bench -sqlite=false -growth 1000000 -replicas 3 -runs 5")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := s.measureAll(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // the deferred stop only restores signals
	}
}

func (s settings) measureAll(ctx context.Context) error {
	info, err := os.Stat(s.binary)
	if err != nil {
		return fmt.Errorf("%w: run `make build` first", err)
	}
	fmt.Printf("%s %s/%s, %d CPUs, %s; %d callers, median of %d runs of %v; durable commits\n",
		time.Now().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor(), s.callers, s.runs, s.duration)
	fmt.Printf("binary %.1f MB\n", float64(info.Size())/1e6)
	if s.imports > 0 {
		return s.measureImports(ctx)
	}
	if s.verify > 0 {
		return s.measureVerify(ctx)
	}
	if s.against != "" {
		return s.compare(ctx)
	}
	if s.sqlite {
		if err := s.onSQLite(ctx); err != nil {
			return fmt.Errorf("SQLite: %w", err)
		}
	}
	if s.postgres {
		if err := s.onPostgres(ctx); err != nil {
			return fmt.Errorf("PostgreSQL: %w", err)
		}
	}
	return nil
}

func (s settings) onSQLite(ctx context.Context) error {
	fmt.Printf("\n== SQLite\n\n")
	for _, hashing := range []bool{false, true} {
		if err := s.measureHouse(ctx, nil, "", hashing); err != nil {
			return err
		}
	}
	return nil
}

func (s settings) onPostgres(ctx context.Context) error {
	b, err := startBackend()
	if err != nil {
		return err
	}
	defer b.stop()
	fmt.Printf("\n== PostgreSQL and Redis\n\n")
	for _, hashing := range []bool{false, true} {
		database := map[bool]string{false: "bench", true: "hashing"}[hashing]
		if err := b.create(ctx, database); err != nil {
			return err
		}
		if err := s.measureHouse(ctx, b, database, hashing); err != nil {
			return err
		}
	}
	return nil
}

// measureHouse starts a server and measures all operations with a cheap password hash, or the whole sign-in with the
// real one.
func (s settings) measureHouse(ctx context.Context, b *backend, database string, hashing bool) error {
	h, err := s.start(ctx, s.binary, b, database, hashing)
	if err != nil {
		return err
	}
	defer h.stop()
	if hashing {
		s.callers = 1 // more would wait for a turn, and on a busy machine be sent away
		row, err := s.measure(ctx, h, operation{name: "whole sign-in, with the hash", prepare: freshSignIn})
		if err != nil {
			return err
		}
		row.print()
		fmt.Printf("memory after hashing %.1f MB\n", h.memory())
		return nil
	}
	fmt.Printf("start to first answer: empty database %d ms, again %d ms\nidle memory %.1f MB\n\n", h.firstStart.Milliseconds(), h.secondStart.Milliseconds(), h.idle)
	if err := s.measureOperations(ctx, h); err != nil {
		return err
	}
	fmt.Printf("loaded memory %.1f MB\n", h.memory())
	if s.told > 1 && s.only.MatchString(telling) {
		if err := s.measureTelling(ctx, h); err != nil {
			return fmt.Errorf("%s: %w", telling, err)
		}
	}
	if b == nil {
		return nil
	}
	return s.beyond(ctx, h)
}

// beyond is what only PostgreSQL is asked: what is kept, and what many grants and several replicas change.
func (s settings) beyond(ctx context.Context, h *house) error {
	if s.only.MatchString("audit row") {
		if err := auditRow(ctx, h); err != nil {
			return fmt.Errorf("audit row: %w", err)
		}
	}
	if s.kept {
		if err := kept(ctx, h); err != nil {
			return err
		}
	}
	if s.growth > 0 {
		fmt.Printf("\n== with %d more live sessions and grants\n\n", s.growth)
		if err := h.backend.grow(ctx, h.database, s.growth); err != nil {
			return err
		}
		if err := s.measureOperations(ctx, h); err != nil {
			return err
		}
	}
	if s.replicas < 2 {
		return nil
	}
	fmt.Printf("\n== %d replicas\n\n", s.replicas)
	if err := h.replicate(ctx, s.replicas); err != nil {
		return err
	}
	return s.measureOperations(ctx, h)
}

func (s settings) measureOperations(ctx context.Context, h *house) error {
	heading()
	for _, op := range s.operations(h) {
		if op.alone && len(h.sites) > 1 {
			continue
		}
		row, err := s.measure(ctx, h, op)
		if err != nil {
			return fmt.Errorf("%s: %w", op.name, err)
		}
		row.print()
	}
	return nil
}

// operations are those that are asked for, and that all of these can do.
func (s settings) operations(all ...*house) []operation {
	lonely := slices.ContainsFunc(all, func(h *house) bool { return h.people == 0 })
	old := slices.ContainsFunc(all, func(h *house) bool { return h.signs == nil })
	return slices.DeleteFunc(slices.Concat(operations(), asserting(), factors()), func(op operation) bool {
		return !s.only.MatchString(op.name) || op.crowd && lonely || op.young && old
	})
}
