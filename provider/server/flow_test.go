package server_test

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	oidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"gatehouse/provider"
)

// TestCore_3_1_CodeFlow goes the way of OIDC Core 3.1 with go-oidc and x/oauth2, for each algorithm of the ID token.
func TestCore_3_1_CodeFlow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	for _, alg := range []string{"", "RS256", "ES256", "EdDSA"} {
		t.Run("alg="+alg, func(t *testing.T) {
			a := h.App("records"+alg, func(c *provider.Client) { c.IDTokenAlg = alg })
			ctx, op := h.Provider()
			rp := oauth2.Config{
				ClientID: a.Client.ID, ClientSecret: a.Secret, RedirectURL: a.Client.RedirectURIs[0], Endpoint: op.Endpoint(),
				Scopes: []string{"openid", "profile", "email"},
			}
			nonce := strings.Repeat("n0nce.", 20)
			before := time.Now().Truncate(time.Second)
			b := h.Browser()
			b.Get(rp.AuthCodeURL("state-1", oauth2.S256ChallengeOption(a.Verifier), oidc.Nonce(nonce)))
			back := a.Back(b.SignIn("ana", anasPassword))
			if back.Get("state") != "state-1" || len(back) != 3 {
				t.Errorf("answer %v, want code, state and iss", back)
			}
			token, err := rp.Exchange(ctx, back.Get("code"), oauth2.VerifierOption(a.Verifier))
			must(t, err)
			id, err := op.Verifier(&oidc.Config{ClientID: a.Client.ID}).Verify(ctx, token.Extra("id_token").(string))
			must(t, err)
			must(t, id.VerifyAccessToken(token.AccessToken))
			header, claims := joseParts(t, token.Extra("id_token").(string))
			if want := cmp.Or(alg, "RS256"); header["alg"] != want {
				t.Errorf("alg %v, want %v", header["alg"], want)
			}
			if id.Subject != string(ana.ID) || id.Nonce != nonce || !slices.Equal(id.Audience, []string{a.Client.ID}) || claims["azp"] != a.Client.ID {
				t.Errorf("ID token %+v", id)
			}
			authTime := time.Unix(int64(claims["auth_time"].(float64)), 0)
			if authTime.Before(before) || authTime.After(time.Now()) || claims["acr"] != "urn:gatehouse:acr:aal1" || claims["sid"] == "" {
				t.Errorf("auth_time %v acr %v sid %v", authTime, claims["acr"], claims["sid"])
			}
			if amr, _ := claims["amr"].([]any); len(amr) != 1 || amr[0] != "pwd" {
				t.Errorf("amr %v", claims["amr"])
			}
			want := []string{"acr", "amr", "at_hash", "aud", "auth_time", "azp", "exp", "iat", "iss", "nonce", "sid", "sub"}
			if got := sorted(slices.Collect(keysOf(claims))); !slices.Equal(got, want) {
				t.Errorf("claims %v, want %v: nothing that nobody asked for", got, want)
			}
			info, err := op.UserInfo(ctx, oauth2.StaticTokenSource(token))
			must(t, err)
			if info.Subject != id.Subject || info.Email != "ana@example.org" || !info.EmailVerified {
				t.Errorf("userinfo %+v", info)
			}
		})
	}
}

