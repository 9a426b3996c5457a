package server_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/lookup"
	"gatehouse/provider/factor/oob"
	ourtotp "gatehouse/provider/factor/totp"
)

// keeps is one round of the janitor.
func (h *house) keeps() {
	h.t.Helper()
	must(h.t, h.House.Housekeep(context.Background(), h.now()))
}

func (h *house) statusOf(id provider.AccountID) provider.AccountStatus {
	h.t.Helper()
	a, err := h.Store.Account(context.Background(), id)
	must(h.t, err)
	return a.Status
}

// toldClosing are the actions of M-22 that went to an address.
func (h *house) toldClosing(to string) []string {
	var all []string
	for _, m := range h.Told("M-22") {
		if m.To == to {
			all = append(all, m.Data["action"])
		}
	}
	return all
}

// At is a browser in which somebody with an e-mail code has shown both steps and looks at a place.
func (h *house) At(username, place string) *browser {
	h.t.Helper()
	b := h.Browser().In(username)
	b.Get(place)
	b.mails(h)
	b.last.Shows(h.t, 200, `href="/account"`)
	return b
}

// mails answers a page that asks for the code by e-mail.
func (b *browser) mails(h *house) {
	h.t.Helper()
	if len(b.last.radios()) > 0 {
		b.Fill("/way", "way", b.last.radios()[0])
	}
	b.Fill("/email", "code", h.CodeFor(provider.ByEmail, anasMail))
}

func TestY15_CloseAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	b := h.At("ana", "/account/close")
	b.Get("/account/close").Shows(t, 200, "14 days", `action="/account/close"`)
	if h.statusOf(ana.ID) != provider.Active || len(h.Recorded(ana.ID, "closing.asked")) != 0 {
		t.Fatal("a GET asked")
	}
	b.Post("/account/close", url.Values{}).Shows(t, 200, `role="status"`, `action="/account/close/keep"`)
	b.Post("/account/close", url.Values{}).Shows(t, 200, `action="/account/close/keep"`) // a second tab
	if n := len(h.Recorded(ana.ID, "closing.asked")); n != 1 {
		t.Errorf("asked %d times", n)
	}
	if told := h.toldClosing(anasMail); !slices.Equal(told, []string{"asked"}) {
		t.Errorf("told %v", told)
	}
	b.Get("/account").Shows(t, 200, `role="status"`)

	h.Passes(11 * 24 * time.Hour)
	h.keeps()
	h.keeps()
	if told := h.toldClosing(anasMail); !slices.Equal(told, []string{"reminder"}) {
		t.Errorf("told %v", told)
	}
	h.Passes(3*24*time.Hour - time.Minute)
	h.keeps()
	if h.statusOf(ana.ID) != provider.Active {
		t.Fatal("closed too early")
	}
	h.Passes(2 * time.Minute)
	h.keeps()
	h.keeps()
	if h.statusOf(ana.ID) != provider.Closed || len(h.Recorded(ana.ID, "account.closed")) != 1 {
		t.Fatal("it is not closed, or not on record, once")
	}
	if told := h.toldClosing(anasMail); !slices.Equal(told, []string{"done"}) {
		t.Errorf("told %v", told)
	}
	a, err := h.Store.Account(context.Background(), ana.ID)
	must(t, err)
	held, err := h.Store.Authenticators(context.Background(), ana.ID)
	must(t, err)
	if len(a.Identifiers)+len(held) != 0 || a.Profile != (provider.Profile{}) {
		t.Errorf("left: %+v %v", a, held)
	}
	b.Get("/account").Shows(t, 200, `name="password"`)
	other := h.Browser()
	other.Get("/account")
	other.SignIn("ana", anasPassword)
	if other.Session() != "" {
		t.Error("a closed account was signed in to")
	}
	free, err := h.Store.UsernameFree(context.Background(), "ana", "")
	must(t, err)
	if free {
		t.Error("its username is free")
	}
}

