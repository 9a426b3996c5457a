package signin

import (
	"errors"
	"net/http"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/web"
)

type passkeyForm struct {
	Response string `form:"response" max:"16384"`
	Ticket   string `form:"ticket" max:"16384"`
}

// postPasskey takes what an authenticator said: S-04 to S-06, K-03. It is never locked: whoever has a passkey always has a way in.
func (s *SignIn) postPasskey(r *web.Request, f passkeyForm) (web.Response, error) {
	c, other, err := s.load(r, f.Ticket, "")
	if other != nil || err != nil {
		return orOther(other), err
	}
	t := turn{c: c, ticket: f.Ticket}
	if t.step, t.k, err = s.next(r, &t.c); err != nil {
		return web.Response{}, err
	}
	t.way, t.on = current(t.c, t.step, t.k.held)
	switch {
	case s.Passkeys == nil || !s.drawnFor(t.c, f.Ticket, r.Now):
	case t.step.Kind == provider.StepEnroll && t.way.Kind == provider.Passkey:
		return s.bindPasskey(r, t, f.Response)
	case t.step.Offered(provider.Passkey):
		return s.usePasskey(r, t, f.Response)
	}
	return s.moved(r, t.c)
}

// usePasskey checks a response. Nothing is believed before its challenge is marked as used.
func (s *SignIn) usePasskey(r *web.Request, t turn, response string) (web.Response, error) {
	v, err := s.Passkeys.Verify(r.Context(), t.c.ID, response, s.Store.Authenticators, r.Now)
	if errors.Is(err, passkey.ErrResponse) {
		return s.refusePasskey(r, t, err, response)
	}
	if err != nil {
		return web.Response{}, err
	}
	err = s.Store.Consume(r.Context(), passkey.ChallengePurpose, v.Challenge, v.Until)
	if errors.Is(err, provider.ErrUsed) {
		return s.refusePasskey(r, t, errAnswered, "")
	}
	if err != nil {
		return web.Response{}, err
	}
	ok, err := s.settle(r, v)
	if err != nil {
		return web.Response{}, err
	}
	if !ok {
		return s.refusePasskey(r, t, errCloned, "")
	}
	c, err := provider.Apply(t.c, provider.Proof{
		Account: v.Authenticator.Account, Authenticator: v.Authenticator.ID, Kind: provider.Passkey,
		UserVerified: v.UserVerified, Synced: v.Synced, At: laterOf(r.Now, t.c.Began),
	})
	if errors.Is(err, provider.ErrOtherAccount) {
		return s.refusePasskey(r, t, err, "")
	}
	if err != nil {
		return web.Response{}, err
	}
	return s.swap(r, c, t.ticket)
}

// Why a response that verifies is refused all the same.
var (
	errAnswered = errors.New("the challenge was answered before")
	errTooMany  = errors.New("as many passkeys as are kept")
	errCloned   = errors.New("the counter went back, or somebody else used it at the same moment")
)

// settle keeps what using a passkey changed, and says whether it may be used: not where its counter went back, nor where two
// uses of it at once cannot both have come from one device.
//
// A counter that goes back (WebAuthn 3, 7.2 step 22). Context: such a key may exist twice. Choice: it is refused and recorded,
// unless Config.Cloned says otherwise, since two devices with one secret are not the one thing that somebody has; whoever uses
// it next from the device that is ahead still gets in. Synced passkeys count nothing and are not concerned. Rejected: taking the
// passkey away, which lets a thief lock its owner out.
func (s *SignIn) settle(r *web.Request, v passkey.Verified) (bool, error) {
	if v.Cloned {
		if err := s.Store.Record(r.Context(), audit.PasskeyCloned(r.Now, v.Authenticator)); err != nil || !s.Cloned {
			return false, err
		}
	}
	if v.Fresh == nil {
		return true, nil
	}
	event := audit.AuthenticatorUsed(r.Now, v.Authenticator)
	if v.Backed {
		event = audit.PasskeyBacked(r.Now, v.Authenticator)
	}
	fresh := v.Authenticator
	fresh.Data = v.Fresh
	err := s.save(r.Context(), v.Authenticator, fresh, event)
	if errors.Is(err, provider.ErrStale) {
		return false, nil
	}
	return err == nil, err
}

// refusePasskey is the one answer to every response that is not believed, whatever the reason: S-06. The browser of one that
// we do not know is told that it may forget it.
func (s *SignIn) refusePasskey(r *web.Request, t turn, why error, response string) (web.Response, error) {
	event := audit.FactorFailed(r.Now, t.c.Account, t.c.Client, provider.Passkey)
	if err := s.Store.Record(r.Context(), event); err != nil {
		return web.Response{}, err
	}
	r.Note("outcome", "passkey refused")
	r.Note("why", why.Error())
	say := said{status: http.StatusUnprocessableEntity, err: "passkey.error.refused"}
	if errors.Is(why, passkey.ErrUnknown) {
		signal, err := s.Passkeys.Unknown(response)
		if err != nil {
			return web.Response{}, err
		}
		say.signal = signal
	}
	now, other, err := s.load(r, t.ticket, "")
	if other != nil || err != nil {
		return orOther(other), err
	}
	if now.Rev != t.c.Rev { // sent twice: this shows where the first one led
		t.c, say = now, said{notice: "signin.notice.moved"}
	}
	answer, err := s.dispatch(r, t.c, say)
	answer.Every = s.Failures
	return answer, err
}
