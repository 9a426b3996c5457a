package server_test

import (
	"context"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

const (
	anasHome = "ana@example.org" // the address that ana has from the start
	anasNext = "ana.new@example.com"
)

// account reads one.
func (h *house) account(id provider.AccountID) provider.Account {
	h.t.Helper()
	a, err := h.Store.Account(context.Background(), id)
	must(h.t, err)
	return a
}

// addresses are an account's of a kind, in their order.
func (h *house) addresses(id provider.AccountID, kind provider.IdentifierKind) []string {
	h.t.Helper()
	all := []string{}
	for _, i := range h.account(id).Identifiers {
		if i.Kind == kind {
			all = append(all, i.Canonical)
		}
	}
	return all
}

// AtContacts is ana's browser, signed in with a code by e-mail, at the list of her addresses. She has anasHome and a phone without
// codes, and codes by anasMail.
func (h *house) AtContacts() (*browser, provider.Account) {
	h.t.Helper()
	ana := h.Mailed("ana")
	b := h.Browser().In("ana")
	b.toContacts("")
	return b, ana
}

// toContacts leads to the list or one of its pages, with a code where one is wanted.
func (b *browser) toContacts(page string) *page {
	b.t.Helper()
	p := b.Get("/account/contacts" + page)
	if len(p.radios()) > 0 {
		b.Fill("/way", "way", p.radios()[0])
		p = b.Fill("/email", "code", b.h.CodeFor(provider.ByEmail, anasMail))
	}
	return p
}

// act is the address of what can be done with an address on the list, by its mask.
func (b *browser) act(masked, what string) string {
	b.t.Helper()
	for _, card := range strings.Split(b.last.Body, `<li class="card">`)[1:] {
		if !strings.Contains(html.UnescapeString(card), masked) {
			continue
		}
		if m := regexp.MustCompile(`(?:href|action)="(/account/contacts/[^"/]+/` + what + `)"`).FindStringSubmatch(card); m != nil {
			return m[1]
		}
	}
	return ""
}

// confirms types a new address and the code that comes to it.
func (b *browser) confirms(to string) *page {
	b.t.Helper()
	b.Fill("/address", "email", to)
	return b.Fill("/email", "code", b.h.CodeFor(provider.ByEmail, to))
}

func toldTo(all []provider.Claim, action string) []string {
	var to []string
	for _, m := range all {
		if m.Data["action"] == action {
			to = append(to, m.To)
		}
	}
	slices.Sort(to)
	return to
}

// TestY06_Add: a new address is of the account once its code was typed, and not before; it gets codes and notices, and is a name.
func TestY06_Add(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana := h.AtContacts()
	b.last.Shows(t, 200, "a•••@example.org", "•••01", "Gets codes to sign in, and notices", "Gets notices, and no codes", "Confirmed on")
	if strings.Contains(b.last.Body, anasMail) || strings.Contains(b.last.Body, anasHome) {
		t.Error("an address is shown in full")
	}
	b.Get("/account/add-contact/email").Shows(t, 200, `name="email"`)
	h.Mail()
	b.Fill("/address", "email", " Ana.New@Example.com ")
	told := h.Mail()
	if len(told) != 1 || told[0].To != "Ana.New@Example.com" || told[0].Template != "M-02" {
		t.Fatalf("told %+v", told)
	}
	if got := h.addresses(ana.ID, provider.Email); len(got) != 1 || len(h.ofKind(ana.ID, provider.EmailCode)) != 1 {
		t.Fatalf("an address counts before its code was typed: %v", got)
	}
	b.Fill("/email", "code", other(h.code(told[0]))).Shows(t, 422)
	action, form := b.last.Form(t, "/email")
	form.Set("code", h.code(told[0]))
	b.Post(action, form).Shows(t, 200, "Your new email is added.", `role="status"`)
	if got := h.addresses(ana.ID, provider.Email); !slices.Equal(got, []string{anasHome, anasNext}) {
		t.Errorf("addresses %v", got)
	}
	if got := toldTo(h.Told("M-09"), "added"); !slices.Equal(got, []string{"Ana.New@Example.com", anasMail, anasHome}) {
		t.Errorf("told %v", got)
	}
	b.Post(action, form) // sent twice
	if n := len(h.ofKind(ana.ID, provider.EmailCode)); n != 2 || len(h.Recorded(ana.ID, "contact.added")) != 1 {
		t.Errorf("%d places for codes, %d records", n, len(h.Recorded(ana.ID, "contact.added")))
	}
	h.Browser().In(anasNext)
}

// TestY06_Change: the new address takes the place of the old one in one act; both hear of it, the old one sees no more than a mask,
// and whoever else was in is out.
func TestY06_Change(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana := h.AtContacts()
	elsewhere := h.Browser().In("ana")
	h.Passes(3 * time.Minute)
	b.Get(b.act("a•••@example.org", "change")).Shows(t, 200, `name="email"`)
	b.Fill("/address", "email", anasNext)
	code := h.CodeFor(provider.ByEmail, anasNext)
	if got := h.addresses(ana.ID, provider.Email); !slices.Equal(got, []string{anasHome}) {
		t.Fatalf("changed before its code was typed: %v", got)
	}
	at := h.now()
	b.Fill("/email", "code", code).Shows(t, 200, "Your email is changed.", "a•••@example.com")
	if got := h.addresses(ana.ID, provider.Email); !slices.Equal(got, []string{anasNext}) {
		t.Errorf("addresses %v", got)
	}
	email, _ := h.account(ana.ID).Identifier(provider.Email)
	if email.VerifiedAt.Before(at) {
		t.Errorf("it has been so since %v", email.VerifiedAt)
	}
	told := h.Told("M-09")
	if got := toldTo(told, "changed"); !slices.Equal(got, []string{anasMail, anasNext, anasHome}) {
		t.Errorf("told %v", got)
	}
	for _, m := range told {
		if m.Data["what"] != "a•••@example.com" {
			t.Errorf("%s reads %q", m.To, m.Data["what"])
		}
	}
	elsewhere.Get("/account").Asks(t, "another session")
	b.Get("/account/contacts").Shows(t, 200, "a•••@example.com")
	h.Browser().In(anasNext)
	stranger := h.Browser()
	stranger.Get("/account")
	if stranger.SignIn(anasHome, anasPassword); stranger.Session() != "" {
		t.Error("the old address still signs in")
	}
	if events := h.Recorded(ana.ID, "contact.changed"); len(events) != 1 || events[0].Detail["kind"] != "email" {
		t.Errorf("recorded %+v", events)
	}
	if sealed := h.sealedOf(ana.ID, "contact.changed"); len(sealed) != 2 || sealed["before"] == sealed["after"] || !strings.HasPrefix(sealed["after"], "a•••@") {
		t.Errorf("before and after: %v", sealed)
	}
	b.Get("/account/activity").Shows(t, 200, "Phone or email changed: ")
}

// TestY06_ChangeOfWhereCodesGo: the old address gets no codes any more, and one told to go first follows.
func TestY06_ChangeOfWhereCodesGo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana := h.AtContacts()
	was := h.ofKind(ana.ID, provider.EmailCode)[0]
	b.Post("/account/choices", url.Values{"language": {"en"}, "codes": {was.ID}})
	at := h.act2(b, was)
	b.Get(at).Shows(t, 200, `name="email"`)
	b.confirms(anasNext).Shows(t, 200, "Your email is changed.")
	now := h.ofKind(ana.ID, provider.EmailCode)
	if len(now) != 1 || now[0].ID == was.ID || h.account(ana.ID).Profile.Choices.Codes != now[0].ID {
		t.Errorf("codes go to %+v, first to %q", now, h.account(ana.ID).Profile.Choices.Codes)
	}
	if got := h.addresses(ana.ID, provider.Email); !slices.Equal(got, []string{anasHome, anasNext}) {
		t.Errorf("addresses %v", got)
	}
	b.Get(at).Shows(t, 200, "This has changed meanwhile.") // Back, or another tab
	h.Mail()
	other := h.Browser().In("ana")
	other.Fill("/way", "way", other.Get("/account/ways").radios()[0])
	h.CodeFor(provider.ByEmail, anasNext)
}

