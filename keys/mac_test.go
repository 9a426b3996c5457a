package keys

import (
	"bytes"
	"testing"
)

func TestFingerprintsAreKeyedAndByKind(t *testing.T) {
	keyset := newKeyset(t)
	email := keyset.Fingerprint("email", "x")
	if len(email) != 32 || !bytes.Equal(email, keyset.Fingerprint("email", "x")) {
		t.Error("a fingerprint is not 32 bytes, or not the same twice")
	}
	for name, other := range map[string][]byte{
		"kind": keyset.Fingerprint("phone", "x"), "value": keyset.Fingerprint("email", "y"),
		"boundary": keyset.Fingerprint("emai", "lx"), "keyset": newKeyset(t).Fingerprint("email", "x"),
	} {
		if bytes.Equal(email, other) {
			t.Errorf("another %s has the same fingerprint", name)
		}
	}
}

func TestMACBindsPurposeKeyAndEveryPart(t *testing.T) {
	keyset := newKeyset(t)
	a, bc, ab, c := []byte("a"), []byte("bc"), []byte("ab"), []byte("c")
	id, mac := keyset.MAC(PurposeRefresh, a, bc)
	rotated := rotate(t, keyset, PurposeRefresh)
	seal := keyset.primary(PurposeSeal)
	newID, newMAC := rotated.MAC(PurposeRefresh, a, bc)
	for name, test := range map[string]struct{ got, want bool }{
		"itself":         {keyset.CheckMAC(PurposeRefresh, id, mac, a, bc), true},
		"older key":      {rotated.CheckMAC(PurposeRefresh, id, mac, a, bc), true},
		"newer key":      {rotated.CheckMAC(PurposeRefresh, newID, newMAC, a, bc), true},
		"moved boundary": {keyset.CheckMAC(PurposeRefresh, id, mac, ab, c), false},
		"joined":         {keyset.CheckMAC(PurposeRefresh, id, mac, []byte("abc")), false},
		"one part more":  {keyset.CheckMAC(PurposeRefresh, id, mac, a, bc, nil), false},
		"cut":            {keyset.CheckMAC(PurposeRefresh, id, mac[:31], a, bc), false},
		"empty":          {keyset.CheckMAC(PurposeRefresh, id, nil, a, bc), false},
		"wrong key":      {rotated.CheckMAC(PurposeRefresh, newID, mac, a, bc), false},
		"no key":         {keyset.CheckMAC(PurposeRefresh, "", mac, a, bc), false},
		"wrong purpose":  {keyset.CheckMAC(PurposeCode, id, mac, a, bc), false},
		"sealing key":    {keyset.CheckMAC(PurposeSeal, seal.id, seal.mac("mac", a, bc), a, bc), false},
	} {
		if test.got != test.want {
			t.Errorf("%s: %v", name, test.got)
		}
	}
	if bytes.Equal(mac, newMAC) || id == newID {
		t.Error("rotation changed nothing")
	}
}

func TestMACWithDerivesAgainUnderTheNamedKey(t *testing.T) {
	keyset := newKeyset(t)
	a, bc := []byte("a"), []byte("bc")
	id, mac := keyset.MAC(PurposeCode, a, bc)
	rotated := rotate(t, keyset, PurposeCode)
	for name, k := range map[string]*Keyset{"the same keyset": keyset, "a rotated one": rotated} {
		if again, ok := k.MACWith(PurposeCode, id, a, bc); !ok || !bytes.Equal(again, mac) {
			t.Errorf("%s: %x, %v; want %x", name, again, ok, mac)
		}
	}
	newID, newMAC := rotated.MAC(PurposeCode, a, bc)
	if again, ok := rotated.MACWith(PurposeCode, newID, a, bc); !ok || !bytes.Equal(again, newMAC) || bytes.Equal(again, mac) {
		t.Errorf("under the new key: %x, %v", again, ok)
	}
	for name, named := range map[string][2]string{
		"no key":          {PurposeCode, ""},
		"a later key":     {PurposeCode, newID},
		"another purpose": {PurposeRefresh, id},
		"a sealing key":   {PurposeSeal, keyset.primary(PurposeSeal).id},
		"a fingerprint":   {PurposeFingerprint, keyset.primary(PurposeFingerprint).id},
		"no purpose":      {"tea", id},
	} {
		if again, ok := keyset.MACWith(named[0], named[1], a, bc); ok || again != nil {
			t.Errorf("%s: %x, %v", name, again, ok)
		}
	}
}

func TestMACRefusesKeysOfOtherUses(t *testing.T) {
	for _, purpose := range []string{PurposeSeal, PurposeTicket, PurposeFingerprint, "tea"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("made a MAC for %q", purpose)
				}
			}()
			newKeyset(t).MAC(purpose)
		}()
	}
}

func TestClientSecretsAreCheckedAcrossRotation(t *testing.T) {
	keyset := newKeyset(t)
	stored := keyset.HashSecret("right")
	rotated := rotate(t, keyset, PurposeClientSecret)
	if !keyset.CheckSecret(stored, "right") || !rotated.CheckSecret(stored, "right") {
		t.Error("the right secret is refused")
	}
	if bytes.Contains(stored, []byte("right")) || len(stored) != 40 {
		t.Errorf("stored: %x", stored)
	}
	for i := range stored {
		changed := bytes.Clone(stored)
		changed[i] ^= 1
		if keyset.CheckSecret(changed, "right") || keyset.CheckSecret(stored[:i], "right") {
			t.Errorf("accepted at byte %d", i)
		}
	}
	id, mac := keyset.MAC(PurposeClientSecret, []byte("right"))
	if keyset.CheckSecret(stored, "wrong") || keyset.CheckSecret(append([]byte(id), mac...), "right") {
		t.Error("a wrong secret or another method's MAC is accepted")
	}
}

func TestPepperKeepsItsKey(t *testing.T) {
	keyset := newKeyset(t)
	id, out := keyset.Pepper("", []byte("password"))
	rotated := rotate(t, keyset, PurposePepper)
	if sameID, same := rotated.Pepper(id, []byte("password")); sameID != id || !bytes.Equal(same, out) {
		t.Error("the old pepper is lost")
	}
	if newID, other := rotated.Pepper("", []byte("password")); newID == id || bytes.Equal(other, out) {
		t.Error("the new pepper is the old one")
	}
	if id, out := keyset.Pepper("unknown1", []byte("password")); id != "" || out != nil {
		t.Error("an unknown pepper gives a value")
	}
}
