package templates

import (
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A view is what a template sees: the page, its frame, and the words of its language.
type view struct {
	Frame
	Page  Page
	Lang  Language
	Brand Brand
	set   *Set
	words *words
	data  map[string]any
	Stay  Stay
}

func (s *Set) view(f Frame, p Page) *view {
	var stay Stay
	if signed, ok := p.(Signed); ok {
		p, stay = signed.Page, signed.Stay
	}
	brand := s.brand
	if noticed, ok := p.(Noticed); ok {
		p, brand.Banner, f.Banner = noticed.Page, noticed.Banner, true
	}
	v := &view{Frame: f, Page: p, Stay: stay, Lang: s.languages[0], Brand: brand, set: s, words: s.speak(f.Lang)}
	for _, l := range s.languages {
		if l.Tag == f.Lang {
			v.Lang = l
		}
	}
	v.data = fieldsOf(p)
	v.data["Brand"] = s.brand.Name
	v.data["Phone"] = s.brand.Phone
	v.data["TTY"] = s.brand.TTY
	v.data["Contact"] = s.brand.Contact
	v.data["Reference"] = f.Reference
	v.data["Hours"] = first(s.brand.hours(v.Lang.Tag), v.words.plain["brand.hours"])
	v.data["Service"] = first(s.brand.Service, v.words.plain["brand.service"])
	if s.console {
		v.data["Service"] = v.ofConsole("service")
	}
	return v
}

func first(preferred, second string) string {
	if preferred != "" {
		return preferred
	}
	return second
}

// fieldsOf gives a page's exported fields by name: what its messages may fill in.
func fieldsOf(p Page) map[string]any {
	data := map[string]any{}
	value := reflect.Indirect(reflect.ValueOf(p))
	for _, f := range reflect.VisibleFields(value.Type()) {
		if f.IsExported() && !f.Anonymous {
			data[f.Name] = value.FieldByIndex(f.Index).Interface()
		}
	}
	return data
}

// with adds the pairs of name and value that a template passed.
func (v *view) with(pairs []any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("a name without a value")
	}
	data := make(map[string]any, len(v.data)+len(pairs)/2)
	for name, value := range v.data {
		data[name] = value
	}
	for i := 0; i < len(pairs); i += 2 {
		data[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return data, nil
}

// Plain gives a message as text, for titles and attributes.
func (v *view) Plain(key string, pairs ...any) (string, error) {
	data, err := v.with(pairs)
	if err != nil {
		return "", err
	}
	for name, value := range data {
		switch value := value.(type) {
		case time.Time:
			data[name] = v.when(value)
		case time.Duration:
			data[name] = v.lasting(value)
		}
	}
	return v.words.text(key, data)
}

// T gives a message as HTML. The message itself is text and is escaped; only its filled-in values become elements, so that a
// name in another script cannot turn the sentence around and a phone number can be pressed.
func (v *view) T(key string, pairs ...any) (template.HTML, error) {
	if text, ok := v.words.plain[key]; ok {
		return template.HTML(template.HTMLEscapeString(text)), nil //nolint:gosec // escaped
	}
	data, err := v.with(pairs)
	if err != nil {
		return "", err
	}
	var elements []string
	mark := func(element template.HTML) string {
		elements = append(elements, sentinel(len(elements)), string(element))
		return elements[len(elements)-2]
	}
	for name, value := range data {
		data[name] = v.isolate(name, value, mark)
	}
	text, err := v.words.text(key, data)
	if err != nil {
		return "", err
	}
	escaped := template.HTMLEscapeString(text)
	return template.HTML(strings.NewReplacer(elements...).Replace(escaped)), nil //nolint:gosec // escaped above; the elements are ours
}

// sentinel stands for an element while its sentence is escaped. A value that happens to hold one can only repeat an element
// that is on the page anyway.
func sentinel(n int) string { return "\uE000" + strconv.Itoa(n) + "\uE001" }

func (v *view) isolate(name string, value any, mark func(template.HTML) string) any {
	switch value := value.(type) {
	case App:
		return App{Name: markText(value.Name, mark)}
	case template.HTML:
		return mark(value)
	case time.Time:
		return mark(v.Time(value))
	case time.Duration:
		return v.lasting(value)
	case string:
		if name == "Phone" || name == "TTY" {
			return mark(tel(value))
		}
		if name == "Hours" || name == "Service" || name == "Brand" {
			return value
		}
		return markText(value, mark)
	}
	return value
}

func markText(text string, mark func(template.HTML) string) string {
	if text == "" {
		return ""
	}
	return mark(template.HTML(`<bdi class="name">` + template.HTMLEscapeString(text) + `</bdi>`)) //nolint:gosec // escaped
}

// tel is a phone number as a link; digits run from left to right in every language.
func tel(number string) template.HTML {
	return template.HTML(`<a class="tel" href="` + telAddress(number) + `"><bdi dir="ltr">` + template.HTMLEscapeString(number) + `</bdi></a>`) //nolint:gosec // digits only, and escaped
}

// telAddress is where a phone number leads: its digits.
func telAddress(number string) string {
	return "tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
}

// Time is a moment for people, in the zone that it carries, with the exact moment for machines.
func (v *view) Time(at time.Time) template.HTML {
	return template.HTML(`<time datetime="` + at.UTC().Format(time.RFC3339) + `">` + template.HTMLEscapeString(v.when(at)) + `</time>`) //nolint:gosec // escaped
}

func (v *view) when(at time.Time) string {
	half := "time.am"
	if at.Hour() >= 12 {
		half = "time.pm"
	}
	hour := at.Hour() % 12
	if hour == 0 {
		hour = 12
	}
	parts := v.dateOf(at)
	parts["Hour"], parts["Minute"] = strconv.Itoa(hour), at.Format("04")
	parts["Half"], parts["Zone"] = v.words.plain[half], at.Format("MST")
	text, err := v.words.text("time.full", parts)
	if err != nil {
		return at.Format(time.RFC3339)
	}
	return text
}

// lasting says how long something takes, as people would, and never too short: to the second where it is soon.
func (v *view) lasting(d time.Duration) string {
	unit, key := time.Second, "time.seconds"
	switch {
	case d > 90*time.Minute:
		unit, key = time.Hour, "time.hours"
	case d > 90*time.Second:
		unit, key = time.Minute, "time.minutes"
	}
	text, err := v.words.text(key, map[string]any{"Count": int((d + unit - 1) / unit)})
	if err != nil {
		return d.String()
	}
	return text
}

// dateOf gives the parts of a date.
func (v *view) dateOf(at time.Time) map[string]any {
	return map[string]any{
		"Month": v.words.plain["time.month."+strconv.Itoa(int(at.Month()))],
		"Day":   strconv.Itoa(at.Day()), "Year": strconv.Itoa(at.Year()),
	}
}

// Asset is the address of a static file by its plain name; "" where the brand brings none.
func (v *view) Asset(name string) string { return v.set.paths[name] }

// Languages are the links of the language picker.
func (v *view) Languages() []languageLink {
	var out []languageLink
	for _, l := range v.set.languages {
		query := url.Values{"to": {l.Tag}, "back": {v.Path}}
		out = append(out, languageLink{Language: l, Current: l.Tag == v.Lang.Tag, Address: "/language?" + query.Encode()})
	}
	return out
}

// Unreviewed are the languages whose words no person has reviewed.
func (v *view) Unreviewed() []Language {
	return slices.DeleteFunc(v.set.Languages(), func(l Language) bool { return l.Reviewed != "" })
}

type languageLink struct {
	Language
	Current bool
	Address string
}

// Heading is the key of the page's heading, which is its title as well: NAME.title, unless the page has several.
func (v *view) Heading() string {
	if p, ok := v.Page.(interface{ heading() string }); ok {
		return p.heading()
	}
	return v.Page.Template() + ".title"
}

// Problems are the lines of the error summary.
func (v *view) Problems() []problem {
	p, ok := v.Page.(interface{ problems() (string, []Field) })
	if !ok {
		return nil
	}
	whole, fields := p.problems()
	var out []problem
	for _, f := range fields {
		out = append(out, problem{Key: f.Key, Target: fieldID(f.Name)})
	}
	if whole != "" {
		target := ""
		if p, ok := v.Page.(interface{ concerns() string }); ok && !slices.Contains(v.words.names[whole], "Phone") {
			target = fieldID(p.concerns()) // a phone number is a link by itself, and no link holds another
		}
		out = append([]problem{{Key: whole, Target: target}}, out...)
	}
	return out
}

// A problem is one line of the summary, with the id of the field that it leads to; "" for none.
type problem struct{ Key, Target string }

// fieldID is the id of a form field. Password managers remember pages by these; they never change.
func fieldID(name string) string {
	switch name {
	case "password":
		return "current-password"
	case "new_password":
		return "new-password"
	}
	return name
}

// Field is one form field of the page for the shared pieces of a form.
func (v *view) Field(name string) field {
	out := field{view: v, Name: name, ID: fieldID(name)}
	if p, ok := v.Page.(interface{ problems() (string, []Field) }); ok {
		_, fields := p.problems()
		for _, f := range fields {
			if f.Name == name && out.Fault == "" {
				out.Fault = f.Key
			}
		}
	}
	return out
}

type field struct {
	*view
	Name, ID string
	Fault    string // key of the message beside it, "" for none
}

// Describe lists the ids that describe the field: the message first, then what else there is.
func (f field) Describe(others ...string) string {
	if f.Fault != "" {
		others = append([]string{f.ID + "-fault"}, others...)
	}
	return strings.Join(others, " ")
}

// Title is the page's title: what it is about, and whose it is.
func (v *view) Title() (string, error) {
	heading, err := v.Plain(v.Heading())
	if err != nil {
		return "", err
	}
	key := "page.title"
	if len(v.Problems()) > 0 {
		key = "page.title.error"
	}
	return v.Plain(key, "Heading", heading)
}

// Away is an address that leaves the site for an app. The app may be native and its scheme its own, which html/template would
// take for an attack; the caller has compared the address with the registered ones, so it is marked as safe here. As a second
// lock, the schemes that run in our own page are refused.
func (v *view) Away(address string) (template.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return "", errors.New("an address that leads away is not absolute")
	}
	switch strings.ToLower(u.Scheme) {
	case "javascript", "data", "vbscript", "blob", "file", "about", "filesystem", "view-source":
		return "", fmt.Errorf("an address with the scheme %s leads nowhere", u.Scheme)
	}
	return template.URL(address), nil //nolint:gosec // see above
}

// Back is the way back to the page's app, "" where there is none that can be followed. Pages of last resort show it, so an
// address that leads nowhere leaves the link out and not the page.
func (v *view) Back() template.URL {
	app, _ := v.data["App"].(App)
	address, err := v.Away(app.Return)
	if err != nil {
		return ""
	}
	return address
}

// ScopeTitle tells what a scope opens; a scope without words of its own is named as it is.
func (v *view) ScopeTitle(name string) (template.HTML, error) { return v.scope(name, "title") }

// ScopeExample is the second line of a scope.
func (v *view) ScopeExample(name string) (template.HTML, error) { return v.scope(name, "example") }

func (v *view) scope(name, part string) (template.HTML, error) {
	if known := "scope." + name + "." + part; v.words.has(known) {
		return v.T(known)
	}
	return v.T("scope.other."+part, "Scope", name)
}

// Optional lists the scopes that are tick boxes.
func (v *view) Optional() []ScopeLine {
	var out []ScopeLine
	if p, ok := v.Page.(Consent); ok {
		for _, line := range p.Scopes {
			if line.Optional {
				out = append(out, line)
			}
		}
	}
	return out
}

// Trouble is the key of one part of a trouble page.
func (v *view) Trouble(part string) string {
	p, _ := v.Page.(Trouble)
	return "trouble." + p.Key + "." + part
}

// Logo is the address of the operator's logo, "" for the built-in mark.
func (v *view) Logo() string { return first(v.Asset("logo.svg"), v.Asset("logo.png")) }

// Wide tells whether the page is a table rather than something to read or fill in.
func (v *view) Wide() bool {
	switch v.Page.(type) {
	case Inbox, GalleryIndex, LettersShown, Desk:
		return true
	}
	return false
}

// Service is the name of this site.
func (v *view) Service() string { return fmt.Sprint(v.data["Service"]) }
