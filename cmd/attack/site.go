package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/password"
	"gatehouse/storage"
	"gatehouse/storage/storagetest/servers"
)

const (
	issuer   = "https://id.example.org"
	host     = "id.example.org"
	thePass  = "quiet harbor morning light"
	wrong    = "loud desert evening dark"
	replicas = 3
)

// site is a set of data with the processes that serve it: one on SQLite, three on PostgreSQL and Redis.
type site struct {
	name    string
	dir     string
	places  storage.Options
	store   provider.Store // the operator's way in
	keyset  *keys.Keyset
	encoded string // everybody's password, hashed
	mail    *mailbox
	proxy   *http.Client // the wire of the trusted proxy, by which browsers and applications come
	apps    apps
	running []*replica

	postgres *servers.Postgres
	redis    *servers.Redis // nil on SQLite

	people atomic.Int64
	from   atomic.Int64 // addresses of browsers
}

// found makes the data of a site: the schema, a keyset and the applications. Nothing runs yet.
func found(ctx context.Context, many bool) (s *site, err error) {
	s = &site{name: "SQLite", proxy: wire("127.0.0.1")}
	if s.dir, err = os.MkdirTemp("", "gatehouse-attack-"); err != nil {
		return nil, err
	}
	if many {
		s.name = "replicas"
	}
	err = s.place(ctx, many)
	if err == nil {
		err = s.furnish(ctx)
	}
	if err == nil {
		s.mail, err = newMailbox()
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// place is where the data are.
func (s *site) place(ctx context.Context, many bool) (err error) {
	if s.keyset, err = keys.NewKeyset(time.Now()); err != nil {
		return err
	}
	if err = s.keyset.WriteNew(s.file("keyset.json")); err != nil {
		return err
	}
	s.places = storage.Options{Database: "sqlite:" + s.file("gatehouse.db"), Keyset: s.keyset, Now: time.Now}
	if !many {
		return nil
	}
	if s.postgres, err = servers.StartPostgres(); err != nil {
		return err
	}
	if s.redis, err = servers.StartRedis(); err != nil {
		return err
	}
	s.places.Database = s.postgres.URL("attack")
	return s.postgres.Exec(ctx, "postgres", "CREATE DATABASE attack")
}

func (s *site) file(name string) string { return filepath.Join(s.dir, name) }

func (s *site) furnish(ctx context.Context) (err error) {
	if _, err = storage.Migrate(ctx, s.places); err != nil {
		return err
	}
	if s.store, err = storage.Open(ctx, s.places); err != nil {
		return err
	}
	if s.encoded, err = password.NewHasher(password.Params{}, s.keyset, nil).Hash(ctx, thePass); err != nil {
		return err
	}
	s.apps, err = s.register(ctx)
	return err
}

// app is a relying application.
type app struct {
	provider.Client

	secret string // "" for one that has none
}

// apps are those that the probes use.
type apps struct {
	records app // ours, with a secret
	phone   app // ours, without one
	diary   app // a third party's: people are asked
	vault   app // ours, and wants two steps
}

func (s *site) register(ctx context.Context) (all apps, err error) {
	make := func(id string, change func(*provider.Client)) (a app) {
		if err == nil {
			a, err = s.application(ctx, id, change)
		}
		return a
	}
	all.records = make("records", func(*provider.Client) {})
	all.phone = make("phone", func(c *provider.Client) { c.AuthMethod = provider.AuthNone })
	all.diary = make("diary", func(c *provider.Client) { c.FirstParty = false })
	all.vault = make("vault", func(c *provider.Client) { c.MinLevel = provider.TwoStep })
	return all, err
}

// application registers one more.
func (s *site) application(ctx context.Context, id string, change func(*provider.Client)) (app, error) {
	now := time.Now().Truncate(time.Microsecond)
	a := app{Client: provider.Client{
		ID: id, Name: "The " + id + " app", AuthMethod: provider.AuthBasic, RedirectURIs: []string{"https://" + id + ".example/cb"},
		PostLogoutRedirectURIs: []string{"https://" + id + ".example/bye"}, Grants: []string{provider.GrantCode, provider.GrantRefresh},
		Scopes: []string{"openid", "profile", "email", "offline_access"}, FirstParty: true, Rotate: true, MinLevel: provider.AAL1,
		IDTokenAlg: "ES256", CreatedAt: now,
	}}
	change(&a.Client)
	if !a.Public() {
		a.secret = provider.NewSecret()
		a.SecretHash = s.keyset.HashSecret(a.secret)
	}
	return a, s.store.CreateClient(ctx, a.Client, audit.ClientCreated(now, id))
}

// open starts the processes, with a fault or without ("").
func (s *site) open(binary, fault string) error {
	n := 1
	if s.redis != nil {
		n = replicas
	}
	for i := range n {
		r := &replica{name: fmt.Sprintf("%s %d", s.name, i+1)}
		s.running = append(s.running, r)
		if err := r.start(binary, s.arguments(), fault); err != nil {
			s.shut()
			return err
		}
	}
	return nil
}

// arguments are those of a deployment behind a proxy on this machine.
func (s *site) arguments() []string {
	all := []string{
		"serve", "--issuer", issuer, "--listen", "127.0.0.1:0", "--private-listen", "127.0.0.1:0", "--trusted-proxy", "127.0.0.1/32",
		"--database", s.places.Database, "--keyset", s.file("keyset.json"), "--log-level", "info", "--drain-delay", "0s",
		"--brand-name", "Example Health", "--brand-phone", "1-800-555-0100", "--brand-hours", "8 to 6",
		"--smtp", "smtp://" + s.mail.address() + "?tls=off", "--sender", "no-reply@" + host,
	}
	if s.redis != nil {
		all = append(all, "--redis", s.redis.URL())
	}
	return all
}

// shut ends the processes; the data stay.
func (s *site) shut() {
	for _, r := range s.running {
		r.end()
	}
	s.running = nil
}

func (s *site) close() {
	s.shut()
	if s.store != nil {
		_ = s.store.Close()
	}
	if s.mail != nil {
		s.mail.close()
	}
	if s.redis != nil {
		s.redis.Stop()
	}
	if s.postgres != nil {
		s.postgres.Stop()
	}
	_ = os.RemoveAll(s.dir)
}

// next is the process that answers the next request, as a balancer has it: any.
func (s *site) next() *replica {
	return s.running[rand.IntN(len(s.running))] //nolint:gosec // who answers is no secret
}

// address is one of a browser, each in a network of its own.
func (s *site) address() netip.Addr {
	n := s.from.Add(1)
	return netip.AddrFrom4([4]byte{byte(11 + n>>16), byte(n >> 8), byte(n), 7})
}
