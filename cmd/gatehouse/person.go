package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/identifier"
	"gatehouse/provider/signin"
)

// person is somebody to make an account for. What an operator enters counts as verified.
type person struct {
	username, email, phone, password string
	profile                          provider.Profile
	more                             func(provider.AccountID) []provider.Authenticator // what else they hold; nil: nothing
}

// also is what else the person holds.
func (p person) also(a provider.Account, now time.Time) []provider.Authenticator {
	if p.more == nil {
		return nil
	}
	held := p.more(a.ID)
	for i := range held {
		held[i].ID, held[i].Account, held[i].CreatedAt = provider.NewID(), a.ID, now
	}
	return held
}

// account is the account, with all faults of its identifiers at once.
func (p person) account(now time.Time) (provider.Account, error) {
	a := provider.Account{
		ID: provider.AccountID(provider.NewID()), Status: provider.Active, StatusAt: now, Profile: p.profile,
		CreatedAt: now, UpdatedAt: now,
	}
	var faults []error
	add := func(kind provider.IdentifierKind, value string, canonical func(string) (string, error)) {
		if value == "" {
			return
		}
		form, err := canonical(value)
		if err != nil {
			faults = append(faults, fmt.Errorf("--%s %q: %w", kind, value, inWords(err)))
			return
		}
		a.Identifiers = append(a.Identifiers, provider.Identifier{Kind: kind, Value: value, Canonical: form, VerifiedAt: now})
	}
	add(provider.Username, p.username, identifier.Username)
	add(provider.Email, p.email, identifier.Email)
	add(provider.Phone, p.phone, identifier.Phone)
	if p.username == "" && p.email == "" {
		faults = append(faults, errors.New("a person needs a name to sign in with: --username, or an --email of their own"))
	}
	return a, errors.Join(faults...)
}

// enroller makes accounts.
type enroller struct {
	store  provider.Store
	hasher *password.Hasher
	policy password.Policy
	brand  []string
	seeds  seedKeysOf // dev only
}

// enroll makes an account with its password and answers how strong that is. owed is why it must be changed at once, "" for
// not at all.
func (e enroller) enroll(ctx context.Context, p person, owed string, now time.Time) (provider.Account, password.Word, error) {
	a, err := p.account(now)
	own := append(signin.OwnWords(a), e.brand...)
	if fault := e.policy.Check(p.password, password.Context{Own: own}); fault != nil {
		err = errors.Join(err, fmt.Errorf("password: %w", inWords(fault)))
	}
	if err != nil {
		return provider.Account{}, "", usageError{err}
	}
	if err := e.free(ctx, p, a); err != nil {
		return provider.Account{}, "", err
	}
	encoded, err := e.hasher.Hash(ctx, p.password)
	if err != nil {
		return provider.Account{}, "", err
	}
	held := append([]provider.Authenticator{{
		ID: provider.NewID(), Account: a.ID, Kind: provider.Password, Data: []byte(encoded), ChangeOwed: owed, CreatedAt: now,
	}}, addressed(a, now)...)
	held = append(held, p.also(a, now)...)
	err = e.store.CreateAccount(ctx, a, held, audit.AccountCreated(now, a.ID, audit.Operator))
	if errors.Is(err, provider.ErrTaken) {
		return provider.Account{}, "", taken(p.username)
	}
	return a, password.Strength(p.password, own), err
}

// addressed are the ways to get a code that an account has by its addresses: an operator who enters them vouches for them.
func addressed(a provider.Account, now time.Time) []provider.Authenticator {
	var held []provider.Authenticator
	for _, id := range a.Identifiers {
		to, kind := oob.Address{To: id.Value}, provider.EmailCode
		switch id.Kind {
		case provider.Email:
		case provider.Phone:
			to.To, kind = id.Canonical, provider.TextCode
		default:
			continue
		}
		held = append(held, provider.Authenticator{ID: provider.NewID(), Account: a.ID, Kind: kind, Data: oob.Encode(to), CreatedAt: now})
	}
	return held
}

// free refuses an account that nobody could sign in to, and one by which somebody else could not any more: an e-mail address that
// several have is no sign-in name.
func (e enroller) free(ctx context.Context, p person, a provider.Account) error {
	err := checkAddress(ctx, e.store, a)
	switch {
	case errors.Is(err, errSharedName):
		return fmt.Errorf("another account has the e-mail address %s, so it is no name to sign in with: give a --username too", p.email)
	case errors.Is(err, errOnlyName):
		return fmt.Errorf("the e-mail address %s is the only name that another account signs in with: leave --email out, or give that one a username first", p.email)
	}
	return err
}

var (
	errSharedName = errors.New("email: another account has it, so it is no name to sign in with: a username is needed")
	errOnlyName   = errors.New("email: it is the only name that another account signs in with: leave it out, or give that one a username first")
)

// checkAddress says whether an account may have its e-mail address: errSharedName, where it is its only name and somebody else's,
// too; errOnlyName, where it is the only name of somebody else. It may be unverified: its owner could verify it any day.
func checkAddress(ctx context.Context, store provider.Accounts, a provider.Account) error {
	address, ok := a.Identifier(provider.Email)
	if !ok {
		return nil
	}
	_, named := a.Identifier(provider.Username)
	others, err := store.FindAccounts(ctx, provider.Email, address.Canonical)
	if err != nil {
		return err
	}
	for _, id := range others {
		if id == a.ID {
			continue
		}
		if !named {
			return errSharedName
		}
		other, err := store.Account(ctx, id)
		if err != nil && !errors.Is(err, provider.ErrNotFound) {
			return err
		}
		if _, also := other.Identifier(provider.Username); err == nil && !also {
			return errOnlyName
		}
	}
	return nil
}

func taken(username string) error {
	return fmt.Errorf("the username %q belongs to another account: choose another with --username (gatehouse account show %s tells whose it is)", username, username)
}
