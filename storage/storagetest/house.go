package storagetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"gatehouse/provider"
)

// began is when every test begins: to the microsecond, as a store keeps it.
func began() time.Time { return time.Date(2031, time.March, 9, 8, 7, 6, 543210000, time.UTC) }

// house is a test with its store, and short ways to furnish it.
type house struct {
	*testing.T
	provider.Store
	fresh func(*testing.T) provider.Store // another, empty
}

func (h house) ctx() context.Context { return h.Context() }

// ok ends the test on an error.
func (h house) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// refused wants a certain error.
func (h house) refused(err, want error) {
	h.Helper()
	if !errors.Is(err, want) {
		h.Fatalf("got error %v, want %v", err, want)
	}
}

// same wants two values to be deeply equal.
func (h house) same(got, want any) {
	h.Helper()
	if !reflect.DeepEqual(got, want) {
		h.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

func event(kind string) provider.Event {
	return provider.Event{At: began(), Kind: kind, Actor: "house", Detail: map[string]string{"why": "test"}}
}

// unrecordable is an event that no store keeps.
func unrecordable() provider.Event {
	e := event("too.big")
	e.Detail = map[string]string{"text": string(make([]byte, 1<<20))}
	return e
}

// newAccount is an account as a caller makes it.
func newAccount(username string) provider.Account {
	at := began()
	return provider.Account{
		ID: provider.AccountID(provider.NewID()), Status: provider.Active, StatusAt: at,
		Identifiers: []provider.Identifier{
			{Kind: provider.Username, Value: username, Canonical: "canonical:" + username},
			{Kind: provider.Email, Value: username + "@Example.org", Canonical: username + "@example.org", VerifiedAt: at.Add(time.Minute)},
		},
		Profile:   provider.Profile{Name: "Name of " + username, Locale: "es", Address: provider.Address{Country: "US"}},
		CreatedAt: at, UpdatedAt: at.Add(time.Second),
	}
}

func newAuthenticator(a provider.Account, kind provider.Kind, at time.Time) provider.Authenticator {
	return provider.Authenticator{ID: provider.NewID(), Account: a.ID, Kind: kind, Data: []byte("data of " + string(kind)), CreatedAt: at}
}

func newClient(id string) provider.Client {
	return provider.Client{
		ID: id, Name: "Client " + id, SecretHash: []byte("hash of the secret"), AuthMethod: provider.AuthBasic,
		RedirectURIs: []string{"https://" + id + ".example.org/back"}, Grants: []string{provider.GrantCode},
		Scopes: []string{"openid", "profile"}, Audience: []string{"https://api.example.org"}, MinLevel: provider.TwoStep,
		IDTokenAlg: "RS256", CreatedAt: began(),
	}
}

func newSession(account provider.AccountID) provider.Session {
	at := began()
	return provider.Session{
		ID: provider.NewID(), SecretHash: provider.HashSecret(provider.NewSecret()), Account: account,
		Proofs:    []provider.Proof{{Account: account, Authenticator: "a1", Kind: provider.Password, At: at}},
		CreatedAt: at, SeenAt: at, EndsAt: at.Add(12 * time.Hour),
	}
}

func newGrant(account provider.AccountID, client, session string) provider.Grant {
	at := began()
	return provider.Grant{
		ID: provider.NewID(), Account: account, Client: client, Session: session, Scopes: []string{"openid"}, Nonce: "n-0",
		AuthTime: at, ACR: provider.TwoStep.ACR(), AMR: []string{"otp", "pwd"}, CreatedAt: at,
		ExpiresAt: at.Add(30 * 24 * time.Hour), CodeHash: provider.HashSecret(provider.NewSecret()),
		CodeExpiresAt: at.Add(time.Minute), RedirectURI: "https://app.example.org/back", Challenge: "E9Melhoa2Ow",
	}
}

func newCeremony() provider.Ceremony {
	at := began()
	return provider.Ceremony{
		Browser: []byte("hash of a cookie"), Room: "oidc", Client: "records", Return: "sealed",
		Demand:  provider.Demand{Level: provider.AAL2, MaxAge: time.Hour, Hint: "ada"},
		Consent: provider.ConsentAsk{Scopes: []string{"profile"}}, Began: at, Deadline: at.Add(30 * time.Minute),
	}
}

// account creates one and reads it back.
func (h house) account(username string, held ...provider.Kind) provider.Account {
	h.Helper()
	a := newAccount(username)
	var all []provider.Authenticator
	for i, kind := range held {
		all = append(all, newAuthenticator(a, kind, began().Add(time.Duration(i)*time.Second)))
	}
	h.ok(h.CreateAccount(h.ctx(), a, all, event("account.created")))
	read, err := h.Account(h.ctx(), a.ID)
	h.ok(err)
	return read
}

// held is the only authenticator of an account.
func (h house) held(a provider.Account) provider.Authenticator {
	h.Helper()
	all, err := h.Authenticators(h.ctx(), a.ID)
	h.ok(err)
	if len(all) != 1 {
		h.Fatalf("%d authenticators, want 1", len(all))
	}
	return all[0]
}

// rev is the revision of an account by now.
func (h house) rev(id provider.AccountID) int64 {
	h.Helper()
	a, err := h.Account(h.ctx(), id)
	h.ok(err)
	return a.Rev
}

// client creates one and reads it back.
func (h house) client(id string) provider.Client {
	h.Helper()
	h.ok(h.CreateClient(h.ctx(), newClient(id), event("client.created")))
	c, err := h.Client(h.ctx(), id)
	h.ok(err)
	return c
}

// begin completes a ceremony with a session and reads it back.
func (h house) begin(s provider.Session) provider.Session {
	h.Helper()
	h.ok(h.CompleteCeremony(h.ctx(), completion(s), event("session.began")))
	return h.session(s.ID)
}

func completion(s provider.Session) provider.Completion {
	return provider.Completion{Ceremony: provider.NewID(), Until: began().Add(time.Hour), Session: s, At: began()}
}

// shown is what an authenticator proves in a ceremony.
func shown(a provider.Authenticator) []provider.Proof {
	p := provider.Proof{Account: a.Account, Authenticator: a.ID, Kind: a.Kind, At: began()}
	if a.Kind == provider.Password {
		p.SetAt = a.CreatedAt
	}
	return []provider.Proof{p}
}

func (h house) session(id string) provider.Session {
	h.Helper()
	s, err := h.Session(h.ctx(), id)
	h.ok(err)
	return s
}

// grant furnishes an account, a client, a session and a grant between them.
func (h house) grant() provider.Grant {
	h.Helper()
	a := h.account("ada", provider.Password)
	c := h.client("records")
	g := newGrant(a.ID, c.ID, h.begin(newSession(a.ID)).ID)
	h.ok(h.IssueCode(h.ctx(), g))
	return g
}

// standing reads that of a grant.
func (h house) standing(grant string) provider.Standing {
	h.Helper()
	st, err := h.Standing(h.ctx(), grant, "")
	h.ok(err)
	return st
}

// events counts those of a kind.
func (h house) events(kind string) int {
	h.Helper()
	all, err := h.Events(h.ctx(), "", 1000)
	h.ok(err)
	n := 0
	for _, e := range all {
		if e.Kind == kind {
			n++
		}
	}
	return n
}
