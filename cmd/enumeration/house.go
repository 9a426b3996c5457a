package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/storage"
	"gatehouse/storage/storagetest/servers"
)

const (
	issuer   = "https://id.example.org"
	clientID = "enumeration"
	redirect = "https://app.example/cb"
	startsIn = time.Minute
)

// house is the program under test.
type house struct {
	dir      string
	base     string // where it listens
	process  *exec.Cmd
	backends []func() // what ends them
	keyset   *keys.Keyset
	other    *keys.Keyset // of another house
	http     *http.Client
	codes    map[byte][]string // of invitations, by kind
	pairs    int               // names of each kind that were not tried before: so many, one more, and so many others
	browsers atomic.Int64      // that there were
	away     atomic.Int64      // answers that said to come back later
}

// open makes an empty house with people in it, and starts it.
func (s settings) open(ctx context.Context) (*house, error) {
	dir, err := os.MkdirTemp("", "gatehouse-enumeration-")
	if err != nil {
		return nil, err
	}
	h := &house{dir: dir, pairs: s.pairs, http: &http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{MaxIdleConnsPerHost: mostAbreast, MaxIdleConns: mostAbreast},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	places, err := h.places(ctx, s.postgres)
	if err == nil {
		err = h.furnish(ctx, places)
	}
	if err == nil {
		err = h.start(s.binary, places)
	}
	if err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// places is where the house keeps things.
func (h *house) places(ctx context.Context, postgres bool) (storage.Options, error) {
	if !postgres {
		return storage.Options{Database: "sqlite:" + filepath.Join(h.dir, "gatehouse.db")}, nil
	}
	p, err := servers.StartPostgres()
	if err != nil {
		return storage.Options{}, err
	}
	h.backends = append(h.backends, p.Stop)
	r, err := servers.StartRedis()
	if err != nil {
		return storage.Options{}, err
	}
	h.backends = append(h.backends, r.Stop)
	err = p.Exec(ctx, "postgres", "CREATE DATABASE enumeration")
	return storage.Options{Database: p.URL("enumeration"), Redis: r.URL()}, err
}

// furnish makes the schema, the keyset, an application and the people.
func (h *house) furnish(ctx context.Context, o storage.Options) (err error) {
	now := time.Now().Truncate(time.Microsecond)
	if h.keyset, err = keys.NewKeyset(now); err != nil {
		return err
	}
	if h.other, err = keys.NewKeyset(now); err != nil {
		return err
	}
	o.Keyset, o.Now = h.keyset, time.Now
	if err := h.keyset.WriteNew(filepath.Join(h.dir, "keyset.json")); err != nil {
		return err
	}
	if _, err := storage.Migrate(ctx, o); err != nil {
		return err
	}
	store, err := storage.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	c := provider.Client{
		ID: clientID, Name: "Enumeration", AuthMethod: provider.AuthNone, RedirectURIs: []string{redirect},
		Grants: []string{provider.GrantCode}, Scopes: []string{"openid"}, FirstParty: true, IDTokenAlg: "ES256", CreatedAt: now,
	}
	if err := store.CreateClient(ctx, c, audit.ClientCreated(now, c.ID)); err != nil {
		return err
	}
	people, err := newSeeder(ctx, store, h.keyset, now)
	if err != nil {
		return err
	}
	if err := people.seed(ctx, 2*h.pairs+1); err != nil {
		return err
	}
	h.codes, err = people.invite(ctx, h.keyset, h.pairs)
	return err
}

// many is a rate that is never reached: what is measured is not who asks too often.
const many = "1000000"

// start runs the program until it is ready.
func (h *house) start(binary string, o storage.Options) error {
	arguments := []string{
		"serve", "--issuer", issuer, "--listen", "127.0.0.1:0", "--private-listen", "off", "--trusted-proxy", "127.0.0.0/8",
		"--database", o.Database, "--keyset", filepath.Join(h.dir, "keyset.json"), "--log-level", "info", "--drain-delay", "0s",
		"--brand-name", "Example Health", "--brand-phone", "1-800-555-0100", "--brand-hours", "8 to 6", "--no-messages",
		"--rate-guess-all", many, "--rate-stranger-all", many, "--rate-form-all", many, "--rate-page-all", many,
	}
	if o.Redis != "" {
		arguments = append(arguments, "--redis", o.Redis)
	}
	h.process = exec.Command(binary, arguments...) //nolint:gosec,noctx // the program that the caller names; it is ended by a signal
	h.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := h.process.StderrPipe()
	if err != nil {
		return err
	}
	if err := h.process.Start(); err != nil {
		return err
	}
	ready := make(chan string, 1)
	go h.listen(log, ready)
	select {
	case h.base = <-ready:
	case <-time.After(startsIn):
	}
	if h.base == "" {
		said, _ := os.ReadFile(filepath.Join(h.dir, "log"))
		return fmt.Errorf("the house did not get ready: %s", said)
	}
	return nil
}

// listen keeps the log, and finds the line that says where the house listens.
func (h *house) listen(log io.Reader, ready chan<- string) {
	file, err := os.Create(filepath.Join(h.dir, "log"))
	if err != nil {
		return
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		_, _ = file.WriteString(lines.Text() + "\n")
		var line struct{ Msg, Listen string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "ready" {
			ready <- "http://" + line.Listen
		}
	}
}

func (h *house) close() {
	if h.process != nil && h.process.Process != nil {
		_ = h.process.Process.Signal(syscall.SIGTERM)
		if err := h.process.Wait(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			fmt.Fprintln(os.Stderr, "the house ended:", err)
		}
	}
	for _, end := range h.backends {
		end()
	}
	_ = os.RemoveAll(h.dir)
}

// seconds is how long an answer says to wait.
func seconds(a answer) time.Duration {
	n, err := strconv.Atoi(a.header.Get("Retry-After"))
	if err != nil {
		n = 1
	}
	return time.Duration(n) * time.Second
}
