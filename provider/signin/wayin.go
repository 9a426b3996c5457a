package signin

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// The link of M-15 and M-28. It makes the browser known in which its button is pressed, so that strangers' failures hold it back
// no more, and ends a stop. It signs nobody in. Mail programs open links by themselves: opening it does nothing. It works until the
// password is replaced: who has read the owner's mail is not to be known by what was in there before a reset.
const (
	wayInPath    = "/way-in/"
	wayInPurpose = "way-in"
	wayInDone    = "done"
)

// wayIn is the path of a new link.
func (s *SignIn) wayIn(account provider.AccountID, now time.Time) (string, error) {
	text := provider.NewID() + " " + string(account) + " " + strconv.FormatInt(now.UnixMicro(), 10)
	sealed, err := s.Tickets.SealTicket([]byte(text), wayInPurpose, now.Add(s.Lanes.Link))
	return wayInPath + sealed, err
}

// opened reads the link of a request; ok is false where it is none, too old, or used, or older than the password.
func (s *SignIn) opened(r *web.Request) (id string, account provider.AccountID, ok bool, err error) {
	id, account, made, ok := s.linkOf(r.Path("link"), r.Now)
	if !ok {
		return "", "", false, nil
	}
	used, err := s.Store.Used(r.Context(), provider.LaneLink, id)
	if used || err != nil {
		return id, account, false, err
	}
	held, err := s.Store.Authenticators(r.Context(), account)
	set, _ := provider.Held(held, provider.Password)
	return id, account, err == nil && !set.CreatedAt.After(made), err
}

func (s *SignIn) linkOf(sealed string, now time.Time) (id string, account provider.AccountID, made time.Time, ok bool) {
	text, err := s.Tickets.OpenTicket(sealed, wayInPurpose, now)
	if err != nil {
		return "", "", made, false
	}
	id, rest, _ := strings.Cut(string(text), " ")
	whose, at, _ := strings.Cut(rest, " ")
	micros, err := strconv.ParseInt(at, 10, 64)
	return id, provider.AccountID(whose), time.UnixMicro(micros), err == nil
}

func wayInOver() web.Response { return web.ShowStatus(http.StatusGone, templates.WayIn{}) }

// showWayIn shows the button.
func (s *SignIn) showWayIn(r *web.Request) (web.Response, error) {
	if r.Path("link") == wayInDone {
		return web.Show(templates.WayIn{Done: true, SignIn: "/account"}), nil
	}
	_, _, ok, err := s.opened(r)
	if err != nil {
		return web.Response{}, err
	}
	if !ok {
		return wayInOver(), nil
	}
	return web.Show(templates.WayIn{Action: wayInPath + r.Path("link")}), nil
}

// postWayIn uses the link.
func (s *SignIn) postWayIn(r *web.Request, _ struct{}) (web.Response, error) {
	id, account, ok, err := s.opened(r)
	if err != nil {
		return web.Response{}, err
	}
	if !ok {
		return wayInOver(), nil
	}
	d, cookie, _, err := s.admitted(r, account)
	if err != nil {
		return web.Response{}, err
	}
	d.Words = deviceWords(r.HTTP.UserAgent())
	err = s.Store.PassLane(r.Context(), provider.Passage{
		Link: id, Until: r.Now.Add(s.Lanes.Link), Device: d, Lane: provider.StrangersLane(account), At: r.Now,
	}, audit.LanePassed(r.Now, d))
	if errors.Is(err, provider.ErrUsed) {
		return wayInOver(), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	return web.SeeOther(wayInPath + wayInDone).With(cookie), nil
}
