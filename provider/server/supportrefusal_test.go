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

var shownReference = regexp.MustCompile(`<bdi class="name">([2-9A-HJ-NP-Z]{8})</bdi>`)

// code is the reference that a page shows.
func (p *page) code(t *testing.T) string {
	t.Helper()
	m := shownReference.FindStringSubmatch(p.Body)
	if m == nil {
		t.Fatalf("no reference on %d %s", p.Status, title(p))
	}
	return m[1]
}

// locks has somebody pause the sign-in of a name, and answers the last wrong try and the first that is turned away.
func (o *office) locks(name string) (wrong, away string) {
	o.t.Helper()
	b, app := o.Browser(), o.App(strings.ReplaceAll("records-"+name, ".", "-"))
	for range 9 {
		b.Get(app.Ask())
		b.SignIn(name, "not the password at all")
	}
	b.Get(app.Ask())
	wrong = b.SignIn(name, "not the password at all").code(o.t)
	b.Get(app.Ask())
	return wrong, b.SignIn(name, anasPassword).code(o.t)
}

// Explain asks what a reference code means.
func (w *worker) Explain(code string) *page {
	w.t.Helper()
	return w.Post("/case/reference", url.Values{"reference": {code}})
}

// TestAReferenceCodeOpensTheRule: who has proven two facts is told what was counted, and when it ends; the agent is led to what helps. Of
// somebody else, and of a name that is nobody's, the rule alone is told, in the same words.
func TestAReferenceCodeOpensTheRule(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	o.Person("boris")
	wrong, away := o.locks("ana")
	o.Passes(6 * time.Minute) // of one network so many are kept
	_, boriss := o.locks("boris")
	o.Passes(6 * time.Minute)
	_, nobodys := o.locks("nobody.at.all")
	kept, err := o.Store.ReferenceOf(context.Background(), away, o.now())
	must(t, err)
	if kept.Rule != provider.RulePaused || kept.Account != ana.ID || kept.Count != 10 || kept.Of != 10 || !kept.LiftsAt.After(o.now()) {
		t.Errorf("kept: %+v", kept)
	}
	w := o.Staff("ada", provider.Agent)
	w.Contact()
	w.Explain(away).Shows(t, 200, "new devices must wait", "This is all that can be told here")
	w.Picks("ana")
	w.Explain(away).Shows(t, 200, "This is all that can be told here") // at L0 nothing is shown
	w.Proves("ana")
	w.Explain(" "+strings.ToLower(away[:4])+"-"+away[4:]).Shows(t, 200, "new devices must wait", "10 of ", "It ends by itself at", "Unlock sign-in")
	if e := o.last("reference.read"); e.Account != ana.ID || e.Detail["outcome"] != "shown" || e.Detail["rule"] != "paused" {
		t.Errorf("on record: %+v", e)
	}
	w.Explain(wrong).Shows(t, 200, "the password was wrong", "10 of ")
	other := w.Explain(boriss).Shows(t, 200, "This is all that can be told here")
	none := w.Explain(nobodys)
	if strings.ReplaceAll(other.bare(), boriss, "") != strings.ReplaceAll(none.bare(), nobodys, "") {
		t.Error("a name that is nobody's is explained otherwise than somebody else's")
	}
	for _, said := range []string{"10 of ", "ends by itself"} {
		if strings.Contains(other.Body, said) {
			t.Errorf("of somebody else it says %q", said)
		}
	}
	w.Explain("22222222").Shows(t, 200, "Nothing is kept under this code")
	w.Explain("2222").Shows(t, http.StatusUnprocessableEntity, "all 8 signs")
	o.Passes(provider.ReferenceKept)
	w.SignIn()
	w.Contact()
	w.Explain(away).Shows(t, 200, "Nothing is kept under this code")
}

