package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/factor/password"
	"gatehouse/storage"
	"gatehouse/storage/storagetest/servers"
)

// backends are a real PostgreSQL and Redis. Many fleets may follow one another on them, each with a database of its own.
type backends struct {
	postgres *servers.Postgres
	redis    *servers.Redis
	fleets   int
}

func startBackends() (*backends, error) {
	postgres, err := servers.StartPostgres()
	if err != nil {
		return nil, err
	}
	redis, err := servers.StartRedis()
	if err != nil {
		postgres.Stop()
		return nil, err
	}
	return &backends{postgres: postgres, redis: redis}, nil
}

func (b *backends) stop() {
	b.redis.Stop()
	b.postgres.Stop()
}

// fleet is a deployment: replicas on one PostgreSQL and Redis behind one address, with wiring that can be made bad.
type fleet struct {
	*backends
	binary     string
	dir        string
	keyset     *keys.Keyset
	store      provider.Store // the operator's, by a wire of its own
	toPostgres *wiring
	toRedis    *wiring
	replicas   []*replica
	balancer   *balancer
}

// startFleet starts n replicas on a new database. more is added to the URL of the database, such as pool_max_conns=4.
func startFleet(ctx context.Context, b *backends, binary string, n int, more string) (*fleet, error) {
	dir, err := os.MkdirTemp("", "gatehouse-chaos-")
	if err != nil {
		return nil, err
	}
	f := &fleet{backends: b, binary: binary, dir: dir}
	err = f.found(ctx, more)
	for i := 0; err == nil && i < n; i++ {
		r := &replica{name: strconv.Itoa(i + 1)}
		f.replicas = append(f.replicas, r)
		err = f.launch(r)
	}
	if err == nil {
		f.balancer, err = newBalancer(f.replicas)
	}
	if err == nil {
		err = f.awaitReady(ctx, startsWithin)
	}
	if err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// found makes the database, the keyset and the wiring.
func (f *fleet) found(ctx context.Context, more string) (err error) {
	f.fleets++
	name := "fleet" + strconv.Itoa(f.fleets)
	err = f.postgres.Exec(ctx, "postgres", "CREATE DATABASE "+name)
	if err != nil {
		return err
	}
	f.keyset, err = keys.NewKeyset(time.Now())
	if err != nil {
		return err
	}
	options := storage.Options{Database: f.postgres.URL(name), Keyset: f.keyset, Now: time.Now}
	_, err = storage.Migrate(ctx, options)
	if err != nil {
		return err
	}
	f.store, err = storage.Open(ctx, options)
	if err != nil {
		return err
	}
	f.toPostgres, err = newWiring("postgres", "127.0.0.1:"+strconv.Itoa(f.postgres.Port()))
	if err != nil {
		return err
	}
	f.toRedis, err = newWiring("redis", f.redis.Addr())
	if err != nil {
		return err
	}
	return f.configure(f.postgres.URL(name), more)
}

// configure writes the files that serve reads.
func (f *fleet) configure(database, more string) error {
	u, err := url.Parse(database)
	if err != nil {
		return err
	}
	u.Host = f.toPostgres.address()
	if more != "" {
		u.RawQuery += "&" + more
	}
	return errors.Join(
		f.keyset.WriteNew(f.file("keyset.json")),
		os.WriteFile(f.file("database"), []byte(u.String()), 0o600),
		os.WriteFile(f.file("redis"), []byte("redis://"+f.toRedis.address()+"/0"), 0o600),
	)
}

func (f *fleet) file(name string) string { return filepath.Join(f.dir, name) }

// storageFlags are those of every command of the operator.
func (f *fleet) storageFlags() []string {
	return []string{"--database-file", f.file("database"), "--keyset", f.file("keyset.json")}
}

// drainDelay is how long a replica goes on answering once it says that it is not ready: some looks of the balancer.
const drainDelay = 500 * time.Millisecond

// launch starts a replica, or starts it again.
func (f *fleet) launch(r *replica) error {
	return r.start(f.binary, append([]string{
		"serve", "--issuer", issuer, "--listen", "127.0.0.1:0", "--private-listen", "127.0.0.1:0", "--trusted-proxy", "127.0.0.1/32",
		"--redis-file", f.file("redis"), "--drain-delay", drainDelay.String(), "--log-level", "info",
		"--brand-name", "Example Health", "--brand-phone", "1-800-555-0100", "--brand-hours", "8 to 6", "--no-messages", "--insecure-rates",
	}, f.storageFlags()...))
}

// kill ends a replica without a word, and starts it again.
func (f *fleet) kill(r *replica) error {
	r.end(syscall.SIGKILL)
	return f.launch(r)
}

// roll ends a replica as a deployment does, and starts it again.
func (f *fleet) roll(r *replica) error {
	r.end(syscall.SIGTERM)
	return f.launch(r)
}

// awaitReady waits until every replica is ready, and the balancer knows.
func (f *fleet) awaitReady(ctx context.Context, within time.Duration) error {
	return until(ctx, within, func() error {
		for i, r := range f.replicas {
			_, err := r.ask(ctx, "/readyz")
			if err == nil && !f.balancer.ready[i].Load() {
				err = errors.New("the balancer has not seen it")
			}
			if err != nil {
				return fmt.Errorf("replica %s: %w", r.name, err)
			}
		}
		return nil
	})
}

// until asks again and again until there is no error, or it took too long.
func until(ctx context.Context, within time.Duration, what func() error) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for {
		err := what()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("not within %s: %w", within, err)
		}
		shortly(ctx)
	}
}

// world is everybody who deals with this fleet.
func (f *fleet) world(history *History) *world {
	return newWorld("http://"+f.balancer.address, history, f.store, f.keyset, password.Params{})
}

// close ends everything but the backends.
func (f *fleet) close() {
	if f.balancer != nil {
		f.balancer.close()
	}
	for _, r := range f.replicas {
		r.end(syscall.SIGKILL)
	}
	for _, w := range []*wiring{f.toPostgres, f.toRedis} {
		if w != nil {
			w.close()
		}
	}
	if f.store != nil {
		_ = f.store.Close()
	}
	_ = os.RemoveAll(f.dir)
}
