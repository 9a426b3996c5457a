package main

import "fmt"

// checkCounters: a counter that is read stands at no less than what was surely counted since the last reset that may have
// been, and at no more than what may have been counted since the last that surely was.
func checkCounters(ops []Op) (found []Violation) {
	counters := map[string][]Op{}
	for _, op := range ops {
		switch op.Kind {
		case Count, Reset, Total:
			counters[op.Subject] = append(counters[op.Subject], op)
		}
	}
	for _, all := range counters {
		for _, op := range all {
			if op.Kind != Total || op.Outcome != OK {
				continue
			}
			if least, most := bounds(all, op); op.N < least || op.N > most {
				found = append(found, Violation{Counted, fmt.Sprintf("stands at %d, not between %d and %d", op.N, least, most), op})
			}
		}
	}
	return found
}

func bounds(all []Op, read Op) (least, most int) {
	for _, c := range all {
		if c.Kind != Count || c.Outcome == Refused || c.Start > read.End {
			continue
		}
		gone, kept := false, c.Outcome == OK && c.End < read.Start
		for _, z := range all {
			if z.Kind != Reset || z.Outcome == Refused || z.Start > read.End {
				continue
			}
			gone = gone || z.Outcome == OK && c.ended() < z.Start && z.End < read.Start
			kept = kept && z.ended() < c.Start
		}
		if kept {
			least++
		}
		if !gone {
			most++
		}
	}
	return least, most
}
