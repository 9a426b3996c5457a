package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/passkey"
	"gatehouse/provider/server"
)

// second brings a new browser to the page for Ana's code.
func (a *app) second(pairs ...string) *browser {
	a.t.Helper()
	b := a.h.Browser()
	b.Get(a.Ask(pairs...))
	b.SignIn("ana", anasPassword)
	return b
}

// TestC07_OneAnswer: wrong, old, spent, replaced, somebody else's and malformed codes get the same page and status.
func TestC07_OneAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Phoned("ana")
	bruno := h.Person("bruno")
	h.Gives(bruno, provider.TextCode, address("+16175550144"))
	a := h.App("records", twoStep)

	old := a.second()
	oldCode := h.CodeFor(provider.ByText, anasPhone)
	spent := a.second()
	spentCode := h.CodeFor(provider.ByText, anasPhone)
	if p := spent.Fill("/text", "code", spentCode); p.Gave() == "" {
		t.Fatal(title(p))
	}
	his := h.Browser()
	his.Get(a.Ask())
	his.SignIn("bruno", anasPassword)
	hisCode := h.CodeFor(provider.ByText, "+16175550144")
	a.second()
	code := h.CodeFor(provider.ByText, anasPhone)
	var first string
	for what, typed := range map[string]string{
		"wrong": other(code), "replaced": oldCode, "spent": spentCode, "somebody else's": hisCode,
		"letters": "abcdef", "five digits": "12345", "seven digits": code + "0", "endless": strings.Repeat("1", 5000),
		"not text": "１２３abc\u202e", "injection": code + "' OR '1'='1",
	} {
		if typed == code {
			continue
		}
		x := a.second()
		h.Mail()
		h.exec("DELETE FROM budgets")
		began := time.Now()
		p := x.Fill("/text", "code", typed).Shows(t, 422, "code did not work")
		if took := time.Since(began); took < 15*time.Millisecond {
			t.Errorf("%s: answered after %v, before the deadline", what, took)
		}
		text := endless.ReplaceAllString(normal(p, typed), "")
		if first == "" {
			first = text
		}
		if text != first {
			t.Errorf("%s: another page:\n%s", what, difference(first, text))
		}
	}
	h.Passes(11 * time.Minute)
	old.Fill("/text", "code", oldCode).Shows(t, 422, "code did not work")
}

// TestC10_Budget: all second factors of an account share ten failures in a quarter of an hour, and passwords with them. Passkeys
// do not.
func TestC10_Budget(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, s := h.Apped("ana")
	phone := h.Gives(ana, provider.TextCode, address(anasPhone))
	a := h.App("records", twoStep)
	k := h.Device()
	bind := a.second("acr_values", "phr")
	app := got0(slices.DeleteFunc(bind.last.radios(), func(id string) bool { return id == phone.ID }))
	bind.Fill("/way", "way", app)
	bind.Fill("/totp", "code", s.At(h.now()))
	if p := bind.Fill("/passkey", "response", k.Makes(bind.last)); p.Gave() == "" {
		t.Fatal(title(p))
	}
	before := a.second()
	wrong := 0
	for wrong < 10 {
		b := a.second()
		b.Fill("/other")
		way, suffix := app, "/totp"
		if wrong%2 == 0 {
			way, suffix = phone.ID, "/text"
		}
		b.Fill("/way", "way", way)
		b.Fill(suffix, "code", "000000")
		if b.last.Status != 422 {
			t.Fatalf("failure %d: %d %s", wrong+1, b.last.Status, title(b.last))
		}
		wrong++
	}
	h.Passes(time.Minute)
	a.second().last.Shows(t, 429, "sign-in with a password is paused")
	b := before
	b.Fill("/other")
	b.Fill("/way", "way", app)
	p := b.Fill("/totp", "code", s.At(h.now())).Shows(t, 429)
	if p.Header.Get("Retry-After") == "" || p.Gave() != "" {
		t.Error("no Retry-After, or through all the same")
	}
	if strings.Contains(p.Body, `name="code"`) {
		t.Error("the page still takes codes")
	}
	b.Fill("/other")
	b.Fill("/way", "way", got0(b.last.radios()))
	if p := b.Fill("/passkey", "response", k.Signs(b.last)); p.Gave() == "" {
		t.Errorf("the passkey is locked with the rest: %d %s", p.Status, title(p))
	}
	h.Passes(30 * time.Minute)
	late := a.second()
	late.Fill("/other")
	late.Fill("/way", "way", app)
	if p := late.Fill("/totp", "code", s.At(h.now())); p.Gave() == "" {
		t.Errorf("after the window: %d %s", p.Status, title(p))
	}
}

