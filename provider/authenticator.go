package provider

import (
	"slices"
	"time"
)

// Kind is a kind of authenticator. The kinds of the whole product stand here; which of them can be used is a matter
// of the factors that server wires.
type Kind string

// The kinds of authenticator.
const (
	Password     Kind = "password"
	TextCode     Kind = "text"     // out-of-band over the phone network
	EmailCode    Kind = "email"    // not out-of-band by NIST SP 800-63B-4, 3.1.3.1
	TOTP         Kind = "totp"     // authenticator app, RFC 6238
	Passkey      Kind = "passkey"  // WebAuthn
	RecoveryCode Kind = "recovery" // look-up secret
)

var kinds = [...]Kind{Passkey, TOTP, TextCode, EmailCode, Password, RecoveryCode}

// Kinds returns every kind, strongest first: the order in which they are offered.
func Kinds() []Kind { return slices.Clone(kinds[:]) }

// Authenticator is one bound password, phone, e-mail address, TOTP app, passkey or sheet of recovery codes.
type Authenticator struct {
	ID         string
	Account    AccountID
	Kind       Kind
	Data       []byte // the factor's own; sealed at rest by the store
	Failures   int    // in a row
	ChangeOwed string // why a password must be replaced before anything is given out: leaked, asked, expired; "" for no
	CreatedAt  time.Time
	UsedAt     time.Time
	Rev        int64
}

// Held returns the first authenticator of a kind.
func Held(all []Authenticator, kind Kind) (Authenticator, bool) {
	for _, a := range all {
		if a.Kind == kind {
			return a, true
		}
	}
	return Authenticator{}, false
}
