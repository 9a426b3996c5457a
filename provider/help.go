package provider

import (
	"slices"
	"time"
)

// Reason is why a caller is helped: a fixed list, so that no health words get into the trail.
type Reason string

// Reasons are all of them. The slice is the caller's.
func Reasons() []Reason {
	return []Reason{
		"forgot-username", "forgot-password", "lost-device", "new-number", "no-code-came", "locked-self", "locked-attack", "activation-expired",
		"activation-lost", "duplicate", "deceased", "carer-change", "suspected-takeover", "privacy-request", "test", "other",
	}
}

// HelpAction is something that staff can do for a caller.
type HelpAction string

// The actions.
const (
	SendUsername     HelpAction = "send_username"
	SendReset        HelpAction = "send_reset"
	ResendActivation HelpAction = "resend_activation"
	UnlockSignIn     HelpAction = "unlock"
	PauseSignIn      HelpAction = "pause"
	EndAllSessions   HelpAction = "end_sessions"
	NewActivation    HelpAction = "new_activation"
	RemoveFactor     HelpAction = "remove_factor"
	ResetFactors     HelpAction = "reset_factors"
	ChangeContact    HelpAction = "change_contact"
	ReopenAccount    HelpAction = "reopen"
	RevokeApp        HelpAction = "revoke_app"
)

// HelpRule is what an action asks for (reference: the support console's actions).
type HelpRule struct {
	Action  HelpAction
	Level   HelpLevel
	Second  bool          // a second person approves
	Waits   time.Duration // until it takes place, unless the caller is there in person
	Letter  string        // the message that the patient gets
	Safe    bool          // always allowed, also for an account on the watch list: it takes nothing from a patient that they cannot take back
	Steady  time.Duration // the contact that it goes to must have been the same for so long, unless they are there in person
	Invited bool          // also for who has an invitation and no account yet
}

// HelpRules are all actions, safest first. The slice is the caller's.
func HelpRules() []HelpRule {
	return []HelpRule{
		{Action: SendUsername, Level: L0, Letter: "M-04"},
		{Action: SendReset, Level: L0, Letter: "M-31"},
		{Action: EndAllSessions, Level: L0, Safe: true, Letter: "M-21"},
		{Action: PauseSignIn, Level: L0, Safe: true, Letter: "M-16"},
		{Action: ResendActivation, Level: L1, Letter: "M-06", Invited: true},
		{Action: UnlockSignIn, Level: L1, Letter: "M-16"},
		{Action: NewActivation, Level: L1, Letter: "M-05", Steady: 30 * 24 * time.Hour, Invited: true},
		{Action: RemoveFactor, Level: L2, Letter: "M-17"},
		{Action: RevokeApp, Level: L2, Letter: "M-19"},
		{Action: ResetFactors, Level: L3, Second: true, Waits: 24 * time.Hour, Letter: "M-18"},
		{Action: ChangeContact, Level: L3, Second: true, Letter: "M-09"},
		{Action: ReopenAccount, Level: L3, Second: true, Letter: "M-17"},
	}
}

// HelpRuleOf is the rule of an action.
func HelpRuleOf(a HelpAction) (HelpRule, bool) {
	all := HelpRules()
	at := slices.IndexFunc(all, func(r HelpRule) bool { return r.Action == a })
	if at < 0 {
		return HelpRule{}, false
	}
	return all[at], true
}

// HelpRefusal is why an action is not taken, explained to the agent. It implements error.
type HelpRefusal string