// act2 is where the address that an authenticator sends to can be changed: the list says that it gets codes.
func (h *house) act2(b *browser, a provider.Authenticator) string {
	h.t.Helper()
	b.Get("/account/contacts")
	for _, card := range strings.Split(b.last.Body, `<li class="card">`)[1:] {
		if strings.Contains(card, "Gets codes to sign in, and notices") {
			return regexp.MustCompile(`href="(/account/contacts/[^"]+/change)"`).FindStringSubmatch(card)[1]
		}
	}
	h.t.Fatalf("nothing gets the codes of %s", a.ID)
	return ""
}

// TestY06_Remove: an address goes with its codes; the last way in, the last address and the only name stay, and the page says why.
func TestY06_Remove(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana := h.AtContacts()
	codes := strings.TrimSuffix(h.act2(b, provider.Authenticator{}), "change") + "remove"
	b.Get(codes).Shows(t, 422, "You need this one to get in.")
	b.Post(codes, url.Values{}).Shows(t, 422, "You need this one to get in.")
	if len(h.ofKind(ana.ID, provider.EmailCode)) != 1 {
		t.Fatal("the only second step was removed")
	}
	b.Get("/account/contacts")
	phone := b.act("•••01", "remove")
	b.Get(phone).Shows(t, 200, "Remove this phone or email?", "•••01")
	if len(h.addresses(ana.ID, provider.Phone)) != 1 {
		t.Fatal("a GET removed it")
	}
	b.Post(phone, url.Values{}).Shows(t, 200, "The phone is removed.", `role="status"`)
	if got := h.addresses(ana.ID, provider.Phone); len(got) != 0 {
		t.Errorf("phones %v", got)
	}
	if told := h.Told("M-10"); !slices.ContainsFunc(told, func(m provider.Claim) bool { return m.To == "+16175550101" && m.Data["action"] == "removed" }) {
		t.Errorf("told %v", told)
	}
	b.Post(phone, url.Values{}).Shows(t, 200, "This has changed meanwhile.") // sent twice
	if n := len(h.Recorded(ana.ID, "contact.removed")); n != 1 {
		t.Errorf("%d records", n)
	}
}

