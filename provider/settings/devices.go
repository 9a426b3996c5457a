package settings

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

// devices is where the sessions and browsers of an account are: Y-08.
const devices = home + "/devices"

// How many sessions, and grants that they give tokens to, are read for a page. Who has more can end all of them.
const (
	sessionsShown = 50
	grantsRead    = 500
)

func (s *Settings) deviceRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET " + devices, Handle: s.here},
		{Pattern: "POST " + devices + "/end", Handle: web.Form(s.postEnd)},
		{Pattern: "POST " + devices + "/others", Handle: web.Form(s.postEndOthers)},
		{Pattern: "POST " + devices + "/forget", Handle: web.Form(s.postForget)},
	}
}

// devicesPage lists where the account is signed in, and the browsers that stand in for a code.
func (s *Settings) devicesPage(r *web.Request, o owner) (web.Response, error) {
	sessions, err := s.Store.SessionsOf(r.Context(), o.account.ID, r.Now, sessionsShown+1)
	if err != nil {
		return web.Response{}, err
	}
	apps, err := s.appsBySession(r, o.account.ID)
	if err != nil {
		return web.Response{}, err
	}
	known, err := s.Store.Devices(r.Context(), o.account.ID)
	if err != nil {
		return web.Response{}, err
	}
	page := templates.Devices{
		More: len(sessions) > sessionsShown, End: devices + "/end", EndOthers: devices + "/others", Forget: devices + "/forget",
		SignOut: "/logout", NotMe: notMe, Home: home, Remembered: remembered(o, known, r.Now),
	}
	for _, session := range sessions[:min(len(sessions), sessionsShown)] {
		line := templates.SessionLine{
			ID: session.ID, Words: whereOf(session), Here: session.ID == o.session.ID,
			Since: local(o.account, session.CreatedAt), Seen: local(o.account, session.SeenAt), Apps: apps[session.ID],
		}
		if !line.Here {
			page.Others = true
		}
		page.Lines = append(page.Lines, line)
	}
	slices.SortStableFunc(page.Lines, func(a, b templates.SessionLine) int { // this one first
		return map[bool]int{true: 0, false: 1}[a.Here] - map[bool]int{true: 0, false: 1}[b.Here]
	})
	page.Notice = notice(r, "devices", "ended", "others", "forgotten")
	return web.Show(page), nil
}

// notice is the key of what was done just now, as the address says it, of those that may have been.
func notice(r *web.Request, page string, doings ...string) string {
	if done := r.Query().Get("done"); slices.Contains(doings, done) {
		return page + ".notice." + done
	}
	return ""
}

// whereOf is the browser of a session: where it was last proven.
func whereOf(session provider.Session) string {
	var last provider.Proof
	for _, p := range session.Proofs {
		if p.Where != "" && !p.At.Before(last.At) {
			last = p
		}
	}
	return last.Where
}

func remembered(o owner, known []provider.Device, now time.Time) []templates.BrowserLine {
	var all []templates.BrowserLine
	for _, d := range known {
		if d.Remembers(now) {
			all = append(all, templates.BrowserLine{
				Words: d.Words, Seen: local(o.account, d.SeenAt), Until: local(o.account, d.RememberedUntil),
			})
		}
	}
	return all
}

// appsBySession are the names of the applications that have tokens of each session.
func (s *Settings) appsBySession(r *web.Request, account provider.AccountID) (map[string][]string, error) {
	grants, err := s.Store.GrantsOf(r.Context(), account, r.Now, grantsRead)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	all := map[string][]string{}
	for _, g := range grants {
		name, err := s.clientName(r, names, g.Client)
		if err != nil {
			return nil, err
		}
		if name != "" && !slices.Contains(all[g.Session], name) {
			all[g.Session] = append(all[g.Session], name)
		}
	}
	return all, nil
}

