package support

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// Bounds of what systems send.
const (
	longestBody = 16 << 10
	longestText = 254
	deepest     = 4
)

var errBody = errors.New("support: bad JSON")

// strictly decodes a body: one object, every member known, none twice, no null, no text that no field could hold.
func strictly(r *http.Request, into any) ([]byte, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, &problem{status: http.StatusUnsupportedMediaType, kind: "media-type", detail: "Send application/json."}
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, longestBody+1))
	if err != nil || len(body) > longestBody {
		return nil, &problem{status: http.StatusRequestEntityTooLarge, kind: "too-big", detail: "A request has at most 16 KiB."}
	}
	bad := &problem{
		status: http.StatusBadRequest, kind: "body",
		detail: "The body is not the JSON object that the description shows: no other members, none twice, no null, no text over 254 bytes.",
	}
	if !utf8.Valid(body) {
		return nil, bad
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if first, err := d.Token(); err != nil || first != json.Delim('{') || members(d, 1) != nil {
		return nil, bad
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, bad
	}
	d = json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if d.Decode(into) != nil {
		return nil, bad
	}
	return body, nil
}

// members looks at what is left of an object.
func members(d *json.Decoder, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		name, err := d.Token()
		text, is := name.(string)
		if err != nil || !is || seen[text] || text != strings.ToLower(text) { // a decoder takes other cases for the same member
			return errBody
		}
		seen[text] = true
		if err := value(d, depth); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func value(d *json.Decoder, depth int) error {
	token, err := d.Token()
	if err != nil || token == nil || depth > deepest {
		return errBody
	}
	switch v := token.(type) {
	case string:
		if len(v) > longestText || strings.ContainsFunc(v, func(c rune) bool { return c < ' ' || c == '\x7f' || c == utf8.RuneError }) {
			return errBody
		}
	case json.Delim:
		if v == '{' {
			return members(d, depth+1)
		}
		for d.More() {
			if err := value(d, depth+1); err != nil {
				return err
			}
		}
		_, err := d.Token()
		return err
	}
	return nil
}
