package templates

import "time"

// ContactLine is one address of an account: Y-06.
type ContactLine struct {
	Kind      string // email, phone
	Masked    string
	Foremost  bool      // the first of several of its kind
	Confirmed time.Time // zero: not confirmed
	Use       string    // codes, calls, notices; "" nothing is sent to it
	Change    string    // where another takes its place; "" not offered
	First     string    // POST: put it first; "" it is, or cannot be
	Remove    string    // "" on that very page
}

// Contacts lists the phones and e-mail addresses of an account: Y-06.
type Contacts struct {
	Notice   string // catalogue key of what was just done
	Emails   []ContactLine
	Phones   []ContactLine
	AddEmail string
	AddPhone string
	Home     string
}

// RemoveContact asks before one is removed, or says why it must stay: Y-06.
type RemoveContact struct {
	Line   ContactLine
	Error  string // catalogue key: why it cannot be
	Action string
	Back   string
}

// NameAndUsername shows who somebody is, and changes their username: Y-16. The field is named username; the button that gives it up is
// named clear.
type NameAndUsername struct {
	Name    string    // "" not known
	Birth   time.Time // zero: not known
	Now     string    // the username; "" none
	Value   string    // typed
	Action  string
	Min     int
	Max     int
	Changes int       // how often it can be changed
	Days    int       // in so many days
	Email   string    // masked: who gives the username up signs in with it; "" that is not offered
	Offered []string  // names that are free, where the one wanted is taken
	Notice  string    // catalogue key of what was just done
	Error   string    // catalogue key
	Until   time.Time // for the error: when it can be tried again
	Fields  []Field
	Home    string
}

// CodeChoice is one place where codes can go first.
type CodeChoice struct {
	Value  string // of the radio named codes
	Kind   string // text, voice, email
	Masked string
	Chosen bool
}

// Choices asks how somebody wants to be written to: Y-12. Radios named language and codes, a box named news.
type Choices struct {
	Language string // tag of the language that is chosen
	Codes    []CodeChoice
	Last     bool // codes go where the last one went
	News     bool
	Notice   string // catalogue key
	Error    string // catalogue key
	Action   string
	Home     string
}

func (Contacts) Template() string        { return "contacts" }
func (RemoveContact) Template() string   { return "removecontact" }
func (NameAndUsername) Template() string { return "username" }
func (Choices) Template() string         { return "choices" }

func (p RemoveContact) heading() string {
	if p.Error != "" {
		return "removecontact.title.stays"
	}
	return "removecontact.title"
}

func (p RemoveContact) problems() (string, []Field)   { return p.Error, nil }
func (p RemoveContact) concerns() string              { return "" }
func (p NameAndUsername) problems() (string, []Field) { return p.Error, p.Fields }
func (p NameAndUsername) concerns() string            { return "username" }
func (p Choices) problems() (string, []Field)         { return p.Error, nil }
func (p Choices) concerns() string                    { return "" }

// A contactGroup is one part of the page Y-06.
type contactGroup struct {
	Kind  string
	Lines []ContactLine
	Add   string
}

// ContactGroups are the parts of Y-06 in its order.
func (v *view) ContactGroups() []contactGroup {
	p, _ := v.Page.(Contacts)
	return []contactGroup{{"email", p.Emails, p.AddEmail}, {"phone", p.Phones, p.AddPhone}}
}

// Contact is one address for the piece of template that shows it.
func (v *view) Contact(line ContactLine) contactView { return contactView{v, line} }

type contactView struct {
	*view
	Line ContactLine
}

// A languageChoice is a language to choose.
type languageChoice struct {
	Language
	Chosen bool
}

// LanguageChoices lists the languages to choose from, each by its own name.
func (v *view) LanguageChoices() []languageChoice {
	p, _ := v.Page.(Choices)
	var out []languageChoice
	for _, l := range v.set.languages {
		out = append(out, languageChoice{l, l.Tag == p.Language})
	}
	return out
}
