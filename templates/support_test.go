package templates

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"gatehouse/provider"
)

func newConsole(t *testing.T) *Set {
	t.Helper()
	s, err := NewConsole(DefaultBrand())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestConsolePagesAreWhole: each state in both languages is a page that a browser and a screen reader can read.
func TestConsolePagesAreWhole(t *testing.T) {
	s := newConsole(t)
	seen := map[string]bool{}
	for _, state := range GallerySupport() {
		if seen[state.ID+state.Variant] {
			t.Errorf("%s/%s is there twice", state.ID, state.Variant)
		}
		seen[state.ID+state.Variant] = true
		for _, lang := range consoleLanguages() {
			t.Run(state.ID+"/"+state.Variant+"/"+lang, func(t *testing.T) {
				text := render(t, s, lang, state.Page)
				root, err := html.Parse(strings.NewReader(text))
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(text, "<no value>") || strings.Contains(text, "ZgotmplZ") || strings.Contains(text, "%!") || strings.ContainsAny(text, "\uE000\uE001") {
					t.Error("a value is missing or was refused")
				}
				if len(elements(root, "h1")) != 1 || strings.Contains(text, `href="/help"`) {
					t.Error("not the frame of the console")
				}
				checkLinks(t, text)
				checkIDs(t, root)
				p := state.Page.(Desk)
				if bad := len(p.Fields); bad > 0 && strings.Count(text, "-fault\"") < bad {
					t.Error("a field at fault does not say so")
				}
			})
		}
	}
}

// TestConsoleWordsAreTheSameInBothLanguages: keys, their order and what they fill in.
func TestConsoleWordsAreTheSameInBothLanguages(t *testing.T) {
	en, order := catalogue(t, supportFiles, "support/en.yaml", `(?m)^([a-z][a-zA-Z0-9_.-]*):`)
	es, other := catalogue(t, supportFiles, "support/es.yaml", `(?m)^([a-z][a-zA-Z0-9_.-]*):`)
	if !slices.Equal(order, other) {
		t.Error("the keys differ, or their order")
	}
	same := []string{"support.reason.none"}
	for key, m := range en {
		if es[key] == nil {
			t.Errorf("%s has no Spanish words", key)
			continue
		}
		if !slices.Equal(sorted(t, m.Other), sorted(t, es[key].Other)) {
			t.Errorf("%s fills in other things", key)
		}
		if m.Other == es[key].Other && !slices.Contains(same, key) {
			t.Errorf("%s is not translated: %s", key, m.Other)
		}
	}
}

// TestConsoleKeysExist: what the console's templates, its gallery and its room name has words.
func TestConsoleKeysExist(t *testing.T) {
	en, order := catalogue(t, supportFiles, "support/en.yaml", `(?m)^([a-z][a-zA-Z0-9_.-]*):`)
	var names []string
	for _, pattern := range []string{"support/*.html", "gallerysupport.go", "../provider/support/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	all := ""
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all += string(text)
	}
	for _, m := range regexp.MustCompile(`"(support\.[a-zA-Z0-9_.-]*[a-zA-Z0-9])"`).FindAllStringSubmatch(all, -1) {
		prefix := func(key string) bool { return strings.HasPrefix(key, m[1]+".") }
		other := m[1] == "support.css" || m[1] == "support.status" // a file, and a scope
		if !other && en[m[1]] == nil && !slices.ContainsFunc(order, prefix) {
			t.Errorf("%s has no words", m[1])
		}
	}
}

// TestConsoleReads: English that is easy to read, without the words that pages never say.
func TestConsoleReads(t *testing.T) {
	banned := regexp.MustCompile(`(?i)\b(in)?valid\w*|\billegal|\bforbidden|\boops|\bplease\b.*password|\bcredential\w*|\bauthenticate\w*|\btokens?\b|\botp\b|\bmfa\b`)
	en, _ := catalogue(t, supportFiles, "support/en.yaml", `(?m)^([a-z][a-zA-Z0-9_.-]*):`)
	var sentences []string
	for key, m := range en {
		if bad := banned.FindString(m.Other); bad != "" {
			t.Errorf("%s says %q", key, bad)
		}
		for _, sentence := range regexp.MustCompile(`[.!?:]+(\s|$)`).Split(m.Other, -1) {
			if len(strings.Fields(sentence)) > 4 {
				sentences = append(sentences, sentence)
			}
		}
	}
	if level := fleschKincaid(sentences); level > 7 {
		t.Errorf("reading level %.1f", level)
	}
}

// TestPatientsHaveNoPageOfTheConsole: their set knows neither its pages nor its words.
func TestPatientsHaveNoPageOfTheConsole(t *testing.T) {
	s := newSet(t)
	if s.Has("support.menu") || s.pages["desk"] != nil {
		t.Error("patients have the console's pages")
	}
	names, err := fs.Glob(supportFiles, "support/*.html")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
}

// TestEveryKindOfEventHasWords: what the people of the console read of what happened is in their language.
func TestEveryKindOfEventHasWords(t *testing.T) {
	en, _ := catalogue(t, supportFiles, "support/en.yaml", `(?m)^([a-z][a-zA-Z0-9_.-]*):`)
	text, err := os.ReadFile("../provider/audit/audit_test.go") // its table has every kind: a test there sees to it
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^\t\t"([a-z_]+\.[a-z_]+)": +[A-Z]`).FindAllStringSubmatch(string(text), -1)
	if len(found) < 100 {
		t.Fatalf("only %d kinds were seen", len(found))
	}
	for _, m := range found {
		if en["support.event."+m[1]] == nil {
			t.Errorf("%s has no words", m[1])
		}
	}
	for _, action := range provider.HelpRules() {
		if en["support.event.help."+string(action.Action)] == nil || en["support.act."+string(action.Action)+".title"] == nil || en["support.act."+string(action.Action)+".lead"] == nil {
			t.Errorf("%s has no words", action.Action)
		}
	}
	for _, rule := range provider.RefusalRules() {
		if en["support.rule."+string(rule)] == nil {
			t.Errorf("%s has no words", rule)
		}
	}
}
