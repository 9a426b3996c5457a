package signin

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
)

// markLasts keeps the mark of a completed ceremony for as long as the volatile store may still hold the ceremony.
const markLasts = 48 * time.Hour

// finish ends a ceremony whose demand is met: the session begins or is renewed, once, and the room gets the browser.
func (s *SignIn) finish(r *web.Request, c provider.Ceremony, k known) (web.Response, error) {
	if len(c.Proofs) == 0 {
		return s.goOn(r, c, k)
	}
	session, gone, err := s.sessionFor(r, c)
	if err != nil {
		return web.Response{}, err
	}
	a, err := s.arrive(r, c, k)
	if err != nil {
		return web.Response{}, err
	}
	err = s.complete(r, c, session, gone, a)
	for try := 0; errors.Is(err, provider.ErrStale) && try < renewalsTried; try++ {
		if fell, err := s.fell(r, c); fell || err != nil {
			return s.fallen(r, c, k, err)
		}
		// Another tab renewed the session first. Its cookie is the browser's; these proofs are added.
		if session, err = s.Store.Session(r.Context(), session.ID); err != nil || !session.Live(r.Now) {
			return s.finished(r, c, k)
		}
		session = s.renewed(r, session, c)
		err = s.complete(r, c, session, gone, a)
	}
	switch {
	case errors.Is(err, provider.ErrUsed), errors.Is(err, provider.ErrStale):
		return s.finished(r, c, k)
	case err != nil:
		return web.Response{}, err
	}
	if err := s.foundAgain(r, c); err != nil {
		return web.Response{}, err
	}
	response, err := s.hand(r, c, session, k)
	if bytes.Equal(session.SecretHash, provider.HashSecret(c.Secret)) {
		response = response.With(web.Cookie{Name: sessionCookie, Value: c.Secret})
	}
	return response.With(a.cookie), err
}

// fell reports whether a proof of the ceremony stands no more: its authenticator was removed, or its password replaced, between the
// look that Next had and the completion.
func (s *SignIn) fell(r *web.Request, c provider.Ceremony) (bool, error) {
	held, err := s.held(r.Context(), c.Account, r.Now)
	return len(provider.Strike(c, held).Proofs) < len(c.Proofs), err
}

// fallen asks anew, by what still stands. What a room has begun (Begin) has no page to be asked on: the room's way begins anew.
func (s *SignIn) fallen(r *web.Request, c provider.Ceremony, k known, err error) (web.Response, error) {
	switch {
	case err != nil:
		return web.Response{}, err
	case k.of == "":
		return s.restart(r, s.rooms[c.Room], c.Return, said{notice: "signin.notice.lost"})
	}
	return s.dispatch(r, c, said{notice: "signin.notice.moved"})
}

// renewalsTried is how often a renewal is tried again that lost to another tab of the same browser.
const renewalsTried = 5

func (s *SignIn) complete(
	r *web.Request, c provider.Ceremony, session provider.Session, gone yielding, a arrival,
) error {
	done := provider.Completion{
		Ceremony: c.ID, Until: r.Now.Add(markLasts), Session: session, Proofs: verified(c), Device: a.device,
		Lane: a.lane, Rule: s.Lanes.Rule(a.lane.Kind), At: r.Now,
	}
	if gone.session != nil {
		done.Ends, done.Why, done.Ended = gone.session.ID, gone.why, audit.SessionEnded(r.Now, *gone.session, gone.why)
	}
	event := begunOrRenewed(r.Now, session, c.Client)
	event.Tell = a.tell
	return s.Store.CompleteCeremony(r.Context(), done, event)
}

// goOn finishes on the browser's session, which met the demand by itself: single sign-on.
func (s *SignIn) goOn(r *web.Request, c provider.Ceremony, k known) (web.Response, error) {
	session, err := s.continued(r, c, k)
	if errors.Is(err, provider.ErrNotFound) || err == nil && s.over(session, r.Now) {
		return s.restart(r, s.rooms[c.Room], c.Return, said{notice: "signin.notice.lost"})
	}
	if err != nil {
		return web.Response{}, err
	}
	return s.hand(r, c, session, k)
}

// continued is the session that the ceremony goes on with.
func (s *SignIn) continued(r *web.Request, c provider.Ceremony, k known) (provider.Session, error) {
	if k.session != nil && k.session.ID == c.Session {
		return *k.session, nil
	}
	return s.Store.Session(r.Context(), c.Session)
}

// over reports whether a session is no longer good for going on without a new proof.
func (s *SignIn) over(session provider.Session, now time.Time) bool {
	return !session.Live(now) || session.Idle(now, s.Clocks.Idle)
}

// finished answers a form that was sent twice, or Back after the end: the session of this ceremony goes on if it still
// lives, else the way begins anew.
func (s *SignIn) finished(r *web.Request, c provider.Ceremony, k known) (web.Response, error) {
	session, err := s.Store.SessionBySecret(r.Context(), provider.HashSecret(c.Secret))
	if errors.Is(err, provider.ErrNotFound) || err == nil && s.over(session, r.Now) {
		return s.restart(r, s.rooms[c.Room], c.Return, said{notice: "signin.notice.lost"})
	}
	if err != nil {
		return web.Response{}, err
	}
	response, err := s.hand(r, c, session, k)
	return response.With(web.Cookie{Name: sessionCookie, Value: c.Secret}), err
}

