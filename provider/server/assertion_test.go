package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

func hmacOf(key []byte, input string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(input))
	return h.Sum(nil)
}

// TestCore_9_PrivateKeyJWT: with each algorithm, untyped and typed, with and without a kid where there is one key.
func TestCore_9_PrivateKeyJWT(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, alg := range []string{"RS256", "ES256", "RS384", "ES384", "PS256", "EdDSA"} {
		key := newPair(alg)
		a := h.App("app-"+strings.ToLower(alg), machine, keyed(key))
		a.Key = key
		a.Shows(a.Assertion()).Is(200, "")
		a.Shows(key.signs(a.Header("typ", nil, "kid", nil), a.Claims())).Is(200, "")
		a.Shows(key.signs(a.Header("typ", "client-authentication+jwt", "x5t", "AAAA"), a.Claims()), "client_id", a.Client.ID).Is(200, "")
		a.Shows(a.Assertion("iat", nil, "exp", float64(h.now().Unix())+30.5)).Is(200, "")
	}
}

// TestRFC7523_3_Claims: each claim, as this house wants it.
func TestRFC7523_3_Claims(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("nightly", machine, func(c *provider.Client) { c.AuthMethod = provider.AuthKey })
	now := h.now().Unix()
	wrong := map[string]string{
		"iss of another": a.Assertion("iss", "other"), "no iss": a.Assertion("iss", nil), "sub of another": a.Assertion("sub", "other"),
		"no sub": a.Assertion("sub", nil), "no aud": a.Assertion("aud", nil), "no jti": a.Assertion("jti", nil), "empty jti": a.Assertion("jti", ""),
		"long jti": a.Assertion("jti", strings.Repeat("x", 300)), "jti a number": a.Assertion("jti", 5), "no exp": a.Assertion("exp", nil),
		"exp null": a.Assertion("exp", []any{}), "exp over": a.Assertion("exp", now-1), "exp now": a.Assertion("exp", now),
		"exp in six minutes": a.Assertion("exp", now+360), "exp in the year 9999": a.Assertion("exp", int64(253402300799)),
		"exp a text": a.Assertion("exp", "1999999999"), "iat ahead": a.Assertion("iat", now+70), "nbf ahead": a.Assertion("nbf", now+70),
		"nbf a text": a.Assertion("nbf", "1"), "iss a list": a.Assertion("iss", []string{a.Client.ID}),
		"aud of another": a.Assertion("aud", "https://other.example"), "aud a list": a.Assertion("aud", []string{h.URL}),
		"aud a list of two": a.Assertion("aud", []string{h.URL, "https://other.example"}), "aud of another endpoint": a.Assertion("aud", h.URL+"/introspect"),
		"aud with a slash": a.Assertion("aud", h.URL+"/"), "Exp": a.Key.signs(a.Header(), strings.Replace(a.Claims(), `"exp"`, `"Exp"`, 1)),
	}
	body := a.Shows(a.Key.signs(a.Header("kid", "nobody"), a.Claims())).Is(401, "invalid_client").Raw
	for name, assertion := range wrong {
		if got := a.Shows(assertion); got.Status != 401 || got.Raw != body || got.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	a.Shows(a.Assertion("exp", now+299, "iat", now+3, "nbf", now+3)).Is(200, "")
}

// TestAudienceOfAssertionsByPolicy: a client keeps to one audience where it is registered so.
func TestAudienceOfAssertionsByPolicy(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for policy, takes := range map[string][2]bool{"": {true, true}, provider.AudienceIssuer: {true, false}, provider.AudienceToken: {false, true}} {
		a := h.App("app-"+policy, machine, func(c *provider.Client) { c.AuthMethod, c.AuthAudience = provider.AuthKey, policy })
		for i, audience := range []string{h.URL, h.URL + "/token"} {
			if got := a.Shows(a.Assertion("aud", audience)); (got.Status == 200) != takes[i] {
				t.Errorf("policy %q, audience %s: %d", policy, audience, got.Status)
			}
		}
	}
}

// TestRFC6749_2_3_OneMethod: each client has one method and a request shows one.
func TestRFC6749_2_3_OneMethod(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("keyed", machine, func(c *provider.Client) { c.AuthMethod = provider.AuthKey })
	b := h.App("secret", machine)
	b.Key = a.Key
	b.Shows(b.Assertion()).Is(401, "invalid_client")
	a.Shows(a.Assertion("sub", "nobody", "iss", "nobody")).Is(401, "invalid_client")
	a.Shows(a.Assertion(), "client_id", "secret").Is(401, "invalid_client")
	a.Shows(a.Assertion(), "client_secret", "x").Is(400, "invalid_request")
	a.Shows(a.Assertion(), "client_assertion_type", "-").Is(401, "invalid_client")
	a.Shows(a.Assertion(), "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer").Is(401, "invalid_client")
	a.Shows("x", "client_assertion", "-").Is(401, "invalid_client")
	form := url.Values{"grant_type": {"client_credentials"}}
	for _, secret := range []string{"", "x", b.Secret} {
		header := map[string]string{"Content-Type": formType, "Authorization": basicAuth("keyed", secret)}
		h.Send("POST", "/token", header, form.Encode()).Is(401, "invalid_client")
		h.Send("POST", "/token", header, a.Asserted(a.Assertion()).Encode()).Is(400, "invalid_request")
		body := with(form, "client_id", "keyed", "client_secret", secret)
		h.Send("POST", "/token", map[string]string{"Content-Type": formType}, body.Encode()).Is(401, "invalid_client")
		form = url.Values{"grant_type": {"client_credentials"}}
	}
	h.Send("POST", "/token", map[string]string{"Content-Type": formType}, "grant_type=client_credentials&client_id=keyed").Is(401, "invalid_client")
	h.Disable("keyed")
	a.Shows(a.Assertion()).Is(401, "invalid_client")
}

// TestAssertionsAtEveryEndpoint: a person's tokens are redeemed, refreshed, looked at and revoked with assertions alone.
func TestAssertionsAtEveryEndpoint(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("keyed", func(c *provider.Client) { c.AuthMethod = provider.AuthKey })
	tokens := a.Tokens(h.Browser(), "scope", "openid offline_access")
	tokens = a.Refresh(tokens.Str("refresh_token")).Is(200, "")
	if !a.Active(tokens.Str("access_token")) || !a.Active(tokens.Str("refresh_token")) {
		t.Error("not active")
	}
	a.Post("/revoke", "token", tokens.Str("refresh_token")).Is(200, "")
	if a.Active(tokens.Str("access_token")) {
		t.Error("still active")
	}
	used := a.Assertion()
	a.Shows(used, "grant_type", "refresh_token", "refresh_token", tokens.Str("refresh_token")).Is(400, "invalid_grant")
	for _, path := range []string{"/token", "/introspect", "/revoke"} {
		h.Send("POST", path, map[string]string{"Content-Type": formType}, with(a.Asserted(used), "token", "x").Encode()).Is(401, "invalid_client")
	}
}

// TestAnAssertionIsUsedOnce: one of fifty at once, and none afterwards; a jti is its client's own.
func TestAnAssertionIsUsedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("nightly", machine, func(c *provider.Client) { c.AuthMethod = provider.AuthKey })
	other := h.App("weekly", machine, keyed(a.Key))
	other.Key = a.Key
	assertion := a.Assertion("jti", "the one")
	all := AtOnce(50, func() *answer { return a.Shows(assertion) })
	won := 0
	for _, got := range all {
		if got.Status == http.StatusOK {
			won++
		} else {
			got.Is(401, "invalid_client")
		}
	}
	if won != 1 {
		t.Errorf("%d of 50 won: %v", won, statuses(all))
	}
	a.Shows(a.Assertion("jti", "the one")).Is(401, "invalid_client")
	other.Shows(other.Assertion("jti", "the one")).Is(200, "") // a jti is its client's own
	h.Passes(59 * time.Second)
	a.Shows(assertion).Is(401, "invalid_client")
}

