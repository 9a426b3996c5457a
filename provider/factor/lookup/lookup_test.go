package lookup

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/keys"
)

func noon() time.Time { return time.Date(2031, 5, 4, 12, 0, 0, 0, time.UTC) }

func newKeyset(t testing.TB) *keys.Keyset {
	t.Helper()
	keyset, err := keys.NewKeyset(noon())
	if err != nil {
		t.Fatal(err)
	}
	return keyset
}

func rotated(t *testing.T, keyset *keys.Keyset) *keys.Keyset {
	t.Helper()
	next, err := keyset.Rotate(keys.PurposeCode, noon())
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func TestASheetHasTenCodesOfSixtyBits(t *testing.T) {
	sheet := SheetFor(newKeyset(t), "ceremony", "account")
	form := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$`)
	for _, code := range sheet {
		if !form.MatchString(code) {
			t.Errorf("code %q", code)
		}
	}
	slices.Sort(sheet)
	if len(slices.Compact(sheet)) != 10 {
		t.Errorf("%d different codes", len(sheet))
	}
	if len(alphabet) != 32 || symbols*5 < 60 {
		t.Error("fewer than 60 bits")
	}
}

// Each symbol stands in each place: none of the sixty bits is fixed.
func TestCodesUseTheWholeAlphabet(t *testing.T) {
	keyset := newKeyset(t)
	seen := map[int]map[rune]bool{}
	for i := range 200 {
		for _, code := range SheetFor(keyset, "ceremony", string(rune('a'+i))) {
			for place, s := range code {
				if seen[place] == nil {
					seen[place] = map[rune]bool{}
				}
				seen[place][s] = true
			}
		}
	}
	for place, symbols := range seen {
		if want := 32; len(symbols) != want && (place+1)%5 != 0 {
			t.Errorf("place %d has %d symbols", place, len(symbols))
		}
	}
}

func TestSheetsAreTheCeremonysAndTheAccounts(t *testing.T) {
	keyset := newKeyset(t)
	sheet := SheetFor(keyset, "ceremony", "account")
	if !slices.Equal(sheet, SheetFor(keyset, "ceremony", "account")) {
		t.Fatal("not the same twice")
	}
	for name, other := range map[string][]string{
		"ceremony": SheetFor(keyset, "ceremonx", "account"), "account": SheetFor(keyset, "ceremony", "accounu"),
		"boundary": SheetFor(keyset, "ceremonya", "ccount"), "keyset": SheetFor(newKeyset(t), "ceremony", "account"),
		"primary key": SheetFor(rotated(t, keyset), "ceremony", "account"),
	} {
		if slices.ContainsFunc(other, func(code string) bool { return slices.Contains(sheet, code) }) {
			t.Errorf("another %s shares a code", name)
		}
	}
}

// What is on paper is what is kept, though the key was rotated in between, on this replica or another.
func TestASheetOutlivesARotation(t *testing.T) {
	keyset := newKeyset(t)
	shown, key := SheetFor(keyset, "ceremony", "account"), KeyOf(keyset)
	after := rotated(t, keyset)
	again, ok := SheetUnder(after, key, "ceremony", "account")
	if !ok || !slices.Equal(again, shown) {
		t.Fatal("another sheet after a rotation")
	}
	if _, ok := SheetUnder(keyset, KeyOf(after), "ceremony", "account"); ok {
		t.Error("a sheet under a key that is not there")
	}
	for name, data := range map[string][]byte{"before": Encode(keyset, again), "after": Encode(after, again)} {
		if _, ok := Spend(after, data, shown[3], noon()); !ok {
			t.Errorf("kept %s the rotation, a code is refused after it", name)
		}
	}
	if _, ok := Spend(newKeyset(t), Encode(keyset, shown), shown[3], noon()); ok {
		t.Error("a code is right without the key of its sheet")
	}
}

// spy is a keyset that tells for what it is asked.
type spy struct {
	*keys.Keyset

	uses map[string]bool
}

func (s spy) MACWith(purpose, keyID string, parts ...[]byte) ([]byte, bool) {
	s.uses[string(parts[0])] = true
	return s.Keyset.MACWith(purpose, keyID, parts...)
}

// Nothing else that is derived under the same key may be a code or its hash, nor one of them the other.
func TestCodesAndHashesAreDerivedForThemselvesAlone(t *testing.T) {
	making, keeping := spy{newKeyset(t), map[string]bool{}}, spy{newKeyset(t), map[string]bool{}}
	Encode(keeping, SheetFor(making, "ceremony", "account"))
	if len(making.uses) != 1 || !making.uses["recovery sheet"] || len(keeping.uses) != 1 || !keeping.uses["recovery hash"] {
		t.Errorf("codes %v, hashes %v", making.uses, keeping.uses)
	}
}

func TestEachCodeIsGoodOnce(t *testing.T) {
	keyset := newKeyset(t)
	codes := SheetFor(keyset, "ceremony", "account")
	data := Encode(keyset, codes)
	for i, n := range []int{3, 0, 9, 5, 1, 2, 4, 6, 7, 8} {
		at := noon().Add(time.Duration(i) * time.Hour)
		fresh, ok := Spend(keyset, data, codes[n], at)
		if !ok || Left(fresh) != 9-i || Left(data) != 10-i {
			t.Fatalf("code %d: %v, %d left", n, ok, Left(fresh))
		}
		if again, ok := Spend(keyset, fresh, codes[n], at); ok || again != nil {
			t.Fatalf("code %d is good twice", n)
		}
		if used := Used(fresh); len(used) != i+1 || !used[i].Equal(at) || !slices.IsSortedFunc(used, time.Time.Compare) {
			t.Fatalf("used %v", used)
		}
		data = fresh
	}
	if Left(data) != 0 {
		t.Errorf("%d left", Left(data))
	}
}

func TestUsedIsOldestFirstThoughClocksDiffer(t *testing.T) {
	keyset := newKeyset(t)
	codes := SheetFor(keyset, "ceremony", "account")
	first, _ := Spend(keyset, Encode(keyset, codes), codes[0], noon())
	second, _ := Spend(keyset, first, codes[1], noon().Add(-time.Second))
	if used := Used(second); len(used) != 2 || !used[1].Equal(noon()) {
		t.Error(used)
	}
}

func TestTypedCodesAreForgiven(t *testing.T) {
	keyset := newKeyset(t)
	const code = "0123-ABCV-01XZ"
	data := Encode(keyset, []string{code})
	for typed, want := range map[string]bool{
		code: true, "0123abcv01xz": true, " 0123 ABCV 01XZ\n": true, "o123-abcv-oixz": true, "OL23-ABCV-0LXZ": true, "0I23.ABCV.0lXZ": true,
		"０１２３－ＡＢＣＶ－０１ＸＺ": true, "٠١٢٣-abcv-٠١xz": true, "0123‑ABCV–01XZ": true, "\ufeff0123\u200bABCV01XZ": true,
		"": false, "0123-ABCV": false, "0123-ABCV-01XZ-0": false, "0123-ABCU-01XZ": false, "0123-ABCV-01XY": false, "0123-ABCV-01X*": false,
		"0123-ABCV-01Х3": false, strings.Repeat("-", 300) + code: false, "0123ABCV01X\xff": false,
	} {
		if fresh, ok := Spend(keyset, data, typed, noon()); ok != want || (fresh != nil) != want {
			t.Errorf("%q: %v", typed, ok)
		}
	}
}

// Whoever reads the database learns no code, not which one was used, and not that two sheets share one.
func TestWhatIsKeptTellsNothing(t *testing.T) {
	keyset := newKeyset(t)
	codes := SheetFor(keyset, "ceremony", "account")
	one, two := Encode(keyset, codes), Encode(keyset, codes)
	a, err := decode(one)
	if err != nil {
		t.Fatal(err)
	}
	b, err := decode(two)
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.Codes {
		if bytes.Equal(a.Codes[i], b.Codes[i]) {
			t.Error("the same code is kept alike on two sheets")
		}
		if strings.Contains(string(one), codes[i]) || strings.Contains(string(one), read(codes[i])) {
			t.Error("a code is kept as it is")
		}
	}
	spent, _ := Spend(keyset, one, codes[4], noon())
	rest, err := decode(spent)
	if err != nil {
		t.Fatal(err)
	}
	if want := slices.Delete(slices.Clone(a.Codes), 4, 5); !slices.EqualFunc(rest.Codes, want, bytes.Equal) {
		t.Error("the spent hash is kept, or another went")
	}
}

func TestAnotherSheetsCodesAreWrong(t *testing.T) {
	keyset := newKeyset(t)
	data := Encode(keyset, SheetFor(keyset, "ceremony", "account"))
	for _, code := range SheetFor(keyset, "ceremony", "another") {
		if _, ok := Spend(keyset, data, code, noon()); ok {
			t.Errorf("%s is right", code)
		}
	}
}

func TestNothingIsKeptOfWhatIsNoSheet(t *testing.T) {
	keyset := newKeyset(t)
	codes := SheetFor(keyset, "ceremony", "account")
	for name, bad := range map[string][]string{"eleven": append(slices.Clone(codes), codes[0]), "short": {"0123-ABCV"}, "empty": {""}} {
		if data := Encode(keyset, bad); data != nil || Left(data) != 0 {
			t.Errorf("%s: %s", name, data)
		}
	}
}

func TestDecodeIsStrict(t *testing.T) {
	keyset := newKeyset(t)
	codes := SheetFor(keyset, "ceremony", "account")
	good := string(Encode(keyset, codes))
	s, err := decode([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	s.Codes[0] = s.Codes[0][:31]
	short := string(s.encode())
	s.Codes, s.Used = make([][]byte, 0), make([]time.Time, 11)
	for name, data := range map[string]string{
		"nothing": "", "null": "null", "space": good + "\n", "twice": good + good, "short hash": short, "too many": string(s.encode()),
		"another version": strings.Replace(good, `"v":1`, `"v":2`, 1), "unknown field": strings.Replace(good, "{", `{"x":1,`, 1),
		"no key": strings.Replace(good, KeyOf(keyset), "", 1), "no salt": regexp.MustCompile(`"salt":"[^"]*"`).ReplaceAllString(good, `"salt":""`),
	} {
		if _, ok := Spend(keyset, []byte(data), codes[1], noon()); ok || Left([]byte(data)) != 0 || Used([]byte(data)) != nil {
			t.Errorf("%s is read", name)
		}
	}
}