// TestY06_TheOnlyNameAndTheLastAddressStay.
func TestY06_TheOnlyNameAndTheLastAddressStay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	nameless := h.Person("ana", func(a *provider.Account, _ *provider.Authenticator) {
		a.Identifiers = slices.DeleteFunc(a.Identifiers, func(i provider.Identifier) bool { return i.Kind == provider.Username })
	})
	b := h.Browser().In(anasHome)
	b.Get("/account/contacts")
	b.Get(b.act("a•••@example.org", "remove")).Shows(t, 422, "You sign in with this email.")
	b.Post(b.last.URL.Path, url.Values{}).Shows(t, 422, "You sign in with this email.")
	if len(h.addresses(nameless.ID, provider.Email)) != 1 {
		t.Error("the only name was removed")
	}

	lone := h.Person("lone", func(a *provider.Account, _ *provider.Authenticator) {
		a.Identifiers = slices.DeleteFunc(a.Identifiers, func(i provider.Identifier) bool { return i.Kind == provider.Phone })
	})
	c := h.Browser().In("lone")
	c.Get("/account/contacts")
	c.Get(c.act("l•••@example.org", "remove")).Shows(t, 422, "we could not reach you")
	c.Post(c.last.URL.Path, url.Values{}).Shows(t, 422, "we could not reach you")
	if len(h.addresses(lone.ID, provider.Email)) != 1 {
		t.Error("the last address was removed")
	}
}

