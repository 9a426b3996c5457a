package server_test

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/oob"
	"gatehouse/provider/factor/password"
	"gatehouse/provider/recovery"
	"gatehouse/provider/server"
	"gatehouse/templates"
)

// code is that of a claimed message.
func (h *house) code(m provider.Claim) string {
	return oob.New(oob.Config{Keys: h.Keyset}).Code(m.Challenge)
}

// TestR05_StopsWorking: a request is over when it was used, when it is too old, when five answers were wrong, and in another browser;
// all of these show one page. So does one that never was.
func TestR05_StopsWorking(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	begin := func() (*browser, string) {
		h.exec("DELETE FROM budgets")
		h.Mail()
		b := a.forgotten("ana")
		return b, h.CodeFor(provider.ByEmail, "ana@example.org")
	}
	var first string
	gone := func(what string, p *page) {
		t.Helper()
		p.Shows(t, 410, "This request has stopped working", `name="username"`)
		text := normal(p, "ana")
		text = strings.ReplaceAll(text, "The records app", "") // another browser does not know where this one was going
		if first == "" {
			first = text
		}
		if strings.Contains(p.Body, `name="new_password"`) {
			t.Errorf("%s: it leads on", what)
		}
	}
	b, code := begin()
	at := b.at()
	stranger := h.Browser()
	stranger.Get("/account")
	gone("another browser", stranger.Get(at))
	gone("another browser, with the code", stranger.Post(at, url.Values{"code": {code}}))
	if p := h.Browser().Get(at); p.Status != 200 || !strings.Contains(p.Body, "ookie") {
		t.Errorf("without cookies: %d %s", p.Status, title(p))
	}

	for range 4 {
		b.enters(other(code)).Shows(t, 422)
	}
	gone("the fifth wrong answer", b.enters(other(code)))
	gone("the right one after that", b.Post(at, url.Values{"code": {code}}))

	b, code = begin()
	at = b.at()
	h.Passes(31 * time.Minute)
	gone("too late", b.Post(at, url.Values{"code": {code}}))
	gone("too late, shown", b.Get(at))

	b, code = begin()
	at = b.at()
	b.enters(code).Shows(t, 200, "Choose a new password")
	if p := b.once("POST", at, url.Values{"code": {code}}); p.Status != 303 || !strings.HasPrefix(p.Header.Get("Location"), "/signin/") {
		t.Errorf("sent twice, the form answers %d to %s", p.Status, p.Header.Get("Location"))
	}
	reset := b.at()
	b.sets(anasNew).Shows(t, 200, "Your new password is set")
	if p := b.Post(reset+"/new-password", url.Values{"new_password": {"another one of these 77"}}); strings.Contains(p.Body, `name="new_password"`) {
		t.Errorf("used, it asks again: %s", title(p))
	}
	gone("never there", b.Get("/forgot/"+provider.NewID()))
	gone("never there, posted", b.Post("/forgot/"+provider.NewID(), url.Values{"code": {code}}))
	gone("never there, sent again", b.Post("/forgot/"+provider.NewID()+"/resend", url.Values{}))

	b, _ = begin()
	p := b.Post("/forgot/"+provider.NewID(), url.Values{"code": {code}, "from": {"x"}})
	gone("a way back of nobody's", p)
	action, form := p.Form(t, "/forgot/password")
	form.Set("username", "ana")
	b.Post(action, form).Shows(t, 200, "Enter the code")
}

// TestR05_CeremonyOver: the ceremony of a reset cannot be begun anew: lost, too old, or after the password was changed elsewhere, it
// has stopped working, and says where a new code is to be had.
func TestR05_CeremonyOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	for what, ends := range map[string]func(b *browser){
		"lost":    func(*browser) { h.exec("DELETE FROM ceremonies") },
		"too old": func(*browser) { h.Passes(31 * time.Minute) },
		"changed elsewhere": func(*browser) {
			other := a.resets("ana", nil)
			other.sets(anasNew).Shows(t, 200, "Your new password is set")
		},
	} {
		h.exec("DELETE FROM budgets")
		b := a.resets("ana", nil)
		ends(b)
		p := b.sets("yet another password 99")
		p.Shows(t, 410, "This request has stopped working")
		c := h.Browser()
		c.Get("/account")
		if c.SignIn("ana", "yet another password 99"); c.Session() != "" {
			t.Errorf("%s: the password was set", what)
		}
	}
}

