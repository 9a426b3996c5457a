package signin

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/identifier"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// show answers GET /signin/{id} with whatever Next says now. It changes nothing but the completion that is due.
func (s *SignIn) show(r *web.Request) (web.Response, error) {
	c, other, err := s.load(r, "", "")
	if other != nil || err != nil {
		return orOther(other), err
	}
	return s.dispatch(r, c, said{notice: notices()[r.HTTP.URL.RawQuery]})
}

// notices are what the address of a ceremony may say, after a form that led there.
func notices() map[string]string {
	return map[string]string{"away": "signin.notice.idle", "again": "code.notice.again", "called": "code.notice.called"}
}

func orOther(other *web.Response) web.Response {
	if other == nil {
		return web.Response{}
	}
	return *other
}

// dispatch is the one dispatcher: every request of a ceremony ends here. A form that has nothing to be told leads to the
// address of the ceremony, where the next step is.
func (s *SignIn) dispatch(r *web.Request, c provider.Ceremony, say said) (web.Response, error) {
	step, k, err := s.next(r, &c)
	if err != nil {
		return web.Response{}, err
	}
	r.Note("step", string(step.Kind))
	if c.Account != "" {
		if k.account, err = s.Store.Account(r.Context(), c.Account); err != nil && !errors.Is(err, provider.ErrNotFound) {
			return web.Response{}, err
		}
		if len(c.Proofs)+len(c.Earlier) > 0 { // the language of somebody who has shown nothing would tell that they are known
			r.Locale(k.account.Profile.Locale)
		}
		if k.account.Status != provider.Active && shut(c, step, k.account) {
			return s.closed(r, c, k.account)
		}
	}
	switch {
	case step.Kind == provider.StepDone && resets(c):
		return s.resetDone(r, c, k.account)
	case step.Kind == provider.StepDone:
		return s.finish(r, c, k)
	case step.Kind == provider.StepRefuse:
		return s.refuse(r, c, step)
	}
	if r.HTTP.Method == http.MethodPost && say.nothing() { // so that Back and Reload find a page, and not a form to be sent again
		return web.SeeOther("/signin/" + c.ID), nil
	}
	if say.notice == "signin.notice.idle" && !asksPassword(c, step) {
		say.notice = "" // for the sign-in page, which knows after how long
	}
	sealed, err := s.seal(c, step, r.Now)
	if err != nil {
		return web.Response{}, err
	}
	room := s.rooms[c.Room]
	view := view{app: room.App(r, c.Return), base: "/signin/" + c.ID, ticket: sealed, account: k.account, held: k.held, say: say}
	page, err := s.page(r, c, step, view)
	if err != nil {
		return web.Response{}, err
	}
	response := web.ShowStatus(max(say.status, http.StatusOK), page)
	response.Self = view.base
	if say.retry > 0 {
		response.Header = http.Header{"Retry-After": {strconv.Itoa(say.retry)}}
	}
	return response, nil
}

// asksPassword reports whether the step shows the sign-in page.
func asksPassword(c provider.Ceremony, step provider.Step) bool {
	return step.Kind == provider.StepIdentify || step.Kind == provider.StepVerify && step.Offered(provider.Password) && c.Way.Kind == ""
}

// view is what every page of a ceremony has.
type view struct {
	app     templates.App
	base    string
	ticket  string
	account provider.Account
	held    []provider.Authenticator
	say     said
}

func (s *SignIn) page(r *web.Request, c provider.Ceremony, step provider.Step, v view) (templates.Page, error) {
	switch step.Kind {
	case provider.StepChoose:
		return templates.Choose{App: v.app, Masked: identifier.Mask(UsernameOf(v.account)), Action: v.base + "/choose", Ticket: v.ticket}, nil
	case provider.StepChange:
		return s.newPasswordPage(step, v), nil
	case provider.StepConsent:
		return consentPage(c, v), nil
	case provider.StepTerms:
		return s.termsPage(v), nil
	case provider.StepEnroll:
		return s.enrollPage(r, c, step, v)
	case provider.StepVerify:
		return s.verifyPage(r, c, step, v)
	default:
		return s.signInPage(r, c, step, v)
	}
}

