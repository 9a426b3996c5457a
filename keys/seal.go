package keys

import (
	"encoding/binary"
	"errors"
)

// ErrSealed says that a sealed value could not be opened: changed, cut short, moved to another row or column, or sealed
// under a key that this keyset does not have. Which of these it was, is not told.
var ErrSealed = errors.New("keys: the sealed value cannot be opened")

// sealVersion is the first byte of everything sealed: version, key id, then nonce, ciphertext and tag of AES-256-GCM
// (NIST SP 800-38D). The nonce is random, so a key is good for 2^32 values (section 8.3 there): rotate within that.
const sealVersion = 1

const sealHeader = 1 + idLength

// Where names the place of a sealed value. It is bound to the value (as associated data), so that a sealed value copied to
// another table, column or row does not open there. All three are required.
type Where struct {
	Table, Column, Row string
}

// Seal encrypts plaintext for its place. The result is 37 bytes longer. The only error is an incomplete Where.
func (k *Keyset) Seal(plaintext []byte, where Where) ([]byte, error) {
	place, err := where.encode()
	if err != nil {
		return nil, err
	}
	return k.primary(PurposeSeal).seal(plaintext, place), nil
}

// Open decrypts what Seal made for the same place, under the primary key or an older one. Errors: ErrSealed, or an
// incomplete Where.
func (k *Keyset) Open(sealed []byte, where Where) ([]byte, error) {
	place, err := where.encode()
	if err != nil {
		return nil, err
	}
	return k.open(PurposeSeal, sealed, place)
}

// SealedByPrimary says whether a sealed value is under the present primary key; where not, sealing it again lets the older
// key go one day. It looks at the key id only and proves nothing.
func (k *Keyset) SealedByPrimary(sealed []byte) bool {
	return len(sealed) > sealHeader && string(sealed[1:sealHeader]) == k.primary(PurposeSeal).id
}

func (w Where) encode() ([]byte, error) {
	if w.Table == "" || w.Column == "" || w.Row == "" {
		return nil, errors.New("keys: a sealed value needs a table, a column and a row")
	}
	return join([]byte(w.Table), []byte(w.Column), []byte(w.Row)), nil
}

func (s *secret) seal(plaintext, bound []byte) []byte {
	header := append([]byte{sealVersion}, s.id...)
	return s.aead.Seal(header, nil, plaintext, join([]byte(s.purpose), header, bound))
}

func (k *Keyset) open(purpose string, sealed, bound []byte) ([]byte, error) {
	if len(sealed) < sealHeader || sealed[0] != sealVersion {
		return nil, ErrSealed
	}
	header := sealed[:sealHeader]
	key := k.find(purpose, string(header[1:]))
	if key == nil {
		return nil, ErrSealed
	}
	plaintext, err := key.aead.Open(nil, nil, sealed[sealHeader:], join([]byte(purpose), header, bound))
	if err != nil {
		return nil, ErrSealed
	}
	return plaintext, nil
}

// join writes parts one after another, each behind its length in eight bytes: no two different lists give the same bytes.
func join(parts ...[]byte) []byte {
	size := 0
	for _, part := range parts {
		size += 8 + len(part)
	}
	out := make([]byte, 0, size)
	for _, part := range parts {
		out = binary.BigEndian.AppendUint64(out, uint64(len(part)))
		out = append(out, part...)
	}
	return out
}
