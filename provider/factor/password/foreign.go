package password

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
)

// Hashes of other systems. Context: people come with the hash that another system made of their password, and are not asked
// for a new one. Choice: such a value is stored as it is, checked as its maker would, of the text as it was typed (that is what
// they hashed), and replaced by one of ours at the first sign-in. A wrong password costs one of our hashes on top, so it is never
// cheaper than for anybody else; and no hash is taken that costs more than a third of a second of one core, so that it ends
// before the deadline at which failures are answered. Rejected: one of our hashes over each of theirs, at the import, which
// would take 100,000 times 20 ms and keep the weak one for ever.

// What is taken at most, for each way of hashing. Measured on a core of a server of 2024 without other load: bcrypt 12
// 230 ms, scrypt 225 ms, PBKDF2 160 to 250 ms, Argon2 160 ms.
const (
	bcryptCostMax   = 12
	scryptBlocksMax = 3 << 18   // N·r·p, of 128 bytes each
	argonBlocksMax  = 256 << 10 // memory in KiB times passes
	argonLanesMax   = 16
	sha1Max         = 1_500_000 // iterations, of one block
	sha256Max       = 1_200_000
	sha512Max       = 500_000
)

// Sizes of foreign salts and hashes in bytes. A hash of less than 128 bits would let others in by chance.
const (
	foreignSaltMax  = 128
	foreignHashMin  = 16
	foreignHashMax  = 64
	bcryptTypedMost = 72 // bcrypt looks at no more (in all of its makers)
)

// What keeps a value from being taken. No error holds any of it.
var (
	errForeign = errors.New("not a hash that can be checked: $2a$, $2b$, $2y$, $scrypt$, $pbkdf2-…$, pbkdf2_…$, $argon2id$ and $argon2i$ can")
	errShort   = fmt.Errorf("the hash has fewer than %d or more than %d bytes", foreignHashMin, foreignHashMax)
)

// foreign is a hash of another system, taken apart. It tells whether a text is its password.
type foreign func(typed []byte) bool

// Accepts says whether the stored value is a hash of another system that Check can check: nil, or why it is not, for an operator.
// No error holds the value.
func Accepts(encoded string) error {
	_, err := readForeign(encoded)
	return err
}

// readForeign reads what other systems write.
func readForeign(encoded string) (foreign, error) {
	if len(encoded) > encodedMax {
		return nil, errForeign
	}
	fields := strings.Split(encoded, "$")
	if fields[0] != "" { // Django's: no sign before the first field
		return readDjango(fields)
	}
	if len(fields) < 4 {
		return nil, errForeign
	}
	switch fields[1] {
	case "2a", "2b", "2y":
		return readBcrypt(encoded)
	case "scrypt":
		return readScrypt(fields[2:])
	case "pbkdf2", "pbkdf2-sha1", "pbkdf2-sha256", "pbkdf2-sha512":
		return readPBKDF2(fields[1:])
	case "argon2id", "argon2i":
		return readArgon2(fields[1:])
	}
	return nil, errForeign
}

// equal compares a hash with what a text gave.
func equal(got, want []byte) bool { return subtle.ConstantTimeCompare(got, want) == 1 }

// tooCostly is the error for a hash beyond the bounds.
func tooCostly(what string, at any) error {
	return fmt.Errorf("the hash costs too much to check: %s %v at most", what, at)
}
