// Package totp owns the authenticator app as a factor (RFC 6238: SHA-1, six digits, 30 s): its seed, the QR code and the key
// that a person types, and which time step a code belongs to.
//
// It does not own that a step is spent once (provider.Store.SpendStep), failures, or the pages.
package totp

import (
	"errors"
	"time"
)

// Seed is the shared secret: 20 bytes.
type Seed []byte

// Keys derives what nobody can guess; keys.Keyset does it.
type Keys interface {
	MAC(purpose string, parts ...[]byte) (keyID string, mac []byte)
}

// SeedFor derives the seed that one ceremony offers, so that a page that is loaded again shows the same one and nothing is
// written before it was confirmed.
func SeedFor(k Keys, ceremony, account string) Seed { return nil }

// URI is the otpauth address of the seed; issuer and label are shown by the app.
func (s Seed) URI(issuer, label string) string { return "" }

// Groups is the seed as a person types it: base32 in groups of four.
func (s Seed) Groups() string { return "" }

// QR draws an address as an SVG element of ours, without scripts or styles, dark on light with its quiet zone.
func QR(address string) (string, error) { return "", errors.New("totp: not built") }

// Encode is a seed as an authenticator's data.
func Encode(s Seed) []byte { return nil }

// Check finds the time step of a code, one step of drift either way. near: the code is right for a time up to ten minutes
// away, so that the phone's clock seems to be off; that is no proof.
func Check(data []byte, typed string, now time.Time) (step int64, ok, near bool) {
	return 0, false, false
}