// TestResetInParallel: of many right answers at once one opens a ceremony, of many guesses five are looked at, and of many forms with a
// new password one sets it, whatever they bring; the ones that bring the same see the same page.
func TestResetInParallel(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	b := a.forgotten("ana")
	code, at := h.CodeFor(provider.ByEmail, "ana@example.org"), b.at()
	opened := map[string]bool{}
	for _, p := range AtOnce(12, func() *page { return b.once("POST", at, url.Values{"code": {code}}) }) {
		if to := p.Header.Get("Location"); strings.HasPrefix(to, "/signin/") {
			opened[to] = true
		}
	}
	if len(opened) != 1 {
		t.Fatalf("%d ceremonies were opened", len(opened))
	}
	b.Get(at).Shows(t, 200, "Choose a new password")

	action, form := b.last.Form(t, "/new-password")
	n := 0
	sent := AtOnce(10, func() *page {
		mine := url.Values{"ticket": form["ticket"], "new_password": {anasNew}}
		return b.once("POST", action, mine)
	})
	for _, p := range sent {
		if p.Status == 303 || title(p) == "Your new password is set" {
			n++
		}
	}
	if n != len(sent) {
		t.Errorf("%d of %d equal forms end well", n, len(sent))
	}
	if got := h.Recorded(ana.ID, "password.reset"); len(got) != 1 {
		t.Errorf("it was set %d times", len(got))
	}

	b = a.forgotten("ana")
	at, code = b.at(), h.CodeFor(provider.ByEmail, "ana@example.org")
	looked := 0
	for _, p := range AtOnce(30, func() *page { return b.once("POST", at, url.Values{"code": {other(code)}}) }) {
		if p.Status == 422 {
			looked++
		}
	}
	if looked > 5 {
		t.Errorf("%d guesses were looked at", looked)
	}
	b.Post(at, url.Values{"code": {code}}).Shows(t, 410)
}

// TestResetAndStatus: whoever is locked out meanwhile gets no new password, and learns of it only after all proofs.
func TestResetAndStatus(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	for _, status := range []provider.AccountStatus{provider.Locked, provider.Paused, provider.Closed} {
		name := "ana-" + string(status)
		ana := h.Person(name)
		b := a.resets(name, nil)
		h.SetStatus(ana.ID, status)
		b.sets(anasNew).Shows(t, 403, "We cannot open this account online")
		b.Get(b.at()).Shows(t, 403)
		if n := len(h.Recorded(ana.ID, "password.reset")); n != 0 {
			t.Errorf("%s: a password was set", status)
		}
		early := "early-" + string(status)
		ben := h.Person(early)
		h.Mail()
		b = a.forgotten(early)
		h.SetStatus(ben.ID, status)
		b.enters(h.CodeFor(provider.ByEmail, early+"@example.org")).Shows(t, 403)
	}
}

