package provider

import (
	"context"
	"slices"
	"time"
)

// StaffID names a person of the house: support, not a patient. It is an Event's Actor as "staff:ID".
type StaffID string

// Role is what a person of the house may do. Nobody has two: who approves does not administer, who reads the trail does nothing else.
type Role string

// The roles.
const (
	Agent         Role = "agent"         // helps callers
	Supervisor    Role = "supervisor"    // an agent who also approves, and may break the glass, which is reviewed
	Auditor       Role = "auditor"       // reads the trail, nothing else
	Administrator Role = "administrator" // staff and applications, no patients
)

// Roles are all roles. The slice is the caller's.
func Roles() []Role { return []Role{Agent, Supervisor, Auditor, Administrator} }

// Helps reports whether a role may open a contact with a caller.
func (r Role) Helps() bool { return r == Agent || r == Supervisor }

// Staff is a person of the house. They sign in at the console, with a passkey and nothing else.
type Staff struct {
	ID          StaffID
	Name        string // sealed at rest
	Email       string // where notices go (M-27); sealed at rest
	Role        Role
	Account     AccountID // their own patient account, "" where none is known: they never act on it
	EnrollHash  []byte    // HashSecret of the one-time link for their first passkey; nil once it is used
	EnrollUntil time.Time
	CreatedAt   time.Time
	DisabledAt  time.Time // zero: may sign in
	Rev         int64
}

// Enabled reports whether they may sign in and act.
func (s Staff) Enabled() bool { return s.DisabledAt.IsZero() }

// StaffKey is a passkey of a person of the house.
type StaffKey struct {
	ID        string // of the credential, base64url
	Staff     StaffID
	Data      []byte // the factor's own; sealed at rest
	CreatedAt time.Time
	UsedAt    time.Time
	Rev       int64
}

// StaffSession is a sign-in at the console. It ends when nothing was done for StaffIdle, and after StaffLasts in any case.
type StaffSession struct {
	ID         string
	SecretHash []byte
	Staff      StaffID
	CreatedAt  time.Time
	SeenAt     time.Time
	ProvenAt   time.Time // when the passkey was last shown: approvals ask for it anew
	EndsAt     time.Time
	EndedAt    time.Time
}

// How long a sign-in at the console lasts.
const (
	StaffIdle  = 15 * time.Minute
	StaffLasts = 10 * time.Hour
)

// Live reports whether a session of the console is to be heard.
func (s StaffSession) Live(now time.Time) bool {
	return s.EndedAt.IsZero() && now.Before(s.EndsAt) && now.Before(s.SeenAt.Add(StaffIdle))
}

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
	FoundBy     []Fact    // by what: these count as no evidence
	Facts       []Fact    // blind checks that matched, each once
	Misses      int       // blind checks that did not; MaxMisses end the case
	LiveAt      time.Time // when a live proof was given; zero: none
	LiveBy      IdentifierKind
	Document    DocumentKind // seen in person or by the operator's video process; "" none
	DocumentEnd string       // its last four characters; sealed at rest
	Glass       bool         // broken: a supervisor shows the reason, and it is reviewed
	EndedAt     time.Time
	EndedWhy    string // done, misses, security, idle, signed_out
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

// Reason is why a caller is helped: a fixed list, so that no health words get into the trail.
type Reason string

// Reasons are all of them. The slice is the caller's.
func Reasons() []Reason {
	return []Reason{
		"forgot-username", "forgot-password", "lost-device", "new-number", "no-code-came", "locked-self", "locked-attack", "activation-expired",
		"activation-lost", "duplicate", "deceased", "carer-change", "suspected-takeover", "privacy-request", "test", "other",
	}
}

// HelpLevel is how well a caller is known.
type HelpLevel int

// The levels: of each, what it takes.
const (
	L0 HelpLevel = iota // nobody proven
	L1                  // two facts that matched, blindly, beside those by which they were found
	L2                  // L1 and a live proof over a channel on file that has not changed for LiveSteady
	L3                  // a photo ID, seen in person or by video
)

// The bounds of a case.
const (
	MaxMisses  = 3
	LiveSteady = 7 * 24 * time.Hour // a contact that is younger gives no live proof
	CaseLasts  = 60 * time.Minute   // after that a caller is proven anew
	LiveLasts  = 30 * time.Minute
	ApproveIn  = 60 * time.Minute
)

// Level is what a case has proven by now. A photo ID over the phone is none.
func (c Case) Level(now time.Time) HelpLevel {
	if !c.Open(now) || c.Account == "" {
		return L0
	}
	if c.Document != "" && len(c.DocumentEnd) == 4 && c.Channel != ByCall {
		return L3
	}
	if len(c.Facts) < 2 {
		return L0
	}
	if c.LiveAt.IsZero() || !now.Before(c.LiveAt.Add(LiveLasts)) {
		return L1
	}
	return L2
}

