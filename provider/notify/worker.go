package notify

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"gatehouse/provider"
)

// WorkerConfig is what delivering needs. Zero values of the second group are the defaults.
type WorkerConfig struct {
	Store   provider.Outbox
	Write   func(m provider.Message, code string) (Outgoing, error) // writes a message out; its errors hold nothing personal
	Code    func(challenge string) string                           // the code of a challenge
	Senders map[provider.Channel]Sender                             // a channel without one: its messages fail at once
	Now     func() time.Time
	Log     *slog.Logger

	Meter   Meter
	Lanes   int           // messages of one channel that are on their way at once; zero: 8
	Timeout time.Duration // of all that is done for one message; zero: 20 s
}

// Meter is told what becomes of messages. Nil functions are not called.
type Meter struct {
	Settled func(channel, outcome, class string)     // outcome: sent, found, retried, failed, dropped; class of the fault, "" none
	Delay   func(took time.Duration, channel string) // from when a message was put in until its carrier had it
}

// Worker delivers what waits in the outbox. Every replica runs one; a message is claimed by one of them.
type Worker struct {
	WorkerConfig

	mu     sync.Mutex
	lines  map[provider.Channel]*line
	away   sync.WaitGroup
	freed  chan struct{}
	hungry atomic.Bool // a claim left something for want of room
	deaf   atomic.Bool // the outbox cannot be read
	waits  atomic.Int64
	oldest atomic.Int64 // in microseconds since 1970; 0: none
}

// line is what is known of a channel.
type line struct {
	circuit circuit
	inHand  int
}

// How often things are looked at, and how long they may take.
const (
	pollEvery  = time.Second
	countEvery = 10 // polls
	storeTakes = 10 * time.Second
)

// NewWorker makes one. It does nothing until Run.
func NewWorker(c WorkerConfig) *Worker {
	if c.Lanes == 0 {
		c.Lanes = 8
	}
	if c.Timeout == 0 {
		c.Timeout = 20 * time.Second
	}
	w := &Worker{WorkerConfig: c, freed: make(chan struct{}, 1), lines: map[provider.Channel]*line{}}
	for _, channel := range channels() {
		w.lines[channel] = new(line)
	}
	return w
}

func channels() []provider.Channel {
	return []provider.Channel{provider.ByEmail, provider.ByText, provider.ByVoice}
}

// Run delivers until the context ends; then it claims nothing more and waits for what is on its way, which takes the time-out
// at most, and as long again where the store does not answer.
func (w *Worker) Run(ctx context.Context) {
	defer w.away.Wait()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for polls := 0; ctx.Err() == nil; {
		if polls%countEvery == 0 {
			w.count(ctx)
		}
		_, _ = w.dispatch(ctx) // it is logged, and tried again
		select {
		case <-ctx.Done():
		case <-w.Store.Waiting():
		case <-w.freed:
		case <-tick.C:
			polls++
		}
	}
}

// Once delivers what is due now and answers how many messages it settled. It is for tests, and not beside Run.
func (w *Worker) Once(ctx context.Context) (int, error) {
	for total := 0; ; {
		n, err := w.dispatch(ctx)
		w.away.Wait()
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}

// Slow reports whether a channel has trouble right now, so that pages can say so (C-11).
func (w *Worker) Slow(c provider.Channel) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.lines[c]
	return l != nil && l.circuit.slow()
}

// Backlog is how many messages waited when it was counted last, some seconds ago, and for how long the oldest does by now.
func (w *Worker) Backlog() (int, time.Duration) {
	since := w.oldest.Load()
	if since == 0 {
		return int(w.waits.Load()), 0
	}
	return int(w.waits.Load()), max(0, w.Now().Sub(time.UnixMicro(since)))
}

func (w *Worker) count(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, storeTakes)
	defer cancel()
	n, since, err := w.Store.Backlog(ctx)
	if err != nil {
		return // the claim that follows says so
	}
	w.waits.Store(int64(n))
	w.oldest.Store(0)
	if !since.IsZero() {
		w.oldest.Store(since.UnixMicro())
	}
}

// dispatch claims as long as there is room, and sets out with each claim. It answers how many there were.
func (w *Worker) dispatch(ctx context.Context) (int, error) {
	total := 0
	for {
		open, limit := w.room()
		w.hungry.Store(len(open) < len(w.lines))
		if limit == 0 {
			return total, nil
		}
		claims, err := w.claim(ctx, open, limit)
		if err != nil {
			return total, err
		}
		for _, c := range claims {
			w.start(ctx, c)
		}
		total += len(claims)
		if len(claims) < limit {
			return total, nil
		}
	}
}

// room answers the channels that can take more, and how many any of them can.
func (w *Worker) room() (open []provider.Channel, limit int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.Now()
	for _, channel := range channels() {
		l := w.lines[channel]
		n := l.circuit.room(w.Lanes, now) - l.inHand
		if n <= 0 {
			continue
		}
		if open = append(open, channel); limit == 0 || n < limit {
			limit = n
		}
	}
	return open, limit
}

// claim is not cut off by the end of the context: what the store has handed out must not be lost to a lease.
func (w *Worker) claim(ctx context.Context, open []provider.Channel, limit int) ([]provider.Claim, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTakes)
	defer cancel()
	claims, err := w.Store.ClaimMessages(ctx, open, w.Now(), w.lease(), limit)
	if err != nil && !w.deaf.Swap(true) {
		w.Log.ErrorContext(ctx, "the outbox cannot be read; messages wait", "error", err.Error())
	}
	if err == nil && w.deaf.Swap(false) {
		w.Log.InfoContext(ctx, "the outbox can be read again")
	}
	return claims, err
}

// lease outlives a try and the writing down of what came of it.
func (w *Worker) lease() time.Duration { return w.Timeout + 2*storeTakes }

func (w *Worker) start(ctx context.Context, c provider.Claim) {
	w.mu.Lock()
	l := w.lines[c.Channel]
	l.inHand++
	l.circuit.began()
	w.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	w.away.Go(func() {
		defer w.free(l)
		w.deliver(ctx, c)
	})
}

func (w *Worker) free(l *line) {
	w.mu.Lock()
	l.inHand--
	w.mu.Unlock()
	if w.hungry.Load() {
		select {
		case w.freed <- struct{}{}:
		default:
		}
	}
}
