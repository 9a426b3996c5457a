package portal

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// attempt is one sign-in under way. Its three secrets tie the answer to this
// browser (state), the ID token to this request (nonce) and the code to this app
// (verifier, RFC 7636).
type attempt struct {
	nonce    string
	verifier string
	prompt   string
	act      bool   // the person pressed the act's button; do it when they are back
	acr      string // acr_values that the API asked for; "" the app's own
	maxAge   string // max_age that it asked for, in seconds; "" none
	began    time.Time
	request  url.Values // what was asked, for the page that explains it
}

// login sends the browser to the provider. A plain link may start it: it changes
// nothing until the provider answers.
func (a *app) login(w http.ResponseWriter, r *http.Request) error {
	op, err := a.discover(r.Context())
	if err != nil {
		return err
	}
	s := a.browser(r)
	if s == nil {
		s = &session{}
		a.begin(w, r, s, signingInFor)
	}
	s.mu.Lock()
	defer s.mu.Unlock()

	at := attempt{prompt: askedPrompt(r), acr: a.ACR}
	if r.URL.Query().Has("stronger") && a.StepUp != "" {
		at.acr = a.StepUp
	}
	return a.ask(w, r, op, s, at)
}

// ask sends the browser off; the caller holds the session's lock.
func (a *app) ask(w http.ResponseWriter, r *http.Request, op *provider, s *session, at attempt) error {
	at.nonce, at.verifier, at.began = rand.Text(), oauth2.GenerateVerifier(), a.cfg.Now()
	state := rand.Text()
	where := a.oauth(op).AuthCodeURL(state, a.options(at)...)
	asked, err := url.Parse(where)
	if err != nil {
		return err
	}
	at.request = asked.Query()
	s.remember(state, at)
	http.Redirect(w, r, where, http.StatusSeeOther)
	return nil
}

// options are the parameters beyond the plain ones of RFC 6749.
func (a *app) options(at attempt) []oauth2.AuthCodeOption {
	options := []oauth2.AuthCodeOption{oidc.Nonce(at.nonce), oauth2.S256ChallengeOption(at.verifier)}
	add := func(name, value string) {
		if value != "" {
			options = append(options, oauth2.SetAuthURLParam(name, value))
		}
	}
	add("prompt", at.prompt)
	add("response_mode", a.ResponseMode)
	add("acr_values", at.acr)
	add("max_age", at.maxAge)
	return options
}

// askedPrompt lets a link choose between three kinds of sign-in and no others:
// as the provider sees fit, "login" (again), "none" (silently).
func askedPrompt(r *http.Request) string {
	prompt := r.URL.Query().Get("prompt")
	if !slices.Contains([]string{"login", "none"}, prompt) {
		return ""
	}
	return prompt
}
