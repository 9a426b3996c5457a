package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/server"
)

// TestS01_FirstView: the app is named, one form takes name and password, and no cookie but ours is set.
func TestS01_FirstView(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	p := h.Browser().Get(a.Ask())
	p.Shows(t, 200, "<h1>Sign in</h1>", "The records app", `name="username"`, `name="password"`, `autocomplete="current-password"`, `autocomplete="username webauthn"`, `method="post"`, "novalidate")
	for _, banned := range []string{"autofocus", "placeholder=", "maxlength", "http-equiv", "<style", "onclick", " style="} {
		if strings.Contains(p.Body, banned) {
			t.Errorf("the page has %q", banned)
		}
	}
	if action, _ := p.Form(t, "/password"); strings.Contains(action, "?") || !strings.HasPrefix(action, "/signin/") {
		t.Errorf("the form posts to %s", action)
	}
}

var volatile = []*regexp.Regexp{
	regexp.MustCompile(`name="(ticket|from)" value="[^"]*"`),
	regexp.MustCompile(`from(=|%3D)[A-Za-z0-9_-]{40,}`),
	regexp.MustCompile(`(/|%2F)forgot(/|%2F)[A-Za-z0-9_-]{20,}`),
	regexp.MustCompile(`&#34;challenge&#34;:&#34;[A-Za-z0-9_-]+`),
	regexp.MustCompile(`/signin/[A-Za-z0-9_-]{20,}`),
	regexp.MustCompile(`%2Fsignin%2F[A-Za-z0-9_-]{20,}`),
	regexp.MustCompile(`<bdi class="name">[2-9A-HJ-NP-Z]{8}</bdi>`),
}

// normal takes out of a page what must differ: the echo of what was typed, the ticket, the ceremony, the reference.
func normal(p *page, typed string) string {
	text := strings.ReplaceAll(p.Body, `value="`+strings.NewReplacer("&", "&amp;", "+", "&#43;", "<", "&lt;", ">", "&gt;").Replace(typed)+`"`, `value="TYPED"`)
	for _, v := range volatile {
		text = v.ReplaceAllString(text, "X")
	}
	return text
}

// TestS02_OneAnswer: whatever is wrong with a name and a password, the answer is the same: status, headers, cookies, bytes.
func TestS02_OneAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("known")
	h.SetStatus(h.Person("locked").ID, provider.Locked)
	h.SetStatus(h.Person("paused").ID, provider.Paused)
	h.SetStatus(h.Person("closed").ID, provider.Closed)
	h.Owe(h.Person("owing").ID, "leaked")
	for _, name := range []string{"mother", "father"} {
		h.Person(name, func(a *provider.Account, _ *provider.Authenticator) {
			for i := range a.Identifiers {
				if a.Identifiers[i].Kind == provider.Email {
					a.Identifiers[i].Value, a.Identifiers[i].Canonical = "family@example.org", "family@example.org"
				}
			}
		})
	}
	h.Passwordless("codes")
	a := h.App("records")
	type try struct{ name, password string }
	var first *page
	var reference string
	for what, try := range map[string]try{
		"unknown name": {"nobody-here", anasPassword}, "known, wrong": {"known", "wrong password here"}, "locked, wrong": {"locked", "wrong password here"},
		"paused, wrong": {"paused", "wrong password here"}, "closed, wrong": {"closed", "wrong password here"}, "owing, wrong": {"owing", "wrong password here"},
		"shared e-mail, right": {"family@example.org", anasPassword}, "unknown e-mail": {"x@example.org", "w"}, "no password held": {"codes", anasPassword},
		"no name at all": {"()<>@@", "x"}, "a phone number": {"+16175550101", anasPassword}, "very long password": {"known", strings.Repeat("w", 1000)},
		"a space added": {"known", anasPassword + " "}, "other case": {"known", strings.ToUpper(anasPassword)},
	} {
		b := h.Browser()
		b.Get(a.Ask())
		p := b.SignIn(try.name, try.password)
		p.Shows(t, 422, "We could not sign you in", "<title>Error: ")
		if strings.Contains(p.Body, try.password) && len(try.password) > 3 {
			t.Errorf("%s: the password is in the page", what)
		}
		text := normal(p, try.name)
		if !strings.Contains(text, `value="TYPED"`) {
			t.Errorf("%s: the name was not kept", what)
		}
		if first == nil {
			first, reference = p, text
			continue
		}
		if text != reference {
			t.Errorf("%s: another page:\n%s", what, difference(reference, text))
		}
		if got, want := headers(p), headers(first); got != want {
			t.Errorf("%s: other headers:\n%s\n%s", what, got, want)
		}
	}
}

