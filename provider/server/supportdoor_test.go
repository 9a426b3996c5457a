package server_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

func TestAOneTimeLinkWorksOnce(t *testing.T) {
	o := newOffice(t)
	who, token := o.Hire("ada", provider.Agent)
	w := &worker{browser: o.console.Browser(), o: o, who: who, key: o.console.Device()}
	w.Get("/enroll").Shows(t, 200, "Your link works once")
	w.Post("/enroll", url.Values{"token": {"not.a.link"}}).Shows(t, http.StatusGone, "This link has been used")
	w.Enroll(token).Shows(t, 200, "Your passkey is saved")
	if e := o.last("staff.enrolled"); e.Detail["staff"] != string(who.ID) {
		t.Errorf("on record: %v", e.Detail)
	}
	w.Post("/enroll", url.Values{"token": {token}}).Shows(t, http.StatusGone)
	thief := o.console.Browser()
	thief.Get("/enroll")
	thief.Post("/enroll/key", url.Values{"token": {token}, "response": {"{}"}}).Shows(t, http.StatusGone)
	_, late := o.Hire("eve", provider.Agent)
	o.Passes(provider.EnrollLasts)
	thief.Post("/enroll", url.Values{"token": {late}}).Shows(t, http.StatusGone)
}

// TestAPasskeyOfTheConsoleVerifiesItsUser: one that does not ask for a finger, face or PIN is not taken.
func TestAPasskeyOfTheConsoleVerifiesItsUser(t *testing.T) {
	o := newOffice(t)
	who, token := o.Hire("ada", provider.Agent)
	w := &worker{browser: o.console.Browser(), o: o, who: who, key: o.console.Device()}
	w.key.device.Options.UserNotVerified = true
	w.Enroll(token).Shows(t, http.StatusUnprocessableEntity, "must ask for your finger")
	w.key.device.Options.UserNotVerified = false
	w.Enroll(token)
	w.key.device.Options.UserNotVerified = true
	w.SignIn().Shows(t, http.StatusForbidden, "does not open this")
}

// TestPatientsDoNotGetIntoTheConsole: neither by a passkey nor by a cookie; and no cookie of the console is one of theirs.
func TestPatientsDoNotGetIntoTheConsole(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	stranger := &worker{browser: o.console.Browser(), o: o, key: o.console.Device()}
	stranger.key.device.Options.UserHandle = []byte(ana.ID)
	stranger.key.device.AddCredential(stranger.key.made)
	stranger.SignIn().Shows(t, http.StatusForbidden, "does not open this")
	if e := o.last("staff.signin_failed"); e.Actor != "nobody" {
		t.Errorf("on record by %s", e.Actor)
	}
	b := o.Browser()
	b.Get(o.App("records").Ask())
	b.SignIn("ana", anasPassword)
	inside := o.console.Browser()
	inside.http.Jar.SetCookies(mustURL(t, o.console.URL), cookies("__Host-gatehouse-staff", b.Session()))
	inside.Get("/case").Shows(t, 200, "Sign in to the support desk")
	w := o.Staff("ada", provider.Agent)
	outside := o.Browser()
	outside.http.Jar.SetCookies(mustURL(t, o.URL), cookies("__Host-session", w.cookie("__Host-gatehouse-staff")))
	outside.Get("/account").Shows(t, 200, `name="password"`)
}

func TestPagesOfTheConsoleKeepToThemselves(t *testing.T) {
	o := newOffice(t)
	w := o.Staff("ada", provider.Agent)
	p := w.Get("/")
	for name, want := range map[string]string{
		"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store", "X-Frame-Options": "DENY",
	} {
		if p.Header.Get(name) != want {
			t.Errorf("%s: %q", name, p.Header.Get(name))
		}
	}
	if csp := p.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "require-trusted-types-for 'script'") {
		t.Errorf("policy %q", csp)
	}
	w.Get("/signin")
	fresh := w.once(http.MethodPost, "/signin", url.Values{"response": {w.key.Signs(w.last)}})
	found := false
	for _, line := range fresh.Header.Values("Set-Cookie") {
		found = found || strings.HasPrefix(line, "__Host-gatehouse-staff=") && strings.Contains(line, "SameSite=Strict") && strings.Contains(line, "HttpOnly") && strings.Contains(line, "Secure")
	}
	if !found {
		t.Errorf("cookies %v", fresh.Header.Values("Set-Cookie"))
	}
	other, err := http.NewRequest(http.MethodPost, o.console.URL+"/contact", strings.NewReader("channel=call"))
	must(t, err)
	other.Header.Set("Content-Type", formType)
	other.Header.Set("Sec-Fetch-Site", "cross-site")
	other.Header.Set("Origin", "https://evil.example")
	response, err := w.http.Do(other)
	must(t, err)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site: %d", response.StatusCode)
	}
}

