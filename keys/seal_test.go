package keys

import (
	"bytes"
	"errors"
	"testing"
)

func TestSealedValuesOpenOnlyInTheirPlace(t *testing.T) {
	keyset := newKeyset(t)
	home := Where{Table: "accounts", Column: "email", Row: "42"}
	sealed, err := keyset.Seal([]byte("ada@example.org"), home)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := keyset.Open(sealed, home); err != nil || string(got) != "ada@example.org" {
		t.Fatalf("%q, %v", got, err)
	}
	for _, elsewhere := range []Where{
		{"accounts", "email", "43"}, {"accounts", "phone", "42"}, {"clients", "email", "42"},
		{"accountse", "mail", "42"}, {"accounts", "email4", "2"}, {"email", "accounts", "42"},
	} {
		if _, err := keyset.Open(sealed, elsewhere); !errors.Is(err, ErrSealed) {
			t.Errorf("opened in %v: %v", elsewhere, err)
		}
	}
	if _, err := newKeyset(t).Open(sealed, home); !errors.Is(err, ErrSealed) {
		t.Errorf("opened with another keyset: %v", err)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := keyset.Open(changed, home); !errors.Is(err, ErrSealed) {
			t.Errorf("byte %d changed: %v", i, err)
		}
		if _, err := keyset.Open(sealed[:i], home); !errors.Is(err, ErrSealed) {
			t.Errorf("cut to %d: %v", i, err)
		}
	}
}

func TestSealWantsAWholePlace(t *testing.T) {
	keyset := newKeyset(t)
	for _, where := range []Where{{}, {"a", "b", ""}, {"a", "", "c"}, {"", "b", "c"}} {
		if _, err := keyset.Seal(nil, where); err == nil {
			t.Errorf("sealed in %v", where)
		}
		if _, err := keyset.Open([]byte("x"), where); err == nil || errors.Is(err, ErrSealed) {
			t.Errorf("opened in %v: %v", where, err)
		}
	}
}

func TestOlderKeysStillOpen(t *testing.T) {
	old, where := newKeyset(t), Where{"a", "b", "c"}
	sealed, err := old.Seal(nil, where)
	if err != nil {
		t.Fatal(err)
	}
	rotated := rotate(t, old, PurposeSeal)
	if _, err := rotated.Open(sealed, where); err != nil {
		t.Error(err)
	}
	if !old.SealedByPrimary(sealed) || rotated.SealedByPrimary(sealed) || rotated.SealedByPrimary(nil) {
		t.Error("SealedByPrimary does not see the rotation")
	}
	if len(sealed) != 37 {
		t.Errorf("sealing adds %d bytes, the comment says 37", len(sealed))
	}
}

func FuzzOpen(f *testing.F) {
	keyset := newKeyset(f)
	sealed, err := keyset.Seal([]byte("v"), Where{"a", "b", "c"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := keyset.Open(data, Where{"a", "b", "c"}); err == nil && !bytes.Equal(data, sealed) {
			t.Errorf("opened %x", data)
		}
	})
}
