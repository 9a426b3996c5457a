package postgres

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"testing"

	"gatehouse/keys"
	"gatehouse/provider"
)

// canaries are what must stand in no dump and no log of the server.
var canaries = map[string]string{
	"username": "canary-username-7f3a", "username as compared": "canary-folded-91cc", "e-mail": "canary-mail-52bd@example.org",
	"name": "Canary Family-Name-e81f", "birthdate": "1931-07-19", "authenticator": "canary-seed-0c44-JBSWY3DPEHPK3PXP",
	"ceremony hint": "canary-hint-aa07", "ceremony return": "canary-return-36d9", "mark": "canary-token-18b2",
}

// plant puts every canary where it belongs.
func plant(t *testing.T, s *Store) (provider.AccountID, string) {
	t.Helper()
	a := provider.Account{ID: provider.AccountID(provider.NewID()), Status: provider.Active, CreatedAt: noon(),
		Identifiers: []provider.Identifier{
			{Kind: provider.Username, Value: canaries["username"], Canonical: canaries["username as compared"]},
			{Kind: provider.Email, Value: canaries["e-mail"], Canonical: canaries["e-mail"]},
		},
		Profile: provider.Profile{Name: canaries["name"], Birthdate: canaries["birthdate"]}}
	totp := provider.Authenticator{ID: provider.NewID(), Account: a.ID, Kind: provider.TOTP, Data: []byte(canaries["authenticator"]), CreatedAt: noon()}
	created := s.CreateAccount(t.Context(), a, []provider.Authenticator{totp}, provider.Event{At: noon(), Kind: "account.created"})
	marked := s.Consume(t.Context(), "reset", canaries["mark"], noon())
	id, began := s.BeginCeremony(t.Context(), provider.Ceremony{Return: canaries["ceremony return"], Demand: provider.Demand{Hint: canaries["ceremony hint"]}, Deadline: noon()})
	if err := errors.Join(created, marked, began); err != nil {
		t.Fatal(err)
	}
	return a.ID, id
}

// TestNothingInClear scans a dump of the database, and what the server wrote to its log when it refused something.
func TestNothingInClear(t *testing.T) {
	p := running(t)
	s := openEmpty(t, newKeyset(t))
	account, _ := plant(t, s)
	twin := provider.Account{ID: "twin", CreatedAt: noon(), Identifiers: []provider.Identifier{{Kind: provider.Username, Value: canaries["username"], Canonical: canaries["username as compared"]}}}
	if err := s.CreateAccount(t.Context(), twin, nil, provider.Event{At: noon(), Kind: "account.created"}); !errors.Is(err, provider.ErrTaken) {
		t.Fatal(err)
	}
	dump, err := p.Dump("postgres")
	if err != nil {
		t.Fatal(err)
	}
	log, err := p.Log()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(dump, []byte(account)) || !bytes.Contains(log, []byte("identifiers_username")) {
		t.Fatal("the dump or the log does not hold what must be there")
	}
	for what, canary := range canaries {
		for _, form := range []string{canary, hex.EncodeToString([]byte(canary)), base64.StdEncoding.EncodeToString([]byte(canary))} {
			if bytes.Contains(bytes.ToLower(dump), bytes.ToLower([]byte(form))) {
				t.Errorf("the dump holds the %s in clear", what)
			}
			if bytes.Contains(bytes.ToLower(log), bytes.ToLower([]byte(form))) {
				t.Errorf("the log holds the %s in clear", what)
			}
		}
	}
}

