package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"gatehouse/provider"
)

// operatorFile tells a second process of this test which database to open.
const operatorFile = "GATEHOUSE_TEST_OPERATOR_FILE"

// TestOperator is the second process: it consumes keys one after another and prints each one that it won, once that was
// acknowledged.
func TestOperator(t *testing.T) {
	file := os.Getenv(operatorFile)
	if file == "" {
		t.Skip("only runs as the second process of other tests")
	}
	s, err := Open(t.Context(), file, newKeyset(t))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100_000 {
		err := s.Consume(t.Context(), "race", strconv.Itoa(i), time.Unix(1<<40, 0))
		if err == nil {
			fmt.Println("won", i)
			err = s.Record(t.Context(), provider.Event{At: time.Unix(1, 0), Kind: "operator.won", Detail: map[string]string{"key": strconv.Itoa(i)}})
		}
		if err != nil && !errors.Is(err, provider.ErrUsed) {
			t.Fatal(err)
		}
	}
}

// operate starts the second process and reads what it won.
func operate(t *testing.T, file string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	operator := exec.CommandContext(t.Context(), self, "-test.run=^TestOperator$", "-test.v")
	operator.Env = append(os.Environ(), operatorFile+"="+file)
	out, err := operator.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := operator.Start(); err != nil {
		t.Fatal(err)
	}
	return operator, bufio.NewScanner(out)
}

// wins reads on until the operator has won so many more keys, or has no more to say.
func wins(lines *bufio.Scanner, atMost int) []int {
	var won []int
	for len(won) < atMost && lines.Scan() {
		var key int
		if _, err := fmt.Sscanf(lines.Text(), "won %d", &key); err == nil {
			won = append(won, key)
		}
	}
	return won
}

// TestTwoProcesses has the server and an operator's command write at once; the operator is then killed at some moment.
// Every key is won by one of them at most, nobody is turned away, and all that was acknowledged is there.
func TestTwoProcesses(t *testing.T) {
	file := filepath.Join(t.TempDir(), fileName)
	s := openAt(t, file, newKeyset(t))
	operator, lines := operate(t, file)
	theirs := wins(lines, 1) // from here on both write
	ours := map[int]bool{}
	for i := range 300 {
		key := theirs[0] + i
		err := s.Consume(t.Context(), "race", strconv.Itoa(key), time.Unix(1<<40, 0))
		switch {
		case err == nil:
			ours[key] = true
		case !errors.Is(err, provider.ErrUsed):
			t.Fatal(err)
		}
	}
	theirs = append(theirs, wins(lines, 200)...)
	if err := operator.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	theirs = append(theirs, wins(lines, 1<<30)...)
	_ = operator.Wait() // it was killed

	for _, key := range theirs {
		if ours[key] {
			t.Errorf("%d was won by both", key)
		}
		used, err := s.Used(t.Context(), "race", strconv.Itoa(key))
		if err != nil || !used {
			t.Errorf("%d was acknowledged and is not there: %v", key, err)
		}
	}
	if len(theirs) < 201 {
		t.Errorf("the operator won only %d", len(theirs))
	}
	wantSound(t, s)
}

// TestNobodyIsKeptOut has one process write slow transactions without a pause between them, as an import on a slow disk
// does. The other gets its turn all the same; SQLite alone would have it wait until it gives up.
func TestNobodyIsKeptOut(t *testing.T) {
	file := filepath.Join(t.TempDir(), fileName)
	keyset := newKeyset(t)
	const slow = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT count(*) FROM n`
	server, importer := openAt(t, file, keyset), openAt(t, file, keyset)
	started, stop, stopped := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		for i := 0; ; i++ {
			err := importer.writer.transact(context.Background(), func(x *tx) error {
				if err := x.mark("import", strconv.Itoa(i), time.Unix(1<<40, 0)); err != nil {
					return err
				}
				var n int
				return x.row(slow).Scan(&n)
			})
			if i == 0 {
				close(started)
			}
			select {
			case <-stop:
				stopped <- err
				return
			default:
			}
			if err != nil {
				stopped <- err
				return
			}
		}
	}()
	<-started
	for i := range 10 {
		if err := server.Consume(t.Context(), "race", strconv.Itoa(i), time.Unix(1<<40, 0)); err != nil {
			t.Errorf("write %d: %v", i, err)
		}
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Error("the import:", err)
	}
}

// TestStoppedInTheGate has a process that was stopped at the gate keep nobody out for ever.
func TestStoppedInTheGate(t *testing.T) {
	file := filepath.Join(t.TempDir(), fileName)
	s := openAt(t, file, newKeyset(t))
	other, err := openGate(file)
	if err != nil {
		t.Fatal(err)
	}
	defer other.close()
	other.enter(t.Context(), gatePatience)
	if err := s.Consume(t.Context(), "race", "1", time.Unix(1<<40, 0)); err != nil {
		t.Fatal(err)
	}
}

// TestTwoHandles opens the file a second time in the same process, as gatehouse dev and a command in a test do.
func TestTwoHandles(t *testing.T) {
	file := filepath.Join(t.TempDir(), fileName)
	keyset := newKeyset(t)
	one, two := openAt(t, file, keyset), openAt(t, file, keyset)
	at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	e := provider.Event{At: at, Kind: "client.changed"}
	if err := one.CreateClient(t.Context(), provider.Client{ID: "records", CreatedAt: at}, e); err != nil {
		t.Fatal(err)
	}
	c, err := two.Client(t.Context(), "records")
	if err != nil {
		t.Fatal(err)
	}
	c.DisabledAt = at
	if err := two.UpdateClient(t.Context(), c, e); err != nil {
		t.Fatal(err)
	}
	if c, err = one.Client(t.Context(), "records"); err != nil || c.Enabled() {
		t.Fatal("the server does not see what the command did", c, err)
	}
}

// wantSound asks SQLite whether the file is whole and every reference points somewhere.
func wantSound(t *testing.T, s *Store) {
	t.Helper()
	var verdict string
	if err := s.reader.db.QueryRow(`PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatal(verdict, err)
	}
	var dangling int
	if err := s.reader.db.QueryRow(`SELECT count(*) FROM pragma_foreign_key_check`).Scan(&dangling); err != nil || dangling != 0 {
		t.Fatal(dangling, err)
	}
}
