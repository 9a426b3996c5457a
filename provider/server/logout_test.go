package server_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// goodbye is an address of the logout endpoint.
func goodbye(pairs ...string) string { return "/logout?" + with(url.Values{}, pairs...).Encode() }

const bye = "https://records.example/bye"

// TestRPInitiated_2_HappyPath: with a hint of the browser's own session it ends at once, everywhere, and the state comes back.
func TestRPInitiated_2_HappyPath(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a, other := h.App("records"), h.App("other")
	for _, method := range []string{"GET", "POST"} {
		b := h.Browser()
		tokens, beside := a.Tokens(b), other.Tokens(b)
		offline := a.Tokens(b, "scope", "openid offline_access")
		tab := b.Twin()
		h.Passes(11 * time.Minute) // the hint has expired, which is no fault
		hint := []string{"id_token_hint", tokens.Str("id_token"), "post_logout_redirect_uri", bye, "state", `a b&c="é`}
		var p *page
		if method == "GET" {
			p = b.Get(goodbye(hint...))
		} else {
			p = b.Post("/logout", with(url.Values{}, hint...))
		}
		if p.To == nil || !strings.HasPrefix(p.To.String(), bye+"?") || p.To.Query().Get("state") != `a b&c="é` || len(p.To.Query()) != 1 {
			t.Fatalf("%s: answered %d to %v", method, p.Status, p.To)
		}
		if b.Session() != "" || p.Header.Get("Clear-Site-Data") != `"cache"` {
			t.Errorf("%s: cookie %q, headers %v", method, b.Session(), p.Header)
		}
		a.Refused(b.Get(a.Ask("prompt", "none")), "login_required")
		a.Refused(tab.Get(a.Ask("prompt", "none")), "login_required")
		tab.Get("/account").Shows(t, 200, `name="password"`)
		for _, dead := range []*answer{tokens, beside} {
			h.Userinfo(dead.Str("access_token")).Is(401, "invalid_token")
		}
		other.Refresh(beside.Str("refresh_token")).Is(400, "invalid_grant")
		a.Refresh(offline.Str("refresh_token")).Is(200, "")
	}
}

// TestRPInitiated_2_NoRedirect: the seven cases in which nobody may be sent anywhere.
func TestRPInitiated_2_NoRedirect(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	h.App("other")
	b := h.Browser()
	hint := a.Tokens(b).Str("id_token")
	parts := strings.Split(hint, ".")
	foreign := newHouse(t).foreignHint("x")
	cases := map[string][]string{
		"unregistered":         {"id_token_hint", hint, "post_logout_redirect_uri", "https://records.example/evil"},
		"query added":          {"id_token_hint", hint, "post_logout_redirect_uri", bye + "?foo=bar"},
		"slash added":          {"id_token_hint", hint, "post_logout_redirect_uri", bye + "/"},
		"of another client":    {"id_token_hint", hint, "post_logout_redirect_uri", "https://other.example/bye"},
		"a redirect URI":       {"id_token_hint", hint, "post_logout_redirect_uri", a.Client.RedirectURIs[0]},
		"hint of alg none":     {"id_token_hint", "eyJhbGciOiJub25lIn0." + parts[1] + ".", "post_logout_redirect_uri", bye},
		"hint tampered":        {"id_token_hint", hint[:len(hint)-4] + "AAAA", "post_logout_redirect_uri", bye},
		"hint of others":       {"id_token_hint", foreign, "post_logout_redirect_uri", bye},
		"hint of others, id":   {"id_token_hint", foreign, "client_id", "records", "post_logout_redirect_uri", bye},
		"hint and other id":    {"id_token_hint", hint, "client_id", "other", "post_logout_redirect_uri", bye},
		"no hint":              {"post_logout_redirect_uri", bye},
		"unknown client":       {"client_id", "nobody", "post_logout_redirect_uri", bye},
		"nothing":              {},
		"only state":           {"state", "x"},
		"no redirect URI":      {"id_token_hint", hint},
		"no redirect URI, id":  {"client_id", "records", "state", "x"},
		"hint of another kind": {"id_token_hint", "garbage", "post_logout_redirect_uri", bye},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := h.Browser()
			b.Get(a.Ask())
			session := a.Back(b.SignIn("ana", anasPassword))
			fresh := a.Redeem(session.Get("code")).Str("id_token")
			for i := range c {
				if c[i] == hint {
					c[i] = fresh
				}
			}
			p := b.Get(goodbye(c...))
			if p.To == nil && strings.Contains(p.Body, "/logout/confirm") {
				if strings.Contains(p.Body, "evil") {
					t.Log("the page carries the address on, as a hidden field")
				}
				a.Back(b.Twin().Get(a.Ask("prompt", "none"))) // nobody was signed out by a link alone
				if p = b.Twin().Get(a.Ask("prompt", "none")); p.To.Query().Get("code") == "" {
					t.Error("a link alone signed her out")
				}
				p = b.Choose("/logout/confirm", "")
			}
			if p.To != nil || p.Status != 200 || !strings.Contains(p.Body, "You are signed out") {
				t.Errorf("answered %d to %v: %s", p.Status, p.To, title(p))
			}
			a.Refused(b.Get(a.Ask("prompt", "none")), "login_required")
			if p := h.Browser().Get(goodbye(c...)); p.To != nil || p.Status != 200 { // without any session
				t.Errorf("in another browser: %d to %v", p.Status, p.To)
			}
		})
	}
}

