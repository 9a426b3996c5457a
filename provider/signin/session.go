package signin

import (
	"errors"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
)

// visitor is who stands at the door: with a session or without.
type visitor struct {
	session *provider.Session // live, not idle
	away    *provider.Session // live, but idle too long: it must be proven again
	over    bool              // there was one, and its time is up
}

// Session is the session of the request's browser, nil if there is none or it has been idle too long.
func (s *SignIn) Session(r *web.Request) (*provider.Session, error) {
	v, err := s.visitor(r)
	return v.session, err
}

// Present is the session to sign out of: also one that has been idle too long, whose applications may still be busy. Who asks for
// it is leaving, and puts nothing off.
func (s *SignIn) Present(r *web.Request) (*provider.Session, error) {
	v, err := s.look(r)
	if v.session == nil {
		return v.away, err
	}
	return v.session, err
}

// Look is Session, but leaves it as it is: nobody has done anything.
func (s *SignIn) Look(r *web.Request) (*provider.Session, error) {
	v, err := s.look(r)
	return v.session, err
}

func (s *SignIn) visitor(r *web.Request) (visitor, error) {
	v, err := s.look(r)
	if err != nil || v.session == nil {
		return v, err
	}
	return v, s.touch(r, *v.session)
}

func (s *SignIn) look(r *web.Request) (visitor, error) {
	secret := r.Cookie(sessionCookie)
	if secret == "" {
		return visitor{}, nil
	}
	session, err := s.Store.SessionBySecret(r.Context(), provider.HashSecret(secret))
	if errors.Is(err, provider.ErrNotFound) {
		return visitor{}, nil
	}
	if err != nil {
		return visitor{}, err
	}
	switch {
	case session.EndedWhy == provider.EndedExpired:
		return visitor{over: true}, nil
	case !session.EndedAt.IsZero():
		return visitor{over: session.EndedWhy == provider.EndedIdle || session.EndedWhy == provider.EndedExpired}, nil
	case !session.Live(r.Now):
		return visitor{over: true}, nil
	case session.Idle(r.Now, s.Clocks.Idle):
		return visitor{away: &session, over: true}, nil
	}
	return visitor{session: &session}, nil
}

// touch notes the visit, at most once a minute. What a page fetches for itself, whoever's page it is, is no visit (Fetch Metadata).
func (s *SignIn) touch(r *web.Request, session provider.Session) error {
	fetched := r.HTTP.Header.Get("Sec-Fetch-Dest")
	if r.Now.Sub(session.SeenAt) < s.Clocks.Grain() || fetched != "" && fetched != "document" && fetched != "empty" {
		return nil
	}
	return s.Store.TouchSession(r.Context(), session.ID, r.Now)
}

// End ends the session. Its grants die with it, on every replica.
func (s *SignIn) End(r *web.Request, session provider.Session, why string) error {
	_, err := s.Store.EndSession(r.Context(), session.ID, why, r.Now, audit.SessionEnded(r.Now, session, why))
	return err
}

// Leave is what a browser gets that signs out: its session's cookie goes, and its ceremonies are bound to it no more, so
// that what somebody proved in one of them cannot be picked up by Back.
func (s *SignIn) Leave() []web.Cookie {
	return []web.Cookie{{Name: sessionCookie, MaxAge: -1}, {Name: browserCookie, Value: provider.NewSecret()}}
}