// hand passes the one gate and gives the browser back to the room.
func (s *SignIn) hand(r *web.Request, c provider.Ceremony, session provider.Session, k known) (web.Response, error) {
	standing, err := s.standing(r, c, session, k)
	if err != nil {
		return web.Response{}, err
	}
	if err := provider.Gate(standing, s.Clocks.Idle, r.Now); err != nil {
		return s.shut(r, c, *standing.Account, err)
	}
	r.Note("account", string(session.Account))
	r.Locale(standing.Account.Profile.Locale)
	return s.rooms[c.Room].Finish(r, c, session)
}

// shut says what a shut gate means for the person who stands before it.
func (s *SignIn) shut(r *web.Request, c provider.Ceremony, a provider.Account, why error) (web.Response, error) {
	switch {
	case errors.Is(why, provider.ShutLocked), errors.Is(why, provider.ShutPaused), errors.Is(why, provider.ShutClosed):
		return s.closed(r, c, a)
	case errors.Is(why, provider.ShutSession), errors.Is(why, provider.ShutIdle), errors.Is(why, provider.ShutChange):
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

// yielding is a session of the browser that ends where another begins.
type yielding struct {
	session *provider.Session // nil: none
	why     string
}

// sessionFor makes the session that the ceremony ends in: the one that the browser has by now, renewed, if it is the same
// person's; else a new one, and the browser's ends. So does one that its applications hold to be over, because nothing was done in
// it: renewed, it would bring back to life what they had for whoever was there before.
func (s *SignIn) sessionFor(r *web.Request, c provider.Ceremony) (session provider.Session, gone yielding, err error) {
	old, elsewhere, err := s.before(r, c)
	if err != nil {
		return session, gone, err
	}
	abandoned := false
	if old != nil && old.Account == c.Account && old.Idle(r.Now, s.Clocks.Idle) {
		abandoned, err = s.Store.Reporting(r.Context(), old.ID)
	}
	session = provider.Session{ID: provider.NewID(), Account: c.Account, CreatedAt: r.Now}
	switch {
	case old == nil:
	case old.Account != c.Account:
		gone = yielding{old, provider.EndedReplaced}
	case abandoned:
		gone = yielding{old, provider.EndedIdle}
	case elsewhere:
		return s.renewed(r, *old, c), gone, err
	default:
		session = *old
	}
	session = s.renewed(r, session, c)
	session.SecretHash = provider.HashSecret(c.Secret)
	return session, gone, err
}

// before is the session that the browser has; elsewhere, where its cookie is another tab's to give.
func (s *SignIn) before(r *web.Request, c provider.Ceremony) (old *provider.Session, elsewhere bool, err error) {
	old, err = s.Present(r)
	if old != nil || err != nil {
		return old, false, err
	}
	other, found, err := s.renewedElsewhere(r, c)
	if !found || err != nil {
		return nil, false, err
	}
	return &other, true, nil
}

// renewedElsewhere is the session that the browser came with, where another tab has renewed it since: this request still
// brings its old cookie. The new one is that tab's to give.
func (s *SignIn) renewedElsewhere(r *web.Request, c provider.Ceremony) (provider.Session, bool, error) {
	if c.Session == "" || r.Cookie(sessionCookie) == "" {
		return provider.Session{}, false, nil
	}
	session, err := s.Store.Session(r.Context(), c.Session)
	if errors.Is(err, provider.ErrNotFound) {
		return session, false, nil
	}
	return session, err == nil && session.Account == c.Account && session.Live(r.Now), err
}

// renewed adds the ceremony's proofs to a session, with the browser that they were shown in, and winds its clocks up.
func (s *SignIn) renewed(r *web.Request, session provider.Session, c provider.Ceremony) provider.Session {
	now, shown := r.Now, slices.Clone(c.Proofs)
	for i := range shown {
		shown[i].Where = deviceWords(r.HTTP.UserAgent())
	}
	before := slices.DeleteFunc(slices.Clone(session.Proofs), func(p provider.Proof) bool {
		return session.Idle(now, s.Clocks.Idle) || now.Sub(p.At) >= s.Clocks.Absolute
	})
	session.Proofs = provider.Newest(append(before, shown...))
	session.SeenAt, session.EndsAt = now, now.Add(s.Clocks.Absolute)
	return session
}

func begunOrRenewed(now time.Time, session provider.Session, client string) provider.Event {
	if session.Rev == 0 {
		return audit.SessionBegan(now, session, client)
	}
	return audit.SessionRenewed(now, session, client)
}

// verified are the proofs that an authenticator of the account made; a remembered browser confirms one of them.
func verified(c provider.Ceremony) []provider.Proof {
	return slices.DeleteFunc(slices.Clone(c.Proofs), func(p provider.Proof) bool { return p.Kind == provider.Remembered })
}
