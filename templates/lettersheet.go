package templates

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
)

// A sheet is a letter on its way into words: what its template sees.
type sheet struct {
	*view
	letter Letter
	Light  ink
	Dark   ink
	Code   string
	Link   string // the fixed address, or that of its own; "" in a letter with a code, which has no link at all
}

// A fact is one line of what is known about what happened. Dir is where its value begins: names speak for themselves, sentences
// of ours run as the letter does, whatever name they begin with.
type fact struct{ Label, Value, Dir string }

func (s *Set) sheet(l Letter) (*sheet, error) {
	v := &view{Brand: s.brand, set: s}
	for _, lang := range s.languages {
		if lang.Tag == s.Match(l.Lang) {
			v.Lang = lang
		}
	}
	v.words = s.letters.words[v.Lang.Tag]
	p := &sheet{view: v, letter: l, Light: s.letters.light, Dark: s.letters.dark, Code: l.Code}
	if !kindOf(l.ID).code {
		p.Link = addressOf(l.Host, first(l.Data["link"], fixedPath))
	}
	return p, p.fill()
}

// fill sets what the words may hold.
func (p *sheet) fill() error {
	l, b, pages := p.letter, p.Brand, p.set.words[p.Lang.Tag]
	what := tame(l.Data["what"])
	if kindOf(l.ID).names {
		what = oneLine(l.Data["what"]) // each sign of a name is part of it
		if l.Channel == byText && gsm(what) != what {
			what = "" // and a name without its marks is another
		}
	}
	if l.ID == "M-09" || l.ID == "M-10" {
		what = tameAddress(l.Data["what"])
	}
	p.data = map[string]any{
		"Brand": b.Name, "Phone": b.Phone, "TTY": b.TTY, "Hours": first(b.hours(p.Lang.Tag), pages.plain["brand.hours"]),
		"Whom": tameAddress(l.Data["whom"]), "What": what, "App": tame(l.Data["app"]), "Device": "", "When": "", "Left": l.left(),
		"Code": l.Code, "Digits": l.digits(), "Minutes": l.minutes(), "Link": p.Link,
	}
	device, err := p.device()
	if err != nil {
		return err
	}
	p.data["Device"] = device
	if l.Data["when"] == "" {
		return nil
	}
	at, err := readWhen(l.Data["when"])
	if err != nil {
		return errors.New("when is no moment")
	}
	p.data["When"], err = p.moment(at)
	return err
}

// device says in the language of the letter what the house says in English.
func (p *sheet) device() (string, error) {
	device := tame(p.letter.Data["device"])
	browser, system, both := strings.Cut(device, " on ")
	if !both {
		return device, nil
	}
	return p.Plain("device", "Browser", browser, "System", system)
}

// moment is as long as its channel allows.
func (p *sheet) moment(at time.Time) (string, error) {
	pages := &view{words: p.set.words[p.Lang.Tag]}
	if p.letter.Channel != byText {
		return pages.when(at), nil
	}
	half := pages.words.plain["time.am"]
	if at.Hour() >= 12 {
		half = pages.words.plain["time.pm"]
	}
	return p.Plain("short-time", "Month", p.words.plain["short-month-"+strconv.Itoa(int(at.Month()))], "Day", strconv.Itoa(at.Day()),
		"Hour", strings.TrimPrefix(at.Format("03"), "0"), "Minute", at.Format("04"), "Half", half, "Zone", at.Format("MST"))
}

// Key is where the words of a part stand: those of the action, of the letter, or of all letters; "" where there are none.
func (p *sheet) Key(part string) string {
	id := p.letter.ID
	for _, key := range []string{id + "." + p.letter.Data["action"] + "." + part, id + "." + part, part} {
		if p.words.has(key) {
			return key
		}
	}
	return ""
}

// Facts are the lines of what is known, in order; what is not known is no line.
func (p *sheet) Facts() []fact {
	var all []fact
	for _, part := range []struct{ key, value string }{
		{"what", "What"}, {"fact-whom", "Whom"}, {"fact-when", "When"}, {"fact-device", "Device"}, {"fact-app", "App"}, {"fact-left", "Left"},
	} {
		value, _ := p.data[part.value].(string)
		if label := p.words.plain[p.Key(part.key)]; label != "" && value != "" {
			dir := "auto"
			if part.value == "When" || part.value == "Device" {
				dir = p.Lang.Dir
			}
			all = append(all, fact{label, value, dir})
		}
	}
	return all
}