// TestAWrongAssertionUsesNothingUp: nobody can spend the jti of another without their key.
func TestAWrongAssertionUsesNothingUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("nightly", machine, func(c *provider.Client) { c.AuthMethod = provider.AuthKey })
	good := a.Assertion()
	a.Shows(good[:len(good)-4]+"AAAA").Is(401, "invalid_client")
	a.Shows(good, "client_id", "other").Is(401, "invalid_client")
	a.Shows(good).Is(200, "")
}

// TestKeysOfAClient: a signature holds only by a key that is for it, and a client that is changed is believed by its new keys alone.
func TestKeysOfAClient(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rs, es := newPair("RS256"), newPair("ES256")
	set := func(keys ...any) func(*provider.Client) {
		return func(c *provider.Client) {
			c.AuthMethod, c.JWKS = provider.AuthKey, asJSON(map[string]any{"keys": keys})
		}
	}
	small := pair{alg: "RS256", kid: "small", private: made(rsa.GenerateKey(rand.Reader, 1024))}
	curve := pair{alg: "ES256", kid: "curve", private: made(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))}
	twins := newPair("ES256")
	for name, c := range map[string]struct {
		key pair
		set func(*provider.Client)
		ok  bool
	}{
		"good":            {es, set(rs.jwk(), es.jwk()), true},
		"for encryption":  {es, set(es.jwk("use", "enc")), false},
		"to sign":         {es, set(es.jwk("key_ops", []string{"sign"})), false},
		"to verify":       {es, set(es.jwk("key_ops", []string{"verify"})), true},
		"for another alg": {rs, set(rs.jwk("alg", "PS256")), false},
		"without alg":     {rs, set(rs.jwk("alg", nil, "use", nil)), true},
		"private":         {es, set(es.jwk("d", b64([]byte("secret")))), false},
		"beside private":  {es, set(es.jwk(), rs.jwk("d", b64([]byte("secret")))), false},
		"beside unknown":  {es, set(es.jwk(), map[string]any{"kty": "AKP2"}), true},
		"small":           {small, set(small.jwk()), false},
		"wrong curve":     {curve, set(curve.jwk()), false},
		"two of one name": {es, set(es.jwk(), twins.jwk("kid", es.kid)), false},
		"symmetric":       {es, set(map[string]any{"kty": "oct", "k": "AAAA", "kid": es.kid}), false},
		"none":            {es, set(), false},
		"registered alg":  {es, func(c *provider.Client) { set(rs.jwk(), es.jwk())(c); c.AuthAlg = "RS256" }, false},
	} {
		a := h.App(strings.ReplaceAll(name, " ", "-"), machine, c.set)
		a.Key = c.key
		if got := a.Shows(a.Assertion()); (got.Status == 200) != c.ok || got.Status != 200 && got.Status != 401 {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	a := h.App("changing", machine, keyed(es))
	a.Key = es
	a.Shows(a.Assertion()).Is(200, "")
	client := made(h.Store.Client(context.Background(), "changing"))
	client.JWKS = jwks(twins)
	must(t, h.Store.UpdateClient(context.Background(), client, audit.ClientDisabled(h.now(), client.ID)))
	a.Shows(a.Assertion()).Is(401, "invalid_client")
	a.Key = twins
	a.Shows(a.Assertion()).Is(200, "")
}

// TestRFC7518_3_5_Salt: the salt of PS256 is as long as its hash.
func TestRFC7518_3_5_Salt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	key := newPair("PS256")
	a := h.App("nightly", machine, keyed(key))
	a.Key = key
	for salt, status := range map[int]int{0: 401, 20: 401, 32: 200, 64: 401} {
		input := b64([]byte(a.Header())) + "." + b64([]byte(a.Claims()))
		hash := sha256.Sum256([]byte(input))
		if salt == 0 { // means "as long as possible" to the library; the least is one
			salt = 1
		}
		if got := a.Shows(input + "." + b64(pss(key.private, hash[:], salt))); got.Status != status {
			t.Errorf("salt of %d bytes: %d", salt, got.Status)
		}
	}
}

