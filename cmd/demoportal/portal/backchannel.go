package portal

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// logoutEvent is what makes a token a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4).
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// logoutClaims say whose session is over at the provider.
type logoutClaims struct {
	Subject string                     `json:"sub"`
	Session string                     `json:"sid"`
	Nonce   *string                    `json:"nonce"`
	ID      string                     `json:"jti"`
	Events  map[string]json.RawMessage `json:"events"`
}

// backchannel is told by the provider that somebody's session is over there: server to server, no browser and no cookie. It ends
// ours of the same sid. A session that is not here any more is no fault: told twice, it is over twice.
func (a *app) backchannel(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	op, err := a.discover(r.Context())
	if err != nil { // the provider tries again
		http.Error(w, "the keys of the provider cannot be read", http.StatusServiceUnavailable)
		return
	}
	said, err := a.verifyLogout(r.Context(), op, r.PostFormValue("logout_token"))
	if err != nil {
		a.cfg.Log.WarnContext(r.Context(), "a logout token is refused", "app", a.Path, "error", err)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_request"}`))
		return
	}
	a.endSessions(said)
}

// verifyLogout does the checks of section 2.6. The library does those that an ID token has too: signature, iss, aud and exp. The
// others keep the two kinds of token apart.
func (a *app) verifyLogout(ctx context.Context, op *provider, raw string) (logoutClaims, error) {
	var said logoutClaims
	token, err := op.Verifier(&oidc.Config{ClientID: a.ClientID, Now: a.cfg.Now}).Verify(a.withClient(ctx), raw)
	if err != nil {
		return said, err
	}
	err = token.Claims(&said)
	if err != nil {
		return said, err
	}
	_, isLogout := said.Events[logoutEvent]
	switch {
	case typeOf(raw) != "logout+jwt":
		return said, errors.New("its typ is not logout+jwt")
	case !isLogout:
		return said, errors.New("it tells of no logout")
	case said.Nonce != nil:
		return said, errors.New("it has a nonce: an ID token passed off as one")
	case said.Session == "" && said.Subject == "", said.ID == "", token.IssuedAt.After(a.cfg.Now().Add(clockSkew)):
		return said, errors.New("it says not whose session, has no jti, or is from the future")
	}
	return said, nil
}

// typeOf is the typ of a JWT that was verified.
func typeOf(raw string) string {
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256, jose.ES256, jose.PS256, jose.EdDSA})
	if err != nil {
		return ""
	}
	typ, _ := signed.Signatures[0].Protected.ExtraHeaders[jose.HeaderType].(string)
	return typ
}

// endSessions signs out who has the session of the token, or every session of its subject where it names none.
func (a *app) endSessions(said logoutClaims) {
	for _, s := range a.sessions.all() {
		s.mu.Lock()
		who := s.person
		if who != nil && (said.Subject == "" || who.subject == said.Subject) && (said.Session == "" || who.SessionID == said.Session) {
			s.signOut()
			s.notice = "You are signed out of " + a.Name + ", because your sign-in ended."
		}
		s.mu.Unlock()
	}
}
