package server_test

import (
	"context"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
)

const anasNew = "a garden of quiet rivers 7"

// forgotten is a browser on the way to the app whose person goes from the sign-in page to "forgot your password", and types a name.
func (a *app) forgotten(name string) *browser {
	a.t.Helper()
	b := a.h.Browser()
	b.Get(a.Ask())
	return b.forgets(name)
}

// forgets goes on from the sign-in page that is open.
func (b *browser) forgets(name string) *browser {
	b.t.Helper()
	b.Get(link(b.t, b.last, "/forgot?"))
	b.Choose("/forgot", "password")
	b.Fill("/forgot/password", "username", name)
	return b
}

var links = regexp.MustCompile(`<a[^>]* href="([^"]+)"`)

// link is where a link of the page leads that begins so.
func link(t *testing.T, p *page, prefix string) string {
	t.Helper()
	for _, m := range links.FindAllStringSubmatch(p.Body, -1) {
		if to := html.UnescapeString(m[1]); strings.HasPrefix(to, prefix) {
			return to
		}
	}
	t.Fatalf("no link to %s on %s (%s)", prefix, p.URL, title(p))
	return ""
}

// at is the path of the page that is open.
func (b *browser) at() string { return b.last.URL.Path }

// enters types a code into R-03.
func (b *browser) enters(code string) *page { return b.Fill(b.at(), "code", code) }

// sets types a new password.
func (b *browser) sets(password string) *page {
	return b.Fill("/new-password", "new_password", password)
}

// TestR09_ForgottenPassword: from the sign-in page to a new password by a code, and back to the application that was asked for. The
// old password works no more, the other sessions are over, all addresses are told.
func TestR09_ForgottenPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	elsewhere := h.Browser()
	tokens := a.Tokens(elsewhere)
	h.Mail()

	b := a.forgotten("ANA")
	b.last.Shows(t, 200, "If we found an account", "The records app", `autocomplete="one-time-code"`)
	code := h.CodeFor(provider.ByEmail, "ana@example.org")
	b.enters(code).Shows(t, 200, "Choose a new password", `value="ana"`, "It is you.")
	b.sets("short").Shows(t, 422, "or more characters")
	done := b.sets(anasNew).Shows(t, 200, "Your new password is set", "signed you out", "Sign in to")
	if b.Session() != "" {
		t.Error("a session has begun")
	}
	if told := h.Told("M-08"); len(told) != 2 {
		t.Errorf("%d messages tell of it, want one by e-mail and one by text", len(told))
	}
	if a.Active(tokens.Str("access_token")) {
		t.Error("what was got with the old password goes on")
	}
	if p := elsewhere.Get(a.Ask()); p.To != nil {
		t.Error("the other browser is still signed in")
	}
	if again := b.Get(b.at()); again.Body != done.Body && title(again) != title(done) {
		t.Error("loaded again it says something else")
	}
	b.Get(link(t, done, "/authorize?")).Shows(t, 200, "<h1>Sign in</h1>")
	b.SignIn("ana", anasPassword).Shows(t, 422)
	if p := b.SignIn("ana", anasNew); a.Back(p).Get("code") == "" {
		t.Error("the new password does not lead on")
	}
	events, err := h.Store.Events(context.Background(), ana.ID, 50)
	must(t, err)
	found := false
	for _, e := range events {
		found = found || e.Kind == "password.reset" && e.Detail["by"] == "email"
	}
	if !found {
		t.Error("no record of it")
	}
}

// resets is a browser on the page where a new password is set, after a code by e-mail; what else is asked for is answered by second.
func (a *app) resets(name string, second func(*browser)) *browser {
	a.t.Helper()
	a.h.Mail()
	b := a.forgotten(name)
	b.enters(a.h.CodeFor(provider.ByEmail, name+"@example.org"))
	if second != nil {
		second(b)
	}
	b.last.Shows(a.t, 200, "Choose a new password")
	return b
}

// without takes identifiers away.
func without(kinds ...provider.IdentifierKind) func(*provider.Account, *provider.Authenticator) {
	return func(a *provider.Account, _ *provider.Authenticator) {
		a.Identifiers = slices.DeleteFunc(a.Identifiers, func(id provider.Identifier) bool { return slices.Contains(kinds, id.Kind) })
	}
}

// unverified leaves an e-mail address that its owner has not confirmed.
func unverified(a *provider.Account, _ *provider.Authenticator) {
	for i := range a.Identifiers {
		if a.Identifiers[i].Kind == provider.Email {
			a.Identifiers[i].VerifiedAt = time.Time{}
		}
	}
}

