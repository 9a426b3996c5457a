package oidc

import (
	"encoding/json"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/web"
)

// jwksCached is how long applications may keep the keys: shorter than a new key is announced before it signs.
const jwksCached = time.Hour

// metadata is the discovery document (OpenID Connect Discovery 3, RFC 8414 2). What is not here is not supported; what
// is here is tested.
type metadata struct {
	Issuer              string   `json:"issuer"`
	Authorization       string   `json:"authorization_endpoint"`
	Token               string   `json:"token_endpoint"`
	Userinfo            string   `json:"userinfo_endpoint"`
	JWKS                string   `json:"jwks_uri"`
	Introspection       string   `json:"introspection_endpoint"`
	Revocation          string   `json:"revocation_endpoint"`
	EndSession          string   `json:"end_session_endpoint"`
	Push                string   `json:"pushed_authorization_request_endpoint"`
	PushOnly            bool     `json:"require_pushed_authorization_requests"` // of every client; some are registered so
	Activity            string   `json:"session_activity_endpoint"`             // our own: see activity.go
	Scopes              []string `json:"scopes_supported"`
	ResponseTypes       []string `json:"response_types_supported"`
	ResponseModes       []string `json:"response_modes_supported"`
	Grants              []string `json:"grant_types_supported"`
	ACRs                []string `json:"acr_values_supported"`
	Subjects            []string `json:"subject_types_supported"`
	IDTokenAlgs         []string `json:"id_token_signing_alg_values_supported"`
	TokenAuth           []string `json:"token_endpoint_auth_methods_supported"`
	TokenAlgs           []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	IntrospectionAuth   []string `json:"introspection_endpoint_auth_methods_supported"`
	IntrospectionAlgs   []string `json:"introspection_endpoint_auth_signing_alg_values_supported"`
	RevocationAuth      []string `json:"revocation_endpoint_auth_methods_supported"`
	RevocationAlgs      []string `json:"revocation_endpoint_auth_signing_alg_values_supported"`
	Claims              []string `json:"claims_supported"`
	ClaimTypes          []string `json:"claim_types_supported"`
	Challenges          []string `json:"code_challenge_methods_supported"`
	Prompts             []string `json:"prompt_values_supported"`
	Locales             []string `json:"ui_locales_supported"`
	UserinfoAlgs        []string `json:"userinfo_signing_alg_values_supported"`
	ClaimsParameter     bool     `json:"claims_parameter_supported"`
	RequestParameter    bool     `json:"request_parameter_supported"`
	RequestURIParameter bool     `json:"request_uri_parameter_supported"`
	BackChannel         bool     `json:"backchannel_logout_supported"`
	BackChannelSession  bool     `json:"backchannel_logout_session_supported"`
	IssInResponses      bool     `json:"authorization_response_iss_parameter_supported"`
}

// describe makes the document once; it is the same bytes until the program changes.
func (o *OIDC) describe() ([]byte, error) {
	secrets, algs := []string{provider.AuthBasic, provider.AuthPost, provider.AuthKey}, ClientAlgs()
	return json.Marshal(metadata{
		Issuer: o.Issuer, Authorization: o.Issuer + "/authorize", Token: o.Issuer + "/token", Userinfo: o.Issuer + "/userinfo",
		JWKS: o.Issuer + "/jwks", Introspection: o.Issuer + "/introspect", Revocation: o.Issuer + "/revoke", EndSession: o.Issuer + "/logout",
		Push:          o.Issuer + "/par",
		Activity:      o.Issuer + activityPlace,
		Scopes:        []string{"openid", "profile", "email", "phone", "address", "offline_access"},
		ResponseTypes: []string{"code"}, ResponseModes: []string{"query", "form_post"},
		Grants: []string{provider.GrantCode, provider.GrantRefresh, provider.GrantMachine},
		ACRs:   provider.ACRs(), Subjects: []string{"public", "pairwise"}, IDTokenAlgs: idTokenAlgs(), UserinfoAlgs: idTokenAlgs(),
		TokenAuth: append([]string{provider.AuthNone}, secrets...), IntrospectionAuth: secrets,
		RevocationAuth: append([]string{provider.AuthNone}, secrets...),
		TokenAlgs:      algs, IntrospectionAlgs: algs, RevocationAlgs: algs,
		Claims: claimsSupported, ClaimTypes: []string{"normal"}, Challenges: []string{"S256"},
		Prompts: []string{"none", "login", "consent", "select_account"}, Locales: o.Locales, IssInResponses: true, ClaimsParameter: true,
		BackChannel: true, BackChannelSession: true,
	})
}

func (o *OIDC) configuration(*web.Request) (web.Response, error) {
	return web.Response{Body: o.discovery, Type: "application/json"}, nil
}

func (o *OIDC) jwks(r *web.Request) (web.Response, error) {
	return web.Response{Body: o.Ring.JWKS(r.Now), Type: "application/json"}, nil
}
