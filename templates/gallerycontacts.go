package templates

import "slices"

func galleryContacts() []State {
	return slices.Concat(galleryAddresses(), galleryNames(), galleryChoices())
}

func galleryAddresses() []State {
	moment := galleryMoment()
	at := func(id string) string { return "/account/contacts/" + id }
	first := ContactLine{Kind: "email", Masked: "m•••@example.org", Foremost: true, Confirmed: moment.AddDate(-2, 0, 0), Use: "codes", Change: at("1/change"), Remove: at("1/remove")}
	second := ContactLine{Kind: "email", Masked: "f•••@example.com", Confirmed: moment, Use: "notices", Change: at("2/change"), First: at("2/first"), Remove: at("2/remove")}
	unsure := ContactLine{Kind: "email", Masked: "m•••@a-very-long-subdomain.of-a-hospital.mail.example.org", Change: at("3/change"), Remove: at("3/remove")}
	phone := ContactLine{Kind: "phone", Masked: "•••34", Confirmed: moment, Use: "codes", Change: at("4/change"), Remove: at("4/remove")}
	home := ContactLine{Kind: "phone", Masked: "•••88", Foremost: true, Confirmed: moment, Use: "calls", Change: at("5/change"), Remove: at("5/remove")}
	p := Contacts{
		Emails: []ContactLine{first}, Phones: []ContactLine{phone}, AddEmail: "/account/add-contact/email", AddPhone: "/account/add-contact/text", Home: "/account",
	}
	many, none, moved := p, p, p
	many.Emails, many.Phones = []ContactLine{first, second, unsure}, []ContactLine{home, phone}
	none.Emails, none.Phones = nil, nil
	moved.Notice = "contacts.notice.moved"
	states := []State{
		{"Y-06", "contacts", "Phone and email", p},
		{"Y-06", "many", "Phone and email: several of each", many},
		{"Y-06", "none", "Phone and email: none", none},
		{"Y-06", "moved", "It was changed in another tab", moved},
	}
	for _, done := range []string{"added", "changed", "removed", "first"} {
		for _, kind := range []string{"email", "phone"} {
			q := p
			q.Notice = "contacts.notice." + done + "." + kind
			states = append(states, State{"Y-06", "done-" + done + "-" + kind, "Done: " + done + " " + kind, q})
		}
	}
	ask := func(line ContactLine, key string) RemoveContact {
		line.Change, line.First, line.Remove, line.Foremost = "", "", "", false
		return RemoveContact{Line: line, Error: key, Action: at("1/remove"), Back: "/account/contacts"}
	}
	return append(states,
		State{"Y-06", "new-email", "Another email in the place of one", AddAddress{Action: "/signin/7f3k2m9q/address", Ticket: galleryTicket, Kind: "email", Instead: true, NotNow: "/account/contacts"}},
		State{"Y-06", "new-phone", "Another phone in the place of one", AddAddress{Action: "/signin/7f3k2m9q/address", Ticket: galleryTicket, Kind: "text", Instead: true, NotNow: "/account/contacts"}},
		State{"Y-06", "remove", "Before an address is removed", ask(first, "")},
		State{"Y-06", "remove-phone", "Before a phone is removed", ask(home, "")},
		State{"Y-06", "last", "The last address stays", ask(first, "contacts.error.last")},
		State{"Y-06", "name", "The only name stays", ask(first, "contacts.error.name")},
		State{"Y-06", "others", "Somebody else's only name is not put first", ask(second, "contacts.error.others")},
		State{"Y-06", "only-way", "The only second way stays", ask(phone, "removeway.error.last")},
		State{"Y-06", "only-proof", "What the person signed in with stays", ask(phone, "removeway.error.onlyproof")},
	)
}

func galleryNames() []State {
	p := NameAndUsername{
		Name: "Maria Lopez", Birth: galleryMoment().AddDate(-61, 2, 3), Now: "maria.lopez", Action: "/account/username", Min: 3, Max: 64,
		Changes: 3, Days: 30, Email: "m•••@example.org", Home: "/account",
	}
	with := func(change func(*NameAndUsername)) NameAndUsername { q := p; change(&q); return q }
	fault := func(key string) NameAndUsername {
		return with(func(q *NameAndUsername) { q.Value, q.Fields = "m l", []Field{{"username", key}} })
	}
	return []State{
		{"Y-16", "names", "Name and username", p},
		{"Y-16", "alone", "No name known, and no username", with(func(q *NameAndUsername) { q.Name, q.Now = "", ""; q.Birth = q.Until })},
		{"Y-16", "long", "Very long names", with(func(q *NameAndUsername) { q.Name, q.Now, q.Email = longName, longWord, "" })},
		{"Y-16", "empty", "Nothing typed", fault("activatename.error.empty")},
		{"Y-16", "characters", "With a space", fault("username.error.characters")},
		{"Y-16", "taken", "The name is taken", with(func(q *NameAndUsername) {
			q.Value, q.Fields, q.Offered = "maria", []Field{{"username", "activatename.error.taken"}}, []string{"maria42", "maria901", "maria3377"}
		})},
		{"Y-16", "many", "Too many names were tried", with(func(q *NameAndUsername) { q.Error, q.Until = "activatename.error.many", galleryMoment() })},
		{"Y-16", "rest", "Changed too often", with(func(q *NameAndUsername) { q.Error, q.Until = "username.error.rest", galleryMoment() })},
		{"Y-16", "clear", "There is no email to go on with", with(func(q *NameAndUsername) { q.Error, q.Email = "username.error.clear", "" })},
		{"Y-16", "changed", "The username is changed", with(func(q *NameAndUsername) { q.Notice = "username.notice.changed" })},
		{"Y-16", "cleared", "The username is removed", with(func(q *NameAndUsername) { q.Notice, q.Now = "username.notice.cleared", "" })},
	}
}

func galleryChoices() []State {
	p := Choices{Language: "en", Last: true, News: true, Action: "/account/choices", Home: "/account", Codes: []CodeChoice{
		{Value: "1", Kind: "text", Masked: "•••34"}, {Value: "1.call", Kind: "voice", Masked: "•••34"},
		{Value: "2", Kind: "email", Masked: "m•••@a-very-long-subdomain.of-a-hospital.mail.example.org"},
	}}
	chosen, none, saved, moved, gone := p, p, p, p, p
	chosen.Codes = slices.Clone(p.Codes)
	chosen.Codes[1].Chosen, chosen.Last, chosen.News, chosen.Language = true, false, false, "es"
	none.Codes = nil
	saved.Notice, moved.Notice, gone.Error = "choices.notice.saved", "choices.notice.moved", "choices.error.gone"
	return []State{
		{"Y-12", "choices", "Language and messages", p},
		{"Y-12", "chosen", "Calls first, and no news", chosen},
		{"Y-12", "none", "No address gets codes", none},
		{"Y-12", "saved", "Saved", saved},
		{"Y-12", "moved", "It was changed in another tab", moved},
		{"Y-12", "gone", "What was chosen is gone", gone},
	}
}
