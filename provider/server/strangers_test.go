package server_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/server"
)

// proxied takes this machine for a proxy, so that browsers can come from anywhere.
func proxied(c *server.Config) {
	c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// somewhere is a wire from an address.
type somewhere struct {
	http.RoundTripper
	address string
}

func (s somewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", s.address)
	return s.RoundTripper.RoundTrip(r)
}

// Elsewhere has all browsers that are opened from here on come from an address of another network, the nth.
func (h *house) Elsewhere(n int) {
	wire := h.Browser().http.Transport
	if s, ok := wire.(somewhere); ok {
		wire = s.RoundTripper
	}
	h.wire = somewhere{wire, fmt.Sprintf("198.51.%d.%d", n, 7+n)}
}

// strangers is a house that is reached from many networks.
func strangers(t *testing.T) (*house, *app) {
	h := newHouse(t, proxied)
	return h, h.App("records", twoStep)
}

// asksNames asks for the usernames of an address.
func (h *house) asksNames(address string) *page {
	h.t.Helper()
	b := h.Browser()
	b.Get("/forgot/username")
	return b.Fill("/forgot/username", "contact", address)
}

// again has the code sent again.
func (b *browser) again() *page {
	b.t.Helper()
	action, form := b.last.Form(b.t, "/resend")
	return b.Post(action, form)
}

// TestStrangersLeaveTheSecondStep: codes and usernames that strangers ask for use up nothing of what the owner needs to sign in, with a
// password and a code to the very address that those go to.
func TestStrangersLeaveTheSecondStep(t *testing.T) {
	t.Parallel()
	h, a := strangers(t)
	h.Gives(h.Person("ana"), provider.EmailCode, oob.Encode(oob.Address{To: "ana@example.org"}))
	for hour := range 2 {
		for i := range 5 {
			h.Elsewhere(hour*5 + i)
			a.forgotten("ana").last.Shows(t, 200, "If we found an account")
			h.asksNames("ana@example.org").Shows(t, 200, "If we found an account")
		}
		if told := h.Mail(); len(told) != 10 {
			t.Errorf("hour %d: %d letters", hour+1, len(told))
		}
		h.Elsewhere(200)
		b := h.Browser()
		b.Get(a.Ask())
		b.SignIn("ana", anasPassword)
		if a.Back(b.Fill("/email", "code", h.CodeFor(provider.ByEmail, "ana@example.org"))).Get("code") == "" {
			t.Errorf("hour %d: the owner does not get in", hour+1)
		}
		h.Passes(61 * time.Minute)
	}
}

// TestStrangersLeaveKnownBrowsers: a browser that the account knows gets its code at once, whatever strangers asked for.
func TestStrangersLeaveKnownBrowsers(t *testing.T) {
	t.Parallel()
	h, a := strangers(t)
	h.Mailed("ana")
	known := h.Browser()
	known.Get(a.Ask())
	h.Mail()
	known.SignIn("ana", anasPassword)
	known.Fill("/email", "code", h.CodeFor(provider.ByEmail, anasMail))
	known.Out()
	for i := range 5 {
		h.Elsewhere(i)
		a.forgotten("ana")
		h.asksNames("ana@example.org")
	}
	h.Mail()
	known.Get(a.Ask())
	known.forgets("ana")
	known.enters(h.CodeFor(provider.ByEmail, "ana@example.org")).Shows(t, 200, "Choose a new password")
}

// TestTwoNamesOfOneAccount: whether two names lead to one account does not show: when one of them was asked for until no more codes
// were sent, the other is answered as ever, and nobody gets a code. So it is for a request that is asked to send again.
func TestTwoNamesOfOneAccount(t *testing.T) {
	t.Parallel()
	h, a := strangers(t)
	h.Person("ana")
	traces := map[string]string{}
	for who, names := range map[string][2]string{"real": {"ana", "ana@example.org"}, "invented": {"eva", "eva@example.org"}} {
		h.exec("DELETE FROM budgets")
		h.Elsewhere(1)
		h.Mail()
		open := a.forgotten(names[1])
		note := func(b *browser) { traces[who] += fmt.Sprint(b.last.Status, " ", len(h.Mail()), "; ") }
		note(open)
		for i := range 6 {
			h.Elsewhere(2 + i)
			note(a.forgotten(names[0]))
		}
		for range 4 {
			open.Fill(open.at(), "code", "000000")
			note(open)
		}
		open.again()
		note(open)
		h.Elsewhere(9)
		note(a.forgotten(names[1]))
		for range 4 {
			note(a.forgotten(names[1]))
		}
	}
	const statuses = "200 %d; 200 %[1]d; 200 %[1]d; 200 %[1]d; 200 %[1]d; 200 0; 429 0; 422 0; 422 0; 422 0; 422 0; 200 0; 200 0; 200 0; 200 0; 429 0; 429 0; "
	for who, letters := range map[string]int{"real": 1, "invented": 0} {
		if want := fmt.Sprintf(statuses, letters); traces[who] != want {
			t.Errorf("%s:\n%s, want\n%s", who, traces[who], want)
		}
	}
}

// TestOneStranger: from one network no name is asked for often enough to use up what all strangers together have, nor is an account
// under all of its names; an invented name is answered alike.
func TestOneStranger(t *testing.T) {
	t.Parallel()
	h, a := strangers(t)
	h.Person("ana")
	for _, names := range [][]string{{"ana", "ana@example.org"}, {"eva", "eva@example.org"}} {
		h.Mail()
		h.Elsewhere(1)
		letters := 0
		for hour := range 3 {
			for i := range 4 {
				if p := a.forgotten(names[0]).last; (p.Status == 429) != (hour*4+i >= 5) {
					t.Errorf("%s, hour %d, %d: %d", names[0], hour+1, i+1, p.Status)
				}
			}
			if p := a.forgotten(names[1]).last; p.Status != 200 {
				t.Errorf("%s, hour %d: %d", names[1], hour+1, p.Status)
			}
			letters += len(h.Mail())
			h.Passes(61 * time.Minute)
		}
		if letters != 5 && names[0] == "ana" {
			t.Errorf("%d letters", letters)
		}
		h.Elsewhere(2)
		a.forgotten(names[0]).last.Shows(t, 200, "If we found an account")
		if letters := len(h.Mail()); (letters == 1) != (names[0] == "ana") {
			t.Errorf("%s: %d letters for somebody elsewhere", names[0], letters)
		}
	}
}

// TestTheCodeThatIsThereGoesOn: who got a code before strangers used up the rest can still enter it, after pressing "send again" too.
func TestTheCodeThatIsThereGoesOn(t *testing.T) {
	t.Parallel()
	h, a := strangers(t)
	h.Person("ana")
	h.Elsewhere(1)
	open := a.forgotten("ana@example.org")
	code := h.CodeFor(provider.ByEmail, "ana@example.org")
	for i := range 5 {
		h.Elsewhere(2 + i)
		a.forgotten("ana")
	}
	h.Mail()
	open.again().Shows(t, 200, "Enter the code")
	if n := len(h.Mail()); n != 0 {
		t.Errorf("%d letters", n)
	}
	open.enters(code).Shows(t, 200, "Choose a new password")
}
