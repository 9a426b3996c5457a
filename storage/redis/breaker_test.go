package redis

import (
	"testing"
	"time"
)

// TestBreaker plays calls against plain times. Each line: when, what is asked, what must come of it.
func TestBreaker(t *testing.T) {
	at := func(ms int) time.Time {
		return time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(ms) * time.Millisecond)
	}
	type step struct {
		ms   int
		do   string // ask, fail, succeed
		want bool   // ask: let through
	}
	fails := func(n, ms int) (steps []step) {
		for range n {
			steps = append(steps, step{ms, "ask", true}, step{ms, "fail", false})
		}
		return steps
	}
	scripts := map[string][]step{
		"closed, it lets everything through": {{0, "ask", true}, {0, "ask", true}},
		"four failures do not open it":       append(fails(4, 0), step{0, "ask", true}),
		"five in a row open it":              append(fails(5, 0), step{0, "ask", false}, step{999, "ask", false}),
		"a success in between begins the count again": append(append(fails(4, 0), step{0, "succeed", true}),
			append(fails(4, 0), step{0, "ask", true})...),
		"after a second one call tries, and only one": append(fails(5, 0), step{1000, "ask", true}, step{1000, "ask", false}, step{5000, "ask", false}),
		"if it succeeds, it closes":                   append(fails(5, 0), step{1000, "ask", true}, step{1040, "succeed", true}, step{1040, "ask", true}, step{1040, "ask", true}),
		"closed again, it counts from nothing":        append(append(fails(5, 0), step{1000, "ask", true}, step{1040, "succeed", true}), fails(5, 1100)...),
		"if it fails, it is open for as long again": append(fails(5, 0), step{1000, "ask", true}, step{1050, "fail", true},
			step{2049, "ask", false}, step{2050, "ask", true}, step{2050, "ask", false}),
		"what was under way when it opened, and fails late, keeps it open no longer": append(append([]step{{0, "ask", true}}, fails(5, 0)...),
			step{900, "fail", true}, step{1000, "ask", true}),
	}
	for name, script := range scripts {
		t.Run(name, func(t *testing.T) {
			var b breaker
			for i, s := range script {
				switch s.do {
				case "ask":
					var got bool
					if b, got = b.admit(at(s.ms)); got != s.want {
						t.Fatalf("step %d at %d ms: let through %v", i, s.ms, got)
					}
				default:
					b = b.heard(s.do == "succeed", at(s.ms))
				}
			}
		})
	}
}
