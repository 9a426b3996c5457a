package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// startsWithin is how long a server may take from its start to being ready, on a machine that is busy.
const startsWithin = 30 * time.Second

// replica is one gatehouse serve, as long as it runs: each start has new addresses.
type replica struct {
	name string

	mu      sync.Mutex
	cmd     *exec.Cmd
	over    chan struct{} // closed when the process has ended
	public  string
	private string
	said    []string // the last lines of its log
}

// start runs the program until it says that it is ready.
func (r *replica) start(binary string, arguments []string) error {
	cmd := exec.Command(binary, arguments...) //nolint:gosec,noctx // the program under test; it is ended by signals
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	over, ready, started := make(chan struct{}), make(chan readyLine, 1), make(chan error)
	go func() { // the kernel ends the process with the thread that started it
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			r.listen(log, ready)
			_ = cmd.Wait() // how it ended is told by its log
		}
		close(over)
	}()
	err = <-started
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.cmd, r.over = cmd, over
	r.mu.Unlock()
	return r.await(ready, over)
}

// readyLine is what serve logs when it answers.
type readyLine struct {
	Message string `json:"msg"`
	Listen  string `json:"listen"`
	Private string `json:"private"`
}

func (r *replica) await(ready chan readyLine, over chan struct{}) error {
	select {
	case line := <-ready:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.public, r.private = line.Listen, line.Private
		return nil
	case <-over:
		return fmt.Errorf("replica %s ended: %s", r.name, r.log())
	case <-time.After(startsWithin):
		r.signal(syscall.SIGKILL)
		return fmt.Errorf("replica %s does not get ready: %s", r.name, r.log())
	}
}

// errors are the lines of its log that tell of a fault of its own.
func (r *replica) errors() (all []string) {
	for line := range strings.Lines(r.log()) {
		if strings.Contains(line, `"level":"ERROR"`) {
			all = append(all, strings.TrimSpace(line))
		}
	}
	return all
}

// listen reads the log to its end.
func (r *replica) listen(log io.Reader, ready chan<- readyLine) {
	const kept = 20_000
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line readyLine
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == "ready" {
			ready <- line
		}
		r.mu.Lock()
		r.said = append(r.said, lines.Text())
		r.said = r.said[max(0, len(r.said)-kept):]
		r.mu.Unlock()
	}
}

// log is the last of what it said.
func (r *replica) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.said, "\n")
}

// addresses are the public and the private one.
func (r *replica) addresses() (public, private string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.public, r.private
}

func (r *replica) signal(s syscall.Signal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd != nil {
		_ = r.cmd.Process.Signal(s) // it may be gone already
	}
}

// end sends a signal and waits for the process.
func (r *replica) end(s syscall.Signal) {
	r.mu.Lock()
	over := r.over
	r.mu.Unlock()
	if over == nil {
		return
	}
	r.signal(syscall.SIGCONT)
	r.signal(s)
	select {
	case <-over:
	case <-time.After(startsWithin):
		r.signal(syscall.SIGKILL)
		<-over
	}
}

// ready answers what /readyz says.
func (r *replica) ready(ctx context.Context) bool {
	_, err := r.ask(ctx, "/readyz")
	return err == nil
}

// ask gets something of the private listener.
func (r *replica) ask(ctx context.Context, path string) (string, error) {
	const briefly = 500 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, briefly)
	defer cancel()
	_, private := r.addresses()
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+private+path, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(asked)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK {
		err = errors.Join(err, errors.New(strings.TrimSpace(string(body))))
	}
	return string(body), err
}

// metric reads one figure of /metrics.
func (r *replica) metric(ctx context.Context, name string) (float64, error) {
	text, err := r.ask(ctx, "/metrics")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(rest), 64)
		}
	}
	return 0, fmt.Errorf("no metric %s", name)
}
