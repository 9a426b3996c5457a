package templates

import "time"

// The pages for who has forgotten something. A field named from holds, sealed, where the person
// was on the way to.

// Forgot asks what was forgotten: R-01. The radios are named choice: username, password, both, phone, other.
type Forgot struct {
	App    App
	Action string
	From   string
	Error  string
	Back   string // to the sign-in
}

// ForgotPassword asks whose password it is: R-02. After a request that has stopped working it is R-05.
type ForgotPassword struct {
	App      App
	Action   string
	From     string
	Username string // typed; kept after an error
	Over     bool
	Error    string
	Fields   []Field
	Until    time.Time // for forgotpassword.error.sends: when it opens again
	Names    string    // where "I forgot my username" leads
	Back     string
}

// ForgotSent says that a code was sent, if it was, and asks for it: R-03. It is the same for every name.
type ForgotSent struct {
	App    App
	Action string
	From   string
	Resend string
	Notice string
	Error  string
	Fields []Field
	Until  time.Time // for forgotsent.error.sends
	Again  string    // where another name can be typed
	Names  string    // where "I forgot my username" leads
}

// ForgotUsername asks for an address of the person: R-10. The field is named contact.
type ForgotUsername struct {
	App    App
	Action string
	From   string
	Value  string
	Error  string
	Fields []Field
	Until  time.Time // for forgotusername.error.sends
	Back   string
}

// ForgotUsernameSent says that the usernames were sent, if there are any: R-11. It is the same for every address.
type ForgotUsernameSent struct {
	App      App
	Password string // where a new password can be set
	Back     string // to the sign-in
	Again    string // where another address can be typed
}

// ResetDone says that the new password is set, and what ended with the old one: R-09.
type ResetDone struct {
	App App
	Go  string // to the sign-in, and by that to the app
}

// ForgotHelp says what can be done where nothing can be set anew by a code alone: the phone is lost, or something else.
type ForgotHelp struct {
	App      App
	Phone    bool   // the phone is lost
	Password string // where a new password can be set
	Back     string
}

func (Forgot) Template() string             { return "forgot" }
func (ForgotPassword) Template() string     { return "forgotpassword" }
func (ForgotSent) Template() string         { return "forgotsent" }
func (ForgotUsername) Template() string     { return "forgotusername" }
func (ForgotUsernameSent) Template() string { return "forgotusernamesent" }
func (ResetDone) Template() string          { return "resetdone" }
func (ForgotHelp) Template() string         { return "forgothelp" }

func (p ForgotPassword) heading() string {
	if p.Over {
		return "forgotpassword.title.over"
	}
	return "forgotpassword.title"
}

func (p ForgotHelp) heading() string {
	if p.Phone {
		return "forgothelp.title.phone"
	}
	return "forgothelp.title"
}

func (p Forgot) problems() (string, []Field)         { return p.Error, nil }
func (p ForgotPassword) problems() (string, []Field) { return p.Error, p.Fields }
func (p ForgotSent) problems() (string, []Field)     { return p.Error, p.Fields }
func (p ForgotUsername) problems() (string, []Field) { return p.Error, p.Fields }

func (Forgot) concerns() string         { return "choice" }
func (ForgotPassword) concerns() string { return "username" }
func (ForgotSent) concerns() string     { return "code" }
func (ForgotUsername) concerns() string { return "contact" }

// Forgotten are the choices of R-01.
func (v *view) Forgotten() []string {
	return []string{"password", "username", "both", "phone", "other"}
}

