package storagetest

import (
	"time"

	"gatehouse/provider"
)

var sessionPromises = []promise{
	{"a session is found by its id and by its secret, as it began", func(h house) {
		s := newSession(h.account("ada").ID)
		got := h.begin(s)
		s.Rev = 1
		h.same(got, s)
		bySecret, err := h.SessionBySecret(h.ctx(), s.SecretHash)
		h.ok(err)
		h.same(bySecret, s)
	}},
	{"all of a session's proofs is kept, and read wherever a session is", func(h house) {
		g := h.grant()
		s := newSession(g.Account)
		at := began()
		s.Proofs = []provider.Proof{
			{Account: g.Account, Authenticator: "a1", Kind: provider.Password, At: at, SetAt: at.Add(-time.Hour), Where: "Firefox on Windows"},
			{Account: g.Account, Authenticator: "a2", Kind: provider.Passkey, UserVerified: true, Synced: true, At: at},
			{Account: "another", Authenticator: "a3", Kind: provider.TextCode, Voice: true, At: at},
		}
		h.same(h.begin(s).Proofs, s.Proofs)
		g.ID, g.Session, g.CodeHash = provider.NewID(), s.ID, provider.HashSecret("second")
		h.ok(h.IssueCode(h.ctx(), g))
		h.same(h.standing(g.ID).Session.Proofs, s.Proofs)
		byCode, err := h.GrantByCode(h.ctx(), g.CodeHash)
		h.ok(err)
		h.same(byCode.Session.Proofs, s.Proofs)
	}},
	{"an unknown session is ErrNotFound", func(h house) {
		_, err := h.Session(h.ctx(), "none")
		h.refused(err, provider.ErrNotFound)
		_, err = h.SessionBySecret(h.ctx(), []byte("none"))
		h.refused(err, provider.ErrNotFound)
		_, err = h.SessionBySecret(h.ctx(), nil)
		h.refused(err, provider.ErrNotFound)
	}},
	{"a touched session was seen, never earlier than before", func(h house) {
		s := h.begin(newSession(h.account("ada").ID))
		h.ok(h.TouchSession(h.ctx(), s.ID, began().Add(time.Hour)))
		h.ok(h.TouchSession(h.ctx(), s.ID, began().Add(time.Minute)))
		s.SeenAt = began().Add(time.Hour)
		h.same(h.session(s.ID), s)
	}},
	{"a touch never revives a session", func(h house) {
		s := h.begin(newSession(h.account("ada").ID))
		_, err := h.EndSession(h.ctx(), s.ID, "signed_out", began().Add(time.Minute), event("session.ended"))
		h.ok(err)
		ended := h.session(s.ID)
		h.ok(h.TouchSession(h.ctx(), s.ID, began().Add(time.Hour)))
		h.same(h.session(s.ID), ended)
	}},
	{"a touch of an unknown session is nothing", func(h house) { h.ok(h.TouchSession(h.ctx(), "none", began())) }},
	{"ending a live session says so, and it can still be found", func(h house) {
		s := h.begin(newSession(h.account("ada").ID))
		live, err := h.EndSession(h.ctx(), s.ID, "signed_out", began().Add(time.Minute), event("session.ended"))
		h.ok(err)
		h.same(live, true)
		got, err := h.SessionBySecret(h.ctx(), s.SecretHash)
		h.ok(err)
		h.same(got.EndedAt, began().Add(time.Minute))
		h.same(got.EndedWhy, "signed_out")
	}},
	{"ending an ended session writes nothing", func(h house) {
		s := h.begin(newSession(h.account("ada").ID))
		_, err := h.EndSession(h.ctx(), s.ID, "signed_out", began().Add(time.Minute), event("session.ended"))
		h.ok(err)
		once := h.session(s.ID)
		live, err := h.EndSession(h.ctx(), s.ID, "by_staff", began().Add(time.Hour), event("session.ended"))
		h.ok(err)
		h.same(live, false)
		h.same(h.session(s.ID), once)
		h.same(h.events("session.ended"), 1)
	}},
	{"ending a session past its absolute end, or none, writes nothing", func(h house) {
		s := h.begin(newSession(h.account("ada").ID))
		for _, id := range []string{s.ID, "none"} {
			live, err := h.EndSession(h.ctx(), id, "signed_out", s.EndsAt, event("session.ended"))
			h.ok(err)
			h.same(live, false)
		}
		h.same(h.session(s.ID), s)
		h.same(h.events("session.ended"), 0)
	}},
}

