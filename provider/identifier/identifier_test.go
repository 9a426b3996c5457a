package identifier

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"gatehouse/provider"
)

func TestUsername(t *testing.T) {
	for _, c := range []struct{ name, in, want, key string }{
		{"as it is", "maria.lopez", "maria.lopez", ""},
		{"case", "Maria.LOPEZ", "maria.lopez", ""},
		{"full width", "ＭＡＲＩＡ１", "maria1", ""},
		{"composed", "jos\u00e9", "jos\u00e9", ""},
		{"decomposed", "Jose\u0301", "jos\u00e9", ""},
		{"spaces around", " \u3000maria\t\n", "maria", ""},
		{"Cyrillic", "МАРИЯ", "мария", ""},
		{"Arabic", "مريم", "مريم", ""},
		{"German sharp s stays", "GROẞ", "groß", ""},
		{"least", "abc", "abc", ""},
		{"most", strings.Repeat("é", 64), strings.Repeat("é", 64), ""},
		{"too short", "ab", "", KeyUsernameShort},
		{"nothing", "   ", "", KeyUsernameShort},
		{"too long", strings.Repeat("a", 65), "", KeyUsernameLong},
		{"endless", strings.Repeat("a", 1<<20), "", KeyUsernameLong},
		{"only digits", "1234567", "", KeyUsernameLetter},
		{"an at sign", "maria@home", "", KeyUsernameCharacters},
		{"a full-width at sign", "maria＠home", "", KeyUsernameCharacters},
		{"a space inside", "maria lopez", "", KeyUsernameCharacters},
		{"a no-break space inside", "maria\u00a0lopez", "", KeyUsernameCharacters},
		{"zero width space", "mar\u200bia", "", KeyUsernameCharacters},
		{"zero width joiner", "mar\u200dia", "", KeyUsernameCharacters},
		{"non-joiner where PRECIS allows it", "क्\u200cष", "", KeyUsernameCharacters},
		{"byte order mark", "\ufeffmaria", "", KeyUsernameCharacters},
		{"soft hyphen", "mar\u00adia", "", KeyUsernameCharacters},
		{"bidi override", "maria\u202eadmin", "", KeyUsernameCharacters},
		{"bidi isolate", "\u2066maria\u2069", "", KeyUsernameCharacters},
		{"left and right mixed", "mariaמ", "", KeyUsernameCharacters},
		{"ligature", "ﬁona", "", KeyUsernameCharacters},
		{"mathematical letters", "𝐦aria", "", KeyUsernameCharacters},
		{"control character", "mar\x00ia", "", KeyUsernameCharacters},
		{"emoji", "maria😀", "", KeyUsernameCharacters},
		{"not UTF-8", "maria\xff", "", KeyUsernameCharacters},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Username(c.in)
			expect(t, got, err, c.want, c.key)
		})
	}
}

