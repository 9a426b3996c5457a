package templates

import (
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

// Way names one way in a list: by where it leads, where that is known. Among those to add it is known of what is on file.
func (v *view) Way(line WayLine) (template.HTML, error) {
	if line.Masked == "" {
		return v.T("way." + line.Kind + map[bool]string{true: ".add", false: ".plain"}[v.adding()])
	}
	return v.T("way."+line.Kind, "Masked", line.Masked)
}

// Picks are the ways of the page, of which one is chosen from the start.
func (v *view) Picks() []WayLine {
	var out []WayLine
	switch p := v.Page.(type) {
	case Ways:
		out = slices.Clone(p.Ways)
	case LostWay:
		out = slices.Clone(p.Ways)
	case Waiting:
		out = slices.Clone(p.Ways)
	}
	if len(out) > 0 && !slices.ContainsFunc(out, func(w WayLine) bool { return w.Chosen }) {
		out[0].Chosen = true
	}
	return out
}

// WayHint says what a way asks of the person.
func (v *view) WayHint(line WayLine) (template.HTML, error) {
	if v.adding() {
		return v.T("way." + line.Kind + ".add.hint")
	}
	return v.T("way." + line.Kind + ".hint")
}

func (v *view) adding() bool {
	p, ok := v.Page.(Ways)
	return ok && p.Adding
}

// Sent tells whether the code of the page travels to the person, rather than being held already.
func (v *view) Sent() bool {
	p, _ := v.Page.(CodeEntry)
	return p.Kind == "text" || p.Kind == "email" || p.Kind == "voice"
}

// Paused tells whether no code is taken for now.
func (v *view) Paused() bool {
	p, _ := v.Page.(CodeEntry)
	return p.paused()
}

// LeftID is the id of the line that says how many tries are left, "" where there is none.
func (v *view) LeftID() string {
	if p, _ := v.Page.(CodeEntry); p.Left > 0 {
		return "code-left"
	}
	return ""
}

// Seconds is how long the code lasts from now on; 0 where that is not known.
func (v *view) Seconds() int {
	p, _ := v.Page.(CodeEntry)
	if p.Ends.IsZero() || p.Now.IsZero() {
		return p.Minutes * int(time.Minute/time.Second)
	}
	return max(0, int(p.Ends.Sub(p.Now)/time.Second))
}

// Day is a date for people.
func (v *view) Day(at time.Time) (template.HTML, error) {
	text, err := v.words.text("time.day", v.dateOf(at))
	if err != nil {
		return "", err
	}
	return template.HTML(`<time datetime="` + at.Format(time.DateOnly) + `">` + template.HTMLEscapeString(text) + `</time>`), nil //nolint:gosec // escaped
}

// A wayGroup is one part of the page Y-02.
type wayGroup struct {
	Kind  string
	Lines []HeldLine
	About string // key of what this is, where none is held; "" none
	Add   string // key of the button; "" none
}

// Groups are the parts of Y-02 in its order. A phone is one thing, whether it gets texts or calls.
func (v *view) Groups() []wayGroup {
	p, _ := v.Page.(WaysToSignIn)
	var out []wayGroup
	for _, kind := range []string{"passkey", "totp", "text", "email", "recovery", "password"} {
		g := wayGroup{Kind: kind}
		for _, line := range p.Lines {
			if line.Kind == kind || line.Kind == "voice" && kind == "text" {
				g.Lines = append(g.Lines, line)
			}
		}
		if kind != "password" && (kind != "text" || p.Phone) {
			g.Add = "waystosignin." + kind + ".add"
			g.About = "waystosignin." + kind + ".about"
		}
		if len(g.Lines) > 0 {
			g.About = ""
			if kind == "recovery" {
				g.Add = "" // a new sheet replaces the old one: its card says so
			}
		}
		if len(g.Lines) > 0 || g.Add != "" {
			out = append(out, g)
		}
	}
	return out
}

// Alone tells whether one way only stands between the person and a locked door: then the page says so.
func (v *view) Alone() bool {
	p, _ := v.Page.(WaysToSignIn)
	others := 0
	for _, line := range p.Lines {
		if line.Kind != "password" {
			others++
		}
	}
	return others < 2
}

// CardName is what a person knows one of their ways by.
func (v *view) CardName(line HeldLine) (string, error) {
	for _, name := range []string{line.Name, line.Provider, line.Masked} {
		if name != "" {
			return name, nil
		}
	}
	return v.Plain("held." + line.Kind)
}

// CardFacts are the lines below the name. alone: no heading says of what kind it is.
func (v *view) CardFacts(line HeldLine, alone bool) ([]template.HTML, error) {
	var out []template.HTML
	var faults []error
	say := func(key string, pairs ...any) {
		text, err := v.T(key, pairs...)
		out, faults = append(out, text), append(faults, err)
	}
	on := func(key string, at time.Time) {
		day, err := v.Day(at)
		faults = append(faults, err)
		say(key, "Day", day)
	}
	named := line.Name != "" || line.Provider != "" || line.Masked != ""
	if named && (alone || line.Kind == "text" || line.Kind == "voice") {
		say("held." + line.Kind)
	}
	switch {
	case line.Kind == "passkey" && line.Synced:
		say("held.synced")
	case line.Kind == "passkey":
		say("held.device")
	case line.Kind == "recovery":
		say("held.left", "Left", line.Left, "Total", line.Total)
		if line.Left <= fewCodes {
			say("held.low")
		}
	}
	if !line.Made.IsZero() {
		on(map[bool]string{true: "held.set", false: "held.made"}[line.Kind == "password"], line.Made)
	}
	switch {
	case line.Kind == "recovery" || line.Kind == "password":
	case line.Used.IsZero():
		say("held.unused")
	default:
		on("held.used", line.Used)
	}
	if line.Last && line.Kind != "password" && !alone {
		say("held.last")
	}
	return out, errors.Join(faults...)
}

// fewCodes is how many recovery codes are few.
const fewCodes = 2

// ActLabel names what a link acts on, for those who do not see the card around it.
func (v *view) ActLabel(key string, line HeldLine) (string, error) {
	name, err := v.CardName(line)
	if err != nil {
		return "", err
	}
	return v.Plain(key, "Line", name)
}

// Held is one way for the piece of template that shows it.
func (v *view) Held(line HeldLine) heldView { return heldView{v, line} }

type heldView struct {
	*view
	Line HeldLine
}

// Picture puts a drawing of ours into the page.
func (v *view) Picture(svg string) (template.HTML, error) {
	if err := checkDrawing(svg); err != nil {
		return "", fmt.Errorf("not a drawing of ours: %w", err)
	}
	return template.HTML(svg), nil //nolint:gosec // one svg element of rectangles and paths, checked above
}

// AppAddress is the address that opens an authenticator app on this device. Its scheme is not one that html/template knows.
func (v *view) AppAddress(uri string) (template.URL, error) {
	if !strings.HasPrefix(uri, "otpauth://totp/") {
		return "", errors.New("not the address of an authenticator app")
	}
	return template.URL(uri), nil //nolint:gosec // see above
}
