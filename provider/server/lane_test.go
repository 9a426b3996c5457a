package server_test

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
	"gatehouse/provider/limit"
	"gatehouse/provider/server"
)

// stranger is a browser that nobody knows, at the sign-in page.
func (a *app) stranger() *browser {
	a.t.Helper()
	b := a.h.Browser()
	b.Get(a.Ask())
	return b
}

// attack tries so many wrong passwords, each in a browser and ceremony of its own, and answers how many were looked at.
func (a *app) attack(name string, times int) (looked int) {
	a.t.Helper()
	for i := range times {
		switch p := a.stranger().SignIn(name, fmt.Sprint("not the password ", i)); p.Status {
		case 422:
			looked++
		case 429:
		default:
			a.t.Fatalf("try %d: %d %s", i+1, p.Status, title(p))
		}
	}
	return looked
}

// stop attacks for days, until strangers are stopped.
func (a *app) stop(name string) {
	a.t.Helper()
	looked := 0
	for range 12 {
		looked += a.attack(name, 11)
		a.h.Passes(25 * time.Hour)
	}
	if looked != 100 {
		a.t.Fatalf("%d guesses were looked at until the stop, want 100", looked)
	}
}

// timeless takes away what tells when a page was made.
func timeless(p *page, typed string) string { return endless.ReplaceAllString(normal(p, typed), "") }

// TestS14_PausedAlike: the pause and the stop show for an invented name exactly as for a real one, at the same try.
func TestS14_PausedAlike(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	h.SetStatus(h.Person("locked").ID, provider.Locked)
	a := h.App("records")
	names := []string{"ana", "nobody-at-all", "locked", "nobody@example.net"}
	traces := map[string][]string{}
	step := func(name, password string) {
		p := a.stranger().SignIn(name, password)
		if (p.Header.Get("Retry-After") != "") != (p.Status == 429) {
			t.Errorf("%d with Retry-After %q", p.Status, p.Header.Get("Retry-After"))
		}
		traces[name] = append(traces[name], fmt.Sprint(p.Status, " ", len(p.Header["Set-Cookie"]), " ", timeless(p, name)))
	}
	for range 11 {
		for i := range 11 {
			for _, name := range names {
				step(name, fmt.Sprint("wrong ", i))
			}
		}
		for _, name := range names {
			step(name, anasPassword)
		}
		h.Passes(25 * time.Hour)
	}
	for _, name := range names[1:] {
		for i := range traces[name] {
			if got, want := traces[name][i], traces[names[0]][i]; got != want {
				t.Fatalf("try %d for %s:\n%s", i+1, name, difference(want, got))
			}
		}
	}
	first := traces["ana"]
	for i, want := range map[int]string{9: "422 ", 10: "429 ", 11: "429 ", 12: "422 ", 130: "429 "} {
		if !strings.HasPrefix(first[i], want) {
			t.Errorf("try %d: %.3s, want %s", i+1, first[i], want)
		}
	}
	if !strings.Contains(first[10], "is paused for this account until") || !strings.Contains(first[130], "open the link") {
		t.Error("the pages do not say what is the matter")
	}
	if !strings.Contains(first[10], "data-passkey-button") {
		t.Error("no passkey is offered")
	}
}

// TestOneCounterForAllNames: every spelling of every name of an account counts in one lane.
func TestOneCounterForAllNames(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	names := []string{"ana", "ANA", " Ana ", "ａｎａ", "ana@example.org", "Ana@Example.ORG", "a\u200bna", "ana@EXAMPLE.org ", "AnA", "anA"}
	for i, name := range names {
		a.stranger().SignIn(name, "wrong").Shows(t, 422)
		if i < 9 {
			continue
		}
		for _, again := range names {
			a.stranger().SignIn(again, anasPassword).Shows(t, 429)
		}
	}
	a.stranger().SignIn("nobody", "wrong").Shows(t, 422)
}

