package server_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

// waits signs somebody in with the password, who says then that all else is lost.
func (a *app) waits(b *browser, username string) *page {
	b.t.Helper()
	b.Get(a.Ask())
	b.SignIn(username, anasPassword)
	return b.Get(b.last.Step()+"/lost").onto(b, "/wait")
}

// onto follows the link of a page that ends so.
func (p *page) onto(b *browser, suffix string) *page {
	b.t.Helper()
	for _, part := range strings.Split(p.Body, `href="`)[1:] {
		to, _, _ := strings.Cut(part, `"`)
		if strings.HasSuffix(to, suffix) {
			return b.Get(to)
		}
	}
	b.t.Fatalf("no link to %s on %s (%s)", suffix, p.URL, title(p))
	return nil
}

// told are the actions of the notices that wait, each once for all the addresses that it goes to.
func (h *house) waitTold() []string {
	h.t.Helper()
	var all []string
	for _, m := range h.Told("M-18") {
		all = append(all, string(m.Channel)+" "+m.Data["action"])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// notices does what a house does every minute.
func (h *house) notices() {
	h.t.Helper()
	must(h.t, h.House.Housekeep(context.Background(), h.now()))
}

func (h *house) stopLink() string {
	h.t.Helper()
	for _, m := range h.Told("M-18") {
		if m.Channel == provider.ByEmail {
			return m.Data["link"]
		}
	}
	h.t.Fatal("no notice")
	return ""
}

// wayTo is the radio whose label holds a text.
func (p *page) wayTo(text string) string {
	for _, part := range strings.Split(p.Body, `<div class="pick">`)[1:] {
		part, _, _ = strings.Cut(part, "</div>")
		if strings.Contains(part, text) {
			_, value, _ := strings.Cut(part, `value="`)
			value, _, _ = strings.Cut(value, `"`)
			return value
		}
	}
	return ""
}

// TestWait_TheWholeWay: who has lost the app waits, is announced three times, and gets in with a code to an address on file; what
// was lost works no more, and every session and remembered browser of before is gone.
func TestWait_TheWholeWay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, old := h.Apped("ana")
	a := h.App("records", twoStep)

	at := h.Browser() // a thief's, say, who has the telephone too
	at.Get(a.Ask())
	at.SignIn("ana", anasPassword)
	at.Fill("/totp", "code", old.At(h.now()))
	h.Mail()

	b := h.Browser()
	a.waits(b, "ana").Shows(t, 200, "Recover by waiting", "72 hours", "•••01", "a•••@example.org")
	_, form := b.last.Form(t, "/wait")
	b.Fill("/wait").Shows(t, 200, "Your wait has begun")
	if got := h.waitTold(); !slices.Equal(got, []string{"email started", "text started"}) {
		t.Errorf("told %v", got)
	}
	b.Post(b.last.Step()+"/wait", form).Shows(t, 200, "Your wait has begun") // pressed again, it is the same one
	if got := h.waitTold(); got != nil {
		t.Errorf("told again: %v", got)
	}

	h.Passes(35 * time.Hour)
	h.notices()
	if got := h.waitTold(); got != nil {
		t.Errorf("told before half-way: %v", got)
	}
	h.Passes(time.Hour)
	h.notices()
	h.notices()
	if got := h.waitTold(); !slices.Equal(got, []string{"email reminder", "text reminder"}) {
		t.Errorf("half-way told %v", got)
	}
	h.Passes(35*time.Hour + 59*time.Minute)
	b = h.Browser()
	a.waits(b, "ana").Shows(t, 200, "Your wait has begun")
	if strings.Contains(b.last.Body, "/regain") {
		t.Error("it can be finished before the time")
	}
	h.Passes(2 * time.Minute)
	h.notices()
	if got := h.waitTold(); !slices.Equal(got, []string{"email ready", "text ready"}) {
		t.Errorf("at the end told %v", got)
	}

	b = h.Browser()
	a.waits(b, "ana").Shows(t, 200, "Your wait is over")
	b.Fill("/regain").Shows(t, 422)
	b.Fill("/regain", "way", b.last.wayTo("@example.org"))
	code := h.CodeFor(provider.ByEmail, "ana@example.org")
	b.Fill("/regained", "code", "").Shows(t, 422)
	b.Fill("/regained", "code", other(code)).Shows(t, 422, "did not work")
	b.Fill("/regained", "code", code).Shows(t, 200, `value="totp"`) // a new one is added
	if got := h.waitTold(); !slices.Equal(got, []string{"email done", "text done"}) {
		t.Errorf("at the finish told %v", got)
	}
	held, err := h.Store.Authenticators(context.Background(), ana.ID)
	must(t, err)
	if len(held) != 1 || held[0].Kind != provider.Password {
		t.Errorf("held then: %+v", held)
	}
	b.Fill("/way", "way", "totp")
	if p := b.Fill("/totp", "code", b.last.appSeed(t).At(h.now()), "name", "New phone"); p.Gave() == "" {
		t.Errorf("with the new app: %s", title(p))
	}
	if p := at.Get(a.Ask()); p.Gave() != "" {
		t.Error("a session of before the recovery goes on")
	}
}

// TestWait_Stopped: by the link of a notice, pressed by whoever holds an address, without a sign-in; opening it does nothing.
func TestWait_Stopped(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, _ = h.Apped("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	a.waits(b, "ana")
	b.Fill("/wait")
	link := h.stopLink()

	owner := h.Browser()
	owner.Get(link).Shows(t, 200, "Stop the wait")
	owner.Get(link)
	b.Get(b.last.Step()+"/wait").Shows(t, 200, "Your wait has begun")
	owner.Get(link)
	owner.Fill(link).Shows(t, 200, "The wait is stopped")
	if got := h.waitTold(); !slices.Equal(got, []string{"email stopped", "text stopped"}) {
		t.Errorf("told %v", got)
	}
	owner.Get(link).Shows(t, 410)
	if owner.Session() != "" {
		t.Error("the link signed somebody in")
	}
	h.Passes(73 * time.Hour)
	h.notices()
	if got := h.waitTold(); got != nil {
		t.Errorf("told of one that is stopped: %v", got)
	}
	b = h.Browser()
	a.waits(b, "ana").Shows(t, 200, "Start the wait")
	h.Browser().Get("/recovery/stop/nonsense").Shows(t, 410)
}

// TestWait_FoundAgain: a sign-in with what is said to be lost stops it; one with less does not.
func TestWait_FoundAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, app := h.Apped("ana")
	h.Gives(ana, provider.EmailCode, address(anasMail))
	a, lax := h.App("records", func(c *provider.Client) { c.MinLevel = provider.AAL2 }), h.App("scheduling", twoStep)
	b := h.Browser()
	a.waits(b, "ana")
	b.Fill("/wait")
	h.Mail()

	byMail := h.Browser()
	byMail.Get(lax.Ask())
	byMail.SignIn("ana", anasPassword)
	byMail.Choose("/way", "", "way", h.ofKind(ana.ID, provider.EmailCode)[0].ID)
	if p := byMail.Fill("/email", "code", h.CodeFor(provider.ByEmail, anasMail)); p.Gave() == "" {
		t.Fatalf("by e-mail: %s", title(p))
	}
	if _, err := h.Store.PendingRecovery(context.Background(), ana.ID, h.now()); err != nil {
		t.Errorf("a sign-in by e-mail stopped it: %v", err)
	}
	h.Mail()
	found := h.Browser()
	found.Get(a.Ask())
	found.SignIn("ana", anasPassword)
	if p := found.Fill("/totp", "code", app.At(h.now())); p.Gave() == "" {
		t.Fatalf("with the app: %s", title(p))
	}
	if _, err := h.Store.PendingRecovery(context.Background(), ana.ID, h.now()); !errors.Is(err, provider.ErrNotFound) {
		t.Errorf("a sign-in with the app did not stop it: %v", err)
	}
	if got := h.waitTold(); !slices.Contains(got, "email stopped") {
		t.Errorf("told %v", got)
	}
}

// TestWait_NotByAStranger: without the password nothing is begun, whatever is posted.
func TestWait_NotByAStranger(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, _ := h.Apped("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	p := b.Get(a.Ask())
	_, form := p.Form(t, "/password")
	for _, suffix := range []string{"/wait", "/regain", "/regained"} {
		b.Get(p.Step()+suffix).Shows(t, 200, "Sign in")
		b.Post(p.Step()+suffix, with(form))
	}
	b.SignIn("ana", "wrong")
	b.Post(p.Step()+"/wait", with(form))
	if _, err := h.Store.PendingRecovery(context.Background(), ana.ID, h.now()); !errors.Is(err, provider.ErrNotFound) {
		t.Errorf("somebody without the password began one: %v", err)
	}
	if got := h.Told("M-18"); len(got) != 0 {
		t.Errorf("%d notices", len(got))
	}
}

// TestWait_OutOfOrder: in every state, every form of it posted raw: nothing is finished before the time, nor without the code, nor
// with the code of somebody else, of a sign-in, or of a recovery before.
func TestWait_OutOfOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, _ := h.Apped("ana")
	bea, _ := h.Apped("bea")
	a := h.App("records", twoStep)
	b, other := h.Browser(), h.Browser()
	a.waits(b, "ana")
	unmoved := func(when string) {
		t.Helper()
		held, err := h.Store.Authenticators(context.Background(), ana.ID)
		must(t, err)
		if len(held) != 2 {
			t.Errorf("%s: held %d", when, len(held))
		}
	}
	raw := func(from *browser, suffix string, pairs ...string) *page {
		_, form := b.last.Form(t, "/wait")
		return from.Post(b.last.Step()+suffix, with(form, pairs...))
	}
	for _, code := range []string{"", "0", "null", "000000"} {
		raw(b, "/regained", "code", code)
		raw(b, "/regain", "way", code)
	}
	unmoved("before it was begun")
	b.Get(b.last.Step() + "/wait")
	raw(b, "/wait")
	action := b.last.Step()
	h.Mail()
	a.waits(other, "bea")
	other.Fill("/wait")
	h.Passes(73 * time.Hour)

	b, other = h.Browser(), h.Browser()
	a.waits(b, "ana")
	a.waits(other, "bea")
	other.Fill("/regain", "way", other.last.wayTo("@example.org"))
	beas := h.CodeFor(provider.ByEmail, "bea@example.org")
	b.Fill("/regain", "way", "0")
	b.Fill("/regained", "code", beas).Shows(t, 422)
	unmoved("with another's code")
	b.Get(action+"/regained").Shows(t, 200) // of a ceremony of before: begun again
	stranger := h.Browser()
	_, form := other.last.Form(t, "/regained")
	stranger.Post(other.last.Step()+"/regained", with(form, "code", beas))
	if held, _ := h.Store.Authenticators(context.Background(), bea.ID); len(held) != 2 {
		t.Error("a code was taken in another browser than that which asked for it")
	}
	all := AtOnce(20, func() *page { return other.Twin().Post(other.last.Step()+"/regained", with(form, "code", beas)) })
	_ = all
	if got := h.Told("M-18"); len(got) > 2 { // one by e-mail, one by text
		t.Errorf("told %d times that it is finished", len(got))
	}
	if held, _ := h.Store.Authenticators(context.Background(), bea.ID); len(held) != 1 {
		t.Errorf("held after: %d", len(held))
	}
}

// TestWait_WhileSomebodyGuesses: who guesses at the password keeps nobody from finishing.
func TestWait_WhileSomebodyGuesses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Apped("ana")
	a := h.App("records", twoStep)
	a.waits(h.Browser(), "ana")
	b := h.Browser()
	a.waits(b, "ana")
	b.Fill("/wait")
	h.Passes(73 * time.Hour)
	b = h.Browser()
	a.waits(b, "ana")
	b.Fill("/regain", "way", b.last.wayTo("@example.org"))
	thief := h.Browser()
	thief.Get(a.Ask())
	for range 11 {
		thief.SignIn("ana", "wrong")
	}
	thief.last.Shows(t, 429)
	b.Fill("/regained", "code", h.CodeFor(provider.ByEmail, "ana@example.org")).Shows(t, 200, `value="totp"`)
}