// TestResetAndLanes: while strangers' tries have paused the password, or stopped it, the reset stays open, with its second proof; it
// ends the pause. The second proof has failures of its own, and its own pause.
func TestResetAndLanes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, app := h.Apped("ana")
	a := h.App("records")
	a.attack("ana", 11)
	a.stranger().SignIn("ana", anasPassword).Shows(t, 429, "/forgot?")
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", "wrong").Shows(t, 429)
	h.Mail()
	b.forgets("ana")
	b.enters(h.CodeFor(provider.ByEmail, "ana@example.org"))
	b.Fill("/totp", "code", other(app.At(h.now()))).Shows(t, 422)
	b.Fill("/totp", "code", app.At(h.now())).Shows(t, 200, "Choose a new password")
	b.sets(anasNew).Shows(t, 200, "Your new password is set")
	a.stranger().SignIn("ana", anasNew).Shows(t, 200)

	h.Mail()
	b = a.forgotten("ana")
	b.enters(h.CodeFor(provider.ByEmail, "ana@example.org"))
	looked := 0
	for range 12 {
		if b.Fill("/totp", "code", other(app.At(h.now()))).Status == 422 {
			looked++
		}
		b.Get(b.at()) // the page of a pause has no form
	}
	if looked > 10 {
		t.Errorf("%d guesses at the second proof", looked)
	}
	a.stranger().SignIn("ana", anasNew).Shows(t, 200)
}

// TestResetBudgets: strangers together have ten requests a day for one account, under each of its names; a browser that the account
// knows goes on. The codes to sign in are sent all the while.
func TestResetBudgets(t *testing.T) {
	t.Parallel()
	h, a := strangers(t)
	h.Mailed("ana")
	known := h.Browser()
	known.Get(a.Ask())
	h.Mail()
	known.SignIn("ana", anasPassword)
	known.Fill("/email", "code", h.CodeFor(provider.ByEmail, anasMail))
	known.Out()
	sent := 0
	for hour := range 4 {
		h.Elsewhere(hour)
		for _, name := range []string{"ana", "ANA@example.org", "ana@example.org", " ana"} {
			a.forgotten(name).last.Shows(t, 200, "If we found an account")
		}
		sent += len(h.Told("M-03"))
		h.Passes(61 * time.Minute)
	}
	if sent != 10 {
		t.Errorf("%d codes were sent", sent)
	}
	h.Elsewhere(4)
	for range 2 {
		a.forgotten("ana")
	}
	p := a.forgotten("ana").last.Shows(t, 429, "we send no more codes for this account until")
	if p.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	h.Mail()
	b := h.Browser()
	b.Get(a.Ask())
	b.SignIn("ana", anasPassword)
	h.CodeFor(provider.ByEmail, anasMail) // a code to sign in with
	known.Get(a.Ask())
	known.forgets("ana").last.Shows(t, 200, "Enter the code")
	known.enters(h.CodeFor(provider.ByEmail, "ana@example.org")).Shows(t, 200, "Choose a new password")
	h.Passes(24 * time.Hour)
	a.forgotten("ana").last.Shows(t, 200, "Enter the code")
}

// TestResetCarriesNoSignIn: what the room remembers passes for no sign-in, a sign-in for nothing that the room remembers, and the
// ceremony of a reset leads to no session and to nobody else.
func TestResetCarriesNoSignIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Apped("ana")
	a := h.App("records")
	b := a.forgotten("ana")
	carrier := strings.TrimPrefix(b.at(), "/forgot/")
	signin := strings.TrimPrefix(b.Get(a.Ask()).Step(), "/signin/")
	for _, kind := range []string{"", "/password", "/new-password", "/totp", "/way", "/switch", "/choose", "/consent", "/lost", "/wait"} {
		form := url.Values{}
		p := b.once("GET", "/signin/"+carrier+kind, nil)
		if p.Status != 303 || strings.HasPrefix(p.Header.Get("Location"), "/forgot") {
			t.Errorf("GET /signin/CARRIER%s: %d %s", kind, p.Status, p.Header.Get("Location"))
		}
		if kind == "" || kind == "/lost" {
			continue
		}
		if p := b.once("POST", "/signin/"+carrier+kind, form); p.Status == 200 || strings.Contains(p.Body, "new_password") {
			t.Errorf("POST /signin/CARRIER%s: %d %s", kind, p.Status, title(p))
		}
	}
	b.Get("/forgot/"+signin).Shows(t, 410)
	b.Post("/forgot/"+signin, url.Values{"code": {"123456"}}).Shows(t, 410)

	kept, err := h.Store.Ceremony(context.Background(), carrier)
	must(t, err)
	kept.Room = "oidc" // with all that a request remembers, and of another room
	foreign, err := h.Store.BeginCeremony(context.Background(), kept)
	must(t, err)
	b.Get("/forgot/"+carrier).Shows(t, 200)
	b.Get("/forgot/"+foreign).Shows(t, 410)

	h.exec("DELETE FROM budgets")
	h.Mail()
	b = a.forgotten("ana")
	b.enters(h.CodeFor(provider.ByEmail, "ana@example.org"))
	at := b.last.Step()
	reset := strings.TrimPrefix(at, "/signin/")
	b.Get("/forgot/"+reset).Shows(t, 410)
	_, form := b.Get(at).Form(t, "/totp")
	for _, kind := range []string{"switch", "choose", "password", "consent", "email", "text", "address", "other"} {
		p := b.Post(at+"/"+kind, with(form, "choice", "-"))
		if strings.Contains(p.Body, `name="password"`) || strings.Contains(p.Body, `name="new_password"`) || b.Session() != "" {
			t.Errorf("POST %s leads to %s", kind, title(p))
		}
	}
}

