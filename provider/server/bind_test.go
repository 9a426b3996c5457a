package server_test

import (
	"context"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gatehouse/provider"
	"gatehouse/provider/factor/lookup"
)

// TestPolicy_FirstSignIn: where the application wants two steps and the account has one, adding a second is part of the
// first sign-in, and told to the owner.
func TestPolicy_FirstSignIn(t *testing.T) {
	t.Parallel()
	for name, bind := range map[string]struct {
		do     func(h *house, b *browser)
		notice string
		acr    string
		amr    []string
	}{
		"text": {func(h *house, b *browser) {
			b.Fill("/way", "way", "text").Shows(h.t, 200, `name="phone"`)
			b.Fill("/address", "phone", "(617) 555-0143").Shows(h.t, 200, "•••43")
			b.Fill("/text", "code", h.CodeFor(provider.ByText, anasPhone))
		}, "M-10", "aal2", []string{"pwd", "otp", "sms", "mfa"}},
		"call": {func(h *house, b *browser) {
			b.Fill("/way", "way", "text")
			b.Fill("/address", "phone", "+1 617 555 0143", "voice", "on")
			b.Fill("/text", "code", h.CodeFor(provider.ByVoice, anasPhone))
		}, "M-10", "aal2", []string{"pwd", "otp", "tel", "mfa"}},
		"text on file": {func(h *house, b *browser) {
			b.Fill("/way", "way", "text.on-file").Shows(h.t, 200, "•••01")
			b.Fill("/text", "code", h.CodeFor(provider.ByText, "+16175550101"))
		}, "M-10", "aal2", []string{"pwd", "otp", "sms", "mfa"}},
		"email": {func(h *house, b *browser) {
			if p := b.Fill("/way", "way", "email"); strings.Contains(p.Body, "ana@example.org") {
				h.t.Error("shows what is on file to who knows no more than the password")
			}
			b.Fill("/address", "email", " Ana.Codes@Example.org ").Shows(h.t, 200, "A•••@Example.org")
			b.Fill("/email", "code", h.CodeFor(provider.ByEmail, "Ana.Codes@Example.org"))
		}, "M-09", "two-step", []string{"pwd", "otp"}},
		"email on file": {func(h *house, b *browser) {
			b.Fill("/way", "way", "email.on-file")
			b.Fill("/email", "code", h.CodeFor(provider.ByEmail, "ana@example.org"))
		}, "M-09", "two-step", []string{"pwd", "otp"}},
		"app": {func(h *house, b *browser) {
			b.Fill("/way", "way", "totp")
			b.Fill("/totp", "code", b.last.appSeed(h.t).At(h.now()), "name", "My phone")
		}, "M-12", "aal2", []string{"pwd", "otp", "mfa"}},
		"passkey": {func(h *house, b *browser) {
			b.Fill("/way", "way", "passkey")
			b.Fill("/passkey", "response", h.Device().Makes(b.last))
		}, "M-11", "phr", []string{"pop", "hwk", "user", "mfa"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.t = t
			ana := h.Person("ana")
			a := h.App("records", twoStep)
			b := h.Browser()
			b.Get(a.Ask())
			p := b.SignIn("ana", anasPassword).Shows(t, 200, `value="passkey"`, `value="totp"`, `value="text"`, `value="email"`)
			if !containsAll(p.Body, "Text to ", "•••01", "Email to ", "a•••@example.org") {
				t.Errorf("what is on file is not named: %s", p.Body)
			}
			if strings.Contains(p.Body, `value="recovery"`) || strings.Contains(p.Body, "ana@example.org") || strings.Contains(p.Body, "5550101") {
				t.Error("offers recovery codes, or shows what is on file to who knows no more than the password")
			}
			if len(h.Mail()) != 0 {
				t.Error("sent before anything was chosen")
			}
			bind.do(h, b)
			a.proves(b.last, bind.acr, bind.amr...)
			told := h.Told(bind.notice)
			if !slices.ContainsFunc(told, func(m provider.Claim) bool { return m.To == "ana@example.org" && m.Data["action"] == "added" }) {
				t.Errorf("told %+v", told)
			}
			if len(h.Recorded(ana.ID, "authenticator.bound")) != 1 || h.Rows("authenticators") != 2 {
				t.Errorf("%d records, %d authenticators", len(h.Recorded(ana.ID, "authenticator.bound")), h.Rows("authenticators"))
			}
			next := h.Browser()
			next.Get(a.Ask())
			if next.SignIn("ana", anasPassword); next.last.To != nil || next.last.radios() != nil {
				t.Errorf("the next sign-in: %s", title(next.last))
			}
		})
	}
}

// appSeed reads the key that the page shows.
func (p *page) appSeed(t *testing.T) seed {
	t.Helper()
	m := regexp.MustCompile(`secret=([A-Z2-7]+)`).FindStringSubmatch(p.Body)
	if m == nil {
		t.Fatalf("no key on %s: %s", title(p), p.Body)
	}
	return seed(unbase32(m[1]))
}

