package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"

	"gatehouse/provider"
)

// settlingTries is how often what came of a message is written down before that is given up: for nearly 10 s.
const settlingTries = 8

// deliver does with one claim what is to be done, and writes it down.
func (w *Worker) deliver(ctx context.Context, c provider.Claim) {
	sender := w.Senders[c.Channel]
	_, finds := sender.(Finder)
	now := w.Now()
	p := planFor(c, finds, now)
	var r result
	if !p.drop {
		until, cancel := context.WithTimeout(ctx, min(w.Timeout, c.Expires.Sub(now)))
		r = w.try(until, c, p, sender)
		cancel()
	}
	now = w.Now()
	w.learn(ctx, c.Channel, r, now)
	s := settle(c, p, r, finds, now)
	w.tell(ctx, c, s, r)
	w.settle(ctx, c, s)
}

// try writes a message out, looks for it where its last try is in doubt, and sends it.
func (w *Worker) try(ctx context.Context, c provider.Claim, p plan, sender Sender) (r result) {
	if sender == nil {
		return result{over: true, fault: &Fault{Class: provider.FaultConfig, Cause: errors.New("nothing sends messages of this channel")}}
	}
	defer func() {
		if v := recover(); v != nil {
			w.Log.ErrorContext(ctx, "a message could not be sent: panic", "message", c.ID, "panic", panicText(v), "stack", string(debug.Stack()))
			r.fault = &Fault{Class: provider.FaultTemporary, Unsure: r.sent, Cause: errors.New("panic")}
		}
	}()
	out, err := w.write(c.Message)
	if errors.Is(err, errNoCode) {
		return result{over: true, fault: &Fault{Class: provider.FaultConfig, Cause: err}}
	}
	if err != nil {
		return result{fault: &Fault{Class: provider.FaultConfig, Cause: fmt.Errorf("it cannot be written: %w", err)}}
	}
	if p.look {
		r.asked = true
		ref, found, err := sender.(Finder).Find(ctx, out, c.At)
		if found || err != nil {
			r.ref, r.fault = ref, faultOf(err)
			return r
		}
	}
	if !p.send {
		r.over, r.fault = true, &Fault{Class: provider.FaultTemporary, Cause: errLost}
		return r
	}
	r.asked, r.sent = true, true
	r.ref, err = sender.Send(ctx, out)
	r.fault = faultOf(err)
	return r
}

// errNoCode: the key of the code is gone, so no code would be the right one.
var errNoCode = errors.New("the challenge has no code")

// write writes a message out. The words say which language they are in; all else is the message's.
func (w *Worker) write(m provider.Message) (Outgoing, error) {
	code := ""
	if m.Challenge != "" {
		if code = w.Code(m.Challenge); code == "" {
			return Outgoing{}, errNoCode
		}
	}
	out, err := w.Write(m, code)
	if out.Lang != "" {
		m.Lang = out.Lang
	}
	out.Message = m
	return out, err
}

// panicText tells what went wrong, and of a value that may hold anything only its type.
func panicText(v any) string {
	var err runtime.Error
	if e, ok := v.(error); ok && errors.As(e, &err) {
		return err.Error()
	}
	return fmt.Sprintf("%T", v)
}

// learn tells the channel's circuit.
func (w *Worker) learn(ctx context.Context, channel provider.Channel, r result, now time.Time) {
	w.mu.Lock()
	l := w.lines[channel]
	before := l.circuit.slow()
	switch {
	case !r.asked:
		l.circuit.probing = false
	case r.over: // it answered that it knows of none
		l.circuit.ended(nil, now)
	default:
		l.circuit.ended(r.fault, now)
	}
	after := l.circuit
	w.mu.Unlock()
	switch {
	case after.slow() && !before:
		w.Log.ErrorContext(ctx, "a channel has trouble; messages wait", "channel", channel, "until", after.until, "error", r.fault.Error())
	case before && !after.slow():
		w.Log.InfoContext(ctx, "a channel works again", "channel", channel)
	}
}

// settle writes down what came of a claim. A message that went out and is not marked so would be in doubt, so this is tried
// as long as the lease lasts.
func (w *Worker) settle(ctx context.Context, c provider.Claim, s provider.Settled) {
	ctx, cancel := context.WithTimeout(ctx, storeTakes)
	defer cancel()
	var err error
	for n := range settlingTries {
		err = w.Store.SettleMessage(ctx, c, s)
		if err == nil || errors.Is(err, provider.ErrStale) || !sleep(ctx, 50*time.Millisecond<<n) {
			break
		}
	}
	if err != nil {
		w.Log.ErrorContext(ctx, "what came of a message could not be written down", "message", c.ID, "state", s.State, "error", err.Error())
	}
}

// sleep reports false where the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// tell logs and counts one message. No address, no words.
func (w *Worker) tell(ctx context.Context, c provider.Claim, s provider.Settled, r result) {
	outcome, level := outcomeOf(s, r)
	attrs := []slog.Attr{
		slog.String("message", c.ID), slog.String("template", c.Template), slog.String("channel", string(c.Channel)),
		slog.String("outcome", outcome), slog.Int("tries", c.Tries+1),
	}
	if r.ref != "" {
		attrs = append(attrs, slog.String("ref", r.ref))
	}
	if r.fault != nil {
		attrs = append(attrs, slog.String("error", r.fault.Error()), slog.Bool("unsure", s.Unsure != ""))
	}
	if !s.Next.IsZero() {
		attrs = append(attrs, slog.Time("next", s.Next))
	}
	w.Log.LogAttrs(ctx, level, "message", attrs...)
	if w.Meter.Settled != nil {
		w.Meter.Settled(string(c.Channel), outcome, string(s.Fault))
	}
	if s.State == provider.MessageSent && w.Meter.Delay != nil {
		w.Meter.Delay(s.At.Sub(c.At), string(c.Channel))
	}
}

func outcomeOf(s provider.Settled, r result) (string, slog.Level) {
	switch {
	case s.State == provider.MessageSent && !r.sent:
		return "found", slog.LevelInfo
	case s.State == provider.MessageWaiting:
		return "retried", slog.LevelWarn
	case s.State == provider.MessageFailed && mayPass(r.fault):
		return "failed", slog.LevelError
	case s.State == provider.MessageFailed:
		return "failed", slog.LevelWarn
	}
	return string(s.State), slog.LevelInfo
}
