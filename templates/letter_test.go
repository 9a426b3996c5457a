package templates

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

func letterOf(t *testing.T, id, variant string) Letter {
	t.Helper()
	for _, state := range Letters() {
		if state.ID == id && state.Variant == variant {
			return state.Letter
		}
	}
	t.Fatalf("no letter %s %s", id, variant)
	return Letter{}
}

func write(t *testing.T, s *Set, l Letter) Written {
	t.Helper()
	w, err := s.Write(l)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestLettersSpeakTheContract reads the names of messages and data where they are promised: this package imports nothing of ours.
func TestLettersSpeakTheContract(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../provider/notify/notify.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ids, keys := map[string]bool{}, map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		literal, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		value, _ := strconv.Unquote(literal.Value)
		if strings.HasPrefix(value, "M-") {
			ids[value] = true
		} else if strings.HasPrefix(spec.Names[0].Name, "Data") {
			keys[value] = true
		}
		return true
	})
	if len(ids) < 9 || len(keys) < 7 {
		t.Fatalf("read only %d messages and %d keys", len(ids), len(keys))
	}
	shown := map[string]bool{}
	for _, state := range Letters() {
		shown[state.ID] = true
		for key := range state.Letter.Data {
			if !keys[key] {
				t.Errorf("%s uses %q, which nobody promises", state.ID, key)
			}
			shown[key] = true
		}
	}
	for _, of := range []map[string]bool{ids, keys} {
		for name := range of {
			if !shown[name] {
				t.Errorf("%s is promised and in no letter", name)
			}
		}
	}
}

// TestEachValueIsSaid changes one value at a time and looks for it.
func TestEachValueIsSaid(t *testing.T) {
	s := newSet(t)
	for key, want := range map[string][2]string{
		"when": {"2027-01-02T00:05:00Z", "January 2, 2027, 12:05 AM UTC"}, "whom": {"q•••q", "q•••q"}, "app": {"Other App", "Other App"},
		"what": {"Some Thing", "Some Thing"}, "device": {"Safari on iPhone", "Safari on iPhone"}, "left": {"7", "Codes left: 7"},
	} {
		l := letterOf(t, "M-13", "email-used")
		l.Lang, l.Data[key] = "en", want[0]
		if w := write(t, s, l); !strings.Contains(w.Text, want[1]) {
			t.Errorf("%s: no %q in %q", key, want[1], w.Text)
		}
	}
}

// TestAnInvitationHasNothingButACode: what stands in its text is a code of ours.
func TestAnInvitationHasNothingButACode(t *testing.T) {
	s := newSet(t)
	for _, what := range []string{"", "null", "evil.example/x", "7k01-0q1w-8zb4", "7K01-0Q1W-8ZB4-", "7K01-0Q1W-8ZB", "7U01-0Q1W-8ZB4"} {
		l := letterOf(t, "M-05", "text")
		if l.Data["what"] = what; what != "" {
			l.Lang = "en"
		}
		if w, err := s.Write(l); err == nil {
			t.Errorf("%q: %q", what, w.Text)
		}
	}
}

