package redis

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	driver "github.com/redis/go-redis/v9"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/storage/row"
	"gatehouse/storage/storagetest"
	"gatehouse/storage/storagetest/servers"
)

// fleet are the servers of this test, each started with the first test that wants it.
var fleet struct {
	sync.Mutex
	all map[string]*servers.Redis
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, r := range fleet.all {
		r.Stop()
	}
	os.Exit(code)
}

func running(t testing.TB, name string, arguments ...string) *servers.Redis {
	t.Helper()
	fleet.Lock()
	defer fleet.Unlock()
	if r, ok := fleet.all[name]; ok {
		return r
	}
	r, err := servers.StartRedis(arguments...)
	if err != nil {
		t.Fatal(err)
	}
	if fleet.all == nil {
		fleet.all = map[string]*servers.Redis{}
	}
	fleet.all[name] = r
	return r
}

func openURL(t testing.TB, url string) *Store {
	t.Helper()
	keyset, err := keys.NewKeyset(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(Options{URL: url, Sealer: keyset, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestContract(t *testing.T) {
	storagetest.RunVolatile(t, func(t *testing.T) provider.Volatile { return openURL(t, running(t, "one").URL()) })
	storagetest.RaceRates(t, func(t *testing.T) provider.Volatile { return openURL(t, running(t, "one").URL()) })
}

// TestContractOnCluster: the script keeps to one slot.
func TestContractOnCluster(t *testing.T) {
	r := running(t, "cluster", "--cluster-enabled", "yes")
	if err := r.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", 0, 16383); err != nil {
		t.Fatal(err)
	}
	s := openURL(t, "redis://"+r.Addr()+"?cluster=1")
	for s.Ready(t.Context()) != nil || !errors.Is(r.Do(t.Context(), "GET", "x"), driver.Nil) {
		time.Sleep(20 * time.Millisecond) // a new cluster needs a moment
	}
	storagetest.RunVolatile(t, func(*testing.T) provider.Volatile { return s })
}

// TestContractBehindSentinel asks a Sentinel for the server.
func TestContractBehindSentinel(t *testing.T) {
	s := openURL(t, "redis://"+sentinel(t)+"?master=house")
	for s.Ready(t.Context()) != nil {
		time.Sleep(20 * time.Millisecond)
	}
	storagetest.RunVolatile(t, func(*testing.T) provider.Volatile { return s })
}

// sentinel starts one that watches the server "one" under the name house.
func sentinel(t *testing.T) string {
	t.Helper()
	one := running(t, "one")
	r, err := servers.StartSentinel(filepath.Join(t.TempDir(), "sentinel.conf"), "house", one)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	return r.Addr()
}

// TestNothingInClear scans the snapshot for what a ceremony holds.
func TestNothingInClear(t *testing.T) {
	s := openURL(t, running(t, "one").URL())
	canaries := []string{"canary-hint-aa07", "canary-return-36d9", "canary-account-5b1e"}
	c := provider.Ceremony{Return: canaries[1], Account: provider.AccountID(canaries[2]), Demand: provider.Demand{Hint: canaries[0]}, Deadline: time.Date(2131, 1, 1, 0, 0, 0, 0, time.UTC)}
	id, err := s.BeginCeremony(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	dump, err := s.client.Dump(t.Context(), key(id)).Result()
	if err != nil || len(dump) < 100 {
		t.Fatal(len(dump), err)
	}
	for _, canary := range canaries {
		for _, form := range []string{canary, hex.EncodeToString([]byte(canary)), base64.StdEncoding.EncodeToString([]byte(canary))} {
			if bytes.Contains([]byte(dump), []byte(form)) {
				t.Errorf("%s stands in clear", canary)
			}
		}
	}
}

// TestSealedStaysUnderItsKey: a value under another ceremony's key does not open.
func TestSealedStaysUnderItsKey(t *testing.T) {
	s := openURL(t, running(t, "one").URL())
	deadline := time.Date(2131, 1, 1, 0, 0, 0, 0, time.UTC)
	one, oneErr := s.BeginCeremony(t.Context(), provider.Ceremony{Deadline: deadline})
	two, twoErr := s.BeginCeremony(t.Context(), provider.Ceremony{Deadline: deadline})
	if err := errors.Join(oneErr, twoErr, s.client.Copy(t.Context(), key(one), key(two), 0, true).Err()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ceremony(t.Context(), two); !errors.Is(err, keys.ErrSealed) {
		t.Fatalf("got %v, want keys.ErrSealed", err)
	}
}

// TestGoesByItself: a while after its deadline, also after it was swapped.
func TestGoesByItself(t *testing.T) {
	s := openURL(t, running(t, "one").URL())
	c := provider.Ceremony{Deadline: time.Date(2131, 1, 1, 0, 0, 0, 0, time.UTC)}
	id, err := s.BeginCeremony(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	want := func(deadline time.Time) {
		t.Helper()
		at, err := s.client.PExpireTime(t.Context(), key(id)).Result()
		if err != nil || at.Milliseconds() != deadline.Add(row.CeremonyKept).UnixMilli() {
			t.Fatal(at, err)
		}
	}
	want(c.Deadline)
	c.ID, c.Rev, c.Deadline = id, 1, c.Deadline.Add(time.Hour)
	if err := s.SwapCeremony(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	want(c.Deadline)
}

// stallBound tells a call that gave up by itself from one that waited for the library to (5 s and more), on however busy a
// machine.
const stallBound = 3 * time.Second

// TestStalled: no call takes longer than patience, and after five nothing is asked at all.
func TestStalled(t *testing.T) {
	r, err := servers.StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Stop()
	s := openURL(t, r.URL())
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Stall(); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for i := range 50 {
		began := time.Now()
		_, err := s.BeginCeremony(t.Context(), provider.Ceremony{Deadline: time.Date(2131, 1, 1, 0, 0, 0, 0, time.UTC)})
		took := time.Since(began)
		if !errors.Is(err, provider.ErrUnavailable) || took > stallBound {
			t.Fatalf("call %d took %v: %v", i, took, err)
		}
		if !errors.Is(err, errOpen) {
			asked++
		}
	}
	if asked < failuresToOpen || asked > 25 {
		t.Fatalf("%d of 50 calls asked a Redis that does not answer", asked)
	}
	if err := r.Resume(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for {
		_, err := s.Ceremony(t.Context(), "rx")
		if errors.Is(err, provider.ErrNotFound) {
			break
		}
		if time.Since(began) > 15*time.Second {
			t.Fatalf("not back: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestBegunElsewhere: a ceremony that another replica began is found, also while this one's breaker is still open; and while Redis
// does not answer, whoever asks for one has an answer as soon.
func TestBegunElsewhere(t *testing.T) {
	r, err := servers.StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Stop()
	one, other := openURL(t, r.URL()), openURL(t, r.URL())
	other.sealer = one.sealer
	for range failuresToOpen {
		one.gate.heard(false)
	}
	c := provider.Ceremony{Room: "oidc", Deadline: time.Date(2131, 1, 1, 0, 0, 0, 0, time.UTC)}
	if _, err := one.BeginCeremony(t.Context(), c); !errors.Is(err, errOpen) {
		t.Fatalf("begun in spite of the breaker: %v", err)
	}
	for tries := 0; ; tries++ { // a machine that is busy takes longer than patience
		id, err := other.BeginCeremony(t.Context(), c)
		if err == nil {
			if _, err = one.Ceremony(t.Context(), id); err == nil {
				break
			}
		}
		if tries == 50 || !errors.Is(err, provider.ErrUnavailable) {
			t.Fatal(err)
		}
	}
	if _, admitted := one.gate.state.admit(time.Now()); !admitted {
		t.Error("the answer did not close the breaker")
	}
	if err := r.Stall(); err != nil {
		t.Fatal(err)
	}
	for range failuresToOpen {
		one.gate.heard(false)
	}
	began := time.Now()
	if _, err := one.Ceremony(t.Context(), "rx"); !errors.Is(err, provider.ErrUnavailable) || time.Since(began) > stallBound {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	for range insisting {
		one.past <- struct{}{}
	}
	if _, err := one.Ceremony(t.Context(), "rx"); !errors.Is(err, errOpen) {
		t.Errorf("more insist than may: %v", err)
	}
	if err := r.Resume(); err != nil {
		t.Fatal(err)
	}
}

// TestGone: opened without a Redis, it says so at once, and does not hold up who has gone already.
func TestGone(t *testing.T) {
	s := openURL(t, "redis://joe:hunter2@127.0.0.1:1")
	_, err := s.BeginCeremony(t.Context(), provider.Ceremony{})
	if !errors.Is(err, provider.ErrUnavailable) || bytes.Contains([]byte(err.Error()), []byte("hunter2")) {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.BeginCeremony(ctx, provider.Ceremony{}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func BenchmarkCeremony(b *testing.B) {
	s := openURL(b, running(b, "one").URL())
	c := provider.Ceremony{Room: "oidc", Deadline: time.Date(2131, 1, 1, 0, 0, 0, 0, time.UTC)}
	id, err := s.BeginCeremony(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	c.ID = id
	for name, do := range map[string]func() error{
		"Begin": func() error { _, err := s.BeginCeremony(context.Background(), c); return err },
		"Read":  func() error { _, err := s.Ceremony(context.Background(), id); return err },
		"Swap":  func() error { c.Rev++; c.ID = id; return s.SwapCeremony(context.Background(), c) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
