package storagetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
)

// runners is how many try at once.
const runners = 50

// race has everybody do the same at once and answers how each fared. Who finds the store full, on a busy machine, asks again:
// nothing was decided.
func race(do func(runner int) error) []error { return raceOf(runners, do) }

func raceOf(runners int, do func(runner int) error) []error {
	outcomes := make([]error, runners)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range runners {
		all.Go(func() {
			<-start
			outcomes[i] = do(i)
			for tries := 0; tries < 500 && errors.Is(outcomes[i], provider.ErrUnavailable); tries++ {
				time.Sleep(10 * time.Millisecond)
				outcomes[i] = do(i)
			}
		})
	}
	close(start)
	all.Wait()
	return outcomes
}

// oneWinner wants one success, and the named error for all others.
func (h house) oneWinner(lost error, do func(runner int) error) {
	h.Helper()
	won := 0
	for _, err := range race(do) {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, lost):
			h.Fatalf("a loser got %v, want %v", err, lost)
		}
	}
	if won != 1 {
		h.Fatalf("%d winners of %d, want 1", won, runners)
	}
}

// liveOnce makes a loser of whoever is told that the thing was not live any more.
func liveOnce(live bool, err error) error {
	if err == nil && !live {
		return provider.ErrUsed
	}
	return err
}

