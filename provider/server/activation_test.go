package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/audit"
	"gatehouse/provider/notify"
	"gatehouse/provider/server"
)

const marysPassword = "seven blue herons at the weir"

// Invites makes an invitation of somebody born on February 14, 1987.
func (h *house) Invites(record string, change ...func(*activation.Invitation)) activation.Issued {
	h.t.Helper()
	in := activation.Invitation{
		Record: record, Relation: provider.Self, Silent: true, Facts: map[activation.Fact]string{activation.BirthDate: "1987-02-14"},
		Contact: provider.ActivationContact{Name: "Mary Major", Email: "mary@example.org", Phone: "+16175550123", Lang: "en-US"},
	}
	for _, c := range change {
		c(&in)
	}
	made, err := activation.Issuer{Keys: h.Keyset}.Invite(in, audit.Operator, h.now())
	must(h.t, err)
	must(h.t, h.Store.IssueActivations(context.Background(), []provider.Issue{made.Issue}))
	return made
}

func relation(r provider.Relation) func(*activation.Invitation) {
	return func(in *activation.Invitation) { in.Relation = r }
}

// activates opens the page that asks for the facts of a code.
func (b *browser) activates(code string) *page {
	b.t.Helper()
	b.Get("/activate/code")
	return b.Fill("/activate/code", "code", code)
}

// born types a date of birth.
func (b *browser) born(month, day, year string) *page {
	b.t.Helper()
	return b.Fill("/facts", "month", month, "day", day, "year", year)
}

// The steps of somebody who wants a new account: each does one, from the page that it is on.
func newcomer(b *browser, email, phone, name string) []func() {
	h := b.h
	return []func(){
		func() { b.born("2", "14", "1987") },
		func() { b.Fill("/have", "choice", "new") },
		func() { b.Fill("/email", "email", email) },
		func() { b.Fill("/check-code", "code", h.CodeFor(provider.ByEmail, email)) },
		func() { b.Fill("/text", "phone", phone) },
		func() { b.Fill("/check-code", "code", h.CodeFor(provider.ByText, phone)) },
		func() { b.Fill("/name", "username", name) },
		func() { b.Fill("/password", "new_password", marysPassword) },
		func() { b.Fill("/finish") },
	}
}

// headings are what the pages of those steps are called, before each.
var headings = []string{
	"Tell us who you are", "Do you have an account with us?", "Your email", "Check your email", "Your phone", "Check your texts",
	"Choose a username", "Choose how to sign in", "Check and finish", "Your account is ready",
}

// goes walks the first n steps.
func goes(steps []func(), n int) {
	for _, step := range steps[:n] {
		step()
	}
}

const allSteps = 9

// comes activates from code to open account.
func (b *browser) comes(code, email, phone, name string) *page {
	b.t.Helper()
	b.activates(code)
	goes(newcomer(b, email, phone, name), allSteps)
	return b.last.Shows(b.t, 200, "Your account is ready", name)
}

// TestA01_FirstAccount: from the sign-in page of an application, by a printed code, to an open account, and into the application.
func TestA01_FirstAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	a := h.App("records")
	b := h.Browser()
	b.Get(a.Ask())
	b.Get(link(t, b.last, "/activate?")).Shows(t, 200, "Set up your account", "Use the code that was made for you")
	b.Get(link(t, b.last, "/activate/code?")).Shows(t, 200, `autocapitalize="characters"`, "Step 1 of 5")
	b.Fill("/activate/code", "code", " "+strings.ToLower(strings.ReplaceAll(made.Code, "0", "o"))+" ")
	steps := newcomer(b, "Mary@Example.org", "+16175550123", "Mary.Major")
	for i, do := range steps {
		b.last.Shows(t, 200, "<h1>"+headings[i]+"</h1>")
		do()
	}
	b.last.Shows(t, 200, "<h1>Your account is ready</h1>", "mary.major", "/account/add/recovery", "Continue to")
	if b.Session() == "" {
		t.Fatal("nobody is signed in")
	}
	p := b.Get(link(t, b.last, "/authorize?"))
	tokens := a.Redeem(a.Back(p).Get("code")).Is(200, "")
	_, claims := a.Verified(tokens.Str("id_token"))
	if amr, _ := claims["amr"].([]any); !slices.Contains(amr, any("pwd")) || !slices.Contains(amr, any("sms")) {
		t.Errorf("amr %v", claims["amr"])
	}
	h.opened(made, "mary.major", 3)
	if told := h.Told("M-07"); len(told) != 1 || told[0].To != "Mary@Example.org" {
		t.Errorf("M-07: %d", len(told))
	}
	// What was made signs in, in another browser.
	other := h.Browser()
	other.Get("/account")
	other.SignIn("MARY.MAJOR", marysPassword).Shows(t, 200)
	if other.Session() == "" {
		t.Error("the account does not sign in")
	}
}

// opened holds an account to what its owner set.
func (h *house) opened(made activation.Issued, username string, holds int) provider.Account {
	h.t.Helper()
	ctx := context.Background()
	found, err := h.Store.Activation(ctx, made.ID)
	must(h.t, err)
	if found.UsedAt.IsZero() || found.UsedBy == "" {
		h.t.Fatalf("the invitation is not used: %+v", found)
	}
	account, err := h.Store.Account(ctx, found.UsedBy)
	must(h.t, err)
	if id, _ := account.Identifier(provider.Username); id.Canonical != username || account.Status != provider.Active {
		h.t.Errorf("the account is %+v", account)
	}
	for _, id := range account.Identifiers {
		if id.VerifiedAt.IsZero() {
			h.t.Errorf("%s was not verified", id.Kind)
		}
	}
	held, err := h.Store.Authenticators(ctx, account.ID)
	must(h.t, err)
	if len(held) != holds {
		h.t.Errorf("%d authenticators, want %d", len(held), holds)
	}
	records, err := h.Store.RecordsOf(ctx, account.ID, h.now())
	must(h.t, err)
	if len(records) != 1 || records[0].Record != made.Record || records[0].Relation != made.Relation {
		h.t.Errorf("records %+v", records)
	}
	return account
}

