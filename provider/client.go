package provider

import (
	"slices"
	"time"
)

// Client is a relying application and its policy (RFC 7591 section 2 has the names).
type Client struct {
	ID                     string
	Name                   string
	SecretHash             []byte // keyed hash of a secret that we made; empty for a public client
	AuthMethod             string // token_endpoint_auth_method: client_secret_basic, client_secret_post, private_key_jwt, none
	AuthAlg                string // token_endpoint_auth_signing_alg: the one algorithm of its assertions; "" any of ours that fits the key
	AuthAudience           string // what its assertions are for: AudienceIssuer, AudienceToken; "" either
	JWKS                   string // its public keys, a JWK set (RFC 7517, 5); "" where they are at JWKSURI or it has none
	JWKSURI                string // where its public keys are
	RedirectURIs           []string
	PostLogoutRedirectURIs []string
	BackChannelLogoutURI   string   // where it is told that a session is over; "" nowhere (OpenID Connect Back-Channel Logout 1.0, 2.2)
	BackChannelNeedsSID    bool     // backchannel_logout_session_required: a logout token without sid says nothing to it; ours always have one
	Grants                 []string // authorization_code, refresh_token, client_credentials
	Scopes                 []string // what it may ask for
	Audience               []string // aud of its access tokens; empty means its own client_id
	MinLevel               Level    // least assurance of every sign-in for it
	PKCEOptional           bool     // a confidential client that sends no code_challenge; where one is sent its verifier is needed all the same
	FirstParty             bool     // ours: no consent is asked
	IDTokenAlg             string   // RS256, ES256, EdDSA or PS256
	UserinfoAlg            string   // userinfo_signed_response_alg: answers of userinfo are signed with it; "" plain JSON
	RequirePAR             bool     // require_pushed_authorization_requests (RFC 9126, 6): it pushes what it asks for
	Sector                 string   // the host by which its subjects are pairwise (OIDC Core 8.1); "" they are public
	InitiateLoginURI       string   // where a person is led who wants to sign in to it (OIDC Core 4); "" nowhere
	ReportsActivity        bool     // it reports what the person does in it; what it has for a session is over once they have been away (SessionClocks.Idle)
	Rotate                 bool     // rotate refresh tokens of a confidential client too
	CreatedAt              time.Time
	DisabledAt             time.Time // zero: in use
	Rev                    int64
}

// Client authentication methods (OIDC Core 9).
const (
	AuthBasic = "client_secret_basic"
	AuthPost  = "client_secret_post"
	AuthKey   = "private_key_jwt"
	AuthNone  = "none"
)

// Audiences of a client's assertions (Client.AuthAudience).
const (
	AudienceIssuer = "issuer" // as rfc7523bis and FAPI 2 demand
	AudienceToken  = "token"  // the address of the token endpoint, as RFC 7523 and SMART say
)

// Grant types (RFC 6749).
const (
	GrantCode    = "authorization_code"
	GrantRefresh = "refresh_token"
	GrantMachine = "client_credentials"
)

// Scopes with a meaning of their own.
const (
	ScopeOpenID  = "openid"
	ScopeOffline = "offline_access"
)

// Public reports whether the client keeps no secret (RFC 6749, 2.1).
func (c Client) Public() bool { return c.AuthMethod == AuthNone }

// HasSecret reports whether the client shows a secret that we made: neither a public client nor one with a key of its own.
func (c Client) HasSecret() bool { return c.AuthMethod == AuthBasic || c.AuthMethod == AuthPost }

// Enabled reports whether the client may be used.
func (c Client) Enabled() bool { return c.DisabledAt.IsZero() }

// Rotates reports whether a refresh gives a new refresh token: always for public clients (RFC 9700, 2.2.2), for
// confidential ones only where set.
func (c Client) Rotates() bool { return c.Public() || c.Rotate }

// May reports whether the client is registered for a grant type.
func (c Client) May(grant string) bool { return slices.Contains(c.Grants, grant) }

// Audiences is the aud of its access tokens.
func (c Client) Audiences() []string {
	if len(c.Audience) == 0 {
		return []string{c.ID}
	}
	return c.Audience
}
