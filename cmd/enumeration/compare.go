package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// line is one comparison, as it is printed.
type line struct {
	form, kind string
	difference
}

// samples are the answers to one form, by kind; each has one of every round.
type samples map[byte][]answer

func (s samples) took(k kind) (all []time.Duration) {
	for _, a := range s[k.letter] {
		all = append(all, a.took)
	}
	return all
}

// compare measures a form, and again the kinds that failed.
func (h *house) compare(ctx context.Context, f form, pairs int, p promised) ([]line, error) {
	if f.ready != nil {
		if err := f.ready(ctx, h, pairs); err != nil {
			return nil, err
		}
	}
	all := kinds()
	if f.kinds != nil {
		all = f.kinds()
	}
	lines := make([]line, len(all))
	open := make([]int, 0, len(lines)) // numbers of the kinds that are to be measured yet
	for i := range lines {
		open = append(open, i)
	}
	for turn := 1; turn <= p.times && len(open) > 0; turn++ {
		var which []kind
		for _, i := range open {
			which = append(which, all[i])
		}
		got, err := h.measure(ctx, f, which, pairs)
		if err != nil {
			return nil, err
		}
		var failed []int
		for _, i := range open {
			k := all[i]
			d := compared(got.took(k), got.took(nobody()), p)
			d.measured, d.otherwise = turn, otherwise(got[k.letter], got[nobody().letter])
			d.broken = d.otherwise != "" || d.failed && turn == p.times
			if lines[i] = (line{f.name, k.name, d}); d.failed && !d.broken {
				failed = append(failed, i)
			}
		}
		open = failed
	}
	return lines, nil
}

// otherwise says what tells two kinds of answers apart but time; "" for nothing.
func otherwise(kind, nobody []answer) string {
	for i := range kind {
		if kind[i].status != nobody[i].status {
			return fmt.Sprintf("status %d and %d", kind[i].status, nobody[i].status)
		}
		if to, where := kind[i].header.Get("Location") != "", nobody[i].header.Get("Location") != ""; to != where {
			return "a redirect"
		}
		if a, b := len(kind[i].header.Values("Set-Cookie")), len(nobody[i].header.Values("Set-Cookie")); a != b {
			return fmt.Sprintf("%d and %d cookies", a, b)
		}
	}
	return ""
}

// measure sends a form in rounds: once for each kind and once for a name that nobody has, in an order drawn anew.
func (h *house) measure(ctx context.Context, f form, which []kind, rounds int) (samples, error) {
	which = append([]kind{nobody()}, which...)
	got := make([]map[byte]answer, rounds)
	err := each(rounds, f.abreast, func(round int) error {
		got[round] = map[byte]answer{}
		name := round
		if f.same {
			name = rounds
		}
		for _, n := range rand.Perm(len(which)) { //nolint:gosec // an order, and no secret
			a, err := h.once(ctx, f.fill, which[n], name)
			if err != nil {
				return err
			}
			got[round][which[n].letter] = a
		}
		return nil
	})
	all := samples{}
	for _, round := range got {
		for letter, a := range round {
			all[letter] = append(all[letter], a)
		}
	}
	return all, err
}

func inMS(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d.Nanoseconds())/1e6) }

const columns = "%-30s %-18s %5s %11s %11s %10s %7s %s\n"

func heading(w io.Writer) {
	fmt.Fprintf(w, columns, "form", "kind", "pairs", "median", "of nobody", "apart", "z", "verdict")
}

// show prints comparisons and answers whether every promise was kept.
func show(w io.Writer, lines []line) bool {
	kept := true
	for _, l := range lines {
		kept = kept && !l.broken
		fmt.Fprintf(w, columns, l.form, l.kind, fmt.Sprint(l.n), inMS(l.difference.kind), inMS(l.nobody), inMS(l.apart), fmt.Sprintf("%+.2f", l.z), l.verdict())
	}
	return kept
}

// verdict in words.
func (d difference) verdict() string {
	switch {
	case d.otherwise != "":
		return "BROKEN: " + d.otherwise
	case d.broken:
		return fmt.Sprintf("BROKEN, %d times", d.measured)
	case d.measured > 1:
		return fmt.Sprintf("alike, when measured again (%d)", d.measured)
	default:
		return "alike"
	}
}
