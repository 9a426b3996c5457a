package templates

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
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
	pages     map[string]page // by the name that Page.Template gives
	assets    map[string]Asset
	paths     map[string]string // app.css to /static/app.0123abcd.css
	buffers   sync.Pool
	console   bool // it is that of the staff, see NewConsole
}

// Frame is what stands around a page, whatever the page is.
type Frame struct {
	Lang      string // one that Match gave; anything else is the default language
	Path      string // path and query that show this page by GET, where a change of language comes back to; "" for no language links
	Banner    bool   // whether the brand's is shown
	Reference string // the request's reference: 8 characters that support can look up
	Refused   bool   // the page refuses something that is kept under the reference: it shows the code
}

// New parses every page and catalogue and checks the brand; all faults of the brand are reported at once. Of the languages
// the first is the default; none at all means every one that is shipped and has words for everything. A language that lacks
// words is refused: nobody is to read half a page in one language and half in another. Whether a language that no person has
// reviewed is offered is for the caller to say.
func New(brand Brand, languages []string) (*Set, error) { return furnish(brand, languages, false) }

func furnish(brand Brand, languages []string, console bool) (*Set, error) {
	s := &Set{brand: brand, words: map[string]*words{}, letters: letters{words: map[string]*words{}}, pages: map[string]page{}, console: console}
	if err := s.loadLanguages(languages); err != nil {
		return nil, err
	}
	if err := brand.check(s.languages); err != nil {
		return nil, err
	}
	s.buffers.New = func() any { return new(bytes.Buffer) }
	if err := s.loadAssets(); err != nil {
		return nil, err
	}
	if err := s.loadPages(); err != nil {
		return nil, err
	}
	return s, s.loadLetters()
}

// loadLanguages reads the words of the languages, or of all that are complete.
func (s *Set) loadLanguages(languages []string) error {
	wholePages, wholeLetters, err := loadWords(original, s.extra(original)...)
	if err != nil {
		return err
	}
	all := len(languages) == 0
	if all {
		languages = shipped()
	}
	var tags []language.Tag
	for _, lang := range languages {
		if s.words[lang] != nil {
			return fmt.Errorf("language %q is named twice", lang)
		}
		inPages, inLetters := wholePages, wholeLetters
		if lang != original {
			if inPages, inLetters, err = loadWords(lang, s.extra(lang)...); err != nil {
				return err
			}
		}
		if lacking := append(inPages.lacking(wholePages), inLetters.lacking(wholeLetters)...); len(lacking) > 0 {
			if all {
				continue
			}
			return fmt.Errorf("language %q is not complete: it has no words for %s and %d more", lang, lacking[0], len(lacking)-1)
		}
		tag := language.MustParse(lang) // loadWords parsed it
		tags = append(tags, tag)
		s.words[lang], s.letters.words[lang] = inPages, inLetters
		s.languages = append(s.languages, Language{
			Tag: lang, Name: inPages.plain["language.name"], Dir: direction(tag), Reviewed: bothReviewed(inPages.reviewed, inLetters.reviewed),
		})
	}
	s.matcher = language.NewMatcher(tags)
	return nil
}

// bothReviewed says who reviewed pages and letters; "" unless somebody did both.
func bothReviewed(inPages, inLetters string) string {
	if inPages == "" || inLetters == "" {
		return ""
	}
	if inPages == inLetters {
		return inPages
	}
	return inPages + "; " + inLetters
}

// original is the language that all others are translated from, and so the one that is always complete.
const original = "en"

// shipped lists the languages that have a catalogue; the original first.
func shipped() []string {
	names, err := fs.Glob(locales, "locales/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	out := []string{original}
	for _, name := range names {
		lang := strings.TrimSuffix(strings.TrimPrefix(name, "locales/"), ".yaml")
		if !slices.Contains(out, lang) {
			out = append(out, lang)
		}
	}
	return out
}

// A page is a template with the shared ones around it, made when it is first shown: a copy of those for each page takes some
// milliseconds and a tenth of a megabyte, and a house at rest shows few of them.
type page func() (*template.Template, error)

// loadPages parses the shared files, whose names begin with an underscore. A page itself is parsed together with them; that all of
// them can be is held by the tests, which show each.
func (s *Set) loadPages() error {
	names, err := fs.Glob(pages, "html/[^_]*.html")
	if err != nil {
		return err
	}
	shared, err := template.ParseFS(pages, "html/_*.html")
	if err != nil {
		return err
	}
	if s.console {
		if shared, err = shared.ParseFS(supportFiles, "support/_*.html"); err != nil {
			return err
		}
		s.addPage(shared, supportFiles, "support/desk.html")
	}
	for _, name := range names {
		s.addPage(shared, pages, name)
	}
	return nil
}

func (s *Set) addPage(shared *template.Template, files fs.FS, name string) {
	s.pages[strings.TrimSuffix(path.Base(name), ".html")] = sync.OnceValues(func() (*template.Template, error) {
		t, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		return t.ParseFS(files, name)
	})
}

// extra is the catalogue that is read beside the one of everybody.
func (s *Set) extra(lang string) []string {
	if s.console {
		return []string{"support/" + lang + ".yaml"}
	}
	return nil
}

// Render writes the page. It is rendered whole before the first byte is written: after an error w has received nothing,
// unless the error is w's own.
func (s *Set) Render(w io.Writer, f Frame, p Page) error {
	if p == nil {
		return errors.New("templates: no page")
	}
	made := s.pages[p.Template()]
	if made == nil {
		return fmt.Errorf("templates: no template %q", p.Template())
	}
	t, err := made()
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	buffer := s.buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	defer s.buffers.Put(buffer)
	if err := t.ExecuteTemplate(buffer, "layout", s.view(f, p)); err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	_, err = w.Write(buffer.Bytes())
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
