package audit

import (
	"strconv"
	"time"

	"gatehouse/provider"
)

// SessionBegan (session.began): a ceremony was completed in a browser that had no session. client is the application
// that asked, "" for none. Detail: level and amr of its proofs.
func SessionBegan(at time.Time, s provider.Session, client string) provider.Event {
	return ofSession(at, "session.began", s, client)
}

// SessionRenewed (session.renewed): a ceremony added proofs to the session of the same browser. Detail as SessionBegan.
func SessionRenewed(at time.Time, s provider.Session, client string) provider.Event {
	return ofSession(at, "session.renewed", s, client)
}

func ofSession(at time.Time, kind string, s provider.Session, client string) provider.Event {
	made := provider.Assess(s.Proofs)
	return provider.Event{
		At: at, Kind: kind, Account: s.Account, Client: client, Session: s.ID, Actor: string(ByAccount(s.Account)),
		Detail: map[string]string{"level": made.Level.String(), "amr": list(made.AMR)},
	}
}

// SessionEnded (session.ended): a session is over before its time. Detail: why (signed_out, replaced, by_staff, idle ...).
func SessionEnded(at time.Time, s provider.Session, why string) provider.Event {
	actor := ByAccount(s.Account)
	switch why {
	case "by_staff", "operator":
		actor = Operator
	case provider.EndedIdle:
		actor = House
	}
	return provider.Event{
		At: at, Kind: "session.ended", Account: s.Account, Session: s.ID, Actor: string(actor), Detail: because(why),
	}
}

// OthersEnded (session.others_ended): all sessions of an account but one are over, and what applications got by them.
// Session is the one that stays, "" for none. Detail: why.
func OthersEnded(at time.Time, account provider.AccountID, keep, why string) provider.Event {
	return provider.Event{
		At: at, Kind: "session.others_ended", Account: account, Session: keep, Actor: string(ByAccount(account)), Detail: because(why),
	}
}

// LogoutTold (logout.told, logout.failed): an application was told that a session is over, or is not told any more. Detail: tries,
// and for one that failed why (refused, lost, dropped).
func LogoutTold(at time.Time, s provider.Signal, outcome provider.SignalOutcome) provider.Event {
	e := provider.Event{
		At: at, Kind: "logout.told", Account: s.Account, Client: s.Client, Session: s.Session, Actor: string(House),
		Detail: map[string]string{"tries": strconv.Itoa(s.Tries)},
	}
	if outcome != provider.SignalTold {
		e.Kind, e.Detail["why"] = "logout.failed", reason(string(outcome))
	}
	return e
}

// SignInFailed (signin.failed): a factor was tried and was not right. account is whose name was given, "" for a name that
// nobody has; that it is them is just what was not shown. Detail: why, as a rule the kind of authenticator.
func SignInFailed(at time.Time, account provider.AccountID, client, why string) provider.Event {
	return provider.Event{
		At: at, Kind: "signin.failed", Account: account, Client: client, Actor: string(ByAccount(account)), Detail: because(why),
	}
}

// SignInRefused (signin.refused): the factor was right and the answer was no all the same. Detail: why.
func SignInRefused(at time.Time, account provider.AccountID, client, why string) provider.Event {
	return provider.Event{
		At: at, Kind: "signin.refused", Account: account, Client: client, Actor: string(ByAccount(account)), Detail: because(why),
	}
}

// PasswordChanged (password.changed): the owner set a new one.
func PasswordChanged(at time.Time, account provider.AccountID) provider.Event {
	return provider.Event{At: at, Kind: "password.changed", Account: account, Actor: string(ByAccount(account))}
}

// PasswordReset (password.reset): who had forgotten it set a new one. Detail: by, the channel of the code that it began with.
func PasswordReset(at time.Time, account provider.AccountID, by provider.Channel) provider.Event {
	return provider.Event{
		At: at, Kind: "password.reset", Account: account, Actor: string(ByAccount(account)), Detail: map[string]string{"by": reason(string(by))},
	}
}

// ResetFailed (reset.failed): an answer to the code of a reset was not right. account is "" where nobody had been sent one.
func ResetFailed(at time.Time, account provider.AccountID) provider.Event {
	return provider.Event{At: at, Kind: "reset.failed", Account: account, Actor: string(Nobody)}
}

// UsernamesAsked (usernames.asked): somebody says that they have forgotten the username of an address. accounts is how many have it:
// those were told there. Detail: accounts.
func UsernamesAsked(at time.Time, accounts int) provider.Event {
	return provider.Event{
		At: at, Kind: "usernames.asked", Actor: string(Nobody), Detail: map[string]string{"accounts": strconv.Itoa(accounts)},
	}
}

// PasswordRehashed (password.rehashed): the same password was hashed anew with today's settings, at a sign-in.
func PasswordRehashed(at time.Time, account provider.AccountID) provider.Event {
	return provider.Event{At: at, Kind: "password.rehashed", Account: account, Actor: string(House)}
}

// LaneClosed (lane.closed): so many failures that nobody may guess there any more. account is "" for a name that nobody has.
// Detail: lane (strangers, device), state (paused, stopped).
func LaneClosed(at time.Time, account provider.AccountID, lane provider.LaneKind, state string) provider.Event {
	return provider.Event{
		At: at, Kind: "lane.closed", Account: account, Actor: string(House),
		Detail: map[string]string{"lane": reason(string(lane)), "state": reason(state)},
	}
}

// LanePassed (lane.passed): the owner pressed the link that was sent to them; the browser is known from now on. Detail: device,
// its id.
func LanePassed(at time.Time, d provider.Device) provider.Event {
	return provider.Event{
		At: at, Kind: "lane.passed", Account: d.Account, Actor: string(ByAccount(d.Account)), Detail: map[string]string{"device": d.ID},
	}
}

// LaneUnlocked (lane.unlocked): somebody who answers for it lets strangers try again. Detail: was (open, paused, stopped).
func LaneUnlocked(at time.Time, account provider.AccountID, was string, by Actor) provider.Event {
	return provider.Event{
		At: at, Kind: "lane.unlocked", Account: account, Actor: string(by), Detail: map[string]string{"was": reason(was)},
	}
}
