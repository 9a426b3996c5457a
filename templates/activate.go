package templates

import "time"

// The pages of a first account. Codes that were sent are asked for on CodeEntry. Relation is whose
// record it is, as the invitation says: self, parent, carer; "" while nobody may know.

// ActivateSteps is how many steps there are, as they are counted for people.
const ActivateSteps = 5

// Activate says what is needed before one starts: A-01.
type Activate struct {
	App    App
	Go     string // to the code
	SignIn string
	Notice string // catalogue key: why it starts again
}

// ActivateCode asks for the code: A-02. The field is named code.
type ActivateCode struct {
	App    App
	Action string
	From   string // hidden, sealed: where the person was on the way to
	Value  string
	Error  string
	Fields []Field
	Step   int
	Steps  int
}

// ActivateFacts asks who the person is: A-03; with an error for all of it, it is A-04. Fields month, day, year, last_name, zip,
// id_last4; a fault of the date stands at its first field.
type ActivateFacts struct {
	App              App
	Action           string
	Again            string // where another code can be typed
	Month, Day, Year string // typed
	LastName         string
	ZIP              string
	IDLast4          string
	AskName          bool
	AskZIP           bool
	AskID            bool
	DayFirst         bool // the order of the date
	Error            string
	Fields           []Field
	Left             int // tries that are left, told when 1 or 2; 0: not told
	Step             int
	Steps            int
}

// ActivateStop ends the way: A-05 (expired, replaced, revoked), A-06 (used), A-07 (tries, stopped), A-19 (down) by Key.
type ActivateStop struct {
	App    App
	Key    string
	Until  time.Time // for tries: when it opens again
	Renew  string    // for renew: where a new code is asked for
	Masked string    // for renew and renewed: to where it goes
	Again  string    // "" not offered
	SignIn string    // "" not offered
}

// ActivateAsk asks one thing, by buttons named choice: have (A-17: a new account, or one that there is), join (A-17: is it this
// one), alone (A-10: neither e-mail nor phone) by Key.
type ActivateAsk struct {
	App      App
	Key      string
	Action   string
	Relation string
	Masked   string // for join: the username
	Choices  []string
	Step     int
	Steps    int
}

// ActivateAddress asks for an e-mail address or phone number to confirm. The field is named email or phone; the box
// voice; the button that goes on without is named choice.
type ActivateAddress struct {
	App    App
	Action string
	Kind   string // text or email
	Value  string
	Voice  bool
	Until  time.Time // for address.error.sends
	Error  string
	Fields []Field
	Step   int
	Steps  int
}

// ActivateName asks for a username: A-11.
type ActivateName struct {
	App     App
	Action  string
	Value   string
	Email   string   // the confirmed address, which is fine too; "" none
	Offered []string // names that are free
	Until   time.Time
	Error   string
	Fields  []Field
	Min     int
	Max     int
	Step    int
	Steps   int
}

// ActivateSecret asks for a passkey or a first password: A-12.
type ActivateSecret struct {
	App       App
	Action    string
	Username  string // hidden field for password managers
	MinLength int
	Make      string // where a passkey is posted to
	Options   string // JSON of what it is made with; "" this house has none
	Signal    string // JSON for signalUnknownCredential
	Error     string
	Wait      time.Duration // for signin.notice.busy
	Fields    []Field
	Strength  string
	Step      int
	Steps     int
}

// ActivateCheck lists what was set, before the account is made: A-15. Buttons named choice change a part.
type ActivateCheck struct {
	App      App
	Action   string
	Change   string
	Username string
	ByEmail  bool // the e-mail address is to be the name
	Keyed    bool // a passkey in place of a password
	Email    string
	Phone    string
	Relation string
	Error    string
	Step     int
	Steps    int
}

// ActivateDone says that the account is open, or has one more record, and what can be added.
type ActivateDone struct {
	App      App
	Joined   bool
	Here     bool // its owner is signed in here
	Username string
	Go       string
	Passkey  bool // can be added here
	Relation string
}

func (Activate) Template() string        { return "activate" }
func (ActivateCode) Template() string    { return "activatecode" }
func (ActivateFacts) Template() string   { return "activatefacts" }
func (ActivateStop) Template() string    { return "activatestop" }
func (ActivateAsk) Template() string     { return "activateask" }
func (ActivateAddress) Template() string { return "activateaddress" }
func (ActivateName) Template() string    { return "activatename" }
func (ActivateSecret) Template() string  { return "activatesecret" }
func (ActivateCheck) Template() string   { return "activatecheck" }
func (ActivateDone) Template() string    { return "activatedone" }

func (p ActivateStop) heading() string    { return "activatestop." + p.Key + ".title" }
func (p ActivateAsk) heading() string     { return "activateask." + p.Key + ".title" }
func (p ActivateAddress) heading() string { return "activateaddress.title." + p.Kind }

