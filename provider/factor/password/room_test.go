package password

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
)

// TestRoomIsWhatEnterSays, whatever stands in the queue.
func TestRoomIsWhatEnterSays(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 3))
		g := NewGate(GateConfig{Limit: 1 + r.IntN(3), Queue: 1 + r.IntN(8), Reserved: 1 + r.IntN(3)})
		for range 40 {
			if r.IntN(3) == 0 && g.running > 0 {
				g.Leave()
				continue
			}
			priority := r.IntN(2) == 0
			full := g.full(priority)
			if _, err := g.line(priority); full != errors.Is(err, ErrBusy) {
				t.Fatalf("seed %d: full %v, and then %v", seed, full, err)
			}
		}
	}
}

func TestRoomTakesNone(t *testing.T) {
	g := NewGate(GateConfig{Limit: 1, Queue: 1, Reserved: 1})
	h := NewHasher(Params{MemoryKiB: 64, Time: 1, Insecure: true}, nil, g)
	must(t, h.Room(t.Context()))
	expectLoad(t, g, 0, 0)
	must(t, g.Enter(t.Context(), false))
	if err := h.Room(t.Context()); !errors.Is(err, ErrBusy) {
		t.Fatal("a stranger has the reserved place:", err)
	}
	must(t, h.Room(WithPriority(context.Background())))
	expectLoad(t, g, 1, 0)
}
