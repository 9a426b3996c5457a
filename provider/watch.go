package provider

import (
	"context"
	"slices"
	"time"
)

// Watch is an account that nobody acts on without a second person, and that nobody opens unseen.
type Watch struct {
	Account AccountID
	Why     WatchReason // sealed at rest
	By      StaffID     // who put it on; "" of before that was kept
	At      time.Time
}

// WatchReason is why an account is watched: a fixed list.
type WatchReason string

// The reasons.
const (
	WatchVIP    WatchReason = "vip"     // the public would like to know
	WatchStaff  WatchReason = "staff"   // somebody who works here, as a patient
	WatchAtRisk WatchReason = "at-risk" // somebody is after them
	WatchFraud  WatchReason = "fraud"   // somebody tried to get in by support
)

// WatchReasons are all of them. The slice is the caller's.
func WatchReasons() []WatchReason {
	return []WatchReason{WatchVIP, WatchStaff, WatchAtRisk, WatchFraud}
}

// Watching is everything that decides whether the account of an open case may be put on the watch list.
type Watching struct {
	Staff Staff
	Case  Case
	Why   WatchReason
}

// Permits answers nil or a HelpRefusal. Nothing is to be proven: it takes nothing from a patient.
func (w Watching) Permits(now time.Time) error {
	switch {
	case !w.Staff.Enabled() || w.Staff.Role != Supervisor:
		return RefusedRole
	case !w.Case.Open(now) || w.Case.Staff != w.Staff.ID:
		return RefusedOver
	case w.Case.Account == "":
		return RefusedNobody
	case w.Staff.Account == w.Case.Account:
		return RefusedOwn
	case !slices.Contains(WatchReasons(), w.Why):
		return RefusedReason
	default:
		return nil
	}
}

// Leaves answers nil where this person may take it off, or a HelpRefusal: a supervisor, another one than who put it on, and none whose
// account it is. So two people agree that it needs no second person any more.
func (w Watch) Leaves(by Staff) error {
	switch {
	case !by.Enabled() || by.Role != Supervisor:
		return RefusedRole
	case by.ID == w.By:
		return RefusedSelf
	case by.Account != "" && by.Account == w.Account:
		return RefusedOwn
	default:
		return nil
	}
}

// WatchList is durable.
type WatchList interface {
	// Watch puts an account on the list, or replaces what stands there of it. ErrNotFound: there is no such account.
	Watch(ctx context.Context, w Watch, e Event) error
	// Unwatch takes it off, in one conditional write: ErrUsed where it is not on the list, or where by put it there, is whose account it is,
	// or no supervisor who may sign in.
	Unwatch(ctx context.Context, account AccountID, by StaffID, at time.Time, e Event) error
	// Watched reads why an account is watched; "" for not.
	Watched(ctx context.Context, account AccountID) (string, error)
	// Watches lists them, newest first, at most limit.
	Watches(ctx context.Context, limit int) ([]Watch, error)
}
