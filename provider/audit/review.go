package audit

import (
	"time"

	"gatehouse/provider"
)

// GlassBroken (case.glass; case.glass_held where the law is said to forbid telling the patient, who then does not read of it): a supervisor
// sees what the level does not let them see, and it is reviewed. Detail: role, case, reason, review. What they wrote stands in the review.
func GlassBroken(at time.Time, d Desk, v provider.Review, told []provider.Message) provider.Event {
	kind := "case.glass"
	if v.Held != "" {
		kind = "case.glass_held"
	}
	e := d.event(at, kind, d.Case.Account, map[string]string{"reason": reason(string(d.Case.Purpose)), "review": v.ID})
	e.Tell = told
	return e
}

// GlassRefused (case.glass_refused). Detail: role, case, why.
func GlassRefused(at time.Time, d Desk, why error) provider.Event {
	return d.event(at, "case.glass_refused", d.Case.Account, because(wordOf(why)))
}

// WatchOpened (watch.opened): somebody opened an account on the watch list. Neither they nor the patient read of it. Detail: role, case,
// review, why (of the list).
func WatchOpened(at time.Time, d Desk, v provider.Review, why provider.WatchReason, told []provider.Message) provider.Event {
	e := d.event(at, "watch.opened", v.Account, map[string]string{"review": v.ID, "why": reason(string(why))})
	e.Tell = told
	return e
}

// WatchRefused (watch.refused): an account was to be put on the watch list, or taken off, by somebody who may not. Detail: role, case, why.
func WatchRefused(at time.Time, d Desk, account provider.AccountID, why error) provider.Event {
	return d.event(at, "watch.refused", account, because(wordOf(why)))
}

// WatchesRead (watch.read): a supervisor read the watch list. Detail: role.
func WatchesRead(at time.Time, who provider.Staff) provider.Event {
	return Desk{Staff: who}.event(at, "watch.read", "", nil)
}

// ReviewViewed (review.viewed). Detail: role, case, review, kind.
func ReviewViewed(at time.Time, who provider.Staff, v provider.Review) provider.Event {
	return ofReview(at, "review.viewed", who, v)
}

// ReviewClosed (review.closed; review.told where the patient is told only now). Detail: role, case, review, kind, outcome, done_by.
func ReviewClosed(at time.Time, who provider.Staff, v provider.Review, word provider.ReviewWord, told []provider.Message) provider.Event {
	kind := "review.closed"
	if v.Held != "" && len(told) > 0 {
		kind = "review.told"
	}
	e := ofReview(at, kind, who, v)
	e.Detail["outcome"], e.Detail["done_by"], e.Tell = reason(string(word)), string(v.Staff), told
	return e
}

// ReviewDenied (review.denied): somebody tried to close it who may not. Detail: role, case, review, kind, why.
func ReviewDenied(at time.Time, who provider.Staff, v provider.Review, why error) provider.Event {
	e := ofReview(at, "review.denied", who, v)
	e.Detail["why"] = reason(wordOf(why))
	return e
}

// ReviewLate (review.late): nobody has closed it in time. Detail: case, review, kind.
func ReviewLate(at time.Time, v provider.Review, told []provider.Message) provider.Event {
	e := ofReview(at, "review.late", provider.Staff{}, v)
	delete(e.Detail, "role")
	e.Actor, e.Tell = string(House), told
	return e
}

func ofReview(at time.Time, kind string, who provider.Staff, v provider.Review) provider.Event {
	d := Desk{Staff: who, Case: provider.Case{ID: v.Case}}
	return d.event(at, kind, v.Account, map[string]string{"review": v.ID, "kind": reason(string(v.Kind))})
}

// TeamRead (staff.activity): a supervisor read what their colleagues did, by numbers; export says that they took it away as a file.
// Detail: role, kind (page, export).
func TeamRead(at time.Time, who provider.Staff, export bool) provider.Event {
	kind := "page"
	if export {
		kind = "export"
	}
	return Desk{Staff: who}.event(at, "staff.activity", "", map[string]string{"kind": kind})
}

// PageRefused (page.refused): a page of the console that is for other roles. Detail: role, case, page.
func PageRefused(at time.Time, d Desk, page string) provider.Event {
	return d.event(at, "page.refused", "", map[string]string{"page": reason(page)})
}

// wordOf is the word of a refusal; another error is none of ours.
func wordOf(why error) string {
	switch why := why.(type) { //nolint:errorlint // refusals are never wrapped
	case provider.HelpRefusal:
		return string(why)
	case provider.GlassRefusal:
		return string(why)
	default:
		return "other"
	}
}
