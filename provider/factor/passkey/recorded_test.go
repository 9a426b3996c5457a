package passkey

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	"gatehouse/provider"
)

// sumKeys make the challenges of the recording again: a keyset has secrets, and those are not kept in a repository.
type sumKeys struct{}

func (sumKeys) MAC(purpose string, parts ...[]byte) (string, []byte) {
	h := sha256.New()
	h.Write([]byte(purpose))
	for _, part := range parts {
		h.Write([]byte{byte(len(part))})
		h.Write(part)
	}
	return "sum", h.Sum(nil)
}

func (k sumKeys) CheckMAC(purpose, keyID string, mac []byte, parts ...[]byte) bool {
	_, want := k.MAC(purpose, parts...)
	return keyID == "sum" && subtle.ConstantTimeCompare(mac, want) == 1
}

// testdata/chromium.json is what Chromium 156 answered to options of this package, with its virtual authenticator.
func TestWhatChromiumSaidStillVerifies(t *testing.T) {
	text, err := os.ReadFile("testdata/chromium.json")
	must(t, err)
	var recorded struct{ Created, Used json.RawMessage }
	must(t, json.Unmarshal(text, &recorded))
	at := noon().Add(time.Minute)
	rp := func(origin string) *RP {
		p, err := New(Config{ID: "localhost", Name: "Example Clinic", Origins: []string{origin}, Keys: sumKeys{}})
		must(t, err)
		return p
	}
	p := rp("http://localhost:8080")
	made, err := p.Register(context.Background(), ceremony, alice, string(recorded.Created), at)
	must(t, err)
	held := provider.Authenticator{ID: "pk", Account: alice, Kind: provider.Passkey, Data: made.Data}
	v, err := p.Verify(context.Background(), ceremony, string(recorded.Used), holds(held), at)
	must(t, err)
	if !made.UserVerified || !v.UserVerified || v.Cloned || v.Authenticator.ID != "pk" || v.Fresh == nil {
		t.Errorf("made %+v, used %+v", made, v)
	}
	if _, err := rp("http://localhost:8081").Verify(context.Background(), ceremony, string(recorded.Used), holds(held), at); !errors.Is(err, ErrResponse) {
		t.Errorf("at another port: %v", err)
	}
}
