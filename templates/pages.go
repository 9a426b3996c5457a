package templates

import "time"

// A Page is the typed content of one page. Its template is the file html/NAME.html.
// The ids in the comments (S-01, O-06 …) are those of the page inventory; they name tests and gallery entries.
type Page interface{ Template() string }

// App is the relying application that the person came from; the zero App is none.
type App struct {
	Name   string // as registered
	Host   string // where it runs, as shown on the consent page
	Return string // address that takes the person back to the app, "" where there is none
}

// Field is a message beside one form field: the field's name and the key of the message.
type Field struct {
	Name string // username, password, new_password
	Key  string // catalogue key
}

// SignIn is the one page for name and password: S-01, S-02, S-03, S-08, S-13, S-20 and, as a notice, E-02 and E-10.
type SignIn struct {
	App      App
	Action   string        // where the form posts to
	Ticket   string        // hidden field: the sealed way back, for a ceremony that was lost meanwhile
	Username string        // typed or hinted; kept after an error
	Fixed    bool          // the person is known and confirms it is them (S-13): the name is read-only
	Why      string        // catalogue key of the reason for asking again; "" for none
	Notice   string        // catalogue key of a polite notice above the form (S-20, E-02, E-10); "" for none
	Minutes  int           // for signin.notice.idle: after how many minutes the person was signed out
	Wait     time.Duration // for signin.notice.busy: what Retry-After says
	Error    string        // catalogue key for the whole form (S-02, S-14); "" for none
	Until    time.Time     // for signin.error.paused: when a password can be tried again
	Fields   []Field       // messages beside fields (S-03)
	Switch   string        // where "sign in as someone else" posts to; "" where it is not offered
	Activate string        // where who is new here goes; "" not offered
	Forgot   string        // where who forgot the name or password goes; "" not offered
	Passkey  string        // JSON of PublicKeyCredentialRequestOptions, for autofill and the button (S-04 to S-08); "" not offered
	Respond  string        // where the passkey's response posts to, in a field named response
	Signal   string        // JSON for PublicKeyCredential.signalUnknownCredential (S-06); "" none
	Address  string        // what to open in another browser where this one has no passkeys (S-07); "" not told
}

// Choose asks whether to go on as the person who is signed in: S-12.
type Choose struct {
	App    App
	Masked string // the masked username of who is signed in
	Action string // one form, two buttons named choice: keep, other
	Ticket string
}

// CookiesOff explains that cookies are needed: S-09.
type CookiesOff struct {
	App   App
	Retry string // repeats the original request
}

// Closed says, after the right password only, that the account cannot be opened online: S-16.
type Closed struct{ App App }

// NewPassword asks for a new password that must be set before going on: S-18.
type NewPassword struct {
	App       App
	Action    string
	Ticket    string
	Username  string // hidden field for password managers
	Reason    string // catalogue key: why it must change
	MinLength int
	Error     string
	Fields    []Field
	Strength  string        // catalogue key of the strength in words of what was refused; "" for none
	Wait      time.Duration // for signin.notice.busy
}

// Home is where a person lands who came without an app: S-21, Y-01. Username is shown to its owner only.
type Home struct {
	Username string
	Since    time.Time // when this sign-in happened
	Ways     string    // where the ways to sign in are; "" not offered
	Safe     Safe
	Places   []Place // what else there is
	Notice   string  // catalogue key of what was just done; "" none
	SignOut  string
}

// Safe answers in three lines whether an account is safe, and says at most one thing to do: Y-01. The zero Safe is not shown.
type Safe struct {
	Ways int       // to sign in
	Last time.Time // of the sign-ins before this one; zero: there was none
	Apps int       // with access
	Next Place     // what would make it safer; zero: nothing
}

// Place is a link to a part of the account.
type Place struct {
	Key string // of its words
	To  string
}

// Front is the page at the issuer's root for somebody who is not signed in.
type Front struct {
	SignIn string
	Help   string
}

// ScopeLine is one group of data on the consent page; the catalogue has scope.NAME.title and scope.NAME.example.
type ScopeLine struct {
	Name     string // scope value: profile, email, phone, address, offline_access or the client's own
	Optional bool   // a tick box; offline_access (O-03) is one, off by default
}