// TestA10_NeitherEmailNorPhone: who has neither opens an account with a password, and the application asks for a second way.
func TestA10_NeitherEmailNorPhone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1", func(in *activation.Invitation) { in.Contact = provider.ActivationContact{} })
	a := h.App("records", twoStep)
	b := h.Browser()
	b.Get(a.Ask())
	b.Get(link(t, b.last, "/activate?"))
	b.Get(link(t, b.last, "/activate/code?"))
	b.Fill("/activate/code", "code", made.Code)
	b.born("feb", "14", "1987")
	b.Fill("/have", "choice", "new")
	b.Fill("/email", "choice", "skip", "email", "")
	b.Fill("/text", "choice", "skip", "phone", "").Shows(t, 200, "No email and no phone?")
	b.Fill("/alone", "choice", "phone").Shows(t, 200, "Your phone")
	b.Fill("/text", "choice", "skip")
	b.Fill("/alone", "choice", "alone").Shows(t, 200, "Choose a username")
	b.Fill("/name", "username", "mary")
	b.Fill("/password", "new_password", marysPassword)
	b.Fill("/finish").Shows(t, 200, "Your account is ready")
	h.opened(made, "mary", 1)
	b.Get(link(t, b.last, "/authorize?")).Shows(t, 200, "second step")
}

// TestA09_Landline: a number that cannot be texted is called, and the code that is read out counts as one by telephone.
func TestA09_Voice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	b := h.Browser()
	b.activates(made.Code)
	goes(newcomer(b, "mary@example.org", "", ""), 4)
	b.Fill("/text", "phone", "617 555 0123", "voice", "on")
	h.CodeFor(provider.ByVoice, "+16175550123")
	b.Fill("/resend").Shows(t, 200, "again")
	b.Fill("/check-code", "code", h.CodeFor(provider.ByVoice, "+16175550123"))
	b.Fill("/name", "username", "mary")
	b.Fill("/password", "new_password", marysPassword)
	b.Fill("/finish")
	h.opened(made, "mary", 3)
}

