package keys

import (
	"crypto/hmac"
	"crypto/sha256"
)

// Fingerprint returns the 32 bytes under which a sealed value is found again: HMAC-SHA256 (RFC 2104) over the kind
// ("email", "phone" …) and the canonical form. Equal values of different kinds have different fingerprints. Without the
// key a fingerprint cannot be guessed from a list of addresses; it does show which rows are equal.
func (k *Keyset) Fingerprint(kind, canonical string) []byte {
	return k.primary(PurposeFingerprint).mac("fingerprint", []byte(kind), []byte(canonical))
}

// MAC returns the id of the purpose's primary key and the 32-byte HMAC-SHA256 of the parts under it. The parts are bound
// with their lengths: "a","bc" differs from "ab","c". It panics for a purpose that does not exist or does not make MACs,
// which is a fault in our code and none that a request can cause.
func (k *Keyset) MAC(purpose string, parts ...[]byte) (keyID string, mac []byte) {
	key := k.primary(purpose)
	if key == nil || seals(purpose) || purpose == PurposeFingerprint {
		panic("keys: " + purpose + " is not a purpose for MAC")
	}
	return key.id, key.mac("mac", parts...)
}

// MACWith returns the MAC of the same parts under the named key, primary or older: for a value that is derived again when it
// is needed, and not kept, so that it outlives a rotation. Its maker keeps the id that MAC answered. It answers nil and
// false for a key that the keyset does not have, and for a purpose that does not make MACs.
func (k *Keyset) MACWith(purpose, keyID string, parts ...[]byte) (mac []byte, ok bool) {
	key := k.find(purpose, keyID)
	if key == nil || seals(purpose) || purpose == PurposeFingerprint {
		return nil, false
	}
	return key.mac("mac", parts...), true
}

// CheckMAC says whether mac is what MAC made of the same parts under the named key, primary or older. The comparison takes
// the same time wherever they differ. An unknown key or purpose is simply false.
func (k *Keyset) CheckMAC(purpose, keyID string, mac []byte, parts ...[]byte) bool {
	right, ok := k.MACWith(purpose, keyID, parts...)
	return ok && hmac.Equal(mac, right)
}

// HashSecret returns what to store of a client's secret: 40 bytes, the key's id and one keyed hash. One fast hash is
// enough for a secret of 256 random bits, which we generate; never use it for what a person chose.
func (k *Keyset) HashSecret(secret string) []byte {
	key := k.primary(PurposeClientSecret)
	return append([]byte(key.id), key.mac("client-secret", []byte(secret))...)
}

// CheckSecret says whether secret is the one that HashSecret was given, under the primary key or an older one.
func (k *Keyset) CheckSecret(stored []byte, secret string) bool {
	if len(stored) != idLength+sha256.Size {
		return false
	}
	key := k.find(PurposeClientSecret, string(stored[:idLength]))
	if key == nil {
		return false
	}
	return hmac.Equal(stored[idLength:], key.mac("client-secret", []byte(secret)))
}

// Pepper returns the 32-byte HMAC-SHA256 of in, to be hashed in place of a password (NIST SP 800-63B-4 section 3.1.1.2), and the id
// of the key to store beside that hash. An empty keyID means the primary key. For a key that the keyset does not have it
// returns "" and nil: then the password cannot be checked, and must not be accepted.
func (k *Keyset) Pepper(keyID string, in []byte) (id string, out []byte) {
	key := k.primary(PurposePepper)
	if keyID != "" {
		key = k.find(PurposePepper, keyID)
	}
	if key == nil {
		return "", nil
	}
	return key.id, key.mac("pepper", in)
}

// mac is the one HMAC of the package. The use stands first, so that a value made by one method never passes for another's.
func (s *secret) mac(use string, parts ...[]byte) []byte {
	hash := hmac.New(sha256.New, s.material())
	hash.Write(join([]byte(use)))
	hash.Write(join(parts...))
	return hash.Sum(nil)
}
