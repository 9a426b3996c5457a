package templates

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/language"
)

// lint is the linter of messages (ux.md 2.5): everything that must hold of every letter, whatever it says.
func lint(b Brand, l Letter, w Written) []string {
	c := &linter{brand: b, letter: l, written: w}
	c.words()
	switch l.Channel {
	case byText:
		c.text()
	case byVoice:
		c.voice()
	default:
		c.mail()
	}
	return c.faults
}

type linter struct {
	brand   Brand
	letter  Letter
	written Written
	faults  []string
}

func (c *linter) must(ok bool, format string, args ...any) {
	if !ok {
		c.faults = append(c.faults, fmt.Sprintf(format, args...))
	}
}

// The words that no letter says. Authenticator app is the name of the thing.
var (
	bannedInLetters = regexp.MustCompile(`(?i)\b(in)?valid\w*|\billegal|\bforbidden|\bfail\w*|\boops|\bplease|\bcredential\w*|\bauthenticat(e|ed|ion|ing)\b|\btokens?\b|\bsessions?\b|` +
		`\botp\b|\bmfa\b|\b2fa\b|\blog[ -]?(in|out|on|off)\b|\bclick\b|\bdear\b|\bbackup codes?|\burgent|` +
		`\b(por favor|estimad\w*|credencial\w*|inválid\w*|haga clic|urgente|tú|tu|tus|puedes|tienes)\b`)
	healthWords = regexp.MustCompile(`(?i)\b(health|clinic|hospital|doctors?|nurses?|patients?|medic\w*|appointments?|visits?|results?|diagnos\w*|prescriptions?|treatments?|care|labs?|` +
		`salud|clínica|doctora?|médic\w*|enfermer\w*|pacientes?|citas?|consultas?|resultados?|recetas?|tratamientos?|atención|visitas?)\b`)
	addressLike = regexp.MustCompile(`(?i)https?:|www\.|\b[a-z0-9-]+\.[a-z]{2,}\b`)
)

// neverShare is what each text with a code says, as it is sent.
var neverShare = regexp.MustCompile(`Never share|Nunca lo comparta|Nunca passe a ningu[eé]m|Nunca compartilhe|Pa janm bay pèsonn|切勿|[Dd]ung (dua|chia se|cho)|[Kk]hong bao gio chia se|لا تعط`)

// words looks at what a person reads or hears, without the names that are not ours.
func (c *linter) words() {
	all := c.written.Subject + "\n" + c.written.Text + "\n" + textOf(parsed(c.written.HTML))
	for _, name := range []string{c.brand.Name, c.letter.Data["app"], c.letter.Data["what"], c.letter.Host, hostname(c.letter.Host)} {
		if name != "" {
			all = strings.ReplaceAll(all, name, " ")
		}
	}
	c.must(!bannedInLetters.MatchString(all), "says %q", bannedInLetters.FindString(all))
	c.must(!healthWords.MatchString(all), "says %q, a word about health", healthWords.FindString(all))
	c.must(!strings.Contains(all, "<no value>") && !strings.Contains(all, "{{") && !strings.ContainsAny(all, "\uE000\uE001"), "a value is missing")
}

