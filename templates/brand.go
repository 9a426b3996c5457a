package templates

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// Brand is what the operator sets: who they are, how to reach them, and one colour.
type Brand struct {
	Name          string            // of the organization, such as "Example Health"
	Service       string            // of this site; "" takes the catalogue's own words in each language
	Logo          []byte            // PNG, or SVG without scripts and outside references; nil for the built-in mark
	Accent        string            // #rrggbb, at least 4.5:1 on white
	Phone         string            // as printed, such as "1-800-555-0100"
	TTY           string            // the relay number, "711" in the United States; "" for none
	Hours         map[string]string // when the phone is answered, by language; the key "" serves every other language
	Privacy       string            // absolute https URL, or a path on this site; "" leaves the link out
	Accessibility string            // as Privacy
	Contact       string            // e-mail address for what does not work and for questions about data; "" leaves it to the telephone
	Banner        Banner            // news on every page; zero: none
	Test          bool              // dev mode: a banner says that this is not a real site, and Hours may be left out
}

// DefaultBrand is the invented brand of dev mode, tests and the gallery.
func DefaultBrand() Brand {
	return Brand{
		Name:          "Example Health",
		Accent:        "#0f5f8c",
		Phone:         "1-800-555-0100",
		TTY:           "711",
		Privacy:       "/help/privacy",
		Accessibility: "/help/accessibility",
		Test:          true,
	}
}

// check returns every fault of the brand at once.
func (b Brand) check(languages []Language) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("brand: "+format, args...)) }
	if strings.TrimSpace(b.Name) == "" {
		fault("Name is empty")
	}
	if !strings.ContainsAny(b.Phone, "0123456789") {
		fault("Phone %q has no digits; every page says whom to call", b.Phone)
	}
	if err := checkAccent(b.Accent); err != nil {
		fault("Accent: %w", err)
	}
	for _, l := range languages {
		if b.Hours[l.Tag] == "" && b.Hours[""] == "" && (!b.Test || len(b.Hours) > 0) {
			fault("Hours has no text for %q", l.Tag)
		}
	}
	for name, link := range map[string]string{"Privacy": b.Privacy, "Accessibility": b.Accessibility} {
		if u, err := url.Parse(link); err != nil || (u.Scheme != "" && u.Scheme != "https") || (u.Scheme == "" && link != "" && !strings.HasPrefix(link, "/")) {
			fault("%s %q is neither an https URL nor a path", name, link)
		}
	}
	if b.Contact != "" && (strings.Count(b.Contact, "@") != 1 || strings.ContainsAny(b.Contact, " <>\r\n")) {
		fault("Contact %q is no e-mail address", b.Contact)
	}
	if len(b.Logo) > 0 {
		if _, err := logoType(b.Logo); err != nil {
			fault("Logo: %w", err)
		}
	}
	return errors.Join(faults...)
}

func checkAccent(accent string) error {
	c, err := parseHex(accent)
	if err != nil {
		return err
	}
	if got := contrast(c, white); got < leastContrast {
		return fmt.Errorf("%s has a contrast of %.2f:1 on white and needs %.1f:1; the nearest that passes is %s",
			accent, got, leastContrast, c.reach(black, white, leastContrast))
	}
	return nil
}

// logoType tells the content type of a logo and refuses one that could do more than be looked at: opened by its own address an
// SVG is a document of our origin.
func logoType(logo []byte) (string, error) {
	if bytes.HasPrefix(logo, []byte("\x89PNG\r\n\x1a\n")) {
		return "image/png", nil
	}
	d := xml.NewDecoder(bytes.NewReader(logo))
	for first := true; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && !first {
			return "image/svg+xml", nil
		}
		if err != nil {
			return "", fmt.Errorf("neither PNG nor SVG: %w", err)
		}
		switch t := token.(type) {
		case xml.Directive, xml.ProcInst:
			if p, ok := t.(xml.ProcInst); ok && p.Target == "xml" {
				continue
			}
			return "", errors.New("SVG with a directive")
		case xml.StartElement:
			if first && t.Name.Local != "svg" {
				return "", errors.New("neither PNG nor SVG")
			}
			first = false
			if err := harmless(t); err != nil {
				return "", err
			}
		}
	}
}

func harmless(e xml.StartElement) error {
	switch strings.ToLower(e.Name.Local) {
	case "script", "foreignobject", "style", "image", "iframe", "a", "animate", "set":
		return fmt.Errorf("SVG with a %s element", e.Name.Local)
	}
	for _, a := range e.Attr {
		name, value := strings.ToLower(a.Name.Local), strings.TrimSpace(a.Value)
		if strings.HasPrefix(name, "on") || name == "style" {
			return fmt.Errorf("SVG with a %s attribute", name)
		}
		if name == "href" && !strings.HasPrefix(value, "#") {
			return errors.New("SVG with a reference to something outside it")
		}
		if strings.Contains(strings.ToLower(value), "url(") && !strings.Contains(value, "url(#") {
			return errors.New("SVG with a reference to something outside it")
		}
	}
	return nil
}

// hours picks the hours in a language; "" means the catalogue's example, which check allows in test mode only.
func (b Brand) hours(lang string) string {
	if h := b.Hours[lang]; h != "" {
		return h
	}
	return b.Hours[""]
}

// css is the brand's own small style sheet: the tokens that follow from the accent, in both schemes. Its own file, because the
// content security policy forbids inline style.
func (b Brand) css() string {
	accent, err := parseHex(b.Accent)
	if err != nil {
		panic(err) // check ran before
	}
	light := accent.reach(white, night, 7)
	return fmt.Sprintf("@layer tokens{:root{--gh-accent:%s;--gh-accent-deep:%s;--gh-accent-soft:%s;--gh-accent-line:%s;--gh-on-accent:#fff;--gh-mark:%s}"+
		"@media (prefers-color-scheme:dark){:root{--gh-accent:%s;--gh-accent-deep:%s;--gh-accent-soft:%s;--gh-accent-line:%s;--gh-on-accent:%s}}}\n",
		accent, accent.mix(black, .25), accent.mix(white, .92), accent.mix(white, .7), accent,
		light, light.mix(white, .25), night.mix(accent, .3), night.mix(light, .4), night.mix(black, .4))
}
