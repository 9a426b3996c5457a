package signin

import (
	"context"
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Names of the cookies, without their __Host- prefix.
const (
	browserCookie = "browser" // binds ceremonies to the browser that began them
	sessionCookie = "session"
)

// Ask is what a room wants of a sign-in.
type Ask struct {
	Client  provider.Client // the zero Client is Gatehouse itself
	Locales string          // ui_locales
	Return  string          // the room's own: what Finish, Refuse and Ask get back
	Demand  provider.Demand
	Consent provider.ConsentAsk
}

// Room opens ceremonies and gets the browser back when one is met.
type Room interface {
	// Name is how a ceremony remembers its room.
	Name() string
	// Ask reads again what was asked, from the Return of an earlier Ask.
	Ask(r *web.Request, ret string) (Ask, error)
	// Address is where the same request is made anew.
	Address(ret string) string
	// App names the application for the person, with a way back to it.
	App(r *web.Request, ret string) templates.App
	// Finish takes the browser back with the session that meets the demand.
	Finish(r *web.Request, c provider.Ceremony, s provider.Session) (web.Response, error)
	// Refuse takes it back without one. reason is one of provider's Refuse codes.
	Refuse(r *web.Request, c provider.Ceremony, reason string) (web.Response, error)
}

// Tickets seals what travels through the page; keys.Keyset does it.
type Tickets interface {
	SealTicket(v []byte, purpose string, expires time.Time) (string, error)
	OpenTicket(s string, purpose string, now time.Time) ([]byte, error)
}

// Config is what the room needs. All fields are required, but for those that say otherwise.
type Config struct {
	Store    provider.Store
	Tickets  Tickets
	Hasher   *password.Hasher
	Policy   password.Policy
	Clocks   provider.SessionClocks
	Lasts    time.Duration // how long a ceremony may take
	Failures time.Duration // failures are answered at the next multiple of this after the request began
	Brand    []string      // words of the house, refused as passwords
}

// SignIn runs ceremonies.
type SignIn struct {
	Config
	rooms map[string]Room
}

// New makes the room. Other rooms are let in with Admit while the house is assembled.
func New(c Config) *SignIn { return &SignIn{Config: c, rooms: map[string]Room{}} }

// Admit lets a room open ceremonies. Only assembly calls it.
func (s *SignIn) Admit(rooms ...Room) {
	for _, r := range rooms {
		s.rooms[r.Name()] = r
	}
}

// Routes are the addresses of this room. What a POST answered can be loaded again: it shows the step that is right now.
func (s *SignIn) Routes() []web.Route {
	routes := []web.Route{
		{Pattern: "GET /signin", Handle: toAccount},
		{Pattern: "GET /signin/{id}", Handle: s.show},
		{Pattern: "GET /signin/{id}/{kind}", Handle: toStep},
	}
	for kind, post := range map[string]web.Handler{
		"password":     web.Form(s.postPassword),
		"switch":       web.Form(s.postSwitch),
		"choose":       web.Form(s.postChoose),
		"new-password": web.Form(s.postNewPassword),
		"consent":      web.Form(s.postConsent),
	} {
		routes = append(routes,
			web.Route{Pattern: "GET /signin/{id}/" + kind, Handle: toStep},
			web.Route{Pattern: "POST /signin/{id}/" + kind, Handle: post})
	}
	return routes
}

func toAccount(*web.Request) (web.Response, error) { return web.SeeOther("/account"), nil }

func toStep(r *web.Request) (web.Response, error) {
	return web.SeeOther("/signin/" + r.Path("id")), nil
}

// changeExpired is owed by a password that is older than the operator allows (by default none is). It is asked at the
// next sign-in, and written nowhere: tokens that are out go on.
const changeExpired = "expired"

// held returns what the ceremony's account can use here: of this house's factors, only passwords so far.
func (s *SignIn) held(ctx context.Context, id provider.AccountID, now time.Time) ([]provider.Authenticator, error) {
	password, ok, err := s.password(ctx, id)
	if err != nil || !ok {
		return nil, err
	}
	if password.ChangeOwed == "" && s.Policy.Expired(password.CreatedAt, now) {
		password.ChangeOwed = changeExpired
	}
	return []provider.Authenticator{password}, nil
}

// password reads the password of an account, as it is stored.
func (s *SignIn) password(ctx context.Context, id provider.AccountID) (provider.Authenticator, bool, error) {
	if id == "" {
		return provider.Authenticator{}, false, nil
	}
	all, err := s.Store.Authenticators(ctx, id)
	if err != nil {
		return provider.Authenticator{}, false, err
	}
	found, ok := provider.Held(all, provider.Password)
	return found, ok, nil
}

// consented reads what the ceremony's account allowed its client before; nil if nothing.
func (s *SignIn) consented(ctx context.Context, c provider.Ceremony) (*provider.Consent, error) {
	if c.Account == "" || len(c.Consent.Scopes) == 0 {
		return nil, nil
	}
	given, err := s.Store.Consent(ctx, c.Account, c.Client)
	if errors.Is(err, provider.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &given, nil
}
