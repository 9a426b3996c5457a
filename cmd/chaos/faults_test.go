package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// answersWithin is how long any request may take, whatever is broken behind the house.
const answersWithin = 3*time.Second + 500*time.Millisecond // the house's own 3 s, and the machine's due

// readyWithin is how soon the house serves again once PostgreSQL does.
const readyWithin = 2 * time.Second

// TestRedisMayGoAnyway: whatever becomes of Redis, people sign in, in bounded time, and nobody who signed out is back.
func TestRedisMayGoAnyway(t *testing.T) {
	f := newFleet(t, 2, "")
	w, a := visitors(t, f)
	nothing := func(context.Context) error { return nil }
	restart := func(context.Context) error { f.redis.Kill(); return f.redis.Start() }
	mend := func(ctx context.Context) error { f.toRedis.mend(ctx); return nil }
	for _, c := range []struct {
		name               string
		before, hurt, heal func(context.Context) error
	}{
		{"wiped", nothing, func(ctx context.Context) error { return f.redis.Do(ctx, "FLUSHALL") }, nothing},
		{"restarted empty", nothing, restart, nothing},
		{"set back to an old snapshot", f.redis.Save, restart, nothing},
		{"standing still", nothing, func(context.Context) error { return f.redis.Stall() }, func(context.Context) error { return f.redis.Resume() }},
		{"gone", nothing, func(context.Context) error { f.redis.Kill(); return nil }, func(context.Context) error { return f.redis.Start() }},
		{"a black hole", nothing, func(context.Context) error { return f.toRedis.swallow() }, mend},
		{"slow", nothing, func(context.Context) error { return f.toRedis.slow(500) }, mend},
		{"resetting", nothing, func(context.Context) error { return f.toRedis.reset() }, mend},
	} {
		t.Run(c.name, func(t *testing.T) {
			opened := a.present(t, c.before)
			must(t, c.hurt(t.Context()))
			a.goOnWithout(t, opened)
			must(t, c.heal(t.Context()))
			a.signedIn(t.Context(), t, w.people[1], w.apps[0])
		})
	}
	kept(t, w)
	w.bounded(t)
}

// opened is what stands open when something breaks.
type opened struct {
	way    *entrance // at its first page
	page   page
	gone   *family  // of somebody who has signed out
	copied *browser // with the cookies from before that
}

// present opens a sign-in, and has somebody sign out after before was done.
func (a *actor) present(t *testing.T, before func(context.Context) error) opened {
	t.Helper()
	gone := a.signedIn(t.Context(), t, a.w.people[0], a.w.apps[0])
	way := a.entrance(a.w.people[0], a.w.apps[0])
	o := opened{way: way, page: way.browser.get(t.Context(), way.app.address(false)), gone: gone, copied: gone.browser.twin()}
	must(t, before(t.Context()))
	got, op := a.timed(func() answer {
		p := a.farewell(t.Context(), gone)
		if !a.leftFor(p) {
			t.Fatal("not signed out")
		}
		return p.answer
	})
	a.changed(op, got, Fact{ofSession(gone.session), Over}, true)
	return o
}

// goOnWithout answers the form that was open, signs in anew, and tries what has ended.
func (a *actor) goOnWithout(t *testing.T, o opened) {
	t.Helper()
	next, ok := o.way.step(t.Context(), o.page)
	if !ok || next.lost() {
		t.Errorf("the form that was open was answered %d %v", next.status, next.err)
	}
	for range 3 {
		a.signedIn(t.Context(), t, a.w.people[1], a.w.apps[0])
		a.silently(t.Context(), &family{app: a.w.apps[0], person: o.gone.person, browser: o.copied, session: o.gone.session})
		a.inspect(t.Context(), o.gone)
	}
}

// bounded expects every act but those of several requests to have been short.
func (w *world) bounded(t *testing.T) {
	t.Helper()
	var longest Op
	for _, op := range w.history.Ops() {
		if (op.Kind == Use || op.Kind == Redeem) && op.End-op.Start > longest.End-longest.Start {
			longest = op
		}
	}
	took := longest.End - longest.Start
	t.Logf("the longest answer took %s: %s %s", took.Round(time.Millisecond), longest.Kind, longest.Note)
	if took > answersWithin {
		t.Errorf("longer than %s", answersWithin)
	}
}

