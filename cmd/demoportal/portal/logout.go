package portal

import (
	"crypto/rand"
	"net/http"
	"net/url"
)

// logout ends our session, then asks the provider to end its own (OpenID Connect
// RP-Initiated Logout 1.0, 2). Ours first: should the browser never arrive there,
// the person is signed out here all the same. A second press finds no session and
// still goes to the provider, who asks before it ends anything without a hint.
func (a *app) logout(w http.ResponseWriter, r *http.Request) error {
	var hint string
	if s := a.browser(r); s != nil {
		s.mu.Lock()
		hint = s.idToken
		s.signOut()
		s.mu.Unlock()
	}
	next := &session{farewell: rand.Text()}
	op, err := a.discover(r.Context())
	if err != nil || op.EndSession == "" {
		next.notice = "You are signed out of " + a.Name + ". You may still be signed in at the sign-in service."
		a.begin(w, r, next, signingInFor)
		return a.goHome(w, r)
	}
	where, err := a.farewellURL(op, hint, next.farewell)
	if err != nil {
		return err
	}
	a.begin(w, r, next, signingInFor)
	http.Redirect(w, r, where, http.StatusSeeOther)
	return nil
}

func (a *app) farewellURL(op *provider, hint, state string) (string, error) {
	where, err := url.Parse(op.EndSession)
	if err != nil {
		return "", err
	}
	query := where.Query()
	query.Set("client_id", a.ClientID)
	query.Set("post_logout_redirect_uri", a.PostLogoutURI(a.cfg.Base))
	query.Set("state", state)
	if hint != "" {
		query.Set("id_token_hint", hint)
	}
	where.RawQuery = query.Encode()
	return where.String(), nil
}

// landed says goodbye once, when the provider sends the browser back with the
// state of our own request. The caller holds the lock.
func (a *app) landed(s *session, r *http.Request) {
	if s.farewell == "" || r.URL.Query().Get("state") != s.farewell {
		return
	}
	s.farewell = ""
	s.notice = "You are signed out of " + a.Name + "."
}
