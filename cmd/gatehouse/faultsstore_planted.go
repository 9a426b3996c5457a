//go:build planted

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net"
	"net/url"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/limit"
)

// brokenStore breaks what the store promises, as the fault says.
type brokenStore struct {
	provider.Store
	*fault
}

func (s *brokenStore) RedeemCode(ctx context.Context, grant string, at time.Time, e provider.Event) error {
	err := s.Store.RedeemCode(ctx, grant, at, e)
	if s.is("code-twice") && errors.Is(err, provider.ErrUsed) {
		return nil
	}
	return err
}

func (s *brokenStore) RevokeGrant(ctx context.Context, grant, why string, at time.Time, e provider.Event) (bool, error) {
	if s.is("no-punishment") || s.is("code-twice") {
		return false, nil
	}
	return s.Store.RevokeGrant(ctx, grant, why, at, e)
}

func (s *brokenStore) CompleteCeremony(ctx context.Context, c provider.Completion, e provider.Event) error {
	if held := askedFor(ctx).cookie("session"); s.is("same-session") && held != "" {
		c.Session.SecretHash = provider.HashSecret(held)
		c.Session.ID, c.Session.Rev = provider.NewID(), 0
		old, err := s.Store.SessionBySecret(ctx, c.Session.SecretHash)
		if err == nil { // the row of before becomes this person's
			c.Session.ID, c.Session.Rev, c.Ends = old.ID, old.Rev, ""
		}
	}
	err := s.Store.CompleteCeremony(ctx, c, e)
	if s.is("ceremony-twice") && (errors.Is(err, provider.ErrUsed) || errors.Is(err, provider.ErrStale)) {
		c.Ceremony, c.Ends = provider.NewID(), ""
		c.Session.SecretHash = provider.HashSecret(provider.NewSecret())
		return s.Store.CompleteCeremony(ctx, c, e)
	}
	return err
}

func (s *brokenStore) TryChallenge(ctx context.Context, id string, at time.Time) (provider.Challenge, error) {
	if s.is("code-tries") {
		return s.Store.Challenge(ctx, id)
	}
	return s.Store.TryChallenge(ctx, id, at)
}

func (s *brokenStore) Spend(ctx context.Context, b provider.Budget, at time.Time) (int, time.Time, error) {
	if s.is("no-budgets") || s.is("code-tries") {
		return b.Limit, at.Add(b.Window), nil
	}
	return s.Store.Spend(ctx, b, at)
}

func (s *brokenStore) SpendStep(ctx context.Context, id string, step int64) error {
	err := s.Store.SpendStep(ctx, id, step)
	if s.is("step-twice") && errors.Is(err, provider.ErrUsed) {
		return nil
	}
	return err
}

func (s *brokenStore) SaveAuthenticator(ctx context.Context, a provider.Authenticator, e provider.Event) error {
	if s.is("recovery-twice") && a.Kind == provider.RecoveryCode {
		return nil
	}
	return s.Store.SaveAuthenticator(ctx, a, e)
}

func (s *brokenStore) Activate(
	ctx context.Context, id string, at time.Time, a provider.Account, held []provider.Authenticator, e provider.Event,
) error {
	err := s.Store.Activate(ctx, id, at, a, held, e)
	if s.is("invitation-twice") && errors.Is(err, provider.ErrUsed) {
		return s.CreateAccount(ctx, a, held, e)
	}
	return err
}

func (s *brokenStore) PassLane(ctx context.Context, p provider.Passage, e provider.Event) error {
	if s.is("link-never") {
		return provider.ErrUsed
	}
	if s.is("link-twice") {
		p.Link = provider.NewID()
	}
	return s.Store.PassLane(ctx, p, e)
}

// TryLane looks first, or not at all, or in this process alone.
func (s *brokenStore) TryLane(ctx context.Context, l provider.Lane, r provider.LaneRule, at time.Time) (provider.LaneState, error) {
	switch {
	case s.is("lanes-open"):
		return provider.LaneState{}, nil
	case s.is("lanes-by-spelling"):
		l.Key += askedFor(ctx).form.Get("username")
	case s.is("lanes-apart"):
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.lanes[l] >= r.Tries {
			return provider.LaneState{Tries: s.lanes[l], Began: at, PausedUntil: at.Add(r.Pause)}, provider.ErrSpent
		}
		s.lanes[l]++
		return provider.LaneState{Tries: s.lanes[l], Began: at}, nil
	}
	return s.Store.TryLane(ctx, l, r, at)
}

func (s *brokenStore) ReturnTry(ctx context.Context, l provider.Lane, r provider.LaneRule, at time.Time) error {
	if s.is("lanes-open") || s.is("lanes-apart") {
		return nil
	}
	return s.Store.ReturnTry(ctx, l, r, at)
}

func (s *brokenStore) Device(ctx context.Context, hash []byte, account provider.AccountID) (provider.Device, error) {
	if s.is("lane-for-all") {
		return provider.Device{}, provider.ErrNotFound
	}
	return s.Store.Device(ctx, hash, account)
}

func (s *brokenStore) Authenticators(ctx context.Context, id provider.AccountID) ([]provider.Authenticator, error) {
	all, err := s.Store.Authenticators(ctx, id)
	if err == nil && s.is("passkey-locked") && s.shutOut(ctx, id) {
		all = slices.DeleteFunc(all, func(a provider.Authenticator) bool { return a.Kind == provider.Passkey })
	}
	for i := range all {
		if s.is("gate-owed") {
			all[i].ChangeOwed = ""
		}
	}
	return all, err
}