// TestResetOfOneGivesNothingOfAnother: with the code, the request, the ceremony and the ticket of one's own reset nobody gets anything
// of somebody else's.
func TestResetOfOneGivesNothingOfAnother(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("eve")
	ana := h.Person("ana")
	a := h.App("records")
	h.Mail()
	eve, victim := a.forgotten("eve"), a.forgotten("ana")
	var hers, his string
	for _, m := range h.Told("M-03") {
		if m.Account == ana.ID {
			hers = h.code(m)
			continue
		}
		his = h.code(m)
	}
	if p := eve.once("POST", victim.at(), url.Values{"code": {his}}); p.Status != 410 {
		t.Errorf("her request in his browser: %d", p.Status)
	}
	mine := h.Browser()
	mine.Get(a.Ask())
	mine.forgets("ana")
	if p := mine.enters(hers); hers != his && p.Status != 422 {
		t.Errorf("a code of another request: %d %s", p.Status, title(p))
	}
	if p := mine.enters(his); p.Status != 422 {
		t.Errorf("a code of somebody else's: %d %s", p.Status, title(p))
	}
	eve.enters(his).Shows(t, 200, "Choose a new password")
	_, ticket := eve.last.Form(t, "/new-password")
	victim.enters(hers)
	stolen := victim.last.Step()
	if p := eve.Post(stolen+"/new-password", with(ticket, "new_password", anasNew)); title(p) == "Your new password is set" {
		t.Error("a new password was set in somebody else's browser")
	}
	if n := len(h.Recorded(ana.ID, "password.reset")); n != 0 {
		t.Error("her password was reset")
	}
}

