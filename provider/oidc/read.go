package oidc

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
)

// unknownKeyEvery is how often a token under an unknown key makes us look whether another replica has made that key.
const unknownKeyEvery = 5 * time.Second

// errInactive: whatever it was, it is not a token that may be used now.
var errInactive = errors.New("token not active")

// signature verifies an access token's signature and expiry, nothing else.
func (o *OIDC) signature(ctx context.Context, token string, now time.Time) (accessClaims, error) {
	hash := sha256.Sum256([]byte(token))
	if before, ok := o.verified.find(hash); ok && o.Ring.Publishes(before.key, now) && o.current(before.claims, now) {
		return before.claims, nil
	}
	payload, header, err := o.verify(ctx, token, typeAccess, now, accessAlg)
	if errors.As(err, new(errStore)) {
		return accessClaims{}, err
	}
	if err != nil {
		return accessClaims{}, errInactive
	}
	var claims accessClaims
	if json.Unmarshal(payload, &claims) != nil || !o.current(claims, now) {
		return accessClaims{}, errInactive
	}
	o.verified.add(hash, verifiedToken{claims, header.KeyID})
	return claims, nil
}

// verify is the ring's Verify; where the key is unknown it may be one that another replica has just made.
func (o *OIDC) verify(ctx context.Context, token, typ string, now time.Time, algs ...keys.Alg) ([]byte, keys.Header, error) {
	payload, header, err := o.Ring.Verify(token, typ, now, algs...)
	if !errors.Is(err, keys.ErrUnknownKey) {
		return payload, header, err
	}
	if err := o.Ring.RefreshAfter(ctx, now, unknownKeyEvery); err != nil {
		return nil, keys.Header{}, errStore{err}
	}
	return o.Ring.Verify(token, typ, now, algs...)
}

// active is signature, and then the gate: one indexed read of the grant's standing, or of the client that acts for itself.
func (o *OIDC) active(ctx context.Context, token string, now time.Time) (accessClaims, provider.Standing, error) {
	claims, err := o.signature(ctx, token, now)
	if err != nil {
		return claims, provider.Standing{}, err
	}
	standing, err := o.standingOf(ctx, claims)
	if errors.Is(err, provider.ErrNotFound) {
		return claims, standing, errInactive
	}
	if err != nil {
		return claims, standing, errStore{err}
	}
	if err := provider.Gate(standing, o.SignIn.Clocks.Idle, now); err != nil {
		return claims, standing, errors.Join(errInactive, err)
	}
	return claims, standing, nil
}

func (o *OIDC) standingOf(ctx context.Context, claims accessClaims) (provider.Standing, error) {
	if claims.Grant != "" {
		return o.Store.Standing(ctx, claims.Grant, claims.ID)
	}
	client, err := o.Store.Client(ctx, claims.Client)
	if err != nil {
		return provider.Standing{}, err
	}
	revoked, err := o.Store.Used(ctx, provider.RevokedToken, claims.ID)
	return provider.Standing{Client: &client, Revoked: revoked}, err
}

// machineStanding is standingOf for a token of a client that acts for itself, where the client that asks, just read, may be
// the same. The errors are errInactive and errStore.
func (o *OIDC) machineStanding(ctx context.Context, claims accessClaims, caller provider.Client) (provider.Standing, error) {
	standing, err := provider.Standing{Client: &caller}, error(nil)
	if caller.ID == claims.Client {
		standing.Revoked, err = o.Store.Used(ctx, provider.RevokedToken, claims.ID)
	} else {
		standing, err = o.standingOf(ctx, claims)
	}
	switch {
	case errors.Is(err, provider.ErrNotFound):
		return standing, errInactive
	case err != nil:
		return standing, errStore{err}
	}
	return standing, nil
}

// looksLikeRefresh tells the two kinds of token apart.
func looksLikeRefresh(token string) bool { return strings.HasPrefix(token, refreshPrefix) }
