package oidc

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"time"

	"github.com/ory/fosite"

	"gatehouse/provider"
)

// work is the unit of work of one request. fosite's calls to its store note here what is to be written; the endpoint
// commits it with one conditional statement before it answers, or not at all.
type work struct {
	now      time.Time
	client   provider.Client
	standing provider.Standing  // of the grant that the presented code or refresh token names
	found    bool               // standing was read
	foreseen *provider.Standing // of a refresh token's grant, read with the client; nil: there is no such grant
	issue    *provider.Grant    // authorize: to be written with its code
	redeem   bool               // token: the code is to be consumed
	replayed bool               // token: the code was used before, the family must die
	advance  bool               // token: the refresh generation is to be moved on
	reused   bool               // token: an old refresh token came back, the family must die
	tokens   issued
}

// issued is what the ID token needs to know of the tokens beside it.
type issued struct{ access string }

type workKey struct{}

func withWork(ctx context.Context, w *work) context.Context {
	return context.WithValue(ctx, workKey{}, w)
}

// workOf returns the work of the request; every call to fosite has one in its context.
func workOf(ctx context.Context) *work {
	w, _ := ctx.Value(workKey{}).(*work)
	return w
}

// errStore marks a failure of the store on its way through fosite, which would call it many things.
type errStore struct{ error }

func (e errStore) Unwrap() error { return e.error }

// unitOfWork is the store that fosite sees.
type unitOfWork struct{ o *OIDC }

// GetClient answers with the client that the endpoint has read already.
func (unitOfWork) GetClient(ctx context.Context, id string) (fosite.Client, error) {
	w := workOf(ctx)
	if w.client.ID != id {
		return nil, fosite.ErrNotFound
	}
	redirect, _ := ctx.Value(redirectKey{}).(string)
	return relying{Client: w.client, redirect: redirect}, nil
}

// ClientAssertionJWTValid and SetClientAssertionJWT belong to private_key_jwt, which does not pass through fosite.
func (unitOfWork) ClientAssertionJWTValid(context.Context, string) error { return fosite.ErrJTIKnown }

// SetClientAssertionJWT refuses: see ClientAssertionJWTValid.
func (unitOfWork) SetClientAssertionJWT(context.Context, string, time.Time) error {
	return fosite.ErrJTIKnown
}

// CreateAuthorizeCodeSession notes the grant that the session carries, with its code.
func (unitOfWork) CreateAuthorizeCodeSession(ctx context.Context, signature string, request fosite.Requester) error {
	hash, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		return err
	}
	w := workOf(ctx)
	grant := request.GetSession().(*session).grant
	grant.CodeHash, grant.CodeExpiresAt = hash, w.now.Add(codeLasts)
	w.issue = &grant
	return nil
}

// CreatePKCERequestSession notes the challenge: it stands in the same row.
func (unitOfWork) CreatePKCERequestSession(ctx context.Context, _ string, request fosite.Requester) error {
	workOf(ctx).issue.Challenge = request.GetRequestForm().Get("code_challenge")
	return nil
}

// GetAuthorizeCodeSession reads the standing of a code once; later calls answer from the unit of work.
func (u *unitOfWork) GetAuthorizeCodeSession(ctx context.Context, signature string, _ fosite.Session) (fosite.Requester, error) {
	w := workOf(ctx)
	if !w.found {
		hash, err := base64.RawURLEncoding.DecodeString(signature)
		if err != nil {
			return nil, fosite.ErrNotFound
		}
		standing, err := u.o.Store.GrantByCode(ctx, hash)
		if errors.Is(err, provider.ErrNotFound) {
			return nil, fosite.ErrNotFound
		}
		if err != nil {
			return nil, errStore{err}
		}
		w.standing, w.found = standing, true
	}
	request := w.request()
	if !w.standing.Grant.CodeUsedAt.IsZero() {
		return request, fosite.ErrInvalidatedAuthorizeCode
	}
	return request, nil
}

// GetPKCERequestSession answers with the challenge of the grant, if one was sent.
func (unitOfWork) GetPKCERequestSession(ctx context.Context, _ string, _ fosite.Session) (fosite.Requester, error) {
	w := workOf(ctx)
	if !w.found || w.standing.Grant.Challenge == "" {
		return nil, fosite.ErrNotFound
	}
	return w.request(), nil
}

// DeletePKCERequestSession does nothing: the challenge stays with the grant, so that leaving the verifier out after a
// wrong one does not help (it did, with the challenge deleted before it was checked).
func (unitOfWork) DeletePKCERequestSession(context.Context, string) error { return nil }

// InvalidateAuthorizeCodeSession notes that the code is to be consumed.
func (unitOfWork) InvalidateAuthorizeCodeSession(ctx context.Context, _ string) error {
	workOf(ctx).redeem = true
	return nil
}

// RevokeAccessToken is how fosite says that a code came a second time. It does not yet know whose code it is: a stranger
// who found a used one in a log must not end somebody's grant with it.
func (unitOfWork) RevokeAccessToken(ctx context.Context, _ string) error {
	w := workOf(ctx)
	w.replayed = w.standing.Grant.Client == w.client.ID
	return nil
}

// RevokeRefreshToken: as RevokeAccessToken.
func (u unitOfWork) RevokeRefreshToken(ctx context.Context, id string) error {
	return u.RevokeAccessToken(ctx, id)
}

// Access and refresh tokens have no rows of their own: nothing to create, read, delete or rotate.

// CreateAccessTokenSession does nothing.
func (unitOfWork) CreateAccessTokenSession(context.Context, string, fosite.Requester) error {
	return nil
}

// GetAccessTokenSession finds nothing.
func (unitOfWork) GetAccessTokenSession(context.Context, string, fosite.Session) (fosite.Requester, error) {
	return nil, fosite.ErrNotFound
}

// DeleteAccessTokenSession does nothing.
func (unitOfWork) DeleteAccessTokenSession(context.Context, string) error { return nil }

// CreateRefreshTokenSession does nothing.
func (unitOfWork) CreateRefreshTokenSession(context.Context, string, string, fosite.Requester) error {
	return nil
}

// GetRefreshTokenSession finds nothing.
func (unitOfWork) GetRefreshTokenSession(context.Context, string, fosite.Session) (fosite.Requester, error) {
	return nil, fosite.ErrNotFound
}

// DeleteRefreshTokenSession does nothing.
func (unitOfWork) DeleteRefreshTokenSession(context.Context, string) error { return nil }

// RotateRefreshToken does nothing.
func (unitOfWork) RotateRefreshToken(context.Context, string, string) error { return nil }

// request is the authorization request of the grant, as fosite wants to see it again.
func (w *work) request() *fosite.Request {
	g := w.standing.Grant
	return &fosite.Request{
		ID:             g.ID,
		Client:         relying{Client: provider.Client{ID: g.Client, Grants: w.client.Grants, AuthMethod: w.client.AuthMethod, Scopes: g.Scopes}},
		RequestedScope: g.Scopes,
		GrantedScope:   g.Scopes,
		Form: url.Values{
			"redirect_uri": {g.RedirectURI}, "code_challenge": {g.Challenge}, "code_challenge_method": {"S256"},
		},
		Session: &session{grant: *g, scopes: g.Scopes},
	}
}