// Consent asks what an app may see: O-01 and O-04 (Before is set when it was allowed before), with O-03 as an optional line.
type Consent struct {
	App    App
	Host   string // where the app runs
	Scopes []ScopeLine
	Before bool
	Days   int    // for how long
	Action string // one form, buttons named choice: allow, deny; boxes named scope
	Ticket string
}

// Leaving is the 200 page that ends every POST which leaves the site: S-90. Exactly one of URL and Post is set.
type Leaving struct {
	App    App
	URL    string   // meta refresh and a visible link
	Post   string   // form_post: the app's address
	Fields []Hidden // form_post: the fields
	Notice string   // catalogue key, such as the strength of the password just set; "" for none
	Stay   bool     // goes on by a press only, because the notice is to be read
	Left   int      // for leaving.notice.recovery: how many codes are left
}

// Hidden is a hidden form field.
type Hidden struct{ Name, Value string }

// AppError tells that an app's request cannot be answered and never redirects: O-06.
type AppError struct {
	ID       string // such as AUTHZ-REDIRECT-MISMATCH
	ClientID string // as sent, shown as text
	Name     string // of the client, if known
	Got      string // what we got, shown as text
	Differs  string // catalogue key: what differs, for developers
	App      App    // with a Return where the app has a place at which a sign-in begins
	At       time.Time
}

// SignOutAsk asks before signing out: O-20.
type SignOutAsk struct {
	App    App
	Action string
	Fields []Hidden
}

// SignedOut tells that the person is signed out: O-21. Where apps may still be open, it names them: O-22.
type SignedOut struct {
	App    App
	SignIn string
	Open   []string // names of apps that have not said that they are closed
	Look   string   // where to look again, while that may change; "" for none
}

// Trouble is every page that ends a way: E-03 (not found), E-04 (not allowed), E-05 (something broke), E-06 (closed for
// work), E-07 (busy), S-15 (too many tries from one network), E-08 (wrong method, too big, bad encoding), E-10 (this page is over), and refusals of a ceremony.
type Trouble struct {
	App   App
	Key   string        // trouble.KEY.title, trouble.KEY.lead, and trouble.KEY.do: not_found, not_allowed, broken, closed_for_work, busy, limited, bad_request, too_big, wrong_method, expired, unmet, recover
	Until time.Time     // E-06: when it opens; zero for unknown
	Wait  time.Duration // E-07, S-15: what Retry-After says
	At    time.Time
	Again string // where "try again" leads; "" for none
}

// Inbox lists what dev mode would have sent.
type Inbox struct{ Messages []InboxMessage }

// InboxMessage is one message in the dev inbox.
type InboxMessage struct {
	ID, Channel, To, Subject, Text string
	At                             time.Time
}

// GalleryIndex links every state of the gallery in every language; dev mode only.
type GalleryIndex struct{ States []State }

// heading is the key of a page's heading where it is not NAME.title.
func (p SignIn) heading() string {
	if p.Fixed {
		return "signin.title.again"
	}
	return "signin.title"
}

func (p Consent) heading() string {
	if p.Before {
		return "consent.title.before"
	}
	return "consent.title"
}

func (p Trouble) heading() string { return "trouble." + p.Key + ".title" }

// problems are the messages of a form that was refused: for all of it, and for its fields.
func (p SignIn) problems() (string, []Field)      { return p.Error, p.Fields }
func (p NewPassword) problems() (string, []Field) { return p.Error, p.Fields }

// concerns is the field that a message for the whole form leads to.
func (p SignIn) concerns() string {
	if p.Fixed {
		return "password"
	}
	return "username"
}

func (p NewPassword) concerns() string { return "new_password" }

func (GalleryIndex) Template() string { return "gallery" }
func (SignIn) Template() string       { return "signin" }
func (Choose) Template() string       { return "choose" }
func (CookiesOff) Template() string   { return "cookies" }
func (Closed) Template() string       { return "closed" }
func (NewPassword) Template() string  { return "newpassword" }
func (Home) Template() string         { return "home" }
func (Front) Template() string        { return "front" }
func (Consent) Template() string      { return "consent" }
func (Leaving) Template() string      { return "leaving" }
func (AppError) Template() string     { return "apperror" }
func (SignOutAsk) Template() string   { return "signout" }
func (SignedOut) Template() string    { return "signedout" }
func (Trouble) Template() string      { return "trouble" }
func (Inbox) Template() string        { return "inbox" }
