package provider

import "time"

// AccountID is the subject identifier: 22 characters, random, never given to anybody else (OIDC Core 2).
type AccountID string

// Account is the subscriber account (NIST SP 800-63-4): who it is, how to reach it, whether it is open. No secrets in it.
// A patient's records are not part of it: one person may hold several, and a record may have several people.
type Account struct {
	ID          AccountID
	Status      AccountStatus
	StatusAt    time.Time
	Identifiers []Identifier
	Profile     Profile
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Rev         int64
}

// AccountStatus says whether an account is open. The guessing pause is none of these.
type AccountStatus string

// The states of an account.
const (
	Active AccountStatus = "active"
	Locked AccountStatus = "locked" // by staff
	Paused AccountStatus = "paused" // by the owner, or by staff for them; who shows two proofs in a reset opens it again
	Closed AccountStatus = "closed" // for good
)

// IdentifierKind says what an identifier is.
type IdentifierKind string

// The kinds of identifier.
const (
	Username IdentifierKind = "username"
	Email    IdentifierKind = "email"
	Phone    IdentifierKind = "phone"
)

// Identifier is a username, e-mail address or phone number of an account. Usernames are unique; an e-mail address or
// phone may be shared by a family. Canonical is what is compared (provider/identifier makes it).
type Identifier struct {
	Kind       IdentifierKind
	Value      string // as its owner writes it
	Canonical  string
	VerifiedAt time.Time // zero: not verified
}

// Identifier returns the first identifier of a kind, and whether there is one.
func (a Account) Identifier(kind IdentifierKind) (Identifier, bool) {
	for _, id := range a.Identifiers {
		if id.Kind == kind {
			return id, true
		}
	}
	return Identifier{}, false
}

// Named reports whether a canonical name of any kind belongs to the account.
func (a Account) Named(canonical string) bool {
	for _, id := range a.Identifiers {
		if canonical != "" && id.Canonical == canonical {
			return true
		}
	}
	return false
}

// Profile holds the standard claims of OIDC Core 5.1 that a patient portal has. Empty fields are not claimed.
type Profile struct {
	Name       string  `json:"name,omitempty"`
	GivenName  string  `json:"given_name,omitempty"`
	MiddleName string  `json:"middle_name,omitempty"`
	FamilyName string  `json:"family_name,omitempty"`
	Nickname   string  `json:"nickname,omitempty"`
	Gender     string  `json:"gender,omitempty"`
	Birthdate  string  `json:"birthdate,omitempty"` // YYYY-MM-DD
	Zoneinfo   string  `json:"zoneinfo,omitempty"`  // such as America/New_York
	Locale     string  `json:"locale,omitempty"`    // BCP 47; also the language of pages and messages
	Website    string  `json:"website,omitempty"`
	Picture    string  `json:"picture,omitempty"`
	Page       string  `json:"profile,omitempty"`
	Address    Address `json:"address,omitzero"`
	Choices    Choices `json:"choices,omitzero"` // no claim
}

// Address is the address claim of OIDC Core 5.1.1.
type Address struct {
	Formatted  string `json:"formatted,omitempty"`
	Street     string `json:"street_address,omitempty"`
	Locality   string `json:"locality,omitempty"`
	Region     string `json:"region,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	Country    string `json:"country,omitempty"`
}

// FullName is the name claim: as given, or put together.
func (p Profile) FullName() string {
	if p.Name != "" || p.GivenName == "" || p.FamilyName == "" {
		if p.Name != "" {
			return p.Name
		}
		return p.GivenName + p.FamilyName // at most one of the two
	}
	return p.GivenName + " " + p.FamilyName
}
