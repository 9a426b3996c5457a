package password

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var maria = []string{"maria.lopez", "mlopez84@example.org", "María", "López", "1984-03-12", "Example Health"}

func TestPolicyCheck(t *testing.T) {
	beside := Context{Own: maria, Beside: true}
	alone := Context{Own: maria}
	for _, c := range []struct {
		name, password string
		context        Context
		key            string
	}{
		{"a phrase", phrase, alone, ""},
		{"15 code points alone", "blue kettle 3 v", alone, ""},
		{"14 code points alone", "blue kettle 3 ", alone, KeyShort},
		{"8 code points beside", "qk7 vx2p", beside, ""},
		{"7 code points beside", "qk7 vx2", beside, KeyShort},
		{"counted in code points", "ąćęłńóśź", beside, ""},
		{"counted composed", "e\u0301e\u0301e\u0301e\u0301rt ", beside, KeyShort},
		{"emoji count once", "😀🐈🚲🌧🍞🕯🎻🧦", beside, ""},
		{"256", strings.Repeat("kettle blue vx2 ", 16), alone, ""},
		{"257", strings.Repeat("kettle blue vx2 ", 16) + "x", alone, KeyLong},
		{"a megabyte", strings.Repeat("x", 1<<20), alone, KeyLong},
		{"nothing", "", alone, KeyShort},
		{"not UTF-8", "correct horse battery\xff", alone, KeyCharacters},
		{"NUL", "correct horse\x00battery", alone, KeyCharacters},
		{"tab", "correct\thorse battery", alone, KeyCharacters},
		{"line break", "correct horse\nbattery", alone, KeyCharacters},
		{"unassigned code point", "correct horse battery\U000e0fff", alone, KeyCharacters},
		{"lower case only is enough", "kettlebluevxtwo", alone, ""},

		{"common", "password", beside, KeyCommon},
		{"common, other case", "PassWord", beside, KeyCommon},
		{"common, full width", "ｐａｓｓｗｏｒｄ", beside, KeyCommon},
		{"common twice", "passwordpassword", alone, KeyCommon},
		{"common twice, a space", "password password", alone, KeyCommon},
		{"common and a run", "password1234567", alone, KeyCommon},
		{"a run and common", "1234567password", alone, KeyCommon},
		{"common and signs", "Football!7!", beside, KeyCommon},
		{"digits round and round", "123456789012345", alone, KeyCommon},
		{"digits backwards", "987654321098765", alone, KeyCommon},
		{"one letter", "aaaaaaaaaaaaaaa", alone, KeyCommon},
		{"one emoji", strings.Repeat("😀", 15), alone, KeyCommon},
		{"three signs", "abcabcabcabcabc", alone, KeyCommon},
		{"alphabet", "abcdefghijklmno", alone, KeyCommon},
		{"keyboard", "qwertyuiopasdfgh", alone, KeyCommon},
		{"keyboard columns", "1qaz2wsx3edc4rfv", alone, KeyCommon},
		{"a common word among others", "password of the blue kettle", alone, ""},
		{"a name that is common elsewhere", "sunshine kettle 4 violins", alone, ""},

		{"own name", "maria.lopez", beside, KeyOwn},
		{"own name, other signs and case", "Maria_Lopez!", beside, KeyOwn},
		{"own name with its accents", "María López María", alone, KeyOwn},
		{"own name and year", "lopez2024maria", beside, KeyOwn},
		{"own name and date of birth", "maria.lopez19840312", alone, KeyOwn},
		{"date before", "12031984marialopez", alone, KeyOwn},
		{"own name twice", "marialopezmarialopez", alone, KeyOwn},
		{"e-mail address", "mlopez84@example.org", alone, KeyOwn},
		{"brand", "ExampleHealth2024!", alone, KeyOwn},
		{"date of birth", "1984-03-12", beside, KeyOwn},
		{"own name in a phrase", "maria has a blue kettle", alone, ""},
		{"own name and many digits", "maria719380265514", alone, ""},
		{"another's name", "janedoe-kettle-9", alone, ""},
		{"the old one", phrase, Context{Same: true}, KeySame},
	} {
		t.Run(c.name, func(t *testing.T) {
			expectRefusal(t, Policy{}.Check(c.password, c.context), c.key)
		})
	}
}

func TestPolicySaysItsBounds(t *testing.T) {
	for _, c := range []struct {
		name         string
		policy       Policy
		beside       bool
		least, most_ int
	}{
		{"default", Policy{}, false, 15, 256},
		{"default beside", Policy{}, true, 8, 256},
		{"floor", Policy{MinAlone: 4, MinBeside: 4}, false, 8, 256},
		{"floor beside", Policy{MinAlone: 4, MinBeside: 4}, true, 8, 256},
		{"stricter", Policy{MinAlone: 20, MinBeside: 12, Max: 128}, true, 12, 128},
		{"64 are always accepted", Policy{Max: 20}, false, 15, 64},
		{"ceiling", Policy{Max: 5000, MinAlone: 5000}, false, 256, 256},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.policy.Check("", Context{Beside: c.beside})
			var refusal *Refusal
			if !errors.As(err, &refusal) || *refusal != (Refusal{KeyShort, c.least, c.most_}) {
				t.Errorf("got %+v", refusal)
			}
			if c.policy.Least(c.beside) != c.least {
				t.Errorf("least %d", c.policy.Least(c.beside))
			}
		})
	}
}

