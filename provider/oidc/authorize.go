package oidc

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// maxRequest bounds a request at an entry, in bytes: by POST it is carried on in the address of its GET, and of an
// authorization request a copy travels in every page.
const maxRequest = 8 << 10

// toGet answers a POST that may come from anywhere with the GET that does the work, where the cookies are back.
func toGet(path string) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		form := r.PostForm()
		if form == nil {
			return web.Response{}, &provider.Problem{Kind: provider.BadRequest}
		}
		query := form.Encode()
		if len(query) > maxRequest {
			return web.Response{}, &provider.Problem{Kind: provider.TooBig}
		}
		return web.SeeOther(path + "?" + query), nil
	}
}

// authorize is the authorization endpoint (OIDC Core 3.1.2).
func (o *OIDC) authorize(r *web.Request) (web.Response, error) {
	raw := r.HTTP.URL.RawQuery
	if len(raw) > maxRequest {
		return web.Response{}, &provider.Problem{Kind: provider.TooBig}
	}
	ret, err := o.returned(r.Context(), raw, r.Now)
	if err != nil {
		return o.faulty(r, nil, err)
	}
	a, err := o.read(r.Context(), ret, r.Now)
	if err == nil {
		err = o.open(r.Context(), a, r.Now)
	}
	if err != nil {
		return o.faulty(r, a, err)
	}
	r.UILocales(a.form.Get("ui_locales"))
	r.Note("client", a.client.ID)
	remember(r, a)
	return o.SignIn.Open(r, o, o.ask(a, ret))
}

func (o *OIDC) ask(a *authorization, raw string) signin.Ask {
	return signin.Ask{
		Client: a.client, Locales: a.form.Get("ui_locales"), Return: raw, Demand: a.demand, Consent: a.consent(),
	}
}

// faulty answers a request that cannot be served: by a page, or by a redirect where that is safe (RFC 6749, 4.1.2.1).
func (o *OIDC) faulty(r *web.Request, a *authorization, err error) (web.Response, error) {
	var page *pageFault
	var oauth *oauthError
	switch {
	case errors.As(err, &page):
		r.Note("error", page.id)
		return o.appError(r, page)
	case errors.As(err, &oauth) && oauth.code != "server_error" && oauth.code != "temporarily_unavailable":
		r.Note("error", oauth.code)
		r.Note("error_detail", oauth.detail)
		return o.answer(r, a, errorParameters(oauth.code))
	default:
		return web.Response{}, err
	}
}

// appError is O-06. Where the app has a place at which a sign-in begins, a link leads there (OpenID Connect Core 4): what it asked for
// may only be too old.
func (o *OIDC) appError(r *web.Request, fault *pageFault) (web.Response, error) {
	client := fault.client
	if client.Name == "" {
		known, err := o.establish(r.Context(), client.ID)
		if err != nil {
			return web.Response{}, err
		}
		if known.ID != "" {
			client = known
		}
	}
	app := templates.App{Name: client.Name}
	if client.InitiateLoginURI != "" && client.Enabled() {
		app.Return = withParameters(client.InitiateLoginURI, url.Values{"iss": {o.Issuer}})
	}
	return web.ShowStatus(http.StatusBadRequest, templates.AppError{
		ID: fault.id, ClientID: client.ID, Name: client.Name, Got: fault.got, Differs: "apperror.differs." + fault.differs, App: app, At: r.Now,
	}), nil
}

func errorParameters(code string) url.Values {
	return url.Values{"error": {code}, "error_description": {descriptions[code]}}
}

// answer sends an authorization response, success or error, with iss (RFC 9207) and state. A GET is answered by a
// redirect; a POST, and form_post always, by a page of ours that leads there, since a form may not redirect away.
func (o *OIDC) answer(r *web.Request, a *authorization, parameters url.Values) (web.Response, error) {
	parameters.Set("iss", o.Issuer)
	if a.form.Has("state") {
		parameters.Set("state", a.state)
	}
	app := templates.App{Name: a.client.Name}
	if a.mode == "form_post" {
		response := web.Show(templates.Leaving{App: app, Post: a.redirect, Fields: hidden(parameters)})
		response.FormAction = originOf(a.redirect)
		return response, nil
	}
	to := withParameters(a.redirect, parameters)
	if r.HTTP.Method == http.MethodPost {
		return web.Show(templates.Leaving{App: app, URL: to}), nil
	}
	return web.SeeOther(to), nil
}

