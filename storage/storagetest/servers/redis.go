package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/redis/go-redis/v9"
)

// Redis is a Redis server.
type Redis struct {
	dir       string
	port      int
	arguments []string
	now       *process
}

// StartRedis starts a server that keeps nothing by itself; more are arguments of redis-server, such as "--cluster-enabled",
// "yes".
func StartRedis(more ...string) (*Redis, error) {
	return startRedis(append([]string{"--save", "", "--appendonly", "no"}, more...)...)
}

func startRedis(arguments ...string) (*Redis, error) {
	dir, err := directory("redis", nil)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	r := &Redis{dir: dir, port: port, arguments: arguments}
	err = r.Start()
	if err != nil {
		r.Stop()
		return nil, err
	}
	return r, nil
}

// StartSecureRedis starts a server that also offers TLS, with a certificate and its key, both PEM, at the address that it
// answers.
func StartSecureRedis(certificate, key string) (r *Redis, address string, err error) {
	dir, err := directory("redis-tls", nil)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = os.RemoveAll(dir) }() // it has read them once it answers
	certFile, keyFile := filepath.Join(dir, "server.crt"), filepath.Join(dir, "server.key")
	port, err := freePort()
	err = errors.Join(err, write(certFile, certificate, nil), write(keyFile, key, nil))
	if err != nil {
		return nil, "", err
	}
	r, err = StartRedis("--tls-port", strconv.Itoa(port), "--tls-cert-file", certFile, "--tls-key-file", keyFile, "--tls-auth-clients", "no",
		"--tls-ca-cert-file", certFile)
	return r, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), err
}

// StartCluster starts three servers that share the slots of a cluster among them.
func StartCluster(ctx context.Context) (nodes []*Redis, err error) {
	defer func() {
		if err != nil {
			for _, r := range nodes {
				r.Stop()
			}
		}
	}()
	const shares, slots = 3, 16384
	for i := range shares {
		bus, err := freePort()
		if err != nil {
			return nodes, err
		}
		r, err := StartRedis("--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(bus))
		if err != nil {
			return nodes, err
		}
		nodes = append(nodes, r)
		err = r.Do(ctx, "CLUSTER", "ADDSLOTSRANGE", i*slots/shares, (i+1)*slots/shares-1)
		if err == nil && i > 0 {
			err = nodes[0].Do(ctx, "CLUSTER", "MEET", "127.0.0.1", r.port, bus)
		}
		if err != nil {
			return nodes, err
		}
	}
	for _, r := range nodes {
		err = r.now.until(r.whole)
		if err != nil {
			return nodes, err
		}
	}
	return nodes, nil
}

// whole answers nil once the node knows a server for every slot.
func (r *Redis) whole(ctx context.Context) error {
	client := redis.NewClient(&redis.Options{Addr: r.Addr()})
	defer func() { _ = client.Close() }()
	info, err := client.ClusterInfo(ctx).Result()
	if err == nil && !strings.Contains(info, "cluster_state:ok") {
		return errors.New("the cluster is not whole yet")
	}
	return err
}

// StartSentinel starts a Sentinel that knows a server by a name. It keeps its state in the file config.
func StartSentinel(config, name string, of *Redis) (*Redis, error) {
	line := fmt.Sprintf("sentinel monitor %s 127.0.0.1 %d 1\n", name, of.port)
	err := write(config, line, nil)
	if err != nil {
		return nil, err
	}
	return startRedis(config, "--sentinel")
}

// Start starts the server again after Kill. It reads the last snapshot, if Save made one.
func (r *Redis) Start() error {
	program, err := find("redis-server")
	if err != nil {
		return err
	}
	where := []string{"--port", strconv.Itoa(r.port), "--bind", "127.0.0.1", "--dir", r.dir}
	args := slices.Concat(where, r.arguments)
	if len(args) > 0 && r.arguments[0][0] != '-' { // a file of configuration comes first
		args = slices.Concat(r.arguments[:1], where, r.arguments[1:])
	}
	r.now, err = start(syscall.SIGKILL, nil, filepath.Join(r.dir, "log"), program, args...)
	if err != nil {
		return err
	}
	return r.now.until(func(ctx context.Context) error { return r.Do(ctx, "PING") })
}

// Addr is where it listens.
func (r *Redis) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(r.port)) }

// URL is what names it.
func (r *Redis) URL() string { return fmt.Sprintf("redis://%s/0", r.Addr()) }

// Do sends a command, as an operator would.
func (r *Redis) Do(ctx context.Context, command ...any) error {
	client := redis.NewClient(&redis.Options{Addr: r.Addr()})
	return errors.Join(client.Do(ctx, command...).Err(), client.Close())
}

// Save writes the snapshot from which the next start reads.
func (r *Redis) Save(ctx context.Context) error { return r.Do(ctx, "SAVE") }

// Stall makes the server stand still: it takes connections and never answers.
func (r *Redis) Stall() error { return r.now.signal(syscall.SIGSTOP) }

// Resume lets it go on.
func (r *Redis) Resume() error { return r.now.signal(syscall.SIGCONT) }

// Kill ends the server at once; its memory is lost.
func (r *Redis) Kill() { r.now.end(syscall.SIGKILL) }

// Stop ends the server and removes its directory.
func (r *Redis) Stop() {
	if r.now != nil {
		r.now.end(syscall.SIGKILL)
	}
	_ = os.RemoveAll(r.dir)
}
