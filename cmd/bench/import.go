package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// measureImports takes people in from elsewhere, a tenth of the number and then all of it, on both databases: what an account takes,
// and whether memory grows with the file.
func (s settings) measureImports(ctx context.Context) error {
	fmt.Printf("\naccount import: bcrypt hash, verified e-mail address and telephone number, authenticator app, a record each\n\n")
	fmt.Printf("%-12s %10s %10s %12s %14s %12s\n", "", "accounts", "seconds", "a second", "CPU µs each", "peak MB")
	if s.sqlite {
		for _, n := range []int{s.imports / 10, s.imports} {
			if err := s.importInto(ctx, "SQLite", nil, "", n); err != nil {
				return fmt.Errorf("SQLite: %w", err)
			}
		}
	}
	if !s.postgres {
		return nil
	}
	b, err := startBackend()
	if err != nil {
		return err
	}
	defer b.stop()
	for i, n := range []int{s.imports / 10, s.imports} {
		database := fmt.Sprintf("imports%d", i)
		if err := b.create(ctx, database); err != nil {
			return err
		}
		if err := s.importInto(ctx, "PostgreSQL", b, database, n); err != nil {
			return fmt.Errorf("PostgreSQL: %w", err)
		}
	}
	return nil
}

// importInto fills an empty database, and then is told the same again, which makes nobody.
func (s settings) importInto(ctx context.Context, name string, b *backend, database string, n int) error {
	data, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }()
	h := &house{binary: s.binary, data: data, database: database, backend: b}
	for _, arguments := range [][]string{{"keys", "init"}, {"migrate"}} {
		if _, err := h.command(ctx, arguments...); err != nil {
			return err
		}
	}
	for i, again := range []string{"", " again"} {
		counts, err := h.imported(ctx, n)
		if err != nil {
			return err
		}
		if counts.Made != n*(1-i) || counts.Made+counts.Present != n {
			return fmt.Errorf("%d made, %d there already", counts.Made, counts.Present)
		}
		fmt.Printf("%-12s %10d %10.1f %12.0f %14.0f %12.1f\n", name+again, n, counts.Seconds, float64(n)/counts.Seconds, counts.cpu/float64(n), counts.peak)
	}
	return nil
}

// imported is what the command says, and what the system says of it.
type imported struct {
	Made    int     `json:"made"`
	Present int     `json:"there_already"`
	Seconds float64 `json:"seconds"`
	cpu     float64 // µs, of the command alone
	peak    float64 // resident set, in MB
}

// imported runs the command with so many people on its standard input.
func (h *house) imported(ctx context.Context, n int) (imported, error) {
	command := exec.CommandContext(ctx, h.binary, append([]string{"account", "import", "-", "--json", "--failures-after", "5s"}, h.flags()...)...) //nolint:gosec // the binary that the caller names is what is measured
	in, err := command.StdinPipe()
	if err != nil {
		return imported{}, err
	}
	written := make(chan error, 1)
	go func() { written <- errors.Join(people(in, n), in.Close()) }()
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err := errors.Join(<-written, err); err != nil {
		return imported{}, err
	}
	var counts imported
	if err := json.Unmarshal(out, &counts); err != nil {
		return counts, err
	}
	state := command.ProcessState
	counts.cpu = float64((state.UserTime() + state.SystemTime()).Microseconds())
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		counts.peak = float64(usage.Maxrss) / 1000 // Linux counts in KiB
	}
	return counts, nil
}

// people writes a file of n invented people.
func people(w io.Writer, n int) error {
	for i := range n {
		_, err := fmt.Fprintf(w, `{"external_id":"p-%[1]d","username":"person%[1]d","email":"person%[1]d@example.com","email_verified":true,`+
			`"phone":"+1617%07[1]d","phone_verified":true,"given_name":"Person","family_name":"Number %[1]d","birthdate":"1984-03-09","locale":"en",`+
			`"password_hash":"$2b$10$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG","totp_secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",`+
			`"records":[{"record":"R-%[1]d","relation":"self"}]}`+"\n", i)
		if err != nil {
			return err
		}
	}
	return nil
}
