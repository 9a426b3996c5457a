package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gatehouse/provider"
)

func TestRedirectURIs(t *testing.T) {
	cases := []struct {
		uri          string
		confidential bool // allowed for a confidential client
		public       bool
	}{
		{"https://app.example.org/callback", true, true},
		{"https://app.example.org:8443/cb?tenant=1", true, true},
		{"http://127.0.0.1/callback", true, true},
		{"http://[::1]:5000/callback", true, true},
		{"http://localhost:3000/callback", true, true},
		{"com.example.app:/callback", false, true},
		{"myapp:/callback", false, false},
		{"javascript:alert(1)", false, false},
		{"data:text/html,x", false, false},
		{"http://app.example.org/callback", false, false},
		{"http://127.0.0.1.example.org/callback", false, false},
		{"https://*.example.org/callback", false, false},
		{"https://app.example.org/*", false, false},
		{"https://app.example.org/callback#done", false, false},
		{"https://app.example.org/callback#", false, false},
		{"https://ana@app.example.org/callback", false, false},
		{"https://app.example.org/a/../b", false, false},
		{"https://app.example.org/a b", false, false},
		{"https://app.example.org\\@evil.example/", false, false},
		{"https://bücher.example/", false, false},
		{"https:///callback", false, false},
		{"https:callback", false, false},
		{"//app.example.org/callback", false, false},
		{"/callback", false, false},
		{"", false, false},
		{"https://app.example.org/" + strings.Repeat("a", 2000), false, false},
	}
	for _, c := range cases {
		if err := checkURI(c.uri, false); (err == nil) != c.confidential {
			t.Errorf("confidential %q: %v", c.uri, err)
		}
		if err := checkURI(c.uri, true); (err == nil) != c.public {
			t.Errorf("public %q: %v", c.uri, err)
		}
	}
}

func TestClientAddRefusesWithAllFaultsAtOnce(t *testing.T) {
	env := deployment(t)
	c := gatehouse(t, env, "", "client", "add", "--id", "X", "--name", " ", "--redirect-uri", "http://foo/*", "--redirect-uri", "myapp:/x",
		"--post-logout-redirect-uri", "/out", "--public", "--no-pkce", "--grant", "client_credentials,password", "--scope", `a"b`,
		"--id-token-alg", "none", "--min-acr", "5")
	c.says(t, exitUsage, "--id ", "--name", "http://foo/*", "myapp:/x", "--post-logout", "--no-pkce", "client_credentials", "password",
		`a\"b`, "--id-token-alg", "--min-acr")
	if text := must(t, env, "", "client", "list", "--json"); strings.TrimSpace(text) != "[]" {
		t.Errorf("something was registered: %s", text)
	}
}

func TestClientAddRules(t *testing.T) {
	uri := []string{"--redirect-uri", "https://a.example/cb"}
	cases := map[string][]string{ // by words of the refusal
		"it must have no fragment":        append([]string{"--backchannel-logout-uri", "https://a.example/out#x"}, uri...),
		"use https with a host":           append([]string{"--backchannel-logout-uri", "http://10.0.0.1/out"}, uri...),
		"no user name":                    append([]string{"--backchannel-logout-uri", "https://u:p@a.example/out"}, uri...),
		"does nothing without":            append([]string{"--backchannel-logout-session-required"}, uri...),
		"nobody else has a session":       {"--grant", "client_credentials", "--scope", "a", "--backchannel-logout-uri", "https://a.example/out"},
		"exclude each other":              append([]string{"--public", "--auth-method", "client_secret_post"}, uri...),
		"none of client_secret_basic":     append([]string{"--auth-method", "client_secret_jwt"}, uri...),
		"needs one at least":              {},
		"only for the grant":              append([]string{"--grant", "client_credentials"}, uri...),
		"only authorization_code gives":   {"--grant", "refresh_token"},
		"has no credentials":              append([]string{"--public", "--grant", "authorization_code client_credentials"}, uri...),
		"has nothing else to protect":     append([]string{"--auth-method", "none", "--no-pkce"}, uri...),
		"nothing without --grant refresh": append([]string{"--grant", "authorization_code", "--scope", "openid offline_access"}, uri...),
	}
	env := deployment(t)
	for words, flags := range cases {
		c := gatehouse(t, env, "", append([]string{"client", "add", "--id", "app", "--name", "App"}, flags...)...)
		c.says(t, exitUsage, words)
	}
}