// TestC07_Guesses: of a thousand guesses at once at most five are looked at, and the failures in a row say so.
func TestC07_Guesses(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *server.Config) { c.Failures = time.Millisecond })
	ana := h.Phoned("ana")
	a := h.App("records", twoStep)
	b := a.second()
	code := h.CodeFor(provider.ByText, anasPhone)
	action, form := b.last.Form(t, "/text")
	guesses := make(chan string, 1000)
	for i := range 1000 {
		guess := []byte("000000")
		for at, n := 5, i; n > 0; at, n = at-1, n/10 {
			guess[at] = byte('0' + n%10)
		}
		if string(guess) == code {
			guess[0] = '9'
		}
		guesses <- string(guess)
	}
	counts := map[int]int{}
	for _, status := range AtOnce(50, func() map[int]int {
		mine := map[int]int{}
		for len(guesses) > 0 {
			select {
			case guess := <-guesses:
				one := url.Values{"ticket": form["ticket"], "code": {guess}}
				mine[b.once(http.MethodPost, action, one).Status]++
			default:
			}
		}
		return mine
	}) {
		for s, n := range status {
			counts[s] += n
		}
	}
	if counts[422]+counts[429] != 1000 {
		t.Errorf("answers %v", counts)
	}
	if n := h.number(t, "SELECT max(tries) FROM challenges"); n != 5 {
		t.Errorf("%d tries were taken", n)
	}
	held, err := h.Store.Authenticators(context.Background(), ana.ID)
	must(t, err)
	if n := held[1].Failures; n > 5 {
		t.Errorf("%d guesses were looked at", n)
	}
	if p := b.Fill("/text", "code", code); p.Gave() != "" {
		t.Error("the right code came through after five wrong ones")
	}
}

// TestC05_ParallelApp: one code of an app, sent fifty times at once from as many browsers, signs one in.
func TestC05_ParallelApp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, s := h.Apped("ana")
	a := h.App("records", twoStep)
	browsers := make(chan *browser, 12)
	for range cap(browsers) {
		browsers <- a.second()
	}
	h.exec("DELETE FROM budgets")
	code := s.At(h.now())
	through := 0
	for _, ok := range AtOnce(8, func() bool { return (<-browsers).Fill("/totp", "code", code).Gave() != "" }) {
		if ok {
			through++
		}
	}
	if through != 1 {
		t.Errorf("%d signed in with one code", through)
	}
}

// TestC06_Parallel: two codes of one sheet at once are two codes; one code at once is one.
func TestC06_Parallel(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, sheet := h.Papered("ana")
	a := h.App("records", twoStep)
	tries := make(chan string, 8)
	for _, code := range []string{sheet[0], sheet[0], sheet[0], sheet[1], sheet[1], sheet[2], sheet[2], sheet[2]} {
		tries <- code
	}
	browsers := make(chan *browser, 8)
	for range 8 {
		browsers <- a.second()
	}
	through := 0
	for _, ok := range AtOnce(8, func() bool {
		b := <-browsers
		b.Fill("/recovery", "code", <-tries)
		return b.Session() != ""
	}) {
		if ok {
			through++
		}
	}
	if left := h.left(ana.ID); through != 3 || left != 7 {
		t.Errorf("%d signed in, %d codes left; want 3 and 7", through, left)
	}
}

// TestC08_Resend: the same code again, five times in a quarter of an hour; the answers taken stay taken.
func TestC08_Resend(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Phoned("ana")
	a := h.App("records", twoStep)
	b := a.second()
	code := h.CodeFor(provider.ByText, anasPhone)
	for range 3 {
		b.Fill("/text", "code", other(code)).Shows(t, 422)
	}
	for range 4 {
		b.Fill("/resend").Shows(t, 200, `name="code"`)
		if again := h.CodeFor(provider.ByText, anasPhone); again != code {
			t.Fatalf("another code: %s, %s", again, code)
		}
	}
	p := b.Fill("/resend").Shows(t, 429)
	if p.Header.Get("Retry-After") == "" || len(h.Mail()) != 0 {
		t.Error("no Retry-After, or sent all the same")
	}
	b.Get(p.Step())
	b.Fill("/text", "code", other(code)).Shows(t, 422)
	b.Fill("/text", "code", other(code)).Shows(t, 422)
	if p := b.Fill("/text", "code", code); p.Gave() != "" {
		t.Error("sending again gave more answers")
	}
	again := a.second()
	again.last.Shows(t, 429)
	if len(h.Mail()) != 0 {
		t.Error("another ceremony has sends of its own")
	}
	h.Passes(16 * time.Minute)
	if p := a.second().last; p.Status != 200 {
		t.Errorf("after the window: %d %s", p.Status, title(p))
	}
}

