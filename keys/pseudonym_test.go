package keys

import (
	"bytes"
	"testing"
	"time"
)

// TestPseudonyms: the same for ever, another in each sector and for each id, read back, and nobody's without the key.
func TestPseudonyms(t *testing.T) {
	k, err := NewKeyset(time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewKeyset(time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := k.Rotate(PurposeTicket, time.Unix(2, 0))
	if err != nil {
		t.Fatal(err)
	}
	one, two := [16]byte{1}, [16]byte{2}
	name := k.Pseudonym("a.example", one)
	if rotated.Pseudonym("a.example", one) != name || k.Unpseudonym("a.example", name) != one {
		t.Error("not the same, or not read back")
	}
	for what, differs := range map[string][16]byte{
		"sector": k.Pseudonym("b.example", one), "id": k.Pseudonym("a.example", two), "keyset": other.Pseudonym("a.example", one), "pseudonym": one,
	} {
		if differs == name || bytes.Equal(differs[:8], name[:8]) {
			t.Errorf("another %s has the same name", what)
		}
	}
	if k.Unpseudonym("b.example", name) == one {
		t.Error("read back in another sector")
	}
}
