package templates

import "time"

// Waiting is wait-and-recover, for who has lost every second factor. It has one of four states: it can be started (Start: R-12), it
// is pending (Ready), it can be finished (Finish: R-13), or the account has nothing to finish it with (none of them: R-14).
type Waiting struct {
	App    App
	Ticket string
	Other  string // to the ways that there are
	Lasts  int    // how long it takes, in hours
	Days   int    // for how many days it can be finished then
	Told   []WayLine
	Start  string    // where the start posts to
	Ready  time.Time // from when it can be finished
	Finish string    // where choosing one of Ways posts to, in a field named way
	Ends   time.Time // until when
	Ways   []WayLine
	Notice string
	Until  time.Time
	Error  string
}

// Template names the page's template.
func (Waiting) Template() string { return "waiting" }

func (p Waiting) problems() (string, []Field) { return p.Error, nil }
func (p Waiting) concerns() string            { return "way" }

func (p Waiting) heading() string {
	switch {
	case p.Start != "":
		return "waiting.title.start"
	case !p.Ready.IsZero():
		return "waiting.title.pending"
	case p.Finish != "":
		return "waiting.title.ready"
	}
	return "waiting.title.office"
}

// StopWaiting stops a recovery by the link of its notices: R-13. Opening the link does nothing; the button does.
type StopWaiting struct {
	Action string    // where the button posts to; "" where there is nothing to stop
	Ready  time.Time // when it could be finished
	Done   bool
	SignIn string
}

// Template names the page's template.
func (StopWaiting) Template() string { return "stopwaiting" }

func (p StopWaiting) heading() string {
	switch {
	case p.Done:
		return "stopwaiting.title.done"
	case p.Action == "":
		return "stopwaiting.title.over"
	}
	return "stopwaiting.title"
}

func galleryWaiting() []State {
	contacts := []WayLine{{Value: "0", Kind: "email", Masked: "m•••@example.org", Chosen: true}, {Value: "1", Kind: "text", Masked: "•••34"}}
	page := func(change func(*Waiting)) Waiting {
		p := Waiting{App: galleryApp(), Ticket: galleryTicket, Other: galleryAction, Lasts: 72, Days: 7, Told: contacts}
		change(&p)
		return p
	}
	return []State{
		{"R-12", "start", "Recover by waiting, explained", page(func(p *Waiting) { p.Start = galleryAction + "/wait" })},
		{"R-12", "many", "Recover by waiting, started often today", page(func(p *Waiting) {
			p.Start, p.Notice, p.Until = galleryAction+"/wait", "waiting.notice.many", galleryMoment()
		})},
		{"R-13", "pending", "Recover by waiting, not yet ready", page(func(p *Waiting) { p.Ready = galleryMoment() })},
		{"R-13", "ready", "Recover by waiting, ready", page(func(p *Waiting) { p.Finish, p.Ends, p.Ways = galleryAction+"/regain", galleryMoment(), contacts })},
		{"R-13", "empty", "Recover by waiting, nothing chosen", page(func(p *Waiting) {
			p.Finish, p.Ends, p.Ways, p.Error = galleryAction+"/regain", galleryMoment(), contacts, "ways.error.empty"
		})},
		{"R-13", "sends", "Recover by waiting, too many codes", page(func(p *Waiting) {
			p.Finish, p.Ends, p.Ways, p.Notice, p.Until = galleryAction+"/regain", galleryMoment(), contacts, "ways.notice.sends", galleryMoment()
		})},
		{"R-14", "office", "Recover by waiting, no address to use", page(func(*Waiting) {})},
		{"R-13", "stop", "A recovery, its link opened", StopWaiting{Action: "/recovery/stop/7f3k2m9q", Ready: galleryMoment()}},
		{"R-13", "stopped", "A recovery, stopped", StopWaiting{Done: true, SignIn: "/account"}},
		{"R-13", "over", "A recovery, over before", StopWaiting{}},
	}
}
