package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"gatehouse/provider"
)

// listens adds an application with an address for the end of sessions.
func (h house) listens(id string) provider.Client {
	h.Helper()
	c := newClient(id)
	c.BackChannelLogoutURI = "https://" + id + ".example.org/out"
	h.ok(h.CreateClient(h.ctx(), c, event("client.created")))
	return c
}

// uses has the account use an application by a session.
func (h house) uses(s provider.Session, client string, change ...func(*provider.Grant)) provider.Grant {
	h.Helper()
	g := newGrant(s.Account, client, s.ID)
	for _, c := range change {
		c(&g)
	}
	return h.redeem(g)
}

// busy is a session that applications of all sorts were used by. Those that are to be told of its end are "one" and "two", and
// "three", whose grant was revoked.
func (h house) busy() provider.Session {
	h.Helper()
	s := h.begin(newSession(h.account("ada", provider.Password).ID))
	for _, id := range []string{"one", "two", "three", "off", "late"} {
		h.listens(id)
	}
	h.client("mute")
	h.uses(s, "one")
	h.uses(s, "one")
	h.uses(s, "two", func(g *provider.Grant) { g.Offline = true })
	_, err := h.RevokeGrant(h.ctx(), h.uses(s, "three").ID, "by_owner", began(), event("grant.revoked"))
	h.ok(err)
	h.uses(s, "mute")
	h.uses(s, "off")
	off, err := h.Client(h.ctx(), "off")
	h.ok(err)
	off.DisabledAt = began()
	h.ok(h.UpdateClient(h.ctx(), off, event("client.disabled")))
	late := newGrant(s.Account, "late", s.ID) // nobody redeemed its code in time
	late.CodeExpiresAt = began().Add(-time.Second)
	h.ok(h.IssueCode(h.ctx(), late))
	other := newSession(h.account("bob", provider.Password).ID)
	h.uses(h.begin(other), "one")
	return s
}

// an ending is one of the ways in which a session is over.
type ending struct {
	name, why string
	end       func(h house, s provider.Session) error
}

func (h house) setStatus(id provider.AccountID, status provider.AccountStatus) error {
	a, err := h.Account(h.ctx(), id)
	h.ok(err)
	a.Status, a.StatusAt = status, began()
	return h.UpdateAccount(h.ctx(), a, event("account.disabled"))
}

var endings = []ending{
	{"EndSession", "signed out", func(h house, s provider.Session) error {
		_, err := h.EndSession(h.ctx(), s.ID, "signed out", began(), event("session.ended"))
		return err
	}},
	{"EndOthers", "leaked", func(h house, s provider.Session) error {
		return h.EndOthers(h.ctx(), s.Account, "", "leaked", began(), event("others.ended"))
	}},
	{"CompleteCeremony", "replaced", func(h house, s provider.Session) error {
		c := completion(newSession(s.Account))
		c.Ends, c.Why, c.Ended = s.ID, provider.EndedReplaced, event("session.ended")
		return h.CompleteCeremony(h.ctx(), c, event("session.began"))
	}},
	{"PauseAccount", "by_owner", func(h house, s provider.Session) error {
		return h.PauseAccount(h.ctx(), s.Account, "by_owner", began(), event("account.disabled"))
	}},
	{"ChangeContacts", "address taken", func(h house, s provider.Session) error {
		a, err := h.Account(h.ctx(), s.Account)
		h.ok(err)
		return h.ChangeContacts(h.ctx(), provider.ContactChange{Account: a, Why: "address taken", At: began()}, event("moved"))
	}},
	{"UpdateAccount locks", "account locked", func(h house, s provider.Session) error { return h.setStatus(s.Account, provider.Locked) }},
	{"UpdateAccount closes", "account closed", func(h house, s provider.Session) error { return h.setStatus(s.Account, provider.Closed) }},
	{"EndExpired", provider.EndedExpired, func(h house, s provider.Session) error {
		_, err := h.EndExpired(h.ctx(), s.EndsAt, 10)
		return err
	}},
}

// signals are the clients of the signals of a session.
func (h house) signals(session string) []string {
	h.Helper()
	all, err := h.SignalsOf(h.ctx(), session)
	h.ok(err)
	var clients []string
	for _, s := range all {
		clients = append(clients, s.Client)
	}
	return clients
}

func (h house) claimSignals(at time.Time, limit, each int, except ...string) []provider.Signal {
	h.Helper()
	claims, err := h.ClaimSignals(h.ctx(), provider.SignalQuery{At: at, Lease: lease, Limit: limit, Each: each, Except: except})
	h.ok(err)
	return claims
}

