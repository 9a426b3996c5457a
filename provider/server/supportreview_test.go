package server_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/server"
)

const fire = "the ward asks after a fire in the house"

// Breaks has a supervisor see more without proof.
func (w *worker) Breaks(pairs ...string) *page {
	w.t.Helper()
	return w.Post("/case/glass", with(url.Values{"reason": {fire}, "tell": {"yes"}}, pairs...))
}

// Closes closes the one review that is open.
func (w *worker) Closes(pairs ...string) *page {
	w.t.Helper()
	return w.Post("/reviews/"+w.o.reviewID()+"/close", with(url.Values{"word": {"right"}}, pairs...))
}

func (o *office) reviewID() string {
	o.t.Helper()
	all, err := o.Store.OpenReviews(context.Background(), 10)
	must(o.t, err)
	if len(all) != 1 {
		o.t.Fatalf("%d reviews are open", len(all))
	}
	return all[0].ID
}

// watches puts somebody on the watch list.
func (o *office) watches(username string, by provider.StaffID) {
	o.t.Helper()
	ids, err := o.Store.FindAccounts(context.Background(), provider.Username, username)
	must(o.t, err)
	now := o.now().Truncate(time.Microsecond)
	who := provider.Staff{ID: by, Role: provider.Supervisor}
	must(o.t, o.Store.Watch(context.Background(), provider.Watch{Account: ids[0], Why: provider.WatchVIP, By: by, At: now}, audit.AccountWatched(now, who, ids[0], "vip", true)))
}