// TestResetWalk posts whatever there is to post at every address of the room, and at every address of its ceremony, in each state that a
// reset can be in, with nothing, with null, 0, wrong and other people's codes, tickets and ids, in any order: nobody who has not shown
// what was asked gets to a page for a new password, nor a session, nor is a password changed.
func TestResetWalk(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *server.Config) { c.Failures = time.Millisecond })
	ana, app := h.Apped("ana")
	h.Person("eve")
	a := h.App("records")
	var patterns []string
	for _, r := range recovery.New(recovery.Config{}).Routes() {
		patterns = append(patterns, r.Pattern)
	}
	for _, kind := range strings.Fields("password switch choose new-password consent way other resend call text email totp recovery passkey address wait regain regained") {
		patterns = append(patterns, "POST /signin/{id}/"+kind, "GET /signin/{id}/"+kind)
	}
	patterns = append(patterns, "GET /signin/{id}", "GET /signin/{id}/lost")
	h.exec("DELETE FROM budgets")
	eve := a.resets("eve", nil)
	for state, reach := range map[string]func() (*browser, []string){
		"nothing": func() (*browser, []string) {
			b := h.Browser()
			b.Get(a.Ask())
			return b, []string{b.last.Step()[len("/signin/"):]}
		},
		"a name": func() (*browser, []string) {
			b := a.forgotten("ana")
			return b, []string{b.at()[len("/forgot/"):]}
		},
		"an invented name": func() (*browser, []string) {
			b := a.forgotten("invented")
			return b, []string{b.at()[len("/forgot/"):]}
		},
		"a code": func() (*browser, []string) {
			h.Mail()
			b := a.forgotten("ana")
			carrier := b.at()[len("/forgot/"):]
			b.enters(h.CodeFor(provider.ByEmail, "ana@example.org"))
			return b, []string{carrier, b.last.Step()[len("/signin/"):]}
		},
		"too late": func() (*browser, []string) {
			h.Mail()
			b := a.forgotten("ana")
			carrier := b.at()[len("/forgot/"):]
			b.enters(h.CodeFor(provider.ByEmail, "ana@example.org"))
			h.Passes(31 * time.Minute)
			return b, []string{carrier, b.last.Step()[len("/signin/"):]}
		},
	} {
		h.exec("DELETE FROM budgets")
		h.exec("DELETE FROM lanes")
		b, ids := reach()
		tickets := []string{"null", hidden(b.last, "ticket"), hidden(eve.last, "ticket"), hidden(b.last, "from")}
		before := h.ofKind(ana.ID, provider.Password)[0]
		for _, pattern := range patterns {
			method, path, _ := strings.Cut(pattern, " ")
			for _, id := range append(slices.Clone(ids), eve.last.Step()[len("/signin/"):], "null") {
				to := strings.ReplaceAll(path, "{id}", url.PathEscape(id))
				h.exec("DELETE FROM budgets")
				for _, form := range walkForms(path, tickets, other(app.At(h.now()))) {
					var p *page
					if method == "GET" {
						p = b.once("GET", to, nil)
					} else {
						p = b.once("POST", to, form)
					}
					if strings.Contains(p.Body, `name="new_password"`) || b.Session() != "" || p.Gave() != "" || p.Status >= 500 {
						t.Fatalf("%s: %s %s %v: %d %s", state, method, to, form, p.Status, title(p))
					}
					if method == "GET" {
						break
					}
				}
			}
		}
		if now := h.ofKind(ana.ID, provider.Password)[0]; string(now.Data) != string(before.Data) {
			t.Fatalf("%s: the password was changed", state)
		}
	}
}

// hidden is a hidden field of a page, "" for none.
func hidden(p *page, name string) string {
	for _, m := range hiddenOne.FindAllStringSubmatch(p.Body, -1) {
		if m[1] == name {
			return m[2]
		}
	}
	return ""
}

// walkForms is what may be posted to an address: each of its fields with each value, and each of the tickets.
func walkForms(path string, tickets []string, wrong string) []url.Values {
	values := []string{"", "0", wrong, anasNew}
	field, ticket := "code", "ticket"
	if strings.HasPrefix(path, "/forgot") {
		ticket = "from"
	}
	switch {
	case strings.HasSuffix(path, "new-password"):
		field = "new_password"
	case strings.HasSuffix(path, "/forgot/password"):
		field = "username"
	case strings.HasSuffix(path, "/forgot/username"):
		field = "contact"
	case strings.HasSuffix(path, "/password"):
		field = "password"
	case path == "/forgot", strings.HasSuffix(path, "/choose"), strings.HasSuffix(path, "/consent"):
		field = "choice"
	case strings.HasSuffix(path, "/way"), strings.HasSuffix(path, "/regain"):
		field = "way"
	case strings.HasSuffix(path, "/passkey"):
		field = "response"
	case strings.HasSuffix(path, "/address"):
		field = "email"
	case strings.HasSuffix(path, "/resend"), strings.HasSuffix(path, "/call"), strings.HasSuffix(path, "/switch"), strings.HasSuffix(path, "/other"), strings.HasSuffix(path, "/wait"):
		values = []string{""}
	}
	forms := []url.Values{{}}
	for _, sealed := range tickets {
		for _, value := range values {
			form := url.Values{ticket: {sealed}}
			if len(values) > 1 && len(value) <= 8 || field == "new_password" || field == "password" || field == "code" {
				form.Set(field, value)
			}
			forms = append(forms, form)
		}
	}
	return forms
}

