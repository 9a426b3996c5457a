package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
)

// key is a passkey made of software: its credential id, and a private key of P-256.
type key struct {
	ID  []byte `json:"id"`
	Key []byte `json:"key"`
}

// flags of authenticator data (WebAuthn 3, 6.1): the user was there and verified, the key is eligible for backup and backed up.
const flags = 0x01 | 0x04 | 0x08 | 0x10

// sign answers the options of a page as the browser of a synced passkey's owner does (WebAuthn 3, 6.3.3).
func (l *login) sign(origin, options string) (string, error) {
	var asked struct {
		Challenge string `json:"challenge"`
		RPID      string `json:"rpId"`
	}
	if err := json.Unmarshal([]byte(options), &asked); err != nil {
		return "", err
	}
	said, err := json.Marshal(map[string]any{"type": "webauthn.get", "challenge": asked.Challenge, "origin": origin, "crossOrigin": false})
	if err != nil {
		return "", err
	}
	party, hash := sha256.Sum256([]byte(asked.RPID)), sha256.Sum256(said)
	data := append(party[:], flags, 0, 0, 0, 0) // a synced key counts nothing
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), l.Passkey.Key)
	if err != nil {
		return "", err
	}
	signed := sha256.Sum256(append(data[:len(data):len(data)], hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, private, signed[:])
	if err != nil {
		return "", err
	}
	response, err := json.Marshal(map[string]any{
		"id": url64(l.Passkey.ID), "rawId": url64(l.Passkey.ID), "type": "public-key", "clientExtensionResults": struct{}{},
		"response": map[string]string{
			"authenticatorData": url64(data), "clientDataJSON": url64(said), "signature": url64(signature), "userHandle": url64([]byte(l.ID)),
		},
	})
	return string(response), err
}

func url64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
