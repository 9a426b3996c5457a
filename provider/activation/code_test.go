package activation

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/notify"
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

func TestACodeIsReadAsPeopleTypeIt(t *testing.T) {
	const code = "7K01-0Q1W-8ZB" // and its check character
	full := withCheck(t, strings.ReplaceAll(code, "-", ""))
	for name, typed := range map[string]string{
		"as printed":         Group(full),
		"as kept":            full,
		"lower case":         strings.ToLower(Group(full)),
		"spaces":             " " + strings.ReplaceAll(Group(full), "-", "  ") + "\r\n",
		"long dashes":        strings.ReplaceAll(Group(full), "-", "—"),
		"spread":             strings.Join(strings.Split(full, ""), " "),
		"O for 0":            strings.ReplaceAll(full, "0", "O"),
		"o for 0":            strings.ReplaceAll(full, "0", "o"),
		"I for 1":            strings.ReplaceAll(full, "1", "I"),
		"l for 1":            strings.ReplaceAll(full, "1", "l"),
		"full width":         strings.ReplaceAll(full, "7K", "７Ｋ"),
		"Arabic digits":      strings.ReplaceAll(full, "1", "١"),
		"pasted with a mark": "\ufeff" + full + "\u200b",
	} {
		if got, err := ParseCode(typed); err != nil || got != full {
			t.Errorf("%s: %q is read as %q, %v", name, typed, got, err)
		}
	}
	for name, typed := range map[string]string{
		"nothing": "", "null": "null", "zero": "0", "one short": full[1:], "one more": full + "0", "U": "U" + full[1:], "a sign": full[:11] + "*",
		"not UTF-8": full + "\xff", "endless": strings.Repeat("-", longest) + full, "Cyrillic": "К" + full[1:], "plus": "+" + full,
	} {
		if got, err := ParseCode(typed); !errors.Is(err, ErrCode) || got != "" {
			t.Errorf("%s: %q is read as %q, %v", name, typed, got, err)
		}
	}
}

// withCheck finds the character that checks these eleven.
func withCheck(t *testing.T, eleven string) string {
	t.Helper()
	for _, c := range alphabet {
		if code, err := ParseCode(eleven + string(c)); err == nil {
			return code
		}
	}
	t.Fatal("no character checks", eleven)
	return ""
}

// Every slip that people make most, one character wrong or two in the wrong order, is found without a try being counted.
func TestTheCheckCharacterFindsASlip(t *testing.T) {
	for range 20 {
		code := NewCode()
		for i := range code {
			for _, c := range alphabet {
				wrong := code[:i] + string(c) + code[i+1:]
				if _, err := ParseCode(wrong); wrong != code && err == nil {
					t.Fatalf("%s passes for %s", wrong, code)
				}
			}
			for j := i + 1; j < len(code); j++ {
				swapped := []byte(code)
				swapped[i], swapped[j] = swapped[j], swapped[i]
				if _, err := ParseCode(string(swapped)); string(swapped) != code && err == nil {
					t.Fatalf("%s passes for %s", swapped, code)
				}
			}
		}
	}
}

// Each of eleven places has all 32 characters about equally often: 55 bits.
func TestCodesAreRandom(t *testing.T) {
	const n = 32_000
	var counts [codeSigns]map[byte]int
	seen := map[string]bool{}
	for range n {
		code := NewCode()
		if got, err := ParseCode(Group(code)); err != nil || got != code || seen[code] {
			t.Fatalf("%q: %q, %v", code, got, err)
		}
		seen[code] = true
		for place := range code {
			if counts[place] == nil {
				counts[place] = map[byte]int{}
			}
			counts[place][code[place]]++
		}
	}
	for place, all := range counts {
		for _, c := range []byte(alphabet) {
			if all[c] < 750 || all[c] > 1250 { // eight standard deviations from a thousand
				t.Errorf("%c stands %d times in place %d", c, all[c], place+1)
			}
		}
	}
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"", "0000-0000-0000", "oooo-LLLL-iiii", "７Ｋ01-0Q1W-8ZB0", "\xff", "----", "ſſſſ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := ParseCode(typed)
		if err != nil {
			return
		}
		if len(code) != codeSigns || strings.Trim(code, alphabet) != "" {
			t.Fatalf("%q is read as %q", typed, code)
		}
		for _, again := range []string{code, Group(code), strings.ToLower(code)} {
			if got, err := ParseCode(again); err != nil || got != code {
				t.Fatalf("%q is read as %q, then as %q, %v", typed, code, got, err)
			}
		}
	})
}

