package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"gatehouse/keys"
	"gatehouse/provider"
)

// TestDiscovery_4_Exact: the same bytes always, the issuer to the byte, and every address on it.
func TestDiscovery_4_Exact(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.Send("GET", "/.well-known/openid-configuration", nil, "").Is(200, "")
	for path, header := range map[string]map[string]string{
		"/.well-known/openid-configuration":       {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Accept": "text/html"},
		"/.well-known/oauth-authorization-server": {"Accept-Language": "es", "X-Forwarded-Proto": "http"},
	} {
		h.Passes(time.Hour)
		if got := h.Send("GET", path, header, ""); got.Raw != first.Raw || got.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %v", path, got.Status, got.Header)
		}
	}
	if cache := first.Header.Get("Cache-Control"); !strings.Contains(cache, "public") || !strings.Contains(cache, "max-age=") {
		t.Errorf("Cache-Control %q", cache)
	}
	if first.Str("issuer") != h.URL {
		t.Errorf("issuer %q, want %q", first.Str("issuer"), h.URL)
	}
	for name, value := range first.JSON {
		if address, ok := value.(string); ok && name != "issuer" && !strings.HasPrefix(address, h.URL+"/") {
			t.Errorf("%s = %q", name, address)
		}
		if list, ok := value.([]any); ok && len(list) == 0 {
			t.Errorf("%s is an empty list (RFC 8414, 3.2)", name)
		}
	}
	for _, path := range []string{"/.well-known/x", "/.well-known/openid-configuration/", "/.well-known/openid-configuration/x", "/.well-known/", "/.well-known/jwks.json"} {
		h.Send("GET", path, nil, "").Is(404, "")
	}
}

// listed are the values of a list in the discovery document.
func listed(a *answer, name string) []string {
	var values []string
	list, _ := a.JSON[name].([]any)
	for _, v := range list {
		values = append(values, v.(string))
	}
	return values
}

