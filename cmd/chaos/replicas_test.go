package main

import (
	"context"
	"net/http"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestReplicasAreOneHouse: what is begun at one replica ends at another, and what ends at one has ended at all.
func TestReplicasAreOneHouse(t *testing.T) {
	f := newFleet(t, 3, "")
	w, a := visitors(t, f)
	t.Run("a ceremony wanders", func(t *testing.T) { wanders(t, w, a) })
	t.Run("a sign-out holds", func(t *testing.T) {
		holds(t, f, w, a, func(ctx context.Context, g *family) bool {
			p := a.farewell(ctx, g)
			return a.leftFor(p)
		})
	})
	t.Run("a revoked grant is dead", func(t *testing.T) {
		holds(t, f, w, a, func(ctx context.Context, g *family) bool {
			return a.call(ctx, g.app, "/revoke", "token", g.latest()).status == http.StatusOK
		})
	})
	t.Run("a locked account gets nothing", func(t *testing.T) {
		holds(t, f, w, a, func(ctx context.Context, g *family) bool { return a.setStatus(ctx, g.person, "locked") == nil })
	})
	t.Run("a disabled client gets nothing", func(t *testing.T) {
		holds(t, f, w, a, func(ctx context.Context, g *family) bool { return a.setClient(ctx, g.app, time.Now()) == nil })
		must(t, a.setClient(t.Context(), w.apps[0], time.Time{})) // the others need it
	})
	t.Run("a key that got out is refused", func(t *testing.T) { keyGone(t, f, w, a) })
}

// wanders takes each step of a sign-in to another replica.
func wanders(t *testing.T, w *world, a *actor) {
	p := w.people[0]
	b := newBrowser(w.door)
	b.replica = "1"
	opened := b.get(t.Context(), w.apps[2].address(false))
	asked, ok := opened.form("/password")
	if !ok {
		t.Fatalf("no sign-in page: %d", opened.status)
	}
	b.replica = "2"
	consent, ok := b.press(t.Context(), asked.with("username", p.username, "password", p.password())).form("/consent")
	if !ok {
		t.Fatal("no question about consent")
	}
	b.replica = "3"
	code, refused := b.press(t.Context(), consent.with("choice", "allow")).code()
	if code == "" {
		t.Fatalf("no code, but %q", refused)
	}
	g := &family{app: w.apps[2], person: p, browser: b, session: a.w.arrive(p)}
	if _, op := a.redeem(t.Context(), g, code, false); op.Outcome != OK {
		t.Errorf("not redeemed: %d", op.Status)
	}
}

// holds ends something through one replica, and looks at once at every other.
func holds(t *testing.T, f *fleet, w *world, a *actor, end func(context.Context, *family) bool) {
	t.Helper()
	p, err := w.enroll(t.Context())
	must(t, err)
	g := a.signedIn(t.Context(), t, p, w.apps[0])
	for i, r := range f.replicas {
		if !accepted(t, f.on(w, r), a, g) {
			t.Fatalf("not accepted by replica %d to begin with", i+1)
		}
	}
	g.browser.replica = "1"
	if !end(t.Context(), g) {
		t.Fatal("it was not ended")
	}
	for i, r := range f.replicas {
		if accepted(t, f.on(w, r), a, g) {
			t.Errorf("still accepted by replica %d", i+1)
		}
	}
}

// accepted asks userinfo with the access token, and tries the refresh token, at one replica.
func accepted(t *testing.T, d *door, a *actor, g *family) bool {
	t.Helper()
	bearer := d.send(t.Context(), request{method: http.MethodGet, path: "/userinfo", header: http.Header{"Authorization": {"Bearer " + g.access}}})
	there := &actor{w: &world{door: d, history: a.w.history}, n: a.n}
	refreshed := there.call(t.Context(), g.app, "/token", "grant_type", "refresh_token", "refresh_token", g.latest())
	if bearer.lost() || refreshed.lost() {
		t.Fatalf("userinfo %d %v, refresh %d %v", bearer.status, bearer.err, refreshed.status, refreshed.err)
	}
	if next, _, ok := readTokens(refreshed); ok {
		g.refreshes = append(g.refreshes, next.Refresh)
	}
	return bearer.status == http.StatusOK || refreshed.status == http.StatusOK
}

// rotatesWithin is how soon every replica refuses a key that got out: they look every 5 seconds.
const rotatesWithin = 7 * time.Second

// keyGone rotates in an emergency, by the operator's program.
func keyGone(t *testing.T, f *fleet, w *world, a *actor) {
	g := a.signedIn(t.Context(), t, w.people[1], w.apps[0])
	out, err := exec.Command(f.binary, append([]string{"keys", "rotate", "--signing", "ES256", "--emergency"}, f.storageFlags()...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v %s", err, out)
	}
	began := time.Now()
	for _, r := range f.replicas {
		d := f.on(w, r)
		must(t, until(t.Context(), rotatesWithin, func() error {
			got := d.send(t.Context(), request{method: http.MethodGet, path: "/userinfo", header: http.Header{"Authorization": {"Bearer " + g.access}}})
			if got.status != http.StatusUnauthorized {
				return http.ErrNotSupported
			}
			return nil
		}))
	}
	t.Logf("refused by all after %s", time.Since(began).Round(10*time.Millisecond))
	a.signedIn(t.Context(), t, w.people[1], w.apps[0])
}

// TestARollingRestartFailsNobody: while replicas go and come one after another, every answer is an answer.
func TestARollingRestartFailsNobody(t *testing.T) {
	f := newFleet(t, 3, "")
	w, _ := visitors(t, f)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var rolled atomic.Int64
	go func() {
		defer stop()
		for until := time.Now().Add(rollLasts); time.Now().Before(until); {
			for _, r := range f.replicas {
				if err := f.roll(r); err != nil {
					t.Error(err)
					return
				}
				rolled.Add(1)
				if err := f.awaitReady(t.Context(), startsWithin); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	w.load(ctx, seed, 4, func() bool { return false })
	kept(t, w)
	entered, lost := 0, 0
	for _, op := range w.history.Ops() {
		entered += count(op.Kind == Redeem && op.Outcome == OK)
		answered := op.Kind == Use || op.Kind == Redeem || op.Kind == Refresh || op.Kind == Count
		if answered && (op.Status == 0 || op.Status >= http.StatusInternalServerError) {
			if lost++; lost < 4 {
				t.Errorf("lost on the way: %s %s status %d", op.Kind, op.Note, op.Status)
			}
		}
	}
	t.Logf("%d restarts, %d sign-ins, %d answers lost", rolled.Load(), entered, lost)
	if entered == 0 || rolled.Load() < 3 {
		t.Error("nothing was tested")
	}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// TestAServerThatIsToldToEndSaysSo: a drained server has let its last request end, and exits well.
func TestAServerThatIsToldToEndSaysSo(t *testing.T) {
	f := newFleet(t, 1, "")
	r := f.replicas[0]
	r.signal(syscall.SIGTERM)
	must(t, until(t.Context(), 5*time.Second, func() error {
		if r.ready(t.Context()) {
			return http.ErrServerClosed
		}
		return nil
	}))
	r.end(syscall.SIGCONT) // that is: wait
	if !strings.Contains(r.log(), `"stopped"`) {
		t.Error("it did not say that it stopped")
	}
}
