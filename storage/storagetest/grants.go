package storagetest

import (
	"time"

	"gatehouse/provider"
)

var grantPromises = []promise{
	{"a grant is read as it was issued, by its code and by its id", func(h house) {
		g := h.grant()
		byCode, err := h.GrantByCode(h.ctx(), g.CodeHash)
		h.ok(err)
		h.same(*byCode.Grant, g)
		h.same(*h.standing(g.ID).Grant, g)
	}},
	{"an unknown code or grant is ErrNotFound", func(h house) {
		_, err := h.GrantByCode(h.ctx(), []byte("none"))
		h.refused(err, provider.ErrNotFound)
		_, err = h.GrantByCode(h.ctx(), nil)
		h.refused(err, provider.ErrNotFound)
		_, err = h.Standing(h.ctx(), "none", "")
		h.refused(err, provider.ErrNotFound)
	}},
	{"a code is issued for an account and to a client that there are: ErrNotFound", func(h house) {
		g := h.grant()
		nobody, nothing := g, g
		nobody.ID, nobody.CodeHash, nobody.Account = provider.NewID(), provider.HashSecret("1"), "nobody"
		nothing.ID, nothing.CodeHash, nothing.Client = provider.NewID(), provider.HashSecret("2"), "nothing"
		for _, wrong := range []provider.Grant{nobody, nothing} {
			h.refused(h.IssueCode(h.ctx(), wrong), provider.ErrNotFound)
			_, err := h.Standing(h.ctx(), wrong.ID, "")
			h.refused(err, provider.ErrNotFound)
		}
	}},
	{"what the application sent comes back byte for byte", func(h house) {
		g := h.grant()
		for _, text := range []string{"a\x00b", "\xff\xfe", "é", ""} {
			g.ID, g.CodeHash, g.Nonce, g.Challenge = provider.NewID(), provider.HashSecret(text), text, text
			g.Claims = `{"userinfo":{"é":{"value":"\u0000"}}}`
			h.ok(h.IssueCode(h.ctx(), g))
			h.same(*h.standing(g.ID).Grant, g)
		}
	}},
	{"a code is redeemed once: ErrUsed, and it can still be found", func(h house) {
		g := h.grant()
		at := began().Add(time.Second)
		h.ok(h.RedeemCode(h.ctx(), g.ID, at, event("code.redeemed")))
		h.refused(h.RedeemCode(h.ctx(), g.ID, at.Add(time.Second), event("code.redeemed")), provider.ErrUsed)
		st, err := h.GrantByCode(h.ctx(), g.CodeHash)
		h.ok(err)
		h.same(st.Grant.CodeUsedAt, at)
		h.same(h.events("code.redeemed"), 1)
	}},
	{"a code is good until it expires, and not at that moment: ErrUsed", func(h house) {
		g := h.grant()
		h.refused(h.RedeemCode(h.ctx(), g.ID, g.CodeExpiresAt, event("code.redeemed")), provider.ErrUsed)
		h.ok(h.RedeemCode(h.ctx(), g.ID, g.CodeExpiresAt.Add(-time.Microsecond), event("code.redeemed")))
	}},
	{"a code of a revoked grant, or of none, is ErrUsed", func(h house) {
		g := h.grant()
		_, err := h.RevokeGrant(h.ctx(), g.ID, "by_owner", began(), event("grant.revoked"))
		h.ok(err)
		h.refused(h.RedeemCode(h.ctx(), g.ID, began(), event("code.redeemed")), provider.ErrUsed)
		h.refused(h.RedeemCode(h.ctx(), "none", began(), event("code.redeemed")), provider.ErrUsed)
	}},
	{"a code of a session that ended or is over is ErrStale, and nobody's replay; one that was used stays ErrUsed", func(h house) {
		g := h.grant()
		used := newGrant(g.Account, g.Client, g.Session)
		late := newGrant(g.Account, g.Client, g.Session)
		late.CodeExpiresAt = began().Add(24 * time.Hour)
		for _, more := range []provider.Grant{used, late} {
			h.ok(h.IssueCode(h.ctx(), more))
		}
		h.ok(h.RedeemCode(h.ctx(), used.ID, began(), event("code.redeemed")))
		h.refused(h.RedeemCode(h.ctx(), late.ID, h.session(g.Session).EndsAt, event("code.redeemed")), provider.ErrStale)
		_, err := h.EndSession(h.ctx(), g.Session, "signed_out", began(), event("session.ended"))
		h.ok(err)
		h.refused(h.RedeemCode(h.ctx(), g.ID, began(), event("code.redeemed")), provider.ErrStale)
		h.refused(h.RedeemCode(h.ctx(), g.ID, g.CodeExpiresAt, event("code.redeemed")), provider.ErrUsed)
		h.refused(h.RedeemCode(h.ctx(), used.ID, began(), event("code.redeemed")), provider.ErrUsed)
		h.same(h.standing(g.ID).Grant.CodeUsedAt.IsZero(), true)
		h.same(h.events("code.redeemed"), 1)
	}},
	{"a grant advances from its generation to the next", func(h house) {
		g := h.grant()
		h.ok(h.AdvanceGrant(h.ctx(), g.ID, 0, began().Add(time.Minute)))
		h.ok(h.AdvanceGrant(h.ctx(), g.ID, 1, began().Add(time.Hour)))
		g.Generation, g.RotatedAt = 2, began().Add(time.Hour)
		h.same(*h.standing(g.ID).Grant, g)
	}},
	{"a generation that is past, ahead, revoked or unknown is ErrStale", func(h house) {
		g := h.grant()
		h.ok(h.AdvanceGrant(h.ctx(), g.ID, 0, began()))
		for _, from := range []int64{-1, 0, 2} {
			h.refused(h.AdvanceGrant(h.ctx(), g.ID, from, began()), provider.ErrStale)
		}
		h.refused(h.AdvanceGrant(h.ctx(), "none", 0, began()), provider.ErrStale)
		_, err := h.RevokeGrant(h.ctx(), g.ID, "by_owner", began(), event("grant.revoked"))
		h.ok(err)
		h.refused(h.AdvanceGrant(h.ctx(), g.ID, 1, began()), provider.ErrStale)
	}},
	{"revoking a live grant says so", func(h house) {
		g := h.grant()
		live, err := h.RevokeGrant(h.ctx(), g.ID, "reuse", began().Add(time.Minute), event("grant.revoked"))
		h.ok(err)
		h.same(live, true)
		g.RevokedAt, g.RevokedWhy = began().Add(time.Minute), "reuse"
		h.same(*h.standing(g.ID).Grant, g)
	}},
	{"revoking a grant again, one that is over, or none, writes nothing", func(h house) {
		g := h.grant()
		over := newGrant(g.Account, g.Client, g.Session)
		h.ok(h.IssueCode(h.ctx(), over))
		_, err := h.RevokeGrant(h.ctx(), g.ID, "reuse", began(), event("grant.revoked"))
		h.ok(err)
		for _, id := range []string{g.ID, over.ID, "none"} {
			live, err := h.RevokeGrant(h.ctx(), id, "by_staff", over.ExpiresAt, event("grant.revoked"))
			h.ok(err)
			h.same(live, false)
		}
		h.same(h.standing(g.ID).Grant.RevokedWhy, "reuse")
		h.same(h.standing(over.ID).Grant.RevokedAt.IsZero(), true)
		h.same(h.events("grant.revoked"), 1)
	}},
}