// Said are the paragraphs that the people of the house wrote.
func (p *sheet) Said() []string {
	if !kindOf(p.letter.ID).said {
		return nil
	}
	var all []string
	for line := range strings.Lines(p.letter.Data["said"]) {
		if line = oneLine(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// After are the parts below the facts.
func (p *sheet) After() []string {
	if p.Code != "" {
		return []string{"not-you"}
	}
	return []string{"was-you", "not-you", "see", "never-notice"}
}

// Foot are the lines that say how to reach us.
func (p *sheet) Foot() []string {
	if p.Brand.TTY == "" {
		return []string{"foot-call", "foot-hours", "foot-reply"}
	}
	return []string{"foot-call", "foot-tty", "foot-hours", "foot-reply"}
}

// Elsewhere are the other languages of the house, each with a line of its own.
func (p *sheet) Elsewhere() []elsewhere {
	var all []elsewhere
	for _, l := range p.set.languages {
		if l.Tag != p.Lang.Tag {
			other := *p.view
			other.Lang, other.words = l, p.set.letters.words[l.Tag]
			all = append(all, elsewhere{Language: l, view: &other})
		}
	}
	return all
}

type elsewhere struct {
	Language
	*view
}

// H is a part of the letter as HTML: the phone can be pressed, and so can the link, which shows where it leads.
func (p *sheet) H(part string) (template.HTML, error) {
	return inked(p.view, p.Key(part), p.Light.Accent)
}

// H is a part in the other language.
func (e elsewhere) H(part string, color template.CSS) (template.HTML, error) {
	return inked(e.view, part, color)
}

// inked is view.T with links in a colour: where a mail program drops the style sheet, a link is still to be read.
func inked(v *view, key string, color template.CSS) (template.HTML, error) {
	link := func(address, text, more string) template.HTML {
		return template.HTML(`<a href="` + template.HTMLEscapeString(address) + `" style="color:` + string(color) + `;font-weight:600` + more + //nolint:gosec // escaped
			`"><bdi dir="ltr">` + template.HTMLEscapeString(text) + `</bdi></a>`)
	}
	pairs := []any{"Phone", link(telAddress(v.Brand.Phone), v.Brand.Phone, ";white-space:nowrap"), "TTY", template.HTML(template.HTMLEscapeString(v.Brand.TTY))} //nolint:gosec // escaped
	if address, _ := v.data["Link"].(string); address != "" {
		pairs = append(pairs, "Link", link(address, address, ""))
	}
	return v.T(key, pairs...)
}

// mail is the letter as an e-mail.
func (p *sheet) mail() (Written, error) {
	subject, err := p.Plain(p.Key("subject"))
	if err != nil {
		return Written{}, err
	}
	text, err := p.plain()
	if err != nil {
		return Written{}, err
	}
	var b bytes.Buffer
	if err := p.set.letters.mail.Execute(&b, p); err != nil {
		return Written{}, err
	}
	return Written{Subject: subject, Text: text, HTML: b.String()}, nil
}

// plain is the e-mail as text: the same facts in the same order.
func (p *sheet) plain() (string, error) {
	w := writer{view: p.view}
	w.part(p.Key("lead"))
	for _, said := range p.Said() {
		w.line(said)
	}
	if p.Code != "" {
		w.line(p.Code)
		w.part(p.Key("minutes"))
		w.part(p.Key("never-code"))
	}
	var facts []string
	for _, f := range p.Facts() {
		facts = append(facts, f.Label+": "+f.Value)
	}
	w.line(strings.Join(facts, "\n"))
	for _, part := range p.After() {
		w.part(p.Key(part))
	}
	foot := writer{view: p.view, lines: []string{p.Brand.Name}, err: w.err}
	for _, part := range p.Foot() {
		foot.part(part)
	}
	for _, e := range p.Elsewhere() {
		foot.view = e.view
		foot.part("foot-here")
	}
	w.line(foot.text("\n"))
	return w.text("\n\n") + "\n", foot.err
}

// message is the letter as a text message: of its forms the first that can be filled in and is one part, else the last.
func (p *sheet) message() (string, error) {
	var text string
	for _, form := range []string{"text-app", "text", "text-short"} {
		key := p.Key(form)
		if key == "" || !p.filled(key) {
			continue
		}
		words, err := p.Plain(key)
		if err != nil {
			return "", err
		}
		text = gsm(words)
		if p.Code != "" && !kindOf(p.letter.ID).aloud {
			text += "\n\n@" + hostname(p.letter.Host) + " #" + p.Code
		}
		if parts(text) == 1 {
			break
		}
	}
	if text == "" {
		return "", fmt.Errorf("no form of a text can be filled in")
	}
	return text, nil
}

// filled tells whether nothing that the words hold is missing.
func (p *sheet) filled(key string) bool {
	for _, name := range p.words.names[key] {
		if p.data[name] == "" {
			return false
		}
	}
	return true
}

// spoken is the letter as it is read out.
func (p *sheet) spoken() (string, error) {
	w := writer{view: p.view}
	for _, part := range []string{"voice-hello", "voice", "voice-again", "minutes", "voice-never", "voice-bye"} {
		w.part(p.Key(part))
	}
	return w.text("\n"), w.err
}

// A writer gathers lines, and keeps the first error.
type writer struct {
	*view
	lines []string
	err   error
}

func (w *writer) part(key string) {
	text, err := w.Plain(key)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.line(text)
}

func (w *writer) line(text string) {
	if text != "" {
		w.lines = append(w.lines, text)
	}
}

func (w *writer) text(between string) string { return strings.Join(w.lines, between) }
