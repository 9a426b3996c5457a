package server_test

import (
	"context"
	"html"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/audit"
)

// sessionsOf are the live sessions of somebody, last seen first.
func (h *house) sessionsOf(id provider.AccountID) []provider.Session {
	h.t.Helper()
	all, err := h.Store.SessionsOf(context.Background(), id, h.now(), 100)
	must(h.t, err)
	return all
}

// elsewhere is the one live session of an account that a browser does not have.
func (h *house) elsewhere(id provider.AccountID, b *browser) provider.Session {
	h.t.Helper()
	own := provider.HashSecret(b.Session())
	for _, s := range h.sessionsOf(id) {
		if string(s.SecretHash) != string(own) {
			return s
		}
	}
	h.t.Fatal("no other session")
	return provider.Session{}
}

// TestY08_Devices: each browser that is signed in, by what it calls itself, with its apps, this one first and marked.
func TestY08_Devices(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.Person("bruno")
	h.Browser().In("bruno")
	phone, app := h.Browser(), h.App("records")
	app.Redeem(app.Code(phone))
	b := h.Browser().In("ana")
	p := b.Get("/account/devices").Shows(t, 200, "This device", "The records app", `action="/account/devices/others"`)
	if n := strings.Count(p.Body, `name="session"`); n != 1 {
		t.Fatalf("%d sessions can be ended, want 1", n)
	}
	if here := strings.Index(p.Body, "This device"); here < 0 || here > strings.Index(p.Body, `name="session"`) {
		t.Error("this one does not come first")
	}
	other := h.elsewhere(ana.ID, b)
	b.Post("/account/devices/end", url.Values{"session": {other.ID}}).Shows(t, 200, `role="status"`, "This device")
	phone.Get("/account/devices").Shows(t, 200, `name="password"`)
	if got := h.Recorded(ana.ID, "session.ended"); len(got) != 1 || got[0].Session != other.ID || got[0].Actor != "account:"+string(ana.ID) {
		t.Errorf("recorded %+v", got)
	}
	b.Post("/account/devices/end", url.Values{"session": {other.ID}}).Shows(t, 200, `role="status"`) // sent twice
	if got := h.Recorded(ana.ID, "session.ended"); len(got) != 1 {
		t.Errorf("ended %d times", len(got))
	}
}

// TestY08_EndedIsDeadAtOnce: what an application got by a session dies with it, and not a minute later.
func TestY08_EndedIsDeadAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	phone, app := h.Browser(), h.App("records")
	tokens := app.Redeem(app.Code(phone, "scope", "openid profile"))
	access := map[string]string{"Authorization": "Bearer " + tokens.Str("access_token")}
	h.Send("GET", "/userinfo", access, "").Is(200, "")
	b := h.Browser().In("ana")
	b.Post("/account/devices/end", url.Values{"session": {h.elsewhere(ana.ID, b).ID}})
	if got := h.Send("GET", "/userinfo", access, ""); got.Status != 401 {
		t.Errorf("userinfo answers %d after the session was ended", got.Status)
	}
	if got := app.Post("/introspect", "token", tokens.Str("access_token")); got.JSON["active"] != false {
		t.Errorf("introspection says %v", got.JSON)
	}
	b.Get("/account/devices").Shows(t, 200)
}

