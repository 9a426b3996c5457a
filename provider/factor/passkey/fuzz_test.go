package passkey

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

// FuzzVerify: whatever comes, the answer is a refusal or the passkey that is held, and never anything else.
func FuzzVerify(f *testing.F) {
	p, d := newRP(f), newDevice(f)
	held := bind(f, p, d, alice)
	f.Add(d.answer(f, request(f, p, true)))
	f.Add(d.answer(f, request(f, p, false, held)))
	f.Add(d.create(f, request(f, p, true)))
	f.Add(`{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"","signature":""}}`)
	f.Add("")
	f.Fuzz(func(t *testing.T, response string) {
		v, err := verify(p, response, holds(held))
		switch {
		case err == nil && (v.Authenticator.ID != held.ID || v.Challenge == "" || !strings.Contains(response, "signature")):
			t.Errorf("verified as %+v", v)
		case err != nil && !errors.Is(err, ErrResponse):
			t.Errorf("neither verified nor refused: %v", err)
		}
		if _, err := p.Unknown(response); err != nil {
			t.Errorf("signal: %v", err)
		}
	})
}

// FuzzRegister: whatever comes, the answer is a refusal or a passkey that can be read, described and asked for.
func FuzzRegister(f *testing.F) {
	p, d := newRP(f), newDevice(f)
	for _, format := range []string{"none", "packed"} {
		d.format = format
		options, err := p.Creation(ceremony, alice, "alice", nil, noon())
		must(f, err)
		f.Add(d.create(f, options))
	}
	f.Add(`{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUA"}}`)
	f.Fuzz(func(t *testing.T, response string) {
		made, err := p.Register(context.Background(), ceremony, alice, response, noon().Add(time.Minute))
		if err != nil {
			if !errors.Is(err, ErrResponse) {
				t.Errorf("neither made nor refused: %v", err)
			}
			return
		}
		if _, err := Describe(made.Data); err != nil {
			t.Errorf("made, and cannot be described: %v", err)
		}
		if _, err := p.Request(ceremony, []provider.Authenticator{{Kind: provider.Passkey, Account: alice, Data: made.Data}}, true, noon()); err != nil {
			t.Errorf("made, and cannot be asked for: %v", err)
		}
	})
}

// FuzzAttestation goes behind JSON and the challenge: what is fuzzed is the CBOR.
func FuzzAttestation(f *testing.F) {
	p, d := newRP(f), newDevice(f)
	options, err := p.Creation(ceremony, alice, "alice", nil, noon())
	must(f, err)
	for _, format := range []string{"none", "packed", "fido-u2f", "tpm", "apple", "android-key", "android-safetynet", "compound"} {
		f.Add(encode(f, map[string]any{"fmt": format, "attStmt": map[string]any{"alg": -7, "sig": []byte{1}, "ver": "2.0"}, "authData": d.authData(rpID, make([]byte, 90))}))
	}
	f.Fuzz(func(t *testing.T, object []byte) {
		response := d.create(t, options, inner("attestationObject", b64(object)))
		if _, err := p.Register(context.Background(), ceremony, alice, response, noon()); err != nil && !errors.Is(err, ErrResponse) {
			t.Errorf("neither made nor refused: %v", err)
		}
	})
}
