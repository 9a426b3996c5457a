package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/password"
)

// world is everybody who deals with the house, and the record of it.
type world struct {
	door    *door
	history *History
	store   provider.Store // the operator's way in
	keyset  *keys.Keyset
	hasher  *password.Hasher
	people  []*person
	apps    []app
	diary   app // a third party's, which no operator ever disables

	names    atomic.Int64
	mu       sync.Mutex
	families []*family
	owned    map[string][]*owned // by username: what a new password takes along
}

// person is a patient.
type person struct {
	username string
	id       provider.AccountID
	changing sync.Mutex // one at a time makes up a new password

	mu        sync.Mutex
	passwords []string // the one that is believed to hold first
}

func (p *person) password() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passwords[0]
}

// believe puts a password first.
func (p *person) believe(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := []string{text}
	for _, old := range p.passwords {
		if old != text {
			kept = append(kept, old)
		}
	}
	p.passwords = kept
}

// replace forgets all others.
func (p *person) replace(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passwords = []string{text}
}

// suspect adds one that may hold.
func (p *person) suspect(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passwords = append(p.passwords, text)
}

// doubt puts a password last.
func (p *person) doubt(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.passwords[0] == text {
		p.passwords = append(p.passwords[1:], text)
	}
}

// app is a relying application.
type app struct {
	id, secret string
	public     bool
	thirdParty bool
}

func (a app) redirect() string { return "https://" + a.id + ".example/cb" }

// session is one sign-in of one browser, named by us: nobody outside knows the sid before there is a token.
type session struct{ name string }

// owned is a session, or a grant that outlives its session.
type owned struct {
	subject string
	of      *session
	done    time.Duration // when it had surely begun; 0: not yet
}

// family is all that one authorization gave.
type family struct {
	app       app
	person    *person
	browser   *browser
	session   *session
	grant     string
	offline   bool
	access    string
	jti       string
	issued    time.Duration
	refreshes []string      // oldest first
	tried     time.Duration // when the latest was first used without an answer; 0: never
	idToken   string
}

// hash stands for a secret in the history.
func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:6])
}

// Registers.
func ofAccount(p *person) string        { return "account:" + p.username }
func ofOwed(p *person) string           { return "owed:" + p.username }
func ofPassword(p *person) string       { return "password:" + p.username }
func ofClient(a app) string             { return "client:" + a.id }
func ofConsent(p *person, a app) string { return "consent:" + p.username + "/" + a.id }
func ofCounter(p *person) string        { return "failures:" + p.username }
func ofSession(s *session) string       { return "session:" + s.name }
func ofGrant(f *family) string          { return "grant:" + f.grant }
func ofToken(f *family) string          { return "token:" + f.jti }
func live(subjects ...string) (all []Fact) {
	for _, s := range subjects {
		all = append(all, Fact{s, Live})
	}
	return all
}

// rests is what everything of a family rests on.
func (f *family) rests(more ...Fact) []Fact {
	all := live(ofClient(f.app), ofAccount(f.person), ofOwed(f.person), ofGrant(f))
	if !f.offline {
		all = append(all, live(ofSession(f.session))...)
	}
	if f.app.thirdParty {
		all = append(all, live(ofConsent(f.person, f.app))...)
	}
	return append(all, more...)
}

// latest is the refresh token that was handed out last.
func (f *family) latest() string { return f.refreshes[len(f.refreshes)-1] }

// populate makes people and applications. All writes of a new world are acknowledged, or there is no world.
func (w *world) populate(ctx context.Context, people int) error {
	for range people {
		p, err := w.enroll(ctx)
		if err != nil {
			return err
		}
		w.people = append(w.people, p)
	}
	for _, a := range []app{{id: "records"}, {id: "phone", public: true}, {id: "tracker", thirdParty: true}} {
		a, err := w.register(ctx, a)
		if err != nil {
			return err
		}
		w.apps = append(w.apps, a)
	}
	diary, err := w.register(ctx, app{id: "diary", thirdParty: true})
	if err != nil {
		return err
	}
	w.diary = diary
	for _, p := range w.people {
		for _, a := range w.apps {
			w.history.Add(Op{Kind: Set, Subject: ofConsent(p, a), Value: Over, Outcome: OK})
		}
	}
	return nil
}