// plain is a page without what differs by chance: the id of what is carried, the reference, the moment.
func plain(p *page) string {
	body := regexp.MustCompile(`/activate/[A-Za-z0-9._~-]{20,}`).ReplaceAllString(p.Body, "/activate/ID")
	body = regexp.MustCompile(`%2Factivate%2F[A-Za-z0-9._~-]{20,}?&`).ReplaceAllString(body, "%2Factivate%2FID&")
	body = regexp.MustCompile(`<time[^>]*>[^<]*</time>`).ReplaceAllString(body, "TIME")
	body = regexp.MustCompile(`<bdi class="name">[2-9A-HJ-NP-Z]{8}</bdi>`).ReplaceAllString(body, "REFERENCE")
	header := p.Header.Clone()
	for _, name := range []string{"Date", "Set-Cookie", "Retry-After"} { // the last counts seconds, which pass
		header.Del(name)
	}
	var lines []string
	for name, values := range header {
		lines = append(lines, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(lines)
	return http.StatusText(p.Status) + "\n" + strings.Join(lines, "\n") + "\n" + body
}

// invented is a code that nobody has.
func invented() string { return activation.Group(activation.NewCode()) }

// TestA04_OneAnswer: a code that nobody has, and codes that are open, used, too old, replaced and taken back, with a wrong date of
// birth: every answer is the same, byte for byte, from the first try to the last.
func TestA04_OneAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	codes := map[string]string{"nobody's": invented(), "nobody's, too": invented()}
	old := h.Invites("MRN-expired", func(in *activation.Invitation) { in.Lasts = time.Hour })
	codes["expired"] = old.Code
	h.Passes(2 * time.Hour)
	codes["open"] = h.Invites("MRN-open").Code
	replaced := h.Invites("MRN-replaced")
	codes["replaced"] = replaced.Code
	codes["newest"] = h.Invites("MRN-replaced-2").Code
	h.Invites("MRN-replaced")
	revoked := h.Invites("MRN-revoked")
	_, err := h.Store.RevokeActivation(context.Background(), revoked.ID, "by_staff", h.now(), audit.ActivationRevoked(h.now(), revoked.Activation, "by_staff", audit.Operator))
	must(t, err)
	codes["revoked"] = revoked.Code
	used := h.Invites("MRN-used")
	codes["used"] = used.Code
	h.Browser().comes(used.Code, "mary@example.org", "+16175550123", "mary")

	for try := range 12 {
		if try == 6 {
			h.Passes(11 * time.Minute)
		}
		answers := map[string]string{}
		for name, code := range codes {
			b := h.Browser()
			asked := plain(b.activates(code))
			p := b.born("3", "3", "1983")
			want := map[bool]int{true: 429, false: 422}[try == 4 || try == 5 || try >= 10]
			if p.Status != want {
				t.Errorf("try %d of %s: %d (%s), want %d", try+1, name, p.Status, title(p), want)
			}
			answers[name] = asked + plain(p)
			_ = p
		}
		for name, got := range answers {
			if got != answers["nobody's"] {
				t.Errorf("try %d: %s is answered otherwise than a code of nobody's:\n%s\n---\n%s", try+1, name, got, answers["nobody's"])
			}
		}
	}
}

// TestA05_A06_OnlyToWhoKnows: what became of a code is told to who knows the facts.
func TestA05_A06_OnlyToWhoKnows(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	old := h.Invites("MRN-1", func(in *activation.Invitation) { in.Lasts = time.Hour })
	h.Passes(time.Hour)
	replaced := h.Invites("MRN-2")
	used := h.Invites("MRN-2")
	h.Browser().comes(used.Code, "mary@example.org", "+16175550123", "mary")
	revoked := h.Invites("MRN-3")
	_, err := h.Store.RevokeActivation(context.Background(), revoked.ID, "by_staff", h.now(), audit.ActivationRevoked(h.now(), revoked.Activation, "by_staff", audit.Operator))
	must(t, err)
	for code, want := range map[string]string{
		old.Code: "This code has run out", replaced.Code: "There is a newer code", used.Code: "This code was used", revoked.Code: "This code no longer works",
	} {
		b := h.Browser()
		b.activates(code)
		b.born("3", "3", "1983").Shows(t, 422, "could not match")
		b.born("2", "14", "1987").Shows(t, 410, want, "1-800-555-0100")
		if b.Session() != "" {
			t.Error("signed in")
		}
	}
	if n := h.Rows("accounts"); n != 1 {
		t.Errorf("%d accounts", n)
	}
}

// TestA07_Tries: five in ten minutes, ten in all, by code and by record. What is right does not count; a new code begins anew, and an
// old one is no way around the new one's.
func TestA07_Tries(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	carer := h.Invites("MRN-1", relation(provider.Carer))
	try := func(code, year string) *page {
		b := h.Browser()
		b.activates(code)
		return b.born("2", "14", year)
	}
	for range 7 {
		try(made.Code, "1987").Shows(t, 200, "Do you have an account")
	}
	try(made.Code, "1986").Shows(t, 422)
	try(made.Code, "1986").Shows(t, 422)
	try(made.Code, "1986").Shows(t, 422, "You can try 2 more times.")
	try(made.Code, "1986").Shows(t, 422, "You can try 1 more time.")
	closed := try(made.Code, "1986").Shows(t, 429, "Too many tries")
	if closed.Header.Get("Retry-After") != "601" && closed.Header.Get("Retry-After") != "600" {
		t.Errorf("Retry-After %s", closed.Header.Get("Retry-After"))
	}
	try(made.Code, "1987").Shows(t, 429, "Too many tries")
	try(carer.Code, "1987").Shows(t, 200)
	h.Passes(10*time.Minute + time.Second)
	for range 4 {
		try(made.Code, "1986").Shows(t, 422)
	}
	try(made.Code, "1986").Shows(t, 429, "This code is stopped")
	h.Passes(24 * time.Hour)
	try(made.Code, "1987").Shows(t, 429, "This code is stopped")

	fresh := h.Invites("MRN-1")
	try(fresh.Code, "1987").Shows(t, 200, "Do you have an account")
	second := h.Invites("MRN-1")
	for range 4 {
		try(fresh.Code, "1986").Shows(t, 422)
	}
	try(second.Code, "1986").Shows(t, 429) // the fifth of the record, the first of this code
	try(second.Code, "1987").Shows(t, 429)
	if got := len(h.Recorded("", "activation.stopped")); got < 3 {
		t.Errorf("%d records of stopped codes", got)
	}
}

// TestA07_AtOnce: of forty guesses at once no more than five are looked at.
func TestA07_AtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	b := h.Browser()
	b.activates(made.Code)
	action, _ := b.last.Form(t, "/facts")
	got := AtOnce(40, func() int {
		return b.Twin().once("POST", action, url.Values{"month": {"3"}, "day": {"3"}, "year": {"1983"}}).Status
	})
	looked := 0
	for _, status := range got {
		if status == http.StatusUnprocessableEntity {
			looked++
		}
	}
	if looked > 4 { // the fifth closes it and says so
		t.Errorf("%d guesses were looked at: %v", looked, got)
	}
	b.born("2", "14", "1987").Shows(t, 429)
}

// TestA15_AtOnce: the form of the last step, twenty times at once and from two tabs, opens one account and one session.
func TestA15_AtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	b := h.Browser()
	b.activates(made.Code)
	goes(newcomer(b, "mary@example.org", "+16175550123", "mary"), allSteps-1)
	action, _ := b.last.Form(t, "/finish")
	twins := make(chan *browser, 20)
	for range 20 {
		twins <- b.Twin()
	}
	sessions := AtOnce(20, func() string {
		twin := <-twins
		if p := twin.Post(action, url.Values{}); p.Status != 200 || title(p) != "Your account is ready" {
			t.Errorf("%d %s", p.Status, title(p))
		}
		return twin.Session()
	})
	slices.Sort(sessions) // one that comes after the last has found the page that says that it is done, and no session
	if kinds := slices.Compact(sessions); len(kinds) > 2 || len(kinds) == 2 && kinds[0] != "" || kinds[len(kinds)-1] == "" {
		t.Errorf("%d sessions", len(kinds))
	}
	if a, s := h.Rows("accounts"), h.Rows("sessions"); a != 1 || s != 1 {
		t.Errorf("%d accounts, %d sessions", a, s)
	}
	h.opened(made, "mary", 3)
	if told := h.Told("M-07"); len(told) != 1 {
		t.Errorf("told %d times", len(told))
	}
}

