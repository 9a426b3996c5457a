package signin

import (
	"context"
	"errors"
	"slices"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/lookup"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/limit"
	"gatehouse/provider/notify"
	"gatehouse/provider/web"
	"gatehouse/templates"
)

// Names of the cookies, without their __Host- prefix.
const (
	browserCookie = "browser" // binds ceremonies to the browser that began them
	sessionCookie = "session"
	deviceCookie  = "device" // knows the browser again that somebody signed in with fully
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

// Keys derives what a page shows before it is kept; keys.Keyset does it.
type Keys interface {
	MAC(purpose string, parts ...[]byte) (keyID string, mac []byte)
	MACWith(purpose, keyID string, parts ...[]byte) (mac []byte, ok bool)
}

// Config is what the room needs. All fields are required, but for those that say otherwise.
type Config struct {
	Store    provider.Store
	Tickets  Tickets
	Keys     Keys
	Hasher   *password.Hasher
	Policy   password.Policy
	Codes    *oob.Codes
	Phones   notify.Phones
	Passkeys *passkey.RP                 // nil: this house has none, since its name is a bare address
	Slow     func(provider.Channel) bool // whether messages are slow just now; nil: never
	Clocks   provider.SessionClocks
	Lasts    time.Duration // how long a ceremony may take
	Failures time.Duration // failures are answered at the next multiple of this after the request began
	Remember time.Duration // how long a browser is remembered whose owner asks for it; 0: it is not offered
	Cloned   bool          // accept a passkey whose counter went back; it is recorded in any case
	Name     string        // of the house, as an authenticator app shows it
	Host     string        // of the house, for WebOTP
	Issuer   string        // address of the house
	Wait     provider.WaitRule
	Lanes    limit.Policy // how fast anybody may guess
	Watch    *limit.Watch // slows strangers while lists of passwords are tried; nil: nobody does
	Brand    []string     // words of the house, refused as passwords
	Terms    Terms        // of use; the zero Terms ask nobody
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
		{Pattern: "GET " + AllTerms, Handle: s.showTerms},
		{Pattern: "GET /signin/{id}", Handle: s.show},
		{Pattern: "GET /signin/{id}/lost", Handle: s.showLost},
		{Pattern: "GET /signin/{id}/wait", Handle: s.showWait},
		{Pattern: "GET /signin/{id}/regain", Handle: s.showRegain},
		{Pattern: "GET /recovery/stop/{link}", Handle: s.showStop},
		{Pattern: "POST /recovery/stop/{link}", Handle: steadily(web.Form(s.postStop))},
		{Pattern: "GET /way-in/{link}", Handle: s.showWayIn},
		{Pattern: "POST /way-in/{link}", Handle: steadily(web.Form(s.postWayIn))},
		{Pattern: "GET /signin/{id}/{kind}", Handle: toStep},
	}
	routes = append(routes,
		web.Route{Pattern: "POST /signin/{id}/wait", Handle: steadily(web.Form(s.postWait))},
		web.Route{Pattern: "POST /signin/{id}/regain", Handle: steadily(web.Form(s.postRegain))})
	for kind, post := range map[string]web.Handler{
		"password":     web.Form(s.postPassword),
		"switch":       web.Form(s.postSwitch),
		"choose":       web.Form(s.postChoose),
		"new-password": web.Form(s.postNewPassword),
		"consent":      web.Form(s.postConsent),
		"terms":        web.Form(s.postTerms),
		"way":          steadily(web.Form(s.postWay)),
		"other":        steadily(web.Form(s.postOther)),
		"resend":       steadily(web.Form(s.postResend)),
		"call":         steadily(web.Form(s.postCall)),
		"text":         steadily(s.codeForm(provider.TextCode)),
		"email":        steadily(s.codeForm(provider.EmailCode)),
		"totp":         steadily(s.codeForm(provider.TOTP)),
		"recovery":     steadily(s.codeForm(provider.RecoveryCode)),
		"passkey":      steadily(web.Form(s.postPasskey)),
		"address":      steadily(web.Form(s.postAddress)),
		"regained":     steadily(web.Form(s.postRegained)),
	} {
		routes = append(routes,
			web.Route{Pattern: "GET /signin/{id}/" + kind, Handle: toStep},
			web.Route{Pattern: "POST /signin/{id}/" + kind, Handle: post, Class: classOf(kind)})
	}
	return routes
}

// classOf is what a form of this room costs: more where something in it can be guessed.
func classOf(kind string) limit.Class {
	switch kind {
	case "password", "text", "email", "totp", "recovery", "passkey", "regained":
		return limit.Guess
	default:
		return limit.Form
	}
}

// steadyFor is how long a form is worked on whose sender may have gone.
const steadyFor = 10 * time.Second

// steadfast is a context for what must be done although the client has hung up.
func steadfast(r *web.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(r.Context()), steadyFor)
}

// steadily works a form off to its end, whether or not its sender waits for the answer: who could hang up between a guess and
// its count would guess for nothing, and a code must not be sent that the ceremony does not know of.
func steadily(handle web.Handler) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		ctx, done := steadfast(r)
		defer done()
		was := r.HTTP
		r.HTTP = was.WithContext(ctx)
		defer func() { r.HTTP = was }()
		return handle(r)
	}
}

func toAccount(*web.Request) (web.Response, error) { return web.SeeOther("/account"), nil }

func toStep(r *web.Request) (web.Response, error) {
	return web.SeeOther("/signin/" + r.Path("id")), nil
}

// changeExpired is owed by a password that is older than the operator allows (by default none is). It is asked at the
// next sign-in, and written nowhere: tokens that are out go on.
const changeExpired = "expired"

// held returns what the ceremony's account can use here.
func (s *SignIn) held(ctx context.Context, id provider.AccountID, now time.Time) ([]provider.Authenticator, error) {
	if id == "" {
		return nil, nil
	}
	all, err := s.Store.Authenticators(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.Usable(all, now), nil
}

// Usable leaves out passkeys where this house has none. It says of a sheet on which no code is left that it is spent, and of a
// password that is too old that it must be replaced. The slice that it is given is changed.
func (s *SignIn) Usable(all []provider.Authenticator, now time.Time) []provider.Authenticator {
	all = slices.DeleteFunc(all, func(a provider.Authenticator) bool { return a.Kind == provider.Passkey && s.Passkeys == nil })
	for i, a := range all {
		all[i].Spent = a.Kind == provider.RecoveryCode && lookup.Left(a.Data) == 0
		if a.Kind == provider.Password && a.ChangeOwed == "" && s.Policy.Expired(a.CreatedAt, now) {
			all[i].ChangeOwed = changeExpired
		}
	}
	return all
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