// clientName is what an application is called, read once for a page; "" for one that is gone.
func (s *Settings) clientName(r *web.Request, known map[string]string, id string) (string, error) {
	if name, ok := known[id]; ok || id == "" {
		return name, nil
	}
	client, err := s.Store.Client(r.Context(), id)
	if err != nil && !errors.Is(err, provider.ErrNotFound) {
		return "", err
	}
	known[id] = client.Name
	return client.Name, nil
}

// local is a moment where the account's owner lives, if that is known.
func local(a provider.Account, at time.Time) time.Time {
	if zone := a.Profile.Zoneinfo; zone != "" && zone != "Local" { // Local is where this machine is
		if place, err := time.LoadLocation(zone); err == nil {
			return at.In(place)
		}
	}
	return at.UTC()
}

type endForm struct {
	Session string `form:"session" max:"64"`
}

// postEnd ends one of the owner's own sessions. To end things needs a session and no fresh proof: it can do no more than lock
// out, what the same person may do at the door anyway, and who fears that somebody else is in must not be held up.
func (s *Settings) postEnd(r *web.Request, f endForm) (web.Response, error) {
	own, err := s.SignIn.Session(r)
	if err != nil || own == nil {
		return web.SeeOther(devices), err
	}
	session, err := s.Store.Session(r.Context(), f.Session)
	if errors.Is(err, provider.ErrNotFound) || err == nil && session.Account != own.Account {
		return web.Response{}, &provider.Problem{Kind: provider.NotFound}
	}
	if err != nil {
		return web.Response{}, err
	}
	const why = "ended by owner"
	e := audit.SessionEnded(r.Now, session, why)
	if _, err := s.Store.EndSession(r.Context(), session.ID, why, r.Now, e); err != nil {
		return web.Response{}, err
	}
	return web.SeeOther(devices + "?done=ended"), nil
}

type nothing struct{}

// postEndOthers ends all other sessions, what applications got by them, and the remembering of browsers. A session is enough,
// see postEnd. The person is told (M-21) where there was a session to end.
func (s *Settings) postEndOthers(r *web.Request, _ nothing) (web.Response, error) {
	o, ok, err := s.present(r)
	if err != nil || !ok {
		return web.SeeOther(devices), err
	}
	const why = "ended by owner"
	live, err := s.Store.SessionsOf(r.Context(), o.account.ID, r.Now, 2)
	if err != nil {
		return web.Response{}, err
	}
	e := audit.OthersEnded(r.Now, o.account.ID, o.session.ID, why)
	if slices.ContainsFunc(live, func(l provider.Session) bool { return l.ID != o.session.ID }) {
		e.Tell = s.SignIn.Tell(r, o.account, o.held, notify.SignedOut, nil)
	}
	if err := s.Store.EndOthers(r.Context(), o.account.ID, o.session.ID, why, r.Now, e); err != nil {
		return web.Response{}, err
	}
	return web.SeeOther(devices + "?done=others"), nil
}

// postForget ends the remembering of all browsers; it is part of what ending all others does, and asks for no more.
func (s *Settings) postForget(r *web.Request, _ nothing) (web.Response, error) {
	own, err := s.SignIn.Session(r)
	if err != nil || own == nil {
		return web.SeeOther(devices), err
	}
	err = s.Store.ForgetDevices(r.Context(), own.Account, audit.DevicesForgotten(r.Now, own.Account, "asked by owner"))
	return web.SeeOther(devices + "?done=forgotten"), err
}

// present is the owner of whatever session the browser has, however long ago it was proven.
func (s *Settings) present(r *web.Request) (o owner, ok bool, err error) {
	session, err := s.SignIn.Session(r)
	if err != nil || session == nil {
		return o, false, err
	}
	o.session = *session
	if o.account, err = s.Store.Account(r.Context(), session.Account); err != nil {
		return o, false, err
	}
	r.Locale(o.account.Profile.Locale)
	o.held, err = s.Store.Authenticators(r.Context(), session.Account)
	return o, err == nil, err
}
