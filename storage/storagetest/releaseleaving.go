package storagetest

import (
	"testing"
	"time"

	"gatehouse/provider"
)

// What came with the fifth release, whose schema is the tenth: people who are trusted, an account that is to be closed, and what
// applications are told.
const (
	keptTrusted = provider.AccountID("EEEEEEEEEEEEEEEEEEEEEA")
	keptWatched = "FFFFFFFFFFFFFFFFFFFFFA"
	keptOver    = "GGGGGGGGGGGGGGGGGGGGGA"
	keptClient  = "kept-watching"
	keptTerms   = "2031-03"
)

func keptTrust() provider.Activation {
	a := newActivation("kept record of ada")
	a.ID, a.CodeHash, a.Relation, a.By, a.Until = "kept trust", []byte("code of trust"), provider.Trusted, keptAccount, began().Add(90*day)
	return a
}

func keptTrustedLink() provider.RecordLink {
	a := keptTrust()
	l := linkOf(a, keptTrusted, began())
	l.GrantedBy, l.Until = a.By, a.Until
	return l
}

func keptClosing() provider.Closing {
	return provider.AskClosing("kept closing", keptTrusted, 14*day, began())
}

// furnishLeaving puts that in.
func (h house) furnishLeaving() {
	h.Helper()
	eve := newAccount("eve")
	eve.ID = keptTrusted
	eve.Profile.Choices = keptChoices()
	h.ok(h.CreateAccount(h.ctx(), eve, nil, event("kept")))
	h.issue(keptTrust())
	h.ok(h.joins(keptTrust().ID, began(), keptTrusted))
	h.ok(h.AcceptTerms(h.ctx(), keptTrusted, keptTerms, began(), event("kept")))
	h.ok(h.asks(keptClosing()))
	c := newClient(keptClient)
	c.ReportsActivity, c.BackChannelLogoutURI, c.BackChannelNeedsSID = true, "https://kept.example.org/out", true
	h.ok(h.CreateClient(h.ctx(), c, event("kept")))
	for _, id := range []string{keptWatched, keptOver} {
		s := newSession(keptTrusted)
		s.ID, s.SecretHash = id, provider.HashSecret(id)
		g := newGrant(keptTrusted, keptClient, h.begin(s).ID)
		h.ok(h.IssueCode(h.ctx(), g))
		h.ok(h.RedeemCode(h.ctx(), g.ID, began(), event("kept")))
	}
	_, err := h.EndSession(h.ctx(), keptOver, "signed_out", began().Add(time.Minute), event("kept"))
	h.ok(err)
}

// WantLeaving wants that too, and that it goes on: whoever is away is found, whoever is to be told is, and who leaves leaves.
func WantLeaving(t *testing.T, s provider.Store) {
	t.Helper()
	h := house{T: t, Store: s}
	eve, err := h.Account(h.ctx(), keptTrusted)
	h.ok(err)
	h.same(eve.Profile.Choices, keptChoices())
	h.same(h.recordsAt(keptTrusted, began()), []provider.RecordLink{keptTrustedLink()})
	h.same(h.given(keptAccount, began()), []provider.RecordLink{keptTrustedLink()})
	at, err := h.TermsAccepted(h.ctx(), keptTrusted, keptTerms)
	h.ok(err)
	h.same(at, began())
	c, err := h.Client(h.ctx(), keptClient)
	h.ok(err)
	h.same([]any{c.ReportsActivity, c.BackChannelLogoutURI, c.BackChannelNeedsSID}, []any{true, "https://kept.example.org/out", true})
	h.same(h.idle(began().Add(idleAfter), 10), []string{keptWatched})
	owed := h.claimSignals(began().Add(time.Hour), 10, 10)
	h.same([]any{len(owed), owed[0].Session, owed[0].Client, owed[0].Why}, []any{1, keptOver, keptClient, "signed_out"})
	h.same(h.endIdle(h.session(keptWatched), began().Add(idleAfter)), true)
	h.same(h.signals(keptWatched), []string{keptClient})
	closing := keptClosing()
	h.same(h.closingOf(keptTrusted), &closing)
	h.ok(h.closes(closing, closing.DueAt))
	h.same(len(h.given(keptAccount, began())), 0)
	free, err := h.UsernameFree(h.ctx(), "canonical:eve", "")
	h.ok(err)
	h.same(free, false)
}

func keptChoices() provider.Choices {
	return provider.Choices{Codes: keptApp, Call: true, Fewer: true}
}
