package main

import (
	"strings"
	"testing"
	"time"
)

// good is a flood in which every promise was kept.
func good() *seen {
	s := &seen{peak: 40, took: 10 * time.Second, asked: 4000, known: 100, served: 100, memory: 120, faults: map[string]int{}}
	for range 300 {
		s.admitted = append(s.admitted, 300*time.Millisecond)
		s.refused = append(s.refused, 20*time.Millisecond)
		s.jwks = append(s.jwks, 5*time.Millisecond)
	}
	return s
}

// TestEveryPromiseCanBeBroken: each by itself, and then the command says so.
func TestEveryPromiseCanBeBroken(t *testing.T) {
	var table strings.Builder
	if !show(&table, judge(good())) {
		t.Fatalf("a good flood is found wanting:\n%s", &table)
	}
	for what, spoil := range map[string]func(*seen){
		"sign-ins carried in the flood":   func(s *seen) { s.peak = 60 },
		"admitted, p95":                   func(s *seen) { s.admitted = append(s.admitted, late(30, 1100*time.Millisecond)...) },
		"known browsers served":           func(s *seen) { s.served = 98 },
		"keys (JWKS), p99":                func(s *seen) { s.jwks = append(s.jwks, late(6, 51*time.Millisecond)...) },
		"memory, at most":                 func(s *seen) { s.memory = 257 },
		"sent away: 503 with Retry-After": func(s *seen) { s.noWhen = 1 },
		"sent away, p99":                  func(s *seen) { s.refused = append(s.refused, late(6, 101*time.Millisecond)...) },
		"flood":                           func(s *seen) { s.late = 1000 },
	} {
		s := good()
		spoil(s)
		for _, l := range judge(s) {
			if l.kept == (l.what == what) {
				t.Errorf("spoiling %q: %s is kept: %v", what, l.what, l.kept)
			}
		}
		if show(&table, judge(s)) {
			t.Errorf("%s is broken and nobody says so", what)
		}
	}
	for name, spoil := range map[string]func(*seen){
		"nobody admitted": func(s *seen) { s.admitted = nil }, "nobody known": func(s *seen) { s.known, s.served = 0, 0 },
		"no keys read": func(s *seen) { s.jwks = nil }, "keys failed": func(s *seen) { s.noKeys = 1 }, "no memory seen": func(s *seen) { s.memory = 0 },
		"a fault": func(s *seen) { s.faults["500"] = 1 }, "nobody sent away": func(s *seen) { s.refused = nil },
	} {
		s := good()
		spoil(s)
		if show(&table, judge(s)) {
			t.Errorf("%s, and nobody says so", name)
		}
	}
}

func late(n int, by time.Duration) (all []time.Duration) {
	for range n {
		all = append(all, by)
	}
	return all
}
