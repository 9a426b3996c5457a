package templates

// galleryWatching are the pages of supervisors, of one's own work and of the browser check: T-09, T-10, T-11, T-14.
func galleryWatching(desk func(name string, open bool, parts ...DeskPart) Desk) []State {
	text := func(s string) Say { return Say{Text: s} }
	key := func(k string) Say { return Say{Key: k} }
	fact := func(k string, v Say) DeskFact { return DeskFact{key(k), v} }
	at := galleryMoment()
	pick := func(prefix string, values ...string) []DeskOption {
		var all []DeskOption
		for _, v := range values {
			all = append(all, DeskOption{v, key(prefix + "." + v)})
		}
		return all
	}
	glass := desk("glass", true, DeskPart{
		Lead: []Say{key("support.glass.lead"), key("support.glass.shows"), key("support.glass.review")}, Grave: true,
		Forms: []DeskForm{{Action: "/case/glass", Submit: "support.glass.submit", Tone: "grave", Fields: []DeskField{
			{Name: "reason", Label: key("support.glass.reason"), Hint: "support.glass.reason.hint"},
			{Name: "tell", Label: key("support.glass.tell"), Kind: "pick", Value: "yes", Options: pick("support.glass.tell", "yes", "law")},
			{Name: "held", Label: key("support.glass.held"), Hint: "support.glass.held.hint"},
		}}},
	})
	short := glass
	short.Fields = []Field{{"reason", "support.error.words"}, {"held", "support.error.words"}}
	review := desk("review", false, DeskPart{Title: key("support.review.glass"), Lead: []Say{key("support.review.lead.glass")}, Facts: []DeskFact{
		fact("support.review.by", text("Grace Hopper")), fact("support.review.whom", text("m•••a")), fact("support.case.reads", text("7f3k2m9q")),
		fact("support.glass.reason", text("The ward asks after a fire; she may be in the house")), fact("support.glass.held", text("Order of the county court, 26-CV-114")),
		fact("support.review.at", Say{At: at}), fact("support.review.due", Say{At: at}),
	}, Forms: []DeskForm{{Action: "/reviews/x/close", Submit: "support.review.submit", Fields: []DeskField{
		{Name: "word", Label: key("support.review.word"), Kind: "pick", Options: pick("support.review.word", "right", "wrong")},
		{Name: "tell", Label: key("support.review.tell"), Kind: "pick", Options: pick("support.review.tell", "yes", "law")},
	}}}})
	waits := desk("contact", false, DeskPart{Title: key("support.reviews.heading"), Grave: true, Items: []DeskItem{
		{Words: Say{Key: "support.reviews.wait", N: 3}, To: "/reviews", More: []Say{{Key: "support.reviews.late", N: 1}}},
	}})
	watching := desk("watching", true, DeskPart{Lead: []Say{key("support.watch.lead")}, Facts: []DeskFact{fact("support.watch.is", key("support.watch.why.at-risk"))},
		Forms: []DeskForm{{Action: "/case/watch", Submit: "support.watch.submit", Fields: []DeskField{
			{Name: "why", Label: key("support.watch.why"), Kind: "pick", Options: pick("support.watch.why", "vip", "staff", "at-risk", "fraud")},
		}}}})
	watched := func(whom, why string) DeskPart {
		return DeskPart{Title: Say{Key: "support.watches.whom", Text: whom}, Facts: []DeskFact{
			fact("support.watch.why", key("support.watch.why."+why)), fact("support.watches.by", text("Grace Hopper")), fact("support.watches.since", Say{At: at}),
		}}
	}
	first, second := watched("m•••a", "vip"), watched("j•••n", "fraud")
	first.Forms = []DeskForm{{Action: "/watch/off", Submit: "support.watches.off", Tone: "quiet", Hidden: []Hidden{{"account", "x"}}}}
	second.Lead = []Say{key("support.watches.other")}
	numbers := func(title Say, odd ...string) DeskPart {
		part := DeskPart{Title: title, Grave: len(odd) > 0}
		for i, what := range []string{"cases", "searches", "picks", "checks", "misses", "refusals", "acts"} {
			part.Facts = append(part.Facts, fact("support.activity."+what, text([]string{"41", "58", "12", "96", "37", "9", "11"}[i])))
		}
		for _, o := range odd {
			part.Items = append(part.Items, DeskItem{Words: key("support.odd." + o)})
		}
		return part
	}
	spans := DeskPart{Title: key("support.team.span"), Lead: []Say{key("support.team.lead"), key("support.team.hours")}, Items: []DeskItem{
		{Words: key("support.activity.days.1"), To: "/team?days=1"}, {Words: key("support.activity.days.7")}, {Words: key("support.activity.days.30"), To: "/team?days=30"},
	}, Forms: []DeskForm{{Action: "/team/export", Submit: "support.team.export", Tone: "quiet"}}}
	browser := DeskPart{Lead: []Say{{Key: "support.browser.lead", Text: "https://id.example.org/help/browser"}}, Forms: []DeskForm{{
		Action: "/browser", Submit: "support.browser.submit", Fields: []DeskField{
			{Name: "numbers", Label: key("support.browser.numbers"), Hint: "support.browser.numbers.hint", Kind: "digits"},
		}}}}
	slip := desk("browser", false, browser)
	slip.Fields = []Field{{"numbers", "support.error.numbers"}}
	said := DeskPart{Title: key("support.browser.heading"), Facts: []DeskFact{
		fact("support.browser.cookies", key("support.browser.cookies.no")), fact("support.browser.scripts", key("support.browser.scripts.yes")),
		fact("support.browser.clock", key("support.browser.clock.no")), fact("support.browser.screen", key("support.browser.screen.no")),
		fact("support.browser.language", key("support.language.vi")),
	}}
	return []State{
		{"T-09", "glass", "Break the glass", glass}, {"T-09", "short", "Too few words", short},
		{"T-09", "waits", "What waits, on a supervisor's first page", waits}, {"T-09", "review", "Close a review", review},
		{"T-09", "reviews", "Reviews that wait", desk("reviews", false, DeskPart{Title: key("support.reviews.heading"), Lead: []Say{key("support.reviews.lead")}, Items: []DeskItem{
			{Words: key("support.review.watched"), To: "/reviews/x", More: []Say{{Key: "support.reviews.was_due", At: at}}},
			{Words: key("support.review.glass"), To: "/reviews/y", More: []Say{{Key: "support.reviews.due", At: at}}},
		}})},
		{"T-10", "watch", "Watch the account of a contact", watching}, {"T-10", "list", "Who is watched", desk("watches", false, DeskPart{Lead: []Say{key("support.watches.lead")}}, first, second)},
		{"T-11", "mine", "One's own work", desk("activity", false, DeskPart{Lead: []Say{key("support.activity.lead")}}, numbers(key("support.activity.days.1")), numbers(key("support.activity.days.7")))},
		{"T-11", "team", "The work of all", desk("team", false, spans, numbers(Say{Key: "support.team.who", Text: "Sam Doe"}, "searches", "same", "hours"), numbers(Say{Key: "support.team.who", Text: "Fay Roe"}))},
		{"T-14", "ask", "The numbers of a browser check", slip}, {"T-14", "read", "What they mean", desk("browser", false, said, browser)},
	}
}
