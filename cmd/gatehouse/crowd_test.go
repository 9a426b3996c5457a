package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

func TestEverybodyOfACrowdSignsInAndIsTheSameAtTheNextStart(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	f := startDev(t, data, "--people", "3", "--insecure-hashing")
	if len(f.Crowd) != 3 {
		t.Fatalf("%+v", f.Crowd)
	}
	b, mail := newBrowser(t), f.Crowd[0]
	if p := b.signInByEmail(b.get(f.Portal+"/records/login"), f.Inbox, mail.Username, mail.Password, mail.Email); !strings.Contains(p.text, "Ofmany") {
		t.Errorf("by e-mail: %s: %d %s", p.at, p.status, p.text)
	}
	b, app := newBrowser(t), f.Crowd[1]
	code, err := totp.GenerateCode(app.TOTPSecret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	p := b.signIn(b.get(f.Portal+"/records/login"), app.Username, app.Password)
	if p = b.submit(p, "totp", url.Values{"code": {code}}); !strings.Contains(p.text, "Ofmany") {
		t.Errorf("by app: %s: %d %s", p.at, p.status, p.text)
	}
	b = newBrowser(t)
	p = b.get(f.Portal + "/records/login")
	if p = b.submit(p, "passkey", url.Values{"response": {f.Crowd[2].asserts(t, f.Issuer, p)}}); !strings.Contains(p.text, "Ofmany") {
		t.Errorf("by passkey: %s: %d %s", p.at, p.status, p.text)
	}
	f.end()
	again := startDev(t, data, "--people", "3", "--insecure-hashing")
	if !reflect.DeepEqual(again.Crowd, f.Crowd) {
		t.Errorf("%+v, was %+v", again.Crowd, f.Crowd)
	}
	again.end()
	if line := startDev(t, data).line; strings.Contains(line, "crowd") {
		t.Errorf("told without being asked: %s", line)
	}
}

// asserts answers the sign-in page as the owner's browser does (WebAuthn 3, 7.2).
func (l crowdLine) asserts(t *testing.T, origin string, p page) string {
	t.Helper()
	options := regexp.MustCompile(`data-options="([^"]+)"`).FindStringSubmatch(p.text)
	if options == nil {
		t.Fatalf("no passkey is asked for: %s", p.text)
	}
	asked := parsed[map[string]any](t, html.UnescapeString(options[1]))
	client, err := json.Marshal(map[string]any{"type": "webauthn.get", "challenge": asked["challenge"], "origin": origin})
	if err != nil {
		t.Fatal(err)
	}
	party, hash := sha256.Sum256([]byte("localhost")), sha256.Sum256(client)
	data := append(party[:], 0x1d, 0, 0, 0, 0) // present, verified, eligible for backup, backed up
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), l.Passkey.Key)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, private, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString
	said, err := json.Marshal(map[string]any{
		"id": text(l.Passkey.ID), "rawId": text(l.Passkey.ID), "type": "public-key",
		"response": map[string]string{
			"authenticatorData": text(data), "clientDataJSON": text(client), "signature": text(signature), "userHandle": text([]byte(l.Account)),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(said)
}
