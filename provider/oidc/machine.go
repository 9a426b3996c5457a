package oidc

import (
	"context"
	"errors"
	"strings"
	"time"

	"gatehouse/provider"
)

// Machine reads an access token of an application that acts for itself, for a resource of the house: it is ours, in time, not revoked, and
// its application is there and in use. Errors: provider.ErrNotFound for any other token, and those of the store.
func (o *OIDC) Machine(ctx context.Context, token string, now time.Time) (c provider.Client, scopes, audience []string, err error) {
	claims, standing, err := o.active(ctx, token, now)
	switch {
	case errors.Is(err, errInactive), err == nil && (standing.Grant != nil || standing.Client == nil):
		return c, nil, nil, provider.ErrNotFound
	case err != nil:
		return c, nil, nil, err
	}
	return *standing.Client, strings.Fields(claims.Scope), claims.Audience, nil
}