func TestY15_Keep(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	b := h.At("ana", "/account/close")
	b.Post("/account/close", url.Values{}).Shows(t, 200, "/keep")
	h.Passes(10 * 24 * time.Hour)

	stranger := h.Browser()
	stranger.Post("/account/close/keep", url.Values{}).Shows(t, 200, `name="password"`)
	h.Mailed("bruno")
	bruno := h.Browser().In("bruno")
	bruno.Post("/account/close/keep", url.Values{})
	if len(h.Recorded(ana.ID, "closing.cancelled")) != 0 {
		t.Fatal("somebody else kept it")
	}
	later := h.Browser().In("ana")
	later.Post("/account/close/keep", url.Values{}).Shows(t, 200)
	later.Post("/account/close/keep", url.Values{})
	if n := len(h.Recorded(ana.ID, "closing.cancelled")); n != 1 {
		t.Errorf("kept %d times", n)
	}
	if told := h.toldClosing(anasMail); !slices.Contains(told, "cancelled") {
		t.Errorf("told %v", told)
	}
	h.Passes(30 * 24 * time.Hour)
	h.keeps()
	if h.statusOf(ana.ID) != provider.Active {
		t.Error("an account that was kept is closed")
	}
}

// TestY15_NeedsAFreshProof: a session that somebody left does not close its owner's account.
func TestY15_NeedsAFreshProof(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	b := h.At("ana", "/account/close")
	h.Passes(11 * time.Minute)
	b.Post("/account/close", url.Values{}).Shows(t, 200, `name="password"`)
	b.Post("/account/data/file", url.Values{}).Shows(t, 200, `name="password"`)
	b.Post("/account/data/page", url.Values{}).Shows(t, 200, `name="password"`)
	if len(h.Recorded(ana.ID, "closing.asked"))+len(h.Recorded(ana.ID, "data.downloaded")) != 0 {
		t.Error("done by an old proof")
	}
}

// TestY15_PausedIsNotClosed: what was asked before an account was shut may have been somebody else's wish.
func TestY15_PausedIsNotClosed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bruno := h.Mailed("ana"), h.Mailed("bruno")
	a, b := h.At("ana", "/account/close"), h.At("bruno", "/account/close")
	a.Post("/account/close", url.Values{}).Shows(t, 200, "/keep")
	b.Post("/account/close", url.Values{}).Shows(t, 200, "/keep")
	a.Post("/account/not-me", url.Values{})
	h.SetStatus(bruno.ID, provider.Locked)
	h.Passes(15 * 24 * time.Hour)
	h.keeps()
	if h.statusOf(ana.ID) != provider.Paused || h.statusOf(bruno.ID) != provider.Locked {
		t.Fatal("closed")
	}
	h.SetStatus(ana.ID, provider.Active)
	h.SetStatus(bruno.ID, provider.Active)
	h.Passes(15 * 24 * time.Hour)
	h.keeps()
	if h.statusOf(ana.ID) != provider.Active || h.statusOf(bruno.ID) != provider.Active {
		t.Error("closed by a wish of before")
	}
}