// Open reports whether anything may still be done in a case.
func (c Case) Open(now time.Time) bool {
	return c.EndedAt.IsZero() && c.Misses < MaxMisses && now.Before(c.OpenedAt.Add(CaseLasts))
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
	Action HelpAction
	Level  HelpLevel
	Second bool          // a second person approves
	Waits  time.Duration // until it takes place, unless the caller is there in person
	Letter string        // the message that the patient gets
	Steady time.Duration // the contact that it goes to must have been the same for so long, unless they are there in person
}

// HelpRules are all actions, safest first. The slice is the caller's.
func HelpRules() []HelpRule {
	return []HelpRule{
		{Action: SendUsername, Level: L0, Letter: "M-04"},
		{Action: SendReset, Level: L0, Letter: "M-03"},
		{Action: EndAllSessions, Level: L0, Letter: "M-21"},
		{Action: PauseSignIn, Level: L0, Letter: "M-16"},
		{Action: ResendActivation, Level: L1, Letter: "M-06"},
		{Action: UnlockSignIn, Level: L1, Letter: "M-17"},
		{Action: NewActivation, Level: L1, Letter: "M-05", Steady: 30 * 24 * time.Hour},
		{Action: RemoveFactor, Level: L2, Letter: "M-17"},
		{Action: RevokeApp, Level: L2, Letter: "M-19"},
		{Action: ResetFactors, Level: L3, Second: true, Waits: 24 * time.Hour, Letter: "M-18"},
		{Action: ChangeContact, Level: L3, Second: true, Letter: "M-09"},
		{Action: ReopenAccount, Level: L3, Second: true, Letter: "M-16"},
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
	RefusedSelf    HelpRefusal = "self"    // who asked cannot approve
	RefusedExpired HelpRefusal = "expired" // the approval came too late
	RefusedReason  HelpRefusal = "reason"  // no reason of the list
	RefusedUnknown HelpRefusal = "unknown" // no such action
	RefusedWatched HelpRefusal = "watched" // the account is on the watch list: a second person must approve
	RefusedState   HelpRefusal = "state"   // there is nothing to do: not paused, not closed, no such factor
)

func (r HelpRefusal) Error() string { return "refused: " + string(r) }

// Help is everything that decides whether an action may be taken.
type Help struct {
	Staff    Staff
	Case     Case
	Action   HelpAction
	Reason   Reason
	Whose    Staff     // the person of the house whose account it is; zero: no one's
	Watched  bool      // the account is on the watch list
	Approval *Approval // nil: none
	Approver Staff     // who gave it
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
	case h.Case.Account == "":
		return RefusedNobody
	case h.Staff.Account == h.Case.Account:
		return RefusedOwn
	case h.Whose.ID != "":
		return RefusedStaff
	case !slices.Contains(Reasons(), h.Reason):
		return RefusedReason
	case h.Case.Level(now) < rule.Level:
		return RefusedLevel
	case !rule.Second && !h.Watched:
		return nil
	case h.Approval == nil && h.Watched:
		return RefusedWatched
	case h.Approval == nil:
		return RefusedSecond
	default:
		return h.approved(now)
	}
}

func (h Help) approved(now time.Time) error {
	a := *h.Approval
	switch {
	case a.By == "" || a.By == a.Staff || a.By == h.Staff.ID || !h.Approver.Enabled() || h.Approver.ID != a.By || h.Approver.Role != Supervisor:
		return RefusedSelf
	case h.Approver.Account == h.Case.Account:
		return RefusedOwn
	case a.Refused || a.Case != h.Case.ID || a.Action != h.Action || a.Account != h.Case.Account || a.Staff != h.Staff.ID || a.Reason != h.Reason:
		return RefusedSecond
	case !a.DoneAt.IsZero() || !now.Before(a.ExpiresAt):
		return RefusedExpired
	default:
		return nil
	}
}

// Approval is what a second person is asked. It is used once, for the very act that was asked.
type Approval struct {
	ID        string
	Case      string
	Staff     StaffID // who asked
	Account   AccountID
	Action    HelpAction
	Reason    Reason
	Target    string // which factor, or the new contact; sealed at rest
	Level     HelpLevel
	Evidence  []string // kinds only: facts, live proof, document
	AskedAt   time.Time
	ExpiresAt time.Time
	By        StaffID // who decided; "" nobody yet
	DecidedAt time.Time
	Refused   bool
	DoneAt    time.Time // when the act took place
	Rev       int64
}

