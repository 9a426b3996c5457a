package signin

import (
	"crypto/subtle"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/web"
)

// errCarried: a state was to be kept under the name of a room that opens ceremonies.
var errCarried = errors.New("signin: what is carried for a room must not pass for a sign-in")

// Carry keeps what another room must remember between two pages, in the form of a ceremony, and binds it to the browser. It is no
// sign-in: its Room is the name of none that was admitted, so that no page of a sign-in takes it. The cookies are for the response.
func (s *SignIn) Carry(r *web.Request, c provider.Ceremony) (provider.Ceremony, []web.Cookie, error) {
	if _, ok := s.rooms[c.Room]; ok || c.Room == "" {
		return c, nil, errCarried
	}
	return s.keep(r, c)
}

// Carried reads what was carried for a room. ErrNotFound: there is none, it is another room's or another browser's, or it is over.
func (s *SignIn) Carried(r *web.Request, room, id string) (provider.Ceremony, error) {
	c, err := s.Store.Ceremony(r.Context(), id)
	if err != nil {
		return provider.Ceremony{}, err
	}
	secret := r.Cookie(browserCookie)
	own := subtle.ConstantTimeCompare(c.Browser, provider.HashSecret(secret)) == 1
	if c.Room != room || secret == "" || !own || !r.Now.Before(c.Deadline) {
		return provider.Ceremony{}, provider.ErrNotFound
	}
	return c, nil
}

// Bare reports whether a browser brings none of the cookies that bind anything to it.
func (s *SignIn) Bare(r *web.Request) bool { return r.Cookie(browserCookie) == "" }

// Steadily works a form off to its end, whether or not its sender waits for the answer.
func Steadily(handle web.Handler) web.Handler { return steadily(handle) }

// Steady answers at one deadline, so that nobody learns how long the work took.
func (s *SignIn) Steady(response web.Response, err error) (web.Response, error) {
	response.Every = s.Failures
	return response, err
}

// KnownBrowser is the browser of a request as an account knows it; the zero Device if it does not, or not any more.
func (s *SignIn) KnownBrowser(r *web.Request, account provider.AccountID) (provider.Device, error) {
	d, _, seen, err := s.admitted(r, account)
	if err != nil || !seen {
		return provider.Device{}, err
	}
	return d, nil
}

// Ceremonies last this long at most, and so does what leads to one.
func (s *SignIn) deadline(now time.Time) time.Time { return now.Add(s.Lasts) }