var racePromises = []promise{
	{"Consume has one winner", func(h house) {
		h.oneWinner(provider.ErrUsed, func(int) error { return h.Consume(h.ctx(), "jti", "k", began().Add(time.Hour)) })
	}},
	{"CompleteCeremony has one winner, and one session begins", func(h house) {
		a := h.account("ada")
		h.oneWinner(provider.ErrUsed, func(int) error {
			c := completion(newSession(a.ID))
			c.Ceremony = "the one"
			return h.CompleteCeremony(h.ctx(), c, event("session.began"))
		})
		h.same(h.events("session.began"), 1)
	}},
	{"a password is replaced while fifty sign in with the old one: whoever was first is found by whoever ends sessions then", func(h house) {
		a := h.account("ada", provider.Password)
		old := h.held(a)
		h.leaveNone(a, shown(old), func() error {
			fresh := h.held(a)
			fresh.Data, fresh.CreatedAt = []byte("new"), old.CreatedAt.Add(time.Second)
			return h.SaveAuthenticator(h.ctx(), fresh, event("password.changed"))
		})
	}},
	{"a factor is removed while fifty sign in with it: whoever was first is found by whoever ends sessions then", func(h house) {
		a := h.account("ada", provider.TOTP)
		h.leaveNone(a, shown(h.held(a)), func() error {
			return h.RemoveAuthenticator(h.ctx(), h.held(a), h.rev(a.ID), event("authenticator.removed"))
		})
	}},
	{"an account is locked while fifty sign in: whoever was first is ended with it, and nobody begins after", func(h house) {
		a := h.account("ada")
		sessions := make([]string, runners)
		for i, err := range race(func(i int) error {
			if i == runners/2 {
				shut := a
				shut.Status = provider.Locked
				return h.UpdateAccount(h.ctx(), shut, event("account.locked"))
			}
			c := completion(newSession(a.ID))
			sessions[i] = c.Session.ID
			return h.CompleteCeremony(h.ctx(), c, event("session.began"))
		}) {
			if i == runners/2 || err != nil && !errors.Is(err, provider.ErrStale) {
				h.ok(err)
				continue
			}
			if s, found := h.Session(h.ctx(), sessions[i]); found == nil && s.Live(a.UpdatedAt) {
				h.Fatalf("%d: a session is live of an account that was locked", i)
			}
		}
	}},
	{"a session is renewed by one winner", func(h house) {
		s := h.begin(newSession(h.account("ada").ID))
		h.oneWinner(provider.ErrStale, func(int) error {
			mine := s
			mine.SecretHash = provider.HashSecret(provider.NewSecret())
			return h.CompleteCeremony(h.ctx(), completion(mine), event("session.renewed"))
		})
		h.same(h.session(s.ID).Rev, s.Rev+1)
	}},
	{"RedeemCode has one winner", func(h house) {
		g := h.grant()
		h.oneWinner(provider.ErrUsed, func(int) error { return h.RedeemCode(h.ctx(), g.ID, began(), event("code.redeemed")) })
		h.same(h.events("code.redeemed"), 1)
	}},
	{"AdvanceGrant has one winner", func(h house) {
		g := h.grant()
		h.oneWinner(provider.ErrStale, func(int) error { return h.AdvanceGrant(h.ctx(), g.ID, 0, began()) })
		h.same(h.standing(g.ID).Grant.Generation, int64(1))
	}},
	{"RevokeGrant was live exactly once", func(h house) {
		g := h.grant()
		h.oneWinner(provider.ErrUsed, func(int) error {
			return liveOnce(h.RevokeGrant(h.ctx(), g.ID, "reuse", began(), event("grant.revoked")))
		})
		h.same(h.events("grant.revoked"), 1)
	}},
	{"EndSession was live exactly once", func(h house) {
		s := h.begin(newSession(h.account("ada").ID))
		h.oneWinner(provider.ErrUsed, func(int) error {
			return liveOnce(h.EndSession(h.ctx(), s.ID, "signed_out", began(), event("session.ended")))
		})
		h.same(h.events("session.ended"), 1)
	}},
	{"CreateAccount with one username has one winner", func(h house) {
		h.oneWinner(provider.ErrTaken, func(int) error {
			return h.CreateAccount(h.ctx(), newAccount("ada"), nil, event("account.created"))
		})
		ids, err := h.FindAccounts(h.ctx(), provider.Email, "ada@example.org")
		h.ok(err)
		h.same(len(ids), 1)
	}},
	{"CreateClient with one id has one winner", func(h house) {
		h.oneWinner(provider.ErrTaken, func(int) error { return h.CreateClient(h.ctx(), newClient("records"), event("client.created")) })
	}},
	{"UpdateAccount has one winner", func(h house) {
		a := h.account("ada")
		h.oneWinner(provider.ErrStale, func(i int) error {
			mine := a
			mine.Identifiers = []provider.Identifier{{Kind: provider.Username, Value: "u", Canonical: fmt.Sprint(i)}}
			return h.UpdateAccount(h.ctx(), mine, event("account.changed"))
		})
		got, err := h.Account(h.ctx(), a.ID)
		h.ok(err)
		h.same(len(got.Identifiers), 1)
	}},
	{"UpdateClient has one winner", func(h house) {
		c := h.client("records")
		h.oneWinner(provider.ErrStale, func(int) error { return h.UpdateClient(h.ctx(), c, event("client.changed")) })
	}},
	{"SaveAuthenticator has one winner", func(h house) {
		a := h.held(h.account("ada", provider.Password))
		h.oneWinner(provider.ErrStale, func(int) error { return h.SaveAuthenticator(h.ctx(), a, event("authenticator.changed")) })
	}},
	{"the first keyring has one winner", func(h house) { h.raceKeyring() }},
	{"SwapKeyring has one winner", func(h house) {
		h.raceKeyring()
		h.raceKeyring()
	}},
	{"SwapCeremony has one winner", raceSwapCeremony},
	{"fifty failures at once are fifty failures, each told another number", func(h house) {
		a := h.held(h.account("ada", provider.Password))
		var told sync.Map
		for _, err := range race(func(int) error {
			n, err := h.CountFailure(h.ctx(), a.ID, event("proof.failed"))
			_, twice := told.LoadOrStore(n, true)
			if err == nil && twice {
				return fmt.Errorf("%d was told twice", n)
			}
			return err
		}) {
			h.ok(err)
		}
		h.same(h.held(provider.Account{ID: a.Account}).Failures, runners)
		h.same(h.events("proof.failed"), runners)
	}},
	{"a code is redeemed or its grant revoked first, and the store knows which", func(h house) {
		g := h.grant()
		outcomes := race(func(i int) error {
			if i == runners/2 {
				return liveOnce(h.RevokeGrant(h.ctx(), g.ID, "reuse", began(), event("grant.revoked")))
			}
			return h.RedeemCode(h.ctx(), g.ID, began(), event("code.redeemed"))
		})
		h.ok(outcomes[runners/2])
		redeemed := h.events("code.redeemed")
		if redeemed > 1 || (redeemed == 1) == h.standing(g.ID).Grant.CodeUsedAt.IsZero() {
			h.Fatalf("redeemed %d times, used at %v", redeemed, h.standing(g.ID).Grant.CodeUsedAt)
		}
	}},
}