func FuzzSpend(f *testing.F) {
	keyset := newKeyset(f)
	const code = "0123-ABCV-01XZ"
	good := Encode(keyset, []string{code})
	for _, typed := range []string{code, "oi23abcvolxz", "０１２３", "", "\xff", "ſ", "ı"} {
		f.Add(good, typed)
	}
	f.Add([]byte("null"), code)
	f.Fuzz(func(t *testing.T, data []byte, typed string) {
		if plain := read(typed); plain != "" && (len(plain) != symbols || strings.Trim(plain, alphabet) != "" || read(plain) != plain) {
			t.Fatalf("%q is read as %q", typed, plain)
		}
		if _, ok := Spend(keyset, good, typed, noon()); ok != (read(typed) == read(code)) {
			t.Fatalf("%q: %v", typed, ok)
		}
		s, err := decode(data)
		if err == nil && !bytes.Equal(s.encode(), data) {
			t.Fatalf("%q is read, and written otherwise", data)
		}
		fresh, ok := Spend(keyset, data, typed, noon())
		if ok && (Left(fresh) != Left(data)-1 || len(Used(fresh)) != len(Used(data))+1) {
			t.Fatalf("%q spends something else", typed)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	keyset := newKeyset(b)
	codes := SheetFor(keyset, "ceremony", "account")
	data := Encode(keyset, codes)
	for name, typed := range map[string]string{"right": codes[9], "wrong": "0123-ABCV-01XZ"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Spend(keyset, data, typed, noon())
			}
		})
	}
}