// TestRefusalsOfTheOtherWaysAreKept: of codes for a new password, and of invitations, whose or nobody's.
func TestRefusalsOfTheOtherWaysAreKept(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	for name, whose := range map[string]provider.AccountID{"ana": ana.ID, "nobody.at.all": ""} {
		b := o.Browser()
		b.Get("/forgot/password")
		b.Fill("/forgot/password", "username", name)
		code := b.Fill(b.last.URL.Path, "code", "000000").code(t)
		kept, err := o.Store.ReferenceOf(context.Background(), code, o.now())
		must(t, err)
		if kept.Rule != provider.RuleWrongReset || kept.Account != whose || kept.Count != 1 || kept.Of != 5 {
			t.Errorf("%s: %+v", name, kept)
		}
	}
	made := o.Invites("MRN 7")
	b := o.Browser()
	b.activates(made.Code)
	code := b.born("1", "2", "1955").code(t)
	kept, err := o.Store.ReferenceOf(context.Background(), code, o.now())
	must(t, err)
	if kept.Rule != provider.RuleWrongFacts || kept.Invited != made.ID || kept.Count != 1 || kept.Account != "" {
		t.Errorf("%+v", kept)
	}
}

// TestAFloodOfRefusalsFillsNoDisk: of one network so many are kept, and of the rest the console says that nothing is.
func TestAFloodOfRefusalsFillsNoDisk(t *testing.T) {
	o := newOffice(t)
	one, _ := provider.ReferenceRates()
	b, app := o.Browser(), o.App("records")
	before, err := o.Store.Rows(context.Background())
	must(t, err)
	last := ""
	for i := range one.Burst + 5 {
		b.Get(app.Ask())
		last = b.SignIn("name"+string(rune('a'+i)), "not the password at all").code(t)
	}
	after, err := o.Store.Rows(context.Background())
	must(t, err)
	if n := after["refusals"] - before["refusals"]; n != one.Burst {
		t.Errorf("%d rows, want %d", n, one.Burst)
	}
	if _, err := o.Store.ReferenceOf(context.Background(), last, o.now()); err == nil {
		t.Error("the last one is kept")
	}
	o.Passes(one.Every)
	b.Get(app.Ask())
	last = b.SignIn("namez", "not the password at all").code(t)
	_, err = o.Store.ReferenceOf(context.Background(), last, o.now())
	must(t, err)
}

// TestSecurityIsTold: of a contact that was stopped, by its reference, and once of too many searches. Nothing of it names a patient.
func TestSecurityIsTold(t *testing.T) {
	o := newOffice(t, few(2), func(c *server.Config) {
		c.SupportSecurity = []string{"watch@security.example.org", "second@security.example.org"}
	})
	o.Person("ana")
	w := o.Staff("ada", provider.Agent)
	w.Contact()
	w.Picks("ana")
	id := w.Case().ID
	o.Mail()
	w.Post("/case/stop", url.Values{}).Shows(t, 200, "security knows")
	told := o.Told("M-27")
	if len(told) != 2 || told[0].To != "watch@security.example.org" || told[0].Data["what"] != id[:8] || told[0].Data["action"] != "stopped" {
		t.Errorf("told %v", told)
	}
	for _, m := range told {
		for _, v := range m.Data {
			if strings.Contains(v, "ana") {
				t.Errorf("a patient is named: %v", m.Data)
			}
		}
	}
	w.Contact()
	for range 3 {
		w.Find("username", "nobody", "2/29/1980")
	}
	if told := o.Told("M-27"); len(told) != 2 || told[0].Data["action"] != "searches" {
		t.Errorf("of searches: told %v", told)
	}
}

// TestNobodyIsTold: without an address the page says so.
func TestNobodyIsTold(t *testing.T) {
	o := newOffice(t)
	w := o.Staff("ada", provider.Agent)
	w.Contact()
	w.Post("/case/stop", url.Values{}).Shows(t, 200, "Nobody gets a message of it")
	if e := o.last("case.ended"); e.Detail["why"] != "security" {
		t.Errorf("on record: %v", e.Detail)
	}
}
