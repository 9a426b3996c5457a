package storagetest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"gatehouse/provider"
)

func newChallenge(account provider.AccountID) provider.Challenge {
	at := began()
	return provider.Challenge{
		ID: provider.NewID(), Account: account, Authenticator: "a1", Channel: provider.ByText, To: "+15550100", MaxTries: 5,
		CreatedAt: at, ExpiresAt: at.Add(10 * time.Minute),
	}
}

// challenge opens one.
func (h house) challenge() provider.Challenge {
	h.Helper()
	c := newChallenge("ada")
	h.ok(h.OpenChallenge(h.ctx(), c, event("code.sent")))
	return c
}

func (h house) readChallenge(id string) provider.Challenge {
	h.Helper()
	c, err := h.Challenge(h.ctx(), id)
	h.ok(err)
	return c
}

var challengePromises = []promise{
	{"a challenge is read as it was opened", func(h house) {
		c := h.challenge()
		h.same(h.readChallenge(c.ID), c)
		unbound := newChallenge("")
		unbound.Authenticator, unbound.To, unbound.Channel = "", "Ada@Example.org", provider.ByEmail
		h.ok(h.OpenChallenge(h.ctx(), unbound, event("code.sent")))
		h.same(h.readChallenge(unbound.ID), unbound)
	}},
	{"an unknown challenge is ErrNotFound", func(h house) {
		_, err := h.Challenge(h.ctx(), "none")
		h.refused(err, provider.ErrNotFound)
		_, err = h.TryChallenge(h.ctx(), "none", began())
		h.refused(err, provider.ErrNotFound)
	}},
	{"a challenge is opened once: ErrTaken", func(h house) {
		c := h.challenge()
		c.MaxTries = 1000
		h.refused(h.OpenChallenge(h.ctx(), c, event("code.sent")), provider.ErrTaken)
		h.same(h.readChallenge(c.ID).MaxTries, 5)
		h.same(h.events("code.sent"), 1)
	}},
	{"each try is counted and answered, and after the last one it is ErrUsed", func(h house) {
		c := h.challenge()
		for n := 1; n <= c.MaxTries; n++ {
			got, err := h.TryChallenge(h.ctx(), c.ID, began())
			h.ok(err)
			c.Tries = n
			h.same(got, c)
		}
		for range 3 {
			_, err := h.TryChallenge(h.ctx(), c.ID, began())
			h.refused(err, provider.ErrUsed)
		}
		h.same(h.readChallenge(c.ID), c)
	}},
	{"a challenge that is over is neither tried nor solved: ErrUsed", func(h house) {
		c := h.challenge()
		_, err := h.TryChallenge(h.ctx(), c.ID, c.ExpiresAt)
		h.refused(err, provider.ErrUsed)
		h.refused(h.SolveChallenge(h.ctx(), c.ID, c.ExpiresAt), provider.ErrUsed)
		h.same(h.readChallenge(c.ID), c)
		_, err = h.TryChallenge(h.ctx(), c.ID, c.ExpiresAt.Add(-time.Microsecond))
		h.ok(err)
	}},
	{"a challenge is solved once, and then not tried any more: ErrUsed", func(h house) {
		c := h.challenge()
		_, err := h.TryChallenge(h.ctx(), c.ID, began())
		h.ok(err)
		h.ok(h.SolveChallenge(h.ctx(), c.ID, began().Add(time.Minute)))
		h.refused(h.SolveChallenge(h.ctx(), c.ID, began().Add(time.Minute)), provider.ErrUsed)
		_, err = h.TryChallenge(h.ctx(), c.ID, began())
		h.refused(err, provider.ErrUsed)
		got := h.readChallenge(c.ID)
		h.same([]any{got.SolvedAt, got.Tries}, []any{began().Add(time.Minute), 1})
		h.refused(h.SolveChallenge(h.ctx(), "none", began()), provider.ErrUsed)
	}},
	{"the last try may be the right one", func(h house) {
		c := h.challenge()
		for range c.MaxTries {
			_, err := h.TryChallenge(h.ctx(), c.ID, began())
			h.ok(err)
		}
		h.ok(h.SolveChallenge(h.ctx(), c.ID, began()))
	}},
	{"challenges are tried apart", func(h house) {
		one, other := h.challenge(), h.challenge()
		_, err := h.TryChallenge(h.ctx(), one.ID, began())
		h.ok(err)
		h.ok(h.SolveChallenge(h.ctx(), one.ID, began()))
		h.same(h.readChallenge(other.ID), other)
	}},
}

// guessers is how many guess at once. Any store turns some of them away unheard, which decides nothing.
const guessers = 1000

var challengeRaces = []promise{
	{"of a thousand guesses at once, as many are taken as there are tries", func(h house) {
		c := h.challenge()
		var told sync.Map
		taken := 0
		for _, err := range raceOf(guessers, func(int) error {
			got, err := h.TryChallenge(h.ctx(), c.ID, began())
			if err != nil {
				return err
			}
			if _, twice := told.LoadOrStore(got.Tries, true); twice {
				return fmt.Errorf("try %d was told twice", got.Tries)
			}
			return nil
		}) {
			switch {
			case err == nil:
				taken++
			case !errors.Is(err, provider.ErrUsed) && !errors.Is(err, provider.ErrUnavailable):
				h.Fatal(err)
			}
		}
		if got := h.readChallenge(c.ID).Tries; taken == 0 || taken > c.MaxTries || got != taken {
			h.Fatalf("%d guesses were taken and %d counted, of %d", taken, got, c.MaxTries)
		}
	}},
	{"SolveChallenge has one winner", func(h house) {
		c := h.challenge()
		h.oneWinner(provider.ErrUsed, func(int) error { return h.SolveChallenge(h.ctx(), c.ID, began()) })
	}},
}
