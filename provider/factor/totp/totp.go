// Package totp owns the authenticator app as a factor (RFC 6238: SHA-1, six digits, 30 s): its seed, the QR code and the key
// that a person types, and which time step a code belongs to.
//
// It does not own that a step is spent once (provider.Store.SpendStep), failures, or the pages.
//
// Clocks. Context: a code of one step before or after is taken (RFC 6238, 5.2), and people whose phone's clock is further
// off should be told. Choice: told is who types a code of up to ten minutes ago. Rejected: telling of codes of minutes to
// come. Who has the password but not the phone would learn that a guess will be right soon, and could wait for it: seven
// times the chances of guessing.
//
// Keys. The seed of a ceremony is derived anew for each page of it, so it changes if the key is rotated meanwhile: the first
// code is refused then, and the page shows the seed that holds from then on. One ceremony binds one app at most.
package totp

import (
	"bytes"
	"crypto/subtle"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"gatehouse/provider/identifier"
)

// Seed is the shared secret: 20 bytes. It prints as "[redacted]".
type Seed []byte

const (
	seedBytes = 20 // as long as the hash (RFC 4226, 4 R6)
	digits    = 6
	period    = 30 // seconds of a step
)

// What a seed is derived under: the purpose of the key, and what tells seeds from all else that is derived under it.
const (
	purpose = "code"
	use     = "totp seed"
)

// Keys derives what nobody can guess; keys.Keyset does it.
type Keys interface {
	MAC(purpose string, parts ...[]byte) (keyID string, mac []byte)
}

// SeedFor derives the seed that one ceremony offers, so that a page that is loaded again shows the same one and nothing is
// written before it was confirmed.
func SeedFor(k Keys, ceremony, account string) Seed {
	_, mac := k.MAC(purpose, []byte(use), []byte(ceremony), []byte(account))
	return Seed(mac[:seedBytes])
}

const redacted = "[redacted]"

// Format prints "[redacted]" whatever the verb.
func (s Seed) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue makes slog print "[redacted]".
func (s Seed) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText encodes as "[redacted]"; Encode is the way to keep a seed.
func (s Seed) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// text is the seed in base32, as apps read it.
func (s Seed) text() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(s)
}

// Groups is the seed as a person types it: base32 in groups of four.
func (s Seed) Groups() string {
	var groups []string
	for text := s.text(); text != ""; {
		n := min(4, len(text))
		groups, text = append(groups, text[:n]), text[n:]
	}
	return strings.Join(groups, " ")
}

// stored is an authenticator's data. Version 1 is RFC 6238 with SHA-1, six digits and 30 s.
type stored struct {
	Version int    `json:"v"`
	Seed    []byte `json:"seed"`
}

// Encode is a seed as an authenticator's data.
func Encode(s Seed) []byte {
	data, _ := json.Marshal(stored{Version: 1, Seed: s}) // a number and bytes: it cannot fail
	return data
}

// decode takes nothing but what Encode makes of a whole seed.
func decode(data []byte) (Seed, error) {
	var kept stored
	err := json.Unmarshal(data, &kept)
	if err != nil || kept.Version != 1 || len(kept.Seed) != seedBytes || !bytes.Equal(Encode(kept.Seed), data) {
		return nil, errors.New("totp: not the data of an app")
	}
	return kept.Seed, nil
}

// How far off a code may be, in steps.
const (
	drift = 1  // taken
	past  = 20 // told of: ten minutes
)

// Check finds the time step of a code, one step of drift either way. near: the code was right up to ten minutes ago, so that
// the phone's clock seems to be slow; that is no proof. A step is to be spent before the code counts: where a code belongs
// to two steps it is the later one, so that spending it spends both. All steps are compared, whichever is right.
func Check(data []byte, typed string, now time.Time) (step int64, ok, near bool) {
	seed, err := decode(data)
	code, six := identifier.Digits(typed, digits)
	if err != nil || !six || now.Unix() < 0 {
		return 0, false, false
	}
	secret, current := seed.text(), now.Unix()/period
	var found, missed int
	for s := max(0, current-past); s <= current+drift; s++ {
		same := subtle.ConstantTimeCompare([]byte(codeAt(secret, s)), []byte(code))
		if s >= current-drift {
			found |= same
			step = int64(subtle.ConstantTimeSelect(same, int(s), int(step)))
		} else {
			missed |= same
		}
	}
	return step, found == 1, found == 0 && missed == 1
}

// codeAt is the code of a step; "", which equals nothing typed, where the library fails.
func codeAt(secret string, step int64) string {
	code, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return ""
	}
	return code
}
