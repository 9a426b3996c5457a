package portal

import (
	"fmt"
	"net/http"
	"net/url"
)

// callback takes the provider's answer. Order matters: first whether the answer
// is to a question of this browser (state), then who speaks (iss), and only then
// what is said.
func (a *app) callback(w http.ResponseWriter, r *http.Request) error {
	answer := r.URL.Query()
	if handle := answer.Get("posted"); handle != "" {
		answer, _ = a.posted.take(handle)
	}
	s := a.browser(r)
	if s == nil {
		return notOurs()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.recall(answer.Get("state"), a.cfg.Now())
	if !ok {
		return notOurs()
	}
	op, err := a.discover(r.Context())
	if err != nil {
		return err
	}
	err = a.checkSpeaker(op, answer)
	if err != nil {
		return err
	}
	if answer.Get("error") != "" {
		return a.refused(s, answer)
	}
	next, err := a.redeem(r.Context(), op, at, answer.Get("code"))
	if err != nil {
		return err
	}
	next.attempts = s.attempts // other tabs may still be on their way
	s.attempts = nil
	s.signOut()
	a.begin(w, r, next, signedInFor)
	if at.act {
		next.answer, err = a.perform(r.Context(), next.token)
		if err != nil {
			return apiAway(err)
		}
	}
	return a.goHome(w, r)
}

// callbackByForm takes an answer in response_mode form_post. A cross-site POST
// brings no SameSite cookie, so it is put aside and the browser sent back here
// with a GET, which does. The code never shows in an address.
func (a *app) callbackByForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	err := r.ParseForm()
	if err != nil {
		return notOurs()
	}
	handle := a.posted.put(r.PostForm, postedFor)
	http.Redirect(w, r, "/"+a.Path+"/callback?posted="+handle, http.StatusSeeOther)
	return nil
}

// checkSpeaker is RFC 9207: the answer must name our provider, so that no other
// provider's code can be slipped in. It may be missing only where the provider
// does not promise it.
func (a *app) checkSpeaker(op *provider, answer url.Values) error {
	if !answer.Has("iss") && !op.SendsIss {
		return nil
	}
	if got := answer.Get("iss"); got != a.cfg.Issuer {
		return unverified(fmt.Errorf("iss parameter is %q, want %q", got, a.cfg.Issuer))
	}
	return nil
}

// refused turns the provider's error into our page. A silent check that finds
// nobody signed in ends our session too: the provider's word counts.
func (a *app) refused(s *session, answer url.Values) error {
	if answer.Get("error") == "login_required" {
		s.signOut()
	}
	return providerSaid(answer.Get("error"), answer.Get("error_description"), a.Name)
}
