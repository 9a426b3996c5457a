package totp

import (
	"bytes"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	library "github.com/pquerna/otp/totp"

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

func rfcSeed() Seed { return Seed("12345678901234567890") }

// RFC 6238, appendix B, for SHA-1: its codes have eight digits, of which ours are the last six.
func TestRFC6238AppendixB(t *testing.T) {
	for at, eight := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471",
		1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		step, ok, near := Check(Encode(rfcSeed()), eight[2:], time.Unix(at, 0))
		if step != at/30 || !ok || near {
			t.Errorf("at %d: step %d, %v, %v", at, step, ok, near)
		}
	}
}

func codeOf(t testing.TB, s Seed, at time.Time) string {
	t.Helper()
	code, err := library.GenerateCode(base32.StdEncoding.EncodeToString(s), at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// What is taken and what is told, step by step. A clock that is slow is told of; what will be right is not: whoever guesses
// must not learn that a guess is worth keeping.
func TestWhichStepsAreTaken(t *testing.T) {
	data := Encode(rfcSeed())
	current := noon().Unix() / period
	for away := int64(-25); away <= 25; away++ {
		code := codeOf(t, rfcSeed(), time.Unix((current+away)*period, 0))
		step, ok, near := Check(data, code, noon())
		wantOK, wantNear := -1 <= away && away <= 1, -20 <= away && away < -1
		if ok != wantOK || near != wantNear || ok && step != current+away || !ok && step != 0 {
			t.Errorf("%d steps away: step %d, %v, near %v", away, step, ok, near)
		}
	}
}

func TestAStepLastsThirtySeconds(t *testing.T) {
	data, code := Encode(rfcSeed()), codeOf(t, rfcSeed(), noon())
	for after, want := range map[time.Duration]bool{
		-30*time.Second - 1: false, -30 * time.Second: true, 0: true, 60*time.Second - 1: true, 60 * time.Second: false,
	} {
		if _, ok, _ := Check(data, code, noon().Add(after)); ok != want {
			t.Errorf("%v after: %v", after, ok)
		}
	}
}

// A code that belongs to two steps spends both.
func TestACodeOfTwoStepsIsTheLaterOne(t *testing.T) {
	const step = 910737 // found by trying
	code := codeOf(t, rfcSeed(), time.Unix(step*period, 0))
	if code != codeOf(t, rfcSeed(), time.Unix((step+1)*period, 0)) {
		t.Fatal("two codes")
	}
	for at, want := range map[int64]int64{step - 1: step, step: step + 1, step + 1: step + 1, step + 2: step + 1} {
		if got, ok, _ := Check(Encode(rfcSeed()), code, time.Unix(at*period, 0)); !ok || got != want {
			t.Errorf("at step %d: %d, %v; want %d", at, got, ok, want)
		}
	}
}

// A code that is right now is not told of as one of before, though it was right then, too.
func TestACodeThatIsRightIsNotNear(t *testing.T) {
	const step, before = 2394, 2386 // found by trying
	code := codeOf(t, rfcSeed(), time.Unix(step*period, 0))
	if code != codeOf(t, rfcSeed(), time.Unix(before*period, 0)) {
		t.Fatal("two codes")
	}
	if got, ok, near := Check(Encode(rfcSeed()), code, time.Unix(step*period, 0)); got != step || !ok || near {
		t.Errorf("step %d, %v, near %v", got, ok, near)
	}
}

func TestTypedCodesAreForgiven(t *testing.T) {
	at := time.Unix(1234567890, 0) // 005924
	for typed, want := range map[string]bool{
		"005924": true, " 005 924 ": true, "005-924": true, "００５９２４": true, "٠٠٥٩٢٤": true, "005.924": true,
		"5924": false, "0005924": false, "005925": false, "": false, "G-005924": false, "oo5924": false, "89005924": false,
	} {
		if _, ok, _ := Check(Encode(rfcSeed()), typed, at); ok != want {
			t.Errorf("%q: %v", typed, ok)
		}
	}
}

func TestSeedsAreTheCeremonysAndTheAccounts(t *testing.T) {
	keyset := newKeyset(t)
	seed := SeedFor(keyset, "ceremony", "account")
	if len(seed) != 20 || !bytes.Equal(seed, SeedFor(keyset, "ceremony", "account")) {
		t.Fatalf("%d bytes, or not the same twice", len(seed))
	}
	rotated, err := keyset.Rotate(keys.PurposeCode, noon())
	if err != nil {
		t.Fatal(err)
	}
	_, code := keyset.MAC(keys.PurposeCode, []byte("oob code"), []byte("ceremony"), []byte("account"))
	_, bare := keyset.MAC(keys.PurposeCode, []byte("ceremony"), []byte("account"))
	for name, other := range map[string]Seed{
		"ceremony": SeedFor(keyset, "ceremonx", "account"), "account": SeedFor(keyset, "ceremony", "accounu"),
		"boundary": SeedFor(keyset, "ceremonya", "ccount"), "keyset": SeedFor(newKeyset(t), "ceremony", "account"),
		"primary key": SeedFor(rotated, "ceremony", "account"), "use": code[:20], "bare use": bare[:20],
	} {
		if bytes.Equal(seed, other) {
			t.Errorf("another %s has the same seed", name)
		}
	}
}

func TestASeedIsNotPrinted(t *testing.T) {
	seed := rfcSeed()
	text, err := json.Marshal(map[string]any{"seed": seed})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "seed", seed)
	for _, verb := range []string{"%v", "%s", "%x", "%q", "%d", "%#v", "%+v"} {
		text = fmt.Appendf(text, " "+verb+" "+verb, seed, struct{ S Seed }{seed})
	}
	for _, shown := range []string{"1234", "3132", "MTIz", "GEZD", "49 50"} {
		if strings.Contains(string(text)+log.String(), shown) {
			t.Errorf("%s stands in %s %s", shown, text, log.String())
		}
	}
}

func TestGroups(t *testing.T) {
	groups := rfcSeed().Groups()
	if groups != "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ" {
		t.Error(groups)
	}
}

func TestDecodeIsStrict(t *testing.T) {
	good := string(Encode(rfcSeed()))
	if good != `{"v":1,"seed":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="}` {
		t.Error("what is stored has changed:", good)
	}
	code := codeOf(t, rfcSeed(), noon())
	for name, data := range map[string]string{
		"nothing": "", "null": "null", "no seed": `{"v":1}`, "bare seed": string(rfcSeed()), "space": good + " ", "twice": good + good,
		"another version": strings.Replace(good, `"v":1`, `"v":2`, 1), "unknown field": strings.Replace(good, "{", `{"x":1,`, 1),
		"short seed": string(Encode(rfcSeed()[:19])), "long seed": string(Encode(append(rfcSeed(), 0))), "empty seed": string(Encode(nil)),
	} {
		if _, ok, near := Check([]byte(data), code, noon()); ok || near {
			t.Errorf("%s: a code is right", name)
		}
		if _, err := decode([]byte(data)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

func FuzzCheck(f *testing.F) {
	data := Encode(rfcSeed())
	for _, typed := range []string{"005924", "005 924", "００５９２４", "", "G-005924", "\xff"} {
		f.Add(data, typed, int64(1234567890))
	}
	f.Fuzz(func(t *testing.T, data []byte, typed string, at int64) {
		step, ok, near := Check(data, typed, time.Unix(at, 0))
		if ok && near || !ok && step != 0 {
			t.Fatalf("%d, %v, %v", step, ok, near)
		}
		seed, err := decode(data)
		if err != nil && (ok || near) {
			t.Fatal("a code is right for no seed")
		}
		if err == nil && !bytes.Equal(Encode(seed), data) {
			t.Fatalf("%q is read, and written otherwise", data)
		}
		if !ok {
			return
		}
		valid, err := library.ValidateCustom(codeAt(seed.text(), step), seed.text(), time.Unix(at, 0),
			library.ValidateOpts{Period: period, Skew: drift, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil || !valid {
			t.Fatalf("the library refuses step %d at %d: %v", step, at, err)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	data := Encode(rfcSeed())
	b.ReportAllocs()
	for b.Loop() {
		Check(data, "005924", time.Unix(1234567890, 0))
	}
}
