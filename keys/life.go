package keys

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Policy says how signing keys follow one another. A zero field means its default.
type Policy struct {
	// Rotation is how long a key signs before the next takes over. Default 90 days.
	Rotation time.Duration
	// Announce is how long the next key is published before it signs. It must exceed the time that applications keep the
	// JWKS plus the minute that replicas take to see it, and be shorter than Rotation. Default 24 hours.
	Announce time.Duration
	// Overlap is how long a key stays published after its last signature. It must exceed the longest life of a token plus
	// the time that applications keep the JWKS. Default 25 hours.
	Overlap time.Duration
}

func (p Policy) complete() Policy {
	return Policy{
		Rotation: cmp.Or(p.Rotation, 90*24*time.Hour),
		Announce: cmp.Or(p.Announce, 24*time.Hour),
		Overlap:  cmp.Or(p.Overlap, 25*time.Hour),
	}
}

func (p Policy) check() error {
	if p.Rotation < 0 || p.Announce < 0 || p.Overlap < 0 {
		return errors.New("keys: rotation, announce and overlap of the key policy must not be negative")
	}
	if complete := p.complete(); complete.Announce >= complete.Rotation {
		return fmt.Errorf("keys: the key policy announces for %v, which must be shorter than the rotation of %v", complete.Announce, complete.Rotation)
	}
	return nil
}

// KeyMeta is what may be known about a signing key. Its dates are facts that never change; its state is computed.
type KeyMeta struct {
	ID        string    // the kid: taken from the RFC 7638 thumbprint, so unique to the key
	Alg       Alg       // fixed for the key's life
	Announced time.Time // made, and published from then on
	Activates time.Time // signs from then on, until the next key of its algorithm does
}

// State is where a signing key is in its life.
type State string

// The states, in their order. All but the last are published.
const (
	StateAnnounced State = "announced" // published, does not sign yet
	StateActive    State = "active"    // signs
	StateRetired   State = "retired"   // signs no more; what it signed still verifies
	StateDeleted   State = "deleted"   // verifies nothing; Plan says to remove it
)

// life is a key's dates with those that follow from its neighbours. A zero date has not been set yet.
type life struct {
	KeyMeta
	eldest  bool      // no older key of this algorithm is in the ring
	retires time.Time // when its successor activates
	deletes time.Time // when all it signed has expired
}

// lives computes the life of every key, in order of algorithm and activation.
func lives(ring []KeyMeta, p Policy) []life {
	p = p.complete()
	sorted := slices.SortedFunc(slices.Values(ring), func(a, b KeyMeta) int {
		return cmp.Or(cmp.Compare(a.Alg, b.Alg), a.Activates.Compare(b.Activates), cmp.Compare(a.ID, b.ID))
	})
	all := make([]life, len(sorted))
	for i, meta := range sorted {
		all[i] = life{KeyMeta: meta, eldest: i == 0 || sorted[i-1].Alg != meta.Alg}
		if i+1 < len(sorted) && sorted[i+1].Alg == meta.Alg {
			all[i].retires = sorted[i+1].Activates
			all[i].deletes = all[i].retires.Add(p.Overlap)
		}
	}
	return all
}

// state tells the state at now. The eldest key is active even before its date: nothing else could sign, and the clock of
// the replica that made it may be some seconds ahead of ours.
func (l life) state(now time.Time) State {
	switch {
	case !l.deletes.IsZero() && !now.Before(l.deletes):
		return StateDeleted
	case !l.retires.IsZero() && !now.Before(l.retires):
		return StateRetired
	case l.eldest || !now.Before(l.Activates):
		return StateActive
	default:
		return StateAnnounced
	}
}

// span tells from when until when the key is in the state it has at now; until is zero when nothing has set it yet.
func (l life) span(now time.Time) (since, until time.Time) {
	switch l.state(now) {
	case StateDeleted:
		return l.deletes, time.Time{}
	case StateRetired:
		return l.retires, l.deletes
	case StateActive:
		return l.Activates, l.retires
	default:
		return l.Announced, l.Activates
	}
}

// Signing returns the kid of the one key of an algorithm that signs at now, or "" if the ring has none for it.
func Signing(ring []KeyMeta, alg Alg, now time.Time) string {
	for _, l := range lives(ring, Policy{}) { // the policy has no part in which key is active
		if l.Alg == alg && l.state(now) == StateActive {
			return l.ID
		}
	}
	return ""
}