// TestWait_OfAnAddressThatIsNew: an address that was changed meanwhile finishes nothing; who has no other goes to the office.
func TestWait_OfAnAddressThatIsNew(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, _ := h.Apped("ana")
	a := h.App("records", twoStep)
	b := h.Browser()
	a.waits(b, "ana")
	b.Fill("/wait")
	now, err := h.Store.Account(context.Background(), ana.ID)
	must(t, err)
	for i, id := range now.Identifiers {
		if id.Kind != provider.Username {
			now.Identifiers[i].VerifiedAt = id.VerifiedAt.Add(time.Hour)
		}
	}
	must(t, h.Store.UpdateAccount(context.Background(), now, provider.Event{At: h.now(), Kind: "test", Actor: "house"}))
	h.Passes(73 * time.Hour)
	b = h.Browser()
	p := a.waits(b, "ana")
	p.Shows(t, 200, "Let us help you in person")

	cara, _ := h.Apped("cara")
	now, err = h.Store.Account(context.Background(), cara.ID)
	must(t, err)
	now.Identifiers = slices.DeleteFunc(now.Identifiers, func(id provider.Identifier) bool { return id.Kind != provider.Username })
	must(t, h.Store.UpdateAccount(context.Background(), now, provider.Event{At: h.now(), Kind: "test", Actor: "house"}))
	b = h.Browser()
	a.waits(b, "cara").Shows(t, 200, "Let us help you in person")
}