// TestY06_First: the first address is the one that applications hear of; how long it has been known stays.
func TestY06_First(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana := h.AtContacts()
	bound := h.ofKind(ana.ID, provider.EmailCode)[0].CreatedAt
	h.Passes(time.Minute)
	first := ""
	for _, card := range strings.Split(b.last.Body, `<li class="card">`)[1:] {
		if m := regexp.MustCompile(`action="(/account/contacts/[^"]+/first)"`).FindStringSubmatch(card); m != nil {
			first = m[1]
		}
	}
	b.Post(first, url.Values{}).Shows(t, 200, "This email now comes first.", "This one comes first")
	email, _ := h.account(ana.ID).Identifier(provider.Email)
	if email.Canonical != anasMail || !email.VerifiedAt.Equal(bound) {
		t.Errorf("first is %+v, bound at %v", email, bound)
	}
	if got := toldTo(h.Told("M-09"), "first"); len(got) != 2 {
		t.Errorf("told %v", got)
	}
	b.Post(first, url.Values{}).Shows(t, 200, "This email now comes first.") // sent twice
	if n := len(h.Recorded(ana.ID, "contact.first")); n != 1 {
		t.Errorf("%d records", n)
	}
}

// TestY06_OfOthersAndLate: what is another's is not found, what is old is asked again, and nothing is half done.
func TestY06_OfOthersAndLate(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bruno := h.Person("bruno")
	other := h.Browser().In("bruno")
	other.Get("/account/contacts")
	theirs := []string{other.act("b•••@example.org", "change"), other.act("b•••@example.org", "remove"), other.act("•••01", "remove")}
	b, ana := h.AtContacts()
	mine := b.act("•••01", "remove")
	for _, path := range append(theirs, "/account/contacts/x/remove", "/account/contacts/x/change") {
		b.Get(path).Shows(t, 200, "This has changed meanwhile.")
		if !strings.HasSuffix(path, "change") {
			b.Post(path, url.Values{}).Shows(t, 200, "This has changed meanwhile.")
		}
		b.Post(strings.TrimSuffix(path, "remove")+"first", url.Values{})
	}
	b.Get("/account/add-contact/totp").Shows(t, 404)
	stranger := h.Browser()
	stranger.Post(mine, url.Values{}).Asks(t, "a stranger")

	h.Passes(11 * time.Minute)
	b.Post(mine, url.Values{}).Asks(t, "an old proof")
	b.Post(strings.TrimSuffix(mine, "remove")+"first", url.Values{}).Asks(t, "an old proof")
	b.Post("/account/username", url.Values{"username": {"anita"}}).Asks(t, "an old proof")
	b.SignIn("ana", anasPassword)
	b.Fill("/email", "code", h.CodeFor(provider.ByEmail, anasMail)).Shows(t, 200, `value="anita"`) // what was typed is kept
	for _, a := range []provider.Account{ana, bruno} {
		if got := h.account(a.ID); got.Rev != 1 || len(got.Identifiers) != 3 {
			t.Errorf("revision %d, %+v", got.Rev, got.Identifiers)
		}
	}
}

// TestY06_AtOnce: of fifty removals one takes place; of fifty confirmations of one code one adds; and a tab that was slower says so.
func TestY06_AtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana := h.AtContacts()
	remove := b.act("•••01", "remove")
	AtOnce(50, func() *page { return b.Twin().Post(remove, url.Values{}) })
	if n := len(h.Recorded(ana.ID, "contact.removed")); n != 1 || len(h.addresses(ana.ID, provider.Phone)) != 0 {
		t.Errorf("removed %d times", n)
	}
	b.Get("/account/add-contact/email")
	b.Fill("/address", "email", anasNext)
	action, form := b.last.Form(t, "/email")
	form.Set("code", h.CodeFor(provider.ByEmail, anasNext))
	AtOnce(50, func() *page { return b.Twin().Post(action, form) })
	if n := len(h.Recorded(ana.ID, "contact.added")); n != 1 || len(h.ofKind(ana.ID, provider.EmailCode)) != 2 {
		t.Errorf("added %d times, %d places for codes", n, len(h.ofKind(ana.ID, provider.EmailCode)))
	}
}

