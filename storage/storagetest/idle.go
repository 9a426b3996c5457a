package storagetest

import (
	"errors"
	"time"

	"gatehouse/provider"
)

// idleAfter is the idle clock of these tests.
const idleAfter = 15 * time.Minute

// watched is a session that an application is part of which reports what the person does.
func (h house) watched(username string, change ...func(*provider.Client)) provider.Session {
	h.Helper()
	s := h.begin(newSession(h.account(username).ID))
	c := newClient("reports-" + username)
	c.ReportsActivity = true
	for _, each := range change {
		each(&c)
	}
	h.ok(h.CreateClient(h.ctx(), c, event("client.created")))
	h.uses(s, c.ID)
	return s
}

func (h house) reports(s provider.Session, at, now time.Time) {
	h.Helper()
	h.ok(h.ReportActivity(h.ctx(), s.ID, at, now, idleAfter))
}

func (h house) endIdle(s provider.Session, now time.Time) bool {
	h.Helper()
	ended, err := h.EndIdle(h.ctx(), s.ID, now, idleAfter, event("session.ended"))
	h.ok(err)
	return ended
}

func (h house) idle(now time.Time, limit int) []string {
	h.Helper()
	all, err := h.IdleSessions(h.ctx(), now, idleAfter, limit)
	h.ok(err)
	var ids []string
	for _, s := range all {
		h.same(s, h.session(s.ID))
		ids = append(ids, s.ID)
	}
	return ids
}