// TestY08_EndOthers: all but this one, with offline access and the remembering of browsers; all addresses hear of it, once.
func TestY08_EndOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	phone, app := h.Browser(), h.App("records")
	tokens := app.Redeem(app.Code(phone, "scope", "openid offline_access"))
	tablet, b := h.Browser().In("ana"), h.Browser().In("ana")
	h.Mail()
	b.Post("/account/devices/others", url.Values{}).Shows(t, 200, `role="status"`, "This device")
	if len(h.sessionsOf(ana.ID)) != 1 {
		t.Errorf("%d sessions live", len(h.sessionsOf(ana.ID)))
	}
	for _, other := range []*browser{phone, tablet} {
		other.Get("/account").Shows(t, 200, `name="password"`)
	}
	app.Post("/token", "grant_type", "refresh_token", "refresh_token", tokens.Str("refresh_token")).Is(400, "invalid_grant")
	if told := h.Told("M-21"); len(told) != 1 || told[0].To != "ana@example.org" {
		t.Errorf("told %v", told)
	}
	b.Post("/account/devices/others", url.Values{}).Shows(t, 200, `role="status"`)
	if told := h.Told("M-21"); len(told) != 0 {
		t.Errorf("told again, with nothing to tell: %v", told)
	}
	if got := h.Recorded(ana.ID, "session.others_ended"); len(got) != 2 || got[0].Detail["why"] != "ended by owner" {
		t.Errorf("recorded %+v", got)
	}
}

// TestY08_AnOfflineCodeDiesWithItsSession: a code is a promise of the session that asked for it, and worth nothing once that ended,
// whatever the tokens would be for; tokens for offline access that were given out before live on.
func TestY08_AnOfflineCodeDiesWithItsSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	b, app := h.Browser(), h.App("records")
	before := app.Redeem(app.Code(b, "scope", "openid offline_access"))
	code := app.Code(b, "scope", "openid offline_access")
	phone := h.Browser().In("ana")
	phone.Post("/account/devices/end", url.Values{"session": {h.elsewhere(ana.ID, phone).ID}}).Shows(t, 200, `role="status"`)
	app.Redeem(code).Is(400, "invalid_grant")
	app.Refresh(before.Str("refresh_token")).Is(200, "")
}

// TestY08_OfOthers: the id of somebody else's session is worth nothing, and says nothing.
func TestY08_OfOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	bruno := h.Person("bruno")
	his := h.Browser().In("bruno")
	b := h.Browser().In("ana")
	theirs := b.Post("/account/devices/end", url.Values{"session": {h.sessionsOf(bruno.ID)[0].ID}}).Shows(t, 404)
	nobodys := b.Post("/account/devices/end", url.Values{"session": {"none"}}).Shows(t, 404)
	if title(theirs) != title(nobodys) || len(theirs.Body) != len(nobodys.Body) {
		t.Error("the answers tell whether there is such a session")
	}
	his.Get("/account/devices").Shows(t, 200, "This device")
	stranger := h.Browser()
	for _, act := range []string{"end", "others", "forget"} {
		stranger.Post("/account/devices/"+act, url.Values{}).Shows(t, 200, `name="password"`)
	}
	if len(h.sessionsOf(bruno.ID)) != 1 {
		t.Error("ended by somebody else")
	}
}

// TestY08_TwoTabs: both end the others at once; this session lives on, and who signs in meanwhile either stays or went.
func TestY08_TwoTabs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	for range 3 {
		h.Browser().In("ana")
	}
	b := h.Browser().In("ana")
	var tabs sync.WaitGroup
	for range 4 {
		tabs.Add(1)
		go func() {
			defer tabs.Done()
			tab := &browser{t: t, h: h, http: b.http}
			tab.Post("/account/devices/others", url.Values{}).Shows(t, 200, `role="status"`)
		}()
	}
	tabs.Wait()
	if live := h.sessionsOf(ana.ID); len(live) != 1 || string(live[0].SecretHash) != string(provider.HashSecret(b.Session())) {
		t.Errorf("live: %+v", live)
	}
}

