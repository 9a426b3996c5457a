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
