package provider_test

import (
	"strings"
	"testing"

	. "gatehouse/provider"
)

// TestBrowserChecksAreReadAsTheyAreSaid: every check there can be, in each way that somebody may say its numbers.
func TestBrowserChecksAreReadAsTheyAreSaid(t *testing.T) {
	answers := []BrowserAnswer{BrowserYes, BrowserNo, BrowserUnknown}
	for n := range 3 * 3 * 3 * 3 * 3 * 3 {
		at := func(i int) BrowserAnswer {
			for range i {
				n /= 3
			}
			return answers[n%3]
		}
		c := BrowserCheck{Cookies: at(0), Scripts: at(1), Passkeys: at(1), Lock: at(1), Clock: at(1), Screen: at(1)}
		for _, c.Language = range append(BrowserLanguages(), "") {
			code := c.Code()
			for _, said := range []string{code, strings.ReplaceAll(code, " ", ""), strings.ReplaceAll(code, " ", "-"), " " + strings.ReplaceAll(code, " ", ", ") + "."} {
				if got, err := ReadBrowserCheck(said); err != nil || got != c {
					t.Fatalf("%q: %+v, %v, want %+v", said, got, err, c)
				}
			}
		}
	}
	if code := (BrowserCheck{Language: "tlh"}).Code(); !strings.HasPrefix(code, "3 3 3 3 3 3 9 ") {
		t.Errorf("what nobody knows is %q", code)
	}
	// This literal is what static/browser.js makes in the tests in browsers.
	if code := (BrowserCheck{BrowserYes, BrowserNo, BrowserUnknown, BrowserUnknown, BrowserUnknown, BrowserUnknown, "en"}).Code(); code != "1 2 3 3 3 3 1 9" {
		t.Errorf("without scripts it is %q", code)
	}
}

// TestSlipsAreFound: each wrong digit, each pair that is turned round, one too few and one too many.
func TestSlipsAreFound(t *testing.T) {
	for _, c := range []BrowserCheck{
		{BrowserYes, BrowserYes, BrowserYes, BrowserYes, BrowserYes, BrowserYes, "en"}, {BrowserYes, BrowserNo, BrowserUnknown, BrowserUnknown, BrowserUnknown, BrowserUnknown, "ar"},
		{BrowserNo, BrowserYes, BrowserNo, BrowserYes, BrowserNo, BrowserYes, "vi"},
	} {
		code := strings.ReplaceAll(c.Code(), " ", "")
		for i := range code {
			for d := '0'; d <= '9'; d++ {
				wrong := code[:i] + string(d) + code[i+1:]
				if _, err := ReadBrowserCheck(wrong); wrong != code && err == nil {
					t.Errorf("%s is read, of %s", wrong, code)
				}
			}
			if i == 0 || code[i] == code[i-1] {
				continue
			}
			if turned := code[:i-1] + code[i:i+1] + code[i-1:i] + code[i+1:]; read(turned) {
				t.Errorf("%s is read, of %s", turned, code)
			}
		}
		for _, said := range []string{code[1:], code[:7], code + "0", code + code, "", "1 2 3 3 3", code[:7] + "x", "+" + code, "٣" + code[1:]} {
			if read(said) {
				t.Errorf("%q is read", said)
			}
		}
	}
}

func read(said string) bool {
	_, err := ReadBrowserCheck(said)
	return err == nil
}

// FuzzReadBrowserCheck: whatever is typed, what is read is what was meant, and nothing falls over.
func FuzzReadBrowserCheck(f *testing.F) {
	for _, said := range []string{"", "1 2 3 3 3 3 1 9", "12333319", "00000000", "9999999999999999999", "١٢٣", "1-1-1-1-1-1-9-?"} {
		f.Add(said)
	}
	f.Fuzz(func(t *testing.T, said string) {
		c, err := ReadBrowserCheck(said)
		if err != nil {
			return
		}
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, said)
		if strings.ReplaceAll(c.Code(), " ", "") != digits {
			t.Errorf("%q is read as %s", said, c.Code())
		}
	})
}