// TestDiscovery_3_EveryMemberWorks: what is advertised is tried, and nothing is advertised that this test does not know.
func TestDiscovery_3_EveryMemberWorks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	doc := h.Send("GET", "/.well-known/openid-configuration", nil, "")
	a := h.App("records")
	b := h.Browser()
	tokens := a.Tokens(b)
	tried := map[string]func(){
		"issuer":                                func() {},
		"authorization_endpoint":                func() { h.Browser().Get(doc.Str("authorization_endpoint")).Shows(t, 400) },
		"token_endpoint":                        func() { h.Send("POST", "/token", nil, "").Is(400, "invalid_request") },
		"userinfo_endpoint":                     func() { h.Userinfo(tokens.Str("access_token")).Is(200, "") },
		"jwks_uri":                              func() { h.Send("GET", "/jwks", nil, "").Is(200, "") },
		"introspection_endpoint":                func() { a.Introspect("x").Is(200, "") },
		"revocation_endpoint":                   func() { a.Post("/revoke", "token", "x").Is(200, "") },
		"end_session_endpoint":                  func() { h.Browser().Get("/logout").Shows(t, 200, "signed out") },
		"pushed_authorization_request_endpoint": func() { a.Back(b.Get(a.Pushed())) }, // par_test.go has the rest
		"require_pushed_authorization_requests": func() { a.Back(b.Get(a.Ask())) },
		"scopes_supported": func() {
			for _, scope := range listed(doc, "scopes_supported") {
				if got := a.Tokens(b, "scope", scope); got.Str("scope") != scope {
					t.Errorf("scope %s gave %q", scope, got.Str("scope"))
				}
			}
		},
		"response_types_supported": func() {
			if got := listed(doc, "response_types_supported"); !slices.Equal(got, []string{"code"}) {
				t.Errorf("response types %v", got)
			}
		},
		"response_modes_supported": func() {
			for _, mode := range listed(doc, "response_modes_supported") {
				p := b.Get(a.Ask("response_mode", mode))
				if inQuery := p.To != nil && p.To.Query().Has("code"); inQuery != (mode == "query") {
					t.Errorf("mode %s leads to %v", mode, p.To)
				}
			}
		},
		"grant_types_supported": func() {
			for _, grant := range listed(doc, "grant_types_supported") {
				if got := a.Post("/token", "grant_type", grant); got.Str("error") == "unsupported_grant_type" {
					t.Errorf("%s is not supported", grant)
				}
			}
		},
		"acr_values_supported": func() {
			for _, acr := range listed(doc, "acr_values_supported") {
				got := a.Back(b.Get(a.Ask("prompt", "none", "acr_values", acr)))
				if met := got.Has("code"); met != strings.HasSuffix(acr, "aal1") {
					t.Errorf("acr %s: %v", acr, got)
				}
			}
		},
		"subject_types_supported": func() {
			_, mine := a.Verified(tokens.Str("id_token"))
			other := h.App("other")
			if _, theirs := other.Verified(other.Tokens(b).Str("id_token")); theirs["sub"] != mine["sub"] {
				t.Error("a public subject differs from client to client")
			}
			pairwise := h.App("pairwise", inSector("a.example"))
			if _, theirs := pairwise.Verified(pairwise.Tokens(b).Str("id_token")); theirs["sub"] == mine["sub"] || len(listed(doc, "subject_types_supported")) != 2 {
				t.Error("a pairwise subject is the public one")
			}
		},
		"id_token_signing_alg_values_supported": func() {
			for _, alg := range listed(doc, "id_token_signing_alg_values_supported") {
				c := h.App("alg"+alg, func(c *provider.Client) { c.IDTokenAlg = alg })
				c.Verified(c.Tokens(b).Str("id_token"))
			}
			if !slices.Contains(listed(doc, "id_token_signing_alg_values_supported"), "RS256") {
				t.Error("no RS256 (OIDC Core 15.1)")
			}
		},
		"token_endpoint_auth_methods_supported": func() {
			for _, method := range listed(doc, "token_endpoint_auth_methods_supported") {
				c := h.App("auth-"+method, func(c *provider.Client) { c.AuthMethod = method })
				c.Tokens(b)
			}
		},
		"introspection_endpoint_auth_methods_supported": func() {
			for _, method := range listed(doc, "introspection_endpoint_auth_methods_supported") {
				h.App("ask-"+method, func(c *provider.Client) { c.AuthMethod = method }).Introspect("x").Is(200, "")
			}
		},
		"revocation_endpoint_auth_methods_supported": func() {
			for _, method := range listed(doc, "revocation_endpoint_auth_methods_supported") {
				h.App("revoke-"+method, func(c *provider.Client) { c.AuthMethod = method }).Post("/revoke", "token", "x").Is(200, "")
			}
		},
		"token_endpoint_auth_signing_alg_values_supported":         func() { assertedAlgs(h, doc, "token", "/token") },
		"introspection_endpoint_auth_signing_alg_values_supported": func() { assertedAlgs(h, doc, "introspection", "/introspect") },
		"revocation_endpoint_auth_signing_alg_values_supported":    func() { assertedAlgs(h, doc, "revocation", "/revoke") },
		"claims_supported": func() { claimsAreGiven(t, h, listed(doc, "claims_supported")) },
		"claim_types_supported": func() {
			if got := listed(doc, "claim_types_supported"); !slices.Equal(got, []string{"normal"}) {
				t.Errorf("claim types %v", got)
			}
		},
		"code_challenge_methods_supported": func() {
			if got := listed(doc, "code_challenge_methods_supported"); !slices.Equal(got, []string{"S256"}) {
				t.Errorf("challenges %v", got)
			}
		},
		"prompt_values_supported": func() {
			for _, prompt := range listed(doc, "prompt_values_supported") {
				if p := b.Get(a.Ask("prompt", prompt)); p.To != nil && p.To.Query().Has("error") {
					t.Errorf("prompt %s: %v", prompt, p.To)
				}
			}
		},
		"ui_locales_supported": func() {
			for _, tag := range listed(doc, "ui_locales_supported") {
				if p := h.Browser().Get(a.Ask("ui_locales", tag)); p.Header.Get("Content-Language") != tag {
					t.Errorf("%s gives %s", tag, p.Header.Get("Content-Language"))
				}
			}
		},
		"session_activity_endpoint": func() {
			app := h.App("reporter", func(c *provider.Client) { c.ReportsActivity = true })
			access := map[string]string{"Authorization": "Bearer " + app.Tokens(b).Str("access_token")}
			if got := h.Send("GET", "/session/activity", access, ""); got.Status != 200 || doc.Str("session_activity_endpoint") != h.URL+"/session/activity" {
				t.Errorf("%s: %d %s", doc.Str("session_activity_endpoint"), got.Status, got.Raw)
			}
		},
		"backchannel_logout_supported":                   func() {}, // TestBackChannel_RPInitiatedLogout
		"backchannel_logout_session_supported":           func() {},
		"userinfo_signing_alg_values_supported":          func() {}, // TestCore_5_3_2_SignedUserinfo
		"claims_parameter_supported":                     func() { a.Refused(b.Get(a.Ask("claims", "x")), "invalid_request") },
		"request_parameter_supported":                    func() { a.Refused(b.Get(a.Ask("request", "x")), "request_not_supported") },
		"request_uri_parameter_supported":                func() { a.Refused(b.Get(a.Ask("request_uri", "x")), "request_uri_not_supported") },
		"authorization_response_iss_parameter_supported": func() { a.Back(b.Get(a.Ask())) },
	}
	for name, value := range doc.JSON {
		try, known := tried[name]
		if !known {
			t.Errorf("%s is advertised and nobody tries it", name)
			continue
		}
		try()
		if _, yes := value.(bool); yes && value != (name == "authorization_response_iss_parameter_supported" || name == "claims_parameter_supported" || strings.HasPrefix(name, "backchannel_logout_")) {
			t.Errorf("%s = %v", name, value)
		}
	}
	for name := range tried {
		if _, there := doc.JSON[name]; !there {
			t.Errorf("%s is missing", name)
		}
	}
}

