package audit

import (
	"time"

	"gatehouse/provider"
)

// AccountCreated (account.created): somebody may sign in who could not before.
func AccountCreated(at time.Time, account provider.AccountID, by Actor) provider.Event {
	return provider.Event{At: at, Kind: "account.created", Account: account, Actor: string(by)}
}

// AccountDisabled (account.disabled): an account left the status active, or went from one closed status to another.
// Detail: from, to.
func AccountDisabled(at time.Time, account provider.AccountID, from, to provider.AccountStatus, by Actor) provider.Event {
	return statusChanged(at, "account.disabled", account, from, to, by)
}

// AccountEnabled (account.enabled): an account is active again. Detail: from, to.
func AccountEnabled(at time.Time, account provider.AccountID, from provider.AccountStatus, by Actor) provider.Event {
	return statusChanged(at, "account.enabled", account, from, provider.Active, by)
}

// PasswordChangeOwed (password.change_owed): nothing is given to the account until its owner has set a new password.
// Detail: why (leaked, asked, expired).
func PasswordChangeOwed(at time.Time, account provider.AccountID, why string, by Actor) provider.Event {
	return provider.Event{
		At: at, Kind: "password.change_owed", Account: account, Actor: string(by), Detail: because(why),
	}
}

func statusChanged(at time.Time, kind string, account provider.AccountID, from, to provider.AccountStatus, by Actor) provider.Event {
	return provider.Event{
		At: at, Kind: kind, Account: account, Actor: string(by),
		Detail: map[string]string{"from": reason(string(from)), "to": reason(string(to))},
	}
}

// ClientCreated (client.created): a relying application was registered.
func ClientCreated(at time.Time, client string) provider.Event {
	return ofClient(at, "client.created", client)
}

// ClientChanged (client.changed): its name, addresses or policy are others now.
func ClientChanged(at time.Time, client string) provider.Event {
	return ofClient(at, "client.changed", client)
}

// ClientDisabled (client.disabled): it receives nothing any more.
func ClientDisabled(at time.Time, client string) provider.Event {
	return ofClient(at, "client.disabled", client)
}

// ClientEnabled (client.enabled): it is in use again.
func ClientEnabled(at time.Time, client string) provider.Event {
	return ofClient(at, "client.enabled", client)
}

// ClientRemoved (client.removed): it is deleted, with its consents and grants.
func ClientRemoved(at time.Time, client string) provider.Event {
	return ofClient(at, "client.removed", client)
}

// ClientSecretRotated (client.secret_rotated): it has a new secret.
func ClientSecretRotated(at time.Time, client string) provider.Event {
	return ofClient(at, "client.secret_rotated", client)
}

func ofClient(at time.Time, kind, client string) provider.Event {
	return provider.Event{At: at, Kind: kind, Client: client, Actor: string(Operator)}
}

// KeysChanged (keys.changed): the sealed document of signing keys was replaced: a key was announced, took over, or was
// deleted. `gatehouse keys list` says which. Detail: why.
func KeysChanged(at time.Time, by Actor, why string) provider.Event {
	return provider.Event{At: at, Kind: "keys.changed", Actor: string(by), Detail: because(why)}
}
