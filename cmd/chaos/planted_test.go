package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
)

// lies are stores with one bug each, of the kinds that have been found in the field.
func lies() map[string]func(provider.Store) provider.Store {
	return map[string]func(provider.Store) provider.Store{
		"a code is redeemed without condition":    func(s provider.Store) provider.Store { return anyCode{s} },
		"a refresh advances without condition":    func(s provider.Store) provider.Store { return anyGeneration{s} },
		"standing is cached for 30 seconds":       func(s provider.Store) provider.Store { return &cached{Store: s, seen: map[string]remembered{}} },
		"the end of a session is not written":     func(s provider.Store) provider.Store { return endless{s} },
		"single use is not marked":                func(s provider.Store) provider.Store { return unmarked{s} },
		"a revocation is lost":                    func(s provider.Store) provider.Store { return unrevoked{s} },
		"a client's disabling is lost":            func(s provider.Store) provider.Store { return undisabled{s} },
		"an account's lock is lost":               func(s provider.Store) provider.Store { return unlocked{s} },
		"failures are read, then written":         func(s provider.Store) provider.Store { return &readThenWrite{Store: s, busy: map[string]bool{}} },
		"a ceremony is swapped without condition": func(s provider.Store) provider.Store { return anySwap{s} },
		"a ceremony is completed twice":           func(s provider.Store) provider.Store { return anyCompletion{s} },
		"a consent is lost":                       func(s provider.Store) provider.Store { return ungiven{s} },
		"a consent cannot be withdrawn":           func(s provider.Store) provider.Store { return unwithdrawn{s} },
		"a new password is lost":                  func(s provider.Store) provider.Store { return &unsaved{Store: s} },
		"a new password ends nothing":             func(s provider.Store) provider.Store { return othersStay{s} },
	}
}

const (
	seed       = 20261122
	atMost     = 6000 // acts of the history within which every lie is found
	inRoundsOf = 400
	actors     = 6
)

// TestEveryLieOfTheStoreIsCaught: the same load with the same seed finds each lie, and finds nothing where there is none.
func TestEveryLieOfTheStoreIsCaught(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(lies())) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, after := underLoad(t, lies()[name])
			if len(found) == 0 {
				t.Fatalf("not caught within %d acts", after)
			}
			t.Logf("caught within %d acts: %s", after, found[0])
		})
	}
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		found, after := underLoad(t, func(s provider.Store) provider.Store { return s })
		for _, v := range found[:min(len(found), 5)] {
			t.Error(v)
		}
		t.Logf("nothing found in %d acts", after)
	})
}