// TestA15_TwoDrafts: the code is used in two browsers at once. One account is opened; the other hears that the code was used.
func TestA15_TwoDrafts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	one, two := h.Browser(), h.Browser()
	for i, b := range []*browser{one, two} {
		b.activates(made.Code)
		goes(newcomer(b, "mary@example.org", "+16175550123", []string{"mary", "major"}[i]), allSteps-1)
	}
	one.Fill("/finish").Shows(t, 200, "Your account is ready")
	two.Fill("/finish").Shows(t, 410, "This code was used")
	if two.Session() != "" || h.Rows("accounts") != 1 || h.Rows("sessions") != 1 {
		t.Error("two accounts of one code")
	}
}

// TestA11_TakenMeanwhile: of two who choose one name, the one who finishes first has it; the other is offered others and finishes.
func TestA11_TakenMeanwhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	b := h.Browser()
	b.activates(made.Code)
	goes(newcomer(b, "mary@example.org", "+16175550123", "mary"), allSteps-1)
	h.Person("mary")
	b.Fill("/finish").Shows(t, 409, "Someone else has this username", "These are free")
	b.Fill("/name", "username", "Mary").Shows(t, 422, "Someone else has this username")
	free := regexp.MustCompile(`name="username" value="(mary\d+)"`).FindStringSubmatch(b.last.Body)
	if free == nil {
		t.Fatal("nothing is offered")
	}
	b.Fill("/name", "username", free[1]).Shows(t, 200, "Check and finish", free[1])
	b.Fill("/finish").Shows(t, 200, "Your account is ready")
	h.opened(made, free[1], 3)
}

// TestA11_NamesAreNotCollected: names are looked up for who has a code and the facts, and not without end.
func TestA11_NamesAreNotCollected(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	made := h.Invites("MRN-1")
	b := h.Browser()
	b.activates(made.Code)
	goes(newcomer(b, "mary@example.org", "+16175550123", ""), 6)
	for range 30 {
		b.Fill("/name", "username", "ana").Shows(t, 422)
	}
	b.Fill("/name", "username", "ana").Shows(t, 429, "no more usernames")
	b.Fill("/name", "username", "marymajor").Shows(t, 429)
}

// TestA08_SharedEmail: a family shares an address. An account that has no name but its address keeps that, and its owner is told by
// message alone.
func TestA08_SharedEmail(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	named := h.Person("father", func(a *provider.Account, _ *provider.Authenticator) { setEmail(a, "family@example.org") })
	one, two := h.Invites("MRN-1"), h.Invites("MRN-2")
	h.Browser().comes(one.Code, "family@example.org", "+16175550123", "mother")
	account := h.opened(one, "mother", 3)
	if id, ok := account.Identifier(provider.Email); !ok || id.Value != "family@example.org" {
		t.Error("the shared address is not hers")
	}
	if len(h.Told("M-20")) != 0 {
		t.Error("somebody with a username is told that the address is used")
	}
	nameless := h.Person("nobody", func(a *provider.Account, _ *provider.Authenticator) { setEmail(a, "only@example.org") }, without(provider.Username, provider.Phone))
	before := h.Rows("accounts")
	b := h.Browser()
	b.activates(two.Code)
	goes(newcomer(b, "only@example.org", "+16175550124", "daughter"), allSteps)
	b.last.Shows(t, 200, "Your account is ready")
	told := h.Told("M-20")
	if len(told) != 1 || told[0].Account != nameless.ID || told[0].To != "only@example.org" {
		t.Errorf("M-20: %+v", told)
	}
	if _, ok := h.opened(two, "daughter", 3).Identifier(provider.Email); ok {
		t.Error("the address is a name of two")
	}
	if ids, _ := h.Store.FindAccounts(context.Background(), provider.Email, "only@example.org"); !slices.Equal(ids, []provider.AccountID{nameless.ID}) {
		t.Error("its owner cannot sign in by it any more")
	}
	if h.Rows("accounts") != before+1 || named.ID == "" {
		t.Error("no account")
	}
}

func setEmail(a *provider.Account, to string) {
	for i := range a.Identifiers {
		if a.Identifiers[i].Kind == provider.Email {
			a.Identifiers[i].Value, a.Identifiers[i].Canonical = to, to
		}
	}
}

// TestA11_EmailIsFine: who types the confirmed address has it as a name to sign in with, and a username all the same.
func TestA11_EmailIsFine(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	b := h.Browser()
	b.activates(made.Code)
	goes(newcomer(b, "mary.major@example.org", "+16175550123", ""), 6)
	b.Fill("/name", "username", "somebody@example.org").Shows(t, 422, "just confirmed")
	b.Fill("/name", "username", "x y").Shows(t, 422)
	b.Fill("/name", "username", "MARY.MAJOR@example.org").Shows(t, 200, "Choose a password")
	b.Fill("/password", "new_password", "short").Shows(t, 422, "or more characters")
	b.Fill("/password", "new_password", "mary.major@example.org").Shows(t, 422)
	b.Fill("/password", "new_password", marysPassword).Shows(t, 200, "You can sign in with your email.")
	b.Fill("/finish").Shows(t, 200, "mary.major")
	other := h.Browser()
	other.Get("/account")
	if other.SignIn("mary.major@example.org", marysPassword); other.Session() == "" {
		t.Error("the address does not sign in")
	}
}