// TestY08_Forget: a browser that stood in for a code does so no more, from any session of its owner, however old its proof.
func TestY08_Forget(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Mailed("ana")
	app := h.App("records", func(c *provider.Client) { c.MinLevel = provider.TwoStep })
	phone := h.Browser()
	app.asked(phone)
	phone.Fill("/email", "code", h.CodeFor(provider.ByEmail, anasMail), "remember", "on")
	devices, err := h.Store.Devices(context.Background(), ana.ID)
	must(t, err)
	if len(devices) != 1 || devices[0].RememberedUntil.IsZero() {
		t.Fatalf("not remembered: %+v", devices)
	}
	phone.Get("/account/devices").Shows(t, 200, `action="/account/devices/forget"`)
	h.Passes(11 * time.Minute)
	phone.Post("/account/devices/forget", url.Values{}).Shows(t, 200, `role="status"`)
	devices, err = h.Store.Devices(context.Background(), ana.ID)
	must(t, err)
	if len(devices) != 1 || !devices[0].RememberedUntil.IsZero() {
		t.Errorf("still remembered: %+v", devices)
	}
	if strings.Contains(phone.last.Body, "/devices/forget") || len(h.Recorded(ana.ID, "devices.forgotten")) != 1 {
		t.Error("it still shows, or is not on record")
	}
}

// TestY08_WantsBothSteps: who has somebody's password only does not see where they are.
func TestY08_WantsBothSteps(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, app := h.Apped("ana")
	b := h.Browser().In("ana")
	p := b.Get("/account/devices")
	if strings.Contains(p.Body, "This device") {
		t.Fatal("one step was enough")
	}
	b.show(h, app)
	b.last.Shows(t, 200, "This device")
}

// did puts something on record as if it had happened.
func (h *house) did(id provider.AccountID, actor audit.Actor, at time.Time) {
	h.t.Helper()
	must(h.t, h.Store.Record(context.Background(), audit.AccountEnabled(at, id, provider.Paused, actor)))
}

// TestY10_Activity: what the owner, apps and staff did, newest first; by topic; what says nothing to people is left out.
func TestY10_Activity(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bruno := h.Person("ana"), h.Person("bruno")
	h.Browser().In("bruno")
	h.did(bruno.ID, audit.Operator, h.now())
	wrong := h.Browser()
	wrong.Get("/account")
	wrong.SignIn("ana", "not the one")
	b, app := h.Browser(), h.App("records")
	app.Redeem(app.Code(b))
	h.did(ana.ID, audit.Operator, h.now())
	p := b.Get("/account/activity").Shows(t, 200, "Account opened again", "By our staff", "An app got access", "The records app", "Signed in", "By you", "did not get in")
	if strings.Index(p.Body, "Account opened again") > strings.Index(p.Body, "did not get in") {
		t.Error("the newest does not come first")
	}
	if n := strings.Count(p.Body, "Account opened again"); n != 1 {
		t.Errorf("told %d times", n)
	}
	for topic, want := range map[string]string{"signin": "did not get in", "apps": "An app got access", "staff": "Account opened again", "changes": "Account made"} {
		p := b.Get("/account/activity?kind="+topic).Shows(t, 200, want, `aria-current="true"`)
		for _, other := range []string{"did not get in", "An app got access"} {
			if other != want && strings.Contains(p.Body, other) {
				t.Errorf("%s shows %q", topic, other)
			}
		}
	}
	b.Get("/account/activity?kind=nonsense&before=-7").Shows(t, 200, "An app got access")
}

// TestY10_Pages: a year and more can be read, page by page, with nothing twice or left out.
func TestY10_Pages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	for month := range 60 {
		h.did(ana.ID, audit.Operator, h.now().AddDate(0, month-60, 0))
	}
	b := h.Browser().In("ana")
	seen := map[string]bool{}
	to := "/account/activity?kind=staff"
	for range 5 {
		p := b.Get(to).Shows(t, 200)
		for _, m := range regexp.MustCompile(`<time datetime="([^"]+)"`).FindAllStringSubmatch(p.Body, -1) {
			if m[1] > h.now().UTC().Format(time.RFC3339) {
				continue // when the session ends, for who has no JavaScript
			}
			if seen[m[1]] {
				t.Errorf("%s twice", m[1])
			}
			seen[m[1]] = true
		}
		next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(p.Body)
		if next == nil {
			break
		}
		to = html.UnescapeString(next[1])
	}
	if len(seen) != 61 { // and the account was made
		t.Errorf("%d seen, want 61", len(seen))
	}
}