// TestGetSendsNothing: no GET of a ceremony writes or sends anything, however often it is loaded.
func TestGetSendsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, _ := h.Apped("ana")
	h.Gives(ana, provider.TextCode, address(anasPhone))
	a := h.App("records", twoStep)
	b := a.second()
	step := b.last.Step()
	before := h.Rows("outbox") + h.Rows("events") + h.Rows("challenges") + h.Rows("authenticators") + h.Rows("marks")
	for _, kind := range []string{"", "/way", "/text", "/email", "/totp", "/recovery", "/passkey", "/resend", "/call", "/other", "/lost", "/address", "/nothing"} {
		b.Get(step + kind)
		if b.last.Status != 200 || b.last.Step() != step {
			t.Errorf("GET %s: %d at %s", kind, b.last.Status, b.last.URL.Path)
		}
	}
	if after := h.Rows("outbox") + h.Rows("events") + h.Rows("challenges") + h.Rows("authenticators") + h.Rows("marks"); after != before {
		t.Errorf("%d rows more", after-before)
	}
}

// TestOnlyWhatIsOffered: forms for kinds that the person does not have, or that are not asked for, do nothing.
func TestOnlyWhatIsOffered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Phoned("ana")
	a := h.App("records", twoStep)
	fresh := h.Browser()
	first := fresh.Get(a.Ask())
	forge := func(b *browser, p *page, suffix string, pairs ...string) *page {
		_, form := p.Form(t, map[bool]string{true: "/password", false: "/text"}[strings.Contains(p.Body, `name="password"`)])
		return b.Post(p.Step()+suffix, with(url.Values{"ticket": form["ticket"]}, pairs...))
	}
	for _, suffix := range []string{"/way", "/text", "/totp", "/recovery", "/resend", "/call", "/other", "/address", "/switch"} {
		p := forge(fresh, first, suffix)
		p.Asks(t, suffix+" before the password")
	}
	b := a.second()
	code := h.CodeFor(provider.ByText, anasPhone)
	second := b.last
	for suffix, pairs := range map[string][]string{
		"/totp": {"code", code}, "/email": {"code", code}, "/recovery": {"code", code}, "/address": {"phone", "+16175550199"},
		"/passkey": {"response", "{}"}, "/new-password": {"new_password", anasNewPassword}, "/consent": {"choice", "allow"},
		"/way": {"way", "text.on-file"},
	} {
		if p := forge(b, second, suffix, pairs...); p.To != nil || b.Session() != "" {
			t.Errorf("%s led on: %v", suffix, p.To)
		}
	}
	if sent := h.Mail(); len(sent) != 0 {
		t.Errorf("%d messages", len(sent))
	}
}

// TestSwitchClearsTheWay: whoever signs in instead of Ana gets none of her codes, nor does her code help them.
func TestSwitchClearsTheWay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Phoned("ana")
	h.Mailed("bruno")
	a := h.App("records", twoStep)
	b := a.second()
	hers := b.last
	code := h.CodeFor(provider.ByText, anasPhone)
	b.Fill("/switch").Asks(t, "sign in as someone else")
	b.SignIn("bruno", anasPassword).Shows(t, 200, "a•••@example.org")
	his := h.CodeFor(provider.ByEmail, anasMail)
	b.Fill("/email", "code", code).Shows(t, 422)
	page := b.last
	b.last = hers
	b.Fill("/text", "code", code)
	if b.last.To != nil || b.Session() != "" {
		t.Error("the page that was drawn for ana signed somebody in")
	}
	b.last = page
	if p := b.Fill("/email", "code", his); p.Gave() == "" {
		t.Errorf("bruno: %d %s", p.Status, title(p))
	}
}