func TestLettersThatCannotBeWritten(t *testing.T) {
	s := newSet(t)
	secret := "s3cret"
	for name, c := range map[string]struct {
		id, variant string
		spoil       func(*Letter)
	}{
		"unknown message":      {"M-01", "email", func(l *Letter) { l.ID = "M-99" }},
		"unknown channel":      {"M-01", "email", func(l *Letter) { l.Channel = "fax" }},
		"notice by voice":      {"M-08", "email", func(l *Letter) { l.Channel = byVoice }},
		"passkey by voice":     {"M-11", "text-added", func(l *Letter) { l.Channel = byVoice }},
		"code missing":         {"M-01", "text", func(l *Letter) { l.Code = "" }},
		"code in a notice":     {"M-10", "text-added", func(l *Letter) { l.Code = "123456" }},
		"code of letters":      {"M-01", "text", func(l *Letter) { l.Code = secret }},
		"unknown action":       {"M-10", "text-added", func(l *Letter) { l.Data["action"] = secret }},
		"no action":            {"M-11", "email-added", func(l *Letter) { delete(l.Data, "action") }},
		"no moment":            {"M-14", "email", func(l *Letter) { delete(l.Data, "when") }},
		"a moment of nonsense": {"M-14", "email", func(l *Letter) { l.Data["when"] = secret }},
		"nobody":               {"M-08", "text", func(l *Letter) { delete(l.Data, "whom") }},
		"how many":             {"M-13", "email-low", func(l *Letter) { delete(l.Data, "left") }},
		"no host":              {"M-01", "text", func(l *Letter) { l.Host = "" }},
		"a host with a path":   {"M-01", "text", func(l *Letter) { l.Host = "id.example.org/x" }},
		"no time left":         {"M-01", "text", func(l *Letter) { l.Minutes = -1 }},
	} {
		l := letterOf(t, c.id, c.variant)
		c.spoil(&l)
		w, err := s.Write(l)
		if err == nil || w != (Written{}) {
			t.Errorf("%s: written", name)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error names a value: %v", name, err)
		}
	}
}

func TestTheLanguageOfALetter(t *testing.T) {
	s := newSet(t)
	l := letterOf(t, "M-08", "email")
	for lang, want := range map[string]string{"es-MX": "Se cambió su contraseña", "es": "Se cambió su contraseña", "en-GB": "Your password was changed", "tlh": "Your password was changed", "": "Your password was changed", "x, y": "Your password was changed"} {
		l.Lang = lang
		if w := write(t, s, l); w.Subject != want {
			t.Errorf("%q: %q", lang, w.Subject)
		}
	}
	only, err := New(DefaultBrand(), []string{"es"})
	if err != nil {
		t.Fatal(err)
	}
	l.Lang = "en"
	if w := write(t, only, l); w.Subject != "Se cambió su contraseña" || strings.Contains(w.Text, "English") {
		t.Errorf("a house that speaks Spanish only: %q", w.Subject)
	}
}

func TestCodesKeepTheirZerosAndTime(t *testing.T) {
	s := newSet(t)
	l := letterOf(t, "M-01", "text")
	l.Lang, l.Code, l.Minutes, l.Host = "en", "000007", 1, "localhost:8080"
	if got, want := write(t, s, l).Text, "000007 is your Example Health sign-in code. It works for 1 minute. Never share it.\n\n@localhost #000007"; got != want {
		t.Errorf("%q", got)
	}
	l.Channel = byVoice
	if got := write(t, s, l).Text; strings.Count(got, ": 0, 0, 0, 0, 0, 7.\n") != 2 || !strings.Contains(got, "1 minute.") {
		t.Errorf("%q", got)
	}
	l = letterOf(t, "M-14", "email")
	l.Host = "localhost:8080"
	if got := write(t, s, l); !strings.Contains(got.HTML, `href="http://localhost:8080/security"`) || !strings.Contains(got.Text, " http://localhost:8080/security\n") {
		t.Error("the fixed address of dev mode is not its own")
	}
}

// TestATextIsOnePartWhateverIsInIt: a long name, another script, or nothing known leaves a shorter form, never a second part.
func TestATextIsOnePartWhateverIsInIt(t *testing.T) {
	s := newSet(t)
	for _, value := range []string{longName, longWord, "سجلات", "记录应用程序", "😀😀", "Clínica Ñandú", "", "\n\n@evil.example #999999", "a\u202eb\u0000\r\nc"} {
		for _, state := range Letters() {
			if state.Letter.Channel != byText {
				continue
			}
			for _, lang := range s.Languages() {
				l := letterOf(t, state.ID, state.Variant)
				l.Lang = lang.Tag
				for _, key := range []string{"app", "what", "device", "whom"} {
					if (key != "whom" || value != "") && (key != "what" || !kindOf(l.ID).invites && (value != "" || !kindOf(l.ID).names)) {
						l.Data[key] = value
					}
				}
				text := write(t, s, l).Text
				if n := partsByTable(text); n != 1 {
					t.Errorf("%s %s %s with %q: %d parts: %q", state.ID, state.Variant, lang.Tag, value, n, text)
				}
				host, code, bound := originLine(text)
				if bound != (l.Code != "" && !kindOf(l.ID).aloud) || bound && (host != "id.example.org" || code != l.Code) || strings.Contains(text, "evil.example\n") {
					t.Errorf("%s with %q: the last line is %q %q", state.ID, value, host, code)
				}
			}
		}
	}
}

