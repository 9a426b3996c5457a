package settings

import (
	"net/http"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Config is what the room needs.
type Config struct {
	Issuer string
	Sender string // the address that our e-mail comes from, shown on the page about false messages
	Store  provider.Store
	SignIn *signin.SignIn
}

// Settings is the room.
type Settings struct{ Config }

// New makes the room.
func New(c Config) *Settings { return &Settings{c} }

// Routes are the addresses of this room.
func (s *Settings) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /{$}", Handle: s.front},
		{Pattern: "GET /account", Handle: s.account},
		{Pattern: "GET /help", Handle: s.help},
		{Pattern: "GET /help/messages", Handle: s.helpMessages},
	}
}

const home = "/account"

// front is the issuer's own address: a page for people, not an error.
func (s *Settings) front(*web.Request) (web.Response, error) {
	return web.Show(templates.Front{SignIn: home, Help: "/help"}), nil
}

func (s *Settings) help(*web.Request) (web.Response, error) { return web.Show(templates.Help{}), nil }

func (s *Settings) helpMessages(*web.Request) (web.Response, error) {
	return web.Show(templates.HelpMessages{Address: s.Issuer, Sender: s.Sender}), nil
}

// account is where a bookmark of the sign-in page leads (S-21).
func (s *Settings) account(r *web.Request) (web.Response, error) {
	ask, err := s.Ask(r, home)
	if err != nil {
		return web.Response{}, err
	}
	return s.SignIn.Open(r, s, ask)
}

// Name is how ceremonies remember this room.
func (s *Settings) Name() string { return "settings" }

// Ask wants no more than a sign-in.
func (s *Settings) Ask(*web.Request, string) (signin.Ask, error) {
	return signin.Ask{Return: home, Demand: provider.Demand{Level: provider.AAL1}}, nil
}

// Address is the same page again.
func (s *Settings) Address(string) string { return home }

// App is none: the person came by themselves.
func (s *Settings) App(*web.Request, string) templates.App { return templates.App{} }

// Finish shows the account's home page; after a form, by way of its address.
func (s *Settings) Finish(r *web.Request, _ provider.Ceremony, session provider.Session) (web.Response, error) {
	if r.HTTP.Method == http.MethodPost || r.HTTP.URL.Path != home {
		return web.SeeOther(home), nil
	}
	account, err := s.Store.Account(r.Context(), session.Account)
	if err != nil {
		return web.Response{}, err
	}
	return web.Show(templates.Home{Username: signin.UsernameOf(account), Since: signedInAt(session), SignOut: "/logout"}), nil
}

// Refuse says why, where a person can do something about it.
func (s *Settings) Refuse(_ *web.Request, _ provider.Ceremony, reason string) (web.Response, error) {
	kind := provider.Unmet
	if reason == provider.RefuseRecover {
		kind = provider.Recover
	}
	return web.Response{}, &provider.Problem{Kind: kind}
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
