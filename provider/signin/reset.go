package signin

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/limit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
)

// Resetter is a room that learns whose forgotten password is to be replaced. What it opens cannot be begun anew without it: where
// such a ceremony is lost or over, Over says so, and there is no Ask.
type Resetter interface {
	Room
	// Done says that the password was set. No session has begun.
	Done(r *web.Request, c provider.Ceremony, a provider.Account) (web.Response, error)
	// Over says that this has stopped working.
	Over(r *web.Request, ret string) (web.Response, error)
}

// Reset opens the ceremony in which the owner of an account sets a new password, after a code that travelled by this channel to an
// address of the account was right. asked is when that code was asked for: a password that was set since then is newer than what
// the code was for. Nothing of it rests on a session that the browser may have. It answers the ceremony's address.
func (s *SignIn) Reset(
	r *web.Request, room Resetter, account provider.AccountID, by provider.Channel, asked time.Time, ret, locales string,
) (string, error) {
	if account == "" || by == "" || by == provider.ByNobody {
		return "", errors.New("signin: a reset is somebody's, after a code that was sent to them")
	}
	c, _, err := s.keep(r, provider.Ceremony{
		Room: room.Name(), Return: ret, Locales: locales, Account: account, Demand: provider.Demand{Reset: by},
		Began: asked, Deadline: s.deadline(r.Now), Patience: s.Clocks.Idle, Secret: provider.NewSecret(),
	})
	return "/signin/" + c.ID, err
}

// errUnasked: a room asks for a reset as if it were a sign-in, which nobody has shown a code for.
var errUnasked = errors.New("signin: a reset is opened by Reset alone")

func resets(c provider.Ceremony) bool { return c.Demand.Reset != "" }

// lane is where guesses of strangers at a ceremony's account count. Those at the second proof of a reset have a lane of their own:
// it stays open while passwords that anybody may try have closed the other.
func lane(c provider.Ceremony) provider.Lane {
	if resets(c) {
		return provider.ResetLane(c.Account)
	}
	return provider.StrangersLane(c.Account)
}

// switchOf is where "sign in as someone else" posts to: a reset is one person's.
func switchOf(c provider.Ceremony, v view) string {
	if resets(c) {
		return ""
	}
	return v.base + "/switch"
}

// resetDone shows that a password was set. After the form, by way of the ceremony's address: loaded again, it says the same.
func (s *SignIn) resetDone(r *web.Request, c provider.Ceremony, a provider.Account) (web.Response, error) {
	room, ok := s.rooms[c.Room].(Resetter)
	if !ok {
		return web.Response{}, errors.New("signin: a reset of a room that knows of none")
	}
	r.Note("outcome", "password reset")
	return room.Done(r, c, a)
}

// postReset sets the password of a reset.
func (s *SignIn) postReset(r *web.Request, c provider.Ceremony, f newPasswordForm) (web.Response, error) {
	ctx, done := steadfast(r)
	defer done()
	r.HTTP = r.HTTP.WithContext(ctx)
	step, k, err := s.next(r, &c)
	if err != nil {
		return web.Response{}, err
	}
	if step.Kind != provider.StepChange || !s.drawnFor(c, f.Ticket, r.Now) {
		return s.resetLate(r, c, k, f)
	}
	if k.account, err = s.Store.Account(ctx, c.Account); err != nil {
		return web.Response{}, err
	}
	if !provider.Reopens(c, k.account) {
		return s.closed(r, c, k.account)
	}
	own := append(OwnWords(k.account), s.Brand...)
	var refusal *password.Refusal
	switch err := s.Policy.Check(f.NewPassword, password.Context{Own: own}); {
	case errors.As(err, &refusal):
		return s.dispatch(r, c, said{
			status: http.StatusUnprocessableEntity, fields: map[string]string{"new_password": refusal.Key},
			strength: string(password.Strength(f.NewPassword, own)),
		})
	case err != nil:
		return web.Response{}, err
	}
	// That it is the old one is not looked at: who was let in here by a mailbox would learn what else that opens.
	proof, err := s.put(r, c, k.account, k.held, f.NewPassword)
	switch {
	case errors.Is(err, password.ErrBusy):
		return s.dispatch(r, c, said{status: http.StatusServiceUnavailable, err: "signin.notice.busy", retry: retryAfter(err)})
	case errors.Is(err, provider.ErrStale):
		return s.resetLate(r, c, k, f)
	case err != nil:
		return web.Response{}, err
	}
	if err := errors.Join(s.resume(r, c), s.reopen(r, c), s.foundAgain(r, c)); err != nil {
		return web.Response{}, err
	}
	cookies, err := s.acquaint(r, c)
	if err != nil {
		return web.Response{}, err
	}
	response, err := s.resetKept(r, c, k.account, proof)
	return response.With(cookies...), err
}

