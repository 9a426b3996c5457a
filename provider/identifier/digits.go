package identifier

import (
	"strings"
	"unicode"
)

// Digits reads exactly n digits as people type and paste them: digits of any script (full-width, Arabic-Indic …), and
// between them spaces, dashes, dots and signs that nobody sees. It answers them as 0 to 9, leading zeros kept. Anything
// else, a letter or another count, is no such number: "" and false.
func Digits(typed string, n int) (digits string, ok bool) {
	if len(typed) > typedMax {
		return "", false
	}
	read := make([]byte, 0, n)
	for _, r := range typed {
		d, ok := Digit(r)
		switch {
		case ok && len(read) < n:
			read = append(read, d)
		case ok || !Separates(r):
			return "", false
		}
	}
	if len(read) != n {
		return "", false
	}
	return string(read), true
}

// Digit reads one decimal digit of any script and answers '0' to '9'.
func Digit(r rune) (digit byte, ok bool) {
	if '0' <= r && r <= '9' {
		return byte(r), true
	}
	if !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	// Digits of one script stand in a row from 0 to 9 (Unicode 4.6), and the rows of one range follow one another.
	for _, in := range unicode.Nd.R16 {
		if rune(in.Lo) <= r && r <= rune(in.Hi) {
			return '0' + byte((r-rune(in.Lo))%10), true
		}
	}
	for _, in := range unicode.Nd.R32 {
		if rune(in.Lo) <= r && r <= rune(in.Hi) {
			return '0' + byte((r-rune(in.Lo))%10), true
		}
	}
	return 0, false
}

// Separates reports whether a sign stands between the parts of a code and says nothing: a space, a dash, a dot, or a sign
// that nobody sees and that was pasted along.
func Separates(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || strings.ContainsRune("−.·．。", r)
}
