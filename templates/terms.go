package templates

import "strings"

// Terms asks a person who signs in to accept the operator's terms of use, which have changed: S-19.
type Terms struct {
	App     App
	Action  string // one form, two buttons named choice: accept, later
	Ticket  string
	Version string            // that is shown; the form carries it back
	URL     string            // where all of them can be read: an https URL, or a path on this site
	Summary map[string]string // what is new, by language, in plain text: a line is a paragraph; the key "" serves every other language
	Notice  string            // catalogue key: that they changed again meanwhile; "" for none
}

// Template names the file.
func (Terms) Template() string { return "terms" }

// A changed is what is new in the terms, in the language that it is written in.
type changed struct {
	Language
	Lines []string
}

// Changed is what is new, in the page's language or, where nobody wrote it in that, in the default one.
func (v *view) Changed() changed {
	page, _ := v.Page.(Terms)
	in := v.Lang
	text := page.Summary[in.Tag]
	if text == "" {
		in = v.set.languages[0]
		text = first(page.Summary[in.Tag], page.Summary[""])
	}
	out := changed{Language: in}
	for line := range strings.Lines(text) {
		if line = oneLine(line); line != "" {
			out.Lines = append(out.Lines, line)
		}
	}
	return out
}
