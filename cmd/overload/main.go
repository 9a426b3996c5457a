package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"time"
)

// settings of a run.
type settings struct {
	binary   string
	peak     time.Duration
	flood    time.Duration
	times    int
	postgres bool
}

func main() {
	var s settings
	flag.StringVar(&s.binary, "binary", "bin/gatehouse", "the program to hold to its promises")
	flag.DurationVar(&s.peak, "peak", 10*time.Second, "how long to look for the most that is carried")
	flag.DurationVar(&s.flood, "flood", time.Minute, "how long the flood lasts")
	flag.IntVar(&s.times, "times", 10, "how many times the most that is carried is asked for")
	flag.BoolVar(&s.postgres, "postgres", false, "on PostgreSQL and Redis, not on embedded SQLite")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: overload [flags]\nexample: go run ./cmd/overload -flood 20s -postgres")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	kept, err := s.run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "overload:", err)
	}
	if err != nil || !kept {
		os.Exit(1) //nolint:gocritic // the deferred stop only restores signals
	}
}

// run answers whether every promise was kept.
func (s settings) run(ctx context.Context) (bool, error) {
	if _, err := os.Stat(s.binary); err != nil {
		return false, fmt.Errorf("%w: run `make build` first", err)
	}
	h, err := s.open(ctx)
	if err != nil {
		return false, err
	}
	defer h.close()
	known, err := h.introduce(ctx)
	if err != nil {
		return false, err
	}
	peak, err := h.mostCarried(ctx, s.peak)
	if err != nil {
		return false, err
	}
	where := map[bool]string{true: "PostgreSQL and Redis", false: "SQLite"}[s.postgres]
	fmt.Printf("%s %s/%s, %d CPUs, %s; at most %.1f sign-ins a second are carried, %d times as many are asked for, for %s\n\n",
		time.Now().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), where, peak, s.times, s.flood)
	seen := h.flooded(ctx, known, peak, s)
	seen.memory = h.most()
	lines := judge(seen)
	kept := show(os.Stdout, lines)
	told(os.Stdout, "strangers", seen.faults)
	told(os.Stdout, "known browsers", seen.unserved)
	return kept, nil
}
