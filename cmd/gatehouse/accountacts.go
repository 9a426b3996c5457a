package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/identifier"
)

// oneAccount are the flags of commands about one account.
type oneAccount struct {
	Storage
	Name string `arg:"" name:"name" help:"Username, e-mail address that no other account has, or account id."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// find answers whose account the name means.
func (c oneAccount) find(ctx context.Context, store *opened) (provider.Account, error) {
	kind, canonical := identifier.SignInName(c.Name)
	found, err := store.FindAccounts(ctx, kind, canonical)
	if err != nil {
		return provider.Account{}, err
	}
	switch len(found) {
	case 0:
		found = []provider.AccountID{provider.AccountID(c.Name)}
	case 1:
	default:
		return provider.Account{}, fmt.Errorf("several accounts have the e-mail address %s: give a username, or an id (%s and perhaps more)", c.Name, joined(found))
	}
	a, err := store.Account(ctx, found[0])
	if errors.Is(err, provider.ErrNotFound) {
		return provider.Account{}, fmt.Errorf("nobody has the username, e-mail address or account id %q", c.Name)
	}
	return a, err
}

func joined(ids []provider.AccountID) string {
	text := ""
	for i, id := range ids {
		if i > 0 {
			text += ", "
		}
		text += string(id)
	}
	return text
}

func (c oneAccount) with(ctx context.Context, do func(*opened) error) error {
	store, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	return errors.Join(do(store), store.Close())
}

type accountShow struct{ oneAccount }

// Help is the example.
func (accountShow) Help() string {
	return "Example:\n\n  gatehouse account show --data /var/lib/gatehouse maria@example.org"
}

// Run shows.
func (c accountShow) Run(ctx context.Context, d desk) error {
	return c.with(ctx, func(store *opened) error {
		a, err := c.find(ctx, store)
		if err != nil {
			return err
		}
		return c.show(ctx, store, a, d.out)
	})
}

type accountDisable struct{ oneAccount }

// Help is the example.
func (accountDisable) Help() string {
	return `The account gets nothing any more, anywhere, from the next request on. Its sessions and grants are not ended: they work
again when it is enabled, as far as their own clocks allow.

Example:

  gatehouse account disable --data /var/lib/gatehouse maria`
}

// Run locks.
func (c accountDisable) Run(ctx context.Context, d desk) error {
	return c.setStatus(ctx, d, provider.Locked)
}

type accountEnable struct{ oneAccount }

// Help is the example.
func (accountEnable) Help() string {
	return "Example:\n\n  gatehouse account enable --data /var/lib/gatehouse maria"
}

// Run opens again.
func (c accountEnable) Run(ctx context.Context, d desk) error {
	return c.setStatus(ctx, d, provider.Active)
}

func (c oneAccount) setStatus(ctx context.Context, d desk, to provider.AccountStatus) error {
	return c.with(ctx, func(store *opened) error {
		var a provider.Account
		err := again(func() (err error) {
			a, err = c.find(ctx, store)
			if err != nil || a.Status == to {
				return err
			}
			if a.Status == provider.Closed {
				return fmt.Errorf("account %s is closed, which is for good: make a new one", a.ID)
			}
			at, from := now(), a.Status
			a.Status, a.StatusAt, a.UpdatedAt = to, at, at
			event := audit.AccountEnabled(at, a.ID, from, audit.Operator)
			if to != provider.Active {
				event = audit.AccountDisabled(at, a.ID, from, to, audit.Operator)
			}
			return store.UpdateAccount(ctx, a, event)
		})
		if err != nil {
			return err
		}
		return c.show(ctx, store, a, d.out)
	})
}

type accountUnlock struct{ oneAccount }

// Help is the example.
func (accountUnlock) Help() string {
	return `After too many failures, browsers that the account does not know may not try to sign in for a while, or not before the owner
opens the link that was sent to them. This lets them try again at once; be sure who asks. Browsers that the account knows, and
passkeys, were never held back.

Example:

  gatehouse account unlock --data /var/lib/gatehouse maria`
}

// Run unlocks.
func (c accountUnlock) Run(ctx context.Context, d desk) error {
	return c.with(ctx, func(store *opened) error {
		a, err := c.find(ctx, store)
		if err != nil {
			return err
		}
		lane, at := provider.StrangersLane(a.ID), now()
		state, err := store.Lane(ctx, lane)
		if err != nil {
			return err
		}
		err = store.UnlockLane(ctx, lane, at, audit.LaneUnlocked(at, a.ID, viewStrangers(state, at).word(), audit.Operator))
		if err != nil {
			return err
		}
		if err := c.unlockReset(ctx, store, a.ID, at); err != nil {
			return err
		}
		return c.show(ctx, store, a, d.out)
	})
}

// unlockReset opens the lane of the second proof of a reset as well, where anybody has failed there.
func (accountUnlock) unlockReset(ctx context.Context, store *opened, id provider.AccountID, at time.Time) error {
	lane := provider.ResetLane(id)
	state, err := store.Lane(ctx, lane)
	if err != nil || state == (provider.LaneState{}) {
		return err
	}
	return store.UnlockLane(ctx, lane, at, audit.LaneUnlocked(at, id, viewStrangers(state, at).word(), audit.Operator))
}

type accountMustChange struct {
	oneAccount
	Reason string `name:"reason" enum:"leaked,asked,expired" default:"asked" placeholder:"WHY" help:"What the person is told: leaked, asked or expired."`
}

// Help is the example.
func (accountMustChange) Help() string {
	return `The gate stays shut for the account until its owner has signed in and set a new password.

Example:

  gatehouse account must-change --data /var/lib/gatehouse --reason leaked maria`
}

// Run asks for a new password.
func (c accountMustChange) Run(ctx context.Context, d desk) error {
	return c.with(ctx, func(store *opened) error {
		a, err := c.find(ctx, store)
		if err != nil {
			return err
		}
		err = again(func() error {
			all, err := store.Authenticators(ctx, a.ID)
			if err != nil {
				return err
			}
			held, ok := provider.Held(all, provider.Password)
			if !ok {
				return fmt.Errorf("account %s has no password", a.ID)
			}
			if held.ChangeOwed == c.Reason {
				return nil
			}
			held.ChangeOwed = c.Reason
			return store.SaveAuthenticator(ctx, held, audit.PasswordChangeOwed(now(), a.ID, c.Reason, audit.Operator))
		})
		if err != nil {
			return err
		}
		return c.show(ctx, store, a, d.out)
	})
}
