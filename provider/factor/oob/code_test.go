package oob

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
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

func TestACodeIsSixDigitsAndTheSameEachTime(t *testing.T) {
	c := New(Config{Keys: newKeyset(t)})
	id := c.newID(false)
	code := c.Code(id)
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		t.Fatalf("code %q", code)
	}
	if c.Code(id) != code {
		t.Error("another code the second time")
	}
	if other := New(Config{Keys: newKeyset(t)}); other.Code(id) != "" {
		t.Error("a keyset without the key gives a code")
	}
}

func TestACodeOutlivesARotation(t *testing.T) {
	keyset := newKeyset(t)
	before := New(Config{Keys: keyset})
	rotated, err := keyset.Rotate(keys.PurposeCode, noon())
	if err != nil {
		t.Fatal(err)
	}
	after := New(Config{Keys: rotated})
	id, later := before.newID(false), after.newID(false)
	if code := after.Code(id); code == "" || code != before.Code(id) {
		t.Errorf("code %q, then %q", before.Code(id), code)
	}
	if strings.Split(id, ".")[0] == strings.Split(later, ".")[0] {
		t.Error("a new challenge is derived under the old key")
	}
	if before.Code(later) != "" {
		t.Error("a code without its key")
	}
}

func TestAChallengeThatIsNoneOfOursHasNoCode(t *testing.T) {
	c := New(Config{Keys: newKeyset(t)})
	key := strings.Split(c.newID(false), ".")[0]
	for _, id := range []string{"", ".", "." + key, provider.NewID(), "x." + provider.NewID(), key[1:] + ".x"} {
		if code := c.Code(id); code != "" {
			t.Errorf("%q has the code %s", id, code)
		}
	}
}

// Nothing else that is derived under the same key may be what a code is derived from.
func TestACodeIsDerivedForItselfAlone(t *testing.T) {
	seen := map[string][]byte{}
	c := New(Config{Keys: spy{newKeyset(t), func(parts [][]byte) { seen[string(parts[0])] = bytes.Join(parts[1:], nil) }}})
	id := c.newID(false)
	c.Code(id)
	if len(seen) != 1 || string(seen["oob code"]) != id {
		t.Errorf("derived from %q", seen)
	}
}

// spy is a keyset that tells what it is asked.
type spy struct {
	*keys.Keyset

	told func(parts [][]byte)
}

func (s spy) MACWith(purpose, keyID string, parts ...[]byte) ([]byte, bool) {
	s.told(parts)
	return s.Keyset.MACWith(purpose, keyID, parts...)
}

// Of a hundred thousand codes each digit stands in each place a tenth of the time: 8% off would be eight standard deviations.
func TestCodesAreUniform(t *testing.T) {
	c := New(Config{Keys: newKeyset(t)})
	const n = 100_000
	var counts [digits]['9' + 1]int
	for range n {
		for place, digit := range []byte(c.Code(c.newID(false))) {
			counts[place][digit]++
		}
	}
	for place := range counts {
		for digit := '0'; digit <= '9'; digit++ {
			if got := counts[place][digit]; got < n/10*92/100 || got > n/10*108/100 {
				t.Errorf("%c stands %d times in place %d", digit, got, place+1)
			}
		}
	}
}

func TestDefaults(t *testing.T) {
	if c := New(Config{}); c.Lasts != 10*time.Minute || c.Tries != 5 || c.Sends != 5 {
		t.Errorf("%+v", c.Config)
	}
	if c := New(Config{Lasts: time.Hour}); c.Lasts != 10*time.Minute {
		t.Errorf("a code lasts %v, NIST SP 800-63B-4 allows ten minutes", c.Lasts)
	}
	if c := New(Config{Lasts: time.Minute, Tries: 3, Sends: 2}); c.Lasts != time.Minute || c.Tries != 3 || c.Sends != 2 {
		t.Errorf("%+v", c.Config)
	}
}

func BenchmarkCode(b *testing.B) {
	c := New(Config{Keys: newKeyset(b)})
	id := c.newID(false)
	b.ReportAllocs()
	for b.Loop() {
		c.Code(id)
	}
}

// TestACodeThatIsReadOutIsNoOther: it is longer, so that neither passes for the other.
func TestACodeThatIsReadOutIsNoOther(t *testing.T) {
	c := New(Config{Keys: newKeyset(t)})
	for range 50 {
		if code := c.Code(c.newID(true)); len(code) != Aloud {
			t.Fatalf("%d digits", len(code))
		}
		if code := c.Code(c.newID(false)); len(code) != Digits {
			t.Fatalf("%d digits", len(code))
		}
	}
}