// TestVictimUnderAttack: while somebody guesses on, at any time, the patient signs in by a browser that is known, by a passkey,
// and by the link that was sent. None of that gives the guesser another try.
func TestVictimUnderAttack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	own := h.Browser()
	a.Code(own)
	k := h.Device()
	own.Get(a.Ask("acr_values", "phr"))
	if p := own.Fill("/passkey", "response", k.Makes(own.last)); p.Gave() == "" {
		t.Fatal(title(p))
	}
	h.Mail()

	victim := func(when string) {
		for range 3 {
			own.Get(a.Ask("prompt", "login"))
			if p := own.SignIn("ana", anasPassword); p.Gave() == "" {
				t.Errorf("%s, by the known browser: %d %s", when, p.Status, title(p))
			}
		}
		b := a.stranger()
		if p := b.Fill("/passkey", "response", k.Signs(b.last)); p.Gave() == "" {
			t.Errorf("%s, by the passkey: %d %s", when, p.Status, title(p))
		}
	}
	if looked := a.attack("ana", 12); looked != 10 {
		t.Fatalf("%d were looked at", looked)
	}
	told := h.Told("M-15")
	if len(told) != 1 || told[0].To != "ana@example.org" {
		t.Fatalf("told %v", told)
	}
	victim("while paused")
	if looked := a.attack("ana", 3); looked != 0 {
		t.Errorf("after the patient's own sign-ins %d more were looked at", looked)
	}
	h.Mail()
	a.linked(told[0], "ana")
	if told := h.Told("M-14"); len(told) != 1 {
		t.Errorf("told %d times of the new browser", len(told))
	}
	if looked := a.attack("ana", 3); looked != 0 {
		t.Errorf("after the link %d more were looked at", looked)
	}
	for range 5 { // a day of pauses
		h.Passes(time.Hour)
		a.attack("ana", 11)
	}
	if again := h.Told("M-15"); len(again) != 0 {
		t.Errorf("told %d times more within the day", len(again))
	}
	h.Passes(24 * time.Hour)
	if looked := a.attack("ana", 12); looked != 10 {
		t.Errorf("on the next day %d were looked at", looked)
	}
	if again := h.Told("M-15"); len(again) != 1 {
		t.Errorf("told %d times on the next day", len(again))
	}
	victim("a day later")
}

// TestWhoseSuccessEndsWhat: the patient's sign-ins by a known browser and by a passkey take no failure of strangers back; a full
// sign-in by a stranger begins their window anew, and no more than that.
func TestWhoseSuccessEndsWhat(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	own := h.Browser()
	a.Code(own)
	k := h.Device()
	own.Get(a.Ask("acr_values", "phr"))
	own.Fill("/passkey", "response", k.Makes(own.last))
	strangers := func() provider.LaneState {
		s, err := h.Store.Lane(context.Background(), provider.StrangersLane(ana.ID))
		must(t, err)
		return s
	}
	a.attack("ana", 6)
	before := strangers()
	own.Get(a.Ask("prompt", "login"))
	if p := own.SignIn("ana", anasPassword); p.Gave() == "" {
		t.Fatal(title(p))
	}
	b := a.stranger()
	if p := b.Fill("/passkey", "response", k.Signs(b.last)); p.Gave() == "" {
		t.Fatal(title(p))
	}
	if after := strangers(); after != before || after.Tries != 6 || after.InARow != 6 {
		t.Errorf("%+v became %+v", before, after)
	}
	if p := a.stranger().SignIn("ana", anasPassword); p.Gave() == "" {
		t.Fatal(title(p))
	}
	if after := strangers(); after.Tries != 0 || after.InARow != 0 || after.Today != 6 {
		t.Errorf("after a stranger's full sign-in: %+v", after)
	}
}

