package postgres

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/limit"
)

// canaries are what must stand in no dump and no log of the server.
var canaries = map[string]string{
	"username": "canary-username-7f3a", "username as compared": "canary-folded-91cc", "e-mail": "canary-mail-52bd@example.org",
	"name": "Canary Family-Name-e81f", "birthdate": "1931-07-19", "authenticator": "canary-seed-0c44-JBSWY3DPEHPK3PXP",
	"ceremony hint": "canary-hint-aa07", "ceremony return": "canary-return-36d9", "mark": "canary-token-18b2",
	"name of an authenticator": "canary-phone-of-ada-77e0", "number": "+15550142857", "number counted": "+15550173921",
	"address of a message": "canary-letter-4d20@example.org", "what a message fills in": "canary-filling-be91", "browser": "canary-browser-b3c8",
	"name that is nobody's": "canary-invented-6e15", "record": "canary-record-20b7", "invited person": "Canary Invited-Name-95f2",
	"invited address": "canary-invited-0a3e@example.org", "invited number": "+15550168301", "recovering address": "canary-lost-61d4@example.org",
	"record brought along": "canary-brought-c79a", "record lent": "canary-lent-84d5",
	"person of the house": "Canary Agent-Name-63ad", "address of the house": "canary-agent-e190@example.org", "passkey of the house": "canary-console-key-48f2",
	"note of a case": "canary-note-d7c1", "ticket of a case": "canary-ticket-25e8", "interpreter": "canary-interpreter-9b04", "document": "canary-document-f36a",
	"target of an approval": "canary-target-0e57@example.org", "why an account is watched": "canary-watched-a81d", "reason of broken glass": "canary-glass-51c8", "law that forbids telling": "canary-law-b3e0", "link of the house": "canary-enroll-7d92", "reference code": "CANARY7R",
	"whom a refusal is about": "canary-refused-1a2b", "which invitation it is about": "canary-refused-9f31",
}

// plant puts every canary where it belongs.
func plant(t *testing.T, s *Store) (provider.AccountID, string) {
	t.Helper()
	a := provider.Account{ID: provider.AccountID(provider.NewID()), Status: provider.Active, CreatedAt: noon(),
		Identifiers: []provider.Identifier{
			{Kind: provider.Username, Value: canaries["username"], Canonical: canaries["username as compared"]},
			{Kind: provider.Email, Value: canaries["e-mail"], Canonical: canaries["e-mail"], VerifiedAt: noon()},
		},
		Profile: provider.Profile{Name: canaries["name"], Birthdate: canaries["birthdate"]}}
	totp := provider.Authenticator{ID: provider.NewID(), Account: a.ID, Kind: provider.TOTP, Name: canaries["name of an authenticator"], Data: []byte(canaries["authenticator"]), CreatedAt: noon()}
	created := s.CreateAccount(t.Context(), a, []provider.Authenticator{totp}, provider.Event{At: noon(), Kind: "account.created"})
	marked := s.Consume(t.Context(), "reset", canaries["mark"], noon())
	id, began := s.BeginCeremony(t.Context(), provider.Ceremony{Return: canaries["ceremony return"], Demand: provider.Demand{Hint: canaries["ceremony hint"]}, Deadline: noon()})
	if err := errors.Join(created, marked, began); err != nil {
		t.Fatal(err)
	}
	plantFactors(t, s, a.ID)
	return a.ID, id
}

