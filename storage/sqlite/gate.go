package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// gate has the processes that write to one file take turns. SQLite gives its write lock to whoever asks at the right
// moment, and who waits asks at growing intervals: a command that writes without a pause (an import) would keep the
// server out for longer than it can wait. Whoever waits for the write lock holds the gate, so whoever has just had the
// lock stands behind them. The gate is a courtesy: the write lock keeps the file whole, with it or without.
//
// Who migrates has the gate meanwhile, and so has who opens: SQLite does not wait where two make a file's log at once.
type gate struct{ file *os.File }

const (
	gateSuffix   = "-turn"          // of the file beside the database whose lock is the gate
	gatePatience = time.Second      // then the holder has been stopped in the gate: pass it by
	gatePause    = time.Millisecond // between two looks; the gate is held for as long as one write at most
	lockPatience = 5 * time.Second  // for the write lock, which a large write may hold
	restPatience = time.Minute      // for a migration of another process
)

func openGate(database string) (*gate, error) {
	file, err := os.OpenFile(database+gateSuffix, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	return &gate{file: file}, nil
}

// enter waits for the gate, for so long at most.
func (g *gate) enter(ctx context.Context, patience time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for errors.Is(g.lock(syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(gatePause):
		}
	}
}

// within does something in the gate of a database, which is made where there is none. It waits for as long as a migration
// may take.
func within(ctx context.Context, database string, do func() error) error {
	err := create(database)
	if err != nil {
		return err
	}
	g, err := openGate(database)
	if err != nil {
		return err
	}
	g.enter(ctx, restPatience)
	return errors.Join(do(), g.close()) // closed, the gate is left
}

// leave lets the next one in. It may be called by who passed the gate by.
func (g *gate) leave() { _ = g.lock(syscall.LOCK_UN) }

func (g *gate) lock(how int) error {
	for {
		err := syscall.Flock(int(g.file.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func (g *gate) close() error { return g.file.Close() }
