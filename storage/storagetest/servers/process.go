package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// startWithin is how long a server may take to answer.
const startWithin = 30 * time.Second

// process is a server that runs.
type process struct {
	cmd  *exec.Cmd
	over chan struct{} // closed when it has ended
}

// start runs a program. The kernel ends it with dies when we end, by whatever cause: that signal comes when the thread that
// started it ends, so a goroutine keeps that thread until then.
func start(dies syscall.Signal, who *syscall.Credential, log, program string, args ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(program, args...), over: make(chan struct{})} //nolint:noctx,gosec // a server of ours, which outlives every context
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = out, out, filepath.Dir(log)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: dies, Setpgid: true, Credential: who}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // how it ends does not matter
		}
		_ = out.Close()
		close(p.over)
	}()
	err = <-started
	if err != nil {
		return nil, err
	}
	return p, nil
}

// signal sends one to the process itself.
func (p *process) signal(s syscall.Signal) error { return p.cmd.Process.Signal(s) }

// end sends a signal and waits until the process is gone; what is left of its group is killed.
func (p *process) end(s syscall.Signal) {
	_ = p.signal(syscall.SIGCONT) // it may stand still
	_ = p.signal(s)
	select {
	case <-p.over:
	case <-time.After(startWithin):
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.over
}

// until asks again and again until there is no error, the server has ended, or it took too long.
func (p *process) until(ready func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.over:
			return fmt.Errorf("%s has ended: %w", p.cmd.Path, err)
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", p.cmd.Path, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// find looks for a program, on the path and where Debian keeps it.
func find(name string, places ...string) (string, error) {
	for _, place := range places {
		all, err := filepath.Glob(filepath.Join(place, name))
		if err == nil && len(all) > 0 {
			return all[len(all)-1], nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is not installed: run `make servers`: %w", name, err)
	}
	return path, nil
}

// freePort answers a port of the loopback that is free now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it does not wait
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// unprivileged is the user postgres where we are root: its programs refuse root. Otherwise nil: we are good enough.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("run `make servers`: %w", err)
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(uidErr, gidErr)
}

// directory makes a temporary directory of a user.
func directory(name string, who *syscall.Credential) (string, error) {
	dir, err := os.MkdirTemp("", "gatehouse-"+name+"-")
	if err != nil || who == nil {
		return dir, err
	}
	return dir, os.Chown(dir, int(who.Uid), int(who.Gid))
}

// write makes a file that only a user may read.
func write(path, content string, who *syscall.Credential) error {
	err := os.WriteFile(path, []byte(content), 0o600)
	if err != nil || who == nil {
		return err
	}
	return os.Chown(path, int(who.Uid), int(who.Gid))
}
