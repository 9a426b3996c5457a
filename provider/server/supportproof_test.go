package server_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/server"
)

// changing are the parts of a console page that differ each time.
var changing = regexp.MustCompile(`<time[^>]*>[^<]*</time>|<bdi>[A-Za-z0-9_-]{8}</bdi>`)

func (p *page) bare() string { return changing.ReplaceAllString(p.Body, "") }

// few bounds the searches of an hour.
func few(n int) func(*server.Config) { return func(c *server.Config) { c.SupportSearches = n } }

func TestNothingIsSearchedBeforeAContact(t *testing.T) {
	o := newOffice(t)
	o.Person("ana")
	w := o.Staff("ada", provider.Agent)
	w.Find("username", "ana", "2/29/1980").Shows(t, 200, "No contact is open")
	for _, lacks := range []string{"channel", "caller", "purpose", "ticket", "language"} {
		w.Contact(lacks, "").Shows(t, http.StatusUnprocessableEntity, "There is a problem")
	}
	for _, e := range o.Trail("") {
		if strings.HasPrefix(e.Kind, "case.") {
			t.Errorf("%s is on record", e.Kind)
		}
	}
}

func TestNobodyAndNotYoursAreAnsweredAlike(t *testing.T) {
	o := newOffice(t)
	own, others := o.Person("boris"), o.Person("cyril")
	o.Person("ana")
	w := o.Staff("ada", provider.Agent, func(s *provider.Staff) { s.Account = own.ID })
	o.Hire("eve", provider.Supervisor, func(s *provider.Staff) { s.Account = others.ID })
	w.Contact()
	none := w.Find("username", "nobody.at.all", "2/29/1980")
	none.Shows(t, 200, "Nobody to show")
	for _, name := range []string{"boris", "cyril"} {
		if got := w.Find("username", name, "2/29/1980"); got.Status != none.Status || got.bare() != none.bare() {
			t.Errorf("%s is answered otherwise than nobody: %d", name, got.Status)
		}
	}
	if got := w.Find("username", "ana", "1/1/1990"); got.bare() != none.bare() {
		t.Error("the right name with the wrong date of birth is answered otherwise")
	}
	searched := 0
	for _, e := range o.Trail("") {
		if e.Kind == "case.searched" {
			searched++
		}
	}
	if searched != 4 {
		t.Errorf("%d of 4 searches are on record", searched)
	}
	w.Find("email", "ana@example.org", "1980-02-29").Shows(t, 200, "a•••a")
}

func TestWildcardsAndEnumerationAreRefusedRecordedAndLimited(t *testing.T) {
	o := newOffice(t, few(4))
	o.Person("ana")
	w := o.Staff("ada", provider.Agent)
	w.Contact()
	for _, wild := range []string{"an*", "%", "a?a"} {
		w.Find("username", wild, "2/29/1980").Shows(t, http.StatusUnprocessableEntity, "Type all of it")
	}
	if e := o.last("case.searched"); e.Detail["outcome"] != "wildcard" {
		t.Errorf("on record: %v", e.Detail)
	}
	w.Find("username", "an", "2/29/1980").Shows(t, 200, "Nobody to show") // a part finds nobody
	for range 3 {
		w.Find("username", "ana", "2/29/1980").Shows(t, http.StatusTooManyRequests, "searched too often")
	}
	alerts := 0
	for _, e := range o.Trail("") {
		if e.Kind == "case.searched" && e.Detail["outcome"] == "limit" {
			alerts++
		}
	}
	if alerts != 1 {
		t.Errorf("%d alerts, want one an hour", alerts)
	}
	w.Contact() // a new case is no way around it
	w.Find("username", "ana", "2/29/1980").Shows(t, http.StatusTooManyRequests)
	o.Passes(61 * time.Minute)
	w.SignIn()
	w.Contact()
	w.Find("username", "ana", "2/29/1980").Shows(t, 200, "a•••a")
}

func TestThreeMissesEndTheCase(t *testing.T) {
	o := newOffice(t)
	o.Person("ana")
	w := o.Staff("ada", provider.Agent)
	w.Contact()
	w.Picks("ana")
	w.Check("username", "ana").Shows(t, http.StatusUnprocessableEntity) // found by it: no evidence, and no miss
	for range 2 {
		if p := w.Check("phone", "617 555 0199").Shows(t, 200, "does not match"); strings.Contains(p.Body, "0101") {
			t.Error("the stored number is shown")
		}
	}
	w.Check("phone", "(617) 555-0101").Shows(t, 200, "That matches") // in whatever form it is said
	id := w.Case().ID
	w.Check("email", "no@example.org").Shows(t, 200, "Three answers did not match")
	c, err := o.Store.Case(context.Background(), id)
	must(t, err)
	if c.EndedWhy != "misses" || c.Misses != 3 {
		t.Errorf("the case: ended %q, %d misses", c.EndedWhy, c.Misses)
	}
	w.Check("email", "ana@example.org").Shows(t, 200, "No contact is open")
}

