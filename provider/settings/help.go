package settings

import (
	"time"

	"gatehouse/provider"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// checkCookie is given to a browser that checks itself, to see whether it comes back. It says nothing about anybody.
const (
	checkCookie  = "check"
	checkLasts   = 5 * time.Minute
	helpPlace    = "/help"
	browserCheck = helpPlace + "/browser"
)

// helpRoutes are open to everyone: who looks for help is often not signed in.
func (s *Settings) helpRoutes() []web.Route {
	routes := []web.Route{
		{Pattern: "GET " + helpPlace, Handle: shows(templates.Help{})},
		{Pattern: "GET " + helpPlace + "/messages", Handle: shows(templates.HelpMessages{Address: s.Issuer, Sender: s.Sender})},
		{Pattern: "GET " + browserCheck, Handle: checkBrowser},
	}
	for _, name := range templates.HelpTopics() {
		routes = append(routes, web.Route{Pattern: "GET " + helpPlace + "/" + name, Handle: shows(templates.HelpTopic{Name: name, Address: s.Issuer})})
	}
	return routes
}

func shows(p templates.Page) web.Handler {
	return func(*web.Request) (web.Response, error) { return web.Show(p), nil }
}

// checkBrowser gives the browser a cookie and looks whether it brings it back, once: with cookies off there is no loop.
func checkBrowser(r *web.Request) (web.Response, error) {
	found := r.Cookie(checkCookie) != ""
	if !found && !r.Query().Has("again") {
		return web.SeeOther(browserCheck + "?again=1").With(web.Cookie{Name: checkCookie, Value: "1", MaxAge: checkLasts}), nil
	}
	r.Note("cookies", found)
	known := provider.BrowserCheck{
		Cookies: provider.BrowserNo, Scripts: provider.BrowserNo, Passkeys: provider.BrowserUnknown, Lock: provider.BrowserUnknown, Clock: provider.BrowserUnknown, Screen: provider.BrowserUnknown,
		Language: r.Lang,
	}
	if found {
		known.Cookies = provider.BrowserYes
	}
	return web.Show(templates.HelpBrowser{Cookies: found, Code: known.Code(), Clock: r.Now.UTC().Format(time.RFC3339)}), nil
}
