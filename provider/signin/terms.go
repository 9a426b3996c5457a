package signin

import (
	"context"
	"errors"
	"net/http"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Terms are the operator's terms of use as they are now. Whoever signs in and has not accepted this version is shown once what is new
// (S-19). The zero Terms ask nobody, and cost nothing.
type Terms struct {
	Version string            // names these terms, and no others before or after; "" for none
	URL     string            // where all of them can be read
	Summary map[string]string // what is new, in plain text, by language; the key "" serves every other one
}

// AllTerms is the path that leads to all of the terms: messages link to this house only.
const AllTerms = "/terms"

// showTerms leads to the terms.
func (s *SignIn) showTerms(*web.Request) (web.Response, error) {
	if s.Terms.URL == "" {
		return web.Response{}, &provider.Problem{Kind: provider.NotFound}
	}
	return web.SeeOther(s.Terms.URL), nil
}

type termsForm struct {
	Choice  string `form:"choice" max:"8"`
	Version string `form:"version" max:"64"` // that the page showed
	Ticket  string `form:"ticket" max:"16384"`
}

// owesTerms reports whether the ceremony's person has yet to accept the terms. It reads nothing before they could be asked.
func (s *SignIn) owesTerms(ctx context.Context, c provider.Ceremony) (bool, error) {
	if s.Terms.Version == "" || !provider.MayOweTerms(c) {
		return false, nil
	}
	_, err := s.Store.TermsAccepted(ctx, c.Account, s.Terms.Version)
	if errors.Is(err, provider.ErrNotFound) {
		return true, nil
	}
	return false, err
}

func (s *SignIn) termsPage(v view) templates.Terms {
	return templates.Terms{
		App: v.app, Action: v.base + "/terms", Ticket: v.ticket, Notice: v.say.notice,
		Version: s.Terms.Version, URL: s.Terms.URL, Summary: s.Terms.Summary,
	}
}

// postTerms keeps that the person accepts the terms, and goes on: S-19. What somebody accepts is what they were shown: of a page that is
// older than the terms nothing is kept. Sent twice, it is one.
func (s *SignIn) postTerms(r *web.Request, f termsForm) (web.Response, error) {
	c, other, err := s.due(r, f.Ticket, provider.StepTerms)
	if other != nil || err != nil {
		return orOther(other), err
	}
	switch {
	case f.Choice == "later":
		return s.declineTerms(r, c, f)
	case f.Choice != "accept":
		return s.dispatch(r, c, said{})
	case f.Version != s.Terms.Version:
		return s.dispatch(r, c, said{notice: "terms.notice.newer"})
	}
	accepted := audit.TermsAccepted(r.Now, c.Account, f.Version)
	if err := s.Store.AcceptTerms(r.Context(), c.Account, f.Version, r.Now, accepted); err != nil {
		return web.Response{}, err
	}
	return s.dispatch(r, c, said{})
}

// declineTerms ends the way for somebody who would rather not now, and the session that they came with. What they have shown on the way
// cannot be picked up by Back: the ceremony is over, and bound to this browser no more.
func (s *SignIn) declineTerms(r *web.Request, c provider.Ceremony, f termsForm) (web.Response, error) {
	ctx, done := steadfast(r)
	defer done()
	r.HTTP = r.HTTP.WithContext(ctx)
	session, err := s.Present(r)
	if err == nil && session != nil && session.Account == c.Account {
		err = s.End(r, *session, "signed out")
	}
	if err != nil {
		return web.Response{}, err
	}
	if err := s.Store.Record(ctx, audit.TermsDeclined(r.Now, c.Account, s.Terms.Version)); err != nil {
		return web.Response{}, err
	}
	c, other, err := s.swapped(r, provider.Decline(c), f.Ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	response, err := s.unaccepted(r, c)
	if err != nil {
		return web.Response{}, err
	}
	if response.Header == nil {
		response.Header = http.Header{}
	}
	response.Header.Set("Clear-Site-Data", `"cache"`)
	return response.With(s.Leave()...), nil
}

// unaccepted gives the browser back without a session: to the application, which hears that access was denied, or to the page that says
// that nobody is signed in.
func (s *SignIn) unaccepted(r *web.Request, c provider.Ceremony) (web.Response, error) {
	if c.Client == "" {
		return web.Show(templates.SignedOut{SignIn: "/account"}), nil
	}
	return s.rooms[c.Room].Refuse(r, c, provider.RefuseDenied)
}
