package templates

import (
	"strconv"
	"strings"
	"time"
)

// Invented options of passkeys: a browser would take them, and no server of ours would take the answer.
const (
	galleryGet    = `{"challenge":"Z2FsbGVyeS1jaGFsbGVuZ2U","rpId":"localhost","timeout":600000,"userVerification":"required","allowCredentials":[]}`
	galleryCreate = `{"challenge":"Z2FsbGVyeS1jaGFsbGVuZ2U","rp":{"id":"localhost","name":"Example Health"},"user":{"id":"Z2FsbGVyeQ","name":"maria.lopez","displayName":"maria.lopez"},"pubKeyCredParams":[{"type":"public-key","alg":-7},{"type":"public-key","alg":-257}],"authenticatorSelection":{"residentKey":"required","userVerification":"preferred"},"attestation":"none","excludeCredentials":[]}`
	galleryForget = `{"rpId":"localhost","credentialId":"Z2FsbGVyeQ"}`
	galleryPhone  = "•••34"
	galleryEmail  = "m•••a@example.org"
)

func galleryWays() []State {
	lines := []WayLine{{Value: "1", Kind: "passkey", Masked: "Google Password Manager", Chosen: true}, {Value: "2", Kind: "totp"},
		{Value: "3", Kind: "text", Masked: galleryPhone}, {Value: "4", Kind: "voice", Masked: galleryPhone},
		{Value: "5", Kind: "email", Masked: galleryEmail}, {Value: "6", Kind: "recovery"}}
	p := Ways{App: galleryApp(), Action: galleryAction + "/way", Ticket: galleryTicket, Why: "ways.why.second", Ways: lines,
		Lost: galleryAction + "/lost", Switch: galleryAction + "/switch", Until: galleryMoment()}
	with := func(change func(*Ways)) Ways { q := p; change(&q); return q }
	add := func(change func(*Ways)) Ways {
		q := Ways{App: galleryApp(), Action: galleryAction + "/way", Ticket: galleryTicket, Adding: true, Why: "ways.why.add",
			Ways:   []WayLine{{Value: "passkey", Kind: "passkey"}, {Value: "totp", Kind: "totp"}, {Value: "text", Kind: "text", Chosen: true}, {Value: "voice", Kind: "voice"}, {Value: "email", Kind: "email"}, {Value: "recovery", Kind: "recovery"}},
			Switch: galleryAction + "/switch"}
		change(&q)
		return q
	}
	states := []State{
		{"C-01", "second", "Choose a way: a second step", p},
		{"C-01", "plain", "Choose a way, no reason given, two ways only", with(func(q *Ways) { q.Why, q.Ways, q.Lost = "", lines[2:4], "" })},
		{"C-01", "unnamed", "Choose a way, nothing known but the kinds", with(func(q *Ways) {
			q.Ways = []WayLine{{Value: "1", Kind: "passkey"}, {Value: "2", Kind: "text", Chosen: true}, {Value: "3", Kind: "voice"}, {Value: "4", Kind: "email"}}
		})},
		{"C-01", "long", "Choose a way, very long names", with(func(q *Ways) {
			q.App.Name, q.Why = longName, "ways.why.stepup"
			q.Ways = []WayLine{{Value: "1", Kind: "passkey", Masked: longName, Chosen: true}, {Value: "2", Kind: "email", Masked: longWord}}
		})},
		{"C-01", "empty", "Nothing chosen", with(func(q *Ways) { q.Error = "ways.error.empty" })},
		{"C-01", "gone", "The way cannot be used now", with(func(q *Ways) { q.Error = "ways.error.gone" })},
		{"C-11", "ways", "Texts are slow, while choosing", with(func(q *Ways) { q.Slow = "text" })},
		{"C-09", "ways", "Too many sends, while choosing", with(func(q *Ways) { q.Notice = "ways.notice.sends" })},
		{"C-10", "ways-stopped", "Stopped, while choosing", with(func(q *Ways) { q.Notice, q.Ways = "ways.notice.stopped", lines[:1] })},
		{"C-10", "ways", "Too many tries, while choosing", with(func(q *Ways) { q.Notice, q.Ways = "ways.notice.tries", lines[:1] })},
		{"E-10", "ways", "Back in the middle, while choosing", with(func(q *Ways) { q.Notice = "ways.notice.moved" })},
		{"A-13", "add", "Which second step to add", add(func(*Ways) {})},
		{"A-13", "reach", "An app needs a safer way", add(func(q *Ways) { q.Why, q.Ways, q.NotNow = "ways.why.reach", q.Ways[:2], "/account" })},
		{"A-13", "reach-plain", "The next page needs a safer way", add(func(q *Ways) { q.Why, q.App = "ways.why.reach.plain", App{} })},
		{"A-13", "no-reason", "Which one to add, without a reason", add(func(q *Ways) { q.Why = "" })},
	}
	for _, why := range []string{"stepup", "check", "settings"} {
		states = append(states, State{"Y-17", why, "Confirm it is you: " + why, with(func(q *Ways) { q.Why = "ways.why." + why })})
	}
	return states
}

