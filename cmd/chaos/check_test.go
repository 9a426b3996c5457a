package main

import (
	"testing"
	"time"
)

// at is an Op between two moments.
func at(from, to int, kind Kind, subject string, outcome Outcome, change ...func(*Op)) Op {
	op := Op{Kind: kind, Subject: subject, Start: time.Duration(from), End: time.Duration(to), Outcome: outcome}
	for _, c := range change {
		c(&op)
	}
	return op
}

func value(v string) func(*Op)   { return func(o *Op) { o.Value = v } }
func counted(n int) func(*Op)    { return func(o *Op) { o.N = n } }
func status(n int) func(*Op)     { return func(o *Op) { o.Status = n } }
func note(text string) func(*Op) { return func(o *Op) { o.Note = text } }
func rests(subject, v string) func(*Op) {
	return func(o *Op) { o.Rests = append(o.Rests, Fact{subject, v}) }
}

// TestTheCheckerSeesWhatIsBroken: each promise, broken and kept, in histories of a few acts.
func TestTheCheckerSeesWhatIsBroken(t *testing.T) {
	t.Parallel()
	live, over := rests("session:1", Live), value(Over)
	for name, c := range map[string]struct {
		broken string
		ops    []Op
	}{
		"code redeemed twice":               {SingleUse, []Op{at(1, 2, Redeem, "c", OK), at(1, 3, Redeem, "c", OK)}},
		"code redeemed once, lost once":     {"", []Op{at(1, 2, Redeem, "c", OK), at(1, 3, Redeem, "c", Lost), at(4, 5, Redeem, "c", Refused)}},
		"two children":                      {OneChild, []Op{at(1, 3, Refresh, "a", OK, value("b")), at(2, 4, Refresh, "a", OK, value("c"))}},
		"the same child again":              {"", []Op{at(1, 3, Refresh, "a", OK, value("b")), at(4, 5, Refresh, "a", OK, value("b"))}},
		"parent used after its child":       {OneChild, []Op{at(1, 2, Refresh, "a", OK, value("b")), at(3, 4, Refresh, "b", OK, value("c")), at(5, 6, Refresh, "a", OK, value("b"))}},
		"parent used while its child is":    {"", []Op{at(1, 2, Refresh, "a", OK, value("b")), at(3, 6, Refresh, "b", OK, value("c")), at(5, 7, Refresh, "a", OK, value("b"))}},
		"not rotating":                      {"", []Op{at(1, 2, Refresh, "a", OK, value("a")), at(3, 4, Refresh, "a", OK, value("a"))}},
		"two sessions of one ceremony":      {Repeats, []Op{at(1, 2, Same, "ceremony", OK, value("x")), at(3, 4, Same, "ceremony", OK, value("y"))}},
		"ended session accepted":            {Durable, []Op{at(1, 2, Set, "session:1", OK, over), at(3, 4, Use, "", OK, live)}},
		"ended while used":                  {"", []Op{at(1, 4, Set, "session:1", OK, over), at(3, 5, Use, "", OK, live)}},
		"end lost on the way":               {"", []Op{at(1, 2, Set, "session:1", Lost, over), at(3, 5, Use, "", OK, live), at(6, 7, Use, "", Refused, live)}},
		"end refused":                       {Explicable, []Op{at(1, 2, Set, "session:1", Refused, over), at(6, 7, Use, "", Refused, live)}},
		"refused without a cause":           {Explicable, []Op{at(6, 7, Use, "", Refused, live)}},
		"refused before the end":            {Explicable, []Op{at(1, 2, Use, "", Refused, live), at(3, 4, Set, "session:1", OK, over)}},
		"put in use again":                  {"", []Op{at(1, 2, Set, "session:1", OK, over), at(3, 4, Set, "session:1", OK, value(Live)), at(5, 6, Use, "", OK, live)}},
		"put in use again, and refused":     {Explicable, []Op{at(1, 2, Set, "session:1", OK, over), at(3, 4, Set, "session:1", OK, value(Live)), at(5, 6, Use, "", Refused, live)}},
		"old password accepted":             {Durable, []Op{at(0, 0, Set, "password:a", OK, value("p")), at(1, 2, Set, "password:a", OK, value("q")), at(3, 4, Use, "", OK, rests("password:a", "p"))}},
		"new password refused":              {Explicable, []Op{at(0, 0, Set, "password:a", OK, value("p")), at(1, 2, Set, "password:a", OK, value("q")), at(3, 4, Use, "", Refused, rests("password:a", "q"))}},
		"old password while it changes":     {"", []Op{at(0, 0, Set, "password:a", OK, value("p")), at(1, 4, Set, "password:a", OK, value("q")), at(3, 4, Use, "", OK, rests("password:a", "p"))}},
		"counted":                           {"", []Op{at(1, 2, Count, "n", OK), at(1, 3, Count, "n", OK), at(4, 5, Total, "n", OK, counted(2))}},
		"one uncounted":                     {Counted, []Op{at(1, 2, Count, "n", OK), at(1, 3, Count, "n", OK), at(4, 5, Total, "n", OK, counted(1))}},
		"one counted twice":                 {Counted, []Op{at(1, 2, Count, "n", OK), at(4, 5, Total, "n", OK, counted(2))}},
		"one lost on the way":               {"", []Op{at(1, 2, Count, "n", Lost), at(4, 5, Total, "n", OK, counted(1)), at(6, 7, Total, "n", OK)}},
		"reset":                             {"", []Op{at(1, 2, Count, "n", OK), at(3, 4, Reset, "n", OK), at(5, 6, Count, "n", OK), at(7, 8, Total, "n", OK, counted(1))}},
		"not reset":                         {Counted, []Op{at(1, 2, Count, "n", OK), at(3, 4, Reset, "n", OK), at(5, 6, Count, "n", OK), at(7, 8, Total, "n", OK, counted(2))}},
		"500":                               {Honest, []Op{at(1, 2, Use, "", Lost, status(500))}},
		"503 without Retry-After":           {Honest, []Op{at(1, 2, Use, "", Lost, status(503), note("x: "+noteNoRetry))}},
		"503":                               {"", []Op{at(1, 2, Use, "", Lost, status(503))}},
		"what nobody claims is not judged":  {"", []Op{at(1, 2, Set, "session:1", OK, over), at(3, 4, Use, "", OK), at(3, 4, Use, "", Refused)}},
		"one of two facts is cause enough":  {"", []Op{at(1, 2, Set, "grant:1", OK, over), at(3, 4, Use, "", Refused, live, rests("grant:1", Live))}},
		"a write that rests on nothing":     {"", []Op{at(1, 2, Set, "account:a", OK, over), at(3, 4, Set, "session:1", OK, over, rests("account:a", Live)), at(5, 6, Use, "", OK, live)}},
		"a write that rests on a fact":      {Durable, []Op{at(3, 4, Set, "session:1", OK, over, rests("account:a", Live)), at(5, 6, Use, "", OK, live)}},
		"both facts must hold to be served": {Durable, []Op{at(1, 2, Set, "grant:1", OK, over), at(3, 4, Use, "", OK, live, rests("grant:1", Live))}},
	} {
		found := Check(c.ops)
		switch {
		case c.broken == "" && len(found) > 0:
			t.Errorf("%s: %v", name, found)
		case c.broken != "" && (len(found) == 0 || found[0].Promise != c.broken):
			t.Errorf("%s: found %v, want %s", name, found, c.broken)
		}
	}
}
