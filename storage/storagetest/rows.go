package storagetest

import (
	"time"

	"gatehouse/provider"
)

var rowsPromises = []promise{
	{"every record that is alive is counted in its table, and no other", func(h house) {
		before, err := h.Rows(h.ctx())
		h.ok(err)
		g := h.grant() // an account with a password, a client, and a session that a ceremony completed
		h.ok(h.GiveConsent(h.ctx(), newConsent(g.Account, g.Client), event("consent.given")))
		h.ok(h.Consume(h.ctx(), "jti", "k", began().Add(time.Hour)))
		h.challenge()
		h.spends(threeAnHour(), began(), 2, began().Add(time.Hour))
		h.twin(provider.StrangersLane(g.Account)).try(began())
		h.seen(g.Account, newDevice(g.Account), began())
		h.tell(newMessage(""), newMessage(""))
		h.ok(h.joins(h.issued("MRN 1").ID, began(), g.Account))
		h.issued("MRN 2")
		h.recovery(g.Account)
		after, err := h.Rows(h.ctx())
		h.ok(err)
		for table, want := range map[string]int{
			"accounts": 1, "identifiers": 2, "authenticators": 1, "clients": 1, "sessions": 2, "consents": 1, "grants": 1,
			"marks": 3, "events": 11, "keyring": 0, "challenges": 1, "budgets": 1, "devices": 1, "messages": 2, "lanes": 1,
			"activations": 2, "record_links": 1, "recoveries": 1, "usernames_given": 1, "signals": 0,
		} {
			if got := after[table] - before[table]; got != want {
				h.Errorf("%d more %s, want %d", got, table, want)
			}
		}
	}},
	{"what was refused adds no row, and what is gone is counted no more", func(h house) {
		g := h.grant()
		before, err := h.Rows(h.ctx())
		h.ok(err)
		stranger := newGrant("nobody", g.Client, g.Session)
		h.refused(h.IssueCode(h.ctx(), stranger), provider.ErrNotFound)
		h.refused(h.GiveConsent(h.ctx(), newConsent("nobody", g.Client), event("consent.given")), provider.ErrNotFound)
		h.refused(h.CreateClient(h.ctx(), newClient(g.Client), event("client.created")), provider.ErrTaken)
		after, err := h.Rows(h.ctx())
		h.ok(err)
		h.same(after, before)
		h.ok(h.RemoveClient(h.ctx(), g.Client, event("client.removed")))
		after, err = h.Rows(h.ctx())
		h.ok(err)
		before["clients"]--
		before["grants"]--
		before["events"]++
		if _, apart := before["links"]; apart {
			before["links"]++
		}
		h.same(after, before)
	}},
}
