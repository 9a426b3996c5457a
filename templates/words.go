package templates

import (
	"embed"
	"fmt"
	"io/fs"
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
	localizer *i18n.Localizer
	plain     map[string]string   // messages without placeholders: most of them, ready to use
	names     map[string][]string // the placeholders of the others, in order; the first whole number among them is counted
}

func loadWords(lang string) (*words, error) {
	tag, err := language.Parse(lang)
	if err != nil {
		return nil, fmt.Errorf("language %q: %w", lang, err)
	}
	path := "locales/" + lang + ".yaml"
	if _, err := fs.Stat(locales, path); err != nil {
		return nil, fmt.Errorf("language %q is not shipped", lang)
	}
	return readWords(locales, path, tag)
}

// readWords reads one catalogue; its name says the language too.
func readWords(files fs.FS, path string, tag language.Tag) (*words, error) {
	bundle := i18n.NewBundle(tag)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	file, err := bundle.LoadMessageFileFS(files, path)
	if err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", path, err)
	}
	w := &words{localizer: i18n.NewLocalizer(bundle, tag.String()), plain: map[string]string{}, names: map[string][]string{}}
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
