package keys

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// ErrConflict is what a Store returns from SwapKeyring when the revision is not the present one.
var ErrConflict = errors.New("keys: the keyring was changed by another")

// Store keeps the one sealed document of the keyring, the same for every replica.
type Store interface {
	// Keyring returns the document and its revision; nil and 0 when there is none yet.
	Keyring(ctx context.Context) (doc []byte, rev int64, err error)
	// SwapKeyring replaces the document, at a time that is for the record, if its revision is still rev (0: if there is none yet) and raises the revision, in
	// one step. Otherwise the error satisfies errors.Is(err, ErrConflict).
	SwapKeyring(ctx context.Context, doc []byte, rev int64, at time.Time) error
}

// maxSwaps is how often a change is tried anew after losing to another replica.
const maxSwaps = 10

// Ring is the set of signing keys as this replica last read it. Signing and verifying take no lock and do no I/O, so they
// go on while the store is away: a key announced before takes over at its time all the same. It is safe for concurrent
// use and prints as "[redacted]".
type Ring struct {
	redacted
	store   Store
	keyset  *Keyset
	policy  Policy
	update  sync.Mutex // one reading or change at a time, so that an older reading never replaces a newer one
	current atomic.Pointer[snapshot]
}

// OpenRing reads the ring, making the first keys if there are none: of many replicas that start at once on an empty store
// one writes, and all end with its keys. It fails if the stored ring does not open with this keyset, and never replaces it.
func OpenRing(ctx context.Context, store Store, keyset *Keyset, policy Policy, now time.Time) (*Ring, error) {
	if err := policy.check(); err != nil {
		return nil, err
	}
	ring := &Ring{store: store, keyset: keyset, policy: policy.complete()}
	if err := ring.Refresh(ctx, now); err != nil {
		return nil, err
	}
	return ring, nil
}

// Refresh reads the ring and does what Plan says. Call it every minute. On error the keys read before stay in use.
func (r *Ring) Refresh(ctx context.Context, now time.Time) error {
	return r.change(ctx, now, func([]KeyMeta) Actions { return Actions{} })
}

// RefreshAfter is Refresh, unless the ring was read less than age ago. Call it, with a few seconds, after ErrUnknownKey:
// the key may be one that another replica has just made, but whoever invents kids must not make us read the store each time.
func (r *Ring) RefreshAfter(ctx context.Context, now time.Time, age time.Duration) error {
	if now.Sub(r.current.Load().readAt) < age {
		return nil
	}
	return r.Refresh(ctx, now)
}

// RotateNow announces the next key of an algorithm now instead of at the end of the rotation; it signs after the usual
// announce time, so nobody notices. Where a next key is announced already, there is nothing to do.
func (r *Ring) RotateNow(ctx context.Context, now time.Time, alg Alg) error {
	if err := checkAlg(alg); err != nil {
		return err
	}
	return r.change(ctx, now, func(ring []KeyMeta) Actions {
		for _, l := range lives(ring, r.policy) {
			if l.Alg == alg && l.state(now) == StateAnnounced {
				return Actions{}
			}
		}
		return Actions{Make: []NewKey{{Alg: alg, Activates: now.Add(r.policy.Announce)}}}
	})
}

// Ensure makes a key of an algorithm, which signs at once, where there is none yet (ErrNoKey). From then on it is kept as others are.
func (r *Ring) Ensure(ctx context.Context, now time.Time, alg Alg) error {
	if err := checkAlg(alg); err != nil {
		return err
	}
	return r.change(ctx, now, func(ring []KeyMeta) Actions {
		for _, meta := range ring {
			if meta.Alg == alg {
				return Actions{}
			}
		}
		return Actions{Make: []NewKey{{Alg: alg, Activates: now}}}
	})
}

// RotateEmergency is for a private key that got out: every key of the algorithm is deleted, the announced one too, and a
// new one signs at once. All tokens of the deleted keys stop verifying: here at once, at other replicas with their next
// Refresh, at applications when they read the JWKS again. Until its Refresh another replica still signs with the old key.
func (r *Ring) RotateEmergency(ctx context.Context, now time.Time, alg Alg) error {
	if err := checkAlg(alg); err != nil {
		return err
	}
	return r.change(ctx, now, func(ring []KeyMeta) Actions {
		actions := Actions{Make: []NewKey{{Alg: alg, Activates: now}}}
		for _, meta := range ring {
			if meta.Alg == alg {
				actions.Delete = append(actions.Delete, meta.ID)
			}
		}
		return actions
	})
}

// Algs returns the algorithms that the ring can sign with.
func (r *Ring) Algs() []Alg { return algs() }

// JWKS returns the JSON Web Key Set (RFC 7517 section 5) of all published keys, ordered by kid: the same bytes on every
// replica that has read the same ring. The bytes are shared: do not change them.
func (r *Ring) JWKS(now time.Time) []byte { return r.current.Load().renderJWKS(now) }

// List tells of every key, by algorithm and activation.
func (r *Ring) List(now time.Time) []KeyStatus { return r.current.Load().list(now) }

// change reads the ring, does what is asked and what Plan says, and writes it if anything changed: all over again when
// another replica was first.
func (r *Ring) change(ctx context.Context, now time.Time, asked func([]KeyMeta) Actions) error {
	r.update.Lock()
	defer r.update.Unlock()
	now = now.UTC().Round(0)
	for range maxSwaps {
		err := r.tryChange(ctx, now, asked)
		if !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("keys: gave up after %d attempts: %w", maxSwaps, ErrConflict)
}

func (r *Ring) tryChange(ctx context.Context, now time.Time, asked func([]KeyMeta) Actions) error {
	sealed, rev, err := r.store.Keyring(ctx)
	if err != nil {
		return fmt.Errorf("keys: reading the keyring: %w", err)
	}
	before, err := openDocument(sealed, r.keyset)
	if err != nil {
		return err
	}
	after, changed, err := r.develop(before, now, asked)
	if err != nil {
		return err
	}
	next, err := newSnapshot(after, r.policy, now)
	if err != nil {
		return err
	}
	if changed || !r.keyset.SealedByPrimary(sealed) {
		if err := r.write(ctx, after, rev, now); err != nil {
			return err
		}
	}
	r.current.Store(next)
	return nil
}

// develop does first what was asked, then what is due.
func (r *Ring) develop(doc document, now time.Time, asked func([]KeyMeta) Actions) (document, bool, error) {
	changed := false
	due := func(ring []KeyMeta) Actions { return Plan(ring, now, r.policy) }
	for _, wish := range []func([]KeyMeta) Actions{asked, due} {
		actions := wish(doc.metas())
		if actions.None() {
			continue
		}
		next, err := doc.perform(actions, now)
		if err != nil {
			return document{}, false, err
		}
		doc, changed = next, true
	}
	return doc, changed, nil
}

func (r *Ring) write(ctx context.Context, doc document, rev int64, now time.Time) error {
	sealed, err := doc.seal(r.keyset)
	if err != nil {
		return err
	}
	if err := r.store.SwapKeyring(ctx, sealed, rev, now); err != nil {
		return fmt.Errorf("keys: writing the keyring: %w", err)
	}
	return nil
}