// StaffStore are the records of the console. They are durable.
type StaffStore interface {
	// AddStaff adds a person of the house: ErrTaken.
	AddStaff(ctx context.Context, s Staff, e Event) error
	// StaffOf reads one: ErrNotFound.
	StaffOf(ctx context.Context, id StaffID) (Staff, error)
	// AllStaff lists them, by when they were added, at most limit.
	AllStaff(ctx context.Context, limit int) ([]Staff, error)
	// StaffOfAccount reads the person of the house whose patient account it is: ErrNotFound.
	StaffOfAccount(ctx context.Context, account AccountID) (Staff, error)
	// UpdateStaff replaces one if Rev is still the one that was read: ErrStale, ErrNotFound. Who is disabled loses their sessions and
	// open cases with it.
	UpdateStaff(ctx context.Context, s Staff, e Event) error
	// EnrollStaff spends the one-time link and adds the passkey, in one conditional statement: ErrUsed where the link is spent, over, or not theirs.
	EnrollStaff(ctx context.Context, enrollHash []byte, k StaffKey, at time.Time, e Event) error
	// StaffKeys lists somebody's passkeys.
	StaffKeys(ctx context.Context, id StaffID) ([]StaffKey, error)
	// StaffKey reads one by its credential id: ErrNotFound.
	StaffKey(ctx context.Context, id string) (StaffKey, error)
	// SaveStaffKey replaces one (its counter, its last use) if Rev is still the one that was read: ErrStale.
	SaveStaffKey(ctx context.Context, k StaffKey) error
	// BeginStaffSession begins one of somebody who is enabled: ErrStale where not.
	BeginStaffSession(ctx context.Context, s StaffSession, e Event) error
	// StaffSession finds one by its secret, ended or not: ErrNotFound.
	StaffSession(ctx context.Context, secretHash []byte) (StaffSession, error)
	// TouchStaffSession notes that it was seen, and when the passkey was shown (zero: it was not).
	TouchStaffSession(ctx context.Context, id string, at, proven time.Time) error
	// EndStaffSession ends one, and the cases that are open in it. It answers whether it was live until now.
	EndStaffSession(ctx context.Context, id, why string, at time.Time, e Event) (bool, error)

	// OpenCase adds one, and ends what the same person has open.
	OpenCase(ctx context.Context, c Case, e Event) error
	// Case reads one: ErrNotFound.
	Case(ctx context.Context, id string) (Case, error)
	// OpenCaseOf reads the one that a person of the house has open: ErrNotFound.
	OpenCaseOf(ctx context.Context, id StaffID, at time.Time) (Case, error)
	// SaveCase replaces one if Rev is still the one that was read: ErrStale, also where it has ended meanwhile.
	SaveCase(ctx context.Context, c Case, e Event) error
	// MissCase counts a blind check before it is compared, in one conditional statement, and answers how many misses there are with it.
	// ErrUsed: the case took its last, or is over. MatchCase takes one back and adds the fact.
	MissCase(ctx context.Context, id string, at time.Time, e Event) (int, error)
	MatchCase(ctx context.Context, id string, f Fact, at time.Time, e Event) error

	// AskApproval adds one.
	AskApproval(ctx context.Context, a Approval, e Event) error
	// Approval reads one: ErrNotFound.
	Approval(ctx context.Context, id string) (Approval, error)
	// PendingApprovals lists those that nobody decided and that are not over, oldest first, at most limit.
	PendingApprovals(ctx context.Context, at time.Time, limit int) ([]Approval, error)
	// ApprovalsOf lists those of a case, newest first.
	ApprovalsOf(ctx context.Context, caseID string) ([]Approval, error)
	// DecideApproval is the word of the second person, in one conditional write: ErrUsed where somebody decided before, where it is over, or
	// where by is who asked.
	DecideApproval(ctx context.Context, id string, by StaffID, refused bool, at time.Time, e Event) error
	// SpendApproval marks it as used, once, by the act that was approved: ErrUsed.
	SpendApproval(ctx context.Context, id string, at time.Time, e Event) error

	// Watch puts an account on the watch list or takes it off.
	Watch(ctx context.Context, account AccountID, why string, on bool, at time.Time, e Event) error
	// Watched reads why an account is watched; "" for not.
	Watched(ctx context.Context, account AccountID) (string, error)
	// AccountsByRecord finds accounts by the fingerprint of a patient record, at most limit.
	AccountsByRecord(ctx context.Context, record string, limit int) ([]AccountID, error)
	// SetSlow says since when messages of a channel are slow (zero: they are not), until when at the latest.
	SetSlow(ctx context.Context, channel Channel, since, until time.Time, e Event) error
	// SlowChannels reads what SetSlow said.
	SlowChannels(ctx context.Context, at time.Time) ([]Channel, error)
}
