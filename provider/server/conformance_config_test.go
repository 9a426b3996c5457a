package server_test

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/text/language"
)

// knownMetadata are the members that specifications name (the registry of RFC 8414, and OpenID Connect Discovery 3).
const knownMetadata = ` issuer authorization_endpoint token_endpoint userinfo_endpoint jwks_uri registration_endpoint scopes_supported
	response_types_supported response_modes_supported grant_types_supported acr_values_supported subject_types_supported
	id_token_signing_alg_values_supported userinfo_signing_alg_values_supported request_object_signing_alg_values_supported
	token_endpoint_auth_methods_supported token_endpoint_auth_signing_alg_values_supported introspection_endpoint revocation_endpoint
	introspection_endpoint_auth_methods_supported introspection_endpoint_auth_signing_alg_values_supported
	revocation_endpoint_auth_methods_supported revocation_endpoint_auth_signing_alg_values_supported display_values_supported
	claim_types_supported claims_supported claims_locales_supported ui_locales_supported claims_parameter_supported
	request_parameter_supported request_uri_parameter_supported require_request_uri_registration op_policy_uri op_tos_uri
	service_documentation code_challenge_methods_supported prompt_values_supported end_session_endpoint backchannel_logout_supported
	backchannel_logout_session_supported authorization_response_iss_parameter_supported pushed_authorization_request_endpoint
	require_pushed_authorization_requests dpop_signing_alg_values_supported `

// discoveryVerification is the whole Config plan.
func discoveryVerification(e *exam) {
	doc := e.h.Send(http.MethodGet, "/.well-known/openid-configuration", nil, "").Is(http.StatusOK, "")
	if kind, _, err := mime.ParseMediaType(doc.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		e.Errorf("it is %q", kind)
	}
	issuer, err := url.Parse(doc.Str("issuer"))
	must(e.T, err)
	if doc.Str("issuer") != e.h.URL || issuer.Scheme != "https" || issuer.RawQuery != "" || issuer.Fragment != "" {
		e.Errorf("issuer %q, asked at %q", issuer, e.h.URL)
	}
	e.members(doc)
	e.lists(doc)
	e.languages(doc)
	e.keys(doc)
}

// members are known ones, in the types that they have, and every address is one of https.
func (e *exam) members(doc *answer) {
	for name, value := range doc.JSON {
		if !slices.Contains(strings.Fields(knownMetadata), name) {
			e.warns("no specification has the member %s", name)
		}
		switch {
		case strings.HasSuffix(name, "_endpoint") || strings.HasSuffix(name, "_uri"):
			text, _ := value.(string)
			if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" || u.Fragment != "" {
				e.Errorf("%s = %v", name, value)
			}
		case strings.HasSuffix(name, "_supported"):
			_, list := value.([]any)
			_, flag := value.(bool)
			if !list && !flag {
				e.Errorf("%s = %v", name, value)
			}
		}
	}
	for _, name := range []string{"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} {
		if doc.Str(name) == "" {
			e.Errorf("no %s", name)
		}
	}
	if uri, there := doc.JSON["request_uri_parameter_supported"]; !there || uri != false {
		e.Errorf("request_uri_parameter_supported = %v, and left out it would mean true", uri)
	}
}

// lists have what they must have, each value once.
func (e *exam) lists(doc *answer) {
	for name, must := range map[string]string{
		"response_types_supported": "code", "id_token_signing_alg_values_supported": "RS256", "scopes_supported": "openid",
		"grant_types_supported": "authorization_code", "claims_supported": "sub", "code_challenge_methods_supported": "S256",
		"subject_types_supported": "public", "token_endpoint_auth_methods_supported": "client_secret_basic",
	} {
		values := listed(doc, name)
		if !slices.Contains(values, must) {
			e.Errorf("%s %v has no %s", name, values, must)
		}
		slices.Sort(values)
		if len(slices.Compact(values)) != len(values) || slices.ContainsFunc(values, func(v string) bool { return strings.ContainsAny(v, " \"\\") }) {
			e.Errorf("%s %v", name, values)
		}
	}
	if slices.Contains(listed(doc, "id_token_signing_alg_values_supported"), "none") {
		e.Error("none is no signature")
	}
}

// languages are tags of BCP 47 in their usual spelling.
func (e *exam) languages(doc *answer) {
	for _, name := range []string{"ui_locales_supported", "claims_locales_supported"} {
		for _, tag := range listed(doc, name) {
			parsed, err := language.Parse(tag)
			if err != nil || parsed.String() != tag {
				e.Errorf("%s: %q is %q (%v)", name, tag, parsed, err)
			}
		}
	}
}

// keys are public, signatures of RS256 among them, and each has a kid of its own.
func (e *exam) keys(doc *answer) {
	got := e.h.Send(http.MethodGet, strings.TrimPrefix(doc.Str("jwks_uri"), e.h.URL), nil, "").Is(http.StatusOK, "")
	var set jose.JSONWebKeySet
	must(e.T, json.Unmarshal([]byte(got.Raw), &set))
	kids, rs256 := map[string]bool{}, false
	for _, key := range set.Keys {
		if !key.Valid() || !key.IsPublic() || key.KeyID == "" || kids[key.KeyID] || key.Use != "sig" {
			e.Errorf("key %q of %s for %q", key.KeyID, key.Algorithm, key.Use)
		}
		kids[key.KeyID] = true
		rs256 = rs256 || key.Algorithm == "RS256"
	}
	if !rs256 {
		e.Error("no key of RS256")
	}
	raw, _ := got.JSON["keys"].([]any)
	for _, key := range raw {
		for _, secret := range []string{"d", "p", "q", "dp", "dq", "qi", "k", "oth"} {
			if _, there := key.(map[string]any)[secret]; there {
				e.Errorf("a key tells %q", secret)
			}
		}
	}
	if len(raw) != len(set.Keys) {
		e.Errorf("%d keys, of which %d are understood", len(raw), len(set.Keys))
	}
}
