// Package oob owns one-time codes that travel out of band: by text, by voice, by e-mail. Six digits, derived from a durable
// challenge under a key of the house and stored nowhere; how often one may be asked for, and how often answered.
//
// It does not own how a message gets out (notify), the pages (templates), or the account's budget of failures. Neighbours:
// signin and settings ask, notify's worker derives the code when it writes a message out.
//
// Rotation. Context: a code may be sent twice and typed minutes later, and the key that derives it may be replaced
// meanwhile. Choice: the id of a challenge begins with the id of that key. Rejected: deriving under every key that there is
// and accepting any of them, which gives a guesser more than one right answer.
//
// What is not six digits costs no try: who typed it can count digits themselves, so they learn nothing, and a slip of the
// finger is not a guess. It gets the same sentence as a wrong code, with what was left before.
package oob

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"gatehouse/provider"
)

// Keys derives what nobody can guess; keys.Keyset does it.
type Keys interface {
	MAC(purpose string, parts ...[]byte) (keyID string, mac []byte)
	MACWith(purpose, keyID string, parts ...[]byte) (mac []byte, ok bool)
}

// Store is what codes need of provider.Store.
type Store interface {
	provider.Challenges
	provider.Budgets
	// Record sends a code again: its message is the event's Tell.
	Record(ctx context.Context, e provider.Event) error
}

// Config says how codes are made. Zero values are the defaults.
type Config struct {
	Store Store
	Keys  Keys
	Lasts time.Duration // zero: 10 minutes, and never more (NIST SP 800-63B-4, 3.1.3.2) but for a recovery code by e-mail
	Tries int           // answers taken per challenge; zero: 5
	Sends int           // per address and account in 15 minutes; zero: 5
	// Budgets are further ones that a send must find open, from narrow to broad: of the number, of where it is asked from, of
	// all sends in a day. Nil: none. Purposes are lower-case words with dots; they stand in the record of a refusal. Those of an
	// address and an account begin with whose, which is "", OfStrangers or OfOwners.
	Budgets func(whose string, channel provider.Channel, to string, account provider.AccountID, source string) []provider.Budget
}

const (
	longest      = 10 * time.Minute
	defaultTries = 5
	defaultSends = 5
)

// Codes opens and checks challenges. It is safe for concurrent use.
type Codes struct{ Config }

// New makes it.
func New(c Config) *Codes {
	if c.Lasts <= 0 || c.Lasts > longest {
		c.Lasts = longest
	}
	if c.Tries <= 0 {
		c.Tries = defaultTries
	}
	if c.Sends <= 0 {
		c.Sends = defaultSends
	}
	return &Codes{c}
}

// What a code is derived under: the purpose of the key, and what tells codes from all else that is derived under it.
const (
	purpose = "code"
	use     = "oob code"
)

// Digits is how long a code is.
const Digits = 6

// space is how many codes there are.
const (
	digits = Digits
	space  = 1_000_000
)

// Aloud is how long a code is that its owner reads out in a call: longer than all others, so that it passes for none of them, nor
// they for it.
const (
	Aloud      = 8
	spaceAloud = 100_000_000
	aloudMark  = "call-" // at the beginning of what follows the key
)

// newID names a challenge: the key that its code is derived under, a dot, 128 random bits.
func (c *Codes) newID(aloud bool) string {
	key, _ := c.Keys.MAC(purpose, []byte(use))
	if aloud {
		return key + "." + aloudMark + provider.NewID()
	}
	return key + "." + provider.NewID()
}

// sizeOf is how many digits the code of a challenge has, and how many such codes there are.
func sizeOf(challenge string) (int, uint64) {
	if _, rest, _ := strings.Cut(challenge, "."); strings.HasPrefix(rest, aloudMark) {
		return Aloud, spaceAloud
	}
	return digits, space
}

// Code is the code of a challenge: six digits (eight of one that is read out), with the zeros that it begins with. It is "" where the key is not there any
// more, or the id is none of ours: nothing is to be sent then, and no answer is right. Of 2^64 numbers a million each
// stand for one code, so none is likelier than another by more than one in 18 million millions.
func (c *Codes) Code(challenge string) string {
	key, _, _ := strings.Cut(challenge, ".")
	mac, ok := c.Keys.MACWith(purpose, key, []byte(use), []byte(challenge))
	if !ok {
		return ""
	}
	length, many := sizeOf(challenge)
	return fmt.Sprintf("%0*d", length, binary.BigEndian.Uint64(mac)%many)
}
