package oidc

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/ory/fosite"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/signin"
	"gatehouse/provider/web"
)

// Lifetimes. A code lives as long as FAPI 2 allows, an access token until an application is sure to ask again.
const (
	codeLasts    = 60 * time.Second
	accessLasts  = 5 * time.Minute
	idTokenLasts = 10 * time.Minute
	grantLasts   = 180 * 24 * time.Hour // the absolute end of an offline grant; others end with their session
)

// Ring signs and verifies tokens; keys.Ring does it.
type Ring interface {
	Sign(alg keys.Alg, typ string, payload []byte, now time.Time) (string, error)
	Verify(token, typ string, now time.Time, algs ...keys.Alg) ([]byte, keys.Header, error)
	Publishes(keyID string, now time.Time) bool
	RefreshAfter(ctx context.Context, now time.Time, age time.Duration) error
	JWKS(now time.Time) []byte
	Ensure(ctx context.Context, now time.Time, alg keys.Alg) error
}

// Secrets checks client secrets, and derives refresh tokens and pairwise subjects; keys.Keyset does it.
type Secrets interface {
	CheckSecret(stored []byte, secret string) bool
	HashSecret(secret string) []byte
	MAC(purpose string, parts ...[]byte) (keyID string, mac []byte)
	CheckMAC(purpose, keyID string, mac []byte, parts ...[]byte) bool
	Pseudonym(sector string, id [16]byte) [16]byte
	Unpseudonym(sector string, name [16]byte) [16]byte
}

// Tickets seals what a browser carries for us; keys.Keyset does it.
type Tickets interface {
	SealTicket(v []byte, purpose string, expires time.Time) (string, error)
	OpenTicket(s, purpose string, now time.Time) ([]byte, error)
}

// Config is what the room needs. All of it is required but Out and Patience.
type Config struct {
	Issuer  string // without a slash at its end
	Store   provider.Store
	Ring    Ring
	Secrets Secrets
	Tickets Tickets
	SignIn  *signin.SignIn
	Locales []string // ui_locales_supported

	Out http.RoundTripper // by which applications' keys are fetched, guarded (egress.Transport); nil: none are

	Patience time.Duration // how long the signed-out page waits for applications; zero: 1.5 s, negative: not at all
}

// OIDC is the protocol room.
type OIDC struct {
	Config
	fosite    *fosite.Fosite
	config    *pipeline
	discovery []byte
	dummy     []byte // hash of a secret that nobody has, for clients that do not exist
	issuer    *url.URL
	verified  verified
	fetched   fetched
}

// New makes the room. An error means that the issuer is not one.
func New(c Config) (*OIDC, error) {
	issuer, err := url.Parse(c.Issuer)
	if err != nil {
		return nil, err
	}
	o := &OIDC{Config: c, issuer: issuer, dummy: c.Secrets.HashSecret(provider.NewSecret())}
	if o.Patience == 0 {
		o.Patience = patience
	}
	o.config = newPipeline(o)
	o.fosite = &fosite.Fosite{Store: &unitOfWork{o}, Config: o.config}
	o.discovery, err = o.describe()
	return o, err
}

// Routes are the addresses of this room. A POST to /authorize or /logout may come from anywhere: it reads no cookie,
// changes nothing and answers 303 to the GET.
func (o *OIDC) Routes() []web.Route {
	return []web.Route{
		{Kind: web.Browser, Pattern: "GET /authorize", Handle: o.authorize},
		{Kind: web.Entry, Pattern: "POST /authorize", Handle: toGet("/authorize")},
		{Kind: web.Browser, Pattern: "GET /logout", Handle: o.logout},
		{Kind: web.Entry, Pattern: "POST /logout", Handle: toGet("/logout")},
		{Kind: web.Browser, Pattern: "GET " + signedOutPage, Handle: o.signedOutDone},
		{Kind: web.Browser, Pattern: "POST /logout/confirm", Handle: web.Form(o.confirmLogout)},
		{Kind: web.Protocol, Pattern: "POST /par", Handle: o.push, CORS: true},
		{Kind: web.Protocol, Pattern: "POST /token", Handle: o.token, CORS: true},
		{Kind: web.Protocol, Pattern: "GET /userinfo", Handle: o.userinfo, CORS: true},
		{Kind: web.Protocol, Pattern: "POST /userinfo", Handle: o.userinfo, CORS: true},
		{Kind: web.Protocol, Pattern: "GET " + activityPlace, Handle: o.activity},
		{Kind: web.Protocol, Pattern: "POST " + activityPlace, Handle: o.activity},
		{Kind: web.Protocol, Pattern: "POST /introspect", Handle: o.introspect},
		{Kind: web.Protocol, Pattern: "POST /revoke", Handle: o.revoke, CORS: true},
		{Kind: web.Protocol, Pattern: "GET /jwks", Handle: o.jwks, CORS: true, Cache: jwksCached},
		{Kind: web.Protocol, Pattern: "GET /.well-known/openid-configuration", Handle: o.configuration, CORS: true, Cache: time.Hour},
		{Kind: web.Protocol, Pattern: "GET /.well-known/oauth-authorization-server", Handle: o.configuration, CORS: true, Cache: time.Hour},
	}
}
