package main

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// house is one or several servers on one set of data.
type house struct {
	binary, data, database  string
	backend                 *backend // nil: the folder
	hashing, wide           bool     // wide: no limit of requests is felt
	people, callers         int
	crowds                            // of the people
	devices                 []*string // each caller's browser is known by
	idle                    float64   // memory before anything was asked, in MB
	sites                   []*site
	accounts                []account
	clients                 map[string]client
	signs                   *ecdsa.PrivateKey // of the client keyed; nil: the program knows none
	firstStart, secondStart time.Duration
}

type account struct{ Username, Password string }

type client struct {
	ID        string   `json:"client_id"`
	Secret    string   `json:"client_secret"`
	Redirects []string `json:"redirect_uris"`
}

// start makes an empty house, stops it and starts it again, so that both times are known. The crowd comes with a third start.
func (s settings) start(ctx context.Context, binary string, b *backend, database string, hashing bool) (*house, error) {
	data, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return nil, err
	}
	h := &house{
		binary: binary, data: data, database: database, backend: b, hashing: hashing, callers: s.callers, clients: map[string]client{},
	}
	h.wide = h.knows(ctx, "--insecure-rates")
	if h.firstStart, err = h.open(ctx); err != nil {
		return nil, err
	}
	h.end()
	if err := h.registerClients(ctx); err != nil {
		return nil, err
	}
	if h.secondStart, err = h.open(ctx); err != nil {
		return nil, err
	}
	h.idle = h.memory()
	if s.people == 0 || hashing || !h.knows(ctx, "--people=1") {
		return h, nil
	}
	h.end()
	h.people = s.people
	_, err = h.open(ctx)
	return h, err
}

// open starts one more server.
func (h *house) open(ctx context.Context) (time.Duration, error) {
	s, took, err := h.run(ctx)
	if err == nil {
		h.sites = append(h.sites, s)
	}
	return took, err
}

// replicate brings the number of servers to n. Each calls itself by its own address and takes tokens of its own only;
// the database, the keys and the people are the same.
func (h *house) replicate(ctx context.Context, n int) error {
	for len(h.sites) < n {
		if _, err := h.open(ctx); err != nil {
			return err
		}
	}
	return nil
}

// caller is the i-th caller's server. The browser there is known by what it got in earlier runs.
func (h *house) caller(i int) *site {
	for len(h.devices) <= i {
		h.devices = append(h.devices, new(string))
	}
	own := *h.sites[i%len(h.sites)]
	own.device = h.devices[i]
	return &own
}

// share is how many people of a crowd one caller may have at once.
func (h *house) share() int { return min(formsEach, max(1, len(h.apps.all)/h.callers)) }

// registerClients adds those that are measured. One factor is enough for them, but for one.
func (h *house) registerClients(ctx context.Context) error {
	for _, c := range []struct {
		id, alg string
		public  bool
		least   string
	}{
		{"bench-web", "ES256", false, "aal1"}, {"bench-public", "ES256", true, "aal1"},
		{"bench-web-rs256", "RS256", false, "aal1"}, {"bench-public-rs256", "RS256", true, "aal1"},
		{twoStep, "ES256", false, "two-step"},
	} {
		arguments := []string{
			"client", "add", "--json", "--id", c.id, "--name", "Bench", "--first-party", "--min-acr", c.least,
			"--redirect-uri", "http://127.0.0.1/cb", "--id-token-alg", c.alg,
		}
		if c.public {
			arguments = append(arguments, "--public")
		}
		out, err := h.command(ctx, arguments...)
		if err != nil {
			return err
		}
		var added client
		if err := json.Unmarshal(out, &added); err != nil {
			return err
		}
		added.Redirects = []string{"http://127.0.0.1/cb"}
		h.clients[c.id] = added
	}
	return h.registerKeyed(ctx)
}

// command runs one of the operator's commands on the same data.
func (h *house) command(ctx context.Context, arguments ...string) ([]byte, error) {
	arguments = append(arguments, h.flags()...)
	out, err := exec.CommandContext(ctx, h.binary, arguments...).Output() //nolint:gosec // the binary that the caller names is what is measured
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arguments[0], err)
	}
	return out, nil
}

// knows tells whether dev has a flag: another program may be older.
func (h *house) knows(ctx context.Context, flag string) bool {
	_, err := h.command(ctx, "dev", flag, "--help")
	return err == nil
}

// flags name the data.
func (h *house) flags() []string {
	return append([]string{"--data", h.data}, h.backend.flags(h.database)...)
}

func (h *house) end() {
	for _, s := range h.sites {
		s.end()
	}
	h.sites = nil
}

func (h *house) stop() {
	h.end()
	_ = os.RemoveAll(h.data)
}

// used is the CPU time so far, in microseconds.
func (h *house) used() cost {
	var c cost
	for _, s := range h.sites {
		c.server += own(s.process.Process.Pid)
	}
	c.postgres, c.redis = h.backend.used()
	return c
}

// memory is the resident set of the first server, in MB.
func (h *house) memory() float64 { return resident(h.sites[0].process.Process.Pid) }

// rows asks the operator's own command how many there are.
func (h *house) rows(ctx context.Context) (int, error) {
	out, err := h.command(ctx, "check", "--rows", "--json")
	if err != nil {
		return 0, err
	}
	var tables map[string]int
	if err := json.Unmarshal(out, &tables); err != nil {
		return 0, err
	}
	all := 0
	for _, n := range tables {
		all += n
	}
	return all, nil
}

// log is the file to which a server writes its log, as a deployment's would.
func (h *house) log() (*os.File, error) {
	return os.Create(filepath.Join(h.data, fmt.Sprintf("log.%d", len(h.sites))))
}
