package templates

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

//go:embed html/*.html
var pages embed.FS

// A Set holds the parsed pages, the catalogues and the assets of one brand. It is safe for concurrent use.
type Set struct {
	brand     Brand
	languages []Language
	matcher   language.Matcher
	words     map[string]*words
	letters   letters
	pages     map[string]*template.Template // by the name that Page.Template gives
	assets    map[string]Asset
	paths     map[string]string // app.css to /static/app.0123abcd.css
	buffers   sync.Pool
}

// Frame is what stands around a page, whatever the page is.
type Frame struct {
	Lang      string // one that Match gave; anything else is the default language
	Path      string // path and query that show this page by GET, where a change of language comes back to; "" for no language links
	Reference string // the request's reference: 8 characters that support can look up
}

// New parses every page and catalogue and checks the brand; all faults of the brand are reported at once. Of the languages
// the first is the default; none at all means every one that is shipped.
func New(brand Brand, languages []string) (*Set, error) {
	if len(languages) == 0 {
		languages = shipped()
	}
	s := &Set{brand: brand, words: map[string]*words{}, pages: map[string]*template.Template{}}
	var tags []language.Tag
	for _, lang := range languages {
		w, err := loadWords(lang)
		if err != nil {
			return nil, err
		}
		if s.words[lang] != nil {
			return nil, fmt.Errorf("language %q is named twice", lang)
		}
		tag := language.MustParse(lang) // loadWords parsed it
		tags = append(tags, tag)
		s.words[lang] = w
		s.languages = append(s.languages, Language{Tag: lang, Name: w.plain["language.name"], Dir: direction(tag)})
	}
	if err := brand.check(s.languages); err != nil {
		return nil, err
	}
	s.matcher = language.NewMatcher(tags)
	s.buffers.New = func() any { return new(bytes.Buffer) }
	if err := s.loadAssets(); err != nil {
		return nil, err
	}
	if err := s.loadPages(); err != nil {
		return nil, err
	}
	return s, s.loadLetters()
}

// shipped lists the languages that have a catalogue; English first, for it is the one that is always complete.
func shipped() []string {
	names, err := fs.Glob(locales, "locales/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	out := []string{"en"}
	for _, name := range names {
		lang := strings.TrimSuffix(strings.TrimPrefix(name, "locales/"), ".yaml")
		if !slices.Contains(out, lang) {
			out = append(out, lang)
		}
	}
	return out
}

// loadPages parses each page together with the shared files, whose names begin with an underscore.
func (s *Set) loadPages() error {
	names, err := fs.Glob(pages, "html/[^_]*.html")
	if err != nil {
		return err
	}
	shared, err := template.ParseFS(pages, "html/_*.html")
	if err != nil {
		return err
	}
	for _, name := range names {
		t, err := shared.Clone()
		if err != nil {
			return err
		}
		if t, err = t.ParseFS(pages, name); err != nil {
			return err
		}
		s.pages[strings.TrimSuffix(strings.TrimPrefix(name, "html/"), ".html")] = t
	}
	return nil
}

// Render writes the page. It is rendered whole before the first byte is written: after an error w has received nothing,
// unless the error is w's own.
func (s *Set) Render(w io.Writer, f Frame, p Page) error {
	if p == nil {
		return errors.New("templates: no page")
	}
	t := s.pages[p.Template()]
	if t == nil {
		return fmt.Errorf("templates: no template %q", p.Template())
	}
	buffer := s.buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	defer s.buffers.Put(buffer)
	if err := t.ExecuteTemplate(buffer, "layout", s.view(f, p)); err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	_, err := w.Write(buffer.Bytes())
	return err
}

// Has tells whether the catalogues have the key.
func (s *Set) Has(key string) bool { return s.words[s.languages[0].Tag].has(key) }

// Text gives one message as plain text, for what is not a page. An unknown language is the default one; what has no words
// is answered with the key itself, so that it is seen and looked for.
func (s *Set) Text(lang, key string, data map[string]any) string {
	text, err := s.speak(lang).text(key, data)
	if err != nil {
		return key
	}
	return text
}

func (s *Set) speak(lang string) *words {
	if w := s.words[lang]; w != nil {
		return w
	}
	return s.words[s.languages[0].Tag]
}
