package oidc

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ory/fosite"

	"gatehouse/provider"
	"gatehouse/provider/web"
)

// authorization is an authorization request that was read and matched: it may be answered by a redirect.
type authorization struct {
	raw      string // the Return by which it is read again
	pushed   pushed
	request  fosite.AuthorizeRequester
	client   provider.Client
	redirect string // matched byte for byte against the registered ones
	mode     string // query or form_post
	state    string
	form     url.Values
	prompts  []string
	demand   provider.Demand
	scopes   []string
	claims   claimsAsk
	acrs     []string // acr_values, and those of claims
}

// read matches a request: the Return that the query of GET /authorize stands for. A *pageFault may only be shown on a page of ours; an
// *oauthError may be sent to the client, by the authorization that comes with it.
func (o *OIDC) read(ctx context.Context, raw string, now time.Time) (*authorization, error) {
	from, query := readReturn(raw)
	form, err := url.ParseQuery(query)
	if err != nil {
		return nil, &pageFault{id: "AUTHZ-UNREADABLE", differs: "request_unreadable"}
	}
	a := &authorization{raw: raw, pushed: from, form: form, state: form.Get("state"), mode: "query"}
	if err := o.identify(ctx, a); err != nil {
		return nil, err
	}
	if form.Get("response_mode") == "form_post" {
		a.mode = "form_post"
	}
	if err := plainFaults(form); err != nil {
		return a, err
	}
	if a.client.RequirePAR && !from.is() {
		return a, fail("invalid_request", "not pushed")
	}
	if err := o.pipe(ctx, a, now); err != nil {
		return a, err
	}
	return a, o.demands(ctx, a, now)
}

type authorizationKey struct{}

// remember keeps an authorization request for the rest of this HTTP request: a browser that is signed in comes back with
// it at once.
func remember(r *web.Request, a *authorization) {
	r.HTTP = r.HTTP.WithContext(context.WithValue(r.Context(), authorizationKey{}, a))
}

// readAgain is read, or what was remembered of the same request.
func (o *OIDC) readAgain(r *web.Request, raw string) (*authorization, error) {
	if a, ok := r.Context().Value(authorizationKey{}).(*authorization); ok && a.raw == raw {
		return a, nil
	}
	return o.read(r.Context(), raw, r.Now)
}

// identify finds the client and its redirect URI. Until both are certain, nothing is ever sent anywhere.
func (o *OIDC) identify(ctx context.Context, a *authorization) error {
	for _, name := range []string{"client_id", "redirect_uri"} {
		if len(a.form[name]) > 1 {
			return &pageFault{id: "AUTHZ-REPEATED", differs: "duplicate_parameter", got: name}
		}
	}
	id, uri := a.form.Get("client_id"), a.form.Get("redirect_uri")
	client, err := o.Store.Client(ctx, id)
	switch {
	case errors.Is(err, provider.ErrNotFound):
		return &pageFault{id: "AUTHZ-CLIENT-UNKNOWN", differs: "client_unknown", client: provider.Client{ID: id}}
	case err != nil:
		return err
	case !client.Enabled():
		return &pageFault{id: "AUTHZ-CLIENT-DISABLED", differs: "client_disabled", client: client}
	case uri == "":
		return &pageFault{id: "AUTHZ-REDIRECT-MISSING", differs: "redirect_missing", client: client}
	}
	if !matches(client, uri) {
		return &pageFault{id: "AUTHZ-REDIRECT-MISMATCH", differs: differs(client, uri), client: client, got: uri}
	}
	a.client, a.redirect = client, uri
	return nil
}

// plainFaults are the faults of a request that need no knowledge of the client.
func plainFaults(form url.Values) error {
	for _, values := range form {
		if len(values) > 1 {
			return fail("invalid_request", "repeated parameter")
		}
	}
	switch {
	case form.Has("request"):
		return fail("request_not_supported", "request")
	case form.Has("request_uri"):
		return fail("request_uri_not_supported", "request_uri")
	case form.Has("registration"):
		return fail("registration_not_supported", "registration")
	case form.Get("response_type") == "":
		return fail("invalid_request", "no response_type")
	case form.Get("response_type") != "code":
		return fail("unsupported_response_type", "response_type")
	case !slices.Contains([]string{"", "query", "form_post"}, form.Get("response_mode")):
		return fail("invalid_request", "response_mode")
	case form.Get("code_challenge") != "" && form.Get("code_challenge_method") != "S256":
		return fail("invalid_request", "code_challenge_method is not S256")
	case form.Get("code_challenge") != "" && !isChallenge(form.Get("code_challenge")):
		return fail("invalid_request", "code_challenge is no SHA-256")
	}
	return nil
}

// isChallenge reports whether s is base64url of 32 bytes (RFC 7636, 4.2).
func isChallenge(s string) bool {
	return len(s) == 43 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// pipe lets fosite read the request: client, redirect URI, scopes, response type and mode.
func (o *OIDC) pipe(ctx context.Context, a *authorization, now time.Time) error {
	if !a.client.May(provider.GrantCode) {
		return fail("unauthorized_client", "no authorization_code")
	}
	if a.form.Get("code_challenge") == "" && !a.client.PKCEOptional {
		return fail("invalid_request", "no code_challenge")
	}
	ctx = withWork(ctx, &work{now: now, client: a.client})
	ctx = context.WithValue(ctx, redirectKey{}, a.redirect)
	form := maps.Clone(a.form)
	form.Set("state", stateForFosite)
	form.Del("audience") // fosite knows it, we do not: an unknown parameter is passed over (RFC 6749, 3.1)
	request, err := o.fosite.NewAuthorizeRequest(ctx, &http.Request{Method: http.MethodGet, Form: form, PostForm: url.Values{}})
	if err != nil {
		return asOAuth(err)
	}
	a.request, a.scopes = request, request.GetRequestedScopes()
	slices.Sort(a.scopes)
	a.scopes = slices.Compact(a.scopes)
	if len(a.scopes) == 0 { // there is no default scope (RFC 6749, 3.3)
		return fail("invalid_scope", "no scope")
	}
	return nil
}

type redirectKey struct{}

// stateForFosite stands in for state, which fosite wants to be there and long. It may be neither (FAPI 2, 5.3.2): what
// it protects, PKCE and iss protect. The real one never passes through fosite.
const stateForFosite = "placeholder"

// pageFault is what is wrong with a request whose client or redirect URI is not certain: shown on O-06, never sent.
type pageFault struct {
	id      string // stable, for developers
	differs string // catalogue key under apperror.differs
	client  provider.Client
	got     string
}

func (f *pageFault) Error() string { return f.id }