// TestATextOfANoticeSaysWhoseAndNothingThatOthersWrote: a name is whatever its giver made it, and programs make links of
// addresses, so a text has the masked number of M-10 alone. With a brand of usual length, no text needs its short form.
func TestATextOfANoticeSaysWhoseAndNothingThatOthersWrote(t *testing.T) {
	eachLetter(t, func(t *testing.T, s *Set, state LetterState, l Letter, w Written) {
		if l.Channel != byText || l.Code != "" || others()[l.Lang].wide { // in 70 signs there is no room for it
			return
		}
		if !kindOf(l.ID).invites && !kindOf(l.ID).names && !strings.Contains(w.Text, "m***z") {
			t.Errorf("it does not say whose account: %q", w.Text)
		}
		shows := func(key, value string) bool {
			other := letterOf(t, state.ID, state.Variant)
			other.Lang, other.Data[key] = l.Lang, value
			return strings.Contains(write(t, s, other).Text, value)
		}
		if !kindOf(l.ID).invites && shows("what", "Zyx") != (l.ID == "M-10" || kindOf(l.ID).names) {
			t.Error("a name is in it, or the number of a phone is not")
		}
		if shows("device", "Zyx") != (l.ID == "M-14") {
			t.Error("a device is in it, or one that is new is not")
		}
		if action := l.Data["action"]; shows("left", "97") != (action == "used" || action == "low") {
			t.Error("how many codes are left is in it, or is not")
		}
	})
}

func TestWhatOthersWroteIsTame(t *testing.T) {
	s := newSet(t)
	l := letterOf(t, "M-11", "email-renamed")
	l.Data["what"] = "<b>See</b> https://evil.example/x or www.evil.example\u202e\r\nCall\t900" + strings.Repeat("!", 200)
	l.Data["device"] = "Firefox on Windows\nhttp://evil.example"
	l.Data["app"] = "evil.example"
	w := write(t, s, l)
	for _, text := range []string{w.Text, w.HTML} {
		for _, bad := range []string{"https://evil", "http://evil", "evil.example", "\u202e", strings.Repeat("!", 60)} {
			if strings.Contains(text, bad) {
				t.Errorf("%q is in a letter", bad)
			}
		}
	}
	if !strings.Contains(w.HTML, "<bdi dir=\"auto\">&lt;b&gt;See&lt;/ b&gt; https: / / evil. example") || !strings.Contains(w.Text, "\nPasskey: <b>See</ b> https: / / evil. example") {
		t.Errorf("the name is gone: %q", w.Text)
	}
	for value, want := range map[string]string{
		"Work key 2.0": "Work key 2.0", "J. R.": "J. R.", "a.b": "a. b", "https://x": "https: / / x", "me@x.org": "me@ x. org", "  two\n lines ": "two lines", "\u200bx": "x",
		strings.Repeat("é", 61): strings.Repeat("é", 59) + "…",
	} {
		if got := tame(value); got != want {
			t.Errorf("%q: %q", value, got)
		}
	}
	if got := tameAddress("m•••@example.org"); got != "m•••@example.org" {
		t.Errorf("a masked address became %q", got)
	}
}

