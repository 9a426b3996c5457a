package storagetest

import (
	"errors"
	"time"

	"gatehouse/provider"
)

// redeemed furnishes a consent and a grant that gives tokens, of an account of its own.
func (h house) redeemed() provider.Grant {
	h.Helper()
	id := provider.NewID()
	a, c := h.account("owner "+id, provider.Password), h.client("app-"+id)
	return h.redeem(newGrant(a.ID, c.ID, h.begin(newSession(a.ID)).ID))
}

// redeem issues a grant with its consent, and redeems its code.
func (h house) redeem(g provider.Grant) provider.Grant {
	h.Helper()
	h.ok(h.GiveConsent(h.ctx(), newConsent(g.Account, g.Client), event("consent.given")))
	h.ok(h.IssueCode(h.ctx(), g))
	h.ok(h.RedeemCode(h.ctx(), g.ID, began(), event("grant.began")))
	g.CodeUsedAt = began()
	return g
}

func (h house) grantsOf(account provider.AccountID, at time.Time) []provider.Grant {
	h.Helper()
	all, err := h.GrantsOf(h.ctx(), account, at, 10)
	h.ok(err)
	return all
}

func (h house) sessionsOf(account provider.AccountID, at time.Time) []provider.Session {
	h.Helper()
	all, err := h.SessionsOf(h.ctx(), account, at, 10)
	h.ok(err)
	return all
}

func (h house) eventsOf(account provider.AccountID, q provider.EventQuery) []string {
	h.Helper()
	all, err := h.EventsOf(h.ctx(), account, q)
	h.ok(err)
	var actors []string
	for i, e := range all {
		if e.Account != account || i > 0 && e.Seq >= all[i-1].Seq {
			h.Fatalf("%+v", all)
		}
		actors = append(actors, e.Kind+" "+e.Actor)
	}
	return actors
}

