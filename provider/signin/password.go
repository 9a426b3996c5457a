package signin

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/identifier"
	"gatehouse/provider/web"
)

// What people may type. Longer fields are answered beside the field, so that nothing typed is lost.
const (
	maxUsername = 254
	maxPassword = 1024 // bytes
)

type passwordForm struct {
	Username string `form:"username" max:"2048"`
	Password string `form:"password" max:"8192"`
	Ticket   string `form:"ticket" max:"16384"`
}

// postPassword checks a name and password together: S-01 to S-03, S-13.
func (s *SignIn) postPassword(r *web.Request, f passwordForm) (web.Response, error) {
	c, other, err := s.load(r, f.Ticket, f.Username)
	if other != nil || err != nil {
		return orOther(other), err
	}
	step, _, err := s.next(r, &c)
	if err != nil {
		return web.Response{}, err
	}
	if !step.Offered(provider.Password) || !s.drawnFor(c, f.Ticket, r.Now) {
		return s.late(r, c, f)
	}
	say := said{status: http.StatusUnprocessableEntity, username: f.Username, fields: missing(f, step)}
	if len(say.fields) > 0 {
		return s.dispatch(r, c, say)
	}
	account, strangers, err := s.candidate(r, c, step, f.Username)
	if err != nil {
		return web.Response{}, err
	}
	leave, err := s.room(r, account)
	if err != nil {
		return s.sent(r, c, f, err)
	}
	defer leave()
	g, err := s.guessing(r, account, strangers)
	if err != nil {
		return web.Response{}, err
	}
	if g.away {
		return s.paused(r, c, g, say)
	}
	all, err := s.Store.Authenticators(r.Context(), account)
	if err != nil {
		return web.Response{}, err
	}
	held, _ := provider.Held(all, provider.Password)
	ok, stale, err := s.hashed(r, g, held, f.Password)
	leave()
	if err != nil {
		return s.sent(r, c, f, err)
	}
	s.weather(r, account, g.known(), ok)
	if !ok {
		return s.mismatch(r, c, g, held, say)
	}
	if stale {
		if err := s.rehash(r, held, f.Password); err != nil {
			return web.Response{}, err
		}
	}
	proven, err := provider.Apply(c, shown(held, laterOf(r.Now, c.Began)))
	if err != nil {
		return web.Response{}, err
	}
	return s.onward(r, proven, s.Usable(all, r.Now), f.Ticket)
}

// late answers a form that is not due any more, mostly since another tab has signed in meanwhile. Where somebody else
// of the household filled it in, they are asked who goes on (S-12): nobody ends up in another's records unasked.
func (s *SignIn) late(r *web.Request, c provider.Ceremony, f passwordForm) (web.Response, error) {
	if len(c.Earlier) == 0 || len(c.Proofs) > 0 || strings.TrimSpace(f.Username) == "" {
		return s.dispatch(r, c, said{notice: "signin.notice.moved"})
	}
	account, err := s.Store.Account(r.Context(), c.Account)
	if err != nil {
		return web.Response{}, err
	}
	if _, canonical := identifier.SignInName(f.Username); !account.Named(canonical) && c.ChosenAt.IsZero() {
		c.Demand.Choose = true
		return s.swap(r, c, f.Ticket)
	}
	return s.dispatch(r, c, said{notice: "signin.notice.moved"})
}

// missing says what is not filled in, or is longer than anything that could be right.
func missing(f passwordForm, step provider.Step) map[string]string {
	fields := map[string]string{}
	if step.Kind == provider.StepIdentify {
		switch {
		case strings.TrimSpace(f.Username) == "":
			fields["username"] = "signin.field.username.empty"
		case len(f.Username) > maxUsername:
			fields["username"] = "signin.field.username.long"
		}
	}
	switch {
	case f.Password == "":
		fields["password"] = "signin.field.password.empty"
	case len(f.Password) > maxPassword:
		fields["password"] = "signin.field.password.long"
	}
	return fields
}

// candidate finds whose password is to be checked, and where strangers' failures count: the ceremony's account, or the one with
// the typed name. A name that nobody has, or that several accounts share, is nobody's, and is checked and counted all the same.
func (s *SignIn) candidate(r *web.Request, c provider.Ceremony, step provider.Step, typed string) (provider.AccountID, provider.Lane, error) {
	if step.Kind != provider.StepIdentify {
		return c.Account, provider.StrangersLane(c.Account), nil
	}
	kind, canonical := identifier.SignInName(typed)
	found, err := s.Store.FindAccounts(r.Context(), kind, canonical)
	if err != nil || len(found) != 1 {
		return nobody, provider.InventedLane(kind, canonical), err
	}
	return found[0], provider.StrangersLane(found[0]), nil
}

// hashed checks a password that was counted, and takes the count back where it is right, or was not looked at. Whom the account
// knows goes first.
func (s *SignIn) hashed(r *web.Request, g guess, held provider.Authenticator, typed string) (ok, stale bool, err error) {
	ctx := r.Context()
	if g.known() {
		ctx = password.WithPriority(ctx)
	}
	ok, stale, err = s.Hasher.Check(ctx, string(held.Data), typed)
	ok = ok && held.ID != ""
	if ok || err != nil {
		err = errors.Join(err, s.giveBack(r, g))
	}
	return ok, stale, err
}

// paused is S-14: no password is looked at. Other names, and passkeys, go on.
func (s *SignIn) paused(r *web.Request, c provider.Ceremony, g guess, say said) (web.Response, error) {
	if err := s.missed(r, g); err != nil {
		return web.Response{}, err
	}
	response, err := s.dispatch(r, c, s.turnedAway(r, g, say, "signin.error.paused", "signin.error.stopped"))
	response.Every = s.Failures
	return response, err
}