var idlePromises = []promise{
	{"what a person did is noted, never earlier than what was noted before", func(h house) {
		s := h.watched("ada")
		h.reports(s, began().Add(5*time.Minute), began().Add(6*time.Minute))
		h.reports(s, began().Add(4*time.Minute), began().Add(7*time.Minute))
		s.SeenAt = began().Add(5 * time.Minute)
		h.same(h.session(s.ID), s)
		h.ok(h.ReportActivity(h.ctx(), "none", began(), began(), idleAfter))
	}},
	{"a report revives nothing: neither idle, nor ended, nor over", func(h house) {
		s := h.watched("ada")
		h.reports(s, began().Add(10*time.Minute), began().Add(idleAfter))
		h.same(h.session(s.ID), s)
		h.reports(s, began().Add(idleAfter), began().Add(idleAfter))
		h.same(h.session(s.ID), s)
		h.reports(s, s.EndsAt, s.EndsAt)
		h.same(h.session(s.ID), s)
		_, err := h.EndSession(h.ctx(), s.ID, "signed_out", began().Add(time.Minute), event("session.ended"))
		h.ok(err)
		ended := h.session(s.ID)
		h.reports(s, began().Add(2*time.Minute), began().Add(2*time.Minute))
		h.same(h.session(s.ID), ended)
	}},
	{"idle sessions are those of applications that report, to the instant, the longest idle first", func(h house) {
		late, early := h.watched("ada"), h.watched("bob")
		h.reports(late, began().Add(time.Minute), began().Add(time.Minute))
		alone := h.begin(newSession(h.account("cleo").ID))
		h.client("mute")
		h.uses(alone, "mute")
		h.watched("dora", func(c *provider.Client) { c.DisabledAt = began() })
		left := h.begin(newSession(h.account("eve").ID))
		_, err := h.RevokeGrant(h.ctx(), h.uses(left, "reports-ada").ID, "by_owner", began(), event("grant.revoked"))
		h.ok(err)
		asked := h.begin(newSession(h.account("finn").ID))
		h.ok(h.IssueCode(h.ctx(), newGrant(asked.Account, "reports-ada", asked.ID)))
		h.same(h.idle(began().Add(idleAfter-time.Microsecond), 10), []string(nil))
		h.same(h.idle(began().Add(idleAfter), 10), []string{early.ID})
		h.same(h.idle(began().Add(idleAfter+time.Minute), 10), []string{early.ID, late.ID})
		h.same(h.idle(began().Add(idleAfter+time.Minute), 1), []string{early.ID})
		h.same(h.idle(began().Add(idleAfter+time.Minute), -1), []string(nil))
		h.same(h.idle(late.EndsAt, 10), []string(nil))
	}},
	{"of each session it is known whether an application reports what its person does", func(h house) {
		s, alone := h.watched("ada"), h.begin(newSession(h.account("cleo").ID))
		h.client("mute")
		h.uses(alone, "mute")
		asked, left := h.begin(newSession(h.account("finn").ID)), h.begin(newSession(h.account("eve").ID))
		h.ok(h.IssueCode(h.ctx(), newGrant(asked.Account, "reports-ada", asked.ID)))
		_, err := h.RevokeGrant(h.ctx(), h.uses(left, "reports-ada").ID, "by_owner", began(), event("grant.revoked"))
		h.ok(err)
		away := h.begin(newSession(h.account("gina").ID))
		h.uses(away, "reports-ada", func(g *provider.Grant) { g.Offline = true })
		shut := h.watched("dora", func(c *provider.Client) { c.DisabledAt = began() })
		for _, each := range []struct {
			session string
			want    bool
		}{{s.ID, true}, {alone.ID, false}, {asked.ID, false}, {left.ID, false}, {away.ID, false}, {shut.ID, false}, {"none", false}} {
			got, err := h.Reporting(h.ctx(), each.session)
			h.ok(err)
			h.same([]any{each.session, got}, []any{each.session, each.want})
		}
	}},
	{"a session that gives way while it is idle ends as that", func(h house) {
		s := h.watched("ada")
		c := completion(newSession(s.Account))
		c.Ends, c.Why, c.Ended = s.ID, provider.EndedIdle, event("session.ended")
		h.ok(h.CompleteCeremony(h.ctx(), c, event("session.began")))
		h.same([]any{h.session(s.ID).EndedWhy, h.session(c.Session.ID).EndedWhy, h.events("session.ended")}, []any{provider.EndedIdle, "", 1})
	}},
	{"an idle session is ended once, with its reason, and one that is not stays", func(h house) {
		s := h.watched("ada")
		h.same(h.endIdle(s, began().Add(idleAfter-time.Microsecond)), false)
		h.same(h.session(s.ID), s)
		h.same(h.endIdle(s, began().Add(idleAfter)), true)
		h.same(h.endIdle(s, began().Add(idleAfter)), false)
		over := h.session(s.ID)
		h.same([]any{over.EndedAt, over.EndedWhy, over.Rev}, []any{began().Add(idleAfter), provider.EndedIdle, s.Rev + 1})
		h.same(h.events("session.ended"), 1)
		h.same(h.idle(began().Add(time.Hour), 10), []string(nil))
	}},
	{"where the record of an idle end cannot be kept, the session goes on", func(h house) {
		s := h.watched("ada")
		_, err := h.EndIdle(h.ctx(), s.ID, began().Add(idleAfter), idleAfter, unrecordable())
		h.inTrouble(err)
		h.same(h.session(s.ID), s)
	}},
}

var idleRaces = []promise{
	{"fifty report while fifty end what is idle: it is over, or it is not, and what is over stays so", func(h house) {
		s := h.watched("ada")
		// One clock says that it is idle, another is a second behind.
		idleNow, early := began().Add(idleAfter), began().Add(idleAfter-time.Second)
		var ended provider.Session
		for _, err := range race(func(n int) error {
			if n%2 == 0 {
				return h.ReportActivity(h.ctx(), s.ID, early, early, idleAfter)
			}
			won, err := h.EndIdle(h.ctx(), s.ID, idleNow, idleAfter, event("session.ended"))
			if err != nil || !won {
				return err
			}
			ended, err = h.Session(h.ctx(), s.ID)
			return errors.Join(err)
		}) {
			h.ok(err)
		}
		got := h.session(s.ID)
		switch {
		case got.EndedAt.IsZero():
			h.same([]any{got.SeenAt, h.events("session.ended"), ended.ID}, []any{early, 0, ""})
		default:
			h.same([]any{got, h.events("session.ended")}, []any{ended, 1})
			h.same(got.SeenAt, began())
		}
	}},
}
