package main

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Violation is a promise that was broken, and the Op that shows it.
type Violation struct {
	Promise string
	Why     string
	Op      Op
}

func (v Violation) String() string {
	o := v.Op
	return fmt.Sprintf("%s: %s (client %d, %s %s %s %s, %s to %s, status %d %s)", v.Promise, v.Why,
		o.Client, o.Kind, o.Subject, o.Outcome, o.Value, o.Start, o.End, o.Status, o.Note)
}

// The promises.
const (
	SingleUse  = "no code is redeemed twice"
	OneChild   = "no two live children of one refresh token"
	Repeats    = "one ceremony has one outcome"
	Durable    = "what was acknowledged survives, and what has ended is accepted nowhere"
	Explicable = "nothing is refused without a cause"
	Counted    = "no failure goes uncounted, and none is counted twice"
	Honest     = "trouble is answered 503 with Retry-After"
)

// Check judges a history. It is a pure function; the violations are in order of time.
func Check(ops []Op) []Violation {
	var found []Violation
	for _, rule := range []func([]Op) []Violation{checkHonest, checkSingleUse, checkSame, checkFamilies, checkRegisters, checkCounters} {
		found = append(found, rule(ops)...)
	}
	slices.SortStableFunc(found, func(a, b Violation) int { return int(a.Op.Start - b.Op.Start) })
	return found
}

// noteNoRetry marks a 503 that did not say when to come back.
const noteNoRetry = "no Retry-After"

func checkHonest(ops []Op) (found []Violation) {
	for _, op := range ops {
		switch {
		case op.Status == http.StatusInternalServerError:
			found = append(found, Violation{Honest, "answered 500", op})
		case strings.HasSuffix(op.Note, noteNoRetry):
			found = append(found, Violation{Honest, "503 without Retry-After", op})
		}
	}
	return found
}

func checkSingleUse(ops []Op) (found []Violation) {
	first := map[string]Op{}
	for _, op := range ops {
		if op.Kind != Redeem || op.Outcome != OK {
			continue
		}
		if before, twice := first[op.Subject]; twice {
			found = append(found, Violation{SingleUse, fmt.Sprintf("redeemed before, from %s to %s", before.Start, before.End), op})
		}
		first[op.Subject] = op
	}
	return found
}

func checkSame(ops []Op) (found []Violation) {
	first := map[string]Op{}
	for _, op := range ops {
		if op.Kind != Same || op.Outcome != OK {
			continue
		}
		before, seen := first[op.Subject]
		if seen && before.Value != op.Value {
			found = append(found, Violation{Repeats, fmt.Sprintf("was %s, from %s to %s", before.Value, before.Start, before.End), op})
		}
		if !seen {
			first[op.Subject] = op
		}
	}
	return found
}

// checkFamilies: a refresh token has one child, however often and by how many at once it is used, and none any more once
// that child has been used.
func checkFamilies(ops []Op) (found []Violation) {
	child, used := map[string]string{}, map[string]time.Duration{}
	for _, op := range ops { // when each token was first known to have brought a child
		if op.Kind != Refresh || op.Outcome != OK || op.Value == op.Subject {
			continue
		}
		if at, before := used[op.Subject]; !before || op.End < at {
			used[op.Subject] = op.End
		}
	}
	for _, op := range ops {
		if op.Kind != Refresh || op.Outcome != OK || op.Value == op.Subject {
			continue
		}
		switch before, seen := child[op.Subject]; {
		case !seen:
			child[op.Subject] = op.Value
		case before != op.Value:
			found = append(found, Violation{OneChild, "had another child before", op})
		}
		if at, gone := used[op.Value]; gone && op.Start > at {
			found = append(found, Violation{OneChild, "its child was used by " + at.String(), op})
		}
	}
	return found
}

// never is the end of an act whose answer was lost: it may happen at any time.
const never = time.Duration(math.MaxInt64)

func (o Op) ended() time.Duration {
	if o.Outcome == Lost {
		return never
	}
	return o.End
}