// TestY10_Sheet: one's own trail and nobody else's, no secret and no address; only for who may see the page.
func TestY10_Sheet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, app := h.Apped("ana")
	shared := func(a *provider.Account, _ *provider.Authenticator) { // a household with one mailbox
		for i := range a.Identifiers {
			if a.Identifiers[i].Kind == provider.Email {
				a.Identifiers[i].Value, a.Identifiers[i].Canonical = "ana@example.org", "ana@example.org"
			}
		}
	}
	bruno := h.Person("bruno", shared)
	h.did(bruno.ID, audit.Operator, h.now())
	his := h.Browser()
	records := h.App("records")
	his.In("bruno")
	records.Redeem(records.Code(his))

	stranger := h.Browser()
	if p := stranger.Get("/account/activity.csv"); !strings.Contains(p.Body, `name="password"`) {
		t.Error("a stranger gets it")
	}
	b := h.Browser().In("ana")
	if p := b.Get("/account/activity.csv"); strings.Contains(p.Header.Get("Content-Type"), "csv") {
		t.Error("a password alone gets it")
	}
	b.show(h, app)
	p := b.Get("/account/activity.csv").Shows(t, 200, "\uFEFFWhen,What happened,Who did it,App\r\n", "Signed in", "By you")
	if p.Header.Get("Content-Type") != "text/csv; charset=utf-8; header=present" || !strings.Contains(p.Header.Get("Content-Disposition"), "attachment") ||
		p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", p.Header)
	}
	for _, secret := range []string{b.Session(), string(ana.ID), string(bruno.ID), "bruno", "records", "@", anasPassword, "Account opened again", h.sessionsOf(ana.ID)[0].ID} {
		if strings.Contains(p.Body, secret) {
			t.Errorf("it holds %q", secret)
		}
	}
}

// TestY09_Apps: who may see what, and until when; our own apps are told apart, others by what was allowed.
func TestY09_Apps(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Person("ana")
	third, own := h.App("thirdapp", thirdParty), h.App("records")
	b := h.Browser()
	third.asked(b, "scope", "openid email offline_access")
	third.Redeem(third.Back(b.Choose("/consent", "allow", "scope", "offline_access")).Get("code"))
	if told := h.Told("M-19"); len(told) != 1 || told[0].Data["action"] != "given" || told[0].Data["what"] != "The thirdapp app" || told[0].Data["link"] != "/account/apps" {
		t.Errorf("told %v", told)
	}
	own.Redeem(own.Code(b))
	b.Get("/account/apps").Shows(t, 200, "The thirdapp app", "thirdapp.example", "Your email address", "/account/apps/thirdapp/stop",
		"The records app", "One of our own apps", "Ends when you sign out")
	h.Passes(365 * 24 * time.Hour)
	if p := h.Browser().In("ana").Get("/account/apps"); strings.Contains(p.Body, "thirdapp") {
		t.Error("what is over is still listed")
	}
}

