package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// site is one running server of a house.
type site struct {
	*house
	issuer, private string
	process         *exec.Cmd
	device          *string // what Ana's browser here is known by
	http            *http.Client
}

// run starts a process and waits for its first answer to discovery.
func (h *house) run(ctx context.Context) (*site, time.Duration, error) {
	arguments := append([]string{"dev", "--json", "--listen", "localhost:0", "--portal-listen", "127.0.0.1:0"}, h.flags()...)
	if !h.hashing {
		arguments = append(arguments, "--insecure-hashing")
	}
	if h.wide {
		arguments = append(arguments, "--insecure-rates")
	}
	if h.people > 0 {
		arguments = append(arguments, "--people", strconv.Itoa(h.people))
	}
	log, err := h.log()
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = log.Close() }()
	s := &site{house: h, device: new(string), process: exec.CommandContext(ctx, h.binary, arguments...), http: &http.Client{ //nolint:gosec // as in command
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	s.process.Stderr = log
	s.process.Env = append(os.Environ(), "GATEHOUSE_INSECURE_RATES=true") // a variable: an older program does not know the flag
	out, err := s.process.StdoutPipe()
	if err != nil {
		return nil, 0, err
	}
	began := time.Now()
	if err := s.process.Start(); err != nil {
		return nil, 0, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		said, _ := os.ReadFile(log.Name())
		return nil, 0, fmt.Errorf("%s did not get ready: %w %s", h.binary, err, said)
	}
	if err := s.learn(line); err != nil {
		return nil, 0, err
	}
	err = s.get(ctx, "/.well-known/openid-configuration")
	return s, time.Since(began), err
}

// learn reads the line that says all about a server that is ready. The clients' redirect addresses are those of the
// first server.
func (s *site) learn(line []byte) error {
	var ready struct {
		Issuer, Private string
		Accounts        []account
		Clients         []client
		Crowd           []*login
	}
	if err := json.Unmarshal(line, &ready); err != nil {
		return err
	}
	s.issuer, s.private, s.accounts = ready.Issuer, ready.Private, ready.Accounts
	s.crowds.learn(ready.Crowd)
	for _, c := range ready.Clients {
		s.clients[c.ID] = c
	}
	return nil
}

func (s *site) end() {
	_ = s.process.Process.Signal(syscall.SIGTERM)
	_ = s.process.Wait()
}

// profile writes a CPU profile of the next seconds into a file.
func (s *site) profile(ctx context.Context, seconds int, file string) error {
	address := fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", s.private, seconds)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	into, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = io.Copy(into, response.Body)
	if err != nil {
		return err
	}
	return into.Close()
}
