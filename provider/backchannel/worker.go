package backchannel

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"gatehouse/provider"
)

// Store is what the worker reads and writes.
type Store interface {
	provider.Signals
	Client(ctx context.Context, id string) (provider.Client, error)
}

// Config is what telling needs. Zero values of the second group are the defaults.
type Config struct {
	Store Store
	Write func(s provider.Signal, to provider.Client, now time.Time) (url.Values, error) // what is told, as a form
	Out   http.RoundTripper                                                              // guarded: egress.Transport
	Now   func() time.Time
	Log   *slog.Logger
	Tried func(outcome, fault string) // told after every try; nil: nobody

	Lanes   int           // tries that are under way at once; zero: 64
	Each    int           // and of one application; zero: 8
	Timeout time.Duration // of a try; zero: 3 s
}

// Worker tells what waits. Every replica runs one; a signal is claimed by one of them.
type Worker struct {
	Config
	http *http.Client

	mu     sync.Mutex
	busy   map[string]int // tries under way, by application
	total  int
	away   sync.WaitGroup
	freed  chan struct{}
	hungry atomic.Bool // a claim left something for want of room
	deaf   atomic.Bool // the store cannot be read
}

const (
	pollEvery  = time.Second
	storeTakes = 10 * time.Second
)

// New makes a Worker. It does nothing until Run.
func New(c Config) *Worker {
	if c.Lanes == 0 {
		c.Lanes = 64
	}
	if c.Each == 0 {
		c.Each = 8
	}
	if c.Timeout == 0 {
		c.Timeout = 3 * time.Second
	}
	if c.Tried == nil {
		c.Tried = func(string, string) {}
	}
	return &Worker{Config: c, busy: map[string]int{}, freed: make(chan struct{}, 1), http: &http.Client{
		Transport:     c.Out,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Run tells until the context ends; then it claims nothing more and waits for what is on its way: a try and the writing down of it.
func (w *Worker) Run(ctx context.Context) {
	defer w.away.Wait()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		_, _ = w.dispatch(ctx) // it is logged, and tried again
		select {
		case <-ctx.Done():
		case <-w.Store.Signalled():
		case <-w.freed:
		case <-tick.C:
		}
	}
}

// Once tells what is due now and answers how many tries that took. It is for tests, and not beside Run.
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

// dispatch claims as long as there is room and something is due, and sets out with each claim. It answers how many there were.
func (w *Worker) dispatch(ctx context.Context) (int, error) {
	for total := 0; ; {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		q := w.room()
		if q.Limit <= 0 {
			return total, nil
		}
		claims, err := w.claim(ctx, q)
		if err != nil || len(claims) == 0 {
			return total, err
		}
		for _, s := range claims {
			w.start(ctx, s)
		}
		total += len(claims)
	}
}

// room says how much can be taken. An application whose lanes are half full waits, so that what is claimed of it next has a
// lane for sure.
func (w *Worker) room() provider.SignalQuery {
	w.mu.Lock()
	defer w.mu.Unlock()
	half := max(w.Each/2, 1)
	q := provider.SignalQuery{At: w.Now(), Lease: w.Timeout + 2*storeTakes, Limit: w.Lanes - w.total, Each: half}
	for client, n := range w.busy {
		if n+half > max(w.Each, half) {
			q.Except = append(q.Except, client)
		}
	}
	w.hungry.Store(q.Limit <= 0 || len(q.Except) > 0)
	return q
}

// claim is not cut off by the end of the context: what the store has handed out must not be lost to a lease.
func (w *Worker) claim(ctx context.Context, q provider.SignalQuery) ([]provider.Signal, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTakes)
	defer cancel()
	claims, err := w.Store.ClaimSignals(ctx, q)
	if err != nil && !w.deaf.Swap(true) {
		w.Log.ErrorContext(ctx, "what applications are to be told cannot be read; it waits", "error", err.Error())
	}
	if err == nil && w.deaf.Swap(false) {
		w.Log.InfoContext(ctx, "what applications are to be told can be read again")
	}
	return claims, err
}

func (w *Worker) start(ctx context.Context, s provider.Signal) {
	w.mu.Lock()
	w.busy[s.Client]++
	w.total++
	w.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	w.away.Go(func() {
		defer w.free(s.Client)
		w.tell(ctx, s)
	})
}

func (w *Worker) free(client string) {
	w.mu.Lock()
	w.total--
	if w.busy[client]--; w.busy[client] == 0 {
		delete(w.busy, client)
	}
	w.mu.Unlock()
	if w.hungry.Load() {
		select {
		case w.freed <- struct{}{}:
		default:
		}
	}
}
