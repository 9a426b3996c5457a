package templates

import (
	"html/template"
	"net/url"
	"strings"
)

// Help is the help home: H-01. It leads to what people look for most by the names that they have for it.
type Help struct{}

// HelpTopic is one page of help that is only words: H-02 to H-05, H-07 to H-09, and those without an id of their own.
// Name is one of HelpTopics; the keys of its words begin with help.NAME.
type HelpTopic struct {
	Name    string
	Address string // the true address of this site, for the topics that tell people to type it
}

// HelpMessages shows what real messages look like, the true address, and that nobody ever asks for a password: H-06.
type HelpMessages struct {
	Address string // the true address of this site
	Sender  string // the address that our e-mail comes from
}

// HelpBrowser tells what a browser can do, in words and in numbers that a caller can read out: H-10. What only a script can
// find out is filled in by browser.js; without scripts it stays "not known".
type HelpBrowser struct {
	Cookies bool   // the browser brought back the cookie that it was given a moment ago
	Code    string // the numbers as far as the server knows them: 1 yes, 2 no, 3 not known
	Clock   string // the server's time, RFC 3339
}

func (Help) Template() string         { return "help" }
func (HelpTopic) Template() string    { return "helptopic" }
func (HelpMessages) Template() string { return "helpmessages" }
func (HelpBrowser) Template() string  { return "helpbrowser" }

func (p HelpTopic) heading() string { return "help." + p.Name + ".title" }

// Tasks are what most people come for, by plain name.
func (Help) Tasks() []Place {
	return []Place{
		topic("signin"), {Key: "help.forgot", To: "/forgot"}, topic("codes"), topic("lost"), topic("changed"), topic("new"), topic("someone"),
		{Key: "helpmessages.title", To: "/help/messages"},
	}
}

// More is the rest.
func (Help) More() []Place {
	return []Place{
		topic("passkeys"), topic("shared"), topic("call"), topic("languages"), {Key: "helpbrowser.title", To: "/help/browser"},
		topic("privacy"), topic("accessibility"),
	}
}

func topic(name string) Place { return Place{Key: "help." + name + ".title", To: "/help/" + name} }

// HelpTopics names the pages of help; each is served as /help/NAME.
func HelpTopics() []string {
	var out []string
	for _, t := range helpTopics() {
		out = append(out, t.name)
	}
	return out
}

type helpTopic struct {
	name  string
	parts []helpPart
	next  Place // where most go from here; zero for nowhere
}

// helpPart is a heading help.NAME.PART and lines help.NAME.PART.1 and so on; steps are done one after the other.
type helpPart struct {
	name  string
	lines int
	steps bool
}

func helpTopics() []helpTopic {
	forgot, activate := Place{Key: "signin.forgot", To: "/forgot"}, Place{Key: "signin.activate", To: "/activate"}
	return []helpTopic{
		{"signin", []helpPart{{"try", 4, true}, {"paused", 3, false}, {"same", 2, false}, {"first", 1, false}}, forgot},
		{"codes", []helpPart{{"text", 3, false}, {"email", 2, false}, {"typing", 4, false}, {"more", 3, false}}, Place{}},
		{"lost", []helpPart{{"other", 3, true}, {"none", 3, false}, {"safe", 2, false}}, Place{}},
		{"changed", []helpPart{{"still", 3, true}, {"gone", 2, false}}, Place{Key: "contacts.title", To: "/account/contacts"}},
		{"new", []helpPart{{"need", 3, false}, {"nocode", 2, false}}, activate},
		{"someone", []helpPart{{"own", 2, false}, {"code", 2, false}, {"beside", 2, false}}, Place{Key: "trusted.title", To: "/account/trusted"}},
		{"passkeys", []helpPart{{"why", 3, false}, {"make", 2, true}, {"use", 2, false}, {"window", 2, false}, {"not", 2, false}}, Place{}},
		{"shared", []helpPart{{"shared", 4, false}, {"left", 2, false}, {"wifi", 3, false}}, Place{}},
		{"call", []helpPart{{"bring", 5, false}, {"never", 2, false}, {"visit", 1, false}}, Place{}},
		{"languages", []helpPart{{"talk", 3, false}}, Place{}},
		{"privacy", []helpPart{{"keep", 4, false}, {"not", 3, false}, {"you", 3, false}}, Place{}},
		{"accessibility", []helpPart{{"can", 5, false}, {"gaps", 2, false}, {"tell", 4, false}}, Place{}},
	}
}

