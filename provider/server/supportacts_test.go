package server_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/support"
)

// known brings somebody to L2 by telephone.
func (w *worker) known(username string) *page {
	w.t.Helper()
	w.Contact()
	w.Picks(username)
	w.Proves(username)
	return w.Lives()
}

// seen brings somebody to L3 at the desk.
func (w *worker) seen(username string) *page {
	w.t.Helper()
	w.Contact("channel", "desk")
	w.Picks(username)
	w.Proves(username)
	return w.Post("/case/document", url.Values{"kind": {"passport"}, "last": {"1234"}})
}

// TestActsOfAnAgentAlone: each does what it says, by the agent's name, and the patient is told in the same act.
func TestActsOfAnAgentAlone(t *testing.T) {
	for action, c := range map[string]struct {
		letter, kind string
		prepare      func(o *office, ana provider.Account) string // answers the target
		done         func(o *office, ana provider.Account) bool
	}{
		"pause": {"M-16", "account.disabled", nil, func(o *office, ana provider.Account) bool {
			a, _ := o.Store.Account(context.Background(), ana.ID)
			return a.Status == provider.Paused
		}},
		"end_sessions": {"M-21", "session.others_ended", func(o *office, _ provider.Account) string {
			b := o.Browser()
			b.Get(o.App("records").Ask())
			b.SignIn("ana", anasPassword)
			return ""
		}, func(o *office, ana provider.Account) bool {
			all, _ := o.Store.SessionsOf(context.Background(), ana.ID, o.now(), 5)
			return len(all) == 0
		}},
		"send_username": {"M-04", "help.send_username", nil, nil},
		"send_reset":    {"M-31", "help.send_reset", nil, nil},
		"remove_factor": {"M-17", "authenticator.removed", func(o *office, ana provider.Account) string {
			o.Gives(ana, provider.TextCode, address(anasPhone))
			lost := o.Gives(ana, provider.EmailCode, address(anasMail))
			return lost.ID
		}, func(o *office, ana provider.Account) bool {
			all, _ := o.Store.Authenticators(context.Background(), ana.ID)
			_, still := provider.Held(all, provider.EmailCode)
			return !still
		}},
		"revoke_app": {"M-19", "access.ended", func(o *office, _ provider.Account) string {
			o.App("records").Code(o.Browser(), "scope", "openid offline_access")
			return "records"
		}, nil},
	} {
		t.Run(action, func(t *testing.T) {
			o := newOffice(t)
			ana := o.Person("ana")
			o.Passes(8 * 24 * time.Hour)
			target := ""
			if c.prepare != nil {
				target = c.prepare(o, ana)
			}
			w := o.Staff("ada", provider.Agent)
			w.known("ana")
			w.Get("/case/act/"+action).Shows(t, 200, "The patient will get this")
			if strings.Contains(w.last.Body, "ana@example.org") {
				t.Error("the page shows a contact in full")
			}
			o.Mail()
			w.Act(action, "target", target).Shows(t, 200)
			w.last.Shows(t, 200, "Done.")
			if told := o.Told(c.letter); len(told) == 0 || told[0].To != "ana@example.org" {
				t.Errorf("told %v", told)
			}
			e := o.last(c.kind)
			if e.Account != ana.ID || e.Actor != "staff:"+string(w.who.ID) || e.Detail["case"] != w.Case().ID {
				t.Errorf("on record: %+v", e)
			}
			if c.done != nil && !c.done(o, ana) {
				t.Error("nothing was done")
			}
		})
	}
}

func (o *office) lastOf(kind string) *provider.Event {
	for _, e := range o.Trail("") {
		if e.Kind == kind {
			return &e
		}
	}
	return nil
}

