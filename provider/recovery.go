package provider

import (
	"context"
	"time"
)

// Recovery is wait-and-recover: somebody who has lost every second factor waits, is announced to all addresses of the account,
// and may then bind new ones. Anybody who holds one of those addresses, or an old factor, stops it.
type Recovery struct {
	ID        string
	Account   AccountID
	Proven    Contact   // by which it was started; the zero Contact: by the password
	Contacts  []Contact // verified ones of the account when it was started; sealed at rest
	StartedAt time.Time
	ReadyAt   time.Time // it can be finished from then on
	ExpiresAt time.Time // and no longer than that
	NoticeAt  time.Time // when the next notice is due; zero: there is none
	EndedAt   time.Time // zero: pending
	EndedWhy  string    // stopped, signed_in, done, expired (it was over when the next one was started)
}

// Contact is an address of an account, and when that was verified: changed meanwhile, it is another.
type Contact struct {
	Kind       IdentifierKind `json:"kind"` // Email or Phone
	Canonical  string         `json:"canonical"`
	VerifiedAt time.Time      `json:"verified_at"`
}

// Pending reports whether a recovery can still be finished, now or later.
func (r Recovery) Pending(now time.Time) bool { return r.EndedAt.IsZero() && now.Before(r.ExpiresAt) }

// Ready reports whether it can be finished now.
func (r Recovery) Ready(now time.Time) bool { return r.Pending(now) && !now.Before(r.ReadyAt) }

// Recoveries are durable.
type Recoveries interface {
	// StartRecovery adds one: ErrTaken, where one of the account is pending at its StartedAt, or the id is there already. One
	// that is over by then ends with it.
	StartRecovery(ctx context.Context, r Recovery, e Event) error
	// Recovery reads one, pending or not: ErrNotFound.
	Recovery(ctx context.Context, id string) (Recovery, error)
	// PendingRecovery reads the one of an account: ErrNotFound.
	PendingRecovery(ctx context.Context, account AccountID, at time.Time) (Recovery, error)
	// StopRecovery ends a pending one. It answers whether it was pending until now; stopping again writes nothing.
	StopRecovery(ctx context.Context, id, why string, at time.Time, e Event) (bool, error)
	// DueRecoveries lists at most limit pending ones whose next notice is due, the longest due first.
	DueRecoveries(ctx context.Context, at time.Time, limit int) ([]Recovery, error)
	// NoticeRecovery sets when the next notice is due (zero: never), with the messages of this one (the Tell of the event).
	// ErrStale: somebody else gave it, or the recovery ended meanwhile. r is as it was read.
	NoticeRecovery(ctx context.Context, r Recovery, next time.Time, e Event) error
	// FinishRecovery ends one that is ready at that time and deletes these authenticators of its account, whose revision grows;
	// all or nothing. ErrUsed: it is not ready, stopped, finished, or over. ErrStale: an authenticator of them has gone.
	FinishRecovery(ctx context.Context, id string, removes []string, at time.Time, e Event) error
}