// plantFactors puts those of codes, messages and browsers where they belong.
func plantFactors(t *testing.T, s *Store, account provider.AccountID) {
	t.Helper()
	at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	c := provider.Challenge{ID: "challenge of " + string(account), Account: account, Channel: provider.ByText, To: canaries["number"], MaxTries: 5, CreatedAt: at, ExpiresAt: at.Add(time.Hour)}
	sent := provider.Event{At: at, Kind: "code.sent", Tell: []provider.Message{
		{ID: "message of " + string(account), Channel: provider.ByEmail, To: canaries["address of a message"], Account: account, Template: "M-01", Challenge: c.ID, At: at, Expires: at.Add(time.Hour),
			Data: map[string]string{"what": canaries["what a message fills in"]}},
		{ID: "text of " + string(account), Channel: provider.ByText, To: canaries["number"], Account: account, Template: "M-01", Challenge: c.ID, At: at, Expires: at.Add(time.Hour)},
	}}
	opened := s.OpenChallenge(t.Context(), c, sent)
	_, tried := s.TryLane(t.Context(), provider.InventedLane(provider.Username, canaries["name that is nobody's"]), limit.Default().Strangers, at)
	_, _, spent := s.Spend(t.Context(), provider.Budget{Purpose: "sends", Key: canaries["number counted"], Limit: 2, Window: time.Hour}, at)
	done := provider.Completion{Ceremony: provider.NewID(), Until: at, At: at,
		Session: provider.Session{ID: provider.NewID(), SecretHash: provider.HashSecret(provider.NewSecret()), Account: account, EndsAt: at},
		Device:  provider.Device{SecretHash: provider.HashSecret(canaries["browser"]), Words: "Firefox on Windows"}}
	began := s.CompleteCeremony(t.Context(), done, provider.Event{At: at, Kind: "session.began"})
	if err := errors.Join(opened, spent, tried, began); err != nil {
		t.Fatal(err)
	}
	plantLostFound(t, s, account)
}

