package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// line is one promise.
type line struct {
	what     string
	got      string
	promised string
	kept     bool
}

// judge holds what was seen to what is promised.
func judge(s *seen) []line {
	goodput := float64(len(s.admitted)+s.served) / s.took.Seconds()
	share := goodput / s.peak * 100
	knownShare := 100.0
	if s.known > 0 {
		knownShare = float64(s.served) / float64(s.known) * 100
	}
	faults := 0
	for _, n := range s.faults {
		faults += n
	}
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
	admitted, refused, keys := at(s.admitted, 0.95), at(s.refused, 0.99), at(s.jwks, 0.99)
	return []line{
		{"sign-ins carried in the flood", fmt.Sprintf("%.1f/s, %.0f %% of the most", goodput, share), "80 % at least", share >= 80},
		{"admitted, p95", ms(admitted), "1 s at most", admitted <= time.Second && len(s.admitted) > 0},
		{"known browsers served", fmt.Sprintf("%d of %d, %.1f %%", s.served, s.known, knownShare), "99 % at least", knownShare >= 99 && s.known > 0},
		{"keys (JWKS), p99", fmt.Sprintf("%s of %d, %d failed", ms(keys), len(s.jwks), s.noKeys), "50 ms at most", keys <= 50*time.Millisecond && s.noKeys == 0 && len(s.jwks) > 0},
		{"memory, at most", fmt.Sprintf("%.0f MiB", s.memory), "256 MiB at most", s.memory > 0 && s.memory <= 256},
		{"sent away: 503 with Retry-After", fmt.Sprintf("%d of %d, %d other faults", len(s.refused)-s.noWhen, len(s.refused), faults), "all", s.noWhen == 0 && faults == 0 && len(s.refused) > 0},
		{"sent away, p99", fmt.Sprintf("%s, at most %s", ms(refused), ms(at(s.refused, 1))), "100 ms at most", refused <= 100*time.Millisecond},
		{"flood", fmt.Sprintf("%.0f/s by strangers, %d not sent, %d began anew", float64(s.asked)/s.took.Seconds(), s.late, s.anew), "as asked for", s.late*20 <= s.asked},
	}
}

// at is a quantile; 0 of none.
func at(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[int(q*float64(len(sorted)-1))]
}

// show prints the table and answers whether every promise was kept.
func show(w io.Writer, lines []line) bool {
	kept := true
	fmt.Fprintf(w, "%-34s %-42s %-18s\n", "", "measured", "promised")
	for _, l := range lines {
		mark := ""
		if !l.kept {
			kept, mark = false, "  BROKEN"
		}
		fmt.Fprintf(w, "%-34s %-42s %-18s%s\n", l.what, l.got, l.promised, mark)
	}
	return kept
}

// told prints what went wrong, the most frequent first.
func told(w io.Writer, what string, faults map[string]int) {
	for _, fault := range slices.SortedFunc(maps.Keys(faults), func(a, b string) int { return faults[b] - faults[a] }) {
		fmt.Fprintf(w, "%s, %d times: %s\n", what, faults[fault], fault)
	}
}
