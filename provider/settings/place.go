package settings

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gatehouse/provider"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
)

// The places of this room, which are also what its ceremonies return to.
const (
	home     = "/account"
	ways     = "/account/ways"
	password = "/account/password"
	adding   = home + "/add/" // and the kind
)

// freshFor is how long ago the person may have shown that it is them, where something can be changed (Y-17).
const freshFor = 10 * time.Minute

// bindable are the kinds that can be added here. An account has one password, which is changed and not added.
func bindable() []provider.Kind {
	return []provider.Kind{provider.Passkey, provider.TOTP, provider.TextCode, provider.EmailCode, provider.RecoveryCode}
}

// looking are the places where an owner sees what there is, and can do no more than end it, or say how they want to be written to.
func looking() []string { return []string{devices, appsPlace, activity, choices} }

// demandOf is what a place asks for. Home and pausing want no more than a sign-in; where the owner looks at the account, both steps are
// wanted, as by the portal, if the account has two; where something can be changed, the best that the account can prove is
// wanted, freshly. Nobody knows that before there is a session: a plain sign-in comes first then.
func demandOf(place string, session *provider.Session, held []provider.Authenticator) provider.Demand {
	if path(place) == home || path(place) == notMeSignIn || session == nil {
		return provider.Demand{Level: provider.AAL1}
	}
	if slices.Contains(looking(), path(place)) {
		return provider.Demand{Level: min(provider.TwoStep, provider.Reach(held)), Subject: session.Account}
	}
	fresh := provider.Demand{Level: provider.Reach(held), MaxAge: freshFor, Subject: session.Account}
	if kind, ok := strings.CutPrefix(path(place), adding); ok {
		fresh.Bind = provider.Kind(kind)
	}
	return fresh
}

// placeOf is the place that a request is at: its path, what was done last (done) or typed (name), what is wanted (kind, before).
func placeOf(r *web.Request) string {
	kept := url.Values{}
	for _, name := range []string{"done", "name", "kind", "before"} {
		if value := r.Query().Get(name); value != "" && len(value) <= longestName*utf8.UTFMax {
			kept.Set(name, value)
		}
	}
	if len(kept) == 0 {
		return r.HTTP.URL.Path
	}
	return r.HTTP.URL.Path + "?" + kept.Encode()
}

// path is a place without what was typed there.
func path(place string) string {
	before, _, _ := strings.Cut(place, "?")
	return before
}

// enter opens the ceremony of a place: whoever has just shown that it is them goes straight on to Finish.
func (s *Settings) enter(r *web.Request, place string) (web.Response, error) {
	ask, err := s.Ask(r, place)
	if err != nil {
		return web.Response{}, err
	}
	return s.SignIn.Open(r, s, ask)
}

// Ask wants what the place demands of whoever is signed in.
func (s *Settings) Ask(r *web.Request, place string) (signin.Ask, error) {
	session, err := s.SignIn.Session(r)
	if err != nil {
		return signin.Ask{}, err
	}
	var held []provider.Authenticator
	if session != nil && path(place) != home {
		if held, err = s.held(r, session.Account); err != nil {
			return signin.Ask{}, err
		}
	}
	demand, err := s.contactDemand(r, place, session, demandOf(place, session, held))
	return signin.Ask{Return: place, Demand: demand}, err
}

// held is what the account can use here.
func (s *Settings) held(r *web.Request, id provider.AccountID) ([]provider.Authenticator, error) {
	all, err := s.Store.Authenticators(r.Context(), id)
	return s.SignIn.Usable(all, r.Now), err
}

// owner is who may change something now: their account, what it holds, and the session that showed it.
type owner struct {
	account provider.Account
	held    []provider.Authenticator
	session provider.Session
}

// proven finds the owner for a change. ok is false where they must show again that it is them: the place's own address asks.
func (s *Settings) proven(r *web.Request, place string) (o owner, ok bool, err error) {
	session, err := s.SignIn.Session(r)
	if err != nil || session == nil {
		return o, false, err
	}
	o.session = *session
	if o.account, err = s.Store.Account(r.Context(), session.Account); err != nil { // before what it holds: see RemoveAuthenticator
		return o, false, err
	}
	r.Locale(o.account.Profile.Locale)
	if o.held, err = s.Store.Authenticators(r.Context(), session.Account); err != nil {
		return o, false, err
	}
	usable := s.SignIn.Usable(slices.Clone(o.held), r.Now)
	c := provider.Ceremony{Demand: demandOf(place, session, usable), Began: r.Now, Deadline: r.Now.Add(freshFor)}
	step := provider.Next(provider.Meet(c, *session), usable, r.Now)
	return o, step.Kind == provider.StepDone && o.account.Status == provider.Active, nil
}