// TestALostEverythingCallerIsResetByTwoPeople: asked by one, approved by another with their passkey, told on every old channel.
func TestALostEverythingCallerIsResetByTwoPeople(t *testing.T) {
	o := newOffice(t)
	ana, _ := o.Apped("ana")
	o.Passes(8 * 24 * time.Hour)
	w, boss := o.Staff("ada", provider.Supervisor), o.Staff("grace", provider.Supervisor)
	w.Contact("channel", "video", "purpose", "lost-device")
	w.Picks("ana")
	w.Proves("ana")
	w.Post("/case/document", url.Values{"kind": {"passport"}, "last": {"1234"}})
	o.Mail()
	w.Act("reset_factors").Shows(t, 200, "A supervisor has been asked")
	if told := o.Told("M-27"); len(told) != 1 || told[0].To != "grace@staff.example.org" {
		t.Errorf("asked %v", told)
	}
	id := o.pendingID()
	w.Get("/approvals/"+id).Shows(t, http.StatusForbidden) // nobody approves their own
	w.Post("/approvals/"+id+"/approve", url.Values{"response": {"{}"}}).Shows(t, http.StatusForbidden)
	if e := o.last("approval.denied"); e.Detail["why"] != "self" {
		t.Errorf("on record: %v", e.Detail)
	}
	p := boss.Get("/approvals/"+id).Shows(t, 200, "document passport", "Locked out by own tries")
	if strings.Contains(p.Body, "example.org") || strings.Contains(p.Body, "Ruiz") {
		t.Error("the page of an approval names the patient")
	}
	boss.Post("/approvals/"+id+"/approve", url.Values{"response": {"{}"}}).Shows(t, http.StatusForbidden) // without the passkey
	response := boss.key.Signs(boss.Get("/approvals/" + id))
	boss.Post("/approvals/"+id+"/approve", url.Values{"response": {response}}).Shows(t, 200, "Approved")
	boss.Post("/approvals/"+id+"/approve", url.Values{"response": {response}}).Shows(t, http.StatusForbidden) // a replay
	boss.Post("/approvals/"+id+"/refuse", url.Values{}).Shows(t, 200, "Someone was quicker")
	o.Mail()
	w.Act("reset_factors", "reason", "lost-device").Shows(t, 200, "has been asked") // another reason is another act
	w.Get("/case")
	w.Fill("/case/act/reset_factors").Shows(t, 200, "Done.")
	var to []string
	for _, m := range o.Told("M-18") {
		to = append(to, m.To)
	}
	if !slices.Contains(to, "ana@example.org") {
		t.Errorf("told %v", to)
	}
	waits, err := o.Store.PendingRecovery(context.Background(), ana.ID, o.now())
	must(t, err)
	if left := waits.ReadyAt.Sub(o.now()); left < 23*time.Hour || left > 25*time.Hour {
		t.Errorf("it waits for %v", left)
	}
	if e := o.last("recovery.started"); e.Detail["approved_by"] != string(boss.who.ID) || e.Actor != "staff:"+string(w.who.ID) {
		t.Errorf("on record: %v by %s", e.Detail, e.Actor)
	}
	w.Act("reset_factors", "reason", "locked-self").Shows(t, http.StatusForbidden, "has been used") // a replay
	if e := o.last("help.refused"); e.Detail["why"] != "expired" {
		t.Errorf("on record: %v", e.Detail)
	}
	if len(o.Told("M-18")) != 0 {
		t.Error("one approval was good for two acts")
	}
}

// TestAnApprovalIsUsedOnceInTwoTabs: of many that act at once with one approval, one does.
func TestAnApprovalIsUsedOnceInTwoTabs(t *testing.T) {
	o := newOffice(t)
	o.Apped("ana")
	o.Passes(8 * 24 * time.Hour)
	w, boss := o.Staff("ada", provider.Agent), o.Staff("grace", provider.Supervisor)
	w.seen("ana").Shows(t, 200, "L3")
	w.Act("reset_factors")
	boss.Approve(o.pendingID()).Shows(t, 200, "Approved")
	AtOnce(8, func() int {
		return w.once(http.MethodPost, "/case/act/reset_factors", url.Values{"reason": {"locked-self"}}).Status
	})
	for kind, want := range map[string]int{"approval.spent": 1, "recovery.started": 1} {
		n := 0
		for _, e := range o.Trail("") {
			if e.Kind == kind {
				n++
			}
		}
		if n != want {
			t.Errorf("%s %d times", kind, n)
		}
	}
}