// TestA17_HasAnAccount: the record is joined to the account of who signs in, after they say that it is this one; and a second record,
// by a parent's code.
func TestA17_HasAnAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	h.Mail()
	b := h.Browser()
	for i, made := range []activation.Issued{h.Invites("MRN-1"), h.Invites("MRN-2", relation(provider.Parent))} {
		b.activates(made.Code)
		b.born("2", "14", "1987").Shows(t, 200, "Do you have an account")
		b.Fill("/have", "choice", "have")
		if i == 0 {
			b.SignIn("ana", anasPassword)
			b.Fill("/email", "code", h.CodeFor(provider.ByEmail, "ana.codes@example.org"))
		} else {
			b.last.Shows(t, 200, "Who is signing in?")
			b.Choose("/choose", "keep")
		}
		b.last.Shows(t, 200, "Add the record to this account?", "a•••a")
		if i == 1 {
			b.last.Shows(t, 200, "record of your child")
			b.Fill("/join", "choice", "stop").Shows(t, 200, "Do you have an account")
			b.Fill("/have", "choice", "have")
			b.Choose("/choose", "keep")
		}
		b.Fill("/join", "choice", "join").Shows(t, 200, "The record is added")
		b.Get(b.at()).Shows(t, 200, "The record is added")
		records, err := h.Store.RecordsOf(context.Background(), ana.ID, h.now())
		must(t, err)
		if len(records) != i+1 || records[i].Record != made.Record {
			t.Errorf("records %+v", records)
		}
		b.Get("/activate").Shows(t, 200, "Set up your account")
	}
	if h.Rows("accounts") != 1 || len(h.Told("M-07")) != 4 { // to both of her addresses
		t.Error("an account too many, or a message too few")
	}
}

// TestA17_SignedOutMeanwhile: nothing is joined by a page that was left open.
func TestA17_SignedOutMeanwhile(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*browser, *house){
		"another person": func(b *browser, h *house) {
			h.Person("bruno")
			b.http.Jar.SetCookies(mustURL(b.t, h.URL), cookies("__Host-session", h.Browser().In("bruno").Session()))
		},
		"nobody":   func(b *browser, h *house) { b.http.Jar.SetCookies(mustURL(b.t, h.URL), cookies("__Host-session", "x")) },
		"too late": func(_ *browser, h *house) { h.Passes(21 * time.Minute) },
		"ended": func(b *browser, h *house) {
			s, err := h.Store.SessionBySecret(context.Background(), provider.HashSecret(b.Session()))
			must(b.t, err)
			_, err = h.Store.EndSession(context.Background(), s.ID, "by_staff", h.now(), audit.SessionEnded(h.now(), s, "by_staff"))
			must(b.t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, func(c *server.Config) { c.Clocks.Idle = time.Hour })
			ana := h.Mailed("ana")
			made := h.Invites("MRN-1")
			b := h.Browser()
			b.activates(made.Code)
			b.born("2", "14", "1987")
			b.Fill("/have", "choice", "have")
			b.SignIn("ana", anasPassword)
			b.Fill("/email", "code", h.CodeFor(provider.ByEmail, "ana.codes@example.org"))
			left := b.last.Shows(t, 200, "Add the record")
			leave(b, h)
			b.last = left
			b.Fill("/join", "choice", "join").Shows(t, 200, "Do you have an account")
			if records, _ := h.Store.RecordsOf(context.Background(), ana.ID, h.now()); len(records) != 0 {
				t.Errorf("joined: %+v", records)
			}
			if found, _ := h.Store.Activation(context.Background(), made.ID); !found.UsedAt.IsZero() {
				t.Error("the code is used")
			}
		})
	}
}

// TestA18_TwoPeopleOfOneRecord: the patient and a carer each have an account with the same record.
func TestA18_TwoPeopleOfOneRecord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	self, carer := h.Invites("MRN-1"), h.Invites("MRN-1", relation(provider.Carer))
	h.Browser().comes(self.Code, "mary@example.org", "+16175550123", "mary")
	b := h.Browser()
	b.activates(carer.Code)
	b.born("2", "14", "1987").Shows(t, 200, "for someone who helps")
	b.Fill("/have", "choice", "new").Shows(t, 200, "Your email")
	goes(newcomer(b, "carl@example.org", "+16175550124", "carl")[2:], allSteps-2)
	h.opened(self, "mary", 3)
	h.opened(carer, "carl", 3)
}

// TestA03_FactsOfTheOperator: what the operator asks for must all be right; an invitation without it matches nobody.
func TestA03_FactsOfTheOperator(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *server.Config) {
		c.Facts.Required = []activation.Fact{activation.IDLast4, activation.ZIP, activation.LastName}
	})
	bare := h.Invites("MRN-0")
	made := h.Invites("MRN-1", func(in *activation.Invitation) {
		in.Facts[activation.IDLast4], in.Facts[activation.ZIP], in.Facts[activation.LastName] = "0012", "02139", "García-López"
	})
	b := h.Browser()
	b.activates(made.Code).Shows(t, 200, `name="zip"`, `name="last_name"`, `name="id_last4"`)
	b.born("2", "14", "1987").Shows(t, 422, "Enter your ZIP code", "Enter your last name", "Enter the last 4 numbers")
	right := []string{"month", "February", "day", "14", "year", "1987", "zip", "02139-4307", "last_name", "GARCIA LOPEZ", "id_last4", "0012"}
	for i := 1; i < len(right); i += 2 {
		wrong := slices.Clone(right)
		wrong[i] = map[string]string{"February": "March", "14": "15", "1987": "1988", "02139-4307": "02138", "GARCIA LOPEZ": "Garcia", "0012": "0013"}[right[i]]
		h.exec("DELETE FROM lanes")
		b.Fill("/facts", wrong...).Shows(t, 422, "could not match")
	}
	other := h.Browser()
	other.activates(bare.Code)
	other.Fill("/facts", right...).Shows(t, 422, "could not match")
	h.exec("DELETE FROM lanes")
	b.Fill("/facts", right...).Shows(t, 200, "Do you have an account")
}

