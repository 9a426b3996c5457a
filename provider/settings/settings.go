package settings

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Config is what the room needs.
type Config struct {
	Issuer   string
	Sender   string // the address that our e-mail comes from, shown on the page about false messages
	Store    provider.Store
	SignIn   *signin.SignIn
	Passkeys *passkey.RP
	Words    func(lang, key string, data map[string]any) string // of the catalogues, for what is not a page

	Trust func(w Wish, now time.Time) (provider.Issue, error) // makes the invitation of a trusted person

	CloseAfter time.Duration // from the wish to close an account until it is closed

	Languages []string // that pages and messages are offered in
}

// Settings is the room.
type Settings struct{ Config }

// New makes the room.
func New(c Config) *Settings { return &Settings{c} }

// Routes are the addresses of this room.
func (s *Settings) Routes() []web.Route {
	routes := slices.Concat(s.contactRoutes(), s.usernameRoutes(), s.choiceRoutes(), s.wellKnown(), s.deviceRoutes(), s.activityRoutes(), s.appRoutes(), s.notMeRoutes(), s.helpRoutes(), s.dataRoutes(), s.closeRoutes(), s.trustRoutes())
	return s.warned(append(append(routes, s.idleRoutes()...), []web.Route{
		{Pattern: "GET /{$}", Handle: s.front},
		{Pattern: "GET " + home, Handle: s.at(home)},
		{Pattern: "GET /security", Handle: toWays},
		{Pattern: "GET " + ways, Handle: s.here},
		{Pattern: "POST " + ways, Handle: web.Form(s.postAdd)},
		{Pattern: "GET " + adding + "{kind}", Handle: s.add},
		{Pattern: "GET " + password, Handle: s.here},
		{Pattern: "POST " + password, Handle: web.Form(s.postPassword)},
		{Pattern: "GET " + ways + "/{id}/rename", Handle: s.here},
		{Pattern: "POST " + ways + "/{id}/rename", Handle: web.Form(s.postRename)},
		{Pattern: "GET " + ways + "/{id}/remove", Handle: s.here},
		{Pattern: "POST " + ways + "/{id}/remove", Handle: web.Form(s.postRemove)},
	}...))
}

// toWays is the one address that our notices name.
func toWays(*web.Request) (web.Response, error) { return web.SeeOther(ways), nil }

// front is the issuer's own address: a page for people, not an error.
func (s *Settings) front(*web.Request) (web.Response, error) {
	return web.Show(templates.Front{SignIn: home, Help: helpPlace}), nil
}

// at enters a place whatever the query says.
func (s *Settings) at(place string) web.Handler {
	return func(r *web.Request) (web.Response, error) { return s.enter(r, place) }
}

// here enters the place that the request names.
func (s *Settings) here(r *web.Request) (web.Response, error) { return s.enter(r, placeOf(r)) }

// Name is how ceremonies remember this room.
func (s *Settings) Name() string { return "settings" }

// Address is the same place again.
func (s *Settings) Address(place string) string { return place }

// App is none: the person came by themselves.
func (s *Settings) App(*web.Request, string) templates.App { return templates.App{} }

// Finish shows the place; after a form, by way of its address.
func (s *Settings) Finish(r *web.Request, c provider.Ceremony, session provider.Session) (web.Response, error) {
	if c.Bound != "" && c.Demand.Contact {
		return boundContact(c), nil
	}
	if c.Bound != "" {
		return web.SeeOther(ways + "?done=added." + string(c.Demand.Bind)), nil
	}
	if r.HTTP.Method == http.MethodPost || placeOf(r) != c.Return {
		return web.SeeOther(c.Return), nil
	}
	if path(c.Return) == notMeSignIn {
		return web.SeeOther(notMe), nil
	}
	account, err := s.Store.Account(r.Context(), session.Account)
	if err != nil {
		return web.Response{}, err
	}
	held, err := s.Store.Authenticators(r.Context(), session.Account)
	if err != nil {
		return web.Response{}, err
	}
	o := owner{account: account, held: held, session: session}
	return s.place(r, c.Return, o)
}

// place is the page of a place.
func (s *Settings) place(r *web.Request, to string, o owner) (web.Response, error) {
	switch {
	case path(to) == home:
		return s.homePage(r, o)
	case path(to) == devices:
		return s.devicesPage(r, o)
	case path(to) == appsPlace:
		return s.appsPage(r, o)
	case strings.HasPrefix(path(to), appsPlace+"/"):
		return s.stopPage(r, o)
	case path(to) == activity:
		return s.activityPage(r, o)
	case path(to) == data:
		return web.Show(templates.DownloadData{Page: dataPage, File: dataFile, Home: home}), nil
	case path(to) == trusted, strings.HasPrefix(path(to), trusted+"/"):
		return s.trustPlace(r, to, o)
	case path(to) == closing:
		return s.closePage(r, o)
	case path(to) == password:
		return s.passwordPlace(o)
	case path(to) == username:
		return s.usernamePage(r, o)
	case path(to) == choices:
		return s.choicesPage(r, o)
	case path(to) == contacts, strings.HasPrefix(path(to), contacts+"/"), strings.HasPrefix(path(to), addingContact):
		return s.contactPlace(r, to, o)
	case strings.HasSuffix(path(to), "/rename"):
		return s.renamePage(r, o)
	case strings.HasSuffix(path(to), "/remove"):
		return s.removePage(r, o)
	default:
		return s.waysPage(r, o)
	}
}

// places are the parts of the account that its first page leads to, beside the ways to sign in.
func places() []templates.Place {
	return []templates.Place{{Key: "contacts.title", To: contacts}, {Key: "username.title", To: username}, {Key: "choices.title", To: choices},
		{Key: "devices.title", To: devices}, {Key: "apps.title", To: appsPlace}, {Key: "activity.title", To: activity}, {Key: "trusted.title", To: trusted}, {Key: "downloaddata.title", To: data},
		{Key: "notme.title", To: notMe}, {Key: "closeaccount.title", To: closing}}
}

// Refuse says why, where a person can do something about it.
func (s *Settings) Refuse(_ *web.Request, _ provider.Ceremony, reason string) (web.Response, error) {
	kind := provider.Unmet
	if reason == provider.RefuseRecover {
		kind = provider.Recover
	}
	return web.Response{}, &provider.Problem{Kind: kind}
}

// NotNow is where somebody goes who came to add something and would rather not.
func (s *Settings) NotNow(place string) string {
	if strings.HasPrefix(path(place), contacts) || strings.HasPrefix(path(place), addingContact) {
		return contacts
	}
	return ways
}

// signedInAt is when the person last showed that it is them.
func signedInAt(s provider.Session) time.Time {
	var last time.Time
	for _, p := range s.Proofs {
		if p.At.After(last) {
			last = p.At
		}
	}
	return last
}
