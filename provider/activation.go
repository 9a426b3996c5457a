package provider

import (
	"context"
	"time"
)

// Relation says whose record it is, seen from the account that may use it.
type Relation string

// The relations.
const (
	Self   Relation = "self"
	Parent Relation = "parent" // of a child whose record it is
	Carer  Relation = "carer"

	Trusted Relation = "trusted" // by the person whose record it is, for a time
)

// Activation is an invitation that a provider's office made for one person and one patient record. Whoever brings its code and
// knows the facts opens an account, or joins the record to the one that they have.
type Activation struct {
	ID         string
	CodeHash   []byte // of the code in canonical form, keyed: provider/activation makes it
	Record     string // as the record system names it; sealed at rest, found by a fingerprint
	Relation   Relation
	Contact    ActivationContact
	Facts      map[string][]byte // keyed hashes of what must be known, by the fact's name: birth_date, id_last4 …; of: under whose id, where it follows another one
	IssuedAt   time.Time
	ExpiresAt  time.Time
	RevokedAt  time.Time // zero: not revoked
	RevokedWhy string    // replaced (by a newer one), by_staff …
	UsedAt     time.Time // zero: not used
	UsedBy     AccountID
	By         AccountID // the patient who invites a trusted person; "": the office
	Until      time.Time // when the link ends that it makes; zero: it stays
}

// ActivationContact is what the office knows of the person. It fills in forms and gets the invitation; it proves nothing.
// Sealed at rest.
type ActivationContact struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"` // E.164
	Lang  string `json:"lang,omitempty"`  // BCP 47
}

// Open reports whether the invitation can be used now.
func (a Activation) Open(now time.Time) bool {
	return a.UsedAt.IsZero() && a.RevokedAt.IsZero() && now.Before(a.ExpiresAt)
}

// RecordLink says that an account may use a patient record. One account may hold several, and a record may have several people.
type RecordLink struct {
	Account    AccountID
	Record     string // sealed at rest, found by a fingerprint
	Relation   Relation
	Activation string // by which it was made
	LinkedAt   time.Time
	GrantedBy  AccountID // the patient who gave it; "": the office did
	Until      time.Time // it is over from then on; zero: it stays
}

// Issue is an invitation to be written, with the record of that; its message is the event's Tell.
type Issue struct {
	Activation

	Event Event
	Most  int // of a patient's: it makes one more than so many trusted people for nobody; zero: however many there are
}

// Activations are durable.
type Activations interface {
	// IssueActivations writes invitations, all or none. Each but those of trusted people revokes ("replaced") the open ones of
	// the same record and relation.
	// Of two in one batch the later one is open. ErrTaken: an id or a code is there already. ErrSpent: there are Most already,
	// counting the open invitations of trusted people to the record, and the links to it that By gave and that last at IssuedAt.
	IssueActivations(ctx context.Context, all []Issue) error
	// ActivationByCode reads the one with this code, open or not: ErrNotFound.
	ActivationByCode(ctx context.Context, codeHash []byte) (Activation, error)
	// Activation reads one, open or not: ErrNotFound.
	Activation(ctx context.Context, id string) (Activation, error)
	// ActivationsOf lists those of a record, newest first; none is no error.
	ActivationsOf(ctx context.Context, record string) ([]Activation, error)
	// RevokeActivation ends one that was not used, be it over or not: what is over could be renewed. It answers whether it was
	// neither used nor revoked until now; revoking again writes nothing.
	RevokeActivation(ctx context.Context, id, why string, at time.Time, e Event) (bool, error)
	// Activate uses an invitation that is open at that time and makes the account with its authenticators and the link to the
	// record, all or nothing. ErrUsed: it is used, revoked, over or not there, or the account By is not active. ErrTaken: that is not so, and the username (or an
	// id) is somebody else's; the invitation stays open.
	Activate(ctx context.Context, id string, at time.Time, a Account, held []Authenticator, e Event) error
	// JoinRecord uses one for an account that there is. ErrUsed as Activate; ErrNotFound: there is no such account. Where the
	// account has the record already, that link stays as it is (but for one that ends where this ends later, or never), and the
	// invitation is used up all the same.
	JoinRecord(ctx context.Context, id string, at time.Time, account AccountID, e Event) error
	// RecordsOf lists the records that an account may use at that time, oldest link first; none is no error.
	RecordsOf(ctx context.Context, account AccountID, at time.Time) ([]RecordLink, error)
	// LinksGiven lists the links that an account gave to others and that last at that time, oldest first.
	LinksGiven(ctx context.Context, account AccountID, at time.Time) ([]RecordLink, error)
	// EndLink ends one of those, found by GrantedBy, Account and Activation. It answers whether it lasted until now.
	EndLink(ctx context.Context, l RecordLink, at time.Time, e Event) (bool, error)
}

// Import is an account from elsewhere.
type Import struct {
	Account Account
	Held    []Authenticator
	Records []RecordLink
	Event   Event
}

// Imports are many accounts at once.
type Imports interface {
	// ImportAccounts adds accounts, all or none, some hundreds at a time: ErrTaken, where an id or a username is there already, or
	// comes twice. It keeps them in memory, and SQLite's other writers waiting, until it is done.
	ImportAccounts(ctx context.Context, all []Import) error
}