// TestA16_Resumes: on the same browser the person finds where they were, whatever page they come by; in another, after half an hour,
// and after two hours, the code is asked again, and works.
func TestA16_Resumes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	b := h.Browser()
	b.activates(made.Code)
	steps := newcomer(b, "mary@example.org", "+16175550123", "mary")
	for i, do := range steps {
		at := b.at()
		b.Get("/activate").Shows(t, 200, "<h1>"+headings[i]+"</h1>")
		if b.at() != at {
			t.Errorf("resumed at %s, was at %s", b.at(), at)
		}
		b.Get(at+"/finish").Shows(t, 200, "<h1>"+headings[i]+"</h1>")
		stranger := h.Browser()
		stranger.Get("/activate") // has cookies of its own
		stranger.Get("/activate/code")
		stranger.Get(at)
		if strings.Contains(stranger.last.Body, "mary") || title(stranger.last) == headings[i] {
			t.Errorf("another browser sees %s", title(stranger.last))
		}
		if i < len(steps)-1 {
			do()
		}
	}
	at := b.at()
	h.Passes(31 * time.Minute)
	b.Get("/activate").Shows(t, 200, "Set up your account")
	b.Get(at).Shows(t, 200, "Your code still works")
	b.Post(at+"/finish", url.Values{}).Shows(t, 200, "Your code still works")
	b.comes(made.Code, "mary@example.org", "+16175550123", "mary")
	h.opened(made, "mary", 3)
}

// TestA16_TwoReplicas: each step at another server than the one before.
func TestA16_TwoReplicas(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	b := h.Browser()
	b.activates(made.Code)
	for _, do := range newcomer(b, "mary@example.org", "+16175550123", "mary") {
		at := b.at()
		b.h = h.Replica()
		b.Get(at)
		do()
	}
	b.h = h
	h.opened(made, "mary", 3)
}

// away is a store that cannot be reached while it is off.
type away struct {
	provider.Store

	off atomic.Bool
}

func (a *away) ActivationByCode(ctx context.Context, hash []byte) (provider.Activation, error) {
	if a.off.Load() {
		return provider.Activation{}, provider.ErrUnavailable
	}
	return a.Store.ActivationByCode(ctx, hash)
}

func (a *away) Record(ctx context.Context, e provider.Event) error {
	if a.off.Load() {
		return provider.ErrUnavailable
	}
	return a.Store.Record(ctx, e)
}

// TestA19_StoreAway: no try is counted that could not be looked at, nor one whose match could not be recorded.
func TestA19_StoreAway(t *testing.T) {
	t.Parallel()
	var store *away
	h := newHouse(t, func(c *server.Config) { store = &away{Store: c.Store}; c.Store = store })
	made := h.Invites("MRN-1")
	b := h.Browser()
	facts := b.activates(made.Code)
	store.off.Store(true)
	for range 12 {
		b.last = facts
		p := b.born("3", "3", "1983").Shows(t, 503, "Your code still works")
		if p.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	store.off.Store(false)
	b.last = facts
	b.born("2", "14", "1987").Shows(t, 200, "Do you have an account")
}

// TestA02_NotACode: what cannot be a code is said to be none at once, and what can be is taken, whether there is one or not.
func TestA02_NotACode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, typed := range []string{"", " ", "null", "0", "0000-0000-0001", "<script>", strings.Repeat("0", 900)} {
		b := h.Browser()
		b.activates(typed).Shows(t, 422, "aria-invalid")
		if strings.Contains(b.last.Body, "<script>") {
			t.Error("not escaped")
		}
	}
	h.Browser().activates("0000-0000-0000").Shows(t, 200, "Tell us who you are") // checks, and is nobody's
	if h.Rows("lanes") != 0 {
		t.Error("something was counted")
	}
}

// TestActivationCarriesNoSignIn: what is carried here is no ceremony of a sign-in, nor the other way about.
func TestActivationCarriesNoSignIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	made := h.Invites("MRN-1")
	b := h.Browser()
	b.activates(made.Code)
	goes(newcomer(b, "mary@example.org", "+16175550123", "mary"), 5)
	id := strings.TrimPrefix(b.at(), "/activate/")
	for _, kind := range []string{"", "/password", "/new-password", "/email", "/text", "/way", "/address", "/choose", "/consent", "/recovery", "/lost", "/wait", "/resend"} {
		p := b.Get("/signin/" + id + kind)
		if strings.Contains(p.URL.Path, id) || strings.Contains(p.Body, "example.org") {
			t.Errorf("GET %s: %s", kind, title(p))
		}
		p = b.Post("/signin/"+id+kind, url.Values{})
		if p.Status < 400 && strings.Contains(p.URL.Path, id) {
			t.Errorf("POST %s: %d %s", kind, p.Status, title(p))
		}
	}
	b.Get("/account")
	sign := strings.TrimPrefix(b.last.Step(), "/signin/")
	for _, form := range activationForms() {
		b.Post("/activate/"+sign+"/"+form, url.Values{}).Shows(t, 200, "Set up your account")
	}
	b.Get("/activate/"+sign).Shows(t, 200, "Set up your account")
}

func activationForms() []string {
	return []string{"facts", "have", "join", "email", "text", "check-code", "resend", "call", "other", "alone", "name", "password", "passkey", "renew", "change", "finish"}
}

