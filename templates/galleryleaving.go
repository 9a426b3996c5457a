package templates

import "time"

// galleryLeavingAccount shows the pages about one's data and about closing an account.
func galleryLeavingAccount() []State {
	until := galleryMoment().AddDate(0, 0, 14)
	ask := CloseAccount{Until: until, Days: 14, Action: "/account/close", Data: "/account/data", Home: "/account"}
	pending := CloseAccount{Until: until, Pending: true, Action: "/account/close/keep", Home: "/account"}
	asked, kept := pending, ask
	asked.Notice, kept.Notice = "closeaccount.notice.asked", "closeaccount.notice.kept"
	return []State{
		{"Y-14", "ask", "Download my data", DownloadData{Page: "/account/data/page", File: "/account/data/file", Home: "/account"}},
		{"Y-14", "page", "My data, to be read", galleryData("maria.lopez", "/account/activity")},
		{"Y-14", "long", "My data, very long names", galleryData(longWord, "")},
		{"Y-15", "ask", "Close my account", ask},
		{"Y-15", "asked", "It was asked just now", asked},
		{"Y-15", "pending", "It will be closed", pending},
		{"Y-13", "none", "Trusted people, none", Trusted{Add: "/account/trusted/add", Home: "/account"}},
		{"Y-13", "norecord", "Trusted people, no record", Trusted{None: true, Home: "/account"}},
		{"Y-13", "people", "Trusted people", galleryTrusted()},
		{"Y-13", "add", "Add a trusted person", AddTrusted{Action: "/account/trusted/add", Months: "6", Back: "/account/trusted"}},
		{"Y-13", "faults", "Add a trusted person, not filled in", AddTrusted{
			Action: "/account/trusted/add", Name: longName, Email: "jose", Back: "/account/trusted",
			Fields: []Field{{Name: "email", Key: "addtrusted.error.email"}, {Name: "month", Key: "addtrusted.error.birth"}, {Name: "months", Key: "addtrusted.error.months"}},
		}},
		{"Y-13", "many", "Too many codes", AddTrusted{Action: "/account/trusted/add", Name: "Jose", Email: "jose@example.org", Months: "1", Error: "addtrusted.error.many", Back: "/account/trusted"}},
		{"Y-13", "end", "Before one is ended", EndTrusted{Line: galleryTrusted().Lines[0], Action: "/account/trusted/1/end", Back: "/account/trusted"}},
		{"Y-15", "kept", "It stays open", kept},
	}
}

func galleryData(name, more string) DataSheet {
	at := galleryMoment()
	fact := func(key, value string) DataFact { return DataFact{Key: key, Value: value} }
	when := func(key string, at time.Time) DataFact { return DataFact{Key: key, At: at} }
	return DataSheet{Made: at, Back: "/account/data", More: more, Parts: []DataPart{
		{Key: "account", Things: []DataThing{{Facts: []DataFact{fact("id", "7f3k2m9qAAAAAAAAAAAAAA"), fact("name", "Maria Lopez"), when("since", at.AddDate(-2, 0, 0))}}}},
		{Key: "identifiers", Things: []DataThing{{Facts: []DataFact{{Key: "kind", Word: "data.kind.username"}, fact("value", name), when("verified", at)}}}},
		{Key: "sessions"},
	}}
}

func galleryTrusted() Trusted {
	at := galleryMoment()
	return Trusted{Notice: "trusted.notice.invited", Full: true, Home: "/account", Lines: []TrustedLine{
		{Name: "Jose Ruiz", Since: at.AddDate(0, -1, 0), Until: at.AddDate(0, 5, 0), End: "/account/trusted/1/end"},
		{Name: longWord, Until: at.AddDate(1, 0, 0), End: "/account/trusted/2/end"},
	}}
}