// TestO20_Ask: without a hint the person is asked, and then led back to the application that client_id names.
func TestO20_Ask(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.Person("ben")
	a := h.App("records")
	for name, more := range map[string][]string{"state": {"state", "s-1"}, "no state": nil} {
		b := h.Browser()
		a.Code(b)
		b.Get(goodbye(append([]string{"client_id", "records", "post_logout_redirect_uri", bye}, more...)...)).Shows(t, 200, "Do you want to sign out?", "The records app")
		if p := b.Choose("/logout/confirm", ""); p.To == nil || p.To.Query().Has("state") != (name == "state") || !strings.HasPrefix(p.To.String(), bye) {
			t.Errorf("%s: %d to %v", name, p.Status, p.To)
		}
		if b.Session() != "" {
			t.Error("the cookie stays")
		}
	}
	ben := h.Browser()
	ben.Get(a.Ask())
	hint := a.Redeem(a.Back(ben.SignIn("ben", anasPassword)).Get("code")).Str("id_token")
	b := h.Browser()
	a.Code(b)
	b.Get(goodbye("id_token_hint", hint, "post_logout_redirect_uri", bye)).Shows(t, 200, "Do you want to sign out?")
	if sub := subject(a, b.Get(a.Ask("prompt", "none"))); sub != ana.ID {
		t.Errorf("a hint of somebody else signed %s out", sub)
	}
	cross := map[string]string{"Content-Type": formType, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Cookie": "__Host-session=" + b.Session()}
	h.Send("POST", "/logout/confirm", cross, "").Is(403, "")
	if got := a.Back(b.Get(a.Ask("prompt", "none"))); got.Get("code") == "" {
		t.Error("another site signed her out")
	}
}

// TestLogout_AfterIdle: somebody who was busy in the application for half an hour is signed out all the same.
func TestLogout_AfterIdle(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	for name, leave := range map[string]func(*browser, string) *page{
		"hint": func(b *browser, hint string) *page {
			return b.Get(goodbye("id_token_hint", hint, "post_logout_redirect_uri", bye))
		},
		"asked": func(b *browser, _ string) *page {
			b.Get(goodbye("client_id", "records", "post_logout_redirect_uri", bye)).Shows(t, 200, "Do you want to sign out?")
			return b.Choose("/logout/confirm", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := h.Browser()
			tokens := a.Tokens(b)
			h.Passes(30 * time.Minute)
			refreshed := a.Refresh(tokens.Str("refresh_token")).Is(200, "")
			p := leave(b, tokens.Str("id_token"))
			if p.To == nil || !strings.HasPrefix(p.To.String(), bye) || b.Session() != "" {
				t.Errorf("led to %v with cookie %q", p.To, b.Session())
			}
			a.Refresh(tokens.Str("refresh_token")).Is(400, "invalid_grant")
			h.Userinfo(refreshed.Str("access_token")).Is(401, "invalid_token")
		})
	}
}

// TestLogout_DisabledClient: a client that is out of use names nobody to be sent to.
func TestLogout_DisabledClient(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a, off := h.App("records"), h.App("off")
	b := h.Browser()
	a.Code(b)
	h.Disable("off")
	b.Get(goodbye("client_id", "off", "post_logout_redirect_uri", off.Client.PostLogoutRedirectURIs[0]))
	if p := b.Choose("/logout/confirm", ""); p.To != nil {
		t.Errorf("led to %v", p.To)
	}
}
