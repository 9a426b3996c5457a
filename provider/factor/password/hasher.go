package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"sync/atomic"
)

// Pepper is the keyed hash that a password goes through before Argon2id, so
// that a stolen database alone does not let anybody guess (keys.Keyset is one).
// An empty keyID means the primary key. It returns the id of the key used, and
// "" if it has no such key.
type Pepper interface {
	Pepper(keyID string, in []byte) (id string, out []byte)
}

// Hasher makes and checks stored password hashes. Safe for concurrent use.
// It keeps one piece of memory per permit of its gate and uses it again and
// again; nothing else of size is allocated.
type Hasher struct {
	params Params
	pepper Pepper
	gate   *Gate
	memory chan []block
	count  atomic.Uint64
}

// NewHasher returns a hasher that makes hashes with the given parameters
// (raised to the floor unless they are Insecure). Hashers may share a gate; nil
// means a gate of its own with the defaults.
func NewHasher(params Params, pepper Pepper, gate *Gate) *Hasher {
	if gate == nil {
		gate = NewGate(GateConfig{})
	}
	return &Hasher{
		params: params.effective(),
		pepper: pepper,
		gate:   gate,
		memory: make(chan []block, gate.config.Limit),
	}
}

// Count returns how many Argon2id hashes were computed so far.
func (h *Hasher) Count() uint64 { return h.count.Load() }

// Params returns the live parameters.
func (h *Hasher) Params() Params { return h.params }

// Hash returns the text to store for a new password. Errors: *Refusal if the
// text can be no password (Policy.Check finds that first), *Busy, or the
// context's own if it ends while waiting.
func (h *Hasher) Hash(ctx context.Context, password string) (encoded string, err error) {
	normal, err := normalize(password)
	if err != nil {
		return "", err
	}
	s := stored{params: h.params}
	_, _ = rand.Read(s.salt[:]) // never fails: crypto/rand ends the program instead
	id, peppered := h.pepper.Pepper("", normal)
	if id == "" {
		return "", errNoPepper
	}
	s.pepper = id
	if err := h.compute(ctx, s.hash[:], peppered, s.salt[:], s.params); err != nil {
		return "", err
	}
	return s.encode(), nil
}

// Check compares a password with a stored value. It computes exactly one hash
// whatever it is given: an empty value (nobody has this name), a garbled one,
// one under a pepper key that is gone, text that can be no password. All these
// are (false, false, nil); only for values with other than the live parameters,
// or of another system (Accepts), does it cost something else, so failures are
// answered at a fixed time (web.Response.Every). rehash means: the password is right, and
// should be stored anew with Hash, because the parameters or the pepper key
// have changed, or it was not ours. Errors, and no hash: *Busy, or the context's own if it ends
// while waiting; a context that ends later changes nothing.
func (h *Hasher) Check(ctx context.Context, encoded, password string) (ok, rehash bool, err error) {
	normal, unusable := normalize(password)
	if theirs, err := readForeign(encoded); err == nil {
		ok, err := h.checkForeign(ctx, theirs, password, unusable == nil)
		return ok, ok, err
	}
	s, known := decode(encoded)
	if !known || !s.params.within(h.params) {
		s, known = stored{params: h.params}, false
	}
	live, peppered := h.pepper.Pepper("", normal)
	if s.pepper != live && known {
		var id string
		id, peppered = h.pepper.Pepper(s.pepper, normal)
		known = id == s.pepper
	}
	var got [hashSize]byte
	if err := h.compute(ctx, got[:], peppered, s.salt[:], s.params); err != nil {
		return false, false, err
	}
	same := subtle.ConstantTimeCompare(got[:], s.hash[:]) == 1
	ok = same && known && unusable == nil
	return ok, ok && (!s.params.same(h.params) || s.pepper != live), nil
}

// checkForeign checks a hash of another system. Where the password is wrong it computes one of ours too, under the same permit;
// where it is right, the caller does, to store it anew.
func (h *Hasher) checkForeign(ctx context.Context, theirs foreign, typed string, usable bool) (bool, error) {
	ok := false
	err := h.admitted(ctx, func() {
		text := []byte(typed[:min(len(typed), typedMax)])
		ok = theirs(text) && usable
		if !ok {
			var spent stored
			h.argon(spent.hash[:], text, spent.salt[:], h.params)
		}
	})
	return ok, err
}

// compute runs one Argon2id under a permit.
func (h *Hasher) compute(ctx context.Context, out, in, salt []byte, p Params) error {
	return h.admitted(ctx, func() { h.argon(out, in, salt, p) })
}

// admitted does something under a permit, which it holds until that has ended
// even if the context ends before.
func (h *Hasher) admitted(ctx context.Context, do func()) error {
	if err := h.gate.Enter(ctx, hasPriority(ctx)); err != nil {
		return err
	}
	defer h.gate.Leave()
	do()
	return nil
}

// argon is one Argon2id in memory of ours.
func (h *Hasher) argon(out, in, salt []byte, p Params) {
	memory := h.take(p)
	defer h.put(memory)
	h.count.Add(1)
	argon2id(out, memory, in, salt, nil, nil, p.Time, p.MemoryKiB, uint32(p.Threads))
}

// take returns memory for one hash, used memory if there is any. An old hash
// that needs more than the live parameters gets memory of its own.
func (h *Hasher) take(p Params) []block {
	need := max(p.blocks(), h.params.blocks())
	if need == h.params.blocks() {
		select {
		case memory := <-h.memory:
			return memory
		default:
		}
	}
	return make([]block, need)
}

// put keeps memory for the next hash. It never blocks: there are as many places
// as permits, unless several hashers share a gate.
func (h *Hasher) put(memory []block) {
	if len(memory) != int(h.params.blocks()) {
		return
	}
	select {
	case h.memory <- memory:
	default:
	}
}
