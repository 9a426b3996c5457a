package storagetest

import (
	"time"

	"gatehouse/provider"
)

var othersPromises = []promise{
	{"all live sessions of an account end but one, and its grants but those of that one", func(h house) {
		g := h.grant()
		stays := h.begin(newSession(g.Account))
		kept := newGrant(g.Account, g.Client, stays.ID)
		offline := newGrant(g.Account, g.Client, g.Session)
		offline.Offline = true
		h.ok(h.IssueCode(h.ctx(), kept))
		h.ok(h.IssueCode(h.ctx(), offline))
		at := began().Add(time.Minute)
		h.ok(h.EndOthers(h.ctx(), g.Account, stays.ID, "leaked", at, event("others.ended")))
		h.same(h.session(stays.ID), stays)
		h.same(*h.standing(kept.ID).Grant, kept)
		ended := h.session(g.Session)
		h.same(ended.EndedAt, at)
		h.same(ended.EndedWhy, "leaked")
		for _, id := range []string{g.ID, offline.ID} {
			got := h.standing(id).Grant
			h.same(got.RevokedAt, at)
			h.same(got.RevokedWhy, "leaked")
		}
		h.same(h.events("others.ended"), 1)
	}},
	{"with none to keep, all of them end", func(h house) {
		g := h.grant()
		h.ok(h.EndOthers(h.ctx(), g.Account, "", "leaked", began(), event("others.ended")))
		h.same(h.session(g.Session).EndedWhy, "leaked")
		h.same(h.standing(g.ID).Grant.RevokedWhy, "leaked")
	}},
	{"nobody else's sessions and grants end", func(h house) {
		g := h.grant()
		before := h.standing(g.ID)
		h.ok(h.EndOthers(h.ctx(), h.account("bob").ID, "", "leaked", began(), event("others.ended")))
		h.same(h.standing(g.ID), before)
	}},
	{"what is over already stays as it is, and the event is written all the same", func(h house) {
		g := h.grant()
		over := newSession(g.Account)
		over.EndsAt = began()
		h.begin(over)
		_, err := h.EndSession(h.ctx(), g.Session, "signed_out", began(), event("session.ended"))
		h.ok(err)
		_, err = h.RevokeGrant(h.ctx(), g.ID, "by_owner", began(), event("grant.revoked"))
		h.ok(err)
		before, beforeOver := h.standing(g.ID), h.session(over.ID)
		for range 2 {
			h.ok(h.EndOthers(h.ctx(), g.Account, "", "leaked", began().Add(time.Minute), event("others.ended")))
		}
		h.same(h.standing(g.ID), before)
		h.same(h.session(over.ID), beforeOver)
		h.same(h.events("others.ended"), 2)
	}},
	{"an ended one cannot be renewed: ErrStale", func(h house) {
		s := h.begin(newSession(h.account("ada").ID))
		h.ok(h.EndOthers(h.ctx(), s.Account, "", "leaked", began(), event("others.ended")))
		h.refused(h.CompleteCeremony(h.ctx(), completion(s), event("session.renewed")), provider.ErrStale)
	}},
}
