package provider

import (
	"context"
	"time"
)

// SignalKind is what happened to somebody, in words of no protocol.
//
// This table is the seam to them: a kind becomes a logout token today (OpenID Connect Back-Channel Logout 1.0, 2.4), and may
// become a security event token (RFC 8417) to whoever wants more. What is not told by itself today reaches applications through
// the end of the sessions that comes with it; Why says which it was.
//
//	happened                           told today as     its Why             CAEP / RISC event
//	signed out, idle, time up          SignalSessionEnded  signed out, idle … session-revoked
//	password changed or reset          SignalSessionEnded  password …         session-revoked, credential-change
//	account locked, paused             SignalSessionEnded  account locked …   session-revoked, account-disabled
//	account closed                     SignalSessionEnded  account closed     session-revoked, account-purged
//	account enabled, address changed   -                                      account-enabled, identifier-changed
//
// Another kind is another trigger or statement that writes a row, and another case where tokens are made (provider/oidc).
type SignalKind string

// SignalSessionEnded says that a session is over, and everything that an application keeps for it should be.
const SignalSessionEnded SignalKind = "session-ended"

// SignalOutcome is what became of a signal.
type SignalOutcome string

// The outcomes. A signal that waits has none.
const (
	SignalTold    SignalOutcome = "told"    // the application answered that it did what is to be done
	SignalRefused SignalOutcome = "refused" // it answered that it will not, or could not
	SignalLost    SignalOutcome = "lost"    // it could not be reached as long as that was tried
	SignalDropped SignalOutcome = "dropped" // it wants to be told no more: removed, disabled, or without an address
)

// Signal is one thing that one application is to be told. It holds no personal datum: ids alone.
type Signal struct {
	ID      int64 // given by the store
	Kind    SignalKind
	Client  string
	Account AccountID
	Session string
	Why     string // as the session has it
	At      time.Time
	Tries   int    // handed out so often, this time included
	Lease   string // of a claim: what settling wants to see

	SettledAt time.Time // zero: it waits
	Outcome   SignalOutcome
}

// SignalQuery says which signals a worker has room for.
type SignalQuery struct {
	At     time.Time
	Lease  time.Duration
	Limit  int      // at most so many
	Each   int      // and so many of one application
	Except []string // none of these: they have enough in hand
}

// Signals are durable. They are written by whatever ends a session, in its transaction: one per session and application that has
// a grant of it and an address to be told at. No method puts one in.
type Signals interface {
	// ClaimSignals takes what is due, oldest first, and holds it for the lease: nobody else gets it meanwhile.
	ClaimSignals(ctx context.Context, q SignalQuery) ([]Signal, error)
	// PutOffSignal ends a claim: it is due again at next. ErrStale: the lease has gone to somebody else, or it is settled.
	PutOffSignal(ctx context.Context, s Signal, next time.Time) error
	// SettleSignal ends a claim for good, with its record: ErrStale.
	SettleSignal(ctx context.Context, s Signal, outcome SignalOutcome, at time.Time, e Event) error
	// SignalsOf lists those of a session, by client, waiting or settled, until a week after it was over.
	SignalsOf(ctx context.Context, session string) ([]Signal, error)
	// Signalled is signalled when this process has ended a session: there may be something to claim.
	Signalled() <-chan struct{}
	// SignalBacklog counts those that wait, and says since when the oldest does (zero: none).
	SignalBacklog(ctx context.Context) (int, time.Time, error)
	// EndExpired ends at most batch sessions whose absolute end has passed, as of that end. It answers how many there were.
	EndExpired(ctx context.Context, at time.Time, batch int) (int, error)
}

// EndedExpired is why a session is over whose time was up.
const EndedExpired = "expired"
