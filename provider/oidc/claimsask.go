package oidc

import (
	"encoding/json"
	"slices"
	"strings"

	strict "github.com/go-jose/go-jose/v4/json" // refuses repeated members, and compares names sign by sign

	"gatehouse/provider"
)

// The claims parameter (OpenID Connect Core 5.5): claims that an application asks for one by one.
//
// Decision: a claim is given where the scope that holds it is one that the application is registered for. The person is asked for that
// scope, on the page that they know, and then the application has the claim and not the scope. Essential or not, what a person did not
// allow, or we do not know, is left out. Rejected: claims for which the application may not ask by scope, and a question for each claim.
//
// Decision: the values that it wishes for are heeded for sub (nobody else will do), and for acr (as acr_values; where it is essential,
// the sign-in fails rather than be any other). Any other claim is what it is.
const maxClaimsAsked = 100

// claimsAsk is the parameter. Members that are not here are passed over, as are claims that we do not have.
type claimsAsk struct {
	Userinfo map[string]*claimAsk `json:"userinfo"`
	IDToken  map[string]*claimAsk `json:"id_token"`
}

// claimAsk is how one claim is asked for; nil: as such.
type claimAsk struct {
	Essential bool                `json:"essential"`
	Value     strict.RawMessage   `json:"value"`
	Values    []strict.RawMessage `json:"values"`
}

// readClaims reads the parameter; "" asks for nothing.
func readClaims(text string) (claimsAsk, error) {
	var ask claimsAsk
	if text == "" {
		return ask, nil
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "{") || strict.Unmarshal([]byte(text), &ask) != nil {
		return claimsAsk{}, fail("invalid_request", "claims")
	}
	if len(ask.Userinfo)+len(ask.IDToken) > maxClaimsAsked {
		return claimsAsk{}, fail("invalid_request", "too many claims")
	}
	return ask, nil
}

// wishes are the values, in text, that are wished for of a claim, in either place, and whether it must be one of them.
func (a claimsAsk) wishes(name string) (values []string, essential bool) {
	for _, ask := range []*claimAsk{a.IDToken[name], a.Userinfo[name]} {
		if ask == nil {
			continue
		}
		for _, raw := range append(slices.Clone(ask.Values), ask.Value) {
			var value string
			if len(raw) > 0 && json.Unmarshal(raw, &value) == nil && value != "" && !slices.Contains(values, value) {
				values = append(values, value)
				essential = essential || ask.Essential
			}
		}
	}
	return values, essential
}

// claimsByScope are the claims of each scope (OIDC Core 5.4).
func claimsByScope() map[string][]string {
	return map[string][]string{
		"profile": {
			"name", "given_name", "middle_name", "family_name", "nickname", "preferred_username", "profile", "picture", "website",
			"gender", "birthdate", "zoneinfo", "locale", "updated_at",
		},
		"email": {"email", "email_verified"}, "phone": {"phone_number", "phone_number_verified"}, "address": {"address"},
	}
}

// claimsAsked are the names of claims that are given one by one: what a grant keeps of the parameter.
type claimsAsked struct {
	Userinfo []string `json:"userinfo,omitempty"`
	IDToken  []string `json:"id_token,omitempty"`
}

// within are the claims asked for whose scope is one of those.
func (a claimsAsk) within(scopes []string) claimsAsked {
	var asked claimsAsked
	for scope, names := range claimsByScope() {
		if !slices.Contains(scopes, scope) {
			continue
		}
		for _, name := range names {
			if _, wanted := a.Userinfo[name]; wanted {
				asked.Userinfo = append(asked.Userinfo, name)
			}
			if _, wanted := a.IDToken[name]; wanted {
				asked.IDToken = append(asked.IDToken, name)
			}
		}
	}
	slices.Sort(asked.Userinfo)
	slices.Sort(asked.IDToken)
	return asked
}

// scopes are those by which the claims asked for are given, as far as the client may ask for them.
func (a claimsAsk) scopes(c provider.Client) []string {
	var scopes []string
	for _, scope := range c.Scopes {
		if of := a.within([]string{scope}); len(of.Userinfo)+len(of.IDToken) > 0 {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// kept is how a grant keeps them; "" where there are none.
func (a claimsAsked) kept() string {
	if len(a.Userinfo)+len(a.IDToken) == 0 {
		return ""
	}
	text, err := json.Marshal(a)
	if err != nil {
		return ""
	}
	return string(text)
}

// askedClaims reads them from a grant. What cannot be read asks for nothing.
func askedClaims(g provider.Grant) claimsAsked {
	var asked claimsAsked
	if g.Claims == "" || json.Unmarshal([]byte(g.Claims), &asked) != nil {
		return claimsAsked{}
	}
	return asked
}

// addClaims adds the claims of those names that are known of an account.
func addClaims(to map[string]any, a provider.Account, names []string) {
	if len(names) == 0 {
		return
	}
	all := userClaims(a, []string{"profile", "email", "phone", "address"})
	for _, name := range names {
		if value, known := all[name]; known {
			to[name] = value
		}
	}
}
