package templates

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

//go:embed letters/*.yaml letters/*.html
var letterFiles embed.FS

// letters are the words of letters in every language, and the one template of e-mail.
type letters struct {
	words map[string]*words
	mail  *template.Template
	light ink
	dark  ink
}

// ink are the colours of an e-mail in one scheme, those of static/app.css. Mail programs know no variables.
type ink struct{ Page, Card, Text, Soft, Line, Well, Accent template.CSS }

// newInk makes trusted style of colours.
func newInk(page, card, text, soft, line string, well, accent rgb) ink {
	return ink{
		Page: template.CSS(page), Card: template.CSS(card), Text: template.CSS(text), Soft: template.CSS(soft), //nolint:gosec // constants
		Line: template.CSS(line), Well: template.CSS(well.String()), Accent: template.CSS(accent.String()), //nolint:gosec // #rrggbb
	}
}

func (s *Set) loadLetters() error {
	accent, err := parseHex(s.brand.Accent)
	if err != nil {
		return err
	}
	s.letters.light = newInk("#eff3f6", "#ffffff", "#16212c", "#4a5967", "#d5dde4", accent.mix(white, .92), accent)
	s.letters.dark = newInk("#0e1319", night.String(), "#eaf0f5", "#afbcc8", "#303a46", night.mix(accent, .3), accent.reach(white, night, 7))
	text, err := letterFiles.ReadFile("letters/letter.html")
	if err != nil {
		return err
	}
	s.letters.mail, err = template.New("letter").Parse(string(text))
	if err != nil {
		return err
	}
	return s.CheckLetters("localhost")
}

// CheckLetters says for which host and brand a text message would be more than one part, in any language; all of them at once.
// host is that of the issuer. Every text has a form that holds nothing of the person's but a moment, so this decides it.
func (s *Set) CheckLetters(host string) error {
	var faults []error
	for _, state := range Letters() {
		l := state.Letter
		if l.Channel != byText {
			continue
		}
		what := ""
		if kindOf(l.ID).invites {
			what = l.Data["what"] // a code, of which all are as long
		}
		if kindOf(l.ID).names {
			what = strings.Repeat("m", septets) // names that do not fit: there is a form without them
		}
		l.Host, l.Data = host, map[string]string{
			"action": l.Data["action"], "when": longestWhen, "whom": "*", "left": l.Data["left"], "link": l.Data["link"], "what": what, "said": l.Data["said"],
		}
		for _, lang := range s.languages {
			l.Lang = lang.Tag
			faults = append(faults, s.fits(l))
		}
	}
	return errors.Join(slices.DeleteFunc(faults, func(err error) bool { return err == nil })...)
}

// longestWhen takes the most room: two digits for everything, and a zone without a name.
const longestWhen = "2026-12-22T12:55:00+12:45"

func (s *Set) fits(l Letter) error {
	written, err := s.Write(l)
	if err != nil {
		return err
	}
	if n := parts(written.Text); n > 1 {
		return fmt.Errorf("brand: Name %q, Phone %q and host %q make the text message %s in %q %d parts instead of one: choose a shorter name, "+
			"or one in letters that text messages have", s.brand.Name, s.brand.Phone, l.Host, l.ID, l.Lang, n)
	}
	return nil
}
