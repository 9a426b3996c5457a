package oob

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/identifier"
)

// Verdict is what came of an answer.
type Verdict struct {
	OK    bool
	Left  int  // answers that are left
	Taken bool // it was counted and looked at: if it is not OK, it was a guess, and one for the account's budget of failures
}

// Check takes one answer. It is counted before it is looked at; the right one is spent. A challenge that is over, solved, out
// of tries or unknown gives a Verdict like a wrong code, with nothing left. What is not six digits gives one, too, and is not
// counted. The Challenge is what was read of it, zero where it takes no answers any more; errors are those of the store.
func (c *Codes) Check(ctx context.Context, challenge, typed string, at time.Time) (provider.Challenge, Verdict, error) {
	length, _ := sizeOf(challenge)
	answer, ok := identifier.Digits(typed, length)
	if !ok {
		return c.look(ctx, challenge, at)
	}
	tried, err := c.Store.TryChallenge(ctx, challenge, at)
	if gone(err) {
		return provider.Challenge{}, Verdict{}, nil
	}
	if err != nil {
		return provider.Challenge{}, Verdict{}, err
	}
	if subtle.ConstantTimeCompare([]byte(c.Code(challenge)), []byte(answer)) != 1 {
		return tried, Verdict{Left: max(0, tried.MaxTries-tried.Tries), Taken: true}, nil
	}
	err = c.Store.SolveChallenge(ctx, challenge, at)
	if gone(err) { // the same code came twice at once
		return provider.Challenge{}, Verdict{}, nil
	}
	if err != nil {
		return provider.Challenge{}, Verdict{}, err
	}
	tried.SolvedAt = at
	return tried, Verdict{OK: true, Taken: true}, nil
}

// look tells how many answers are left, and takes none.
func (c *Codes) look(ctx context.Context, challenge string, at time.Time) (provider.Challenge, Verdict, error) {
	found, err := c.Store.Challenge(ctx, challenge)
	switch {
	case gone(err) || err == nil && !open(found, at):
		return provider.Challenge{}, Verdict{}, nil
	case err != nil:
		return provider.Challenge{}, Verdict{}, err
	}
	return found, Verdict{Left: found.MaxTries - found.Tries}, nil
}

// gone reports whether a challenge takes no more answers.
func gone(err error) bool {
	return errors.Is(err, provider.ErrUsed) || errors.Is(err, provider.ErrNotFound)
}
