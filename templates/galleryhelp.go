package templates

// galleryHelp shows the pages of help. Those without an id of their own go by H-01, whose parts they are.
func galleryHelp() []State {
	const address, sender = "https://id.example.org", "no-reply@id.example.org"
	states := []State{
		{"H-01", "plain", "Help", Help{}},
		{"H-06", "plain", "Spot a fake message", HelpMessages{Address: address, Sender: sender}},
		{"H-06", "bare", "Spot a fake message, where no email is sent", HelpMessages{Address: address}},
		{"H-10", "yes", "Check your browser, cookies on", HelpBrowser{Cookies: true, Code: "1 2 3 3 3 3 1 9", Clock: "2026-11-22T20:45:00Z"}},
		{"H-10", "no", "Check your browser, cookies off", HelpBrowser{Code: "2 2 3 3 3 3 1 5", Clock: "2026-11-22T20:45:00Z"}},
	}
	ids := map[string]string{
		"lost": "H-02", "codes": "H-03", "passkeys": "H-04", "someone": "H-05", "languages": "H-07", "accessibility": "H-08", "privacy": "H-09",
	}
	for _, name := range HelpTopics() {
		states = append(states, State{first(ids[name], "H-01"), "topic-" + name, "Help: " + name, HelpTopic{Name: name, Address: address}})
	}
	return states
}
