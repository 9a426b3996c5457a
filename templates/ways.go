package templates

import "time"

// WayLine is one way to show that it is you, in a list of them. Kind names its words: way.KIND (text, voice, email, totp,
// passkey, recovery).
type WayLine struct {
	Value  string // of the radio named way
	Kind   string
	Masked string // where it leads: the last digits of a phone, a masked address; the name of a passkey or app; "" none
	Chosen bool
}

// Ways asks how the person wants to show that it is them: C-01, or which way they want to add: Adding (policy asks for a second
// step and the account has none).
type Ways struct {
	App    App
	Action string // radios named way
	Ticket string
	Adding bool
	Why    string // catalogue key: why it is asked; "" for none
	Notice string // catalogue key
	Until  time.Time
	Error  string
	Ways   []WayLine
	Lost   string // where "I no longer have this" leads (C-13); "" not offered
	Switch string // where "sign in as someone else" posts to
	NotNow string // where "not now" leads; "" where it is asked for by policy
	Slow   string // C-11: kind of message that is slow right now; "" none
}

// CodeEntry asks for a code: C-02 (text), C-03 (email), C-04 (voice), C-05 (totp), C-06 (recovery) by Kind, with C-07 to C-12,
// C-14 and C-16 as its states. The field is named code.
type CodeEntry struct {
	App      App
	Action   string
	Ticket   string
	Kind     string
	Masked   string
	Binding  bool      // it confirms an address that is being added
	Minutes  int       // how long the code lasts from when it was made; 0 where it does not
	Ends     time.Time // when it does: C-16
	Now      time.Time // when this page was made, so that a browser's wrong clock does no harm; zero: all of Minutes are left
	Resend   string    // where "send it again" posts to; "" not offered
	Call     string    // where "call me instead" posts to; "" not offered
	Other    string    // where "try another way" posts to; "" not offered
	Lost     string    // C-13
	Notice   string    // catalogue key: sent again (C-08), the provider is slow (C-11), a landline (C-12), clock hint (C-05)
	Until    time.Time // when a limit opens again: C-09, C-10
	Error    string    // C-07
	Fields   []Field
	Left     int // answers that are left, told when 1 or 2; 0: not told
	Remember int // days for which the browser would be remembered (C-14: a box named remember); 0: not offered
	Switch   string
	Origin   string // host of the page, for WebOTP
}

// LostWay says what can be done without the phone or key: C-13.
type LostWay struct {
	App    App
	Back   string
	Ways   []WayLine // other ways of this account
	Wait   string    // where one can recover by waiting; "" not offered
	Notice string
	Again  string // where choosing one posts to
	Ticket string
}

// UsePasskey asks for a passkey as a second step or again: a button, and a script that does it.
type UsePasskey struct {
	App     App
	Action  string // gets the response in a field named response
	Ticket  string
	Options string // JSON of PublicKeyCredentialRequestOptions
	Masked  string // name of the passkey, where there is one only
	Other   string
	Lost    string
	Notice  string
	Error   string
	Switch  string
	Signal  string // JSON for PublicKeyCredential.signalUnknownCredential: S-06; "" none
}

// AddPasskey offers to make a passkey: K-01, K-02, K-04 to K-07. It is named afterwards, on the account's own page.
type AddPasskey struct {
	App     App
	Action  string // gets the response in a field named response
	Ticket  string
	Options string // JSON of PublicKeyCredentialCreationOptions
	Notice  string
	Error   string
	Signal  string // JSON for PublicKeyCredential.signalUnknownCredential: K-06; "" none
	Other   string // where another kind can be chosen; "" not offered
	NotNow  string
}

// AddAddress asks for a phone number or e-mail address to bind. The field is named phone or email.
type AddAddress struct {
	App     App
	Action  string
	Ticket  string
	Kind    string // text or email
	Instead bool   // it takes the place of another
	Value   string // typed or on file, kept after an error
	Voice   bool   // the box "call me, do not text": named voice
	Notice  string
	Until   time.Time
	Error   string
	Fields  []Field
	Other   string
	NotNow  string
}

// AddApp shows the QR code and key of a new authenticator app and asks for its first code: Y-05. Fields code and name.
type AddApp struct {
	App    App
	Action string
	Ticket string
	QR     string // SVG of ours
	URI    string // otpauth address, for this device
	Key    string // in groups of four
	Name   string
	Notice string
	Error  string
	Fields []Field
	Other  string
	NotNow string
}

// SaveCodes shows a new sheet of recovery codes, to be printed or written down: Y-07, A-14.
type SaveCodes struct {
	App     App
	Action  string // one form: a button "I saved them"
	Ticket  string
	Codes   []string
	Made    time.Time
	Replace bool // an older sheet stops working
	Error   string
	Other   string
	NotNow  string
}

// HeldLine is one way to sign in on the account's own page: Y-02, Y-03.
type HeldLine struct {
	ID       string
	Kind     string // passkey, totp, text, voice, email, recovery, password
	Name     string // its owner's; "" none
	Masked   string
	Provider string // of a passkey; "" unknown
	Synced   bool
	Left     int // recovery codes
	Total    int
	Spent    []time.Time // when codes of the sheet were used: Y-07
	Made     time.Time
	Used     time.Time // zero: never
	Last     bool      // cannot be removed
	Rename   string    // where its name can be changed; "" not offered
	Remove   string    // where it can be removed; "" not offered
	Change   string    // where a password can be changed, or a new sheet of recovery codes be made; "" not offered
}

