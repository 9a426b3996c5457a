package provider

import (
	"errors"
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

// Remembered is no authenticator: it is the kind of a proof that the browser is one in which the same person signed in
// fully before and asked for this. It confirms a password as an e-mail code does, and is never a factor.
const Remembered Kind = "remembered"

var kinds = [...]Kind{Passkey, TOTP, TextCode, EmailCode, Password, RecoveryCode}

// Kinds returns every kind, strongest first: the order in which they are offered.
func Kinds() []Kind { return slices.Clone(kinds[:]) }

// Authenticator is one bound password, phone, e-mail address, TOTP app, passkey or sheet of recovery codes.
type Authenticator struct {
	ID         string
	Account    AccountID
	Kind       Kind
	Name       string // what its owner calls it; sealed at rest by the store
	Data       []byte // the factor's own; sealed at rest by the store
	Step       int64  // of a TOTP app: the last time step that was spent (SpendStep); a save leaves it as it is
	Failures   int    // in a row
	Spent      bool   // nothing of it is left to be shown, though what it proved stands: a sheet that is used up. Not kept
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

// Reach is the best that an account can prove with what it holds, passkeys with user verification.
func Reach(held []Authenticator) Level { return Assess(bestOf(held)).Level }

// Why an authenticator may not be removed.
var (
	// ErrLast: the account could sign in no more, or only with a lesser assurance than every sign-in here needs.
	ErrLast = errors.New("the last one of its use")
	// ErrOnlyProof: the session rests on nothing but the one that is to go (NIST SP 800-63B-4, 4.4), or on nothing that shows
	// that what stays can identify alone.
	ErrOnlyProof = errors.New("proven by nothing else")
)

// Removable says whether the authenticator with this id may be removed by somebody who is signed in by these proofs. It
// answers nil, ErrLast, ErrOnlyProof or ErrNotFound.
//
// What stays must identify (a password or a passkey) and, where all of it reached two steps, reach them still, without
// recovery codes: those stand in for something else and run out. One of those that stay must be among the proofs, and where
// no password stays it is a passkey with user verification: one that cannot do that signs nobody in alone.
func Removable(held []Authenticator, id string, proofs []Proof) error {
	at := slices.IndexFunc(held, func(a Authenticator) bool { return a.ID == id })
	if at < 0 {
		return ErrNotFound
	}
	rest := slices.Delete(slices.Clone(held), at, at+1)
	_, password := Held(rest, Password)
	_, passkey := Held(rest, Passkey)
	lasting := slices.DeleteFunc(slices.Clone(rest), func(a Authenticator) bool { return a.Kind == RecoveryCode })
	if !password && !passkey || Reach(lasting) < min(Reach(held), TwoStep) {
		return ErrLast
	}
	enough := func(p Proof) bool { return password || p.UserVerified }
	if !slices.ContainsFunc(standing(proofs, rest), enough) {
		return ErrOnlyProof
	}
	return nil
}