// TestY09_Stop: asked first, with a fresh proof; then all tokens are dead at once, the app must ask again, and others go on.
func TestY09_Stop(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	third, own := h.App("thirdapp", thirdParty), h.App("records")
	b := h.Browser()
	third.asked(b, "scope", "openid email offline_access")
	tokens := third.Redeem(third.Back(b.Choose("/consent", "allow", "scope", "offline_access")).Get("code"))
	others := own.Redeem(own.Code(b, "scope", "openid offline_access"))
	h.Passes(11 * time.Minute)
	b.Get("/account/apps/thirdapp/stop").Shows(t, 200, `name="password"`)
	b.Post("/account/apps/thirdapp/stop", url.Values{}).Shows(t, 200, `name="password"`)
	if _, err := h.Store.Consent(context.Background(), ana.ID, "thirdapp"); err != nil {
		t.Fatalf("stopped by an old proof: %v", err)
	}
	b.SignIn("ana", anasPassword).Shows(t, 200, "Do you want to stop this app?", "The thirdapp app", "We cannot take it back")
	h.Mail()
	b.Fill("/stop").Shows(t, 200, `role="status"`, "The records app")
	third.Post("/token", "grant_type", "refresh_token", "refresh_token", tokens.Str("refresh_token")).Is(400, "invalid_grant")
	own.Post("/token", "grant_type", "refresh_token", "refresh_token", others.Str("refresh_token")).Is(200, "")
	if told := h.Told("M-19"); len(told) != 1 || told[0].Data["action"] != "ended" || told[0].To != "ana@example.org" {
		t.Errorf("told %v", told)
	}
	if got := h.Recorded(ana.ID, "access.ended"); len(got) != 1 || got[0].Client != "thirdapp" {
		t.Errorf("recorded %+v", got)
	}
	b.Post("/account/apps/thirdapp/stop", url.Values{}).Shows(t, 200, "Apps with access") // sent twice
	b.Post("/account/apps/none/stop", url.Values{}).Shows(t, 404)
	if len(h.Recorded(ana.ID, "access.ended")) != 1 || len(h.Told("M-19")) != 0 {
		t.Error("stopped twice")
	}
	b.Get(third.Ask("scope", "openid email")).Shows(t, 200, "Share your data with")
}

// TestY09_TwoTabs: of many that stop one app at once, one does; nothing is told twice.
func TestY09_TwoTabs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana, bruno := h.Person("ana"), h.Person("bruno")
	third := h.App("thirdapp", thirdParty)
	b := h.Browser()
	third.asked(b, "scope", "openid email")
	third.Redeem(third.Back(b.Choose("/consent", "allow")).Get("code"))
	at := h.now().Truncate(time.Microsecond)
	his := provider.Consent{Account: bruno.ID, Client: "thirdapp", Scopes: []string{"email"}, GivenAt: at, ExpiresAt: at.Add(time.Hour)}
	must(t, h.Store.GiveConsent(context.Background(), his, audit.ConsentGiven(at, his)))
	var tabs sync.WaitGroup
	for range 4 {
		tabs.Add(1)
		go func() {
			defer tabs.Done()
			tab := &browser{t: t, h: h, http: b.http}
			tab.Post("/account/apps/thirdapp/stop", url.Values{}).Shows(t, 200, "Apps with access")
		}()
	}
	tabs.Wait()
	if n := len(h.Recorded(ana.ID, "access.ended")); n != 1 {
		t.Errorf("stopped %d times", n)
	}
	if _, err := h.Store.Consent(context.Background(), bruno.ID, "thirdapp"); err != nil {
		t.Errorf("somebody else's was stopped: %v", err)
	}
}

// TestY11_HelpForAnybody: the text needs no sign-in, and asks for one only to pause.
func TestY11_HelpForAnybody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, app := h.Apped("ana")
	stranger := h.Browser()
	stranger.Get("/account/not-me").Shows(t, 200, "This was not me", "call us", "/account/not-me/sign-in")
	stranger.Post("/account/not-me", url.Values{}).Shows(t, 200, "/account/not-me/sign-in")
	stranger.Get("/account/not-me/sign-in").Shows(t, 200, `name="password"`)
	stranger.SignIn("ana", anasPassword).Shows(t, 200, `action="/account/not-me"`) // one step is enough to be let out
	stranger.Get("/account/activity")
	stranger.show(h, app)
	stranger.last.Shows(t, 200, `href="/account/not-me"`)
	stranger.Get("/security").Shows(t, 200, `href="/account/not-me"`)
}

