package server_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
)

// ofKind is what an account holds of a kind.
func (h *house) ofKind(id provider.AccountID, kind provider.Kind) []provider.Authenticator {
	h.t.Helper()
	all, err := h.Store.Authenticators(context.Background(), id)
	must(h.t, err)
	return slices.DeleteFunc(all, func(a provider.Authenticator) bool { return a.Kind != kind })
}

// AtWays is a browser in which ana, who has an app, has shown both factors and looks at her ways to sign in.
func (h *house) AtWays() (*browser, provider.Account, seed) {
	h.t.Helper()
	ana, app := h.Apped("ana")
	b := h.Browser().In("ana")
	b.Get("/account/ways")
	return b.show(h, app), ana, app
}

// show answers a page that asks for the app's code again.
func (b *browser) show(h *house, app seed) *browser {
	h.t.Helper()
	if len(b.last.radios()) > 0 {
		b.Fill("/way", "way", b.last.radios()[0])
	}
	b.Fill("/totp", "code", app.At(h.now()))
	return b
}

func TestY17_ConfirmItIsYou(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana, app := h.AtWays()
	b.last.Shows(t, 200, "/account/ways/", "/rename")
	id := h.ofKind(ana.ID, provider.TOTP)[0].ID
	h.Gives(ana, provider.EmailCode, address(anasMail))

	h.Passes(11 * time.Minute)
	b.Get("/account/ways/"+id+"/rename").Shows(t, 200, `name="password"`)
	p := b.Post("/account/ways/"+id+"/rename", url.Values{"name": {"Old phone"}})
	p.Shows(t, 200, `name="password"`)
	if a := h.ofKind(ana.ID, provider.TOTP)[0]; a.Name != "" {
		t.Errorf("renamed to %q by a session that is not fresh", a.Name)
	}
	b.Fill("/password", "username", "ana", "password", anasPassword)
	b.show(h, app)
	b.last.Shows(t, 200, `value="Old phone"`) // what was typed is kept
}

func TestY02_RenameAndRemove(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana, _ := h.AtWays()
	app := h.ofKind(ana.ID, provider.TOTP)[0].ID
	b.Get("/account/ways/"+app+"/rename").Shows(t, 200, `name="name"`)
	b.Post("/account/ways/"+app+"/rename", url.Values{"name": {" \n"}}).Shows(t, 422, "Error: ")
	b.Post("/account/ways/"+app+"/rename", url.Values{"name": {strings.Repeat("x", 61)}}).Shows(t, 422, strings.Repeat("x", 61))
	b.Post("/account/ways/"+app+"/rename", url.Values{"name": {" Blue phone "}}).Shows(t, 200, "Blue phone", `role="status"`)
	if told := h.Told("M-12"); len(told) == 0 || told[0].Data["action"] != "renamed" {
		t.Errorf("told %v", told)
	}

	b.Get("/account/ways/"+app+"/remove").Shows(t, 422)
	b.Post("/account/ways/"+app+"/remove", url.Values{}).Shows(t, 422)
	if len(h.ofKind(ana.ID, provider.TOTP)) != 1 {
		t.Fatal("the last second step was removed")
	}
	h.Gives(ana, provider.EmailCode, address(anasMail))
	b.Get("/account/ways/"+app+"/remove").Shows(t, 200, "Blue phone")
	if len(h.ofKind(ana.ID, provider.TOTP)) != 1 {
		t.Fatal("a GET removed it")
	}
	b.Post("/account/ways/"+app+"/remove", url.Values{})
	if len(h.ofKind(ana.ID, provider.TOTP)) != 0 || len(h.Recorded(ana.ID, "authenticator.removed")) != 1 {
		t.Error("it is still there, or not on record")
	}
	told := h.Told("M-12")
	if !slices.ContainsFunc(told, func(m provider.Claim) bool {
		return m.To == anasMail && m.Data["action"] == "removed" && m.Data["what"] == "Blue phone"
	}) {
		t.Errorf("told %v", told)
	}
}

// TestRemove_NeedsAnotherProof: whoever has nothing but a found passkey does not take it away from its owner's eyes.
func TestRemove_NeedsAnotherProof(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	b := h.Browser().In("ana")
	b.Get("/account/add/passkey")
	b.Fill("/way", "way", b.last.radios()[0])
	b.Fill("/email", "code", h.CodeFor(provider.ByEmail, anasMail))
	device := h.Device()
	b.Fill("/passkey", "response", device.Makes(b.last)).Shows(t, 200, "/remove")
	passkey := h.ofKind(ana.ID, provider.Passkey)[0].ID

	finder := h.Browser()
	finder.Get("/account")
	finder.Fill("/passkey", "response", device.Signs(finder.last))
	finder.Get("/account/ways").Shows(t, 200, passkey)
	finder.Post("/account/ways/"+passkey+"/remove", url.Values{}).Shows(t, 422)
	b.Post("/account/ways/"+passkey+"/remove", url.Values{})
	if len(h.ofKind(ana.ID, provider.Passkey)) != 0 {
		t.Error("the owner, who has shown a password and a code too, cannot remove it")
	}
	finder.Get("/account/ways").Shows(t, 200, `name="password"`) // what it proved stands no more
}

