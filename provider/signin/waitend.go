package signin

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/identifier"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// regain is the Way of a ceremony while the code is out that finishes a recovery: of no kind that a step offers.
const regain provider.Kind = "regain"

type regainForm struct {
	Way    string `form:"way" max:"8"` // which of the contacts; "": the code that is out, once more
	Ticket string `form:"ticket" max:"16384"`
}

// regainer is waiter where the recovery can be finished. Else the page says how it stands.
func (s *SignIn) regainer(r *web.Request, sealed string) (turn, provider.Recovery, *web.Response, error) {
	t, other, err := s.waiter(r, sealed)
	if other != nil || err != nil {
		return t, provider.Recovery{}, other, err
	}
	pending, err := s.waiting(r.Context(), t.c.Account, r.Now)
	if err != nil {
		return t, provider.Recovery{}, nil, err
	}
	if pending == nil || !pending.Ready(r.Now) {
		page, err := s.waitPage(r, t, said{})
		return t, provider.Recovery{}, &page, err
	}
	return t, *pending, nil, nil
}

// postRegain sends the code by which a recovery is finished.
func (s *SignIn) postRegain(r *web.Request, f regainForm) (web.Response, error) {
	t, pending, other, err := s.regainer(r, f.Ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	if f.Way == "" && t.c.Way.Kind == regain && t.c.Way.Challenge != "" {
		return s.regainAgain(r, t, pending)
	}
	at, err := strconv.Atoi(f.Way)
	ways := pending.Finishers(t.k.account, provenBy(t.c))
	if err != nil || at < 0 || at >= len(ways) {
		return s.waitPage(r, t, said{status: http.StatusUnprocessableEntity, err: "ways.error.empty"})
	}
	sending, err := s.regainSending(r, t, pending, ways[at])
	if err != nil {
		return s.waitPage(r, t, said{status: http.StatusUnprocessableEntity, err: "ways.error.gone"})
	}
	c, other, err := s.swapped(r, provider.Choose(t.c, provider.Way{Kind: regain}), t.ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	t.c = c
	challenge, err := s.Codes.Open(r.Context(), sending)
	if err != nil {
		return s.regainRefused(r, t, err)
	}
	way := provider.Way{Kind: regain, Challenge: challenge.ID, Voice: sending.Channel == provider.ByVoice}
	if _, other, err = s.swapped(r, provider.Choose(t.c, way), t.ticket); other != nil || err != nil {
		return orOther(other), err
	}
	return web.SeeOther("/signin/" + t.c.ID + "/regain"), nil
}

// regainAgain sends the code that is out once more.
func (s *SignIn) regainAgain(r *web.Request, t turn, pending provider.Recovery) (web.Response, error) {
	challenge, err := s.challenge(r, t.c)
	if err != nil {
		return web.Response{}, err
	}
	if !s.finishes(t, pending, challenge) {
		return web.SeeOther("/signin/" + t.c.ID + "/wait"), nil
	}
	sending := s.regainMessage(r, t, pending, challenge.Channel, challenge.To)
	err = s.Codes.Again(r.Context(), t.c.Way.Challenge, sending)
	if errors.Is(err, provider.ErrUsed) || challenge.ID == "" {
		return web.SeeOther("/signin/" + t.c.ID + "/wait"), nil
	}
	if err != nil {
		return s.regainRefused(r, t, err)
	}
	return web.SeeOther("/signin/" + t.c.ID + "/regain?again"), nil
}

// finishes reports whether a code went where this recovery can be finished by, now: the address may have been taken away since.
func (s *SignIn) finishes(t turn, pending provider.Recovery, went provider.Challenge) bool {
	return went.Account == t.c.Account && slices.ContainsFunc(pending.Finishers(t.k.account, provenBy(t.c)), func(c provider.Contact) bool {
		if (c.Kind == provider.Email) != (went.Channel == provider.ByEmail) {
			return false
		}
		to, err := identifier.Email(went.To)
		if c.Kind == provider.Phone {
			to, err = identifier.Phone(went.To)
		}
		return err == nil && to == c.Canonical
	})
}

// regainRefused says when codes are sent again.
func (s *SignIn) regainRefused(r *web.Request, t turn, why error) (web.Response, error) {
	var refusal *oob.Refusal
	if !errors.As(why, &refusal) {
		return web.Response{}, why
	}
	say := s.refusal(r, t.c.Account, why)
	say.notice = "ways.notice.sends"
	return s.waitPage(r, t, say)
}

// regainSending is the code for a contact of the account, as its owner writes that.
func (s *SignIn) regainSending(r *web.Request, t turn, pending provider.Recovery, to provider.Contact) (oob.Sending, error) {
	at := slices.IndexFunc(t.k.account.Identifiers, func(id provider.Identifier) bool { return id.Kind == to.Kind && id.Canonical == to.Canonical })
	if at < 0 {
		return oob.Sending{}, provider.ErrNotFound
	}
	value := t.k.account.Identifiers[at].Value
	if to.Kind == provider.Email {
		return s.regainMessage(r, t, pending, provider.ByEmail, value), nil
	}
	phone, err := s.Phones.Parse(value)
	if err != nil {
		return oob.Sending{}, err
	}
	channel := provider.ByText
	if phone.Landline {
		channel = provider.ByVoice
	}
	return s.regainMessage(r, t, pending, channel, phone.Number), nil
}

func (s *SignIn) regainMessage(r *web.Request, t turn, pending provider.Recovery, channel provider.Channel, to string) oob.Sending {
	lang := t.k.account.Profile.Locale
	if lang == "" {
		lang = r.Lang
	}
	return oob.Sending{
		Account: t.c.Account, Authenticator: ofRecovery(pending), Channel: channel, To: to, Template: notify.SignInCode,
		Data: map[string]string{notify.DataWhom: identifier.Mask(UsernameOf(t.k.account))},
		Lang: lang, Source: r.Address.String(), Client: t.c.Client, At: r.Now,
	}
}

// ofRecovery is what the challenge of a recovery is for, so that its code is good for nothing else, nor any other for it.
func ofRecovery(w provider.Recovery) string { return "recovery/" + w.ID }

// showRegain asks for the code.
func (s *SignIn) showRegain(r *web.Request) (web.Response, error) {
	t, _, other, err := s.regainer(r, "")
	if other != nil || err != nil {
		return orOther(other), err
	}
	return s.regainPage(r, t, said{notice: notices()[r.HTTP.URL.RawQuery]})
}

func (s *SignIn) regainPage(r *web.Request, t turn, say said) (web.Response, error) {
	base := "/signin/" + t.c.ID
	challenge, err := s.challenge(r, t.c)
	if err != nil {
		return web.Response{}, err
	}
	if t.c.Way.Kind != regain || challenge.ID == "" {
		return web.SeeOther(base + "/wait"), nil
	}
	sealed, err := s.seal(t.c, t.step, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	kind := provider.EmailCode
	if challenge.Channel != provider.ByEmail {
		kind = provider.TextCode
	}
	page := s.entry(t.c, view{app: s.rooms[t.c.Room].App(r, t.c.Return), base: base, ticket: sealed, say: say}, kind)
	page.Masked = oob.Mask(kind, challenge.To)
	shown, err := s.sentPage(r, t.c, view{base: base, ticket: sealed, say: say}, page)
	if err != nil {
		return web.Response{}, err
	}
	page, _ = shown.(templates.CodeEntry)
	page.Action, page.Resend, page.Call = base+"/regained", base+"/regain", ""
	response := web.ShowStatus(max(say.status, http.StatusOK), page)
	response.Self = base + "/regain"
	if say.retry > 0 {
		response.Header = http.Header{"Retry-After": {strconv.Itoa(say.retry)}}
	}
	return response, nil
}

// postRegained takes the code that finishes a recovery. It is a guess like any other: counted before it is looked at.
func (s *SignIn) postRegained(r *web.Request, f codeForm) (web.Response, error) {
	t, pending, other, err := s.regainer(r, f.Ticket)
	if other != nil || err != nil {
		return orOther(other), err
	}
	if strings.TrimSpace(f.Code) == "" {
		return s.regainPage(r, t, said{status: http.StatusUnprocessableEntity, fields: map[string]string{"code": "code.error.empty"}})
	}
	if t.c.Way.Kind != regain || t.c.Way.Challenge == "" {
		return web.SeeOther("/signin/" + t.c.ID + "/wait"), nil
	}
	g, err := s.guessing(r, t.c.Account, provider.ResetLane(t.c.Account)) // which a stranger at the password does not close
	if err != nil {
		return web.Response{}, err
	}
	if g.away {
		if err := s.missed(r, g); err != nil {
			return web.Response{}, err
		}
		return s.regainPage(r, t, s.turnedAway(r, g, said{}, "code.error.tries", "code.error.stopped"))
	}
	challenge, v, err := s.Codes.Check(r.Context(), t.c.Way.Challenge, f.Code, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	if !v.OK || challenge.Authenticator != ofRecovery(pending) || !s.finishes(t, pending, challenge) {
		refuse(r, g, provider.RuleWrongCode)
		return s.regainWrong(r, t, g, v)
	}
	if err := s.giveBack(r, g); err != nil {
		return web.Response{}, err
	}
	if t.k.account.Status != provider.Active {
		return s.closed(r, t.c, t.k.account)
	}
	return s.finishWait(r, t, pending)
}

func (s *SignIn) regainWrong(r *web.Request, t turn, g guess, v oob.Verdict) (web.Response, error) {
	var err error
	if v.Taken {
		err = errors.Join(s.missed(r, g), s.Store.Record(r.Context(), audit.FactorFailed(r.Now, t.c.Account, t.c.Client, regain)))
	} else {
		err = s.giveBack(r, g)
	}
	if err != nil {
		return web.Response{}, err
	}
	response, err := s.regainPage(r, t, said{
		status: http.StatusUnprocessableEntity, fields: map[string]string{"code": "code.error.wrong"}, left: v.Left,
	})
	response.Every = s.Failures
	return response, err
}

// finishesTried is how often a recovery is finished anew whose owner has removed an authenticator meanwhile.
const finishesTried = 3

// finishWait removes what was lost. Whatever was got with it ends before, and once more after, for who was signing in meanwhile: see
// put. Whoever has it may have made a browser known, too.
func (s *SignIn) finishWait(r *web.Request, t turn, pending provider.Recovery) (web.Response, error) {
	const why = "recovered"
	endOthers := func() error {
		return s.Store.EndOthers(r.Context(), t.c.Account, "", why, r.Now, audit.OthersEnded(r.Now, t.c.Account, "", why))
	}
	if err := endOthers(); err != nil {
		return web.Response{}, err
	}
	err := s.removeLost(r, t, pending)
	for try := 1; errors.Is(err, provider.ErrStale) && try < finishesTried; try++ {
		err = s.removeLost(r, t, pending)
	}
	if errors.Is(err, provider.ErrUsed) {
		return s.waitPage(r, t, said{})
	}
	if err != nil {
		return web.Response{}, err
	}
	err = errors.Join(endOthers(), s.Store.DropDevices(r.Context(), t.c.Account, audit.DevicesForgotten(r.Now, t.c.Account, why)))
	if err != nil {
		return web.Response{}, err
	}
	return s.swap(r, provider.Choose(provider.Lose(t.c), provider.Way{}), t.ticket)
}

func (s *SignIn) removeLost(r *web.Request, t turn, pending provider.Recovery) error {
	held, err := s.Store.Authenticators(r.Context(), t.c.Account)
	if err != nil {
		return err
	}
	var lost []string
	for _, a := range held {
		if !a.Outlives() {
			lost = append(lost, a.ID)
		}
	}
	told, err := s.waitNotice(t.k.account, held, pending, "done", r.Now)
	if err != nil {
		return err
	}
	return s.Store.FinishRecovery(r.Context(), pending.ID, lost, r.Now, audit.RecoveryFinished(r.Now, pending, told))
}
