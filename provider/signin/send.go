package signin

import (
	"errors"
	"net/http"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/identifier"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
)

// send puts the person on a way and sends its code, on a new challenge. The ceremony moves first: of two presses at once only
// one sends. It is told the challenge once that is written down; should that be lost, the page offers to send again.
func (s *SignIn) send(r *web.Request, t turn, way provider.Way, to oob.Address) (web.Response, error) {
	way, channel, refused := s.channel(way, to)
	if refused != nil {
		return s.unsent(r, t, way, to, refused)
	}
	way.Challenge = ""
	c, other, err := s.swapped(r, provider.Choose(t.c, way), t.ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	t.c = c
	sending, err := s.sending(r, t, way, channel, to.To)
	if err != nil {
		return web.Response{}, err
	}
	challenge, err := s.Codes.Open(r.Context(), sending)
	var refusal *oob.Refusal
	if errors.As(err, &refusal) {
		return s.unsent(r, t, way, to, err)
	}
	if err != nil {
		return web.Response{}, err
	}
	way.Challenge = challenge.ID
	return s.swap(r, provider.Choose(t.c, way), t.ticket)
}

// channel is how a code travels. What numbers may be used is asked again at every send: the rules may have changed since the
// number was bound. A landline is called, whatever the person chose.
func (s *SignIn) channel(way provider.Way, to oob.Address) (provider.Way, provider.Channel, error) {
	if way.Kind == provider.EmailCode {
		way.Voice = false
		return way, provider.ByEmail, nil
	}
	phone, err := s.Phones.Parse(to.To)
	if err != nil {
		return way, "", err
	}
	way.Voice = way.Voice || to.Landline || phone.Landline
	if way.Voice {
		return way, provider.ByVoice, nil
	}
	return way, provider.ByText, nil
}

// sending says what a code is sent for.
func (s *SignIn) sending(r *web.Request, t turn, way provider.Way, channel provider.Channel, to string) (oob.Sending, error) {
	account, err := s.Store.Account(r.Context(), t.c.Account)
	if err != nil {
		return oob.Sending{}, err
	}
	template := notify.SignInCode
	switch {
	case way.Authenticator == "":
		template = notify.ConfirmContact
	case resets(t.c):
		template = notify.ResetCode
	}
	app := s.rooms[t.c.Room].App(r, t.c.Return)
	data := map[string]string{notify.DataWhom: identifier.Mask(UsernameOf(account))}
	if app.Name != "" {
		data[notify.DataApp] = app.Name
	}
	lang := account.Profile.Locale
	if lang == "" {
		lang = r.Lang
	}
	return oob.Sending{
		Account: t.c.Account, Authenticator: way.Authenticator, Channel: channel, To: to, Template: template, Data: data,
		Lang: lang, Source: r.Address.String(), Client: t.c.Client, At: r.Now,
	}, nil
}

// unsent says why no code was sent: C-09, or that the number cannot be used. Who was choosing chooses again; who was typing an
// address finds it in its place.
func (s *SignIn) unsent(r *web.Request, t turn, way provider.Way, to oob.Address, why error) (web.Response, error) {
	say := s.refusal(r, t.c.Account, why)
	if way.Authenticator == "" {
		account, err := s.Store.Account(r.Context(), t.c.Account)
		if err != nil {
			return web.Response{}, err
		}
		shown := to.To
		if file, ok := filed(account, t.k.held, way.Kind); ok && file == shown && t.c.Demand.Bind == "" {
			shown = ""
		}
		t.way = way
		return s.addressRefused(r, t, say, shown, why)
	}
	say.err, say.notice = "ways.error.gone", ""
	if !say.until.IsZero() {
		say.err, say.notice = "", "ways.notice.sends"
	}
	c, other, err := s.swapped(r, provider.Choose(t.c, provider.Way{}), t.ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	return s.dispatch(r, c, say)
}

// refusal is what a page says where nothing more is sent for a while, or to this address at all.
func (s *SignIn) refusal(r *web.Request, account provider.AccountID, why error) said {
	var spent *oob.Refusal
	if errors.As(why, &spent) && !spent.Until.IsZero() {
		r.Refuse(provider.Refusal{Rule: provider.RuleSends, Account: account, LiftsAt: spent.Until})
		return said{status: http.StatusTooManyRequests, until: spent.Until, retry: secondsUntil(r.Now, spent.Until)}
	}
	return said{status: http.StatusUnprocessableEntity}
}

func secondsUntil(now, until time.Time) int { return max(1, int(until.Sub(now)/time.Second)+1) }

// postResend sends the same code once more: C-08. A challenge that is over gives way to a new one.
func (s *SignIn) postResend(r *web.Request, f pressForm) (web.Response, error) {
	return s.repeat(r, f, func(*provider.Way) {})
}

// postCall has the code spoken: "call me instead".
func (s *SignIn) postCall(r *web.Request, f pressForm) (web.Response, error) {
	return s.repeat(r, f, func(w *provider.Way) { w.Voice = true })
}

// repeat sends the code of the way that the person is on once more, perhaps by another channel.
func (s *SignIn) repeat(r *web.Request, f pressForm, change func(*provider.Way)) (web.Response, error) {
	t, other, err := s.turn(r, f.Ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	if !sends(t.way.Kind) {
		return s.moved(r, t.c)
	}
	to, err := s.addressOf(r, t)
	if err != nil {
		return web.Response{}, err
	}
	if to.To == "" { // no address was typed yet, or what was typed is over
		return s.moved(r, provider.Choose(t.c, provider.Way{Kind: t.way.Kind}))
	}
	way := t.way
	change(&way)
	return s.resend(r, t, way, to)
}

// addressOf is where the code of a way goes: to the address held, or the one that is being bound.
func (s *SignIn) addressOf(r *web.Request, t turn) (oob.Address, error) {
	if t.on.ID != "" {
		return oob.Decode(t.on.Data)
	}
	challenge, err := s.challenge(r, t.c)
	if err != nil {
		return oob.Address{}, err
	}
	return oob.Address{To: challenge.To, Landline: t.way.Voice}, nil
}

// challenge reads that of the ceremony's way; the zero one where there is none any more.
func (s *SignIn) challenge(r *web.Request, c provider.Ceremony) (provider.Challenge, error) {
	if c.Way.Challenge == "" {
		return provider.Challenge{}, nil
	}
	challenge, err := s.Store.Challenge(r.Context(), c.Way.Challenge)
	if errors.Is(err, provider.ErrNotFound) || err == nil && challenge.Account != c.Account {
		return provider.Challenge{}, nil
	}
	return challenge, err
}

func (s *SignIn) resend(r *web.Request, t turn, way provider.Way, to oob.Address) (web.Response, error) {
	if way.Challenge == "" {
		return s.send(r, t, way, to)
	}
	way, channel, refused := s.channel(way, to)
	if refused != nil {
		return s.unsent(r, t, way, to, refused)
	}
	sending, err := s.sending(r, t, way, channel, to.To)
	if err != nil {
		return web.Response{}, err
	}
	err = s.Codes.Again(r.Context(), way.Challenge, sending)
	var refusal *oob.Refusal
	switch {
	case errors.Is(err, provider.ErrUsed), errors.Is(err, provider.ErrNotFound):
		return s.send(r, t, way, to)
	case errors.As(err, &refusal):
		say := s.refusal(r, t.c.Account, err)
		say.err = "code.error.sends"
		return s.dispatch(r, t.c, say)
	case err != nil:
		return web.Response{}, err
	}
	return s.sentAgain(r, t, way)
}

// sentAgain leads to the page of the code, which says so, and keeps how it travels now.
func (s *SignIn) sentAgain(r *web.Request, t turn, way provider.Way) (web.Response, error) {
	notice := "?again"
	if way.Voice {
		notice = "?called"
	}
	if way == t.c.Way {
		return web.SeeOther("/signin/" + t.c.ID + notice), nil
	}
	c, other, err := s.swapped(r, provider.Choose(t.c, way), t.ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	return web.SeeOther("/signin/" + c.ID + notice), nil
}
