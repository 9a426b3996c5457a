package password

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// scheme names how a stored value was made: HMAC-SHA256 of the normalised
// password under the pepper key, then Argon2id of that.
const scheme = "argon2id-hmac1"

// Sizes in bytes, and the longest stored value that is looked at.
const (
	saltSize   = 16
	hashSize   = 32
	encodedMax = 512
)

// stored is a stored hash, taken apart.
type stored struct {
	params Params
	pepper string // id of the pepper key
	salt   [saltSize]byte
	hash   [hashSize]byte
}

// encode writes the stored form, in the manner of the PHC string format:
// $argon2id-hmac1$m=19456,t=2,p=1,k=<key id>$<salt>$<hash>, key id, salt and
// hash in base64 without padding.
func (s stored) encode() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$%s$m=%d,t=%d,p=%d,k=%s$%s$%s", scheme, s.params.MemoryKiB, s.params.Time, s.params.Threads,
		b64([]byte(s.pepper)), b64(s.salt[:]), b64(s.hash[:]))
}

// decode reads what encode wrote, and nothing else: a value that would be
// written differently is not one of ours.
func decode(encoded string) (stored, bool) {
	var s stored
	fields := strings.Split(encoded, "$")
	if len(encoded) > encodedMax || len(fields) != 5 || fields[0] != "" || fields[1] != scheme {
		return s, false
	}
	cost, key, found := strings.Cut(fields[2], ",k=")
	if !found {
		return s, false
	}
	if _, err := fmt.Sscanf(cost, "m=%d,t=%d,p=%d", &s.params.MemoryKiB, &s.params.Time, &s.params.Threads); err != nil {
		return s, false
	}
	id, err := base64.RawStdEncoding.DecodeString(key)
	if err != nil || len(id) == 0 {
		return s, false
	}
	s.pepper = string(id)
	if !decodeExactly(s.salt[:], fields[3]) || !decodeExactly(s.hash[:], fields[4]) {
		return s, false
	}
	return s, s.encode() == encoded
}

// decodeExactly decodes base64 text that must fill out.
func decodeExactly(out []byte, text string) bool {
	raw, err := base64.RawStdEncoding.DecodeString(text)
	return err == nil && copy(out, raw) == len(out) && len(raw) == len(out)
}
