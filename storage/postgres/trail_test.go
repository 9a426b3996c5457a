package postgres

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/provider"
)

// TestTrailSurvivesKills kills connections in the middle of acts of one account and of many, again and again. Every event is linked, once,
// in chains without a gap, and what was acknowledged is among them.
func TestTrailSurvivesKills(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	p := running(t)
	var stop atomic.Bool
	var acknowledged sync.Map
	var kept, refused atomic.Int64
	var all sync.WaitGroup
	for writer := range 6 {
		all.Go(func() {
			for i := 0; !stop.Load(); i++ {
				kind := fmt.Sprintf("act.%d.%d", writer, i)
				account := provider.AccountID([]string{"one", fmt.Sprint("many ", i), ""}[writer%3])
				err := s.Record(t.Context(), provider.Event{At: noon(), Kind: kind, Account: account})
				switch {
				case err == nil:
					kept.Add(1)
					acknowledged.Store(kind, true)
				case errors.Is(err, provider.ErrUnavailable):
					refused.Add(1)
				default:
					t.Errorf("got %v, want ErrUnavailable", err)
				}
			}
		})
	}
	for killed := 0; killed < 15 || kept.Load() < 50 || refused.Load() == 0; killed++ {
		const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatehouse' AND state = 'active'`
		if err := p.Exec(t.Context(), "postgres", kill); err != nil {
			t.Fatal(err)
		}
	}
	stop.Store(true)
	all.Wait()
	s.pool.Reset()
	kinds := wantChained(t, s)
	acknowledged.Range(func(kind, _ any) bool {
		if kinds[kind.(string)] != 1 {
			t.Errorf("%v was acknowledged and is there %d times", kind, kinds[kind.(string)])
		}
		return true
	})
	t.Logf("%d acknowledged, %d refused", kept.Load(), refused.Load())
}

