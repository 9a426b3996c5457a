package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// call is one run of the program.
type call struct {
	code     int
	out, err string
}

// gatehouse runs the program in this process.
func gatehouse(t *testing.T, env map[string]string, stdin string, args ...string) call {
	t.Helper()
	var out, errs bytes.Buffer
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	code := run(t.Context(), args, desk{in: strings.NewReader(stdin), out: &out, err: &errs, env: lookup})
	return call{code: code, out: out.String(), err: errs.String()}
}

// must runs it and expects it to go well.
func must(t *testing.T, env map[string]string, stdin string, args ...string) string {
	t.Helper()
	c := gatehouse(t, env, stdin, args...)
	if c.code != exitOK {
		t.Fatalf("gatehouse %s: code %d\n%s%s", strings.Join(args, " "), c.code, c.out, c.err)
	}
	return c.out
}

// says fails unless the call failed with a code and these words.
func (c call) says(t *testing.T, code int, words ...string) {
	t.Helper()
	if c.code != code {
		t.Errorf("code %d, want %d\n%s%s", c.code, code, c.out, c.err)
	}
	for _, word := range words {
		if !strings.Contains(c.err, word) {
			t.Errorf("no word of %q in:\n%s", word, c.err)
		}
	}
}

// deployment is a directory with keyset and database, named by the environment.
func deployment(t *testing.T) map[string]string {
	t.Helper()
	env := map[string]string{"GATEHOUSE_DATA": filepath.Join(t.TempDir(), "data")}
	must(t, env, "", "keys", "init")
	must(t, env, "", "migrate")
	return env
}

// parsed reads JSON.
func parsed[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// fleet is dev in this process.
type fleet struct {
	devHouse
	line string // as it was printed
	data string
	stop context.CancelFunc
	done chan int
	errs *bytes.Buffer // read it after done
}

// startDev waits for the ready line.
func startDev(t *testing.T, data string, more ...string) *fleet {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	f := &fleet{data: data, stop: stop, done: make(chan int, 1), errs: new(bytes.Buffer)}
	lines := make(chan string, 1)
	args := append([]string{"dev", "--json", "--data", data, "--listen", "localhost:0", "--portal-listen", "127.0.0.1:0"}, more...)
	go func() {
		d := desk{in: strings.NewReader(""), out: firstLine{lines}, err: f.errs, env: func(string) (string, bool) { return "", false }}
		f.done <- run(ctx, args, d)
	}()
	t.Cleanup(f.end)
	select {
	case line := <-lines:
		f.devHouse, f.line = parsed[devHouse](t, line), line
	case code := <-f.done:
		f.done <- code
		t.Fatalf("dev ended with %d: %s", code, f.errs)
	}
	return f
}

// end stops it and waits.
func (f *fleet) end() {
	f.stop()
	code := <-f.done
	f.done <- code
}

// env names its data.
func (f *fleet) env() map[string]string { return map[string]string{"GATEHOUSE_DATA": f.data} }

func (f *fleet) client(id string) clientLine {
	for _, c := range f.Clients {
		if c.ClientID == id {
			return c
		}
	}
	return clientLine{}
}

func (f *fleet) account(username string) accountLine {
	for _, a := range f.Accounts {
		if a.Username == username {
			return a
		}
	}
	return accountLine{}
}

// firstLine passes on what is written in one piece.
type firstLine struct{ to chan string }

func (l firstLine) Write(p []byte) (int, error) {
	l.to <- string(p)
	return len(p), nil
}