func headers(p *page) string {
	h := p.Header.Clone()
	h.Del("Date")
	h.Del("Content-Length")
	var lines []string
	for name, values := range h {
		lines = append(lines, fmt.Sprint(name, values))
	}
	return strings.Join(sorted(lines), "\n")
}

func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return "- " + x[i] + "\n+ " + y[i]
		}
	}
	return "one is longer"
}

// Passwordless adds an account that holds no password.
func (h *house) Passwordless(username string) {
	h.t.Helper()
	a := h.Person(username, func(_ *provider.Account, secret *provider.Authenticator) { secret.Kind = provider.TOTP })
	if a.ID == "" {
		h.t.Fatal("nobody")
	}
}

// TestSignInNames: username or e-mail, in any case and Unicode form, with blanks around it.
func TestSignInNames(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	jose := h.Person("jos\u00e9")
	a := h.App("records")
	for name, want := range map[string]provider.AccountID{
		"ana": ana.ID, "ANA": ana.ID, " ana ": ana.ID, "Ana@Example.ORG": ana.ID, "ana@EXAMPLE.org": ana.ID,
		"jos\u00e9": jose.ID, "jose\u0301": jose.ID, "JOS\u00c9": jose.ID, "\uff41\uff4e\uff41": ana.ID,
	} {
		b := h.Browser()
		b.Get(a.Ask())
		if p := b.SignIn(name, anasPassword); p.To == nil {
			t.Errorf("%q: %d %s", name, p.Status, title(p))
		} else if sub := subject(a, p); sub != want {
			t.Errorf("%q is %s, want %s", name, sub, want)
		}
	}
}

// TestPasswordForms: the same password in composed and decomposed Unicode is one password (NIST SP 800-63B-4, 3.1.1.2).
func TestPasswordForms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.Owe(ana.ID, "asked")
	a := h.App("records")
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword).Shows(t, 200, "Choose a new password")
	b.NewPassword("lant\u00earn orbit velvet cr\u00e0ne")
	other := h.Browser()
	other.Get(a.Ask())
	if p := other.SignIn("ana", "lante\u0302rn orbit velvet cra\u0300ne"); p.To == nil {
		t.Errorf("decomposed: %d %s", p.Status, title(p))
	}
}

// NewPassword fills in S-18.
func (b *browser) NewPassword(password string) *page {
	b.t.Helper()
	action, form := b.last.Form(b.t, "/new-password")
	form.Set("new_password", password)
	return b.Post(action, form)
}

// TestS03_EmptyFields: an instruction beside each field, and no hash for it.
func TestS03_EmptyFields(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	b.Get(a.Ask())
	before := h.Hashes(t)
	b.SignIn("", "").Shows(t, 422, "Enter your username or email", "Enter your password", "<title>Error: ", `aria-invalid="true"`)
	b.SignIn("  ", "x").Shows(t, 422, "Enter your username or email")
	b.SignIn("ana", "").Shows(t, 422, "Enter your password", `value="ana"`)
	b.SignIn(strings.Repeat("n", 300), "x").Shows(t, 422, "Enter a shorter username")
	b.SignIn("ana", strings.Repeat("p", 1025)).Shows(t, 422, "Enter a shorter password")
	if n := h.Hashes(t) - before; n != 0 {
		t.Errorf("%d hashes for nothing", n)
	}
	if p := b.SignIn("ana", anasPassword); p.To == nil {
		t.Errorf("and then: %d %s", p.Status, title(p))
	}
}

var hashes = regexp.MustCompile(`(?m)^\w*password_hashes (\S+)$`)