// mismatch is the one answer to every wrong name or password, whatever the reason, at one deadline.
func (s *SignIn) mismatch(r *web.Request, c provider.Ceremony, g guess, held provider.Authenticator, say said) (web.Response, error) {
	event := audit.SignInFailed(r.Now, held.Account, c.Client, "password")
	ctx, done := steadfast(r)
	defer done()
	if _, err := s.Store.CountFailure(ctx, held.ID, event); err != nil {
		return web.Response{}, err
	}
	if err := s.missed(r, g); err != nil {
		return web.Response{}, err
	}
	r.Note("outcome", "mismatch")
	refuse(r, g, provider.RuleWrongPassword)
	say.err = "signin.error.mismatch"
	response, err := s.dispatch(r, c, say)
	response.Every = s.Failures
	return response, err
}

// onward goes on after the password: where the browser is remembered and that is enough, with it; where a second step is due
// and there is a way that the person takes as a rule, on that way.
func (s *SignIn) onward(r *web.Request, c provider.Ceremony, held []provider.Authenticator, sealed string) (web.Response, error) {
	c, err := s.recall(r, c, held)
	if err != nil {
		return web.Response{}, err
	}
	step := provider.Next(c, held, r.Now)
	ways := offered(step, held)
	if len(ways) == 0 || step.Offered(provider.Password) {
		return s.swap(r, c, sealed)
	}
	account, err := s.Store.Account(r.Context(), c.Account)
	if err != nil {
		return web.Response{}, err
	}
	if way, a, ok := wished(ways, account.Profile.Choices); ok {
		return s.take(r, turn{c: c, step: step, k: known{of: c.Account, held: held}, ticket: sealed}, way, a)
	}
	return s.swap(r, c, sealed)
}

// shown is the proof that somebody knows this very password.
func shown(held provider.Authenticator, at time.Time) provider.Proof {
	return provider.Proof{Account: held.Account, Authenticator: held.ID, Kind: provider.Password, At: at, SetAt: held.CreatedAt}
}

// swap keeps what changed and dispatches; if another request was quicker, it shows where that one led.
func (s *SignIn) swap(r *web.Request, c provider.Ceremony, sealed string) (web.Response, error) {
	return s.swapThen(r, c, sealed, func() error { return nil })
}

// swapThen is swap, with something to do between keeping and dispatching for the one request that was first.
func (s *SignIn) swapThen(r *web.Request, c provider.Ceremony, sealed string, then func() error) (web.Response, error) {
	c, other, err := s.swapped(r, c, sealed)
	if other != nil || err != nil {
		return orOther(other), err
	}
	if err := then(); err != nil {
		return web.Response{}, err
	}
	return s.dispatch(r, c, said{})
}

// swapped keeps what changed, and answers the ceremony as it is kept. Where another request was quicker, or the ceremony is
// gone, the second value answers the request.
func (s *SignIn) swapped(r *web.Request, c provider.Ceremony, sealed string) (provider.Ceremony, *web.Response, error) {
	err := s.Store.SwapCeremony(r.Context(), c)
	switch {
	case errors.Is(err, provider.ErrStale):
		now, other, err := s.load(r, sealed, "")
		if other != nil || err != nil {
			return now, other, err
		}
		moved, err := s.dispatch(r, now, said{notice: "signin.notice.moved"})
		return now, &moved, err
	case errors.Is(err, provider.ErrNotFound):
		return s.lost(r, sealed, "")
	case err != nil:
		return c, nil, err
	}
	c.Rev++
	return c, nil, nil
}

// laterOf keeps a proof within its ceremony where the clock was set back meanwhile.
func laterOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// rehash replaces a hash of older parameters or an older pepper, now that the password is at hand. Somebody who
// changed it meanwhile has won.
func (s *SignIn) rehash(r *web.Request, held provider.Authenticator, plain string) error {
	encoded, err := s.Hasher.Hash(r.Context(), plain)
	if errors.Is(err, password.ErrBusy) {
		return nil // next time
	}
	if err != nil {
		return err
	}
	fresh := held
	fresh.Data = []byte(encoded)
	err = s.save(r.Context(), held, fresh, audit.PasswordRehashed(r.Now, held.Account))
	if errors.Is(err, provider.ErrStale) {
		return nil
	}
	return err
}

// savesTried is how often a save is tried again while strangers' failures are being counted on the same authenticator.
const savesTried = 20

// save replaces old by fresh as long as nobody else changed the secret itself: failures that are counted meanwhile do not
// keep an owner from changing a password. ErrStale: somebody else changed it.
func (s *SignIn) save(ctx context.Context, old, fresh provider.Authenticator, e provider.Event) error {
	for range savesTried {
		err := s.Store.SaveAuthenticator(ctx, fresh, e)
		if !errors.Is(err, provider.ErrStale) {
			return err
		}
		all, err := s.Store.Authenticators(ctx, old.Account)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(a provider.Authenticator) bool { return a.ID == old.ID })
		if at < 0 || !bytes.Equal(all[at].Data, old.Data) {
			return provider.ErrStale
		}
		fresh.Rev, fresh.Failures = all[at].Rev, all[at].Failures
	}
	return provider.ErrStale
}

// retryAfter is how many seconds somebody who was turned away should wait.
func retryAfter(err error) int {
	var busy *password.Busy
	if errors.As(err, &busy) {
		return int((busy.RetryAfter + time.Second - 1) / time.Second) // never too early
	}
	return 1
}
