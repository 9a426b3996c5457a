package provider

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Review is what another supervisor looks at afterwards: that somebody broke the glass, or opened an account on the watch list.
type Review struct {
	ID       string
	Kind     ReviewKind
	Case     string
	Staff    StaffID // who did it
	Account  AccountID
	Reason   string // in their own words; sealed at rest
	Held     string // why the law forbids telling the patient, in their own words; "": the patient was told at once; sealed at rest
	OpenedAt time.Time
	DueAt    time.Time // NextWorkDay of OpenedAt
	LateAt   time.Time // when it was said that it is late; zero: it was not
	By       StaffID   // who closed it; "" nobody yet
	ClosedAt time.Time
	Word     ReviewWord
	Rev      int64
}

// ReviewKind is what is reviewed.
type ReviewKind string

// The kinds.
const (
	ReviewGlass   ReviewKind = "glass"   // a supervisor saw an account without proof
	ReviewWatched ReviewKind = "watched" // somebody opened an account on the watch list; they are not told that others know
)

// ReviewWord is what a second supervisor found.
type ReviewWord string

// The words.
const (
	ReviewRight ReviewWord = "right" // it was right to do so
	ReviewWrong ReviewWord = "wrong" // it was not: what follows is for people to decide
)

// ReviewWords are all of them. The slice is the caller's.
func ReviewWords() []ReviewWord { return []ReviewWord{ReviewRight, ReviewWrong} }

// Open reports whether nobody has closed it yet.
func (v Review) Open() bool { return v.ClosedAt.IsZero() }

// Late reports whether somebody should have closed it by now.
func (v Review) Late(now time.Time) bool { return v.Open() && !now.Before(v.DueAt) }

// Permits answers nil where this person may close it, or a HelpRefusal: a supervisor who did not do it, and whose account it is not.
func (v Review) Permits(by Staff) error {
	switch {
	case !by.Enabled() || by.Role != Supervisor:
		return RefusedRole
	case by.ID == v.Staff:
		return RefusedSelf
	case by.Account != "" && by.Account == v.Account:
		return RefusedOwn
	case !v.Open():
		return RefusedState
	default:
		return nil
	}
}

// NextWorkDay is by when a review must be closed: one day of work later, in the zone of at. Saturday and Sunday are none, and what
// happens in them counts from the Monday on; public holidays are not known here.
func NextWorkDay(at time.Time) time.Time {
	for weekend(at) {
		at = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, at.Location())
	}
	due := at.AddDate(0, 0, 1)
	for weekend(due) {
		due = due.AddDate(0, 0, 1)
	}
	return due
}

func weekend(at time.Time) bool { return at.Weekday() == time.Saturday || at.Weekday() == time.Sunday }

// Glass is everything that decides whether a supervisor may see an account without proof.
type Glass struct {
	Staff  Staff
	Case   Case
	Whose  Staff  // the person of the house whose account it is; zero: no one's
	Reason string // in their own words
	Hold   bool   // they say that the law forbids telling the patient
	Held   string // why, in their own words
}

// GlassRefusal is what else may stand in the way; the others are HelpRefusals. It implements error.
type GlassRefusal string

// The refusals.
const (
	RefusedWords  GlassRefusal = "words"  // the reason is too short to be one
	RefusedLaw    GlassRefusal = "law"    // which law, or whose order, is not said
	RefusedBroken GlassRefusal = "broken" // it is broken already
)

func (r GlassRefusal) Error() string { return "refused: " + string(r) }

// The bounds of a reason that is typed.
const (
	LeastWords   = 3
	LeastLetters = 15
	MostLetters  = 300
)

// Worded reports whether a text says something: three words, fifteen letters.
func Worded(text string) bool {
	letters := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return len(strings.Fields(text)) >= LeastWords && letters >= LeastLetters && utf8.RuneCountInString(text) <= MostLetters
}

// Permits answers nil, a HelpRefusal or a GlassRefusal.
func (g Glass) Permits(now time.Time) error {
	switch {
	case !g.Staff.Enabled() || g.Staff.Role != Supervisor:
		return RefusedRole
	case !g.Case.Open(now) || g.Case.Staff != g.Staff.ID:
		return RefusedOver
	case g.Case.Account == "":
		return RefusedNobody
	case g.Staff.Account == g.Case.Account:
		return RefusedOwn
	case g.Whose.ID != "":
		return RefusedStaff
	case g.Case.Glass:
		return RefusedBroken
	case !Worded(g.Reason):
		return RefusedWords
	case g.Hold && !Worded(g.Held):
		return RefusedLaw
	default:
		return nil
	}
}

// Sees is what may be shown in a case: what was proven, and with broken glass as much as after a live proof. What may be done follows from
// Level alone.
func (c Case) Sees(now time.Time) HelpLevel {
	level := c.Level(now)
	if c.Glass && c.Account != "" && c.Open(now) && level < L2 {
		return L2
	}
	return level
}

// Reviews are durable. They go with their case.
type Reviews interface {
	// BreakGlass marks a case as broken and opens the review, in one act: ErrStale where the case is not the one that was read any more, has
	// ended, is broken already, or where its person is no supervisor who may sign in. The case is looked at by ID, Rev and Staff.
	BreakGlass(ctx context.Context, c Case, v Review, e Event) error
	// OpenReview opens one of a case that there is: ErrNotFound.
	OpenReview(ctx context.Context, v Review, e Event) error
	// Review reads one: ErrNotFound.
	Review(ctx context.Context, id string) (Review, error)
	// OpenReviews lists those that nobody closed, the soonest due first, at most limit.
	OpenReviews(ctx context.Context, limit int) ([]Review, error)
	// CloseReview is the word of a second supervisor, in one conditional write: ErrUsed where it is closed, or where by is who did it, whose
	// account it is, or no supervisor who may sign in.
	CloseReview(ctx context.Context, id string, by StaffID, word ReviewWord, at time.Time, e Event) error
	// LateReviews lists those that are due at that time and of which nobody said so, at most limit.
	LateReviews(ctx context.Context, at time.Time, limit int) ([]Review, error)
	// SayLate notes that it was said, once: ErrUsed.
	SayLate(ctx context.Context, id string, at time.Time, e Event) error
}