func (p ActivateSecret) heading() string {
	if p.Options == "" {
		return "activatesecret.title.password"
	}
	return "activatesecret.title"
}

func (p ActivateDone) heading() string {
	if p.Joined {
		return "activatedone.title.joined"
	}
	return "activatedone.title"
}

func (p ActivateCode) problems() (string, []Field)    { return p.Error, p.Fields }
func (p ActivateFacts) problems() (string, []Field)   { return p.Error, p.Fields }
func (p ActivateAddress) problems() (string, []Field) { return p.Error, p.Fields }
func (p ActivateName) problems() (string, []Field)    { return p.Error, p.Fields }
func (p ActivateSecret) problems() (string, []Field)  { return p.Error, p.Fields }
func (p ActivateCheck) problems() (string, []Field)   { return p.Error, nil }

func (ActivateCode) concerns() string   { return "code" }
func (ActivateName) concerns() string   { return "username" }
func (ActivateSecret) concerns() string { return "new_password" }

func (p ActivateFacts) concerns() string {
	if p.DayFirst {
		return "day"
	}
	return "month"
}

func (p ActivateAddress) concerns() string {
	if p.Kind == "email" {
		return "email"
	}
	return "phone"
}

// A datePart is one of the three inputs of a date.
type datePart struct {
	field
	Value    string
	Complete string // autocomplete
	Text     bool   // a word will do
	Wide     bool
}

// DateParts are the inputs of the date of birth, in the order of the language.
func (v *view) DateParts() []datePart {
	p, _ := v.Page.(ActivateFacts)
	month := datePart{field: v.Field("month"), Value: p.Month, Complete: "bday-month", Text: true}
	day := datePart{field: v.Field("day"), Value: p.Day, Complete: "bday-day"}
	year := datePart{field: v.Field("year"), Value: p.Year, Complete: "bday-year", Wide: true}
	if p.DayFirst {
		return []datePart{day, month, year}
	}
	return []datePart{month, day, year}
}

// DateFault is the first part of the date that something is wrong with: its message stands above all three.
func (v *view) DateFault() *datePart {
	for _, part := range v.DateParts() {
		if part.Fault != "" {
			return &part
		}
	}
	return nil
}

// Changes are the parts that can be changed before the account is made.
func (v *view) Changes() []string { return []string{"email", "phone", "name", "secret"} }

