package templates

import (
	"html/template"
	"strings"
	"time"
)

// SessionLine is one browser that is signed in: Y-08.
type SessionLine struct {
	ID    string
	Words string // such as "Firefox on Windows"; "" not known
	Here  bool
	Since time.Time
	Seen  time.Time
	Apps  []string // names of the apps that it is signed in to
}

// BrowserLine is one browser that is remembered: Y-08.
type BrowserLine struct {
	Words string
	Seen  time.Time
	Until time.Time
}

// Devices lists where an account is signed in, and which browsers stand in for a code: Y-08.
type Devices struct {
	Notice     string // catalogue key of what was just done
	Lines      []SessionLine
	More       bool // there are more than these
	Others     bool // there are others than this one
	Remembered []BrowserLine
	End        string // POST: a field named session
	EndOthers  string // POST
	Forget     string // POST
	SignOut    string // POST: this one
	NotMe      string
	Home       string
}

// ActivityLine is one thing that happened: Y-10.
type ActivityLine struct {
	At    time.Time
	Kind  string // of the event; its words are activity.KIND
	What  string // kind of way to sign in that it is about; "" none
	App   string // name of the app that it is about; "" none
	By    string // owner, staff, app, house; "" nobody that we know
	NotMe string // where "I do not know this" leads; "" not offered
}

// Activity lists what happened in an account: Y-10. Filters, pages and the table to download are plain links.
type Activity struct {
	Filters []Place // of which one is Here
	Here    string  // address of the filter that is on
	Lines   []ActivityLine
	Older   string // "" none
	Newest  string // "" these are
	Sheet   string // the table to download
	Home    string
}

// AppLine is one app with access: Y-09.
type AppLine struct {
	Name   string
	Host   string      // where it runs; "" not known
	Own    bool        // of the house: nothing was to be allowed
	Scopes []ScopeLine // what it may see
	Since  time.Time
	Used   time.Time // zero: it has nothing now, and may come back
	Ends   time.Time // zero: when the owner signs out
	Stop   string    // where it can be stopped; "" on that very page
}

// Apps lists who may see something of the account: Y-09.
type Apps struct {
	Notice string // catalogue key of what was just done
	Lines  []AppLine
	Home   string
}

// StopApp asks before one is stopped, and says what that does not do: Y-09.
type StopApp struct {
	Line   AppLine
	Action string
	Back   string
}

// NotMe says what to do about what somebody else did, to anybody; who is signed in can pause the account: Y-11.
type NotMe struct {
	Action   string // POST: pause it; "" not signed in
	SignIn   string // where to sign in for that
	Paused   bool   // it is done
	Reset    string // where the owner opens it again
	Password string // where to change it
	Devices  string
	Ways     string
}

func (NotMe) Template() string    { return "notme" }
func (Devices) Template() string  { return "devices" }
func (Activity) Template() string { return "activity" }
func (Apps) Template() string     { return "apps" }
func (StopApp) Template() string  { return "stopapp" }

// Granted is one app for the piece of template that shows it.
func (v *view) Granted(line AppLine) appView { return appView{v, line} }

type appView struct {
	*view
	Line AppLine
}

// Doing says what happened.
func (v *view) Doing(l ActivityLine) (template.HTML, error) {
	what := ""
	if l.What != "" {
		text, err := v.Plain("activity.way." + l.What)
		if err != nil {
			return "", err
		}
		what = text
	}
	return v.T("activity."+l.Kind, "What", what)
}

// By says who did it; "" where we do not know.
func (v *view) By(l ActivityLine) (template.HTML, error) {
	if l.By == "" {
		return "", nil
	}
	return v.T("activity.by." + l.By)
}

func (p NotMe) heading() string {
	if p.Paused {
		return "notme.title.paused"
	}
	return "notme.title"
}

// Device names a browser by its words.
func (v *view) Device(words string) (string, error) {
	if words == "" {
		return v.Plain("devices.unknown")
	}
	browser, system, both := strings.Cut(words, " on ")
	if !both {
		return words, nil
	}
	return v.Plain("devices.name", "Browser", browser, "System", system)
}

// Listed joins names as a list without an "and", by the comma of the language.
func (v *view) Listed(names []string) string {
	base, _, _ := strings.Cut(v.Lang.Tag, "-")
	switch base {
	case "ar":
		return strings.Join(names, "، ")
	case "zh":
		return strings.Join(names, "、")
	}
	return strings.Join(names, ", ")
}
