package signin

import (
	"errors"
	"net/http"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// The link of M-18 that stops a recovery. Whoever holds an address of the account may: it asks for no sign-in, and gives none.
// Mail programs open links by themselves: opening it does nothing, the button does.
const (
	stopPath    = "/recovery/stop/"
	stopPurpose = "recovery-stop"
	stopDone    = "done"
)

// stopLink is the path of a link; every notice of a recovery has its own, and all of them work as long as it is pending.
func (s *SignIn) stopLink(w provider.Recovery) (string, error) {
	sealed, err := s.Tickets.SealTicket([]byte(w.ID+" "+string(w.Account)), stopPurpose, w.ExpiresAt)
	return stopPath + sealed, err
}

// stoppable reads the recovery of a link; ok is false where there is none that could be stopped.
func (s *SignIn) stoppable(r *web.Request) (w provider.Recovery, ok bool, err error) {
	text, err := s.Tickets.OpenTicket(r.Path("link"), stopPurpose, r.Now)
	if err != nil {
		return w, false, nil //nolint:nilerr // what is no link is told like one that is over
	}
	id, account, _ := strings.Cut(string(text), " ")
	w, err = s.Store.Recovery(r.Context(), id)
	if errors.Is(err, provider.ErrNotFound) {
		return w, false, nil
	}
	return w, err == nil && string(w.Account) == account && w.Pending(r.Now), err
}

func stopOver() web.Response { return web.ShowStatus(http.StatusGone, templates.StopWaiting{}) }

// showStop shows the button.
func (s *SignIn) showStop(r *web.Request) (web.Response, error) {
	if r.Path("link") == stopDone {
		return web.Show(templates.StopWaiting{Done: true, SignIn: "/account"}), nil
	}
	w, ok, err := s.stoppable(r)
	if err != nil {
		return web.Response{}, err
	}
	if !ok {
		return stopOver(), nil
	}
	return web.Show(templates.StopWaiting{Action: stopPath + r.Path("link"), Ready: w.ReadyAt}), nil
}

// postStop uses the link. Pressed twice, it says the same.
func (s *SignIn) postStop(r *web.Request, _ struct{}) (web.Response, error) {
	w, ok, err := s.stoppable(r)
	if err != nil {
		return web.Response{}, err
	}
	if !ok {
		return stopOver(), nil
	}
	if _, err := s.stop(r.Context(), w, "stopped", r.Now); err != nil {
		return web.Response{}, err
	}
	return web.SeeOther(stopPath + stopDone), nil
}
