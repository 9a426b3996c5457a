// Package lookup owns recovery codes (look-up secrets, NIST SP 800-63B-4, 3.1.2): ten to a sheet, Crockford base32 of
// 60 random bits each, kept as keyed hashes, each good once.
//
// It does not own that only one request can spend a code (the caller saves the data if nobody else did), or the pages.
//
// Hashes. Context: 60 bits are too few for a bare hash, and a slow one would cost ten times a password's for each try.
// Choice: HMAC under a key of the house, which is not in the database, and a salt of the sheet's own. A sheet keeps the id
// of its key, so it outlives a rotation; where that key is thrown away, no code of it is right any more.
//
// Sheets. A sheet is derived anew for each page of its ceremony. Nobody types a code before it is kept, so a key that is
// rotated between the page and the answer would keep another sheet than the one on paper, and nobody would notice until
// the day it is needed. The page's form therefore carries KeyOf, and what is kept comes from SheetUnder.
package lookup

import (
	"crypto/subtle"
	"encoding/binary"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"gatehouse/provider"
	"gatehouse/provider/identifier"
)

// Keys derives and hashes; keys.Keyset does it.
type Keys interface {
	MAC(purpose string, parts ...[]byte) (keyID string, mac []byte)
	MACWith(purpose, keyID string, parts ...[]byte) (mac []byte, ok bool)
}

// PerSheet is how many codes a sheet has.
const PerSheet = 10

const (
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's: no I, L, O and U
	symbols  = 12                                 // of five bits each
	group    = 4
	longest  = 256 // bytes of what is typed
)

// What is derived under the purpose, and what tells it from all else there.
const (
	purpose  = "code"
	useSheet = "recovery sheet"
	useHash  = "recovery hash"
)

// SheetFor derives the codes that one ceremony offers, as they are shown: the page can be loaded again, and nothing is
// written before the person says that they are saved.
func SheetFor(k Keys, ceremony, account string) []string {
	sheet, _ := SheetUnder(k, KeyOf(k), ceremony, account)
	return sheet
}

// KeyOf names the key that SheetFor derives under now. It is no secret.
func KeyOf(k Keys) string {
	key, _ := k.MAC(purpose, []byte(useSheet))
	return key
}

// SheetUnder derives the codes that SheetFor showed while KeyOf was key. It answers nil and false for a key that is not
// there: then the sheet of today is to be shown, and saved anew.
func SheetUnder(k Keys, key, ceremony, account string) ([]string, bool) {
	sheet := make([]string, PerSheet)
	for i := range sheet {
		mac, ok := k.MACWith(purpose, key, []byte(useSheet), []byte(ceremony), []byte(account), []byte{byte(i)})
		if !ok {
			return nil, false
		}
		sheet[i] = written(binary.BigEndian.Uint64(mac))
	}
	return sheet, true
}

// written is the upper 60 bits as a person reads them: AAAA-BBBB-CCCC.
func written(bits uint64) string {
	var b strings.Builder
	for i := range symbols {
		if i > 0 && i%group == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[bits>>59])
		bits <<= 5
	}
	return b.String()
}

// read is a typed code in its one form, or "": forgiving of case, width, digits of other scripts, what separates, and the
// letters that Crockford's alphabet leaves out for what they look like.
func read(typed string) string {
	if len(typed) > longest {
		return ""
	}
	var b strings.Builder
	for _, r := range norm.NFKC.String(typed) {
		if identifier.Separates(r) {
			continue
		}
		s := symbol(r)
		if s == 0 || b.Len() == symbols {
			return ""
		}
		b.WriteByte(s)
	}
	if b.Len() != symbols {
		return ""
	}
	return b.String()
}

// symbol is the letter or digit that is meant, 0 for none.
func symbol(r rune) byte {
	if d, ok := identifier.Digit(r); ok {
		return d
	}
	switch r = unicode.ToUpper(r); {
	case r == 'O':
		return '0'
	case r == 'I' || r == 'L':
		return '1'
	case r < unicode.MaxASCII && strings.ContainsRune(alphabet, r):
		return byte(r)
	}
	return 0
}

// Encode is a sheet as an authenticator's data. Of what is no code of ours there is no sheet: nil, of which nothing is left.
func Encode(k Keys, codes []string) []byte {
	if len(codes) > PerSheet {
		return nil
	}
	s := sheet{Version: 1, Key: KeyOf(k), Salt: provider.NewID()}
	for _, shown := range codes {
		code := read(shown)
		hash, ok := s.hash(k, code)
		if code == "" || !ok {
			return nil
		}
		s.Codes = append(s.Codes, hash)
	}
	return s.encode()
}

// Spend finds a typed code among those that are left, forgiving of case, spaces, O/0 and I/1/L, and answers the data without
// it. All that are left are compared, whichever it is, and where in the sheet it stood is not kept.
func Spend(k Keys, data []byte, typed string, at time.Time) (fresh []byte, ok bool) {
	s, err := decode(data)
	code := read(typed)
	if err != nil || code == "" {
		return nil, false
	}
	hash, ok := s.hash(k, code)
	if !ok {
		return nil, false
	}
	found := -1
	for i, left := range s.Codes {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(left, hash), i, found)
	}
	if found < 0 {
		return nil, false
	}
	fresh = s.without(found, at).encode()
	return fresh, fresh != nil
}

// Left counts the codes that are left.
func Left(data []byte) int {
	s, _ := decode(data) // what cannot be read has none
	return len(s.Codes)
}

// Used tells when codes were spent, oldest first.
func Used(data []byte) []time.Time {
	s, _ := decode(data)
	return s.Used
}
