package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The purposes of a keyset. A key serves one purpose only, so that no value made for one can stand in for another.
const (
	PurposeSeal         = "seal"          // AES-256-GCM: columns at rest
	PurposeFingerprint  = "fingerprint"   // HMAC-SHA256: finding sealed values; has one key for ever
	PurposeRefresh      = "refresh"       // HMAC-SHA256: derived refresh tokens
	PurposePepper       = "pepper"        // HMAC-SHA256: passwords, before Argon2id
	PurposeClientSecret = "client-secret" // HMAC-SHA256: secrets of clients, which we generate
	PurposeTicket       = "ticket"        // AES-256-GCM: sealed values that travel through the browser
	PurposeCode         = "code"          // HMAC-SHA256: one-time codes
)

const (
	secretBytes = 32 // both AES-256 and HMAC-SHA256
	idBytes     = 5  // random bytes of a key's id
	idLength    = 8  // letters of an id: base32 of idBytes
)

// Keyset holds the keys of every purpose: exactly one primary each, which makes new values, and older ones, which only
// open or check. It is immutable and safe for concurrent use. It prints as "[redacted]"; WriteNew and Replace are the only
// ways out for its secrets.
type Keyset struct {
	redacted
	keys []*secret
}

// secret is one key of a keyset.
type secret struct {
	redacted
	purpose  string
	id       string
	created  time.Time
	primary  bool
	material func() []byte // a closure: where a verb is wrong, fmt prints even what a pointer points to
	aead     cipher.AEAD   // only for the purposes that seal
}

// KeyInfo says what may be known about a key of a keyset: everything but the key. Created is in UTC, to the second.
type KeyInfo struct {
	Purpose string
	ID      string
	Created time.Time
	Primary bool
}

// NewKeyset makes a keyset with one fresh random key for each purpose.
func NewKeyset(now time.Time) (*Keyset, error) {
	made := &Keyset{}
	for _, purpose := range purposes() {
		key, err := newSecret(purpose, now)
		if err != nil {
			return nil, err
		}
		key.primary = true
		made.keys = append(made.keys, key)
	}
	return made, nil
}

// Rotate returns a new keyset with a fresh primary key for the purpose; the former primary stays for opening. It is right
// where one process reads the keyset. Where several replicas do, a value sealed by the first to restart would be
// unreadable to the rest: there use Add, hand the file to every replica, and only then Promote.
//
// The fingerprint key is refused: fingerprints are compared as they stand in the database, so a new key would make every
// account unfindable until all are computed anew.
func (k *Keyset) Rotate(purpose string, now time.Time) (*Keyset, error) {
	added, id, err := k.Add(purpose, now)
	if err != nil {
		return nil, err
	}
	return added.Promote(purpose, id)
}

// Add returns a new keyset with a fresh key for the purpose that is not yet primary, and that key's id: the first half of
// a rotation among replicas. The fingerprint key is refused, see Rotate.
func (k *Keyset) Add(purpose string, now time.Time) (*Keyset, string, error) {
	if err := checkRotatable(purpose); err != nil {
		return nil, "", err
	}
	key, err := newSecret(purpose, now)
	if err != nil {
		return nil, "", err
	}
	return &Keyset{keys: append(slices.Clone(k.keys), key)}, key.id, nil
}

// Promote returns a new keyset in which the named key is the primary one of its purpose: the second half of a rotation
// among replicas. It fails for an id that the purpose does not have.
func (k *Keyset) Promote(purpose, id string) (*Keyset, error) {
	if err := checkRotatable(purpose); err != nil {
		return nil, err
	}
	if k.find(purpose, id) == nil {
		return nil, fmt.Errorf("keys: no key %q for %s in the keyset", id, purpose)
	}
	promoted := &Keyset{}
	for _, key := range k.keys {
		if key.purpose == purpose {
			changed := *key
			changed.primary = key.id == id
			key = &changed
		}
		promoted.keys = append(promoted.keys, key)
	}
	return promoted, nil
}

// List tells of every key, by purpose and then from oldest to newest; never a secret.
func (k *Keyset) List() []KeyInfo {
	var list []KeyInfo
	for _, key := range k.keys {
		list = append(list, KeyInfo{Purpose: key.purpose, ID: key.id, Created: key.created, Primary: key.primary})
	}
	slices.SortStableFunc(list, func(a, b KeyInfo) int {
		if a.Purpose != b.Purpose {
			return strings.Compare(a.Purpose, b.Purpose)
		}
		return a.Created.Compare(b.Created)
	})
	return list
}

// purposes lists every purpose that a keyset must have.
func purposes() []string {
	return []string{PurposeSeal, PurposeFingerprint, PurposeRefresh, PurposePepper, PurposeClientSecret, PurposeTicket, PurposeCode}
}

// seals says whether the keys of a purpose encrypt; all others are for HMAC.
func seals(purpose string) bool { return purpose == PurposeSeal || purpose == PurposeTicket }

func checkRotatable(purpose string) error {
	if purpose == PurposeFingerprint {
		return fmt.Errorf("keys: the %s key cannot be rotated: every stored fingerprint would have to be computed anew first", purpose)
	}
	if !slices.Contains(purposes(), purpose) {
		return fmt.Errorf("keys: no purpose %q; there are %s", purpose, strings.Join(purposes(), ", "))
	}
	return nil
}

func newSecret(purpose string, now time.Time) (*secret, error) {
	var id [idBytes]byte
	material := make([]byte, secretBytes)
	_, _ = rand.Read(id[:]) // crypto/rand.Read never fails: it ends the process instead
	_, _ = rand.Read(material)
	return prepare(material, secret{
		purpose: purpose,
		id:      strings.ToLower(base32.StdEncoding.EncodeToString(id[:])),
		created: now.UTC().Truncate(time.Second),
	})
}

// prepare puts a key's bytes into it, and the cipher if it seals.
func prepare(material []byte, key secret) (*secret, error) {
	key.material = func() []byte { return material }
	if !seals(key.purpose) {
		return &key, nil
	}
	block, err := aes.NewCipher(material)
	if err != nil {
		return nil, err
	}
	key.aead, err = cipher.NewGCMWithRandomNonce(block)
	return &key, err
}

func (k *Keyset) find(purpose, id string) *secret {
	for _, key := range k.keys {
		if key.purpose == purpose && key.id == id {
			return key
		}
	}
	return nil
}

// primary returns the key that makes new values. Every keyset has one for each purpose, so nil means a purpose that does
// not exist.
func (k *Keyset) primary(purpose string) *secret {
	for _, key := range k.keys {
		if key.purpose == purpose && key.primary {
			return key
		}
	}
	return nil
}
