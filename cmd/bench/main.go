// Command bench loads a freshly started Gatehouse and prints what each operation costs its process: CPU microseconds
// by /proc, operations a second, p50 and p99, memory, start-up time and rows added. Callers work in a closed loop; each
// figure is the median of several runs. It owns the measuring only; the server is the real program.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
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
}

func main() {
	var s settings
	flag.StringVar(&s.binary, "binary", "bin/gatehouse", "the program to measure")
	flag.IntVar(&s.callers, "callers", 8, "callers at once")
	flag.IntVar(&s.runs, "runs", 3, "runs of each operation; the median is printed")
	flag.DurationVar(&s.duration, "duration", 3*time.Second, "length of a run")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: bench [-binary PATH] [-callers N] [-runs N] [-duration D]\nexample: go run ./cmd/bench -runs 5 -duration 10s")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measureAll(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // the deferred stop only restores signals
	}
}

func measureAll(ctx context.Context, s settings) error {
	info, err := os.Stat(s.binary)
	if err != nil {
		return fmt.Errorf("%w: run `make build` first", err)
	}
	fmt.Printf("%s %s/%s, %d CPUs; %d callers, median of %d runs of %v; SQLite, durable commits\n",
		time.Now().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), s.callers, s.runs, s.duration)
	fmt.Printf("binary %.1f MB\n", float64(info.Size())/1e6)
	for _, hashing := range []bool{false, true} {
		if err := measureServer(ctx, s, hashing); err != nil {
			return err
		}
	}
	return nil
}

// measureServer starts a server and runs its operations: all of them with a cheap password hash, then the whole sign-in
// with the real one.
func measureServer(ctx context.Context, s settings, hashing bool) error {
	h, err := start(ctx, s.binary, hashing)
	if err != nil {
		return err
	}
	defer h.stop()
	if hashing {
		row, err := s.measure(ctx, h, operation{name: "whole sign-in, with the hash", prepare: freshSignIn})
		if err != nil {
			return err
		}
		row.print()
		fmt.Printf("memory after hashing %.1f MB\n", h.memory())
		return nil
	}
	fmt.Printf("start to first answer: empty database %d ms, again %d ms\nidle memory %.1f MB\n\n", h.firstStart.Milliseconds(), h.secondStart.Milliseconds(), h.memory())
	heading()
	for _, op := range operations() {
		row, err := s.measure(ctx, h, op)
		if err != nil {
			return fmt.Errorf("%s: %w", op.name, err)
		}
		row.print()
	}
	fmt.Printf("loaded memory %.1f MB\n", h.memory())
	return nil
}

// measure runs one operation several times and takes the median of each figure.
func (s settings) measure(ctx context.Context, h *house, op operation) (figures, error) {
	var all []figures
	for range s.runs {
		f, err := s.once(ctx, h, op)
		if err != nil {
			return figures{}, err
		}
		all = append(all, f)
	}
	median := func(of func(figures) float64) float64 {
		values := make([]float64, 0, len(all))
		for _, f := range all {
			values = append(values, of(f))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return figures{
		name:   op.name,
		cpu:    median(func(f figures) float64 { return f.cpu }),
		perSec: median(func(f figures) float64 { return f.perSec }),
		p50:    median(func(f figures) float64 { return f.p50 }),
		p99:    median(func(f figures) float64 { return f.p99 }),
		rows:   median(func(f figures) float64 { return f.rows }),
	}, nil
}

// figures of one operation.
type figures struct {
	name             string
	cpu              float64 // microseconds of the server process, per operation
	perSec, p50, p99 float64 // operations a second; milliseconds
	rows             float64 // added to the database, per operation
}

func heading() {
	fmt.Printf("%-34s %10s %9s %9s %9s %8s\n", "operation", "CPU µs/op", "op/s", "p50 ms", "p99 ms", "rows/op")
}

func (f figures) print() {
	fmt.Printf("%-34s %10.0f %9.0f %9.2f %9.2f %8.2f\n", f.name, f.cpu, f.perSec, f.p50, f.p99, f.rows)
}
