package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// wiring is the network between the servers and a database, which can be made bad.
type wiring struct{ proxy *toxiproxy.Proxy }

// newWiring listens before an address.
func newWiring(name, upstream string) (*wiring, error) {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	w := &wiring{toxiproxy.NewProxy(server, name, "127.0.0.1:0", upstream)}
	return w, w.proxy.Start()
}

// address is where it listens, the same for its life.
func (w *wiring) address() string { return w.proxy.Listen }

// slow makes every answer late.
func (w *wiring) slow(milliseconds int) error {
	return w.make(fmt.Sprintf(`{"type": "latency", "attributes": {"latency": %d}}`, milliseconds))
}

// swallow takes everything and passes nothing on: a black hole.
func (w *wiring) swallow() error {
	return w.make(`{"type": "timeout", "stream": "upstream", "attributes": {"timeout": 0}}`)
}

// reset breaks every connection as soon as something is said on it.
func (w *wiring) reset() error {
	return w.make(`{"type": "reset_peer", "stream": "upstream", "attributes": {"timeout": 0}}`)
}

func (w *wiring) make(toxic string) error {
	_, err := w.proxy.Toxics.AddToxicJson(strings.NewReader(toxic))
	return err
}

// mend makes it good again.
func (w *wiring) mend(ctx context.Context) { w.proxy.Toxics.ResetToxics(ctx) }

// close ends it.
func (w *wiring) close() { w.proxy.Stop() }
