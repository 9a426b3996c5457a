package recovery

import (
	"net/http"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// way is where somebody is on the way to: the origin, sealed anew for each page, and its application.
type way struct {
	from   signin.Origin
	sealed string
	app    templates.App
}

// wayOf reads the way of a request that brings it sealed.
func (v *Recovery) wayOf(r *web.Request, sealed string) (way, error) {
	return v.wayTo(r, v.SignIn.Origin(r, sealed))
}

func (v *Recovery) wayTo(r *web.Request, from signin.Origin) (way, error) {
	sealed, err := v.SignIn.SealOrigin(from, r.Now)
	return way{from: from, sealed: sealed, app: v.SignIn.OriginApp(r, from)}, err
}

// back leads to the sign-in, and by that to the application.
func (v *Recovery) back(w way) string { return v.SignIn.OriginAddress(w.from) }

// here is the way of a page that is got by its address.
func (v *Recovery) here(r *web.Request) (way, error) { return v.wayOf(r, r.Query().Get("from")) }

// showStart asks what was forgotten: R-01.
func (v *Recovery) showStart(r *web.Request) (web.Response, error) {
	w, err := v.here(r)
	return web.Show(v.startPage(w, "")), err
}

func (v *Recovery) startPage(w way, fault string) templates.Forgot {
	return templates.Forgot{App: w.app, Action: start, From: w.sealed, Error: fault, Back: v.back(w)}
}

type startForm struct {
	Choice string `form:"choice" max:"16"`
	From   string `form:"from" max:"16384"`
}

// postStart leads to the page for it. Who forgot both begins with the username.
func (v *Recovery) postStart(r *web.Request, f startForm) (web.Response, error) {
	w, err := v.wayOf(r, f.From)
	if err != nil {
		return web.Response{}, err
	}
	to := map[string]string{"password": password, "username": username, "both": username, "phone": lost, "other": other}[f.Choice]
	if to == "" {
		response := web.ShowStatus(http.StatusUnprocessableEntity, v.startPage(w, "forgot.error.empty"))
		response.Self = with(start, w.sealed)
		return response, nil
	}
	return web.SeeOther(with(to, w.sealed)), nil
}

// help says what can be done where no code alone helps.
func (v *Recovery) help(phone bool) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		w, err := v.here(r)
		return web.Show(templates.ForgotHelp{App: w.app, Phone: phone, Password: with(password, w.sealed), Back: v.back(w)}), err
	}
}

// passwordPage is.
func (v *Recovery) passwordPage(w way) templates.ForgotPassword {
	return templates.ForgotPassword{App: w.app, Action: password, From: w.sealed, Names: with(username, w.sealed), Back: v.back(w)}
}

// showPassword asks whose password it is: R-02.
func (v *Recovery) showPassword(r *web.Request) (web.Response, error) {
	w, err := v.here(r)
	return web.Show(v.passwordPage(w)), err
}

// over is R-05.
func (v *Recovery) over(r *web.Request, from signin.Origin) (web.Response, error) {
	w, err := v.wayTo(r, from)
	if err != nil {
		return web.Response{}, err
	}
	r.Refuse(provider.Refusal{Rule: provider.RuleResetOver})
	page := v.passwordPage(w)
	page.Over = true
	response := web.ShowStatus(http.StatusGone, page)
	response.Self = with(password, w.sealed)
	return response, nil
}

type passwordForm struct {
	Username string `form:"username" max:"2048"`
	From     string `form:"from" max:"16384"`
}

// maxName is the longest name that could be somebody's.
const maxName = 254

// postPassword sends a code, if there is somebody to send it to, and leads to its page: R-03.
func (v *Recovery) postPassword(r *web.Request, f passwordForm) (web.Response, error) {
	w, err := v.wayOf(r, f.From)
	if err != nil {
		return web.Response{}, err
	}
	page := v.passwordPage(w)
	page.Username = f.Username
	switch {
	case strings.TrimSpace(f.Username) == "":
		page.Fields = []templates.Field{{Name: "username", Key: "signin.field.username.empty"}}
	case len(f.Username) > maxName:
		page.Fields = []templates.Field{{Name: "username", Key: "signin.field.username.long"}}
	}
	if len(page.Fields) > 0 {
		return refused(http.StatusUnprocessableEntity, page, with(password, w.sealed)), nil
	}
	return v.SignIn.Steady(v.request(r, w, page))
}

// refused shows a form again with what is the matter.
func refused(status int, page templates.Page, self string) web.Response {
	response := web.ShowStatus(status, page)
	response.Self = self
	return response
}
