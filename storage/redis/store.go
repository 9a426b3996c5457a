package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	driver "github.com/redis/go-redis/v9"

	"gatehouse/provider"
	"gatehouse/storage/row"
)

// Options say which Redis to use and how.
type Options struct {
	URL    string // see configure
	Sealer row.Sealer
	Now    func() time.Time // for the breaker
	Log    *slog.Logger     // a line when the breaker opens or closes; nil is none
}

// Store keeps ceremonies in Redis.
type Store struct {
	sealer row.Sealer
	client driver.UniversalClient
	swap   *driver.Script
	take   *driver.Script
	gate   gate
	past   chan struct{} // a token for each call that passes the breaker by
	log    *slog.Logger
}

var _ provider.Volatile = (*Store)(nil)

// Open prepares a Store. It does not connect: the house opens without Redis too. No error holds the URL.
func Open(o Options) (*Store, error) {
	if o.Sealer == nil || o.Now == nil {
		return nil, errors.New("redis: a keyset and a clock are needed")
	}
	how, err := configure(o.URL)
	if err != nil {
		return nil, err
	}
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	driver.SetLogger(lines{log})
	return &Store{
		sealer: o.Sealer, client: driver.NewUniversalClient(how), swap: swap(), take: take(),
		gate: gate{now: o.Now}, past: make(chan struct{}, insisting), log: log,
	}, nil
}

// lines takes what the driver would print: connections that it could not make, above all, which the breaker tells once. The
// driver has one logger for the process, so it is that of the store that was opened last.
type lines struct{ to *slog.Logger }

// Printf implements the logger of the driver.
func (l lines) Printf(ctx context.Context, format string, args ...any) {
	l.to.DebugContext(ctx, "redis driver", "said", fmt.Sprintf(format, args...))
}

// Ready answers nil if Redis answers. It asks whatever the breaker says.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return fault(s.client.Ping(ctx).Err())
}

// Close closes the connections.
func (s *Store) Close() error { return s.client.Close() }

// errOpen: the breaker is open, and nothing was asked.
var errOpen = fmt.Errorf("redis: %w: it failed several times in a row and is left alone for a moment", provider.ErrUnavailable)

// insisting is how many calls at once may pass the breaker by.
const insisting = 16

// insist makes a call for a ceremony that is here, whatever the breaker says: another replica may have begun it a moment ago,
// whose breaker has found Redis back already. Told that it is gone, the browser would begin another one, there again, and so on
// in a ring. It costs patience at most, for a few at once.
func (s *Store) insist(ctx context.Context, do func(context.Context) error) error {
	err := s.call(ctx, do)
	if !errors.Is(err, errOpen) {
		return err
	}
	select {
	case s.past <- struct{}{}:
		defer func() { <-s.past }()
		return s.ask(ctx, do)
	default:
		return err
	}
}

// call makes one call of Redis, if the breaker lets it.
func (s *Store) call(ctx context.Context, do func(context.Context) error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !s.gate.admit() {
		return errOpen
	}
	return s.ask(ctx, do)
}

// ask makes it. A call that has begun is carried through even if its caller goes away, for as long as patience: it would cost
// the connection, and say nothing of Redis.
func (s *Store) ask(ctx context.Context, do func(context.Context) error) error {
	err := errors.New("redis: the call panicked")
	defer func() { s.note(ctx, err) }()
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err = do(within)
	if errors.Is(err, driver.Nil) {
		return err
	}
	return fault(err)
}

// note tells the breaker how a call ended. That a key is not there is an answer.
func (s *Store) note(ctx context.Context, err error) {
	ok := err == nil || errors.Is(err, driver.Nil)
	changed, open := s.gate.heard(ok)
	switch {
	case changed && open:
		s.log.WarnContext(ctx, "redis does not answer, ceremonies go to the database", "error", err)
	case changed:
		s.log.InfoContext(ctx, "redis answers again")
	}
}

// fault wraps whatever Redis or the way to it says: no ceremony is worth knowing more.
func fault(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("redis: %w: %w", provider.ErrUnavailable, err)
}