func TestMomentsOfLetters(t *testing.T) {
	for value, want := range map[string]string{
		"2026-11-22T15:45:00-05:00": "2026-11-22 15:45 UTC-5", "2026-11-22T15:45:00Z": "2026-11-22 15:45 UTC", "2026-11-22T15:45:00+05:30": "2026-11-22 15:45 UTC+5:30",
		"2026-11-22T15:45:00-00:30": "2026-11-22 15:45 UTC-0:30", "2026-07-01T12:00:00+12:45": "2026-07-01 12:00 UTC+12:45",
		"2026-11-22T15:45:00-05:00[America/New_York]": "2026-11-22 15:45 EST", "2026-07-01T16:00:00Z[America/New_York]": "2026-07-01 12:00 EDT",
		"2026-07-01T16:00:00Z[America/Sao_Paulo]": "2026-07-01 13:00 UTC-3", "2026-11-22T15:45:00-05:00[No/Where]": "2026-11-22 15:45 UTC-5", "2026-11-22T15:45:00-05:00[Local]": "2026-11-22 15:45 UTC-5",
	} {
		at, err := readWhen(value)
		if got := at.Format("2006-01-02 15:04 MST"); err != nil || got != want {
			t.Errorf("%s: %s, %v", value, got, err)
		}
	}
	if _, err := readWhen("yesterday"); err == nil {
		t.Error("yesterday is a moment")
	}
	if at, _ := readWhen(longestWhen); at.Day() < 10 || at.Month() < time.October {
		t.Error("the longest moment is not the longest")
	}
}

func TestPartsOfATextMessage(t *testing.T) {
	for text, want := range map[string]int{
		"": 1, strings.Repeat("a", 160): 1, strings.Repeat("a", 161): 2, strings.Repeat("a", 306): 2, strings.Repeat("a", 307): 3,
		strings.Repeat("€", 80): 1, strings.Repeat("€", 81): 2, "{" + strings.Repeat("a", 158): 1, "{" + strings.Repeat("a", 159): 2, strings.Repeat("ñ", 160): 1,
		strings.Repeat("ó", 70): 1, strings.Repeat("ó", 71): 2, strings.Repeat("😀", 35): 1, strings.Repeat("😀", 36): 2, strings.Repeat("ó", 134): 2, strings.Repeat("ó", 135): 3,
	} {
		if got := parts(text); got != want || partsByTable(text) != want {
			t.Errorf("%.12q (%d): %d, by the table %d, want %d", text, len(text), got, partsByTable(text), want)
		}
	}
	// Every code point that counts differently would be a part too many, or one that is not seen.
	for r := rune(0); r < 0x3000; r++ {
		if text := strings.Repeat(string(r), 71); parts(text) != partsByTable(text) && (r < 0xD800 || r > 0xDFFF) {
			t.Errorf("%q: %d, by the table %d", r, parts(text), partsByTable(text))
		}
	}
	if n := len([]rune(gsmBasic)); n != 127 {
		t.Errorf("the alphabet has %d signs and an escape", n)
	}
}

func TestTransliteration(t *testing.T) {
	for from, want := range map[string]string{
		"código": "codigo", "sesión": "sesion", "¿Sí?": "¿Si?", "contraseña": "contraseña", "teléfono": "teléfono", "ÁÍÓÚ áíóú": "AIOU aiou", "üÜ ñÑ éÉ à": "üÜ ñÑ éÉ à",
		"cu\u0301o": "cuo", "m•••z": "m***z", "“a” ‘b’ – c…": `"a" 'b' - c...`, "a\u00a0b": "a b", "ção": "çao", "Łódź": "Lodz", "日本": "日本", "한국": "한국", "Ω": "Ω", "éo\u0301": "éo",
	} {
		if got := gsm(from); got != strings.ReplaceAll(want, "ç", "c") {
			t.Errorf("%q: %q", from, got)
		}
	}
}

// TestSpanishTextsHoldNoOtherLetters is the rule at work: the words have accents, what is sent has none that cost a part.
func TestSpanishTextsHoldNoOtherLetters(t *testing.T) {
	s := newSet(t)
	l := letterOf(t, "M-01", "text")
	l.Lang = "es"
	if got := write(t, s, l).Text; !strings.HasPrefix(got, "012345 es su codigo de Example Health para iniciar sesion. ") {
		t.Errorf("%q", got)
	}
	if !strings.Contains(s.letters.words["es"].words(t, "M-01.text"), "código") {
		t.Error("the catalogue is written without accents")
	}
}

