package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// gate is every state that shuts the gate, against everything that can be asked for.
func gate() []probe {
	const all = ": no code, refresh, introspection, claims, silent or resumed authorization"
	status := func(to provider.AccountStatus) func(context.Context, *site, *kept) error {
		return func(ctx context.Context, s *site, k *kept) error { return s.setStatus(ctx, k.person, to) }
	}
	return []probe{
		{"gate: locked", "an account that staff locked" + all, "gate-locked", false, shutBy(status(provider.Locked))},
		{"gate: paused", "an account that is paused" + all, "gate-paused", false, shutBy(status(provider.Paused))},
		{"gate: closed", "an account that is closed" + all, "gate-closed", false, shutBy(status(provider.Closed))},
		{"gate: change owed", "a password that must be changed" + all, "gate-owed", false, shutBy(owe)},
		{"gate: withdrawn", "a consent that was taken back" + all, "gate-consent", false, shutBy(withdraw)},
		{"gate: disabled", "an application out of use" + all, "gate-client", false, shutBy(disable)},
		{"gate: machine", "an application that acts for itself, out of use or with a token taken back: no token, and none is active", "gate-client", false, machine},
		{"gate: signed out", "a session that has ended, in a copy of its browser" + all, "gate-session", false, shutBy(signOut)},
	}
}

func (s *site) setStatus(ctx context.Context, p *person, to provider.AccountStatus) error {
	a, err := s.store.Account(ctx, p.id)
	if err != nil {
		return err
	}
	was := a.Status
	a.Status, a.StatusAt = to, time.Now().Truncate(time.Microsecond)
	return s.store.UpdateAccount(ctx, a, audit.AccountDisabled(time.Now(), p.id, was, to, audit.Operator))
}

func owe(ctx context.Context, s *site, k *kept) error {
	all, err := s.store.Authenticators(ctx, k.person.id)
	if err != nil {
		return err
	}
	held, _ := provider.Held(all, provider.Password)
	held.ChangeOwed = "leaked"
	return s.store.SaveAuthenticator(ctx, held, audit.PasswordChangeOwed(time.Now(), k.person.id, "leaked", audit.Operator))
}

func withdraw(ctx context.Context, s *site, k *kept) error {
	return s.store.WithdrawConsent(ctx, k.person.id, k.app.ID, audit.ConsentWithdrawn(time.Now(), k.person.id, k.app.ID))
}

func disable(ctx context.Context, s *site, k *kept) error {
	c, err := s.store.Client(ctx, k.app.ID)
	if err != nil {
		return err
	}
	c.DisabledAt = time.Now().Truncate(time.Microsecond)
	return s.store.UpdateClient(ctx, c, audit.ClientDisabled(time.Now(), c.ID))
}

func signOut(ctx context.Context, _ *site, k *kept) error {
	b := k.browser
	k.browser, k.half = b.twin(), nil // whoever begins a sign-in elsewhere is none of this
	k.offline = tokens{}              // it lives on: what it is for
	return b.leave(ctx)
}

// kept is all that somebody has of an application when the gate is shut.
type kept struct {
	person  *person
	app     app
	browser *browser
	tokens  tokens
	offline tokens   // that need no session: what ends sessions shuts nothing here, so the gate stands alone
	code    string   // that nobody redeemed yet
	half    *browser // a sign-in that has begun
	form    form     // with the password in it
}

func (s *site) keep(ctx context.Context) (*kept, error) {
	p, err := s.person(ctx)
	if err != nil {
		return nil, err
	}
	k := &kept{person: p, browser: s.browser(), half: s.browser()}
	k.app, err = s.application(ctx, fmt.Sprintf("shut-%d", s.people.Add(1)), func(c *provider.Client) { c.FirstParty = false })
	if err != nil {
		return nil, err
	}
	code, err := k.browser.signIn(ctx, p, k.app, "scope", "openid email offline_access", "prompt", "consent")
	if err != nil {
		return nil, err
	}
	var ok bool
	if k.offline, ok, err = s.redeem(ctx, k.app, code); !ok {
		return nil, errors.Join(errors.New("the code is not redeemed"), err)
	}
	if k.offline, ok, err = s.refresh(ctx, k.app, k.offline.Refresh); !ok {
		return nil, errors.Join(errors.New("no refresh without a session before"), err)
	}
	if code, err = k.silent(ctx); err != nil {
		return nil, err
	}
	if k.tokens, ok, err = s.redeem(ctx, k.app, code); !ok {
		return nil, errors.Join(errors.New("the code of a silent sign-on is not redeemed"), err)
	}
	if k.code, err = k.silent(ctx); err != nil {
		return nil, err
	}
	begun, err := k.half.get(ctx, k.app.address())
	if err != nil {
		return nil, err
	}
	k.form, err = begun.form("/password")
	k.form = k.form.with("username", p.username, "password", thePass)
	return k, err
}