// TestTwoSupervisorsDecideOnce: the first word counts.
func TestTwoSupervisorsDecideOnce(t *testing.T) {
	o := newOffice(t)
	o.Apped("ana")
	o.Passes(8 * 24 * time.Hour)
	w, boss, other := o.Staff("ada", provider.Agent), o.Staff("grace", provider.Supervisor), o.Staff("hedy", provider.Supervisor)
	w.seen("ana")
	w.Act("reset_factors")
	id := o.pendingID()
	boss.Post("/approvals/"+id+"/refuse", url.Values{}).Shows(t, 200, "Refused.")
	response := other.Get("/approvals/" + id)
	if response.options() != "" {
		t.Error("what is decided can be decided again")
	}
	w.Act("reset_factors").Shows(t, 200)
	if o.lastOf("recovery.started") != nil {
		t.Error("a refused act was done")
	}
}

// TestAnApprovalIsOfWhoAskedForIt: a second agent who races with a case of their own about the same person has nothing of it.
func TestAnApprovalIsOfWhoAskedForIt(t *testing.T) {
	o := newOffice(t)
	o.Apped("ana")
	o.Passes(8 * 24 * time.Hour)
	w, other, boss := o.Staff("ada", provider.Agent), o.Staff("eve", provider.Agent), o.Staff("grace", provider.Supervisor)
	w.seen("ana")
	other.seen("ana")
	w.Act("reset_factors")
	boss.Approve(o.pendingID()).Shows(t, 200, "Approved")
	other.Act("reset_factors").Shows(t, 200, "has been asked")
	if o.lastOf("recovery.started") != nil {
		t.Fatal("an approval of somebody else was good")
	}
	w.Act("reset_factors").Shows(t, 200, "Done.")
	if e := o.last("recovery.started"); e.Actor != "staff:"+string(w.who.ID) {
		t.Errorf("started by %s", e.Actor)
	}
}

// TestLettersAreSentSoOften: nobody's mailbox is filled from the console.
func TestLettersAreSentSoOften(t *testing.T) {
	o := newOffice(t)
	o.Person("ana")
	w := o.Staff("ada", provider.Agent)
	w.Contact()
	w.Picks("ana")
	for range 5 {
		w.Act("send_reset").Shows(t, 200, "Done.")
	}
	w.Act("send_reset").Shows(t, http.StatusForbidden, "too often today")
	if e := o.last("help.refused"); e.Detail["why"] != "often" {
		t.Errorf("on record: %v", e.Detail)
	}
}

// TestAResetIsBegunAlikeForWhoeverItIs: an account that no code would be sent for is answered and recorded like any other, and gets no letter.
func TestAResetIsBegunAlikeForWhoeverItIs(t *testing.T) {
	o := newOffice(t)
	o.Person("ana")
	o.SetStatus(o.Person("boris").ID, provider.Locked)
	w := o.Staff("ada", provider.Agent)
	pages := map[string]string{}
	for _, name := range []string{"ana", "boris"} {
		w.Contact()
		w.Picks(name)
		o.Mail()
		pages[name] = w.Act("send_reset").Shows(t, 200, "Done.").bare()
		if told := o.Told("M-31"); (len(told) > 0) != (name == "ana") {
			t.Errorf("%s: told %v", name, told)
		}
		if e := o.last("help.send_reset"); e.Detail["outcome"] != "done" {
			t.Errorf("on record: %v", e.Detail)
		}
	}
	if pages["ana"] != pages["boris"] {
		t.Error("the answers differ")
	}
}