// TestSecondTab: a code that was typed in one tab moves the other on; Back shows the step that is right now.
func TestSecondTab(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Phoned("ana")
	a := h.App("tracker", twoStep, thirdParty)
	b := a.second()
	code := h.CodeFor(provider.ByText, anasPhone)
	left := b.last
	b.Fill("/text", "code", code).Form(t, "/consent")
	b.last = left
	b.Fill("/text", "code", code).Form(t, "/consent")
	b.Get(left.Step()).Form(t, "/consent")
	b.last = left
	b.Fill("/resend").Form(t, "/consent")
	if len(h.Mail()) != 0 {
		t.Error("Back sent another code")
	}
}

// TestHostile_Passkeys: other origins, RP ids and challenges, foreign credentials and rubbish are refused, with the same words
// and never a 5xx.
func TestHostile_Passkeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	bruno := h.Person("bruno")
	a := h.App("records")
	bind := func(who string) *key {
		b, k := h.Browser(), h.Device()
		b.Get(a.Ask("acr_values", "phr"))
		b.SignIn(who, anasPassword)
		if p := b.Fill("/passkey", "response", k.Makes(b.last)); p.Gave() == "" {
			t.Fatal(title(p))
		}
		return k
	}
	hers, his := bind("ana"), bind("bruno")
	b := h.Browser()
	b.Get(a.Ask())
	elsewhere := h.Browser()
	elsewhere.Get(a.Ask())
	change := func(k *key, f func(*key)) string {
		c := *k
		f(&c)
		return c.Signs(b.last)
	}
	replay := hers.Signs(b.last)
	responses := map[string]string{
		"another origin":     change(hers, func(k *key) { k.rp.Origin = "https://evil.example" }),
		"another RP":         change(hers, func(k *key) { k.rp.ID = "evil.example" }),
		"another ceremony":   hers.Signs(elsewhere.last),
		"no user":            change(hers, func(k *key) { k.device.Options.UserHandle = nil }),
		"somebody else's":    change(hers, func(k *key) { k.device.Options.UserHandle = his.device.Options.UserHandle }),
		"nobody's":           change(hers, func(k *key) { k.device.Options.UserHandle = []byte("nobody-nobody-nobody") }),
		"an unknown key":     change(h.Device(), func(k *key) { k.device.Options.UserHandle = hers.device.Options.UserHandle }),
		"not present":        change(hers, func(k *key) { k.device.Options.UserNotPresent = true }),
		"truncated":          replay[:len(replay)/2],
		"empty":              "",
		"null":               "null",
		"an array":           "[]",
		"deep":               strings.Repeat("[", 8000),
		"not text":           `{"id":"` + "\u0001" + `"}`,
		"another signature":  tamper(t, replay, "signature"),
		"another authdata":   tamper(t, replay, "authenticatorData"),
		"another clientdata": tamper(t, replay, "clientDataJSON"),
	}
	for what, response := range responses {
		p := b.Fill("/passkey", "response", response)
		if p.Status != 422 || p.To != nil || b.Session() != "" || !strings.Contains(p.Body, "passkey") {
			t.Errorf("%s: %d %s", what, p.Status, title(p))
		}
	}
	fresh := hers.Signs(b.last)
	left := b.last
	if p := b.Fill("/passkey", "response", fresh); p.Gave() == "" {
		t.Fatalf("the right one: %d %s", p.Status, title(p))
	}
	other := h.Browser()
	other.Get(a.Ask())
	if p := other.Fill("/passkey", "response", fresh); p.Status != 422 {
		t.Errorf("replayed in another browser: %d", p.Status)
	}
	b.Out()
	b.last = left
	if p := b.Fill("/passkey", "response", fresh); p.Gave() != "" || b.Session() != "" {
		t.Error("replayed in the same browser, after signing out")
	}
	known := h.Browser().In("ana")
	known.Get(a.Ask("prompt", "login"))
	if p := known.Fill("/passkey", "response", his.Signs(known.last)); p.Status != 422 {
		t.Errorf("bruno's passkey for ana: %d", p.Status)
	}
	if len(h.Recorded(bruno.ID, "session.began")) != 1 {
		t.Error("bruno was signed in")
	}
}