func galleryActivate() []State {
	const base = "/activate/7f3k2m9q"
	app := galleryApp()
	facts := ActivateFacts{App: app, Action: base + "/facts", Again: "/activate/code", Step: 2, Steps: ActivateSteps}
	asked := func(change func(*ActivateFacts)) ActivateFacts { p := facts; change(&p); return p }
	typed := func(p *ActivateFacts) { p.Month, p.Day, p.Year = "2", "14", "1987" }
	stop := func(key string) ActivateStop { return ActivateStop{App: app, Key: key} }
	paused, used, down, renew, renewed := stop("tries"), stop("used"), stop("down"), stop("renew"), stop("renewed")
	renew.Renew, renew.Masked, renewed.Again, renewed.Masked = base+"/renew", "•••34", "/activate/code", "•••34"
	paused.Until, used.SignIn, down.Again = galleryMoment(), "/account", "/activate"
	ask := func(key, relation string, choices ...string) ActivateAsk {
		return ActivateAsk{App: app, Key: key, Relation: relation, Action: base + "/" + key, Masked: "m•••a", Choices: choices, Step: 2, Steps: ActivateSteps}
	}
	address := func(kind, fault, whole string) ActivateAddress {
		p := ActivateAddress{App: app, Kind: kind, Action: base + "/" + kind, Error: whole, Until: galleryMoment(), Step: 3, Steps: ActivateSteps}
		if fault != "" {
			p.Value, p.Fields = "maria", []Field{{p.concerns(), fault}}
		}
		return p
	}
	name := ActivateName{App: app, Action: base + "/name", Value: "maria.lopez", Email: "maria@example.org", Min: 3, Max: 64, Step: 4, Steps: ActivateSteps}
	taken, plain, many := name, name, name
	taken.Fields, taken.Offered = []Field{{"username", "activatename.error.taken"}}, []string{"maria.lopez.2", "mlopez", longWord}
	plain.Email, plain.Value = "", ""
	many.Error, many.Until = "activatename.error.many", galleryMoment()
	password := ActivateSecret{App: app, Action: base + "/password", Username: "maria.lopez", MinLength: 15, Make: base + "/passkey", Options: galleryCreate, Step: 4, Steps: ActivateSteps}
	short := password
	short.Fields, short.Strength = []Field{{"new_password", "password.error.short"}}, "password.strength.weak"
	unkept, without := password, password
	unkept.Error, unkept.Signal, without.Options = "activatesecret.error.unverified", galleryForget, ""
	check := ActivateCheck{App: app, Action: base + "/finish", Change: base + "/change", Username: "maria.lopez", Email: "maria@example.org", Phone: "+1 555-010-0134",
		Relation: "self", Step: 5, Steps: ActivateSteps}
	keyed := check
	keyed.Keyed = true
	bare := ActivateCheck{Action: base + "/finish", Change: base + "/change", Username: longWord, ByEmail: true, Relation: "parent", Step: 5, Steps: ActivateSteps}
	start := Activate{App: app, Go: "/activate/code", SignIn: "/account"}
	again := start
	again.Notice = "activate.notice.again"
	code := ActivateCode{App: app, Action: "/activate/code", From: "sealed", Step: 1, Steps: ActivateSteps}
	wrong := code
	wrong.Value, wrong.Fields = "7K01-0Q1W", []Field{{"code", "activatecode.error.form"}}
	empty := code
	empty.Fields = []Field{{"code", "activatecode.error.empty"}}
	out := ActivateDone{Username: "maria.lopez", Go: "/account", Relation: "self"}
	done := ActivateDone{App: app, Here: true, Username: "maria.lopez", Go: "/account", Passkey: true, Relation: "self"}
	joined := ActivateDone{Joined: true, Username: "maria.lopez", Go: "/account", Relation: "parent"}
	var fields []Field
	for _, name := range []string{"last_name", "zip", "id_last4"} {
		fields = append(fields, Field{name, "activatefacts.error." + name})
	}
	return []State{
		{"A-01", "start", "Before you start", start},
		{"A-16", "again", "Came back too late: it starts again", again},
		{"A-02", "code", "The code", code},
		{"A-02", "form", "Not a code", wrong},
		{"A-02", "empty", "No code", empty},
		{"A-03", "plain", "Date of birth", facts},
		{"A-03", "all", "All facts, day first", asked(func(p *ActivateFacts) { p.AskName, p.AskZIP, p.AskID, p.DayFirst = true, true, true, true })},
		{"A-03", "faults", "Not filled in", asked(func(p *ActivateFacts) {
			p.AskName, p.AskZIP, p.AskID = true, true, true
			p.Fields = append([]Field{{"month", "activatefacts.error.birth"}}, fields...)
		})},
		{"A-04", "match", "No match", asked(func(p *ActivateFacts) { typed(p); p.Error = "activatefacts.error.match" })},
		{"A-04", "left", "No match, one try left", asked(func(p *ActivateFacts) { typed(p); p.Error, p.Left = "activatefacts.error.match", 1 })},
		{"A-04", "left-two", "No match, two tries left", asked(func(p *ActivateFacts) { typed(p); p.Error, p.Left = "activatefacts.error.match", 2 })},
		{"A-05", "expired", "Right, but too old", stop("expired")},
		{"A-05", "renew", "Right, but too old; a new one can be sent", renew},
		{"A-05", "renewed", "A new one was sent", renewed},
		{"A-05", "replaced", "Right, but there is a newer one", stop("replaced")},
		{"A-05", "revoked", "Right, but taken back", stop("revoked")},
		{"A-06", "used", "Right, but used", used},
		{"A-07", "tries", "Too many tries", paused},
		{"A-07", "stopped", "Too many tries in all", stop("stopped")},
		{"A-19", "down", "Cannot check now", down},
		{"A-17", "have", "New account, or one that there is", ask("have", "self", "new", "have")},
		{"A-17", "join", "Is it this account?", ask("join", "self", "join", "other", "stop")},
		{"A-18", "parent", "A parent", ask("have", "parent", "new", "have")},
		{"A-18", "carer", "A carer", ask("join", "carer", "join", "other", "stop")},
		{"A-10", "alone", "Neither e-mail nor phone", ask("alone", "self", "email", "phone", "alone")},
		{"A-08", "email", "E-mail", address("email", "", "")},
		{"A-08", "fault", "Not an address", address("email", "address.error.email", "")},
		{"A-08", "sends", "Too many codes", address("email", "", "address.error.sends")},
		{"A-09", "phone", "Phone", address("text", "", "")},
		{"A-09", "fault", "Not a number", address("text", "address.error.phone", "")},
		{"A-11", "name", "Username", name},
		{"A-11", "taken", "Taken, with others offered", taken},
		{"A-11", "plain", "Without an e-mail address", plain},
		{"A-11", "many", "Too many names tried", many},
		{"A-12", "choice", "A passkey or a password", password},
		{"A-12", "password", "A house without passkeys", without},
		{"A-12", "unkept", "A passkey that cannot stand alone", unkept},
		{"A-12", "short", "Too short", short},
		{"A-15", "check", "Check and finish", check},
		{"A-15", "keyed", "Check and finish, with a passkey", keyed},
		{"A-15", "bare", "No contacts, no app, name by e-mail", bare},
		{"A-15", "done", "The account is open", done},
		{"A-15", "out", "The account is open, looked at by nobody who is signed in", out},
		{"A-17", "joined", "The record is added", joined},
	}
}
