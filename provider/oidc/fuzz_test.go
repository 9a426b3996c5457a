package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/storage"
)

// FuzzRefreshToken: the parser never panics, and takes only the one spelling of what was derived.
func FuzzRefreshToken(f *testing.F) {
	keyset, err := keys.NewKeyset(time.Now())
	if err != nil {
		f.Fatal(err)
	}
	o := &OIDC{Config: Config{Secrets: keyset}}
	grant := provider.NewID()
	ours, err := o.deriveRefresh(grant, 7)
	if err != nil {
		f.Fatal(err)
	}
	if got, ok := o.parseRefresh(ours); !ok || got.grant != grant || got.generation != 7 {
		f.Fatalf("it does not read its own: %+v %v", got, ok)
	}
	for _, seed := range []string{ours, ours + "\n", ours[:20] + "\r\n" + ours[20:], ours + "=", ours + "A", ours[:len(ours)-1], "ghr_", "ghr_AQ", "ghr_AQAA", "ghr_Af8", "", strings.Repeat("A", 600)} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, token string, graft bool) {
		if graft { // put what the fuzzer made over the end of a good token
			token = ours[:max(0, len(ours)-len(token))] + token
		}
		got, ok := o.parseRefresh(token)
		if !ok {
			return
		}
		again, err := o.deriveRefresh(got.grant, got.generation)
		if err != nil || again != token {
			t.Fatalf("%q passes, and is %q", token, again)
		}
		if token != ours {
			t.Fatalf("%q passes, and nobody made it", token)
		}
	})
}

// FuzzAuthorizationRequest: whatever stands in the query, reading it ends in a request whose redirect URI is registered,
// an error for the client that is as sure of it, or a page; never in a panic or a fault of ours.
func FuzzAuthorizationRequest(f *testing.F) {
	o, good := roomFor(f)
	for _, change := range []string{
		"", "&prompt=none", "&prompt=login+consent", "&max_age=0", "&max_age=-1", "&state=a&state=b", "&response_mode=form_post", "&id_token_hint=a.b.c", "&request=x", "&request_uri=x",
		"&acr_values=phr+x", "&audience=x", "&claims=%7B%7D", "&ui_locales=es", "&login_hint=%00", "&%zz", ";", "&registration=", "&resource=x", "&redirect_uri=x",
	} {
		f.Add(good + change)
	}
	for _, pair := range [][2]string{
		{"records.example", "evil.example"}, {"%2Fcb", "%2Fcb%23"}, {"client_id=records", "client_id=native"}, {"client_id=records", "client_id="}, {"response_type=code", "response_type=token"},
		{"S256", "plain"}, {"scope=openid", "scope="}, {"scope=openid", "scope=+++"}, {"https%3A%2F%2Frecords.example%2Fcb", "http%3A%2F%2F127.0.0.1%3A9%2Fcb"},
	} {
		f.Add(strings.Replace(good, pair[0], pair[1], 1))
	}
	f.Add(strings.NewReplacer("client_id=records", "client_id=native", "https%3A%2F%2Frecords.example%2Fcb", "http%3A%2F%2F127.0.0.1%3A9%2Fcb").Replace(good))
	f.Fuzz(func(t *testing.T, raw string) {
		a, err := o.read(context.Background(), raw, time.Now())
		var page *pageFault
		var oauth *oauthError
		switch {
		case errors.As(err, &page):
			return
		case errors.As(err, &oauth):
			if oauth.code == "server_error" || oauth.code == "temporarily_unavailable" || descriptions[oauth.code] == "" {
				t.Fatalf("%q: %v", raw, err)
			}
		case err != nil:
			t.Fatalf("%q: %v", raw, err)
		case len(a.scopes) == 0 || a.form.Get("response_type") != "code" || a.form.Get("code_challenge") == "":
			t.Fatalf("%q was taken: %+v", raw, a)
		}
		registered := slices.Contains(a.client.RedirectURIs, a.redirect)
		native := a.client.ID == "native" && loopback(a.redirect)
		if !registered && !native {
			t.Fatalf("%q: client %q, redirect to %q", raw, a.client.ID, a.redirect)
		}
		to, err := url.Parse(withParameters(a.redirect, url.Values{"code": {"c"}, "state": {a.state}}))
		if err != nil || to.Query().Get("code") != "c" || to.Query().Get("state") != a.state {
			t.Fatalf("%q: the answer would be %v, %v", raw, to, err)
		}
	})
}

// loopback says whether a URI is the registered one of the native client but for its port; not by our own matching.
func loopback(uri string) bool {
	port, isOurs := strings.CutPrefix(uri, "http://127.0.0.1:")
	port, ends := strings.CutSuffix(port, "/cb")
	return isOurs && ends && port != "" && strings.Trim(port, "0123456789") == ""
}

// roomFor is the room on a real store with two clients, and a request that it takes.
func roomFor(f *testing.F) (*OIDC, string) {
	f.Helper()
	ctx := context.Background()
	keyset, err := keys.NewKeyset(time.Now())
	fatal(f, err)
	options := storage.Options{Database: "sqlite:" + f.TempDir(), Keyset: keyset}
	_, err = storage.Migrate(ctx, options)
	fatal(f, err)
	store, err := storage.Open(ctx, options)
	fatal(f, err)
	f.Cleanup(func() { _ = store.Close() })
	for _, c := range []provider.Client{
		{ID: "records", AuthMethod: provider.AuthBasic, SecretHash: []byte("x"), RedirectURIs: []string{"https://records.example/cb", "https://records.example/cb?tenant=7"}},
		{ID: "native", AuthMethod: provider.AuthNone, RedirectURIs: []string{"http://127.0.0.1:8000/cb", "com.example.app:/cb"}},
	} {
		c.Grants, c.Scopes, c.CreatedAt = []string{provider.GrantCode}, []string{"openid", "email"}, time.Now().Truncate(time.Microsecond)
		fatal(f, store.CreateClient(ctx, c, audit.ClientCreated(time.Now(), c.ID)))
	}
	o, err := New(Config{Issuer: "https://id.example", Store: store, Ring: noRing{}, Secrets: keyset, Locales: []string{"en"}})
	fatal(f, err)
	good := url.Values{
		"client_id": {"records"}, "redirect_uri": {"https://records.example/cb"}, "response_type": {"code"}, "scope": {"openid"}, "state": {"s"},
		"code_challenge_method": {"S256"}, "code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
	}.Encode()
	if _, err := o.read(ctx, good, time.Now()); err != nil {
		f.Fatal(err)
	}
	return o, good
}

func fatal(f *testing.F, err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// noRing believes every hint of three parts, so that the fuzzer gets past the signature.
type noRing struct{}

func (noRing) Sign(keys.Alg, string, []byte, time.Time) (string, error)     { return "", keys.ErrToken }
func (noRing) RefreshAfter(context.Context, time.Time, time.Duration) error { return nil }
func (noRing) Ensure(context.Context, time.Time, keys.Alg) error            { return nil }

func (noRing) JWKS(time.Time) []byte            { return nil }
func (noRing) Publishes(string, time.Time) bool { return true }
func (noRing) Verify(token, _ string, _ time.Time, _ ...keys.Alg) ([]byte, keys.Header, error) {
	if strings.Count(token, ".") != 2 {
		return nil, keys.Header{}, keys.ErrToken
	}
	payload, err := json.Marshal(hintClaims{Issuer: "https://id.example", Subject: token})
	return payload, keys.Header{}, err
}
