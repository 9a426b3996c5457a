package postgres

import (
	"testing"
	"time"

	"gatehouse/provider"
)

// person is an account with a password, a session, and a grant to the application records.
type person struct {
	account  provider.AccountID
	password provider.Authenticator
	session  provider.Session
	grant    provider.Grant
}

// shown is what p proves by the password.
func (p person) shown() []provider.Proof {
	return []provider.Proof{{
		Account: p.account, Authenticator: p.password.ID, Kind: provider.Password, At: noon(), SetAt: p.password.CreatedAt,
	}}
}

func noon() time.Time { return time.Date(2031, 1, 1, 12, 0, 0, 0, time.UTC) }

// furnish adds so many people, and the application if it is not there.
func furnish(t testing.TB, s *Store, n int) []person {
	t.Helper()
	e := provider.Event{At: noon(), Kind: "test.furnished"}
	client := provider.Client{ID: "records", RedirectURIs: []string{"https://records.example.org/back"}, Scopes: []string{"openid", "profile"}, CreatedAt: noon()}
	_ = s.CreateClient(t.Context(), client, e) // it may be there
	people := make([]person, n)
	for i := range people {
		id := provider.AccountID(provider.NewID())
		p := provider.Authenticator{ID: provider.NewID(), Account: id, Kind: provider.Password, Data: make([]byte, 100), CreatedAt: noon()}
		name := provider.Identifier{Kind: provider.Username, Value: string(id), Canonical: string(id)}
		a := provider.Account{ID: id, Status: provider.Active, Identifiers: []provider.Identifier{name}, CreatedAt: noon()}
		if err := s.CreateAccount(t.Context(), a, []provider.Authenticator{p}, e); err != nil {
			t.Fatal(err)
		}
		consent := provider.Consent{Account: id, Client: "records", Scopes: client.Scopes, GivenAt: noon(), ExpiresAt: noon().Add(time.Hour)}
		if err := s.GiveConsent(t.Context(), consent, e); err != nil {
			t.Fatal(err)
		}
		people[i] = person{account: id, password: p}
		people[i] = signIn(t, s, people[i])
	}
	return people
}

// signIn begins a session and issues a code, as the house does.
func signIn(t testing.TB, s *Store, p person) person {
	t.Helper()
	proofs := []provider.Proof{{Account: p.account, Authenticator: p.password.ID, Kind: provider.Password, At: noon()}}
	p.session = provider.Session{ID: provider.NewID(), SecretHash: provider.HashSecret(provider.NewSecret()), Account: p.account, Proofs: proofs, CreatedAt: noon(), SeenAt: noon(), EndsAt: noon().Add(time.Hour)}
	actor := "account:" + string(p.account)
	began := provider.Event{At: noon(), Kind: "session.began", Account: p.account, Client: "records", Session: p.session.ID, Actor: actor, Detail: map[string]string{"level": "two-step", "amr": "pwd otp"}}
	done := provider.Completion{Ceremony: provider.NewID(), Until: noon().Add(time.Hour), Session: p.session, Proofs: p.shown(), At: noon()}
	if err := s.CompleteCeremony(t.Context(), done, began); err != nil {
		t.Fatal(err)
	}
	p.grant = provider.Grant{ID: provider.NewID(), Account: p.account, Client: "records", Session: p.session.ID, Scopes: []string{"openid", "profile"}, Nonce: "n-0S6_WzA2Mj",
		AuthTime: noon(), ACR: provider.TwoStep.ACR(), AMR: []string{"otp", "pwd"}, CreatedAt: noon(), ExpiresAt: noon().Add(time.Hour),
		CodeHash: provider.HashSecret(provider.NewSecret()), CodeExpiresAt: noon().Add(time.Minute), RedirectURI: "https://records.example.org/back", Challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}
	if err := s.IssueCode(t.Context(), p.grant); err != nil {
		t.Fatal(err)
	}
	return p
}
