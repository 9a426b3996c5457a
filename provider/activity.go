package provider

import (
	"context"
	"time"
)

// StaffCount is how often a person of the house did one kind of thing, as the trail has it.
type StaffCount struct {
	Kind    string // of the event
	Outcome string // its Detail's
	Acted   bool   // it is an act for a caller: its Detail names an action
	N       int
}

// StaffHour is how many contacts somebody began in one hour.
type StaffHour struct {
	Staff StaffID
	Hour  time.Time // when the hour began, UTC
	N     int
}

// StaffSame is how often somebody's contacts were about one and the same person: the most of them.
type StaffSame struct {
	Staff StaffID
	N     int
}

// Activity is what somebody of the house did in some time.
type Activity struct {
	Cases    int // contacts
	Searches int
	Limits   int // searches above the limit, with wildcards or forged
	Picks    int // searches that led to somebody
	Checks   int // blind checks
	Misses   int // of these
	Refusals int
	Acts     int
	Glass    int // broken
	Watched  int // accounts on the watch list that they opened; they are not told
	Same     int // contacts about one and the same person, the most
	Off      int // contacts that began outside of working hours
}

// Add counts one line of the trail in.
func (a *Activity) Add(c StaffCount) {
	switch c.Kind {
	case "case.opened":
		a.Cases += c.N
	case "case.searched":
		a.searched(c)
	case "case.found":
		a.Picks += c.N
	case "case.checked":
		if c.Outcome == "matched" { // each is counted as a miss first
			a.Misses -= c.N
			return
		}
		a.Checks, a.Misses = a.Checks+c.N, a.Misses+c.N
	case "case.glass", "case.glass_held":
		a.Glass += c.N
	case "watch.opened":
		a.Watched += c.N
	case "help.refused", "case.view_refused", "case.glass_refused", "approval.denied", "review.denied", "watch.refused", "page.refused":
		a.Refusals += c.N
	default:
		a.acted(c)
	}
}

func (a *Activity) searched(c StaffCount) {
	if c.Outcome == "limit" || c.Outcome == "wildcard" || c.Outcome == "forged" {
		a.Limits += c.N
	}
	if c.Outcome != "forged" { // that was no search
		a.Searches += c.N
	}
}

// acted counts what was done for callers; what is asked of a second person, and their word, are no acts.
func (a *Activity) acted(c StaffCount) {
	asking := len(c.Kind) > len("approval.") && c.Kind[:len("approval.")] == "approval."
	if c.Acted && !asking {
		a.Acts += c.N
	}
}

// WorkHours are when a house has people at the console.
type WorkHours struct {
	Zone     *time.Location // nil: nobody said, and no hour is outside
	From, To int            // of the day, 0 to 24; the same at both: the whole day
	Weekends bool           // Saturday and Sunday are days of work too
}

// Outside reports whether a moment is none of them.
func (h WorkHours) Outside(at time.Time) bool {
	if h.Zone == nil {
		return false
	}
	at = at.In(h.Zone)
	if !h.Weekends && weekend(at) {
		return true
	}
	hour := at.Hour()
	if h.From < h.To {
		return hour < h.From || hour >= h.To
	}
	return h.From > h.To && hour >= h.To && hour < h.From // over midnight
}

// Oddity is a pattern that a supervisor should ask about. It proves nothing.
type Oddity string

// The patterns.
const (
	OddSearches Oddity = "searches" // many searches that led to nobody
	OddLimits   Oddity = "limits"   // searches above the limit, or with wildcards
	OddMisses   Oddity = "misses"   // many blind checks that did not match
	OddSame     Oddity = "same"     // the same person again and again
	OddHours    Oddity = "hours"    // work when nobody works
	OddWatched  Oddity = "watched"  // accounts on the watch list
	OddRefusals Oddity = "refusals" // asks often for what is refused
	OddGlass    Oddity = "glass"    // breaks the glass often
)

// Oddities are all of them. The slice is the caller's.
func Oddities() []Oddity {
	return []Oddity{OddSearches, OddLimits, OddMisses, OddSame, OddHours, OddWatched, OddRefusals, OddGlass}
}

// Odd names the patterns. The bounds are for whatever time was counted, a day or a month: what is rare in a month is rarer in a day.
func (a Activity) Odd() []Oddity {
	const (
		many       = 10 // of searches, and of checks: below it a share says nothing
		refusals   = 5
		sameOne    = 4
		lateOnes   = 3
		brokenOnes = 3
	)
	seen := map[Oddity]bool{
		OddSearches: a.Searches >= many && 2*a.Picks < a.Searches,
		OddLimits:   a.Limits > 0,
		OddMisses:   a.Checks >= many && 3*a.Misses >= a.Checks,
		OddSame:     a.Same >= sameOne,
		OddHours:    a.Off >= lateOnes,
		OddWatched:  a.Watched > 0,
		OddRefusals: a.Refusals >= refusals && a.Refusals > a.Acts,
		OddGlass:    a.Glass >= brokenOnes,
	}
	var all []Oddity
	for _, o := range Oddities() {
		if seen[o] {
			all = append(all, o)
		}
	}
	return all
}

// Activities are counted, not kept: the trail and the contacts say it.
type Activities interface {
	// StaffCounts counts what somebody did since then, as the trail has it, by kind and outcome.
	StaffCounts(ctx context.Context, id StaffID, since time.Time) ([]StaffCount, error)
	// StaffHours counts the contacts that were begun since then, by who and by hour.
	StaffHours(ctx context.Context, since time.Time) ([]StaffHour, error)
	// StaffSame reads how often the contacts since then were about one and the same person, by who.
	StaffSame(ctx context.Context, since time.Time) ([]StaffSame, error)
}
