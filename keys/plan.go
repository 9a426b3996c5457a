package keys

import (
	"slices"
	"time"
)

// Actions is what Plan finds to do. Both lists are empty nearly always.
type Actions struct {
	Make   []NewKey
	Delete []string // kids of keys of which nothing can be valid any more
}

// NewKey asks for a key to be made and announced now.
type NewKey struct {
	Alg       Alg
	Activates time.Time
}

// None says that there is nothing to do.
func (a Actions) None() bool { return len(a.Make) == 0 && len(a.Delete) == 0 }

// Plan says what the ring needs at now: for an algorithm that is always kept and has no keys one that signs at once; for one whose newest key has
// Announce or less until its Rotation is over, the next, which activates when both that rotation is over and it has been
// announced for long enough; and the removal of keys past their Overlap. Doing what it says and asking again gives None.
func Plan(ring []KeyMeta, now time.Time, p Policy) Actions {
	p = p.complete()
	var actions Actions
	newest := map[Alg]life{}
	for _, l := range lives(ring, p) {
		newest[l.Alg] = l
		if schemeOf(l.Alg) != nil && l.state(now) == StateDeleted {
			actions.Delete = append(actions.Delete, l.ID)
		}
	}
	for _, alg := range algs() {
		last, any := newest[alg]
		if !any && !slices.Contains(kept(), alg) {
			continue
		}
		if !any {
			actions.Make = append(actions.Make, NewKey{Alg: alg, Activates: now})
			continue
		}
		due := last.Activates.Add(p.Rotation)
		if soonest := now.Add(p.Announce); !due.After(soonest) {
			actions.Make = append(actions.Make, NewKey{Alg: alg, Activates: soonest})
		}
	}
	return actions
}
