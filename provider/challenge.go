package provider

import (
	"context"
	"errors"
	"time"
)

// Challenge is a one-time code on its way to somebody (NIST SP 800-63B-4, 3.1.3). The code itself is kept nowhere: it is
// derived from the id under a key of the house.
type Challenge struct {
	ID            string    // NewID
	Account       AccountID // one that there is not, or "": kept and tried like any other
	Authenticator string    // the one that is verified; "" while an address is being bound
	Channel       Channel   // of the first send
	To            string    // sealed at rest
	Tries         int       // answers taken so far
	MaxTries      int
	CreatedAt     time.Time
	ExpiresAt     time.Time
	SolvedAt      time.Time // zero: not solved
}

// Challenges are durable, and so is the count of answers: it is what stands between a guesser and six digits.
type Challenges interface {
	// OpenChallenge adds one, with the message that carries it (the Tell of the event): ErrTaken.
	OpenChallenge(ctx context.Context, c Challenge, e Event) error
	// Challenge reads one: ErrNotFound.
	Challenge(ctx context.Context, id string) (Challenge, error)
	// TryChallenge takes one answer, in one conditional statement, before it is looked at, and answers the challenge as it then
	// is. ErrUsed: there are no more tries, it is solved, or it is over at that time. ErrNotFound.
	TryChallenge(ctx context.Context, id string, at time.Time) (Challenge, error)
	// SolveChallenge spends it, in one conditional statement: ErrUsed for everybody but the first, and where it is over or there
	// is none.
	SolveChallenge(ctx context.Context, id string, at time.Time) error
}

// Budget is how often something may happen: Limit times from the first until Window later, then anew.
type Budget struct {
	Purpose string // what is counted
	Key     string // for whom; kept as a keyed fingerprint
	Limit   int
	Window  time.Duration
}

// ErrSpent says that a budget is used up.
var ErrSpent = errors.New("budget spent")

// Budgets are durable counters, one conditional statement each.
type Budgets interface {
	// Spend takes one. It answers how many are left, and when the window ends. ErrSpent: there was none to take, until then.
	Spend(ctx context.Context, b Budget, at time.Time) (left int, until time.Time, err error)
	// Refund gives back one that was taken at that time, as long as the window that it was taken in lasts. Where there is nothing
	// to give back, it does nothing.
	Refund(ctx context.Context, b Budget, at time.Time) error
}
