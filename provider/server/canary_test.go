package server_test

import (
	"encoding/base64"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/identifier"
)

// TestCanary plants secrets and personal data, goes through everything, and then looks for them where nobody may find
// them: in the log, in the metrics, and in the bytes of every file of the database.
func TestCanary(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	planted := map[string]string{
		"username": "zebrafinch77", "e-mail": "quokka.canary@example.org", "given name": "Wilhelmina-Canary", "family name": "Featherstone-Canary",
		"birth date": "1931-07-13", "street": "77 Canary Wharf Row", "phone": "+16175550177", "password": anasPassword, "wrong password": "a wrong canary password",
		"nonce in the clear": "canary-nonce-is-the-app's-own",
	}
	ana := h.Person(planted["username"], func(a *provider.Account, _ *provider.Authenticator) {
		a.Profile.GivenName, a.Profile.FamilyName, a.Profile.Birthdate = planted["given name"], planted["family name"], planted["birth date"]
		a.Profile.Address.Street = planted["street"]
		for i := range a.Identifiers {
			switch a.Identifiers[i].Kind {
			case provider.Email:
				a.Identifiers[i].Value = planted["e-mail"]
				a.Identifiers[i].Canonical, _ = identifier.Email(planted["e-mail"])
			case provider.Phone:
				a.Identifiers[i].Value, a.Identifiers[i].Canonical = planted["phone"], planted["phone"]
			}
		}
	})
	delete(planted, "nonce in the clear")
	a, p := h.App("records", thirdParty), h.App("phone", public)
	secrets := map[string]string{"client secret": a.Secret, "state": "canary-state-3141592653", "code verifier": a.Verifier}
	b := h.Browser()
	b.Get(a.Ask("state", secrets["state"], "login_hint", planted["username"]))
	b.SignIn(planted["e-mail"], planted["wrong password"])
	action, form := b.last.Form(t, "/password")
	secrets["ticket"] = form.Get("ticket")
	form.Set("evil-"+planted["wrong password"], "x")
	b.Post(action, form) // a field that nobody knows
	b.Get(a.Ask("state", secrets["state"], "scope", "openid profile email phone address offline_access"))
	b.SignIn(planted["e-mail"], planted["password"])
	secrets["code"] = a.Back(b.Choose("/consent", "allow", "scope", "offline_access")).Get("code")
	a.Redeem(secrets["code"], "client_secret", a.Secret) // two methods at once
	tokens := a.Redeem(secrets["code"]).Is(200, "")
	secrets["access token"], secrets["refresh token"], secrets["ID token"] = tokens.Str("access_token"), tokens.Str("refresh_token"), tokens.Str("id_token")
	secrets["session cookie"], secrets["browser cookie"] = b.Session(), b.cookie("__Host-browser")
	if info := h.Userinfo(secrets["access token"]); info.Str("email") != planted["e-mail"] || info.Str("given_name") != planted["given name"] {
		t.Fatalf("the canaries do not sing: %s", info.Raw)
	}
	a.Introspect(secrets["access token"])
	a.Introspect(secrets["refresh token"] + "x")
	a.Refresh(secrets["refresh token"]).Is(200, "")
	h.Send("GET", "/userinfo?access_token="+secrets["access token"], nil, "")
	h.Send("GET", "/"+url.PathEscape(planted["e-mail"])+"/"+secrets["code"], nil, "")
	h.Send("GET", "/signin/"+secrets["code"]+"?x="+secrets["session cookie"], map[string]string{"User-Agent": planted["e-mail"], "Referer": planted["username"], "X-Forwarded-For": planted["phone"]}, "")
	h.Send("POST", "/token", map[string]string{"Content-Type": formType, "Authorization": "Basic " + a.Secret}, "code="+secrets["code"])
	h.Browser().Get(a.Ask("redirect_uri", "https://evil.example/"+planted["username"], "login_hint", planted["e-mail"]))
	public := p.Code(b, "scope", "openid offline_access")
	first := p.Redeem(public).Str("refresh_token")
	second := p.Refresh(first).Str("refresh_token")
	h.Passes(time.Minute)
	p.Refresh(first).Is(400, "invalid_grant")
	secrets["public code"], secrets["first refresh token"], secrets["second refresh token"] = public, first, second
	b.Get("/account").Shows(t, 200, planted["username"])
	b.Get(goodbye("id_token_hint", secrets["ID token"], "state", secrets["state"]))
	h.Owe(ana.ID, "asked")
	b.Get(a.Ask())
	b.SignIn(planted["username"], planted["password"])
	b.NewPassword("password")
	planted["new password"] = "seventeen canaries in a mine"
	b.NewPassword(planted["new password"])

	places := map[string]string{"the log": h.Log.String(), "the metrics": h.Metrics(t)}
	files, err := filepath.Glob(filepath.Join(h.dir, "*"))
	must(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(t, err)
		places[filepath.Base(file)] = string(text)
	}
	if len(files) == 0 || strings.Count(places["the log"], "\n") < 25 || !strings.Contains(places["gatehouse.db"]+places["gatehouse.db-wal"], string(ana.ID)) {
		t.Fatalf("looked at the wrong things: %v, %d lines", files, strings.Count(places["the log"], "\n"))
	}
	for _, group := range []map[string]string{planted, secrets} {
		for what, canary := range group {
			if len(canary) < 8 {
				t.Fatalf("%s is %q", what, canary)
			}
			forms := []string{canary, url.QueryEscape(canary), base64.StdEncoding.EncodeToString([]byte(canary)), strings.ToUpper(canary)}
			if what == "access token" || what == "ID token" {
				forms = append(forms, canary[strings.LastIndex(canary, ".")+1:])
			}
			for place, text := range places {
				for _, form := range forms {
					if strings.Contains(text, form) {
						t.Errorf("%s stands in %s", what, place)
					}
				}
			}
		}
	}
}
