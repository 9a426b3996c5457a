package server_test

import (
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"gatehouse/provider"
)

func inSector(host string) func(*provider.Client) {
	return func(c *provider.Client) { c.Sector = host }
}

// TestCore_8_1_Pairwise: one sub in a sector, another in each, the same in everything that a client is told of a person, and read back
// from hints.
func TestCore_8_1_Pairwise(t *testing.T) {
	t.Parallel()
	e := newEars(t)
	h := newHouse(t, e.reach)
	ana := h.Person("ana")
	one, same, other := h.App("one", wide, inSector("a.example"), e.heardAt), h.App("same", inSector("a.example")), h.App("other", inSector("b.example"))
	b := h.Browser()
	tokens := one.Tokens(b, "scope", "openid offline_access")
	_, id := one.Verified(tokens.Str("id_token"))
	sub, _ := id["sub"].(string)
	if sub == "" || sub == string(ana.ID) || len(sub) != 22 {
		t.Fatalf("sub %q", sub)
	}
	_, access := joseParts(t, tokens.Str("access_token"))
	_, again := one.Verified(one.Refresh(tokens.Str("refresh_token")).Str("id_token"))
	for what, got := range map[string]any{
		"access token": access["sub"], "refreshed": again["sub"], "userinfo": h.Userinfo(tokens.Str("access_token")).JSON["sub"],
		"introspection": one.Introspect(tokens.Str("access_token")).JSON["sub"], "of the refresh token": one.Introspect(tokens.Str("refresh_token")).JSON["sub"],
	} {
		if got != sub {
			t.Errorf("%s: %v, want %s", what, got, sub)
		}
	}
	for _, text := range []string{one.Introspect(tokens.Str("access_token")).Raw, h.Userinfo(tokens.Str("access_token")).Raw} {
		if strings.Contains(text, string(ana.ID)) {
			t.Errorf("the public subject is told: %s", text)
		}
	}
	if _, got := same.Verified(same.Tokens(b).Str("id_token")); got["sub"] != sub {
		t.Error("another sub in the same sector")
	}
	if _, got := other.Verified(other.Tokens(b).Str("id_token")); got["sub"] == sub {
		t.Error("the same sub in another sector")
	}
	one.Back(b.Get(one.Ask("prompt", "none", "id_token_hint", tokens.Str("id_token"))))
	other.Back(b.Get(other.Ask("prompt", "none", "id_token_hint", tokens.Str("id_token")))) // of another client, by its sector
	claims := func(sub string) string { return `{"id_token":{"sub":{"value":"` + sub + `"}}}` }
	if got := one.Back(b.Get(one.Ask("prompt", "none", "claims", claims(sub)))); !got.Has("code") {
		t.Errorf("its own sub: %v", got)
	}
	for _, wrong := range []string{string(ana.ID), "x", strings.Repeat("A", 22)} {
		one.Refused(b.Get(one.Ask("prompt", "none", "claims", claims(wrong))), "login_required")
	}
	one.Post("/revoke", "token", tokens.Str("access_token")).Is(200, "")
	if got := h.Recorded(ana.ID, "token.revoked"); len(got) != 1 {
		t.Errorf("the trail has %d revocations of Ana", len(got))
	}
	b.Get("/logout?id_token_hint="+tokens.Str("id_token")).Shows(t, 200, "signed out")
	h.tells()
	if told := h.logoutToken(e.last("one"), "one", "RS256"); told["sub"] != sub {
		t.Errorf("logout token: %v", told)
	}
}

// TestCore_5_3_2_SignedUserinfo: by each algorithm, to the client, verified by a library that we did not write; and no ID token.
func TestCore_5_3_2_SignedUserinfo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	b := h.Browser()
	for _, alg := range listed(h.Send("GET", "/.well-known/openid-configuration", nil, ""), "userinfo_signing_alg_values_supported") {
		a := h.App("signed-"+strings.ToLower(alg), wide, func(c *provider.Client) { c.UserinfoAlg = alg })
		tokens := a.Tokens(b, "scope", "openid email")
		got := h.Userinfo(tokens.Str("access_token"))
		if got.Status != 200 || got.Header.Get("Content-Type") != "application/jwt" {
			t.Fatalf("%s: %d %v %s", alg, got.Status, got.Header, got.Raw)
		}
		header, claims := joseParts(t, got.Raw)
		if header["alg"] != alg || claims["iss"] != h.URL || claims["aud"] != a.Client.ID || claims["email"] == nil {
			t.Errorf("%s: %v %v", alg, header, claims)
		}
		ctx, p := h.Provider()
		info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: tokens.Str("access_token")}))
		if err != nil || info.Email == "" {
			t.Errorf("%s: go-oidc says %v", alg, err)
		}
		if _, err := p.Verifier(&oidc.Config{ClientID: a.Client.ID, Now: h.now}).Verify(ctx, got.Raw); err == nil {
			t.Errorf("%s: it passes for an ID token", alg)
		}
		a.Refused(b.Get(a.Ask("prompt", "none", "id_token_hint", got.Raw)), "invalid_request")
		h.Userinfo("x").Is(401, "invalid_token")
	}
}
