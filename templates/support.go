package templates

import (
	"embed"
	"html/template"
	"time"
)

// The pages and words of the staff console stand apart, in the folder support: patients are never shown them, and staff read English
// or Spanish, so five more languages of them would be translated for nobody.
//
//go:embed support/*.html support/*.yaml
var supportFiles embed.FS

// consoleLanguages are those that staff work in.
func consoleLanguages() []string { return []string{"en", "es"} }

// NewConsole is the set of the staff console: its pages, with a frame of their own around all of them.
func NewConsole(brand Brand) (*Set, error) {
	brand.Banner = Banner{} // is for patients
	return furnish(brand, consoleLanguages(), true)
}

// Say is something in words: of the catalogue, with what it fills in; without a Key, the Text as it is, or the moment.
type Say struct {
	Key  string
	Text string    // {{.Text}}
	Word string    // key of {{.Word}}
	N    int       // {{.N}}
	At   time.Time // {{.At}}
}

// Desk is each page of the console that staff work at: T-01 to T-13. Its heading is support.NAME.title.
type Desk struct {
	Name    string
	Staff   string // who is signed in, as the house knows them
	Role    string
	Menu    []Place // Key of the words; To "" for the page that is shown
	SignOut string
	Case    *DeskCase // the contact that is open
	Notice  Say
	Error   string
	Fields  []Field
	Parts   []DeskPart
}

// DeskCase is the strip that says of which contact a page is.
type DeskCase struct {
	To      string // its page
	Reads   string // its reference, to close the contact with
	Level   int
	Channel string
	Reason  string
	Misses  int
	Until   time.Time
	Stop    string // where "stop and send to security" posts
	End     string // where "done" posts
}

// DeskPart is one box of a page.
type DeskPart struct {
	ID    string
	Title Say
	Lead  []Say
	Facts []DeskFact
	Items []DeskItem
	Forms []DeskForm
	Grave bool // red flags
}

// DeskFact is a name and what stands there.
type DeskFact struct{ Name, Value Say }

// DeskItem is a line of a list, which may lead somewhere.
type DeskItem struct {
	Words Say
	More  []Say
	To    string
	Lang  string // that the words are in, where it is another than the page's
}

// DeskForm posts one thing.
type DeskForm struct {
	Action  string
	Submit  string // key
	Tone    string // quiet, grave
	Hidden  []Hidden
	Fields  []DeskField
	Passkey string // JSON of the options: the button asks for a passkey; the answer is the field response
	Create  bool   // it makes one
	Token   bool   // the script puts what stands behind the # of the address into the field token
}

// DeskField is a field of a form.
type DeskField struct {
	Name    string
	ID      string // where another form of the page has a field of that name; "": the name
	Label   Say
	Hint    string // key; "" none
	Kind    string // text, long, digits, choice, pick
	Value   string
	Options []DeskOption
}

// DeskOption is one of several.
type DeskOption struct {
	Value string
	Words Say
}

// Template is the file of the pages of the console.
func (Desk) Template() string { return "desk" }

func (p Desk) heading() string { return "support." + p.Name + ".title" }

func (p Desk) problems() (string, []Field) { return p.Error, p.Fields }

// concerns is none: each field's own message leads to it.
func (p Desk) concerns() string {
	for _, part := range p.Parts {
		for _, form := range part.Forms {
			for _, field := range form.Fields {
				return first(field.ID, field.Name)
			}
		}
	}
	return "main"
}

// Say puts it in words.
func (v *view) Say(s Say) (template.HTML, error) {
	switch {
	case s.Key == "" && !s.At.IsZero():
		return v.Time(s.At), nil
	case s.Key == "":
		return template.HTML("<bdi>" + template.HTMLEscapeString(s.Text) + "</bdi>"), nil //nolint:gosec // escaped
	}
	word := ""
	if s.Word != "" {
		var err error
		if word, err = v.Plain(s.Word); err != nil {
			return "", err
		}
	}
	return v.T(s.Key, "Text", s.Text, "Word", template.HTML(template.HTMLEscapeString(word)), "N", s.N, "At", s.At) //nolint:gosec // escaped
}

// Console reports whether this is a page of the staff console.
func (v *view) Console() bool { return v.set.console }

// Wired tells which scripts a page of the console needs.
func (v *view) Wired(what string) bool {
	p, ok := v.Page.(Desk)
	if !ok {
		return false
	}
	for _, part := range p.Parts {
		for _, f := range part.Forms {
			if what == "passkey" && f.Passkey != "" || what == "token" && f.Token {
				return true
			}
		}
	}
	return false
}

// Form is a form of a page with the page around it.
func (v *view) Form(f DeskForm) deskForm { return deskForm{view: v, DeskForm: f} }

type deskForm struct {
	*view
	DeskForm
}

// Each are its fields, with what is the matter with them.
func (f deskForm) Each() []deskField {
	var all []deskField
	for _, d := range f.Fields {
		all = append(all, deskField{field: f.view.Field(first(d.ID, d.Name)), Desk: d})
	}
	return all
}

type deskField struct {
	field

	Desk DeskField
}

// Hints are the ids that describe it.
func (f deskField) Hints() string {
	if f.Desk.Hint != "" {
		return f.Describe(f.ID + "-hint")
	}
	return f.Describe()
}

// ofConsole are words of the frame of the console, support.PART.
func (v *view) ofConsole(part string) string { return v.words.plain["support."+part] }