// Replica is another server on the same store: what a browser began at one, it goes on with at the other.
func (h *house) Replica(change ...func(*server.Config)) *house {
	h.t.Helper()
	config := server.Config{
		Issuer: h.URL, Store: h.Store, Keyset: h.Keyset, Ring: h.Ring, Sender: "no-reply@example.org", Log: slog.New(slog.DiscardHandler),
		Now: h.now, Hashing: password.Params{MemoryKiB: 64, Time: 1, Insecure: true},
	}
	config.Brand = templates.DefaultBrand()
	quick(&config)
	for _, c := range change {
		c(&config)
	}
	made, err := server.New(config)
	must(h.t, err)
	twin := *h
	twin.House = made
	twin.server = httptest.NewUnstartedServer(made.Public)
	twin.server.EnableHTTP2 = false
	twin.server.TLS = &tls.Config{Certificates: []tls.Certificate{localhost()}}
	twin.server.StartTLS()
	h.t.Cleanup(twin.server.Close)
	twin.URL = "https://localhost:" + mustURL(h.t, twin.server.URL).Port()
	return &twin
}

// TestResetOnTwoReplicas: each page and each form is answered by another server than the one before, and by one that was started
// in between.
func TestResetOnTwoReplicas(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, app := h.Apped("ana")
	a := h.App("records")
	b := a.forgotten("ana")
	move := func() { // every page holds paths alone
		to := b.h.Replica()
		at := b.at()
		b.h = to
		b.Get(at)
	}
	code := h.CodeFor(provider.ByEmail, "ana@example.org")
	move()
	b.enters(other(code)).Shows(t, 422)
	move()
	b.enters(code)
	move()
	b.Fill("/totp", "code", app.At(h.now())).Shows(t, 200, "Choose a new password")
	move()
	b.sets(anasNew).Shows(t, 200, "Your new password is set")
	move()
	b.last.Shows(t, 200, "Your new password is set")
	b.h = h
	b.Get(a.Ask())
	if a.Back(b.SignIn("ana", anasNew)).Get("code") == "" {
		t.Error("it does not sign in")
	}
}

