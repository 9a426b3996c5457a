package templates

import "time"

// TrustedLine is one trusted person: Y-13.
type TrustedLine struct {
	Name  string    // as the patient wrote it
	Since time.Time // zero: they have not used their code yet
	Until time.Time
	End   string // where it can be ended
}

// Trusted lists who else may see a record: Y-13.
type Trusted struct {
	Notice string // catalogue key of what was just done
	Lines  []TrustedLine
	None   bool   // the account has no record of its own
	Full   bool   // there can be no more
	Add    string // "" not offered
	Home   string
}

// AddTrusted asks for a trusted person. Fields name, email, month, day, year; radios months.
type AddTrusted struct {
	Action                                string
	Name, Email, Month, Day, Year, Months string
	Error                                 string // catalogue key
	Fields                                []Field
	Back                                  string
}

// EndTrusted asks before one is ended.
type EndTrusted struct {
	Line   TrustedLine
	Action string
	Back   string
}

func (Trusted) Template() string    { return "trusted" }
func (AddTrusted) Template() string { return "addtrusted" }
func (EndTrusted) Template() string { return "endtrusted" }

func (p AddTrusted) problems() (string, []Field) { return p.Error, p.Fields }
func (p AddTrusted) concerns() string            { return "" }

// TrustMonths are the lengths that are offered.
func (v *view) TrustMonths() []string { return []string{"1", "6", "12"} }