func hidden(parameters url.Values) []templates.Hidden {
	var fields []templates.Hidden
	for name, values := range parameters {
		fields = append(fields, templates.Hidden{Name: name, Value: values[0]})
	}
	slices.SortFunc(fields, func(a, b templates.Hidden) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// withParameters adds to a registered redirect URI, whose own query stays as it is.
func withParameters(redirect string, parameters url.Values) string {
	separator := "?"
	if strings.Contains(redirect, "?") {
		separator = "&"
	}
	return redirect + separator + parameters.Encode()
}

func originOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	if u.Host == "" {
		return u.Scheme + ":"
	}
	return u.Scheme + "://" + u.Host
}

// Name is how ceremonies remember this room.
func (o *OIDC) Name() string { return "oidc" }

// Ask reads an authorization request again.
func (o *OIDC) Ask(r *web.Request, ret string) (signin.Ask, error) {
	a, err := o.read(r.Context(), ret, r.Now)
	if err == nil {
		err = o.open(r.Context(), a, r.Now)
	}
	switch {
	case errors.As(err, new(errStore)):
		return signin.Ask{}, err
	case err != nil:
		return signin.Ask{}, &provider.Problem{Kind: provider.NotAllowed, Cause: err}
	}
	return o.ask(a, ret), nil
}

// Address makes the same request anew.
func (o *OIDC) Address(ret string) string { return o.resumes(ret) }

// App names the client, with a way back that tells it that the person did not go on.
func (o *OIDC) App(r *web.Request, ret string) templates.App {
	a, err := o.read(r.Context(), ret, r.Now)
	if err != nil {
		return templates.App{}
	}
	parameters := errorParameters(provider.RefuseDenied)
	parameters.Set("iss", o.Issuer)
	if a.form.Has("state") {
		parameters.Set("state", a.state)
	}
	app := templates.App{Name: a.client.Name, Host: hostOf(a.redirect)}
	if a.mode == "query" {
		app.Return = withParameters(a.redirect, parameters)
	}
	return app
}

func hostOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// Finish answers with a code, bound to the session.
func (o *OIDC) Finish(r *web.Request, c provider.Ceremony, s provider.Session) (web.Response, error) {
	a, err := o.readAgain(r, c.Return)
	if err != nil {
		return o.faulty(r, a, err)
	}
	grant := o.grantFor(a, c, s, r.Now)
	ctx, w := withClient(r.Context(), r, a.client)
	response, err := o.fosite.NewAuthorizeResponse(ctx, a.request, &session{grant: grant, scopes: grant.Scopes})
	if err != nil {
		return o.faulty(r, a, asOAuth(err))
	}
	if err := o.settle(ctx, a, c, r.Now); err != nil {
		return o.faulty(r, a, err)
	}
	if err := o.Store.IssueCode(ctx, *w.issue); err != nil {
		return web.Response{}, err
	}
	return o.answer(r, a, url.Values{"code": {response.GetCode()}})
}

// grantFor is the grant that the person's session and consent make of the request.
func (o *OIDC) grantFor(a *authorization, c provider.Ceremony, s provider.Session, now time.Time) provider.Grant {
	scopes, asked := a.scopes, a.claims.within(a.client.Scopes)
	if len(c.Consent.Scopes) > 0 {
		granted := c.Consent.Granted()
		scopes = slices.DeleteFunc(granted, func(s string) bool { return !slices.Contains(a.scopes, s) })
		asked = a.claims.within(c.Consent.Granted())
	}
	reached := provider.Assess(s.Proofs)
	if counted := c.Assurance(); counted.Level != provider.NoLevel {
		reached = counted
	}
	offline := slices.Contains(scopes, provider.ScopeOffline) && a.client.May(provider.GrantRefresh)
	ends := s.EndsAt
	if offline {
		ends = now.Add(grantLasts)
	}
	return provider.Grant{
		ID: provider.NewID(), Account: s.Account, Client: a.client.ID, Session: s.ID, Offline: offline,
		Scopes: scopes, Nonce: a.form.Get("nonce"), AuthTime: reached.AuthTime, AMR: reached.AMR,
		ACR:       provider.AnswerACR(a.acrs, reached.Level),
		CreatedAt: now, ExpiresAt: ends, RedirectURI: a.redirect, Claims: asked.kept(),
	}
}

// Refuse sends the reason to the client, where it is one that OAuth knows; a person without any way to sign in is told.
func (o *OIDC) Refuse(r *web.Request, c provider.Ceremony, reason string) (web.Response, error) {
	if reason == provider.RefuseRecover {
		return web.Response{}, &provider.Problem{Kind: provider.Recover}
	}
	a, err := o.read(r.Context(), c.Return, r.Now)
	if err == nil {
		err = o.settle(r.Context(), a, c, r.Now)
	}
	if err != nil {
		return o.faulty(r, a, err)
	}
	return o.answer(r, a, errorParameters(reason))
}
