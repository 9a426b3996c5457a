package provider

import (
	"context"
	"time"
)

// Store is what storage promises. Two promises, one contract suite (storage/storagetest), a native backend for each
// database. Methods are safe for use from many goroutines and processes at once.
//
// All methods: any error other than the ones named means that the store is in trouble, nothing was decided, and the
// caller fails closed. Times are kept to the microsecond. An Event given to a method is written in the transaction of
// the act: no record, no act. So are the messages that it tells.
//
// Rev is 1 for a record that was just made and grows by one with every change; what a caller hands in carries the Rev
// that it read.
type Store interface {
	Accounts
	Contacts
	Sessions
	Idles
	Clients
	Grants
	Marks
	Records
	Trails
	Challenges
	Budgets
	Lanes
	Devices
	Outbox
	Signals
	Activations
	Imports
	Recoveries
	Closings
	Terms
	Notices
	Overviews
	StaffStore
	References
	Volatile

	// Ready answers nil if the store can serve a request.
	Ready(ctx context.Context) error
	// Clock is the durable database's own time, to compare with the caller's.
	Clock(ctx context.Context) (time.Time, error)
	// Rows counts the records of every table, for operators and measurements. It reads them all: not for a request.
	Rows(ctx context.Context) (map[string]int, error)
	// Sweep deletes at most batch records of each sort that are over: expired ceremonies, marks, challenges (an hour later)
	// and budgets, lanes that are forgotten, ended sessions and dead grants once nothing can refer to them, messages a week after they expired or were
	// sent, signals a week after what they tell of, devices not seen for 400 days, invitations and recoveries 400 days after they were over, links to
	// records that have ended, sign-ins at the console a week after they were over, contacts with callers after 400 days or keep, whichever is
	// shorter, with their approvals, and events older than keep. It answers how many went.
	Sweep(ctx context.Context, now time.Time, batch int, keep time.Duration) (int, error)
	Close() error
}

// Accounts are durable. Values of identifiers, profiles and authenticators are sealed at rest; identifiers are found
// through a keyed fingerprint of their canonical form.
type Accounts interface {
	// CreateAccount adds an account with its authenticators. Usernames are unique, and nobody is given one that somebody else ever
	// had: ErrTaken.
	CreateAccount(ctx context.Context, a Account, held []Authenticator, e Event) error
	// Account reads one: ErrNotFound.
	Account(ctx context.Context, id AccountID) (Account, error)
	// FindAccounts returns the accounts that have an identifier, twenty at most: a large family. None is no error. An address that
	// is not verified finds nobody: what somebody merely wrote down neither signs them in nor makes its owner's name ambiguous.
	FindAccounts(ctx context.Context, kind IdentifierKind, canonical string) ([]AccountID, error)
	// UpdateAccount replaces all of an account if Rev is still the one that was read: ErrStale, ErrNotFound, ErrTaken.
	UpdateAccount(ctx context.Context, a Account, e Event) error
	// Authenticators returns what is bound to an account, oldest first.
	Authenticators(ctx context.Context, id AccountID) ([]Authenticator, error)
	// SaveAuthenticator adds (Rev 0) or replaces one if Rev is still the one that was read: ErrStale.
	SaveAuthenticator(ctx context.Context, a Authenticator, e Event) error
	// RemoveAuthenticator deletes one if its Rev and its account's are still those that were read: ErrStale, ErrNotFound. The
	// account's grows: of two that go at once, each leaning on the other, the second is stale.
	RemoveAuthenticator(ctx context.Context, a Authenticator, accountRev int64, e Event) error
	// SpendStep sets an authenticator's Step to a later one, in one conditional statement: ErrUsed where that step or a later
	// one is spent. It leaves Rev as it is. ErrNotFound: it is gone. One that is added begins with the Step that it has.
	SpendStep(ctx context.Context, id string, step int64) error
	// CountFailure adds one to an authenticator's failures in a row, in one statement, and answers the new count.
	// Where id is "", it does the same work for nobody and answers 0, so that both cost alike. ErrNotFound: it is gone.
	CountFailure(ctx context.Context, id string, e Event) (int, error)
}

// Completion ends a ceremony: it begins a session, or renews the one that the browser came with.
type Completion struct {
	Ceremony string    // its id: consumed once
	Until    time.Time // how long the mark is kept
	Session  Session   // Rev 0: begin it; else replace the one read with this Rev
	Ends     string    // another session of the same browser that ends with this ("" none)
	Why      string    // of its end: EndedReplaced, EndedIdle
	Ended    Event     // the record of that, written if it was live until now
	Proofs   []Proof   // made in the ceremony, but for those of remembered browsers: they stand, or nothing is done. Failures in a row of their authenticators go back to 0, UsedAt is set
	Device   Device    // noted as seen, or added, under its SecretHash (nil: none) and the session's account; RememberedUntil is kept where it is zero
	Lane     Lane      // that the sign-in came by: its failures are over, as far as Rule lets them ("" none)
	Rule     LaneRule
	At       time.Time
}

