package identifier

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

// Keys of a Refusal, in the message catalogue.
const (
	KeyUsernameShort      = "username.error.short"
	KeyUsernameLong       = "username.error.long"
	KeyUsernameCharacters = "username.error.characters"
	KeyUsernameLetter     = "username.error.letter"
	KeyEmail              = "email.error.form"
	KeyPhone              = "phone.error.form"
)

// Refusal says why text is no identifier. The key names a message for the
// person; Min and Max are code points, and 0 where they say nothing.
type Refusal struct {
	Key      string
	Min, Max int
}

// Error is the key: the words are in the catalogue.
func (r *Refusal) Error() string { return r.Key }

// Sizes: a username in code points, the rest in bytes (RFC 5321 section 4.5.3.1).
const (
	usernameMin = 3
	usernameMax = 64
	emailMax    = 254
	localMax    = 64
	typedMax    = 1024
)

// Username returns the canonical form of a username: PRECIS UsernameCaseMapped
// (RFC 8265 section 3.3), 3 to 64 code points with at least a letter, no @ and
// no space inside; spaces around it are dropped. Errors: *Refusal.
func Username(s string) (canonical string, err error) {
	if len(s) > typedMax {
		return "", &Refusal{Key: KeyUsernameLong, Min: usernameMin, Max: usernameMax}
	}
	canonical, ok := settle(s, usernameForm)
	count := utf8.RuneCountInString(canonical)
	switch {
	case !ok:
		return "", &Refusal{Key: KeyUsernameCharacters}
	case count < usernameMin:
		return "", &Refusal{Key: KeyUsernameShort, Min: usernameMin, Max: usernameMax}
	case count > usernameMax:
		return "", &Refusal{Key: KeyUsernameLong, Min: usernameMin, Max: usernameMax}
	case !strings.ContainsFunc(canonical, unicode.IsLetter):
		return "", &Refusal{Key: KeyUsernameLetter}
	}
	return canonical, nil
}

// usernameForm applies the profile once.
func usernameForm(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", true
	}
	form, err := precis.UsernameCaseMapped.String(s)
	if err != nil || strings.ContainsFunc(form, notInUsername) {
		return "", false
	}
	return form, true
}

// notInUsername is what the profile allows and we do not: the sign that makes
// an e-mail address, and join controls, which nobody sees.
func notInUsername(r rune) bool { return r == '@' || unicode.Is(unicode.Cf, r) }

// Email returns the canonical form of an e-mail address, for comparing only:
// mail goes to the address as it was verified. It is lower case and NFKC with
// the domain in ASCII, at most 254 bytes, the local part at most 64; spaces
// around it are dropped. Quoted local parts, address literals and domains
// without a dot are refused. Errors: *Refusal.
//
// E-mail. Context: mail servers may tell Maria@ from maria@, hardly any does, and
// people do not. Choice: the whole address is compared in lower case and NFKC,
// the domain as lower-case ASCII (IDNA 2008 with the mapping of UTS 46); dots and
// +tags stay. Rejected: rules for single mail houses, which change.
func Email(s string) (canonical string, err error) {
	if len(s) > typedMax {
		return "", &Refusal{Key: KeyEmail}
	}
	canonical, ok := settle(s, emailForm)
	if !ok {
		return "", &Refusal{Key: KeyEmail}
	}
	return canonical, nil
}

// emailForm maps and checks an address once.
func emailForm(s string) (string, bool) {
	s = lower(strings.TrimSpace(s))
	local, domain, found := strings.Cut(s, "@")
	if !found || !isLocal(local) {
		return "", false
	}
	domain, ok := asciiDomain(domain)
	if !ok || len(local)+1+len(domain) > emailMax {
		return "", false
	}
	return local + "@" + domain, true
}

// isLocal reports whether s is a local part that may stand without quotes: a
// dot-string (RFC 5321 section 4.1.2) with letters, marks and digits of any
// script (RFC 6531 section 3.3).
func isLocal(s string) bool {
	if !utf8.ValidString(s) || len(s) > localMax {
		return false
	}
	for _, atom := range strings.Split(s, ".") {
		if atom == "" || strings.ContainsFunc(atom, notInAtom) {
			return false
		}
	}
	return true
}

// notInAtom is what a part of a local part may not hold.
func notInAtom(r rune) bool {
	if r < utf8.RuneSelf {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r))
	}
	return !unicode.In(r, unicode.L, unicode.M, unicode.N)
}

// asciiDomain maps a domain name to lower-case ASCII (IDNA 2008, non-transitional).
func asciiDomain(s string) (string, bool) {
	profile := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true),
		idna.BidiRule(), idna.CheckJoiners(true), idna.VerifyDNSLength(true))
	domain, err := profile.ToASCII(strings.TrimSuffix(s, "."))
	if err != nil || !strings.Contains(domain, ".") || strings.HasSuffix(domain, ".") {
		return "", false
	}
	top := domain[strings.LastIndexByte(domain, '.')+1:]
	return domain, strings.ContainsFunc(top, unicode.IsLetter)
}

// Phone returns a telephone number in E.164: a plus sign and 8 to 15 digits.
// Spaces, dashes, dots, slashes and parentheses are dropped, full-width signs
// read as plain ones. Numbers without a country code are refused. Errors:
// *Refusal.
//
// Telephone. Context: reading national spellings needs a library of several
// megabytes. Choice: for now only E.164 with its plus sign; the library comes with
// the factor that sends texts. Rejected: guessing a country.
func Phone(s string) (canonical string, err error) {
	if len(s) > typedMax {
		return "", &Refusal{Key: KeyPhone}
	}
	canonical = strings.Map(dialled, norm.NFKC.String(s))
	digits, plus := strings.CutPrefix(canonical, "+")
	if !plus || len(digits) < 8 || len(digits) > 15 || digits[0] == '0' || strings.ContainsFunc(digits, notDigit) {
		return "", &Refusal{Key: KeyPhone}
	}
	return canonical, nil
}

// dialled drops what people put between the digits of a number.
func dialled(r rune) rune {
	if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune("().−/", r) {
		return -1
	}
	return r
}

// notDigit is anything but 0 to 9.
func notDigit(r rune) bool { return r < '0' || r > '9' }

// lower is the form in which text is compared that no profile covers.
func lower(s string) string { return norm.NFKC.String(strings.ToLower(norm.NFKC.String(s))) }

// settle applies a form until it changes nothing more, so that a canonical form
// is its own canonical form; mapping case and composing can each make work for
// the other. Text that does not settle is refused.
func settle(s string, form func(string) (string, bool)) (string, bool) {
	for range 4 {
		next, ok := form(s)
		if !ok {
			return "", false
		}
		if next == s {
			return s, true
		}
		s = next
	}
	return "", false
}