func galleryCodes() []State {
	moment := galleryMoment()
	code := func(kind, masked string, change func(*CodeEntry)) CodeEntry {
		p := CodeEntry{App: galleryApp(), Action: galleryAction + "/code", Ticket: galleryTicket, Kind: kind, Masked: masked,
			Other: galleryAction + "/other", Lost: galleryAction + "/lost", Origin: "localhost"}
		if masked != "" {
			p.Minutes, p.Now, p.Ends, p.Resend = 10, moment, moment.Add(10*time.Minute), galleryAction+"/resend"
		}
		change(&p)
		return p
	}
	same := func(*CodeEntry) {}
	text := func(change func(*CodeEntry)) CodeEntry { return code("text", galleryPhone, change) }
	notice := func(key string) func(*CodeEntry) { return func(p *CodeEntry) { p.Notice = key } }
	wrong := func(key string, left int) func(*CodeEntry) {
		return func(p *CodeEntry) { p.Error, p.Left = key, left }
	}
	until := func(key string) func(*CodeEntry) {
		return func(p *CodeEntry) { p.Error, p.Until, p.Resend = key, moment, "" }
	}
	return []State{
		{"C-02", "text", "A code by text", text(func(p *CodeEntry) { p.Call = galleryAction + "/call" })},
		{"C-02", "binding", "A code by text, to confirm a new number", text(func(p *CodeEntry) { p.Binding, p.Lost, p.Minutes = true, "", 1 })},
		{"C-02", "alone", "A code by text, with no other way", text(func(p *CodeEntry) { p.Other, p.Lost, p.Resend = "", "", "" })},
		{"C-02", "switch", "A code by text, for somebody who signs in again", text(func(p *CodeEntry) { p.Switch = galleryAction + "/switch" })},
		{"C-03", "email", "A code by email", code("email", galleryEmail, same)},
		{"C-03", "long", "A code by email, to a very long address", code("email", longWord, same)},
		{"C-04", "voice", "A code by call", code("voice", galleryPhone, same)},
		{"C-05", "totp", "A code from the app", code("totp", "", same)},
		{"C-05", "wrong", "A code from the app that did not work", code("totp", "", wrong("totp.error.wrong", 0))},
		{"C-05", "clock", "A code from the app, near miss", code("totp", "", func(p *CodeEntry) { p.Error, p.Notice = "totp.error.wrong", "code.notice.clock" })},
		{"C-05", "empty", "No code from the app", code("totp", "", wrong("totp.error.empty", 0))},
		{"C-06", "recovery", "A recovery code", code("recovery", "", same)},
		{"C-06", "wrong", "A recovery code that did not work", code("recovery", "", wrong("recovery.error.wrong", 2))},
		{"C-06", "empty", "No recovery code", code("recovery", "", wrong("recovery.error.empty", 0))},
		{"C-06", "left", "After a recovery code: how many are left", Leaving{App: galleryApp(), URL: "https://records.example.org/callback?code=abc", Notice: "leaving.notice.recovery", Left: 7, Stay: true}},
		{"C-06", "left-one", "After a recovery code: one is left", Leaving{App: galleryApp(), Post: "https://records.example.org/callback", Notice: "leaving.notice.recovery", Left: 1, Stay: true}},
		{"C-07", "wrong", "Wrong or old", text(wrong("code.error.wrong", 0))},
		{"C-07", "left-two", "Wrong or old, two tries left", text(wrong("code.error.wrong", 2))},
		{"C-07", "left-one", "Wrong or old, one try left", text(wrong("code.error.wrong", 1))},
		{"C-07", "field", "Wrong or old, said of the field", text(func(p *CodeEntry) { p.Fields = []Field{{"code", "code.error.wrong"}} })},
		{"C-07", "empty", "No code", text(wrong("code.error.empty", 0))},
		{"C-08", "again", "The same code was sent again", text(notice("code.notice.again"))},
		{"C-08", "called", "We call again", code("voice", galleryPhone, notice("code.notice.called"))},
		{"C-09", "text", "Too many sends", text(until("code.error.sends"))},
		{"C-10", "text", "Too many tries", text(until("code.error.tries"))},
		{"C-10", "stopped", "Too many tries, until the owner opens it", text(until("code.error.stopped"))},
		{"C-10", "totp", "Too many tries, by the app", code("totp", "", until("code.error.tries"))},
		{"C-11", "text", "Texts are slow", text(notice("code.notice.slow.text"))},
		{"C-11", "email", "Email is slow", code("email", galleryEmail, notice("code.notice.slow.email"))},
		{"C-11", "voice", "Calls are slow", code("voice", galleryPhone, notice("code.notice.slow.voice"))},
		{"C-12", "landline", "A number that gets no texts", text(func(p *CodeEntry) { p.Notice, p.Call = "code.notice.landline", galleryAction+"/call" })},
		{"C-12", "unreached", "A number that cannot be reached", text(notice("code.notice.unreached"))},
		{"C-12", "stopped", "A number whose owner wants no texts", text(notice("code.notice.stopped"))},
		{"C-14", "remember", "Remember this browser", text(func(p *CodeEntry) { p.Remember = 30 })},
		{"C-14", "day", "Remember this browser for a day", code("totp", "", func(p *CodeEntry) { p.Remember = 1 })},
		{"C-16", "soon", "Time is nearly up", text(func(p *CodeEntry) { p.Ends = moment.Add(90 * time.Second) })},
		{"C-16", "over", "Time is up", text(func(p *CodeEntry) { p.Ends = moment })},
		{"E-10", "code", "Back in the middle, at a code", text(notice("code.notice.moved"))},
		{"C-13", "ways", "Without the phone, other ways", LostWay{App: galleryApp(), Back: galleryAction, Again: galleryAction + "/way", Ticket: galleryTicket,
			Ways: []WayLine{{Value: "1", Kind: "passkey", Chosen: true}, {Value: "5", Kind: "email", Masked: galleryEmail}, {Value: "6", Kind: "recovery"}}}},
		{"C-13", "none", "Without the phone, and nothing else", LostWay{App: galleryApp(), Back: galleryAction, Ticket: galleryTicket}},
		{"C-13", "wait", "Without the phone, but one can wait", LostWay{App: galleryApp(), Back: galleryAction, Wait: galleryAction + "/wait", Ticket: galleryTicket}},
		{"C-13", "slow", "Without the phone, email is slow", LostWay{Back: galleryAction, Again: galleryAction + "/way", Notice: "code.notice.slow.email",
			Ways: []WayLine{{Value: "5", Kind: "email", Masked: galleryEmail, Chosen: true}}}},
	}
}

