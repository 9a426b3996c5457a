package activation

import (
	"crypto/rand"
	"errors"
	"strings"
	"unicode"

	"gatehouse/provider/identifier"
)

// ErrCode says that a text cannot be a code. It was mistyped, or is none of ours: the check character says so, and no store is asked.
var ErrCode = errors.New("activation: not a code")

// A code is eleven random characters of five bits and one that checks them, in three groups of four.
const (
	alphabet  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's base 32: no I, L, O, U
	codeSigns = 12
	group     = 4
	longest   = 256 // bytes that are looked at: a person pastes more than they think, and nobody a book
)

// Keys makes keyed hashes that outlive every change of keys; keys.Keyset does it.
type Keys interface {
	Fingerprint(kind, canonical string) []byte
}

// NewCode makes a code of 55 random bits, in canonical form: twelve characters. It is told once; only its CodeHash is kept.
func NewCode() string {
	random := make([]byte, codeSigns-1)
	_, _ = rand.Read(random) // never fails since Go 1.24
	code := make([]byte, 0, codeSigns)
	sum := byte(0)
	for _, b := range random {
		digit := b % byte(len(alphabet)) // 256 is eight times 32: none is likelier
		sum = shifted(sum) ^ digit
		code = append(code, alphabet[digit])
	}
	return string(append(code, alphabet[shifted(sum)]))
}

// Group is a code as it is printed: three groups of four, with hyphens.
func Group(code string) string {
	var groups []string
	for len(code) > group {
		groups, code = append(groups, code[:group]), code[group:]
	}
	return strings.Join(append(groups, code), "-")
}

// ParseCode reads a code as people type it: in any case, with spaces and hyphens anywhere or nowhere, with O for 0 and I or L
// for 1, with digits of any script. Errors: ErrCode.
func ParseCode(typed string) (code string, err error) {
	if len(typed) > longest {
		return "", ErrCode
	}
	read, sum := make([]byte, 0, codeSigns), byte(0)
	for _, r := range typed {
		if identifier.Separates(r) || r == '_' {
			continue
		}
		digit := strings.IndexByte(alphabet, sign(r))
		if digit < 0 || len(read) == codeSigns {
			return "", ErrCode
		}
		read = append(read, alphabet[digit])
		sum = shifted(sum) ^ byte(digit)
	}
	if len(read) != codeSigns || sum != 0 {
		return "", ErrCode
	}
	return string(read), nil
}

// sign is the character of the alphabet that somebody meant, or one that is in no alphabet.
func sign(r rune) byte {
	if digit, ok := identifier.Digit(r); ok {
		return digit
	}
	if '！' <= r && r <= '～' { // full-width
		r -= '！' - '!'
	}
	switch r = unicode.ToUpper(r); r {
	case 'O':
		return '0'
	case 'I', 'L':
		return '1'
	}
	if r < 'A' || r > 'Z' {
		return '?'
	}
	return byte(r)
}

// shifted multiplies by x in the field of 32 elements (modulo x^5 + x^2 + 1, which is primitive). The characters of a code are
// the coefficients of a polynomial that is zero at x: one wrong character, and any two in the wrong order, always show.
func shifted(b byte) byte {
	b <<= 1
	if b&32 != 0 {
		b ^= 32 | 4 | 1
	}
	return b
}

// CodeHash is what is kept of a code in canonical form, and what it is found by.
func CodeHash(keys Keys, code string) []byte { return keys.Fingerprint("activation code", code) }
