package templates

import "time"

// CloseAccount asks before an account is closed, or says that it will be: Y-15.
type CloseAccount struct {
	Until   time.Time // when it closes; asked now, or asked before
	Days    int       // how long that is, asked now
	Pending bool      // it was asked before
	Action  string    // POST: ask, or keep the account
	Data    string    // where one's data can be downloaded
	Notice  string    // catalogue key of what was just done
	Home    string
}

// DownloadData offers what the house holds about somebody: Y-14.
type DownloadData struct {
	Page string // where it is to be read
	File string // the same as JSON
	Home string
}

// DataFact is one line of what is held: what it is, and a value, a word or a moment.
type DataFact struct {
	Key   string // its words are data.fact.KEY
	Value string
	Word  string    // catalogue key, where it is a word of ours
	At    time.Time // where it is a moment
}

// DataThing is one thing that is held, such as a session, with what is known of it.
type DataThing struct{ Facts []DataFact }

// DataPart is one sort of things; its words are data.part.KEY.
type DataPart struct {
	Key    string
	Things []DataThing
}

// DataSheet is all that is held about somebody, to be read and printed: Y-14.
type DataSheet struct {
	Made  time.Time
	Parts []DataPart
	More  string // where it says what happened; "" not offered
	Back  string
}

func (CloseAccount) Template() string { return "closeaccount" }
func (DownloadData) Template() string { return "downloaddata" }
func (DataSheet) Template() string    { return "datasheet" }

func (p CloseAccount) heading() string {
	if p.Pending {
		return "closeaccount.title.pending"
	}
	return "closeaccount.title"
}