func galleryPasskeys() []State {
	in := SignIn{App: galleryApp(), Action: galleryAction + "/password", Ticket: galleryTicket, Passkey: galleryGet, Respond: galleryAction + "/passkey"}
	signIn := func(change func(*SignIn)) SignIn { p := in; change(&p); return p }
	use := UsePasskey{App: galleryApp(), Action: galleryAction + "/passkey", Ticket: galleryTicket, Options: galleryGet,
		Other: galleryAction + "/other", Lost: galleryAction + "/lost"}
	using := func(change func(*UsePasskey)) UsePasskey { p := use; change(&p); return p }
	add := AddPasskey{App: galleryApp(), Action: galleryAction + "/passkey", Ticket: galleryTicket, Options: galleryCreate, NotNow: "/account"}
	adding := func(change func(*AddPasskey)) AddPasskey { p := add; change(&p); return p }
	return []State{
		{"S-04", "autofill", "Sign in, passkeys in the field and by the button", in},
		{"S-05", "cancelled", "A passkey was not used", signIn(func(p *SignIn) { p.Notice = "passkey.notice.cancelled" })},
		{"S-05", "late", "A passkey came too late", signIn(func(p *SignIn) { p.Notice = "passkey.notice.late" })},
		{"S-06", "refused", "A passkey that is not known here", signIn(func(p *SignIn) { p.Error, p.Signal = "passkey.error.refused", galleryForget })},
		{"S-07", "address", "A browser without passkeys is told where to go", signIn(func(p *SignIn) { p.Address = "https://records.example.org/" })},
		{"S-13", "passkey", "The app asks to confirm, with a passkey too", signIn(func(p *SignIn) {
			p.Username, p.Fixed, p.Why, p.Switch = "maria.lopez", true, "signin.why.again", galleryAction+"/switch"
		})},
		{"Y-17", "signin", "Confirm it is you, before a change", signIn(func(p *SignIn) {
			p.App, p.Username, p.Fixed, p.Why = App{}, "maria.lopez", true, "signin.why.settings"
		})},
		{"C-01", "passkey", "A passkey as the second step", use},
		{"C-01", "passkey-named", "A passkey with a name", using(func(p *UsePasskey) { p.Masked, p.Switch = "Google Password Manager", galleryAction+"/switch" })},
		{"S-04", "long", "A passkey with a long name, and no other way", using(func(p *UsePasskey) { p.Masked, p.Other, p.Lost = longName, "", "" })},
		{"S-05", "second", "The passkey was not used as the second step", using(func(p *UsePasskey) { p.Notice = "passkey.notice.cancelled" })},
		{"S-05", "second-late", "The passkey came too late", using(func(p *UsePasskey) { p.Notice = "passkey.notice.late" })},
		{"S-06", "second", "A second step by a passkey that is not known here", using(func(p *UsePasskey) { p.Error, p.Signal = "passkey.error.refused", galleryForget })},
		{"K-01", "offer", "The offer of a passkey", add},
		{"K-01", "asked", "A passkey is needed, or another way", adding(func(p *AddPasskey) { p.NotNow, p.Other = "", galleryAction+"/other" })},
		{"K-01", "only", "A passkey is needed, and nothing else would do", adding(func(p *AddPasskey) { p.NotNow = "" })},
		{"K-04", "cancelled", "No passkey was made", adding(func(p *AddPasskey) { p.Notice = "addpasskey.notice.cancelled" })},
		{"K-04", "late", "It took too long", adding(func(p *AddPasskey) { p.Notice = "passkey.notice.late" })},
		{"K-05", "again", "There is one already", adding(func(p *AddPasskey) { p.Error = "addpasskey.error.again" })},
		{"K-06", "unsaved", "Made, but not kept by us", adding(func(p *AddPasskey) { p.Error, p.Signal = "addpasskey.error.unsaved", galleryForget })},
	}
}

