package passkey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"

	"gatehouse/provider"
)

func TestAPasskeyMadeElsewhereSignsInAndNothingIsSaved(t *testing.T) {
	p, d := newRP(t), newDevice(t)
	d.flags |= flagEligible | flagBacked
	data, err := Encode(d.id, d.key.Public().(*ecdsa.PublicKey))
	must(t, err)
	held := provider.Authenticator{ID: "pk", Account: alice, Kind: provider.Passkey, Data: data}
	v, err := verify(p, d.answer(t, request(t, p, true)), holds(held))
	must(t, err)
	if !v.UserVerified || !v.Synced || v.Backed || v.Cloned || v.Fresh != nil {
		t.Errorf("%+v", v)
	}
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(t, err)
	if _, err := Encode(d.id, &other.PublicKey); err == nil {
		t.Error("a key of another curve was encoded")
	}
}
