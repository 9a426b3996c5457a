package both_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/storage"
	"gatehouse/storage/storagetest"
	"gatehouse/storage/storagetest/servers"
)

// house is the pair of servers of these tests.
type house struct {
	postgres *servers.Postgres
	redis    *servers.Redis
}

// started is both servers; a test that ends one starts it again.
var started = sync.OnceValues(func() (house, error) {
	p, err := servers.StartPostgres()
	if err != nil {
		return house{}, err
	}
	r, err := servers.StartRedis()
	return house{p, r}, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	h, _ := started()
	if h.postgres != nil {
		h.postgres.Stop()
	}
	if h.redis != nil {
		h.redis.Stop()
	}
	os.Exit(code)
}

// open opens the pair as the house does.
func open(t testing.TB) (provider.Store, house) {
	t.Helper()
	h, err := started()
	if err != nil {
		t.Fatal(err)
	}
	keyset, err := keys.NewKeyset(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	o := storage.Options{Database: h.postgres.URL("postgres"), Redis: h.redis.URL(), Keyset: keyset, Now: time.Now}
	if _, err := storage.Migrate(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	store, err := storage.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store, h
}

func TestContract(t *testing.T) {
	storagetest.RunVolatile(t, func(t *testing.T) provider.Volatile {
		store, _ := open(t)
		return store
	})
}

// ceremony is one that lives long.
func ceremony() provider.Ceremony {
	return provider.Ceremony{Room: "oidc", Began: time.Date(2131, 1, 1, 0, 0, 0, 0, time.UTC), Deadline: time.Date(2131, 1, 1, 1, 0, 0, 0, time.UTC)}
}

// begin begins a ceremony that a certain store must keep, and reads it.
func begin(t *testing.T, s provider.Store, keeper byte) provider.Ceremony {
	t.Helper()
	id, err := s.BeginCeremony(t.Context(), ceremony())
	if err != nil || id[0] != keeper {
		t.Fatalf("%q, %v, want one that begins with %c", id, err, keeper)
	}
	c, err := s.Ceremony(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// again waits until new ceremonies go to Redis again.
func again(t *testing.T, s provider.Store) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		id, err := s.BeginCeremony(t.Context(), ceremony())
		if err != nil {
			t.Fatal(err)
		}
		if id[0] == 'r' {
			return
		}
		if time.Since(began) > 15*time.Second {
			t.Fatal("Redis is back and not used")
		}
	}
}

// wantGone wants the person of a ceremony to be sent to start again, and every way on to go there.
func wantGone(t *testing.T, s provider.Store, c provider.Ceremony) {
	t.Helper()
	if _, err := s.Ceremony(t.Context(), c.ID); !errors.Is(err, provider.ErrNotFound) || errors.Is(err, provider.ErrUnavailable) {
		t.Errorf("reading: %v", err)
	}
	if err := s.SwapCeremony(t.Context(), c); !errors.Is(err, provider.ErrNotFound) || errors.Is(err, provider.ErrUnavailable) {
		t.Errorf("swapping: %v", err)
	}
}

// TestWiped: what was in Redis is gone, and the next sign-in is there again.
func TestWiped(t *testing.T) {
	s, h := open(t)
	c := begin(t, s, 'r')
	if err := h.redis.Do(t.Context(), "FLUSHALL"); err != nil {
		t.Fatal(err)
	}
	wantGone(t, s, c)
	begin(t, s, 'r')
}

// TestStalled: a Redis that takes connections and never answers costs 60 ms a few times, and then nothing; sign-in goes on
// in PostgreSQL, and what began there goes on there when Redis is back.
func TestStalled(t *testing.T) {
	s, h := open(t)
	c := begin(t, s, 'r')
	if err := h.redis.Stall(); err != nil {
		t.Fatal(err)
	}
	defer h.redis.Resume()
	var elsewhere provider.Ceremony
	for range 20 {
		began := time.Now()
		elsewhere = begin(t, s, 'p')
		if took := time.Since(began); took > 3*time.Second { // 50 ms of Redis, a commit and a read; the rest is for a busy machine
			t.Errorf("took %v", took)
		}
	}
	wantGone(t, s, c)
	if err := h.redis.Resume(); err != nil {
		t.Fatal(err)
	}
	again(t, s)
	if err := s.SwapCeremony(t.Context(), elsewhere); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ceremony(t.Context(), c.ID); err != nil {
		t.Errorf("what Redis kept is not read again: %v", err)
	}
}

// TestGone: with Redis dead the house opens, and signs in.
func TestGone(t *testing.T) {
	_, h := open(t)
	h.redis.Kill()
	s, _ := open(t)
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := begin(t, s, 'p')
	if err := s.SwapCeremony(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := h.redis.Start(); err != nil {
		t.Fatal(err)
	}
	again(t, s)
}

// TestOldSnapshot sets Redis back to before a sign-in was completed and its session ended: the ceremony is there again, and
// it cannot be completed again; the ended session stays ended.
func TestOldSnapshot(t *testing.T) {
	s, h := open(t)
	at := ceremony().Began
	e := provider.Event{At: at, Kind: "session.began"}
	account := provider.Account{ID: provider.AccountID(provider.NewID()), Status: provider.Active, CreatedAt: at}
	if err := s.CreateAccount(t.Context(), account, nil, e); err != nil {
		t.Fatal(err)
	}
	c := begin(t, s, 'r')
	if err := h.redis.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	session := provider.Session{ID: provider.NewID(), SecretHash: provider.HashSecret("first"), Account: account.ID, CreatedAt: at, EndsAt: at.Add(time.Hour)}
	done := provider.Completion{Ceremony: c.ID, Until: c.Deadline, Session: session, At: at}
	if err := s.CompleteCeremony(t.Context(), done, e); err != nil {
		t.Fatal(err)
	}
	if live, err := s.EndSession(t.Context(), session.ID, "signed_out", at, e); !live || err != nil {
		t.Fatal(live, err)
	}
	h.redis.Kill()
	if err := h.redis.Start(); err != nil {
		t.Fatal(err)
	}
	back := read(t, s, c.ID)
	if back.Rev != c.Rev {
		t.Fatal(back.Rev, c.Rev)
	}
	done.Session.ID, done.Session.SecretHash = provider.NewID(), provider.HashSecret("second")
	if err := s.CompleteCeremony(t.Context(), done, e); !errors.Is(err, provider.ErrUsed) {
		t.Fatalf("completed twice: %v", err)
	}
	ended, err := s.SessionBySecret(t.Context(), session.SecretHash)
	if err != nil || ended.Live(at) {
		t.Fatal("an ended session lives again", err)
	}
}

// read waits for a ceremony that Redis has again.
func read(t *testing.T, s provider.Store, id string) provider.Ceremony {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for {
		c, err := s.Ceremony(ctx, id)
		if err == nil {
			return c
		}
		if ctx.Err() != nil {
			t.Fatalf("the snapshot was not read: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
