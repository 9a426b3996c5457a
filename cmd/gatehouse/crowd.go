package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"fmt"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/passkey"
)

// crowdPassword is everybody's of the crowd: many invented people, who are there to be measured with.
const crowdPassword = "copper meadow hums at noon"

// crowdLine is what dev tells about one of the crowd: all that a program needs to sign in as them.
type crowdLine struct {
	Username   string      `json:"username"`
	Password   string      `json:"password"`
	Account    string      `json:"account"`     // the user handle of the passkey
	Email      string      `json:"email"`       // "" for those who get no codes
	TOTPSecret string      `json:"totp_secret"` // base32; "" for those without an app
	Passkey    *crowdsKeys `json:"passkey"`     // nil for those without one
}

// crowdsKeys is a passkey made of software: its credential id, and the private key as P-256 scalar.
type crowdsKeys struct {
	ID  []byte `json:"id"`
	Key []byte `json:"key"`
}

// seedCrowd makes those of the first n who are not there yet, and tells about all. In turn they have an e-mail address for
// codes, an authenticator app and a passkey, each beside the password: whoever has one way is not asked to choose.
func seedCrowd(ctx context.Context, e enroller, n int, now time.Time) ([]crowdLine, error) {
	if n == 0 {
		return nil, nil
	}
	encoded, err := e.hasher.Hash(ctx, crowdPassword)
	if err != nil {
		return nil, err
	}
	var lines []crowdLine
	for i := range n {
		line, err := seedOne(ctx, e, i, encoded, now)
		if err != nil {
			return nil, fmt.Errorf("seeding a crowd: %w", err)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func seedOne(ctx context.Context, e enroller, i int, encoded string, now time.Time) (crowdLine, error) {
	p := person{username: fmt.Sprintf("crowd-%05d", i), profile: provider.Profile{GivenName: "One", FamilyName: "Ofmany", Locale: "en"}}
	line := crowdLine{Username: p.username, Password: crowdPassword}
	switch i % 3 {
	case 0:
		p.email = p.username + "@example.com"
	case 1:
		p.more = e.seeds.withApp
	case 2:
		p.more = e.seeds.withPasskey
	}
	line.Email = p.email
	id, err := e.known(ctx, p, encoded, now)
	if err != nil {
		return crowdLine{}, err
	}
	line.Account = string(id)
	switch i % 3 {
	case 1:
		line.TOTPSecret = typed(e.seeds.app(id))
	case 2:
		line.Passkey, err = e.seeds.told(id)
	}
	return line, err
}

// known is the account of one of the crowd, made where it is missing. Nothing is asked of the password, which is ours.
func (e enroller) known(ctx context.Context, p person, encoded string, now time.Time) (provider.AccountID, error) {
	found, err := e.store.FindAccounts(ctx, provider.Username, p.username)
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return found[0], nil
	}
	a, err := p.account(now)
	if err != nil {
		return "", err
	}
	held := append(addressed(a, now), p.also(a, now)...)
	held = append(held, provider.Authenticator{
		ID: provider.NewID(), Account: a.ID, Kind: provider.Password, Data: []byte(encoded), CreatedAt: now,
	})
	return a.ID, e.store.CreateAccount(ctx, a, held, audit.AccountCreated(now, a.ID, audit.Operator))
}

// key is the passkey of one of the crowd. One in 2^32 derived numbers is no P-256 key: an error.
func (k seedKeysOf) key(id provider.AccountID) (*ecdsa.PrivateKey, error) {
	_, mac := k.MAC(keys.PurposeCode, []byte("passkey of dev"), []byte(id))
	return ecdsa.ParseRawPrivateKey(elliptic.P256(), mac)
}

// credential is the id of such a passkey.
func credential(id provider.AccountID) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:16]
}

func (k seedKeysOf) told(id provider.AccountID) (*crowdsKeys, error) {
	key, err := k.key(id)
	if err != nil {
		return nil, err
	}
	raw, err := key.Bytes()
	return &crowdsKeys{ID: credential(id), Key: raw}, err
}

func (k seedKeysOf) withPasskey(id provider.AccountID) []provider.Authenticator {
	key, err := k.key(id)
	if err != nil {
		return nil // told says why
	}
	data, err := passkey.Encode(credential(id), &key.PublicKey)
	if err != nil {
		return nil
	}
	return []provider.Authenticator{{Kind: provider.Passkey, Data: data}}
}
