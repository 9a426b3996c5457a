package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"time"
)

// settings of a run.
type settings struct {
	binary   string
	only     string
	pairs    int
	postgres bool
	promised
}

func main() {
	var s settings
	flag.StringVar(&s.binary, "binary", "bin/gatehouse", "the program to hold to its promises")
	flag.StringVar(&s.only, "form", "", "only forms whose name has this in it")
	flag.IntVar(&s.pairs, "pairs", 600, "how often a form is sent for each kind, and for a name that nobody has")
	flag.BoolVar(&s.postgres, "postgres", false, "on PostgreSQL and Redis, not on embedded SQLite")
	flag.Float64Var(&s.z, "z", 4, "largest |z| of the Mann-Whitney U test")
	flag.DurationVar(&s.apart, "apart", 500*time.Microsecond, "how far the medians may be apart")
	flag.IntVar(&s.times, "times", 3, "how often in a row a comparison must fail to be broken")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: enumeration [flags]\nexample: go run ./cmd/enumeration -form paused -pairs 200 -postgres")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	kept, err := s.run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "enumeration:", err)
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
	began := time.Now()
	h, err := s.open(ctx)
	if err != nil {
		return false, err
	}
	defer h.close()
	where := map[bool]string{true: "PostgreSQL and Redis", false: "SQLite"}[s.postgres]
	fmt.Printf("%s %s/%s, %d CPUs, load %s, %s; %d pairs, |z| at most %g and medians within %s, or measured again, %d times at most\n\n",
		time.Now().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load(), where, s.pairs, s.z, inMS(s.apart), s.times)
	heading(os.Stdout)
	kept := true
	for _, f := range forms() {
		if !strings.Contains(f.name, s.only) {
			continue
		}
		lines, err := h.compare(ctx, f, s.pairs, s.promised)
		if err != nil {
			return false, fmt.Errorf("%s: %w", f.name, err)
		}
		kept = show(os.Stdout, lines) && kept
	}
	fmt.Printf("\nIn %s; load at the end %s; %d answers were 503 and asked for again.\n", time.Since(began).Round(time.Second), load(), h.away.Load())
	return kept, nil
}

// load is that of the machine, over the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
