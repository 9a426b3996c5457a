package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// binary is the program under test, built once.
func binary() string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("gatehouse-chaos-%d", os.Getpid()), "gatehouse")
}

func TestMain(m *testing.M) {
	code := 1
	defer func() {
		_ = os.RemoveAll(filepath.Dir(binary()))
		os.Exit(code)
	}()
	out, err := exec.Command("go", "build", "-o", binary(), "gatehouse/cmd/gatehouse").CombinedOutput()
	if err != nil {
		fmt.Fprintf(os.Stderr, "building gatehouse: %v\n%s", err, out)
		return
	}
	code = m.Run()
}

// newFleet starts backends and n replicas for one test.
func newFleet(t *testing.T, n int, more string) *fleet {
	t.Helper()
	b, err := startBackends()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.stop)
	f, err := startFleet(t.Context(), b, binary(), n, more)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.close)
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		for _, r := range f.replicas {
			for _, line := range r.errors() {
				t.Log(r.name, line)
			}
		}
	})
	return f
}

// visitors are a world of a few people at a fleet, and one who acts.
func visitors(t *testing.T, f *fleet) (*world, *actor) {
	t.Helper()
	w := f.world(NewHistory(nil))
	must(t, w.populate(t.Context(), 3))
	return w, w.actor(seed, 1)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// kept checks the record of a test.
func kept(t *testing.T, w *world) {
	t.Helper()
	found := Check(w.history.Ops())
	for _, v := range found[:min(len(found), 5)] {
		t.Error(v)
	}
}

// signedIn is somebody with tokens of one of the applications.
func (a *actor) signedIn(ctx context.Context, t *testing.T, p *person, to app) *family {
	t.Helper()
	e := a.entrance(p, to)
	e.offline = false
	if !e.enter(ctx) {
		t.Fatalf("%s cannot sign in", p.username)
	}
	f := e.family()
	if _, op := a.redeem(ctx, f, e.code, true); op.Outcome != OK {
		t.Fatalf("the code is not redeemed: %d", op.Status)
	}
	return f
}

// on is the actor's world seen through one replica.
func (f *fleet) on(w *world, r *replica) *door {
	public, _ := r.addresses()
	return newDoor("http://"+public, w.door.issuer)
}

// TestChaos: what make chaos does, for a short while.
func TestChaos(t *testing.T) {
	f := newFleet(t, 3, "")
	began := time.Now()
	v, err := trial{seed: seed, lasts: chaosLasts, actors: actors, faulty: true}.run(t.Context(), f)
	must(t, err)
	t.Logf("%s in %s", v, time.Since(began).Round(time.Second))
	for _, one := range v.found[:min(len(v.found), 5)] {
		t.Error(one)
	}
	if len(v.ops) < 500 || v.faults < 3 {
		t.Error("too little happened to judge by")
	}
}
