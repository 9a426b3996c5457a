package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/limit"
	"gatehouse/provider/server"
	"gatehouse/provider/web"
	"gatehouse/storage"
	"gatehouse/templates"
)

// cheap is hashing that costs nothing: what it costs is tested where it is made.
func cheap() password.Params { return password.Params{MemoryKiB: 64, Time: 1, Insecure: true} }

// inProcess is a house on SQLite in this very process, whose store can be made to lie.
type inProcess struct {
	world  *world
	server *http.Server
	store  provider.Store
}

// startInProcess makes one in a directory; lie wraps its store.
func startInProcess(ctx context.Context, dir string, history *History, lie func(provider.Store) provider.Store) (*inProcess, error) {
	keyset, err := keys.NewKeyset(time.Now())
	if err != nil {
		return nil, err
	}
	options := storage.Options{Database: "sqlite:" + filepath.Join(dir, "gatehouse.db"), Keyset: keyset}
	_, err = storage.Migrate(ctx, options)
	if err != nil {
		return nil, err
	}
	honest, err := storage.Open(ctx, options)
	if err != nil {
		return nil, err
	}
	h := &inProcess{store: honest}
	err = h.open(ctx, keyset, lie(honest), history)
	if err != nil {
		return nil, errors.Join(err, honest.Close())
	}
	return h, nil
}

func (h *inProcess) open(ctx context.Context, keyset *keys.Keyset, store provider.Store, history *History) error {
	ring, err := server.OpenRing(ctx, store, keyset, time.Now(), audit.House, server.AsPlanned)
	if err != nil {
		return err
	}
	brand := templates.DefaultBrand()
	brand.Hours = map[string]string{"en": "8 to 6", "es": "de 8 a 6"}
	house, err := server.New(server.Config{
		Issuer: issuer, Brand: brand, Store: store, Keyset: keyset, Ring: ring, Log: slog.New(slog.DiscardHandler),
		Hashing: cheap(), Failures: 5 * time.Millisecond, Rates: limit.Rates{Times: 10_000}, // all comes from one address
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	h.server = web.NewServer(house.Public)
	go func() { _ = h.server.Serve(l) }() // until close
	h.world = newWorld("http://"+l.Addr().String(), history, store, keyset, cheap())
	return nil
}

// close ends the house.
func (h *inProcess) close() {
	_ = h.server.Close()
	_ = h.store.Close()
}
