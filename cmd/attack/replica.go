package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// startsWithin is how long a process may take to get ready, on a machine that is busy.
const startsWithin = time.Minute

// replica is one gatehouse serve.
type replica struct {
	name   string
	public string // where it listens
	cmd    *exec.Cmd
	over   chan struct{} // closed when it has ended

	mu   sync.Mutex
	said []string // the last lines of its log
}

// start runs the program until it is ready.
func (r *replica) start(binary string, arguments []string, fault string) error {
	r.cmd = exec.Command(binary, arguments...) //nolint:gosec,noctx // the program that was just built; it is ended by a signal
	r.cmd.Env = append(os.Environ(), "PLANTED_FAULT="+fault)
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := r.cmd.StderrPipe()
	if err != nil {
		return err
	}
	started, ready := make(chan error, 1), make(chan string, 1)
	r.over = make(chan struct{})
	go func() { // the kernel ends the process with the thread that started it
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(r.over)
		err := r.cmd.Start()
		started <- err
		if err == nil {
			r.listen(log, ready)
			_ = r.cmd.Wait() // how it ended is told by its log
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	select {
	case r.public = <-ready:
		return nil
	case <-r.over:
	case <-time.After(startsWithin):
	}
	r.end()
	return fmt.Errorf("%s does not get ready: %s", r.name, r.log())
}

// listen reads the log to its end, and finds the line that says where the house listens.
func (r *replica) listen(log io.Reader, ready chan<- string) {
	const kept = 5000
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct{ Msg, Listen string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "ready" {
			ready <- line.Listen
		}
		r.mu.Lock()
		r.said = append(r.said, lines.Text())
		r.said = r.said[max(0, len(r.said)-kept):]
		r.mu.Unlock()
	}
}

func (r *replica) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.said, "\n")
}

func (r *replica) end() {
	if r.over == nil || r.cmd.Process == nil {
		return
	}
	_ = r.cmd.Process.Signal(syscall.SIGKILL) // it may be gone already
	<-r.over
}
