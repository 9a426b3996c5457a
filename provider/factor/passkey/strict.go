package passkey

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"
)

// strict says whether text is one JSON object in UTF-8 in which no object has a name twice, in whatever letters: readers differ
// on which of two holds, and Go's takes small letters for capitals. Members that we do not know are none of our business:
// browsers add new ones (WebAuthn 3, 5.8.1).
func strict(text []byte) bool {
	if !utf8.Valid(text) {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	first, err := d.Token()
	if err != nil || first != json.Delim('{') || !members(d, 1) {
		return false
	}
	_, err = d.Token()
	return err == io.EOF
}

const deepest = 8 // levels; what browsers send has 4

// members reads the rest of an object.
func members(d *json.Decoder, depth int) bool {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		name = strings.ToLower(strings.ToUpper(name)) // both, for the long s and the Kelvin sign
		if err != nil || !ok || seen[name] {
			return false
		}
		seen[name] = true
		if !value(d, depth) {
			return false
		}
	}
	_, err := d.Token()
	return err == nil
}

// value reads one value.
func value(d *json.Decoder, depth int) bool {
	token, err := d.Token()
	switch {
	case err != nil || depth > deepest:
		return false
	case token == json.Delim('{'):
		return members(d, depth+1)
	case token == json.Delim('['):
		for d.More() {
			if !value(d, depth+1) {
				return false
			}
		}
		_, err = d.Token()
		return err == nil
	default:
		return true
	}
}
