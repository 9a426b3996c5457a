package main

import (
	"fmt"
	"time"
)

// registers are the writes of each register that happened or may have.
type registers map[string][]Op

// registersOf sorts the writes by register. A write that rests on facts is only as good as they are: where one of them may
// not have held, it may not have been done.
func registersOf(ops []Op) registers {
	r := registers{}
	var resting []Op
	for _, op := range ops {
		switch {
		case op.Kind != Set || op.Outcome == Refused:
		case len(op.Rests) > 0:
			resting = append(resting, op)
		default:
			r[op.Subject] = append(r[op.Subject], op)
		}
	}
	for _, op := range resting {
		for _, f := range op.Rests {
			if _, fails := r.may(f, op.Start, op.End); fails {
				op.Outcome = Lost
			}
		}
		r[op.Subject] = append(r[op.Subject], op)
	}
	return r
}

// may answers whether a fact may have held, and whether it may not have, at some moment between two times. A value is
// possible if its write began before the end, and no acknowledged write stands wholly between it and the beginning.
func (r registers) may(f Fact, from, to time.Duration) (holds, fails bool) {
	newest := time.Duration(-1) // the latest beginning of a write that was surely done
	for _, w := range r[f.Subject] {
		if w.Outcome == OK && w.End < from {
			newest = max(newest, w.Start)
		}
	}
	if newest < 0 {
		holds, fails = f.Value == Live, f.Value != Live
	}
	for _, w := range r[f.Subject] {
		switch {
		case w.Start > to || w.ended() < newest:
		case w.Value == f.Value:
			holds = true
		default:
			fails = true
		}
	}
	return holds, fails
}

// checkRegisters: what was given rested on facts that may have held, and what was refused on one that may not have.
func checkRegisters(ops []Op) (found []Violation) {
	r := registersOf(ops)
	for _, op := range ops {
		if len(op.Rests) == 0 || op.Outcome == Lost || op.Kind == Set {
			continue
		}
		excused := false
		for _, f := range op.Rests {
			holds, fails := r.may(f, op.Start, op.End)
			excused = excused || fails
			if op.Outcome == OK && !holds {
				found = append(found, Violation{Durable, fmt.Sprintf("%s was not %s any more", f.Subject, f.Value), op})
			}
		}
		if op.Outcome == Refused && !excused {
			found = append(found, Violation{Explicable, fmt.Sprintf("all of %v held", op.Rests), op})
		}
	}
	return found
}