func (o *office) count(kind string) int {
	n := 0
	for _, e := range o.Trail("") {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// TestGlassIsBrokenSeenAndReviewed: the whole story, from the reason to the second supervisor's word; the patient is told at once.
func TestGlassIsBrokenSeenAndReviewed(t *testing.T) {
	o := newOffice(t)
	ana, _ := o.Apped("ana")
	o.Passes(8 * 24 * time.Hour)
	w, boss := o.Staff("ada", provider.Supervisor), o.Staff("grace", provider.Supervisor)
	w.Contact()
	w.Get("/case/glass").Shows(t, 200, "Find the person") // nobody is found yet
	w.Picks("ana")
	if p := w.Get("/case"); strings.Contains(p.Body, "Contacts on file") {
		t.Fatal("contacts are shown without proof")
	}
	w.Get("/case/timeline").Shows(t, http.StatusForbidden)
	w.Get("/case/glass").Shows(t, 200, "Why do you need to see it?")
	for _, bad := range [][]string{{"reason", "because"}, {"reason", "1 2 3 4 5 6 7 8 9 10"}, {"tell", "law"}, {"tell", "law", "held", "law"}, {"tell", "no"}} {
		w.Breaks(bad...).Shows(t, http.StatusUnprocessableEntity)
	}
	o.Mail()
	p := w.Breaks().Shows(t, 200, "You see more now", "Contacts on file", "Ways to sign in", "You can do no more than before", "L0")
	if strings.Contains(p.Body, "ana@example.org") || strings.Contains(p.Body, "555 0101") || strings.Contains(p.Body, "Ruiz") {
		t.Error("a contact is shown in full")
	}
	told := map[string]string{}
	for _, m := range o.Mail() {
		told[m.Template] += m.To + " "
	}
	if !strings.HasPrefix(told["M-32"], "ana@example.org ") || told["M-27"] != "grace@staff.example.org " || len(told) != 2 {
		t.Errorf("told %v", told)
	}
	w.Get("/case/timeline").Shows(t, 200, "The glass was broken")
	w.Act("unlock").Shows(t, http.StatusForbidden, "More must be proven first")
	w.Act("remove_factor").Shows(t, http.StatusForbidden, "More must be proven first")
	w.Breaks().Shows(t, http.StatusForbidden, "You see more already")
	e := o.last("case.glass")
	if e.Account != ana.ID || e.Actor != "staff:"+string(w.who.ID) || e.Detail["case"] != w.Case().ID || e.Detail["review"] != o.reviewID() {
		t.Errorf("on record: %+v", e)
	}
	for _, e := range o.Trail("") {
		for _, v := range e.Detail {
			if strings.Contains(v, "ward") {
				t.Errorf("%s says why in their own words", e.Kind)
			}
		}
	}
	w.Get("/reviews").Shows(t, 200, "Nothing waits for you")
	w.Get("/reviews/"+o.reviewID()).Shows(t, http.StatusForbidden)
	w.Closes().Shows(t, http.StatusForbidden)
	if e := o.last("review.denied"); e.Detail["why"] != "self" {
		t.Errorf("on record: %v", e.Detail)
	}
	boss.Get("/").Shows(t, 200, "Waiting for you: 1")
	boss.Get("/reviews").Shows(t, 200, "A supervisor saw more without proof")
	boss.Get("/reviews/"+o.reviewID()).Shows(t, 200, fire, "a•••a", "Locked out by own tries")
	boss.Closes("word", "perhaps").Shows(t, http.StatusUnprocessableEntity)
	id := o.reviewID()
	boss.Closes("word", "wrong").Shows(t, 200, "The review is closed", "Nothing waits for you")
	boss.Post("/reviews/"+id+"/close", url.Values{"word": {"right"}}).Shows(t, 200, "Someone was quicker")
	if e := o.last("review.closed"); e.Detail["outcome"] != "wrong" || e.Detail["done_by"] != string(w.who.ID) || o.count("review.closed") != 1 {
		t.Errorf("on record: %v", e.Detail)
	}
	w.Post("/case/end", url.Values{})
	w.Contact()
	w.Picks("ana").Shows(t, 200, "Nothing can be shown yet") // it was broken in that contact alone
}

// TestTheLawForbidsTelling: then the second supervisor decides whether the patient is told.
func TestTheLawForbidsTelling(t *testing.T) {
	for answer, want := range map[string]struct{ letters, told int }{"yes": {1, 1}, "law": {0, 0}} {
		o := newOffice(t)
		ana := o.Person("ana")
		w, boss := o.Staff("ada", provider.Supervisor), o.Staff("grace", provider.Supervisor)
		w.Contact()
		w.Picks("ana")
		o.Mail()
		w.Breaks("tell", "law", "held", "an order of the county court").Shows(t, 200, "You see more now")
		b := o.Browser()
		b.Get(o.App("records").Ask())
		b.SignIn("ana", anasPassword)
		if p := b.Get("/account/activity"); strings.Contains(p.Body, "in an emergency") || len(o.Told("M-32")) > 0 || o.count("case.glass") > 0 {
			t.Error("the patient is told")
		}
		boss.Closes().Shows(t, http.StatusUnprocessableEntity) // it is to be said
		boss.Get("/reviews/"+o.reviewID()).Shows(t, 200, "county court", "The patient was not told")
		o.Mail()
		boss.Closes("tell", answer).Shows(t, 200, "The review is closed")
		if n := len(o.Told("M-32")); n != want.letters || o.count("review.told") != want.told {
			t.Errorf("%s: %d letters", answer, n)
		}
		if p := b.Get("/account/activity"); strings.Contains(p.Body, "a supervisor had looked") != (answer == "yes") {
			t.Errorf("%s: the activity page", answer)
		}
		for _, e := range o.Trail(ana.ID) {
			if strings.Contains(e.Detail["why"], "court") {
				t.Errorf("%s says why in their own words", e.Kind)
			}
		}
	}
}

// TestGlassIsBrokenOnceInTwoTabs: and nobody is told twice.
func TestGlassIsBrokenOnceInTwoTabs(t *testing.T) {
	o := newOffice(t)
	o.Person("ana")
	w := o.Staff("ada", provider.Supervisor)
	w.Contact()
	w.Picks("ana")
	o.Mail()
	AtOnce(6, func() int {
		return w.once(http.MethodPost, "/case/glass", url.Values{"reason": {fire}, "tell": {"yes"}}).Status
	})
	o.reviewID()
	if n := len(o.Told("M-32")); n != 1 || o.count("case.glass") != 1 {
		t.Errorf("told %d times, broken %d times", n, o.count("case.glass"))
	}
}

// TestLateReviewsAreSaidOnce: when a day of work is over, to all who may close it.
func TestLateReviewsAreSaidOnce(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	w := o.Staff("ada", provider.Supervisor)
	o.Staff("grace", provider.Supervisor)
	o.Staff("sam", provider.Agent)
	hedy := o.Staff("hedy", provider.Supervisor).who
	w.Contact()
	w.Picks("ana")
	w.Breaks()
	hedy, err := o.Store.StaffOf(context.Background(), hedy.ID)
	must(t, err)
	hedy.Account = ana.ID
	must(t, o.Store.UpdateStaff(context.Background(), hedy, audit.StaffChanged(o.now(), hedy, audit.Operator)))
	v, err := o.Store.Review(context.Background(), o.reviewID())
	must(t, err)
	o.Mail()
	o.Passes(v.DueAt.Sub(o.now()) - time.Minute)
	must(t, o.House.Housekeep(context.Background(), o.now()))
	if o.count("review.late") != 0 {
		t.Fatal("late before it is due")
	}
	o.Passes(2 * time.Minute)
	for range 2 {
		must(t, o.House.Housekeep(context.Background(), o.now()))
	}
	if told := o.Told("M-27"); len(told) != 1 || told[0].To != "grace@staff.example.org" || o.count("review.late") != 1 {
		t.Errorf("told %v, %d times", told, o.count("review.late"))
	}
}

// TestAWatchedAccountIsOpenedUnderTheEyesOfSupervisors: the agent reads nothing of it.
func TestAWatchedAccountIsOpenedUnderTheEyesOfSupervisors(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	o.Passes(8 * 24 * time.Hour)
	w, boss, other := o.Staff("sam", provider.Agent), o.Staff("grace", provider.Supervisor), o.Staff("hedy", provider.Supervisor)
	own := o.Staff("ivy", provider.Supervisor, func(s *provider.Staff) { s.Account = "nobody-yet" })
	boss.Contact("purpose", "suspected-takeover")
	boss.Get("/case/watch").Shows(t, 200, "Find the person")
	boss.Picks("ana")
	boss.Get("/case/watch").Shows(t, 200, "Why?")
	boss.Post("/case/watch", url.Values{"why": {"curious"}}).Shows(t, http.StatusUnprocessableEntity)
	boss.Post("/case/watch", url.Values{"why": {"at-risk"}}).Shows(t, 200, "on the watch list")
	boss.Get("/case/watch").Shows(t, 200, "Someone may be after them")
	if e := o.last("account.watched"); e.Account != ana.ID || e.Detail["why"] != "at-risk" {
		t.Errorf("on record: %+v", e)
	}
	o.Mail()
	w.Contact()
	w.Picks("ana").Shows(t, 200, "Nothing can be shown yet")
	var told []string
	for _, m := range o.Told("M-27") {
		told = append(told, m.To)
	}
	if len(told) != 3 || strings.Contains(strings.Join(told, " "), "sam@") {
		t.Errorf("told %v", told)
	}
	if e := o.last("watch.opened"); e.Account != ana.ID || e.Actor != "staff:"+string(w.who.ID) || e.Detail["why"] != "at-risk" {
		t.Errorf("on record: %+v", e)
	}
	w.Proves("ana")
	w.Lives()
	for _, path := range []string{"/case", "/case/timeline", "/activity"} {
		if p := w.Get(path).Shows(t, 200); strings.Contains(strings.ToLower(p.Body), "watch") {
			t.Errorf("%s says that the account is watched", path)
		}
	}
	boss.Get("/reviews/"+o.reviewID()).Shows(t, 200, "Someone opened a watched account", "sam", "a•••a", "Someone may be after them")
	other.Closes().Shows(t, 200, "The review is closed")
	p := boss.Get("/watch").Shows(t, 200, "a•••a", "You put it there", "grace")
	if strings.Contains(p.Body, "/watch/off") {
		t.Error("who put it there can take it off")
	}
	boss.Post("/watch/off", url.Values{"account": {string(ana.ID)}}).Shows(t, http.StatusForbidden)
	if e := o.last("watch.refused"); e.Detail["why"] != "self" {
		t.Errorf("on record: %v", e.Detail)
	}
	who, err := o.Store.StaffOf(context.Background(), own.who.ID)
	must(t, err)
	who.Account = ana.ID
	must(t, o.Store.UpdateStaff(context.Background(), who, audit.StaffChanged(o.now(), who, audit.Operator)))
	own.Get("/watch").Shows(t, 200, "No account is watched")
	own.Post("/watch/off", url.Values{"account": {string(ana.ID)}}).Shows(t, http.StatusForbidden)
	other.Get("/watch")
	other.Fill("/watch/off").Shows(t, 200, "The account is watched no more")
	other.Post("/watch/off", url.Values{"account": {string(ana.ID)}}).Shows(t, 200, "on the list no more")
	if why, err := o.Store.Watched(context.Background(), ana.ID); why != "" || err != nil {
		t.Errorf("still watched: %s, %v", why, err)
	}
}

// TestNumbersOfWork: everybody's own, and a supervisor's of all, with what to ask about.
func TestNumbersOfWork(t *testing.T) {
	zone := time.FixedZone("", 0)
	o := newOffice(t, few(12), func(c *server.Config) {
		c.SupportHours = provider.WorkHours{Zone: zone, From: 0, To: 24, Weekends: true}
	})
	o.Person("ana")
	w, boss := o.Staff("sam", provider.Agent), o.Staff("=HYPERLINK(1)", provider.Supervisor)
	o.watches("ana", boss.who.ID)
	w.Contact()
	for range 12 {
		w.Find("username", "nobody", "2/29/1980")
	}
	w.Find("username", "nobody", "2/29/1980").Shows(t, http.StatusTooManyRequests)
	w.Check("phone", "1")
	p := w.Get("/activity").Shows(t, 200, "Today", "The last 30 days", "Searches")
	if !strings.Contains(p.Body, "<dt>Searches</dt><dd><bdi>13</bdi></dd>") || strings.Contains(p.Body, "Many searches") {
		t.Error("13 searches are not told, or what is odd is")
	}
	p = boss.Get("/team").Shows(t, 200, "sam", "Many searches led to nobody", "Searched above the limit")
	if strings.Contains(p.Body, "Hours of work are not set") || strings.Index(p.Body, ">sam<") > strings.Index(p.Body, "=HYPERLINK(1)</bdi></h2>") {
		t.Error("who is to be asked does not come first")
	}
	boss.Get("/team?days=1").Shows(t, 200, "Many searches led to nobody")
	before := o.count("staff.activity")
	csv := boss.once(http.MethodPost, "/team/export", url.Values{})
	if csv.Status != 200 || !strings.HasPrefix(csv.Header.Get("Content-Type"), "text/csv") || !strings.Contains(csv.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %v", csv.Status, csv.Header)
	}
	if !strings.Contains(csv.Body, "'=HYPERLINK(1)") || strings.Contains(csv.Body, ",=") || !strings.Contains(csv.Body, "sam,agent,works") || !strings.Contains(csv.Body, "searches limits") {
		t.Errorf("the file reads\n%s", csv.Body)
	}
	if e := o.last("staff.activity"); o.count("staff.activity") != before+1 || e.Detail["kind"] != "export" {
		t.Errorf("on record: %v", e.Detail)
	}
	o.Passes(31 * 24 * time.Hour)
	w.SignIn()
	if p := w.Get("/activity"); !strings.Contains(p.Body, "<dt>Searches</dt><dd><bdi>0</bdi></dd>") || strings.Contains(p.Body, "<bdi>13</bdi>") {
		t.Error("what was done a month ago is counted")
	}
}

// TestPagesOfSupervisorsAreTheirs: agents, auditors and administrators are refused, and it is on record.
func TestPagesOfSupervisorsAreTheirs(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	boss := o.Staff("grace", provider.Supervisor)
	o.watches("ana", boss.who.ID)
	for _, role := range []provider.Role{provider.Agent, provider.Auditor, provider.Administrator} {
		w := o.Staff("of "+string(role), role, func(s *provider.Staff) { s.Email = string(role) + "@staff.example.org" })
		if role == provider.Agent {
			w.Contact()
			w.Picks("ana")
		}
		id := "x"
		if all, err := o.Store.OpenReviews(context.Background(), 1); err == nil && len(all) > 0 {
			id = all[0].ID
		}
		for _, one := range []struct {
			method, path, page string
			form               url.Values
		}{
			{"GET", "/case/glass", "case", nil}, {"POST", "/case/glass", "case", url.Values{"reason": {fire}, "tell": {"yes"}}},
			{"GET", "/case/watch", "case", nil}, {"POST", "/case/watch", "case", url.Values{"why": {"vip"}}},
			{"GET", "/watch", "watch", nil}, {"POST", "/watch/off", "watch", url.Values{"account": {string(ana.ID)}}},
			{"GET", "/reviews", "reviews", nil}, {"GET", "/reviews/" + id, "reviews", nil}, {"POST", "/reviews/" + id + "/close", "reviews", url.Values{"word": {"right"}}},
			{"GET", "/team", "team", nil}, {"POST", "/team/export", "team", url.Values{}},
		} {
			before := o.count("page.refused")
			if p := w.once(one.method, one.path, one.form); p.Status != http.StatusForbidden {
				t.Errorf("%s: %s %s: %d", role, one.method, one.path, p.Status)
			}
			if e := o.last("page.refused"); o.count("page.refused") != before+1 || e.Actor != "staff:"+string(w.who.ID) || e.Detail["page"] != one.page {
				t.Errorf("%s: %s %s: on record %v", role, one.method, one.path, e.Detail)
			}
		}
	}
	for _, kind := range []string{"case.glass", "account.unwatched", "review.closed", "staff.activity"} {
		if o.count(kind) != 0 {
			t.Errorf("%s took place", kind)
		}
	}
	boss.Get("/reviews/none").Shows(t, http.StatusNotFound)
	boss.Contact()
	boss.Picks("ana")
	who, err := o.Store.StaffOf(context.Background(), boss.who.ID)
	must(t, err)
	who.DisabledAt = o.now()
	must(t, o.Store.UpdateStaff(context.Background(), who, audit.StaffDisabled(o.now(), who, audit.Operator)))
	boss.Breaks().Shows(t, 200, "Sign in to the support desk") // disabled in the midst of it
	if o.count("case.glass") != 0 {
		t.Error("who is disabled broke the glass")
	}
}

// TestNumbersOfTheBrowserCheckAreReadOut: those of the help page, in words.
func TestNumbersOfTheBrowserCheckAreReadOut(t *testing.T) {
	o := newOffice(t)
	w := o.Staff("sam", provider.Agent)
	b := o.Browser()
	_, after, _ := strings.Cut(b.Get("/help/browser").Body, "data-check-code>")
	numbers, _, _ := strings.Cut(after, "<")
	w.Get("/browser").Shows(t, 200, "/help/browser")
	before := len(o.Trail(""))
	p := w.Post("/browser", url.Values{"numbers": {numbers}}).Shows(t, 200, "Their browser", "passkeys do not", "English")
	if strings.Contains(p.Body, "nobody can sign in") {
		t.Error("cookies are said to be off")
	}
	for _, slip := range []string{"1 2 3 3 3 3 1 8", "1 2 3 3 3", "hello", ""} {
		w.Post("/browser", url.Values{"numbers": {slip}}).Shows(t, http.StatusUnprocessableEntity, "not the 8 numbers")
	}
	if len(o.Trail("")) != before {
		t.Error("what a browser can do is on record")
	}
}
