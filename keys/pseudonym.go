package keys

import (
	"crypto/aes"
	"crypto/cipher"
)

// Pseudonym returns the name that the bearer of an id has in a sector: AES-256 of the 16 bytes under a key derived for the sector
// from the fingerprint key, which is there for ever. Names of one id in two sectors cannot be told to be of one without the key, and
// every id has a name of its own.
func (k *Keyset) Pseudonym(sector string, id [16]byte) [16]byte {
	var name [16]byte
	k.sector(sector).Encrypt(name[:], id[:])
	return name
}

// Unpseudonym returns the id of a name; of one that nobody has, an id that nobody has.
func (k *Keyset) Unpseudonym(sector string, name [16]byte) [16]byte {
	var id [16]byte
	k.sector(sector).Decrypt(id[:], name[:])
	return id
}

func (k *Keyset) sector(sector string) cipher.Block {
	block, err := aes.NewCipher(k.primary(PurposeFingerprint).mac("pairwise-subject", []byte(sector)))
	if err != nil {
		panic("keys: " + err.Error()) // 32 bytes are always a key
	}
	return block
}