var overviewPromises = []promise{
	{"the live sessions of an account are listed, last seen first, as they are", func(h house) {
		a, other := h.account("ada"), h.account("bob")
		first, second := newSession(a.ID), newSession(a.ID)
		second.SeenAt = began().Add(time.Minute)
		over, ended := newSession(a.ID), newSession(a.ID)
		over.EndsAt = began().Add(time.Hour)
		for _, s := range []provider.Session{first, second, over, ended, newSession(other.ID)} {
			h.begin(s)
		}
		_, err := h.EndSession(h.ctx(), ended.ID, "signed_out", began(), event("session.ended"))
		h.ok(err)
		h.same(h.sessionsOf(a.ID, over.EndsAt), []provider.Session{h.session(second.ID), h.session(first.ID)})
		h.same(len(h.sessionsOf(a.ID, over.EndsAt.Add(-time.Microsecond))), 3)
		h.same(len(h.sessionsOf("", began())), 0)
		for limit, want := range map[int]int{1: 1, 0: 0, -1: 0} {
			got, err := h.SessionsOf(h.ctx(), a.ID, began(), limit)
			h.ok(err)
			h.same(len(got), want)
		}
	}},
	{"what an account allowed is listed by client, also what is over", func(h house) {
		a, other := h.account("ada"), h.account("bob")
		var want []provider.Consent
		for _, id := range []string{"b", "a", "c"} {
			c := newConsent(a.ID, h.client(id).ID)
			h.ok(h.GiveConsent(h.ctx(), c, event("consent.given")))
			want = append(want, c)
		}
		h.ok(h.GiveConsent(h.ctx(), newConsent(other.ID, "a"), event("consent.given")))
		got, err := h.ConsentsOf(h.ctx(), a.ID)
		h.ok(err)
		h.same(got, []provider.Consent{want[1], want[0], want[2]})
	}},
	{"the grants of an account that can give tokens are listed, newest first, as they are", func(h house) {
		g := h.redeemed()
		later := newGrant(g.Account, g.Client, g.Session)
		later.CreatedAt = began().Add(time.Second)
		later = h.redeem(later)
		h.same(h.grantsOf(g.Account, began()), []provider.Grant{later, g})
		h.same(len(h.grantsOf(g.Account, g.ExpiresAt)), 0)
		one, err := h.GrantsOf(h.ctx(), g.Account, began(), 1)
		h.ok(err)
		h.same(one, []provider.Grant{later})
		h.redeemed()
		h.same(len(h.grantsOf(g.Account, began())), 2)
	}},
	{"a grant that is not redeemed, revoked, or of a session that is over is not listed; an offline one is", func(h house) {
		g := h.redeemed()
		offline, revoked, code := newGrant(g.Account, g.Client, g.Session), newGrant(g.Account, g.Client, g.Session), newGrant(g.Account, g.Client, g.Session)
		offline.Offline, code.Offline, revoked.Offline = true, true, true
		offline, revoked = h.redeem(offline), h.redeem(revoked)
		h.ok(h.IssueCode(h.ctx(), code))
		_, err := h.RevokeGrant(h.ctx(), revoked.ID, "by_owner", began(), event("grant.revoked"))
		h.ok(err)
		h.same(len(h.grantsOf(g.Account, began())), 2)
		h.same(h.grantsOf(g.Account, h.session(g.Session).EndsAt), []provider.Grant{offline})
		_, err = h.EndSession(h.ctx(), g.Session, "signed_out", began(), event("session.ended"))
		h.ok(err)
		h.same(h.grantsOf(g.Account, began()), []provider.Grant{offline})
	}},
	{"events of an account are listed newest first, by kind, by page, and what staff did apart", func(h house) {
		actors := []string{"account:a", "operator", "staff:7", "client:c", "house", "nobody"}
		for _, actor := range actors {
			for _, kind := range []string{"x", "y"} {
				for _, account := range []provider.AccountID{"a", "b", ""} {
					e := event(kind)
					e.Actor, e.Account = actor, account
					h.ok(h.Record(h.ctx(), e))
				}
			}
		}
		h.same(len(h.eventsOf("a", provider.EventQuery{Kinds: []string{"x", "y"}, Limit: 100})), 12)
		h.same(len(h.eventsOf("a", provider.EventQuery{Kinds: []string{"x"}, Limit: 100})), 6)
		h.same(len(h.eventsOf("a", provider.EventQuery{Kinds: []string{"x", "y"}, Limit: 5})), 5)
		h.same(len(h.eventsOf("a", provider.EventQuery{Limit: 100})), 0)
		h.same(len(h.eventsOf("", provider.EventQuery{Kinds: []string{"x"}, Limit: 100})), 0)
		h.same(h.eventsOf("a", provider.EventQuery{Kinds: []string{"x"}, Staff: true, Limit: 100}), []string{"x staff:7", "x operator"})
		var paged []string
		q := provider.EventQuery{Kinds: []string{"x", "y"}, Limit: 5}
		for {
			page, err := h.EventsOf(h.ctx(), "a", q)
			h.ok(err)
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				paged = append(paged, e.Kind+" "+e.Actor)
			}
			q.Before = page[len(page)-1].Seq
		}
		h.same(paged, h.eventsOf("a", provider.EventQuery{Kinds: []string{"x", "y"}, Limit: 100}))
	}},
}