func TestWays_OfOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, _, _ := h.AtWays()
	bruno := h.Mailed("bruno")
	theirs := h.ofKind(bruno.ID, provider.EmailCode)[0].ID
	for _, act := range []string{"rename", "remove"} {
		b.Get("/account/ways/"+theirs+"/"+act).Shows(t, 404)
		b.Post("/account/ways/"+theirs+"/"+act, url.Values{}).Shows(t, 404)
	}
	b.Get("/account/add/password").Shows(t, 404)
	b.Get("/account/add/remembered").Shows(t, 404)
	stranger := h.Browser()
	stranger.Post("/account/ways/"+theirs+"/remove", url.Values{}).Shows(t, 200, `name="password"`)
	if len(h.ofKind(bruno.ID, provider.EmailCode)) != 1 {
		t.Error("removed by somebody else")
	}
}

func TestY04_Password(t *testing.T) {
	t.Parallel()
	const fresh = "quiet walnut ledger harbor"
	h := newHouse(t)
	b, ana, _ := h.AtWays()
	other := h.Browser().In("ana")
	change := func(current, next string) *page {
		return b.Post("/account/password", url.Values{"password": {current}, "new_password": {next}})
	}
	b.Get("/account/password").Shows(t, 200, `autocomplete="current-password"`, `autocomplete="new-password"`)
	change("", fresh).Shows(t, 422, "Error: ")
	change("not the one", fresh).Shows(t, 422, "Error: ", `id="current-password-fault"`)
	change(anasPassword, "short").Shows(t, 422, `id="new-password-fault"`)
	change(anasPassword, anasPassword).Shows(t, 422, `id="new-password-fault"`)
	before := b.Session()
	change(anasPassword, fresh).Shows(t, 200, `role="status"`, "/account/password")
	if b.Session() == before || b.Session() == "" {
		t.Error("the session has the secret that it had before")
	}
	if len(h.Told("M-08")) == 0 || len(h.Recorded(ana.ID, "password.changed")) != 1 {
		t.Error("nobody was told, or it is not on record")
	}
	b.Get("/account/ways").Shows(t, 200, "/account/password")
	other.Get("/account").Shows(t, 200, `name="password"`)
	h.Browser().In2("ana", fresh)
}

// In2 signs in with another password than everybody's.
func (b *browser) In2(username, password string) {
	b.t.Helper()
	b.Get("/account")
	b.SignIn(username, password)
	if b.Session() == "" {
		b.t.Errorf("%s is not signed in: %s", username, title(b.last))
	}
}

// TestY04_Guesses: whoever sits at somebody's session does not find out the password by trying.
func TestY04_Guesses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana, _ := h.AtWays()
	answers := map[int]int{}
	for range 12 {
		p := b.Post("/account/password", url.Values{"password": {"not the one"}, "new_password": {"quiet walnut ledger harbor"}})
		answers[p.Status]++
	}
	if answers[http.StatusUnprocessableEntity] > 10 || answers[http.StatusTooManyRequests] < 2 {
		t.Errorf("answers %v", answers)
	}
	b.Post("/account/password", url.Values{"password": {anasPassword}, "new_password": {"quiet walnut ledger harbor"}}).Shows(t, 429)
	if len(h.Recorded(ana.ID, "password.changed")) != 0 {
		t.Error("the password was changed after the last guess")
	}
}

// TestWays_ListsAll: every kind shows, where it leads is masked.
func TestWays_ListsAll(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana, _ := h.AtWays()
	h.Gives(ana, provider.TextCode, oob.Encode(oob.Address{To: anasPhone}))
	h.Gives(ana, provider.TextCode, oob.Encode(oob.Address{To: "+16175550177", Landline: true}))
	h.Gives(ana, provider.EmailCode, address(anasMail))
	p := b.Get("/account/ways").Shows(t, 200, "•••43", "•••77", "a•••@example.org", "/account/password")
	if strings.Contains(p.Body, anasPhone) || strings.Contains(p.Body, anasMail) {
		t.Error("shows a whole address")
	}
	b.Get("/security").Shows(t, 200, "•••43")
}

// TestY17_KeepsTheUsername: whoever was away before they pressed shows that it is them, and finds the change as they had typed it.
func TestY17_KeepsTheUsername(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana, app := h.AtWays()
	b.Get("/account/username").Shows(t, 200)
	h.Passes(11 * time.Minute)
	b.Post("/account/username", url.Values{"username": {"anabel"}}).Shows(t, 200, `name="password"`)
	b.Fill("/password", "username", "ana", "password", anasPassword)
	b.show(h, app)
	b.last.Shows(t, 200, `value="anabel"`)
	if a, err := h.Store.Account(t.Context(), ana.ID); err != nil || !a.Named("ana") {
		t.Errorf("changed by a session that is not fresh: %v, %v", a.Identifiers, err)
	}
}