var standingPromises = []promise{
	{"a standing names client, account, session, grant and consent", func(h house) {
		g := h.grant()
		consent := newConsent(g.Account, g.Client)
		h.ok(h.GiveConsent(h.ctx(), consent, event("consent.given")))
		st := h.standing(g.ID)
		client, err := h.Client(h.ctx(), g.Client)
		h.ok(err)
		h.same(*st.Client, client)
		h.same(*st.Session, h.session(g.Session))
		h.same(*st.Consent, consent)
		h.same(*st.Grant, g)
		h.same(st.ChangeOwed, "")
		h.same(st.Revoked, false)
		h.isOpen(st, began())
	}},
	{"a standing by code is the same without the client", func(h house) {
		g := h.grant()
		h.ok(h.GiveConsent(h.ctx(), newConsent(g.Account, g.Client), event("consent.given")))
		want := h.standing(g.ID)
		want.Client = nil
		got, err := h.GrantByCode(h.ctx(), g.CodeHash)
		h.ok(err)
		h.same(got, want)
	}},
	{"the account of a standing has id, status and revision, and nothing that is sealed", func(h house) {
		g := h.grant()
		a, err := h.Account(h.ctx(), g.Account)
		h.ok(err)
		h.same(*h.standing(g.ID).Account, provider.Account{ID: a.ID, Status: a.Status, StatusAt: a.StatusAt, Rev: a.Rev})
	}},
	{"what is not there is nil", func(h house) {
		g := newGrant(h.account("ada").ID, h.client("records").ID, "no session")
		h.ok(h.IssueCode(h.ctx(), g))
		st := h.standing(g.ID)
		if st.Session != nil || st.Consent != nil {
			h.Fatalf("%+v", st)
		}
	}},
	{"a locked account is seen at once", func(h house) {
		g := h.grant()
		a, err := h.Account(h.ctx(), g.Account)
		h.ok(err)
		a.Status = provider.Locked
		h.ok(h.UpdateAccount(h.ctx(), a, event("account.locked")))
		h.isShut(h.standing(g.ID), provider.ShutLocked)
	}},
	{"a password change owed is seen at once", func(h house) {
		g := h.grant()
		p := h.held(provider.Account{ID: g.Account})
		p.ChangeOwed = "leaked"
		h.ok(h.SaveAuthenticator(h.ctx(), p, event("password.owed")))
		st := h.standing(g.ID)
		h.same(st.ChangeOwed, "leaked")
		h.isShut(st, provider.ShutChange)
	}},
	{"only a password's change is owed", func(h house) {
		g := h.grant()
		other := newAuthenticator(provider.Account{ID: g.Account}, provider.TOTP, began())
		other.ChangeOwed = "asked"
		h.ok(h.SaveAuthenticator(h.ctx(), other, event("authenticator.bound")))
		h.same(h.standing(g.ID).ChangeOwed, "")
	}},
	{"an ended session is seen at once", func(h house) {
		g := h.grant()
		h.ok(h.GiveConsent(h.ctx(), newConsent(g.Account, g.Client), event("consent.given")))
		_, err := h.EndSession(h.ctx(), g.Session, "signed_out", began(), event("session.ended"))
		h.ok(err)
		h.isShut(h.standing(g.ID), provider.ShutSession)
	}},
	{"a withdrawn consent is seen at once", func(h house) {
		g := h.grant()
		h.ok(h.GiveConsent(h.ctx(), newConsent(g.Account, g.Client), event("consent.given")))
		h.ok(h.WithdrawConsent(h.ctx(), g.Account, g.Client, event("consent.withdrawn")))
		h.isShut(h.standing(g.ID), provider.ShutConsent)
	}},
	{"a consent to another client, or of another account, is none", func(h house) {
		g := h.grant()
		h.ok(h.GiveConsent(h.ctx(), newConsent(g.Account, h.client("scheduling").ID), event("consent.given")))
		h.ok(h.GiveConsent(h.ctx(), newConsent(h.account("bob").ID, g.Client), event("consent.given")))
		if st := h.standing(g.ID); st.Consent != nil {
			h.Fatalf("%+v", st.Consent)
		}
	}},
	{"a disabled client is seen at once", func(h house) {
		g := h.grant()
		c, err := h.Client(h.ctx(), g.Client)
		h.ok(err)
		c.DisabledAt = began()
		h.ok(h.UpdateClient(h.ctx(), c, event("client.disabled")))
		h.isShut(h.standing(g.ID), provider.ShutClient)
	}},
	{"a revoked token is seen at once, and no other", func(h house) {
		g := h.grant()
		h.ok(h.Consume(h.ctx(), provider.RevokedToken, "t1", began().Add(time.Minute)))
		h.ok(h.Consume(h.ctx(), provider.RevokedToken, "", began().Add(time.Minute)))
		h.ok(h.Consume(h.ctx(), "something else", "t2", began().Add(time.Minute)))
		for token, want := range map[string]bool{"t1": true, "t2": false, "": false} {
			st, err := h.Standing(h.ctx(), g.ID, token)
			h.ok(err)
			h.same(st.Revoked, want)
		}
	}},
}

func (h house) isOpen(st provider.Standing, now time.Time) {
	h.Helper()
	st.Consent.Scopes = append(st.Consent.Scopes, st.Grant.Scopes...)
	h.ok(provider.Gate(st, time.Hour, now))
}

func (h house) isShut(st provider.Standing, want provider.Shut) {
	h.Helper()
	if st.Consent != nil {
		st.Consent.Scopes = append(st.Consent.Scopes, st.Grant.Scopes...)
	}
	h.refused(provider.Gate(st, time.Hour, began()), want)
}
