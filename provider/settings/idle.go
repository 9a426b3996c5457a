package settings

import (
	"net/http"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// stay is where the script of a page asks how long the session lasts, which does not count as something that the person did, and
// says that they stay, which does: E-01.
const stay = home + "/session"

func (s *Settings) idleRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET " + stay, Handle: s.lasts},
		{Pattern: "POST " + stay, Handle: s.stays},
	}
}

// left is the answer to the script: seconds, since the browser's clock may be wrong.
type left struct {
	WarnIn int  `json:"warn_in"`
	EndIn  int  `json:"end_in"`
	Last   bool `json:"last"` // nothing that is done puts the end off
}

// leftOf rounds the end up, so that it has come when a script asks at it.
func leftOf(session provider.Session, c provider.SessionClocks, now time.Time) left {
	seconds := func(until time.Time) int { return max(0, int((until.Sub(now)+time.Second-1)/time.Second)) }
	return left{seconds(session.WarnAt(c)), seconds(session.IdleEnd(c)), !session.Extendable(c)}
}

// lasts looks at the session, and leaves it as it is.
func (s *Settings) lasts(r *web.Request) (web.Response, error) {
	session, err := s.SignIn.Look(r)
	return s.answer(r, session, err)
}

// stays is a press of "Stay signed in", which is as good as opening a page.
func (s *Settings) stays(r *web.Request) (web.Response, error) {
	if _, err := s.SignIn.Session(r); err != nil {
		return web.Response{}, err
	}
	return s.lasts(r)
}

func (s *Settings) answer(r *web.Request, session *provider.Session, err error) (web.Response, error) {
	if err != nil {
		return web.Response{}, err
	}
	if session == nil {
		return web.Response{Status: http.StatusUnauthorized, JSON: map[string]string{}}, nil
	}
	return web.JSON(leftOf(*session, s.SignIn.Clocks, r.Now)), nil
}

// warned has every page of the account warn its owner in time.
func (s *Settings) warned(routes []web.Route) []web.Route {
	for i, route := range routes {
		_, at, _ := strings.Cut(route.Pattern, " ")
		if at == home || strings.HasPrefix(at, home+"/") {
			routes[i].Handle = s.warning(route.Handle)
		}
	}
	return routes
}

func (s *Settings) warning(handle web.Handler) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		response, err := handle(r)
		if err != nil || response.Page == nil {
			return response, err
		}
		session, err := s.SignIn.Look(r)
		if err != nil || session == nil {
			return response, err
		}
		account, err := s.Store.Account(r.Context(), session.Account)
		if err != nil {
			return response, err
		}
		c := s.SignIn.Clocks
		have := leftOf(*session, c, r.Now)
		response.Page = templates.Signed{Page: response.Page, Stay: templates.Stay{
			Until: local(account, session.IdleEnd(c)), WarnIn: have.WarnIn, EndIn: have.EndIn, Last: have.Last, Ask: stay, Out: "/logout",
		}}
		return response, nil
	}
}