// acquaint makes this browser known to the account, as the link of M-15 does, for which less is shown. Whoever guesses on closes the
// lane of strangers again in no time, and must not keep the owner from signing in here with the password that they have just set.
func (s *SignIn) acquaint(r *web.Request, c provider.Ceremony) ([]web.Cookie, error) {
	d, cookie, _, err := s.admitted(r, c.Account)
	if err != nil {
		return nil, err
	}
	d.Words = deviceWords(r.HTTP.UserAgent())
	err = s.Store.PassLane(r.Context(), provider.Passage{
		Link: c.ID, Until: r.Now.Add(s.Lanes.Link), Device: d, Lane: provider.StrangersLane(c.Account), At: r.Now,
	}, audit.LanePassed(r.Now, d))
	if errors.Is(err, provider.ErrUsed) { // pressed twice: the first answer has the cookie
		return nil, nil
	}
	return []web.Cookie{cookie}, err
}

// resetKept notes in the ceremony that it is done. The password is set whether or not that succeeds, and the page says so.
func (s *SignIn) resetKept(r *web.Request, c provider.Ceremony, a provider.Account, proof provider.Proof) (web.Response, error) {
	for range renewalsTried {
		proven, err := provider.Apply(c, proof)
		if err != nil {
			break
		}
		err = s.Store.SwapCeremony(r.Context(), proven)
		if err == nil {
			return web.SeeOther("/signin/" + c.ID), nil
		}
		if c, err = s.Store.Ceremony(r.Context(), c.ID); err != nil {
			break
		}
	}
	return s.resetDone(r, c, a)
}

