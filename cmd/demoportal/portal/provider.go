package portal

import (
	"context"
	"net/http"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// provider is what discovery told us (OpenID Connect Discovery 1.0, 4).
type provider struct {
	*oidc.Provider
	EndSession string `json:"end_session_endpoint"`
	Activity   string `json:"session_activity_endpoint"`                      // Gatehouse's own: see activity.go
	SendsIss   bool   `json:"authorization_response_iss_parameter_supported"` // RFC 9207, 3
}

// discover reads the discovery document once it is needed and keeps it once it
// was read. While the provider is away each request tries again; a start in the
// wrong order mends itself.
func (p *Portal) discover(ctx context.Context) (*provider, error) {
	if known := p.found.Load(); known != nil {
		return known, nil
	}
	discovered, err := oidc.NewProvider(p.withClient(ctx), p.cfg.Issuer)
	if err != nil {
		return nil, providerAway(err)
	}
	fresh := &provider{Provider: discovered}
	err = discovered.Claims(fresh)
	if err != nil {
		return nil, providerAway(err)
	}
	p.found.Store(fresh)
	return fresh, nil
}

// withClient makes both libraries use our HTTP client, with its time-out.
func (p *Portal) withClient(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.cfg.HTTP)
}

// oauth is the app's client registration, as x/oauth2 wants it.
func (a *app) oauth(op *provider) *oauth2.Config {
	endpoint := op.Endpoint()
	// Say how the client authenticates. Left to guess, the library tries one way
	// and then the other, and the first try may use up the code.
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if a.ClientSecret == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID:     a.ClientID,
		ClientSecret: a.ClientSecret,
		Endpoint:     endpoint,
		RedirectURL:  a.RedirectURI(a.cfg.Base),
		Scopes:       a.Scopes,
	}
}

// bearerClient sends the access token with each request.
func (a *app) bearerClient(ctx context.Context, token *oauth2.Token) *http.Client {
	client := oauth2.NewClient(a.withClient(ctx), oauth2.StaticTokenSource(token))
	client.Timeout = a.cfg.HTTP.Timeout
	return client
}