// Hashes is how many password hashes the house has computed.
func (h *house) Hashes(t *testing.T) int {
	t.Helper()
	m := hashes.FindStringSubmatch(h.Metrics(t))
	if m == nil {
		t.Fatal("no metric gatehouse_password_hashes")
	}
	n, err := strconv.ParseFloat(m[1], 64)
	must(t, err)
	return int(n)
}

// Metrics is what the private listener tells the operator.
func (h *house) Metrics(t *testing.T) string {
	t.Helper()
	response, err := http.Get(h.Private.URL + "/metrics")
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	must(t, err)
	return string(text)
}

// TestOneHashPerPost: known or not, right or wrong, each POST costs exactly one hash, and failures wait for the deadline.
func TestOneHashPerPost(t *testing.T) {
	t.Parallel()
	const deadline = 150 * time.Millisecond
	h := newHouse(t, func(c *server.Config) { c.Failures = deadline })
	h.Person("ana")
	h.SetStatus(h.Person("locked").ID, provider.Locked)
	h.Passwordless("codes")
	for _, name := range []string{"mother", "father"} {
		h.Person(name, func(a *provider.Account, _ *provider.Authenticator) {
			for i := range a.Identifiers {
				if a.Identifiers[i].Kind == provider.Email {
					a.Identifiers[i].Value, a.Identifiers[i].Canonical = "family@example.org", "family@example.org"
				}
			}
		})
	}
	a := h.App("records")
	for what, try := range map[string][3]string{
		"right": {"ana", anasPassword, "fine"}, "wrong": {"ana", "wrong"}, "unknown": {"nobody-here", "wrong"}, "locked, right": {"locked", anasPassword, "fine"},
		"locked, wrong": {"locked", "wrong"}, "no password": {"codes", anasPassword}, "shared": {"family@example.org", anasPassword}, "no name": {"()<>@@", "x"},
	} {
		b := h.Browser()
		b.Get(a.Ask())
		before, began := h.Hashes(t), time.Now()
		b.SignIn(try[0], try[1])
		took := time.Since(began)
		if n := h.Hashes(t) - before; n != 1 {
			t.Errorf("%s: %d hashes", what, n)
		}
		if try[2] == "" && took < deadline {
			t.Errorf("%s: answered after %v, before the deadline", what, took)
		}
	}
}

// TestS09_Cookies: without cookies the person is told so, with a way to try again, and never in a loop.
func TestS09_Cookies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	b := h.Browser()
	b.http.Jar = nil
	p := b.Get(a.Ask("state", "mine")).Shows(t, 200, "Turn on cookies to sign in", "Try again", `href="/authorize?`)
	if p.To != nil || !strings.Contains(p.Body, "state=mine") {
		t.Error("the way back is not the same request")
	}
	action, form := h.Browser().Get(a.Ask()).Form(t, "/password")
	form.Set("username", "ana")
	form.Set("password", anasPassword)
	b.Post(action, form).Shows(t, 200, "Turn on cookies to sign in")
}

// TestS11_SecondTab: signed in meanwhile in another tab, this one goes on with its own request.
func TestS11_SecondTab(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.Person("ben")
	records, schedule := h.App("records"), h.App("schedule")
	b := h.Browser()
	one := b.Get(records.Ask("state", "one"))
	two := b.Get(schedule.Ask("state", "two"))
	three := b.Get(records.Ask("state", "three"))
	four := b.Get(schedule.Ask("state", "four"))
	b.last = one
	if p := b.SignIn("ana", anasPassword); records.Back(p).Get("state") != "one" {
		t.Errorf("first tab: %v", p.To)
	}
	session := b.Session()
	if p := b.Get(two.URL.Path); schedule.Back(p).Get("state") != "two" || subject(schedule, p) != ana.ID {
		t.Errorf("second tab, loaded again: %v", p.To)
	}
	b.last = three
	if p := b.SignIn("ana", anasPassword); records.Back(p).Get("state") != "three" || subject(records, p) != ana.ID {
		t.Errorf("third tab, posted: %v", p.To)
	}
	if b.Session() != session {
		t.Error("another tab's form changed the session")
	}
	b.last = four // somebody else of the family fills in the form that was still open
	p := b.SignIn("ben", anasPassword)
	p.Shows(t, 200, "Who is signing in?", "a•••a")
	b.Choose("/choose", "other").Shows(t, 200, `name="password"`)
	if p := b.SignIn("ben", anasPassword); schedule.Back(p).Get("state") != "four" || subject(schedule, p) == ana.ID {
		t.Errorf("fourth tab: %v", p.To)
	}
}

