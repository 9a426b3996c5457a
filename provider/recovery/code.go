package recovery

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/identifier"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

func toCode(r *web.Request) (web.Response, error) {
	return web.SeeOther(start + "/" + r.Path("id")), nil
}

// load finds the request of the address for the browser that began it. Where that cannot be, the third value answers: R-05, the same
// for whatever is the matter; or that cookies are needed.
func (v *Recovery) load(r *web.Request, sealed string) (provider.Ceremony, state, *web.Response, error) {
	c, err := v.SignIn.Carried(r, carried, r.Path("id"))
	s, ours := stateOf(c)
	if err == nil && !ours {
		err = provider.ErrNotFound
	}
	if errors.Is(err, provider.ErrNotFound) {
		response, err := v.gone(r, sealed)
		return c, s, &response, err
	}
	if err != nil {
		return c, s, nil, err
	}
	r.UILocales(c.Locales)
	if s.Next != "" {
		response := web.SeeOther(s.Next)
		return c, s, &response, nil
	}
	return c, s, nil, nil
}

// stateOf reads what was carried; ok is false where it is no request of this sort.
func stateOf(c provider.Ceremony) (s state, ok bool) {
	err := json.Unmarshal([]byte(c.Return), &s)
	return s, err == nil && s.For == forReset
}

func (v *Recovery) gone(r *web.Request, sealed string) (web.Response, error) {
	from := v.SignIn.Origin(r, sealed)
	if v.SignIn.Bare(r) {
		return web.Show(templates.CookiesOff{App: v.SignIn.OriginApp(r, from), Retry: password}), nil
	}
	return v.over(r, from)
}

// codePage is R-03.
func (v *Recovery) codePage(r *web.Request, c provider.Ceremony, s state) (templates.ForgotSent, error) {
	w, err := v.wayTo(r, s.From)
	base := start + "/" + c.ID
	return templates.ForgotSent{
		App: w.app, Action: base, From: w.sealed, Resend: base + "/resend", Again: with(password, w.sealed), Names: with(username, w.sealed),
	}, err
}

// showCode asks for the code.
func (v *Recovery) showCode(r *web.Request) (web.Response, error) {
	c, s, gone, err := v.load(r, "")
	if gone != nil || err != nil {
		return orGone(gone), err
	}
	page, err := v.codePage(r, c, s)
	if r.HTTP.URL.RawQuery == "again" {
		page.Notice = "forgotsent.notice.again"
	}
	return web.Show(page), err
}

func orGone(gone *web.Response) web.Response {
	if gone == nil {
		return web.Response{}
	}
	return *gone
}

type codeForm struct {
	Code string `form:"code" max:"8192"`
	From string `form:"from" max:"16384"`
}

// postCode takes one answer. It is counted before it is looked at; what is no six digits is none.
func (v *Recovery) postCode(r *web.Request, f codeForm) (web.Response, error) {
	c, s, gone, err := v.load(r, f.From)
	if gone != nil || err != nil {
		return v.SignIn.Steady(orGone(gone), err)
	}
	if strings.TrimSpace(f.Code) == "" {
		return v.SignIn.Steady(v.wrong(r, c, s, "code.error.empty"))
	}
	if _, ok := identifier.Digits(f.Code, oob.Digits); !ok {
		r.Refuse(provider.Refusal{Rule: provider.RuleWrongReset, Account: c.Account}) // not counted, and answered alike
		return v.SignIn.Steady(v.wrong(r, c, s, "code.error.wrong"))
	}
	return v.SignIn.Steady(v.answer(r, c, s, f.Code))
}

func (v *Recovery) wrong(r *web.Request, c provider.Ceremony, s state, key string) (web.Response, error) {
	page, err := v.codePage(r, c, s)
	page.Fields = []templates.Field{{Name: "code", Key: key}}
	return refused(http.StatusUnprocessableEntity, page, start+"/"+c.ID), err
}

