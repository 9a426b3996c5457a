package provider

import (
	"context"
	"time"
)

// Closing is an account whose owner wants it closed. Until it is due they are reminded, and may take it back.
type Closing struct {
	ID       string
	Account  AccountID
	AskedAt  time.Time
	DueAt    time.Time // it is closed from then on
	NoticeAt time.Time // when somebody has to look at it next: the reminder, and then DueAt
}

// longestReminder is how long before the end the reminder comes at the earliest: time enough to read it and to sign in.
const longestReminder = 3 * 24 * time.Hour

// AskClosing begins one that is due after a wait. The reminder comes three days before the end, or half-way where that is later.
func AskClosing(id string, account AccountID, wait time.Duration, now time.Time) Closing {
	due := now.Add(wait)
	return Closing{ID: id, Account: account, AskedAt: now, DueAt: due, NoticeAt: due.Add(-min(longestReminder, wait/2))}
}

// Due reports whether the account is to be closed now.
func (c Closing) Due(now time.Time) bool { return !now.Before(c.DueAt) }

// Closings are durable.
type Closings interface {
	// AskClosing adds one: ErrTaken, where the account has one already, or is not active.
	AskClosing(ctx context.Context, c Closing, e Event) error
	// PendingClosing reads the one of an account: ErrNotFound.
	PendingClosing(ctx context.Context, account AccountID) (Closing, error)
	// CancelClosing takes one back. It answers whether it was there until now; cancelling again writes nothing. PauseAccount takes
	// it back too: what was asked before may have been somebody else's wish.
	CancelClosing(ctx context.Context, c Closing, e Event) (bool, error)
	// DueClosings lists at most limit whose NoticeAt has come, the longest due first.
	DueClosings(ctx context.Context, at time.Time, limit int) ([]Closing, error)
	// NoticeClosing moves NoticeAt on, with the messages of this notice (the Tell of the event). ErrStale: somebody else gave it, or
	// the closing was cancelled. c is as it was read.
	NoticeClosing(ctx context.Context, c Closing, next time.Time, e Event) error
	// CloseAccount closes an active account whose closing is due at that time, for good: all or nothing. Its sessions and grants end;
	// what it is called, how it is reached, what it signs in with, its browsers, its consents and its links to records are deleted,
	// and so are the links that it gave to others and the invitations that made its own. The id and the events stay, without
	// the personal data that were sealed in them, and nobody is
	// given its username. ErrUsed: it was closed, cancelled or paused before, or it is not due.
	CloseAccount(ctx context.Context, c Closing, why string, at time.Time, e Event) error
}
