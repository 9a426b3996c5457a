package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Sizes in bytes: what is looked at as it was typed, and a password as it is
// hashed. 256 code points always fit the second, and the same password typed in
// decomposed form fits the first.
const (
	typedMax  = 4096
	normalMax = 1024
)

// normalize returns the one form of a password that is counted and hashed: each
// kind of space as the plain one, then NFC, as OpaqueString has it (RFC 8265
// section 4.2, NIST SP 800-63B-4 section 3.1.1.2). Nothing is trimmed and
// nothing cut. Errors: *Refusal for text that can be no password; then the
// result is empty.
func normalize(typed string) ([]byte, error) {
	if len(typed) > typedMax {
		return nil, &Refusal{Key: KeyLong, Max: pointsMax}
	}
	if !utf8.ValidString(typed) {
		return nil, &Refusal{Key: KeyCharacters}
	}
	normal := norm.NFC.String(strings.Map(plainSpace, typed))
	if len(normal) > normalMax {
		return nil, &Refusal{Key: KeyLong, Max: pointsMax}
	}
	return []byte(normal), nil
}

// plainSpace maps every space of Unicode to the one of ASCII.
func plainSpace(r rune) rune {
	if unicode.Is(unicode.Zs, r) {
		return ' '
	}
	return r
}

// unstable finds what a new password may not hold: control characters and line
// breaks, which not every keyboard and field lets through, and code points that
// Unicode has not assigned yet, whose normal form may still change.
func unstable(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Cn)
}