// TestY06_TwoTabs: an address that one tab removes while another changes it is not brought back.
func TestY06_TwoTabs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana := h.AtContacts()
	remove := b.act("•••01", "remove")
	b.Get(b.act("•••01", "change")).Shows(t, 200, `name="phone"`)
	b.Fill("/address", "phone", "+1 617 555 0177")
	code := h.CodeFor(provider.ByText, "+16175550177")
	change := *b.last
	b.Post(remove, url.Values{}).Shows(t, 200, "The phone is removed.")
	b.last = &change
	b.Fill("/text", "code", code).Shows(t, 200, `role="status"`)
	if got := h.addresses(ana.ID, provider.Phone); !slices.Equal(got, []string{"+16175550177"}) {
		t.Errorf("phones %v", got)
	}
}

// TestY06_ASharedAddress: a family may have one address. It is no name then; the only name of somebody else stays theirs.
func TestY06_ASharedAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bruno := h.Person("bruno")
	nameless := h.Person("eve", func(a *provider.Account, _ *provider.Authenticator) {
		a.Identifiers = slices.DeleteFunc(a.Identifiers, func(i provider.Identifier) bool { return i.Kind == provider.Username })
	})
	b, ana := h.AtContacts()
	b.Get("/account/add-contact/email")
	b.confirms("bruno@example.org").Shows(t, 200, "Your new email is added.")
	if got := h.addresses(ana.ID, provider.Email); !slices.Contains(got, "bruno@example.org") {
		t.Errorf("addresses %v", got)
	}
	h.Browser().In("bruno")
	if len(h.addresses(bruno.ID, provider.Email)) != 1 {
		t.Error("the other lost it")
	}
	b.Get("/account/add-contact/email")
	b.confirms("eve@example.org").Shows(t, 200, "Your new email is added.")
	if got := h.addresses(ana.ID, provider.Email); slices.Contains(got, "eve@example.org") || len(h.ofKind(ana.ID, provider.EmailCode)) != 3 {
		t.Errorf("somebody's only name is another's too: %v", got)
	}
	h.Browser().In("eve@example.org")
	if len(h.addresses(nameless.ID, provider.Email)) != 1 {
		t.Error("the other lost it")
	}
	b.Post(b.act("e•••@example.org", "first"), url.Values{}).Shows(t, 422, "Someone else signs in with just this email.")
}

// TestY16_Username: another name is chosen; the old one signs in no more, and is nobody else's ever.
func TestY16_Username(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	bruno := h.Person("bruno")
	b := h.Browser().In("ana")
	b.Get("/account/username").Shows(t, 200, "Ana Ruiz", "February 29, 1980", "call your clinic", `name="username"`, "3 times in 30 days")
	for typed, words := range map[string]string{
		"": "Enter a username", "a b c": "no spaces", "ab": "3 or more", "ana@example.net": "no spaces", "12345": "at least one letter", "Bruno": "Someone else has this username",
	} {
		b.Post("/account/username", url.Values{"username": {typed}}).Shows(t, 422, words)
	}
	h.Mail()
	b.Post("/account/username", url.Values{"username": {" Anita.Ruiz "}}).Shows(t, 200, "Your new username is saved.", "anita.ruiz", `role="status"`)
	told := h.Told("M-29")
	if len(told) != 1 || told[0].To != anasHome || told[0].Data["whom"] != "a•••a" || told[0].Data["what"] != "a•••z" {
		t.Errorf("told %+v", told)
	}
	h.Browser().In("anita.ruiz")
	stranger := h.Browser()
	stranger.Get("/account")
	if stranger.SignIn("ana", anasPassword); stranger.Session() != "" {
		t.Error("the old name signs in")
	}
	other := h.Browser().In("bruno")
	other.Post("/account/username", url.Values{"username": {"ana"}}).Shows(t, 422, "Someone else has this username", "These are free")
	if got := h.addresses(bruno.ID, provider.Username); !slices.Equal(got, []string{"bruno"}) {
		t.Errorf("bruno is %v", got)
	}
	b.Post("/account/username", url.Values{"username": {"ana"}}).Shows(t, 200, "Your new username is saved.") // its owner may
	b.Post("/account/username", url.Values{"username": {"ana"}}).Shows(t, 200, "Your new username is saved.") // and it is no change
	b.Post("/account/username", url.Values{"username": {"ana.three"}}).Shows(t, 200, "Your new username is saved.")
	b.Post("/account/username", url.Values{"username": {"ana.four"}}).Shows(t, 429, "you can change it again on")
	if got := h.addresses(ana.ID, provider.Username); !slices.Equal(got, []string{"ana.three"}) || len(h.Recorded(ana.ID, "username.changed")) != 3 {
		t.Errorf("ana is %v", got)
	}
	h.Passes(30*24*time.Hour + time.Minute)
	b = h.Browser().In("ana.three")
	b.Post("/account/username", url.Values{"username": {"ana.four"}}).Shows(t, 200, "Your new username is saved.")
}