// TestE11_TwoTabsTwoPeople: a tab that was open at a later step ends the other person's session when it finishes: a
// browser has one.
func TestE11_TwoTabsTwoPeople(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.Person("ben")
	third, records := h.App("thirdapp", thirdParty), h.App("records")
	b := h.Browser()
	b.Get(third.Ask())
	consent := b.SignIn("ana", anasPassword).Shows(t, 200, "Share your data")
	b.Get(records.Ask())
	bens := records.Redeem(records.Back(b.SignIn("ben", anasPassword)).Get("code")).Is(200, "")
	b.last = consent
	if p := b.Choose("/consent", "allow"); subject(third, p) != ana.ID {
		t.Errorf("the consent of Ana went to somebody else: %v", p.To)
	}
	if sub := subject(records, b.Get(records.Ask("prompt", "none"))); sub != ana.ID {
		t.Errorf("the browser is now signed in as %s", sub)
	}
	records.Refresh(bens.Str("refresh_token")).Is(400, "invalid_grant")
}

// TestS13_SomeoneElse: the name is fixed, and there is a way out of that.
func TestS13_SomeoneElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	ben := h.Person("ben")
	a := h.App("records")
	b := h.Browser()
	old := a.Tokens(b)
	b.Get(a.Ask("prompt", "login")).Shows(t, 200, "Confirm it is you", `value="ana"`, "readonly", "Sign in as someone else")
	b.SignIn("ben", anasPassword) // the field is readonly: what it says does not count
	if p := b.last; p.To == nil || subject(a, p) == ben.ID {
		t.Errorf("a forged name: %v", p.To)
	}
	b.Get(a.Ask("prompt", "login"))
	b.Choose("/switch", "").Shows(t, 200, "<h1>Sign in</h1>")
	if p := b.SignIn("ben", anasPassword); subject(a, p) != ben.ID {
		t.Errorf("someone else: %v", p.To)
	}
	a.Refresh(old.Str("refresh_token")).Is(400, "invalid_grant") // a browser has one session: Ana's ended
}

// TestS16_Closed: said only after the right password, without a reason, and alike for all of them.
func TestS16_Closed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	var texts []string
	for _, status := range []provider.AccountStatus{provider.Locked, provider.Paused, provider.Closed} {
		h.SetStatus(h.Person("p-"+string(status)).ID, status)
		b := h.Browser()
		b.Get(a.Ask())
		b.SignIn("p-"+string(status), "wrong").Shows(t, 422, "We could not sign you in")
		p := b.SignIn("p-"+string(status), anasPassword).Shows(t, 403, "We cannot open this account online", "The records app")
		texts = append(texts, normal(p, ""))
		if b.Session() != "" || p.To != nil || strings.Contains(strings.ToLower(p.Body), "locked") {
			t.Errorf("%s: session %q, to %v", status, b.Session(), p.To)
		}
		h.Browser().Get(a.Ask("prompt", "none"))
	}
	if texts[0] != texts[1] || texts[1] != texts[2] {
		t.Errorf("the reason shows: %s", difference(texts[0], texts[2]))
	}
}

// TestS18_ForcedChange: refused passwords say why and how strong they are; a good one goes on to the app, and replaces the old.
func TestS18_ForcedChange(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.Owe(ana.ID, "leaked")
	a := h.App("records")
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword).Shows(t, 200, "Choose a new password", "stolen passwords")
	if b.Session() != "" {
		t.Error("a session before the change")
	}
	for bad, why := range map[string]string{
		"short": "or more", "": "or more", "passwordpassword": "Many people use this password", "ana@example.org": "without your name", "anaruiz anaruiz ana": "without your name", anasPassword: "not the same as the old one",
	} {
		p := b.NewPassword(bad).Shows(t, 422, why)
		if bad != "" && !strings.Contains(p.Body, "Strength: ") || strings.Contains(p.Body, `value="`+bad+`"`) && bad != "" {
			t.Errorf("%q: no word for its strength, or the password is in the page", bad)
		}
	}
	a.Refused(b.Twin().Get(a.Ask("prompt", "none")), "login_required")
	const fresh = "quiet marble engine 47 harvest"
	p := b.NewPassword(fresh)
	if subject(a, p) != ana.ID {
		t.Errorf("led to %v", p.To)
	}
	other := h.Browser()
	other.Get(a.Ask())
	other.SignIn("ana", anasPassword).Shows(t, 422)
	if p := other.SignIn("ana", fresh); p.To == nil {
		t.Errorf("the new one: %d %s", p.Status, title(p))
	}
}

