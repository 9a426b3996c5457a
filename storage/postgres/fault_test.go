package postgres

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/storage/storagetest/servers"
)

// own starts a server that a test may end.
func own(t *testing.T) *servers.Postgres {
	t.Helper()
	p, err := servers.StartPostgres()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// TestServerRestarted crashes the server under a loop of writes. Meanwhile every answer is ErrUnavailable; two seconds after
// it is back all is well; whatever was acknowledged is there; and no answer took long.
func TestServerRestarted(t *testing.T) {
	p := own(t)
	s := openMigrated(t, p.URL("postgres"), newKeyset(t))
	var stop atomic.Bool
	var acknowledged sync.Map
	var all sync.WaitGroup
	for writer := range 8 {
		all.Go(func() {
			for i := 0; !stop.Load(); i++ {
				key := fmt.Sprintf("%d/%d", writer, i)
				began := time.Now()
				err := s.Consume(t.Context(), "ack", key, time.Unix(1<<33, 0))
				switch {
				case err == nil:
					acknowledged.Store(key, true)
				case !errors.Is(err, provider.ErrUnavailable):
					t.Errorf("got %v, want ErrUnavailable", err)
				default:
					time.Sleep(10 * time.Millisecond)
				}
				if took := time.Since(began); took > answerWithin+borrowWithin+5*time.Second {
					t.Errorf("an answer took %v", took)
				}
			}
		})
	}
	for range 2 {
		time.Sleep(300 * time.Millisecond)
		p.Crash()
		if err := s.Ready(t.Context()); !errors.Is(err, provider.ErrUnavailable) {
			t.Errorf("without a server: %v", err)
		}
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		wantBack(t, s)
	}
	stop.Store(true)
	all.Wait()
	n := 0
	acknowledged.Range(func(key, _ any) bool {
		n++
		used, err := s.Used(t.Context(), "ack", key.(string))
		if err != nil || !used {
			t.Errorf("%v was acknowledged and is lost: %v", key, err)
		}
		return true
	})
	if n < 50 {
		t.Errorf("only %d writes", n)
	}
	t.Logf("%d acknowledged writes, all there", n)
}

// wantBack wants the store to be ready, and ten writes in a row to go well, within two seconds.
func wantBack(t *testing.T, s *Store) {
	t.Helper()
	back := time.Now()
	for well := 0; well < 10; {
		err := errors.Join(s.Ready(t.Context()), s.Consume(t.Context(), "back", provider.NewID(), time.Unix(1<<33, 0)))
		well++
		if err != nil {
			well = 0
			time.Sleep(10 * time.Millisecond)
		}
		if time.Since(back) > 10*time.Second {
			t.Fatalf("not back after ten seconds: %v", err)
		}
	}
	t.Logf("back after %v", time.Since(back))
}

// TestBackendKilled kills connections in the middle of completions, again and again: every completion is there as a whole or
// not at all, and one that was acknowledged is there.
func TestBackendKilled(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	e := provider.Event{At: at, Kind: "session.began"}
	a := provider.Account{ID: provider.AccountID(provider.NewID()), Status: provider.Active, CreatedAt: at}
	if err := s.CreateAccount(t.Context(), a, nil, provider.Event{At: at, Kind: "account.created"}); err != nil {
		t.Fatal(err)
	}
	p := running(t)
	var stop atomic.Bool
	var acknowledged, refused atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for !stop.Load() {
				begun := provider.Session{ID: provider.NewID(), SecretHash: provider.HashSecret(provider.NewSecret()), Account: a.ID, CreatedAt: at, EndsAt: at.Add(time.Hour)}
				err := s.CompleteCeremony(t.Context(), provider.Completion{Ceremony: begun.ID, Until: at.Add(time.Hour), Session: begun, At: at}, e)
				switch {
				case err == nil:
					acknowledged.Add(1)
				case errors.Is(err, provider.ErrUnavailable):
					refused.Add(1)
				default:
					t.Errorf("got %v, want ErrUnavailable", err)
				}
			}
		})
	}
	for range 20 {
		time.Sleep(20 * time.Millisecond)
		const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatehouse' AND state = 'active'`
		if err := p.Exec(t.Context(), "postgres", kill); err != nil {
			t.Fatal(err)
		}
	}
	stop.Store(true)
	all.Wait()
	s.pool.Reset()
	var sessions, marks, events int64
	const count = `SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM marks), (SELECT count(*) FROM events WHERE kind = 'session.began')`
	if err := s.pool.QueryRow(t.Context(), count).Scan(&sessions, &marks, &events); err != nil {
		t.Fatal(err)
	}
	if sessions != marks || marks != events || sessions < acknowledged.Load() {
		t.Fatalf("%d sessions, %d marks, %d events, %d acknowledged", sessions, marks, events, acknowledged.Load())
	}
	if refused.Load() == 0 || acknowledged.Load() == 0 {
		t.Errorf("%d acknowledged, %d refused: nothing was killed", acknowledged.Load(), refused.Load())
	}
	t.Logf("%d acknowledged, %d refused, %d there", acknowledged.Load(), refused.Load(), sessions)
}

// TestPoolExhausted: with every connection taken, a caller waits half a second and is told so; nothing piles up.
func TestPoolExhausted(t *testing.T) {
	url := running(t).URL("postgres") + "&pool_max_conns=3"
	s := openMigrated(t, url, newKeyset(t))
	var taken []interface{ Release() }
	for range 3 {
		conn, err := s.pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		taken = append(taken, conn)
	}
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			began := time.Now()
			_, err := s.Client(t.Context(), "records")
			took := time.Since(began)
			if !errors.Is(err, provider.ErrUnavailable) || took < borrowWithin || took > borrowWithin+5*time.Second {
				t.Errorf("took %v: %v", took, err)
			}
		})
	}
	all.Wait()
	for _, conn := range taken {
		conn.Release()
	}
	if _, err := s.Client(t.Context(), "records"); !errors.Is(err, provider.ErrNotFound) {
		t.Fatal(err)
	}
}

// TestLockHeld: a row that somebody else holds is waited for, and not for ever.
func TestLockHeld(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	e := provider.Event{At: at, Kind: "client.changed"}
	if err := s.CreateClient(t.Context(), provider.Client{ID: "records", CreatedAt: at}, e); err != nil {
		t.Fatal(err)
	}
	tx, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	if _, err := tx.Exec(t.Context(), `SELECT 1 FROM clients WHERE id = 'records' FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	err = s.UpdateClient(t.Context(), provider.Client{ID: "records", CreatedAt: at, Rev: 1}, e)
	if took := time.Since(began); !errors.Is(err, provider.ErrUnavailable) || took > answerWithin+5*time.Second {
		t.Fatalf("took %v: %v", took, err)
	}
}

// TestReadOnly: a server that only reads is not ready, and says so to a write.
func TestReadOnly(t *testing.T) {
	url := running(t).URL("postgres")
	openMigrated(t, url, newKeyset(t))
	s := openURL(t, url+"&default_transaction_read_only=on", newKeyset(t))
	if err := s.Ready(t.Context()); !errors.Is(err, provider.ErrUnavailable) {
		t.Errorf("ready: %v", err)
	}
	if err := s.Consume(t.Context(), "a", "b", time.Unix(1, 0)); !errors.Is(err, provider.ErrUnavailable) {
		t.Errorf("write: %v", err)
	}
	if _, err := s.Used(t.Context(), "a", "b"); err != nil {
		t.Errorf("read: %v", err)
	}
}
