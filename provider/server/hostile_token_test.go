package server_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/server"
)

// TestHostile_UsedCodeFromALog: anybody may find a used code in a log. Shown by a client whose code it is not, it ends
// nothing; shown again by its own, the family dies.
func TestHostile_UsedCodeFromALog(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a, nobody, rival := h.App("records"), h.App("spa", public), h.App("rival")
	code := a.Code(h.Browser(), "scope", "openid offline_access")
	tokens := a.Redeem(code).Is(200, "")
	for _, later := range []time.Duration{0, 30 * 24 * time.Hour} {
		h.Passes(later)
		for _, stranger := range []*app{nobody, rival} {
			stranger.Redeem(code).Is(400, "invalid_grant")
			stranger.Redeem(code, "redirect_uri", a.Client.RedirectURIs[0], "code_verifier", a.Verifier).Is(400, "invalid_grant")
		}
		a.Refresh(tokens.Str("refresh_token")).Is(200, "")
	}
	if got := h.Recorded(ana.ID, "grant.revoked"); len(got) != 0 {
		t.Errorf("recorded %+v", got)
	}
	a.Redeem(code).Is(400, "invalid_grant")
	a.Refresh(tokens.Str("refresh_token")).Is(400, "invalid_grant")
	if got := h.Recorded(ana.ID, "grant.revoked"); len(got) != 1 {
		t.Errorf("recorded %+v", got)
	}
}

// TestHostile_TrailIsNotFilled: what is done over and over leaves one record, or none.
func TestHostile_TrailIsNotFilled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	tokens := a.Tokens(b)
	for name, c := range map[string]struct {
		want int
		do   func()
	}{
		"revoking an access token": {1, func() { a.Post("/revoke", "token", tokens.Str("access_token")).Is(200, "") }},
		"revoking a refresh token": {1, func() { a.Post("/revoke", "token", tokens.Str("refresh_token")).Is(200, "") }},
	} {
		events, marks := h.Rows("events"), h.Rows("marks")
		for range 10 {
			c.do()
		}
		if got := h.Rows("events") - events; got != c.want {
			t.Errorf("%s ten times leaves %d events, want %d", name, got, c.want)
		}
		if got := h.Rows("marks") - marks; got > 1 {
			t.Errorf("%s ten times leaves %d marks", name, got)
		}
	}
	h.SetStatus(ana.ID, provider.Locked)
	events := h.Rows("events")
	for range 10 {
		a.Refused(b.Get(a.Ask("prompt", "none")), provider.RefuseLogin)
	}
	if got := h.Rows("events") - events; got != 0 {
		t.Errorf("an application that looks for a locked account ten times leaves %d events", got)
	}
	b.Get(a.Ask()).Shows(t, http.StatusOK, "Sign in to") // its session ended with it
	b.SignIn("ana", anasPassword).Shows(t, http.StatusForbidden)
	if got := h.Rows("events") - events; got != 1 {
		t.Errorf("a person who is refused leaves %d events, want 1", got)
	}
}

// TestHostile_SigningFails: where no token can be signed, the code is not used up: the application tries again.
func TestHostile_SigningFails(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	code := a.Code(h.Browser(), "scope", "openid offline_access")
	signs := func(alg string) {
		c, err := h.Store.Client(context.Background(), "records")
		must(t, err)
		c.IDTokenAlg = alg
		must(t, h.Store.UpdateClient(context.Background(), c, audit.ClientChanged(h.now(), "records")))
	}
	signs("ES512") // the ring has no such key
	if got := a.Redeem(code); got.Status < 500 {
		t.Fatalf("signed: %d %s", got.Status, got.Raw)
	}
	signs("RS256")
	tokens := a.Redeem(code).Is(200, "")
	signs("ES512")
	if got := a.Refresh(tokens.Str("refresh_token")); got.Status < 500 {
		t.Fatalf("signed: %d %s", got.Status, got.Raw)
	}
	signs("RS256")
	a.Refresh(tokens.Str("refresh_token")).Is(200, "")
}

