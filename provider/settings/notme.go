package settings

import (
	"errors"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Where somebody goes who finds what they did not do (Y-11), and where they sign in to pause their account.
const (
	notMe       = home + "/not-me"
	notMeSignIn = notMe + "/sign-in"
)

func (s *Settings) notMeRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET " + notMe, Handle: s.notMe},
		{Pattern: "POST " + notMe, Handle: web.Form(s.postPause)},
		{Pattern: "GET " + notMeSignIn, Handle: s.here},
	}
}

// notMe is help for anybody: who cannot sign in any more needs it most.
func (s *Settings) notMe(r *web.Request) (web.Response, error) {
	session, err := s.SignIn.Session(r)
	page := templates.NotMe{SignIn: notMeSignIn, Password: password, Devices: devices, Ways: ways}
	if session != nil {
		page.Action = notMe
	}
	return web.Show(page), err
}

// postPause pauses the account, and ends all that was got by it, in one act. A session is enough, however old its proof: it can do
// no more than shut everybody out, and who is afraid must not be held up. It is opened again by a reset with two proofs, or by those
// who can tell who calls, and not by whoever has a password or a mailbox: one of these may be what somebody else has got. The answer
// is the page itself, so that no address says of an account that it is paused.
func (s *Settings) postPause(r *web.Request, _ nothing) (web.Response, error) {
	o, ok, err := s.present(r)
	if err != nil || !ok {
		return web.SeeOther(notMe), err
	}
	e := audit.AccountDisabled(r.Now, o.account.ID, provider.Active, provider.Paused, audit.ByAccount(o.account.ID))
	e.Session = o.session.ID
	e.Tell = s.SignIn.Tell(r, o.account, o.held, notify.AccountPaused, map[string]string{
		notify.DataAction: "paused", notify.DataLink: notMe,
	})
	err = s.Store.PauseAccount(r.Context(), o.account.ID, "paused by owner", r.Now, e)
	if errors.Is(err, provider.ErrStale) { // it is not active any more: its first page says so
		return web.SeeOther(home), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	return web.Show(templates.NotMe{Paused: true, Reset: "/forgot/password"}).With(s.SignIn.Leave()...), nil
}