func keysOf(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// TestRFC9068_AccessToken checks what resource servers rely on: typ, signature and claims.
func TestRFC9068_AccessToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records", func(c *provider.Client) { c.Audience = []string{"fhir", "records"} })
	got := a.Tokens(h.Browser(), "scope", "openid email")
	header, claims := joseParts(t, got.Str("access_token"))
	if header["typ"] != "at+jwt" || header["alg"] != "ES256" || header["kid"] == "" {
		t.Errorf("header %v", header)
	}
	ctx, op := h.Provider()
	var doc struct {
		JWKS string `json:"jwks_uri"`
	}
	must(t, op.Claims(&doc))
	_, err := oidc.NewRemoteKeySet(ctx, doc.JWKS).VerifySignature(ctx, got.Str("access_token"))
	must(t, err)
	for name, want := range map[string]any{
		"iss": h.URL, "sub": string(ana.ID), "client_id": "records", "scope": "email openid", "acr": "urn:gatehouse:acr:aal1",
	} {
		if claims[name] != want {
			t.Errorf("%s = %v, want %v", name, claims[name], want)
		}
	}
	if aud, _ := claims["aud"].([]any); len(aud) != 2 || aud[0] != "fhir" {
		t.Errorf("aud %v", claims["aud"])
	}
	for _, name := range []string{"exp", "iat", "auth_time"} {
		if _, number := claims[name].(float64); !number {
			t.Errorf("%s = %v, want a number", name, claims[name])
		}
	}
	if lives := claims["exp"].(float64) - claims["iat"].(float64); lives != got.JSON["expires_in"] {
		t.Errorf("lives %v s, expires_in says %v", lives, got.JSON["expires_in"])
	}
	again := a.Tokens(h.Browser(), "scope", "openid email")
	if _, other := joseParts(t, again.Str("access_token")); other["jti"] == claims["jti"] || len(claims["jti"].(string)) < 22 {
		t.Errorf("jti %v and %v", claims["jti"], other["jti"])
	}
	h.Userinfo(got.Str("id_token")).Is(401, "invalid_token") // an ID token is no access token (RFC 9068, 4)
	a.Refused(h.Browser().Get(a.Ask("prompt", "none", "id_token_hint", got.Str("access_token"))), "invalid_request")
}

// TestRFC6749_5_1_TokenResponse checks headers and members of the token endpoint's answer.
func TestRFC6749_5_1_TokenResponse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	for _, a := range []*app{h.App("records"), h.App("phone", public), h.App("poster", post)} {
		b := h.Browser()
		code := a.Code(b, "scope", "openid offline_access")
		got := a.Redeem(code)
		for _, answer := range []*answer{got, a.Refresh(got.Str("refresh_token"))} {
			answer.Is(200, "")
			if answer.Header.Get("Cache-Control") != "no-store" || answer.Header.Get("Pragma") != "no-cache" ||
				answer.Header.Get("Content-Type") != "application/json" || len(answer.Header.Values("Set-Cookie")) > 0 {
				t.Errorf("headers %v", answer.Header)
			}
			if n, ok := answer.JSON["expires_in"].(float64); !ok || n <= 0 || answer.Str("scope") != "offline_access openid" ||
				!strings.EqualFold(answer.Str("token_type"), "bearer") || answer.Str("id_token") == "" || answer.Str("refresh_token") == "" {
				t.Errorf("answer %s", answer.Raw)
			}
		}
		for _, secret := range []string{code, got.Str("refresh_token")} {
			if len(secret) < 43 || url.QueryEscape(secret) != secret {
				t.Errorf("%q is short or needs escaping", secret)
			}
		}
	}
	if got := h.App("oauth").Tokens(h.Browser(), "scope", "email"); got.JSON["id_token"] != nil || got.Str("scope") != "email" {
		t.Errorf("without openid: %s", got.Raw)
	}
	codeOnly := h.App("codeonly", func(c *provider.Client) { c.Grants = []string{provider.GrantCode} })
	if got := codeOnly.Tokens(h.Browser(), "scope", "openid offline_access"); got.JSON["refresh_token"] != nil {
		t.Errorf("a client without the grant got a refresh token: %s", got.Raw)
	}
}