func TestHashesOutliveAChangeOfKeysAndAreBound(t *testing.T) {
	keyset := newKeyset(t)
	code, fact := CodeHash(keyset, "0123456789AB"), FactHash(keyset, "a", IDLast4, "1234")
	rotated := keyset
	for _, purpose := range []string{keys.PurposeSeal, keys.PurposeCode, keys.PurposePepper, keys.PurposeTicket, keys.PurposeRefresh} {
		var err error
		if rotated, err = rotated.Rotate(purpose, noon()); err != nil {
			t.Fatal(err)
		}
	}
	if string(CodeHash(rotated, "0123456789AB")) != string(code) || string(FactHash(rotated, "a", IDLast4, "1234")) != string(fact) {
		t.Error("a change of keys changed them")
	}
	if string(CodeHash(newKeyset(t), "0123456789AB")) == string(code) {
		t.Error("anybody can make them")
	}
	seen := map[string]bool{string(fact): true}
	for _, other := range [][]byte{
		FactHash(keyset, "b", IDLast4, "1234"), FactHash(keyset, "a", ZIP, "1234"), FactHash(keyset, "a", IDLast4, "1235"), CodeHash(keyset, "1234"),
	} {
		if seen[string(other)] {
			t.Error("two are one")
		}
		seen[string(other)] = true
	}
}

func TestFactsAreReadAsPeopleAndOfficesWriteThem(t *testing.T) {
	for _, c := range []struct {
		fact     Fact
		in, want string
	}{
		{BirthDate, "1987-02-14", "1987-02-14"}, {BirthDate, " 1987-02-14 ", "1987-02-14"}, {BirthDate, "2000-02-29", "2000-02-29"},
		{BirthDate, "1987-02-30", ""}, {BirthDate, "02/14/1987", ""}, {BirthDate, "", ""}, {BirthDate, "0000-00-00", ""}, {BirthDate, "1066-10-14", ""},
		{IDLast4, "0012", "0012"}, {IDLast4, " 0-0 1 2", "0012"}, {IDLast4, "012", ""}, {IDLast4, "null", ""}, {IDLast4, "０００７", "0007"},
		{ZIP, "02139", "02139"}, {ZIP, "02139-4307", "02139"}, {ZIP, "021394307", "02139"}, {ZIP, "k1a 0b1", "K1A0B1"}, {ZIP, "0", ""}, {ZIP, "--", ""}, {ZIP, "021*9", ""},
		{LastName, "García-López", "garcialopez"}, {LastName, "GARCIA LOPEZ", "garcialopez"}, {LastName, "O’Brien", "obrien"}, {LastName, "Strauß", "strauss"},
		{LastName, "Łukasz", "łukasz"}, {LastName, "Иванов", "иванов"}, {LastName, "  ", ""}, {LastName, "0", ""}, {LastName, strings.Repeat("a", 300), ""},
		{"shoe_size", "44", ""}, {"", "", ""},
	} {
		got, err := Canonical(c.fact, c.in)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %q: %q, %v", c.fact, c.in, got, err)
		}
	}
}

func TestABirthDateIsReadFromThreeFields(t *testing.T) {
	for _, c := range []struct{ year, month, day, want string }{
		{"1987", "2", "14", "1987-02-14"}, {"1987", "02", "4", "1987-02-04"}, {" 1987 ", "Feb", "14", "1987-02-14"}, {"1987", "february", "14", "1987-02-14"},
		{"1987", "FEBRERO", "14", "1987-02-14"}, {"1987", "ene.", "1", "1987-01-01"}, {"1987", "Sept.", "1", "1987-09-01"}, {"1987", "setiembre", "1", "1987-09-01"},
		{"1987", "mar", "1", "1987-03-01"}, {"1987", "may", "1", "1987-05-01"}, {"1987", "dic", "1", "1987-12-01"}, {"١٩٨٧", "٢", "١٤", "1987-02-14"},
		{"87", "2", "14", ""}, {"1987", "13", "1", ""}, {"1987", "0", "1", ""}, {"1987", "2", "30", ""}, {"1987", "2", "0", ""}, {"1987", "", "1", ""},
		{"1987", "j", "1", ""}, {"1987", "ju", "1", ""}, {"1987", "blue", "1", ""}, {"0000", "1", "1", ""}, {"", "", "", ""}, {"null", "null", "null", ""},
		{"1900", "2", "29", ""}, {"2000", "2", "29", "2000-02-29"},
	} {
		got, err := ParseBirthDate(c.year, c.month, c.day)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q %q %q: %q, %v", c.year, c.month, c.day, got, err)
		}
	}
}

func FuzzFacts(f *testing.F) {
	f.Add("last_name", "García-López")
	f.Add("zip", "02139-4307")
	f.Add("birth_date", "1987-02-14")
	f.Add("id_last4", "0012")
	f.Fuzz(func(t *testing.T, fact, text string) {
		canonical, err := Canonical(Fact(fact), text)
		if err != nil {
			return
		}
		if again, err := Canonical(Fact(fact), canonical); err != nil || again != canonical {
			t.Fatalf("%s %q is %q, then %q, %v", fact, text, canonical, again, err)
		}
	})
}