func (s *SignIn) signInPage(r *web.Request, c provider.Ceremony, step provider.Step, v view) (templates.Page, error) {
	page := templates.SignIn{
		App: v.app, Action: v.base + "/password", Ticket: v.ticket,
		Username: v.say.username, Notice: v.say.notice, Error: v.say.err, Until: v.say.until, Fields: fieldsOf(v.say),
		Minutes: int(s.Clocks.Idle.Minutes()), Wait: v.say.wait(),
	}
	if page.Username == "" {
		page.Username = c.Demand.Hint
	}
	var err error
	if page.Forgot, err = s.forgot(c, r.Now); err != nil {
		return nil, err
	}
	if step.Kind == provider.StepVerify {
		page.Fixed, page.Username = true, UsernameOf(v.account)
		page.Why, page.Switch = why(c, v), v.base+"/switch"
	} else if page.Activate, err = s.away(activates, c, r.Now); err != nil {
		return nil, err
	}
	if s.Passkeys == nil || !step.Offered(provider.Passkey) {
		return page, nil
	}
	page.Respond, page.Signal, page.Address = v.base+"/passkey", v.say.signal, s.elsewhere(v.app)
	page.Passkey, err = s.Passkeys.Request(c.ID, passkeysOf(v.held), true, r.Now)
	return page, err
}

// elsewhere is what to open in another browser: this ceremony belongs to the one that began it, so it is where the person came
// from, and this house where that cannot be opened by its address.
func (s *SignIn) elsewhere(app templates.App) string {
	u, err := url.Parse(app.Return)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return s.Issuer
	}
	return "https://" + u.Host
}

// why says why somebody who is signed in is asked again.
func why(c provider.Ceremony, v view) string {
	switch {
	case v.app.Name != "":
		return "signin.why.again"
	case c.Demand.MaxAge > 0:
		return "signin.why.settings"
	}
	return "signin.why.stepup"
}

func passkeysOf(held []provider.Authenticator) []provider.Authenticator {
	return slices.DeleteFunc(slices.Clone(held), func(a provider.Authenticator) bool { return a.Kind != provider.Passkey })
}

func fieldsOf(say said) []templates.Field {
	var fields []templates.Field
	for _, name := range []string{"username", "password", "new_password", "code", "phone", "email", "name"} {
		if key := say.fields[name]; key != "" {
			fields = append(fields, templates.Field{Name: name, Key: key})
		}
	}
	return fields
}

// UsernameOf is what a person recognises the account by.
func UsernameOf(a provider.Account) string {
	for _, kind := range []provider.IdentifierKind{provider.Username, provider.Email} {
		if id, ok := a.Identifier(kind); ok {
			return id.Value
		}
	}
	return ""
}

// refuse gives the browser back to the room with the reason.
func (s *SignIn) refuse(r *web.Request, c provider.Ceremony, step provider.Step) (web.Response, error) {
	room := s.rooms[c.Room]
	if step.Reason == provider.RefuseExpired {
		return s.restart(r, room, c.Return, said{notice: "signin.notice.away"})
	}
	if step.Reason == provider.RefuseRecover && c.ID != "" && provider.MayWait(c) {
		return web.SeeOther("/signin/" + c.ID + "/wait"), nil
	}
	r.Note("refused", step.Reason)
	return room.Refuse(r, c, step.Reason)
}

// closed is S-16: said only after the demanded facts were proven, without a reason.
func (s *SignIn) closed(r *web.Request, c provider.Ceremony, a provider.Account) (web.Response, error) {
	room := s.rooms[c.Room]
	if c.Demand.Silent { // an application that looks every minute must not fill the trail
		return room.Refuse(r, c, provider.RefuseLogin)
	}
	err := s.Store.Record(r.Context(), audit.SignInRefused(r.Now, c.Account, c.Client, "account "+string(a.Status)))
	if err != nil {
		return web.Response{}, err
	}
	return web.ShowStatus(http.StatusForbidden, templates.Closed{App: room.App(r, c.Return)}), nil
}
