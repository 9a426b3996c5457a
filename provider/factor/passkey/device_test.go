package passkey

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"maps"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"gatehouse/keys"
	"gatehouse/provider"
)

const (
	rpID     = "id.example"
	origin   = "https://id.example"
	ceremony = "ceremony-1"
	alice    = provider.AccountID("a1iceA1iceA1iceA1iceA1")
	bob      = provider.AccountID("b0bB0bB0bB0bB0bB0bB0bB")
)

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newRP(t testing.TB) *RP {
	t.Helper()
	keyset, err := keys.NewKeyset(noon())
	must(t, err)
	return withKeys(t, keyset)
}

func withKeys(t testing.TB, k Keys) *RP {
	t.Helper()
	p, err := New(Config{ID: rpID, Name: "Example Clinic", Origins: []string{origin}, Keys: k})
	must(t, err)
	return p
}

// device is an authenticator and a browser in one, of which every byte can be told. It knows nothing of the library that checks.
type device struct {
	id     []byte
	key    crypto.Signer
	flags  byte
	count  uint32
	aaguid [16]byte
	handle []byte
	format string // of the attestation: none, or packed by its own key
}

const (
	flagPresent  = 1 << 0
	flagVerified = 1 << 2
	flagEligible = 1 << 3
	flagBacked   = 1 << 4
	flagAttested = 1 << 6
)

func newDevice(t testing.TB) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return &device{id: []byte("credential of this device"), key: key, flags: flagPresent | flagVerified, handle: []byte(alice), format: "none"}
}

// cose is the public key (RFC 9052, 7).
func (d *device) cose(t testing.TB) []byte {
	t.Helper()
	var members map[int]any
	switch pub := d.key.Public().(type) {
	case *ecdsa.PublicKey:
		point, err := pub.Bytes()
		must(t, err)
		members = map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]}
	case ed25519.PublicKey:
		members = map[int]any{1: 1, 3: -8, -1: 6, -2: []byte(pub)}
	case *rsa.PublicKey:
		members = map[int]any{1: 3, 3: -257, -1: pub.N.Bytes(), -2: []byte{1, 0, 1}}
	}
	return encode(t, members)
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	b, err := webauthncbor.Marshal(v)
	must(t, err)
	return b
}

func (d *device) sign(t testing.TB, over []byte) []byte {
	t.Helper()
	var opts crypto.SignerOpts = crypto.SHA256
	digest := sha256.Sum256(over)
	input := digest[:]
	if _, ok := d.key.(ed25519.PrivateKey); ok {
		input, opts = over, crypto.Hash(0)
	}
	sig, err := d.key.Sign(rand.Reader, input, opts)
	must(t, err)
	return sig
}

// said is what a response is made of, before it is signed.
type said struct {
	client map[string]any // clientDataJSON
	raw    string         // in its place, if not ""
	data   []byte         // authenticator data
	outer  map[string]any // members of the response that replace those made
	inner  map[string]any // members of response.response, likewise
}

func (s said) clientData(t testing.TB) []byte {
	t.Helper()
	if s.raw != "" {
		return []byte(s.raw)
	}
	client, err := json.Marshal(s.client)
	must(t, err)
	return client
}

func (d *device) authData(rp string, attested []byte) []byte {
	hash := sha256.Sum256([]byte(rp))
	out := append(hash[:], d.flags)
	out = binary.BigEndian.AppendUint32(out, d.count)
	if attested != nil {
		out[32] |= flagAttested
	}
	return append(out, attested...)
}

// answer is the JSON of an authentication response to request options, changed before it is signed.
func (d *device) answer(t testing.TB, options string, change ...func(*said)) string {
	t.Helper()
	s := said{client: clientData("webauthn.get", options), data: d.authData(rpID, nil)}
	for _, f := range change {
		f(&s)
	}
	client := s.clientData(t)
	hash := sha256.Sum256(client)
	inner := map[string]any{
		"clientDataJSON": b64(client), "authenticatorData": b64(s.data),
		"signature": b64(d.sign(t, append(bytes.Clone(s.data), hash[:]...))),
	}
	if d.handle != nil {
		inner["userHandle"] = b64(d.handle)
	}
	return d.wrap(t, s, inner)
}

// create is the JSON of a registration response to creation options, changed before it is signed.
func (d *device) create(t testing.TB, options string, change ...func(*said)) string {
	t.Helper()
	attested := binary.BigEndian.AppendUint16(d.aaguid[:], uint16(len(d.id)))
	attested = append(append(attested, d.id...), d.cose(t)...)
	s := said{client: clientData("webauthn.create", options), data: d.authData(rpID, attested)}
	for _, f := range change {
		f(&s)
	}
	client := s.clientData(t)
	statement := map[string]any{}
	if d.format == "packed" {
		hash := sha256.Sum256(client)
		statement = map[string]any{"alg": -7, "sig": d.sign(t, append(bytes.Clone(s.data), hash[:]...))}
	}
	object := encode(t, map[string]any{"fmt": d.format, "attStmt": statement, "authData": s.data})
	return d.wrap(t, s, map[string]any{
		"clientDataJSON": b64(client), "attestationObject": b64(object), "transports": []string{"internal", "hybrid"},
	})
}

func (d *device) wrap(t testing.TB, s said, inner map[string]any) string {
	t.Helper()
	maps.Copy(inner, s.inner)
	outer := map[string]any{"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "clientExtensionResults": map[string]any{}, "response": inner}
	maps.Copy(outer, s.outer)
	text, err := json.Marshal(outer)
	must(t, err)
	return string(text)
}

// clientData are what a browser puts together (WebAuthn 3, 5.8.1).
func clientData(kind, options string) map[string]any {
	var asked struct {
		Challenge string `json:"challenge"`
	}
	_ = json.Unmarshal([]byte(options), &asked)
	return map[string]any{"type": kind, "challenge": asked.Challenge, "origin": origin, "crossOrigin": false}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// bind registers the device for an account and answers the authenticator.
func bind(t testing.TB, p *RP, d *device, account provider.AccountID) provider.Authenticator {
	t.Helper()
	options, err := p.Creation(ceremony, account, "alice", nil, noon())
	must(t, err)
	made, err := p.Register(context.Background(), ceremony, account, d.create(t, options), noon())
	must(t, err)
	return provider.Authenticator{ID: "pk-" + string(account), Account: account, Kind: provider.Passkey, Data: made.Data}
}

// holds finds what accounts hold; it is the caller's store.
func holds(all ...provider.Authenticator) Find {
	return func(_ context.Context, account provider.AccountID) ([]provider.Authenticator, error) {
		var of []provider.Authenticator
		for _, a := range all {
			if a.Account == account {
				of = append(of, a)
			}
		}
		return of, nil
	}
}

// request makes request options for what is held.
func request(t testing.TB, p *RP, onlyFactor bool, held ...provider.Authenticator) string {
	t.Helper()
	options, err := p.Request(ceremony, held, onlyFactor, noon())
	must(t, err)
	return options
}

func verify(p *RP, response string, find Find) (Verified, error) {
	return p.Verify(context.Background(), ceremony, response, find, noon().Add(time.Minute))
}