// TestR06_EveryKindOfAccount: where the code goes, what is asked for after it, and whether a new password can be set at all.
func TestR06_EveryKindOfAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	const phone = "+16175550101"
	mail := func(name string) string { return name + "@example.org" }
	var app seed
	var paper []string
	for name, c := range map[string]struct {
		make    func(name string)
		channel provider.Channel
		to      string
		second  func(b *browser) // nil: none is asked for
		asks    string           // of the page for it
		stuck   bool
	}{
		"password": {make: func(n string) { h.Person(n) }, channel: provider.ByEmail},
		"mailcode": {make: func(n string) { h.Mailed(n) }, channel: provider.ByEmail},
		"totp": {
			make: func(n string) { _, app = h.Apped(n) }, channel: provider.ByEmail, asks: "/totp",
			second: func(b *browser) { b.Fill("/totp", "code", app.At(h.now())) },
		},
		"paper": {
			make: func(n string) { _, paper = h.Papered(n) }, channel: provider.ByEmail, asks: "/recovery",
			second: func(b *browser) { b.Fill("/recovery", "code", paper[0]) },
		},
		"texted": {
			make: func(n string) { h.Phoned(n) }, channel: provider.ByEmail, asks: "/way",
			second: func(b *browser) {
				b.Fill("/way", "way", b.last.radios()[0])
				told := h.Told("M-03")
				if len(told) != 1 || told[0].Channel != provider.ByText || told[0].To != anasPhone {
					t.Fatalf("the second code: %v", told)
				}
				b.Fill("/text", "code", oob.New(oob.Config{Keys: h.Keyset}).Code(told[0].Challenge))
			},
		},
		"phoneonly":   {make: func(n string) { h.Person(n, without(provider.Email)) }, channel: provider.ByText, to: phone},
		"unconfirmed": {make: func(n string) { h.Person(n, unverified) }, channel: provider.ByText, to: phone},
		"landline": {
			make: func(n string) {
				p := h.Person(n, without(provider.Email, provider.Phone))
				h.Gives(p, provider.TextCode, oob.Encode(oob.Address{To: anasPhone, Landline: true}))
			}, channel: provider.ByVoice, to: anasPhone, stuck: true,
		},
		"textboth": {
			make: func(n string) {
				p := h.Person(n, without(provider.Email))
				h.Gives(p, provider.TextCode, address(anasPhone))
			}, channel: provider.ByText, to: phone, stuck: true,
		},
		"heldmail": {
			make: func(n string) {
				p := h.Person(n, without(provider.Email))
				h.Gives(p, provider.EmailCode, address(anasMail))
			}, channel: provider.ByEmail, to: anasMail,
		},
	} {
		c.make(name)
		if c.to == "" {
			c.to = mail(name)
		}
		h.Mail()
		b := a.forgotten(name)
		p := b.enters(h.CodeFor(c.channel, c.to))
		switch {
		case c.stuck:
			if strings.Contains(p.Body, `name="new_password"`) || p.To != nil {
				t.Errorf("%s: a new password is asked for: %s", name, title(p))
			}
			continue
		case c.second != nil:
			if strings.Contains(p.Body, `name="new_password"`) {
				t.Errorf("%s: a new password is asked for after one proof", name)
			}
			p.Form(t, c.asks)
			if strings.Contains(p.Body, "/switch") {
				t.Errorf("%s: somebody else is let into a reset", name)
			}
			c.second(b)
		}
		b.sets(anasNew).Shows(t, 200, "Your new password is set")
		b.Get(a.Ask())
		if p := b.SignIn(name, anasNew); p.Status != 200 || strings.Contains(p.Body, "could not sign you in") {
			t.Errorf("%s: the new password does not work: %d %s", name, p.Status, title(p))
		}
	}
}

// TestR07_FirstPassword: an account with a passkey and no password gets one, after the passkey was shown. Two forms at once make one.
func TestR07_FirstPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	ana := h.Person("ana")
	k := h.Device()
	first := h.Browser().In("ana")
	first.Get("/account/add/passkey")
	first.Fill("/passkey", "response", k.Makes(first.last))
	h.exec("DELETE FROM authenticators WHERE kind = 'password'")
	b := h.Browser()
	b.Get(a.Ask())
	h.Mail()
	b.forgets("ana")
	p := b.enters(h.CodeFor(provider.ByEmail, "ana@example.org"))
	if strings.Contains(p.Body, `name="new_password"`) {
		t.Fatal("a password is set without the passkey")
	}
	b.Fill("/passkey", "response", k.Signs(p)).Shows(t, 200, "Choose a new password")
	action, form := b.last.Form(t, "/new-password")
	form.Set("new_password", anasNew)
	for _, p := range AtOnce(8, func() *page { return b.once("POST", action, form) }) {
		if p.Status != 303 && title(p) != "Your new password is set" {
			t.Errorf("%d %s", p.Status, title(p))
		}
	}
	if held := h.ofKind(ana.ID, provider.Password); len(held) != 1 {
		t.Fatalf("%d passwords", len(held))
	}
	b.Get(a.Ask())
	if a.Back(b.SignIn("ana", anasNew)).Get("code") == "" {
		t.Error("it does not sign in")
	}
}

