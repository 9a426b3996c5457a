package templates

// WayIn lets the owner's own device in, which strangers' tries have shut out: the page of the link in M-15 and M-28. Opening the
// link does nothing; the button does.
type WayIn struct {
	Action string // where the button posts to; "" where there is none
	Done   bool   // the button was pressed: this device is known now
	SignIn string // where to go on then
}

// Template names the page's template.
func (WayIn) Template() string { return "wayin" }

func (p WayIn) heading() string {
	switch {
	case p.Done:
		return "wayin.title.done"
	case p.Action == "":
		return "wayin.title.over"
	}
	return "wayin.title"
}

func galleryWayIn() []State {
	return []State{
		{"S-14", "link", "The owner's link, opened", WayIn{Action: "/way-in/7f3k2m9q"}},
		{"S-14", "link-done", "The owner's link, used", WayIn{Done: true, SignIn: "/signin"}},
		{"S-14", "link-over", "The owner's link, used before or too old", WayIn{}},
	}
}
