package signin

import (
	"errors"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// consentLasts is how long a consent holds before it is asked anew.
const consentLasts = 365 * 24 * time.Hour

type consentForm struct {
	Choice string   `form:"choice" max:"8"`
	Scope  []string `form:"scope" max:"256"`
	Ticket string   `form:"ticket" max:"16384"`
}

func consentPage(c provider.Ceremony, v view) templates.Consent {
	page := templates.Consent{
		App: v.app, Action: v.base + "/consent", Ticket: v.ticket,
		Host: v.app.Host, Days: int(consentLasts / (24 * time.Hour)),
		Before: c.Consent.Given != nil,
	}
	for _, scope := range c.Consent.Scopes {
		if scope != provider.ScopeOpenID {
			page.Scopes = append(page.Scopes, templates.ScopeLine{Name: scope, Optional: slices.Contains(c.Consent.Optional, scope)})
		}
	}
	return page
}

// postConsent keeps what the person allows the application to see: O-01, O-03 to O-05. Sent twice, it is one consent (O-09).
func (s *SignIn) postConsent(r *web.Request, f consentForm) (web.Response, error) {
	c, other, err := s.due(r, f.Ticket, provider.StepConsent)
	if other != nil || err != nil {
		return orOther(other), err
	}
	switch f.Choice {
	case "allow":
		return s.allow(r, c, f)
	case "deny":
		if err := s.Store.Record(r.Context(), audit.ConsentRefused(r.Now, c.Account, c.Client)); err != nil {
			return web.Response{}, err
		}
		return s.swap(r, provider.Answer(c, nil, true, r.Now), f.Ticket)
	default:
		return s.dispatch(r, c, said{})
	}
}

func (s *SignIn) allow(r *web.Request, c provider.Ceremony, f consentForm) (web.Response, error) {
	allowed := c.Consent.Required()
	for _, scope := range c.Consent.Optional {
		if slices.Contains(f.Scope, scope) {
			allowed = append(allowed, scope)
		}
	}
	kept := slices.Clone(allowed)
	if before := c.Consent.Given; before != nil && r.Now.Before(before.ExpiresAt) {
		for _, scope := range before.Scopes { // what this page did not ask about stays as it was; what it did ask is answered
			if !slices.Contains(c.Consent.Scopes, scope) {
				kept = append(kept, scope)
			}
		}
	}
	given := provider.Consent{
		Account: c.Account, Client: c.Client, Scopes: kept,
		GivenAt: r.Now, ExpiresAt: r.Now.Add(consentLasts),
	}
	// The ceremony first: of two answers at once it takes one, and that one is written. Until it is, the gate is shut.
	return s.swapThen(r, provider.Answer(c, allowed, false, r.Now), f.Ticket, func() error {
		e := audit.ConsentGiven(r.Now, given)
		var err error
		if e.Tell, err = s.tellGiven(r, given); err != nil {
			return err
		}
		err = s.Store.GiveConsent(r.Context(), given, e)
		if errors.Is(err, provider.ErrNotFound) {
			return &provider.Problem{Kind: provider.NotAllowed, Cause: err}
		}
		return err
	})
}

// tellGiven tells the person which application may see something of theirs from now on (M-19), and where to stop it. What it may
// see is not for a letter: the names of its groups speak of health.
func (s *SignIn) tellGiven(r *web.Request, given provider.Consent) ([]provider.Message, error) {
	account, err := s.Store.Account(r.Context(), given.Account)
	if err != nil {
		return nil, err
	}
	held, err := s.held(r.Context(), given.Account, r.Now)
	if err != nil {
		return nil, err
	}
	client, err := s.client(r, given.Client)
	if err != nil {
		return nil, err
	}
	return s.Tell(r, account, held, notify.AppAccess, map[string]string{
		notify.DataAction: "given", notify.DataWhat: client.Name, notify.DataLink: "/account/apps",
	}), nil
}