// Sessions are durable, and checked there on every request.
type Sessions interface {
	// CompleteCeremony does all of a Completion or nothing. ErrUsed: the ceremony was completed before.
	// ErrStale: the session changed or ended meanwhile, or is to begin and its account is not active, or a proof does not stand (Strike): its authenticator is not the account's any more,
	// or its password was replaced. What removes an authenticator or replaces a password comes wholly before a completion or wholly after it.
	CompleteCeremony(ctx context.Context, c Completion, e Event) error
	// SessionBySecret finds the session of a browser, ended or not: ErrNotFound.
	SessionBySecret(ctx context.Context, secretHash []byte) (Session, error)
	// Session reads one by its id: ErrNotFound.
	Session(ctx context.Context, id string) (Session, error)
	// TouchSession notes that a session was seen; it never ends or revives one.
	TouchSession(ctx context.Context, id string, at time.Time) error
	// EndOthers ends every live session of an account but keep ("" none), and revokes its grants but those bound to keep:
	// what was got with a password that has been replaced. The remembering of all its browsers ends too. It writes the event even
	// where there was nothing to end.
	EndOthers(ctx context.Context, account AccountID, keep, why string, at time.Time, e Event) error
	// EndSession ends a session. It answers whether it was live until now; ending an ended one writes nothing.
	EndSession(ctx context.Context, id, why string, at time.Time, e Event) (bool, error)
}

// Clients are durable, and read anew for every request: no cached client outlives its disabling.
type Clients interface {
	// CreateClient adds one: ErrTaken.
	CreateClient(ctx context.Context, c Client, e Event) error
	// Client reads one, disabled or not: ErrNotFound.
	Client(ctx context.Context, id string) (Client, error)
	// Clients lists all, by id.
	Clients(ctx context.Context) ([]Client, error)
	// UpdateClient replaces one if Rev is still the one that was read: ErrStale, ErrNotFound.
	UpdateClient(ctx context.Context, c Client, e Event) error
	// RemoveClient deletes one with its consents and grants: ErrNotFound.
	RemoveClient(ctx context.Context, id string, e Event) error
}

// Grants are durable, and so is consent.
type Grants interface {
	// Consent reads what an account allowed a client: ErrNotFound.
	Consent(ctx context.Context, account AccountID, client string) (Consent, error)
	// GiveConsent writes or replaces one. ErrNotFound: there is no such account or client.
	GiveConsent(ctx context.Context, c Consent, e Event) error
	// WithdrawConsent deletes one: ErrNotFound.
	WithdrawConsent(ctx context.Context, account AccountID, client string, e Event) error

	// IssueCode adds a grant with its code. ErrNotFound: there is no such account or client.
	IssueCode(ctx context.Context, g Grant) error
	// GrantByCode reads the standing of the grant with this code, redeemed or not: ErrNotFound. Client is left nil
	// where the caller has it; what is gone (account, session, consent) is nil.
	GrantByCode(ctx context.Context, codeHash []byte) (Standing, error)
	// RedeemCode consumes a code that is unexpired at at, of a grant that is not revoked and of a session that lives, in one
	// conditional write. ErrUsed: somebody did before, or it is over. ErrStale: only the session is over or gone, and nobody used the code.
	RedeemCode(ctx context.Context, grant string, at time.Time, e Event) error
	// Standing reads, in one go, everything that the gate wants to know about a grant. tokenID is the jti of an
	// access token whose revocation matters, or "". ErrNotFound: no such grant.
	Standing(ctx context.Context, grant, tokenID string) (Standing, error)
	// AdvanceGrant moves a grant that is not revoked from a generation to the next, in one conditional write: ErrStale.
	AdvanceGrant(ctx context.Context, grant string, from int64, at time.Time) error
	// RevokeGrant revokes a grant. It answers whether it was live until now; revoking again writes nothing.
	RevokeGrant(ctx context.Context, grant, why string, at time.Time, e Event) (bool, error)
}

// RevokedToken is the purpose under which the jti of a revoked access token is marked, and which Standing looks at.
const RevokedToken = "revoked-token"

// Marks make things single-use, for ever or as long as they could be used at all. They are durable.
type Marks interface {
	// Consume marks key of purpose as used until then, in one conditional write. ErrUsed: it is marked already.
	Consume(ctx context.Context, purpose, key string, until time.Time) error
	// Used reports whether it is marked.
	Used(ctx context.Context, purpose, key string) (bool, error)
}

// Records are the audit trail and the sealed document of signing keys.
type Records interface {
	// Record appends an event that has no other act to be written with.
	Record(ctx context.Context, e Event) error
	// Events returns the newest events first, of one account or of all (""), at most limit.
	Events(ctx context.Context, account AccountID, limit int) ([]Event, error)
	// Keyring reads the sealed keyring and its revision; nil and 0 if there is none yet.
	Keyring(ctx context.Context) ([]byte, int64, error)
	// SwapKeyring replaces it if the revision is still rev (0: there is none yet): ErrStale.
	SwapKeyring(ctx context.Context, doc []byte, rev int64, e Event) error
}

// Volatile records may vanish at any moment; then the person starts again, and no check is ever skipped.
type Volatile interface {
	Rates

	// BeginCeremony keeps a new ceremony and answers its id, which says which store made it.
	BeginCeremony(ctx context.Context, c Ceremony) (string, error)
	// Ceremony reads one, also past its deadline as long as it is there: ErrNotFound.
	Ceremony(ctx context.Context, id string) (Ceremony, error)
	// SwapCeremony replaces one if Rev is still the one that was read: ErrStale, ErrNotFound.
	SwapCeremony(ctx context.Context, c Ceremony) error
}
