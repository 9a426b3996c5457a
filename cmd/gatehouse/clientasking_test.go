package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHowAClientAsks(t *testing.T) {
	env := deployment(t)
	add := []string{"client", "add", "--json", "--name", "N", "--redirect-uri", "https://A.example/cb", "--redirect-uri", "https://a.example/cb2"}
	v := parsed[clientView](t, must(t, env, "", append(add, "--id", "all", "--require-par", "--subject-type", "pairwise", "--userinfo-alg", "PS256",
		"--id-token-alg", "PS256", "--initiate-login-uri", "https://a.example/in")...))
	if !v.RequirePAR || v.SubjectType != "pairwise" || v.Sector != "a.example" || v.UserinfoAlg != "PS256" || v.IDTokenAlg != "PS256" || v.InitiateLoginURI != "https://a.example/in" {
		t.Errorf("%+v", v)
	}
	shown := must(t, env, "", "client", "show", "all")
	for _, text := range []string{"pushed requests alone", "pairwise, of a.example", "PS256", "https://a.example/in"} {
		if !strings.Contains(shown, text) {
			t.Errorf("show lacks %q: %s", text, shown)
		}
	}
	v = parsed[clientView](t, must(t, env, "", "client", "set", "all", "--json", "--require-par", "no", "--userinfo-alg", "none", "--initiate-login-uri", "none", "--id-token-alg", "ES256"))
	if v.RequirePAR || v.UserinfoAlg != "" || v.InitiateLoginURI != "" || v.IDTokenAlg != "ES256" || v.Sector != "a.example" {
		t.Errorf("set: %+v", v)
	}
	v = parsed[clientView](t, must(t, env, "", "client", "set", "all", "--json", "--require-par", "yes"))
	if !v.RequirePAR || v.IDTokenAlg != "ES256" {
		t.Errorf("set: %+v", v)
	}
	gatehouse(t, env, "", "client", "set", "all").says(t, exitUsage, "nothing to set")
	gatehouse(t, env, "", "client", "set", "all", "--require-par", "maybe").says(t, exitUsage, "neither yes nor no")
	gatehouse(t, env, "", "client", "set", "all", "--userinfo-alg", "HS256").says(t, exitUsage, "--userinfo-alg")
	gatehouse(t, env, "", "client", "set", "none", "--require-par", "yes").says(t, exitFailed, "there is no client")
}

func TestRulesOfAsking(t *testing.T) {
	env := deployment(t)
	web := []string{"client", "add", "--id", "app", "--name", "N", "--redirect-uri", "https://a.example/cb"}
	for words, flags := range map[string][]string{
		"neither public nor pairwise": {"--subject-type", "both"},
		"is only for --subject-type":  {"--sector-identifier", "https://a.example/s"},
		"not an https address":        {"--subject-type", "pairwise", "--sector-identifier", "http://a.example/s"},
		"not all of one host":         {"--subject-type", "pairwise", "--redirect-uri", "https://b.example/cb"},
		"cannot be read":              {"--subject-type", "pairwise", "--sector-identifier", "https://127.0.0.1:1/s"},
		"--userinfo-alg":              {"--userinfo-alg", "none"},
		"by https alone":              {"--initiate-login-uri", "http://127.0.0.1/in"},
	} {
		if c := gatehouse(t, env, "", append(web, flags...)...); c.code == 0 || !strings.Contains(c.out+c.err, words) {
			t.Errorf("%v: %d %s%s", flags, c.code, c.out, c.err)
		}
	}
	machine := []string{"client", "add", "--id", "m", "--name", "N", "--grant", "client_credentials", "--scope", "a"}
	gatehouse(t, env, "", append(machine, "--require-par")...).says(t, exitUsage, "only for the grant authorization_code")
	gatehouse(t, env, "", append(machine, "--subject-type", "pairwise")...).says(t, exitUsage, "only for the grant authorization_code")
}

func TestTheDocumentOfASectorListsEveryRedirectURI(t *testing.T) {
	for text, right := range map[string]bool{
		`["https://a.example/cb","https://b.example/cb","https://c.example/"]`: true, `["https://a.example/cb"]`: false, `{}`: false, ``: false,
		`["` + strings.Repeat("x", sectorMost) + `","https://a.example/cb","https://b.example/cb"]`: false,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, text) }))
		err := checkSector(t.Context(), s.URL, []string{"https://a.example/cb", "https://b.example/cb"}, http.DefaultTransport)
		s.Close()
		if (err == nil) != right {
			t.Errorf("%.60s: %v", text, err)
		}
	}
}