func galleryForgot() []State {
	const from = "sealed"
	ask := Forgot{App: galleryApp(), Action: "/forgot", From: from, Back: "/authorize?client_id=records"}
	password := ForgotPassword{App: galleryApp(), Action: "/forgot/password", From: from, Names: "/forgot/username", Back: "/authorize?client_id=records"}
	sent := ForgotSent{App: galleryApp(), Action: "/forgot/7f3k2m9q", From: from, Resend: "/forgot/7f3k2m9q/resend", Again: "/forgot/password", Names: "/forgot/username"}
	username := ForgotUsername{App: galleryApp(), Action: "/forgot/username", From: from, Back: "/authorize?client_id=records"}
	asked := func(change func(*ForgotPassword)) ForgotPassword { p := password; change(&p); return p }
	told := func(change func(*ForgotSent)) ForgotSent { p := sent; change(&p); return p }
	named := func(change func(*ForgotUsername)) ForgotUsername { p := username; change(&p); return p }
	empty := ask
	empty.Error = "forgot.error.empty"
	states := []State{
		{"R-01", "app", "Forgot what?", ask},
		{"R-01", "plain", "Forgot what? Without an app", Forgot{Action: "/forgot", Back: "/account"}},
		{"R-01", "empty", "Nothing chosen", empty},
		{"R-02", "app", "Forgot the password", password},
		{"R-02", "empty", "Nothing typed", asked(func(p *ForgotPassword) { p.Fields = []Field{{"username", "signin.field.username.empty"}} })},
		{"R-02", "long", "Too long", asked(func(p *ForgotPassword) {
			p.App.Name, p.Username, p.Fields = longName, longWord, []Field{{"username", "signin.field.username.long"}}
		})},
		{"C-09", "reset", "Too many codes asked for", asked(func(p *ForgotPassword) {
			p.Username, p.Error, p.Until = "maria.lopez", "forgotpassword.error.sends", galleryMoment()
		})},
		{"R-05", "app", "Has stopped working", asked(func(p *ForgotPassword) { p.Over = true })},
		{"R-03", "app", "Sent, if there is an account", sent},
		{"R-03", "again", "Sent again", told(func(p *ForgotSent) { p.Notice = "forgotsent.notice.again" })},
		{"R-03", "empty", "No code typed", told(func(p *ForgotSent) { p.Fields = []Field{{"code", "code.error.empty"}} })},
		{"R-03", "wrong", "A code that does not work", told(func(p *ForgotSent) { p.Fields = []Field{{"code", "code.error.wrong"}} })},
		{"R-03", "sends", "Too many codes asked for", told(func(p *ForgotSent) { p.Error, p.Until = "forgotsent.error.sends", galleryMoment() })},
		{"R-10", "app", "Forgot the username", username},
		{"R-10", "empty", "Nothing typed", named(func(p *ForgotUsername) { p.Fields = []Field{{"contact", "forgotusername.error.empty"}} })},
		{"R-10", "form", "Neither an email address nor a phone number", named(func(p *ForgotUsername) {
			p.Value, p.Fields = longWord, []Field{{"contact", "forgotusername.error.form"}}
		})},
		{"R-10", "sends", "Too many messages asked for", named(func(p *ForgotUsername) {
			p.Value, p.Error, p.Until = "maria@example.org", "forgotusername.error.sends", galleryMoment()
		})},
		{"R-11", "app", "Sent, if there is an account", ForgotUsernameSent{App: galleryApp(), Password: "/forgot/password", Back: "/account", Again: "/forgot/username"}},
		{"R-09", "app", "The new password is set", ResetDone{App: galleryApp(), Go: "/authorize?client_id=records"}},
		{"R-09", "plain", "The new password is set, without an app", ResetDone{Go: "/account"}},
		{"R-14", "phone", "Lost phone", ForgotHelp{App: galleryApp(), Phone: true, Password: "/forgot/password", Back: "/account"}},
		{"R-14", "other", "Something else", ForgotHelp{App: galleryApp(), Password: "/forgot/password", Back: "/account"}},
		{"R-06", "ways", "One more proof", Ways{App: galleryApp(), Action: galleryAction + "/way", Ticket: galleryTicket, Why: "ways.why.reset",
			Ways: []WayLine{{Value: "1", Kind: "totp", Chosen: true}, {Value: "2", Kind: "recovery"}}, Lost: galleryAction + "/lost"}},
		{"R-06", "code", "One more proof: a code of an app", CodeEntry{App: galleryApp(), Action: galleryAction + "/totp", Ticket: galleryTicket, Kind: "totp",
			Lost: galleryAction + "/lost"}},
		{"R-07", "app", "A new password", NewPassword{App: galleryApp(), Action: galleryAction + "/new-password", Ticket: galleryTicket,
			Username: "maria.lopez", Reason: "password.reason.reset", MinLength: 15}},
	}
	for _, key := range phoneKeys() {
		states = append(states, State{"R-10", "phone-" + key[len("address.error."):], "A number that gets no messages", named(func(p *ForgotUsername) {
			p.Value, p.Fields = "+1 900 555 0134", []Field{{"contact", key}}
		})})
	}
	for _, why := range []string{"short", "long", "common", "own", "composition"} {
		states = append(states, State{"R-08", why, "Refused: " + why, NewPassword{App: galleryApp(), Action: galleryAction + "/new-password",
			Ticket: galleryTicket, Username: "maria.lopez", Reason: "password.reason.reset", MinLength: 15,
			Strength: "password.strength.weak", Fields: []Field{{"new_password", "password.error." + why}}}})
	}
	return states
}

// phoneKeys are the keys of why a number gets no message, beside the field of R-10.
func phoneKeys() []string {
	return []string{"address.error.phone", "address.error.extension", "address.error.country", "address.error.premium"}
}
