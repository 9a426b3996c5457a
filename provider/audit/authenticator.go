package audit

import (
	"time"

	"gatehouse/provider"
)

// AuthenticatorBound (authenticator.bound): its owner has one more way to sign in. Detail: kind.
func AuthenticatorBound(at time.Time, a provider.Authenticator) provider.Event {
	return ofAuthenticator(at, "authenticator.bound", a)
}

// AuthenticatorRenamed (authenticator.renamed): its owner calls it something else. Detail: kind.
func AuthenticatorRenamed(at time.Time, a provider.Authenticator) provider.Event {
	return ofAuthenticator(at, "authenticator.renamed", a)
}

// AuthenticatorRemoved (authenticator.removed): its owner has one way less to sign in. Detail: kind.
func AuthenticatorRemoved(at time.Time, a provider.Authenticator) provider.Event {
	return ofAuthenticator(at, "authenticator.removed", a)
}

func ofAuthenticator(at time.Time, kind string, a provider.Authenticator) provider.Event {
	return provider.Event{
		At: at, Kind: kind, Account: a.Account, Actor: string(ByAccount(a.Account)),
		Detail: map[string]string{"kind": reason(string(a.Kind))},
	}
}

// AuthenticatorUsed (authenticator.used): using it changed what is kept of it, such as the counter of a security key. Detail: kind.
func AuthenticatorUsed(at time.Time, a provider.Authenticator) provider.Event {
	return ofAuthenticator(at, "authenticator.used", a)
}

// PasskeyBacked (passkey.backed): a passkey can be synced, or is, that could not or was not before.
func PasskeyBacked(at time.Time, a provider.Authenticator) provider.Event {
	return ofAuthenticator(at, "passkey.backed", a)
}

// PasskeyCloned (passkey.cloned): its counter went back, so that somebody may have a copy of its key (WebAuthn 3, 6.1.1).
func PasskeyCloned(at time.Time, a provider.Authenticator) provider.Event {
	return ofAuthenticator(at, "passkey.cloned", a)
}

// DevicesForgotten (devices.forgotten): no browser of the account is remembered any more. Detail: why.
func DevicesForgotten(at time.Time, account provider.AccountID, why string) provider.Event {
	return provider.Event{
		At: at, Kind: "devices.forgotten", Account: account, Actor: string(ByAccount(account)), Detail: because(why),
	}
}