// TestS20_Stale: past its deadline, or lost, the page begins again with the name kept, and ends at the app.
func TestS20_Stale(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	for name, loses := range map[string]func(){
		"stale": func() { h.Passes(31 * time.Minute) },
		"swept": func() {
			h.Passes(3 * 24 * time.Hour)
			must(t, h.House.Housekeep(context.Background(), h.now()))
		},
		"lost": func() { h.exec("DELETE FROM ceremonies") },
	} {
		b := h.Browser()
		b.Get(a.Ask("state", name, "ui_locales", "en"))
		before := h.Hashes(t)
		loses()
		p := b.SignIn("ana", anasPassword).Shows(t, 200, "You were away for a while", `value="ana"`, "The records app")
		if strings.Contains(p.Body, anasPassword) || h.Hashes(t) != before {
			t.Errorf("%s: the password was used or is in the page", name)
		}
		if got := a.Back(b.SignIn("ana", anasPassword)); got.Get("state") != name || got.Get("code") == "" {
			t.Errorf("%s: %v", name, got)
		}
	}
	b := h.Browser()
	b.Get(a.Ask())
	action, form := b.last.Form(t, "/password")
	h.exec("DELETE FROM ceremonies")
	for _, ticket := range []string{"", "garbage", form.Get("ticket") + "x", strings.ToUpper(form.Get("ticket"))} {
		b.Post(action, url.Values{"username": {"ana"}, "password": {anasPassword}, "ticket": {ticket}}).Shows(t, 200, `name="password"`) // the account's own sign-in
	}
	h.Browser().Get(strings.TrimSuffix(action, "/password")).Shows(t, 200, `name="password"`)
}

// TestS21_Bookmark: the sign-in's own address leads to the account.
func TestS21_Bookmark(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	b := h.Browser()
	for _, bookmark := range []string{"/signin", "/signin/old-and-gone", "/signin/old-and-gone/password"} {
		b.Get(bookmark).Shows(t, 200, "<h1>Sign in</h1>")
	}
	b.SignIn("ana", anasPassword).Shows(t, 200, "ana")
	b.Get("/signin").Shows(t, 200, "/logout")
}

// TestS22_Back: after success the ceremony's address and its old form lead on; after signing out they begin anew.
func TestS22_Back(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	form := b.Get(a.Ask())
	first := a.Back(b.SignIn("ana", anasPassword))
	session := b.Session()
	if p := b.Get(form.URL.Path); a.Back(p).Get("code") == first.Get("code") || subject(a, p) != ana.ID {
		t.Errorf("Back leads to %v", p.To)
	}
	b.last = form
	if p := b.SignIn("ana", "whatever she types now"); subject(a, p) != ana.ID {
		t.Errorf("the old form leads to %v", p.To)
	}
	if b.Session() != session {
		t.Error("Back changed the session")
	}
	b.Get("/logout")
	b.Choose("/logout/confirm", "").Shows(t, 200, "You are signed out")
	b.Get(form.URL.Path).Shows(t, 200, `name="password"`)
	b.last = form
	if p := b.SignIn("ana", "wrong"); p.To != nil || b.Session() != "" {
		t.Errorf("after signing out the old form leads to %v", p.To)
	}
}