// HelpParts are the parts of the page's topic.
func (v *view) HelpParts() []shownPart {
	var out []shownPart
	for _, part := range v.topic().parts {
		key := "help." + v.topic().name + "." + part.name
		shown := shownPart{ID: part.name, Key: key, Steps: part.steps}
		for _, line := range lineKeys(key, part.lines) {
			if !v.lacks(line) {
				shown.Lines = append(shown.Lines, line)
			}
		}
		out = append(out, shown)
	}
	return out
}

type shownPart struct {
	ID, Key string
	Steps   bool
	Lines   []string
}

func lineKeys(key string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, key+"."+string(rune('1'+i)))
	}
	return out
}

// lacks tells whether a line names something that the operator has not set.
func (v *view) lacks(key string) bool {
	for _, name := range v.words.names[key] {
		if v.data[name] == "" {
			return true
		}
	}
	return false
}

// HelpNext is where most people go from the page's topic.
func (v *view) HelpNext() Place { return v.topic().next }

func (v *view) topic() helpTopic {
	p, _ := v.Page.(HelpTopic)
	for _, t := range helpTopics() {
		if t.name == p.Name {
			return t
		}
	}
	return helpTopic{}
}

// TextEnd is how our text messages with a code end: browsers tell by it for which site the code is.
func (v *view) TextEnd() string {
	address, _ := v.data["Address"].(string)
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	return "@" + u.Hostname()
}

// SpokenLine says in one language that help in it is free.
type SpokenLine struct {
	Tag, Dir, Name string
	Words          template.HTML
}

// Spoken is the notice in the fifteen languages that most people speak in the United States who speak little English. It is the
// same whatever language the page is in, so it is no part of a catalogue.
func (v *view) Spoken() []SpokenLine {
	phone := string(tel(v.Brand.Phone))
	var out []SpokenLine
	for _, s := range spoken() {
		dir := "ltr"
		if s.tag == "ar" || s.tag == "fa" {
			dir = "rtl"
		}
		words := strings.ReplaceAll(template.HTMLEscapeString(s.words), "#", phone)
		out = append(out, SpokenLine{Tag: s.tag, Dir: dir, Name: s.name, Words: template.HTML(words)}) //nolint:gosec // escaped; the number is ours
	}
	return out
}

type spokenWords struct{ tag, name, words string }

func spoken() []spokenWords {
	return []spokenWords{
		{"es", "Español", "Le ayudamos gratis en español. Llame al #."},
		{"zh-Hans", "中文", "我们免费提供中文帮助。请致电 #。"},
		{"vi", "Tiếng Việt", "Chúng tôi giúp quý vị miễn phí bằng tiếng Việt. Xin gọi số #."},
		{"ko", "한국어", "한국어 도움을 무료로 받으실 수 있습니다. # 번으로 전화해 주십시오."},
		{"tl", "Tagalog", "May libreng tulong sa wikang Tagalog. Tumawag sa #."},
		{"ru", "Русский", "Мы бесплатно поможем вам на русском языке. Звоните по номеру #."},
		{"ar", "العربية", "نقدم لك المساعدة باللغة العربية مجانًا. اتصل بالرقم #."},
		{"ht", "Kreyòl ayisyen", "Nou ede w gratis an kreyòl ayisyen. Rele #."},
		{"fr", "Français", "Nous vous aidons gratuitement en français. Appelez le #."},
		{"pl", "Polski", "Pomagamy bezpłatnie po polsku. Proszę zadzwonić pod numer #."},
		{"pt", "Português", "Ajudamos você de graça em português. Ligue para #."},
		{"it", "Italiano", "La aiutiamo gratis in italiano. Chiami il numero #."},
		{"de", "Deutsch", "Wir helfen Ihnen kostenlos auf Deutsch. Rufen Sie uns an: #."},
		{"ja", "日本語", "日本語での支援を無料でご利用いただけます。# までお電話ください。"},
		{"fa", "فارسی", "ما به زبان فارسی رایگان به شما کمک می\u200cکنیم. با شماره # تماس بگیرید."},
	}
}