// TestCore_5_3_Userinfo asks in the three ways of RFC 6750, 2, and checks claims and their types.
func TestCore_5_3_Userinfo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana", func(a *provider.Account, _ *provider.Authenticator) {
		a.Identifiers[len(a.Identifiers)-1].VerifiedAt = time.Time{}
	})
	a := h.App("records")
	token := a.Tokens(h.Browser(), "scope", "phone openid address profile email").Str("access_token")
	bearer := map[string]string{"Authorization": "Bearer " + token}
	get := h.Send("GET", "/userinfo", bearer, "").Is(200, "")
	header := h.Send("POST", "/userinfo", bearer, "").Is(200, "")
	body := h.Send("POST", "/userinfo", map[string]string{"Content-Type": formType}, "access_token="+token).Is(200, "")
	if get.Raw != header.Raw || get.Raw != body.Raw || get.Header.Get("Content-Type") != "application/json" {
		t.Errorf("answers differ:\n%s\n%s\n%s", get.Raw, header.Raw, body.Raw)
	}
	c := get.JSON
	for name, want := range map[string]any{
		"sub": string(ana.ID), "name": "Ana Ruiz", "given_name": "Ana", "family_name": "Ruiz", "preferred_username": "ana",
		"birthdate": "1980-02-29", "locale": "en-US", "zoneinfo": "America/New_York", "email": "ana@example.org", "phone_number": "+16175550101",
	} {
		if c[name] != want {
			t.Errorf("%s = %v, want %v", name, c[name], want)
		}
	}
	for _, name := range []string{"email_verified", "phone_number_verified"} {
		if _, boolean := c[name].(bool); !boolean {
			t.Errorf("%s = %v, want a boolean", name, c[name])
		}
	}
	if _, number := c["updated_at"].(float64); !number {
		t.Errorf("updated_at = %v, want a number", c["updated_at"])
	}
	address, _ := c["address"].(map[string]any)
	if address["street_address"] != "1 Main St" || address["postal_code"] != "02108" || address["country"] != "US" {
		t.Errorf("address %v", c["address"])
	}
	noEmptiness(t, "", c)

	for scope, only := range map[string][]string{
		"openid": {"sub"}, "openid email": {"email", "email_verified", "sub"},
		"openid phone": {"phone_number", "phone_number_verified", "sub"}, "openid address": {"address", "sub"},
	} {
		got := h.Userinfo(a.Tokens(h.Browser(), "scope", scope).Str("access_token"))
		if names := sorted(slices.Collect(keysOf(got.JSON))); !slices.Equal(names, only) {
			t.Errorf("scope %q gives %v, want %v", scope, names, only)
		}
	}
}

func noEmptiness(t *testing.T, path string, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			noEmptiness(t, path+"/"+name, value)
		}
	case string:
		if strings.TrimSpace(v) == "" || v == "null" {
			t.Errorf("%s is %q", path, v)
		}
	case nil:
		t.Errorf("%s is null", path)
	}
}

// TestRFC6750_3_UserinfoErrors: WWW-Authenticate always, an error code only where a token was shown.
func TestRFC6750_3_UserinfoErrors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	token := a.Tokens(h.Browser()).Str("access_token")
	noOpenID := a.Tokens(h.Browser(), "scope", "email").Str("access_token")
	form := map[string]string{"Content-Type": formType}
	for name, c := range map[string]struct {
		method, path string
		header       map[string]string
		body         string
		status       int
		code         string
	}{
		"none":            {"GET", "/userinfo", nil, "", 401, ""},
		"in the query":    {"GET", "/userinfo?access_token=" + token, nil, "", 401, ""},
		"query and POST":  {"POST", "/userinfo?access_token=" + token, form, "", 401, ""},
		"garbage":         {"GET", "/userinfo", map[string]string{"Authorization": "Bearer garbage"}, "", 401, "invalid_token"},
		"dots":            {"GET", "/userinfo", map[string]string{"Authorization": "Bearer ..."}, "", 401, "invalid_token"},
		"tampered":        {"GET", "/userinfo", map[string]string{"Authorization": "Bearer " + token[:len(token)-4] + "AAAA"}, "", 401, "invalid_token"},
		"other scheme":    {"GET", "/userinfo", map[string]string{"Authorization": "Basic " + token}, "", 401, ""},
		"two tokens":      {"POST", "/userinfo", map[string]string{"Authorization": "Bearer " + token, "Content-Type": formType}, "access_token=" + token, 400, "invalid_request"},
		"twice in body":   {"POST", "/userinfo", form, "access_token=" + token + "&access_token=" + token, 400, "invalid_request"},
		"no openid scope": {"GET", "/userinfo", map[string]string{"Authorization": "Bearer " + noOpenID}, "", 403, "insufficient_scope"},
	} {
		t.Run(name, func(t *testing.T) {
			got := h.Send(c.method, c.path, c.header, c.body)
			challenge := got.Header.Get("WWW-Authenticate")
			if got.Status != c.status || got.Str("error") != c.code || !strings.HasPrefix(challenge, "Bearer ") ||
				strings.Contains(challenge, "error=") != (c.code != "") || !strings.Contains(challenge, c.code) {
				t.Errorf("answered %d %s %q, want %d %q", got.Status, got.Raw, challenge, c.status, c.code)
			}
		})
	}
	h.Passes(6 * time.Minute)
	h.Userinfo(token).Is(401, "invalid_token")
	h.Send(http.MethodGet, "/userinfo", map[string]string{"Authorization": "bearer " + a.Tokens(h.Browser()).Str("access_token")}, "").Is(200, "")
}
