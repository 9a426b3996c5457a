package signin

import (
	"errors"
	"net/http"

	"gatehouse/provider"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/limit"
	"gatehouse/provider/web"
)

// room asks, before a password is counted or looked at, whether there is room for it: among the hashes, where a browser that
// the account knows goes first, and in a storm of wrong passwords, which slows all other browsers. It answers alike for names
// that nobody has. leave is called once the password was looked at; later it does nothing. Errors: *password.Busy,
// *provider.Problem.
func (s *SignIn) room(r *web.Request, account provider.AccountID) (leave func(), err error) {
	d, err := s.browserOf(r.Context(), r, account)
	if err != nil {
		return nil, err
	}
	if d.ID != "" {
		return s.Hasher.Room(password.WithPriority(r.Context()))
	}
	if no, ok := s.Watch.Admit(r.Context(), r.Address, r.Now); !ok {
		return nil, web.TurnAway(r, limit.Stranger, no)
	}
	return s.Hasher.Room(r.Context())
}

// sent is the answer to whom there is no room for now: the form again, with what was typed as a name.
func (s *SignIn) sent(r *web.Request, c provider.Ceremony, f passwordForm, err error) (web.Response, error) {
	if !errors.Is(err, password.ErrBusy) {
		return web.Response{}, err
	}
	return s.dispatch(r, c, said{status: http.StatusServiceUnavailable, username: f.Username, notice: "signin.notice.busy", retry: retryAfter(err)})
}

// weather notes how a stranger's password fared.
func (s *SignIn) weather(r *web.Request, account provider.AccountID, known, ok bool) {
	switch {
	case known:
	case ok:
		s.Watch.Right(string(account), r.Now)
	default:
		s.Watch.Failed(r.Now)
	}
}