var completionPromises = []promise{
	{"a ceremony is completed once: ErrUsed, and the second session never began", func(h house) {
		a := h.account("ada")
		first, second := completion(newSession(a.ID)), completion(newSession(a.ID))
		second.Ceremony = first.Ceremony
		h.ok(h.CompleteCeremony(h.ctx(), first, event("session.began")))
		h.refused(h.CompleteCeremony(h.ctx(), second, event("session.began")), provider.ErrUsed)
		_, err := h.Session(h.ctx(), second.Session.ID)
		h.refused(err, provider.ErrNotFound)
		h.same(h.events("session.began"), 1)
	}},
	{"a completion renews the session that it was read as", func(h house) {
		s := h.begin(newSession(h.account("ada").ID))
		old := s.SecretHash
		s.SecretHash = provider.HashSecret("renewed")
		s.Proofs = append(s.Proofs, provider.Proof{Account: s.Account, Authenticator: "a2", Kind: provider.Passkey, UserVerified: true, At: began().Add(time.Minute)})
		s.SeenAt = began().Add(time.Minute)
		got := h.begin(s)
		s.Rev++
		h.same(got, s)
		_, err := h.SessionBySecret(h.ctx(), old)
		h.refused(err, provider.ErrNotFound)
	}},
	{"a session that changed, ended or is over meanwhile is ErrStale, and its ceremony is not used up", func(h house) {
		a := h.account("ada")
		changed := h.begin(newSession(a.ID))
		h.begin(changed)
		ended := h.begin(newSession(a.ID))
		_, err := h.EndSession(h.ctx(), ended.ID, "signed_out", began(), event("session.ended"))
		h.ok(err)
		ended.Rev++
		over := h.begin(newSession(a.ID))
		late := completion(over)
		late.At = over.EndsAt
		for _, c := range []provider.Completion{completion(changed), completion(ended), late} {
			h.refused(h.CompleteCeremony(h.ctx(), c, event("session.renewed")), provider.ErrStale)
			again := completion(newSession(a.ID))
			again.Ceremony = c.Ceremony
			h.ok(h.CompleteCeremony(h.ctx(), again, event("session.began")))
		}
		h.same(h.events("session.renewed"), 0)
	}},
	{"no session begins of an account that is shut: ErrStale, and its ceremony is not used up", func(h house) {
		for _, status := range []provider.AccountStatus{provider.Locked, provider.Paused, provider.Closed} {
			a := h.account(string(status))
			a.Status = status
			h.ok(h.UpdateAccount(h.ctx(), a, event("account.shut")))
			c := completion(newSession(a.ID))
			h.refused(h.CompleteCeremony(h.ctx(), c, event("session.began")), provider.ErrStale)
			_, err := h.Session(h.ctx(), c.Session.ID)
			h.refused(err, provider.ErrNotFound)
			a.Rev, a.Status = h.rev(a.ID), provider.Active
			h.ok(h.UpdateAccount(h.ctx(), a, event("account.opened")))
			h.ok(h.CompleteCeremony(h.ctx(), c, event("session.began")))
		}
	}},
	{"a session never passes to another account: ErrStale", func(h house) {
		s := h.begin(newSession(h.account("ada").ID))
		s.Account = h.account("bob").ID
		h.refused(h.CompleteCeremony(h.ctx(), completion(s), event("session.renewed")), provider.ErrStale)
	}},
	{"a touch between reading and renewing a session disturbs nothing", func(h house) {
		s := h.begin(newSession(h.account("ada").ID))
		h.ok(h.TouchSession(h.ctx(), s.ID, began().Add(time.Hour)))
		got := h.begin(s)
		h.same(got.SeenAt, began().Add(time.Hour))
	}},
	{"a completion ends the other session of the browser", func(h house) {
		a, b := h.account("ada"), h.account("bob")
		other := h.begin(newSession(a.ID))
		c := completion(newSession(b.ID))
		c.Ends, c.Why, c.Ended = other.ID, provider.EndedReplaced, event("session.replaced")
		h.ok(h.CompleteCeremony(h.ctx(), c, event("session.began")))
		h.same(h.events("session.replaced"), 1)
		got := h.session(other.ID)
		h.same(got.EndedAt, c.At)
		h.same(got.EndedWhy, "replaced")
	}},
	{"a completion leaves the other session alone if it had ended", func(h house) {
		a := h.account("ada")
		other := h.begin(newSession(a.ID))
		_, err := h.EndSession(h.ctx(), other.ID, "signed_out", began().Add(-time.Minute), event("session.ended"))
		h.ok(err)
		before := h.session(other.ID)
		c := completion(newSession(a.ID))
		c.Ends, c.Ended = other.ID, event("session.replaced")
		h.ok(h.CompleteCeremony(h.ctx(), c, event("session.began")))
		h.same(h.session(other.ID), before)
		h.same(h.events("session.replaced"), 0)
	}},
	{"what the end of the other session tells is told if it was live until now", func(h house) {
		a := h.account("ada")
		for _, live := range []bool{true, false} {
			other := h.begin(newSession(a.ID))
			if !live {
				_, err := h.EndSession(h.ctx(), other.ID, "signed_out", began().Add(-time.Minute), event("session.ended"))
				h.ok(err)
			}
			c := completion(newSession(a.ID))
			c.Ends, c.Ended = other.ID, told(newMessage("of the end"))
			h.ok(h.CompleteCeremony(h.ctx(), c, told(newMessage("of the beginning"))))
			want := map[string]bool{"of the beginning": true}
			if live {
				want["of the end"] = true
			}
			got := map[string]bool{}
			for _, m := range h.claim(began(), 10) {
				got[m.Challenge] = true
			}
			h.same(got, want)
		}
	}},
	{"what was verified has no failures and was used; the rest is as it was", func(h house) {
		a := h.account("ada", provider.Password, provider.TOTP)
		held, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		for _, one := range held {
			_, err = h.CountFailure(h.ctx(), one.ID, event("proof.failed"))
			h.ok(err)
		}
		c := completion(newSession(a.ID))
		c.Proofs = append(shown(held[0]), shown(held[0])...) // asked for twice
		h.ok(h.CompleteCeremony(h.ctx(), c, event("session.began")))
		after, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		held[0].Failures, held[0].UsedAt, held[0].Rev = 0, c.At, held[0].Rev+2
		held[1].Failures, held[1].Rev = 1, held[1].Rev+1
		h.same(after, held)
	}},
	{"a completion by what is another account's is ErrStale, and clears no failures of it", func(h house) {
		bob := h.held(h.account("bob", provider.Password))
		_, err := h.CountFailure(h.ctx(), bob.ID, event("proof.failed"))
		h.ok(err)
		c := completion(newSession(h.account("ada").ID))
		c.Proofs = shown(bob)
		h.refused(h.CompleteCeremony(h.ctx(), c, event("session.began")), provider.ErrStale)
		h.same(h.held(provider.Account{ID: bob.Account}).Failures, 1)
	}},
	{"a proof of a password that was replaced completes nothing", func(h house) {
		a := h.account("ada", provider.Password, provider.TOTP)
		held, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		proofs := append(shown(held[0]), shown(held[1])...)
		renewed := h.begin(newSession(a.ID))
		held[0].Data, held[0].CreatedAt = []byte("new"), held[0].CreatedAt.Add(time.Microsecond)
		h.ok(h.SaveAuthenticator(h.ctx(), held[0], event("password.changed")))
		h.falls(a, proofs, renewed)
		held, err = h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		c := completion(newSession(a.ID))
		for i := range held {
			c.Proofs = append(c.Proofs, shown(held[i])...)
		}
		h.ok(h.CompleteCeremony(h.ctx(), c, event("session.began")))
	}},
	{"a proof of an authenticator that was removed completes nothing", func(h house) {
		a := h.account("ada", provider.Password, provider.TOTP)
		held, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		proofs := append(shown(held[0]), shown(held[1])...)
		renewed := h.begin(newSession(a.ID))
		h.ok(h.RemoveAuthenticator(h.ctx(), held[1], h.rev(a.ID), event("authenticator.removed")))
		h.falls(a, proofs, renewed)
	}},
	{"a proof of what a recovery took away completes nothing", func(h house) {
		a := h.account("ada", provider.Password, provider.TOTP)
		held, err := h.Authenticators(h.ctx(), a.ID)
		h.ok(err)
		r := h.recovery(a.ID)
		h.ok(h.finishes(r.ID, r.ReadyAt, held[1].ID))
		h.falls(a, append(shown(held[0]), shown(held[1])...), h.begin(newSession(a.ID)))
	}},
	{"a proof of another kind than its authenticator completes nothing", func(h house) {
		a := h.account("ada", provider.Password)
		proofs := shown(h.held(a))
		proofs[0].Kind = provider.Passkey
		h.falls(a, proofs, h.begin(newSession(a.ID)))
	}},
	{"failures that are counted meanwhile take no proof away", func(h house) {
		a := h.account("ada", provider.Password)
		c := completion(newSession(a.ID))
		c.Proofs = shown(h.held(a))
		_, err := h.CountFailure(h.ctx(), c.Proofs[0].Authenticator, event("proof.failed"))
		h.ok(err)
		h.ok(h.CompleteCeremony(h.ctx(), c, event("session.began")))
	}},
}