// ended is a session that is over, of which these applications are to be told.
func (h house) ended(username string, clients ...string) provider.Session {
	h.Helper()
	s := h.begin(newSession(h.account(username).ID))
	for _, id := range clients {
		h.uses(s, id)
	}
	_, err := h.EndSession(h.ctx(), s.ID, "signed out", began(), event("session.ended"))
	h.ok(err)
	return s
}

func (h house) roused() bool {
	select {
	case <-h.Signalled():
		return true
	default:
		return false
	}
}

var signalPromises = []promise{
	{"whatever ends a session tells each of its applications that can be told, once", func(h house) {
		for i, e := range endings {
			if i > 0 {
				h.Store = h.fresh(h.T)
			}
			s := h.busy()
			h.roused()
			h.ok(e.end(h, s))
			all, err := h.SignalsOf(h.ctx(), s.ID)
			h.ok(err)
			over := h.session(s.ID)
			var clients []string
			for _, each := range all {
				clients = append(clients, each.Client)
				h.same(each, provider.Signal{
					ID: each.ID, Kind: provider.SignalSessionEnded, Client: each.Client, Account: s.Account, Session: s.ID, Why: e.why, At: over.EndedAt,
				})
			}
			if !slices.Equal(clients, []string{"one", "three", "two"}) || over.EndedWhy != e.why || !h.roused() {
				h.Fatalf("%s: %v are to be told, session %+v", e.name, clients, over)
			}
			_ = e.end(h, s) // again
			if again, err := h.SignalsOf(h.ctx(), s.ID); err != nil || len(again) != 3 {
				h.Fatalf("%s again: %+v %v", e.name, again, err)
			}
			for _, each := range h.claimSignals(over.EndedAt.Add(time.Hour), 100, 100) {
				if each.Session != s.ID && h.session(each.Session).EndedAt.IsZero() {
					h.Fatalf("%s: signal of another's session %+v", e.name, each)
				}
			}
		}
	}},
	{"where the record of an end cannot be kept, nobody is told", func(h house) {
		s := h.busy()
		_, err := h.EndSession(h.ctx(), s.ID, "signed out", began(), unrecordable())
		h.inTrouble(err)
		h.same([]any{h.signals(s.ID), h.roused()}, []any{[]string(nil), false})
	}},
	{"a session that goes on tells nobody: renewed, kept, or its account opened", func(h house) {
		s := h.busy()
		renewed := completion(s)
		renewed.Session.SecretHash = provider.HashSecret("renewed")
		h.ok(h.CompleteCeremony(h.ctx(), renewed, event("session.renewed")))
		h.ok(h.EndOthers(h.ctx(), s.Account, s.ID, "leaked", began(), event("others.ended")))
		h.ok(h.TouchSession(h.ctx(), s.ID, began().Add(time.Minute)))
		a, err := h.Account(h.ctx(), s.Account)
		h.ok(err)
		a.Profile.Name = "New"
		h.ok(h.UpdateAccount(h.ctx(), a, event("account.changed")))
		n, err := h.EndExpired(h.ctx(), s.EndsAt.Add(-time.Microsecond), 10)
		h.ok(err)
		h.same([]any{n, h.signals(s.ID), h.session(s.ID).EndedAt.IsZero()}, []any{0, []string(nil), true})
	}},
	{"sessions whose time is up end as of then, so many at a time", func(h house) {
		s := h.busy() // and another of Bob
		first, err := h.EndExpired(h.ctx(), s.EndsAt, 1)
		h.ok(err)
		second, err := h.EndExpired(h.ctx(), s.EndsAt, 1)
		h.ok(err)
		none, err := h.EndExpired(h.ctx(), s.EndsAt.Add(day), 1)
		h.ok(err)
		over := h.session(s.ID)
		h.same([]any{first, second, none, over.EndedAt, over.EndedWhy}, []any{1, 1, 0, s.EndsAt, provider.EndedExpired})
	}},
	{"a signal is claimed by one, and by another when its lease is over", func(h house) {
		h.listens("one")
		s := h.ended("ada", "one")
		h.same(len(h.claimSignals(began().Add(-time.Microsecond), 10, 10)), 0)
		first := h.claimSignals(began(), 10, 10)
		h.same([]any{len(first), first[0].Tries, first[0].Session, first[0].Lease != ""}, []any{1, 1, s.ID, true})
		h.same(len(h.claimSignals(began().Add(lease-time.Microsecond), 10, 10)), 0)
		second := h.claimSignals(began().Add(lease), 10, 10)
		h.same([]int{len(second), second[0].Tries}, []int{1, 2})
		h.refused(h.SettleSignal(h.ctx(), first[0], provider.SignalTold, began(), event("told")), provider.ErrStale)
		h.refused(h.PutOffSignal(h.ctx(), first[0], began()), provider.ErrStale)
		h.same(h.events("told"), 0)
		h.ok(h.SettleSignal(h.ctx(), second[0], provider.SignalTold, began().Add(lease), event("told")))
		h.refused(h.SettleSignal(h.ctx(), second[0], provider.SignalLost, began(), event("told")), provider.ErrStale)
		h.refused(h.PutOffSignal(h.ctx(), second[0], began()), provider.ErrStale)
		all, err := h.SignalsOf(h.ctx(), s.ID)
		h.ok(err)
		h.same([]any{all[0].SettledAt, all[0].Outcome, all[0].Lease, h.events("told")}, []any{began().Add(lease), provider.SignalTold, "", 1})
		h.same(len(h.claimSignals(began().Add(day), 10, 10)), 0)
	}},
	{"a signal that is put off is due again then", func(h house) {
		h.listens("one")
		h.ended("ada", "one")
		h.ok(h.PutOffSignal(h.ctx(), h.claimSignals(began(), 1, 1)[0], began().Add(time.Second)))
		h.same(len(h.claimSignals(began().Add(time.Second-time.Microsecond), 10, 10)), 0)
		h.same(h.claimSignals(began().Add(time.Second), 10, 10)[0].Tries, 2)
	}},
	{"as many are claimed as asked, of each application and in all, and none of those left out", func(h house) {
		for _, id := range []string{"a", "b", "c"} {
			h.listens(id)
		}
		for i := range 4 {
			h.ended(fmt.Sprint("person", i), "a", "b", "c")
		}
		count := func(claims []provider.Signal) map[string]int {
			n := map[string]int{}
			for _, c := range claims {
				n[c.Client]++
			}
			return n
		}
		h.same(len(h.claimSignals(began(), 0, 2)), 0)
		h.same(len(h.claimSignals(began(), 9, 0)), 0)
		h.same(count(h.claimSignals(began(), 100, 2, "b")), map[string]int{"a": 2, "c": 2})
		h.same(len(h.claimSignals(began(), 3, 9)), 3)
		n, since, err := h.SignalBacklog(h.ctx())
		h.ok(err)
		h.same([]any{n, since}, []any{12, began()})
		h.same(len(h.claimSignals(began(), 100, 100)), 5)
	}},
	{"an application that is removed leaves what it was to be told", func(h house) {
		h.listens("one")
		s := h.ended("ada", "one")
		h.ok(h.RemoveClient(h.ctx(), "one", event("client.removed")))
		h.same(h.signals(s.ID), []string{"one"})
	}},
	{"of fifty that end a session at once, each application is told of one", func(h house) {
		s := h.busy()
		for _, err := range race(func(i int) error {
			switch i % 3 {
			case 0:
				return h.EndOthers(h.ctx(), s.Account, "", "leaked", began(), event("others.ended"))
			case 1:
				return h.PauseAccount(h.ctx(), s.Account, "by_owner", began(), event("paused"))
			default:
				_, err := h.EndSession(h.ctx(), s.ID, "signed out", began(), event("session.ended"))
				return err
			}
		}) {
			if err != nil && !errors.Is(err, provider.ErrStale) {
				h.Fatal(err)
			}
		}
		h.same(h.signals(s.ID), []string{"one", "three", "two"})
	}},
	{"fifty workers claim every signal, and none twice", func(h house) {
		h.listens("a")
		h.listens("b")
		for i := range 30 {
			h.ended(fmt.Sprint("person", i), "a", "b")
		}
		claims := make([][]provider.Signal, runners)
		for _, err := range race(func(i int) (err error) {
			for range 20 {
				more, err := h.ClaimSignals(h.ctx(), provider.SignalQuery{At: began(), Lease: lease, Limit: 5, Each: 3})
				if err != nil {
					return err
				}
				claims[i] = append(claims[i], more...)
			}
			return nil
		}) {
			h.ok(err)
		}
		seen := map[int64]int{}
		for _, c := range slices.Concat(claims...) {
			seen[c.ID]++
		}
		for id, n := range seen {
			if n != 1 {
				h.Errorf("signal %d was claimed %d times", id, n)
			}
		}
		h.same(len(seen), 60)
	}},
}

var signalSweeps = []promise{
	{"signals go a week after what they tell of, settled or not", func(h house) {
		h.listens("one")
		s := h.ended("ada", "one")
		h.sweepAll(began().Add(7*day-time.Microsecond), never)
		h.same(h.signals(s.ID), []string{"one"})
		h.sweepAll(began().Add(7*day), never)
		h.same(h.signals(s.ID), []string(nil))
	}},
}