func TestEmail(t *testing.T) {
	long := strings.Repeat("a", 60) + "@" + strings.Repeat(strings.Repeat("b", 60)+".", 3) + "example"
	for _, c := range []struct{ name, in, want, key string }{
		{"as it is", "maria@example.org", "maria@example.org", ""},
		{"case", "Maria.Lopez@EXAMPLE.Org", "maria.lopez@example.org", ""},
		{"spaces around", "  maria@example.org\u00a0", "maria@example.org", ""},
		{"full width", "ｍａｒｉａ＠ｅｘａｍｐｌｅ．ｏｒｇ", "maria@example.org", ""},
		{"tags and dots stay", "m.l+portal@example.org", "m.l+portal@example.org", ""},
		{"decomposed", "Jose\u0301@example.org", "jos\u00e9@example.org", ""},
		{"domain of another script", "maria@BÜCHER.example", "maria@xn--bcher-kva.example", ""},
		{"domain decomposed", "maria@bu\u0308cher.example", "maria@xn--bcher-kva.example", ""},
		{"domain already ASCII", "maria@XN--BCHER-KVA.example", "maria@xn--bcher-kva.example", ""},
		{"ideographic dot", "maria@example。org", "maria@example.org", ""},
		{"dot at the end", "maria@example.org.", "maria@example.org", ""},
		{"254 bytes", long[:254-8] + ".example", long[:254-8] + ".example", ""},
		{"255 bytes", long[:254-8] + "b.example", "", KeyEmail},
		{"local part of 65", strings.Repeat("a", 65) + "@example.org", "", KeyEmail},
		{"endless", strings.Repeat("a", 1<<20) + "@example.org", "", KeyEmail},
		{"nothing", "", "", KeyEmail},
		{"no at", "maria.example.org", "", KeyEmail},
		{"two ats", "maria@home@example.org", "", KeyEmail},
		{"no local part", "@example.org", "", KeyEmail},
		{"no domain", "maria@", "", KeyEmail},
		{"domain without a dot", "maria@localhost", "", KeyEmail},
		{"address literal", "maria@[192.0.2.1]", "", KeyEmail},
		{"address", "maria@192.0.2.1", "", KeyEmail},
		{"empty label", "maria@example..org", "", KeyEmail},
		{"label with a hyphen first", "maria@-example.org", "", KeyEmail},
		{"underscore in the domain", "maria@exa_mple.org", "", KeyEmail},
		{"dots in a row", "maria..lopez@example.org", "", KeyEmail},
		{"quoted", `"maria lopez"@example.org`, "", KeyEmail},
		{"space inside", "maria lopez@example.org", "", KeyEmail},
		{"header injection", "maria@example.org\r\nBcc: x@example.org", "", KeyEmail},
		{"display name", "Maria <maria@example.org>", "", KeyEmail},
		{"list", "maria@example.org,x@example.org", "", KeyEmail},
		{"zero width in local part", "mar\u200bia@example.org", "", KeyEmail},
		{"bidi override in local part", "maria\u202e@example.org", "", KeyEmail},
		{"bidi override in domain", "maria@exam\u202eple.org", "", KeyEmail},
		{"not UTF-8", "mar\xffia@example.org", "", KeyEmail},
		{"not UTF-8 in domain", "maria@exa\xffmple.org", "", KeyEmail},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Email(c.in)
			expect(t, got, err, c.want, c.key)
		})
	}
}

func TestPhone(t *testing.T) {
	for _, c := range []struct{ name, in, want, key string }{
		{"as it is", "+12025550143", "+12025550143", ""},
		{"as people write it", " +1 (202) 555-0143 ", "+12025550143", ""},
		{"dots and slashes", "+49/30.1234567", "+49301234567", ""},
		{"full width", "＋１２０２５５５０１４３", "+12025550143", ""},
		{"other dashes and spaces", "+1\u00a0202\u2011555\u20130143", "+12025550143", ""},
		{"no country", "202 555 0143", "", KeyPhone},
		{"international prefix", "0012025550143", "", KeyPhone},
		{"zero first", "+02025550143", "", KeyPhone},
		{"too short", "+1202555", "", KeyPhone},
		{"too long", "+1234567890123456", "", KeyPhone},
		{"letters", "+1202555HELP", "", KeyPhone},
		{"other digits", "+١٢٠٢٥٥٥٠١٤٣", "", KeyPhone},
		{"two signs", "++12025550143", "", KeyPhone},
		{"zero width", "+1202\u200b5550143", "", KeyPhone},
		{"nothing", "", "", KeyPhone},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Phone(c.in)
			expect(t, got, err, c.want, c.key)
		})
	}
}

func TestSignInName(t *testing.T) {
	for _, c := range []struct {
		name, in string
		kind     provider.IdentifierKind
		want     string
	}{
		{"username", " Maria ", provider.Username, "maria"},
		{"e-mail", "Maria@Example.org ", provider.Email, "maria@example.org"},
		{"full-width e-mail", "ｍａｒｉａ＠example.org", provider.Email, "maria@example.org"},
		{"invisible signs pasted along", "\ufeffmar\u200bia\u2069", provider.Username, "maria"},
		{"e-mail with invisible signs", "\u202amaria@example.org\u202c", provider.Email, "maria@example.org"},
		{"ligature", "ﬁona", provider.Username, "fiona"},
		{"nothing", "", provider.Username, ""},
		{"nobody's name", "Maria  LOPEZ", provider.Username, "maria lopez"},
		{"no e-mail", "Maria@@home", provider.Username, "maria@@home"},
		{"digits", "123456", provider.Username, "123456"},
		{"not UTF-8", "mar\xffia", provider.Username, "mar\ufffdia"},
	} {
		t.Run(c.name, func(t *testing.T) {
			kind, got := SignInName(c.in)
			if kind != c.kind || got != c.want {
				t.Fatalf("got %s %q, want %s %q", kind, got, c.kind, c.want)
			}
		})
	}
}

