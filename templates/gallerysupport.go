package templates

// GallerySupport lists every page of the staff console in its states, as Gallery does those of patients. NewConsole renders them.
func GallerySupport() []State {
	text := func(s string) Say { return Say{Text: s} }
	key := func(k string) Say { return Say{Key: k} }
	fact := func(k string, v Say) DeskFact { return DeskFact{key(k), v} }
	at := galleryMoment()
	door := Desk{Name: "door", Parts: []DeskPart{{
		Lead: []Say{key("support.door.lead")}, Forms: []DeskForm{{Action: "/signin", Submit: "support.door.submit", Passkey: galleryGet}},
	}}}
	doorFault, enrolled := door, door
	doorFault.Error, enrolled.Notice = "support.door.error", key("support.door.enrolled")
	enroll := Desk{Name: "enroll", Parts: []DeskPart{{
		Lead: []Say{key("support.enroll.lead")}, Forms: []DeskForm{{Action: "/enroll", Submit: "support.enroll.submit", Token: true}},
	}}}
	making := Desk{Name: "enroll", Parts: []DeskPart{{
		Lead:  []Say{{Key: "support.enroll.who", Text: "Ada Byron"}, key("support.enroll.how")},
		Forms: []DeskForm{{Action: "/enroll/key", Submit: "support.enroll.make", Passkey: galleryCreate, Create: true, Hidden: []Hidden{{"token", "t"}}}},
	}}}
	desk := func(name string, open bool, parts ...DeskPart) Desk {
		p := Desk{Name: name, Staff: "Ada Byron", Role: "support.role.supervisor", SignOut: "/signout", Parts: parts, Menu: []Place{
			{Key: "support.menu.contact"}, {Key: "support.menu.approvals", To: "/approvals"}, {Key: "support.menu.reviews", To: "/reviews"},
			{Key: "support.menu.watches", To: "/watch"}, {Key: "support.menu.team", To: "/team"}, {Key: "support.menu.outage", To: "/outage"},
			{Key: "support.menu.browser", To: "/browser"}, {Key: "support.menu.activity", To: "/activity"},
		}}
		if open {
			p.Case = &DeskCase{To: "/case", Reads: "7f3k2m9q", Level: 1, Channel: "call", Reason: "locked-self", Misses: 1, Until: at, Stop: "/case/stop", End: "/case/end"}
		}
		return p
	}
	channels := []DeskOption{{"call", key("support.channel.call")}, {"desk", key("support.channel.desk")}, {"video", key("support.channel.video")}}
	reasons := []DeskOption{{"", key("support.reason.none")}, {"lost-device", key("support.reason.lost-device")}}
	contact := desk("contact", false, DeskPart{Lead: []Say{key("support.contact.lead")}, Forms: []DeskForm{{
		Action: "/contact", Submit: "support.contact.submit", Fields: []DeskField{
			{Name: "channel", Label: key("support.contact.channel"), Kind: "pick", Options: channels},
			{Name: "purpose", Label: key("support.contact.purpose"), Kind: "choice", Options: reasons},
			{Name: "ticket", Label: key("support.contact.ticket"), Hint: "support.contact.ticket.hint"},
		}}}})
	faults := contact
	faults.Fields = []Field{{"purpose", "support.error.choose"}, {"ticket", "support.error.ticket"}}
	find := DeskPart{Title: key("support.find.heading"), Lead: []Say{key("support.find.lead")}, Forms: []DeskForm{{
		Action: "/case/find", Submit: "support.find.submit", Fields: []DeskField{
			{Name: "value", Label: key("support.find.value"), Hint: "support.find.value.hint"},
			{Name: "birth", Label: key("support.find.birth"), Hint: "support.find.birth.hint"},
		}}}}
	none := desk("case", true, find)
	none.Notice = key("support.find.none")
	hits := desk("case", true, DeskPart{Title: key("support.find.hits"), Lead: []Say{key("support.find.hits.lead")},
		Facts: []DeskFact{fact("support.find.person", text("m•••a"))}, Forms: []DeskForm{{Action: "/case/pick", Submit: "support.find.pick", Hidden: []Hidden{{"hit", "sealed"}}}}})
	check := DeskPart{ID: "check", Title: key("support.check.heading"), Lead: []Say{key("support.check.lead")},
		Facts: []DeskFact{fact("support.fact.name", key("support.check.matches"))}, Forms: []DeskForm{{Action: "/case/check", Submit: "support.check.submit", Fields: []DeskField{
			{Name: "fact", Label: key("support.check.fact"), Kind: "pick", Options: []DeskOption{{"email", key("support.fact.email")}, {"phone", key("support.fact.phone")}}},
			{Name: "said", Label: key("support.check.said"), Hint: "support.check.said.hint"},
		}}}}
	live := DeskPart{ID: "live", Title: key("support.live.heading"), Lead: []Say{key("support.live.sent")}, Forms: []DeskForm{{
		Action: "/case/live/code", Submit: "support.live.check", Hidden: []Hidden{{"challenge", "k.call-x"}},
		Fields: []DeskField{{Name: "code", Label: key("support.live.code"), Hint: "support.live.code.hint", Kind: "digits"}},
	}}}
	young := DeskPart{ID: "live", Title: key("support.live.heading"), Lead: []Say{key("support.live.none")}, Facts: []DeskFact{{text("•••43"), Say{Key: "support.live.young", At: at}}}}
	person := DeskPart{ID: "person", Title: key("support.person.heading"), Facts: []DeskFact{fact("support.person.state", key("support.state.active"))}}
	held := DeskPart{Title: key("support.held.heading"), Facts: []DeskFact{fact("support.held.signin", Say{Key: "support.held.paused", N: 10, At: at}), fact("support.held.reset", Say{Key: "support.held.tries", N: 1})}}
	ways := DeskPart{Title: key("support.person.ways"), Facts: []DeskFact{fact("support.kind.text", Say{Key: "support.person.used", At: at}), fact("support.kind.totp", key("support.person.unused"))}}
	acts := DeskPart{ID: "acts", Title: key("support.acts.heading"), Items: []DeskItem{
		{Words: key("support.act.send_reset.title"), To: "/case/act/send_reset"},
		{Words: key("support.act.unlock.title"), To: "/case/act/unlock"},
		{Words: key("support.act.reset_factors.title"), To: "/case/act/reset_factors", More: []Say{{Key: "support.acts.needs", N: 3}, key("support.acts.second")}},
	}}
	missed := desk("case", true, check, DeskPart{ID: "person", Title: key("support.person.heading"), Lead: []Say{key("support.person.nothing")}}, acts)
	missed.Notice = key("support.notice.miss")
	codeFault := desk("case", true, check, live, person, held, acts)
	codeFault.Fields = []Field{{"code", "support.error.code"}}
	unlock := desk("act.unlock", true, DeskPart{Lead: []Say{key("support.act.unlock.lead")}, Facts: []DeskFact{fact("support.acts.level", Say{Key: "support.acts.level.of", N: 1, Text: "1"})},
		Forms: []DeskForm{{Action: "/case/act/unlock", Submit: "support.acts.submit", Fields: []DeskField{{Name: "reason", Label: key("support.acts.reason"), Kind: "choice", Options: reasons}}}}},
		DeskPart{Title: key("support.acts.letter"), Lead: []Say{text("Your account is open again"), text("Your account was opened again. You can sign in to it now.")}})
	refusedAct := desk("act.reset_factors", true, DeskPart{Lead: []Say{key("support.act.reset_factors.lead"), key("support.acts.second.how")}})
	refusedAct.Error = "support.refusal.level"
	approval := desk("approval", false, DeskPart{Title: key("support.act.reset_factors.title"), Lead: []Say{key("support.approvals.lead")}, Facts: []DeskFact{
		fact("support.approvals.by", text("Grace Hopper")), fact("support.acts.reason", key("support.reason.lost-device")), fact("support.case.level", key("support.level.3")),
		fact("support.approvals.evidence", text("fact name, fact email, document passport")), fact("support.approvals.ends", Say{At: at}),
	}, Forms: []DeskForm{{Action: "/approvals/x/approve", Submit: "support.approvals.approve", Passkey: galleryGet}, {Action: "/approvals/x/refuse", Submit: "support.approvals.refuse", Tone: "quiet"}}})
	reference := DeskPart{Title: key("support.reference.heading"), Facts: []DeskFact{
		fact("support.reference.code", text("4KTX7M2P")), fact("support.reference.rule", key("support.rule.paused")), fact("support.reference.at", Say{At: at}),
		fact("support.reference.count", Say{Key: "support.reference.count.of", N: 10, Text: "10"}), fact("support.reference.lifts", Say{At: at}),
	}, Items: []DeskItem{{Words: key("support.act.unlock.title"), To: "/case/act/unlock"}}}
	otherReference := DeskPart{Title: key("support.reference.heading"), Lead: []Say{key("support.reference.other")}, Facts: []DeskFact{
		fact("support.reference.code", text("4KTX7M2P")), fact("support.reference.rule", key("support.rule.wrong-password")),
	}}
	line := func(kind string, who string) DeskItem {
		return DeskItem{Words: key("support.event." + kind), More: []Say{{At: at}, key("support.timeline." + who)}}
	}
	return append(galleryWatching(desk), []State{
		{"T-00", "door", "Sign in at the console", door}, {"T-00", "door-fault", "Another passkey", doorFault}, {"T-00", "enrolled", "After enrolment", enrolled},
		{"T-00", "enroll", "The one-time link", enroll}, {"T-00", "make", "Make a passkey", making},
		{"T-01", "empty", "Begin a contact", contact}, {"T-01", "faults", "What is missing", faults},
		{"T-02", "find", "Find a person", desk("case", true, find)}, {"T-02", "none", "Nobody to show", none}, {"T-02", "hits", "One of these?", hits},
		{"T-03", "missed", "A fact did not match", missed}, {"T-03", "code", "A code is read out", codeFault}, {"T-03", "young", "No steady contact", desk("case", true, check, young, person, held)},
		{"T-04", "script", "What to say", desk("script", true, DeskPart{Title: Say{Key: "support.script.step", N: 3, Text: "7"}, Lead: []Say{key("support.script.3.do")}, Items: []DeskItem{
			{Words: text("What is your username, or your email address? And what is your date of birth?"), Lang: "en"},
			{Words: text("¿Cuál es su nombre de usuario o su correo?"), Lang: "es"}}},
			DeskPart{Title: key("support.flags"), Lead: []Say{key("support.flags.lead")}, Grave: true, Items: []DeskItem{{Words: key("support.flag.hurry")}, {Words: key("support.flag.device")}},
				Forms: []DeskForm{{Action: "/case/stop", Submit: "support.case.stop", Tone: "grave"}}})},
		{"T-05", "live", "A person after a live proof", desk("case", true, person, held, ways, acts)},
		{"T-06", "unlock", "Unlock", unlock}, {"T-06", "refused", "Refused, and why", refusedAct},
		{"T-07", "queue", "What waits", desk("approvals", false, DeskPart{Title: key("support.approvals.heading"), Items: []DeskItem{{Words: key("support.act.reopen.title"), To: "/approvals/x", More: []Say{{Key: "support.approvals.until", At: at}}}}})},
		{"T-07", "decide", "Approve or refuse", approval},
		{"T-08", "lines", "What happened", desk("timeline", true, DeskPart{Title: key("support.timeline.heading"), Items: []DeskItem{line("signin.failed", "patient"), line("lane.closed", "system"), line("case.checked", "staff")}})},
		{"T-08", "reference", "What a reference code says", desk("reference", true, reference)}, {"T-08", "reference-other", "A code of somebody else", desk("reference", true, otherReference)},
		{"T-12", "lines", "Message health", desk("messages", true, DeskPart{Title: key("support.messages.heading"), Lead: []Say{key("support.messages.lead")}, Items: []DeskItem{{Words: key("support.messages.blocked"), More: []Say{{At: at}, key("support.by.text")}}}})},
		{"T-13", "switch", "Slow messages", desk("outage", false, DeskPart{Lead: []Say{key("support.outage.lead")}, Facts: []DeskFact{fact("support.by.text", key("support.outage.slow"))},
			Forms: []DeskForm{{Action: "/outage", Submit: "support.outage.well.text", Hidden: []Hidden{{"channel", "text"}, {"slow", "off"}}}}})},
		{"T-15", "trail", "What an auditor reads", desk("trail", false, DeskPart{Lead: []Say{key("support.trail.lead")}, Items: []DeskItem{line("case.viewed", "staff")}})},
		{"T-15", "people", "Whom an administrator answers for", desk("people", false, DeskPart{Lead: []Say{key("support.people.lead")}, Items: []DeskItem{{Words: text("Ada Byron"), More: []Say{key("support.role.supervisor"), key("support.people.works")}}}})},
	}...)
}
