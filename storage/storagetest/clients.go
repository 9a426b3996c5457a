package storagetest

import (
	"time"

	"gatehouse/provider"
)

var clientPromises = []promise{
	{"a client is read as it was created, with revision 1", func(h house) {
		confidential, public := newClient("records"), newClient("app")
		confidential.PKCEOptional, confidential.FirstParty, confidential.Rotate, confidential.ReportsActivity = true, true, true, true
		confidential.BackChannelLogoutURI, confidential.BackChannelNeedsSID = "https://a.example.org/out?x=1", true
		confidential.PostLogoutRedirectURIs = []string{"https://a.example.org/?x=1&y=\"<é>", "https://b.example.org/"}
		keyed := newClient("keyed")
		keyed.SecretHash, keyed.AuthMethod, keyed.AuthAlg, keyed.AuthAudience = nil, provider.AuthKey, "ES256", provider.AudienceIssuer
		keyed.JWKS, keyed.JWKSURI = `{"keys":[{"kty":"OKP","x":"é"}]}`, "https://keyed.example.org/jwks?x=1"
		keyed.RequirePAR, keyed.Sector, keyed.UserinfoAlg, keyed.InitiateLoginURI = true, "a.example.org", "PS256", "https://a.example.org/in"
		public.SecretHash, public.AuthMethod, public.Audience, public.DisabledAt = nil, provider.AuthNone, nil, began()
		for _, c := range []provider.Client{confidential, public, keyed} {
			h.ok(h.CreateClient(h.ctx(), c, event("client.created")))
			got, err := h.Client(h.ctx(), c.ID)
			h.ok(err)
			c.Rev = 1
			h.same(got, c)
		}
	}},
	{"a client id that is taken is ErrTaken, and the client stays as it is", func(h house) {
		c := h.client("records")
		other := newClient("records")
		other.Name = "Other"
		h.refused(h.CreateClient(h.ctx(), other, event("client.created")), provider.ErrTaken)
		got, err := h.Client(h.ctx(), "records")
		h.ok(err)
		h.same(got, c)
		h.same(h.events("client.created"), 1)
	}},
	{"an unknown client is ErrNotFound", func(h house) {
		for _, id := range []string{"none", "", "a\x00b", "\xff"} {
			_, err := h.Client(h.ctx(), id)
			h.refused(err, provider.ErrNotFound)
		}
		h.refused(h.UpdateClient(h.ctx(), newClient("none"), event("client.changed")), provider.ErrNotFound)
		h.refused(h.RemoveClient(h.ctx(), "none", event("client.removed")), provider.ErrNotFound)
		h.same(h.events("client.removed"), 0)
	}},
	{"all clients are listed by id", func(h house) {
		b, a := h.client("b"), h.client("a")
		got, err := h.Clients(h.ctx())
		h.ok(err)
		h.same(got, []provider.Client{a, b})
	}},
	{"a client is replaced as a whole, and the next read sees it", func(h house) {
		c := h.client("records")
		c.Name, c.SecretHash, c.AuthMethod, c.RedirectURIs = "New", nil, provider.AuthNone, []string{"https://x.example.org/"}
		c.PostLogoutRedirectURIs, c.Grants, c.Scopes, c.Audience = []string{"https://y.example.org/"}, nil, nil, nil
		c.BackChannelLogoutURI, c.BackChannelNeedsSID = "https://z.example.org/", true
		c.MinLevel, c.PKCEOptional, c.FirstParty, c.IDTokenAlg, c.Rotate, c.ReportsActivity = provider.PHR, true, true, "ES256", true, true
		c.AuthAlg, c.AuthAudience, c.JWKS, c.JWKSURI = "PS256", provider.AudienceToken, `{"keys":[]}`, "https://x.example.org/jwks"
		c.RequirePAR, c.Sector, c.UserinfoAlg, c.InitiateLoginURI = true, "b.example.org", "ES256", "https://b.example.org/in"
		c.DisabledAt = began().Add(time.Hour)
		h.ok(h.UpdateClient(h.ctx(), c, event("client.changed")))
		got, err := h.Client(h.ctx(), c.ID)
		h.ok(err)
		c.Rev++
		h.same(got, c)
	}},
	{"a client changed meanwhile is ErrStale", func(h house) {
		c := h.client("records")
		h.ok(h.UpdateClient(h.ctx(), c, event("client.changed")))
		h.refused(h.UpdateClient(h.ctx(), c, event("client.changed")), provider.ErrStale)
	}},
	{"a client is removed with its consents and grants, and no others", func(h house) {
		g := h.grant()
		other := h.client("scheduling")
		kept := newGrant(g.Account, other.ID, g.Session)
		h.ok(h.IssueCode(h.ctx(), kept))
		for _, id := range []string{g.Client, other.ID} {
			h.ok(h.GiveConsent(h.ctx(), newConsent(g.Account, id), event("consent.given")))
		}
		h.ok(h.RemoveClient(h.ctx(), g.Client, event("client.removed")))
		_, err := h.Client(h.ctx(), g.Client)
		h.refused(err, provider.ErrNotFound)
		_, err = h.Standing(h.ctx(), g.ID, "")
		h.refused(err, provider.ErrNotFound)
		_, err = h.GrantByCode(h.ctx(), g.CodeHash)
		h.refused(err, provider.ErrNotFound)
		_, err = h.Consent(h.ctx(), g.Account, g.Client)
		h.refused(err, provider.ErrNotFound)
		h.same(h.standing(kept.ID).Grant.ID, kept.ID)
		_, err = h.Consent(h.ctx(), g.Account, other.ID)
		h.ok(err)
	}},
}