// resetLate answers a form that is not due any more. One that was sent twice sees where the first one led, even if that has not
// arrived there yet: the password that it brings is the account's.
func (s *SignIn) resetLate(r *web.Request, c provider.Ceremony, k known, f newPasswordForm) (web.Response, error) {
	if !s.drawnFor(c, f.Ticket, r.Now) {
		return s.moved(r, c)
	}
	held, err := s.held(r.Context(), c.Account, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	now, has := provider.Held(held, provider.Password)
	if !has || !now.CreatedAt.After(c.Began) {
		return s.moved(r, c)
	}
	g, err := s.guessing(r, c.Account, lane(c)) // who reads a mailbox must not try here what the owner has set since
	if err != nil || g.away {
		return s.lateGuess(r, c, err)
	}
	same, _, err := s.Hasher.Check(password.WithPriority(r.Context()), string(now.Data), f.NewPassword)
	if err != nil || same {
		err = errors.Join(err, s.giveBack(r, g))
	} else {
		err = s.missed(r, g)
	}
	if err != nil || !same {
		return s.lateGuess(r, c, err)
	}
	if err := s.afterReset(r, c); err != nil { // the house may have stopped between the password and all this
		return web.Response{}, err
	}
	a, err := s.Store.Account(r.Context(), c.Account)
	if err != nil {
		return web.Response{}, err
	}
	return s.resetDone(r, c, a)
}

// shut reports whether it is time to say that an account that is not active stays shut: to a sign-in once all that is asked was
// proven, to a reset once the new password is due.
func shut(c provider.Ceremony, step provider.Step, a provider.Account) bool {
	if resets(c) {
		return step.Kind == provider.StepChange && !provider.Reopens(c, a)
	}
	return c.Demand.MetBy(c.Assurance()) || step.Kind == provider.StepEnroll
}

// afterReset does again what comes with a new password; all of it can be done twice.
func (s *SignIn) afterReset(r *web.Request, c provider.Ceremony) error {
	err := s.Store.EndOthers(r.Context(), c.Account, c.Session, replaced, r.Now, audit.OthersEnded(r.Now, c.Account, c.Session, replaced))
	return errors.Join(err, s.letGo(r, c, replaced), s.resume(r, c), s.reopen(r, c), s.foundAgain(r, c))
}

// resume opens an account that its owner has paused, now that they have shown two proofs and set a new password. The password comes
// first: a house that stops in between leaves it shut.
func (s *SignIn) resume(r *web.Request, c provider.Ceremony) error {
	for {
		a, err := s.Store.Account(r.Context(), c.Account)
		if err != nil || a.Status == provider.Active || !provider.Reopens(c, a) {
			return err
		}
		held, err := s.held(r.Context(), c.Account, r.Now)
		if err != nil {
			return err
		}
		event := audit.AccountEnabled(r.Now, a.ID, a.Status, audit.ByAccount(a.ID))
		event.Tell = s.Tell(r, a, held, notify.AccountPaused, map[string]string{notify.DataAction: "opened"})
		a.Status, a.StatusAt, a.UpdatedAt = provider.Active, r.Now, r.Now
		if err := s.Store.UpdateAccount(r.Context(), a, event); !errors.Is(err, provider.ErrStale) {
			return err
		}
	}
}

// lateGuess answers a form that is late.
func (s *SignIn) lateGuess(r *web.Request, c provider.Ceremony, err error) (web.Response, error) {
	if err != nil && !errors.Is(err, password.ErrBusy) {
		return web.Response{}, err
	}
	return s.moved(r, c)
}

// reopen ends what strangers' failures have closed, and this browser's own, now that the owner was here. What is remembered of
// earlier pauses stays.
func (s *SignIn) reopen(r *web.Request, c provider.Ceremony) error {
	lanes := []provider.Lane{provider.StrangersLane(c.Account), provider.ResetLane(c.Account)}
	d, err := s.browserOf(r.Context(), r, c.Account)
	if err != nil {
		return err
	}
	if d.ID != "" {
		lanes = append(lanes, provider.DeviceLane(d))
	}
	for _, l := range lanes {
		state, err := s.Store.Lane(r.Context(), l)
		if err != nil {
			return err
		}
		word := "open"
		closed, until := limit.Closed(state, s.Lanes.Rule(l.Kind), r.Now)
		switch {
		case closed && until.IsZero():
			word = "stopped"
		case closed:
			word = "paused"
		}
		if state == (provider.LaneState{}) {
			continue
		}
		err = s.Store.UnlockLane(r.Context(), l, r.Now, audit.LaneUnlocked(r.Now, c.Account, word, audit.ByAccount(c.Account)))
		if err != nil {
			return err
		}
	}
	return nil
}

// replacement is the password that takes the place of the one that is held; of an account that has none yet, its first. That one
// is named after the account: of two at once, one is kept.
func replacement(c provider.Ceremony, old provider.Authenticator, encoded string, at time.Time) provider.Authenticator {
	fresh := old
	if old.ID == "" {
		sum := sha256.Sum256([]byte("first password of " + string(c.Account)))
		fresh = provider.Authenticator{ID: base64.RawURLEncoding.EncodeToString(sum[:16]), Account: c.Account, Kind: provider.Password}
	}
	fresh.Data, fresh.ChangeOwed, fresh.CreatedAt = []byte(encoded), "", at
	return fresh
}

// setAt is when a password is set: in its ceremony, and of a reset after it began, to the microsecond that a store keeps.
func setAt(c provider.Ceremony, now time.Time) time.Time {
	at := laterOf(now, c.Began)
	if resets(c) {
		at = laterOf(now, c.Began.Truncate(time.Microsecond).Add(time.Microsecond))
	}
	return at
}

// changed is the record of it, with the notice to all addresses.
func (s *SignIn) passwordSet(r *web.Request, c provider.Ceremony, a provider.Account, held []provider.Authenticator) provider.Event {
	event := audit.PasswordChanged(r.Now, c.Account)
	if resets(c) {
		event = audit.PasswordReset(r.Now, c.Account, c.Demand.Reset)
	}
	event.Tell = s.Tell(r, a, held, notify.PasswordChanged, nil)
	return event
}