// shutOut reports whether strangers are paused at an account.
func (s *brokenStore) shutOut(ctx context.Context, id provider.AccountID) bool {
	state, err := s.Store.Lane(ctx, provider.StrangersLane(id))
	now := time.Now()
	closed, _ := limit.Closed(state, limit.Default().Strangers, now)
	return err == nil && closed
}

// The gate's faults: what is read looks as if nothing had happened.

func (s *brokenStore) standing(g provider.Standing, err error) (provider.Standing, error) {
	if g.Client != nil {
		*g.Client = s.client(*g.Client)
	}
	if g.Account != nil {
		*g.Account = s.account(*g.Account)
	}
	if g.Session != nil {
		*g.Session = s.session(*g.Session)
	}
	if s.is("gate-owed") {
		g.ChangeOwed = ""
	}
	if s.is("gate-session") && g.Grant != nil && g.Grant.RevokedWhy != "" {
		g.Grant.RevokedAt = time.Time{}
	}
	if s.is("gate-consent") && g.Grant != nil {
		g.Consent = &provider.Consent{
			Account: g.Grant.Account, Client: g.Grant.Client, Scopes: g.Grant.Scopes, GivenAt: g.Grant.CreatedAt, ExpiresAt: time.Now().Add(time.Hour),
		}
		g.Grant.RevokedAt = time.Time{}
	}
	return g, err
}

func (s *brokenStore) account(a provider.Account) provider.Account {
	if s.is("gate-" + string(a.Status)) {
		a.Status = provider.Active
	}
	return a
}

func (s *brokenStore) client(c provider.Client) provider.Client {
	if s.is("gate-client") {
		c.DisabledAt = time.Time{}
	}
	return c
}

func (s *brokenStore) session(x provider.Session) provider.Session {
	if s.is("gate-session") {
		x.EndedAt = time.Time{}
	}
	return x
}

func (s *brokenStore) Standing(ctx context.Context, grant, token string) (provider.Standing, error) {
	return s.standing(s.Store.Standing(ctx, grant, token))
}

// GrantByCode also breaks what a code is bound to.
func (s *brokenStore) GrantByCode(ctx context.Context, hash []byte) (provider.Standing, error) {
	g, err := s.standing(s.Store.GrantByCode(ctx, hash))
	if g.Grant != nil && s.is("code-twice") {
		g.Grant.CodeUsedAt, g.Grant.RevokedAt = time.Time{}, time.Time{}
	}
	if g.Grant != nil && s.is("any-verifier") {
		sum := sha256.Sum256([]byte(askedFor(ctx).form.Get("code_verifier")))
		g.Grant.Challenge = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return g, err
}

func (s *brokenStore) Account(ctx context.Context, id provider.AccountID) (provider.Account, error) {
	a, err := s.Store.Account(ctx, id)
	return s.account(a), err
}

func (s *brokenStore) Client(ctx context.Context, id string) (provider.Client, error) {
	c, err := s.Store.Client(ctx, id)
	if a := askedFor(ctx); err == nil && s.is("any-redirect") && a.r != nil {
		wanted := a.r.URL.Query()
		c.RedirectURIs = append(c.RedirectURIs, wanted.Get("redirect_uri"))
		c.PostLogoutRedirectURIs = append(c.PostLogoutRedirectURIs, wanted.Get("post_logout_redirect_uri"))
	}
	return s.client(c), err
}

func (s *brokenStore) Session(ctx context.Context, id string) (provider.Session, error) {
	x, err := s.Store.Session(ctx, id)
	return s.session(x), err
}

func (s *brokenStore) SessionBySecret(ctx context.Context, hash []byte) (provider.Session, error) {
	x, err := s.Store.SessionBySecret(ctx, hash)
	return s.session(x), err
}

func (s *brokenStore) GiveConsent(ctx context.Context, c provider.Consent, e provider.Event) error {
	s.given.Store(string(c.Account)+c.Client, c)
	return s.Store.GiveConsent(ctx, c, e)
}

func (s *brokenStore) Consent(ctx context.Context, account provider.AccountID, client string) (provider.Consent, error) {
	c, err := s.Store.Consent(ctx, account, client)
	if s.is("gate-consent") && errors.Is(err, provider.ErrNotFound) {
		if given, ok := s.given.Load(string(account) + client); ok {
			return given.(provider.Consent), nil
		}
	}
	return c, err
}

// Ceremony is everybody's, with the fault any-browser.
func (s *brokenStore) Ceremony(ctx context.Context, id string) (provider.Ceremony, error) {
	if s.is("needs-redis") && !s.redisAnswers(ctx) {
		return provider.Ceremony{}, errors.New("planted: Redis does not answer")
	}
	c, err := s.Store.Ceremony(ctx, id)
	if held := askedFor(ctx).cookie("browser"); s.is("any-browser") && held != "" {
		c.Browser = provider.HashSecret(held)
	}
	return c, err
}

func (s *brokenStore) BeginCeremony(ctx context.Context, c provider.Ceremony) (string, error) {
	if s.is("needs-redis") && !s.redisAnswers(ctx) {
		return "", errors.New("planted: Redis does not answer")
	}
	return s.Store.BeginCeremony(ctx, c)
}

// redisAnswers asks it, as a house would that cannot do without.
func (s *brokenStore) redisAnswers(ctx context.Context) bool {
	at, err := url.Parse(s.redis)
	if err != nil {
		return false
	}
	conn, err := (&net.Dialer{Timeout: 200 * time.Millisecond}).DialContext(ctx, "tcp", at.Host)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(200 * time.Millisecond))
	_, _ = conn.Write([]byte("PING\r\n"))
	line, err := bufio.NewReader(conn).ReadBytes('\n')
	return err == nil && bytes.HasPrefix(line, []byte("+PONG"))
}