// WaysToSignIn lists what an account signs in with: Y-02 to Y-07.
type WaysToSignIn struct {
	Username string
	Notice   string // catalogue key of what was just done (role=status)
	What     string // the name in it
	Error    string
	Lines    []HeldLine
	Phone    bool   // text and voice can be added here
	Action   string // POST: a button named add with a kind as its value
	Home     string
	NotMe    string // where "one of these is not mine" leads; "" not offered
	Signal   string // JSON for PublicKeyCredential.signalAllAcceptedCredentials: K-08; "" none
}

// RenameWay renames one: Y-02. The field is named name.
type RenameWay struct {
	Line   HeldLine
	Action string
	Value  string
	Fields []Field
	Back   string
}

// RemoveWay asks before one is removed: K-08. What stays is listed.
type RemoveWay struct {
	Line   HeldLine
	Stays  []HeldLine
	Action string
	Error  string // catalogue key: why it cannot be
	Weaker bool   // the strongest one goes
	Back   string
}

// ChangePassword changes it from inside the account: Y-04. Fields password and new_password.
type ChangePassword struct {
	Username  string
	Action    string
	MinLength int
	Error     string
	Until     time.Time
	Wait      time.Duration // for signin.notice.busy
	Fields    []Field
	Strength  string
	Back      string
}

func (Ways) Template() string           { return "ways" }
func (CodeEntry) Template() string      { return "code" }
func (LostWay) Template() string        { return "lostway" }
func (UsePasskey) Template() string     { return "usepasskey" }
func (AddPasskey) Template() string     { return "addpasskey" }
func (AddAddress) Template() string     { return "addaddress" }
func (AddApp) Template() string         { return "addapp" }
func (SaveCodes) Template() string      { return "savecodes" }
func (WaysToSignIn) Template() string   { return "waystosignin" }
func (RenameWay) Template() string      { return "renameway" }
func (RemoveWay) Template() string      { return "removeway" }
func (ChangePassword) Template() string { return "changepassword" }

// What a page is headed by where it is not NAME.title.

func (p Ways) heading() string {
	if p.Adding {
		return "ways.title.add"
	}
	return "ways.title"
}

func (p CodeEntry) heading() string {
	if p.paused() {
		return "code.title.paused"
	}
	return "code.title." + p.Kind
}

func (p AddAddress) heading() string {
	if p.Instead {
		return "addaddress.instead." + p.Kind
	}
	return "addaddress.title." + p.Kind
}

func (p RemoveWay) heading() string {
	if p.Error != "" {
		return "removeway.title.stays"
	}
	return "removeway.title"
}

// paused: no code is taken before Until, or before the owner opens it again (C-10).
func (p CodeEntry) paused() bool {
	return p.Error == "code.error.tries" || p.Error == "code.error.stopped"
}

// beside puts what was said of a whole form beside the field that it is about.
func beside(field, whole string, fields []Field) (string, []Field) {
	if whole == "" {
		return "", fields
	}
	return "", append([]Field{{Name: field, Key: whole}}, fields...)
}

func (p CodeEntry) problems() (string, []Field) {
	if p.paused() || p.Error == "code.error.sends" {
		return p.Error, p.Fields
	}
	return beside("code", p.Error, p.Fields)
}

func (p AddAddress) problems() (string, []Field) {
	if p.Error == "address.error.sends" {
		return p.Error, p.Fields
	}
	return beside(p.field(), p.Error, p.Fields)
}

func (p AddAddress) field() string {
	if p.Kind == "email" {
		return "email"
	}
	return "phone"
}

func (p ChangePassword) problems() (string, []Field) {
	if !p.Until.IsZero() || p.Error == "" || p.Error == "changepassword.error.stopped" {
		return p.Error, p.Fields
	}
	return beside("password", p.Error, p.Fields)
}

func (p AddApp) problems() (string, []Field)       { return beside("code", p.Error, p.Fields) }
func (p RenameWay) problems() (string, []Field)    { return "", p.Fields }
func (p Ways) problems() (string, []Field)         { return p.Error, nil }
func (p UsePasskey) problems() (string, []Field)   { return p.Error, nil }
func (p AddPasskey) problems() (string, []Field)   { return p.Error, nil }
func (p SaveCodes) problems() (string, []Field)    { return p.Error, nil }
func (p WaysToSignIn) problems() (string, []Field) { return p.Error, nil }
func (p RemoveWay) problems() (string, []Field)    { return p.Error, nil }

// concerns is the field that a message for the whole form leads to; "" where there is none to lead to.

func (p Ways) concerns() string { return "way" }

func (p CodeEntry) concerns() string {
	if p.paused() {
		return ""
	}
	return "code"
}

func (p AddAddress) concerns() string     { return p.field() }
func (p ChangePassword) concerns() string { return "password" }
func (p UsePasskey) concerns() string     { return "" }
func (p AddPasskey) concerns() string     { return "" }
func (p SaveCodes) concerns() string      { return "" }
func (p WaysToSignIn) concerns() string   { return "" }
func (p RemoveWay) concerns() string      { return "" }