func (w *words) words(t *testing.T, key string) string {
	t.Helper()
	text, err := w.localizer.Localize(&i18n.LocalizeConfig{MessageID: key, PluralCount: 10, TemplateData: map[string]any{"Code": "", "Brand": "", "Minutes": 10}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestABrandThatDoesNotFitRefusesToStart(t *testing.T) {
	named := func(name string) error {
		b := DefaultBrand()
		b.Name = name
		_, err := New(b, []string{"en", "es"}) // a text in Chinese or Arabic holds less than half as much
		return err
	}
	for _, name := range []string{"Clínica de la Ñ", "Kaiser & Söhne “Health”", strings.Repeat("Health ", 8)} {
		if err := named(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{strings.Repeat("Health ", 20), "Поликлиника Северного округа", "健康门户网站健康门户网站"} {
		if err := named(name); err == nil || !strings.Contains(err.Error(), "M-01") || !strings.Contains(err.Error(), `"es"`) || !strings.Contains(err.Error(), `"en"`) {
			t.Errorf("%q: %v", name, err)
		}
	}
	s := only(t, "en", "es")
	if err := s.CheckLetters("id.example.org:8443"); err != nil {
		t.Error(err)
	}
	if err := s.CheckLetters(strings.Repeat("long.", 20) + "example.org"); err == nil || !strings.Contains(err.Error(), "M-02") || strings.Contains(err.Error(), "M-08") {
		t.Errorf("a long host: %v", err)
	}
	if err := s.CheckLetters(""); err == nil {
		t.Error("no host at all")
	}
}

// TestLettersCanBeRead: text on what it stands on, in both schemes, for any accent that the brand may have.
func TestLettersCanBeRead(t *testing.T) {
	css, err := static.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, accent := range []string{"#0f5f8c", "#000000", "#b00020", "#00695c", "#5b21b6", "#767676"} {
		b := DefaultBrand()
		b.Accent = accent
		s, err := New(b, nil)
		if err != nil {
			t.Fatal(err)
		}
		for scheme, i := range map[string]ink{"light": s.letters.light, "dark": s.letters.dark} {
			color := func(s any) rgb {
				c, err := parseHex(fmt.Sprint(s))
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
			for _, pair := range []struct {
				what         string
				text, ground any
				least        float64
			}{
				{"text on card", i.Text, i.Card, 7}, {"text on page", i.Text, i.Page, 7}, {"code on its ground", i.Text, i.Well, 7}, {"label on card", i.Soft, i.Card, 4.5},
				{"foot on page", i.Soft, i.Page, 4.5}, {"link on card", i.Accent, i.Card, 4.5}, {"link on page", i.Accent, i.Page, 4},
			} {
				if got := contrast(color(pair.text), color(pair.ground)); got < pair.least {
					t.Errorf("%s, %s: %s is %.2f:1", accent, scheme, pair.what, got)
				}
			}
			for _, c := range []any{i.Page, i.Card, i.Text, i.Soft, i.Line} {
				if !strings.Contains(string(css), fmt.Sprint(c)) {
					t.Errorf("%s is no colour of the pages", c)
				}
			}
		}
	}
}

func letterMessages(t *testing.T, lang string) (map[string]*i18n.Message, []string) {
	t.Helper()
	return catalogue(t, letterFiles, "letters/"+lang+".yaml", `(?m)^([A-Za-z][A-Za-z0-9.-]*):`)
}

func TestLettersSayTheSameInEachLanguage(t *testing.T) {
	en, order := letterMessages(t, "en")
	same := strings.Fields("foot-tty short-time fact-app M-19.what " + monthKeys())
	fine := regexp.MustCompile(`^\{\{\.(Brand|Phone|TTY|Hours|Code|Digits|Minutes|When|Whom|What|App|Device|Left|Link|Browser|System|Month|Day|Hour|Minute|Half|Zone)\}\}$`)
	translated(t, func(t *testing.T, lang string, g grammar) {
		words, otherOrder := letterMessages(t, lang)
		sameKeys(t, order, otherOrder)
		for key, m := range words {
			if en[key] == nil {
				continue
			}
			sameForms(t, key, g, en[key], m)
			for _, form := range formsOf(m) {
				for _, action := range regexp.MustCompile(`\{\{.*?\}\}`).FindAllString(form, -1) {
					if !fine.MatchString(action) {
						t.Errorf("%s: %s", key, action)
					}
				}
				if form != strings.TrimSpace(form) || strings.Contains(form, "  ") || strings.ContainsAny(form, "<>\n") {
					t.Errorf("%s: stray space or markup in %q", key, form)
				}
			}
			if m.Other == en[key].Other && !slices.Contains(same, key) {
				t.Errorf("%s: not translated", key)
			}
		}
	})
}

// monthKeys are those of the short names of months, of which some are alike in several languages.
func monthKeys() string {
	var keys []string
	for month := range 12 {
		keys = append(keys, "short-month-"+strconv.Itoa(month+1))
	}
	return strings.Join(keys, " ")
}

// TestEveryWordOfLettersIsUsed asks every letter where its parts stand.
func TestEveryWordOfLettersIsUsed(t *testing.T) {
	s := newSet(t)
	parts := strings.Fields("subject lead what was-you not-you see text-app text text-short voice voice-again minutes never-code never-notice device " +
		"fact-when fact-whom fact-device fact-app fact-left foot-reply foot-call foot-tty foot-hours foot-here voice-hello voice-never voice-bye short-time")
	for month := range 12 {
		parts = append(parts, "short-month-"+strconv.Itoa(month+1))
	}
	used := map[string]bool{}
	for _, state := range Letters() {
		p, err := s.sheet(state.Letter)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			used[p.Key(part)] = true
		}
	}
	_, order := letterMessages(t, "en")
	for _, key := range order {
		if !used[key] {
			t.Errorf("%s is used nowhere", key)
		}
	}
}

// TestLetterTemplateHoldsNoWords: what is left without actions and tags has no letter.
func TestLetterTemplateHoldsNoWords(t *testing.T) {
	text, err := letterFiles.ReadFile("letters/letter.html")
	if err != nil {
		t.Fatal(err)
	}
	bare := string(text)
	for _, what := range []string{`(?s)\{\{.*?\}\}`, `(?s)<style>.*?</style>`, `(?s)<[^<>]*>`, `&nbsp;`} {
		bare = regexp.MustCompile(what).ReplaceAllString(bare, "")
	}
	if words := regexp.MustCompile(`\pL+`).FindAllString(bare, -1); len(words) > 0 {
		t.Errorf("words in the template: %v", words)
	}
}

func BenchmarkWrite(b *testing.B) {
	s := newSet(b)
	l := Letters()[0].Letter
	for b.Loop() {
		if _, err := s.Write(l); err != nil {
			b.Fatal(err)
		}
	}
}

// TestSentencesOfOursRunAsTheLetterDoes: a name from elsewhere that comes first must not turn a sentence of ours around.
func TestSentencesOfOursRunAsTheLetterDoes(t *testing.T) {
	s := only(t, "en", "ar")
	l := letterOf(t, "M-14", "email")
	l.Lang = "ar"
	w := write(t, s, l)
	if !strings.Contains(w.HTML, `<bdi dir="rtl">Firefox على Windows</bdi>`) || !strings.Contains(w.HTML, `<bdi dir="auto">m•••z</bdi>`) {
		t.Error("the device runs from left to right, or a name from right to left")
	}
	if listed := (&view{Lang: Language{Tag: "ar"}}).Listed([]string{"A", "B"}); listed != "A، B" {
		t.Errorf("a list: %s", listed)
	}
}