// TestHostile_LogQuotesNobody: no text of a request's query or form stands in the log, whatever is wrong with it.
func TestHostile_LogQuotesNobody(t *testing.T) {
	t.Parallel()
	const canary = "canary2718281828"
	h := newHouse(t)
	h.Person("ana")
	a, post := h.App("records"), h.App("poster", post)
	b := h.Browser().In("ana")
	for _, name := range []string{
		"prompt", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "max_age", "acr_values",
		"ui_locales", "login_hint", "id_token_hint", "redirect_uri", "client_id", "request", "request_uri", "resource", "claims", "display", canary,
	} {
		for _, value := range []string{canary, canary + " openid", "openid " + canary} {
			ask := a.Params(name, value)
			b.Get("/authorize?" + ask.Encode())
			b.Get("/authorize?" + ask.Encode() + "&" + url.Values{name: {canary}}.Encode()) // twice
		}
	}
	b.Get("/authorize?" + canary + "=%zz;" + canary)
	b.Get(goodbye("client_id", canary, "state", canary, "post_logout_redirect_uri", "https://"+canary+".example", canary, canary))
	b.Get("/" + canary)
	b.Get("/signin/" + canary + "/" + canary)
	for _, client := range []*app{a, post} {
		for _, name := range []string{"grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "token", "token_type_hint", "client_id", canary} {
			for _, path := range []string{"/token", "/introspect", "/revoke"} {
				for _, grant := range []string{"authorization_code", "refresh_token", "client_credentials"} {
					client.Post(path, "grant_type", grant, name, canary)
				}
				h.Send("POST", path, map[string]string{"Content-Type": formType, "Authorization": basicAuth(client.Client.ID, canary)},
					url.Values{name: {canary, canary}}.Encode())
			}
		}
	}
	h.Send("POST", "/token", map[string]string{"Content-Type": canary}, canary)
	h.Send("GET", "/userinfo?"+canary, map[string]string{"Authorization": "Bearer " + canary}, "")
	if n := strings.Count(h.Log.String(), "\n"); n < 100 {
		t.Fatalf("only %d lines", n)
	}
	for line := range strings.Lines(h.Log.String()) {
		if strings.Contains(line, canary) {
			t.Errorf("the log quotes a request: %s", line)
		}
	}
}

// TestHostile_HintOfAForgottenKey: an ID token whose key is gone hints at nobody; it stops a silent request, and no person.
func TestHostile_HintOfAForgottenKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	hint := newHouse(t).foreignHint(string(ana.ID))
	b := h.Browser()
	b.Get(a.Ask("id_token_hint", hint)).Asks(t, "a hint of long ago")
	if p := b.SignIn("ana", anasPassword); p.Gave() == "" {
		t.Errorf("and then: %s %v", title(p), p.To)
	}
	a.Refused(b.Get(a.Ask("id_token_hint", hint, "prompt", "none")), "invalid_request")
	ours := a.Tokens(b).Str("id_token")
	a.Refused(b.Get(a.Ask("id_token_hint", ours[:len(ours)-8]+"AAAAAAAA")), "invalid_request")
}

// TestHostile_KeysOnRecord: whoever changes the signing keys leaves a record of when and why, and nothing else does.
func TestHostile_KeysOnRecord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if made := h.Recorded("", "keys.changed"); len(made) != 1 || made[0].Detail["why"] != server.AsPlanned || made[0].Actor != string(audit.House) {
		t.Errorf("the first keys: %+v", made)
	}
	at := h.now().Add(time.Hour).Truncate(time.Microsecond)
	ring, err := server.OpenRing(context.Background(), h.Store, h.Keyset, at, audit.Operator, "emergency")
	must(t, err)
	if n := len(h.Recorded("", "keys.changed")); n != 1 {
		t.Errorf("%d records after a look", n)
	}
	must(t, ring.RotateEmergency(context.Background(), at, keys.RS256))
	all := h.Recorded("", "keys.changed")
	if len(all) != 2 || !all[0].At.Equal(at) || all[0].Detail["why"] != "emergency" || all[0].Actor != string(audit.Operator) {
		t.Errorf("recorded %+v", all)
	}
}