func (c *linter) text() {
	text := c.written.Text
	c.must(c.written.Subject == "" && c.written.HTML == "", "a text has a subject or HTML")
	c.must(partsByTable(text) == 1, "is %d parts: %q", partsByTable(text), text)
	wide := others()[c.letter.Lang].wide
	for _, r := range text {
		c.must(wide || strings.ContainsRune(gsmTable, r), "%q is not in the alphabet of text messages", r)
	}
	host, code, bound := originLine(text)
	said := text
	if bound {
		said = text[:strings.LastIndexByte(text, '\n')]
	}
	if kindOf(c.letter.ID).names {
		said = strings.ReplaceAll(said, c.letter.Data["what"], "")
	}
	c.must(!addressLike.MatchString(said), "has an address: %q", addressLike.FindString(said))
	c.must(strings.Contains(text, gsm(c.brand.Name)), "the brand is missing")
	c.must(!regexp.MustCompile(`(?i)^(hi|hello|hola|dear)\b`).MatchString(text), "greets")
	if c.letter.Code == "" {
		c.must(!bound && !strings.Contains(text, "#"), "a notice looks like a code")
		c.must(strings.Contains(text, c.brand.Phone), "the phone is missing")
		c.must(wide || regexp.MustCompile(`\d:\d\d .*(UTC|[A-Z]{3})`).MatchString(text), "no moment with its zone")
		c.must(strings.HasPrefix(text, gsm(c.brand.Name)+": ") || strings.HasPrefix(text, gsm(c.brand.Name)+"："), "the brand does not come first")
		return
	}
	c.must(strings.HasPrefix(text, c.letter.Code+" "), "the code does not come first")
	if kindOf(c.letter.ID).aloud {
		c.must(!bound && len(c.letter.Code) == 8, "a browser would fill in a code that is to be read out, or it looks like another")
		c.must(strings.Contains(said, strconv.Itoa(c.letter.minutes())), "the minutes are missing")
		return
	}
	c.must(bound && host == hostname(c.letter.Host) && code == c.letter.Code, "the last line gives %q and %q", host, code)
	c.must(strings.HasSuffix(text, "\n@"+hostname(c.letter.Host)+" #"+c.letter.Code), "the last line is not the bare one")
	c.must(strings.Contains(said, strconv.Itoa(c.letter.minutes())), "the minutes are missing")
	c.must(neverShare.MatchString(said), "never share is missing")
}

func (c *linter) voice() {
	text := c.written.Text
	c.must(c.written.Subject == "" && c.written.HTML == "", "a call has a subject or HTML")
	apart := strings.Join(strings.Split(c.letter.Code, ""), ", ")
	c.must(strings.Count(strings.ReplaceAll(text, "。", "."), apart+".\n") == 2, "the digits are not read twice, each time at the end of a line")
	c.must(!strings.Contains(text, c.letter.Code), "the code is read as one number")
	c.must(strings.Contains(text, c.brand.Name), "the brand is missing")
	c.must(strings.Contains(text, strconv.Itoa(c.letter.minutes())), "the minutes are missing")
	c.must(!addressLike.MatchString(text), "has an address")
	c.must(!strings.ContainsAny(text, "<>&"), "has markup")
	for _, line := range strings.Split(text, "\n") {
		c.must(line != "" && regexp.MustCompile(`[.!。！]$`).MatchString(line), "%q is no sentence", line)
	}
}

func (c *linter) mail() {
	subject := c.written.Subject
	c.must(subject != "" && utf8.RuneCountInString(subject) <= 60, "the subject has %d letters", utf8.RuneCountInString(subject))
	c.must(!strings.ContainsFunc(subject, func(r rune) bool { return unicode.IsDigit(r) || unicode.Is(unicode.So, r) || r == '\n' }), "the subject has a number or a picture")
	c.must(!regexp.MustCompile(`\b\p{Lu}{3,}\b`).MatchString(subject), "the subject shouts")
	for _, value := range c.letter.Data {
		c.must(!strings.Contains(subject, value) || value == c.letter.Data["action"], "the subject names somebody or something")
	}
	c.must(len(c.written.HTML)+len(c.written.Text) <= 30_000, "%d bytes", len(c.written.HTML)+len(c.written.Text))
	root := parsed(c.written.HTML)
	c.markup(root)
	c.links(root)
	c.sameFacts(root)
	if strings.HasPrefix(c.letter.Lang, "en") {
		level := fleschKincaid(sentencesOf(elements(root, "body")[0]))
		c.must(level <= 7, "reading level %.1f", level)
	}
}