// TestM28_StopAndLink: at a hundred in a row no password of a stranger is looked at, whatever the time, until the owner presses
// the link. Opening it does nothing, it works once, and it signs nobody in.
func TestM28_StopAndLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	a.stop("ana")
	h.Mail()
	a.attack("ana", 5)
	told := h.Told("M-28")
	if len(told) != 1 {
		t.Fatalf("told %d times", len(told))
	}
	h.Passes(40 * 24 * time.Hour)
	a.stranger().SignIn("ana", anasPassword).Shows(t, 429, "open the link")
	a.stranger().SignIn("ana", anasPassword).Shows(t, 429)
	fresh := h.Told("M-28")
	if len(fresh) != 1 {
		t.Fatalf("told %d times on a day", len(fresh))
	}
	h.Browser().Get(told[0].Data["link"]).Shows(t, 410, "does not work any more")
	h.Browser().Get("/way-in/nonsense").Shows(t, 410)

	link := fresh[0].Data["link"]
	for range 3 {
		h.Browser().Get(link).Shows(t, 200, "This is my device")
	}
	a.stranger().SignIn("ana", anasPassword).Shows(t, 429)
	b := h.Browser()
	b.Get(link)
	form := b.last
	action, values := form.Form(t, link)
	b.Post(action, values).Shows(t, 200, "You can sign in on this device now")
	if b.Session() != "" {
		t.Error("the link signs in")
	}
	b.last = form
	b.Post(action, values).Shows(t, 410)
	h.Browser().Get(link).Shows(t, 410)
	b.Get(a.Ask())
	if p := b.SignIn("ana", anasPassword); p.Gave() == "" {
		t.Errorf("by the link: %d %s", p.Status, title(p))
	}
	if p := a.stranger().SignIn("ana", anasPassword); p.Gave() == "" {
		t.Errorf("another new browser, after the link: %d %s", p.Status, title(p))
	}
	h.wantEvents(ana.ID, "lane.closed", "lane.passed")
}

// linked presses the link of a message in a new browser, and signs in there.
func (a *app) linked(m provider.Claim, name string) *browser {
	a.t.Helper()
	b := a.h.Browser()
	b.Get(m.Data["link"]).Shows(a.t, 200)
	action, form := b.last.Form(a.t, m.Data["link"])
	b.Post(action, form).Shows(a.t, 200, "You can sign in on this device now")
	b.Get(a.Ask())
	if p := b.SignIn(name, anasPassword); p.Gave() == "" {
		a.t.Errorf("by the link: %d %s", p.Status, title(p))
	}
	return b
}

// wantEvents wants the trail to have events of these kinds.
func (h *house) wantEvents(account provider.AccountID, kinds ...string) {
	h.t.Helper()
	all, err := h.Store.Events(context.Background(), account, 1000)
	must(h.t, err)
	have := map[string]bool{}
	for _, e := range all {
		have[e.Kind] = true
	}
	for _, kind := range kinds {
		if !have[kind] {
			h.t.Errorf("the trail has no %s", kind)
		}
	}
}

// TestLinkOfSomebodyElse: a link opens the lane of its owner only, and a letter with it goes to nobody for an invented name.
func TestLinkOfSomebodyElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	h.Person("bea")
	a := h.App("records")
	for _, name := range []string{"ana", "bea", "nobody"} {
		a.attack(name, 10)
	}
	told := h.Told("M-15")
	if len(told) != 2 {
		t.Fatalf("%d letters for three names, of which two are somebody's", len(told))
	}
	b := a.linked(told[0], "ana")
	b.Get("/logout")
	b.Choose("/logout/confirm", "")
	b.Get(a.Ask())
	b.SignIn("bea", anasPassword).Shows(t, 429)
}

// TestUnlockBySupport: whoever answers for it opens the lane at once.
func TestUnlockBySupport(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	a := h.App("records")
	a.stop("ana")
	a.stranger().SignIn("ana", anasPassword).Shows(t, 429)
	must(t, h.Store.UnlockLane(context.Background(), provider.StrangersLane(ana.ID), h.now(), audit.LaneUnlocked(h.now(), ana.ID, "stopped", audit.Operator)))
	if p := a.stranger().SignIn("ana", anasPassword); p.Gave() == "" {
		t.Errorf("%d %s", p.Status, title(p))
	}
}