// falls has these proofs complete nothing: no session begins, none is renewed or ends, no browser is noted, no failures are over, and
// the ceremony is not used up.
func (h house) falls(a provider.Account, proofs []provider.Proof, renewed provider.Session) {
	h.Helper()
	before, err := h.Authenticators(h.ctx(), a.ID)
	h.ok(err)
	began, renewal := completion(newSession(a.ID)), completion(renewed)
	began.Ends, began.Ended = renewed.ID, event("session.replaced")
	renewal.Session.SecretHash = provider.HashSecret(provider.NewSecret())
	for _, c := range []provider.Completion{began, renewal} {
		c.Proofs, c.Device = proofs, newDevice(a.ID)
		h.refused(h.CompleteCeremony(h.ctx(), c, event("nothing")), provider.ErrStale)
		_, err := h.SessionBySecret(h.ctx(), c.Session.SecretHash)
		h.refused(err, provider.ErrNotFound)
		_, err = h.Device(h.ctx(), c.Device.SecretHash, a.ID)
		h.refused(err, provider.ErrNotFound)
		again := completion(newSession(a.ID))
		again.Ceremony = c.Ceremony
		h.ok(h.CompleteCeremony(h.ctx(), again, event("session.began")))
	}
	h.same(h.session(renewed.ID), renewed)
	h.same(h.events("session.replaced")+h.events("nothing"), 0)
	after, err := h.Authenticators(h.ctx(), a.ID)
	h.ok(err)
	h.same(after, before)
}
