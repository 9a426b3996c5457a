package templates

import (
	"strings"
	"time"
)

// A State is one page in one state, with invented data. ID is that of the page inventory, Variant tells states of one id apart;
// both are fit for a path. Title is for the gallery's index, which only developers see.
type State struct {
	ID, Variant, Title string
	Page               Page
}

// Gallery lists every state of every page. Tests loop over it, and dev mode shows it.
func Gallery() []State {
	var out []State
	for _, part := range [][]State{gallerySignIn(), galleryForgot(), galleryAccount(), galleryWayIn(), galleryWaiting(), galleryActivate(), galleryConsent(), galleryLeaving(), galleryAppErrors(), galleryTrouble(), galleryRest(), galleryHelp(),
		galleryWays(), galleryCodes(), galleryPasskeys(), galleryAdding(), galleryHeld(), galleryOwn(), galleryLetters(), galleryInvitations(), galleryIdle()} {
		out = append(out, part...)
	}
	return out
}

// The invented app, ticket and moment of the gallery.
const (
	galleryTicket = "c2VhbGVkLXdheS1iYWNr"
	galleryAction = "/signin/7f3k2m9q"
	longName      = "The Combined Community Hospitals and Clinics of the Greater Connecticut River Valley Patient Companion"
	longWord      = "maria-guadalupe.hernandez-castellanos.de.la.vega.and.family@a-very-long-subdomain.mail.example.org"
)

func galleryApp() App { return App{Name: "Example Records", Return: "https://records.example.org/"} }

func galleryNative() App { return App{Name: "Pocket Health", Return: "org.example.pockethealth:/back"} }

func galleryMoment() time.Time {
	return time.Date(2026, time.November, 22, 15, 45, 0, 0, time.FixedZone("EST", -5*3600))
}

func galleryInvitations() []State {
	p := InvitationLetter{
		Name: "Maria Lopez", Code: "7K3M-9QWX-4TDC", Picture: galleryQR(), Address: "id.example.org/activate",
		Made: galleryMoment(), Until: galleryMoment().AddDate(0, 0, 30),
	}
	other, long := p, p
	other.Name, other.Other = "", true
	long.Name, long.Address = longName, longWord+"/activate"
	return []State{
		{"M-05", "paper", "Letter with an activation code", p},
		{"M-05", "paper-other", "Letter for somebody who helps a patient", other},
		{"M-05", "long", "Letter, very long names", long},
	}
}

func gallerySignIn() []State {
	plain := SignIn{Action: galleryAction, Ticket: galleryTicket, Forgot: "/forgot?from=sealed", Activate: "/activate?from=sealed", Passkey: galleryGet, Respond: galleryAction + "/passkey"}
	app := plain
	app.App = galleryApp()
	with := func(change func(*SignIn)) SignIn {
		p := app
		change(&p)
		return p
	}
	notice := func(key string) SignIn {
		return with(func(p *SignIn) { p.Username, p.Notice, p.Minutes, p.Wait = "maria.lopez", key, 15, 4*time.Second })
	}
	fault := func(fields ...Field) SignIn { return with(func(p *SignIn) { p.Fields = fields }) }
	return []State{
		{"S-01", "app", "Sign in, on the way to an app", app},
		{"S-01", "plain", "Sign in, without an app", plain},
		{"S-01", "hint", "Sign in, username hinted", with(func(p *SignIn) { p.Username = "maria.lopez" })},
		{"S-01", "long", "Sign in, very long names", with(func(p *SignIn) { p.App.Name, p.Username = longName, longWord })},
		{"S-02", "mismatch", "Wrong details", with(func(p *SignIn) { p.Username, p.Error = "maria.lopez", "signin.error.mismatch" })},
		{"S-14", "paused", "Paused for a while, real account or not", with(func(p *SignIn) {
			p.Username, p.Error, p.Until = "maria.lopez", "signin.error.paused", galleryMoment()
		})},
		{"S-14", "stopped", "Stopped until the owner opens it", with(func(p *SignIn) { p.Username, p.Error = "maria.lopez", "signin.error.stopped" })},
		{"S-03", "both", "Both fields empty", fault(Field{"username", "signin.field.username.empty"}, Field{"password", "signin.field.password.empty"})},
		{"S-03", "password", "Password empty", with(func(p *SignIn) {
			p.Username, p.Fields = "maria.lopez", []Field{{"password", "signin.field.password.empty"}}
		})},
		{"S-03", "long", "Both fields too long", fault(Field{"username", "signin.field.username.long"}, Field{"password", "signin.field.password.long"})},
		{"S-08", "plain", "Scripts off: the page of S-01, which adds its show button by script only", app},
		{"S-09", "app", "Cookies off", CookiesOff{App: galleryApp(), Retry: "/authorize?client_id=records"}},
		{"S-13", "again", "The app asks to confirm", with(func(p *SignIn) {
			p.Username, p.Fixed, p.Why, p.Switch = "maria.lopez", true, "signin.why.again", galleryAction+"/other"
		})},
		{"S-13", "stepup", "A page asks for one more check", with(func(p *SignIn) {
			p.App, p.Username, p.Fixed, p.Why = App{}, "maria.lopez", true, "signin.why.stepup"
		})},
		{"S-13", "mismatch", "Confirm, wrong password", with(func(p *SignIn) {
			p.Username, p.Fixed, p.Why, p.Error = "maria.lopez", true, "signin.why.again", "signin.error.mismatch"
		})},
		{"S-20", "away", "The page was open too long", notice("signin.notice.away")},
		{"S-20", "lost", "Started again", notice("signin.notice.lost")},
		{"E-02", "idle", "Signed out for safety", notice("signin.notice.idle")},
		{"E-07", "form", "Busy, with the form kept", notice("signin.notice.busy")},
		{"E-10", "moved", "Back in the middle; S-22 shows the same", notice("signin.notice.moved")},
	}
}

