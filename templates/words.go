package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	texttemplate "text/template"
	"text/template/parse"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

//go:embed locales/*.yaml
var locales embed.FS

// words is one catalogue.
type words struct {
	reviewed  string // by whom and when a person reviewed it; "" nobody yet
	localizer *i18n.Localizer
	plain     map[string]string   // messages without placeholders: most of them, ready to use
	names     map[string][]string // the placeholders of the others, in order; the first whole number among them is counted
}

// loadWords reads the words of one language, those of pages and those of letters. more are catalogues of the console, read as well.
func loadWords(lang string, more ...string) (inPages, inLetters *words, err error) {
	tag, err := language.Parse(lang)
	if err != nil {
		return nil, nil, fmt.Errorf("language %q: %w", lang, err)
	}
	path := "locales/" + lang + ".yaml"
	var extra [][]byte
	for _, name := range more {
		text, err := supportFiles.ReadFile(name)
		if err != nil {
			return nil, nil, err
		}
		extra = append(extra, text)
	}
	if _, err := fs.Stat(locales, path); err != nil {
		return nil, nil, fmt.Errorf("language %q is not shipped", lang)
	}
	if inPages, err = readWords(locales, path, tag, extra...); err != nil {
		return nil, nil, err
	}
	inLetters, err = readWords(letterFiles, "letters/"+lang+".yaml", tag)
	if errors.Is(err, fs.ErrNotExist) {
		return inPages, &words{}, nil // it lacks all of them
	}
	return inPages, inLetters, err
}

// readWords reads one catalogue; its name says the language too.
func readWords(files fs.FS, path string, tag language.Tag, more ...[]byte) (*words, error) {
	text, err := fs.ReadFile(files, path)
	if err != nil {
		return nil, err
	}
	var said any
	head := func(data []byte, into any) (err error) {
		said, err = unmarshalCatalogue(data, into)
		return err
	}
	file, err := i18n.ParseMessageFileBytes(text, path, map[string]i18n.UnmarshalFunc{"yaml": head})
	if err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", path, err)
	}
	reviewed, err := reviewOf(said)
	if err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", path, err)
	}
	for _, text := range more {
		extra, err := i18n.ParseMessageFileBytes(text, path, map[string]i18n.UnmarshalFunc{"yaml": unmarshalMessages})
		if err != nil {
			return nil, fmt.Errorf("catalogue of the console %s: %w", path, err)
		}
		file.Messages = append(file.Messages, extra.Messages...)
	}
	for _, m := range file.Messages {
		fillForms(m)
	}
	rule := countsLike(tag)
	bundle := i18n.NewBundle(rule)
	if err := bundle.AddMessages(rule, file.Messages...); err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", path, err)
	}
	w := &words{reviewed: reviewed, localizer: i18n.NewLocalizer(bundle, rule.String()), plain: map[string]string{}, names: map[string][]string{}}
	for _, m := range file.Messages {
		names, err := placeholders(m.Other)
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %s: %w", path, m.ID, err)
		}
		if len(names) == 0 {
			w.plain[m.ID] = m.Other
			continue
		}
		w.names[m.ID] = names
	}
	return w, nil
}

// reviewKey stands at the head of each catalogue and is no message: false, or who reviewed the words and when.
const reviewKey = "reviewed"

// reviewOf is what the head of a catalogue says. A catalogue that does not say is refused: nobody may take silence for a review.
func reviewOf(said any) (string, error) {
	switch said := said.(type) {
	case string:
		if strings.TrimSpace(said) != "" {
			return said, nil
		}
	case bool:
		if !said {
			return "", nil
		}
	}
	return "", errors.New("its head must say \"reviewed: false\", or reviewed: by whom and when")
}

// unmarshalMessages leaves the head out.
func unmarshalMessages(data []byte, into any) error {
	_, err := unmarshalCatalogue(data, into)
	return err
}

// unmarshalCatalogue takes the head out, and answers what it says of a review; nil for nothing.
func unmarshalCatalogue(data []byte, into any) (said any, err error) {
	if err := yaml.Unmarshal(data, into); err != nil {
		return nil, err
	}
	if raw, ok := into.(*any); ok {
		if all, ok := (*raw).(map[string]any); ok {
			said = all[reviewKey]
			delete(all, reviewKey)
		}
	}
	return said, nil
}

// fillForms gives a message the plural forms that its translator left out, so that no count is without words. Which forms a
// language must have is for the tests to say.
func fillForms(m *i18n.Message) {
	for _, form := range []*string{&m.Zero, &m.One, &m.Two, &m.Few, &m.Many} {
		*form = first(*form, m.Other)
	}
}

// countsLike names the language whose plural rule serves for tag. Unicode has none for Haitian Creole, whose nouns stay the
// same whatever their number, as they do in Chinese.
func countsLike(tag language.Tag) language.Tag {
	if base, _ := tag.Base(); base.String() == "ht" {
		return language.Chinese
	}
	return tag
}

// lacking lists the keys of whole that w has no words for, sorted.
func (w *words) lacking(whole *words) []string {
	var out []string
	for key := range whole.plain {
		if !w.has(key) {
			out = append(out, key)
		}
	}
	for key := range whole.names {
		if !w.has(key) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

func (w *words) has(key string) bool {
	_, plain := w.plain[key]
	_, named := w.names[key]
	return plain || named
}

// text fills in one message. lookup resolves the head of a placeholder: for {{.App.Name}} it is asked for App.
func (w *words) text(key string, data map[string]any) (string, error) {
	if s, ok := w.plain[key]; ok {
		return s, nil
	}
	names, ok := w.names[key]
	if !ok {
		return "", fmt.Errorf("no words for the key %q", key)
	}
	config := i18n.LocalizeConfig{MessageID: key, TemplateData: data}
	for _, name := range names {
		head, _, _ := strings.Cut(name, ".")
		value, ok := data[head]
		if !ok {
			return "", fmt.Errorf("the words of %q need %s", key, name)
		}
		if n, ok := value.(int); ok && config.PluralCount == nil {
			config.PluralCount = n
		}
	}
	return w.localizer.Localize(&config)
}

// placeholders lists the fields that a message names, each once, in order.
func placeholders(message string) ([]string, error) {
	t, err := texttemplate.New("").Parse(message)
	if err != nil {
		return nil, err
	}
	var names []string
	var walk func(parse.Node)
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			for _, child := range n.Nodes {
				walk(child)
			}
		case *parse.ActionNode:
			for _, c := range n.Pipe.Cmds {
				for _, arg := range c.Args {
					walk(arg)
				}
			}
		case *parse.FieldNode:
			names = append(names, strings.Join(n.Ident, "."))
		}
	}
	if t.Tree != nil {
		walk(t.Root)
	}
	return names, nil
}
