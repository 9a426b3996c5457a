package password

import (
	"time"
	"unicode"
	"unicode/utf8"
)

// Keys of a Refusal, in the message catalogue.
const (
	KeyShort       = "password.error.short"
	KeyLong        = "password.error.long"
	KeyCommon      = "password.error.common"
	KeyOwn         = "password.error.own"
	KeyComposition = "password.error.composition"
	KeySame        = "password.error.same"
	KeyCharacters  = "password.error.characters"
)

// Code points: no policy goes below the first or above the second (NIST SP
// 800-63B-4 section 3.1.1.2), and every policy accepts the third.
const (
	pointsMin      = 8
	pointsMax      = 256
	pointsAccepted = 64
)

// Refusal says why a new password is not accepted. The key names a message for
// the person; Min and Max are code points, and 0 where they say nothing.
type Refusal struct {
	Key      string
	Min, Max int
}

// Error is the key: the words are in the catalogue.
func (r *Refusal) Error() string { return r.Key }

// Policy is what a new password must be. The zero value is the safe default
// that NIST SP 800-63B-4 section 3.1.1.2 describes.
type Policy struct {
	MinAlone    int           // code points where the password is the only factor; default 15
	MinBeside   int           // code points where a real second factor stands beside it; default 8, never less
	Max         int           // code points; default 256, never more, and never less than 64
	Composition Composition   // off by default; turning it on departs from NIST
	MaxAge      time.Duration // until a change is owed; 0, the default, means never
}

// Composition asks for kinds of characters. NIST SP 800-63B-4 says SHALL NOT;
// it is here for operators who are bound by an older rule.
type Composition struct {
	Upper, Lower, Digit, Symbol bool
}

// Context is what Check knows beside the password.
type Context struct {
	Own    []string // the account's own words: username, e-mail address, names, date of birth, the portal's brand
	Beside bool     // a real second factor stands beside the password
	Same   bool     // it is the old password; the caller has compared with Hasher.Check
}

// Check returns nil for a password that may be set, else a *Refusal with the
// first reason, those first that the person can see at once.
func (p Policy) Check(password string, c Context) error {
	least, most := p.bounds(c.Beside)
	normal, err := normalize(password)
	if err != nil {
		return err
	}
	text := string(normal)
	count := utf8.RuneCountInString(text)
	switch {
	case anyRune(text, unstable):
		return &Refusal{Key: KeyCharacters}
	case count < least:
		return &Refusal{Key: KeyShort, Min: least, Max: most}
	case count > most:
		return &Refusal{Key: KeyLong, Min: least, Max: most}
	case c.Same:
		return &Refusal{Key: KeySame}
	case isOwn(text, c.Own):
		return &Refusal{Key: KeyOwn}
	case isCommon(text):
		return &Refusal{Key: KeyCommon}
	case !p.Composition.metBy(text):
		return &Refusal{Key: KeyComposition}
	}
	return nil
}

// Least returns the fewest code points of a password, for the page's hint.
func (p Policy) Least(beside bool) int {
	least, _ := p.bounds(beside)
	return least
}

// Expired reports whether a password set at changed is too old now.
func (p Policy) Expired(changed, now time.Time) bool {
	return p.MaxAge > 0 && now.Sub(changed) >= p.MaxAge
}

// bounds are the fewest and most code points.
func (p Policy) bounds(beside bool) (least, most int) {
	most = pointsMax
	if p.Max > 0 {
		most = min(max(p.Max, pointsAccepted), pointsMax)
	}
	least = p.MinAlone
	if least <= 0 {
		least = 15
	}
	if beside {
		least = p.MinBeside
	}
	return min(max(least, pointsMin), most), most
}

// metBy reports whether every kind asked for is there.
func (c Composition) metBy(text string) bool {
	return (!c.Upper || anyRune(text, unicode.IsUpper)) &&
		(!c.Lower || anyRune(text, unicode.IsLower)) &&
		(!c.Digit || anyRune(text, unicode.IsDigit)) &&
		(!c.Symbol || anyRune(text, isSymbol))
}

// isSymbol is everything that is neither letter nor digit, the space too.
func isSymbol(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// anyRune reports whether one code point of text is so.
func anyRune(text string, is func(rune) bool) bool {
	for _, r := range text {
		if is(r) {
			return true
		}
	}
	return false
}