func TestClientDefaults(t *testing.T) {
	env := deployment(t)
	v := parsed[clientView](t, must(t, env, "", "client", "add", "--json", "--id", "app", "--name", "App", "--redirect-uri", "https://a.example/a,b"))
	if v.AuthMethod != "client_secret_basic" || !slices.Equal(v.Scopes, []string{"openid", "profile", "email"}) || v.IDTokenAlg != "RS256" ||
		!slices.Equal(v.Grants, []string{"authorization_code", "refresh_token"}) || !v.PKCERequired || v.FirstParty || v.MinACR != "two-step" ||
		!slices.Equal(v.RedirectURIs, []string{"https://a.example/a,b"}) || len(v.ClientSecret) != 43 {
		t.Errorf("%+v", v)
	}
	public := parsed[clientView](t, must(t, env, "", "client", "add", "--json", "--public", "--id", "pub", "--name", "Pub", "--redirect-uri", "com.example.app:/cb"))
	machine := parsed[clientView](t, must(t, env, "", "client", "add", "--json", "--id", "bot", "--name", "Bot", "--grant", "client_credentials", "--scope", "a b"))
	if public.AuthMethod != "none" || public.ClientSecret != "" || !slices.Equal(machine.Scopes, []string{"a", "b"}) || len(machine.RedirectURIs) > 0 {
		t.Errorf("%+v %+v", public, machine)
	}
	gatehouse(t, env, "", "client", "add", "--id", "app", "--name", "Other", "--redirect-uri", "https://b.example/").says(t, exitFailed, "already")
}

func TestASecretIsShownOnceAndOnlyItsHashIsKept(t *testing.T) {
	env := deployment(t)
	first := parsed[clientView](t, must(t, env, "", "client", "add", "--json", "--id", "app", "--name", "App", "--redirect-uri", "https://a.example/")).ClientSecret
	second := parsed[clientView](t, must(t, env, "", "client", "rotate-secret", "--json", "app")).ClientSecret
	if first == "" || second == "" || first == second {
		t.Fatalf("%q %q", first, second)
	}
	shown := must(t, env, "", "client", "show", "app") + must(t, env, "", "client", "list", "--json") + must(t, env, "", "client", "disable", "app", "--json") + must(t, env, "", "audit", "list", "--json")
	holds(t, env["GATEHOUSE_DATA"], first, second)
	if strings.Contains(shown, first) || strings.Contains(shown, second) || strings.Contains(shown, "client_secret\"") {
		t.Errorf("a secret is shown again: %s", shown)
	}
	store, err := Storage{Data: env["GATEHOUSE_DATA"]}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	c, err := store.Client(t.Context(), "app")
	if err != nil || !store.keyset.CheckSecret(c.SecretHash, second) || store.keyset.CheckSecret(c.SecretHash, first) {
		t.Errorf("%v", err)
	}
}

// holds fails if any file of a directory holds a secret.
func holds(t *testing.T, dir string, secrets ...string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds a secret", file)
			}
		}
	}
}

func TestClientActsAreRepeatable(t *testing.T) {
	env := deployment(t)
	must(t, env, "", "client", "add", "--id", "app", "--name", "App", "--redirect-uri", "https://a.example/")
	off := parsed[clientView](t, must(t, env, "", "client", "disable", "app", "--json"))
	twice := parsed[clientView](t, must(t, env, "", "client", "disable", "app", "--json"))
	on := parsed[clientView](t, must(t, env, "", "client", "enable", "app", "--json"))
	must(t, env, "", "client", "enable", "app")
	if off.DisabledAt == nil || twice.DisabledAt == nil || !off.DisabledAt.Equal(*twice.DisabledAt) || on.DisabledAt != nil {
		t.Errorf("%v %v %v", off.DisabledAt, twice.DisabledAt, on.DisabledAt)
	}
	must(t, env, "", "client", "remove", "app")
	for _, act := range []string{"show", "disable", "enable", "remove", "rotate-secret"} {
		gatehouse(t, env, "", "client", act, "app").says(t, exitFailed, "there is no client", "client list")
	}
	kinds := ""
	for line := range strings.Lines(must(t, env, "", "audit", "list", "--json")) {
		e := parsed[eventView](t, line)
		kinds = e.Kind + " " + kinds
		if e.Actor != "operator" {
			t.Errorf("%s by %s", e.Kind, e.Actor)
		}
	}
	if kinds != "client.created client.disabled client.enabled client.removed " {
		t.Errorf("recorded: %s", kinds)
	}
}

func TestAPublicClientHasNoSecretToRotate(t *testing.T) {
	env := deployment(t)
	must(t, env, "", "client", "add", "--public", "--id", "pub", "--name", "Pub", "--redirect-uri", "https://a.example/")
	gatehouse(t, env, "", "client", "rotate-secret", "pub").says(t, exitFailed, "public")
}

func TestSeededClientsKeepTheRules(t *testing.T) {
	for _, c := range devClients("http://127.0.0.1:8090") {
		c.MinLevel, c.IDTokenAlg = provider.AAL1, "RS256"
		if err := clientFaults(c); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
}