func newConsent(account provider.AccountID, client string) provider.Consent {
	return provider.Consent{Account: account, Client: client, Scopes: []string{"profile", "email"}, GivenAt: began(), ExpiresAt: began().Add(365 * 24 * time.Hour)}
}

var consentPromises = []promise{
	{"a consent is read as it was given, and replaced by the next", func(h house) {
		c := newConsent(h.account("ada").ID, h.client("records").ID)
		h.ok(h.GiveConsent(h.ctx(), c, event("consent.given")))
		got, err := h.Consent(h.ctx(), c.Account, c.Client)
		h.ok(err)
		h.same(got, c)
		c.Scopes, c.GivenAt, c.ExpiresAt = []string{"email"}, began().Add(time.Hour), began().Add(2*time.Hour)
		h.ok(h.GiveConsent(h.ctx(), c, event("consent.given")))
		got, err = h.Consent(h.ctx(), c.Account, c.Client)
		h.ok(err)
		h.same(got, c)
	}},
	{"a consent that was not given is ErrNotFound", func(h house) {
		a, c := h.account("ada"), h.client("records")
		_, err := h.Consent(h.ctx(), a.ID, c.ID)
		h.refused(err, provider.ErrNotFound)
		h.refused(h.WithdrawConsent(h.ctx(), a.ID, c.ID, event("consent.withdrawn")), provider.ErrNotFound)
		h.same(h.events("consent.withdrawn"), 0)
	}},
	{"a consent is of an account and to a client that there are: ErrNotFound", func(h house) {
		a, c := h.account("ada"), h.client("records")
		h.refused(h.GiveConsent(h.ctx(), newConsent("nobody", c.ID), event("consent.given")), provider.ErrNotFound)
		h.refused(h.GiveConsent(h.ctx(), newConsent(a.ID, "nothing"), event("consent.given")), provider.ErrNotFound)
		h.same(h.events("consent.given"), 0)
	}},
	{"a consent that was withdrawn is gone, and no other", func(h house) {
		c := newConsent(h.account("ada").ID, h.client("records").ID)
		h.ok(h.GiveConsent(h.ctx(), c, event("consent.given")))
		other := newConsent(c.Account, h.client("scheduling").ID)
		h.ok(h.GiveConsent(h.ctx(), other, event("consent.given")))
		h.ok(h.WithdrawConsent(h.ctx(), c.Account, c.Client, event("consent.withdrawn")))
		_, err := h.Consent(h.ctx(), c.Account, c.Client)
		h.refused(err, provider.ErrNotFound)
		got, err := h.Consent(h.ctx(), other.Account, other.Client)
		h.ok(err)
		h.same(got, other)
	}},
}