// TestPostgresMayRestart: without the database the house says so honestly, and serves again soon after its return; what was
// acknowledged is there.
func TestPostgresMayRestart(t *testing.T) {
	f := newFleet(t, 2, "")
	w, a := visitors(t, f)
	stays := a.signedIn(t.Context(), t, w.people[0], w.apps[0])
	leaves := a.signedIn(t.Context(), t, w.people[1], w.apps[0])
	got, op := a.timed(func() answer { return a.call(t.Context(), leaves.app, "/revoke", "token", leaves.latest()) })
	a.changed(op, got, Fact{ofGrant(leaves), Over}, got.status == http.StatusOK)
	for range 2 {
		f.postgres.Crash()
		for _, r := range f.replicas {
			honest(t, f.on(w, r), a, stays)
			if r.ready(t.Context()) {
				t.Error("ready without a database")
			}
		}
		must(t, f.postgres.Start())
		began := time.Now()
		must(t, until(t.Context(), startsWithin, func() error {
			for _, r := range f.replicas {
				_, err := r.ask(t.Context(), "/readyz")
				if err != nil {
					return err
				}
			}
			return nil
		}))
		ready := time.Since(began)
		t.Logf("ready %s after its return", ready.Round(time.Millisecond))
		if ready > readyWithin {
			t.Errorf("not ready within %s", readyWithin)
		}
		a.inspect(t.Context(), stays)
		a.inspect(t.Context(), leaves)
		a.signedIn(t.Context(), t, w.people[2], w.apps[0])
	}
	kept(t, w)
}

// honest asks everything that needs the database, and what does not.
func honest(t *testing.T, d *door, a *actor, g *family) {
	t.Helper()
	there := &actor{w: &world{door: d, history: a.w.history}, n: a.n}
	ask := func(path string) answer { return d.send(t.Context(), request{method: http.MethodGet, path: path}) }
	for name, c := range map[string]struct {
		status int
		ask    func() answer
	}{
		"authorize": {http.StatusServiceUnavailable, func() answer { return ask(g.app.address(false)) }},
		"code": {http.StatusServiceUnavailable, func() answer {
			return there.call(t.Context(), g.app, "/token", "grant_type", "authorization_code", "code", "x")
		}},
		"refresh": {http.StatusServiceUnavailable, func() answer {
			return there.call(t.Context(), g.app, "/token", "grant_type", "refresh_token", "refresh_token", g.latest())
		}},
		"introspect": {http.StatusServiceUnavailable, func() answer { return there.call(t.Context(), g.app, "/introspect", "token", g.access) }},
		"revoke":     {http.StatusServiceUnavailable, func() answer { return there.call(t.Context(), g.app, "/revoke", "token", g.latest()) }},
		"userinfo": {http.StatusServiceUnavailable, func() answer {
			return d.send(t.Context(), request{method: http.MethodGet, path: "/userinfo", header: http.Header{"Authorization": {"Bearer " + g.access}}})
		}},
		"discovery": {http.StatusOK, func() answer { return ask("/.well-known/openid-configuration") }},
		"JWKS":      {http.StatusOK, func() answer { return ask("/jwks") }},
		"help":      {http.StatusOK, func() answer { return ask("/help") }},
	} {
		began := time.Now()
		got := c.ask()
		if got.status != c.status {
			t.Errorf("%s answered %d %v, want %d", name, got.status, got.err, c.status)
		}
		if got.status == http.StatusServiceUnavailable && got.header.Get("Retry-After") == "" {
			t.Errorf("%s does not say when to come back", name)
		}
		if took := time.Since(began); took > answersWithin {
			t.Errorf("%s took %s", name, took)
		}
	}
}