// TestR03_OneAnswer: whatever name is typed, the answers are the same, byte for byte and in all headers, from the request to the last
// wrong code, and where too many codes were asked for; and as much is written down.
func TestR03_OneAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("known")
	h.SetStatus(h.Person("locked").ID, provider.Locked)
	h.SetStatus(h.Person("paused").ID, provider.Paused)
	h.SetStatus(h.Person("closed").ID, provider.Closed)
	h.Person("phoneonly", without(provider.Email))
	h.Person("unreachable", without(provider.Email, provider.Phone))
	h.Apped("apped")
	shares(h, "mother", "father")
	a := h.App("records")
	names := []string{
		"nobody-here", "known", "locked", "paused", "closed", "phoneonly", "unreachable", "apped", "known@example.org",
		"family@example.org", "x@example.net", "()<>@@", "+16175550101", "nobody here", "élan", strings.Repeat("n", 250),
	}
	var want []string
	for _, name := range names {
		h.exec("DELETE FROM budgets")
		before := []int{h.Rows("challenges"), h.Rows("messages")}
		got := a.trace(name)
		if len(want) == 0 {
			want = got
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%s: answer %d is another:\n%s", name, i+1, difference(want[i], got[i]))
			}
		}
		if n := h.Rows("challenges") - before[0]; n != 4 {
			t.Errorf("%s: %d challenges for four requests", name, n)
		}
		if n := h.Rows("messages") - before[1]; n != 5 && name != "family@example.org" {
			t.Errorf("%s: %d messages for four requests and one that was sent again", name, n)
		}
	}
	var statuses []string
	for _, answer := range want {
		statuses = append(statuses, answer[:3])
	}
	if got := strings.Join(statuses, " "); got != "303 200 422 422 422 422 303 200 422 422 410 410 303 200 303 200 303 200 429 429" {
		t.Error(got)
	}
}

// shares makes people who share an e-mail address.
func shares(h *house, names ...string) {
	for _, name := range names {
		h.Person(name, func(a *provider.Account, _ *provider.Authenticator) {
			for i := range a.Identifiers {
				if a.Identifiers[i].Kind == provider.Email {
					a.Identifiers[i].Value, a.Identifiers[i].Canonical = "family@example.org", "family@example.org"
				}
			}
		})
	}
}

var setCookie = regexp.MustCompile(`(__Host-[a-z]+)=[^;]*`)

// trace is all that somebody sees who asks for a code for a name and has none.
func (a *app) trace(name string) (all []string) {
	a.t.Helper()
	b := a.h.Browser()
	b.Get(a.Ask())
	b.Get(link(a.t, b.last, "/forgot?"))
	b.Choose("/forgot", "password")
	post := func(suffix string, pairs ...string) {
		action, form := b.last.Form(a.t, suffix)
		b.note(a, &all, name, b.once("POST", action, with(form, pairs...)))
	}
	post("/password", "username", name)
	at := b.last.URL.Path
	for _, code := range []string{"", "12345x", "000000", "000001"} {
		post(at, "code", code)
	}
	post("/resend")
	for _, code := range []string{"000002", "000003", "000004"} {
		post(at, "code", code)
	}
	b.note(a, &all, name, b.once("POST", at, url.Values{"code": {"000005"}}))
	for range 5 {
		b.Get("/forgot/password")
		post("/password", "username", name)
	}
	return all
}

// note writes down an answer, and goes where it leads.
func (b *browser) note(a *app, all *[]string, name string, p *page) {
	a.t.Helper()
	to := p.Header.Get("Location")
	for _, v := range volatile {
		to = v.ReplaceAllString(to, "X")
	}
	said := timeless(p, name)
	head := setCookie.ReplaceAllString(headers(p), "$1")
	for _, v := range volatile {
		head = v.ReplaceAllString(head, "X")
	}
	*all = append(*all, fmt.Sprint(p.Status, " ", to, "\n", retry.ReplaceAllString(head, ""), "\n", said))
	b.last = p
	if p.Header.Get("Location") != "" {
		p = b.Get(p.URL.ResolveReference(mustURL(a.t, p.Header.Get("Location"))).String())
		*all = append(*all, fmt.Sprint(p.Status, "\n", timeless(p, name)))
	}
}

var retry = regexp.MustCompile(`Retry-After\[\d+\]`)
