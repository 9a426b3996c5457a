package audit

import (
	"time"

	"gatehouse/provider"
)

// ContactAdded (contact.added): the account has one more address, that was confirmed. Detail: kind.
func ContactAdded(at time.Time, account provider.AccountID, kind provider.IdentifierKind) provider.Event {
	return ofContact(at, "contact.added", account, kind)
}

// ContactChanged (contact.changed): an address took the place of another. Detail: kind.
func ContactChanged(at time.Time, account provider.AccountID, kind provider.IdentifierKind) provider.Event {
	return ofContact(at, "contact.changed", account, kind)
}

// ContactRemoved (contact.removed): the account has one address less. Detail: kind.
func ContactRemoved(at time.Time, account provider.AccountID, kind provider.IdentifierKind) provider.Event {
	return ofContact(at, "contact.removed", account, kind)
}

// ContactFirst (contact.first): another address is the first of its kind, the one that applications hear of. Detail: kind.
func ContactFirst(at time.Time, account provider.AccountID, kind provider.IdentifierKind) provider.Event {
	return ofContact(at, "contact.first", account, kind)
}

func ofContact(at time.Time, what string, account provider.AccountID, kind provider.IdentifierKind) provider.Event {
	return provider.Event{
		At: at, Kind: what, Account: account, Actor: string(ByAccount(account)), Detail: map[string]string{"kind": reason(string(kind))},
	}
}

// UsernameChanged (username.changed): its owner signs in by another name, or by none. Detail: to (another, none).
func UsernameChanged(at time.Time, account provider.AccountID, cleared bool) provider.Event {
	to := "another"
	if cleared {
		to = "none"
	}
	return provider.Event{
		At: at, Kind: "username.changed", Account: account, Actor: string(ByAccount(account)), Detail: map[string]string{"to": to},
	}
}

// ChoicesChanged (choices.changed): its owner wants another language, or other messages.
func ChoicesChanged(at time.Time, account provider.AccountID) provider.Event {
	return provider.Event{At: at, Kind: "choices.changed", Account: account, Actor: string(ByAccount(account))}
}
