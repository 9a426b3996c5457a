package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"
)

// referenceAlphabet has 32 characters that can be read out over the phone: no 0, O, 1, I.
const referenceAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// newReference returns 40 random bits: enough to find one request, no secret.
func newReference() string {
	var raw [8]byte
	_, _ = rand.Read(raw[:]) // crypto/rand.Read never fails since Go 1.24
	for i, b := range raw {
		raw[i] = referenceAlphabet[b%32]
	}
	return string(raw[:])
}

// maxStack bounds what a panic may put into the log.
const maxStack = 8 << 10

// end writes the one wide line of a request and counts it. The route is a pattern, never the path: paths, queries,
// cookies and forms hold secrets.
func (x *exchange) end() {
	took, method := time.Since(x.began), methodName(x.request.HTTP.Method)
	if x.house.Metrics != nil {
		x.house.Metrics.Ended(x.place.path, method, x.status, took)
	}
	level, ctx := levelOf(x.status), context.Background() // the request's own may be over
	if !x.house.Log.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 10+len(x.request.notes))
	attrs = append(attrs,
		slog.String("method", method),
		slog.String("route", x.place.path),
		slog.String("kind", x.kind.String()),
		slog.Int("status", x.status),
		slog.Int("bytes", x.bytes),
		slog.Duration("duration", took),
		slog.String("reference", x.request.Reference),
		slog.String("remote", remoteKind(x.request.Address, x.proxied)),
	)
	attrs = append(attrs, x.request.notes...)
	if x.err != nil {
		attrs = append(attrs, slog.String("error", x.err.Error()))
	}
	if x.stack != "" {
		attrs = append(attrs, slog.String("stack", x.stack[:min(len(x.stack), maxStack)]))
	}
	x.house.Log.LogAttrs(ctx, level, "request", attrs...)
}

// levelOf wakes nobody for what callers do: only our own faults are errors.
func levelOf(status int) slog.Level {
	switch {
	case status == http.StatusServiceUnavailable:
		return slog.LevelWarn
	case status >= 500:
		return slog.LevelError
	default:
		return slog.LevelInfo
	}
}
