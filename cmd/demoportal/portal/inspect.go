package portal

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// inspected is a JWT taken apart to be looked at. Nothing in it was checked:
// decide nothing by it.
type inspected struct {
	header, claims map[string]any
}

// inspect decodes a JWT; a token that is none gives empty parts, since an access
// token is the provider's own business (RFC 6749, 1.4).
func inspect(raw string) inspected {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return inspected{}
	}
	return inspected{header: decodePart(parts[0]), claims: decodePart(parts[1])}
}

func decodePart(part string) map[string]any {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // times must not turn into 1.7e+09
	var members map[string]any
	if decoder.Decode(&members) != nil {
		return nil
	}
	return members
}

// Type is the typ header, "at+jwt" for an access token.
func (t inspected) Type() string {
	typ, _ := t.header["typ"].(string)
	return typ
}

// ID is the jti claim.
func (t inspected) ID() string {
	id, _ := t.claims["jti"].(string)
	return id
}

// Expires is the exp claim; zero where there is none.
func (t inspected) Expires() time.Time {
	number, _ := t.claims["exp"].(json.Number)
	seconds, err := number.Int64()
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// fact is one member of a token or request with its meaning.
type fact struct{ Name, Value, Meaning string }

func (t inspected) Header() []fact { return facts(t.header) }
func (t inspected) Claims() []fact { return facts(t.claims) }

func facts(members map[string]any) []fact {
	var list []fact
	for name, value := range members {
		list = append(list, fact{name, plain(name, value), meaning(name)})
	}
	slices.SortFunc(list, func(a, b fact) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// plain writes strings as they are, times as number and time, all else as JSON.
func plain(name string, value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	if number, ok := value.(json.Number); ok && isTime(name) {
		seconds, err := number.Int64()
		if err == nil {
			return number.String() + " = " + time.Unix(seconds, 0).UTC().Format(time.RFC3339)
		}
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

func isTime(name string) bool {
	return slices.Contains([]string{"exp", "iat", "nbf", "auth_time"}, name)
}
