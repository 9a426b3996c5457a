package audit

import (
	"time"

	"gatehouse/provider"
)

// ActivationIssued (activation.issued): an office invited somebody to a record. Detail: activation, relation.
func ActivationIssued(at time.Time, a provider.Activation, by Actor) provider.Event {
	return ofActivation(at, "activation.issued", a, by)
}

// ActivationRevoked (activation.revoked): an invitation that was not used is good no more. Detail: activation, relation, why.
func ActivationRevoked(at time.Time, a provider.Activation, why string, by Actor) provider.Event {
	e := ofActivation(at, "activation.revoked", a, by)
	e.Detail["why"] = reason(why)
	return e
}

// ActivationStopped (activation.stopped): somebody tried an invitation with wrong facts until it takes no more for a while, or for
// good. Detail: activation, relation, why (paused, stopped).
func ActivationStopped(at time.Time, a provider.Activation, why string) provider.Event {
	e := ofActivation(at, "activation.stopped", a, Nobody)
	e.Detail["why"] = reason(why)
	return e
}

// ActivationMatched (activation.matched): somebody brought the code of an invitation and knew the facts. Detail: activation,
// relation, state (open, expired, used, revoked).
func ActivationMatched(at time.Time, a provider.Activation, state string) provider.Event {
	e := ofActivation(at, "activation.matched", a, Nobody)
	e.Detail["state"] = reason(state)
	return e
}

// AccountActivated (account.activated): an account was opened with an invitation. Detail: activation, relation.
func AccountActivated(at time.Time, a provider.Activation, account provider.AccountID) provider.Event {
	e := ofActivation(at, "account.activated", a, ByAccount(account))
	e.Account = account
	return e
}

// RecordJoined (record.joined): an account may use one more record, by an invitation. Detail: activation, relation.
func RecordJoined(at time.Time, a provider.Activation, account provider.AccountID) provider.Event {
	e := ofActivation(at, "record.joined", a, ByAccount(account))
	e.Account = account
	return e
}

func ofActivation(at time.Time, kind string, a provider.Activation, by Actor) provider.Event {
	return provider.Event{
		At: at, Kind: kind, Actor: string(by),
		Detail: map[string]string{"activation": a.ID, "relation": reason(string(a.Relation))},
	}
}
