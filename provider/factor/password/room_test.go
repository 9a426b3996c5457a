package password

import (
	"context"
	"errors"
	"testing"
)

// TestRoomIsBounded: strangers have all places but the reserved ones, priority has all; a place that is left can be taken
// again, and leaving twice counts once.
func TestRoomIsBounded(t *testing.T) {
	h := NewHasher(Params{MemoryKiB: 64, Time: 1, Insecure: true}, nil, NewGate(GateConfig{Limit: 2, Queue: 8, Reserved: 2}))
	first := WithPriority(context.Background())
	for range 3 {
		var leave []func()
		for i := range 8 {
			l, err := h.Room(t.Context())
			if err != nil {
				t.Fatalf("place %d: %v", i, err)
			}
			leave = append(leave, l)
		}
		if _, err := h.Room(t.Context()); !errors.Is(err, ErrBusy) {
			t.Fatal("a stranger has a reserved place:", err)
		}
		for range 2 {
			l, err := h.Room(first)
			must(t, err)
			leave = append(leave, l)
		}
		if _, err := h.Room(first); !errors.Is(err, ErrBusy) {
			t.Fatal("there is no end of places:", err)
		}
		for _, l := range leave {
			l()
			l()
		}
	}
	expectLoad(t, h.gate, 0, 0)
}

// TestRoomForAllWithPriority: where nobody else is there, known browsers have every place.
func TestRoomForAllWithPriority(t *testing.T) {
	g := NewGate(GateConfig{Limit: 1, Queue: 3, Reserved: 1})
	for range 4 {
		_, err := g.book(true)
		must(t, err)
	}
	if _, err := g.book(false); !errors.Is(err, ErrBusy) {
		t.Fatal(err)
	}
}
