package oidc

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"gatehouse/provider"
	"gatehouse/provider/web"
)

// credentials are what a client showed of itself.
type credentials struct {
	id, secret string
	method     string
	assertion  *assertion // of private_key_jwt
}

// parameters reads a form body once, strictly: no parameter twice (RFC 6749, 3.2), no other content type.
func parameters(r *web.Request) (url.Values, error) {
	form := r.PostForm()
	if form == nil {
		return nil, fail("invalid_request", "body is no form")
	}
	for _, values := range form {
		if len(values) > 1 {
			return nil, fail("invalid_request", "repeated parameter")
		}
	}
	return form, nil
}

// authenticate finds the client of a request to a protocol endpoint and checks that it is who it says (RFC 6749, 2.3).
// A new method of client authentication is a case in shown and one here.
func (o *OIDC) authenticate(r *web.Request, form url.Values) (provider.Client, error) {
	client, _, err := o.authenticateWith(r, form, family{})
	return client, err
}

// family names the grant of a token that a request brings, and the token, once it was found to be one that we made. The
// zero family is none.
type family struct{ grant, token string }

// authenticateWith is authenticate for a request that brings a token of ours. Whoever goes on will want the standing of its
// grant, and that holds a client, mostly the very one that asks: one read then serves for both. The standing is nil where
// there is none.
func (o *OIDC) authenticateWith(r *web.Request, form url.Values, of family) (provider.Client, *provider.Standing, error) {
	shown, err := shown(r.HTTP.Header.Get("Authorization"), form)
	if err != nil {
		return provider.Client{}, nil, err
	}
	standing, err := o.foresee(r.Context(), of)
	if err != nil {
		return provider.Client{}, nil, err
	}
	if standing != nil && standing.Client.ID == shown.id {
		client, err := o.prove(r, shown, *standing.Client)
		return client, standing, err
	}
	client, err := o.Store.Client(r.Context(), shown.id)
	switch {
	case errors.Is(err, provider.ErrNotFound):
		o.Secrets.CheckSecret(o.dummy, shown.secret) // as much work as for a client that exists
		return provider.Client{}, nil, fail("invalid_client", "unknown client")
	case err != nil:
		return provider.Client{}, nil, errStore{err}
	}
	client, err = o.prove(r, shown, client)
	return client, standing, err
}

func (o *OIDC) foresee(ctx context.Context, of family) (*provider.Standing, error) {
	if of.grant == "" {
		return nil, nil //nolint:nilnil // no family, no standing, no fault
	}
	standing, err := o.Store.Standing(ctx, of.grant, of.token)
	switch {
	case errors.Is(err, provider.ErrNotFound):
		return nil, nil //nolint:nilnil // as above: the grant is gone
	case err != nil:
		return nil, errStore{err}
	}
	return &standing, nil
}

// prove checks what a client showed of itself.
func (o *OIDC) prove(r *web.Request, shown credentials, client provider.Client) (provider.Client, error) {
	r.Note("client", client.ID)
	if shown.method == provider.AuthKey && client.AuthMethod == provider.AuthKey && client.Enabled() {
		if err := o.proveByKey(r, client, shown.assertion); err != nil {
			return provider.Client{}, err
		}
		return client, nil
	}
	right := client.Public() && shown.method == provider.AuthNone
	if client.HasSecret() {
		right = o.Secrets.CheckSecret(client.SecretHash, shown.secret) && shown.method == client.AuthMethod
	}
	switch {
	case !right:
		return provider.Client{}, fail("invalid_client", "wrong secret or method "+shown.method)
	case !client.Enabled():
		return provider.Client{}, fail("invalid_client", "client disabled")
	}
	return client, nil
}

// shown reads the credentials; two methods at once are refused (RFC 6749, 2.3).
func shown(authorization string, form url.Values) (credentials, error) {
	if form.Has("client_assertion") || form.Has("client_assertion_type") {
		return withAssertion(authorization, form)
	}
	inBody := form.Has("client_secret")
	if authorization != "" {
		if inBody {
			return credentials{}, fail("invalid_request", "two client authentication methods")
		}
		return basic(authorization, form.Get("client_id"))
	}
	id := form.Get("client_id")
	switch {
	case id == "":
		return credentials{}, fail("invalid_client", "no client authentication")
	case inBody:
		return credentials{id: id, secret: form.Get("client_secret"), method: provider.AuthPost}, nil
	default:
		return credentials{id: id, method: provider.AuthNone}, nil
	}
}

// basic reads HTTP Basic, whose two halves are form-encoded first (RFC 6749, 2.3.1).
func basic(authorization, inBody string) (credentials, error) {
	scheme, encoded, _ := strings.Cut(authorization, " ")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if !strings.EqualFold(scheme, "Basic") || err != nil {
		return credentials{}, fail("invalid_client", "unreadable Authorization header")
	}
	left, right, found := strings.Cut(string(raw), ":")
	id, idErr := url.QueryUnescape(left)
	secret, secretErr := url.QueryUnescape(right)
	switch {
	case !found || idErr != nil || secretErr != nil:
		return credentials{}, fail("invalid_client", "unreadable Basic credentials")
	case inBody != "" && inBody != id:
		return credentials{}, fail("invalid_request", "client_id differs from the authenticated client")
	}
	return credentials{id: id, secret: secret, method: provider.AuthBasic}, nil
}

// withClient makes the unit of work of a request by an authenticated client.
func withClient(ctx context.Context, r *web.Request, c provider.Client) (context.Context, *work) {
	w := &work{now: r.Now, client: c}
	return withWork(ctx, w), w
}
