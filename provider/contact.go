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

// Choices are what an owner wishes of messages. The zero Choices wish for nothing.
type Choices struct {
	Codes string `json:"codes,omitempty"` // id of the authenticator that codes go to first; "": the one that was used last
	Call  bool   `json:"call,omitempty"`  // such a code is spoken
	Fewer bool   `json:"fewer,omitempty"` // no message that is not about safety, and that nobody asked for
}

// Addressed is an account with one more address, at the place of one that goes, or last. An address that it has already is no
// second one: it stays as old as it is, and is verified from now on.
func (a Account) Addressed(added Identifier, instead string) Account {
	all := make([]Identifier, 0, len(a.Identifiers)+1)
	put := false
	for _, id := range a.Identifiers {
		same := id.Kind == added.Kind && id.Canonical == added.Canonical
		if same && !id.VerifiedAt.IsZero() {
			added.VerifiedAt = id.VerifiedAt
		}
	}
	for _, id := range a.Identifiers {
		same := id.Kind == added.Kind && id.Canonical == added.Canonical
		goes := id.Kind == added.Kind && id.Canonical == instead
		switch {
		case !same && !goes:
			all = append(all, id)
		case !put && (goes || instead == "" || !a.has(added.Kind, instead)):
			all, put = append(all, added), true
		}
	}
	if !put {
		all = append(all, added)
	}
	a.Identifiers = all
	return a
}

// Unaddressed is an account without an address.
func (a Account) Unaddressed(kind IdentifierKind, canonical string) Account {
	all := make([]Identifier, 0, len(a.Identifiers))
	for _, id := range a.Identifiers {
		if id.Kind != kind || id.Canonical != canonical {
			all = append(all, id)
		}
	}
	a.Identifiers = all
	return a
}

// Foremost is an account with an address before all others of its kind.
func (a Account) Foremost(first Identifier) Account {
	rest := a.Unaddressed(first.Kind, first.Canonical)
	at := len(rest.Identifiers)
	for i, id := range rest.Identifiers {
		if id.Kind == first.Kind {
			at = i
			break
		}
	}
	rest.Identifiers = append(rest.Identifiers[:at:at], append([]Identifier{first}, rest.Identifiers[at:]...)...)
	return rest
}

// Nameable reports whether there is something that an account can be signed in to by name with: a username, or an address that is
// known to be its own.
func (a Account) Nameable() bool {
	for _, id := range a.Identifiers {
		if id.Kind == Username || id.Kind == Email && !id.VerifiedAt.IsZero() {
			return true
		}
	}
	return false
}

func (a Account) has(kind IdentifierKind, canonical string) bool {
	for _, id := range a.Identifiers {
		if id.Kind == kind && id.Canonical == canonical {
			return true
		}
	}
	return false
}
