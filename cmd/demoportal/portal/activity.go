package portal

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"golang.org/x/oauth2"
)

// This file keeps an active person signed in, and no other. Only the app knows
// that somebody is there: it tells the provider (session_activity_endpoint, POST),
// and asks for the times (GET) without telling anything. Renewing a token says
// nothing about a person, and the provider does not count it.
//
// What counts here: opening a page of the app, and what the script of the page saw
// since it told last: a key, a press, a touch, a turn of the wheel.

// times are what the provider answers, in seconds: clocks of browsers are wrong.
type times struct {
	WarnIn int `json:"warn_in"`
	EndIn  int `json:"idle_ends_in"` // signed out then, if nothing is done
	EndsIn int `json:"ends_in"`      // signed out then, whatever is done
}

// Last: nothing that is done puts the end off.
func (t times) Last() bool { return t.EndIn >= t.EndsIn }

// errAway: the provider has signed the person out, or is about to.
var errAway = errors.New("the session at the provider is over")

const awayNotice = "You were away for a while, so we signed you out. Sign in to go on."

// reports says whether the app reports at all: the provider must want it.
func (a *app) reports(op *provider) bool { return a.Reports && op.Activity != "" }

// session asks the provider for the times (GET), or tells it that the person did
// something (POST). nil: this app does not report. The caller holds the lock.
func (a *app) session(ctx context.Context, s *session, method string) (*times, error) {
	op, err := a.discover(ctx)
	if err != nil || !a.reports(op) {
		return nil, err
	}
	err = a.renew(ctx, s, s.token)
	if revoked(err) {
		return nil, errAway
	}
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, op.Activity, nil)
	if err != nil {
		return nil, err
	}
	response, err := a.bearerClient(ctx, s.token).Do(request) //nolint:gosec // the address is of the provider's own discovery document
	if err != nil {
		return nil, providerAway(err)
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		left := new(times)
		return left, json.NewDecoder(io.LimitReader(response.Body, 1<<16)).Decode(left)
	case http.StatusUnauthorized:
		return nil, errAway
	default:
		return nil, providerAway(errors.New(response.Status))
	}
}

// activity answers the script of a page. 401 sends it to the app's page, where the
// person reads that they are signed out.
func (a *app) activity(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	s := a.browser(r)
	if s == nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.person == nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	left, err := a.session(r.Context(), s, r.Method)
	switch {
	case errors.Is(err, errAway):
		s.signOut()
		a.begin(w, r, &session{notice: awayNotice}, signingInFor)
		w.WriteHeader(http.StatusUnauthorized)
	case err != nil || left == nil:
		a.cfg.Log.InfoContext(r.Context(), "no word about the session", "app", a.Path, "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		err = json.NewEncoder(w).Encode(map[string]any{"warn_in": left.WarnIn, "end_in": left.EndIn, "last": left.Last()})
		if err != nil {
			a.cfg.Log.InfoContext(r.Context(), "times not sent", "error", err)
		}
	}
}

// revoked says whether the token endpoint refused for good.
func revoked(err error) bool {
	var refused *oauth2.RetrieveError
	return errors.As(err, &refused) && refused.ErrorCode == "invalid_grant"
}
