package provider

import (
	"context"
	"slices"
	"time"
)

// Case is one contact with a caller, from who they say they are to what was done. Nothing is searched and nobody is shown without one;
// it is the reason in the trail.
type Case struct {
	ID          string
	Staff       StaffID
	OpenedAt    time.Time
	Channel     CaseChannel
	Caller      CallerKind
	Purpose     Reason
	Note        string    // a short one, no health words; sealed at rest
	Ticket      string    // of the office's own system; sealed at rest
	Language    string    // BCP 47, that the caller speaks
	Interpreter string    // the interpreter's id; sealed at rest
	Account     AccountID // who it is about, once found; never another one
	Activation  string    // or the open invitation of somebody who has no account yet; "" none. Never both
	FoundBy     []Fact    // by what: these are no evidence of their own
	Facts       []Fact    // blind checks that matched, each once
	Misses      int       // blind checks that did not; MaxMisses end the case
	LiveAt      time.Time // when a live proof was given; zero: none
	LiveBy      IdentifierKind
	Document    DocumentKind // seen in person or by the operator's video process; "" none
	DocumentEnd string       // its last four characters; sealed at rest
	Glass       bool         // broken: a supervisor shows the reason, and it is reviewed
	EndedAt     time.Time
	EndedWhy    string // done, misses, security, idle, signed_out; of the store: CaseReplaced, CaseDisabled
	Rev         int64
}

// CaseChannel is how a caller is there.
type CaseChannel string

// The channels.
const (
	ByCall  CaseChannel = "call"
	AtDesk  CaseChannel = "desk"
	ByVideo CaseChannel = "video"
)

// CallerKind is who the caller says that they are.
type CallerKind string

// The callers.
const (
	CallerPatient CallerKind = "patient"
	CallerTrusted CallerKind = "trusted"
	CallerOffice  CallerKind = "office"
)

// Fact is something that a caller can say and the house can compare, blindly.
type Fact string

// The facts. Addresses and numbers are compared in canonical form.
const (
	FactUsername  Fact = "username"
	FactEmail     Fact = "email"
	FactPhone     Fact = "phone"
	FactRecord    Fact = "record"
	FactBirthdate Fact = "birthdate"
	FactName      Fact = "name"
	FactIDLast4   Fact = "id_last4"
)

// DocumentKind is a photo ID that was seen.
type DocumentKind string

// The documents.
const (
	Passport      DocumentKind = "passport"
	DriverLicense DocumentKind = "driver_license"
	StateID       DocumentKind = "state_id"
	OtherID       DocumentKind = "other"
)

// Facts are all of them. The slice is the caller's.
func Facts() []Fact {
	return []Fact{FactUsername, FactEmail, FactPhone, FactRecord, FactBirthdate, FactName, FactIDLast4}
}

// Why the store ends a case by itself.
const (
	CaseReplaced = "replaced" // its person opened another one
	CaseDisabled = "disabled" // its person may not sign in any more, or must enroll anew
)

// HelpLevel is how well a caller is known.
type HelpLevel int

// The levels: of each, what it takes.
const (
	L0 HelpLevel = iota // nobody proven
	L1                  // two facts that matched, blindly, beside those by which they were found; the end of an ID's number is none
	L2                  // L1 and a live proof over a channel on file that has not changed for LiveSteady
	L3                  // a photo ID, seen in person or by video, whose name and birthdate are the account's: a name that matched, blindly
)

// The bounds of a case.
const (
	MaxMisses  = 3
	LiveSteady = 7 * 24 * time.Hour // a contact that is younger gives no live proof
	CaseLasts  = 60 * time.Minute   // after that a caller is proven anew
	LiveLasts  = 30 * time.Minute
	ApproveIn  = 60 * time.Minute
)

// Found reports whether it is known who a case is about: somebody with an account, or with an invitation.
func (c Case) Found() bool { return c.Account != "" || c.Activation != "" }

// InPerson reports whether a photo ID was seen at the desk, and is theirs.
func (c Case) InPerson() bool { return c.Channel == AtDesk && c.identified() }

// Level is what a case has proven by now. A photo ID over the phone is none, and neither is one whose name did not match: everybody has
// one of their own.
func (c Case) Level(now time.Time) HelpLevel {
	switch {
	case !c.Open(now) || !c.Found():
		return L0
	case c.identified():
		return L3
	case c.evidence() < 2:
		return L0
	case c.LiveAt.IsZero() || !now.Before(c.LiveAt.Add(LiveLasts)):
		return L1
	default:
		return L2
	}
}

// identified reports whether a photo ID was seen that is the account's.
func (c Case) identified() bool {
	there := c.Channel == AtDesk || c.Channel == ByVideo
	return there && c.Document != "" && len(c.DocumentEnd) == 4 && slices.Contains(c.Facts, FactName) &&
		(slices.Contains(c.Facts, FactBirthdate) || slices.Contains(c.FoundBy, FactBirthdate))
}

// evidence counts the facts that say something, each once: none by which the person was found, and not the end of an ID's number, which is
// in too many hands.
func (c Case) evidence() int {
	n := 0
	for _, f := range Facts() {
		if f != FactIDLast4 && slices.Contains(c.Facts, f) && !slices.Contains(c.FoundBy, f) {
			n++
		}
	}
	return n
}

// Open reports whether anything may still be done in a case.
func (c Case) Open(now time.Time) bool {
	return c.EndedAt.IsZero() && c.Misses < MaxMisses && now.Before(c.OpenedAt.Add(CaseLasts))
}

// Cases are the contacts with callers.
type Cases interface {
	// OpenCase adds one, and ends what the same person has open (replaced); a system has many at once. ErrStale: they are disabled, or nobody.
	OpenCase(ctx context.Context, c Case, e Event) error
	// Case reads one: ErrNotFound.
	Case(ctx context.Context, id string) (Case, error)
	// OpenCaseOf reads the one that a person of the house has open, also one that took its last miss: ErrNotFound.
	OpenCaseOf(ctx context.Context, id StaffID, at time.Time) (Case, error)
	// SaveCase replaces one if Rev is still the one that was read: ErrStale, also where it has ended meanwhile, or is about somebody (or an
	// invitation) already and was to be about somebody else. Misses never become fewer by it.
	SaveCase(ctx context.Context, c Case, e Event) error
	// MissCase counts a blind check before it is compared, in one conditional statement, and answers how many misses there are with it.
	// ErrUsed: the case took its last, or is over.
	MissCase(ctx context.Context, id string, at time.Time, e Event) (int, error)
	// MatchCase takes one back, once what it was counted for has matched, and adds the fact, once: ErrUsed where the case is over, or nothing
	// was counted. Both move Rev.
	MatchCase(ctx context.Context, id string, f Fact, at time.Time, e Event) error
}
