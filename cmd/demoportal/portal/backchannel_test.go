package portal_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// logoutClaims are those of a good logout token for the app Records.
func (s *stub) logoutClaims() map[string]any {
	now := time.Now().Unix()
	return map[string]any{
		"iss": s.URL, "sub": "subject-of-ana", "aud": "records-client", "iat": now, "exp": now + 120, "jti": "j1", "sid": "session-0123456789",
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
}

// tell posts a logout token as a provider would: without a browser.
func (h *house) tell(app, token string) (int, http.Header) {
	h.t.Helper()
	answer, err := http.PostForm(h.portal.URL+"/"+app+"/backchannel-logout", url.Values{"logout_token": {token}})
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, answer.Header
}

func TestBackChannelEndsTheSession(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantAll("who")
	h.get("/scheduling/login").wantAll("who")
	for range 2 { // told twice, it is over once
		status, header := h.tell("records", h.sign(jose.RS256, "logout+jwt", h.logoutClaims()))
		if status != 200 || header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%d %v", status, header)
		}
	}
	h.get("/records/").wantNo("who")
	h.get("/scheduling/").wantAll("who") // it was not told
}

func TestBackChannelRefusesWhatIsNoLogoutToken(t *testing.T) {
	h := newHouse(t)
	h.get("/records/login").wantAll("who")
	bent := func(name string, value any) map[string]any {
		claims := h.logoutClaims()
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
		return claims
	}
	good := h.sign(jose.RS256, "logout+jwt", h.logoutClaims())
	parts := strings.Split(good, ".")
	for what, token := range map[string]string{
		"nothing":          "",
		"no JWT":           "x.y.z",
		"another typ":      h.sign(jose.RS256, "JWT", h.logoutClaims()),
		"no event":         h.sign(jose.RS256, "logout+jwt", bent("events", nil)),
		"another event":    h.sign(jose.RS256, "logout+jwt", bent("events", map[string]any{"x": map[string]any{}})),
		"a nonce":          h.sign(jose.RS256, "logout+jwt", bent("nonce", "n")),
		"an empty nonce":   h.sign(jose.RS256, "logout+jwt", bent("nonce", "")),
		"no jti":           h.sign(jose.RS256, "logout+jwt", bent("jti", nil)),
		"another app's":    h.sign(jose.RS256, "logout+jwt", bent("aud", "scheduling-client")),
		"another issuer":   h.sign(jose.RS256, "logout+jwt", bent("iss", "https://evil.example")),
		"old":              h.sign(jose.RS256, "logout+jwt", bent("exp", time.Now().Add(-time.Minute).Unix())),
		"of the future":    h.sign(jose.RS256, "logout+jwt", bent("iat", time.Now().Add(time.Hour).Unix())),
		"alg none":         "eyJhbGciOiJub25lIiwidHlwIjoibG9nb3V0K2p3dCJ9." + parts[1] + ".",
		"signed by nobody": good[:len(good)-6] + "AAAAAA",
	} {
		if status, _ := h.tell("records", token); status != 400 {
			t.Errorf("%s: %d", what, status)
		}
	}
	for name, claims := range map[string]map[string]any{"of another session": bent("sid", "other"), "of somebody else": bent("sub", "ben")} {
		if status, _ := h.tell("records", h.sign(jose.RS256, "logout+jwt", claims)); status != 200 {
			t.Errorf("%s: %d", name, status)
		}
	}
	h.get("/records/").wantAll("who")
}

func TestBackChannelWhileTheProviderIsAway(t *testing.T) {
	h := newHouse(t)
	h.set(func() { h.down = true })
	if status, _ := h.tell("records", "x"); status != 503 {
		t.Errorf("%d: it will not be tried again", status)
	}
}
