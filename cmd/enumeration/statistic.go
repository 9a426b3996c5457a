package main

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// promised is how much of a difference there may be.
type promised struct {
	z     float64       // at most, of either sign
	apart time.Duration // of the medians
	times int           // a comparison is broken that fails so often in a row
}

// difference is what one comparison found. Signs say which is later: z and apart are above 0 where a kind's answers are.
type difference struct {
	n              int // pairs
	kind, nobody   time.Duration
	apart          time.Duration
	z              float64
	measured       int    // how often, until it held
	otherwise      string // what else tells them apart: the status, or the size
	broken, failed bool   // broken: failed each time
}

// compared holds what was measured to what is promised.
func compared(kind, nobody []time.Duration, p promised) difference {
	d := difference{n: len(kind), kind: median(kind), nobody: median(nobody), z: mannWhitney(kind, nobody), measured: 1}
	d.apart = d.kind - d.nobody
	d.failed = math.Abs(d.z) > p.z || d.apart.Abs() > p.apart
	return d
}

// median of some; 0 of none. Between the two in the middle where their number is even.
func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// mannWhitney is the z of the Mann-Whitney U test, by the normal approximation with the correction for ties and none for
// continuity: how far the ranks of a among all of a and b are from what chance gives, in standard deviations. It is above 0
// where those of a are larger, and 0 where nothing can be said: one of them is empty, or all are equal.
func mannWhitney(a, b []time.Duration) float64 {
	type one struct {
		took time.Duration
		ofA  bool
	}
	all := make([]one, 0, len(a)+len(b))
	for _, d := range a {
		all = append(all, one{d, true})
	}
	for _, d := range b {
		all = append(all, one{d, false})
	}
	slices.SortFunc(all, func(x, y one) int { return cmp.Compare(x.took, y.took) })
	ranks, ties := 0.0, 0.0
	for i := 0; i < len(all); {
		end := i
		for end < len(all) && all[end].took == all[i].took {
			end++
		}
		rank, t := float64(i+1+end)/2, float64(end-i)
		for ; i < end; i++ {
			if all[i].ofA {
				ranks += rank
			}
		}
		ties += t*t*t - t
	}
	n1, n2 := float64(len(a)), float64(len(b))
	n := n1 + n2
	u := ranks - n1*(n1+1)/2
	spread := n1 * n2 / 12 * (n + 1 - ties/(n*(n-1)))
	if !(spread > 0) {
		return 0
	}
	return (u - n1*n2/2) / math.Sqrt(spread)
}
