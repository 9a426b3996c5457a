package storagetest

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"gatehouse/provider"
)

// act is something done with an event. It is prepared on a furnished store and then done.
type act struct {
	name    string
	prepare func(h house, g provider.Grant) func(e provider.Event) error
}

var acts = []act{
	{"CreateAccount", func(h house, _ provider.Grant) func(provider.Event) error {
		a := newAccount("bob")
		held := []provider.Authenticator{newAuthenticator(a, provider.Password, began())}
		return func(e provider.Event) error { return h.CreateAccount(h.ctx(), a, held, e) }
	}},
	{"UpdateAccount", func(h house, g provider.Grant) func(provider.Event) error {
		a, err := h.Account(h.ctx(), g.Account)
		h.ok(err)
		a.Status, a.Identifiers = provider.Closed, nil
		return func(e provider.Event) error { return h.UpdateAccount(h.ctx(), a, e) }
	}},
	{"SaveAuthenticator adds", func(h house, g provider.Grant) func(provider.Event) error {
		a := newAuthenticator(provider.Account{ID: g.Account}, provider.TOTP, began())
		return func(e provider.Event) error { return h.SaveAuthenticator(h.ctx(), a, e) }
	}},
	{"SaveAuthenticator replaces", func(h house, g provider.Grant) func(provider.Event) error {
		a := h.held(provider.Account{ID: g.Account})
		a.Data = []byte("replaced")
		return func(e provider.Event) error { return h.SaveAuthenticator(h.ctx(), a, e) }
	}},
	{"RemoveAuthenticator", func(h house, g provider.Grant) func(provider.Event) error {
		a := h.held(provider.Account{ID: g.Account})
		return func(e provider.Event) error { return h.RemoveAuthenticator(h.ctx(), a, h.rev(a.Account), e) }
	}},
	{"CountFailure", func(h house, g provider.Grant) func(provider.Event) error {
		a := h.held(provider.Account{ID: g.Account})
		return func(e provider.Event) error {
			_, err := h.CountFailure(h.ctx(), a.ID, e)
			return err
		}
	}},
	{"CompleteCeremony begins", func(h house, g provider.Grant) func(provider.Event) error {
		c := completion(newSession(g.Account))
		c.Ends, c.Ended = g.Session, event("session.ended")
		c.Proofs = shown(h.held(provider.Account{ID: g.Account}))
		return func(e provider.Event) error { return h.CompleteCeremony(h.ctx(), c, e) }
	}},
	{"CompleteCeremony renews", func(h house, g provider.Grant) func(provider.Event) error {
		s := h.session(g.Session)
		s.SecretHash = provider.HashSecret("renewed")
		c := completion(s)
		return func(e provider.Event) error { return h.CompleteCeremony(h.ctx(), c, e) }
	}},
	{"CompleteCeremony records the end of the other", func(h house, g provider.Grant) func(provider.Event) error {
		c := completion(newSession(g.Account))
		c.Ends = g.Session
		return func(e provider.Event) error {
			c.Ended = e
			return h.CompleteCeremony(h.ctx(), c, event("session.began"))
		}
	}},
	{"EndOthers", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.EndOthers(h.ctx(), g.Account, "", "replaced", began(), e) }
	}},
	{"ChangeContacts", func(h house, g provider.Grant) func(provider.Event) error {
		a, err := h.Account(h.ctx(), g.Account)
		h.ok(err)
		c := moved(a, append([]provider.Authenticator{{}}, h.held(a)))
		return func(e provider.Event) error { return h.ChangeContacts(h.ctx(), c, e) }
	}},
	{"EndAccess", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.EndAccess(h.ctx(), g.Account, g.Client, "by_owner", began(), e) }
	}},
	{"PauseAccount", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.PauseAccount(h.ctx(), g.Account, "by_owner", began(), e) }
	}},
	{"ForgetDevices", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.ForgetDevices(h.ctx(), g.Account, e) }
	}},
	{"DropDevices", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.DropDevices(h.ctx(), g.Account, e) }
	}},
	{"UnlockLane", func(h house, g provider.Grant) func(provider.Event) error {
		w := h.twin(provider.StrangersLane(g.Account))
		w.try(began())
		return func(e provider.Event) error { return h.UnlockLane(h.ctx(), w.lane, began(), e) }
	}},
	{"PassLane", func(h house, g provider.Grant) func(provider.Event) error {
		w := h.twin(provider.StrangersLane(g.Account))
		w.try(began())
		return func(e provider.Event) error { return h.PassLane(h.ctx(), w.passage(g.Account, began()), e) }
	}},
	{"OpenChallenge", func(h house, g provider.Grant) func(provider.Event) error {
		c := newChallenge(g.Account)
		c.ID = "the act's"
		return func(e provider.Event) error { return h.OpenChallenge(h.ctx(), c, e) }
	}},
	{"EndSession", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error {
			_, err := h.EndSession(h.ctx(), g.Session, "signed_out", began(), e)
			return err
		}
	}},
	{"CreateClient", func(h house, _ provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.CreateClient(h.ctx(), newClient("new"), e) }
	}},
	{"UpdateClient", func(h house, g provider.Grant) func(provider.Event) error {
		c, err := h.Client(h.ctx(), g.Client)
		h.ok(err)
		c.DisabledAt = began()
		return func(e provider.Event) error { return h.UpdateClient(h.ctx(), c, e) }
	}},
	{"RemoveClient", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.RemoveClient(h.ctx(), g.Client, e) }
	}},
	{"GiveConsent", func(h house, g provider.Grant) func(provider.Event) error {
		c := newConsent(g.Account, g.Client)
		c.Scopes = nil
		return func(e provider.Event) error { return h.GiveConsent(h.ctx(), c, e) }
	}},
	{"WithdrawConsent", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.WithdrawConsent(h.ctx(), g.Account, g.Client, e) }
	}},
	{"RedeemCode", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.RedeemCode(h.ctx(), g.ID, began(), e) }
	}},
	{"RevokeGrant", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error {
			_, err := h.RevokeGrant(h.ctx(), g.ID, "by_owner", began(), e)
			return err
		}
	}},
	{"SwapKeyring begins", func(h house, _ provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.SwapKeyring(h.ctx(), []byte("one"), 0, e) }
	}},
	{"SwapKeyring replaces", func(h house, _ provider.Grant) func(provider.Event) error {
		h.ok(h.SwapKeyring(h.ctx(), []byte("one"), 0, event("keys.changed")))
		return func(e provider.Event) error { return h.SwapKeyring(h.ctx(), []byte("two"), 1, e) }
	}},
}