func TestTheDateOfBirthIsAlwaysAsked(t *testing.T) {
	for _, words := range [][]string{nil, {"id_last4"}, {"zip", "id_last4", "zip"}, {"birth_date"}} {
		f, err := ReadFacts(words)
		if err != nil || f.Asked()[0] != BirthDate {
			t.Errorf("%q: %v, %v", words, f.Asked(), err)
		}
	}
	f, _ := ReadFacts([]string{"id_last4", "zip", "id_last4"})
	if !slices.Equal(f.Asked(), []Fact{BirthDate, ZIP, IDLast4}) {
		t.Errorf("%v", f.Asked())
	}
	if _, err := ReadFacts([]string{"shoe_size"}); err == nil {
		t.Error("a fact that there is not")
	}
}

func TestAnInvitationTellsItsCodeOnceAndKeepsHashes(t *testing.T) {
	keyset := newKeyset(t)
	issuer := Issuer{Keys: keyset, Facts: Facts{Required: []Fact{IDLast4}}, Lang: "es"}
	in := Invitation{
		Record: "MRN-1", Relation: provider.Self, Contact: provider.ActivationContact{Name: "Ana", Email: "ana@example.org", Phone: "+12025550143"},
		Facts: map[Fact]string{BirthDate: "1987-02-14", IDLast4: "0012", ZIP: ""},
	}
	got, err := issuer.Invite(in, audit.Operator, noon())
	if err != nil {
		t.Fatal(err)
	}
	code, err := ParseCode(got.Code)
	if err != nil || string(got.CodeHash) != string(CodeHash(keyset, code)) {
		t.Errorf("code %q, %v", got.Code, err)
	}
	if !got.Open(noon()) || !got.ExpiresAt.Equal(noon().Add(DefaultLasts)) || len(got.Facts) != 2 {
		t.Errorf("%+v", got.Activation)
	}
	if string(got.Facts["birth_date"]) != string(FactHash(keyset, got.ID, BirthDate, "1987-02-14")) {
		t.Error("another hash of the date of birth")
	}
	tell := got.Event.Tell
	if len(tell) != 1 || tell[0].Template != notify.Invitation || tell[0].To != "ana@example.org" || tell[0].Lang != "es" || tell[0].Data[notify.DataWhat] != got.Code {
		t.Errorf("%+v", tell)
	}
	in.Replaces, in.Contact.Email = true, ""
	if got, err = issuer.Invite(in, audit.Operator, noon()); err != nil || got.Event.Tell[0].Template != notify.InvitationReplaced || got.Event.Tell[0].Channel != provider.ByText {
		t.Errorf("%+v, %v", got.Event.Tell, err)
	}
	in.Silent = true
	if got, err = issuer.Invite(in, audit.Operator, noon()); err != nil || got.Event.Tell != nil {
		t.Errorf("%+v, %v", got.Event.Tell, err)
	}
}

func TestAnInvitationRefusesWhatCannotBe(t *testing.T) {
	issuer := Issuer{Keys: newKeyset(t), Facts: Facts{Required: []Fact{IDLast4}}}
	for name, spoil := range map[string]func(*Invitation){
		"no record":       func(in *Invitation) { in.Record = "" },
		"a long record":   func(in *Invitation) { in.Record = strings.Repeat("r", 300) },
		"no relation":     func(in *Invitation) { in.Relation = "" },
		"other relation":  func(in *Invitation) { in.Relation = "aunt" },
		"no e-mail":       func(in *Invitation) { in.Contact.Email = "ana" },
		"national number": func(in *Invitation) { in.Contact.Phone = "202 555 0143" },
		"no birth date":   func(in *Invitation) { delete(in.Facts, BirthDate) },
		"no id":           func(in *Invitation) { in.Facts[IDLast4] = "" },
		"other date":      func(in *Invitation) { in.Facts[BirthDate] = "2/14/1987" },
		"unknown fact":    func(in *Invitation) { in.Facts["shoe_size"] = "44" },
		"a moment":        func(in *Invitation) { in.Lasts = time.Second },
		"before now":      func(in *Invitation) { in.Lasts = -time.Hour },
		"for ever":        func(in *Invitation) { in.Lasts = 1000 * 24 * time.Hour },
	} {
		in := Invitation{
			Record: "MRN-1", Relation: provider.Self, Contact: provider.ActivationContact{Email: "ana@example.org", Phone: "+12025550143"},
			Facts: map[Fact]string{BirthDate: "1987-02-14", IDLast4: "0012"},
		}
		spoil(&in)
		if _, err := issuer.Invite(in, audit.Operator, noon()); err == nil {
			t.Errorf("%s: it is issued", name)
		} else if strings.Contains(err.Error(), "1987") || strings.Contains(err.Error(), "ana") {
			t.Errorf("%s: the error tells of the person: %v", name, err)
		}
	}
}