// markup holds the HTML to what mail programs and screen readers need.
func (c *linter) markup(root *html.Node) {
	top := elements(root, "html")[0]
	c.must(attr(top, "lang") == c.letter.Lang && attr(top, "dir") == direction(language.MustParse(c.letter.Lang)), "lang %q or dir %q", attr(top, "lang"), attr(top, "dir"))
	c.must(len(elements(root, "h1")) == 1 && textOf(elements(root, "h1")[0]) == c.written.Subject, "the heading is not the subject")
	c.must(textOf(elements(root, "title")[0]) == c.written.Subject, "the title is not the subject")
	c.must(len(elements(root, "img", "script", "link", "iframe", "form", "input", "button", "object", "svg", "video", "base")) == 0, "more than text and links")
	for _, name := range []string{"color-scheme", "viewport"} {
		c.must(strings.Contains(c.written.HTML, `<meta name="`+name+`"`), "no %s", name)
	}
	c.must(!regexp.MustCompile(`(?i)url\(|@import|@font-face|expression|display:\s*none|visibility:|opacity`).MatchString(c.written.HTML), "loads or hides something")
	for _, n := range elements(root) {
		c.must(n.Data != "table" || attr(n, "role") == "presentation", "a table that is not for layout")
		if width, err := strconv.Atoi(attr(n, "width")); err == nil {
			c.must(width <= 600, "%d pixels wide", width)
		}
		for _, a := range n.Attr {
			c.must(!strings.HasPrefix(a.Key, "on") && a.Key != "src" && a.Key != "background" && a.Key != "srcset", "<%s %s>", n.Data, a.Key)
		}
	}
	if c.letter.Code == "" {
		return
	}
	runs := 0
	for _, n := range elements(root, "p") {
		if n.FirstChild != nil && n.FirstChild == n.LastChild && n.FirstChild.Data == c.letter.Code {
			runs++
			size, _ := strconv.Atoi(regexp.MustCompile(`font-size:(\d+)px|$`).FindStringSubmatch(attr(n, "style"))[1])
			c.must(size >= 24, "the code is %d pixels high", size)
		}
	}
	c.must(runs == 1, "the code stands %d times as one run on a line of its own", runs)
}

// links: the phone, and in a notice the one fixed address, or the letter's own, that shows where it leads.
func (c *linter) links(root *html.Node) {
	allowed, found := "https://"+c.letter.Host+first(c.letter.Data["link"], "/security"), 0
	for _, a := range elements(root, "a") {
		href := attr(a, "href")
		switch {
		case href == telAddress(c.brand.Phone) && textOf(a) == c.brand.Phone:
		case href == allowed && textOf(a) == allowed:
			found++
		default:
			c.must(false, "a link to %q that says %q", href, textOf(a))
		}
	}
	want := 1
	if c.letter.Code != "" {
		want = 0
	}
	c.must(found == want, "%d links instead of %d", found, want)
	rest := strings.ReplaceAll(c.written.Text, allowed, "")
	if what := c.letter.Data["what"]; what != "" {
		rest = strings.ReplaceAll(rest, what, "")
	}
	c.must(!addressLike.MatchString(rest), "the text has another address: %q", addressLike.FindString(rest))
	c.must(strings.Count(c.written.Text, allowed) == want, "the text has %d links", strings.Count(c.written.Text, allowed))
}

// sameFacts compares the two ways of saying it, block by block and both ways: with the styles stripped, it reads the same.
func (c *linter) sameFacts(root *html.Node) {
	shown := map[string]bool{}
	for _, n := range elements(root, "p", "dt", "dd") {
		shown[textOf(n)] = true
	}
	said := map[string]bool{}
	for _, line := range strings.Split(c.written.Text, "\n") {
		label, value, fact := strings.Cut(line, ": ")
		if fact && shown[label] && shown[value] {
			said[label], said[value] = true, true
			continue
		}
		said[line] = true
	}
	for line := range said {
		c.must(line == "" || shown[line], "only the text says %q", line)
	}
	for block := range shown {
		c.must(said[block], "only the HTML says %q", block)
	}
	facts := []string{c.brand.Name, c.brand.Phone, c.letter.Code, c.letter.Data["whom"], c.letter.Data["app"], c.letter.Data["what"], c.letter.Data["left"]}
	if c.letter.Data["when"] != "" {
		facts = append(facts, "2026", "3:45", "UTC-5")
	}
	if c.letter.Data["device"] != "" {
		facts = append(facts, "Firefox", "Windows")
	}
	if c.letter.Code != "" {
		facts = append(facts, strconv.Itoa(c.letter.minutes()))
	}
	for _, fact := range facts {
		c.must(strings.Contains(c.written.Text, fact), "%q is missing", fact)
	}
}

