package server_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

func basicAsks() asked {
	return asked{
		"oidcc-server":                func(e *exam) { e.happy(e.h.Browser(), e.client) },
		"oidcc-response-type-missing": responseTypeMissing,
		"oidcc-idtoken-signature":     func(e *exam) { e.happy(e.h.Browser(), e.other) }, // registered without an algorithm; go-oidc takes RS256 alone
		"oidcc-idtoken-unsigned":      noUnsignedTokens,
		"oidcc-userinfo-get":          func(e *exam) { e.happy(e.h.Browser(), e.client) },
		"oidcc-userinfo-post-header":  userinfoPostHeader,
		"oidcc-userinfo-post-body":    userinfoPostBody,
		"oidcc-ensure-request-without-nonce-succeeds-for-code-flow": requesting(map[string]string{"nonce": "-"}),
		"oidcc-scope-profile":             scoped("profile"),
		"oidcc-scope-email":               scoped("email"),
		"oidcc-scope-address":             scoped("address"),
		"oidcc-scope-phone":               scoped("phone"),
		"oidcc-scope-all":                 scoped("profile", "email", "address", "phone"),
		"oidcc-alternate-happy-flow":      alternateHappyFlow,
		"oidcc-display-page":              requesting(map[string]string{"display": "page"}),
		"oidcc-display-popup":             requesting(map[string]string{"display": "popup"}),
		"oidcc-prompt-login":              promptLogin,
		"oidcc-prompt-none-not-logged-in": func(e *exam) { e.notSignedIn(e.h.Browser()) },
		"oidcc-prompt-none-logged-in":     promptNoneLoggedIn,
		"oidcc-max-age-1":                 maxAge1,
		"oidcc-max-age-10000":             maxAge10000,
		"oidcc-ensure-request-with-unknown-parameter-succeeds": requesting(map[string]string{"extra": "foobar"}),
		"oidcc-id-token-hint":                           idTokenHint,
		"oidcc-login-hint":                              loginHint,
		"oidcc-ui-locales":                              uiLocales,
		"oidcc-claims-locales":                          requesting(map[string]string{"claims_locales": "se"}),
		"oidcc-ensure-request-with-acr-values-succeeds": acrValues,
		"oidcc-codereuse":                               codeReuse,
		"oidcc-codereuse-30seconds":                     codeReuse30Seconds,
		"oidcc-ensure-registered-redirect-uri":          registeredRedirectURI,
		"oidcc-ensure-post-request-succeeds":            postRequest,
		"oidcc-server-client-secret-post":               func(e *exam) { e.happy(e.h.Browser(), e.poster) },
		"oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported":    requestURI,
		"oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported": requestObject,
		"oidcc-claims-essential":                        claimsEssential,
		"oidcc-ensure-request-object-with-redirect-uri": requestObjectRedirectURI,
		"oidcc-refresh-token":                           refreshToken,
		"oidcc-ensure-request-with-valid-pkce-succeeds": validPKCE,
	}
}

// asking goes the whole way with a request that has more or less in it.
func requesting(changes map[string]string) func(*exam) {
	return func(e *exam) {
		var pairs []string
		for name, value := range changes {
			pairs = append(pairs, name, value)
		}
		e.happy(e.h.Browser(), e.client, pairs...)
	}
}

func responseTypeMissing(e *exam) {
	v := e.visits(e.h.Browser(), e.ask(e.client, "response_type", "-"))
	e.refused(v, "unsupported_response_type", "invalid_request")
}

func noUnsignedTokens(e *exam) {
	algs, _ := e.discovery()["id_token_signing_alg_values_supported"].([]any)
	if len(algs) == 0 || slices.Contains(algs, any("none")) {
		e.Errorf("ID tokens are signed with %v", algs)
	}
}

func userinfoPostHeader(e *exam) {
	got := e.happy(e.h.Browser(), e.client)
	e.userinfo(got, e.h.Send(http.MethodPost, "/userinfo", map[string]string{"Authorization": "Bearer " + got.tokens.Str("access_token")}, ""))
}

func userinfoPostBody(e *exam) {
	got := e.happy(e.h.Browser(), e.client)
	e.userinfo(got, e.h.Send(http.MethodPost, "/userinfo", map[string]string{"Content-Type": formType}, "access_token="+got.tokens.Str("access_token")))
}

// scoped asks for the claims of these scopes (OIDC Core 5.4).
func scoped(scopes ...string) func(*exam) {
	claims := map[string][]string{
		"profile": strings.Fields("name given_name family_name preferred_username birthdate zoneinfo locale updated_at"),
		"email":   {"email", "email_verified"}, "address": {"address"}, "phone": {"phone_number", "phone_number_verified"},
	}
	return func(e *exam) {
		got := e.happy(e.h.Browser(), e.client, "scope", "openid "+strings.Join(scopes, " "))
		want := 1 // sub
		for _, scope := range scopes {
			for _, name := range claims[scope] {
				want++
				if got.info[name] == nil {
					e.Errorf("scope %s: no %s", scope, name)
				}
			}
		}
		if len(got.info) != want {
			e.Errorf("userinfo tells more than was asked for: %v", got.info)
		}
	}
}

