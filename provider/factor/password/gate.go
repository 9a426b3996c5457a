package password

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"runtime"
	"sync"
	"time"
)

// ErrBusy is what errors.Is finds in a Busy.
var ErrBusy = errors.New("password: too many hashes at once")

// Busy means that no hash was computed, because too many wait already or the
// wait was too long. The page answers 503, the same for every name.
type Busy struct {
	RetryAfter time.Duration // 1 to 5 s, jittered so that those turned away do not return together
}

// Error says no more than ErrBusy.
func (b *Busy) Error() string { return ErrBusy.Error() }

// Is makes errors.Is(err, ErrBusy) true.
func (b *Busy) Is(target error) bool { return target == ErrBusy }

// GateConfig sets a Gate. Every zero value means the default.
type GateConfig struct {
	Limit    int           // hashes at once; default GOMAXPROCS
	Queue    int           // callers waiting at most; default eight times Limit
	Reserved int           // places of Queue that only priority callers take; default half of Queue: a line of their own
	Wait     time.Duration // longest wait for a permit; default 500 ms
}

// Gate admits as many hashes at once as there are cores, and lets a few wait
// for a short time, so that a flood of sign-ins cannot starve everything else
// of processor and memory. Safe for concurrent use.
type Gate struct {
	config GateConfig

	mu        sync.Mutex
	booked    int // places of Room that are taken
	strangers int // of them without priority
	running   int
	priority  []chan struct{} // waiting, first come first served; closed when the permit is theirs
	ordinary  []chan struct{}
}

// NewGate returns a gate.
func NewGate(c GateConfig) *Gate {
	if c.Limit <= 0 {
		c.Limit = runtime.GOMAXPROCS(0)
	}
	if c.Queue <= 0 {
		c.Queue = 8 * c.Limit
	}
	if c.Reserved <= 0 {
		c.Reserved = max(c.Queue/2, 1)
	}
	c.Reserved = min(c.Reserved, c.Queue)
	if c.Wait <= 0 {
		c.Wait = 500 * time.Millisecond
	}
	return &Gate{config: c}
}

// Load returns how many permits are out and how many callers wait, for metrics.
func (g *Gate) Load() (running, waiting int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.running, len(g.priority) + len(g.ordinary)
}

// Enter waits for a permit, which the caller must give back with Leave once its
// hash has ended, whether or not anybody still waits for the answer. A caller
// with priority goes before all others and has places in the queue that others
// do not take. Errors: *Busy, or the context's own when it ends first; then
// there is nothing to give back.
func (g *Gate) Enter(ctx context.Context, priority bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	turn, err := g.line(priority)
	if err != nil || turn == nil {
		return err
	}
	timer := time.NewTimer(g.config.Wait)
	defer timer.Stop()
	select {
	case <-turn:
		return nil
	case <-timer.C:
		err = busy()
	case <-ctx.Done():
		err = ctx.Err()
	}
	if !g.quit(turn) {
		g.Leave() // the permit came at the same moment: pass it on
	}
	return err
}

// Leave gives a permit back, to whoever waits longest with priority, then to
// whoever waits longest.
func (g *Gate) Leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, line := range []*[]chan struct{}{&g.priority, &g.ordinary} {
		if len(*line) > 0 {
			close((*line)[0])
			*line = (*line)[1:]
			return
		}
	}
	g.running--
}

// line takes a permit at once (a nil channel), or a place in the queue.
func (g *Gate) line(priority bool) (chan struct{}, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running < g.config.Limit {
		g.running++
		return nil, nil
	}
	line, full := &g.ordinary, len(g.ordinary) >= g.config.Queue-g.config.Reserved
	if priority {
		line, full = &g.priority, false
	}
	if full || len(g.priority)+len(g.ordinary) >= g.config.Queue {
		return nil, busy()
	}
	turn := make(chan struct{})
	*line = append(*line, turn)
	return turn, nil
}

// quit leaves the queue, and reports false if the caller stood in it no more
// because its permit has come.
func (g *Gate) quit(turn chan struct{}) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, line := range []*[]chan struct{}{&g.priority, &g.ordinary} {
		for i, other := range *line {
			if other == turn {
				*line = append((*line)[:i:i], (*line)[i+1:]...)
				return true
			}
		}
	}
	return false
}

// busy is a Busy with a retry time of 1 to 5 s.
func busy() error {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	jitter := binary.LittleEndian.Uint64(b[:]) % 4001
	return &Busy{RetryAfter: time.Second + time.Duration(jitter)*time.Millisecond}
}

// priorityKey marks a context made by WithPriority.
type priorityKey struct{}

// WithPriority marks the work of a known device, or of a ceremony that goes on
// after a first proof: its hashes go before those of strangers.
func WithPriority(ctx context.Context) context.Context {
	return context.WithValue(ctx, priorityKey{}, true)
}

// hasPriority reports whether the context comes from WithPriority.
func hasPriority(ctx context.Context) bool {
	marked, _ := ctx.Value(priorityKey{}).(bool)
	return marked
}
