package activation

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// kindOf is the kind of authenticator that a step is about.
func kindOf(s step) provider.Kind {
	if s == stepPhone || s == stepPhoneCode {
		return provider.TextCode
	}
	return provider.EmailCode
}

// of is the contact of a kind in a draft.
func (d *draft) of(kind provider.Kind) *contact {
	if kind == provider.TextCode {
		return &d.Phone
	}
	return &d.Email
}

func (a *Room) addressPage(r *web.Request, t turn) templates.ActivateAddress {
	kind := kindOf(t.step)
	page := templates.ActivateAddress{
		App: a.SignIn.OriginApp(r, t.d.Origin), Action: t.base() + "/" + string(kind), Kind: string(kind),
		Value: t.d.Email.To, Step: t.step.place(), Steps: templates.ActivateSteps,
	}
	if kind == provider.TextCode {
		page.Value, page.Voice = t.d.Phone.To, t.d.Phone.Voice
	}
	if page.Value == "" && kind == provider.EmailCode {
		page.Value = t.d.Contact.Email
	} else if page.Value == "" {
		page.Value = t.d.Contact.Phone
	}
	return page
}

type emailForm struct {
	Email  string `form:"email" max:"2048"`
	Choice string `form:"choice" max:"16"`
}

// postEmail sends a code to an address: A-08.
func (a *Room) postEmail(r *web.Request, t turn, f emailForm) (web.Response, error) {
	if f.Choice == "skip" {
		t.d.Email = contact{None: true}
		return a.keep(r, t)
	}
	typed := strings.TrimSpace(f.Email)
	to := oob.Address{To: typed}
	key := ""
	if typed == "" {
		key = "address.error.email.empty"
	} else if _, err := oob.Decode(oob.Encode(to)); err != nil || !strings.Contains(typed, "@") {
		key = "address.error.email"
	}
	if key != "" {
		return a.addressRefused(r, t, f.Email, false, key), nil
	}
	return a.send(r, t, contact{To: typed})
}

type phoneForm struct {
	Phone  string `form:"phone" max:"2048"`
	Voice  bool   `form:"voice"`
	Choice string `form:"choice" max:"16"`
}

// postPhone sends a code to a number, or has it spoken: A-09.
func (a *Room) postPhone(r *web.Request, t turn, f phoneForm) (web.Response, error) {
	if f.Choice == "skip" {
		t.d.Phone = contact{None: true}
		return a.keep(r, t)
	}
	phone, err := a.Phones.Parse(f.Phone)
	var refusal *notify.PhoneRefusal
	key := ""
	switch {
	case strings.TrimSpace(f.Phone) == "":
		key = "address.error.phone.empty"
	case errors.As(err, &refusal):
		key = refusal.Key
	case err != nil:
		key = "address.error.phone"
	}
	if key != "" {
		return a.addressRefused(r, t, f.Phone, f.Voice, key), nil
	}
	return a.send(r, t, contact{To: phone.Number, Voice: f.Voice || phone.Landline, Landline: phone.Landline})
}

func (a *Room) addressRefused(r *web.Request, t turn, typed string, voice bool, key string) web.Response {
	page := a.addressPage(r, t)
	field := "email"
	if kindOf(t.step) == provider.TextCode {
		field = "phone"
	}
	page.Value, page.Voice, page.Fields = typed, voice, []templates.Field{{Name: field, Key: key}}
	return a.refused(t, http.StatusUnprocessableEntity, page)
}