func TestApprovalsExpire(t *testing.T) {
	o := newOffice(t)
	o.Apped("ana")
	o.Passes(8 * 24 * time.Hour)
	w, boss := o.Staff("ada", provider.Agent), o.Staff("grace", provider.Supervisor)
	w.seen("ana")
	w.Act("reset_factors")
	id := o.pendingID()
	o.Passes(provider.ApproveIn)
	boss.SignIn()
	boss.Get("/approvals").Shows(t, 200, "Nothing waits")
	boss.Get("/approvals/"+id).Shows(t, 200, "time is over")
	boss.Post("/approvals/"+id+"/refuse", url.Values{}).Shows(t, 200, "its time is over")
}

// TestAContactIsChangedByTwo: the old one and the new one are told, sessions end, and the new one gives no live proof.
func TestAContactIsChangedByTwo(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	o.Passes(8 * 24 * time.Hour)
	w, boss := o.Staff("ada", provider.Agent), o.Staff("grace", provider.Supervisor)
	w.seen("ana")
	w.Act("change_contact", "kind", "email", "value", "ana.new").Shows(t, http.StatusUnprocessableEntity)
	w.Act("change_contact", "kind", "email", "value", "ana.new@example.org").Shows(t, 200, "has been asked")
	boss.Approve(o.pendingID()).Shows(t, 200, "Approved")
	o.Mail()
	w.Act("change_contact", "kind", "email", "value", "thief@example.org").Shows(t, 200, "has been asked") // not what was approved
	a, err := o.Store.Account(context.Background(), ana.ID)
	must(t, err)
	if a.Named("thief@example.org") {
		t.Fatal("an approval was good for another contact")
	}
	w.Act("change_contact", "kind", "email", "value", "ana.new@example.org").Shows(t, 200, "Done.")
	var to []string
	for _, m := range o.Told("M-09") {
		if m.Channel == provider.ByEmail {
			to = append(to, m.To)
		}
	}
	slices.Sort(to)
	if !slices.Equal(to, []string{"ana.new@example.org", "ana@example.org"}) {
		t.Errorf("told %v", to)
	}
	a, err = o.Store.Account(context.Background(), ana.ID)
	must(t, err)
	if !a.Named("ana.new@example.org") || a.Named("ana@example.org") {
		t.Errorf("the contacts are %v", a.Identifiers)
	}
}

func TestAPausedAccountIsOpenedByTwo(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	o.Passes(8 * 24 * time.Hour)
	w, boss := o.Staff("ada", provider.Agent), o.Staff("grace", provider.Supervisor)
	w.seen("ana")
	w.Act("reopen").Shows(t, http.StatusForbidden, "There is nothing to do")
	w.Act("pause").Shows(t, 200, "Done.")
	w.Act("reopen").Shows(t, 200, "has been asked")
	boss.Approve(o.pendingID())
	w.Act("reopen").Shows(t, 200, "Done.")
	a, err := o.Store.Account(context.Background(), ana.ID)
	must(t, err)
	if a.Status != provider.Active {
		t.Errorf("it is %s", a.Status)
	}
}

// TestNobodyActsOnTheirOwnOrAColleaguesAccount: not even where the case got it somehow.
func TestNobodyActsOnTheirOwnOrAColleaguesAccount(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	w := o.Staff("ada", provider.Agent)
	w.Contact()
	w.Picks("ana")
	w.Proves("ana")
	o.Hire("eve", provider.Agent, func(s *provider.Staff) { s.Account = ana.ID }) // meanwhile
	w.Act("unlock").Shows(t, http.StatusForbidden, "account of a colleague")
	if e := o.last("help.refused"); e.Detail["why"] != "staff" {
		t.Errorf("on record: %v", e.Detail)
	}
}