func TestComposition(t *testing.T) {
	all := Policy{Composition: Composition{Upper: true, Lower: true, Digit: true, Symbol: true}}
	for typed, key := range map[string]string{
		"Blue kettle 3 vx": "", "blue kettle 3 vx": KeyComposition, "BLUE KETTLE 3 VX": KeyComposition,
		"Blue kettle x vx": KeyComposition, "Bluekettle3vxqwo": KeyComposition, "Élan kettle ٣ vx": "",
	} {
		expectRefusal(t, all.Check(typed, Context{}), key)
	}
}

func TestExpired(t *testing.T) {
	set := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	if (Policy{}).Expired(set, set.Add(10000*day)) {
		t.Error("the default expires")
	}
	ninety := Policy{MaxAge: 90 * day}
	if ninety.Expired(set, set.Add(90*day-1)) || !ninety.Expired(set, set.Add(90*day)) {
		t.Error("not at 90 days")
	}
}

func TestBlocklistIsThere(t *testing.T) {
	if n := len(commonPasswords()); n < 3000 {
		t.Fatalf("%d entries", n)
	}
}

func TestStrength(t *testing.T) {
	for typed, want := range map[string]Word{
		"": Weak, "password": Weak, "aaaaaaaaaaaaaaaaaaaaaaaa": Weak, "password1234567": Weak, "marialopez19840312": Weak, "\xff": Weak,
		"qk7 vx2": Weak, "Kettle!vx83": Fair, "violin and kettle": Good, "blue kettle 3 violins": Strong, strings.Repeat("kettle blue vx2 ", 16): Strong,
	} {
		if got := Strength(typed, maria); got != want {
			t.Errorf("%.40q: %s, want %s", typed, got, want)
		}
	}
}

// What is easy to think of takes fewer guesses than what is not, sign for sign.
func TestGuesses(t *testing.T) {
	bits := func(text string) float64 { return newGuesser([]string{"maria"}).bits([]rune(text)) }
	for _, c := range [][2]string{
		{"password", "kettle"}, {"kettle", "violin kettle"}, {"maria", "kettle"}, {"maria", "marja"},
		{"kettle", "Kettle"}, {"Kettle", "kEttLe"}, {"KETTLE", "kEttLe"}, {"kettle", "k3ttle"}, {"k3ttle", "kqttvx"}, {"v10lin", "vqxlin"},
		{"sai1or", "sqvxjz"}, {"kettlekettlekettle", "kettleviolin"}, {"qwertyuiop", "qkzvxjwpbm"}, {"fedcba", "fxdqba"}, {"7654321", "7254931"},
		{"1984", "7984"}, {"19840312", "97240318"}, {"12031984", "97031984"}, {"120384", "927384"}, {"aaaaaaaaaaaa", "kqvx"},
		{"", "a"}, {"1", "a"}, {"kqvx", "kqvxj"},
	} {
		if less, more := bits(c[0]), bits(c[1]); less >= more {
			t.Errorf("%q takes %.1f bits, %q %.1f", c[0], less, c[1], more)
		}
	}
	if got, want := bits("kqvxjz"), 6*signBits; got != want {
		t.Errorf("signs alone: %v, want %v", got, want)
	}
	if got := bits(strings.Repeat("é", 64)); got != signBits+6 {
		t.Errorf("one sign 64 times: %v", got)
	}
}

func TestLists(t *testing.T) {
	for name, least := range map[string]int{"Passwords": 7000, "English": 30_000, "MaleNames": 1000, "FemaleNames": 3000, "Surnames": 40_000} {
		if got := len(listOf(name)); got < least {
			t.Errorf("%s: %d words", name, got)
		}
	}
	if listOf("Nothing") != nil {
		t.Error("a list that is not there")
	}
}

func BenchmarkStrengthOfStandIns(b *testing.B) {
	typed := strings.Repeat("4@8({[<3691!|0$5+7%2", 4)
	for b.Loop() {
		Strength(typed, maria)
	}
}

func BenchmarkStrengthOf256(b *testing.B) {
	typed := strings.Repeat("p4ssw0rd L1berty", 16)
	for b.Loop() {
		Strength(typed, maria)
	}
}

func BenchmarkPolicyOf256(b *testing.B) {
	typed := strings.Repeat("p4ssw0rd L1berty", 16)
	for b.Loop() {
		_ = Policy{}.Check(typed, Context{Own: maria})
	}
}

func FuzzPolicy(f *testing.F) {
	for _, s := range []string{phrase, "password", "\xff", "é", "ＡＢ", "😀😀"} {
		f.Add(s, "maria")
	}
	f.Fuzz(func(t *testing.T, typed, own string) {
		if len(typed) > 300 || len(own) > 300 {
			return
		}
		Strength(typed, []string{own})
		c := Context{Own: []string{own}}
		err := Policy{}.Check(typed, c)
		var refusal *Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		if err == nil && (!utf8.ValidString(typed) || utf8.RuneCountInString(typed) < 8) {
			t.Fatalf("%q accepted", typed)
		}
	})
}

func expectRefusal(t *testing.T, err error, key string) {
	t.Helper()
	var refusal *Refusal
	got := ""
	if errors.As(err, &refusal) {
		got = refusal.Key
	}
	if got != key || err != nil && refusal == nil {
		t.Errorf("got %v, want %q", err, key)
	}
}
