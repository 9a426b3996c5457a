package provider

import (
	"context"
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
	EnrollHash  []byte    // HashSecret of the one-time link for their first passkey; nil once it is used. Who has one has no passkey
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

// How long a sign-in at the console lasts, and a link for a first passkey.
const (
	StaffIdle   = 15 * time.Minute
	StaffLasts  = 10 * time.Hour
	EnrollLasts = 24 * time.Hour
)

// Live reports whether a session of the console is to be heard.
func (s StaffSession) Live(now time.Time) bool {
	return s.EndedAt.IsZero() && now.Before(s.EndsAt) && now.Before(s.SeenAt.Add(StaffIdle))
}

// StaffStore are the records of the console. They are durable. Names, addresses, notes, tickets and targets are sealed at rest.
type StaffStore interface {
	Cases
	Approvals
	Reviews
	WatchList
	Activities
	Calls

	// AddStaff adds a person of the house. ErrTaken: somebody has the id, the e-mail address or the patient account already.
	AddStaff(ctx context.Context, s Staff, e Event) error
	// StaffOf reads one: ErrNotFound.
	StaffOf(ctx context.Context, id StaffID) (Staff, error)
	// AllStaff lists them, by when they were added, at most limit.
	AllStaff(ctx context.Context, limit int) ([]Staff, error)
	// StaffOfAccount reads the person of the house whose patient account it is: ErrNotFound.
	StaffOfAccount(ctx context.Context, account AccountID) (Staff, error)
	// UpdateStaff replaces one if Rev is still the one that was read: ErrStale, ErrNotFound, ErrTaken. Who is disabled loses their sessions
	// and open cases with it; who gets a new link for a first passkey, those and all passkeys.
	UpdateStaff(ctx context.Context, s Staff, e Event) error
	// StaffByEnroll reads the person whose link it is, spent in time or not: ErrNotFound.
	StaffByEnroll(ctx context.Context, enrollHash []byte) (Staff, error)
	// EnrollStaff spends the one-time link and adds the passkey, in one conditional statement: ErrUsed where the link is spent, over, or
	// not theirs, or they are disabled; ErrTaken where somebody has the passkey.
	EnrollStaff(ctx context.Context, enrollHash []byte, k StaffKey, at time.Time, e Event) error
	// StaffKeys lists somebody's passkeys.
	StaffKeys(ctx context.Context, id StaffID) ([]StaffKey, error)
	// StaffKey reads one by its credential id: ErrNotFound.
	StaffKey(ctx context.Context, id string) (StaffKey, error)
	// SaveStaffKey replaces one (its counter, its last use) if Rev is still the one that was read: ErrStale.
	SaveStaffKey(ctx context.Context, k StaffKey) error
	// BeginStaffSession begins one of somebody who is enabled and whose link for a first passkey is spent: ErrStale where not.
	BeginStaffSession(ctx context.Context, s StaffSession, e Event) error
	// StaffSession finds one by its secret, ended or not: ErrNotFound.
	StaffSession(ctx context.Context, secretHash []byte) (StaffSession, error)
	// TouchStaffSession notes that it was seen, and when the passkey was shown (zero: it was not). It revives none that is over.
	TouchStaffSession(ctx context.Context, id string, at, proven time.Time) error
	// EndStaffSession ends one, and the case that its person has open. It answers whether nobody ended it before.
	EndStaffSession(ctx context.Context, id, why string, at time.Time, e Event) (bool, error)

	// AccountsByRecord finds the accounts that have a patient record, but for those that others lent it to, at most limit.
	AccountsByRecord(ctx context.Context, record string, limit int) ([]AccountID, error)
	// SetSlow says since when messages of a channel are slow (zero: they are not), until when at the latest.
	SetSlow(ctx context.Context, channel Channel, since, until time.Time, e Event) error
	// SlowChannels reads what SetSlow said.
	SlowChannels(ctx context.Context, at time.Time) ([]Channel, error)
}