func galleryAccount() []State {
	choose := Choose{App: galleryApp(), Masked: "m•••a", Action: galleryAction, Ticket: galleryTicket}
	password := func(reason, failure, field, strength string) NewPassword {
		p := NewPassword{App: galleryApp(), Action: galleryAction, Ticket: galleryTicket, Username: "maria.lopez",
			Reason: reason, MinLength: 15, Error: failure, Strength: strength}
		if field != "" {
			p.Fields = []Field{{"new_password", field}}
		}
		return p
	}
	states := []State{
		{"S-12", "app", "Signed in as somebody already", choose},
		{"S-12", "plain", "The same without an app", Choose{Masked: "m•••a", Action: galleryAction}},
		{"S-16", "app", "Account not opened online", Closed{App: galleryApp()}},
		{"S-16", "plain", "The same without an app", Closed{}},
		{"S-18", "leaked", "New password: leaked", password("password.reason.leaked", "", "", "")},
		{"S-18", "asked", "New password: asked for", password("password.reason.asked", "", "", "")},
		{"S-18", "expired", "New password: was temporary", password("password.reason.expired", "", "", "")},
		{"S-18", "refused-short", "Refused: short", password("password.reason.leaked", "", "password.error.short", "password.strength.weak")},
		{"S-18", "refused-form", "Refused as a whole", password("password.reason.leaked", "password.error.same", "", "password.strength.strong")},
	}
	for _, why := range []string{"long", "common", "own", "composition", "same"} {
		states = append(states, State{"S-18", "refused-" + why, "Refused: " + why, password("password.reason.leaked", "", "password.error."+why, "password.strength.fair")})
	}
	return append(append(states, galleryTerms()...),
		State{"S-21", "home", "Signed in, without an app", Home{Username: "maria.lopez", Since: galleryMoment(), SignOut: "/logout"}},
		State{"S-21", "long", "The same with a long name", Home{Username: longWord, Since: galleryMoment(), SignOut: "/logout"}},
		State{"S-21", "front", "The issuer's root, not signed in", Front{SignIn: "/signin", Help: "/help"}})
}

