package server_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"
)

func logoutAsks() asked {
	bye := func(e *exam) string { return e.client.Client.PostLogoutRedirectURIs[0] }
	return asked{
		"oidcc-rp-initiated-logout-discovery-endpoint-verification": endSessionEndpoint,
		"oidcc-rp-initiated-logout": func(e *exam) {
			e.signedOut("id_token_hint", "+", "post_logout_redirect_uri", bye(e), "state", oauth2.GenerateVerifier())
		},
		"oidcc-rp-initiated-logout-no-state": func(e *exam) { e.signedOut("id_token_hint", "+", "post_logout_redirect_uri", bye(e)) },
		"oidcc-rp-initiated-logout-bad-post-logout-redirect-uri": func(e *exam) {
			e.stays("id_token_hint", "+", "post_logout_redirect_uri", e.party.URL+"/bye/nobody", "state", "s")
		},
		"oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri": func(e *exam) {
			e.stays("id_token_hint", "+", "post_logout_redirect_uri", bye(e)+"?foo=bar", "state", "s")
		},
		"oidcc-rp-initiated-logout-modified-id-token-hint":      func(e *exam) { e.stays("id_token_hint", "none", "post_logout_redirect_uri", bye(e), "state", "s") },
		"oidcc-rp-initiated-logout-bad-id-token-hint":           func(e *exam) { e.stays("id_token_hint", "foreign", "post_logout_redirect_uri", bye(e), "state", "s") },
		"oidcc-rp-initiated-logout-no-id-token-hint":            func(e *exam) { e.stays("post_logout_redirect_uri", bye(e), "state", "s") },
		"oidcc-rp-initiated-logout-no-params":                   func(e *exam) { e.stays() },
		"oidcc-rp-initiated-logout-no-post-logout-redirect-uri": func(e *exam) { e.stays("id_token_hint", "+", "state", "s") },
		"oidcc-rp-initiated-logout-only-state":                  func(e *exam) { e.stays("state", "s") },
	}
}

func backChannelAsks() asked {
	return asked{
		"oidcc-backchannel-logout-discovery-endpoint-verification": backChannelDiscovery,
		"oidcc-backchannel-rp-initiated-logout":                    backChannelLogout,
	}
}

func endSessionEndpoint(e *exam) {
	address, _ := e.discovery()["end_session_endpoint"].(string)
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" || u.Host == "" || u.Fragment != "" {
		e.Errorf("end_session_endpoint %q", address)
	}
}

// leaves signs Ana in, and sends her to the end session endpoint. The hint is made of her ID token: + as it is, none without a
// signature, foreign signed by somebody else.
func (e *exam) leaves(b *browser, pairs []string) *page {
	e.Helper()
	hint := e.happy(b, e.client).tokens.Str("id_token")
	to := with(url.Values{}, pairs...)
	switch to.Get("id_token_hint") {
	case "+":
		to.Set("id_token_hint", hint)
	case "none":
		to.Set("id_token_hint", b64([]byte(`{"alg":"none"}`))+"."+strings.Split(hint, ".")[1]+".")
	case "foreign":
		to.Set("id_token_hint", e.foreign(hint))
	}
	address, _ := e.discovery()["end_session_endpoint"].(string)
	return b.Get(address + "?" + to.Encode())
}

// foreign is the same token, signed with a key of our own that has the kid of the house's.
func (e *exam) foreign(token string) string {
	e.Helper()
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	must(e.T, err)
	var claims map[string]any
	must(e.T, parsed.UnsafeClaimsWithoutVerification(&claims))
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(e.T, err)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: parsed.Headers[0].KeyID}}, nil)
	must(e.T, err)
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	must(e.T, err)
	return text
}

// signedOut: she is out at once, and back in the application with the state, if there was one, and nothing else.
func (e *exam) signedOut(pairs ...string) {
	e.Helper()
	b := e.h.Browser()
	p := e.leaves(b, pairs)
	got := e.arrives(b, p)
	if got == nil {
		e.Fatalf("she stays on %s (%d)", title(p), p.Status)
	}
	want := url.Values{}
	if state := with(url.Values{}, pairs...).Get("state"); state != "" {
		want.Set("state", state)
	}
	if got.Method != http.MethodGet || got.Path != "/bye/"+e.client.Client.ID || got.Query.Encode() != want.Encode() {
		e.Errorf("the application got %+v", got)
	}
	e.notSignedIn(b)
}

// stays: nobody is sent anywhere, neither at once nor after she was asked; then she is out, and sees so.
func (e *exam) stays(pairs ...string) {
	e.Helper()
	b := e.h.Browser()
	p := e.leaves(b, pairs)
	if p.To == nil && strings.Contains(p.Body, "/logout/confirm") {
		p = b.Choose("/logout/confirm", "")
	}
	if action, _ := posted(p.Body); p.To != nil || p.Status != http.StatusOK || strings.HasPrefix(action, e.party.URL) {
		e.Errorf("answered %d to %v", p.Status, p.To)
	}
	p.Shows(e.T, http.StatusOK, "You are signed out")
	e.notSignedIn(b)
}

func backChannelDiscovery(e *exam) {
	doc := e.discovery()
	if doc["backchannel_logout_supported"] != true || doc["backchannel_logout_session_supported"] != true {
		e.Errorf("discovery says %v and %v", doc["backchannel_logout_supported"], doc["backchannel_logout_session_supported"])
	}
	endSessionEndpoint(e)
}

func backChannelLogout(e *exam) {
	b := e.h.Browser()
	first := e.happy(b, e.client)
	to := with(url.Values{}, "id_token_hint", first.tokens.Str("id_token"), "post_logout_redirect_uri", e.client.Client.PostLogoutRedirectURIs[0], "state", "st-bc")
	if got := e.arrives(b, b.Get("/logout?"+to.Encode())); got == nil || got.Query.Get("state") != "st-bc" {
		e.Errorf("back in the application: %+v", got)
	}
	e.h.tells()
	said := e.h.logoutToken(e.ears.last(e.client.Client.ID), e.client.Client.ID, jose.RS256)
	if said["sid"] == nil || said["sid"] != first.claims["sid"] || said["sub"] != first.id.Subject || said["nonce"] != nil {
		e.Errorf("logout token %v, ID token %v", said, first.claims)
	}
	heard := e.ears.heard["/"+e.client.Client.ID]
	if len(heard) != 1 || heard[0].Method != http.MethodPost || heard[0].Header.Get("Content-Type") != formType || heard[0].TLS.Version < tls.VersionTLS12 {
		e.Errorf("told %d times", len(heard))
	}
	e.notSignedIn(b)
}
