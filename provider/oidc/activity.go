package oidc

import (
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/web"
)

// activityPlace is where an application tells that the person did something in it, and asks how long their session lasts.
//
// Decision: idle is measured by what a person does. Refreshes, introspection and userinfo go on by themselves while somebody is
// away, so they never count; only an application knows, and only one that is registered to (Client.ReportsActivity) is believed. It
// pays for that: what it has for an idle session is over, by the gate. Rejected: any application could report, which would let one
// from outside keep a session open for ever, and learn when somebody is at their screen.
const activityPlace = "/session/activity"

// clockSlack is how far an application's clock may be ahead of ours.
const clockSlack = 10 * time.Second

// activityRate is how often a session is asked about: one every two seconds, and thirty at once for many tabs.
func activityRate(session string) provider.Rate {
	return provider.Rate{Key: hex.EncodeToString(provider.HashSecret("activity " + session)), Burst: 30, Every: 2 * time.Second}
}

// sessionTimes is the answer: moments (RFC 3339), and how many seconds are left to each, for those whose clock is wrong.
type sessionTimes struct {
	Now        time.Time `json:"now"`
	IdleEndsAt time.Time `json:"idle_ends_at"` // signed out then, if nothing is done
	WarnAt     time.Time `json:"warn_at"`      // the person is to be told from then on
	EndsAt     time.Time `json:"ends_at"`      // signed out then, whatever is done
	IdleEndsIn int       `json:"idle_ends_in"`
	WarnIn     int       `json:"warn_in"`
	EndsIn     int       `json:"ends_in"`
}

func timesOf(s provider.Session, c provider.SessionClocks, now time.Time) sessionTimes {
	whole := func(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
	left := func(t time.Time) int { return max(0, int(t.Sub(now)/time.Second)) }
	idle, warn := s.IdleEnd(c), s.WarnAt(c)
	return sessionTimes{
		Now: whole(now), IdleEndsAt: whole(idle), WarnAt: whole(warn), EndsAt: whole(s.EndsAt),
		IdleEndsIn: left(idle), WarnIn: left(warn), EndsIn: left(s.EndsAt),
	}
}

// activity answers by POST that the person did something, now or at a moment past, and by GET only how long the session lasts.
func (o *OIDC) activity(r *web.Request) (web.Response, error) {
	standing, refused, err := o.reporter(r)
	if err != nil || refused.JSON != nil {
		return refused, err
	}
	session := *standing.Session
	if r.HTTP.Method == http.MethodPost {
		at, ok := reportedAt(r)
		if !ok {
			return challenge(http.StatusBadRequest, "invalid_request"), nil
		}
		if session, err = o.report(r, session, at); err != nil {
			return o.answerError(r, err)
		}
	}
	if !session.Live(r.Now) || session.Idle(r.Now, o.SignIn.Clocks.Idle) {
		return challenge(http.StatusUnauthorized, "invalid_token"), nil
	}
	return web.JSON(timesOf(session, o.SignIn.Clocks, r.Now)), nil
}

// reporter is who may report: the bearer of an access token that lives with its session, of an application that is registered for
// it. The errors are those of RFC 6750, 3.1.
func (o *OIDC) reporter(r *web.Request) (provider.Standing, web.Response, error) {
	var none provider.Standing
	token, err := bearer(r)
	if err != nil {
		return none, challenge(http.StatusBadRequest, "invalid_request"), nil //nolint:nilerr // it is the answer
	}
	if token == "" {
		return none, challenge(http.StatusUnauthorized, ""), nil
	}
	claims, standing, err := o.active(r.Context(), token, r.Now)
	if errors.Is(err, errInactive) {
		return none, challenge(http.StatusUnauthorized, "invalid_token"), nil
	}
	if err != nil {
		answer, err := o.answerError(r, err)
		return none, answer, err
	}
	r.Note("client", claims.Client)
	if !standing.Client.ReportsActivity || standing.Grant == nil || standing.Grant.Offline || standing.Session == nil {
		return none, challenge(http.StatusForbidden, "insufficient_scope"), nil
	}
	until, err := o.spent(r, standing.Session.ID)
	if err != nil {
		answer, err := o.answerError(r, errStore{err})
		return none, answer, err
	}
	if !until.IsZero() {
		return none, web.Response{}, &provider.Problem{Kind: provider.Limited, Until: until}
	}
	return standing, web.Response{}, nil
}

// spent is when a session may be asked about again; zero: now.
func (o *OIDC) spent(r *web.Request, session string) (time.Time, error) {
	rate, now := activityRate(session), r.Now.Truncate(time.Microsecond)
	taken, err := o.Store.TakeRates(r.Context(), []provider.Take{{Rate: rate, Most: 1}}, now)
	if err != nil || taken[0].Got > 0 {
		return time.Time{}, err
	}
	return rate.Opens(taken[0].Whole), nil
}

// reportedAt is when the person did something, as the application says; now where it says nothing.
func reportedAt(r *web.Request) (time.Time, bool) {
	said := r.PostForm()["at"]
	if len(said) == 0 {
		return r.Now, true
	}
	at, err := time.Parse(time.RFC3339, said[0])
	if len(said) > 1 || err != nil || at.After(r.Now.Add(clockSlack)) {
		return at, false
	}
	if at.After(r.Now) {
		at = r.Now
	}
	return at, true
}

// report notes it, to the grain of the clock, and reads what is so then: another tab may have reported meanwhile, or the session be over.
func (o *OIDC) report(r *web.Request, session provider.Session, at time.Time) (provider.Session, error) {
	if at.Sub(session.SeenAt) < o.SignIn.Clocks.Grain() {
		return session, nil
	}
	if err := o.Store.ReportActivity(r.Context(), session.ID, at, r.Now, o.SignIn.Clocks.Idle); err != nil {
		return session, errStore{err}
	}
	session, err := o.Store.Session(r.Context(), session.ID)
	if errors.Is(err, provider.ErrNotFound) {
		return provider.Session{}, nil
	}
	return session, stored(err)
}
