package notify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Initials are the first letters of a name, at most three: what a letter says of somebody else.
func Initials(name string) string {
	var all []string
	for word := range strings.FieldsSeq(name) {
		first, _ := utf8.DecodeRuneInString(word)
		if unicode.IsLetter(first) && len(all) < 3 {
			all = append(all, string(unicode.ToUpper(first))+".")
		}
	}
	return strings.Join(all, " ")
}
