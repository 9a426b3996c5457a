package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/factor/password"
)

// kind is a sort of name that somebody may type. Names are e-mail addresses of one length, so that answers have one, too.
type kind struct {
	letter byte
	name   string
	status provider.AccountStatus // of its accounts; "" where it has none
	owners int                    // accounts that share the address
	keyed  bool                   // passkeys instead of passwords
	open   bool                   // an invitation was sent there, and not used
	over   string                 // of a code: how it was ended
}

// nobody is what all others are compared with.
func nobody() kind { return kind{letter: 'n', name: "nobody"} }

// kinds are all others.
func kinds() []kind {
	return []kind{
		{letter: 'k', name: "known", status: provider.Active, owners: 1},
		{letter: 'l', name: "locked by support", status: provider.Locked, owners: 1},
		{letter: 'c', name: "closed", status: provider.Closed, owners: 1},
		{letter: 'a', name: "not activated", open: true},
		{letter: 'p', name: "passkey only", status: provider.Active, owners: 1, keyed: true},
		{letter: 's', name: "shared e-mail", status: provider.Active, owners: 2},
	}
}

// codes are the kinds of activation codes; nobody's was sent to nobody.
func codes() []kind {
	return []kind{{letter: 'o', name: "open"}, {letter: 'u', name: "used", over: "used"}, {letter: 'r', name: "revoked", over: "revoked"}}
}

// types is the ith name of a kind.
func (k kind) types(i int) string { return fmt.Sprintf("%c%06d@example.org", k.letter, i) }

// seeder makes people of all kinds.
type seeder struct {
	store  provider.Store
	now    time.Time
	secret provider.Authenticator // of all: each row is sealed by itself
	key    provider.Authenticator
}

func newSeeder(ctx context.Context, store provider.Store, keyset *keys.Keyset, now time.Time) (seeder, error) {
	encoded, err := password.NewHasher(password.Params{}, keyset, nil).Hash(ctx, "quiet harbor morning light")
	if err != nil {
		return seeder{}, err
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return seeder{}, err
	}
	made, err := passkey.Encode([]byte(provider.NewID()), &private.PublicKey)
	return seeder{
		store: store, now: now,
		secret: provider.Authenticator{Kind: provider.Password, Data: []byte(encoded), CreatedAt: now},
		key:    provider.Authenticator{Kind: provider.Passkey, Data: made, CreatedAt: now},
	}, err
}

// seed makes so many of each kind.
func (s seeder) seed(ctx context.Context, each int) error {
	for _, k := range kinds() {
		for i := range each {
			if err := s.one(ctx, k, i); err != nil {
				return fmt.Errorf("%s: %w", k.types(i), err)
			}
		}
	}
	return nil
}

// invite makes so many invitations of each kind of codes, and answers their codes; those of nobody are kept nowhere.
func (s seeder) invite(ctx context.Context, keyset *keys.Keyset, each int) (map[byte][]string, error) {
	all := map[byte][]string{}
	for _, k := range append(codes(), nobody()) {
		var issues []provider.Issue
		for i := range each {
			made, err := activation.Issuer{Keys: keyset}.Invite(activation.Invitation{
				Record: fmt.Sprintf("MRN-%c%06d", k.letter, i), Relation: provider.Self, Silent: true,
				Facts: map[activation.Fact]string{activation.BirthDate: "1987-02-14"},
			}, audit.Operator, s.now)
			if err != nil {
				return nil, err
			}
			issues = append(issues, made.Issue)
			all[k.letter] = append(all[k.letter], made.Code)
		}
		if k == nobody() {
			continue
		}
		if err := s.store.IssueActivations(ctx, issues); err != nil {
			return nil, err
		}
		if err := s.end(ctx, k, issues); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// end ends invitations as their kind says.
func (s seeder) end(ctx context.Context, k kind, issues []provider.Issue) error {
	owner, err := s.store.FindAccounts(ctx, provider.Email, kinds()[0].types(0))
	for _, made := range issues {
		if err != nil {
			return err
		}
		switch k.over {
		case "used":
			err = s.store.JoinRecord(ctx, made.ID, s.now, owner[0], audit.RecordJoined(s.now, made.Activation, owner[0]))
		case "revoked":
			_, err = s.store.RevokeActivation(ctx, made.ID, "by_staff", s.now, audit.ActivationRevoked(s.now, made.Activation, "by_staff", audit.Operator))
		}
	}
	return err
}

func (s seeder) one(ctx context.Context, k kind, i int) error {
	for owner := range k.owners {
		if err := s.account(ctx, k, i, owner); err != nil {
			return err
		}
	}
	if !k.open {
		return nil
	}
	a := provider.Activation{
		ID: provider.NewID(), CodeHash: []byte(provider.NewSecret()), Record: "MRN-" + k.types(i), Relation: provider.Self,
		Contact:  provider.ActivationContact{Name: "Ana Ruiz", Email: k.types(i), Lang: "en"},
		IssuedAt: s.now, ExpiresAt: s.now.Add(90 * 24 * time.Hour),
	}
	return s.store.IssueActivations(ctx, []provider.Issue{{Activation: a, Event: audit.ActivationIssued(s.now, a, audit.Operator)}})
}

func (s seeder) account(ctx context.Context, k kind, i, owner int) error {
	id, name := provider.AccountID(provider.NewID()), fmt.Sprintf("person-%c%06d-%d", k.letter, i, owner)
	a := provider.Account{
		ID: id, Status: k.status, StatusAt: s.now, CreatedAt: s.now, UpdatedAt: s.now,
		Profile: provider.Profile{GivenName: "Ana", FamilyName: "Ruiz", Locale: "en"},
		Identifiers: []provider.Identifier{
			{Kind: provider.Username, Value: name, Canonical: name, VerifiedAt: s.now},
			{Kind: provider.Email, Value: k.types(i), Canonical: k.types(i), VerifiedAt: s.now},
		},
	}
	held := s.secret
	if k.keyed {
		held = s.key
	}
	held.ID, held.Account = provider.NewID(), id
	return s.store.CreateAccount(ctx, a, []provider.Authenticator{held}, audit.AccountCreated(s.now, id, audit.Operator))
}
