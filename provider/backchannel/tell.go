package backchannel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// result is what one try came to, in words for the operator.
type result struct {
	verdict verdict
	fault   string // "" none
}

// tell makes one try and writes down what came of it.
func (w *Worker) tell(ctx context.Context, s provider.Signal) {
	r := w.try(ctx, s)
	now := w.Now()
	outcome, again := next(s, r.verdict, now)
	ctx, cancel := context.WithTimeout(ctx, storeTakes)
	defer cancel()
	var err error
	if outcome == "" {
		err = w.Store.PutOffSignal(ctx, s, again)
	} else {
		err = w.Store.SettleSignal(ctx, s, outcome, now, audit.LogoutTold(now, s, outcome))
	}
	w.note(ctx, s, outcome, r)
	if err != nil && !errors.Is(err, provider.ErrStale) { // it is told once more when its lease is over, which does no harm
		w.Log.ErrorContext(ctx, "what came of telling an application could not be written down", "signal", s.ID, "error", err.Error())
	}
}

// try reads the application as it is now, and asks it. A panic is a try that failed.
func (w *Worker) try(ctx context.Context, s provider.Signal) (r result) {
	defer func() {
		if v := recover(); v != nil {
			w.Log.ErrorContext(ctx, "an application could not be told: panic", "signal", s.ID, "panic", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			r = result{silence, "panic"}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, w.Timeout)
	defer cancel()
	client, err := w.Store.Client(ctx, s.Client)
	switch {
	case errors.Is(err, provider.ErrNotFound), err == nil && (!client.Enabled() || client.BackChannelLogoutURI == ""):
		return result{gone, ""}
	case err != nil:
		return result{silence, "store"}
	}
	form, err := w.Write(s, client, w.Now())
	if err != nil {
		w.Log.ErrorContext(ctx, "what an application is to be told cannot be written", "signal", s.ID, "error", err.Error())
		return result{silence, "writing"}
	}
	return w.post(ctx, client.BackChannelLogoutURI, form.Encode())
}

// post sends the form. Of the answer only the status counts; a little of the rest is read, so that the connection serves again.
func (w *Worker) post(ctx context.Context, to, form string) result {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form))
	if err != nil {
		return result{silence, "address"}
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("User-Agent", "Gatehouse")
	answer, err := w.http.Do(request)
	if err != nil {
		return result{silence, fault(err)}
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.CopyN(io.Discard, answer.Body, 4<<10)
	v := answered(answer.StatusCode)
	if v == told {
		return result{v, ""}
	}
	return result{v, fmt.Sprintf("status %d", answer.StatusCode)}
}

// note logs and counts one try.
func (w *Worker) note(ctx context.Context, s provider.Signal, outcome provider.SignalOutcome, r result) {
	level, name := slog.LevelInfo, string(outcome)
	switch outcome {
	case "":
		level, name = slog.LevelWarn, "retried"
	case provider.SignalRefused, provider.SignalLost:
		level = slog.LevelError
	}
	w.Tried(name, r.fault)
	w.Log.LogAttrs(ctx, level, "application told", slog.Int64("signal", s.ID), slog.String("kind", string(s.Kind)),
		slog.String("client", s.Client), slog.String("outcome", name), slog.String("fault", r.fault), slog.Int("tries", s.Tries),
		slog.Duration("after", w.Now().Sub(s.At).Round(time.Millisecond)))
}
