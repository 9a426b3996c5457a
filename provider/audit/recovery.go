package audit

import (
	"time"

	"gatehouse/provider"
)

// RecoveryStarted (recovery.started): somebody who has lost every second factor waits from now on. Detail: recovery, its id; by
// (password, or the kind of address that a code was sent to).
func RecoveryStarted(at time.Time, r provider.Recovery, told []provider.Message) provider.Event {
	by := string(provider.Password)
	if r.Proven.Kind != "" {
		by = string(r.Proven.Kind)
	}
	return ofRecovery(at, "recovery.started", r, ByAccount(r.Account), map[string]string{"by": reason(by)}, told)
}

// RecoveryNoticed (recovery.noticed): all addresses were told once more. Detail: recovery.
func RecoveryNoticed(at time.Time, r provider.Recovery, told []provider.Message) provider.Event {
	return ofRecovery(at, "recovery.noticed", r, House, nil, told)
}

// RecoveryStopped (recovery.stopped): by the link of a notice (stopped), or since something that was said to be lost was used
// (signed_in). Detail: recovery, why.
func RecoveryStopped(at time.Time, r provider.Recovery, why string, told []provider.Message) provider.Event {
	return ofRecovery(at, "recovery.stopped", r, ByAccount(r.Account), map[string]string{"why": reason(why)}, told)
}

// RecoveryFinished (recovery.finished): what was lost is removed. Detail: recovery.
func RecoveryFinished(at time.Time, r provider.Recovery, told []provider.Message) provider.Event {
	return ofRecovery(at, "recovery.finished", r, ByAccount(r.Account), nil, told)
}

func ofRecovery(at time.Time, kind string, r provider.Recovery, by Actor, more map[string]string, told []provider.Message) provider.Event {
	detail := map[string]string{"recovery": r.ID}
	for key, value := range more {
		detail[key] = value
	}
	return provider.Event{At: at, Kind: kind, Account: r.Account, Actor: string(by), Detail: detail, Tell: told}
}
