package oidc

import (
	"context"
	"net/http"
	"net/url"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/pkce"

	"gatehouse/provider"
)

// pipeline is fosite's configuration, with the one setting that depends on the client: PKCE.
type pipeline struct {
	*fosite.Config
}

// GetEnforcePKCE demands a code_challenge of every client but those registered without.
func (p *pipeline) GetEnforcePKCE(ctx context.Context) bool { return !workOf(ctx).client.PKCEOptional }

func newPipeline(o *OIDC) *pipeline {
	p := &pipeline{Config: &fosite.Config{
		AuthorizeCodeLifespan:        codeLasts,
		AccessTokenLifespan:          accessLasts,
		RefreshTokenLifespan:         grantLasts,
		ScopeStrategy:                fosite.ExactScopeStrategy,
		AudienceMatchingStrategy:     fosite.DefaultAudienceMatchingStrategy, // what is not set here fosite sets later, without a lock
		OmitRedirectScopeParam:       true,
		RedirectSecureChecker:        func(context.Context, *url.URL) bool { return true }, // checked at registration
		RefreshTokenScopes:           []string{},
		ClientAuthenticationStrategy: o.authenticateForFosite,
	}}
	store, tokens := &unitOfWork{o}, &strategy{o}
	code := &oauth2.AuthorizeExplicitGrantHandler{
		AccessTokenStrategy: tokens, RefreshTokenStrategy: tokens, AuthorizeCodeStrategy: tokens,
		CoreStorage: store, TokenRevocationStorage: store, Config: p,
	}
	proof := &pkce.Handler{AuthorizeCodeStrategy: tokens, Storage: store, Config: p}
	machine := &oauth2.ClientCredentialsGrantHandler{
		HandleHelper: &oauth2.HandleHelper{AccessTokenStrategy: tokens, AccessTokenStorage: store, Config: p}, Config: p,
	}
	p.AuthorizeEndpointHandlers = fosite.AuthorizeEndpointHandlers{code, proof}
	p.TokenEndpointHandlers = fosite.TokenEndpointHandlers{code, proof, machine, &refreshHandler{o}, &idTokenHandler{o}}
	return p
}

// relying is a provider.Client as fosite sees it.
type relying struct {
	provider.Client
	redirect string // the redirect URI of this request, once it was matched
}

func (c relying) GetID() string           { return c.ID }
func (c relying) GetHashedSecret() []byte { return c.SecretHash }
func (c relying) GetGrantTypes() fosite.Arguments {
	return c.Grants
}
func (c relying) GetResponseTypes() fosite.Arguments { return fosite.Arguments{"code"} }
func (c relying) GetScopes() fosite.Arguments        { return c.Scopes }
func (c relying) IsPublic() bool                     { return c.Public() }
func (c relying) GetAudience() fosite.Arguments      { return c.Audiences() }

// GetRedirectURIs names only the one that we matched ourselves: fosite's own rules for loopback addresses are too lax.
func (c relying) GetRedirectURIs() []string { return []string{c.redirect} }

// GetResponseModes lists what any client may ask for.
func (c relying) GetResponseModes() []fosite.ResponseModeType {
	return []fosite.ResponseModeType{fosite.ResponseModeQuery, fosite.ResponseModeFormPost}
}

// authenticateForFosite hands fosite the client that was authenticated before it was asked.
func (o *OIDC) authenticateForFosite(ctx context.Context, _ *http.Request, _ url.Values) (fosite.Client, error) {
	return relying{Client: workOf(ctx).client}, nil
}
