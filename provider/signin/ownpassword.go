package signin

import (
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/web"
)

// PasswordChange is what an owner who is signed in wants: another password than the current one.
type PasswordChange struct {
	Account        provider.Account
	Held           []provider.Authenticator
	Session        provider.Session // the one that asks: it goes on, all others end
	Current, Fresh string
	Return         string // of the room: where Finish leads
}

// PasswordRefusal is why a password was not changed. Its keys are the catalogue's.
type PasswordRefusal struct {
	Field    string // current, fresh; "" all of it
	Key      string
	Strength string    // of the fresh one, in words; "" not looked at
	Until    time.Time // when it may be tried again; zero: at once
	Retry    int       // seconds, where too many want a hash; 0: no matter of that
}

// ChangePassword changes a password from inside the account (Y-04; ASVS 6.2.3 wants the current one too). The current one is a
// guess like any other: it is counted before it is looked at. Whatever was got with the old password
// ends but this session, which is renewed by the new one.
func (s *SignIn) ChangePassword(r *web.Request, room Room, p PasswordChange) (web.Response, *PasswordRefusal, error) {
	ctx, done := steadfast(r)
	defer done()
	g, err := s.guessing(r, p.Account.ID, provider.StrangersLane(p.Account.ID))
	if err != nil {
		return web.Response{}, nil, err
	}
	if g.away {
		return s.ownTurnedAway(r, g)
	}
	old, has := provider.Held(p.Held, provider.Password)
	right, _, err := s.Hasher.Check(password.WithPriority(ctx), string(old.Data), p.Current)
	if right && has || err != nil {
		err = errors.Join(err, s.giveBack(r, g))
	}
	if err != nil {
		return s.notHashed(err)
	}
	if !right || !has {
		_, err := s.Store.CountFailure(ctx, old.ID, audit.SignInFailed(r.Now, p.Account.ID, "", "password"))
		return web.Response{}, &PasswordRefusal{Field: "current", Key: "changepassword.error.current"}, errors.Join(err, s.missed(r, g))
	}
	own := append(OwnWords(p.Account), s.Brand...)
	refused, err := s.refuses(r, p.Fresh, own, old)
	if err != nil {
		return s.notHashed(err)
	}
	if refused != "" {
		return web.Response{}, &PasswordRefusal{Field: "fresh", Key: refused, Strength: string(password.Strength(p.Fresh, own))}, nil
	}
	return s.changed(r, room, p)
}

// ownTurnedAway says that nobody may try.
func (s *SignIn) ownTurnedAway(r *web.Request, g guess) (web.Response, *PasswordRefusal, error) {
	say := s.turnedAway(r, g, said{}, "changepassword.error.tries", "changepassword.error.stopped")
	return web.Response{}, &PasswordRefusal{Key: say.err, Until: say.until}, s.missed(r, g)
}

// notHashed turns away who wants a hash while too many do.
func (s *SignIn) notHashed(err error) (web.Response, *PasswordRefusal, error) {
	if errors.Is(err, password.ErrBusy) {
		return web.Response{}, &PasswordRefusal{Key: "signin.notice.busy", Retry: retryAfter(err)}, nil
	}
	return web.Response{}, nil, err
}

// changed writes the new password and renews the session by it.
func (s *SignIn) changed(r *web.Request, room Room, p PasswordChange) (web.Response, *PasswordRefusal, error) {
	c := provider.Ceremony{
		ID: provider.NewID(), Room: room.Name(), Return: p.Return, Account: p.Account.ID, Session: p.Session.ID,
		Began: r.Now, Deadline: r.Now.Add(s.Lasts), Secret: provider.NewSecret(),
	}
	proof, err := s.put(r, c, p.Account, p.Held, p.Fresh)
	switch {
	case errors.Is(err, provider.ErrStale):
		return web.Response{}, &PasswordRefusal{Field: "current", Key: "changepassword.error.current"}, nil
	case err != nil:
		return s.notHashed(err)
	}
	if c, err = provider.Apply(c, proof); err != nil {
		return web.Response{}, nil, err
	}
	response, err := s.finish(r, c, known{})
	return response, nil, err
}
