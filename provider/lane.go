package provider

import (
	"context"
	"encoding/hex"
	"time"
)

// LaneKind says whose failures a lane counts.
type LaneKind string

// The kinds of lanes. Both count failures of all factors that can be guessed, in one budget.
const (
	LaneStrangers LaneKind = "strangers" // all browsers that an account does not know, together
	LaneDevice    LaneKind = "device"    // one browser that the account knows
)

// LaneActivation is the kind of lane that counts wrong facts about an invitation.
const LaneActivation LaneKind = "activation"

// CodeLane is that of a code of an invitation, whether or not there is such an invitation.
func CodeLane(codeHash []byte) Lane {
	return Lane{Kind: LaneActivation, Key: "code/" + hex.EncodeToString(codeHash)}
}

// RecordLane is that of all codes that were ever made for one person and record, as long as this invitation is their newest: a new
// one begins anew, and old ones are no way around it.
func RecordLane(newest string) Lane {
	return Lane{Kind: LaneActivation, Key: "record/" + newest}
}

// Lane names one counter of failures. A passkey is in no lane: it cannot be guessed.
type Lane struct {
	Kind LaneKind
	Key  string // of whom; kept as a keyed fingerprint. "" for a lane that is not there
}

// StrangersLane is that of an account: every name of it leads here.
func StrangersLane(account AccountID) Lane {
	return Lane{Kind: LaneStrangers, Key: "account/" + string(account)}
}

// InventedLane is that of a name that is nobody's, in canonical form. It is kept like any other.
func InventedLane(kind IdentifierKind, canonical string) Lane {
	return Lane{Kind: LaneStrangers, Key: "name/" + string(kind) + "/" + canonical}
}

// ResetLane is that of the second proof of a reset, and of the end of a wait. Only who reads what is sent to an address of the account gets there: passwords
// that anybody may try do not close it.
func ResetLane(account AccountID) Lane {
	return Lane{Kind: LaneStrangers, Key: "reset/" + string(account)}
}

// DeviceLane is that of one browser and one account.
func DeviceLane(d Device) Lane { return Lane{Kind: LaneDevice, Key: d.ID} }

// LaneRule is how fast anybody may guess in a lane. provider/limit has the numbers, with their reasons.
type LaneRule struct {
	Tries   int           // so many failures, at least one,
	Window  time.Duration // from the first until then, pause the lane
	Pause   time.Duration // for so long, or to the end of the window if that is later
	Longest time.Duration // each pause is twice as long as the one before, up to this
	Quiet   time.Duration // after so long without a pause, the next one is short again
	Daily   int           // failures in 24 hours from the first, whatever their pace; 0: no bound of its own
	InARow  int           // failures until the lane is stopped, whatever the time
	Forget  time.Duration // after so long without any try, all is forgotten
	Burns   bool          // a success does not take back what counts towards InARow
}

// LaneState is what a lane remembers; zero times are never. provider/limit says what it means.
type LaneState struct {
	Tries       int       // of the window, the ones that are being looked at too
	Began       time.Time // the window
	Pauses      int       // one after another
	PausedUntil time.Time // the latest pause
	Today       int
	DayBegan    time.Time
	InARow      int
	ForgetAt    time.Time
}

// Passage is an opening that an owner makes with a link that was sent to them: their browser is known from then on.
type Passage struct {
	Link   string    // its id: used once
	Until  time.Time // how long that is kept
	Device Device    // noted as seen, or added
	Lane   Lane      // no longer stopped
	At     time.Time
}

// LaneLink is the purpose under which the link of a Passage is marked.
const LaneLink = "lane-link"

// Lanes are durable. Each method is one conditional statement, and does to what is kept just what the function of
// provider/limit with that name does to a LaneState.
type Lanes interface {
	// TryLane counts one try before its secret is looked at, as if it were wrong already, and answers the lane as it then is.
	// ErrSpent: nobody may try now; nothing was counted, and this is the lane as it is.
	TryLane(ctx context.Context, l Lane, r LaneRule, at time.Time) (LaneState, error)
	// ReturnTry takes back one that was counted at that time, because the secret was right or was not looked at.
	ReturnTry(ctx context.Context, l Lane, r LaneRule, at time.Time) error
	// Lane reads one; the zero state where nobody has tried.
	Lane(ctx context.Context, l Lane) (LaneState, error)
	// UnlockLane lets strangers try again at once. What is remembered of earlier pauses stays.
	UnlockLane(ctx context.Context, l Lane, at time.Time, e Event) error
	// PassLane does all of a Passage or nothing. ErrUsed: the link was used before.
	PassLane(ctx context.Context, p Passage, e Event) error
}