func TestASignInAtTheConsoleEnds(t *testing.T) {
	o := newOffice(t)
	w := o.Staff("ada", provider.Agent)
	o.Passes(provider.StaffIdle - time.Minute)
	w.Get("/").Shows(t, 200, "Begin a contact")
	o.Passes(provider.StaffIdle)
	w.Get("/").Shows(t, 200, "Sign in to the support desk") // idle
	w.SignIn().Shows(t, 200, "Begin a contact")
	for range 10 * 60 / 14 {
		o.Passes(14 * time.Minute)
		w.Get("/")
	}
	o.Passes(14 * time.Minute)
	w.Get("/").Shows(t, 200, "Sign in to the support desk") // ten hours, however busy
	w.SignIn()
	w.Contact()
	left := w.Case().ID
	o.Passes(provider.StaffIdle)
	w.SignIn().Shows(t, 200, "Begin a contact") // a case is not found again by who was away
	if c, err := o.Store.Case(context.Background(), left); err != nil || c.EndedWhy != "idle" {
		t.Errorf("the case ended %q: %v", c.EndedWhy, err)
	}
	w.Contact()
	kept := w.cookie("__Host-gatehouse-staff")
	id := w.Case().ID
	w.Post("/signout", url.Values{}).Shows(t, 200, "You are signed out")
	w.http.Jar.SetCookies(mustURL(t, o.console.URL), cookies("__Host-gatehouse-staff", kept))
	w.Get("/case").Shows(t, 200, "Sign in to the support desk")
	if c, err := o.Store.Case(context.Background(), id); err != nil || c.EndedAt.IsZero() {
		t.Errorf("the case goes on after the sign-out: %v", err)
	}
}

func TestWhoIsDisabledIsOutAtOnce(t *testing.T) {
	o := newOffice(t)
	w := o.Staff("ada", provider.Agent)
	who, err := o.Store.StaffOf(context.Background(), w.who.ID)
	must(t, err)
	who.DisabledAt = o.now()
	must(t, o.Store.UpdateStaff(context.Background(), who, audit.StaffDisabled(o.now(), who, audit.Operator)))
	w.Get("/").Shows(t, 200, "Sign in to the support desk")
	w.SignIn().Shows(t, http.StatusForbidden, "does not open this")
}

func TestRolesDoOnlyTheirWork(t *testing.T) {
	o := newOffice(t)
	auditor, admin := o.Staff("vera", provider.Auditor), o.Staff("ida", provider.Administrator)
	auditor.Get("/").Shows(t, 200, "The record")
	if e := o.last("trail.read"); e.Actor != "staff:"+string(auditor.who.ID) {
		t.Errorf("read by %s", e.Actor)
	}
	admin.Get("/").Shows(t, 200, "gatehouse staff")
	for _, w := range []*worker{auditor, admin} {
		w.Contact().Shows(t, http.StatusForbidden)
		w.Find("username", "ana", "2/29/1980").Shows(t, http.StatusForbidden)
		w.Act("pause").Shows(t, http.StatusForbidden)
		w.Get("/approvals").Shows(t, http.StatusForbidden)
		w.Get("/outage").Shows(t, http.StatusForbidden)
	}
	auditor.Get("/staff").Shows(t, http.StatusForbidden)
	admin.Get("/trail").Shows(t, http.StatusForbidden)
}

// TestPatientsReadThatMessagesAreSlow: while a supervisor says so, and no longer than that.
func TestPatientsReadThatMessagesAreSlow(t *testing.T) {
	o := newOffice(t)
	o.Phoned("ana")
	boss := o.Staff("grace", provider.Supervisor)
	boss.Get("/outage").Shows(t, 200, "as usual")
	boss.Post("/outage", url.Values{"channel": {"text"}, "slow": {"on"}}).Shows(t, 200, "slow")
	if e := o.last("channel.slowed"); e.Detail["channel"] != "text" {
		t.Errorf("on record: %v", e.Detail)
	}
	b, app := o.Browser(), o.App("records", twoStep)
	b.Get(app.Ask())
	if p := b.SignIn("ana", anasPassword); !strings.Contains(p.Body, "Text messages are slow right now") {
		t.Errorf("%s does not say that texts are slow", title(p))
	}
	boss.Post("/outage", url.Values{"channel": {"text"}, "slow": {"off"}}).Shows(t, 200, "as usual")
}