// silent gets a code without a page, which must work while nothing is shut.
func (k *kept) silent(ctx context.Context) (string, error) {
	p, err := k.browser.get(ctx, k.app.address("prompt", "none"))
	if err != nil {
		return "", err
	}
	if p.code() == "" {
		return "", errors.New("no silent sign-on: " + p.title())
	}
	return p.code(), nil
}

// shutBy sees that everything is open, shuts the gate and sees that nothing is.
func shutBy(shut func(context.Context, *site, *kept) error) func(context.Context, *site) error {
	return func(ctx context.Context, s *site) error {
		k, err := s.keep(ctx)
		if err != nil {
			return err
		}
		if live, err := s.active(ctx, k.app, k.tokens.Access); !live {
			return errors.Join(errors.New("the token is not active before"), err)
		}
		if err := shut(ctx, s, k); err != nil {
			return err
		}
		var found []string
		for _, try := range []struct {
			what string
			open func(context.Context, *site) (bool, error)
		}{
			{"introspection of an access token", func(ctx context.Context, s *site) (bool, error) { return s.active(ctx, k.app, k.tokens.Access) }},
			{"introspection of a refresh token", func(ctx context.Context, s *site) (bool, error) { return s.active(ctx, k.app, k.tokens.Refresh) }},
			{"claims", k.claims}, {"silent authorization", k.silently}, {"authorization", k.openly}, {"a sign-in under way", k.resumed},
			{"a code", k.redeems}, {"a refresh", k.refreshes},
			{"a refresh without a session", k.refreshesOffline},
		} {
			open, err := try.open(ctx, s)
			if err != nil {
				return fmt.Errorf("%s: %w", try.what, err)
			}
			if open {
				found = append(found, try.what)
			}
		}
		if len(found) > 0 {
			return broken("the gate is open for %s", strings.Join(found, ", "))
		}
		return nil
	}
}

func (k *kept) claims(ctx context.Context, s *site) (bool, error) {
	got, err := s.claims(ctx, k.tokens.Access)
	return got.status == http.StatusOK, err
}

func (k *kept) redeems(ctx context.Context, s *site) (bool, error) {
	_, ok, err := s.redeem(ctx, k.app, k.code)
	return ok, err
}

func (k *kept) refreshes(ctx context.Context, s *site) (bool, error) {
	_, ok, err := s.refresh(ctx, k.app, k.tokens.Refresh)
	return ok, err
}

func (k *kept) refreshesOffline(ctx context.Context, s *site) (bool, error) {
	if k.offline.Refresh == "" {
		return false, nil
	}
	_, ok, err := s.refresh(ctx, k.app, k.offline.Refresh)
	return ok, err
}

func (k *kept) silently(ctx context.Context, _ *site) (bool, error) {
	p, err := k.browser.get(ctx, k.app.address("prompt", "none"))
	return p.code() != "", err
}

func (k *kept) openly(ctx context.Context, _ *site) (bool, error) {
	p, err := k.browser.get(ctx, k.app.address())
	return p.code() != "", err
}

func (k *kept) resumed(ctx context.Context, _ *site) (bool, error) {
	if k.half == nil {
		return false, nil
	}
	p, err := untilRoom(ctx, func() (page, error) { return k.half.press(ctx, k.form, nil) })
	return p.code() != "", err
}

// machine is an application without people.
func machine(ctx context.Context, s *site) error {
	a, err := s.application(ctx, fmt.Sprintf("machine-%d", s.people.Add(1)), func(c *provider.Client) {
		c.Grants, c.Scopes, c.RedirectURIs = []string{provider.GrantMachine}, []string{"records.read"}, nil
		c.Audience = []string{"records"} // who may ask about its tokens
	})
	if err != nil {
		return err
	}
	get := func() (tokens, bool, error) { return s.tokens(ctx, a, "grant_type", provider.GrantMachine) }
	taken, ok, err := get()
	left, also, errAlso := get()
	if !ok || !also {
		return errors.Join(errors.New("no token"), err, errAlso)
	}
	if live, err := s.active(ctx, s.apps.records, taken.Access); !live {
		return errors.Join(errors.New("the token is not active before"), err)
	}
	if _, err := s.call(ctx, a, "/revoke", "token", taken.Access); err != nil {
		return err
	}
	if live, err := s.active(ctx, s.apps.records, taken.Access); live || err != nil {
		return orBroken(err, "a token that was taken back is active")
	}
	if err := disable(ctx, s, &kept{app: a}); err != nil {
		return err
	}
	if live, err := s.active(ctx, s.apps.records, left.Access); live || err != nil {
		return orBroken(err, "a token of an application out of use is active")
	}
	if _, ok, err := get(); ok || err != nil {
		return orBroken(err, "an application out of use gets a token")
	}
	return nil
}
