package provider

import (
	"context"
	"time"
)

// ContactChange is what an owner changes of how they are reached and called: their account as it is from now on, with the
// authenticators that come and go with it.
type ContactChange struct {
	Account Account         // Rev is the one that was read
	Binds   []Authenticator // new ones
	Unbinds []Authenticator // with the Rev that was read
	Why     string          // what else was got by the account ends, for this reason; "" it goes on
	Keep    string          // the session that goes on all the same ("" none)
	At      time.Time
}

// Contacts are durable.
type Contacts interface {
	// ChangeContacts does all of a change or nothing. ErrStale: the account changed meanwhile, or an authenticator that is to go did
	// or is gone. ErrNotFound: there is no such account. ErrTaken: somebody else has or had the username, or an authenticator that is
	// to come is there already. Where Why is set, it ends sessions, grants and the remembering of browsers as EndOthers does.
	ChangeContacts(ctx context.Context, c ContactChange, e Event) error
	// UsernameFree reports whether an account ("": one that is to be made) may have a username: nobody else has it, and nobody else
	// ever had.
	UsernameFree(ctx context.Context, canonical string, account AccountID) (bool, error)
}