// wantChained judges every link by the rules, and answers how often each kind of event is there.
func wantChained(t *testing.T, s *Store) map[string]int {
	t.Helper()
	heads, err := s.ChainHeads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.Trail(t.Context(), provider.TrailQuery{Limit: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(rows, func(a, b provider.TrailRow) int { return int(a.N - b.N) })
	ends, of, kinds := map[int]provider.TrailRow{}, map[provider.AccountID]int64{}, map[string]int{}
	for _, r := range rows {
		prev, begun := ends[r.Chain]
		if !begun {
			prev.Hash = provider.FirstLink()
		}
		if r.N != prev.N+1 || !bytes.Equal(r.Hash, provider.HashLink(prev.Hash, r)) {
			t.Fatalf("%s is link %d of chain %d, behind %d", r.Kind, r.N, r.Chain, prev.N)
		}
		if r.Account != "" {
			of[r.Account]++
		}
		if r.SubjectN != of[r.Account] {
			t.Fatalf("%s is number %d of %q, want %d", r.Kind, r.SubjectN, r.Account, of[r.Account])
		}
		ends[r.Chain], kinds[r.Kind] = r, kinds[r.Kind]+1
	}
	for _, head := range heads {
		if head.N != ends[head.Chain].N || head.N > 0 && !bytes.Equal(head.Hash, ends[head.Chain].Hash) {
			t.Fatalf("chain %d ends at %d, its head says %d", head.Chain, ends[head.Chain].N, head.N)
		}
	}
	return kinds
}

// TestNoLinkNoAct: where an event cannot be linked, its act did not take place, and its caller is told.
func TestNoLinkNoAct(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	execute(t, s, `ALTER TABLE links ADD CONSTRAINT planted CHECK (n < 0) NOT VALID`)
	defer execute(t, s, `ALTER TABLE links DROP CONSTRAINT planted`)
	e := provider.Event{At: noon(), Kind: "client.created"}
	if err := s.CreateClient(t.Context(), provider.Client{ID: "unlinked", CreatedAt: noon()}, e); err == nil {
		t.Fatal("it was acknowledged")
	}
	if _, err := s.Client(t.Context(), "unlinked"); !errors.Is(err, provider.ErrNotFound) {
		t.Fatal("it took place:", err)
	}
}

// TestAskedAgainAfterDeadlock plants a deadlock: somebody holds the chain of an act, and then wants the row that the act has locked. The
// server takes one of the two back. Where that is the act, it is asked again, and its caller sees nothing of it.
func TestAskedAgainAfterDeadlock(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	created := provider.Event{At: noon(), Kind: "client.created", Account: "ada"}
	if err := s.CreateClient(t.Context(), provider.Client{ID: "records", CreatedAt: noon()}, created); err != nil {
		t.Fatal(err)
	}
	if err := s.IssueActivations(t.Context(), []provider.Issue{invitation("first")}); err != nil {
		t.Fatal(err)
	}
	before := deadlocks(t, s)
	for name, act := range map[string]func(context.Context) error{
		"a statement": func(ctx context.Context) error {
			return s.UpdateClient(ctx, provider.Client{ID: "records", CreatedAt: noon(), Rev: 1}, provider.Event{At: noon(), Kind: "client.changed", Account: "ada"})
		},
		"several in one transaction": func(ctx context.Context) error {
			return s.IssueActivations(ctx, []provider.Issue{invitation("second")})
		},
	} {
		t.Run(name, func(t *testing.T) { loses(t, s, act) })
	}
	if n := deadlocks(t, s) - before; n < 2 {
		t.Errorf("%d deadlocks, want two", n)
	}
	wantChained(t, s)
}

// loses has the act and somebody else wait for one another, and the act be the one that is taken back: the server takes back who finds
// out, and the other is too patient to look.
func loses(t *testing.T, s *Store, act func(context.Context) error) {
	t.Helper()
	other, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback(context.Background()) }()
	for _, statement := range []string{`SET LOCAL deadlock_timeout = '1h'`, `SET LOCAL statement_timeout = 0`, `SELECT 1 FROM chains FOR UPDATE`} {
		if _, err := other.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	outcome, locked := make(chan error, 1), make(chan error, 1)
	go func() { outcome <- act(t.Context()) }()
	waiting(t, s, 1)
	go func() {
		_, err := other.Exec(t.Context(), `WITH one AS (UPDATE clients SET rev = rev) UPDATE activations SET used_by = used_by WHERE id = 'first'`)
		locked <- errors.Join(err, other.Commit(context.Background()))
	}()
	if err := <-locked; err != nil {
		t.Fatal(err)
	}
	if err := <-outcome; err != nil {
		t.Fatal(err)
	}
}

// waiting waits until so many wait for locks.
func waiting(t *testing.T, s *Store, want int) {
	t.Helper()
	const waits = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
	for n := 0; n < want; {
		if err := s.pool.QueryRow(t.Context(), waits).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
}

func deadlocks(t *testing.T, s *Store) (n int64) {
	t.Helper()
	const query = `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`
	execute(t, s, `SELECT pg_stat_force_next_flush()`)
	if err := s.pool.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// invitation is one to a record that all of them share.
func invitation(id string) provider.Issue {
	return provider.Issue{Event: provider.Event{At: noon(), Kind: "activation.issued"}, Activation: provider.Activation{
		ID: id, CodeHash: provider.HashSecret(id), Record: "R-1", Relation: provider.Self, IssuedAt: noon(), ExpiresAt: noon().Add(time.Hour)}}
}

// TestPrivateIsSealed: personal data of an act stand in no dump in clear.
func TestPrivateIsSealed(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	const canary = "canary-note-5e7d"
	e := provider.Event{At: noon(), Kind: "with.a.note", Private: map[string]string{"note": canary}}
	if err := s.Record(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	dump, err := running(t).Dump("postgres")
	if err != nil || !bytes.Contains(dump, []byte(e.Kind)) {
		t.Fatal("the dump does not hold what must be there:", err)
	}
	for _, form := range []string{canary, hex.EncodeToString([]byte(canary))} {
		if bytes.Contains(dump, []byte(form)) {
			t.Error("the dump holds it in clear")
		}
	}
}
