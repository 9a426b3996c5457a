package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
)

// figures of one operation.
type figures struct {
	name             string
	used             cost    // microseconds per operation
	perSec, p50, p99 float64 // operations a second; milliseconds
	rows             float64 // added to the database, per operation
}

// cost is CPU time, in whatever unit, of the three that work.
type cost struct{ server, postgres, redis float64 }

func (c cost) minus(d cost) cost {
	return cost{c.server - d.server, c.postgres - d.postgres, c.redis - d.redis}
}

func (c cost) over(n float64) cost { return cost{c.server / n, c.postgres / n, c.redis / n} }

func (c cost) sum() float64 { return c.server + c.postgres + c.redis }

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
	return middle(op.name, all), nil
}

// middle takes the median of each figure.
func middle(name string, all []figures) figures {
	median := func(of func(figures) float64) float64 {
		values := make([]float64, 0, len(all))
		for _, f := range all {
			values = append(values, of(f))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return figures{
		name: name,
		used: cost{
			server:   median(func(f figures) float64 { return f.used.server }),
			postgres: median(func(f figures) float64 { return f.used.postgres }),
			redis:    median(func(f figures) float64 { return f.used.redis }),
		},
		perSec: median(func(f figures) float64 { return f.perSec }),
		p50:    median(func(f figures) float64 { return f.p50 }),
		p99:    median(func(f figures) float64 { return f.p99 }),
		rows:   median(func(f figures) float64 { return f.rows }),
	}
}

func heading() {
	fmt.Printf("%-34s %8s %9s %7s %7s %8s %8s %8s %8s\n", "CPU µs per operation", "server", "postgres", "redis", "sum", "op/s", "p50 ms", "p99 ms", "rows/op")
}

func (f figures) print() {
	fmt.Printf("%-34s %8.0f %9.0f %7.0f %7.0f %8.0f %8.2f %8.2f %8.2f\n",
		f.name, f.used.server, f.used.postgres, f.used.redis, f.used.sum(), f.perSec, f.p50, f.p99, f.rows)
}

// processor is what this machine calls its own.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