func galleryAdding() []State {
	address := func(kind string, change func(*AddAddress)) AddAddress {
		p := AddAddress{Action: galleryAction + "/address", Ticket: galleryTicket, Kind: kind, Other: galleryAction + "/other"}
		change(&p)
		return p
	}
	fault := func(field, key string) func(*AddAddress) {
		return func(p *AddAddress) { p.Value, p.Fields = "555 0134", []Field{{field, key}} }
	}
	app := func(change func(*AddApp)) AddApp {
		p := AddApp{Action: galleryAction + "/app", Ticket: galleryTicket, QR: galleryQR(), Key: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP",
			URI: "otpauth://totp/Example%20Health:maria.lopez?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example%20Health", Other: galleryAction + "/other"}
		change(&p)
		return p
	}
	sheet := SaveCodes{Action: galleryAction + "/codes", Ticket: galleryTicket, Made: galleryMoment(),
		Codes: strings.Fields("7K2M-9QXR-4TBN H3VD-8WPC-6YJE 2ZGF-M5SA-K9RT Q4XN-7BHV-3DWP CJ6Y-E8TG-M2SK R9FA-4ZQX-7NBH 5VDW-P3CJ-6YE8 TG2M-SK9R-FA4Z XQ7N-BH5V-DW3P 8CJE-6YTG-2MSK")}
	replace, stale := sheet, sheet
	replace.Replace, replace.Other, replace.NotNow = true, galleryAction+"/other", "/account/ways"
	stale.Error, stale.Replace = "savecodes.error.stale", true
	states := []State{
		{"Y-06", "phone", "Add a phone", address("text", func(*AddAddress) {})},
		{"Y-06", "email", "Add an email", address("email", func(p *AddAddress) { p.NotNow = "/account/ways" })},
		{"Y-06", "email-known", "Add an email that is on file", address("email", func(p *AddAddress) { p.Value = longWord })},
		{"Y-06", "landline", "Add a phone that gets no texts", address("text", func(p *AddAddress) { p.Value, p.Voice, p.Notice = "617 555 0134", true, "address.notice.landline" })},
		{"Y-06", "unreached", "Add a phone that cannot be reached", address("text", func(p *AddAddress) { p.Value, p.Notice = "617 555 0134", "address.notice.unreached" })},
		{"Y-06", "sends", "Too many sends", address("text", func(p *AddAddress) {
			p.Value, p.Error, p.Until = "617 555 0134", "address.error.sends", galleryMoment()
		})},
		{"Y-06", "email-whole", "A fault said of the whole form", address("email", func(p *AddAddress) { p.Value, p.Error = "maria", "address.error.email" })},
		{"Y-05", "app", "Add an app", app(func(*AddApp) {})},
		{"Y-05", "wrong", "The first code did not work", app(func(p *AddApp) { p.Error, p.Name = "totp.error.wrong", "My phone" })},
		{"Y-05", "clock", "The first code, near miss", app(func(p *AddApp) {
			p.Error, p.Notice, p.NotNow = "totp.error.wrong", "totp.notice.clock", "/account/ways"
		})},
		{"Y-05", "fields", "No code, and a long name", app(func(p *AddApp) {
			p.Name, p.Fields = longName, []Field{{"code", "totp.error.empty"}, {"name", "name.error.long"}}
		})},
		{"Y-07", "sheet", "New recovery codes", sheet},
		{"Y-07", "replace", "New recovery codes in place of others", replace},
		{"Y-07", "stale", "The sheet changed meanwhile", stale},
	}
	for _, key := range []string{"phone.empty", "phone", "country", "premium", "held", "stopped"} {
		states = append(states, State{"Y-06", "phone-" + strings.ReplaceAll(key, ".", "-"), "Phone refused: " + key, address("text", fault("phone", "address.error."+key))})
	}
	for _, key := range []string{"email.empty", "email", "held"} {
		states = append(states, State{"Y-06", "email-" + strings.ReplaceAll(key, ".", "-"), "Email refused: " + key, address("email", fault("email", "address.error."+key))})
	}
	return states
}