func parsed(text string) *html.Node {
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		panic(err) // a string can be read
	}
	return root
}

// gsmTable is the default alphabet and its extension as the table of 3GPP TS 23.038 has them, row by row; the escape left out.
const gsmTable = "@£$¥èéùìòÇ\nØø\rÅå" + "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ" + " !\"#¤%&'()*+,-./" + "0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNO" + "PQRSTUVWXYZÄÖÑÜ§" + "¿abcdefghijklmno" + "pqrstuvwxyzäöñüà" + "\f^{}\\[~]|€"

// partsByTable counts parts by that table alone.
func partsByTable(text string) int {
	septets, units := 0, 0
	for _, r := range text {
		units += 1 + strings.Count(strconv.QuoteToASCII(string(r)), `\U`) // a surrogate pair beyond the first plane
		septets++
		if strings.ContainsRune("\f^{}\\[~]|€", r) {
			septets++
		}
	}
	if strings.Trim(text, gsmTable) == "" && !strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune(gsmTable, r) }) {
		if septets <= 160 {
			return 1
		}
		return (septets + 152) / 153
	}
	if units <= 70 {
		return 1
	}
	return (units + 66) / 67
}

// originLine parses an origin-bound one-time code as a browser does: the last line is a host marked with @, one space, and a
// code marked with #.
func originLine(message string) (host, code string, ok bool) {
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(message, "\r\n", "\n"), "\r", "\n"), "\n")
	rest := lines[len(lines)-1]
	token := func(marker byte) (string, bool) {
		if rest == "" || rest[0] != marker {
			return "", false
		}
		end := strings.IndexAny(rest, "\t\n\f\r ")
		if end < 0 {
			end = len(rest)
		}
		found := rest[1:end]
		rest = rest[end:]
		return found, found != ""
	}
	if host, ok = token('@'); !ok || rest == "" || rest[0] != ' ' {
		return "", "", false
	}
	rest = rest[1:]
	if code, ok = token('#'); !ok || !regexp.MustCompile(`^[a-z0-9.-]+$`).MatchString(host) {
		return "", "", false
	}
	return host, code, true
}

// eachLetter writes every letter in every language.
func eachLetter(t *testing.T, check func(t *testing.T, s *Set, state LetterState, l Letter, w Written)) {
	t.Helper()
	s := newSet(t)
	for _, state := range Letters() {
		for _, lang := range s.Languages() {
			t.Run(state.ID+"/"+state.Variant+"/"+lang.Tag, func(t *testing.T) {
				l := state.Letter
				l.Lang = lang.Tag
				w, err := s.Write(l)
				if err != nil {
					t.Fatal(err)
				}
				check(t, s, state, l, w)
			})
		}
	}
}

func TestLettersPassTheLinter(t *testing.T) {
	eachLetter(t, func(t *testing.T, s *Set, _ LetterState, l Letter, w Written) {
		for _, fault := range lint(s.brand, l, w) {
			t.Error(fault)
		}
	})
}

