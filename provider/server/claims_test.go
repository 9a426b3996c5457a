package server_test

import (
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

func wide(c *provider.Client) {
	c.Scopes = []string{"openid", "profile", "email", "phone", "address", "offline_access"}
}

// TestCore_5_5_Claims: asked for one by one, in either place, without their scopes; the same after a refresh.
func TestCore_5_5_Claims(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records", wide)
	b := h.Browser()
	const claims = `{"userinfo":{"given_name":{"essential":true},"email":null,"email_verified":{"value":false},"nothing":null,"name#en":null},` +
		`"id_token":{"email":{"essential":true,"values":["x@y.example"]},"auth_time":{"essential":true},"sid":null,"iss":{"value":"https://evil.example"}},"other":7}`
	for _, tokens := range []*answer{a.Tokens(b, "claims", claims, "scope", "openid offline_access"), nil} {
		if tokens == nil {
			first := a.Tokens(b, "claims", claims, "scope", "openid offline_access")
			h.Passes(time.Minute)
			tokens = a.Refresh(first.Str("refresh_token")).Is(200, "")
		}
		_, id := a.Verified(tokens.Str("id_token"))
		info := h.Userinfo(tokens.Str("access_token")).Is(200, "").JSON
		email, _ := ana.Identifier(provider.Email)
		if id["email"] != email.Value || id["iss"] != h.URL || id["given_name"] != nil || id["name"] != nil || id["auth_time"] == nil {
			t.Errorf("ID token: %v", id)
		}
		if len(info) != 4 || info["email"] != email.Value || info["email_verified"] != true || info["given_name"] != ana.Profile.GivenName || info["sub"] != string(ana.ID) {
			t.Errorf("userinfo: %v", info)
		}
	}
	narrow := h.App("narrow", func(c *provider.Client) { c.Scopes = []string{"openid"} })
	if info := h.Userinfo(narrow.Tokens(b, "claims", claims).Str("access_token")).JSON; len(info) != 1 {
		t.Errorf("a client without these scopes has %v", info)
	}
}

// TestCore_5_5_BadClaims: what is no such object is refused, and nobody is asked anything.
func TestCore_5_5_BadClaims(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser().In("ana")
	for _, wrong := range []string{
		"{", "[]", "null", `"x"`, "7", `{"userinfo":[]}`, `{"userinfo":{"name":true}}`, `{"userinfo":{"name":{"essential":"yes"}}}`,
		`{"id_token":{"acr":{"values":"x"}}}`, `{"userinfo":{"name":null,"name":null}}`, `{} {}`,
		`{"userinfo":{` + strings.TrimSuffix(strings.Repeat(`"x":null,`, 150), ",") + `}}`, strings.Repeat(`{"userinfo":`, 150) + strings.Repeat("}", 150),
	} {
		a.Refused(b.Get(a.Ask("claims", wrong)), "invalid_request")
	}
	for _, right := range []string{"{}", `{"userinfo":null}`, `{"userinfo":{},"id_token":{}}`, ` {"userinfo":{"name":{"value":{"x":[1]}}}}`} {
		a.Back(b.Get(a.Ask("claims", right)))
	}
}

// TestCore_5_5_1_1_ACR: as acr_values; where it is essential, no other will do.
func TestCore_5_5_1_1_ACR(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser().In("ana")
	acr := func(how string) string { return `{"id_token":{"acr":{` + how + `}}}` }
	aal1, aal2 := provider.AAL1.ACR(), provider.AAL2.ACR()
	for how, code := range map[string]string{
		`"essential":true,"value":"` + aal2 + `"`:                             "login_required",
		`"value":"` + aal2 + `"`:                                              "login_required",
		`"essential":true,"values":["urn:x"]`:                                 "unmet_authentication_requirements",
		`"essential":true,"values":["` + aal1 + `","` + aal2 + `"]`:           "",
		`"essential":true`:                                                    "",
		`"values":["urn:x"]`:                                                  "",
		`"essential":true,"values":["` + aal2 + `"],"value":"` + aal1 + `"`:   "",
		`"essential":true,"values":["` + provider.PHR.ACR() + `","urn:gone"]`: "login_required",
	} {
		got := a.Back(b.Get(a.Ask("prompt", "none", "claims", acr(how))))
		if got.Get("error") != code || got.Has("code") != (code == "") {
			t.Errorf("%s: %v", how, got)
		}
	}
	got := a.Back(b.Get(a.Ask("prompt", "none", "acr_values", aal2, "claims", acr(`"essential":true,"value":"`+aal1+`"`))))
	if _, id := a.Verified(a.Redeem(got.Get("code")).Str("id_token")); id["acr"] != aal1 {
		t.Errorf("acr %v", id["acr"])
	}
}

// TestCore_5_5_1_Sub: nobody else than the subject that is named.
func TestCore_5_5_1_Sub(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bea := h.Person("ana"), h.Person("bea")
	a := h.App("records")
	b := h.Browser().In("ana")
	sub := func(id provider.AccountID) string { return `{"id_token":{"sub":{"value":"` + string(id) + `"}}}` }
	a.Back(b.Get(a.Ask("prompt", "none", "claims", sub(ana.ID))))
	a.Refused(b.Get(a.Ask("prompt", "none", "claims", sub(bea.ID))), "login_required")
	b.Get(a.Ask("claims", sub(bea.ID))).Shows(t, 200, `name="password"`)
	hint := a.Tokens(b).Str("id_token")
	a.Refused(b.Get(a.Ask("prompt", "none", "claims", sub(bea.ID), "id_token_hint", hint)), "login_required")
	a.Refused(b.Get(a.Ask("claims", `{"id_token":{"sub":{"values":["a","b"]}}}`)), "invalid_request")
}

// TestClaimsNeedConsent: an app from outside gets a claim only where the person allowed what holds it, and the claim alone.
func TestClaimsNeedConsent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("thirdapp", thirdParty, wide)
	b := h.Browser()
	const claims = `{"userinfo":{"phone_number":{"essential":true}},"id_token":{"given_name":null}}`
	a.asked(b, "claims", claims).Shows(t, 200, "Share your data", "phone")
	tokens := a.Redeem(a.Back(b.Choose("/consent", "allow")).Get("code"))
	info := h.Userinfo(tokens.Str("access_token")).JSON
	_, id := a.Verified(tokens.Str("id_token"))
	if tokens.Str("scope") != "openid" || info["phone_number"] == nil || info["phone_number_verified"] != nil || info["given_name"] != nil || id["given_name"] != ana.Profile.GivenName {
		t.Errorf("scope %q, userinfo %v, ID token %v", tokens.Str("scope"), info, id)
	}
	a.Back(b.Get(a.Ask("prompt", "none", "claims", claims))) // allowed before
	a.Refused(b.Get(a.Ask("prompt", "none", "claims", `{"userinfo":{"address":null}}`)), "consent_required")
	c := h.Browser()
	other := h.App("otherapp", thirdParty, wide)
	other.asked(c, "claims", claims)
	other.Refused(c.Choose("/consent", "deny"), "access_denied")
}

// TestAPushedClaimsParameter: it goes the same way when it is pushed, and long ones fit.
func TestAPushedClaimsParameter(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", wide, pushes)
	b := h.Browser().In("ana")
	a.Push("claims", "[]").Is(400, "invalid_request")
	claims := `{"userinfo":{"email":null},"id_token":{"` + strings.Repeat("x", 4000) + `":null}}`
	tokens := a.Redeem(a.Back(b.Get(a.Pushed("claims", claims))).Get("code"))
	if info := h.Userinfo(tokens.Str("access_token")).JSON; info["email"] == nil {
		t.Errorf("%v", info)
	}
}
