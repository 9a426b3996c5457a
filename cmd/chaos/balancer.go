package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"sync/atomic"
	"time"

	"gatehouse/provider/web"
)

// balancer is one address before all replicas: round robin among those that say that they are ready, or among all where
// none does. A connection that cannot be made is tried with the next; what was sent is never sent twice.
type balancer struct {
	replicas  []*replica
	ready     []atomic.Bool
	turn      atomic.Uint64
	transport *http.Transport
	server    *http.Server
	address   string
	stop      context.CancelFunc
}

// looksEvery is how often the balancer asks a replica whether it is ready.
const looksEvery = 50 * time.Millisecond

func newBalancer(replicas []*replica) (*balancer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	b := &balancer{
		replicas: replicas, ready: make([]atomic.Bool, len(replicas)), address: l.Addr().String(), stop: stop,
		transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Second},
	}
	for i := range replicas {
		go b.look(ctx, i)
	}
	b.server = web.NewServer(&httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetXForwarded(); r.Out.URL.Scheme = "http" },
		Transport: b,
		ErrorLog:  log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "balancer: "+err.Error(), http.StatusBadGateway)
		},
	})
	b.server.ErrorLog = log.New(io.Discard, "", 0)
	go func() { _ = b.server.Serve(l) }() // until close
	return b, nil
}

func (b *balancer) look(ctx context.Context, i int) {
	tick := time.NewTicker(looksEvery)
	defer tick.Stop()
	for {
		b.ready[i].Store(b.replicas[i].ready(ctx))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// candidates are the replicas to try, in order.
func (b *balancer) candidates(asked string) (now []*replica) {
	turn := int(b.turn.Add(1) % uint64(len(b.replicas)))
	var rest []*replica
	for i := range b.replicas {
		n := (turn + i) % len(b.replicas)
		switch r := b.replicas[n]; {
		case asked != "" && r.name == asked:
			return []*replica{r}
		case b.ready[n].Load():
			now = append(now, r)
		default:
			rest = append(rest, r)
		}
	}
	return append(now, rest...)
}

// RoundTrip implements http.RoundTripper.
func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	var err error
	if r.Body != nil {
		body, err = io.ReadAll(r.Body)
	}
	if err != nil {
		return nil, err
	}
	err = errors.New("no replica")
	for _, one := range b.candidates(r.Header.Get(headerReplica)) {
		r.URL.Host, _ = one.addresses()
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		var response *http.Response
		response, err = b.transport.RoundTrip(r)
		var dialing *net.OpError
		if errors.As(err, &dialing) && dialing.Op == "dial" {
			continue
		}
		if err == nil {
			response.Header.Set(headerReplica, one.name)
		}
		return response, err
	}
	return nil, err
}

// close ends it.
func (b *balancer) close() {
	b.stop()
	_ = b.server.Close()
	b.transport.CloseIdleConnections()
}