// TestTheLinterFindsFaults spoils letters one way at a time.
func TestTheLinterFindsFaults(t *testing.T) {
	s := newSet(t)
	spoil := func(from, to string) func(*Written) {
		return func(w *Written) {
			w.Text, w.HTML, w.Subject = strings.ReplaceAll(w.Text, from, to), strings.ReplaceAll(w.HTML, from, to), strings.ReplaceAll(w.Subject, from, to)
		}
	}
	for name, c := range map[string]struct {
		id, variant, says string
		spoil             func(*Written)
	}{
		"two parts":              {"M-01", "text", "parts", spoil("sign-in", strings.Repeat("sign-in ", 9))},
		"a letter of no text":    {"M-01", "text", "parts", spoil("code", "códigó")},
		"code not first":         {"M-01", "text", "come first", spoil("012345 is your", "Use 012345 as your")},
		"line with more":         {"M-01", "text", "bare", func(w *Written) { w.Text += " now" }},
		"line with a port":       {"M-01", "text", "last line", spoil("@id.example.org", "@id.example.org:8080")},
		"line not last":          {"M-02", "text", "last line", func(w *Written) { w.Text += "\nBye" }},
		"line not at its start":  {"M-02", "text", "last line", spoil("@id", "at @id")},
		"a link in a text":       {"M-08", "text", "address", spoil("Not you?", "See id.example.com")},
		"a text without share":   {"M-01", "text", "never share", spoil("Never share it.", "")},
		"a notice with a code":   {"M-10", "text-added", "looks like a code", func(w *Written) { w.Text += "\n@id.example.org #123456" }},
		"no phone":               {"M-10", "text-added", "phone", spoil("1-800-555-0100", "us")},
		"no time":                {"M-10", "text-added", "moment", spoil("3:45 PM", "today")},
		"one number":             {"M-01", "voice", "twice", spoil("0, 1, 2, 3, 4, 5", "012345")},
		"once":                   {"M-01", "voice", "twice", spoil("Once more, your sign-in code is: 0, 1, 2, 3, 4, 5.\n", "")},
		"code in the subject":    {"M-01", "email", "subject", func(w *Written) { w.Subject = "012345 is your code" }},
		"long subject":           {"M-08", "email", "subject has", spoil("password was changed", strings.Repeat("password was changed ", 3))},
		"shouting":               {"M-08", "email", "shouts", spoil("password was", "PASSWORD was")},
		"a health word":          {"M-08", "email", "about health", spoil("your account", "your patient account")},
		"a banned word":          {"M-08", "email", "says", spoil("sign in", "log in")},
		"text and HTML differ":   {"M-14", "email", "only the", func(w *Written) { w.Text = strings.Replace(w.Text, "m•••z", "n•••z", 1) }},
		"a line in HTML only":    {"M-14", "email", "only the HTML", func(w *Written) { w.HTML = strings.Replace(w.HTML, "<h1", "<p>Hi</p><h1", 1) }},
		"link lies":              {"M-14", "email", "a link to", func(w *Written) { w.HTML = strings.Replace(w.HTML, `href="https://id`, `href="https://evil`, 1) }},
		"link with a token":      {"M-14", "email", "a link to", spoil("/security", "/security?t=abc")},
		"picture":                {"M-14", "email", "more than text", func(w *Written) { w.HTML = strings.Replace(w.HTML, "<h1", `<img src="https://x/y.gif"><h1`, 1) }},
		"split code":             {"M-01", "email", "one run", func(w *Written) { w.HTML = strings.Replace(w.HTML, ">012345<", "><b>012</b>345<", 1) }},
		"no lang":                {"M-01", "email", "lang", func(w *Written) { w.HTML = strings.Replace(w.HTML, `lang="en"`, "", 1) }},
		"hard words":             {"M-01", "email", "reading level", spoil("Use this code to sign in.", "Utilization of identification necessitates immediate administrative notification regarding accountability considerations and verification documentation.")},
		"too big":                {"M-01", "email", "bytes", func(w *Written) { w.HTML += strings.Repeat(" ", 30_000) }},
		"a value that is absent": {"M-01", "email", "missing", spoil("10 minutes", "<no value>")},
	} {
		for _, state := range Letters() {
			if state.ID != c.id || state.Variant != c.variant {
				continue
			}
			l := state.Letter
			l.Lang = "en"
			w, err := s.Write(l)
			if err != nil {
				t.Fatal(err)
			}
			c.spoil(&w)
			if faults := strings.Join(lint(s.brand, l, w), "; "); !strings.Contains(faults, c.says) {
				t.Errorf("%s: it found %q", name, faults)
			}
		}
	}
}