// fields are those that each form knows.
func fieldsOf(form string) []string {
	switch form {
	case "facts":
		return []string{"month", "day", "year"}
	case "have", "join", "alone", "change":
		return []string{"choice"}
	case "email":
		return []string{"email"}
	case "text":
		return []string{"phone"}
	case "check-code":
		return []string{"code"}
	case "name":
		return []string{"username"}
	case "password":
		return []string{"new_password"}
	case "passkey":
		return []string{"response"}
	}
	return nil
}

// TestActivationWalkedMechanically posts every form at every step: empty, null, "0", missing, plausible, from the browser and from
// another. A form that is not due changes nothing; one that is due goes no further than its own step; another browser gets nothing;
// and no account, session or link comes of any of it.
func TestActivationWalkedMechanically(t *testing.T) {
	t.Parallel()
	due := [][]string{
		{"facts"}, {"have"}, {"email"}, {"check-code", "resend", "other"}, {"text"}, {"check-code", "resend", "call", "other"}, {"name"}, {"password", "passkey"}, {"change", "finish"}, {"finish"},
	}
	for n := range allSteps + 1 {
		t.Run(headings[n], func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			made := h.Invites("MRN-1")
			b := h.Browser()
			b.activates(made.Code)
			goes(newcomer(b, "mary@example.org", "+16175550123", "mary"), n)
			at := b.at()
			b.Get(at).Shows(t, 200, "<h1>"+headings[n]+"</h1>")
			id := strings.TrimPrefix(at, "/activate/")
			ctx := context.Background()
			before, err := h.Store.Ceremony(ctx, id)
			must(t, err)
			rows := func() [4]int {
				return [4]int{h.Rows("accounts"), h.Rows("authenticators"), h.Rows("sessions"), h.Rows("account_records")}
			}
			had := rows()
			stranger := h.Browser()
			stranger.activates(invented())
			for _, form := range activationForms() {
				for _, value := range []string{"", "null", "0", "-", "undefined", "000000", "join", "new", "mary@example.org"} {
					fields := url.Values{}
					for _, name := range fieldsOf(form) {
						if value != "-" {
							fields.Set(name, value)
						}
					}
					if p := stranger.Post(at+"/"+form, fields); !strings.Contains(p.Body, "Set up your account") || p.URL.Path == at {
						t.Fatalf("another browser posts %s %q: %d %s", form, value, p.Status, title(p))
					}
					if slices.Contains(due[n], form) {
						continue
					}
					p := b.Post(at+"/"+form, fields)
					if title(p) != headings[n] {
						t.Fatalf("%s %q, which is not due: %d %s", form, value, p.Status, title(p))
					}
				}
			}
			after, err := h.Store.Ceremony(ctx, id)
			must(t, err)
			if after.Rev != before.Rev || after.Return != before.Return || rows() != had {
				t.Error("a form that is not due changed something")
			}
			for _, form := range due[n] {
				if form == "finish" || form == "resend" || form == "call" || form == "other" {
					continue // they have no field, and are played elsewhere
				}
				junk := []string{"", "null", "0", "-", "undefined", "join", "skipped"}
				if form == "name" {
					junk = []string{"", "0", "-", "000000", "a b", "mary@example.com"} // the others are names
				}
				for _, value := range junk {
					fields := url.Values{}
					for _, name := range fieldsOf(form) {
						if value != "-" {
							fields.Set(name, value)
						}
					}
					b.Post(at+"/"+form, fields)
					if p := b.Get(at); title(p) != headings[n] && !(form == "facts" && p.Status == 429) {
						t.Fatalf("%s %q leads to %s", form, value, title(p))
					}
				}
				b.Post(at+"/"+form, url.Values{"choice": {"a", "b"}}).Shows(t, 400)
				b.Post(at+"/"+form, url.Values{"admin": {"true"}}).Shows(t, 400)
			}
			if rows() != had {
				t.Error("an account, session or link has come of it")
			}
		})
	}
}

// TestA08_WrongCodes: five answers to a code; and twenty to all codes of an invitation in a day.
func TestA08_WrongCodes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	b := h.Browser()
	b.activates(made.Code)
	goes(newcomer(b, "mary@example.org", "", ""), 3)
	code := h.CodeFor(provider.ByEmail, "mary@example.org")
	for range 5 {
		b.Fill("/check-code", "code", other(code)).Shows(t, 422)
	}
	b.Fill("/check-code", "code", code).Shows(t, 422)
	for range 3 {
		b.Fill("/resend")
		code = h.CodeFor(provider.ByEmail, "mary@example.org")
		for range 5 {
			b.Fill("/check-code", "code", other(code)).Shows(t, 422)
		}
	}
	b.Fill("/resend")
	code = h.CodeFor(provider.ByEmail, "mary@example.org")
	b.Get(b.at())
	b.Fill("/check-code", "code", code).Shows(t, 429)
	h.Passes(25 * time.Minute)
	b.Get(b.at())
	b.Fill("/other").Shows(t, 200, "Your email")
}

// TestA08_AnotherPersonsCode: a code counts for the address and the draft that it was sent for, and for no other.
func TestA08_AnotherPersonsCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one, two := h.Invites("MRN-1"), h.Invites("MRN-2")
	a, b := h.Browser(), h.Browser()
	a.activates(one.Code)
	goes(newcomer(a, "mary@example.org", "", ""), 3)
	code := h.CodeFor(provider.ByEmail, "mary@example.org")
	b.activates(two.Code)
	goes(newcomer(b, "eve@example.org", "", ""), 3)
	if h.CodeFor(provider.ByEmail, "eve@example.org") != code {
		b.Fill("/check-code", "code", code).Shows(t, 422)
	}
	// The address changes after the code was sent: the old code confirms nothing.
	a.Fill("/other").Shows(t, 200, "Your email")
	a.Fill("/email", "email", "other@example.org")
	if h.CodeFor(provider.ByEmail, "other@example.org") != code {
		a.Fill("/check-code", "code", code).Shows(t, 422)
	}
}