// TestAWatchedAccountNeedsASecondPerson: for what an agent does alone for others; what is safe stays at hand.
func TestAWatchedAccountNeedsASecondPerson(t *testing.T) {
	o := newOffice(t)
	ana := o.Person("ana")
	w, boss := o.Staff("ada", provider.Agent), o.Staff("grace", provider.Supervisor)
	now := o.now().Truncate(time.Microsecond)
	watch := provider.Watch{Account: ana.ID, Why: provider.WatchStaff, By: boss.who.ID, At: now}
	must(t, o.Store.Watch(context.Background(), watch, audit.AccountWatched(now, boss.who, ana.ID, string(watch.Why), true)))
	w.Contact()
	w.Picks("ana")
	w.Proves("ana")
	w.Act("unlock").Shows(t, 200, "has been asked")
	if o.lastOf("lane.unlocked") != nil {
		t.Error("an agent alone unlocked a watched account")
	}
	boss.Approve(o.pendingID()).Shows(t, 200, "Approved")
	w.Act("unlock").Shows(t, 200, "Done.")
	w.Act("end_sessions").Shows(t, 200, "Done.")
}

// TestEditedRequestsAreRefusedAndRecorded: ids of others, forged tickets, acts that there are not.
func TestEditedRequestsAreRefusedAndRecorded(t *testing.T) {
	o := newOffice(t)
	o.Person("ana")
	bo := o.Person("boris")
	bosApp := o.Gives(bo, provider.TOTP, []byte("{}"))
	o.Passes(8 * 24 * time.Hour)
	w, other := o.Staff("ada", provider.Agent), o.Staff("eve", provider.Agent)
	other.Contact()
	other.Find("username", "boris", "2/29/1980")
	_, stolen := other.last.Form(t, "/case/pick")
	w.Contact()
	w.Post("/case/pick", stolen)
	w.Post("/case/pick", url.Values{"hit": {string(bo.ID)}})
	if c := w.Case(); c.Account != "" {
		t.Fatal("a hit of another case was taken")
	}
	if e := o.last("case.searched"); e.Detail["outcome"] != "forged" || e.Actor != "staff:"+string(w.who.ID) {
		t.Errorf("on record: %v", e.Detail)
	}
	w.known("ana")
	w.Post("/case/pick", stolen)
	w.Act("remove_factor", "target", bosApp.ID).Shows(t, http.StatusForbidden, "There is nothing to do")
	w.Act("make_admin").Shows(t, http.StatusNotFound)
	w.Act("unlock", "reason", "because").Shows(t, http.StatusForbidden, "Choose a reason")
	w.Act("unlock", "account", string(bo.ID)).Shows(t, http.StatusBadRequest)
	w.Get("/approvals").Shows(t, http.StatusForbidden)
	w.Get("/trail").Shows(t, http.StatusForbidden)
	w.Get("/staff").Shows(t, http.StatusForbidden)
	for _, e := range o.Trail(bo.ID) {
		if e.Actor == "staff:"+string(w.who.ID) {
			t.Errorf("%s of somebody else is on record", e.Kind)
		}
	}
}

