package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func ms(all ...float64) (times []time.Duration) {
	for _, x := range all {
		times = append(times, time.Duration(x*float64(time.Millisecond)))
	}
	return times
}

// TestMannWhitneyOfTheBooks: values that were computed elsewhere, by comparing every pair and the formula with ties.
func TestMannWhitneyOfTheBooks(t *testing.T) {
	for name, c := range map[string]struct {
		a, b []time.Duration
		want float64
	}{
		"apart":               {ms(1, 2, 3, 4, 5), ms(6, 7, 8, 9, 10), -2.6111648393},
		"ages (SciPy), U=17":  {ms(19, 22, 16, 29, 24), ms(20, 11, 17, 12), 1.7146428199},
		"Hollander, Wolfe 35": {ms(0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46), ms(1.15, 0.88, 0.90, 0.74, 1.21), 1.2247448714},
		"ties":                {ms(1, 2, 2, 3), ms(2, 3, 4, 5), -1.6371865339},
		"all alike":           {ms(3, 3, 3), ms(3, 3), 0},
		"none":                {nil, ms(1), 0},
		"nothing at all":      {nil, nil, 0},
	} {
		if got := mannWhitney(c.a, c.b); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: z = %.10f, want %.10f", name, got, c.want)
		}
		if there, back := mannWhitney(c.a, c.b), mannWhitney(c.b, c.a); math.Abs(there+back) > 1e-9 {
			t.Errorf("%s: %f one way and %f the other", name, there, back)
		}
	}
}

// TestMannWhitneyOfEveryPair: against the definition, for many random samples with many ties.
func TestMannWhitneyOfEveryPair(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var a, b []time.Duration
		for range 1 + dice.IntN(20) {
			a = append(a, time.Duration(dice.IntN(9)))
		}
		for range 1 + dice.IntN(20) {
			b = append(b, time.Duration(dice.IntN(9)))
		}
		u := 0.0
		for _, x := range a {
			for _, y := range b {
				switch {
				case x > y:
					u++
				case x == y:
					u += 0.5
				}
			}
		}
		middle := float64(len(a)*len(b)) / 2
		if z := mannWhitney(a, b); (z > 0) != (u > middle) || (z < 0) != (u < middle) {
			t.Fatalf("z = %f where U = %g of %g: %v %v", z, u, middle, a, b)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		of   []time.Duration
		want float64
	}{{nil, 0}, {ms(4), 4}, {ms(9, 1), 5}, {ms(7, 1, 3), 3}, {ms(8, 1, 2, 4), 3}} {
		before := slices.Clone(c.of)
		if got := median(c.of); got != ms(c.want)[0] {
			t.Errorf("of %v: %v, want %g ms", c.of, got, c.want)
		}
		if !slices.Equal(before, c.of) {
			t.Errorf("%v was sorted", before)
		}
	}
}

// noisy is how an answer at a deadline comes in: late by a little, and now and then by much.
func noisy(dice *rand.Rand, n int, more time.Duration) (all []time.Duration) {
	for range n {
		late := time.Duration(dice.ExpFloat64() * float64(time.Millisecond))
		all = append(all, 600*time.Millisecond+late+more)
	}
	return all
}

// TestBites: what an attacker could use is found in 600 pairs, and chance is not taken for it.
func TestBites(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	p := promised{z: 4, apart: 500 * time.Microsecond, times: 3}
	for range 50 {
		if d := compared(noisy(dice, 600, 0), noisy(dice, 600, 0), p); d.failed {
			t.Errorf("nothing is found to be something: %+v", d)
		}
		if d := compared(noisy(dice, 600, 400*time.Microsecond), noisy(dice, 600, 0), p); !d.failed || d.z < 4 {
			t.Errorf("0.4 ms is not found: %+v", d)
		}
		if d := compared(noisy(dice, 600, 0), noisy(dice, 600, time.Millisecond), p); !d.failed || d.z > -4 || d.apart > -500*time.Microsecond {
			t.Errorf("1 ms less is not found: %+v", d)
		}
	}
	// Few, or far scattered: the ranks say nothing, the medians do.
	if d := compared(ms(1, 3), ms(1, 1), p); !d.failed || math.Abs(d.z) > 4 {
		t.Errorf("medians that are 1 ms apart are within 0.5 ms: %+v", d)
	}
	if d := compared(ms(1, 1.9), ms(1, 1), p); d.failed {
		t.Errorf("medians 0.45 ms apart: %+v", d)
	}
}
