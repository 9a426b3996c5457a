package storagetest

import (
	"time"

	"gatehouse/provider"
)

// actsRecord is the record whose invitations everything looks at.
const actsRecord = "the act's"

// lostAndFound notes what there is of it.
func (h house) lostAndFound(g provider.Grant, note func(name string, v any, err error)) {
	invitations, err := h.ActivationsOf(h.ctx(), actsRecord)
	note("invitations", invitations, err)
	records, err := h.RecordsOf(h.ctx(), g.Account, began())
	note("records", records, err)
	recovery, err := h.Recovery(h.ctx(), "the act's")
	note("recovery", recovery, err)
	closing, err := h.PendingClosing(h.ctx(), g.Account)
	note("closing", closing, err)
	terms, err := h.TermsAccepted(h.ctx(), g.Account, "1")
	note("terms", terms, err)
	noticed, err := h.Used(h.ctx(), "notice", "the act's")
	note("noticed", noticed, err)
}

// actsRecovery is one that everything looks at.
func actsRecovery(account provider.AccountID) provider.Recovery {
	r := newRecovery(account)
	r.ID = "the act's"
	return r
}

var lostFoundActs = []act{
	{"IssueActivations", func(h house, _ provider.Grant) func(provider.Event) error {
		h.issued(actsRecord)
		a := newActivation(actsRecord)
		return func(e provider.Event) error {
			return h.IssueActivations(h.ctx(), []provider.Issue{{Activation: a, Event: e}})
		}
	}},
	{"IssueActivations of two", func(h house, _ provider.Grant) func(provider.Event) error {
		first, second := newActivation("another"), newActivation(actsRecord)
		return func(e provider.Event) error {
			return h.IssueActivations(h.ctx(), []provider.Issue{{Activation: first, Event: event("issued")}, {Activation: second, Event: e}})
		}
	}},
	{"RevokeActivation", func(h house, _ provider.Grant) func(provider.Event) error {
		id := h.issued(actsRecord).ID
		return func(e provider.Event) error {
			_, err := h.RevokeActivation(h.ctx(), id, "by_staff", began(), e)
			return err
		}
	}},
	{"Activate", func(h house, _ provider.Grant) func(provider.Event) error {
		id, a := h.issued(actsRecord).ID, newAccount("bob")
		held := []provider.Authenticator{newAuthenticator(a, provider.Password, began())}
		return func(e provider.Event) error { return h.Activate(h.ctx(), id, began(), a, held, e) }
	}},
	{"JoinRecord", func(h house, g provider.Grant) func(provider.Event) error {
		id := h.issued(actsRecord).ID
		return func(e provider.Event) error { return h.JoinRecord(h.ctx(), id, began(), g.Account, e) }
	}},
	{"ImportAccounts", func(h house, _ provider.Grant) func(provider.Event) error {
		first, second := newImport("bob"), newImport("eve")
		return func(e provider.Event) error {
			second.Event = e
			return h.imports(first, second)
		}
	}},
	{"StartRecovery", func(h house, g provider.Grant) func(provider.Event) error {
		return func(e provider.Event) error { return h.StartRecovery(h.ctx(), actsRecovery(g.Account), e) }
	}},
	{"StartRecovery after one that is over", func(h house, g provider.Grant) func(provider.Event) error {
		over := actsRecovery(g.Account)
		h.ok(h.starts(over))
		next := newRecovery(g.Account)
		next.StartedAt, next.ReadyAt, next.ExpiresAt = over.ExpiresAt, over.ExpiresAt.Add(day), over.ExpiresAt.Add(2*day)
		return func(e provider.Event) error { return h.StartRecovery(h.ctx(), next, e) }
	}},
	{"StopRecovery", func(h house, g provider.Grant) func(provider.Event) error {
		h.ok(h.starts(actsRecovery(g.Account)))
		return func(e provider.Event) error {
			_, err := h.StopRecovery(h.ctx(), "the act's", "stopped", began(), e)
			return err
		}
	}},
	{"NoticeRecovery", func(h house, g provider.Grant) func(provider.Event) error {
		r := actsRecovery(g.Account)
		h.ok(h.starts(r))
		return func(e provider.Event) error { return h.NoticeRecovery(h.ctx(), r, time.Time{}, e) }
	}},
	{"FinishRecovery", func(h house, g provider.Grant) func(provider.Event) error {
		r := actsRecovery(g.Account)
		h.ok(h.starts(r))
		removes := []string{h.held(provider.Account{ID: g.Account}).ID}
		return func(e provider.Event) error { return h.FinishRecovery(h.ctx(), r.ID, removes, r.ReadyAt, e) }
	}},
}
