package templates

import "time"

func galleryOwn() []State { return galleryDevices() }

func galleryDevices() []State {
	moment := galleryMoment()
	line := func(id, words string, ago time.Duration, apps ...string) SessionLine {
		return SessionLine{ID: id, Words: words, Since: moment.Add(-ago), Seen: moment.Add(-ago / 2), Apps: apps}
	}
	here := line("1", "Firefox on Windows", time.Hour, "Example Records")
	here.Here = true
	p := Devices{Lines: []SessionLine{here}, End: "/account/devices/end", EndOthers: "/account/devices/others", Forget: "/account/devices/forget",
		SignOut: "/logout", NotMe: "/account/not-me", Home: "/account"}
	with := func(change func(*Devices)) Devices { q := p; change(&q); return q }
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

func galleryPlaces() []Place { return []Place{{Key: "devices.title", To: "/account/devices"}} }
