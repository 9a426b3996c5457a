package provider

import (
	"context"
	"time"
)

// Overviews are what an owner sees of their account, and how they shut what they do not want. They are durable.
type Overviews interface {
	// SessionsOf lists the live sessions of an account, last seen first, at most limit.
	SessionsOf(ctx context.Context, account AccountID, at time.Time, limit int) ([]Session, error)
	// ConsentsOf lists what an account allowed, by client, also what is over by now.
	ConsentsOf(ctx context.Context, account AccountID) ([]Consent, error)
	// GrantsOf lists the grants of an account that can still give tokens, newest first, at most limit: redeemed, neither revoked
	// nor over, and offline or of a live session. Whether their consent stands is not looked at.
	GrantsOf(ctx context.Context, account AccountID, at time.Time, limit int) ([]Grant, error)
	// EventsOf lists events of an account, newest first.
	EventsOf(ctx context.Context, account AccountID, q EventQuery) ([]Event, error)
	// EndAccess takes back what an account allowed a client, and revokes its live grants: all or nothing. ErrNotFound: there was
	// neither.
	EndAccess(ctx context.Context, account AccountID, client, why string, at time.Time, e Event) error
	// PauseAccount makes an active account a paused one, ends its sessions, revokes its grants and ends the remembering of its
	// browsers: all or nothing. ErrStale: it is not active, or there is none.
	PauseAccount(ctx context.Context, account AccountID, why string, at time.Time, e Event) error
}

// EventQuery says which events of an account.
type EventQuery struct {
	Before int64    // older than the one with this Seq; 0: from the newest on
	Kinds  []string // these only; none means none
	Staff  bool     // only what people of the house did: by no account and no application, nor by the house itself or nobody
	Limit  int
}
