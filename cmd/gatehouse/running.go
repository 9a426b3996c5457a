package main

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"gatehouse/provider/server"
	"gatehouse/provider/web"
)

// inFlight is how long requests may still take when the program ends.
const inFlight = 15 * time.Second

// door is a handler and the addresses at which it is met.
type door struct {
	name      string
	handler   http.Handler
	listeners []net.Listener
	tls       *tls.Config
	slow      time.Duration    // write time-out; zero: the usual one
	bounds    *web.Connections // how many may be open; nil: any number
}

// running is a set of doors that open and close together.
type running struct {
	log     *slog.Logger
	house   *server.House
	doors   []door        // closed in this order
	delay   time.Duration // between "not ready" and the first door's closing
	servers []*http.Server
	failed  chan error

	delivering context.CancelFunc
	delivered  chan struct{} // closed when the last message was handed over
}

// open begins to answer, and to deliver messages.
func (r *running) open() {
	r.failed = make(chan error, 8)
	var ctx context.Context
	ctx, r.delivering = context.WithCancel(context.Background())
	r.delivered = make(chan struct{})
	go func() {
		defer close(r.delivered)
		r.house.Deliver(ctx)
	}()
	for _, d := range r.doors {
		s := web.NewServer(d.handler)
		s.ErrorLog = slog.NewLogLogger(r.log.Handler(), slog.LevelWarn)
		s.WriteTimeout = max(s.WriteTimeout, d.slow)
		r.servers = append(r.servers, s)
		for _, l := range d.listeners {
			if d.bounds != nil {
				l = d.bounds.Bound(l)
			}
			if d.tls != nil {
				l = tls.NewListener(l, d.tls)
			}
			go func() {
				if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
					r.failed <- err
				}
			}()
		}
	}
}

// until waits for ctx or a failing listener, and then closes: not ready first, so that a balancer sends nobody more.
func (r *running) until(ctx context.Context) error {
	var failure error
	select {
	case failure = <-r.failed:
	case <-ctx.Done():
	}
	r.house.Drain.Start()
	r.log.Info("draining", "delay", r.delay.String(), "in_flight", inFlight.String())
	select {
	case err := <-r.failed:
		failure = errors.Join(failure, err)
	case <-time.After(r.delay):
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), inFlight)
	defer cancel()
	for _, s := range r.servers {
		if err := s.Shutdown(late); err != nil {
			r.log.Warn("requests were cut off", "error", err.Error())
			_ = s.Close()
		}
	}
	r.delivering() // not before: the last requests may have sent something, too
	select {
	case <-r.delivered:
	case <-late.Done():
		r.log.Warn("messages were cut off on their way; they are looked for at the next start")
	}
	r.log.Info("stopped")
	return failure
}
