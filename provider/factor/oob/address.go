package oob

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"gatehouse/provider"
	"gatehouse/provider/identifier"
)

// Address is the data of an authenticator of kind text or email.
type Address struct {
	To       string `json:"to"`                 // E.164, or an e-mail address as its owner writes it
	Landline bool   `json:"landline,omitempty"` // can only be called
}

// Encode is an address as an authenticator's data, and Decode the way back.
func Encode(a Address) []byte {
	data, _ := json.Marshal(a) // a text and a flag: it cannot fail
	return data
}

// Decode reads an authenticator's data. It takes nothing but what Encode makes of an address that can be written to.
func Decode(data []byte) (Address, error) {
	var a Address
	if err := json.Unmarshal(data, &a); err != nil || !bytes.Equal(Encode(a), data) || !a.reachable() {
		return Address{}, errors.New("oob: not the data of an address") // and no word of what it is
	}
	return a, nil
}

// reachable reports whether it is a telephone number, or an e-mail address; those have no landline.
func (a Address) reachable() bool {
	if number, err := identifier.Phone(a.To); err == nil {
		return number == a.To
	}
	_, err := identifier.Email(a.To)
	return err == nil && !a.Landline && !strings.ContainsFunc(a.To, unicode.IsSpace)
}

// dots stand for what a mask hides, whatever its length.
const dots = "•••"

// Mask shows an address to its owner: the last two digits of a number, the first letter and the domain of an e-mail address.
// Where that would be nearly all of it, it shows less.
func Mask(kind provider.Kind, to string) string {
	if kind == provider.EmailCode {
		return maskEmail(to)
	}
	if len(to) < 8 || strings.Trim(to[len(to)-2:], "0123456789") != "" {
		return dots
	}
	return dots + to[len(to)-2:]
}

func maskEmail(to string) string {
	at := strings.LastIndexByte(to, '@')
	if at < 0 {
		return dots
	}
	local, domain := to[:at], to[at:]
	first := firstSign(local)
	if first == local {
		return dots + domain
	}
	return first + dots + domain
}

// firstSign is a code point with the marks after it.
func firstSign(text string) string {
	_, size := utf8.DecodeRuneInString(text)
	for size < len(text) {
		r, more := utf8.DecodeRuneInString(text[size:])
		if !unicode.In(r, unicode.M) {
			break
		}
		size += more
	}
	return text[:size]
}