func galleryHeld() []State {
	day := func(n int) time.Time { return galleryMoment().AddDate(0, 0, -n) }
	acts := func(l HeldLine) HeldLine {
		l.Rename, l.Remove = "/account/ways/"+l.ID+"/rename", "/account/ways/"+l.ID+"/remove"
		return l
	}
	password := HeldLine{ID: "8", Kind: "password", Made: day(200), Last: true, Change: "/account/password"}
	key := acts(HeldLine{ID: "1", Kind: "passkey", Name: "My laptop", Provider: "Google Password Manager", Synced: true, Made: day(90), Used: day(1)})
	stick := acts(HeldLine{ID: "2", Kind: "passkey", Provider: "YubiKey 5 Series", Made: day(30)})
	app := acts(HeldLine{ID: "3", Kind: "totp", Name: "Work phone", Made: day(300), Used: day(12)})
	phone := acts(HeldLine{ID: "4", Kind: "text", Masked: galleryPhone, Made: day(400), Used: day(2)})
	home := acts(HeldLine{ID: "5", Kind: "voice", Masked: "•••71", Made: day(20)})
	email := acts(HeldLine{ID: "6", Kind: "email", Masked: galleryEmail, Made: day(400), Used: day(100)})
	codes := acts(HeldLine{ID: "7", Kind: "recovery", Left: 8, Total: 10, Spent: []time.Time{day(80), day(3)}, Made: day(100), Used: day(3)})
	codes.Rename, codes.Change = "", "/account/ways/add/recovery"
	low := codes
	low.Left, low.Spent = 1, nil
	last := phone
	last.Last, last.Remove = true, ""
	long := acts(HeldLine{ID: "9", Kind: "passkey", Name: longName, Provider: longWord, Made: day(1)})
	bare := acts(HeldLine{ID: "10", Kind: "passkey"})

	list := WaysToSignIn{Username: "maria.lopez", Lines: []HeldLine{key, stick, app, phone, home, email, codes, password}, Phone: true, Action: "/account/ways", Home: "/account"}
	with := func(change func(*WaysToSignIn)) WaysToSignIn { p := list; change(&p); return p }
	rename := RenameWay{Line: key, Action: "/account/ways/1/rename", Value: "My laptop", Back: "/account/ways"}
	renaming := func(value, fault string) RenameWay {
		p := rename
		p.Value, p.Fields = value, []Field{{"name", fault}}
		return p
	}
	remove := RemoveWay{Line: key, Stays: []HeldLine{app, phone, password}, Action: "/account/ways/1/remove", Back: "/account/ways", Weaker: true}
	plain, named := remove, remove
	plain.Line, plain.Stays, plain.Weaker = home, []HeldLine{key, phone, password}, false
	named.Line = long
	change := ChangePassword{Username: "maria.lopez", Action: "/account/password", MinLength: 15, Back: "/account/ways"}
	changing := func(set func(*ChangePassword)) ChangePassword { p := change; set(&p); return p }
	states := []State{
		{"Y-02", "full", "Ways to sign in, one of each", list},
		{"Y-02", "few", "Ways to sign in, one only beside the password", with(func(p *WaysToSignIn) { p.Lines = []HeldLine{last, password} })},
		{"Y-02", "password", "Ways to sign in, the password only", with(func(p *WaysToSignIn) { p.Lines, p.Phone = []HeldLine{password}, false })},
		{"Y-02", "long", "Ways to sign in, very long names, and one without any", with(func(p *WaysToSignIn) { p.Username, p.Lines = longWord, []HeldLine{long, bare, email} })},
		{"Y-02", "gone", "Ways to sign in, one has gone meanwhile", with(func(p *WaysToSignIn) { p.Error = "waystosignin.error.gone" })},
		{"Y-02", "many", "Ways to sign in, as many as fit", with(func(p *WaysToSignIn) { p.Error = "waystosignin.error.many" })},
		{"Y-02", "rename", "Rename one", rename},
		{"Y-02", "rename-empty", "Rename one, no name", renaming("", "name.error.empty")},
		{"Y-02", "rename-long", "Rename one, a long name", renaming(longName, "name.error.long")},
		{"Y-03", "signal", "Passkeys that the browser is told of", with(func(p *WaysToSignIn) {
			p.Signal = `{"rpId":"localhost","userId":"Z2FsbGVyeQ","allAcceptedCredentialIds":[]}`
		})},
		{"Y-07", "low", "Few recovery codes left", with(func(p *WaysToSignIn) { p.Lines = []HeldLine{phone, low, password} })},
		{"K-08", "safest", "Remove the safest one", remove},
		{"K-08", "plain", "Remove one of several", plain},
		{"K-08", "long", "Remove one with a long name", named},
		{"Y-04", "change", "Change the password", change},
		{"Y-04", "current", "Change the password, not the current one", changing(func(p *ChangePassword) { p.Fields = []Field{{"password", "changepassword.error.current"}} })},
		{"Y-04", "whole", "The same, said of the whole form", changing(func(p *ChangePassword) { p.Error = "changepassword.error.current" })},
		{"Y-04", "short", "Change the password, too short a one", changing(func(p *ChangePassword) {
			p.Strength, p.Fields = "password.strength.weak", []Field{{"new_password", "password.error.short"}}
		})},
		{"Y-04", "stopped", "Change the password, stopped", changing(func(p *ChangePassword) { p.Error = "changepassword.error.stopped" })},
		{"Y-04", "tries", "Change the password, too many tries", changing(func(p *ChangePassword) { p.Error, p.Until = "changepassword.error.tries", galleryMoment() })},
		{"S-21", "ways", "Signed in, without an app, with the ways to sign in", Home{Username: "maria.lopez", Since: galleryMoment(), Ways: "/account/ways", Places: galleryPlaces(), SignOut: "/logout"}},
		{"S-21", "added", "The same after something was added", Home{Username: "maria.lopez", Since: galleryMoment(), Ways: "/account/ways", SignOut: "/logout", Notice: "waystosignin.notice.added.passkey"}},
	}
	for _, why := range []string{"last", "onlyproof", "gone"} {
		stuck := remove
		stuck.Line, stuck.Error = last, "removeway.error."+why
		states = append(states, State{"K-08", why, "Cannot be removed: " + why, stuck})
	}
	url := "https://records.example.org/callback?code=abc"
	for _, kind := range []string{"passkey", "totp", "text", "voice", "email", "recovery"} {
		id := map[string]string{"passkey": "K-03", "totp": "Y-05", "text": "Y-06", "voice": "Y-06", "email": "Y-06", "recovery": "Y-07"}[kind]
		states = append(states,
			State{id, "added-" + kind, "Added: " + kind, with(func(p *WaysToSignIn) { p.Notice = "waystosignin.notice.added." + kind })},
			State{id, "removed-" + kind, "Removed: " + kind, with(func(p *WaysToSignIn) { p.Notice = "waystosignin.notice.removed." + kind })},
			State{"S-90", "added-" + kind, "Added on the way to an app: " + kind, Leaving{App: galleryApp(), URL: url, Notice: "leaving.notice.added." + kind}})
	}
	for _, done := range []string{"renamed", "password", "first", "nothing"} {
		states = append(states, State{"Y-02", "done-" + done, "Done: " + done, with(func(p *WaysToSignIn) { p.Notice = "waystosignin.notice." + done })})
	}
	return states
}

// galleryQR is a drawing that looks like a QR code and says nothing.
func galleryQR() string {
	const side = 29
	var path strings.Builder
	for y := range side {
		for x := range side {
			if galleryDark(x, y, side) {
				path.WriteString("M" + strconv.Itoa(x+4) + " " + strconv.Itoa(y+4) + "h1v1h-1z")
			}
		}
	}
	return `<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 37 37" width="148" height="148" aria-hidden="true" shape-rendering="crispEdges"><rect width="37" height="37" fill="#fff"/><path fill="#000" d="` + path.String() + `"/></svg>`
}

// galleryDark draws the three corners of a QR code, and a pattern between them.
func galleryDark(x, y, side int) bool {
	for _, corner := range [][2]int{{0, 0}, {side - 7, 0}, {0, side - 7}} {
		dx, dy := x-corner[0], y-corner[1]
		if dx < -1 || dx > 7 || dy < -1 || dy > 7 {
			continue
		}
		ring := max(abs(dx-3), abs(dy-3))
		return ring == 3 || ring < 2
	}
	return (x*x+3*x*y+5*y+y*y*x)%7 < 3
}

func abs(n int) int { return max(n, -n) }
