package server_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/notify"
	"gatehouse/provider/server"
)

// TestC12_Landline: a number that cannot be texted is called, whatever the person chose.
func TestC12_Landline(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.Gives(ana, provider.TextCode, oob.Encode(oob.Address{To: anasPhone, Landline: true}))
	a := h.App("records", twoStep)
	b := a.second()
	a.proves(b.Fill("/text", "code", h.CodeFor(provider.ByVoice, anasPhone)), "aal2", "pwd", "otp", "tel", "mfa")
}

// TestSendPolicy: a number that may not be written to any more gets no code, though it was bound once; other ways stay.
func TestSendPolicy(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *server.Config) { c.Phones = notify.Phones{Countries: []string{"MX"}} })
	ana := h.Phoned("ana")
	a := h.App("records", twoStep)
	b := a.second()
	if p := b.last; p.To != nil || p.Status != 422 || len(p.radios()) != 1 {
		t.Errorf("%d %s", p.Status, title(p))
	}
	h.Gives(ana, provider.EmailCode, address(anasMail))
	b.Get(b.last.Step())
	phone, mail := b.last.radios()[0], b.last.radios()[1]
	b.Fill("/way", "way", phone).Shows(t, 422)
	if len(h.Mail()) != 0 {
		t.Fatal("sent all the same")
	}
	b.Fill("/way", "way", mail)
	if p := b.Fill("/email", "code", h.CodeFor(provider.ByEmail, anasMail)); p.Gave() == "" {
		t.Error(title(p))
	}
}

// TestC11_Fate: the page says what its person should know of the message: late, stopped, unreachable.
func TestC11_Fate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state provider.MessageState
		fault provider.SendFault
		says  string
	}{
		"stopped":     {provider.MessageFailed, provider.FaultBlocked, "turned off"},
		"unreachable": {provider.MessageFailed, provider.FaultAddress, "not reach"},
		"ours":        {provider.MessageFailed, provider.FaultConfig, "slow"},
		"waiting":     {"", "", "slow"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.Phoned("ana")
			b := h.App("records", twoStep).second()
			calm := b.Get(b.last.Step())
			if c.state == "" {
				h.Passes(90 * time.Second)
			} else {
				all, err := h.Store.ClaimMessages(context.Background(), []provider.Channel{provider.ByText}, h.now(), time.Minute, 10)
				must(t, err)
				must(t, h.Store.SettleMessage(context.Background(), all[0], provider.Settled{State: c.state, Fault: c.fault, At: h.now()}))
			}
			p := b.Get(b.last.Step())
			if strings.Contains(p.Body, `class="notice`) == strings.Contains(calm.Body, `class="notice`) || !strings.Contains(p.Body, c.says) {
				t.Errorf("the page says nothing of it: %s", p.Body)
			}
		})
	}
}

// TestC13_Lost: who lost the phone is shown the other ways, and nothing is sent.
func TestC13_Lost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Phoned("ana")
	a := h.App("records", twoStep)
	b := a.second()
	h.Mail()
	step := b.last.Step()
	b.Get(step+"/lost").Shows(t, 200, "<h1>")
	if got := b.last.radios(); len(got) != 0 {
		t.Errorf("offers %v", got)
	}
	mail := h.Gives(ana, provider.EmailCode, address(anasMail))
	b.Get(step + "/lost")
	if got := b.last.radios(); len(got) != 1 || got[0] != mail.ID {
		t.Errorf("offers %v", got)
	}
	if len(h.Mail()) != 0 {
		t.Error("a GET has sent something")
	}
	b.Fill("/way", "way", mail.ID).Shows(t, 200, "a•••@example.org")
	fresh := h.Browser()
	fresh.Get(a.Ask())
	fresh.Get(fresh.last.Step()+"/lost").Asks(t, "before the password")
}

// TestOneSendOfTwoPresses: the password form sent twice at once sends one code.
func TestOneSendOfTwoPresses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Phoned("ana")
	b := h.Browser()
	b.Get(h.App("records", twoStep).Ask())
	action, form := b.last.Form(t, "/password")
	form.Set("username", "ana")
	form.Set("password", anasPassword)
	AtOnce(4, func() int { return b.once("POST", action, form).Status })
	if sent := h.Mail(); len(sent) != 1 {
		t.Errorf("%d codes", len(sent))
	}
}

// TestPasswordlessByPasskey: somebody who has a passkey and no password signs in again with that.
func TestPasswordlessByPasskey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records", twoStep)
	b, k := h.Browser(), h.Device()
	b.Get(a.Ask("acr_values", "phr"))
	b.SignIn("ana", anasPassword)
	b.Fill("/passkey", "response", k.Makes(b.last))
	held, err := h.Store.Authenticators(context.Background(), ana.ID)
	must(t, err)
	password, _ := provider.Held(held, provider.Password)
	h.exec("DELETE FROM authenticators WHERE id = ?", password.ID)
	b.Get(a.Ask("prompt", "login")).Shows(t, 200, "data-options=")
	if strings.Contains(b.last.Body, `name="password"`) {
		t.Error("a password is asked of somebody who has none")
	}
	if p := b.Fill("/passkey", "response", k.Signs(b.last)); p.Gave() == "" {
		t.Error(title(p))
	}
}

// TestBareAddress: a house without a name has no passkeys, and says so instead of offering what no browser could do.
func TestBareAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *server.Config) { c.Issuer = "https://127.0.0.1:8443" })
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	if p := b.Get(a.Ask("acr_values", "phr")); strings.Contains(p.Body, "data-options") {
		t.Error("a passkey is offered")
	}
	p := b.SignIn("ana", anasPassword)
	if p.To == nil || p.To.Query().Get("error") != "unmet_authentication_requirements" {
		t.Errorf("%d %s, %v", p.Status, title(p), p.To)
	}
	b.Get(a.Ask("acr_values", "urn:gatehouse:acr:aal2"))
	b.SignIn("ana", anasPassword).Shows(t, 200, `value="totp"`)
	if strings.Contains(b.last.Body, `value="passkey"`) {
		t.Error("a passkey can be added")
	}
}

// TestC04_CalledMeanwhile: a number that is called since no text came is a number for texts all the same.
func TestC04_CalledMeanwhile(t *testing.T) {
	t.Parallel()
	for name, first := range map[string][]string{"a text first": nil, "a call from the start": {"voice", "on"}} {
		h := newHouse(t)
		ana := h.Person("ana")
		b := h.Browser()
		b.Get(h.App("records", twoStep).Ask())
		b.SignIn("ana", anasPassword)
		b.Fill("/way", "way", "text")
		b.Fill("/address", append([]string{"phone", anasPhone}, first...)...)
		if first == nil {
			b.Fill("/call")
		}
		b.Fill("/text", "code", h.CodeFor(provider.ByVoice, anasPhone))
		bound := h.ofKind(ana.ID, provider.TextCode)
		if len(bound) != 1 {
			t.Fatalf("%s: %d bound", name, len(bound))
		}
		to, err := oob.Decode(bound[0].Data)
		must(t, err)
		if want := first != nil; to.Landline != want {
			t.Errorf("%s: called from now on: %v, want %v", name, to.Landline, want)
		}
	}
}
