package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

const (
	signedOutPage   = "/logout/done"
	signedOutCookie = "signedout"
	signedOutLasts  = 2 * time.Minute

	// patience is how long the signed-out page waits for applications to answer: once, and short enough for a person.
	patience = 1500 * time.Millisecond
	// freshFor is how long after a sign-out that wait is worth it; whoever looks again gets an answer at once.
	freshFor = 5 * time.Second
	// looksEvery is how often it looks meanwhile.
	looksEvery = 50 * time.Millisecond
)

// goneOut is what a browser that signed out carries for a while, sealed: nobody else's page says which applications somebody used.
type goneOut struct {
	Session string    `json:"session"`
	Client  string    `json:"client,omitempty"`
	At      time.Time `json:"at"`
}

// linger leads to the page that says how far the applications have come. Where there are none to be told, it has nothing to say:
// false.
func (o *OIDC) linger(r *web.Request, session provider.Session, bye farewell) (web.Response, bool) {
	signals, err := o.Store.SignalsOf(r.Context(), session.ID)
	if err != nil || len(signals) == 0 {
		return web.Response{}, false
	}
	text, err := json.Marshal(goneOut{Session: session.ID, Client: bye.client.ID, At: r.Now})
	if err != nil {
		return web.Response{}, false
	}
	ticket, err := o.Tickets.SealTicket(text, signedOutCookie, r.Now.Add(signedOutLasts))
	if err != nil {
		return web.Response{}, false
	}
	return web.SeeOther(signedOutPage).With(web.Cookie{Name: signedOutCookie, Value: ticket, MaxAge: signedOutLasts}), true
}

// signedOutDone is O-21, or O-22 while applications of the session may still be open. Without the cookie of the browser that
// signed out it says nothing about anybody.
func (o *OIDC) signedOutDone(r *web.Request) (web.Response, error) {
	page := templates.SignedOut{SignIn: "/account"}
	gone := web.Cookie{Name: signedOutCookie, MaxAge: -1}
	session, err := o.SignIn.Look(r)
	if err != nil {
		return web.Response{}, err
	}
	out, ok := o.carried(r)
	if !ok || session != nil { // somebody has signed in since: at a shared computer they may be another
		return web.Show(page).With(gone), nil
	}
	client, err := o.establish(r.Context(), out.Client)
	if err != nil {
		return web.Response{}, err
	}
	page.App.Name = client.Name
	wait := o.Patience
	if r.Now.Sub(out.At) >= freshFor {
		wait = 0
	}
	signals, err := o.settling(r.Context(), out.Session, wait)
	if err != nil {
		return web.Response{}, err
	}
	page.Open, err = o.stillOpen(r.Context(), signals)
	if err != nil {
		return web.Response{}, err
	}
	if slices.ContainsFunc(signals, func(s provider.Signal) bool { return s.SettledAt.IsZero() }) {
		page.Look = signedOutPage
	} else if len(page.Open) == 0 {
		return web.Show(page).With(gone), nil
	}
	return web.Show(page), nil
}

// carried is what the browser carries of its sign-out; false where it carries nothing that we sealed within the time.
func (o *OIDC) carried(r *web.Request) (goneOut, bool) {
	var out goneOut
	text, err := o.Tickets.OpenTicket(r.Cookie(signedOutCookie), signedOutCookie, r.Now)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	return out, err == nil
}

// settling looks until every application has been asked once, or the wait is over.
func (o *OIDC) settling(ctx context.Context, session string, wait time.Duration) ([]provider.Signal, error) {
	over := time.NewTimer(wait)
	defer over.Stop()
	tick := time.NewTicker(looksEvery)
	defer tick.Stop()
	for {
		signals, err := o.Store.SignalsOf(ctx, session)
		if err != nil || wait <= 0 || !slices.ContainsFunc(signals, underway) {
			return signals, err
		}
		select {
		case <-ctx.Done():
			return signals, nil
		case <-over.C:
			wait = 0
		case <-tick.C:
		}
	}
}

// underway reports whether an application has not been asked yet, or not answered.
func underway(s provider.Signal) bool { return s.SettledAt.IsZero() && (s.Tries == 0 || s.Lease != "") }

// stillOpen are the names of the applications that have not said that they are closed. One that is gone, or wants to hear
// nothing any more, is left out.
func (o *OIDC) stillOpen(ctx context.Context, signals []provider.Signal) ([]string, error) {
	var names []string
	for _, s := range signals {
		if s.Outcome == provider.SignalTold || s.Outcome == provider.SignalDropped {
			continue
		}
		client, err := o.Store.Client(ctx, s.Client)
		if errors.Is(err, provider.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		names = append(names, client.Name)
	}
	return names, nil
}
