package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/password"
	"gatehouse/storage"
	"gatehouse/storage/storagetest/servers"
)

const (
	issuer    = "https://id.example.org"
	clientID  = "overload"
	redirect  = "https://app.example/cb"
	thePass   = "quiet harbor morning light"
	strangers = 300 // accounts that strangers sign in to
	knownOnes = 24  // accounts with a browser that is known
	startsIn  = time.Minute
)

// house is the program under test.
type house struct {
	dir      string
	base     string // where it listens
	process  *exec.Cmd
	backends []func() // what ends them
}

// open makes an empty house with people in it, and starts it.
func (s settings) open(ctx context.Context) (*house, error) {
	dir, err := os.MkdirTemp("", "gatehouse-overload-")
	if err != nil {
		return nil, err
	}
	h := &house{dir: dir}
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
	err = p.Exec(ctx, "postgres", "CREATE DATABASE overload")
	return storage.Options{Database: p.URL("overload"), Redis: r.URL()}, err
}

// furnish makes the schema, the keyset, an application and the people.
func (h *house) furnish(ctx context.Context, o storage.Options) error {
	keyset, err := keys.NewKeyset(time.Now())
	if err != nil {
		return err
	}
	o.Keyset, o.Now = keyset, time.Now
	if err := keyset.WriteNew(filepath.Join(h.dir, "keyset.json")); err != nil {
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
	now := time.Now().Truncate(time.Microsecond)
	c := provider.Client{
		ID: clientID, Name: "Overload", AuthMethod: provider.AuthNone, RedirectURIs: []string{redirect},
		Grants: []string{provider.GrantCode}, Scopes: []string{"openid"}, FirstParty: true, IDTokenAlg: "ES256", CreatedAt: now,
	}
	if err := store.CreateClient(ctx, c, audit.ClientCreated(now, c.ID)); err != nil {
		return err
	}
	return enroll(ctx, store, keyset, now)
}

// enroll makes the people. One hash serves for all: each is sealed in a row of its own.
func enroll(ctx context.Context, store provider.Store, keyset *keys.Keyset, now time.Time) error {
	encoded, err := password.NewHasher(password.Params{}, keyset, nil).Hash(ctx, thePass)
	if err != nil {
		return err
	}
	for i := range strangers + knownOnes {
		id, name := provider.AccountID(provider.NewID()), nameOf(i)
		a := provider.Account{
			ID: id, Status: provider.Active, StatusAt: now, CreatedAt: now, UpdatedAt: now, Profile: provider.Profile{GivenName: "Ana", Locale: "en"},
			Identifiers: []provider.Identifier{{Kind: provider.Username, Value: name, Canonical: name, VerifiedAt: now}},
		}
		held := provider.Authenticator{ID: provider.NewID(), Account: id, Kind: provider.Password, Data: []byte(encoded), CreatedAt: now}
		if err := store.CreateAccount(ctx, a, []provider.Authenticator{held}, audit.AccountCreated(now, id, audit.Operator)); err != nil {
			return err
		}
	}
	return nil
}

// nameOf is a username: of strangers first, then of those whose browser is known.
func nameOf(i int) string { return "person-" + strconv.Itoa(i) }

// start runs the program until it is ready.
func (h *house) start(binary string, o storage.Options) error {
	arguments := []string{
		"serve", "--issuer", issuer, "--listen", "127.0.0.1:0", "--private-listen", "off", "--trusted-proxy", "127.0.0.0/8",
		"--database", o.Database, "--keyset", filepath.Join(h.dir, "keyset.json"), "--log-level", "info", "--drain-delay", "0s",
		"--brand-name", "Example Health", "--brand-phone", "1-800-555-0100", "--brand-hours", "8 to 6", "--no-messages",
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

// most is the largest resident set that the process had, in MiB.
func (h *house) most() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.process.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.Atoi(strings.Fields(rest)[0])
			return float64(kib) / 1024
		}
	}
	return 0
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