// noRecordNoAct does every act first with an event that cannot be kept, which must change nothing, and then with one that
// can, which must change something and leave exactly that event.
func (hs Harness) noRecordNoAct(t *testing.T) {
	for _, a := range slices.Concat(acts, lostFoundActs, leavingActs, supportActs) {
		t.Run(a.name, func(t *testing.T) {
			h := house{T: t, Store: hs.Open(t)}
			g := h.grant()
			h.ok(h.GiveConsent(h.ctx(), newConsent(g.Account, g.Client), event("consent.given")))
			h.rememberIn(g)
			do := a.prepare(h, g)
			before := h.everything(g)
			h.inTrouble(do(unrecordable()))
			h.same(h.everything(g), before)
			h.ok(do(event("the.act")))
			if reflect.DeepEqual(h.everything(g), before) {
				h.Fatal("the act changes nothing that this test would see")
			}
			h.same(h.events("the.act"), 1)
		})
	}
}

// tellsWithTheAct does every act with messages: one that cannot be sent undoes the act, others wait once it is done, and are
// not put in again by an act that changes nothing.
func (hs Harness) tellsWithTheAct(t *testing.T) {
	for _, a := range append(slices.Concat(acts, lostFoundActs, leavingActs, supportActs), act{"Record", func(h house, _ provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.Record(h.ctx(), e) }
	}}) {
		t.Run(a.name, func(t *testing.T) {
			h := house{T: t, Store: hs.Open(t)}
			g := h.grant()
			h.ok(h.GiveConsent(h.ctx(), newConsent(g.Account, g.Client), event("consent.given")))
			h.rememberIn(g)
			do := a.prepare(h, g)
			before := h.everything(g)
			unsendable := told(newMessage(""), newMessage(""))
			unsendable.Tell[1].To = ""
			h.inTrouble(do(unsendable))
			h.same(h.everything(g), before)
			h.woken(false)
			h.same(len(h.claim(began(), 10)), 0)

			e := told(newMessage("c1"), newMessage(""))
			e.Tell[1].Channel, e.Tell[1].At = provider.ByEmail, began().Add(time.Second)
			h.ok(do(e))
			h.same(h.events("told"), 1)
			h.woken(true)
			claims := h.claim(began().Add(time.Second), 10)
			h.same(len(claims), 2)
			h.same([]provider.Message{claims[0].Message, claims[1].Message}, e.Tell)

			again := told(newMessage(""))
			err := do(again)
			waiting := len(h.claim(began(), 10))
			if told := h.events("told") - 1; told != waiting {
				h.Fatalf("done again (%v), %d events with %d messages", err, told, waiting)
			}
		})
	}
}

// rememberIn notes a remembered browser of the account, with a secret that everything knows.
func (h house) rememberIn(g provider.Grant) {
	h.Helper()
	d := newDevice(g.Account)
	d.RememberedUntil = began().Add(day)
	h.seen(g.Account, d, began())
}

// everything is all that an act might change, but for the events.
func (h house) everything(g provider.Grant) map[string]any {
	all := map[string]any{}
	note := func(name string, v any, err error) {
		if err != nil {
			v = err.Error()
		}
		all[name] = v
	}
	a, err := h.Account(h.ctx(), g.Account)
	note("account", a, err)
	held, err := h.Authenticators(h.ctx(), g.Account)
	note("authenticators", held, err)
	s, err := h.Session(h.ctx(), g.Session)
	note("session", s, err)
	clients, err := h.Clients(h.ctx())
	note("clients", clients, err)
	consent, err := h.Consent(h.ctx(), g.Account, g.Client)
	note("consent", consent, err)
	st, err := h.GrantByCode(h.ctx(), g.CodeHash)
	if err == nil {
		note("grant", *st.Grant, nil)
	}
	devices, err := h.Devices(h.ctx(), g.Account)
	note("devices", devices, err)
	lane, err := h.Lane(h.ctx(), provider.StrangersLane(g.Account))
	note("lane", lane, err)
	challenge, err := h.Challenge(h.ctx(), "the act's")
	note("challenge", challenge, err)
	doc, rev, err := h.Keyring(h.ctx())
	note("keyring", []any{string(doc), rev}, err)
	bob, err := h.FindAccounts(h.ctx(), provider.Username, "canonical:bob")
	note("bob", bob, err)
	h.lostAndFound(g, note)
	h.console(g, note)
	return all
}
