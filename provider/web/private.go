package web

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/pprof"
	"slices"
	"sync/atomic"
	"time"
)

// Private is what the private listener needs. It must never be reachable from outside.
type Private struct {
	Log     *slog.Logger
	Checks  map[string]func(context.Context) error // what must be well before traffic may come, by name
	Drain   *Drain                                 // nil: never drains
	Metrics http.Handler                           // nil: none
}

// Drain is the switch that takes a replica out of service: from then on it is not ready, so that the balancer stops
// sending while what runs is finished.
type Drain struct{ on atomic.Bool }

// Start begins draining; there is no way back.
func (d *Drain) Start() { d.on.Store(true) }

// Draining reports whether it has begun.
func (d *Drain) Draining() bool { return d != nil && d.on.Load() }

// checkTimeout bounds a readiness check: an answer that takes longer is no.
const checkTimeout = 2 * time.Second

// NewPrivate is the private listener: /healthz (the process lives), /readyz (it can serve), /metrics and /debug/pprof.
func NewPrivate(p Private) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", p.ready)
	if p.Metrics != nil {
		mux.Handle("GET /metrics", p.Metrics)
	}
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// ready names the first check, in order of name, that says no; why goes to the log.
func (p Private) ready(w http.ResponseWriter, r *http.Request) {
	if p.Drain.Draining() {
		say(w, http.StatusServiceUnavailable, "draining")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	for _, name := range slices.Sorted(maps.Keys(p.Checks)) {
		if err := p.Checks[name](ctx); err != nil {
			p.Log.WarnContext(ctx, "not ready", slog.String("check", name), slog.String("error", err.Error()))
			say(w, http.StatusServiceUnavailable, "not ready: "+name)
			return
		}
	}
	say(w, http.StatusOK, "ready")
}

func say(w http.ResponseWriter, status int, what string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, what+"\n")
}
