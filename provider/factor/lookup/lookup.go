// Package lookup owns recovery codes (look-up secrets, NIST SP 800-63B-4, 3.1.2): ten to a sheet, Crockford base32 of at
// least 60 random bits each, kept as keyed hashes, each good once.
//
// It does not own that only one request can spend a code (the caller saves the data if nobody else did), or the pages.
package lookup

import "time"

// Keys derives and hashes; keys.Keyset does it.
type Keys interface {
	MAC(purpose string, parts ...[]byte) (keyID string, mac []byte)
	CheckMAC(purpose, keyID string, mac []byte, parts ...[]byte) bool
}

// PerSheet is how many codes a sheet has.
const PerSheet = 10

// SheetFor derives the codes that one ceremony offers, as they are shown: the page can be loaded again, and nothing is
// written before the person says that they are saved.
func SheetFor(k Keys, ceremony, account string) []string { return nil }

// Encode is a sheet as an authenticator's data.
func Encode(k Keys, codes []string) []byte { return nil }

// Spend finds a typed code among those that are left, forgiving of case, spaces, O/0 and I/1/L, and answers the data without
// it.
func Spend(k Keys, data []byte, typed string, at time.Time) (fresh []byte, ok bool) {
	return nil, false
}

// Left counts the codes that are left.
func Left(data []byte) int { return 0 }

// Used tells when codes were spent, oldest first.
func Used(data []byte) []time.Time { return nil }
