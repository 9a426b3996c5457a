package audit

import (
	"cmp"
	"strconv"
	"time"

	"gatehouse/provider"
)

// CaseOpened (case.opened): somebody is in contact with a caller. Detail: role, case, channel, caller, reason.
func CaseOpened(at time.Time, d Desk) provider.Event {
	return d.event(at, "case.opened", "", map[string]string{
		"channel": reason(string(d.Case.Channel)), "caller": reason(string(d.Case.Caller)), "reason": reason(string(d.Case.Purpose)),
	})
}

// CaseEnded (case.ended). Detail: role, case, why (done, misses, security, idle, signed_out).
func CaseEnded(at time.Time, d Desk, why string) provider.Event {
	return d.event(at, "case.ended", d.Case.Account, because(why))
}

// CaseSearched (case.searched): somebody was looked for. Detail: role, case, by (the kind of fact, never its value), outcome (hit, none, or why
// nothing was looked for: wildcard, limit, forged), hits. Whoever was found is not named: nobody was chosen yet.
func CaseSearched(at time.Time, d Desk, by provider.Fact, outcome string, hits int) provider.Event {
	return d.event(at, "case.searched", "", map[string]string{"by": fact(by), "outcome": reason(outcome), "hits": strconv.Itoa(hits)})
}

// CaseFound (case.found): the contact is about this account from now on. Detail: role, case, by (kinds of fact), reason. Sealed: ticket and
// note, which were typed before anybody was found and belong to nobody until then.
func CaseFound(at time.Time, d Desk) provider.Event {
	e := d.event(at, "case.found", d.Case.Account, map[string]string{"by": facts(d.Case.FoundBy), "reason": reason(string(d.Case.Purpose))})
	return privately(e, map[string]string{"ticket": d.Case.Ticket, "note": d.Case.Note})
}

// CaseViewed (case.viewed): a page of the console showed something of the account. Detail: role, case, page, level.
func CaseViewed(at time.Time, d Desk, page string) provider.Event {
	return d.event(at, "case.viewed", d.Case.Account, map[string]string{"page": reason(page), "level": level(d.Case.Level(at))})
}

// CaseViewRefused (case.view_refused): a page that the role, or the case, does not let them see. Detail: role, case, page.
func CaseViewRefused(at time.Time, d Desk, page string) provider.Event {
	return d.event(at, "case.view_refused", d.Case.Account, map[string]string{"page": reason(page)})
}

// CaseChecked (case.checked): a fact was compared blindly. Detail: role, case, fact, outcome. It is counted before it is compared (counted), and
// that stands as a miss where no record of a match follows (matched).
func CaseChecked(at time.Time, d Desk, f provider.Fact, matched bool) provider.Event {
	outcome := "counted"
	if matched {
		outcome = "matched"
	}
	return d.event(at, "case.checked", d.Case.Account, map[string]string{"fact": fact(f), "outcome": outcome})
}

// CaseCalled (case.called): a code to read out was sent to a contact on file. Detail: role, case, by (its kind).
func CaseCalled(at time.Time, d Desk, by provider.IdentifierKind, told []provider.Message) provider.Event {
	e := d.event(at, "case.called", d.Case.Account, map[string]string{"by": reason(string(by))})
	e.Tell = told
	return e
}

// CaseProven (case.proven): a live proof (email, phone) or a photo ID (document) was given, or was not (failed). Detail: role, case, by, outcome,
// level, that it comes to. Sealed: document_end, the last signs of the document.
func CaseProven(at time.Time, d Desk, by string, given bool) provider.Event {
	outcome := "given"
	if !given {
		outcome = "failed"
	}
	e := d.event(at, "case.proven", d.Case.Account, map[string]string{"by": reason(by), "outcome": outcome, "level": level(d.Case.Level(at))})
	if by != "document" {
		return e
	}
	return privately(e, map[string]string{"document_end": d.Case.DocumentEnd})
}

// ApprovalAsked (approval.asked): a second person is asked. Detail: role, case, approval, action, reason, level, evidence (kinds).
func ApprovalAsked(at time.Time, d Desk, a provider.Approval, told []provider.Message) provider.Event {
	e := ofApproval(at, "approval.asked", d, a)
	e.Detail["level"], e.Detail["evidence"], e.Tell = level(a.Level), evidence(d.Case), told
	return e
}

// ApprovalViewed (approval.viewed): the second person saw what is asked. Detail: role, case, approval, action, reason.
func ApprovalViewed(at time.Time, d Desk, a provider.Approval) provider.Event {
	return ofApproval(at, "approval.viewed", d, a)
}