// The refusals.
const (
	RefusedRole    HelpRefusal = "role"    // the role does not help callers
	RefusedOver    HelpRefusal = "over"    // the case is over
	RefusedNobody  HelpRefusal = "nobody"  // nobody was found yet
	RefusedOwn     HelpRefusal = "own"     // their own account
	RefusedStaff   HelpRefusal = "staff"   // the account of a colleague
	RefusedLevel   HelpRefusal = "level"   // more is to be proven
	RefusedSecond  HelpRefusal = "second"  // a second person must approve
	RefusedSelf    HelpRefusal = "self"    // who asked cannot approve, nor who is no supervisor, or not any more
	RefusedExpired HelpRefusal = "expired" // the approval came too late, or is spent
	RefusedReason  HelpRefusal = "reason"  // no reason of the list
	RefusedUnknown HelpRefusal = "unknown" // no such action
	RefusedWatched HelpRefusal = "watched" // the account is on the watch list: a second person must approve
	RefusedSteady  HelpRefusal = "steady"  // the contact that it goes to is too new, or there is none
	RefusedOften   HelpRefusal = "often"   // the letter was sent too often
	RefusedState   HelpRefusal = "state"   // there is nothing to do: not paused, not closed, no such factor
)

func (r HelpRefusal) Error() string { return "refused: " + string(r) }

// Help is everything that decides whether an action may be taken.
type Help struct {
	Staff    Staff
	Case     Case
	Action   HelpAction
	Reason   Reason
	Target   string    // which factor, or the new contact; what was approved is approved for that alone
	Whose    Staff     // the person of the house whose account it is; zero: no one's
	Watched  bool      // the account is on the watch list
	Approval *Approval // nil: none
	Approver Staff     // who gave it
	Since    time.Time // since when the contact that it goes to is the same; zero: there is none, or nobody knows. For a rule that is Steady
}

// Permits answers nil, RefusedSecond where an approval may be asked for, or another HelpRefusal. It is the ceiling: no setting lifts it.
func (h Help) Permits(now time.Time) error {
	rule, known := HelpRuleOf(h.Action)
	switch {
	case !known:
		return RefusedUnknown
	case !h.Staff.Enabled() || !h.Staff.Role.Helps():
		return RefusedRole
	case !h.Case.Open(now) || h.Case.Staff != h.Staff.ID:
		return RefusedOver
	case h.Case.Account == "" && (h.Case.Activation == "" || !rule.Invited):
		return RefusedNobody
	case h.Case.Account != "" && h.Staff.Account == h.Case.Account:
		return RefusedOwn
	case h.Whose.ID != "":
		return RefusedStaff
	case !slices.Contains(Reasons(), h.Reason):
		return RefusedReason
	case h.Case.Level(now) < rule.Level:
		return RefusedLevel
	case !h.steady(rule, now):
		return RefusedSteady
	case !rule.Second && (!h.Watched || rule.Safe):
		return nil
	case h.Approval != nil:
		return h.approved(now)
	case h.Watched:
		return RefusedWatched
	default:
		return RefusedSecond
	}
}

// steady reports whether the contact that an act goes to has been the same for long enough, or they are there in person.
func (h Help) steady(rule HelpRule, now time.Time) bool {
	return rule.Steady == 0 || h.Case.InPerson() || !h.Since.IsZero() && !h.Since.Add(rule.Steady).After(now)
}

// Waits is for how long the act waits before it can take effect: not at all for who is there in person.
func (h Help) Waits() time.Duration {
	rule, known := HelpRuleOf(h.Action)
	if !known || h.Case.InPerson() {
		return 0
	}
	return rule.Waits
}

// approved answers nil where the approval is for this very act, in time, unspent, and given by another supervisor whose account it is not.
func (h Help) approved(now time.Time) error {
	a := *h.Approval
	switch {
	case a.Case != h.Case.ID || a.Staff != h.Staff.ID || a.Account != h.Case.Account || a.Action != h.Action || a.Reason != h.Reason ||
		a.Target != h.Target || a.Refused:
		return RefusedSecond
	case !a.DoneAt.IsZero() || !now.Before(a.ExpiresAt):
		return RefusedExpired
	case a.By == "":
		return RefusedSecond
	case a.By == a.Staff || h.Approver.ID != a.By || !h.Approver.Enabled() || h.Approver.Role != Supervisor:
		return RefusedSelf
	case h.Approver.Account == h.Case.Account:
		return RefusedOwn
	default:
		return nil
	}
}