// TestBadTokens: tokens of every bad kind, in every place that takes one: refused, and never by a fault of ours.
func TestBadTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	machineApp := h.App("nightly", machine, func(c *provider.Client) { c.AuthMethod = provider.AuthKey })
	a := h.App("records")
	b := h.Browser()
	tokens := a.Tokens(b)
	for name, token := range tampered(machineApp.Key, machineApp.Header(), machineApp.Claims()) {
		for _, path := range []string{"/token", "/introspect", "/revoke"} {
			form := with(machineApp.Asserted(token), "grant_type", "client_credentials", "token", "x")
			if got := h.Send("POST", path, map[string]string{"Content-Type": formType}, form.Encode()); got.Status != 401 || got.Str("error") != "invalid_client" {
				t.Errorf("assertion at %s, %s: %d %s", path, name, got.Status, got.Raw)
			}
		}
	}
	for typ, ours := range map[string]string{"at+jwt": tokens.Str("access_token"), "JWT": tokens.Str("id_token")} {
		header, payload := joseParts(t, ours)
		key := newPair("ES256")
		key.kid, _ = header["kid"].(string)
		forged := tampered(key, asJSON(map[string]any{"alg": "ES256", "kid": key.kid, "typ": typ}), asJSON(payload))
		for name, token := range respelled(ours) {
			forged[name] = token
		}
		for name, token := range forged {
			if typ == "at+jwt" {
				refusedAsAccess(t, a, name, token)
			} else {
				refusedAsHint(t, a, b, name, token)
			}
		}
	}
}

