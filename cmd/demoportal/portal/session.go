package portal

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// session is what the app remembers about one browser. Handlers hold its lock
// from start to end, so two clicks at once cannot use one refresh token twice.
type session struct {
	mu       sync.Mutex
	attempts map[string]attempt // sign-ins under way, by state: one per tab
	farewell string             // state of the sign-out under way
	notice   string             // said once, on the next page
	answer   *apiAnswer         // shown once, on the next page

	person  *person // nil: not signed in
	token   *oauth2.Token
	idToken string // kept as the id_token_hint of the sign-out
}

const mostAttempts = 8

// browser finds the session of the request, or nil.
func (a *app) browser(r *http.Request) *session {
	cookie, err := r.Cookie(a.cookieName())
	if err != nil {
		return nil
	}
	s, _ := a.sessions.get(cookie.Value)
	return s
}

// begin starts a new session under a new name. The name changes at sign-in and
// at sign-out, so that one planted or seen earlier is worth nothing.
func (a *app) begin(w http.ResponseWriter, r *http.Request, s *session, life time.Duration) {
	old, err := r.Cookie(a.cookieName())
	if err == nil {
		a.sessions.take(old.Value)
	}
	http.SetCookie(w, &http.Cookie{
		Name:     a.cookieName(),
		Value:    a.sessions.put(s, life),
		Path:     "/" + a.Path + "/",
		HttpOnly: true,
		Secure:   strings.HasPrefix(a.cfg.Base, "https://"),
		SameSite: http.SameSiteLaxMode, // Strict would be missing on the way back from the provider
	})
}

func (a *app) cookieName() string { return "portal_" + a.Path }

// signOut forgets the person and the tokens; the caller holds the lock.
func (s *session) signOut() {
	s.person, s.token, s.idToken, s.answer = nil, nil, "", nil
}

// remember keeps an attempt, at the cost of the oldest when there are many.
func (s *session) remember(state string, at attempt) {
	if s.attempts == nil {
		s.attempts = map[string]attempt{}
	}
	if len(s.attempts) >= mostAttempts {
		var oldest string
		for other, candidate := range s.attempts {
			if oldest == "" || candidate.began.Before(s.attempts[oldest].began) {
				oldest = other
			}
		}
		delete(s.attempts, oldest)
	}
	s.attempts[state] = at
}

// recall returns the attempt the state belongs to, once.
func (s *session) recall(state string, now time.Time) (attempt, bool) {
	found, ok := s.attempts[state]
	delete(s.attempts, state)
	if now.Sub(found.began) > signingInFor {
		return attempt{}, false
	}
	return found, ok
}