// Two names that are too long stay two names, and short.
func TestSignInNameOfAnyLength(t *testing.T) {
	_, a := SignInName(strings.Repeat("ab ", 200))
	_, b := SignInName(strings.Repeat("ab ", 201))
	_, c := SignInName(strings.Repeat("x", 1<<20))
	if a == b || len(a) > nameMax || len(b) > nameMax || len(c) > nameMax {
		t.Fatalf("got %q, %q, %q", a, b, c)
	}
}

// Whatever can be registered is found again at sign-in.
func TestSignInNameFindsWhatWasRegistered(t *testing.T) {
	for _, in := range []string{"Maria", "JOSE\u0301", "ＡＢＣ", "МАРИЯ", "groß", "ΟΔΥΣΣΕΥΣ", "İstanbul", "ǅabc", "ŉabc"} {
		if want, err := Username(in); err == nil {
			if kind, got := SignInName(in); kind != provider.Username || got != want {
				t.Errorf("%q: got %s %q, want %q", in, kind, got, want)
			}
		}
		address := in + "@bücher.example"
		want, err := Email(address)
		if err != nil {
			t.Errorf("%q: %v", address, err)
		}
		if kind, got := SignInName(address); kind != provider.Email || got != want {
			t.Errorf("%q: got %s %q, want %q", address, kind, got, want)
		}
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"": "•••", "m": "•••", "ma": "m•••", "mia": "m•••a", "maria": "m•••a", "maria.lopez": "m•••z",
		"maria@example.org": "m•••a", "a@example.org": "•••", "мария": "м•••я", "e\u0301xxe\u0301": "e\u0301•••e\u0301",
	} {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSignInName(f *testing.F) {
	for _, s := range []string{"maria", "Maria@Example.org", "ﬁ＠x.y", "\u202eabc", "İ@İ.com", "ῼ", "a\u0345\u0301", "\xff", "~" + strings.Repeat("0", 64), strings.Repeat("a@b.", 90)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		kind, name := SignInName(typed)
		if len(name) > nameMax || !utf8.ValidString(name) {
			t.Fatalf("%q: %q is too long or not UTF-8", typed, name)
		}
		if again, same := SignInName(name); again != kind || same != name {
			t.Fatalf("%q: %s %q, then %s %q", typed, kind, name, again, same)
		}
		if want, err := Username(typed); err == nil && (kind != provider.Username || name != want) {
			t.Fatalf("%q: registered as %q, typed as %s %q", typed, want, kind, name)
		}
		if want, err := Email(typed); err == nil && (kind != provider.Email || name != want) {
			t.Fatalf("%q: registered as %q, typed as %s %q", typed, want, kind, name)
		}
		if masked := Mask(name); utf8.RuneCountInString(name) > 4 && strings.Contains(masked, name) {
			t.Fatalf("%q: the mask %q shows it all", name, masked)
		}
	})
}

func FuzzEmail(f *testing.F) {
	for _, s := range []string{"maria@example.org", "Jose\u0301@BÜCHER.example", "x@xn--bcher-kva.example", "a@faß.de", "ς@ς.gr", "İ@İ.com", "a@\u2488com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		address, err := Email(s)
		if err != nil {
			return
		}
		if again, err := Email(address); err != nil || again != address {
			t.Fatalf("%q: %q, then %q, %v", s, address, again, err)
		}
		if len(address) > emailMax || strings.Count(address, "@") != 1 || strings.ContainsAny(address, " \r\n\t\x00<>,;\"") {
			t.Fatalf("%q: %q", s, address)
		}
	})
}

func expect(t *testing.T, got string, err error, want, key string) {
	t.Helper()
	var refusal *Refusal
	errors.As(err, &refusal)
	if key == "" && err != nil || key != "" && (refusal == nil || refusal.Key != key) {
		t.Fatalf("got %q, %v; want %q, key %q", got, err, want, key)
	}
	if got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}