var stepRaces = []promise{
	{"a step is spent by one winner", func(h house) {
		a := h.held(h.account("ada", provider.TOTP))
		h.oneWinner(provider.ErrUsed, func(int) error { return h.SpendStep(h.ctx(), a.ID, 7) })
		h.same(h.held(provider.Account{ID: a.Account}).Step, int64(7))
	}},
	{"steps that are spent at once never go back", func(h house) {
		a := h.held(h.account("ada", provider.TOTP))
		for _, err := range race(func(i int) error { return unless(provider.ErrUsed, h.SpendStep(h.ctx(), a.ID, int64(i+1))) }) {
			h.ok(err)
		}
		h.same(h.held(provider.Account{ID: a.Account}).Step, int64(runners))
	}},
	{"of two authenticators that lean on each other one is removed", func(h house) {
		a := h.account("ada", provider.TOTP, provider.Passkey)
		held, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		rev := h.rev(a.ID)
		h.oneWinner(provider.ErrStale, func(i int) error {
			err := h.RemoveAuthenticator(h.ctx(), held[i%2], rev, event("authenticator.removed"))
			if errors.Is(err, provider.ErrNotFound) { // it is the one that went
				return provider.ErrStale
			}
			return err
		})
		h.held(a)
	}},
	{"RemoveAuthenticator has one winner", func(h house) {
		a := h.held(h.account("ada", provider.TOTP))
		h.oneWinner(provider.ErrStale, func(int) error {
			err := h.RemoveAuthenticator(h.ctx(), a, h.rev(a.Account), event("authenticator.removed"))
			if errors.Is(err, provider.ErrNotFound) { // told from what changed only by who comes later
				return provider.ErrStale
			}
			return err
		})
		h.same(h.events("authenticator.removed"), 1)
	}},
}

func (hs Harness) races(t *testing.T) {
	hs.each(t, racePromises, stepRaces, challengeRaces, budgetRaces, laneRaces, deviceRaces, outboxRaces, rateRaces,
		activationRaces, recoveryRaces, importRaces, idleRaces, supportRaces, reviewRaces)
	hs.besideActivations(t)
	t.Run("a step is spent by one winner, also by two replicas", func(t *testing.T) {
		h := house{T: t, Store: hs.Open(t)}
		replica := hs.Beside(t, h.Store)
		a := h.held(h.account("ada", provider.TOTP))
		h.oneWinner(provider.ErrUsed, func(i int) error {
			return []provider.Store{h.Store, replica}[i%2].SpendStep(h.ctx(), a.ID, 7)
		})
	})
	t.Run("a message is claimed by one replica", func(t *testing.T) {
		h := house{T: t, Store: hs.Open(t)}
		replica := hs.Beside(t, h.Store)
		h.tell(newMessage(""))
		h.oneWinner(provider.ErrUsed, func(i int) error {
			claims, err := []provider.Store{h.Store, replica}[i%2].ClaimMessages(h.ctx(), channels(), began(), lease, 10)
			return liveOnce(len(claims) == 1, err)
		})
	})
}

func (h house) raceKeyring() {
	h.Helper()
	_, rev, err := h.Keyring(h.ctx())
	h.ok(err)
	h.oneWinner(provider.ErrStale, func(i int) error {
		return h.SwapKeyring(h.ctx(), fmt.Append(nil, i), rev, event("keys.changed"))
	})
}

func raceSwapCeremony(h house) {
	c := h.ceremony()
	h.oneWinner(provider.ErrStale, func(int) error { return h.SwapCeremony(h.ctx(), c) })
}

// leaveNone has fifty complete ceremonies by these proofs while somebody takes the proofs away and ends sessions after that: none
// is live then.
func (h house) leaveNone(a provider.Account, proofs []provider.Proof, takeAway func() error) {
	h.Helper()
	sessions, gone := make([]string, runners), false
	for i, err := range race(func(i int) error {
		if i == runners/2 {
			for !gone {
				err := takeAway()
				if gone = err == nil; err != nil && !errors.Is(err, provider.ErrStale) { // stale: its use was noted meanwhile
					return err
				}
			}
			return h.EndOthers(h.ctx(), a.ID, "", "taken away", began(), event("others.ended"))
		}
		c := completion(newSession(a.ID))
		c.Proofs = proofs
		err := h.CompleteCeremony(h.ctx(), c, event("session.began"))
		if err == nil {
			sessions[i] = c.Session.ID
		}
		return err
	}) {
		if err != nil && (i == runners/2 || !errors.Is(err, provider.ErrStale)) {
			h.Fatalf("%d: %v", i, err)
		}
	}
	for _, id := range sessions {
		if id != "" && h.session(id).Live(began()) {
			h.Fatal("a session is live by what was taken away")
		}
	}
}
