package portal

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"golang.org/x/oauth2"
)

// This file is step-up authentication (RFC 9470): the app tries what the person
// wants, the API says how sure it must be that it is them, and the app asks the
// provider for just that. Only what is missing is asked of the person.

const notSureEnough = "insufficient_user_authentication"

// serveAct is the API's side. Nothing is really booked or downloaded.
func (a *app) serveAct(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	if a.Act == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	said, denied := a.authorize(r)
	if denied == nil {
		denied = a.Act.wants(said, a.cfg.Now())
	}
	if denied != nil {
		a.cfg.Log.InfoContext(r.Context(), "api refused", "app", a.Path, "error", denied)
		denied.write(w, a.Path)
		return
	}
	err := json.NewEncoder(w).Encode(map[string]any{"done": a.Act.Done})
	if err != nil {
		a.cfg.Log.InfoContext(r.Context(), "api answer not sent", "error", err)
	}
}

// wants is nil where the sign-in that a token tells of is sure and young enough.
func (act Act) wants(said granted, now time.Time) *denial {
	young := act.MaxAge == 0 || now.Sub(time.Unix(said.AuthTime, 0)) <= act.MaxAge
	if young && slices.Contains(act.ACR, said.ACR) {
		return nil
	}
	denied := &denial{
		status: http.StatusUnauthorized, code: notSureEnough, acr: act.ACR[0], err: errors.New("acr is " + strconv.Quote(said.ACR)),
	}
	if act.MaxAge > 0 {
		denied.maxAge = strconv.Itoa(int(act.MaxAge.Seconds()))
	}
	return denied
}

// act is the app's side: it tries, and asks the provider where the API says so.
func (a *app) act(w http.ResponseWriter, r *http.Request) error {
	s := a.browser(r)
	if s == nil || a.Act == nil {
		return a.goHome(w, r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.person == nil {
		return a.goHome(w, r)
	}
	err := a.renew(r.Context(), s, s.token)
	if err != nil {
		return a.endIfRevoked(w, r, s, err)
	}
	answer, err := a.perform(r.Context(), s.token)
	if err != nil {
		return apiAway(err)
	}
	wanted := challengeOf(answer.Challenge)
	if wanted["error"] != notSureEnough {
		s.answer = answer
		return a.goHome(w, r)
	}
	op, err := a.discover(r.Context())
	if err != nil {
		return err
	}
	return a.ask(w, r, op, s, attempt{act: true, acr: wanted["acr_values"], maxAge: wanted["max_age"]})
}

// perform asks the API to do it.
func (a *app) perform(ctx context.Context, token *oauth2.Token) (*apiAnswer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.home(a.cfg.Base)+"api/act", nil)
	if err != nil {
		return nil, err
	}
	response, err := a.bearerClient(ctx, token).Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer := &apiAnswer{Status: response.StatusCode, Challenge: response.Header.Get("WWW-Authenticate")}
	if response.StatusCode != http.StatusOK {
		return answer, nil
	}
	err = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(answer)
	return answer, err
}

// challengeOf reads the members of a Bearer challenge (RFC 6750, 3).
func challengeOf(header string) map[string]string {
	members := map[string]string{}
	for _, found := range challengeMember.FindAllStringSubmatch(header, -1) {
		members[found[1]] = found[2]
	}
	return members
}

var challengeMember = regexp.MustCompile(`([a-z_]+)="([^"\\]*)"`)
