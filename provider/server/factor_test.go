package server_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

func twoStep(c *provider.Client) { c.MinLevel = provider.TwoStep }

func strong(c *provider.Client) { c.MinLevel = provider.AAL2 }

// claims are those of a fresh ID token.
func (a *app) claims(p *page) map[string]any {
	a.t.Helper()
	code := a.Back(p).Get("code")
	if code == "" {
		a.t.Fatalf("no code: %v", p.To)
	}
	_, claims := a.Verified(a.Redeem(code).Is(200, "").Str("id_token"))
	return claims
}

// proves expects an acr and amr.
func (a *app) proves(p *page, acr string, amr ...string) {
	a.t.Helper()
	claims := a.claims(p)
	var got []string
	for _, m := range claims["amr"].([]any) {
		got = append(got, m.(string))
	}
	if claims["acr"] != "urn:gatehouse:acr:"+acr || !slices.Equal(sorted(got), sorted(amr)) {
		a.t.Errorf("acr %v, amr %v, want %s %v", claims["acr"], got, acr, amr)
	}
}

// TestC02_Text: a person with one way gets the code with the press that shows the password, and it is worth aal2.
func TestC02_Text(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Phoned("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get(a.Ask())
	if n := len(h.Mail()); n != 0 {
		t.Fatalf("%d messages before anything was shown", n)
	}
	b.SignIn("ana", anasPassword).Shows(t, 200, "•••43", `name="code"`, `autocomplete="one-time-code"`)
	if b.Session() != "" {
		t.Error("a session before the second step")
	}
	code := h.CodeFor(provider.ByText, anasPhone)
	a.proves(b.Fill("/text", "code", code), "aal2", "pwd", "otp", "sms", "mfa")
	if p := b.Get(a.Ask()); p.Gave() == "" {
		t.Errorf("single sign-on: %s", title(p))
	}
}

// TestC03_Email: an e-mail code makes it two steps, and no more.
func TestC03_Email(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Mailed("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword).Shows(t, 200, "a•••@example.org")
	a.proves(b.Fill("/email", "code", h.CodeFor(provider.ByEmail, anasMail)), "two-step", "pwd", "otp")
	b.Get(a.Ask("acr_values", "urn:gatehouse:acr:aal2"))
	b.last.Shows(t, 200, `value="totp"`)
}

// TestC04_Call: the same code can be spoken, and the token says so.
func TestC04_Call(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Phoned("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword)
	texted := h.CodeFor(provider.ByText, anasPhone)
	b.Fill("/call").Shows(t, 200, "•••43")
	if spoken := h.CodeFor(provider.ByVoice, anasPhone); spoken != texted {
		t.Errorf("spoken %s, texted %s", spoken, texted)
	}
	a.proves(b.Fill("/text", "code", texted), "aal2", "pwd", "otp", "tel", "mfa")
}

// TestC05_App: the app's code works once.
func TestC05_App(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.Apped("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword)
	code := s.At(h.now())
	a.proves(b.Fill("/totp", "code", code[:3]+" "+code[3:]), "aal2", "pwd", "otp", "mfa")
	again := h.Browser()
	again.Get(a.Ask())
	again.SignIn("ana", anasPassword)
	again.Fill("/totp", "code", code).Shows(t, 422)
	h.Passes(time.Minute)
	if p := again.Fill("/totp", "code", s.At(h.now())); p.Gave() == "" {
		t.Errorf("the next code: %d %s", p.Status, title(p))
	}
}

// TestC05_ClockHint: whose phone is slow hears of it.
func TestC05_ClockHint(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.Apped("ana")
	b := h.Browser()
	b.Get(h.App("records", twoStep).Ask())
	b.SignIn("ana", anasPassword)
	slow := b.Fill("/totp", "code", s.At(h.now().Add(-5*time.Minute))).Shows(t, 422)
	wrong := b.Fill("/totp", "code", other(s.At(h.now()))).Shows(t, 422)
	if strings.Count(slow.Body, "clock") <= strings.Count(wrong.Body, "clock") {
		t.Error("no hint about the clock")
	}
}

// TestC06_Recovery: each code of a sheet works once, and its owner is told how many are left.
func TestC06_Recovery(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, sheet := h.Papered("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword)
	p := b.Fill("/recovery", "code", strings.ToLower(strings.ReplaceAll(sheet[3], "-", " "))).Shows(t, 200, "9")
	if p.To != nil {
		t.Error("the page leads away before anybody could read how many are left")
	}
	a.proves(b.Onward(), "aal2", "pwd", "otp", "mfa")
	told := h.Told("M-13")
	if len(told) != 1 || told[0].Data["action"] != "used" || told[0].Data["left"] != "9" {
		t.Errorf("told %+v", told)
	}
	again := h.Browser()
	again.Get(a.Ask())
	again.SignIn("ana", anasPassword)
	again.Fill("/recovery", "code", sheet[3]).Shows(t, 422)
	again.Fill("/recovery", "code", sheet[4])
	if p := again.Onward(); p.Gave() == "" {
		t.Error(title(p))
	}
}

// TestC01_Choose: several ways are offered strongest first; the one that was used last is taken without asking.
func TestC01_Choose(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, s := h.Apped("ana")
	phone := h.Gives(ana, provider.TextCode, address(anasPhone))
	mail := h.Gives(ana, provider.EmailCode, address(anasMail))
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get(a.Ask())
	p := b.SignIn("ana", anasPassword)
	if got := p.radios(); len(got) != 3 || got[1] != phone.ID || got[2] != mail.ID {
		t.Fatalf("offered %v", got)
	}
	if len(h.Mail()) != 0 {
		t.Error("sent before anything was chosen")
	}
	b.Fill("/way").Shows(t, 422)
	b.Fill("/way", "way", provider.NewID()).Shows(t, 422)
	b.Fill("/way", "way", mail.ID).Shows(t, 200, "a•••@example.org")
	b.Fill("/other")
	if got := b.last.radios(); len(got) != 3 {
		t.Fatalf("try another way offers %v", got)
	}
	b.Fill("/way", "way", phone.ID).Shows(t, 200, "•••43")
	if p := b.Fill("/text", "code", h.CodeFor(provider.ByText, anasPhone)); p.Gave() == "" {
		t.Fatal(title(p))
	}
	next := h.Browser()
	next.Get(a.Ask())
	next.SignIn("ana", anasPassword).Shows(t, 200, "•••43")
	h.CodeFor(provider.ByText, anasPhone)
	next.Fill("/other")
	next.Fill("/way", "way", got0(next.last.radios())).Shows(t, 200, `name="code"`)
	if p := next.Fill("/totp", "code", s.At(h.now())); p.Gave() == "" {
		t.Error(title(p))
	}
}

func got0(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// TestK03_Passkey: bound on the way to phr, then enough by itself; autofill and the button send the same form.
func TestK03_Passkey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	k := h.Device()
	b.Get(a.Ask("acr_values", "phr"))
	b.SignIn("ana", anasPassword).Shows(t, 200, "data-options=")
	p := b.Fill("/passkey", "response", k.Makes(b.last))
	claims := a.claims(p)
	if claims["acr"] != "phr" {
		t.Errorf("acr %v", claims["acr"])
	}
	if n := len(h.Recorded(ana.ID, "authenticator.bound")); n != 1 {
		t.Errorf("%d records", n)
	}
	if told := h.Told("M-11"); len(told) != 1 || told[0].To != "ana@example.org" || told[0].Data["action"] != "added" {
		t.Errorf("told %+v", told)
	}

	alone := h.Browser()
	alone.Get(a.Ask())
	a.proves(alone.Fill("/passkey", "response", k.Signs(alone.last)), "phr", "pop", "hwk", "user", "mfa")

	fresh := h.Browser().In("ana")
	fresh.Get(a.Ask("acr_values", "urn:gatehouse:acr:aal2"))
	fresh.last.Shows(t, 200, "data-options=")
	if p := fresh.Fill("/passkey", "response", k.Signs(fresh.last)); p.Gave() == "" {
		t.Errorf("as a second factor: %s", title(p))
	}
}

// TestK_WithoutPIN: a key that cannot check who holds it identifies nobody, and is a good second factor.
func TestK_WithoutPIN(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b, k := h.Browser(), h.Device()
	k.device.Options.UserNotVerified = true
	b.Get(a.Ask("acr_values", "phr"))
	b.SignIn("ana", anasPassword)
	if p := b.Fill("/passkey", "response", k.Makes(b.last)); p.Gave() == "" {
		t.Fatal(title(p))
	}
	alone := h.Browser()
	alone.Get(a.Ask())
	alone.Fill("/passkey", "response", k.Signs(alone.last)).Shows(t, 422)
	second := h.Browser()
	second.Get(a.Ask("acr_values", "urn:gatehouse:acr:aal2"))
	second.SignIn("ana", anasPassword)
	a.proves(second.Fill("/passkey", "response", k.Signs(second.last)), "aal2", "pwd", "pop", "hwk", "mfa")
}
