package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	otp "github.com/pquerna/otp/totp"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/lookup"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/factor/totp"
)

// person is a patient with all that they hold. The password is everybody's.
type person struct {
	id       provider.AccountID
	username string
	email    string
	app      string   // secret of the authenticator app, base32
	sheet    []string // recovery codes
	key      *ecdsa.PrivateKey
	keyID    []byte
}

// holds adds an authenticator to a person who is being made.
type holds func(*site, *person) (provider.Authenticator, error)

func byEmail(_ *site, p *person) (provider.Authenticator, error) {
	return provider.Authenticator{Kind: provider.EmailCode, Data: oob.Encode(oob.Address{To: p.email})}, nil
}

func byApp(s *site, p *person) (provider.Authenticator, error) {
	seed := totp.SeedFor(s.keyset, "attack", string(p.id))
	p.app = strings.ReplaceAll(seed.Groups(), " ", "")
	return provider.Authenticator{Kind: provider.TOTP, Data: totp.Encode(seed)}, nil
}

func bySheet(s *site, p *person) (provider.Authenticator, error) {
	p.sheet = lookup.SheetFor(s.keyset, "attack", string(p.id))
	return provider.Authenticator{Kind: provider.RecoveryCode, Data: lookup.Encode(s.keyset, p.sheet)}, nil
}

func byPasskey(_ *site, p *person) (provider.Authenticator, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return provider.Authenticator{}, err
	}
	id := sha256.Sum256([]byte(p.id))
	p.key, p.keyID = key, id[:16]
	data, err := passkey.Encode(p.keyID, &key.PublicKey)
	return provider.Authenticator{Kind: provider.Passkey, Data: data}, err
}

// person makes one. Everybody has a username, an e-mail address of their own and a password.
func (s *site) person(ctx context.Context, more ...holds) (*person, error) {
	now := time.Now().Truncate(time.Microsecond)
	name := fmt.Sprintf("patient-%d-%s", s.people.Add(1), strings.ToLower(provider.NewID()[:4]))
	p := &person{id: provider.AccountID(provider.NewID()), username: name, email: name + "@mail.example"}
	held := []provider.Authenticator{{Kind: provider.Password, Data: []byte(s.encoded)}}
	for _, add := range more {
		a, err := add(s, p)
		if err != nil {
			return nil, err
		}
		held = append(held, a)
	}
	for i := range held {
		held[i].ID, held[i].Account, held[i].CreatedAt = provider.NewID(), p.id, now
	}
	a := provider.Account{
		ID: p.id, Status: provider.Active, StatusAt: now, CreatedAt: now, UpdatedAt: now,
		Profile: provider.Profile{GivenName: "Ana", Locale: "en"},
		Identifiers: []provider.Identifier{
			{Kind: provider.Username, Value: p.username, Canonical: p.username, VerifiedAt: now},
			{Kind: provider.Email, Value: p.email, Canonical: p.email, VerifiedAt: now},
		},
	}
	return p, s.store.CreateAccount(ctx, a, held, audit.AccountCreated(now, p.id, audit.Operator))
}

// code is that of the person's app now.
func (p *person) code() (string, error) { return otp.GenerateCode(p.app, time.Now()) }

// evaluated is how many wrong secrets of a kind were looked at since the last right one: failures are counted where a secret
// was compared, and nowhere else.
func (s *site) evaluated(ctx context.Context, p *person, kind provider.Kind) (int, error) {
	all, err := s.store.Authenticators(ctx, p.id)
	if err != nil {
		return 0, err
	}
	held, _ := provider.Held(all, kind)
	return held.Failures, nil
}

// flags of authenticator data (WebAuthn 3, 6.1): the user was there and verified, the key may be backed up and is.
const flags = 0x01 | 0x04 | 0x08 | 0x10

// sign answers the options of a page as the browser of a synced passkey's owner does (WebAuthn 3, 6.3.3).
func (p *person) sign(options string) (string, error) {
	var asked struct {
		Challenge string `json:"challenge"`
		RPID      string `json:"rpId"`
	}
	if err := json.Unmarshal([]byte(options), &asked); err != nil {
		return "", err
	}
	said, err := json.Marshal(map[string]any{"type": "webauthn.get", "challenge": asked.Challenge, "origin": issuer, "crossOrigin": false})
	if err != nil {
		return "", err
	}
	party, hash := sha256.Sum256([]byte(asked.RPID)), sha256.Sum256(said)
	data := append(party[:], flags, 0, 0, 0, 0) // a synced key counts nothing
	signed := sha256.Sum256(append(data[:len(data):len(data)], hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, p.key, signed[:])
	if err != nil {
		return "", err
	}
	response, err := json.Marshal(map[string]any{
		"id": url64(p.keyID), "rawId": url64(p.keyID), "type": "public-key", "clientExtensionResults": struct{}{},
		"response": map[string]string{
			"authenticatorData": url64(data), "clientDataJSON": url64(said), "signature": url64(signature), "userHandle": url64([]byte(p.id)),
		},
	})
	return string(response), err
}

func url64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