// TestY11_Pause: everybody is out at once, on every device and in every app, and stays out; all addresses hear of it.
func TestY11_Pause(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.Person("bruno")
	his, thief, app := h.Browser().In("bruno"), h.Browser(), h.App("records")
	tokens := app.Redeem(app.Code(thief, "scope", "openid profile offline_access"))
	access := map[string]string{"Authorization": "Bearer " + tokens.Str("access_token")}
	b := h.Browser().In("ana")
	h.Passes(14 * time.Minute)
	h.Mail()
	b.Get("/account/not-me").Shows(t, 200, `action="/account/not-me"`)
	if a, err := h.Store.Account(context.Background(), ana.ID); err != nil || a.Status != provider.Active {
		t.Fatalf("a GET paused it: %v, %v", a.Status, err)
	}
	b.Post("/account/not-me", url.Values{}).Shows(t, 200, "Your account is paused", `role="status"`, "call us")
	if b.Session() != "" {
		t.Error("the browser keeps its session's secret")
	}
	if got := h.Send("GET", "/userinfo", access, ""); got.Status != 401 {
		t.Errorf("userinfo answers %d", got.Status)
	}
	app.Post("/token", "grant_type", "refresh_token", "refresh_token", tokens.Str("refresh_token")).Is(400, "invalid_grant")
	if len(h.sessionsOf(ana.ID)) != 0 {
		t.Error("a session lives")
	}
	thief.Get("/account").Shows(t, 200, `name="password"`)
	thief.SignIn("ana", anasPassword).Shows(t, 403, "We cannot open this account online")
	if told := h.Told("M-16"); len(told) != 1 || told[0].Data["action"] != "paused" || told[0].To != "ana@example.org" {
		t.Errorf("told %v", told)
	}
	if got := h.Recorded(ana.ID, "account.disabled"); len(got) != 1 || got[0].Detail["to"] != "paused" || got[0].Actor != "account:"+string(ana.ID) {
		t.Errorf("recorded %+v", got)
	}
	b.Post("/account/not-me", url.Values{}).Shows(t, 200, "/account/not-me/sign-in") // sent again
	his.Get("/account").Shows(t, 200, "You are signed in")
}

// TestY11_TwoTabs: one pauses, the others find it so; it is told once.
func TestY11_TwoTabs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	first, second := h.Browser().In("ana"), h.Browser().In("ana")
	h.Mail()
	var tabs sync.WaitGroup
	for _, b := range []*browser{first, second} {
		tabs.Add(1)
		go func() {
			defer tabs.Done()
			b.Post("/account/not-me", url.Values{})
		}()
	}
	tabs.Wait()
	if len(h.Recorded(ana.ID, "account.disabled")) != 1 || len(h.Told("M-16")) != 1 || len(h.sessionsOf(ana.ID)) != 0 {
		t.Error("not paused, or twice")
	}
}

// TestY01_Overview: three lines and one thing to do at most; the sign-in before this one, not this one.
func TestY01_Overview(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ana := h.Person("ana")
	h.Person("bruno")
	h.Browser().In("bruno")
	first := h.Browser().In("ana")
	first.last.Shows(t, 200, "You have 1 way to sign in.", "This is the first time", "No app may see your data.", "Add a second step")
	h.Gives(ana, provider.TextCode, address(anasPhone))
	h.Gives(ana, provider.EmailCode, address(anasMail))
	third := h.App("thirdapp", thirdParty)
	third.asked(first, "scope", "openid email")
	first.Choose("/consent", "allow")
	h.Passes(20 * time.Hour)
	p := h.Browser().In("ana").last.Shows(t, 200, "You have 3 ways to sign in.", "You last signed in on", "1 app may see", "/account/devices", "/account/apps", "/account/activity", "/account/not-me")
	if strings.Contains(p.Body, "Do it now") {
		t.Error("there is something to do for who has three ways")
	}
}
