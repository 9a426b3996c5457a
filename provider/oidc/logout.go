package oidc

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"gatehouse/provider"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// farewell is a request to sign out, as far as it can be believed.
type farewell struct {
	client  provider.Client // established by the hint or by client_id; zero if by neither
	to      string          // registered post_logout_redirect_uri, with state; "" for none
	session string          // sid of the hint
	subject provider.AccountID
	hinted  bool // a hint that we signed
}

// logout is the end_session_endpoint (OpenID Connect RP-Initiated Logout 1.0, 2). With a hint that names the browser's
// session it ends at once; else the person is asked: a link alone must not sign anybody out.
func (o *OIDC) logout(r *web.Request) (web.Response, error) {
	form := r.Query()
	r.UILocales(form.Get("ui_locales"))
	bye, err := o.farewell(r, form)
	if err != nil {
		return web.Response{}, err
	}
	session, err := o.SignIn.Present(r)
	if err != nil {
		return web.Response{}, err
	}
	switch {
	case session == nil:
		return o.signedOut(r, bye), nil
	case bye.hinted && bye.subject == session.Account && (bye.session == "" || bye.session == session.ID):
		return o.end(r, *session, bye)
	}
	page := templates.SignOutAsk{App: templates.App{Name: bye.client.Name}, Action: "/logout/confirm"}
	for _, name := range []string{"id_token_hint", "client_id", "post_logout_redirect_uri", "state"} {
		if value := form.Get(name); value != "" {
			page.Fields = append(page.Fields, templates.Hidden{Name: name, Value: value})
		}
	}
	return web.Show(page), nil
}

type confirmForm struct {
	Hint   string `form:"id_token_hint" max:"16384"`
	Client string `form:"client_id" max:"256"`
	To     string `form:"post_logout_redirect_uri" max:"4096"`
	State  string `form:"state" max:"4096"`
}

// confirmLogout is the press on O-20.
func (o *OIDC) confirmLogout(r *web.Request, f confirmForm) (web.Response, error) {
	form := url.Values{}
	for name, value := range map[string]string{
		"id_token_hint": f.Hint, "client_id": f.Client, "post_logout_redirect_uri": f.To, "state": f.State,
	} {
		if value != "" {
			form.Set(name, value)
		}
	}
	bye, err := o.farewell(r, form)
	if err != nil {
		return web.Response{}, err
	}
	session, err := o.SignIn.Present(r)
	if err != nil {
		return web.Response{}, err
	}
	if session == nil {
		return o.signedOut(r, bye), nil
	}
	return o.end(r, *session, bye)
}

func (o *OIDC) end(r *web.Request, session provider.Session, bye farewell) (web.Response, error) {
	if err := o.SignIn.End(r, session, "signed out"); err != nil {
		return web.Response{}, err
	}
	response := o.signedOut(r, bye)
	if bye.to == "" {
		if page, waits := o.linger(r, session, bye); waits {
			response = page.With(o.SignIn.Leave()...)
		}
	}
	if response.Header == nil {
		response.Header = http.Header{}
	}
	response.Header.Set("Clear-Site-Data", `"cache"`)
	return response, nil
}

// signedOut leads back to the application, or shows O-21.
func (o *OIDC) signedOut(r *web.Request, bye farewell) web.Response {
	return o.goodbye(r, bye).With(o.SignIn.Leave()...)
}

func (o *OIDC) goodbye(r *web.Request, bye farewell) web.Response {
	app := templates.App{Name: bye.client.Name, Return: bye.to}
	switch {
	case bye.to == "":
		return web.Show(templates.SignedOut{App: app, SignIn: "/account"})
	case r.HTTP.Method == http.MethodPost:
		return web.Show(templates.Leaving{App: app, URL: bye.to})
	default:
		return web.SeeOther(bye.to)
	}
}

// farewell reads the request. A hint that does not verify, or a client that it was not issued to, establishes nothing,
// and then nobody is sent anywhere.
func (o *OIDC) farewell(r *web.Request, form url.Values) (farewell, error) {
	var bye farewell
	sub := ""
	id := form.Get("client_id")
	if hint := form.Get("id_token_hint"); hint != "" {
		claims, err := o.readHint(r.Context(), hint, r.Now)
		if err != nil || id != "" && id != claims.Audience {
			return farewell{}, nil
		}
		id = claims.Audience
		bye, sub = farewell{session: claims.Session, hinted: true}, claims.Subject
	}
	client, err := o.establish(r.Context(), id)
	if err != nil {
		return farewell{}, err
	}
	bye.client = client
	if bye.hinted {
		bye.subject = o.accountOf(client, sub)
	}
	to := form.Get("post_logout_redirect_uri")
	if to == "" || !slices.Contains(client.PostLogoutRedirectURIs, to) {
		return bye, nil
	}
	bye.to = to
	if state := form.Get("state"); state != "" {
		bye.to = withParameters(to, url.Values{"state": {state}})
	}
	return bye, nil
}

// establish finds an enabled client; none is no error.
func (o *OIDC) establish(ctx context.Context, id string) (provider.Client, error) {
	if id == "" {
		return provider.Client{}, nil
	}
	client, err := o.Store.Client(ctx, id)
	if errors.Is(err, provider.ErrNotFound) || err == nil && !client.Enabled() {
		return provider.Client{}, nil
	}
	return client, err
}
