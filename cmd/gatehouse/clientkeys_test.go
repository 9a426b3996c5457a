package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// publicKey is a JWK of P-256, with members added.
func publicKey(t *testing.T, members string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	x, y := base64.RawURLEncoding.EncodeToString(point[1:33]), base64.RawURLEncoding.EncodeToString(point[33:])
	return fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":%q,"y":%q%s}`, x, y, members)
}

// keyFile puts a set of keys into a file.
func keyFile(t *testing.T, keys ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(file, []byte("{\n\"keys\": ["+strings.Join(keys, ",")+"]}"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAClientWithKeysOfItsOwn(t *testing.T) {
	env := deployment(t)
	machine := []string{"client", "add", "--json", "--name", "N", "--grant", "client_credentials", "--scope", "a"}
	file := keyFile(t, publicKey(t, `,"kid":"one"`))
	v := parsed[clientView](t, must(t, env, "", append(machine, "--id", "inline", "--auth", "private_key_jwt", "--jwks", file, "--auth-alg", "ES256", "--auth-audience", "issuer")...))
	if v.AuthMethod != "private_key_jwt" || v.ClientSecret != "" || v.AuthAlg != "ES256" || v.AuthAudience != "issuer" || !strings.Contains(string(v.JWKS), `"one"`) {
		t.Errorf("%+v", v)
	}
	v = parsed[clientView](t, must(t, env, "", append(machine, "--id", "fetched", "--jwks-uri", "https://a.example/jwks")...))
	if v.AuthMethod != "private_key_jwt" || v.JWKSURI != "https://a.example/jwks" || v.JWKS != nil {
		t.Errorf("%+v", v)
	}
	shown := must(t, env, "", "client", "show", "inline") + must(t, env, "", "client", "show", "fetched")
	for _, text := range []string{"private_key_jwt", "one (EC P-256)", "https://a.example/jwks", "ES256", "the issuer", "the issuer or the token endpoint"} {
		if !strings.Contains(shown, text) {
			t.Errorf("show lacks %q: %s", text, shown)
		}
	}
	gatehouse(t, env, "", "client", "rotate-secret", "inline").says(t, exitFailed, "set-keys")
}

func TestClientKeysAreChanged(t *testing.T) {
	env := deployment(t)
	must(t, env, "", "client", "add", "--id", "app", "--name", "App", "--redirect-uri", "https://a.example/")
	must(t, env, "", "client", "add", "--public", "--id", "pub", "--name", "Pub", "--redirect-uri", "https://a.example/")
	file := keyFile(t, publicKey(t, `,"kid":"old"`), publicKey(t, `,"kid":"new"`))
	v := parsed[clientView](t, must(t, env, "", "client", "set-keys", "app", "--json", "--jwks", file))
	if v.AuthMethod != "private_key_jwt" || !strings.Contains(string(v.JWKS), `"new"`) {
		t.Errorf("%+v", v)
	}
	v = parsed[clientView](t, must(t, env, "", "client", "set-keys", "app", "--json", "--jwks-uri", "https://a.example/jwks"))
	if v.JWKS != nil || v.JWKSURI == "" {
		t.Errorf("%+v", v)
	}
	gatehouse(t, env, "", "client", "set-keys", "pub", "--jwks", file).says(t, exitFailed, "public")
	gatehouse(t, env, "", "client", "set-keys", "none", "--jwks", file).says(t, exitFailed, "there is no client")
	gatehouse(t, env, "", "client", "set-keys", "app").says(t, exitUsage, "needs one of")
	if events := must(t, env, "", "audit", "list", "--json"); strings.Count(events, "client.changed") != 2 {
		t.Errorf("recorded: %s", events)
	}
	store, err := Storage{Data: env["GATEHOUSE_DATA"]}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	if c, err := store.Client(t.Context(), "app"); err != nil || c.SecretHash != nil {
		t.Errorf("the secret is still there: %v", err)
	}
}

func TestClientKeyRules(t *testing.T) {
	good := publicKey(t, "")
	weak := `{"kty":"RSA","e":"AQAB","n":"` + base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("\xfb", 128))) + `"}`
	cases := map[string][]string{ // by words of the refusal
		"needs one of":           {"--auth", "private_key_jwt"},
		"needs one of --jwks":    {"--jwks", keyFile(t, good), "--jwks-uri", "https://a.example/jwks"},
		"only for":               {"--auth", "client_secret_basic", "--jwks", keyFile(t, good)},
		"are only for":           {"--auth-alg", "ES256"},
		"no such file":           {"--jwks", "/nowhere/jwks.json"},
		"no secret any more":     {"--jwks", keyFile(t, publicKey(t, `,"d":"AAAA"`))},
		"private or symmetric":   {"--jwks", keyFile(t, `{"kty":"oct","k":"AAAA"}`)},
		"neither RSA of 2048":    {"--jwks", keyFile(t, weak)},
		"not for signatures":     {"--jwks", keyFile(t, publicKey(t, `,"use":"enc"`))},
		"use, key_ops":           {"--jwks", keyFile(t, publicKey(t, `,"key_ops":["sign"]`))},
		`alg "HS256" is none`:    {"--jwks", keyFile(t, publicKey(t, `,"alg":"HS256"`))},
		"must be one for it":     {"--jwks", keyFile(t, publicKey(t, `,"alg":"RS256"`))},
		"needs a kid of its own": {"--jwks", keyFile(t, good, publicKey(t, `,"kid":"x"`))},
		"each needs a kid":       {"--jwks", keyFile(t, publicKey(t, `,"kid":"x"`), publicKey(t, `,"kid":"x"`))},
		"not a JWK":              {"--jwks", keyFile(t, publicKey(t, `,"kty":"EC"`))},
		"1 to 20 keys":           {"--jwks", keyFile(t)},
		"no key for RS256":       {"--jwks", keyFile(t, good), "--auth-alg", "RS256"},
		"is none of RS256":       {"--jwks-uri", "https://a.example/jwks", "--auth-alg", "HS256"},
		"neither issuer nor":     {"--jwks-uri", "https://a.example/jwks", "--auth-audience", "x"},
		"by https alone":         {"--jwks-uri", "http://127.0.0.1/jwks"},
		"no user name":           {"--jwks-uri", "https://u:p@a.example/jwks"},
		"no fragment":            {"--jwks-uri", "https://a.example/jwks#x"},
		"exclude each other":     {"--public", "--auth", "private_key_jwt", "--jwks", keyFile(t, good)},
	}
	env := deployment(t)
	for words, flags := range cases {
		c := gatehouse(t, env, "", append([]string{"client", "add", "--id", "app", "--name", "App", "--redirect-uri", "https://a.example/cb"}, flags...)...)
		c.says(t, exitUsage, words)
	}
}
