package recovery

import (
	"encoding/json"
	"net/url"

	"gatehouse/provider"
	"gatehouse/provider/limit"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Config is what the room needs. What it shares with the sign-in (store, codes, phones, deadlines) it takes from there.
type Config struct {
	SignIn *signin.SignIn
}

// Recovery is the room.
type Recovery struct{ Config }

// New makes the room.
func New(c Config) *Recovery { return &Recovery{c} }

// The addresses of this room.
const (
	start    = "/forgot"
	password = "/forgot/password"
	username = "/forgot/username"
	sent     = "/forgot/username/sent"
	lost     = "/forgot/phone"
	other    = "/forgot/other"
)

// Routes are the addresses of this room.
func (v *Recovery) Routes() []web.Route {
	form := func(pattern string, class limit.Class, handle web.Handler) web.Route {
		return web.Route{Pattern: "POST " + pattern, Handle: signin.Steadily(handle), Class: class}
	}
	return []web.Route{
		{Pattern: "GET " + start, Handle: v.showStart},
		form(start, limit.Form, web.Form(v.postStart)),
		{Pattern: "GET " + password, Handle: v.showPassword},
		form(password, limit.Guess, web.Form(v.postPassword)),
		{Pattern: "GET " + username, Handle: v.showUsername},
		form(username, limit.Guess, web.Form(v.postUsername)),
		{Pattern: "GET " + sent, Handle: v.showUsernameSent},
		{Pattern: "GET " + lost, Handle: v.help(true)},
		{Pattern: "GET " + other, Handle: v.help(false)},
		{Pattern: "GET " + start + "/{id}", Handle: v.showCode},
		form(start+"/{id}", limit.Guess, web.Form(v.postCode)),
		{Pattern: "GET " + start + "/{id}/resend", Handle: toCode},
		form(start+"/{id}/resend", limit.Guess, web.Form(v.postResend)),
	}
}

// Name is how the ceremonies remember this room in which a password is set. What the room remembers before them has another one.
func (v *Recovery) Name() string { return "reset" }

// Ask is not for such a ceremony: it begins with a code.
func (v *Recovery) Ask(*web.Request, string) (signin.Ask, error) {
	return signin.Ask{}, &provider.Problem{Kind: provider.Expired}
}

// Address is where a new code can be asked for.
func (v *Recovery) Address(string) string { return password }

// App names the application that the person was on the way to.
func (v *Recovery) App(r *web.Request, ret string) templates.App {
	return v.SignIn.OriginApp(r, originOf(ret))
}

// Finish is never called: a reset begins no session.
func (v *Recovery) Finish(*web.Request, provider.Ceremony, provider.Session) (web.Response, error) {
	return web.Response{}, &provider.Problem{Kind: provider.Broken}
}

// Refuse says that nothing is left by which the person could show that it is them; else that this has stopped working.
func (v *Recovery) Refuse(r *web.Request, c provider.Ceremony, reason string) (web.Response, error) {
	if reason == provider.RefuseRecover {
		return web.Response{}, &provider.Problem{Kind: provider.Recover}
	}
	return v.Over(r, c.Return)
}

// Done says that the new password is set, and what ended by that: R-09. No session has begun: who goes on signs in, so that no
// session is surer than what was shown for it.
func (v *Recovery) Done(r *web.Request, c provider.Ceremony, _ provider.Account) (web.Response, error) {
	from := originOf(c.Return)
	response := web.Show(templates.ResetDone{App: v.SignIn.OriginApp(r, from), Go: v.SignIn.OriginAddress(from)})
	response.Self = "/signin/" + c.ID
	return response, nil
}

// Over is R-05: used, expired, replaced, of another browser, or never there.
func (v *Recovery) Over(r *web.Request, ret string) (web.Response, error) {
	return v.over(r, originOf(ret))
}

// originOf reads where a ceremony of this room leads.
func originOf(ret string) signin.Origin {
	var from signin.Origin
	if json.Unmarshal([]byte(ret), &from) != nil {
		return signin.Origin{}
	}
	return from
}

// with is an address of this room that keeps where the person was on the way to.
func with(path, sealed string) string {
	if sealed == "" {
		return path
	}
	return path + "?" + url.Values{"from": {sealed}}.Encode()
}
