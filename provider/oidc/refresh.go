package oidc

import (
	"context"
	"slices"

	"github.com/ory/fosite"

	"gatehouse/provider"
)

// refreshHandler is the refresh_token grant (RFC 6749, 6; RFC 9700, 4.14.2): scope narrowing, a grace for lost answers,
// and the end of the family when a token comes back that should be gone.
type refreshHandler struct{ o *OIDC }

// CanSkipClientAuth says no.
func (*refreshHandler) CanSkipClientAuth(context.Context, fosite.AccessRequester) bool { return false }

// CanHandleTokenEndpointRequest takes grant_type=refresh_token.
func (*refreshHandler) CanHandleTokenEndpointRequest(_ context.Context, r fosite.AccessRequester) bool {
	return r.GetGrantTypes().ExactOne(provider.GrantRefresh)
}

// HandleTokenEndpointRequest judges the token and notes what is to be written.
func (h *refreshHandler) HandleTokenEndpointRequest(ctx context.Context, r fosite.AccessRequester) error {
	w := workOf(ctx)
	token, ok := h.o.parseRefresh(r.GetRequestForm().Get("refresh_token"))
	if !ok {
		return fosite.ErrInvalidGrant
	}
	if w.foreseen == nil || w.foreseen.Grant.ID != token.grant || w.foreseen.Grant.Client != w.client.ID {
		return fosite.ErrInvalidGrant
	}
	standing := *w.foreseen
	standing.Client = &w.client
	w.standing, w.found = standing, true
	if err := provider.Gate(standing, h.o.SignIn.Clocks.Idle, w.now); err != nil {
		return err
	}
	switch standing.Grant.Refresh(token.generation, w.client, w.now) {
	case provider.RefreshAdvance:
		w.advance = true
	case provider.RefreshAhead:
		return fosite.ErrInvalidGrant
	case provider.RefreshReuse:
		w.reused = true
		return fosite.ErrInvalidGrant
	}
	return narrow(r, *standing.Grant)
}

// narrow grants the scopes asked for, if they are among the grant's; none asked for means all of them. The grant keeps
// its scopes, and so does the next refresh token (RFC 6749, 6).
func narrow(r fosite.AccessRequester, g provider.Grant) error {
	wanted := []string(r.GetRequestedScopes())
	if len(wanted) == 0 {
		wanted = g.Scopes
	}
	for _, scope := range wanted {
		if !slices.Contains(g.Scopes, scope) {
			return fosite.ErrInvalidScope
		}
		r.GrantScope(scope)
	}
	r.SetSession(&session{grant: g, scopes: wanted})
	return nil
}

// PopulateTokenEndpointResponse makes the new tokens.
func (h *refreshHandler) PopulateTokenEndpointResponse(ctx context.Context, r fosite.AccessRequester, to fosite.AccessResponder) error {
	if !h.CanHandleTokenEndpointRequest(ctx, r) {
		return fosite.ErrUnknownRequest
	}
	tokens := strategy(*h)
	access, _, err := tokens.GenerateAccessToken(ctx, r)
	if err != nil {
		return err
	}
	refresh, _, err := tokens.GenerateRefreshToken(ctx, r)
	if err != nil {
		return err
	}
	to.SetAccessToken(access)
	to.SetTokenType("bearer")
	to.SetExpiresIn(accessLasts)
	to.SetScopes(r.GetGrantedScopes())
	to.SetExtra("refresh_token", refresh)
	return nil
}
