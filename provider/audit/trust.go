package audit

import (
	"time"

	"gatehouse/provider"
)

// TrustInvited (trust.invited): a patient invited a trusted person to their record. Detail: activation.
func TrustInvited(at time.Time, a provider.Activation, session string, told []provider.Message) provider.Event {
	return ofTrust(at, "trust.invited", a.By, a.ID, session, told)
}

// TrustEnded (trust.ended): the trusted person may not use the record any more, or the invitation is good no more. Detail: activation.
func TrustEnded(at time.Time, by provider.AccountID, activation, session string, told []provider.Message) provider.Event {
	return ofTrust(at, "trust.ended", by, activation, session, told)
}

func ofTrust(at time.Time, kind string, by provider.AccountID, activation, session string, told []provider.Message) provider.Event {
	return provider.Event{
		At: at, Kind: kind, Account: by, Session: session, Actor: string(ByAccount(by)), Detail: map[string]string{"activation": activation}, Tell: told,
	}
}
