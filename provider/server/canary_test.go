package server_test

import (
	"context"
	"encoding/base32"
	"encoding/base64"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
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

	h.nowhere(25, string(ana.ID), planted, secrets)
}

// nowhere looks for what was planted: in the log, which has so many lines at least, in the metrics, and in the bytes of every
// file of the database, which know somebody by their id.
func (h *house) nowhere(lines int, known string, groups ...map[string]string) {
	t := h.t
	t.Helper()
	places := map[string]string{"the log": h.Log.String(), "the metrics": h.Metrics(t)}
	files, err := filepath.Glob(filepath.Join(h.dir, "*"))
	must(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(t, err)
		places[filepath.Base(file)] = string(text)
	}
	if len(files) == 0 || strings.Count(places["the log"], "\n") < lines || !strings.Contains(places["gatehouse.db"]+places["gatehouse.db-wal"], known) {
		t.Fatalf("looked at the wrong things: %v, %d lines", files, strings.Count(places["the log"], "\n"))
	}
	for _, group := range groups {
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

// TestCanary_Factors: nor codes, seeds, recovery codes, numbers and addresses that only second factors know.
func TestCanary_Factors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records", twoStep)
	secrets := map[string]string{"number": "+16175550188", "typed number": "(617) 555-0188", "address": "finch.canary@example.org"}
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword)
	b.Fill("/way", "way", "text")
	b.Fill("/address", "phone", "+1 900 555 0188 canary")
	b.Fill("/address", "phone", secrets["typed number"])
	codes := []string{h.CodeFor(provider.ByText, secrets["number"])}
	b.Fill("/text", "code", "canary typed instead of a code")
	secrets["typed"] = "canary typed instead of a code"
	b.Fill("/resend")
	b.Fill("/text", "code", codes[0])
	b.Get("/account/add/email")
	if strings.Contains(b.last.Body, `name="password"`) {
		b.SignIn("ana", anasPassword)
	}
	for _, kind := range []string{"email", "totp", "recovery"} {
		b.Get("/account/add/" + kind)
		if len(b.last.radios()) > 0 {
			b.Fill("/way", "way", got0(b.last.radios()))
			b.Fill("/text", "code", h.CodeFor(provider.ByText, secrets["number"]))
		}
		switch kind {
		case "email":
			b.Fill("/address", "email", secrets["address"])
			codes = append(codes, h.CodeFor(provider.ByEmail, secrets["address"]))
			b.Fill("/email", "code", codes[len(codes)-1])
		case "totp":
			s := b.last.appSeed(t)
			secrets["seed"], secrets["seed in base32"] = string(s), base32.StdEncoding.EncodeToString(s)
			b.Fill("/totp", "code", s.At(h.now()), "name", "canary phone of mine")
			secrets["name of the app"] = "canary phone of mine"
		case "recovery":
			sheet := recoveryCode.FindAllString(b.last.Body, -1)
			for i, code := range sheet {
				secrets["recovery code "+strconv.Itoa(i)] = code
				secrets["bare recovery code "+strconv.Itoa(i)] = strings.ReplaceAll(code, "-", "")
			}
			b.Fill("/recovery")
		}
	}
	k := h.Device()
	b.Get(a.Ask("acr_values", "phr"))
	response := k.Makes(b.last)
	b.Fill("/passkey", "response", response[:len(response)-9])
	b.Fill("/passkey", "response", response)
	secrets["passkey response"] = response
	secrets["device cookie"], secrets["browser cookie"], secrets["session cookie"] = b.cookie("__Host-device"), b.cookie("__Host-browser"), b.Session()
	if held, _ := h.Store.Authenticators(context.Background(), ana.ID); len(held) != 6 {
		t.Fatalf("%d authenticators: %s", len(held), title(b.last))
	}
	h.nowhere(20, string(ana.ID), secrets)
	for _, code := range codes {
		if regexp.MustCompile(`\b` + code + `\b`).MatchString(h.Log.String()) {
			t.Error("a code stands in the log")
		}
	}
}

var recoveryCode = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}`)
