package notify

import (
	"context"
	"log/slog"
	"time"

	"gatehouse/provider"
)

// WorkerConfig is what delivering needs.
type WorkerConfig struct {
	Store   provider.Outbox
	Write   func(m provider.Message, code string) (Outgoing, error) // writes a message out
	Code    func(challenge string) string                           // the code of a challenge
	Senders map[provider.Channel]Sender
	Now     func() time.Time
	Log     *slog.Logger
}

// Worker delivers what waits in the outbox.
type Worker struct{ WorkerConfig }

// NewWorker makes one. It does nothing until Run.
func NewWorker(c WorkerConfig) *Worker { return &Worker{c} }

// Run delivers until the context ends.
func (w *Worker) Run(ctx context.Context) {}

// Once delivers what is due now and answers how many messages it settled.
func (w *Worker) Once(ctx context.Context) (int, error) { return 0, nil }

// Slow reports whether a channel has trouble right now, so that pages can say so (C-11).
func (w *Worker) Slow(c provider.Channel) bool { return false }