// TestY16_Clear: who has an e-mail address of their own can go without a username; who shares it cannot.
func TestY16_Clear(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	b := h.Browser().In("ana")
	b.Get("/account/username").Shows(t, 200, "Remove my username", "a•••@example.org")
	b.Post("/account/username", url.Values{"clear": {"1"}}).Shows(t, 200, "Your username is removed.", "You have none.")
	if len(h.addresses(ana.ID, provider.Username)) != 0 {
		t.Error("it is still there")
	}
	h.Browser().In(anasHome)
	h.Browser().Get("/account")
	b.Post("/account/username", url.Values{"clear": {"1"}}).Shows(t, 200)
	if n := len(h.Recorded(ana.ID, "username.changed")); n != 1 {
		t.Errorf("%d records", n)
	}
	for _, name := range []string{"mother", "father"} {
		h.Person(name, reachedBy("xfamily"))
	}
	c := h.Browser().In("mother")
	if p := c.Get("/account/username"); strings.Contains(p.Body, "Remove my username") {
		t.Error("who shares the address can give the name up")
	}
	c.Post("/account/username", url.Values{"clear": {"1"}}).Shows(t, 422, "you need an email that no one else here uses")
}

// TestY16_AtOnce: fifty owners want one name at the same moment; one gets it, and nobody pays for what they did not get.
func TestY16_AtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const runners = 10
	var all []*browser
	for i := range runners {
		h.Person(fmt.Sprint("runner.", i))
		all = append(all, h.Browser().In(fmt.Sprint("runner.", i)))
	}
	var mu sync.Mutex
	won, next := 0, 0
	AtOnce(runners*5, func() bool {
		mu.Lock()
		b := all[next%runners].Twin()
		next++
		mu.Unlock()
		p := b.Post("/account/username", url.Values{"username": {"prize"}})
		mu.Lock()
		defer mu.Unlock()
		if p.Status == 200 && strings.Contains(p.Body, "Your new username is saved.") {
			won++
		}
		return true
	})
	owners, err := h.Store.FindAccounts(context.Background(), provider.Username, "prize")
	must(t, err)
	if len(owners) != 1 || won == 0 || len(h.Recorded(owners[0], "username.changed")) != 1 {
		t.Fatalf("%d owners, %d were told so", len(owners), won)
	}
	for i, b := range all {
		b.Post("/account/username", url.Values{"username": {fmt.Sprint("later.", i)}}).Shows(t, 200, "Your new username is saved.")
	}
}

// TestY16_AnOldNameIsGivenToNobody: neither to a new account nor to an import.
func TestY16_AnOldNameIsGivenToNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	h.Browser().In("ana").Post("/account/username", url.Values{"username": {"anita"}}).Shows(t, 200, "Your new username is saved.")
	a := provider.Account{ID: provider.AccountID(provider.NewID()), Status: provider.Active, Identifiers: []provider.Identifier{
		{Kind: provider.Username, Value: "ana", Canonical: "ana"},
	}}
	e := audit.AccountCreated(h.now(), a.ID, audit.Operator)
	if err := h.Store.CreateAccount(context.Background(), a, nil, e); err == nil {
		t.Error("a new account has it")
	}
}

