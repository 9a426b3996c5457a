package oidc

import (
	"errors"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
)

// revoke takes a token back (RFC 7009): a refresh token with its whole family, an access token by itself. What is not
// a token of ours is answered 200 too: the caller's aim is reached. What belongs to another client is refused.
func (o *OIDC) revoke(r *web.Request) (web.Response, error) {
	form, err := parameters(r)
	if err != nil {
		return o.answerError(r, err)
	}
	client, err := o.authenticate(r, form)
	if err != nil {
		return o.answerError(r, err)
	}
	token := form.Get("token")
	switch {
	case token == "":
		err = fail("invalid_request", "no token")
	case looksLikeRefresh(token):
		err = o.revokeFamily(r, client, token)
	default:
		err = o.revokeAccess(r, client, token)
	}
	if err != nil {
		return o.answerError(r, err)
	}
	return web.Response{Body: []byte{}, Type: "application/json"}, nil
}

func (o *OIDC) revokeFamily(r *web.Request, client provider.Client, token string) error {
	parsed, ok := o.parseRefresh(token)
	if !ok {
		return nil
	}
	standing, err := o.Store.Standing(r.Context(), parsed.grant, "")
	if errors.Is(err, provider.ErrNotFound) {
		return nil
	}
	if err != nil {
		return errStore{err}
	}
	if standing.Grant.Client != client.ID {
		return fail("invalid_grant", "token of another client")
	}
	const why = "revoked by client"
	_, err = o.Store.RevokeGrant(r.Context(), parsed.grant, why, r.Now, audit.GrantRevoked(r.Now, *standing.Grant, why))
	return stored(err)
}

// revokeAccess puts the token's jti on a list for as long as the token would have lived. The record is written first:
// no record, no act.
func (o *OIDC) revokeAccess(r *web.Request, client provider.Client, token string) error {
	claims, err := o.signature(r.Context(), token, r.Now)
	if errors.Is(err, errInactive) {
		return nil
	}
	if err != nil {
		return err
	}
	if claims.Client != client.ID {
		return fail("invalid_grant", "token of another client")
	}
	before, err := o.Store.Used(r.Context(), provider.RevokedToken, claims.ID)
	if err != nil {
		return errStore{err}
	}
	if before { // and recorded
		return nil
	}
	of := provider.Grant{ID: claims.Grant, Client: client.ID, Session: claims.Session}
	if claims.Grant != "" {
		of.Account = o.accountOf(client, claims.Subject)
	}
	event := audit.TokenRevoked(r.Now, of)
	if err := o.Store.Record(r.Context(), event); err != nil {
		return errStore{err}
	}
	err = o.Store.Consume(r.Context(), provider.RevokedToken, claims.ID, time.Unix(claims.Expires, 0))
	if errors.Is(err, provider.ErrUsed) {
		return nil
	}
	return stored(err)
}
