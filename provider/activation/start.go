package activation

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// show is: where the person was.
func (a *Room) show(r *web.Request) (web.Response, error) {
	page := templates.Activate{Go: codePage}
	if id := r.Cookie(resumeCookie); id != "" && r.HTTP.URL.RawQuery != "again" {
		t, err := a.load(r, id)
		if err == nil && t.step != stepDone && t.step != stepOver {
			return t.back(), nil
		}
		if err != nil && !errors.Is(err, provider.ErrNotFound) {
			return web.Response{}, err
		}
	}
	from := fromOf(r)
	origin := a.SignIn.Origin(r, from)
	page.App, page.SignIn = a.SignIn.OriginApp(r, origin), a.SignIn.OriginAddress(origin)
	if from != "" {
		page.Go += "?" + url.Values{"from": {from}}.Encode()
	}
	if r.HTTP.URL.RawQuery == "again" {
		page.Notice = "activate.notice.again"
	}
	return web.Show(page), nil
}

// longestFrom bounds where somebody came from, sealed.
const longestFrom = 16384

func fromOf(r *web.Request) string {
	if from := r.Query().Get("from"); len(from) <= longestFrom {
		return from
	}
	return ""
}

// showCode is A-02.
func (a *Room) showCode(r *web.Request) (web.Response, error) {
	return web.Show(a.codePage(r, codeForm{From: fromOf(r)}, "")), nil
}

func (a *Room) codePage(r *web.Request, f codeForm, fault string) templates.ActivateCode {
	page := templates.ActivateCode{
		App: a.SignIn.OriginApp(r, a.SignIn.Origin(r, f.From)), Action: codePage, From: f.From, Value: f.Code,
		Step: 1, Steps: templates.ActivateSteps,
	}
	if fault != "" {
		page.Fields = []templates.Field{{Name: "code", Key: fault}}
	}
	return page
}

type codeForm struct {
	Code string `form:"code" max:"1024"`
	From string `form:"from" max:"16384"`
}

// postCode takes whatever can be a code. Whether there is an invitation with it nobody asks yet.
func (a *Room) postCode(r *web.Request, f codeForm) (web.Response, error) {
	code, err := ParseCode(f.Code)
	if err != nil {
		fault := "activatecode.error.form"
		if strings.TrimSpace(f.Code) == "" {
			fault = "activatecode.error.empty"
		}
		response := web.ShowStatus(http.StatusUnprocessableEntity, a.codePage(r, f, fault))
		response.Self = codePage
		return response, nil
	}
	t, cookies, err := a.begin(r, draft{Code: code, Origin: a.SignIn.Origin(r, f.From)})
	if err != nil {
		return web.Response{}, err
	}
	return t.back().With(cookies...), nil
}