// TestY12_Language: it is that of pages and of messages, from the next page on, and in another browser once its owner is known.
func TestY12_Language(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana := h.AtContacts()
	b.Get("/account/choices").Shows(t, 200, "Español", "English", "We always send messages about the safety of your account.", "Ctrl")
	b.Post("/account/choices", url.Values{"language": {"es"}, "news": {"on"}}).Shows(t, 200, `<html lang="es"`, "Sus preferencias están guardadas.")
	if a := h.account(ana.ID); a.Profile.Locale != "es" || a.Profile.Choices != (provider.Choices{}) {
		t.Errorf("%+v", a.Profile)
	}
	b.Post("/account/devices/others", url.Values{})
	h.Mail()
	c := h.Browser()
	c.Get("/account").Shows(t, 200, `<html lang="en"`)
	c.SignIn("ana", anasPassword).Shows(t, 200, `<html lang="es"`)
	c.Get("/account").Shows(t, 200, `<html lang="es"`, `href="/account/choices"`)
	c.Post("/account/devices/end", url.Values{"session": {"x"}}).Shows(t, 404)
	c.Get("/account/ways")
	c.Fill("/way", "way", c.last.radios()[0]).Shows(t, 200, `<html lang="es"`)
	if told := h.Mail(); len(told) == 0 || slices.ContainsFunc(told, func(m provider.Claim) bool { return m.Lang != "es" }) {
		t.Errorf("told %+v", told)
	}
	b.Get("/language?to=en&back=/account").Shows(t, 200, `<html lang="en"`) // what is chosen on a page goes before it
	b.Post("/account/choices", url.Values{"language": {"es"}, "news": {"on"}}).Shows(t, 200, `<html lang="es"`)
	for _, tag := range []string{"", "fr", "xx", "../es"} {
		b.Post("/account/choices", url.Values{"language": {tag}}).Shows(t, 422)
	}
	if a := h.account(ana.ID); a.Profile.Locale != "es" {
		t.Errorf("now %q", a.Profile.Locale)
	}
}

// TestY12_Codes: they go first where their owner wants them, by call if so; a place that is not hers is none.
func TestY12_Codes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, ana := h.AtContacts()
	phone := h.Gives(ana, provider.TextCode, address(anasPhone))
	theirs := h.Gives(h.Person("bruno"), provider.EmailCode, address("bruno@example.org"))
	for _, no := range []string{theirs.ID, "x", phone.ID + ".call.call", h.ofKind(ana.ID, provider.EmailCode)[0].ID + ".call"} {
		b.Post("/account/choices", url.Values{"language": {"en"}, "codes": {no}}).Shows(t, 422, "That choice is not here any more.")
	}
	b.Get("/account/choices").Shows(t, 200, "Text to", "Call to", "Email to")
	b.Post("/account/choices", url.Values{"language": {"en"}, "codes": {phone.ID + ".call"}}).Shows(t, 200, "Your choices are saved.")
	if want := (provider.Choices{Codes: phone.ID, Call: true, Fewer: true}); h.account(ana.ID).Profile.Choices != want {
		t.Errorf("%+v", h.account(ana.ID).Profile.Choices)
	}
	h.Mail()
	app := h.App("records")
	c := h.Browser()
	c.Get(app.Ask("acr_values", provider.TwoStep.ACR()))
	c.SignIn("ana", anasPassword).Shows(t, 200, `name="code"`)
	c.Fill("/text", "code", h.CodeFor(provider.ByVoice, anasPhone))
	if c.last.To == nil {
		t.Errorf("the code of the call is not taken: %s", title(c.last))
	}
}

// TestY12_SafetyIsAlwaysTold: who wants fewer messages hears of changes all the same.
func TestY12_SafetyIsAlwaysTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, _ := h.AtContacts()
	b.Post("/account/choices", url.Values{"language": {"en"}}).Shows(t, 200, "Your choices are saved.")
	h.Mail()
	b.Get("/account/add-contact/email")
	b.confirms(anasNext).Shows(t, 200, "Your new email is added.")
	b.Post("/account/username", url.Values{"username": {"anita"}})
	all := h.Mail()
	for _, template := range []string{"M-09", "M-29"} {
		if !slices.ContainsFunc(all, func(m provider.Claim) bool { return m.Template == template }) {
			t.Errorf("%s was not told", template)
		}
	}
}
