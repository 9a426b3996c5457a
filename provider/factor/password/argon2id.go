package password

import (
	"encoding/binary"

	"golang.org/x/crypto/blake2b"
)

// Memory. Context: golang.org/x/crypto/argon2 allocates its 19 MiB anew for every
// hash, and no other module offers less. Choice: a core of our own (RFC 9106,
// pure Go over x/crypto's BLAKE2b), tested against the RFC's vector and against
// x/crypto, with one piece of memory per permit, used again and again. Measured
// on 2 cores (amd64): 21.2 ms a hash against 19.8 ms of x/crypto's assembly, and 2.7 KiB
// allocated against 19 MiB; 400 hashes, two at once: 42 a second against 41, 52
// MiB of peak memory against 126, 6 garbage collections against 143. Rejected: x/crypto with GOMEMLIMIT,
// which collects once for every hash. On architectures where x/crypto has no
// assembly the two are alike.

// RFC 9106 section 3: the version, the types Argon2i (of other systems only) and
// Argon2id, and the number of slices of a pass.
const (
	argonVersion = 0x13
	argonTypeI   = 1
	argonTypeID  = 2
	slicesInPass = 4
)

// argon is one computation of Argon2. Lanes are filled one after another on
// the calling goroutine: the result is the same, and a hash never takes more
// than the one core that its permit stands for.
type argon struct {
	kind   uint32 // argonTypeID or argonTypeI
	memory []block
	time   uint32
	lanes  uint32
	lane   uint32 // blocks in a lane
	part   uint32 // blocks in a lane's slice
}

// blocks is how many blocks of memory the parameters take (RFC 9106 section
// 3.2, m'): memory rounded down to a multiple of four slices in each lane.
func blocks(memoryKiB, lanes uint32) uint32 {
	unit := slicesInPass * lanes
	return max(memoryKiB/unit, 2) * unit
}

// argon2id computes Argon2id (RFC 9106) into out, in the given memory, which
// must hold at least blocks(memoryKiB, lanes) and whose content does not matter.
// The caller guarantees time >= 1 and lanes >= 1.
func argon2id(out []byte, memory []block, password, salt, secret, data []byte, time, memoryKiB, lanes uint32) {
	argonHash(argonTypeID, out, memory, password, salt, secret, data, time, memoryKiB, lanes)
}

// argonHash is argon2id for either type.
func argonHash(kind uint32, out []byte, memory []block, password, salt, secret, data []byte, time, memoryKiB, lanes uint32) {
	n := blocks(memoryKiB, lanes)
	a := argon{kind: kind, memory: memory[:n], time: time, lanes: lanes, lane: n / lanes, part: n / lanes / slicesInPass}
	h0 := firstHash(kind, len(out), password, salt, secret, data, time, memoryKiB, lanes)
	a.begin(h0)
	for pass := range time {
		for slice := range uint32(slicesInPass) {
			for lane := range lanes {
				a.fill(pass, slice, lane)
			}
		}
	}
	a.finish(out)
}

// firstHash is H0 of RFC 9106 section 3.2, step 1.
func firstHash(kind uint32, size int, password, salt, secret, data []byte, time, memoryKiB, lanes uint32) [64]byte {
	var in []byte
	for _, v := range []uint32{lanes, uint32(size), memoryKiB, time, argonVersion, kind} {
		in = binary.LittleEndian.AppendUint32(in, v)
	}
	for _, field := range [][]byte{password, salt, secret, data} {
		in = binary.LittleEndian.AppendUint32(in, uint32(len(field)))
		in = append(in, field...)
	}
	h0 := blake2b.Sum512(in)
	clear(in)
	return h0
}

