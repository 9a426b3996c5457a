package templates

import (
	"slices"
	"time"
)

func galleryOwn() []State {
	return slices.Concat(galleryDevices(), galleryActivity(), galleryApps(), galleryNotMe(), galleryLeavingAccount(), galleryOverview(), galleryContacts())
}

func galleryDevices() []State {
	moment := galleryMoment()
	line := func(id, words string, ago time.Duration, apps ...string) SessionLine {
		return SessionLine{ID: id, Words: words, Since: moment.Add(-ago), Seen: moment.Add(-ago / 2), Apps: apps}
	}
	here := line("1", "Firefox on Windows", time.Hour, "Example Records")
	here.Here = true
	p := Devices{Lines: []SessionLine{here}, End: "/account/devices/end", EndOthers: "/account/devices/others", Forget: "/account/devices/forget",
		SignOut: "/logout", NotMe: "/account/not-me", Home: "/account"}
	with := func(change func(*Devices)) Devices { q := p; q.Lines = slices.Clone(p.Lines); change(&q); return q }
	others := func(q *Devices) {
		q.Others = true
		q.Lines = append(q.Lines[:1:1], line("2", "Safari on iPhone", 5*time.Hour, "Example Records", "Pocket Health"), line("3", "", 9*time.Hour))
		q.Remembered = []BrowserLine{{Words: "Firefox on Windows", Seen: moment, Until: moment.AddDate(0, 0, 30)}, {Seen: moment.AddDate(0, 0, -8), Until: moment.AddDate(0, 0, 22)}}
	}
	notice := func(key string) Devices {
		return with(func(q *Devices) { others(q); q.Notice = key })
	}
	return []State{
		{"Y-08", "alone", "Devices: this one only", p},
		{"Y-08", "others", "Devices: others, and some that are remembered", with(others)},
		{"Y-08", "more", "Devices: more than are shown", with(func(q *Devices) { others(q); q.More = true })},
		{"Y-08", "long", "Devices: an app with a very long name", with(func(q *Devices) { q.Lines[0].Apps = []string{longName, longWord} })},
		{"Y-08", "ended", "One was signed out", notice("devices.notice.ended")},
		{"Y-08", "ended-others", "All others were signed out", with(func(q *Devices) { q.Notice = "devices.notice.others" })},
		{"Y-08", "forgotten", "None is remembered any more", with(func(q *Devices) { q.Notice = "devices.notice.forgotten" })},
	}
}

func galleryPlaces() []Place {
	return []Place{{Key: "contacts.title", To: "/account/contacts"}, {Key: "username.title", To: "/account/username"}, {Key: "choices.title", To: "/account/choices"},
		{Key: "devices.title", To: "/account/devices"}, {Key: "apps.title", To: "/account/apps"}, {Key: "activity.title", To: "/account/activity"}, {Key: "notme.title", To: "/account/not-me"}}
}

func galleryActivity() []State {
	moment := galleryMoment()
	filters := []Place{}
	for _, kind := range []string{"all", "signin", "changes", "apps", "staff"} {
		filters = append(filters, Place{Key: "activity.kind." + kind, To: "/account/activity?kind=" + kind})
	}
	p := Activity{Filters: filters, Here: filters[0].To, Sheet: "/account/activity.csv", Home: "/account"}
	add := func(l ActivityLine) {
		l.At = moment.Add(-time.Duration(len(p.Lines)) * 7 * time.Hour)
		p.Lines = append(p.Lines, l)
	}
	add(ActivityLine{Kind: "session.began", By: "owner", App: "Example Records", NotMe: "/account/not-me"})
	add(ActivityLine{Kind: "signin.failed"})
	add(ActivityLine{Kind: "authenticator.bound", What: "passkey", By: "owner", NotMe: "/account/not-me"})
	add(ActivityLine{Kind: "consent.given", By: "owner", App: longName, NotMe: "/account/not-me"})
	add(ActivityLine{Kind: "grant.revoked", By: "app", App: "Pocket Health"})
	add(ActivityLine{Kind: "lane.closed", By: "house"})
	add(ActivityLine{Kind: "account.enabled", By: "staff"})
	p.Older = "/account/activity?before=42"
	older, none := p, p
	older.Newest, older.Older, older.Here = "/account/activity", "", filters[1].To
	none.Lines, none.Older, none.Here = nil, "", filters[4].To
	return []State{
		{"Y-10", "newest", "Activity, with older below", p},
		{"Y-10", "older", "Activity, the last page of some of it", older},
		{"Y-10", "none", "Activity, nothing of that kind", none},
	}
}

func galleryApps() []State {
	moment := galleryMoment()
	third := AppLine{Name: "Pocket Health", Host: "pocket-health.example", Scopes: []ScopeLine{{Name: "profile"}, {Name: "records"}, {Name: "offline_access"}},
		Since: moment.AddDate(0, -2, 0), Used: moment, Ends: moment.AddDate(0, 10, 0), Stop: "/account/apps/pocket/stop"}
	own := AppLine{Name: "Example Records", Own: true, Since: moment, Used: moment, Stop: "/account/apps/records/stop"}
	long := third
	long.Name, long.Host, long.Used, long.Scopes = longName, longWord, time.Time{}, append(long.Scopes, ScopeLine{Name: longWord})
	stop := func(line AppLine) StopApp {
		line.Stop = ""
		return StopApp{Line: line, Action: "/account/apps/pocket/stop", Back: "/account/apps"}
	}
	return []State{
		{"Y-09", "apps", "Apps with access", Apps{Lines: []AppLine{third, own}, Home: "/account"}},
		{"Y-09", "none", "No app has access", Apps{Home: "/account"}},
		{"Y-09", "long", "An app with a very long name", Apps{Lines: []AppLine{long}, Home: "/account"}},
		{"Y-09", "stopped", "One was stopped", Apps{Lines: []AppLine{own}, Home: "/account", Notice: "apps.notice.stopped"}},
		{"Y-09", "stop", "Before one is stopped", stop(third)},
		{"Y-09", "stop-own", "Before one of our own is stopped", stop(own)},
	}
}

func galleryNotMe() []State {
	p := NotMe{SignIn: "/account/not-me/sign-in", Password: "/account/password", Devices: "/account/devices", Ways: "/account/ways"}
	in := p
	in.Action = "/account/not-me"
	return []State{
		{"Y-11", "stranger", "This was not me, not signed in", p},
		{"Y-11", "pause", "This was not me, signed in", in},
		{"Y-11", "paused", "The account is paused", NotMe{Paused: true, Reset: "/forgot/password"}},
	}
}

func galleryOverview() []State {
	moment := galleryMoment()
	overview := func(safe Safe) Home {
		return Home{Username: "maria.lopez", Since: moment, Safe: safe, Ways: "/account/ways", Places: galleryPlaces(), SignOut: "/logout"}
	}
	step := func(name string) Place { return Place{Key: "home.step." + name, To: "/account/ways"} }
	return []State{
		{"Y-01", "safe", "Your account, nothing to do", overview(Safe{Ways: 4, Last: moment.AddDate(0, 0, -3), Apps: 2})},
		{"Y-01", "second", "Your account, a password only", overview(Safe{Ways: 1, Next: step("second")})},
		{"Y-01", "another", "Your account, one way beside the password", overview(Safe{Ways: 2, Last: moment.AddDate(0, 0, -3), Apps: 1, Next: step("another")})},
		{"Y-01", "codes", "Your account, few recovery codes", overview(Safe{Ways: 3, Last: moment.AddDate(0, 0, -3), Next: step("codes")})},
	}
}