// answer looks at an answer. After the last one that is taken this request has stopped working, whosever name it was for.
func (v *Recovery) answer(r *web.Request, c provider.Ceremony, s state, typed string) (web.Response, error) {
	left, _, err := v.SignIn.Codes.Store.Spend(r.Context(), ofAnswers(c.ID, s.Challenge), r.Now)
	if errors.Is(err, provider.ErrSpent) {
		return v.over(r, s.From)
	}
	if err != nil {
		return web.Response{}, err
	}
	challenge, verdict, err := v.SignIn.Codes.Check(r.Context(), s.Challenge, typed, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	if verdict.OK && c.Account != "" && challenge.Account == c.Account && challenge.Authenticator == forReset {
		still, err := v.still(r, c, s, challenge)
		if err != nil {
			return web.Response{}, err
		}
		if still {
			return v.right(r, c, s, challenge.Channel)
		}
	}
	if now, other, err := v.twice(r, c); other || err != nil {
		return now, err
	}
	if err := v.failed(r, c); err != nil {
		return web.Response{}, err
	}
	if left == 0 {
		response, err := v.over(r, s.From)
		r.Refuse(provider.Refusal{Rule: provider.RuleResetOver, Account: c.Account, Count: answersTaken, Of: answersTaken})
		return response, err
	}
	r.Refuse(provider.Refusal{Rule: provider.RuleWrongReset, Account: c.Account, Count: answersTaken - left, Of: answersTaken})
	return v.wrong(r, c, s, "code.error.wrong")
}

// twice leads a form that was sent twice where the first one led.
func (v *Recovery) twice(r *web.Request, c provider.Ceremony) (web.Response, bool, error) {
	now, err := v.SignIn.Carried(r, carried, c.ID)
	if errors.Is(err, provider.ErrNotFound) {
		return web.Response{}, false, nil
	}
	s, ok := stateOf(now)
	return web.SeeOther(s.Next), ok && s.Next != "", err
}

// still reports whether a code would be sent where this one went: an address that was taken away meanwhile is its account's no more.
func (v *Recovery) still(r *web.Request, c provider.Ceremony, s state, went provider.Challenge) (bool, error) {
	who, err := v.again(r, c, s)
	if err != nil {
		return false, err
	}
	if who.account.ID == "" {
		return true, nil // shut meanwhile: what comes next says so
	}
	to, ok := v.contactOf(who.account, who.held)
	return ok && to.to == went.To && (to.channel == provider.ByEmail) == (went.Channel == provider.ByEmail), nil
}

// right opens the ceremony in which the new password is set. The code is spent by now.
func (v *Recovery) right(r *web.Request, c provider.Ceremony, s state, by provider.Channel) (web.Response, error) {
	ret, err := json.Marshal(s.From)
	if err != nil {
		return web.Response{}, err
	}
	if s.Next, err = v.SignIn.Reset(r, v, c.Account, by, c.Began, string(ret), s.From.Locales); err != nil {
		return web.Response{}, err
	}
	err = v.swap(r, c, s)
	if errors.Is(err, provider.ErrStale) || errors.Is(err, provider.ErrNotFound) {
		err = nil // who presses twice is told that it has stopped working, and the other tab goes on
	}
	return web.SeeOther(s.Next), err
}

func (v *Recovery) swap(r *web.Request, c provider.Ceremony, s state) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	c.Return = string(text)
	return v.SignIn.Store.SwapCeremony(r.Context(), c)
}

type resendForm struct {
	From string `form:"from" max:"16384"`
}

// postResend sends the code once more, or a new one where that is over: C-08. It counts like a request.
func (v *Recovery) postResend(r *web.Request, f resendForm) (web.Response, error) {
	c, s, gone, err := v.load(r, f.From)
	if gone != nil || err != nil {
		return v.SignIn.Steady(orGone(gone), err)
	}
	return v.SignIn.Steady(v.resend(r, c, s))
}

func (v *Recovery) resend(r *web.Request, c provider.Ceremony, s state) (web.Response, error) {
	count, err := v.counted(r, c.Account, s.Name, s.Key)
	if err != nil {
		return web.Response{}, err
	}
	if !count.open.IsZero() {
		page, err := v.codePage(r, c, s)
		page.Error, page.Until = "forgotsent.error.sends", count.open
		return tooMany(r, page, count.open, start+"/"+c.ID), err
	}
	if err := v.sendAgain(r, c, s, count); err != nil {
		return web.Response{}, err
	}
	return web.SeeOther(start + "/" + c.ID + "?again"), nil
}

// sendAgain sends what was sent, or a new code, to whom the account says now.
func (v *Recovery) sendAgain(r *web.Request, c provider.Ceremony, s state, n count) error {
	who, err := v.again(r, c, s)
	if err != nil {
		return err
	}
	before, err := v.SignIn.Store.Challenge(r.Context(), s.Challenge)
	if err != nil && !errors.Is(err, provider.ErrNotFound) {
		return err
	}
	if n.unsent {
		r.Note("unsent", "budget")
		if before.Channel != provider.ByNobody && oob.Live(before, r.Now) {
			return nil // the code that they have goes on
		}
		who = who.nobody()
	}
	sending, _ := v.sending(r, who, n)
	if sending.Channel == provider.ByNobody && before.Channel == provider.ByNobody {
		sending.Account, sending.To = before.Account, before.To
	}
	if before.Account == sending.Account && before.To == sending.To && before.Channel == sending.Channel {
		err = v.SignIn.Codes.Again(r.Context(), s.Challenge, sending)
		var refusal *oob.Refusal
		if err == nil || errors.As(err, &refusal) {
			return nil
		}
		if !errors.Is(err, provider.ErrUsed) {
			return err
		}
	}
	if s.Challenge, err = v.open(r, who, n); err != nil {
		return err
	}
	c.Deadline = r.Now.Add(requestLasts)
	err = v.swap(r, c, s)
	if errors.Is(err, provider.ErrStale) || errors.Is(err, provider.ErrNotFound) {
		return nil // another press was first
	}
	return err
}

// again reads whose request it is, as they are now.
func (v *Recovery) again(r *web.Request, c provider.Ceremony, s state) (whom, error) {
	who := whom{key: s.Key}
	id := c.Account
	if id == "" {
		id = nobody
	}
	held, err := v.SignIn.Store.Authenticators(r.Context(), id)
	if err != nil {
		return who, err
	}
	a, err := v.SignIn.Store.Account(r.Context(), id)
	if errors.Is(err, provider.ErrNotFound) {
		return who, nil
	}
	if err == nil && a.Regainable() {
		who.account, who.held = a, held
	}
	return who, err
}

var _ signin.Resetter = (*Recovery)(nil)
