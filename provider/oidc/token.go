package oidc

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ory/fosite"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/web"
)

// token is the token endpoint (RFC 6749, 3.2): authorization_code, refresh_token, client_credentials.
func (o *OIDC) token(r *web.Request) (web.Response, error) {
	response, err := o.grantTokens(r)
	if err != nil {
		return o.answerError(r, err)
	}
	return response, nil
}

func (o *OIDC) grantTokens(r *web.Request) (web.Response, error) {
	form, err := parameters(r)
	if err != nil {
		return web.Response{}, err
	}
	var of family
	if parsed, ok := o.parseRefresh(form.Get("refresh_token")); ok && form.Get("grant_type") == provider.GrantRefresh {
		of.grant = parsed.grant
	}
	client, standing, err := o.authenticateWith(r, form, of)
	if err != nil {
		return web.Response{}, err
	}
	if err := known(form.Get("grant_type"), client); err != nil {
		return web.Response{}, err
	}
	r.Note("grant_type", form.Get("grant_type"))
	ctx, w := withClient(r.Context(), r, client)
	w.foreseen = standing
	answer, err := o.runPipeline(ctx, w, form)
	if err != nil {
		if asOAuth(err).code == "invalid_grant" {
			err = errors.Join(err, o.punish(ctx, w))
		}
		return web.Response{}, err
	}
	if err := o.commit(ctx, w); err != nil {
		return web.Response{}, err
	}
	return tokenResponse(answer), nil
}

// known refuses grant types that this server does not have, and those that the client may not use.
func known(grant string, c provider.Client) error {
	switch grant {
	case provider.GrantCode, provider.GrantRefresh, provider.GrantMachine:
		if !c.May(grant) || grant == provider.GrantMachine && c.Public() {
			return fail("unauthorized_client", grant)
		}
		return nil
	case "":
		return fail("invalid_request", "no grant_type")
	default:
		return fail("unsupported_grant_type", "grant_type")
	}
}

// runPipeline lets fosite's handlers and ours work on the request. Nothing is written yet.
func (o *OIDC) runPipeline(ctx context.Context, w *work, form url.Values) (fosite.AccessResponder, error) {
	form.Del("audience") // fosite knows it, we do not
	request, err := o.fosite.NewAccessRequest(ctx, &http.Request{Method: http.MethodPost, Form: form, PostForm: form}, &session{})
	if err != nil {
		return nil, err
	}
	if w.standing.Grant == nil {
		grantMachine(request, w.client)
	}
	standing := w.standing
	standing.Client = &w.client
	if err := provider.Gate(standing, o.SignIn.Clocks.Idle, w.now); err != nil {
		return nil, err
	}
	return o.fosite.NewAccessResponse(ctx, request)
}

// identityScopes tell of a person; a client that acts for itself gets none of them.
var identityScopes = []string{provider.ScopeOpenID, provider.ScopeOffline, "profile", "email", "phone", "address"}

// grantMachine grants what a client asked for itself, or all that it may ask for if it named nothing (RFC 6749, 3.3).
func grantMachine(request fosite.AccessRequester, c provider.Client) {
	wanted := []string(request.GetRequestedScopes())
	if len(wanted) == 0 {
		wanted = c.Scopes
	}
	for _, scope := range wanted {
		if !slices.Contains(identityScopes, scope) {
			request.GrantScope(scope)
		}
	}
}

// commit writes what was noted, with one conditional statement. Whoever loses gets invalid_grant.
func (o *OIDC) commit(ctx context.Context, w *work) error {
	g := w.standing.Grant
	switch {
	case w.redeem:
		err := o.Store.RedeemCode(ctx, g.ID, w.now, audit.GrantBegan(w.now, *g))
		if errors.Is(err, provider.ErrUsed) {
			w.replayed = true
			return errors.Join(fail("invalid_grant", "code redeemed meanwhile"), o.punish(ctx, w))
		}
		if errors.Is(err, provider.ErrStale) { // nobody showed it twice
			return fail("invalid_grant", "session ended meanwhile")
		}
		return stored(err)
	case w.advance:
		return o.advance(ctx, w)
	}
	return nil
}

// advance moves the generation on. Losing to a parallel refresh of the same token is no crime: the winner's successor
// is this one's too.
func (o *OIDC) advance(ctx context.Context, w *work) error {
	g := w.standing.Grant
	err := o.Store.AdvanceGrant(ctx, g.ID, g.Generation, w.now)
	if !errors.Is(err, provider.ErrStale) {
		return stored(err)
	}
	standing, err := o.Store.Standing(ctx, g.ID, "")
	if errors.Is(err, provider.ErrNotFound) {
		return fail("invalid_grant", "grant gone meanwhile")
	}
	if err != nil {
		return errStore{err}
	}
	standing.Client = &w.client
	if err := provider.Gate(standing, o.SignIn.Clocks.Idle, w.now); err != nil {
		return err
	}
	if standing.Grant.Generation != g.Generation+1 {
		return fail("invalid_grant", "refreshed twice meanwhile")
	}
	return nil
}

// punish ends the family of a code or refresh token that came back, and burns a code that was shown with the wrong
// verifier, redirect URI or client.
func (o *OIDC) punish(ctx context.Context, w *work) error {
	g := w.standing.Grant
	if g == nil {
		return nil
	}
	why := ""
	switch {
	case w.replayed:
		why = "code replayed"
	case w.reused:
		why = "refresh token reused"
	case g.CodeUsedAt.IsZero():
		why = "code shown wrongly"
	default:
		return nil
	}
	_, err := o.Store.RevokeGrant(ctx, g.ID, why, w.now, audit.GrantRevoked(w.now, *g, why))
	return stored(err)
}

func stored(err error) error {
	if err == nil {
		return nil
	}
	return errStore{err}
}

// tokenAnswer is the body of a token response (RFC 6749, 5.1).
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"`
	Scope        string `json:"scope"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
}

func tokenResponse(from fosite.AccessResponder) web.Response {
	refresh, _ := from.GetExtra("refresh_token").(string)
	id, _ := from.GetExtra("id_token").(string)
	scope, _ := from.GetExtra("scope").(string)
	response := web.JSON(tokenAnswer{
		AccessToken: from.GetAccessToken(), TokenType: "Bearer", ExpiresIn: int64(accessLasts.Seconds()),
		Scope: strings.TrimSpace(scope), RefreshToken: refresh, IDToken: id,
	})
	response.Header = http.Header{"Pragma": {"no-cache"}}
	return response
}