// TestY14_HoldsNoSecretAndNobodyElse: the export of somebody with every kind of authenticator, who shares her addresses.
func TestY14_HoldsNoSecretAndNobodyElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := context.Background()
	ana := h.Person("ana")
	own, records, key := h.Browser(), h.App("records"), h.Device()
	own.Get(records.Ask())
	own.SignIn("ana", anasPassword)
	own.Get(records.Ask("acr_values", "phr"))
	own.Fill("/passkey", "response", key.Makes(own.last))
	h.Gives(ana, provider.EmailCode, address(anasMail))
	h.Gives(ana, provider.TextCode, oob.Encode(oob.Address{To: anasPhone}))
	app := seed(ourtotp.SeedFor(h.Keyset, "ana", "kit"))
	h.Gives(ana, provider.TOTP, ourtotp.Encode(ourtotp.Seed(app)))
	codes := lookup.SheetFor(h.Keyset, "made", string(ana.ID))
	h.Gives(ana, provider.RecoveryCode, lookup.Encode(h.Keyset, codes))
	twin := h.Person("twin", func(a *provider.Account, _ *provider.Authenticator) {
		a.Profile.Name, a.Profile.Birthdate = "Somebody Else", "1955-05-05"
		for i, id := range a.Identifiers {
			for _, own := range ana.Identifiers {
				if id.Kind == own.Kind && id.Kind != provider.Username {
					a.Identifiers[i] = own
				}
			}
		}
	})
	h.Gives(twin, provider.EmailCode, address(anasMail))
	wished, err := h.Store.Account(ctx, ana.ID)
	must(t, err)
	had, err := h.Store.Authenticators(ctx, ana.ID)
	must(t, err)
	for _, a := range had {
		if a.Kind == provider.TextCode {
			wished.Profile.Choices = provider.Choices{Codes: a.ID, Call: true, Fewer: true}
		}
	}
	must(t, h.Store.UpdateAccount(ctx, wished, provider.Event{At: h.now(), Kind: "choices.changed", Account: ana.ID, Actor: "house"}))
	must(t, h.Store.AcceptTerms(ctx, ana.ID, "of-spring", h.now(), audit.TermsAccepted(h.now(), ana.ID, "of-spring")))
	must(t, h.Store.AcceptTerms(ctx, twin.ID, "of-autumn", h.now(), audit.TermsAccepted(h.now(), twin.ID, "of-autumn")))
	b := h.Browser().In("ana")
	b.Get("/account/data")
	b.Fill("/passkey", "response", key.Signs(b.last)).Shows(t, 200, "/account/data/file")
	h.Browser().In("twin")

	p := b.Post("/account/data/file", url.Values{})
	if p.Status != 200 || !strings.Contains(p.Header.Get("Content-Disposition"), "attachment") || p.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", p.Status, p.Header)
	}
	var got map[string]any
	must(t, json.Unmarshal([]byte(p.Body), &got))
	for _, key := range []string{"account", "identifiers", "ways_to_sign_in", "sessions", "browsers", "records", "activity"} {
		if _, ok := got[key]; !ok {
			t.Errorf("no %s", key)
		}
	}
	page := b.Post("/account/data/page", url.Values{})
	page.Shows(t, 200, anasMail, "ana", "Codes go here first", "Codes are spoken", "Only messages you need", "of-spring")
	p.Shows(t, 200, `"codes_first_to": "`+anasPhone, `"codes_spoken": true`, `"fewer_messages": true`, `"version": "of-spring"`)
	held, err := h.Store.Authenticators(ctx, ana.ID)
	must(t, err)
	session, err := h.Store.SessionBySecret(ctx, provider.HashSecret(b.Session()))
	must(t, err)
	secrets := map[string][]byte{"seed": []byte(app), "cookie": []byte(b.Session()), "cookie hash": session.SecretHash}
	secrets["passkey's id"], secrets["passkey's key"] = key.made.ID, key.made.Key.AttestationData()
	kinds := map[provider.Kind]bool{}
	for _, a := range held {
		kinds[a.Kind] = true
		if a.Kind != provider.EmailCode && a.Kind != provider.TextCode {
			secrets["data of "+string(a.Kind)] = a.Data
		}
	}
	if len(kinds) != 6 {
		t.Fatalf("she holds %v", kinds)
	}
	for i, code := range codes {
		secrets["code "+string(rune('a'+i))] = []byte(code)
	}
	for _, body := range []string{p.Body, page.Body} {
		for name, secret := range secrets {
			for _, form := range []string{
				string(secret), hex.EncodeToString(secret), base64.StdEncoding.EncodeToString(secret), base64.RawURLEncoding.EncodeToString(secret),
			} {
				if len(form) > 5 && bytes.Contains([]byte(body), []byte(form)) {
					t.Errorf("it holds the %s", name)
				}
			}
		}
		for _, other := range []string{string(twin.ID), "twin", "Somebody Else", "1955-05-05", "of-autumn", "$argon2"} {
			if strings.Contains(body, other) {
				t.Errorf("it holds %q", other)
			}
		}
	}
	if n := len(h.Recorded(ana.ID, "data.downloaded")); n != 2 {
		t.Errorf("%d on record", n)
	}
	if told := h.Told("M-30"); len(told) == 0 {
		t.Error("nobody was told")
	}
}