func galleryTerms() []State {
	p := Terms{App: galleryApp(), Action: galleryAction, Ticket: galleryTicket, Version: "2026-03", URL: "https://www.example.org/terms", Summary: map[string]string{
		"en": "From March, we keep a list of your sign-ins for two years.\nYou can ask us to delete it sooner.",
		"es": "Desde marzo, guardamos por dos años una lista de sus inicios de sesión.\nPuede pedirnos que la borremos antes.",
		"ar": "ابتداءً من مارس، نحتفظ بقائمة عمليات تسجيل دخولك لمدة سنتين.\nيمكنك أن تطلب منا حذفها قبل ذلك.",
	}}
	newer, long := p, p
	newer.Notice = "terms.notice.newer"
	long.Summary = map[string]string{"": strings.Repeat(longName+" ", 3) + "\n" + longWord + "\n" + strings.Repeat("We changed one more thing that you may want to read about. ", 6)}
	return []State{
		{"S-19", "app", "The terms of use changed", p},
		{"S-19", "newer", "They changed again meanwhile", newer},
		{"S-19", "long", "With much that is new, in the default language", long},
	}
}

func galleryConsent() []State {
	p := Consent{App: galleryNative(), Host: "pocket-health.example", Days: 90, Action: "/consent/7f3k2m9q", Ticket: galleryTicket,
		Scopes: []ScopeLine{{Name: "profile"}, {Name: "email"}, {Name: "phone"}, {Name: "address"}, {Name: "records"}, {Name: "scheduling"}}}
	offline, before, long := p, p, p
	offline.Scopes = []ScopeLine{{Name: "records"}, {Name: "offline_access", Optional: true}}
	before.Before, before.Days = true, 1
	long.App.Name, long.Host, long.Days = longName, "a-very-long-subdomain.of-a-very-long-host-name.example.org", 0
	long.Scopes = []ScopeLine{{Name: "urn:example:something-without-words:observation.read"}, {Name: "offline_access", Optional: true}}
	return []State{
		{"O-01", "app", "Consent", p},
		{"O-01", "long", "Consent, long names, unknown scope, no end", long},
		{"O-03", "offline", "Consent with access while away", offline},
		{"O-04", "before", "Allowed before", before},
	}
}

func galleryLeaving() []State {
	app, native := galleryApp(), galleryNative()
	url := "https://records.example.org/callback?code=abc&state=x%20y"
	states := []State{
		{"S-90", "redirect", "Taking you back", Leaving{App: app, URL: url}},
		{"S-90", "native", "Taking you back to a phone app", Leaving{App: native, URL: "org.example.pockethealth:/back?code=abc&state=xyz"}},
		{"S-90", "post", "Taking you back by form_post", Leaving{App: app, Post: "https://records.example.org/callback", Fields: []Hidden{{"code", "abc"}, {"submit", "yes"}}}},
		{"S-90", "plain", "Taking you back, app without a name", Leaving{URL: url}},
		{"O-05", "denied", "Not allowed, taking you back", Leaving{App: app, URL: "https://records.example.org/callback?error=access_denied", Notice: "leaving.notice.denied"}},
		{"S-90", "password-changed", "With a notice", Leaving{App: app, URL: url, Notice: "leaving.notice.password_changed"}},
	}
	for _, strength := range []string{"weak", "fair", "good", "strong"} {
		states = append(states, State{"S-90", "password-" + strength, "New password: " + strength, Leaving{App: app, URL: url, Notice: "leaving.notice.password_" + strength}})
	}
	return states
}

func galleryAppErrors() []State {
	got := "http://records.example.org:8443/callback/?next=<script>"
	var states []State
	for _, differs := range []struct{ id, key string }{
		{"AUTHZ-CLIENT-UNKNOWN", "client_unknown"}, {"AUTHZ-CLIENT-DISABLED", "client_disabled"},
		{"AUTHZ-REDIRECT-MISSING", "redirect_missing"}, {"AUTHZ-REDIRECT-MISMATCH", "redirect_mismatch"},
		{"AUTHZ-REDIRECT-MISMATCH", "redirect_scheme"}, {"AUTHZ-REDIRECT-MISMATCH", "redirect_slash"},
		{"AUTHZ-REDIRECT-MISMATCH", "redirect_port"}, {"AUTHZ-REDIRECT-MISMATCH", "redirect_query"},
		{"AUTHZ-REDIRECT-INVALID", "redirect_invalid"}, {"AUTHZ-PARAMETER-TWICE", "duplicate_parameter"}, {"AUTHZ-REQUEST-URI", "request_uri"},
	} {
		page := AppError{ID: differs.id, ClientID: "records", Name: "Example Records", Got: got, Differs: "apperror.differs." + differs.key, At: galleryMoment()}
		if differs.key == "request_uri" {
			page.App = galleryApp()
		}
		states = append(states, State{"O-06", differs.key, differs.id, page})
	}
	return append(states, State{"O-06", "request_unreadable", "AUTHZ-REQUEST-UNREADABLE",
		AppError{ID: "AUTHZ-REQUEST-UNREADABLE", Differs: "apperror.differs.request_unreadable", At: galleryMoment()}})
}