// TestGuessesAreCountedBeforeTheyAreCompared: many at once get no more than three.
func TestGuessesAreCountedBeforeTheyAreCompared(t *testing.T) {
	o := newOffice(t)
	o.Person("ana")
	w := o.Staff("ada", provider.Agent)
	w.Contact()
	w.Picks("ana")
	AtOnce(12, func() int {
		return w.once(http.MethodPost, "/case/check", url.Values{"fact": {"email"}, "said": {"no@example.org"}}).Status
	})
	counted := 0
	for _, e := range o.Trail("") {
		if e.Kind == "case.checked" {
			counted++
		}
	}
	if counted != provider.MaxMisses {
		t.Errorf("%d guesses were looked at", counted)
	}
}

// TestRightFactsFromALeakGetNothingBeyondL1: whoever knows all facts and has nothing of the patient's.
func TestRightFactsFromALeakGetNothingBeyondL1(t *testing.T) {
	o := newOffice(t)
	ana, _ := o.Apped("ana")
	o.Passes(8 * 24 * time.Hour)
	w := o.Staff("ada", provider.Agent)
	w.Contact()
	w.Picks("ana")
	w.Check("name", "ana RUIZ")
	w.Check("email", "ana@example.org")
	p := w.Check("phone", "617 555 0101")
	for _, hidden := range []string{"Contacts on file", "Ways to sign in", "Signed in now"} {
		if strings.Contains(p.Body, hidden) {
			t.Errorf("%q is shown", hidden)
		}
	}
	for _, to := range []string{"/case/timeline", "/case/messages"} {
		w.Get(to).Shows(t, http.StatusForbidden, "after a live proof")
	}
	held, err := o.Store.Authenticators(context.Background(), ana.ID)
	must(t, err)
	app, _ := provider.Held(held, provider.TOTP)
	for _, action := range []string{"remove_factor", "revoke_app", "reset_factors", "change_contact", "reopen"} {
		w.Act(action, "target", app.ID, "kind", "email", "value", "thief@example.org").Shows(t, http.StatusForbidden, "More must be proven first")
		if e := o.last("help.refused"); e.Detail["action"] != action || e.Detail["why"] != "level" || e.Account != ana.ID {
			t.Errorf("%s: on record %v", action, e.Detail)
		}
	}
	w.Post("/case/document", url.Values{"kind": {"passport"}, "last": {"1234"}}) // over the phone it is none
	if l := w.Case().Level(o.now()); l != provider.L1 {
		t.Errorf("level %d", l)
	}
}

func TestANumberChangedYesterdayGivesNoLiveProof(t *testing.T) {
	o := newOffice(t)
	o.Person("ana")
	o.Passes(24 * time.Hour)
	w := o.Staff("ada", provider.Agent)
	w.Contact()
	w.Picks("ana")
	w.Proves("ana").Shows(t, 200, "No contact on file has been the same for 7 days")
	o.Mail()
	for _, to := range []string{"0", "1", "2", "-1", "x"} {
		w.Post("/case/live", url.Values{"to": {to}}).Shows(t, http.StatusUnprocessableEntity)
	}
	if all := o.Told("M-24"); len(all) != 0 {
		t.Errorf("%d codes were sent", len(all))
	}
	o.Passes(6*24*time.Hour + time.Hour)
	w.SignIn()
	w.Contact()
	w.Picks("ana")
	w.Proves("ana")
	w.Lives().Shows(t, 200, "The code was right", "Contacts on file", "•••01")
	if c := w.Case(); c.Level(o.now()) != provider.L2 {
		t.Errorf("level %d", c.Level(o.now()))
	}
}

// TestACodeThatIsReadOutIsForOneCase: nobody's other code does, nor that of another case, nor the same one twice.
func TestACodeThatIsReadOutIsForOneCase(t *testing.T) {
	o := newOffice(t)
	o.Person("ana")
	o.Passes(8 * 24 * time.Hour)
	w := o.Staff("ada", provider.Agent)
	w.Contact()
	w.Picks("ana")
	w.Proves("ana")
	form := with(url.Values{}, "to", w.last.choice("to"))
	o.Mail()
	p := w.Post("/case/live", form)
	code := o.calledCode()
	if len(code) != 8 {
		t.Fatalf("the code is %q", code)
	}
	_, fields := p.Form(t, "/case/live/code")
	w.Contact()
	w.Picks("ana")
	w.Proves("ana")
	w.Post("/case/live/code", with(fields, "code", code))
	if l := w.Case().Level(o.now()); l != provider.L1 {
		t.Errorf("a code of another case counts: level %d", l)
	}
	w.Lives()
	if l := w.Case().Level(o.now()); l != provider.L2 {
		t.Errorf("level %d", l)
	}
	o.Passes(provider.LiveLasts)
	if l := w.Case().Level(o.now()); l != provider.L1 {
		t.Errorf("a live proof lasts for ever: level %d", l)
	}
}