// TestY15_ClosedIsUnknown: at every front door an account that was closed is like one that never was, also for who knows its password.
// Its owner comes back with a new code of the office, to a new account, with the address that they had and another username.
func TestY15_ClosedIsUnknown(t *testing.T) {
	t.Parallel()
	h := newHouse(t, still(soon()))
	e := &enumeration{house: h, app: h.App("records")}
	was := h.Person("xactive", reachedBy("xactive"))
	h.Gives(was, provider.EmailCode, address(anasMail))
	h.HasRecord(was, "MRN 7")
	h.At("xactive", "/account/close").Post("/account/close", url.Values{}).Shows(t, 200, "/keep")
	h.Passes(14*24*time.Hour + time.Hour)
	h.keeps()
	if h.statusOf(was.ID) != provider.Closed {
		t.Fatal("it is not closed")
	}
	h.Mail()
	doors := map[string]func(kind string) []*page{
		"sign-in": func(kind string) []*page {
			b := e.app.stranger()
			action, form := b.last.Form(t, "/password")
			return b.sends(action, with(form, "username", kind, "password", anasPassword))
		},
		"sign-in by e-mail": func(kind string) []*page {
			b := e.app.stranger()
			action, form := b.last.Form(t, "/password")
			return b.sends(action, with(form, "username", mailOf(kind), "password", anasPassword))
		},
		"password by name":   func(kind string) []*page { return e.forgets("/forgot/password", "username", kind, 0) },
		"password by e-mail": func(kind string) []*page { return e.forgets("/forgot/password", "username", mailOf(kind), 0) },
		"names by e-mail":    func(kind string) []*page { return e.forgets("/forgot/username", "contact", mailOf(kind), 0) },
		"names by phone":     func(kind string) []*page { return e.forgets("/forgot/username", "contact", phoneOf(kind), 0) },
	}
	for name, door := range doors {
		var answers []string
		for _, kind := range []string{"xnobody", "xactive"} {
			all := ""
			for _, p := range door(kind) {
				all += everything(p, mailOf(kind), phoneOf(kind), kind)
			}
			answers = append(answers, all)
		}
		if answers[0] == "" || answers[0] != answers[1] {
			t.Errorf("%s tells:\n%s", name, difference(answers[0], answers[1]))
		}
	}
	if all := h.Mail(); len(all) != 0 {
		t.Errorf("%d messages, the first %s to %s", len(all), all[0].Template, all[0].To)
	}

	made := h.Invites("MRN 7")
	b := h.Browser()
	b.activates(made.Code)
	steps := newcomer(b, mailOf("xactive"), phoneOf("xactive"), "xactive")
	goes(steps, 7)
	b.last.Shows(t, 422, "<h1>Choose a username</h1>", "Error: ")
	b.Fill("/name", "username", "xactive.again")
	goes(steps[7:], 2)
	b.last.Shows(t, 200, "Your account is ready")
	if now := h.opened(made, "xactive.again", 3); now.ID == was.ID || h.statusOf(was.ID) != provider.Closed {
		t.Error("it is the account of before")
	}
}

// TestY15_TellsWhoLosesARecord: trusted people hear that what they had ends with the account, by no more than initials.
func TestY15_TellsWhoLosesARecord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, jose := h.Mailed("ana"), h.Person("jose")
	h.HasRecord(ana, "MRN 7")
	b := h.At("ana", "/account/trusted")
	b.Post("/account/trusted/add", wish("months", "12"))
	a := h.trustedBy(ana.ID, "MRN 7")[0]
	must(t, h.Store.JoinRecord(context.Background(), a.ID, h.now(), jose.ID, audit.RecordJoined(h.now(), a, jose.ID)))
	b.Post("/account/trusted/add", wish("email", "open@example.org")) // nobody used it: nobody loses anything
	b.Post("/account/close", url.Values{}).Shows(t, 200, "/keep")
	h.Passes(14*24*time.Hour + time.Hour)
	h.Mail()
	h.keeps()
	h.keeps()
	told := h.Told("M-25")
	if len(told) != 1 || told[0].To != "jose@example.org" || told[0].Data["action"] != "taken" || strings.Contains(told[0].Data["what"], "Ana") {
		t.Errorf("told %+v", told)
	}
	if len(h.recordsOf(jose.ID)) != 0 {
		t.Error("he has the record still")
	}
}