// alternateHappyFlow has scopes and parameters in another order.
func alternateHappyFlow(e *exam) {
	sent := e.ask(e.client, "scope", "phone address email profile openid")
	var parts []string
	for name := range sent {
		parts = append(parts, name+"="+strings.ReplaceAll(sent.Get(name), " ", "%20"))
	}
	slices.Sort(parts)
	slices.Reverse(parts)
	b := e.h.Browser()
	v := e.follow(b, sent, b.Get("/authorize?"+strings.Join(parts, "&")))
	got := e.spent(e.client, v)
	e.userinfo(got, e.h.Userinfo(got.tokens.Str("access_token")))
}

func promptLogin(e *exam) {
	b := e.h.Browser()
	first := e.happy(b, e.client)
	e.h.Passes(2 * time.Second)
	second := e.happy(b, e.client, "prompt", "login")
	if !second.prompt || e.authTime(second) <= e.authTime(first) || second.id.Subject != first.id.Subject {
		e.Errorf("asked: %v; auth_time %v, then %v", second.prompt, first.claims["auth_time"], second.claims["auth_time"])
	}
}

// notSignedIn asks in silence, and wants to hear that somebody must be asked.
func (e *exam) notSignedIn(b *browser) {
	e.Helper()
	v := e.visits(b, e.ask(e.client, "prompt", "none"))
	e.refused(v, "login_required", "interaction_required", "account_selection_required", "consent_required")
}

func promptNoneLoggedIn(e *exam) {
	b := e.h.Browser()
	e.silently(b, e.happy(b, e.client))
}

// silently asks again with prompt=none: the same person, who signed in at the same time.
func (e *exam) silently(b *browser, first issued, pairs ...string) {
	e.Helper()
	e.h.Passes(2 * time.Second)
	second := e.happy(b, e.client, append([]string{"prompt", "none"}, pairs...)...)
	if second.prompt || second.id.Subject != first.id.Subject || e.authTime(second) != e.authTime(first) {
		e.Errorf("first %v, then %v", first.claims, second.claims)
	}
}

func maxAge1(e *exam) {
	b := e.h.Browser()
	first := e.happy(b, e.client)
	e.h.Passes(2 * time.Second)
	second := e.happy(b, e.client, "max_age", "1")
	if at := time.Unix(int64(e.authTime(second)), 0); !second.prompt || e.authTime(second) <= e.authTime(first) || e.h.now().Sub(at) > time.Minute {
		e.Errorf("asked: %v; auth_time %v, then %v", second.prompt, first.claims["auth_time"], second.claims["auth_time"])
	}
}

func maxAge10000(e *exam) {
	b := e.h.Browser()
	first := e.happy(b, e.client, "max_age", "10000")
	e.h.Passes(2 * time.Second)
	second := e.happy(b, e.client, "max_age", "10000")
	if second.prompt || e.authTime(second) != e.authTime(first) {
		e.Errorf("asked: %v; auth_time %v, then %v", second.prompt, first.claims["auth_time"], second.claims["auth_time"])
	}
}

func idTokenHint(e *exam) {
	b := e.h.Browser()
	first := e.happy(b, e.client)
	e.silently(b, first, "id_token_hint", first.tokens.Str("id_token"))
}

// loginHint: no error, and the name is there already.
func loginHint(e *exam) {
	b := e.h.Browser()
	sent := e.ask(e.client, "login_hint", "ana")
	p := b.Get("/authorize?" + sent.Encode())
	if _, fields := posted(p.Body); fields.Get("username") != "ana" {
		e.Errorf("the page comes with the name %q", fields.Get("username"))
	}
	e.spent(e.client, e.follow(b, sent, p))
}

// uiLocales: no error for a language that is not spoken here, and the one that is.
func uiLocales(e *exam) {
	e.happy(e.h.Browser(), e.client, "ui_locales", "se")
	b := e.h.Browser()
	sent := e.ask(e.client, "ui_locales", "se es")
	p := b.Get("/authorize?" + sent.Encode())
	if got := p.Header.Get("Content-Language"); got != "es" {
		e.Errorf("the page is in %q", got)
	}
	e.spent(e.client, e.follow(b, sent, p))
}

func acrValues(e *exam) {
	supported, _ := e.discovery()["acr_values_supported"].([]any)
	if len(supported) == 0 {
		e.Fatal("acr_values_supported is empty")
	}
	want := fmt.Sprint(supported[0])
	if got := e.happy(e.h.Browser(), e.client, "acr_values", want); got.claims["acr"] != want {
		e.warns("asked for %s, got %v", want, got.claims["acr"])
	}
	if got := e.happy(e.h.Browser(), e.client, "acr_values", "urn:example:unheard-of"); got.claims["acr"] == "urn:example:unheard-of" {
		e.Error("it confirms what it does not know")
	}
}

