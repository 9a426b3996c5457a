package password

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestGateDefaults(t *testing.T) {
	g := NewGate(GateConfig{Limit: 2})
	if want := (GateConfig{Limit: 2, Queue: 16, Reserved: 8, Wait: 500 * time.Millisecond}); g.config != want {
		t.Fatalf("got %+v", g.config)
	}
}

func TestGateTurnsAwayAfterTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Limit: 1})
		must(t, g.Enter(t.Context(), false))
		begin := time.Now()
		err := g.Enter(t.Context(), false)
		var b *Busy
		if !errors.Is(err, ErrBusy) || !errors.As(err, &b) || time.Since(begin) != 500*time.Millisecond {
			t.Fatalf("got %v after %v", err, time.Since(begin))
		}
		if b.RetryAfter < time.Second || b.RetryAfter > 5*time.Second {
			t.Fatalf("retry after %v", b.RetryAfter)
		}
		expectLoad(t, g, 1, 0)
		g.Leave()
		must(t, g.Enter(t.Context(), false))
		g.Leave()
		expectLoad(t, g, 0, 0)
	})
}

// A full queue turns strangers away at once; the reserved places are for
// priority only, and a full queue turns that away too.
func TestGateQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Limit: 1, Queue: 4, Reserved: 1})
		must(t, g.Enter(t.Context(), true))
		for range 3 {
			go g.Enter(t.Context(), false)
		}
		synctest.Wait()
		begin := time.Now()
		if err := g.Enter(t.Context(), false); !errors.Is(err, ErrBusy) {
			t.Fatalf("a stranger took the reserved place: %v", err)
		}
		go g.Enter(t.Context(), true)
		synctest.Wait()
		expectLoad(t, g, 1, 4)
		if err := g.Enter(t.Context(), true); !errors.Is(err, ErrBusy) {
			t.Fatalf("the queue has no end: %v", err)
		}
		if waited := time.Since(begin); waited != 0 {
			t.Fatalf("waited %v for a place that is not there", waited)
		}
		time.Sleep(time.Second)
		expectLoad(t, g, 1, 0)
	})
}

func TestGatePriorityGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Limit: 1, Queue: 8})
		must(t, g.Enter(t.Context(), false))
		var order []string
		wait := func(name string, priority bool) {
			go func() {
				if g.Enter(t.Context(), priority) == nil {
					order = append(order, name)
					g.Leave()
				}
			}()
			synctest.Wait()
		}
		wait("stranger 1", false)
		wait("stranger 2", false)
		wait("known 1", true)
		wait("known 2", true)
		g.Leave()
		synctest.Wait()
		if want := []string{"known 1", "known 2", "stranger 1", "stranger 2"}; !slices.Equal(order, want) {
			t.Fatalf("got %v", order)
		}
		expectLoad(t, g, 0, 0)
	})
}

func TestGateForgetsWhoeverGoesAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Limit: 1, Queue: 2, Reserved: 1})
		must(t, g.Enter(t.Context(), false))
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() { gone <- g.Enter(ctx, false) }()
		synctest.Wait()
		expectLoad(t, g, 1, 1)
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		expectLoad(t, g, 1, 0)
		if err := g.Enter(ctx, false); !errors.Is(err, context.Canceled) {
			t.Fatalf("a dead context got in: %v", err)
		}
	})
}

// Permits and cancellations race; in the end every permit is back.
func TestGateLosesNoPermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(GateConfig{Limit: 3, Queue: 50, Wait: 5 * time.Millisecond})
		for i := range 200 {
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%7)*time.Millisecond)
				defer cancel()
				time.Sleep(time.Duration(i%5) * time.Millisecond)
				if g.Enter(ctx, i%3 == 0) == nil {
					if running, _ := g.Load(); running > 3 {
						t.Errorf("%d at once", running)
					}
					time.Sleep(time.Duration(1+i%2) * time.Millisecond)
					g.Leave()
				}
			}()
		}
		time.Sleep(time.Second)
		expectLoad(t, g, 0, 0)
	})
}

func expectLoad(t *testing.T, g *Gate, running, waiting int) {
	t.Helper()
	if r, w := g.Load(); r != running || w != waiting {
		t.Fatalf("%d running and %d waiting, want %d and %d", r, w, running, waiting)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
