package keys

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

const testType = "test+jwt"

func TestTheAuditKeyOutlivesEveryRotation(t *testing.T) {
	keyset := newKeyset(t)
	key := keyset.AuditKey()
	for _, purpose := range purposes() {
		if purpose != PurposeFingerprint && rotate(t, keyset, purpose).AuditKey().ID() != key.ID() {
			t.Errorf("it changes with the key for %s", purpose)
		}
	}
	if newKeyset(t).AuditKey().ID() == key.ID() {
		t.Error("two houses have one key")
	}
}

func TestWhatTheAuditKeySignsIsReadByAnotherLibrary(t *testing.T) {
	key := newKeyset(t).AuditKey()
	token, err := key.Sign(testType, []byte(`{"n":1}`))
	if err != nil {
		t.Fatal(err)
	}
	read, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := read.Verify(key.Public())
	if err != nil || string(payload) != `{"n":1}` || read.Signatures[0].Header.KeyID != key.ID() {
		t.Errorf("%s, %v", payload, err)
	}
}

func TestOpenAuditTakesNothingElse(t *testing.T) {
	key, stranger := newKeyset(t).AuditKey(), newKeyset(t).AuditKey()
	token, _ := key.Sign(testType, []byte(`{"n":1}`))
	if payload, err := OpenAudit(key.Public(), testType, token); err != nil || string(payload) != `{"n":1}` {
		t.Fatalf("%s, %v", payload, err)
	}
	parts := strings.Split(token, ".")
	theirs, _ := stranger.Sign(testType, []byte(`{"n":1}`))
	other, _ := key.Sign("other+jwt", []byte(`{"n":1}`))
	renamed := parts[0] + "." + parts[1] + "." + strings.Split(theirs, ".")[2]
	for name, bad := range map[string]string{
		"nothing": "", "dots": "..", "another key": theirs, "another type": other, "another's signature": renamed,
		"another payload": parts[0] + ".eyJuIjoyfQ." + parts[2], "no signature": parts[0] + "." + parts[1] + ".",
		"a part more": token + ".", "padded": token + "=", "too long": token + strings.Repeat("A", maxToken),
	} {
		if _, err := OpenAudit(key.Public(), testType, bad); !errors.Is(err, ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := key.Sign("", nil); err == nil {
		t.Error("signed without a type")
	}
	if _, err := key.Sign(testType, make([]byte, maxToken)); err == nil {
		t.Error("signed too much")
	}
	if text := fmt.Sprintf("%v %+v %#v", key, key, key); strings.Count(text, redactedText) != 3 {
		t.Error(text)
	}
}