// again redeems the code of a visit once more: it must be refused.
func (e *exam) again(got issued) {
	e.Helper()
	second := e.redeem(e.client, got.visit).Is(http.StatusBadRequest, "invalid_grant")
	if second.JSON["access_token"] != nil || !strings.HasPrefix(second.Header.Get("Content-Type"), "application/json") {
		e.Errorf("answered %s", second.Raw)
	}
}

func codeReuse(e *exam) { e.again(e.happy(e.h.Browser(), e.client)) }

func codeReuse30Seconds(e *exam) {
	got := e.happy(e.h.Browser(), e.client)
	e.h.Passes(30 * time.Second)
	e.again(got)
	e.h.Userinfo(got.tokens.Str("access_token")).Is(http.StatusUnauthorized, "invalid_token")
}

func registeredRedirectURI(e *exam) {
	v := e.visits(e.h.Browser(), e.ask(e.client, "redirect_uri", e.party.URL+"/callback/nobody"))
	e.onPage(v)
}

// onPage expects an error page of the house: nobody is sent anywhere.
func (e *exam) onPage(v visit) {
	e.Helper()
	if v.back != nil || v.page.To != nil || v.page.Status != http.StatusBadRequest || v.prompt {
		e.Errorf("answered %d to %v: %s", v.page.Status, v.page.To, title(v.page))
	}
}

func postRequest(e *exam) {
	b := e.h.Browser()
	sent := e.ask(e.client)
	e.spent(e.client, e.follow(b, sent, b.Post("/authorize", sent)))
}

func requestURI(e *exam) {
	v := e.visits(e.h.Browser(), e.ask(e.client, "request_uri", e.party.URL+"/request-object"))
	e.refused(v, "request_uri_not_supported")
}

// unsigned is a request object that nobody signed.
func (e *exam) unsigned(claims map[string]any) string {
	payload, err := json.Marshal(claims)
	must(e.T, err)
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
}

func requestObject(e *exam) {
	object := e.unsigned(map[string]any{"client_id": e.client.Client.ID, "nonce": "of-the-object", "scope": "openid email"})
	e.refused(e.visits(e.h.Browser(), e.ask(e.client, "request", object)), "request_not_supported")
}

func requestObjectRedirectURI(e *exam) {
	object := e.unsigned(map[string]any{"client_id": e.client.Client.ID, "redirect_uri": e.client.Client.RedirectURIs[0]})
	e.onPage(e.visits(e.h.Browser(), e.ask(e.client, "request", object, "redirect_uri", e.party.URL+"/callback/nobody")))
}

// claimsEssential: the request goes through; who says that claims can be asked for one by one must give them.
func claimsEssential(e *exam) {
	got := e.happy(e.h.Browser(), e.client, "claims", `{"userinfo":{"name":{"essential":true}}}`)
	switch told := got.info["name"]; {
	case told != nil:
	case e.discovery()["claims_parameter_supported"] == true:
		e.Error("claims_parameter_supported, and no name")
	default:
		e.warns("the name was not told")
	}
}

func refreshToken(e *exam) {
	first := e.happy(e.h.Browser(), e.client, "scope", "openid offline_access", "prompt", "consent")
	token := first.tokens.Str("refresh_token")
	e.other.Refresh(token).Is(http.StatusBadRequest, "invalid_grant")
	e.h.Passes(2 * time.Second)
	next := e.client.Refresh(token).Is(http.StatusOK, "")
	e.tokenResponse(next)
	id, claims := e.idToken(e.client, next.Str("id_token"))
	must(e.T, id.VerifyAccessToken(next.Str("access_token")))
	for _, name := range []string{"iss", "sub", "azp", "auth_time"} {
		if claims[name] != first.claims[name] {
			e.Errorf("%s was %v, is %v", name, first.claims[name], claims[name])
		}
	}
	if !slices.Equal(id.Audience, first.id.Audience) || !id.IssuedAt.After(first.id.IssuedAt) || id.Nonce != "" && id.Nonce != first.id.Nonce {
		e.Errorf("first %v, then %v", first.claims, claims)
	}
	if next.Str("access_token") == first.tokens.Str("access_token") {
		e.Error("the same access token again")
	}
	e.h.Userinfo(next.Str("access_token")).Is(http.StatusOK, "")
}

// validPKCE: with the verifier it works, and with none or another one it does not (RFC 7636, 4.6).
func validPKCE(e *exam) {
	pairs := []string{"code_challenge", oauth2.S256ChallengeFromVerifier(e.client.Verifier), "code_challenge_method", "S256"}
	e.happy(e.h.Browser(), e.client, pairs...)
	for _, verifier := range []string{"-", oauth2.GenerateVerifier()} {
		v := e.visits(e.h.Browser(), e.ask(e.client, pairs...))
		if got := e.client.Redeem(v.back.Get("code"), "code_verifier", verifier); got.Status != http.StatusBadRequest {
			e.Errorf("verifier %q: %d %s", verifier, got.Status, got.Raw)
		}
	}
}