// TestSealedStaysInItsRow: somebody who can write to the database, and has no key, gains nothing by moving values about.
func TestSealedStaysInItsRow(t *testing.T) {
	account := func(s *Store, id provider.AccountID, _ string) error {
		_, err := s.Account(t.Context(), id)
		return err
	}
	authenticators := func(s *Store, id provider.AccountID, _ string) error {
		_, err := s.Authenticators(t.Context(), id)
		return err
	}
	ceremony := func(s *Store, _ provider.AccountID, id string) error {
		_, err := s.Ceremony(t.Context(), id)
		return err
	}
	moves := []struct {
		name, statement string
		read            func(s *Store, account provider.AccountID, ceremony string) error
	}{
		{"a profile of another account", `UPDATE accounts SET profile = (SELECT profile FROM accounts WHERE id <> $1) WHERE id = $1 AND $2 <> ''`, account},
		{"a name of another account", `UPDATE identifiers SET name = (SELECT name FROM identifiers WHERE account <> $1 AND position = 0) WHERE account = $1 AND position = 0 AND $2 <> ''`, account},
		{"the account's own other name", `UPDATE identifiers SET name = (SELECT name FROM identifiers WHERE account = $1 AND position = 0) WHERE account = $1 AND position = 1 AND $2 <> ''`, account},
		{"the fingerprint of another name", `UPDATE identifiers SET fingerprint = '\x00' WHERE account = $1 AND position = 0 AND $2 <> ''`, account},
		{"another account's authenticator", `UPDATE authenticators SET account = $1 WHERE account <> $1 AND $2 <> ''`, authenticators},
		{"another account's authenticator data", `UPDATE authenticators SET data = (SELECT data FROM authenticators WHERE account <> $1) WHERE account = $1 AND $2 <> ''`, authenticators},
		{"an authenticator of another kind", `UPDATE authenticators SET kind = 'password' WHERE account = $1 AND $2 <> ''`, authenticators},
		{"another ceremony", `UPDATE ceremonies SET payload = (SELECT payload FROM ceremonies WHERE id <> $2) WHERE id = $2 AND $1 <> ''`, ceremony},
	}
	for _, m := range moves {
		t.Run(m.name, func(t *testing.T) {
			s := openEmpty(t, newKeyset(t))
			id, ceremonyID := plant(t, s)
			furnish(t, s, 1)
			if _, err := s.BeginCeremony(t.Context(), provider.Ceremony{Deadline: noon()}); err != nil {
				t.Fatal(err)
			}
			if err := m.read(s, id, ceremonyID); err != nil {
				t.Fatal(err)
			}
			if n := execute(t, s, m.statement, string(id), ceremonyID); n == 0 {
				t.Fatal("the meddling changed nothing")
			}
			if err := m.read(s, id, ceremonyID); err == nil || errors.Is(err, provider.ErrNotFound) {
				t.Fatalf("the moved value was read: %v", err)
			}
		})
	}
}

// TestAnotherKeyset: with the wrong keyset nobody is found and nothing opens.
func TestAnotherKeyset(t *testing.T) {
	account, _ := plant(t, openEmpty(t, newKeyset(t)))
	s := openURL(t, running(t).URL("postgres"), newKeyset(t))
	if _, err := s.Account(t.Context(), account); !errors.Is(err, keys.ErrSealed) {
		t.Fatalf("got %v, want keys.ErrSealed", err)
	}
	ids, err := s.FindAccounts(t.Context(), provider.Email, canaries["e-mail"])
	if err != nil || len(ids) != 0 {
		t.Fatal(ids, err)
	}
}

// TestEventsAreAppendOnly: not even a mistake of ours rewrites the trail.
func TestEventsAreAppendOnly(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	plant(t, s)
	if _, err := s.pool.Exec(t.Context(), `UPDATE events SET kind = 'nothing.happened'`); err == nil {
		t.Fatal("the audit trail was rewritten")
	}
}

// TestNamesThatAreNoText: PostgreSQL keeps no zero byte and no broken UTF-8 in a text. A stranger who asks for such a name
// asks for nobody, and what an application may send in any bytes comes back as it was.
func TestNamesThatAreNoText(t *testing.T) {
	s := openEmpty(t, newKeyset(t))
	p := furnish(t, s, 1)[0]
	for _, name := range []string{"a\x00b", "\xff\xfe", "\x00"} {
		_, client := s.Client(t.Context(), name)
		_, session := s.Session(t.Context(), name)
		_, ceremony := s.Ceremony(t.Context(), name)
		_, account := s.Account(t.Context(), provider.AccountID(name))
		_, standing := s.Standing(t.Context(), name, name)
		_, consent := s.Consent(t.Context(), p.account, name)
		swap := s.SwapCeremony(t.Context(), provider.Ceremony{ID: name, Rev: 1})
		for _, err := range []error{client, session, ceremony, account, standing, consent, swap} {
			if !errors.Is(err, provider.ErrNotFound) {
				t.Errorf("%q: got %v, want ErrNotFound", name, err)
			}
		}
		g := p.grant
		g.ID, g.CodeHash, g.Nonce, g.Challenge = provider.NewID(), provider.HashSecret(name), name, name
		if err := s.IssueCode(t.Context(), g); err != nil {
			t.Fatal(err)
		}
		st, err := s.Standing(t.Context(), g.ID, "")
		if err != nil || st.Grant.Nonce != name || st.Grant.Challenge != name {
			t.Errorf("%q came back as %+v, %v", name, st.Grant, err)
		}
	}
}
