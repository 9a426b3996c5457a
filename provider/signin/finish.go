package signin

import (
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
)

// markLasts keeps the mark of a completed ceremony for as long as the volatile store may still hold the ceremony.
const markLasts = 48 * time.Hour

// finish ends a ceremony whose demand is met: the session begins or is renewed, once, and the room gets the browser.
func (s *SignIn) finish(r *web.Request, c provider.Ceremony) (web.Response, error) {
	if len(c.Proofs) == 0 {
		return s.goOn(r, c)
	}
	session, ends, err := s.sessionFor(r, c)
	if err != nil {
		return web.Response{}, err
	}
	done := provider.Completion{
		Ceremony: c.ID, Until: r.Now.Add(markLasts), Session: session, Ends: ends, Verified: verified(c), At: r.Now,
	}
	err = s.Store.CompleteCeremony(r.Context(), done, begunOrRenewed(r.Now, session, c.Client))
	switch {
	case errors.Is(err, provider.ErrUsed), errors.Is(err, provider.ErrStale):
		return s.finished(r, c)
	case err != nil:
		return web.Response{}, err
	}
	response, err := s.hand(r, c, session)
	return response.With(web.Cookie{Name: sessionCookie, Value: c.Secret}), err
}

// goOn finishes on the browser's session, which met the demand by itself: single sign-on.
func (s *SignIn) goOn(r *web.Request, c provider.Ceremony) (web.Response, error) {
	session, err := s.Store.Session(r.Context(), c.Session)
	if errors.Is(err, provider.ErrNotFound) || err == nil && !session.Live(r.Now) {
		return s.restart(r, s.rooms[c.Room], c.Return, said{notice: "signin.notice.lost"})
	}
	if err != nil {
		return web.Response{}, err
	}
	return s.hand(r, c, session)
}

// finished answers a form that was sent twice, or Back after the end: the session of this ceremony goes on if it still
// lives, else the way begins anew.
func (s *SignIn) finished(r *web.Request, c provider.Ceremony) (web.Response, error) {
	session, err := s.Store.SessionBySecret(r.Context(), provider.HashSecret(c.Secret))
	if errors.Is(err, provider.ErrNotFound) || err == nil && !session.Live(r.Now) {
		return s.restart(r, s.rooms[c.Room], c.Return, said{notice: "signin.notice.lost"})
	}
	if err != nil {
		return web.Response{}, err
	}
	response, err := s.hand(r, c, session)
	return response.With(web.Cookie{Name: sessionCookie, Value: c.Secret}), err
}

// hand passes the one gate and gives the browser back to the room.
func (s *SignIn) hand(r *web.Request, c provider.Ceremony, session provider.Session) (web.Response, error) {
	account, err := s.Store.Account(r.Context(), session.Account)
	if err != nil {
		return web.Response{}, err
	}
	held, err := s.held(r.Context(), session.Account, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	client, err := s.client(r, c.Client)
	if err != nil {
		return web.Response{}, err
	}
	password, _ := provider.Held(held, provider.Password)
	standing := provider.Standing{Client: &client, Account: &account, ChangeOwed: password.ChangeOwed, Session: &session}
	if err := provider.Gate(standing, r.Now); err != nil {
		return s.shut(r, c, account, err)
	}
	r.Note("account", string(session.Account))
	return s.rooms[c.Room].Finish(r, c, session)
}

// shut says what a shut gate means for the person who stands before it.
func (s *SignIn) shut(r *web.Request, c provider.Ceremony, a provider.Account, why error) (web.Response, error) {
	switch {
	case errors.Is(why, provider.ShutLocked), errors.Is(why, provider.ShutPaused), errors.Is(why, provider.ShutClosed):
		return s.closed(r, c, a)
	case errors.Is(why, provider.ShutSession), errors.Is(why, provider.ShutChange):
		return s.restart(r, s.rooms[c.Room], c.Return, said{notice: "signin.notice.lost"})
	case errors.Is(why, provider.ShutClient):
		return s.rooms[c.Room].Refuse(r, c, provider.RefuseDenied) // the room knows how to say it: O-06
	default:
		return web.Response{}, &provider.Problem{Kind: provider.NotAllowed, Cause: why}
	}
}

// client reads the ceremony's client; Gatehouse's own rooms have none and trust themselves.
func (s *SignIn) client(r *web.Request, id string) (provider.Client, error) {
	if id == "" {
		return provider.Client{ID: "gatehouse", FirstParty: true}, nil
	}
	client, err := s.Store.Client(r.Context(), id)
	if errors.Is(err, provider.ErrNotFound) {
		return client, &provider.Problem{Kind: provider.NotAllowed, Cause: err}
	}
	return client, err
}

// sessionFor makes the session that the ceremony ends in: the one that the browser has by now, renewed, if it is the same
// person's; else a new one, and the browser's ends.
func (s *SignIn) sessionFor(r *web.Request, c provider.Ceremony) (session provider.Session, ends string, err error) {
	session = provider.Session{ID: provider.NewID(), Account: c.Account, Proofs: c.Proofs, CreatedAt: r.Now}
	old, err := s.Present(r)
	if err != nil {
		return session, "", err
	}
	switch {
	case old == nil:
	case old.Account == c.Account:
		session = *old
		session.Proofs = append(session.Proofs, c.Proofs...)
	default:
		ends = old.ID
	}
	session.Proofs = provider.Newest(session.Proofs)
	session.SecretHash = provider.HashSecret(c.Secret)
	session.SeenAt, session.EndsAt = r.Now, r.Now.Add(s.Clocks.Absolute)
	return session, ends, nil
}

func begunOrRenewed(now time.Time, session provider.Session, client string) provider.Event {
	if session.Rev == 0 {
		return audit.SessionBegan(now, session, client)
	}
	return audit.SessionRenewed(now, session, client)
}

func verified(c provider.Ceremony) []string {
	var ids []string
	for _, p := range c.Proofs {
		ids = append(ids, p.Authenticator)
	}
	return ids
}
