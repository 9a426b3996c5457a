package identifier

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gatehouse/provider"
)

// nameMax is the longest result of SignInName, in bytes.
const nameMax = emailMax

// SignInName returns the canonical form of whatever a person types as their
// name at sign-in, and what kind of name it is. It never fails: text that can be
// nobody's name becomes a username that nobody has, so that it is counted, and
// answered, like any other. The result is the same for all spellings of a name
// (case, width, composition, invisible signs pasted along), is its own canonical
// form, and has at most 254 bytes; longer text becomes a digest.
func SignInName(typed string) (kind provider.IdentifierKind, canonical string) {
	if len(typed) > typedMax {
		return provider.Username, digest(typed)
	}
	text, ok := settle(typed, cleanForm)
	if !ok {
		return provider.Username, digest(typed)
	}
	if kind, canonical, ok = parse(text); ok {
		return kind, canonical
	}
	folded, ok := settle(text, foldForm)
	if !ok || len(folded) > nameMax {
		return provider.Username, digest(text)
	}
	// Should folding ever make a name of what was none, it is that name: the
	// result must be its own canonical form.
	if kind, canonical, ok = parse(folded); ok {
		return kind, canonical
	}
	return provider.Username, folded
}

// parse reads text as an e-mail address if it has an @, else as a username.
func parse(text string) (provider.IdentifierKind, string, bool) {
	if strings.Contains(text, "@") {
		canonical, err := Email(text)
		return provider.Email, canonical, err == nil
	}
	canonical, err := Username(text)
	return provider.Username, canonical, err == nil
}

// cleanForm drops what nobody sees or types on purpose, and maps compatibility
// forms (a full-width @, a ligature) to plain ones.
func cleanForm(s string) (string, bool) {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Variation_Selector) || unicode.Is(unicode.Cc, r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(norm.NFKC.String(s)), true
}

// foldForm is cleanForm without case, and with single plain spaces.
func foldForm(s string) (string, bool) {
	s, ok := cleanForm(strings.ToLower(s))
	return strings.Join(strings.Fields(s), " "), ok
}

// digest stands for text that is too long to keep or has no settled form. It is
// longer than any username, so it is nobody's.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "~" + hex.EncodeToString(sum[:])
}

// Mask hides a name but for its first and last sign (m•••a), whatever its length;
// names of one or two signs show less. Of an e-mail address only the part before
// the @ is looked at.
func Mask(name string) string {
	const dots = "•••"
	local, _, _ := strings.Cut(name, "@")
	signs := split(local)
	switch len(signs) {
	case 0, 1:
		return dots
	case 2:
		return signs[0] + dots
	}
	return signs[0] + dots + signs[len(signs)-1]
}

// split cuts text into signs: a code point with the marks and joiners after it.
func split(text string) []string {
	var signs []string
	for len(text) > 0 {
		_, size := utf8.DecodeRuneInString(text)
		for size < len(text) {
			r, more := utf8.DecodeRuneInString(text[size:])
			if !unicode.In(r, unicode.M, unicode.Cf) {
				break
			}
			size += more
		}
		signs = append(signs, text[:size])
		text = text[size:]
	}
	return signs
}
