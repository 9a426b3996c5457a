package storagetest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/limit"
)

// A release is the data of a schema that is out there, kept as text beside its keyset: the next one must migrate it and
// read all of it. The folders are testdata/release-NNNN; a new schema adds one and changes none.
const releases = "../storagetest/testdata"

// NewestRelease is the one of this schema; only it can be made.
const NewestRelease = "release-0010"

// Release reads one file of a release. With GATEHOUSE_KEEP_RELEASE set to the newest, the caller has just made it, and it is
// written.
func Release(t *testing.T, release, file string, made func() []byte) []byte {
	t.Helper()
	path := filepath.Join(releases, release, file)
	if release == NewestRelease && os.Getenv("GATEHOUSE_KEEP_RELEASE") == release {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, made(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// ReleaseKeyset is the keyset that sealed the releases. It opens nothing else.
func ReleaseKeyset(t *testing.T) *keys.Keyset {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(releases, "keyset.json"))
	if err != nil {
		t.Fatal(err)
	}
	keyset, err := keys.ParseKeyset(text)
	if err != nil {
		t.Fatal(err)
	}
	return keyset
}

// kept is what Furnish puts in, by names that never change.
const (
	keptAccount = provider.AccountID("AAAAAAAAAAAAAAAAAAAAAA")
	keptSession = "BBBBBBBBBBBBBBBBBBBBBA"
	keptGrant   = "CCCCCCCCCCCCCCCCCCCCCA"
	keptSecret  = "kept session secret"
	keptCode    = "kept code"

	keptPassword  = "kept password"
	keptApp       = "kept app"
	keptChallenge = "DDDDDDDDDDDDDDDDDDDDDA"
	keptBrowser   = "kept browser"
	keptMessage   = "kept message"
	keptReference = "kept reference"
)

// Furnish puts one of everything durable into an empty store.
func Furnish(t *testing.T, s provider.Store) {
	t.Helper()
	h := house{T: t, Store: s}
	a := newAccount("ada")
	a.ID = keptAccount
	password := newAuthenticator(a, provider.Password, began())
	password.ID = keptPassword
	h.ok(h.CreateAccount(h.ctx(), a, []provider.Authenticator{password}, event("account.created")))
	h.ok(h.CreateClient(h.ctx(), newClient("records"), event("client.created")))
	session := newSession(a.ID)
	session.ID, session.SecretHash = keptSession, provider.HashSecret(keptSecret)
	h.ok(h.CompleteCeremony(h.ctx(), provider.Completion{
		Ceremony: "kept ceremony", Until: began().Add(time.Hour), Session: session, Proofs: shown(password), At: began(),
	}, event("session.began")))
	given := provider.Consent{Account: a.ID, Client: "records", Scopes: []string{"openid"}, GivenAt: began(), ExpiresAt: began().Add(time.Hour)}
	h.ok(h.GiveConsent(h.ctx(), given, event("consent.given")))
	grant := newGrant(a.ID, "records", session.ID)
	grant.ID, grant.CodeHash = keptGrant, provider.HashSecret(keptCode)
	h.ok(h.IssueCode(h.ctx(), grant))
	h.ok(h.RedeemCode(h.ctx(), grant.ID, began().Add(time.Second), event("grant.began")))
	h.ok(h.AdvanceGrant(h.ctx(), grant.ID, 0, began().Add(time.Minute)))
	h.ok(h.Consume(h.ctx(), provider.RevokedToken, "kept token", began().Add(time.Hour)))
	h.ok(h.SwapKeyring(h.ctx(), []byte("sealed keyring"), 0, event("keys.changed")))
	h.furnishFactors()
	h.furnishLanes()
	h.furnishLostFound()
	h.furnishLeaving()
}

// keptStrangers is a lane of whoever tried to sign in, three times.
func keptStrangers() provider.Lane { return provider.StrangersLane(keptAccount) }

// furnishLanes puts in what came with the third release.
func (h house) furnishLanes() {
	h.Helper()
	for range 3 {
		h.twin(keptStrangers()).tries(began())
	}
}

// What came with the fourth release.
func keptInvitation(id string) provider.Activation {
	a := newActivation("kept record " + id)
	a.ID, a.CodeHash = id, []byte("code of "+id)
	return a
}

func keptRecovery() provider.Recovery {
	r := newRecovery(keptAccount)
	r.ID = "kept recovery"
	return r
}

// furnishLostFound puts that in.
func (h house) furnishLostFound() {
	h.Helper()
	h.issue(keptInvitation("kept open"), keptInvitation("kept used"))
	h.ok(h.joins("kept used", began(), keptAccount))
	h.ok(h.starts(keptRecovery()))
	nobodys := newMessage("of nobody")
	nobodys.ID, nobodys.Channel = "kept for nobody", provider.ByNobody
	h.tell(nobodys)
}

// WantLostFound wants that too.
func WantLostFound(t *testing.T, s provider.Store) {
	t.Helper()
	h := house{T: t, Store: s}
	open, used := keptInvitation("kept open"), keptInvitation("kept used")
	byCode, err := h.ActivationByCode(h.ctx(), open.CodeHash)
	h.ok(err)
	h.same(byCode, open)
	h.same(h.records(keptAccount), []provider.RecordLink{linkOf(used, keptAccount, began())})
	h.refused(h.joins(used.ID, began(), keptAccount), provider.ErrUsed)
	h.ok(h.joins(open.ID, began(), keptAccount))
	h.same(h.readRecovery("kept recovery"), keptRecovery())
	h.refused(h.starts(newRecovery(keptAccount)), provider.ErrTaken)
	h.ok(h.finishes("kept recovery", keptRecovery().ReadyAt, keptApp))
	h.same(h.delivery("of nobody").State, provider.MessageDropped)
}

// WantLanes wants that too.
func WantLanes(t *testing.T, s provider.Store) {
	t.Helper()
	h := house{T: t, Store: s}
	w := h.twin(keptStrangers())
	for range 3 {
		w.state, _ = limit.TryLane(w.state, w.rule, began())
	}
	w.alike("the migration")
	w.try(began().Add(time.Minute))
}

// furnishFactors puts in what came with the second release.
func (h house) furnishFactors() {
	h.Helper()
	app := newAuthenticator(provider.Account{ID: keptAccount}, provider.TOTP, began().Add(time.Minute))
	app.ID, app.Name, app.Step = keptApp, "Ada's phone", 57
	h.ok(h.SaveAuthenticator(h.ctx(), app, event("authenticator.bound")))
	h.ok(h.OpenChallenge(h.ctx(), keptCodeSent(), told(keptLetter())))
	_, err := h.TryChallenge(h.ctx(), keptChallenge, began())
	h.ok(err)
	h.spends(threeAnHour(), began(), 2, began().Add(time.Hour))
	h.seen(keptAccount, keptDevice(), began())
	h.sent("settled", keptReference)
}

func keptCodeSent() provider.Challenge {
	c := newChallenge(keptAccount)
	c.ID = keptChallenge
	return c
}

func keptLetter() provider.Message {
	m := newMessage(keptChallenge)
	m.ID, m.Channel, m.To = keptMessage, provider.ByEmail, "ada@example.org"
	m.At = began().Add(time.Minute) // later than the one that is settled
	return m
}

func keptDevice() provider.Device {
	d := newDevice(keptAccount)
	d.ID, d.SecretHash, d.RememberedUntil = "kept device", provider.HashSecret(keptBrowser), began().Add(30*day)
	return d
}

// WantFurnished wants all that Furnish put into the first release, and that it can still be used.
func WantFurnished(t *testing.T, s provider.Store) {
	t.Helper()
	h := house{T: t, Store: s}
	found, err := h.FindAccounts(h.ctx(), provider.Username, "canonical:ada")
	h.ok(err)
	h.same(found, []provider.AccountID{keptAccount})
	a, err := h.Account(h.ctx(), keptAccount)
	h.ok(err)
	h.same(a.Profile, newAccount("ada").Profile)
	held, err := h.Authenticators(h.ctx(), keptAccount)
	h.ok(err)
	h.same([]any{held[0].ID, held[0].Kind, string(held[0].Data)}, []any{keptPassword, provider.Password, "data of password"})
	session, err := h.SessionBySecret(h.ctx(), provider.HashSecret(keptSecret))
	h.ok(err)
	h.same([]any{session.ID, session.Account, session.Proofs}, []any{keptSession, keptAccount, newSession(keptAccount).Proofs})
	c, err := h.Client(h.ctx(), "records")
	h.ok(err)
	h.same(c.RedirectURIs, newClient("records").RedirectURIs)
	standing, err := h.Standing(h.ctx(), keptGrant, "kept token")
	h.ok(err)
	h.same([]any{standing.Revoked, standing.Grant.Generation, standing.Consent.Scopes, standing.Session.ID}, []any{true, int64(1), []string{"openid"}, keptSession})
	byCode, err := h.GrantByCode(h.ctx(), provider.HashSecret(keptCode))
	h.ok(err)
	h.same(byCode.Grant.ID, keptGrant)
	doc, rev, err := h.Keyring(h.ctx())
	h.ok(err)
	h.same([]any{string(doc), rev}, []any{"sealed keyring", int64(1)})
	h.same([]int{h.events("account.created"), h.events("grant.began"), h.events("keys.changed")}, []int{1, 1, 1})
	h.refused(h.Consume(h.ctx(), provider.RevokedToken, "kept token", began()), provider.ErrUsed)
	h.refused(h.RedeemCode(h.ctx(), keptGrant, began().Add(2*time.Second), event("grant.began")), provider.ErrUsed)
	h.ok(h.AdvanceGrant(h.ctx(), keptGrant, 1, began().Add(2*time.Minute)))
}

// WantFactors wants all that Furnish put in beside it into the second release.
func WantFactors(t *testing.T, s provider.Store) {
	t.Helper()
	h := house{T: t, Store: s}
	held, err := h.Authenticators(h.ctx(), keptAccount)
	h.ok(err)
	h.same([]any{len(held), held[1].ID, held[1].Name, held[1].Step}, []any{2, keptApp, "Ada's phone", int64(57)})
	h.refused(h.SpendStep(h.ctx(), keptApp, 57), provider.ErrUsed)
	h.ok(h.SpendStep(h.ctx(), keptApp, 58))
	c, err := h.TryChallenge(h.ctx(), keptChallenge, began())
	h.ok(err)
	want := keptCodeSent()
	want.Tries = 2
	h.same(c, want)
	h.spends(threeAnHour(), began(), 1, began().Add(time.Hour))
	h.same(h.device(keptDevice()), keptDevice())
	h.same(h.claimOne(began().Add(time.Minute)).Message, keptLetter())
	h.ok(h.ReportMessage(h.ctx(), keptReference, provider.MessageDelivered, "", began()))
	h.same(h.delivery("settled").State, provider.MessageDelivered)
}