// send sends a code to a new address, M-02. The draft moves first: of two presses at once only one sends. It is told the challenge
// once that is written down; should that be lost, the page asks for the address again.
func (a *Room) send(r *web.Request, t turn, to contact) (web.Response, error) {
	kind := kindOf(t.step)
	was := t
	*t.d.of(kind) = contact{To: to.To, Voice: to.Voice, Landline: to.Landline}
	t, err := a.swap(r, t)
	if errors.Is(err, provider.ErrStale) || errors.Is(err, provider.ErrNotFound) {
		return was.back(), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	challenge, err := a.Codes.Open(r.Context(), a.sending(r, t, to))
	var refusal *oob.Refusal
	if errors.As(err, &refusal) {
		page := a.addressPage(r, t)
		page.Error, page.Until = "address.error.sends", refusal.Until
		return a.limited(r, t, page, refusal.Until), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	t.d.of(kind).Challenge = challenge.ID
	return a.keep(r, t)
}

// limited is an answer that says when to try again.
func (a *Room) limited(r *web.Request, t turn, page templates.Page, until time.Time) web.Response {
	r.Refuse(provider.Refusal{Rule: provider.RuleSends, Invited: t.d.Invitation, LiftsAt: until})
	response := a.refused(t, http.StatusTooManyRequests, page)
	response.Header = http.Header{"Retry-After": {strconv.Itoa(max(1, int(until.Sub(r.Now)/time.Second)+1))}}
	return response
}

func (a *Room) sending(r *web.Request, t turn, to contact) oob.Sending {
	channel := provider.ByEmail
	switch {
	case kindOf(t.step) == provider.TextCode && to.Voice:
		channel = provider.ByVoice
	case kindOf(t.step) == provider.TextCode:
		channel = provider.ByText
	}
	data := map[string]string{}
	if app := a.SignIn.OriginApp(r, t.d.Origin); app.Name != "" {
		data[notify.DataApp] = app.Name
	}
	return oob.Sending{
		Account: t.d.Account, Channel: channel, To: to.To, Template: notify.ConfirmContact, Data: data, Lang: r.Lang,
		Source: r.Address.String(), At: r.Now,
	}
}

// codeEntry asks for the code that was sent.
func (a *Room) codeEntry(r *web.Request, t turn) (templates.CodeEntry, error) {
	kind := kindOf(t.step)
	to := *t.d.of(kind)
	page := templates.CodeEntry{
		App: a.SignIn.OriginApp(r, t.d.Origin), Action: t.base() + "/check-code", Kind: string(kind), Masked: oob.Mask(kind, to.To),
		Binding: true, Resend: t.base() + "/resend", Other: t.base() + "/other", Origin: a.Host,
	}
	if kind == provider.TextCode {
		page.Call = t.base() + "/call"
	}
	if kind == provider.TextCode && to.Voice {
		page.Kind, page.Call = string(provider.ByVoice), ""
	}
	page.Notice = map[string]string{"again": "code.notice.again", "called": "code.notice.called"}[r.HTTP.URL.RawQuery]
	challenge, err := a.Store.Challenge(r.Context(), to.Challenge)
	if errors.Is(err, provider.ErrNotFound) {
		return page, nil
	}
	page.Minutes = int(challenge.ExpiresAt.Sub(challenge.CreatedAt).Minutes())
	page.Ends, page.Now = challenge.ExpiresAt, r.Now
	return page, err
}

type checkForm struct {
	Code string `form:"code" max:"8192"`
}

// guesses bounds wrong codes of one invitation, over all challenges: five answers to each and five sends in a quarter of an hour
// would be a hundred in an hour, to an address that may be somebody else's.
func (a *Room) guesses(t turn) provider.Budget {
	return provider.Budget{Purpose: "activation.codes", Key: t.d.Invitation, Limit: 20, Window: 24 * time.Hour}
}

// postCheck takes a code: counted before it is looked at, by its challenge and by the invitation.
func (a *Room) postCheck(r *web.Request, t turn, f checkForm) (web.Response, error) {
	page, err := a.codeEntry(r, t)
	if err != nil {
		return web.Response{}, err
	}
	if page.Notice = ""; strings.TrimSpace(f.Code) == "" {
		page.Fields = []templates.Field{{Name: "code", Key: "code.error.empty"}}
		return a.refused(t, http.StatusUnprocessableEntity, page), nil
	}
	_, until, err := a.Store.Spend(r.Context(), a.guesses(t), r.Now)
	if errors.Is(err, provider.ErrSpent) {
		page.Error, page.Until = "code.error.tries", until
		return a.limited(r, t, page, until), nil
	}
	if err != nil {
		return web.Response{}, err
	}
	kind := kindOf(t.step)
	to := t.d.of(kind)
	challenge, v, err := a.Codes.Check(r.Context(), to.Challenge, f.Code, r.Now)
	if v.OK || !v.Taken {
		err = errors.Join(err, a.Store.Refund(r.Context(), a.guesses(t), r.Now))
	}
	if err != nil {
		return web.Response{}, err
	}
	if v.OK && challenge.Account == t.d.Account && challenge.To == to.To {
		to.At, to.Challenge = r.Now, ""
		return a.keep(r, t)
	}
	r.Note("outcome", "wrong code")
	page.Fields = []templates.Field{{Name: "code", Key: "code.error.wrong"}}
	if v.Left <= 2 {
		page.Left = v.Left
	}
	return a.SignIn.Steady(a.refused(t, http.StatusUnprocessableEntity, page), nil)
}

type pressForm struct{}

// postResend sends the same code once more.
func (a *Room) postResend(r *web.Request, t turn, _ pressForm) (web.Response, error) {
	return a.repeat(r, t, *t.d.of(kindOf(t.step)), "?again")
}

// postCall has it spoken.
func (a *Room) postCall(r *web.Request, t turn, _ pressForm) (web.Response, error) {
	to := t.d.Phone
	to.Voice = true
	return a.repeat(r, t, to, "?called")
}

func (a *Room) repeat(r *web.Request, t turn, to contact, notice string) (web.Response, error) {
	err := a.Codes.Again(r.Context(), to.Challenge, a.sending(r, t, to))
	var refusal *oob.Refusal
	switch {
	case errors.Is(err, provider.ErrUsed): // it is over: a new one
		return a.send(r, t, to)
	case errors.As(err, &refusal):
		page, err := a.codeEntry(r, t)
		page.Notice, page.Error, page.Until = "", oob.KeySends, refusal.Until
		return a.limited(r, t, page, refusal.Until), err
	case err != nil:
		return web.Response{}, err
	}
	back := web.SeeOther(t.base() + notice)
	if to == *t.d.of(kindOf(t.step)) {
		return back, nil
	}
	*t.d.of(kindOf(t.step)) = to
	if _, err := a.keep(r, t); err != nil {
		return web.Response{}, err
	}
	return back, nil
}

// postOther asks for the address again.
func (a *Room) postOther(r *web.Request, t turn, _ pressForm) (web.Response, error) {
	t.d.of(kindOf(t.step)).Challenge = ""
	return a.keep(r, t)
}

// postAlone takes what somebody does who has neither: A-10.
func (a *Room) postAlone(r *web.Request, t turn, f choiceForm) (web.Response, error) {
	switch f.Choice {
	case "email":
		t.d.Email = contact{}
	case "phone":
		t.d.Phone = contact{}
	case "alone":
		t.d.Alone = true
	}
	return a.keep(r, t)
}