// assertedAlgs authenticates at an endpoint with each algorithm that it advertises.
func assertedAlgs(h *house, doc *answer, endpoint, path string) {
	h.t.Helper()
	for _, alg := range listed(doc, endpoint+"_endpoint_auth_signing_alg_values_supported") {
		key := newPair(alg)
		a := h.App(strings.ToLower(endpoint+"-"+alg), machine, keyed(key), func(c *provider.Client) { c.AuthAlg = alg })
		a.Key = key
		a.Post(path, "grant_type", "client_credentials", "token", "x").Is(200, "")
	}
}

// claimsAreGiven signs in somebody of whom everything is known, and looks for every claim.
func claimsAreGiven(t *testing.T, h *house, claims []string) {
	t.Helper()
	h.Person("full", func(a *provider.Account, _ *provider.Authenticator) {
		a.Profile.Name, a.Profile.MiddleName, a.Profile.Nickname, a.Profile.Gender = "Full Name", "Middle", "Nick", "female"
		a.Profile.Website, a.Profile.Picture, a.Profile.Page = "https://x.example/", "https://x.example/p", "https://x.example/me"
	})
	a := h.App("everything")
	b := h.Browser()
	b.Get(a.Ask("scope", "openid profile email phone address"))
	tokens := a.Redeem(a.Back(b.SignIn("full", anasPassword)).Get("code"))
	_, id := a.Verified(tokens.Str("id_token"))
	info := h.Userinfo(tokens.Str("access_token")).JSON
	for _, name := range claims {
		if id[name] == nil && info[name] == nil {
			t.Errorf("claim %s is advertised and never given", name)
		}
	}
	for name := range info {
		if !slices.Contains(claims, name) {
			t.Errorf("claim %s is given and not advertised", name)
		}
	}
}

// TestRFC7517_JWKS: public parts only, each kid once, and good enough for go-jose.
func TestRFC7517_JWKS(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	must(t, h.Ring.RotateNow(context.Background(), h.now(), keys.RS256))
	got := h.Send("GET", "/jwks", nil, "").Is(200, "")
	var set jose.JSONWebKeySet
	must(t, json.Unmarshal([]byte(got.Raw), &set))
	seen := map[string]bool{}
	for _, key := range set.Keys {
		if seen[key.KeyID] || key.KeyID == "" || !key.Valid() || !key.IsPublic() || key.Use != "sig" {
			t.Errorf("key %+v", key)
		}
		seen[key.KeyID] = true
	}
	if len(seen) != len(keys.Kept())+1 {
		t.Errorf("%d keys, want one for each algorithm, and the successor of RS256's", len(seen))
	}
	for _, key := range got.JSON["keys"].([]any) {
		for name := range key.(map[string]any) {
			if !slices.Contains([]string{"kty", "kid", "use", "alg", "n", "e", "crv", "x", "y"}, name) {
				t.Errorf("a key has a member %q", name)
			}
		}
	}
	if !strings.Contains(got.Header.Get("Cache-Control"), "max-age=3600") {
		t.Errorf("Cache-Control %q", got.Header.Get("Cache-Control"))
	}
}

