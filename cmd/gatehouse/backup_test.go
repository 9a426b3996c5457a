package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/provider"
)

// The backup that deploy/running.md describes, rehearsed: a dump of the database in one place and the keyset in another
// make the same house, and neither is worth anything alone.
func TestBackupAndRestore(t *testing.T) {
	env, both := onServers(t)
	data := filepath.Join(t.TempDir(), "data")
	f := startDev(t, data, "--database-file", env["GATEHOUSE_DATABASE_FILE"])
	env["GATEHOUSE_DATA"] = data
	delete(env, "GATEHOUSE_KEYSET")
	must(t, env, "", "client", "add", "--id", "app", "--name", "App", "--first-party", "--public", "--min-acr", "aal1", "--redirect-uri", appAddress)
	early := newVisitor(t, f)
	old := early.exchange(early.signIn("ana"))
	kept := early.refresh(old)
	text, err := os.ReadFile(env["GATEHOUSE_DATABASE_FILE"])
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	dump, err := both.postgres.Dump(strings.TrimPrefix(u.Path, "/"))
	if err != nil {
		t.Fatal(err)
	}

	ahead := early.refresh(kept) // what happens after the backup is lost
	late := newVisitor(t, f)
	late.signIn("bruno")
	f.end()

	again := "restored_" + strings.ToLower(provider.NewID())
	if err := both.postgres.Exec(t.Context(), "postgres", `CREATE DATABASE "`+again+`"`); err != nil {
		t.Fatal(err)
	}
	if err := both.postgres.Restore(dump, again); err != nil {
		t.Fatal(err)
	}
	restored := file(t, both.postgres.URL(again))
	issuer, err := url.Parse(f.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	g := startDev(t, data, "--database-file", restored, "--listen", "localhost:"+issuer.Port())
	if g.Issuer != f.Issuer {
		t.Fatal(g.Issuer)
	}
	if p := early.authorize(); p.at.Query().Get("code") == "" {
		t.Errorf("a session of the backup is lost: %s", p.at)
	}
	if p := late.authorize(); p.at.Query().Get("code") != "" {
		t.Errorf("a session that began after the backup lives: %s", p.at)
	}
	if status, _ := early.token(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {ahead}}); status != http.StatusBadRequest {
		t.Errorf("a token of after the backup: %d", status)
	}
	early.refresh(kept)
	g.end()

	elsewhere := filepath.Join(t.TempDir(), "data")
	gatehouse(t, nil, "", "dev", "--data", elsewhere, "--database-file", restored, "--listen", "localhost:0", "--portal-listen", "127.0.0.1:0").
		says(t, exitFailed, "another keyset")
}

// appAddress is where nobody listens: the transport answers for it.
const appAddress = "http://127.0.0.1/cb"

type standIn struct{ http.RoundTripper }

func (s standIn) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != "127.0.0.1" {
		return s.RoundTripper.RoundTrip(r)
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

// visitor is a browser with an application on the same machine.
type visitor struct {
	*browser
	f *fleet
}

func newVisitor(t *testing.T, f *fleet) visitor {
	b := newBrowser(t)
	b.client.Transport = standIn{http.DefaultTransport}
	return visitor{b, f}
}

// proofKey and challengeOf it are those of RFC 7636, appendix B.
const (
	proofKey    = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challengeOf = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

func (v visitor) authorize() page {
	return v.get(v.f.Issuer + "/authorize?" + url.Values{
		"client_id": {"app"}, "redirect_uri": {appAddress}, "response_type": {"code"}, "scope": {"openid"}, "state": {"s"},
		"code_challenge": {challengeOf}, "code_challenge_method": {"S256"},
	}.Encode())
}

// signIn answers a code.
func (v visitor) signIn(username string) string {
	v.t.Helper()
	for _, a := range v.f.Accounts {
		if a.Username == username {
			p := v.browser.signIn(v.authorize(), username, a.Password)
			if code := p.at.Query().Get("code"); code != "" {
				return code
			}
			v.t.Fatalf("%s: %d %s", p.at, p.status, p.text)
		}
	}
	v.t.Fatalf("nobody is called %s", username)
	return ""
}

func (v visitor) token(form url.Values) (status int, body string) {
	v.t.Helper()
	form.Set("client_id", "app")
	p := v.read(v.client.PostForm(v.f.Issuer+"/token", form))
	return p.status, p.text
}

// exchange answers the refresh token for a code, refresh its successor.
func (v visitor) exchange(code string) string {
	return v.refreshToken(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {appAddress}, "code_verifier": {proofKey}})
}

func (v visitor) refresh(token string) string {
	return v.refreshToken(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
}

func (v visitor) refreshToken(form url.Values) string {
	v.t.Helper()
	status, body := v.token(form)
	if status != http.StatusOK {
		v.t.Fatalf("%v: %d %s", form["grant_type"], status, body)
	}
	return parsed[struct {
		Refresh string `json:"refresh_token"`
	}](v.t, body).Refresh
}
