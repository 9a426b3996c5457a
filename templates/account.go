package templates

import (
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

func (Devices) Template() string { return "devices" }

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

// Listed joins names as a list without an "and".
func (v *view) Listed(names []string) string { return strings.Join(names, ", ") }