// enroll makes a person with a password.
func (w *world) enroll(ctx context.Context) (*person, error) {
	p := &person{username: "p" + w.name(), id: provider.AccountID(provider.NewID()), passwords: []string{newPassword()}}
	encoded, err := w.hasher.Hash(ctx, p.password())
	if err != nil {
		return nil, err
	}
	now := time.Now().Truncate(time.Microsecond)
	account := provider.Account{
		ID: p.id, Status: provider.Active, StatusAt: now, CreatedAt: now, UpdatedAt: now, Profile: provider.Profile{GivenName: "Ana", Locale: "en"},
		Identifiers: []provider.Identifier{{Kind: provider.Username, Value: p.username, Canonical: p.username, VerifiedAt: now}},
	}
	held := provider.Authenticator{ID: provider.NewID(), Account: p.id, Kind: provider.Password, Data: []byte(encoded), CreatedAt: now}
	start := w.history.Now()
	err = w.store.CreateAccount(ctx, account, []provider.Authenticator{held}, audit.AccountCreated(now, p.id, audit.Operator))
	if err != nil {
		return nil, fmt.Errorf("enrolling: %w", err)
	}
	w.history.Add(Op{Kind: Set, Subject: ofPassword(p), Value: hash(p.password()), Start: start, End: w.history.Now(), Outcome: OK})
	return p, nil
}

// newPassword is one that every policy takes.
func newPassword() string { return provider.NewSecret()[:24] }

func (w *world) register(ctx context.Context, a app) (app, error) {
	c := provider.Client{
		ID: a.id, Name: "The " + a.id + " app", AuthMethod: provider.AuthBasic, RedirectURIs: []string{a.redirect()},
		PostLogoutRedirectURIs: []string{"https://" + a.id + ".example/bye"}, Grants: []string{provider.GrantCode, provider.GrantRefresh},
		Scopes: []string{"openid", "profile", "email", "offline_access"}, FirstParty: !a.thirdParty, Rotate: true, IDTokenAlg: "ES256",
		CreatedAt: time.Now().Truncate(time.Microsecond),
	}
	if a.public {
		c.AuthMethod = provider.AuthNone
	} else {
		a.secret = provider.NewSecret()
		c.SecretHash = w.keyset.HashSecret(a.secret)
	}
	return a, w.store.CreateClient(ctx, c, audit.ClientCreated(c.CreatedAt, c.ID))
}

// name is a new one, for whatever needs it.
func (w *world) name() string { return strconv.FormatInt(w.names.Add(1), 10) }

// arrive notes that somebody is about to sign in; who may, can be thrown out.
func (w *world) arrive(p *person) *session {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &session{name: w.name()}
	w.owned[p.username] = append(w.owned[p.username], &owned{subject: ofSession(s), of: s})
	return s
}

// arrived notes that a session of a person has surely begun.
func (w *world) arrived(p *person, s *session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.owned[p.username] {
		if o.subject == ofSession(s) && o.done == 0 {
			o.done = w.history.Now()
		}
	}
}

// granted notes a grant that does not end with its session.
func (w *world) granted(f *family) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.offline {
		w.owned[f.person.username] = append(w.owned[f.person.username], &owned{subject: ofGrant(f), of: f.session, done: w.history.Now()})
	}
}

// allEnd writes down that all sessions of a person ended but one, with what was granted by them, in an act that may have thrown out
// those who came meanwhile.
func (w *world) allEnd(op Op, p *person, but *session) {
	w.end(op, p, func(o *owned) bool { return o.of == but })
}

// sessionsEnd writes down that all sessions of a person ended, as with an account that is shut. What was granted for longer waits
// until it is open again.
func (w *world) sessionsEnd(op Op, p *person) {
	w.end(op, p, func(o *owned) bool { return o.subject != ofSession(o.of) })
}

func (w *world) end(op Op, p *person, stays func(*owned) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var kept []*owned
	for _, o := range w.owned[p.username] {
		if stays(o) {
			kept = append(kept, o)
			continue
		}
		one := op
		one.Kind, one.Subject, one.Value = Set, o.subject, Over
		if o.done == 0 || o.done >= op.Start {
			one.Outcome = Lost // and so it stays: nothing more is claimed of it
		}
		w.history.Add(one)
	}
	w.owned[p.username] = kept
}

// put gives a family back to the others.
func (w *world) put(f *family) {
	const most = 150
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.families) < most {
		w.families = append(w.families, f)
	}
}

// take picks one that nobody else then has; nil if there is none.
func (w *world) take(n int) *family {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.families) == 0 {
		return nil
	}
	n %= len(w.families)
	f := w.families[n]
	w.families[n] = w.families[len(w.families)-1]
	w.families = w.families[:len(w.families)-1]
	return f
}

// issuer is what every house here calls itself. TLS would end before it.
const issuer = "https://id.example.org"

func newWorld(base string, history *History, store provider.Store, keyset *keys.Keyset, costs password.Params) *world {
	return &world{
		door: newDoor(base, issuer), history: history, store: store, keyset: keyset,
		hasher: password.NewHasher(costs, keyset, nil), owned: map[string][]*owned{},
	}
}
