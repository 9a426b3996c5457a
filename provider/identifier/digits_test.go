package identifier

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func TestDigits(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
	}{
		{"as it is", "012345", "012345"},
		{"zeros", "000000", "000000"},
		{"spaces around and inside", " 012 345\r\n", "012345"},
		{"no-break and ideographic spaces", "012\u00a0345\u3000", "012345"},
		{"dashes", "012-3‑4–5", "012345"},
		{"minus sign", "012−345", "012345"},
		{"dots", "012.345", "012345"},
		{"full width", "０１２　３４５", "012345"},
		{"full-width dash and dot", "０１－２３．４５", "012345"},
		{"Arabic-Indic", "٠١٢٣٤٥", "012345"},
		{"Eastern Arabic-Indic", "۰۱۲۳۴۵", "012345"},
		{"Devanagari", "०१२३४५", "012345"},
		{"scripts mixed", "0١２३45", "012345"},
		{"invisible signs pasted along", "\ufeff012\u200b345\u2069", "012345"},
		{"mathematical", "𝟎𝟏𝟐𝟑𝟒𝟓", "012345"},
		{"nothing", "", ""},
		{"only separators", " - ", ""},
		{"five", "12345", ""},
		{"seven", "1234567", ""},
		{"letter", "G-123456", ""},
		{"the letter O", "O12345", ""},
		{"sign", "+123456", ""},
		{"superscript", "01234⁵", ""},
		{"circled", "01234⑤", ""},
		{"not UTF-8", "012345\xff", ""},
		{"endless", strings.Repeat(" ", typedMax) + "012345", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := Digits(c.in, 6)
			if ok != (c.want != "") || got != c.want {
				t.Errorf("%q, %v", got, ok)
			}
		})
	}
}

// Every digit that has a compatibility form is the digit of that form, and every row starts with its zero.
func TestDigitOfEveryScript(t *testing.T) {
	count := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		d, ok := Digit(r)
		if ok != unicode.Is(unicode.Nd, r) {
			t.Fatalf("%U: %v", r, ok)
		}
		if !ok {
			continue
		}
		count++
		if form := norm.NFKC.String(string(r)); len(form) == 1 && form[0] != d {
			t.Errorf("%U is %c, not %c", r, form[0], d)
		}
		if before, ok := Digit(r - 1); ok && before != '9' && d != before+1 || (!ok || before == '9') && d != '0' {
			t.Errorf("%U is %c after %c", r, d, before)
		}
	}
	if count < 600 {
		t.Errorf("%d digits", count)
	}
}

func FuzzDigits(f *testing.F) {
	for _, s := range []string{"012345", "０１２-３４５", "٠١٢٣٤٥", "G-123456", "\xff", "\u200b", "𝟎"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		digits, ok := Digits(typed, 6)
		if !ok {
			return
		}
		if len(digits) != 6 || strings.Trim(digits, "0123456789") != "" {
			t.Fatalf("%q is read as %q", typed, digits)
		}
		if again, ok := Digits(digits, 6); !ok || again != digits {
			t.Fatalf("%q is read as %q, then as %q", typed, digits, again)
		}
		if _, ok := Digits(typed+"1", 6); ok {
			t.Fatalf("%q and one more are six digits, too", typed)
		}
	})
}