// TestR11_ForgottenUsername: the usernames of an address are told there and nowhere else: all of them, by text where it is a number;
// and whatever is typed, the answers are the same.
func TestR11_ForgottenUsername(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	h.Person("unconfirmed", unverified)
	h.SetStatus(h.Person("closed").ID, provider.Closed)
	h.SetStatus(h.Person("locked").ID, provider.Locked)
	shares(h, "mother", "father")
	h.exec("DELETE FROM budgets")
	a := h.App("records")
	var first []string
	for typed, want := range map[string]string{
		"ana@example.org": "ana", " ANA@Example.org ": "ana", "locked@example.org": "locked", "family@example.org": "father, mother",
		"nobody@example.org": "", "unconfirmed@example.org": "", "closed@example.org": "", "(617) 555-0199": "",
	} {
		h.Mail()
		b := h.Browser()
		b.Get(a.Ask())
		b.Get(link(t, b.last, "/forgot?"))
		b.Choose("/forgot", "username")
		action, form := b.last.Form(t, "/forgot/username")
		var got []string
		b.note(a, &got, typed, b.once(http.MethodPost, action, with(form, "contact", typed)))
		if first == nil {
			first = got
		}
		if !slices.Equal(got, first) {
			t.Errorf("%s: another answer:\n%s", typed, difference(strings.Join(first, "\n"), strings.Join(got, "\n")))
		}
		told := h.Told("M-04")
		if want == "" {
			if len(told) != 0 {
				t.Errorf("%s: %d messages", typed, len(told))
			}
			continue
		}
		if len(told) != 1 || told[0].Data["what"] != want || !strings.EqualFold(told[0].To, strings.TrimSpace(typed)) || told[0].Channel != provider.ByEmail {
			t.Errorf("%s: %+v, want %s", typed, told, want)
		}
		if strings.Contains(b.last.Body, want+"<") && want != "locked" {
			t.Errorf("%s: a name is on the page", typed)
		}
	}
	if len(first) != 2 || !strings.Contains(first[1], "If we found an account") {
		t.Errorf("%v", first)
	}

	h.exec("DELETE FROM budgets")
	b := h.Browser()
	b.Get("/forgot/username")
	h.Person("carol", func(a *provider.Account, _ *provider.Authenticator) {
		for i := range a.Identifiers {
			if a.Identifiers[i].Kind == provider.Phone {
				a.Identifiers[i].Value, a.Identifiers[i].Canonical = "+16175550177", "+16175550177"
			}
		}
	})
	b.Fill("/forgot/username", "contact", "617-555-0177").Shows(t, 200, "If we found an account")
	told := h.Told("M-04")
	if len(told) != 1 || told[0].Channel != provider.ByText || told[0].To != "+16175550177" || told[0].Data["what"] != "carol" {
		t.Errorf("by text: %+v", told)
	}
	for typed, says := range map[string]string{
		"": "Enter your email or phone number", "ana": "Enter an email, like", "a@b@c": "Enter an email, like", "+1 900 555 0134": "number",
	} {
		b.Get("/forgot/username")
		b.Fill("/forgot/username", "contact", typed).Shows(t, 422, says)
	}
	statuses := ""
	for range 7 {
		b.Get("/forgot/username")
		statuses += b.Fill("/forgot/username", "contact", "ANA@example.org").Header.Get("Retry-After")[:min(1, len(b.last.Header.Get("Retry-After")))] + "."
	}
	if strings.Count(statuses, "3") != 2 {
		t.Errorf("five messages an hour to one address: %s", statuses)
	}
}

// TestR03_SharedAddress: a shared e-mail address is no name: its owners are told their usernames, and nobody gets a code.
func TestR03_SharedAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	shares(h, "mother", "father")
	a := h.App("records")
	h.Mail()
	a.forgotten("Family@example.org").last.Shows(t, 200, "If we found an account")
	all := h.Mail()
	if len(all) != 1 || all[0].Template != "M-04" || all[0].Data["what"] != "father, mother" || all[0].To != "family@example.org" {
		t.Errorf("%+v", all)
	}
	if _, err := h.House.DeliverDue(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestR01_Start: each choice leads to its page, and all of them back to the application.
func TestR01_Start(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.App("records")
	for choice, heading := range map[string]string{
		"password": "Set a new password", "username": "Find your username", "both": "Find your username", "phone": "You lost your phone", "other": "Talk to us",
	} {
		b := h.Browser()
		b.Get(a.Ask())
		b.Get(link(t, b.last, "/forgot?")).Shows(t, 200, "What do you need help with?")
		b.Choose("/forgot", choice).Shows(t, 200, "<h1>"+heading+"</h1>")
		if p := b.Get(link(t, b.last, "/authorize?")); !strings.Contains(p.Body, "The records app") {
			t.Errorf("%s: the application is lost", choice)
		}
	}
	b := h.Browser()
	b.Get("/forgot")
	b.Choose("/forgot", "").Shows(t, 422, "Choose what you need help with")
	for _, bad := range []string{"x", "null", "password "} {
		b.Get("/forgot?from=x")
		b.Choose("/forgot", bad).Shows(t, 422)
	}
	if got := link(t, b.last, "/account"); got != "/account" {
		t.Error(got)
	}
}
