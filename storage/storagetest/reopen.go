package storagetest

import (
	"testing"
	"time"

	"gatehouse/provider"
)

// reopen holds the store to: what was acknowledged is there after a restart.
func (hs Harness) reopen(t *testing.T) {
	if hs.Reopen == nil {
		t.Fatal("every durable backend says how it is reopened")
	}
	h := house{T: t, Store: hs.Open(t)}
	g := h.grant()
	h.ok(h.RedeemCode(h.ctx(), g.ID, began(), event("code.redeemed")))
	h.ok(h.AdvanceGrant(h.ctx(), g.ID, 0, began()))
	h.ok(h.Consume(h.ctx(), "jti", "k", began()))
	h.ok(h.SwapKeyring(h.ctx(), []byte("doc"), 0, event("keys.changed")))
	_, err := h.EndSession(h.ctx(), g.Session, "signed_out", began(), event("session.ended"))
	h.ok(err)
	_, err = h.CountFailure(h.ctx(), h.held(provider.Account{ID: g.Account}).ID, event("proof.failed"))
	h.ok(err)
	code, b := h.challenge(), threeAnHour()
	h.ok(h.SolveChallenge(h.ctx(), code.ID, began()))
	h.spends(b, began(), 2, began().Add(time.Hour))
	h.ok(h.SpendStep(h.ctx(), h.held(provider.Account{ID: g.Account}).ID, 57))
	h.rememberIn(g)
	h.tell(newMessage("c1"))
	used := h.issued(actsRecord)
	h.ok(h.joins(used.ID, began(), g.Account))
	h.ok(h.starts(actsRecovery(g.Account)))
	before, trail := h.everything(g), h.trail()

	h.Store = hs.Reopen(t, h.Store)
	h.same(h.everything(g), before)
	h.same(h.trail(), trail)
	h.refused(h.Consume(h.ctx(), "jti", "k", began()), provider.ErrUsed)
	h.refused(h.RedeemCode(h.ctx(), g.ID, began(), event("code.redeemed")), provider.ErrUsed)
	h.refused(h.AdvanceGrant(h.ctx(), g.ID, 0, began()), provider.ErrStale)
	h.refused(h.SolveChallenge(h.ctx(), code.ID, began()), provider.ErrUsed)
	h.spends(b, began(), 1, began().Add(time.Hour))
	h.refused(h.SpendStep(h.ctx(), h.held(provider.Account{ID: g.Account}).ID, 57), provider.ErrUsed)
	h.same(h.claimOne(began()).Challenge, "c1")
	h.refused(h.joins(used.ID, began(), g.Account), provider.ErrUsed)
	h.refused(h.starts(newRecovery(g.Account)), provider.ErrTaken)
}

func (h house) trail() []provider.Event {
	h.Helper()
	all, err := h.Events(h.ctx(), "", 1000)
	h.ok(err)
	return all
}