func galleryTrouble() []State {
	at := func(key string) Trouble { return Trouble{Key: key, At: galleryMoment()} }
	full := func(key string) Trouble {
		return Trouble{Key: key, App: galleryApp(), Again: "/authorize?client_id=records", At: galleryMoment()}
	}
	until := at("closed_for_work")
	until.Until = galleryMoment().Add(3 * time.Hour)
	limited, busy := full("limited"), full("busy")
	limited.Wait, busy.Wait = 110*time.Second, 4*time.Second
	return []State{
		{"E-03", "plain", "Not found", at("not_found")},
		{"E-04", "plain", "Not allowed here", at("not_allowed")},
		{"E-05", "plain", "Something broke", at("broken")},
		{"E-05", "app", "Something broke, on the way to an app", full("broken")},
		{"E-06", "until", "Closed until a known time", until},
		{"E-06", "plain", "Closed", at("closed_for_work")},
		{"E-07", "plain", "Busy", busy},
		{"S-15", "network", "Too many tries from one network", limited},
		{"E-08", "bad-request", "Bad encoding", at("bad_request")},
		{"E-08", "too-big", "Too big", at("too_big")},
		{"E-08", "wrong-method", "Wrong method", at("wrong_method")},
		{"E-10", "expired", "The way is over", full("expired")},
		{"E-10", "unmet", "Nothing held can prove enough", full("unmet")},
		{"E-10", "recover", "Nothing held at all", full("recover")},
	}
}

func galleryRest() []State {
	return []State{
		{"O-20", "app", "Sign out?", SignOutAsk{App: galleryApp(), Action: "/logout", Fields: []Hidden{{"state", "xyz"}}}},
		{"O-20", "plain", "Sign out?, without an app", SignOutAsk{Action: "/logout"}},
		{"O-21", "app", "Signed out, back to an app", SignedOut{App: galleryApp(), SignIn: "/signin"}},
		{"O-21", "plain", "Signed out", SignedOut{SignIn: "/signin"}},
		{"O-22", "waiting", "Signed out, an app may still be open", SignedOut{App: galleryApp(), SignIn: "/signin", Open: []string{"Scheduling"}, Look: "/logout/done"}},
		{"O-22", "several", "Signed out, apps could not be reached", SignedOut{SignIn: "/signin", Open: []string{"Health records", "Sleep Tracker with a long name that wraps"}}},
		{"DEV-inbox", "empty", "Inbox, empty", Inbox{}},
		{"DEV-inbox", "full", "Inbox", Inbox{Messages: []InboxMessage{
			{ID: "1", Channel: "email", To: "maria@example.org", Subject: "Your sign-in code", Text: "Use this code to sign in.\n\n123456\n\nIt works for 10 minutes.\n", At: galleryMoment()},
			{ID: "2", Channel: "text", To: "+15550100134", Text: "123456 is your Example Health code.\n\n@localhost #123456", At: galleryMoment().Add(time.Minute)},
			{ID: "3", Channel: "voice", To: "+15550100134", Text: "Hello. This is Example Health.\nYour code is: 1, 2, 3, 4, 5, 6.\nGoodbye.", At: galleryMoment().Add(2 * time.Minute)},
			{ID: "4", Channel: "email", To: longWord, Subject: longName, Text: longName + " " + longWord, At: galleryMoment().Add(time.Hour)},
		}}},
		{"DEV-gallery", "index", "This list", GalleryIndex{States: []State{{ID: "S-01", Variant: "app", Title: "Sign in"}}}},
	}
}