// ApprovalDecided (approval.decided). Detail: role, case, approval, action, reason, outcome (approved, refused), asked_by.
func ApprovalDecided(at time.Time, d Desk, a provider.Approval, refused bool, told []provider.Message) provider.Event {
	e := ofApproval(at, "approval.decided", d, a)
	e.Detail["outcome"], e.Detail["asked_by"], e.Tell = "approved", string(a.Staff), told
	if refused {
		e.Detail["outcome"] = "refused"
	}
	return e
}

// ApprovalDenied (approval.denied): somebody tried to decide who may not, or too late. Detail: role, case, approval, action, reason, why.
func ApprovalDenied(at time.Time, d Desk, a provider.Approval, why provider.HelpRefusal) provider.Event {
	e := ofApproval(at, "approval.denied", d, a)
	e.Detail["why"] = reason(string(why))
	return e
}

// ApprovalSpent (approval.spent): the act that was approved is about to be done, and not a second time. Detail: role, case, approval, action,
// reason, approved_by.
func ApprovalSpent(at time.Time, d Desk, a provider.Approval) provider.Event {
	e := ofApproval(at, "approval.spent", d, a)
	e.Detail["approved_by"] = string(a.By)
	return e
}

// ofApproval names the contact of the approval, whoever looks at it.
func ofApproval(at time.Time, kind string, d Desk, a provider.Approval) provider.Event {
	d.Case.ID = a.Case
	return d.event(at, kind, a.Account, map[string]string{
		"approval": a.ID, "action": reason(string(a.Action)), "reason": reason(string(a.Reason)),
	})
}

// Helped (help.ACTION): staff did something for a caller. Detail: role, case, reason, level, evidence (kinds), outcome; approval and approved_by,
// where a second person was asked.
func Helped(at time.Time, h provider.Help, told []provider.Message) provider.Event {
	d := Desk{Staff: h.Staff, Case: h.Case}
	e := d.event(at, helpKind(h.Action), h.Case.Account, helped(at, h))
	e.Tell = told
	return e
}

// HelpRefused (help.refused): it was not done. Detail: role, case, action, reason, level, evidence, outcome, why (a provider.HelpRefusal).
func HelpRefused(at time.Time, h provider.Help, why provider.HelpRefusal) provider.Event {
	d := Desk{Staff: h.Staff, Case: h.Case}
	detail := helped(at, h)
	detail["action"], detail["outcome"], detail["why"] = action(h.Action), "refused", reason(string(why))
	return d.event(at, "help.refused", h.Case.Account, detail)
}

// WithHelp makes what the house records of an act anyway the record of who did it for a caller, and why: no act has two records.
func WithHelp(e provider.Event, h provider.Help) provider.Event {
	as := Desk{Staff: h.Staff, Case: h.Case}.event(e.At, e.Kind, e.Account, helped(e.At, h))
	for key, value := range e.Detail {
		if _, taken := as.Detail[key]; !taken {
			as.Detail[key] = value
		}
	}
	as.Detail["action"] = action(h.Action)
	e.Actor, e.Detail = as.Actor, as.Detail
	return e
}

// helpKind is written out, so that whoever looks for the kinds of event finds these too.
func helpKind(a provider.HelpAction) string {
	kinds := map[provider.HelpAction]string{
		provider.SendUsername: "help.send_username", provider.SendReset: "help.send_reset", provider.ResendActivation: "help.resend_activation",
		provider.UnlockSignIn: "help.unlock", provider.PauseSignIn: "help.pause", provider.EndAllSessions: "help.end_sessions",
		provider.NewActivation: "help.new_activation", provider.RemoveFactor: "help.remove_factor", provider.ResetFactors: "help.reset_factors",
		provider.ChangeContact: "help.change_contact", provider.ReopenAccount: "help.reopen", provider.RevokeApp: "help.revoke_app",
	}
	return cmp.Or(kinds[a], "help.other")
}

func helped(at time.Time, h provider.Help) map[string]string {
	detail := map[string]string{
		"reason": reason(string(h.Reason)), "level": level(h.Case.Level(at)), "evidence": evidence(h.Case), "outcome": "done",
	}
	if h.Approval != nil {
		detail["approval"], detail["approved_by"] = h.Approval.ID, string(h.Approval.By)
	}
	return detail
}

// action is one that there is.
func action(a provider.HelpAction) string {
	_, known := provider.HelpRuleOf(a)
	if !known {
		return "other"
	}
	return string(a)
}

// ReferenceRead (reference.read): the reference code of a page that refused was looked up. Detail: role, case, rule, outcome (shown; rule: no
// more than the rule was told; none: nothing was kept). Whom the code is about is named by the contact alone.
func ReferenceRead(at time.Time, d Desk, rule provider.RefusalRule, outcome string) provider.Event {
	return d.event(at, "reference.read", d.Case.Account, map[string]string{"rule": reason(string(rule)), "outcome": reason(outcome)})
}