// TestDoubleSubmit: eight at once are one session, and every answer goes on. (More than ten are more tries than a stranger has.)
func TestDoubleSubmit(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	b.Get(a.Ask())
	action, form := b.last.Form(t, "/password")
	form.Set("username", "ana")
	form.Set("password", anasPassword)
	cookie := "__Host-browser=" + b.cookie("__Host-browser")
	header := map[string]string{"Content-Type": formType, "Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
	sessions := map[string]bool{}
	for _, got := range AtOnce(8, func() *answer { return h.Send("POST", action, header, form.Encode()) }) {
		if got.Status != 200 || !strings.Contains(got.Raw, "records.example/cb?code=") {
			t.Errorf("answered %d %.200s", got.Status, got.Raw)
		}
		sessions[got.Header.Get("Set-Cookie")] = true
	}
	if n := h.number(t, "SELECT count(*) FROM sessions"); n != 1 || len(sessions) != 1 {
		t.Errorf("%d sessions, %d cookies", n, len(sessions))
	}
}

// TestCeremonyOfAnotherBrowser: its address opened elsewhere begins anew and never continues the first.
func TestCeremonyOfAnotherBrowser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", thirdParty)
	b, thief := h.Browser(), h.Browser()
	first := b.Get(a.Ask())
	thief.Get("/account") // has a cookie of its own
	begun := thief.Get(first.URL.Path).Shows(t, 200, `name="password"`)
	one, _ := first.Form(t, "/password")
	if two, _ := begun.Form(t, "/password"); one == two {
		t.Error("the same ceremony")
	}
	b.SignIn("ana", anasPassword).Shows(t, 200, "Share your data")
	thief.Get(first.URL.Path).Shows(t, 200, `name="password"`)
	consent, form := b.last.Form(t, "/consent")
	form.Set("choice", "allow")
	if p := thief.Post(consent, form); p.To != nil || !strings.Contains(p.Body, `name="password"`) {
		t.Errorf("the thief's consent led to %v: %s", p.To, title(p))
	}
	if p := b.Choose("/consent", "allow"); p.To == nil {
		t.Fatal("the first browser is stuck")
	}
	for _, path := range []string{first.URL.Path, consent} { // done: still nobody else's
		if p := thief.Get(path); p.To != nil || thief.Session() != "" {
			t.Errorf("%s led the thief to %v", path, p.To)
		}
	}
}

// TestE02_Idle: after fifteen minutes the password is asked again, and the page says why; the same session goes on.
func TestE02_Idle(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	first := a.Tokens(b)
	for range 3 {
		h.Passes(14 * time.Minute)
		a.Code(b)
	}
	h.Passes(15 * time.Minute)
	b.Get(a.Ask()).Shows(t, 200, "so we signed you out", "15 minutes", `name="password"`)
	again := a.Redeem(a.Back(b.SignIn("ana", anasPassword)).Get("code")).Is(200, "")
	_, was := a.Verified(a.Refresh(first.Str("refresh_token")).Is(200, "").Str("id_token"))
	if _, is := a.Verified(again.Str("id_token")); is["sid"] != was["sid"] {
		t.Error("the same person in the same browser got another session")
	}
	h.Passes(16 * time.Minute)
	b.Get("/account").Shows(t, 200, "so we signed you out")
	if p := h.Browser().Get(a.Ask()); strings.Contains(p.Body, "so we signed you out") {
		t.Error("a stranger is told that she was away")
	}
}

// TestSessionAbsolute: twelve hours after the sign-in it is over, however busy.
func TestSessionAbsolute(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	a.Code(b)
	for range 71 { // every ten minutes
		h.Passes(10 * time.Minute)
		b.Get("/account")
	}
	a.Code(b, "prompt", "none")
	h.Passes(10 * time.Minute)
	a.Refused(b.Get(a.Ask("prompt", "none")), "login_required")
}