// TestKnownBrowserHasItsOwn: ten in an hour, a hundred in all; then it is a stranger, and becomes known anew by a new secret.
func TestKnownBrowserHasItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	own := h.Browser()
	a.Code(own)
	secret := own.cookie("__Host-device")
	looked := 0
	for range 10 {
		for range 11 {
			own.Get(a.Ask("prompt", "login"))
			if p := own.SignIn("ana", "wrong"); p.Status == 422 {
				looked++
			}
		}
		if p := a.stranger().SignIn("ana", anasPassword); p.Gave() == "" {
			t.Fatalf("a stranger pays for the known browser: %d", p.Status)
		}
		h.Passes(61 * time.Minute)
	}
	// The last round's eleventh came to a browser that is known no more, and was a stranger's.
	if looked != 101 {
		t.Errorf("%d were looked at, want 100 and one as a stranger", looked)
	}
	a.attack("ana", 10)
	own.Get(a.Ask("prompt", "login"))
	own.SignIn("ana", anasPassword).Shows(t, 429)
	h.Passes(time.Hour)
	own.Get(a.Ask("prompt", "login"))
	if p := own.SignIn("ana", anasPassword); p.Gave() == "" {
		t.Errorf("as a stranger: %d %s", p.Status, title(p))
	}
	if own.cookie("__Host-device") == secret {
		t.Error("a secret that failed a hundred times is good again")
	}
	a.attack("ana", 10)
	own.Get(a.Ask("prompt", "login"))
	if p := own.SignIn("ana", anasPassword); p.Gave() == "" {
		t.Errorf("known anew: %d %s", p.Status, title(p))
	}
}

// TestThousandGuesses: of a thousand at once, as many are looked at as the lane has.
func TestThousandGuesses(t *testing.T) {
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	b := a.stranger()
	action, form := b.last.Form(t, "/password")
	header := map[string]string{"Content-Type": formType, "Cookie": "__Host-browser=" + b.cookie("__Host-browser"), "Sec-Fetch-Site": "same-origin"}
	body := with(form, "username", "ana", "password", "not the password").Encode()
	before := h.number(t, "SELECT count(*) FROM events WHERE kind = 'signin.failed'")
	count := map[int]int{}
	for range 10 {
		for _, got := range AtOnce(100, func() *answer { return h.Send("POST", action, header, body) }) {
			count[got.Status]++
		}
	}
	failed := h.number(t, "SELECT count(*) FROM events WHERE kind = 'signin.failed'") - before
	if count[422] != 10 || failed != 10 {
		t.Errorf("%v, %d failures recorded", count, failed)
	}
}

// TestRightOnesAreNoGuesses: who knows the password and signs in often is not held back, and gets no more guesses of codes by it.
func TestRightOnesAreNoGuesses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Apped("ana")
	a := h.App("records", twoStep)
	for range 25 {
		if b := a.second(); b.last.Status != 200 {
			t.Fatalf("the right password: %d", b.last.Status)
		}
	}
	wrong := 0
	for range 15 {
		b := a.second()
		if b.last.Status == 429 {
			break
		}
		b.Fill("/totp", "code", "000000")
		wrong++
	}
	if wrong != 10 {
		t.Errorf("%d codes were looked at", wrong)
	}
}

// TestLanesAreSettings: an operator's numbers hold.
func TestLanesAreSettings(t *testing.T) {
	t.Parallel()
	h := newHouse(t, setLanes(func(p *limit.Policy) { p.Strangers.Tries = 3 }))
	h.Person("ana")
	a := h.App("records")
	if looked := a.attack("ana", 5); looked != 3 {
		t.Errorf("%d", looked)
	}
}

// TestLinkIsNowhere: the link stands in no log.
func TestLinkIsNowhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	a := h.App("records")
	a.attack("ana", 10)
	m := h.Told("M-15")[0]
	a.linked(m, "ana")
	if token := strings.TrimPrefix(m.Data["link"], "/way-in/"); strings.Contains(h.Log.String(), token) || len(token) < 40 {
		t.Error("the log has the link")
	}
	if !regexp.MustCompile(`^/way-in/[A-Za-z0-9_-]+$`).MatchString(m.Data["link"]) {
		t.Error(url.PathEscape(m.Data["link"]))
	}
	if n, err := h.House.DeliverDue(context.Background()); err != nil || n < 0 {
		t.Error(err)
	}
}

func setLanes(change func(*limit.Policy)) func(*server.Config) {
	return func(c *server.Config) {
		c.Lanes = limit.Default()
		change(&c.Lanes)
	}
}