// plantLostFound puts those of invitations, records and recoveries where they belong.
func plantLostFound(t *testing.T, s *Store, account provider.AccountID) {
	t.Helper()
	at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	e := provider.Event{At: at, Kind: "planted"}
	invite := func(id string) provider.Issue {
		return provider.Issue{Event: e, Activation: provider.Activation{
			ID: id + " of " + string(account), CodeHash: []byte(id + string(account)), Record: canaries["record"] + string(account), Relation: provider.Self,
			Contact:  provider.ActivationContact{Name: canaries["invited person"], Email: canaries["invited address"], Phone: canaries["invited number"]},
			IssuedAt: at, ExpiresAt: at.Add(time.Hour)}}
	}
	used := invite("used")
	issued := s.IssueActivations(t.Context(), []provider.Issue{used})
	joined := s.JoinRecord(t.Context(), used.ID, at, account, e)
	again := s.IssueActivations(t.Context(), []provider.Issue{invite("open")})
	contact := provider.Contact{Kind: provider.Email, Canonical: canaries["recovering address"], VerifiedAt: at}
	started := s.StartRecovery(t.Context(), provider.Recovery{ID: "recovery of " + string(account), Account: account, Proven: contact,
		Contacts: []provider.Contact{contact}, StartedAt: at, ReadyAt: at.Add(time.Hour), ExpiresAt: at.Add(2 * time.Hour)}, e)
	brought := provider.Account{ID: "brought for " + account, Status: provider.Active, CreatedAt: at}
	imported := s.ImportAccounts(t.Context(), []provider.Import{{Account: brought, Event: e,
		Records: []provider.RecordLink{{Account: brought.ID, Record: canaries["record brought along"], Relation: provider.Self, LinkedAt: at}}}})
	lent := invite("lent")
	lent.Record, lent.Relation, lent.By, lent.Until = canaries["record lent"]+string(account), provider.Trusted, account, at.Add(24*time.Hour)
	trusted := s.IssueActivations(t.Context(), []provider.Issue{lent})
	shared := s.JoinRecord(t.Context(), lent.ID, at, brought.ID, e)
	asked := s.AskClosing(t.Context(), provider.AskClosing("closing of "+string(account), account, time.Hour, at), e)
	if err := errors.Join(issued, joined, again, started, imported, trusted, shared, asked); err != nil {
		t.Fatal(err)
	}
	plantSupport(t, s, account)
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
	challenge := func(s *Store, id provider.AccountID, _ string) error {
		_, err := s.Challenge(t.Context(), "challenge of "+string(id))
		return err
	}
	invitation := func(s *Store, id provider.AccountID, _ string) error {
		_, err := s.Activation(t.Context(), "open of "+string(id))
		return err
	}
	records := func(s *Store, id provider.AccountID, _ string) error {
		_, err := s.RecordsOf(t.Context(), id, time.Now())
		return err
	}
	lent := func(s *Store, id provider.AccountID, _ string) error {
		_, err := s.RecordsOf(t.Context(), "brought for "+id, time.Now())
		return err
	}
	recovery := func(s *Store, id provider.AccountID, _ string) error {
		_, err := s.Recovery(t.Context(), "recovery of "+string(id))
		return err
	}
	letters := func(s *Store, _ provider.AccountID, _ string) error { return readLetters(t, s) }
	moves := []struct {
		name, statement string
		read            func(s *Store, account provider.AccountID, ceremony string) error
	}{
		{"a profile of another account", `UPDATE accounts SET profile = (SELECT profile FROM accounts WHERE id <> $1 LIMIT 1) WHERE id = $1 AND $2 <> ''`, account},
		{"a name of another account", `UPDATE identifiers SET name = (SELECT name FROM identifiers WHERE account <> $1 AND position = 0 LIMIT 1) WHERE account = $1 AND position = 0 AND $2 <> ''`, account},
		{"the account's own other name", `UPDATE identifiers SET name = (SELECT name FROM identifiers WHERE account = $1 AND position = 0) WHERE account = $1 AND position = 1 AND $2 <> ''`, account},
		{"the fingerprint of another name", `UPDATE identifiers SET fingerprint = '\x00' WHERE account = $1 AND position = 0 AND $2 <> ''`, account},
		{"another account's authenticator", `UPDATE authenticators SET account = $1 WHERE account <> $1 AND $2 <> ''`, authenticators},
		{"another account's authenticator data", `UPDATE authenticators SET data = (SELECT data FROM authenticators WHERE account <> $1 LIMIT 1) WHERE account = $1 AND $2 <> ''`, authenticators},
		{"an authenticator of another kind", `UPDATE authenticators SET kind = 'password' WHERE account = $1 AND $2 <> ''`, authenticators},
		{"another account's authenticator name", `UPDATE authenticators SET name = (SELECT name FROM authenticators WHERE account = 'other') WHERE account = $1 AND $2 <> ''`, authenticators},
		{"an authenticator's data as its name", `UPDATE authenticators SET name = data WHERE account = $1 AND $2 <> ''`, authenticators},
		{"another challenge's number", `UPDATE challenges SET target = (SELECT target FROM challenges WHERE account = 'other') WHERE account = $1 AND $2 <> ''`, challenge},
		{"a challenge of another account", `UPDATE challenges SET account = 'other' WHERE account = $1 AND $2 <> ''`, challenge},
		{"a challenge for another authenticator", `UPDATE challenges SET authenticator = 'mine' WHERE account = $1 AND $2 <> ''`, challenge},
		{"a challenge by another channel", `UPDATE challenges SET channel = 'email' WHERE account = $1 AND $2 <> ''`, challenge},
		{"a letter with another address", `UPDATE messages SET target = (SELECT target FROM messages WHERE account = 'other' AND channel = 'email') WHERE account = $1 AND channel = 'email' AND $2 <> ''`, letters},
		{"a letter with the code of another challenge", `UPDATE messages SET challenge = 'challenge of other' WHERE account = $1 AND channel = 'email' AND $2 <> ''`, letters},
		{"a letter of another account", `UPDATE messages SET account = 'other' WHERE account = $1 AND channel = 'email' AND $2 <> ''`, letters},
		{"a letter by another template", `UPDATE messages SET template = 'M-02' WHERE account = $1 AND channel = 'email' AND $2 <> ''`, letters},
		{"a letter with what another fills in", `UPDATE messages SET data = (SELECT data FROM messages WHERE account = 'other' AND channel = 'email') WHERE account = $1 AND channel = 'email' AND $2 <> ''`, letters},
		{"a letter with its address as what it fills in", `UPDATE messages SET data = target WHERE account = $1 AND channel = 'email' AND $2 <> ''`, letters},
		{"an invitation to another record", `UPDATE activations SET invitation = (SELECT invitation FROM activations WHERE id = 'open of other') WHERE id = 'open of ' || $1 AND $2 <> ''`, invitation},
		{"an invitation by another code", `UPDATE activations SET code_hash = '\x00' WHERE id = 'open of ' || $1 AND $2 <> ''`, invitation},
		{"an invitation of another relation", `UPDATE activations SET relation = 'carer' WHERE id = 'open of ' || $1 AND $2 <> ''`, invitation},
		{"an invitation found by another record", `UPDATE activations SET fingerprint = (SELECT fingerprint FROM activations WHERE id = 'open of other') WHERE id = 'open of ' || $1 AND $2 <> ''`, invitation},
		{"another account's record", `UPDATE record_links SET record = (SELECT record FROM record_links WHERE account = 'other') WHERE account = $1 AND $2 <> ''`, records},
		{"another account's link", `UPDATE record_links SET account = $1 WHERE account = 'other' AND $2 <> ''`, records},
		{"a record of another relation", `UPDATE record_links SET relation = 'parent' WHERE account = $1 AND $2 <> ''`, records},
		{"a record found by another", `UPDATE record_links SET fingerprint = '\x00' WHERE account = $1 AND $2 <> ''`, records},
		{"a record lent for longer", `UPDATE record_links SET until = until + 1 WHERE granted_by = $1 AND $2 <> ''`, lent},
		{"a record lent by another", `UPDATE record_links SET granted_by = 'other' WHERE granted_by = $1 AND $2 <> ''`, lent},
		{"a record lent for good", `UPDATE record_links SET relation = 'self', until = NULL, granted_by = '' WHERE granted_by = $1 AND $2 <> ''`, lent},
		{"another record lent", `UPDATE record_links SET record = (SELECT record FROM record_links WHERE granted_by = 'other') WHERE granted_by = $1 AND $2 <> ''`, lent},
		{"another recovery's contacts", `UPDATE recoveries SET contacts = (SELECT contacts FROM recoveries WHERE account = 'other') WHERE account = $1 AND $2 <> ''`, recovery},
		{"a recovery of another account", `UPDATE recoveries SET account = 'third' WHERE account = $1 AND $2 <> ''`, recovery},
		{"a recovery that is ready sooner", `UPDATE recoveries SET ready_at = started_at WHERE account = $1 AND $2 <> ''`, recovery},
		{"another ceremony", `UPDATE ceremonies SET payload = (SELECT payload FROM ceremonies WHERE id <> $2) WHERE id = $2 AND $1 <> ''`, ceremony},
	}
	for _, m := range moves {
		t.Run(m.name, func(t *testing.T) {
			s := openEmpty(t, newKeyset(t))
			id, ceremonyID := plant(t, s)
			furnish(t, s, 1)
			plantOther(t, s)
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
	invitations, err := s.ActivationsOf(t.Context(), canaries["record"]+string(account))
	if err != nil || len(invitations) != 0 {
		t.Fatal(invitations, err)
	}
	// For whom something is counted is found by a keyed fingerprint too: phone numbers can be hashed one after another.
	counted := provider.Budget{Purpose: "sends", Key: canaries["number counted"], Limit: 2, Window: time.Hour}
	left, _, err := s.Spend(t.Context(), counted, time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil || left != 1 {
		t.Fatal(left, err)
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

// plantOther adds the records of an account with a name that statements can use.
func plantOther(t *testing.T, s *Store) {
	t.Helper()
	at := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	app := provider.Authenticator{ID: provider.NewID(), Account: "other", Kind: provider.TOTP, Name: "other", Data: []byte("c"), CreatedAt: at}
	if err := s.CreateAccount(t.Context(), provider.Account{ID: "other", Status: provider.Active, CreatedAt: at}, []provider.Authenticator{app}, provider.Event{At: at, Kind: "account.created"}); err != nil {
		t.Fatal(err)
	}
	plantFactors(t, s, "other")
}

// readLetters claims both letters, for no time at all. One that does not open has failed, and keeps the other from nobody.
func readLetters(t *testing.T, s *Store) error {
	t.Helper()
	at := time.Date(2031, 1, 1, 0, 0, 1, 0, time.UTC)
	claims, err := s.ClaimMessages(t.Context(), []provider.Channel{provider.ByEmail}, at, 0, 10)
	if err != nil {
		return err
	}
	if len(claims) == 0 {
		t.Fatal("no letter can be sent any more")
	}
	if len(claims) == 1 {
		return errors.New("a letter failed")
	}
	return nil
}
