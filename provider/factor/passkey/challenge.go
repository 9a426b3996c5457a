package passkey

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
)

// A use is what a challenge is for. An answer to one use is none to another.
type use byte

const (
	alone    use = 'a' // a sign-in by the passkey alone: user verification is required
	second   use = 's' // beside another factor: it is preferred
	creation use = 'c' // a new passkey
)

// A challenge is, in this order: use, expiry (seconds since 1970, 8 bytes), nonce, length of the key id, key id, account, MAC.
type challenge struct {
	use     use
	until   time.Time
	nonce   []byte
	account provider.AccountID // "": any
}

const (
	nonceBytes = 16 // NIST SP 800-63B-4, 3.1.7 asks for 64 bits, WebAuthn 3, 13.4.3 for 16 bytes
	macBytes   = 32
	headBytes  = 1 + 8 + nonceBytes + 1
)

// label keeps these MACs apart from all others made under the same key.
const label = "webauthn challenge 1"

// challenge makes one for a ceremony, lasting from at.
func (p *RP) challenge(u use, ceremony string, account provider.AccountID, at time.Time) []byte {
	c := challenge{use: u, until: at.Add(p.Lasts), nonce: make([]byte, nonceBytes), account: account}
	_, _ = rand.Read(c.nonce) // crypto/rand.Read never fails since Go 1.24
	keyID, mac := p.Keys.MAC(keys.PurposeCode, c.parts(ceremony)...)
	made := append(c.head(), byte(len(keyID)))
	made = append(made, keyID...)
	made = append(made, account...)
	return append(made, mac...)
}

// open knows a challenge of ours again. Errors: ErrResponse.
func (p *RP) open(text, ceremony string, at time.Time) (challenge, error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < headBytes || base64.RawURLEncoding.EncodeToString(raw) != text {
		return challenge{}, refused("no challenge of ours")
	}
	rest, idBytes := raw[headBytes:], int(raw[headBytes-1])
	if len(rest) < idBytes+macBytes {
		return challenge{}, refused("no challenge of ours")
	}
	account := rest[idBytes : len(rest)-macBytes]
	c := challenge{
		use:   use(raw[0]),
		until: time.Unix(int64(binary.BigEndian.Uint64(raw[1:])), 0),
		nonce: raw[9 : 9+nonceBytes], account: provider.AccountID(account),
	}
	if !p.Keys.CheckMAC(keys.PurposeCode, string(rest[:idBytes]), rest[len(rest)-macBytes:], c.parts(ceremony)...) {
		return challenge{}, refused("no challenge of this ceremony")
	}
	if !at.Before(c.until) {
		return challenge{}, refused("the challenge is over")
	}
	return c, nil
}

func (c challenge) head() []byte {
	head := append(make([]byte, 0, 128), byte(c.use))
	head = binary.BigEndian.AppendUint64(head, uint64(c.until.Unix()))
	return append(head, c.nonce...)
}

func (c challenge) parts(ceremony string) [][]byte {
	return [][]byte{[]byte(label), []byte(ceremony), []byte(c.account), c.head()}
}

// mark is what is marked as used once the challenge is answered.
func (c challenge) mark() string { return base64.RawURLEncoding.EncodeToString(c.nonce) }