// begin writes the first two blocks of each lane (steps 3 and 4).
func (a *argon) begin(h0 [64]byte) {
	var raw [1024]byte
	for lane := range a.lanes {
		for column := range uint32(2) {
			in := binary.LittleEndian.AppendUint32(h0[:], column)
			in = binary.LittleEndian.AppendUint32(in, lane)
			longHash(raw[:], in)
			b := &a.memory[lane*a.lane+column]
			for i := range b {
				b[i] = binary.LittleEndian.Uint64(raw[i*8:])
			}
		}
	}
}

// fill computes one slice of one lane in one pass (steps 5 and 6).
func (a *argon) fill(pass, slice, lane uint32) {
	// Argon2id: the first half of the first pass takes its references from a
	// counter, so that they tell a cache nothing about the password; the rest
	// takes them from the data. Argon2i counts all the way.
	counted := a.kind == argonTypeI || pass == 0 && slice < slicesInPass/2
	var addresses, counter, zero block
	counter = block{uint64(pass), uint64(lane), uint64(slice), uint64(len(a.memory)), uint64(a.time), uint64(a.kind)}
	index := uint32(0)
	if pass == 0 && slice == 0 {
		index = 2
	}
	for ; index < a.part; index++ {
		column := slice*a.part + index
		before := (column + a.lane - 1) % a.lane
		previous := &a.memory[lane*a.lane+before]
		pick := previous[0]
		if counted {
			if index%128 == 0 || counter[6] == 0 {
				counter[6]++
				compress(&addresses, &counter, &zero, false)
				compress(&addresses, &addresses, &zero, false)
			}
			pick = addresses[index%128]
		}
		reference := &a.memory[a.reference(pick, pass, slice, lane, index)]
		compress(&a.memory[lane*a.lane+column], previous, reference, pass > 0)
	}
}

// reference maps a pseudo-random word to the block that is mixed in (RFC 9106
// sections 3.4.1.1 to 3.4.2): a lane, and in it a block among those already
// written, recent ones more likely.
func (a *argon) reference(pick uint64, pass, slice, lane, index uint32) uint32 {
	from := uint32(pick>>32) % a.lanes
	if pass == 0 && slice == 0 {
		from = lane
	}
	area, start := slice*a.part, uint32(0)
	if pass > 0 {
		area, start = a.lane-a.part, (slice+1)%slicesInPass*a.part
	}
	switch {
	case from == lane:
		area += index - 1
	case index == 0:
		area--
	}
	x := pick & 0xffffffff
	y := x * x >> 32
	z := uint64(area) - 1 - uint64(area)*y>>32
	return from*a.lane + uint32((uint64(start)+z)%uint64(a.lane))
}

// finish folds the last block of every lane into the output (steps 7 and 8) and
// wipes it: from it alone the stored hash could be computed.
func (a *argon) finish(out []byte) {
	var last block
	for lane := range a.lanes {
		b := &a.memory[(lane+1)*a.lane-1]
		for i := range last {
			last[i] ^= b[i]
		}
		clear(b[:])
	}
	raw := make([]byte, 0, 1024)
	for _, word := range last {
		raw = binary.LittleEndian.AppendUint64(raw, word)
	}
	longHash(out, raw)
}

// longHash is the hash H' of any length (RFC 9106 section 3.3).
func longHash(out, in []byte) {
	first := append(binary.LittleEndian.AppendUint32(nil, uint32(len(out))), in...)
	if len(out) <= blake2b.Size {
		shortHash(out, first)
		return
	}
	v := blake2b.Sum512(first)
	for len(out) > blake2b.Size {
		copy(out, v[:32])
		out = out[32:]
		if len(out) > blake2b.Size {
			v = blake2b.Sum512(v[:])
		}
	}
	shortHash(out, v[:])
}

// shortHash is BLAKE2b with an output of 1 to 64 bytes.
func shortHash(out, in []byte) {
	h, err := blake2b.New(len(out), nil)
	if err != nil {
		panic("password: BLAKE2b of an impossible length") // unreachable: callers ask for 1 to 64 bytes
	}
	h.Write(in)
	h.Sum(out[:0])
}
