package portal_test

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// stub is the far side of the wire: an OpenID provider at which everybody is
// Ana and always says yes. A test bends one answer at a time.
type stub struct {
	*httptest.Server
	t     *testing.T
	rsa   *rsa.PrivateKey
	ecdsa *ecdsa.PrivateKey

	mu        sync.Mutex
	requests  map[string]url.Values // authorization requests, by code
	asked     url.Values            // the last one
	farewell  url.Values            // the last end-session request
	refreshes int
	basic     bool // the last token request used HTTP Basic

	bendAnswer func(url.Values)     // the authorization response
	bendID     func(map[string]any) // the ID token
	bendAccess func(map[string]any) // the access token
	bendInfo   func(map[string]any) // userinfo
	life       int                  // of the access token in seconds; 0 is 300
	ended      bool                 // refresh says invalid_grant
	down       bool                 // everything says 500
	activity   []string             // methods of requests to the session activity endpoint
	away       bool                 // it says 401
}

func newStub(t *testing.T) *stub {
	t.Helper()
	signRSA, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	signEC, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &stub{t: t, rsa: signRSA, ecdsa: signEC, requests: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", s.discovery)
	mux.HandleFunc("GET /jwks", s.jwks)
	mux.HandleFunc("GET /authorize", s.authorize)
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("GET /userinfo", s.userinfo)
	mux.HandleFunc("GET /end", s.end)
	mux.HandleFunc("/activity", s.times)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.down {
			http.Error(w, "down", http.StatusInternalServerError)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// set changes the stub's behaviour between requests.
func (s *stub) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *stub) discovery(w http.ResponseWriter, _ *http.Request) {
	s.json(w, map[string]any{
		"issuer": s.URL, "authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token",
		"userinfo_endpoint": s.URL + "/userinfo", "jwks_uri": s.URL + "/jwks", "end_session_endpoint": s.URL + "/end",
		"session_activity_endpoint":             s.URL + "/activity",
		"id_token_signing_alg_values_supported": []string{"RS256"}, "authorization_response_iss_parameter_supported": true,
	})
}

func (s *stub) jwks(w http.ResponseWriter, _ *http.Request) {
	s.json(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: s.rsa.Public(), KeyID: "id", Algorithm: "RS256", Use: "sig"},
		{Key: s.ecdsa.Public(), KeyID: "at", Algorithm: "ES256", Use: "sig"},
	}})
}

func (s *stub) authorize(w http.ResponseWriter, r *http.Request) {
	s.asked = r.URL.Query()
	code := rand.Text()
	s.requests[code] = s.asked
	answer := url.Values{"code": {code}, "state": {s.asked.Get("state")}, "iss": {s.URL}}
	if s.bendAnswer != nil {
		s.bendAnswer(answer)
	}
	http.Redirect(w, r, s.asked.Get("redirect_uri")+"?"+answer.Encode(), http.StatusSeeOther)
}

func (s *stub) token(w http.ResponseWriter, r *http.Request) {
	_, _, s.basic = r.BasicAuth()
	if r.PostFormValue("grant_type") == "refresh_token" {
		s.refreshes++
		if s.ended {
			s.oauthError(w, "invalid_grant")
			return
		}
		s.issue(w, s.asked, false)
		return
	}
	request, ok := s.requests[r.PostFormValue("code")]
	delete(s.requests, r.PostFormValue("code"))
	if !ok || challengeOf(r.PostFormValue("code_verifier")) != request.Get("code_challenge") {
		s.oauthError(w, "invalid_grant")
		return
	}
	s.issue(w, request, true)
}

func (s *stub) issue(w http.ResponseWriter, request url.Values, withNonce bool) {
	access := s.accessToken(request.Get("client_id"), s.bendAccess)
	hash := sha256.Sum256([]byte(access))
	claims := map[string]any{"at_hash": base64.RawURLEncoding.EncodeToString(hash[:16])}
	if withNonce {
		claims["nonce"] = request.Get("nonce")
	}
	maps.Copy(claims, s.idClaims(request.Get("client_id")))
	if s.bendID != nil {
		s.bendID(claims)
	}
	s.json(w, map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": cmp.Or(s.life, 300), "refresh_token": rand.Text(),
		"id_token": s.sign(jose.RS256, "JWT", claims), "scope": request.Get("scope"),
	})
}

func (s *stub) idClaims(client string) map[string]any {
	now := time.Now().Unix()
	return map[string]any{
		"iss": s.URL, "sub": "subject-of-ana", "aud": client, "iat": now, "exp": now + 300,
		"auth_time": now, "acr": "https://stub.example/acr/two-step", "sid": "session-0123456789",
	}
}

// accessToken is a good one, or bent.
func (s *stub) accessToken(client string, bend func(map[string]any)) string {
	now := time.Now().Unix()
	claims := map[string]any{
		"iss": s.URL, "sub": "subject-of-ana", "aud": []string{client}, "client_id": client, "iat": now, "exp": now + 300,
		"jti": rand.Text(), "scope": "openid profile email",
	}
	if bend != nil {
		bend(claims)
	}
	return s.sign(jose.ES256, "at+jwt", claims)
}

func (s *stub) userinfo(w http.ResponseWriter, _ *http.Request) {
	claims := map[string]any{"sub": "subject-of-ana", "name": "Ana Sample", "preferred_username": "ana", "email": "ana@mail.example"}
	if s.bendInfo != nil {
		s.bendInfo(claims)
	}
	s.json(w, claims)
}

func (s *stub) times(w http.ResponseWriter, r *http.Request) {
	s.activity = append(s.activity, r.Method)
	if s.away || !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer eyJ") {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.json(w, map[string]any{"warn_in": 780, "idle_ends_in": 900, "ends_in": 43000})
}

func (s *stub) end(w http.ResponseWriter, r *http.Request) {
	s.farewell = r.URL.Query()
	back := s.farewell.Get("post_logout_redirect_uri") + "?state=" + url.QueryEscape(s.farewell.Get("state"))
	http.Redirect(w, r, back, http.StatusSeeOther)
}

func (s *stub) sign(alg jose.SignatureAlgorithm, typ string, claims map[string]any) string {
	var key crypto.Signer = s.rsa
	kid := "id"
	if alg == jose.ES256 {
		key, kid = s.ecdsa, "at"
	}
	options := (&jose.SignerOptions{}).WithType(jose.ContentType(typ)).WithHeader("kid", kid)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		s.t.Error(err)
		return ""
	}
	raw, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		s.t.Error(err)
	}
	return raw
}

func (s *stub) oauthError(w http.ResponseWriter, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	s.json(w, map[string]any{"error": code})
}

func (s *stub) json(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	err := json.NewEncoder(w).Encode(v)
	if err != nil {
		s.t.Error(err)
	}
}

func challengeOf(verifier string) string {
	hash := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(hash[:])
}
