package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"runtime/debug"
	"time"

	"gatehouse/provider/audit"
	"gatehouse/provider/egress"
	"gatehouse/provider/server"
	"gatehouse/provider/web"
)

type serveCmd struct{ Config }

// Help is the example.
func (serveCmd) Help() string {
	return `Needs a keyset (gatehouse keys init) and a database of this program's schema (gatehouse migrate). Ask gatehouse check
about a deployment that does not work.

Example:

  gatehouse serve --config /etc/gatehouse.yaml

  gatehouse serve --config /etc/gatehouse.yaml --database-file /etc/gatehouse/database --redis redis://redis.internal --keyset /etc/gatehouse/keyset.json

  gatehouse serve --issuer https://id.example.org --data /var/lib/gatehouse --trusted-proxy 10.0.0.0/8 --smtp "smtp://localhost:25?tls=off" --sender no-reply@id.example.org --brand-name "Example Health" --brand-phone 1-800-555-0100 --brand-hours "en=Monday to Friday, 8 to 6"`
}

// Run serves until ctx ends.
func (c serveCmd) Run(ctx context.Context, d desk) error {
	if err := c.faults(); err != nil {
		return usageError{err}
	}
	log := slog.New(slog.NewJSONHandler(d.err, &slog.HandlerOptions{Level: c.LogLevel}))
	if c.MemoryLimit > 0 {
		debug.SetMemoryLimit(int64(c.MemoryLimit))
	}
	store, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	faults, err := plant(c.Config)
	if err != nil {
		return err
	}
	store.Store = faults.store(store.Store, store.keyset)
	house, err := c.assemble(ctx, store, faults, log)
	if err != nil {
		return err
	}
	house.Public = faults.handler(house.Public)
	doors, err := c.doors(house, log)
	if err != nil {
		return err
	}
	r := &running{log: log, house: house, doors: faults.doors(doors), delay: c.DrainDelay}
	todo := chores{house: house, log: log, now: time.Now}
	todo.once(ctx, "clock", todo.compare)
	r.open()
	until, stop := context.WithCancel(ctx)
	defer todo.keep(until)()
	defer stop()
	go c.warnOf(until, log)
	log.Info("ready", "issuer", c.Issuer, "listen", addresses(doors[0]), "private", addresses(doors[1]), "version", version())
	return r.until(ctx)
}

func (c serveCmd) assemble(ctx context.Context, store *opened, faults planted, log *slog.Logger) (*server.House, error) {
	ring, err := server.OpenRing(ctx, store, store.keyset, time.Now(), audit.House, server.AsPlanned)
	if err != nil {
		return nil, err
	}
	brand, noBrand := c.brand()
	policy, noPolicy := c.policy()
	invitations, noFacts := c.Activations.issuer(store.keyset, c.Languages[0])
	terms, noTerms := c.Terms.terms(c.Languages)
	hours, noHours := c.Console.hours()
	if err := errors.Join(noBrand, noPolicy, noFacts, noTerms, noHours); err != nil {
		return nil, err
	}
	config := server.Config{
		Issuer: c.Issuer, SupportOrigin: c.Console.Origin, SupportSecurity: c.Console.SecurityContact, SupportHours: hours, Store: store, Keyset: store.keyset, Ring: ring, Log: log,
		Brand: brand, Languages: c.Languages, Sender: c.Sender,
		Clocks: c.Sessions.clocks(), Lasts: c.Sessions.Lasts, Failures: c.FailuresAfter,
		Passwords: policy, Hashing: c.hashing(), Facts: invitations.Facts,
		Outward:        egress.Config{Allow: c.Reach},
		TrustedProxies: c.TrustedProxy, Forwarded: c.Forwarded, Preload: c.HSTSPreload,
		Rates:       c.Rates.rates(),
		Lanes:       c.Lanes.policy(),
		Wait:        c.Recovery.rule(),
		CloseAfter:  c.Leaving.CloseAfter,
		Terms:       terms,
		ClosedUntil: c.ClosedUntil,
		Keep:        time.Duration(c.AuditKeepDays) * 24 * time.Hour,
		Checkpoints: c.checkpointFiles(),
	}
	if c.WideRates {
		config.Rates.Times = forMeasuring
		log.Warn("request limits are too wide to limit anybody: this is for measurements")
	}
	if err := c.carry(&config); err != nil {
		return nil, err
	}
	return server.New(faults.config(config))
}

// doors opens the addresses: the public one, then the private one, which may have none, and that of staff, where there is one.
func (c serveCmd) doors(house *server.House, log *slog.Logger) ([]door, error) {
	bounds := func() *web.Connections { // each its own: whoever holds all connections of one keeps nobody from the other
		return &web.Connections{PerAddress: c.AddressConnections, All: c.Connections, Exempt: c.TrustedProxy}
	}
	public := door{name: "public", handler: house.Public, bounds: bounds()}
	private := door{name: "private", handler: house.Private, slow: 2 * time.Minute}
	support := door{name: "support", handler: house.Support, bounds: bounds()}
	if c.TLSCert != "" {
		public.tls = (&certificate{cert: c.TLSCert, key: c.TLSKey, log: log}).config()
		support.tls = public.tls
	}
	var faults [3]error
	var l net.Listener
	if l, faults[0] = listen(c.Listen, "listen"); l != nil {
		public.listeners = []net.Listener{l}
	}
	if c.PrivateListen != "off" {
		if l, faults[1] = listen(c.PrivateListen, "private-listen"); l != nil {
			private.listeners = []net.Listener{l}
		}
	}
	if c.Console.Listen == "" {
		return []door{public, private}, errors.Join(faults[:]...)
	}
	if l, faults[2] = listen(c.Console.Listen, "support-listen"); l != nil {
		support.listeners = []net.Listener{l}
	}
	return []door{public, private, support}, errors.Join(faults[:]...)
}

func addresses(d door) string {
	if len(d.listeners) == 0 {
		return "off"
	}
	return d.listeners[0].Addr().String()
}
