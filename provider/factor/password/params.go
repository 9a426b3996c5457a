package password

import (
	"errors"
	"fmt"
)

// Params are the costs of Argon2id. The zero value means the defaults: 19 MiB,
// two passes, one lane.
type Params struct {
	MemoryKiB uint32
	Time      uint32 // passes over the memory
	Threads   uint8  // lanes; computed one after another, on one core
	// Insecure allows costs below the floor. For tests of other things only.
	Insecure bool
}

// errNoPepper means a keyset without a pepper key: a fault of the deployment.
var errNoPepper = errors.New("password: no pepper key")

// Bounds of what is computed at all, beside the live parameters.
const (
	memoryMax  = 64 << 10 // KiB
	timeMax    = 4
	threadsMax = 4
)

// withDefaults fills in what is not set.
func (p Params) withDefaults() Params {
	if p.MemoryKiB == 0 {
		p.MemoryKiB = 19456
	}
	if p.Time == 0 {
		p.Time = 2
	}
	if p.Threads == 0 {
		p.Threads = 1
	}
	return p
}

// floor is the least memory in KiB for a number of passes (OWASP ASVS 5.0,
// appendix C).
func floor(time uint32) uint32 {
	switch {
	case time <= 1:
		return 47104
	case time == 2:
		return 19456
	default:
		return 12288
	}
}

// Check says what is wrong with the parameters, for the operator.
func (p Params) Check() error {
	p = p.withDefaults()
	switch {
	case !p.Insecure && p.MemoryKiB < floor(p.Time):
		return fmt.Errorf("password hashing with t=%d needs at least %d KiB of memory, not %d", p.Time, floor(p.Time), p.MemoryKiB)
	case p.MemoryKiB > 1<<20 || p.Time > 16 || p.Threads > threadsMax:
		return fmt.Errorf("password hashing takes at most 1 GiB of memory, t=16 and p=%d", threadsMax)
	}
	return nil
}

// effective is what is computed with: defaults filled in, the floor kept.
func (p Params) effective() Params {
	p = p.withDefaults()
	if !p.Insecure {
		p.MemoryKiB = max(p.MemoryKiB, floor(p.Time))
	}
	return p
}

// within reports whether a stored hash with these parameters is computed at
// all: up to the bounds, or up to the live ones where these are higher.
func (p Params) within(live Params) bool {
	return p.MemoryKiB >= 1 && p.MemoryKiB <= max(memoryMax, live.MemoryKiB) &&
		p.Time >= 1 && p.Time <= max(timeMax, live.Time) &&
		p.Threads >= 1 && p.Threads <= max(threadsMax, live.Threads)
}

// same compares costs.
func (p Params) same(q Params) bool {
	return p.MemoryKiB == q.MemoryKiB && p.Time == q.Time && p.Threads == q.Threads
}

// blocks is the memory in blocks of 1 KiB.
func (p Params) blocks() uint32 { return blocks(p.MemoryKiB, uint32(p.Threads)) }
