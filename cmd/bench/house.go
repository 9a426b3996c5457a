package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// house is a running server.
type house struct {
	binary, data, issuer    string
	accounts                []account
	clients                 map[string]client
	firstStart, secondStart time.Duration
	process                 *exec.Cmd
	http                    *http.Client
}

type account struct{ Username, Password string }

type client struct {
	ID        string   `json:"client_id"`
	Secret    string   `json:"client_secret"`
	Redirects []string `json:"redirect_uris"`
}

// start makes an empty house, stops it and starts it again, so that both times are known.
func start(ctx context.Context, binary string, hashing bool) (*house, error) {
	data, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return nil, err
	}
	h := &house{binary: binary, data: data, http: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if h.firstStart, err = h.run(ctx, hashing); err != nil {
		return nil, err
	}
	h.end()
	if err := h.registerClients(ctx); err != nil {
		return nil, err
	}
	h.secondStart, err = h.run(ctx, hashing)
	return h, err
}

// run starts the process and waits for its first answer to discovery.
func (h *house) run(ctx context.Context, hashing bool) (time.Duration, error) {
	arguments := []string{"dev", "--json", "--listen", "localhost:0", "--portal-listen", "127.0.0.1:0", "--data", h.data}
	if !hashing {
		arguments = append(arguments, "--insecure-hashing")
	}
	h.process = exec.CommandContext(ctx, h.binary, arguments...) //nolint:gosec // the binary that the caller names is what is measured
	var noise bytes.Buffer
	h.process.Stderr = &noise
	out, err := h.process.StdoutPipe()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := h.process.Start(); err != nil {
		return 0, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		return 0, fmt.Errorf("%s did not get ready: %w %s", h.binary, err, noise.String())
	}
	var ready struct {
		Issuer   string
		Accounts []account
		Clients  []client
	}
	if err := json.Unmarshal(line, &ready); err != nil {
		return 0, err
	}
	h.issuer, h.accounts = ready.Issuer, ready.Accounts
	if h.clients == nil {
		h.clients = map[string]client{}
	}
	for _, c := range ready.Clients {
		h.clients[c.ID] = c
	}
	err = h.get(ctx, "/.well-known/openid-configuration")
	return time.Since(began), err
}

// registerClients adds those whose ID tokens are signed with ES256, beside the seeded ones.
func (h *house) registerClients(ctx context.Context) error {
	for _, c := range []struct{ id, kind string }{{"bench-web", ""}, {"bench-public", "--public"}} {
		arguments := []string{
			"client", "add", "--data", h.data, "--json", "--id", c.id, "--name", "Bench", "--first-party",
			"--redirect-uri", "http://127.0.0.1/cb", "--id-token-alg", "ES256",
		}
		if c.kind != "" {
			arguments = append(arguments, c.kind)
		}
		out, err := exec.CommandContext(ctx, h.binary, arguments...).Output() //nolint:gosec // as above
		if err != nil {
			return fmt.Errorf("client add: %w", err)
		}
		var added client
		if err := json.Unmarshal(out, &added); err != nil {
			return err
		}
		added.Redirects = []string{"http://127.0.0.1/cb"}
		h.clients[c.id] = added
	}
	return nil
}

func (h *house) end() {
	_ = h.process.Process.Signal(syscall.SIGTERM)
	_ = h.process.Wait()
}

func (h *house) stop() {
	h.end()
	_ = os.RemoveAll(h.data)
}

// cpu is what the process has used so far, user and system, from /proc/PID/stat (clock ticks of 10 ms).
func (h *house) cpu() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", h.process.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+2:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// memory is the resident set of the process, in MB.
func (h *house) memory() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.process.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return float64(kb) / 1000
		}
	}
	return 0
}

// rows asks the operator's own command how many there are.
func (h *house) rows(ctx context.Context) (int, error) {
	out, err := exec.CommandContext(ctx, h.binary, "check", "--data", h.data, "--rows", "--json").Output() //nolint:gosec // as above
	if err != nil {
		return 0, fmt.Errorf("check --rows: %w", err)
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