// underLoad loads a house until the history shows a violation or is long enough.
func underLoad(t *testing.T, lie func(provider.Store) provider.Store) (found []Violation, after int) {
	t.Helper()
	history := NewHistory(nil)
	h, err := startInProcess(t.Context(), t.TempDir(), history, lie)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	err = h.world.populate(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	for round := uint64(0); len(found) == 0 && history.Len() < atMost; round++ {
		until := history.Len() + inRoundsOf
		h.world.load(t.Context(), seed+round, actors, func() bool { return history.Len() >= until })
		found = Check(history.Ops())
	}
	return found, history.Len()
}

type anyCode struct{ provider.Store }

func (s anyCode) RedeemCode(ctx context.Context, grant string, at time.Time, e provider.Event) error {
	err := s.Store.RedeemCode(ctx, grant, at, e)
	if errors.Is(err, provider.ErrUsed) {
		return nil
	}
	return err
}

type anyGeneration struct{ provider.Store }

func (s anyGeneration) AdvanceGrant(ctx context.Context, grant string, from int64, at time.Time) error {
	err := s.Store.AdvanceGrant(ctx, grant, from, at)
	for errors.Is(err, provider.ErrStale) {
		st, readErr := s.Store.Standing(ctx, grant, "")
		if readErr != nil || !st.Grant.RevokedAt.IsZero() {
			return err
		}
		err = s.Store.AdvanceGrant(ctx, grant, st.Grant.Generation, at)
	}
	return err
}

type remembered struct {
	standing provider.Standing
	at       time.Time
}

type cached struct {
	provider.Store
	mu   sync.Mutex
	seen map[string]remembered
}

func (s *cached) Standing(ctx context.Context, grant, token string) (provider.Standing, error) {
	if token == "" { // a refresh reads anew: only what is merely looked at is remembered
		return s.Store.Standing(ctx, grant, token)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.seen[grant+token]; ok && time.Since(r.at) < 30*time.Second {
		return r.standing, nil
	}
	st, err := s.Store.Standing(ctx, grant, token)
	if err == nil {
		s.seen[grant+token] = remembered{st, time.Now()}
	}
	return st, err
}

type endless struct{ provider.Store }

func (endless) EndSession(context.Context, string, string, time.Time, provider.Event) (bool, error) {
	return true, nil
}

type unmarked struct{ provider.Store }

func (unmarked) Consume(context.Context, string, string, time.Time) error { return nil }

type unrevoked struct{ provider.Store }

func (unrevoked) RevokeGrant(context.Context, string, string, time.Time, provider.Event) (bool, error) {
	return true, nil
}

type undisabled struct{ provider.Store }

func (undisabled) UpdateClient(context.Context, provider.Client, provider.Event) error { return nil }

type unlocked struct{ provider.Store }

func (unlocked) UpdateAccount(context.Context, provider.Account, provider.Event) error { return nil }

// readThenWrite loses what is counted while another is counting.
type readThenWrite struct {
	provider.Store
	mu   sync.Mutex
	busy map[string]bool
}

func (s *readThenWrite) CountFailure(ctx context.Context, id string, e provider.Event) (int, error) {
	s.mu.Lock()
	overtaken := s.busy[id]
	s.busy[id] = true
	s.mu.Unlock()
	if overtaken {
		return 1, nil
	}
	defer func() {
		s.mu.Lock()
		delete(s.busy, id)
		s.mu.Unlock()
	}()
	return s.Store.CountFailure(ctx, id, e)
}

type anySwap struct{ provider.Store }

func (s anySwap) SwapCeremony(ctx context.Context, c provider.Ceremony) error {
	err := s.Store.SwapCeremony(ctx, c)
	for errors.Is(err, provider.ErrStale) {
		now, readErr := s.Store.Ceremony(ctx, c.ID)
		if readErr != nil {
			return readErr
		}
		c.Rev = now.Rev
		err = s.Store.SwapCeremony(ctx, c)
	}
	return err
}

// anyCompletion marks another name each time, and lets the second session in.
type anyCompletion struct{ provider.Store }

func (s anyCompletion) CompleteCeremony(ctx context.Context, c provider.Completion, e provider.Event) error {
	err := s.Store.CompleteCeremony(ctx, c, e)
	if errors.Is(err, provider.ErrUsed) {
		c.Ceremony, c.Session.SecretHash = provider.NewID(), provider.HashSecret(provider.NewSecret())
		return s.Store.CompleteCeremony(ctx, c, e)
	}
	return err
}

type ungiven struct{ provider.Store }

func (ungiven) GiveConsent(context.Context, provider.Consent, provider.Event) error { return nil }

type unwithdrawn struct{ provider.Store }

func (unwithdrawn) WithdrawConsent(context.Context, provider.AccountID, string, provider.Event) error {
	return nil
}

// unsaved takes what an operator asks of a password, and loses what its owner writes.
type unsaved struct{ provider.Store }

func (s *unsaved) SaveAuthenticator(ctx context.Context, a provider.Authenticator, e provider.Event) error {
	if a.ChangeOwed != "" {
		return s.Store.SaveAuthenticator(ctx, a, e)
	}
	held, err := s.Store.Authenticators(ctx, a.Account)
	if err != nil || len(held) == 0 {
		return errors.Join(err, provider.ErrStale)
	}
	a.Data, a.Rev = held[0].Data, held[0].Rev
	return s.Store.SaveAuthenticator(ctx, a, e)
}

type othersStay struct{ provider.Store }

func (othersStay) EndOthers(context.Context, provider.AccountID, string, string, time.Time, provider.Event) error {
	return nil
}
