package oob

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"gatehouse/provider"
)

func TestAddressesAreReadAsTheyWereWritten(t *testing.T) {
	for _, a := range []Address{
		{To: "+12025550143"}, {To: "+12025550143", Landline: true}, {To: "Maria.Lopez@Example.org"}, {To: "maria@bücher.example"},
	} {
		if got, err := Decode(Encode(a)); err != nil || got != a {
			t.Errorf("%+v: %+v, %v", a, got, err)
		}
	}
	if got := string(Encode(Address{To: "+12025550143"})); got != `{"to":"+12025550143"}` {
		t.Error("what is stored has changed:", got)
	}
}

func TestDecodeIsStrict(t *testing.T) {
	for name, data := range map[string]string{
		"nothing":              ``,
		"not JSON":             `+12025550143`,
		"null":                 `null`,
		"no address":           `{"to":""}`,
		"no field":             `{}`,
		"unknown field":        `{"to":"+12025550143","from":"x"}`,
		"twice":                `{"to":"+12025550143","to":"+12025550143"}`,
		"other case":           `{"To":"+12025550143"}`,
		"more after it":        `{"to":"+12025550143"}{}`,
		"space":                `{"to": "+12025550143"}`,
		"national number":      `{"to":"202 555 0143"}`,
		"written number":       `{"to":"+1 202 555 0143"}`,
		"no e-mail address":    `{"to":"maria"}`,
		"header injection":     `{"to":"maria@example.org\r\nBcc: x@example.org"}`,
		"line break at end":    `{"to":"maria@example.org\n"}`,
		"landline of an email": `{"to":"maria@example.org","landline":true}`,
		"not UTF-8":            "{\"to\":\"mar\xffia@example.org\"}",
	} {
		a, err := Decode([]byte(data))
		if err == nil || a != (Address{}) {
			t.Errorf("%s: %+v", name, a)
		}
		if err != nil && strings.Contains(err.Error(), "2025550143") {
			t.Errorf("%s: the error tells the address", name)
		}
	}
}

func TestMask(t *testing.T) {
	for _, c := range []struct {
		kind     provider.Kind
		to, want string
	}{
		{provider.TextCode, "+12025550134", "•••34"},
		{provider.TextCode, "+4930123405", "•••05"},
		{provider.TextCode, "+123", "•••"},
		{provider.TextCode, "maria@example.org", "•••"},
		{provider.TextCode, "", "•••"},
		{provider.EmailCode, "maria@example.org", "m•••@example.org"},
		{provider.EmailCode, "ma@example.org", "m•••@example.org"},
		{provider.EmailCode, "m@example.org", "•••@example.org"},
		{provider.EmailCode, "мария@example.org", "м•••@example.org"},
		{provider.EmailCode, "e\u0301va@example.org", "e\u0301•••@example.org"},
		{provider.EmailCode, "e\u0301@example.org", "•••@example.org"},
		{provider.EmailCode, "@example.org", "•••@example.org"},
		{provider.EmailCode, "maria", "•••"},
		{provider.EmailCode, "", "•••"},
	} {
		if got := Mask(c.kind, c.to); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.kind, c.to, got, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"to":"+12025550143","landline":true}`, `{"to":"maria@example.org"}`, `{"to":"a\u0026b@example.org"}`, `null`, "{"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Decode(data)
		if err != nil {
			return
		}
		if !bytes.Equal(Encode(a), data) {
			t.Fatalf("%q is read as %+v, which is written otherwise", data, a)
		}
		kind := provider.EmailCode
		if strings.HasPrefix(a.To, "+") {
			kind = provider.TextCode
		}
		if mask := Mask(kind, a.To); mask == a.To || !utf8.ValidString(mask) {
			t.Fatalf("the mask of %q is %q", a.To, mask)
		}
	})
}
