package keys

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"time"
)

// ErrTicketExpired says that a ticket is genuine but past its time. OpenTicket returns the contents with it: an expired
// ceremony must still name the app.
var ErrTicketExpired = errors.New("keys: the ticket has expired")

// ErrTicket says that a ticket is not one of ours for this purpose, and nothing more.
var ErrTicket = errors.New("keys: not a valid ticket")

// maxTicket is the longest ticket made or read, in characters.
const maxTicket = 16 << 10

// SealTicket encrypts v for a way through the browser and returns URL-safe text: base64url without padding (RFC 4648
// section 5). The purpose separates the tickets of one use from those of another. The ticket ends at expires, to the
// millisecond. It fails when the text would be longer than 16 KiB, which leaves v some 12,200 bytes.
func (k *Keyset) SealTicket(v []byte, purpose string, expires time.Time) (string, error) {
	plaintext := binary.BigEndian.AppendUint64(nil, uint64(expires.UnixMilli()))
	sealed := k.primary(PurposeTicket).seal(append(plaintext, v...), []byte(purpose))
	if base64.RawURLEncoding.EncodedLen(len(sealed)) > maxTicket {
		return "", errors.New("keys: too much for a ticket")
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

// OpenTicket returns what SealTicket was given for the same purpose. From its expiry on the error is ErrTicketExpired, with
// the contents; for everything else ErrTicket, with nothing.
func (k *Keyset) OpenTicket(s string, purpose string, now time.Time) ([]byte, error) {
	if len(s) > maxTicket {
		return nil, ErrTicket
	}
	sealed, err := decodeStrict(s)
	if err != nil {
		return nil, ErrTicket
	}
	plaintext, err := k.open(PurposeTicket, sealed, []byte(purpose))
	if err != nil || len(plaintext) < 8 {
		return nil, ErrTicket
	}
	expires := time.UnixMilli(int64(binary.BigEndian.Uint64(plaintext)))
	if !now.Before(expires) {
		return plaintext[8:], ErrTicketExpired
	}
	return plaintext[8:], nil
}

// decodeStrict decodes base64url without padding. Each value has one spelling only: encoding/base64 skips line breaks even
// when told to be strict, and four of the Wycheproof vectors live on such laxness.
func decodeStrict(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, errors.New("keys: line break in base64url")
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}
