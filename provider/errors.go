package provider

import (
	"errors"
	"time"
)

// What a store may answer besides success. Any other error means that the store is in trouble: fail closed.
var (
	// ErrUnavailable: the store cannot be reached or cannot write just now. Said as 503 with Retry-After.
	ErrUnavailable = errors.New("store unavailable")
	// ErrNotFound: no such record, or it is over.
	ErrNotFound = errors.New("not found")
	// ErrStale: the record has changed since it was read (compare-and-swap on Rev, or on a generation).
	ErrStale = errors.New("stale: changed meanwhile")
	// ErrUsed: the single-use thing was consumed before. The first caller won.
	ErrUsed = errors.New("used before")
	// ErrTaken: the identifier or name belongs to another record.
	ErrTaken = errors.New("taken")
)

// What Apply may answer.
var (
	// ErrExpired: the ceremony's deadline has passed.
	ErrExpired = errors.New("ceremony expired")
	// ErrNotOffered: the step does not ask for this.
	ErrNotOffered = errors.New("not offered at this step")
	// ErrOtherAccount: the proof belongs to another account than the ceremony.
	ErrOtherAccount = errors.New("proof of another account")
)

// A Problem is the only error whose text a person may see. Its Kind names a text of the catalogue
// (trouble.KIND.title, .lead, .do); everything else becomes a bland page, a reference code and a full log line.
type Problem struct {
	Kind  ProblemKind
	Cause error     // for the log only
	Until time.Time // of Limited and Busy: when to try again; zero: in a few seconds
}

// ProblemKind names what went wrong in a way that a person can act on. provider/web maps it to a status.
type ProblemKind string

// The kinds of Problem, and the pages that show them.
const (
	NotFound      ProblemKind = "not_found"       // E-03, 404
	NotAllowed    ProblemKind = "not_allowed"     // E-04, 403
	Broken        ProblemKind = "broken"          // E-05, 500
	ClosedForWork ProblemKind = "closed_for_work" // E-06, 503
	Busy          ProblemKind = "busy"            // E-07, 503
	Limited       ProblemKind = "limited"         // S-15, 429: too many requests from one network
	BadRequest    ProblemKind = "bad_request"     // E-08, 400
	TooBig        ProblemKind = "too_big"         // E-08, 413
	WrongMethod   ProblemKind = "wrong_method"    // E-08, 405
	Expired       ProblemKind = "expired"         // the way is over and cannot be begun again by itself, 410
	Unmet         ProblemKind = "unmet"           // the demand cannot be met by this account, 403
	Recover       ProblemKind = "recover"         // nothing to sign in with is left: towards recovery, 403
)

func (p *Problem) Error() string {
	if p.Cause == nil {
		return string(p.Kind)
	}
	return string(p.Kind) + ": " + p.Cause.Error()
}

func (p *Problem) Unwrap() error { return p.Cause }