// TestSessionFixation: each sign-in makes a secret of its own; what was planted before is worth nothing.
func TestSessionFixation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	b.http.Jar.SetCookies(mustURL(t, h.URL), cookies("__Host-session", "planted-by-somebody-else"))
	a.Code(b)
	seen := []string{"planted-by-somebody-else"}
	for i := range 4 {
		if i > 0 {
			h.Passes(time.Second)
			b.Get(a.Ask("prompt", "login"))
			b.SignIn("ana", anasPassword)
		}
		if slices.Contains(seen, b.Session()) || len(b.Session()) < 43 {
			t.Errorf("session cookie %q after %v", b.Session(), seen)
		}
		seen = append(seen, b.Session())
	}
	for _, old := range seen[:len(seen)-1] {
		thief := h.Browser()
		thief.http.Jar.SetCookies(mustURL(t, h.URL), cookies("__Host-session", old))
		a.Refused(thief.Get(a.Ask("prompt", "none")), "login_required")
	}
	twice := h.Send("GET", a.Ask("prompt", "none"), map[string]string{"Cookie": "__Host-session=" + b.Session() + "; __Host-session=other"}, "")
	if !strings.Contains(twice.Header.Get("Location"), "error=login_required") {
		t.Errorf("two session cookies: %v", twice.Header)
	}
}

// TestCSRF: no form of a ceremony can be sent from another site.
func TestCSRF(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := h.Browser()
	b.Get(a.Ask())
	action, form := b.last.Form(t, "/password")
	form.Set("username", "ana")
	form.Set("password", anasPassword)
	cookie := "__Host-browser=" + b.cookie("__Host-browser")
	for name, header := range map[string]map[string]string{
		"cross-site": {"Sec-Fetch-Site": "cross-site"}, "same-site": {"Sec-Fetch-Site": "same-site"}, "other origin": {"Origin": "https://evil.example"}, "null": {"Origin": "null"},
	} {
		header["Content-Type"], header["Cookie"] = formType, cookie
		for _, kind := range []string{"password", "switch", "choose", "new-password", "consent"} {
			got := h.Send("POST", strings.TrimSuffix(action, "password")+kind, header, form.Encode())
			if got.Status != 403 || got.Header.Get("Set-Cookie") != "" || strings.Contains(got.Raw, "code=") {
				t.Errorf("%s to %s: %d", name, kind, got.Status)
			}
		}
	}
	for _, kind := range []string{"password", "consent", "choose", "new-password", "switch"} { // a step that is not due now shows the one that is
		if p := b.Post(strings.TrimSuffix(action, "password")+kind, url.Values{"ticket": form["ticket"]}); p.To != nil || p.Status >= 500 || !strings.Contains(p.Body, `name="password"`) {
			t.Errorf("%s out of turn: %d %s", kind, p.Status, title(p))
		}
	}
	for _, bad := range []url.Values{{"username": {"a", "b"}}, {"evil": {"1"}}, {"username": {strings.Repeat("u", 3000)}}, {"ticket": {strings.Repeat("t", 17_000)}}} {
		b.Post(action, bad).Shows(t, 400)
	}
	b.Post(action, url.Values{"password": {strings.Repeat("p", 70_000)}}).Shows(t, 413)
	h.Send("DELETE", action, nil, "").Is(405, "")
}

// linted is a transport that looks at every Set-Cookie.
type linted struct {
	http.RoundTripper
	mu   sync.Mutex
	seen []string
}

func (l *linted) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(r)
	if err == nil {
		l.mu.Lock()
		l.seen = append(l.seen, response.Header.Values("Set-Cookie")...)
		l.mu.Unlock()
	}
	return response, err
}

// TestCookies: __Host-, Secure, HttpOnly, SameSite=Lax, Path=/, no Domain, on whatever way.
func TestCookies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records", thirdParty)
	b := h.Browser()
	lint := &linted{RoundTripper: b.http.Transport}
	b.http.Transport = lint
	b.Get(a.Ask())
	b.SignIn("ana", "wrong")
	b.SignIn("ana", anasPassword)
	b.Choose("/consent", "allow")
	b.Get("/account")
	b.Get("/language?to=es&back=/account")
	b.Get("/logout")
	b.Choose("/logout/confirm", "")
	names := map[string]bool{}
	for _, line := range lint.seen {
		c, err := http.ParseSetCookie(line)
		must(t, err)
		names[c.Name] = true
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("Set-Cookie: %s", line)
		}
		if c.Name == "__Host-session" && c.MaxAge > 0 {
			t.Errorf("a session that outlives the browser: %s", line)
		}
	}
	if len(names) != 4 {
		t.Errorf("cookies %v, want browser, session, device and language", names)
	}
}
