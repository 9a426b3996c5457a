package keys

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// noon is when these tests happen.
func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func newKeyset(t testing.TB) *Keyset {
	t.Helper()
	keyset, err := NewKeyset(noon())
	if err != nil {
		t.Fatal(err)
	}
	return keyset
}

func rotate(t *testing.T, keyset *Keyset, purpose string) *Keyset {
	t.Helper()
	rotated, err := keyset.Rotate(purpose, noon().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return rotated
}

func TestKeysetHasOnePrimaryForEachPurpose(t *testing.T) {
	keyset := rotate(t, rotate(t, newKeyset(t), PurposeSeal), PurposeCode)
	primaries, total := map[string]int{}, map[string]int{}
	for _, info := range keyset.List() {
		total[info.Purpose]++
		if info.Primary {
			primaries[info.Purpose]++
		}
	}
	for _, purpose := range purposes() {
		if primaries[purpose] != 1 {
			t.Errorf("%s has %d primary keys", purpose, primaries[purpose])
		}
	}
	if total[PurposeSeal] != 2 || total[PurposeCode] != 2 || total[PurposePepper] != 1 {
		t.Errorf("keys by purpose: %v", total)
	}
}

func TestFingerprintKeyCannotBeRotated(t *testing.T) {
	keyset := newKeyset(t)
	if _, err := keyset.Rotate(PurposeFingerprint, noon()); err == nil || !strings.Contains(err.Error(), "cannot be rotated") {
		t.Errorf("Rotate: %v", err)
	}
	if _, _, err := keyset.Add(PurposeFingerprint, noon()); err == nil {
		t.Error("Add went through")
	}
	if _, err := keyset.Rotate("tea", noon()); err == nil {
		t.Error("an unknown purpose was rotated")
	}
}

// Two replicas restart one after the other: at each moment either can open what the other seals.
func TestRotationAmongReplicasInTwoSteps(t *testing.T) {
	old := newKeyset(t)
	added, id, err := old.Add(PurposeSeal, noon())
	if err != nil {
		t.Fatal(err)
	}
	promoted, err := added.Promote(PurposeSeal, id)
	if err != nil {
		t.Fatal(err)
	}
	where := Where{"a", "b", "c"}
	for _, pair := range [][2]*Keyset{{old, added}, {added, old}, {added, promoted}, {promoted, added}} {
		sealed, err := pair[0].Seal([]byte("x"), where)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pair[1].Open(sealed, where); err != nil {
			t.Error(err)
		}
	}
	if _, err := old.Promote(PurposeSeal, id); err == nil {
		t.Error("promoted a key that is not there")
	}
}

func TestKeysetFileRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset")
	keyset := newKeyset(t)
	if err := keyset.WriteNew(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if err := newKeyset(t).WriteNew(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("WriteNew over a file: %v", err)
	}
	read, err := ReadKeyset(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(read.List()), fmt.Sprint(keyset.List()); got != want {
		t.Errorf("read %s, wrote %s", got, want)
	}
	if !bytes.Equal(read.Fingerprint("email", "a@b"), keyset.Fingerprint("email", "a@b")) {
		t.Error("the fingerprint changed on its way through the file")
	}
}

func TestReplaceNeverLosesAKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset")
	keyset := newKeyset(t)
	first, second := rotate(t, keyset, PurposeSeal), rotate(t, keyset, PurposeSeal)
	for i, step := range []struct {
		write func(string) error
		fails bool
	}{{keyset.WriteNew, false}, {first.Replace, false}, {second.Replace, true}, {keyset.Replace, true}, {newKeyset(t).Replace, true}} {
		if err := step.write(path); (err != nil) != step.fails {
			t.Errorf("step %d: %v", i, err)
		}
	}
	read, err := ReadKeyset(path)
	if err != nil || fmt.Sprint(read.List()) != fmt.Sprint(first.List()) {
		t.Errorf("the file is not the first rotation's: %v", err)
	}
	info, _ := os.Stat(path)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".keyset-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestReadKeysetRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset")
	if err := newKeyset(t).WriteNew(path); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file keysetFile
	if err := json.Unmarshal(good, &file); err != nil {
		t.Fatal(err)
	}
	without := func(change func(*keysetFile)) string {
		changed := keysetFile{Version: file.Version, Keys: append([]keysetFileKey(nil), file.Keys...)}
		change(&changed)
		text, _ := json.Marshal(changed)
		return string(text)
	}
	for name, test := range map[string]struct {
		text string
		says string
	}{
		"empty file":       {"", "cannot be read"},
		"unknown field":    {strings.Replace(string(good), `"version"`, `"colour": 1, "version"`, 1), "unknown field"},
		"unknown version":  {without(func(f *keysetFile) { f.Version = 2 }), "version 2"},
		"missing purpose":  {without(func(f *keysetFile) { f.Keys = f.Keys[1:] }), "no key for seal"},
		"unknown purpose":  {without(func(f *keysetFile) { f.Keys[0].Purpose = "tea" }), `"tea"`},
		"no primary":       {without(func(f *keysetFile) { f.Keys[0].Primary = false }), "0 primary"},
		"two primaries":    {without(func(f *keysetFile) { k := f.Keys[0]; k.ID = "aaaaaaaa"; f.Keys = append(f.Keys, k) }), "2 primary"},
		"two fingerprints": {without(func(f *keysetFile) { k := f.Keys[1]; k.ID = "aaaaaaaa"; k.Primary = false; f.Keys = append(f.Keys, k) }), "2 keys"},
		"repeated id":      {without(func(f *keysetFile) { f.Keys[1].ID = f.Keys[0].ID }), "two keys"},
		"odd id":           {without(func(f *keysetFile) { f.Keys[0].ID = "a" }), "id"},
		"short key":        {without(func(f *keysetFile) { f.Keys[0].Key = f.Keys[0].Key[1:] }), "31 bytes"},
		"something behind": {string(good) + "{}", "after its end"},
	} {
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ReadKeyset(path)
		if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "gatehouse keys init") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o644} {
		_ = os.WriteFile(path, good, 0o600)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadKeyset(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
	_, err = ReadKeyset(path + "-not-there")
	if err == nil || !strings.Contains(err.Error(), "gatehouse keys init --keyset "+path+"-not-there") {
		t.Errorf("missing file: %v", err)
	}
}

// Nothing that holds a secret may show it, even inside a stranger's struct with unexported fields.
func TestNothingPrintsASecret(t *testing.T) {
	keyset := newKeyset(t)
	doc := document{entries: []entry{{ID: "x", PKCS8: []byte(strings.Repeat("S", 32))}}}
	for i, key := range keyset.keys {
		known, err := prepare([]byte(strings.Repeat("S", 32)), *key)
		if err != nil {
			t.Fatal(err)
		}
		keyset.keys[i] = known
	}
	seal := keyset.primary(PurposeSeal)
	ring := openRing(t, &memoryStore{}, keyset, noon())
	private := ring.current.Load().keys[0].private.(*ecdsa.PrivateKey)
	scalar, err := private.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	type stranger struct {
		open   any
		keyset *Keyset
		bare   Keyset
		ring   *Ring
		key    *ringKey
	}
	for name, value := range map[string]any{
		"keyset": keyset, "keyset value": *keyset, "secret": seal, "secret value": *seal, "ring": ring,
		"ring key": ring.current.Load().keys[0], "snapshot": ring.current.Load(), "document": doc,
		"stranger": stranger{keyset, keyset, *keyset, ring, ring.current.Load().keys[0]},
	} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "value", value)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "value", value)
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		out.Write(encoded)
		if name != "stranger" && !strings.Contains(out.String(), "[redacted]") {
			t.Errorf("%s prints no placeholder", name)
		}
		for _, leak := range []string{"SSSSSS", "83, 83, 83", "83 83 83", "535353", "0x53, 0x53", base64.StdEncoding.EncodeToString([]byte("SSSSSS")),
			new(big.Int).SetBytes(scalar).String(), hex.EncodeToString(scalar), strings.Trim(fmt.Sprint(scalar), "[]")} {
			if strings.Contains(out.String(), leak) {
				t.Errorf("%s prints its secret: %s", name, out.String())
			}
		}
	}
}