// TestHostile_AnsweredChallenge: a response whose challenge is marked as answered signs nobody in, here or on another replica.
func TestHostile_AnsweredChallenge(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b, k := h.Browser(), h.Device()
	b.Get(a.Ask("acr_values", "phr"))
	b.SignIn("ana", anasPassword)
	b.Fill("/passkey", "response", k.Makes(b.last))
	alone := h.Browser()
	alone.Get(a.Ask())
	response := k.Signs(alone.last)
	rp, err := passkey.New(passkey.Config{ID: "localhost", Name: "x", Origins: []string{h.URL}, Keys: h.Keyset})
	must(t, err)
	id := strings.TrimPrefix(alone.last.Step(), "/signin/")
	v, err := rp.Verify(context.Background(), id, response, h.Store.Authenticators, h.now())
	must(t, err)
	must(t, h.Store.Consume(context.Background(), passkey.ChallengePurpose, v.Challenge, v.Until))
	if p := alone.Fill("/passkey", "response", response); p.Status != 422 || alone.Session() != "" {
		t.Errorf("%d %s", p.Status, title(p))
	}
	if p := alone.Fill("/passkey", "response", k.Signs(alone.last)); p.Gave() == "" {
		t.Errorf("the next challenge: %d %s", p.Status, title(p))
	}
}

// tamper changes one member of a response.
func tamper(t *testing.T, response, member string) string {
	t.Helper()
	var all map[string]any
	must(t, json.Unmarshal([]byte(response), &all))
	inner := all["response"].(map[string]any)
	text := []byte(inner[member].(string))
	text[len(text)/2] ^= 1
	if text[len(text)/2] == '[' || text[len(text)/2] == '`' || text[len(text)/2] == '@' {
		text[len(text)/2] = 'Q'
	}
	inner[member] = string(text)
	changed, err := json.Marshal(all)
	must(t, err)
	return string(changed)
}

// TestHostile_Registration: a broken or foreign attestation binds nothing, without a 5xx; a credential belongs to one account.
func TestHostile_Registration(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.Person("bruno")
	a := h.App("records")
	open := func(who string) *browser {
		b := h.Browser()
		b.Get(a.Ask("acr_values", "phr"))
		b.SignIn(who, anasPassword)
		return b
	}
	b := open("ana")
	elsewhere := open("bruno")
	k := h.Device()
	good := k.Makes(b.last)
	evil := h.Device()
	evil.rp.Origin = "https://evil.example"
	for what, response := range map[string]string{
		"truncated": good[:len(good)*2/3], "empty": "", "rubbish": "{}", "another origin": evil.Makes(b.last),
		"another ceremony": h.Device().Makes(elsewhere.last), "a tampered attestation": tamper(t, good, "attestationObject"),
		"tampered client data": tamper(t, good, "clientDataJSON"),
	} {
		if p := b.Fill("/passkey", "response", response); p.Status != 422 || p.To != nil {
			t.Errorf("%s: %d %s", what, p.Status, title(p))
		}
	}
	if held, _ := h.Store.Authenticators(context.Background(), ana.ID); len(held) != 1 {
		t.Fatalf("%d authenticators", len(held))
	}
	if p := b.Fill("/passkey", "response", good); p.Gave() == "" {
		t.Fatalf("the right one: %d %s", p.Status, title(p))
	}
	if p := elsewhere.Fill("/passkey", "response", k.Makes(elsewhere.last)); p.Status != 422 || p.To != nil {
		t.Errorf("ana's credential was bound to bruno: %d %s", p.Status, title(p))
	}
}

// TestHostile_Cloned: a counter that goes back is refused and recorded, unless the operator says otherwise.
func TestHostile_Cloned(t *testing.T) {
	t.Parallel()
	for name, accept := range map[string]bool{"refused": false, "accepted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, func(c *server.Config) { c.Cloned = accept })
			ana := h.Person("ana")
			a := h.App("records")
			b, k := h.Browser(), h.Device()
			b.Get(a.Ask("acr_values", "phr"))
			b.SignIn("ana", anasPassword)
			k.made.Counter = 10
			b.Fill("/passkey", "response", k.Makes(b.last))
			use := func(counter uint32) *page {
				x := h.Browser()
				x.Get(a.Ask())
				k.made.Counter = counter
				return x.Fill("/passkey", "response", k.Signs(x.last))
			}
			if p := use(12); p.Gave() == "" {
				t.Fatal(title(p))
			}
			p := use(11)
			if got := p.Gave() != ""; got != accept {
				t.Errorf("signed in: %v", got)
			}
			if n := len(h.Recorded(ana.ID, "passkey.cloned")); n != 1 {
				t.Errorf("%d records", n)
			}
			if !accept {
				if p := use(13); p.Gave() == "" {
					t.Errorf("the owner's own, a step further: %s", title(p))
				}
			}
		})
	}
}