// TestABadWireToPostgres: late, broken or swallowed answers of the database are answered in time, and nothing piles up.
func TestABadWireToPostgres(t *testing.T) {
	f := newFleet(t, 1, "")
	w, a := visitors(t, f)
	g := a.signedIn(t.Context(), t, w.people[0], w.apps[0])
	for name, hurt := range map[string]func() error{
		"slow":       func() error { return f.toPostgres.slow(400) },
		"black hole": f.toPostgres.swallow,
		"resetting":  f.toPostgres.reset,
	} {
		t.Run(name, func(t *testing.T) {
			before := f.settled(t, 1000)
			must(t, hurt())
			longest, statuses := crowd(t, f.on(w, f.replicas[0]), a, g)
			f.toPostgres.mend(t.Context())
			must(t, f.awaitReady(t.Context(), 5*time.Second))
			after := f.settled(t, before+20)
			t.Logf("longest answer %s, statuses %v, goroutines %.0f before and %.0f after", longest.Round(time.Millisecond), statuses, before, after)
			if longest > answersWithin {
				t.Errorf("an answer took %s", longest)
			}
			a.signedIn(t.Context(), t, w.people[1], w.apps[0])
		})
	}
	kept(t, w)
}

// settled waits until a replica runs no more goroutines than most, and answers how many they are.
func (f *fleet) settled(t *testing.T, most float64) float64 {
	t.Helper()
	var n float64
	must(t, until(t.Context(), 10*time.Second, func() (err error) {
		n, err = f.replicas[0].metric(t.Context(), "go_goroutines")
		if err == nil && n > most {
			err = errors.New("goroutines pile up")
		}
		return err
	}))
	return n
}

// crowd is sixty requests at once, twice: how long the longest took, and how they were answered.
func crowd(t *testing.T, d *door, a *actor, g *family) (longest time.Duration, statuses []int) {
	t.Helper()
	var mu sync.Mutex
	there := &actor{w: &world{door: d, history: a.w.history}, n: a.n}
	for range 2 {
		atOnce(60, func(i int) {
			began := time.Now()
			got := there.call(t.Context(), g.app, "/introspect", "token", g.access)
			if i%2 == 0 {
				got = d.send(t.Context(), request{method: http.MethodGet, path: g.app.address(false)})
			}
			took := time.Since(began)
			if i%2 == 0 {
				took /= 2 // two requests
			}
			mu.Lock()
			defer mu.Unlock()
			longest = max(longest, took)
			if !slices.Contains(statuses, got.status) {
				statuses = append(statuses, got.status)
			}
			if got.status == 0 || got.status == http.StatusInternalServerError {
				t.Errorf("answered %d %v", got.status, got.err)
			}
		})
	}
	d.http.CloseIdleConnections()
	slices.Sort(statuses)
	return longest, statuses
}

// TestAFullPoolWaitsALittle: where every connection is busy, callers are turned away soon, and what needs none is served.
func TestAFullPoolWaitsALittle(t *testing.T) {
	f := newFleet(t, 1, "pool_max_conns=4")
	w, a := visitors(t, f)
	g := a.signedIn(t.Context(), t, w.people[0], w.apps[0])
	d := f.on(w, f.replicas[0])
	locked := make(chan error, 1)
	go func() {
		locked <- f.postgres.Exec(t.Context(), "fleet1", "BEGIN; LOCK TABLE clients, grants IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(4); COMMIT")
	}()
	must(t, until(t.Context(), 3*time.Second, func() error {
		if got := a.w.door.send(t.Context(), request{method: http.MethodGet, path: g.app.address(false)}); got.status != http.StatusServiceUnavailable {
			return errors.New("not locked yet")
		}
		return nil
	}))
	longest, statuses := crowd(t, d, a, g)
	began := time.Now()
	if got := d.send(t.Context(), request{method: http.MethodGet, path: "/jwks"}); got.status != http.StatusOK || time.Since(began) > 500*time.Millisecond {
		t.Errorf("JWKS: %d after %s", got.status, time.Since(began))
	}
	t.Logf("longest answer %s, statuses %v", longest.Round(time.Millisecond), statuses)
	if longest > answersWithin {
		t.Errorf("an answer took %s", longest)
	}
	must(t, <-locked)
	a.signedIn(t.Context(), t, w.people[1], w.apps[0])
	kept(t, w)
}