// TestBind_TwiceIsOnce: a form that was sent twice binds once, and leads on both times.
func TestBind_TwiceIsOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword)
	b.Fill("/way", "way", "totp")
	action, form := b.last.Form(t, "/totp")
	form.Set("code", b.last.appSeed(t).At(h.now()))
	through := 0
	for _, p := range AtOnce(8, func() *page { return b.once(http.MethodPost, action, form) }) {
		if p.Status >= 500 {
			t.Errorf("%d", p.Status)
		}
		if p.Gave() != "" {
			through++
		}
	}
	if through == 0 || h.Rows("authenticators") != 2 {
		t.Errorf("%d led on, %d authenticators", through, h.Rows("authenticators"))
	}
}

// TestBind_AppCodeIsSpent: the code that bound an app signs nobody in.
func TestBind_AppCodeIsSpent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword)
	b.Fill("/way", "way", "totp")
	at := b.last
	if again := b.Get(at.Step()); again.appSeed(t).At(h.now()) != at.appSeed(t).At(h.now()) {
		t.Fatal("the page shows another key when it is loaded again")
	}
	b.Fill("/totp", "code", "").Shows(t, 422)
	b.Fill("/totp", "code", other(at.appSeed(t).At(h.now()))).Shows(t, 422)
	code := at.appSeed(t).At(h.now())
	if p := b.Fill("/totp", "code", code); p.Gave() == "" {
		t.Fatal(title(p))
	}
	next := h.Browser()
	next.Get(a.Ask())
	next.SignIn("ana", anasPassword)
	next.Fill("/totp", "code", code).Shows(t, 422)
}

// TestBind_Sheet: recovery codes are shown before they are kept; the new sheet replaces the old one.
func TestBind_Sheet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, old := h.Papered("ana")
	h.Gives(ana, provider.EmailCode, address(anasMail))
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get("/account/add/recovery")
	b.SignIn("ana", anasPassword)
	b.Fill("/recovery", "code", old[0])
	codes := recoveryCode.FindAllString(html.UnescapeString(b.last.Body), -1)
	if len(codes) < lookup.PerSheet {
		t.Fatalf("%d codes on %s", len(codes), title(b.last))
	}
	h.Mail()
	b.Fill("/recovery")
	if told := h.Told("M-13"); len(told) != 2 || told[0].Data["action"] != "made" {
		t.Errorf("told %+v", told)
	}
	held, err := h.Store.Authenticators(context.Background(), ana.ID)
	must(t, err)
	if len(held) != 3 {
		t.Errorf("%d authenticators", len(held))
	}
	next := h.Browser()
	next.Get(a.Ask())
	next.SignIn("ana", anasPassword)
	next.Fill("/way", "way", h.ofKind(ana.ID, provider.RecoveryCode)[0].ID)
	next.Fill("/recovery", "code", old[1]).Shows(t, 422)
	next.Fill("/recovery", "code", codes[0]).Shows(t, 200, "9")
}

// TestBind_Refusals: what cannot be bound is said beside the field, and nothing is sent.
func TestBind_Refusals(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Phoned("ana")
	h.Gives(ana, provider.EmailCode, address(anasMail))
	b := h.Browser()
	add := func(kind string) {
		b.Get("/account/add/" + kind)
		if strings.Contains(b.last.Body, `name="password"`) {
			b.SignIn("ana", anasPassword)
		}
		b.Fill("/way", "way", got0(b.last.radios()))
		b.Fill("/text", "code", h.CodeFor(provider.ByText, anasPhone))
	}
	add("text")
	for _, number := range []string{"", "   ", "nobody", "12", "+1 900 555 0143", "+44 20 7946 0958", "(617) 555-0143", strings.Repeat("9", 2000)} {
		b.Fill("/address", "phone", number).Shows(t, 422, `name="phone"`)
	}
	add("email")
	for _, mail := range []string{"", "nobody", "a@b", "ANA.CODES@example.org", "a@example.org\r\nBcc: b@example.org", strings.Repeat("a", 300) + "@example.org"} {
		b.Fill("/address", "email", mail).Shows(t, 422, `name="email"`)
	}
	if sent := h.Mail(); len(sent) != 0 {
		t.Errorf("%d messages", len(sent))
	}
}

// TestBind_ClosedAccount: nothing is bound to an account that cannot be opened; S-16 is said once the password was right.
func TestBind_ClosedAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.SetStatus(ana.ID, provider.Closed)
	b := h.Browser()
	b.Get(h.App("records", twoStep).Ask())
	b.SignIn("ana", anasPassword).Shows(t, 403)
}

// TestBind_Reach: an account whose best is not enough shows that first; then it is led to add what would reach.
func TestBind_Reach(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Phoned("ana")
	a := h.App("records")
	b := h.Browser()
	b.Get(a.Ask("acr_values", "phr"))
	b.SignIn("ana", anasPassword)
	if strings.Contains(b.last.Body, "data-options") {
		t.Fatal("a passkey may be bound on the password alone, although there is a phone")
	}
	b.Fill("/text", "code", h.CodeFor(provider.ByText, anasPhone)).Shows(t, 200, "data-options=")
	if p := b.Fill("/passkey", "response", h.Device().Makes(b.last)); p.Gave() == "" {
		t.Error(title(p))
	}
}