// respelled are our own tokens, well signed, in a spelling that is not ours.
func respelled(ours string) map[string]string {
	parts := strings.Split(ours, ".")
	return map[string]string{
		"ours, padded": ours + "=", "ours, loose": parts[0] + "." + parts[1] + "." + loose(parts[2]), "ours, with a line break": parts[0] + ".\n" + parts[1] + "." + parts[2],
		"ours, without signature": parts[0] + "." + parts[1] + ".", "ours, twice": ours + "." + ours,
	}
}

func refusedAsAccess(t *testing.T, a *app, name, token string) {
	t.Helper()
	if !strings.ContainsAny(token, "\n\x00") && strings.TrimSpace(token) == token && token != "" && len(token) < 8000 {
		if got := a.h.Userinfo(token); got.Status != 401 {
			t.Errorf("userinfo, %s: %d", name, got.Status)
		}
	}
	form := url.Values{"access_token": {token}}
	if got := a.h.Send("POST", "/userinfo", map[string]string{"Content-Type": formType}, form.Encode()); got.Status != 401 {
		t.Errorf("userinfo by form, %s: %d", name, got.Status)
	}
	if got := a.Introspect(token); got.Raw != `{"active":false}` && (token != "" || got.Status != 400) {
		t.Errorf("introspection, %s: %d %s", name, got.Status, got.Raw)
	}
	if got := a.Post("/revoke", "token", token); got.Status >= 500 {
		t.Errorf("revocation, %s: %d", name, got.Status)
	}
}

func refusedAsHint(t *testing.T, a *app, b *browser, name, token string) {
	t.Helper()
	if token == "" || len(token) > 7000 {
		return // no hint at all, or an address that is too long: tested elsewhere
	}
	if p := b.Get(a.Ask("prompt", "none", "id_token_hint", token)); p.To == nil || p.To.Query().Get("error") != "invalid_request" {
		t.Errorf("hint, %s: %d %v", name, p.Status, p.To)
	}
	out := url.Values{"id_token_hint": {token}, "post_logout_redirect_uri": {a.Client.PostLogoutRedirectURIs[0]}}
	if p := b.Get("/logout?" + out.Encode()); p.Status >= 500 || p.To != nil {
		t.Errorf("hint at logout, %s: %d %v", name, p.Status, p.To)
	}
}