func (h *house) kids(t *testing.T) []string {
	t.Helper()
	var set jose.JSONWebKeySet
	must(t, json.Unmarshal([]byte(h.Send("GET", "/jwks", nil, "").Raw), &set))
	var kids []string
	for _, key := range set.Keys {
		kids = append(kids, key.KeyID)
	}
	return kids
}

func kidOf(t *testing.T, token string) string {
	t.Helper()
	header, _ := joseParts(t, token)
	return header["kid"].(string)
}

// TestKeys_Rotation: the next key is published before it signs, and what the last one signed verifies until it expires.
func TestKeys_Rotation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	var old *answer
	for _, alg := range []keys.Alg{keys.RS256, keys.ES256} {
		must(t, h.Ring.RotateNow(context.Background(), h.now(), alg))
	}
	announced := h.kids(t)
	if len(announced) != len(keys.Kept())+2 {
		t.Fatalf("%d keys published after two rotations", len(announced))
	}
	h.Passes(24*time.Hour - time.Minute)
	old = a.Tokens(h.Browser())
	first := kidOf(t, old.Str("access_token"))
	h.Passes(2 * time.Minute)
	fresh := a.Tokens(h.Browser())
	for _, name := range []string{"access_token", "id_token"} {
		was, is := kidOf(t, old.Str(name)), kidOf(t, fresh.Str(name))
		if was == is || !slices.Contains(announced, is) {
			t.Errorf("%s: key %s, then %s; announced were %v", name, was, is, announced)
		}
	}
	h.Userinfo(old.Str("access_token")).Is(200, "")
	if !a.Active(old.Str("access_token")) {
		t.Error("an old token is not active")
	}
	a.Verified(old.Str("id_token"))
	a.Verified(fresh.Str("id_token"))
	a.Back(h.Browser().Get(a.Ask("prompt", "none", "id_token_hint", old.Str("id_token"))))
	h.Passes(26 * time.Hour)
	must(t, h.House.Housekeep(context.Background(), h.now()))
	if slices.Contains(h.kids(t), first) {
		t.Error("the old key is published for ever")
	}
}

// TestKeys_Emergency: nothing that the lost key signed is believed from that moment on, also where it was believed before.
func TestKeys_Emergency(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	tokens := a.Tokens(h.Browser(), "scope", "openid offline_access")
	h.Userinfo(tokens.Str("access_token")).Is(200, "")
	if !a.Active(tokens.Str("access_token")) {
		t.Fatal("not believed even before")
	}
	must(t, h.Ring.RotateEmergency(context.Background(), h.now(), keys.ES256))
	h.Userinfo(tokens.Str("access_token")).Is(401, "invalid_token")
	if a.Active(tokens.Str("access_token")) {
		t.Error("introspection believes the lost key")
	}
	if slices.Contains(h.kids(t), kidOf(t, tokens.Str("access_token"))) {
		t.Error("the lost key is published")
	}
	h.Userinfo(a.Refresh(tokens.Str("refresh_token")).Is(200, "").Str("access_token")).Is(200, "")
}

// TestHost: whatever a request calls us, no link and no redirect takes it up.
func TestHost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	for _, path := range []string{a.Ask(), "/account", "/logout", "/help", "/help/messages", "/", "/signin/x", "/authorize", "/jwks", "/nowhere"} {
		for _, header := range []map[string]string{
			{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}, {"Forwarded": "host=evil.example;proto=http"}, {"X-Original-URL": "//evil.example"},
		} {
			got := h.Send("GET", path, header, "")
			if text := got.Raw + fmt.Sprint(got.Header); strings.Contains(text, "evil.example") {
				t.Errorf("%s with %v: %d names the forged host", path, header, got.Status)
			}
		}
	}
	b := h.Browser()
	request, err := http.NewRequest(http.MethodGet, h.URL+a.Ask("prompt", "none"), nil)
	must(t, err)
	request.Host = "evil.example"
	response, err := b.http.Do(request)
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	if to := response.Header.Get("Location"); !strings.Contains(to, "iss=https%3A%2F%2Flocalhost") || bytes.Contains(body, []byte("evil")) {
		t.Errorf("redirect to %s", to)
	}
}