// TestEachConsoleRouteThatShowsOrChangesAPersonIsOnRecord walks all routes of the room: whoever adds one says why it needs no record, or has
// one.
func TestEachConsoleRouteThatShowsOrChangesAPersonIsOnRecord(t *testing.T) {
	without := []string{ // these show and change nobody
		"GET /signin", "POST /signin", "GET /enroll", "POST /enroll", "POST /enroll/key", "POST /signout", "GET /{$}", "GET /case/script",
		"GET /approvals", "GET /outage", "GET /staff", "GET /reviews", "GET /activity", "GET /browser", "POST /browser", "GET /case/glass",
	}
	forms := map[string]url.Values{
		"POST /contact":                {"channel": {"call"}, "caller": {"patient"}, "purpose": {"test"}, "ticket": {"T"}, "language": {"en"}},
		"POST /case/find":              {"by": {"username"}, "value": {"ana"}, "birth": {"2/29/1980"}},
		"POST /case/check":             {"fact": {"phone"}, "said": {"617 555 0101"}},
		"POST /case/live":              {"to": {"0"}},
		"POST /case/live/code":         {"challenge": {"x"}, "code": {"12345678"}},
		"POST /case/document":          {"kind": {"passport"}, "last": {"1234"}},
		"POST /case/reference":         {"reference": {"4KTX7M2P"}},
		"POST /outage":                 {"channel": {"text"}, "slow": {"on"}},
		"POST /case/act/{action}":      {"reason": {"test"}},
		"POST /approvals/{id}/approve": {"response": {"{}"}},
		"POST /case/glass":             {"reason": {"the ward asks after a fire"}, "tell": {"yes"}},
		"POST /case/watch":             {"why": {"vip"}},
		"POST /watch/off":              {"account": {"x"}},
		"POST /reviews/{id}/close":     {"word": {"right"}},
	}
	for _, route := range support.New(support.Config{}).Routes() {
		if slices.Contains(without, route.Pattern) {
			continue
		}
		t.Run(strings.ReplaceAll(route.Pattern, "/", "-"), func(t *testing.T) {
			o := newOffice(t)
			o.Apped("ana")
			o.Passes(8 * 24 * time.Hour)
			w, boss, auditor := o.Staff("ada", provider.Agent), o.Staff("grace", provider.Supervisor), o.Staff("vera", provider.Auditor)
			if strings.Contains(route.Pattern, "/reviews") { // there is one
				o.watches("ana", boss.who.ID)
			}
			w.Contact("channel", "desk")
			if route.Pattern != "POST /case/find" && route.Pattern != "POST /case/pick" {
				w.Picks("ana")
				w.Proves("ana")
				w.Lives()
				w.Post("/case/document", url.Values{"kind": {"passport"}, "last": {"1234"}})
				w.Act("reset_factors")
			} else {
				w.Find("username", "ana", "2/29/1980")
			}
			id := "x"
			if all, err := o.Store.PendingApprovals(context.Background(), o.now(), 1); err == nil && len(all) > 0 {
				id = all[0].ID
			}
			if all, err := o.Store.OpenReviews(context.Background(), 1); err == nil && len(all) > 0 && strings.Contains(route.Pattern, "/reviews") {
				id = all[0].ID
			}
			who := w
			switch {
			case strings.Contains(route.Pattern, "/case/glass"), strings.Contains(route.Pattern, "/case/watch"):
				who = boss
				boss.Contact()
				boss.Picks("ana")
			case strings.Contains(route.Pattern, "/reviews"), strings.Contains(route.Pattern, "/watch"), strings.Contains(route.Pattern, "/team"):
				who = boss
			case strings.Contains(route.Pattern, "/approvals"), strings.Contains(route.Pattern, "/outage"):
				who = boss
			case strings.Contains(route.Pattern, "/trail"):
				who = auditor
			}
			method, path, _ := strings.Cut(strings.NewReplacer("{id}", id, "{action}", "pause").Replace(route.Pattern), " ")
			form := forms[route.Pattern]
			if route.Pattern == "POST /case/pick" {
				_, form = w.last.Form(t, "/case/pick")
			}
			if method == http.MethodPost && form == nil {
				form = url.Values{}
			}
			before := len(o.Trail(""))
			p := who.once(method, path, form)
			if p.Status >= 500 || p.Status == http.StatusNotFound {
				t.Fatalf("answered %d", p.Status)
			}
			quiet := []string{"POST /case/live/code", "POST /case/document"} // of a challenge that is not the case's, and of an ID that was noted: nothing happens
			if len(o.Trail("")) == before && !slices.Contains(quiet, route.Pattern) {
				t.Errorf("%s %s (%d) left no record", method, path, p.Status)
			}
		})
	}
}