var accessPromises = []promise{
	{"access that ends is gone with its consent and its grants, and no other", func(h house) {
		g := h.redeemed()
		offline := newGrant(g.Account, g.Client, g.Session)
		offline.Offline = true
		offline = h.redeem(offline)
		another := h.redeem(newGrant(g.Account, h.client("another").ID, g.Session))
		theirs := h.redeem(newGrant(h.account("bob").ID, g.Client, g.Session))
		at := began().Add(time.Minute)
		h.ok(h.EndAccess(h.ctx(), g.Account, g.Client, "by_owner", at, event("access.ended")))
		_, err := h.Consent(h.ctx(), g.Account, g.Client)
		h.refused(err, provider.ErrNotFound)
		for _, id := range []string{g.ID, offline.ID} {
			h.same(h.standing(id).Grant.RevokedAt, at)
			h.same(h.standing(id).Grant.RevokedWhy, "by_owner")
		}
		for _, stays := range []provider.Grant{another, theirs} {
			h.same(*h.standing(stays.ID).Grant, stays)
			_, err := h.Consent(h.ctx(), stays.Account, stays.Client)
			h.ok(err)
		}
		h.same(h.events("access.ended"), 1)
	}},
	{"access ends where there is a consent only, or a grant only; where there is neither: ErrNotFound", func(h house) {
		g := h.redeemed()
		h.ok(h.WithdrawConsent(h.ctx(), g.Account, g.Client, event("consent.withdrawn")))
		h.ok(h.EndAccess(h.ctx(), g.Account, g.Client, "by_owner", began(), event("access.ended")))
		h.refused(h.EndAccess(h.ctx(), g.Account, g.Client, "by_owner", began(), event("access.ended")), provider.ErrNotFound)
		h.ok(h.GiveConsent(h.ctx(), newConsent(g.Account, g.Client), event("consent.given")))
		h.ok(h.EndAccess(h.ctx(), g.Account, g.Client, "by_owner", began(), event("access.ended")))
		h.refused(h.EndAccess(h.ctx(), g.Account, "none", "by_owner", began(), event("access.ended")), provider.ErrNotFound)
		h.same(h.events("access.ended"), 2)
	}},
	{"an account that is paused has no session, grant or remembered browser left, and nobody else's are touched", func(h house) {
		g, theirs := h.redeemed(), h.redeemed()
		before := h.standing(theirs.ID)
		h.rememberIn(g)
		at := began().Add(time.Minute)
		h.ok(h.PauseAccount(h.ctx(), g.Account, "by_owner", at, event("account.disabled")))
		a, err := h.Account(h.ctx(), g.Account)
		h.ok(err)
		h.same(a.Status, provider.Paused)
		h.same([]time.Time{a.StatusAt, a.UpdatedAt}, []time.Time{at, at})
		h.same(a.Rev, int64(2))
		st := h.standing(g.ID)
		h.same([]time.Time{st.Session.EndedAt, st.Grant.RevokedAt}, []time.Time{at, at})
		h.same([]string{st.Session.EndedWhy, st.Grant.RevokedWhy}, []string{"by_owner", "by_owner"})
		devices, err := h.Devices(h.ctx(), g.Account)
		h.ok(err)
		h.same(devices[0].RememberedUntil.IsZero(), true)
		h.same(h.standing(theirs.ID), before)
	}},
	{"an account is paused once, and only while it is active: ErrStale, and nothing more ends", func(h house) {
		g := h.redeemed()
		a, err := h.Account(h.ctx(), g.Account)
		h.ok(err)
		a.Status = provider.Locked
		h.ok(h.UpdateAccount(h.ctx(), a, event("account.disabled")))
		for _, id := range []provider.AccountID{g.Account, "nobody"} {
			h.refused(h.PauseAccount(h.ctx(), id, "by_owner", began(), event("paused")), provider.ErrStale)
		}
		h.same([]any{h.session(g.Session).EndedWhy, h.standing(g.ID).Grant.RevokedAt.IsZero()}, []any{"account locked", true})
		h.same(h.events("paused"), 0)
	}},
	{"of fifty that pause an account at once, one does", func(h house) {
		g := h.redeemed()
		won := 0
		for _, err := range race(func(int) error {
			return h.PauseAccount(h.ctx(), g.Account, "by_owner", began(), event("paused"))
		}) {
			if err == nil {
				won++
			} else if !errors.Is(err, provider.ErrStale) {
				h.Fatal(err)
			}
		}
		h.same([]int{won, h.events("paused")}, []int{1, 1})
	}},
}