// TestA15_Changes: every part can be changed before the account is made.
func TestA15_Changes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	b := h.Browser()
	b.activates(made.Code)
	goes(newcomer(b, "mary@example.org", "+16175550123", "mary"), allSteps-1)
	b.Fill("/change", "choice", "email").Shows(t, 200, "Your email")
	b.Fill("/email", "email", "other@example.org")
	b.Fill("/check-code", "code", h.CodeFor(provider.ByEmail, "other@example.org")).Shows(t, 200, "Check and finish", "other@example.org")
	b.Fill("/change", "choice", "name").Shows(t, 200, "Choose a username")
	b.Fill("/name", "username", "major").Shows(t, 200, "Check and finish")
	b.Fill("/change", "choice", "phone").Shows(t, 200, "Your phone")
	b.Fill("/text", "choice", "skip").Shows(t, 200, "Check and finish", "None")
	b.Fill("/change", "choice", "secret").Shows(t, 200, "Choose how to sign in")
	b.Fill("/password", "new_password", "another long sentence 9").Shows(t, 200, "Check and finish")
	b.Fill("/finish").Shows(t, 200, "Your account is ready")
	account := h.opened(made, "major", 2)
	if id, _ := account.Identifier(provider.Email); id.Value != "other@example.org" {
		t.Errorf("%+v", account.Identifiers)
	}
}

// TestActivationSealsWhatItCarries: neither an address nor a hash nor a name stands in what is kept between two pages.
func TestActivationSealsWhatItCarries(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made := h.Invites("MRN-1")
	b := h.Browser()
	b.activates(made.Code)
	goes(newcomer(b, "mary@example.org", "+16175550123", "mary"), allSteps-1)
	c, err := h.Store.Ceremony(context.Background(), strings.TrimPrefix(b.at(), "/activate/"))
	must(t, err)
	kept, err := json.Marshal(c)
	must(t, err)
	for _, secret := range []string{"mary", "argon2", "6175550123", strings.ReplaceAll(made.Code, "-", "")} {
		if strings.Contains(string(kept), secret) || strings.Contains(h.Log.String(), secret) {
			t.Errorf("%q is kept or logged in clear", secret)
		}
	}
	if strings.Contains(h.Log.String(), "1987") {
		t.Error("a date of birth is logged")
	}
}

// TestM05_InvitationArrives: by e-mail with the code and the one address that we have; by text, where there is no e-mail address,
// without any; and the one that replaces another says so.
func TestM05_InvitationArrives(t *testing.T) {
	t.Parallel()
	inbox := &notify.Inbox{}
	h := newHouse(t, func(c *server.Config) { c.Dev, c.Inbox = true, inbox })
	speaks := func(in *activation.Invitation) { in.Silent = false }
	first := h.Invites("MRN-1", speaks)
	second := h.Invites("MRN-1", speaks, func(in *activation.Invitation) { in.Replaces, in.Contact.Email, in.Contact.Lang = true, "", "es" })
	h.deliver()
	h.eventually(func() bool { return len(inbox.All()) == 2 })
	all := inbox.All()
	slices.SortFunc(all, func(a, b notify.Message) int { return strings.Compare(a.Channel, b.Channel) })
	if m := all[0]; m.To != "mary@example.org" || !strings.Contains(m.Text, first.Code) || !strings.Contains(m.Text, h.URL[len("https://"):]+"/activate\n") {
		t.Errorf("%+v", m)
	}
	if m := all[1]; m.Channel != "text" || !strings.Contains(m.Text, second.Code) || !strings.Contains(m.Text, "nuevo") || strings.Contains(m.Text, "http") {
		t.Errorf("%+v", m)
	}
	b := h.Browser()
	b.activates(second.Code)
	b.born("2", "14", "1987").Shows(t, 200, "Do you have an account")
}

// TestA17_AtOnce: joined twenty times at once, and opened in another browser: the code is used once, and whoever comes second hears so.
func TestA17_AtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	made := h.Invites("MRN-1")
	rival := h.Browser()
	rival.activates(made.Code)
	goes(newcomer(rival, "mary@example.org", "+16175550123", "mary"), allSteps-1)
	b := h.Browser()
	b.activates(made.Code)
	b.born("2", "14", "1987")
	b.Fill("/have", "choice", "have")
	b.SignIn("ana", anasPassword)
	b.Fill("/email", "code", h.CodeFor(provider.ByEmail, "ana.codes@example.org"))
	action, _ := b.last.Form(t, "/join")
	twins := make(chan *browser, 20)
	for range 20 {
		twins <- b.Twin()
	}
	for _, heading := range AtOnce(20, func() string { return title((<-twins).Post(action, url.Values{"choice": {"join"}})) }) {
		if heading != "The record is added" {
			t.Errorf("%s", heading)
		}
	}
	rival.Fill("/finish").Shows(t, 410, "This code was used")
	records, err := h.Store.RecordsOf(context.Background(), ana.ID, h.now())
	must(t, err)
	if len(records) != 1 || h.Rows("accounts") != 1 || len(h.Recorded(ana.ID, "record.joined")) != 1 {
		t.Errorf("%d records, %d accounts", len(records), h.Rows("accounts"))
	}
}
