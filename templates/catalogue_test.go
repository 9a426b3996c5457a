package templates

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// outside are the keys that other packages name; they must exist although nothing here mentions them.
var outside = strings.Fields(`
signin.error.mismatch signin.field.username.empty signin.field.password.empty signin.field.username.long signin.field.password.long
signin.notice.away signin.notice.idle signin.notice.moved signin.notice.lost signin.notice.busy signin.why.again signin.why.stepup
password.reason.leaked password.reason.asked password.reason.expired
password.error.short password.error.long password.error.common password.error.own password.error.composition password.error.same
password.strength.weak password.strength.fair password.strength.good password.strength.strong
apperror.differs.client_unknown apperror.differs.client_disabled apperror.differs.redirect_missing apperror.differs.redirect_mismatch
apperror.differs.redirect_scheme apperror.differs.redirect_slash apperror.differs.redirect_port apperror.differs.redirect_query
apperror.differs.redirect_invalid apperror.differs.duplicate_parameter apperror.differs.request_unreadable apperror.differs.request_uri
leaving.notice.denied leaving.notice.password_changed leaving.notice.password_weak leaving.notice.password_fair
leaving.notice.password_good leaving.notice.password_strong leaving.notice.recovery
signin.why.settings passkey.error.refused passkey.notice.cancelled passkey.notice.late
ways.why.second ways.why.stepup ways.why.check ways.why.settings ways.why.add ways.why.reach ways.why.reach.plain
ways.error.empty ways.error.gone ways.notice.sends ways.notice.tries ways.notice.stopped ways.notice.moved
code.error.wrong code.error.empty code.error.sends code.error.tries code.error.stopped totp.error.wrong totp.error.empty totp.notice.clock
recovery.error.wrong recovery.error.empty code.notice.again code.notice.called code.notice.landline code.notice.unreached
code.notice.stopped code.notice.clock code.notice.moved
addpasskey.error.unsaved addpasskey.error.again addpasskey.notice.cancelled
address.error.phone.empty address.error.phone address.error.country address.error.premium address.error.extension address.error.held address.error.stopped
address.error.email.empty address.error.email address.error.sends address.notice.landline address.notice.unreached
name.error.empty name.error.long savecodes.error.stale
apps.notice.stopped devices.notice.ended devices.notice.others devices.notice.forgotten
waystosignin.notice.renamed waystosignin.notice.password waystosignin.notice.first waystosignin.notice.nothing waystosignin.error.gone waystosignin.error.many
removeway.error.last removeway.error.onlyproof removeway.error.gone changepassword.error.current changepassword.error.tries changepassword.error.stopped
forgot.error.empty forgotpassword.error.sends forgotsent.error.sends forgotsent.notice.again forgotusername.error.empty forgotusername.error.form
forgotusername.error.sends password.reason.reset ways.why.reset
signin.error.paused signin.error.stopped wayin.title wayin.title.done wayin.title.over`)

// families are keys put together from parts.
func families() []string {
	var out []string
	add := func(prefix, names string, parts ...string) {
		for _, name := range strings.Fields(names) {
			for _, part := range parts {
				out = append(out, prefix+name+part)
			}
		}
	}
	add("trouble.", "not_found not_allowed broken closed_for_work busy limited bad_request too_big wrong_method expired unmet recover", ".title", ".lead", ".do")
	add("scope.", "profile email phone address offline_access records scheduling other", ".title", ".example")
	for _, topic := range helpTopics() {
		add("help.", topic.name, ".title", ".lead")
		for _, part := range topic.parts {
			key := "help." + topic.name + "." + part.name
			out = append(append(out, key), lineKeys(key, part.lines)...)
		}
	}
	add("way.", "passkey totp text voice email recovery", "", ".plain", ".hint", ".add", ".add.hint")
	add("code.title.", "text email voice totp recovery", "")
	add("code.lead.", "text email voice totp recovery", "")
	add("code.lost.", "text email voice totp recovery passkey", "")
	add("code.notice.slow.", "text email voice", "")
	add("addaddress.title.", "text email", "")
	add("addaddress.lead.", "text email", "")
	add("held.", "passkey totp text voice email recovery password", "")
	add("waystosignin.", "passkey totp text email recovery", "", ".about", ".add")
	add("waystosignin.", "password", "")
	add("waystosignin.notice.added.", "passkey totp text voice email recovery", "")
	add("waystosignin.notice.removed.", "passkey totp text voice email recovery", "")
	add("leaving.notice.added.", "passkey totp text voice email recovery", "")
	add("forgot.choice.", strings.Join((*view)(nil).Forgotten(), " "), "")
	add("activatestop.", "expired renew renewed replaced revoked used tries stopped down", ".title", ".lead", ".do")
	add("activateask.", "have join alone", ".title", ".lead", ".more")
	add("activateask.", "have.new have.have join.join join.other join.stop alone.email alone.phone alone.alone", "")
	add("activateaddress.", "title lead skip", ".email", ".text")
	add("activatecheck.change.", "email phone name secret", "")
	add("activatefacts.", "month day year error.birth error.last_name error.zip error.id_last4 error.match", "")
	add("activatename.error.", "empty taken email many", "")
	add("username.error.", "short long characters letter", "")
	add("activatecode.error.", "empty form", "")
	add("activate.notice.", "again", "")
	add("home.step.", "second another codes", "")
	add("activity.way.", "passkey totp text email recovery password", "")
	add("activity.by.", "owner staff app house", "")
	add("activity.kind.", "all signin changes apps staff", "")
	add("activity.sheet.", "when what by app", "")
	add("activity.", "session.began session.renewed session.ended session.others_ended signin.failed signin.refused factor.failed reset.failed code.sent lane.closed lane.passed lane.unlocked devices.forgotten password.changed password.reset password.change_owed authenticator.bound authenticator.renamed authenticator.removed passkey.cloned recovery.used recovery.started recovery.stopped recovery.finished consent.given consent.refused consent.withdrawn grant.began grant.revoked access.ended account.created account.activated account.disabled account.enabled record.joined", "")
	add("activity.", "contact.added contact.changed contact.removed contact.first username.changed choices.changed", "")
	add("activity.", "case.found case.glass review.told help.send_username help.send_reset help.end_sessions help.pause help.resend_activation help.unlock help.new_activation help.remove_factor help.revoke_app help.reset_factors help.change_contact help.reopen", "")
	add("data.part.", "account identifiers ways sessions browsers allowed access records trusted pending choices terms", "")
	add("data.choice.", "codes call fewer", "")
	add("data.fact.", "id name birthdate gender nickname website picture profile address language zone status since changed kind value verified provider seen until device app scopes", "")
	add("data.", "kind.username kind.email kind.phone kind.password kind.text kind.totp kind.passkey kind.recovery", "")
	add("data.", "relation.self relation.parent relation.carer relation.trusted pending.closing pending.recovery", "")
	add("trusted.notice.", "invited ended", "")
	add("addtrusted.", "months.1 months.6 months.12 error.name error.email error.birth error.months error.many error.office title", "")
	add("endtrusted.", "title", "")
	add("trusted.", "title", "")
	add("activity.", "trust.invited trust.ended", "")
	add("data.status.", "active locked paused closed", "")
	add("", "datasheet.title closeaccount.notice.asked closeaccount.notice.kept home.notice.closing", "")
	add("activity.", "closing.asked closing.cancelled account.closed data.downloaded trail.erased terms.accepted terms.declined", "")
	add("terms.notice.", "newer", "")
	add("contacts.", "email phone add.email add.phone use.codes use.calls use.notices", "")
	add("contacts.notice.", "added changed removed first", ".email", ".phone")
	add("contacts.", "notice.moved error.last error.name error.others", "")
	add("username.", "error.rest error.clear notice.changed notice.cleared", "")
	add("addaddress.instead.", "text email", "")
	add("choices.", "codes.text codes.voice codes.email notice.saved notice.moved error.gone", "")
	add("time.month.", "1 2 3 4 5 6 7 8 9 10 11 12", "")
	return out
}

func messages(t *testing.T, lang string) (map[string]*i18n.Message, []string) {
	t.Helper()
	return catalogue(t, locales, "locales/"+lang+".yaml", `(?m)^([a-z][a-z0-9_.]*):`)
}

// catalogue reads one file as it stands, with its keys in order.
func catalogue(t *testing.T, files fs.FS, path, key string) (map[string]*i18n.Message, []string) {
	t.Helper()
	text, err := fs.ReadFile(files, path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := i18n.ParseMessageFileBytes(text, path, map[string]i18n.UnmarshalFunc{"yaml": unmarshalMessages})
	if err != nil {
		t.Fatal(err)
	}
	byKey := map[string]*i18n.Message{}
	for _, m := range file.Messages {
		byKey[m.ID] = m
	}
	var order []string
	for _, m := range regexp.MustCompile(key).FindAllStringSubmatch(string(text), -1) {
		if m[1] != reviewKey {
			order = append(order, m[1])
		}
	}
	if len(order) != len(byKey) {
		t.Fatalf("%s: %d keys in the file, %d messages", path, len(order), len(byKey))
	}
	return byKey, order
}

// others are the languages that are translated from the original, each with what its grammar and its script ask for.
func others() map[string]grammar {
	return map[string]grammar{
		"ar":      {forms: "zero one two few many other", wide: true},
		"es":      {forms: "one other"},
		"ht":      {forms: "other"},
		"pt":      {forms: "one other"},
		"vi":      {forms: "other"},
		"zh-Hans": {forms: "other", wide: true},
	}
}

// A grammar is what a language needs of its translator.
type grammar struct {
	forms string // that a message with plural forms must have
	wide  bool   // its texts hold 70 signs, and so less than those in English
}

func formsOf(m *i18n.Message) map[string]string {
	return map[string]string{"zero": m.Zero, "one": m.One, "two": m.Two, "few": m.Few, "many": m.Many, "other": m.Other}
}

func TestEveryCatalogueHasAGrammar(t *testing.T) {
	for _, lang := range shipped()[1:] {
		if others()[lang].forms == "" {
			t.Errorf("%s: nobody says which plural forms it has", lang)
		}
	}
}

// translated runs a test for each language but the original.
func translated(t *testing.T, test func(t *testing.T, lang string, g grammar)) {
	t.Helper()
	for _, lang := range shipped()[1:] {
		t.Run(lang, func(t *testing.T) { test(t, lang, others()[lang]) })
	}
}

func TestCataloguesSayTheSame(t *testing.T) {
	en, order := messages(t, "en")
	translated(t, func(t *testing.T, lang string, g grammar) {
		words, otherOrder := messages(t, lang)
		sameKeys(t, order, otherOrder)
		for key, m := range en {
			if words[key] != nil {
				sameForms(t, key, g, m, words[key])
			}
		}
	})
}

// sameKeys says which keys a catalogue lacks, or has too many, and where another order begins.
func sameKeys(t *testing.T, order, otherOrder []string) {
	t.Helper()
	for _, key := range order {
		if !slices.Contains(otherOrder, key) {
			t.Errorf("%s has no words", key)
		}
	}
	for _, key := range otherOrder {
		if !slices.Contains(order, key) {
			t.Errorf("%s is not in English", key)
		}
	}
	for i := range order {
		if !t.Failed() && order[i] != otherOrder[i] {
			t.Fatalf("%s stands where English has %s", otherOrder[i], order[i])
		}
	}
}

// sameForms holds one message to the plural forms of its language and to the placeholders of the original.
func sameForms(t *testing.T, key string, g grammar, whole, m *i18n.Message) {
	t.Helper()
	want := sorted(t, whole.Other)
	for form, text := range formsOf(m) {
		needed := form == "other" || whole.One != "" && slices.Contains(strings.Fields(g.forms), form)
		if needed && text == "" {
			t.Errorf("%s: no words for %s", key, form)
		}
		got := sorted(t, text)
		if text != "" && !slices.Equal(got, want) && !countless(form, got, want) && !shortened(key, g, got, want) {
			t.Errorf("%s %s: placeholders %v, in English %v", key, form, got, want)
		}
		if form != "other" && text != "" && whole.One == "" {
			t.Errorf("%s: plural forms, and none in English", key)
		}
	}
}

// countless tells whether a form leaves out just the number that it is for: "one minute" needs none.
func countless(form string, got, want []string) bool {
	if !slices.Contains([]string{"zero", "one", "two"}, form) || len(got) != len(want)-1 {
		return false
	}
	return slices.ContainsFunc(strings.Fields("Count Days Lasts Left MinLength Minutes Remember"), func(counted string) bool {
		return slices.Equal(got, slices.DeleteFunc(slices.Clone(want), func(name string) bool { return name == counted }))
	})
}

// shortened tells whether a text message in a wide script leaves out what it may: never the brand, the code, or the phone.
func shortened(key string, g grammar, got, want []string) bool {
	if !g.wide || !strings.Contains(key, ".text") {
		return false
	}
	must := []string{"Brand"}
	if slices.Contains(want, "Code") {
		must = append(must, "Code")
	} else {
		must = append(must, "Phone")
	}
	if strings.HasPrefix(key, "M-05.") || strings.HasPrefix(key, "M-06.") {
		must = append(must, "What")
	}
	for _, name := range must {
		if !slices.Contains(got, name) {
			return false
		}
	}
	return !slices.ContainsFunc(got, func(name string) bool { return !slices.Contains(want, name) })
}

func sorted(t *testing.T, message string) []string {
	t.Helper()
	names, err := placeholders(message)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// TestTranslated finds words that were left in English. These few are the same in both.
func TestTranslated(t *testing.T) {
	same := strings.Fields(`page.title page.title.error help.line.tty help.line.hours cookies.chrome cookies.edge cookies.firefox apperror.id held.spent
		time.am time.pm cookies.safari home.username activatecheck.email contacts.email held.email way.email.plain way.email.add waystosignin.email inbox.email`)
	en, _ := messages(t, "en")
	translated(t, func(t *testing.T, lang string, _ grammar) {
		words, _ := messages(t, lang)
		for key, m := range words {
			if en[key] != nil && m.Other == en[key].Other && !slices.Contains(same, key) {
				t.Errorf("%s: not translated", key)
			}
		}
	})
}

// TestMissingWordsAreToldAndRefused: a language is offered whole or not at all.
func TestMissingWordsAreToldAndRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no head":      "a: \"x\"\n",
		"an odd head":  "reviewed: true\na: \"x\"\n",
		"an empty one": "reviewed: \"\"\na: \"x\"\n",
	} {
		if _, err := readWords(fstest.MapFS{"fr.yaml": {Data: []byte(text)}}, "fr.yaml", language.French); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	read := func(text string) *words {
		w, err := readWords(fstest.MapFS{"fr.yaml": {Data: []byte(text)}}, "fr.yaml", language.French)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	whole, part := read("reviewed: \"Ana, 2026-05-04\"\na: x\nb: \"{{.N}}\"\nc: z\n"), read("reviewed: false\nc: z\n")
	if got := part.lacking(whole); !slices.Equal(got, []string{"a", "b"}) || whole.lacking(part) != nil {
		t.Errorf("it lacks %v", got)
	}
	if whole.reviewed != "Ana, 2026-05-04" || part.reviewed != "" || whole.has(reviewKey) {
		t.Errorf("reviewed by %q and %q", whole.reviewed, part.reviewed)
	}
}

// TestCountsHaveWordsInEachLanguage: whatever the count, there are words for it, with plural forms or without.
func TestCountsHaveWordsInEachLanguage(t *testing.T) {
	s := newSet(t)
	for _, lang := range s.Languages() {
		for _, key := range []string{"code.left", "username.limit"} {
			seen := map[string]bool{}
			for n := range 121 {
				text, err := s.words[lang.Tag].text(key, map[string]any{"Left": n, "Changes": n, "Days": n})
				if err != nil || text == "" {
					t.Errorf("%s %s of %d: %q, %v", lang.Tag, key, n, text, err)
				}
				seen[strings.ReplaceAll(text, strconv.Itoa(n), "")] = true
			}
			if forms := len(strings.Fields(others()[lang.Tag].forms)); key == "code.left" && forms > 2 && len(seen) < 4 {
				t.Errorf("%s %s: %d forms only", lang.Tag, key, len(seen))
			}
		}
	}
}

// TestEveryKeyIsUsedAndEveryUsedKeyExists reads the sources: a key is whatever looks like one in quotes.
func TestEveryKeyIsUsedAndEveryUsedKeyExists(t *testing.T) {
	en, order := messages(t, "en")
	used := map[string]bool{}
	for _, key := range append(families(), outside...) {
		used[key] = true
		if en[key] == nil {
			t.Errorf("%s is promised and has no words", key)
		}
	}
	quoted := regexp.MustCompile(`"([a-z]+(?:\.[a-z0-9_]+)+)"`)
	for _, name := range sources(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
			key := m[1]
			if strings.HasSuffix(key, ".css") || strings.HasSuffix(key, ".js") || strings.HasSuffix(key, ".svg") || strings.HasSuffix(key, ".png") || strings.HasSuffix(name, "gallery.go") || strings.HasPrefix(name, "gallery") {
				continue
			}
			used[key] = true
			if en[key] == nil && !strings.HasPrefix(key, "maria.") {
				t.Errorf("%s: %s has no words", name, key)
			}
		}
	}
	for _, p := range everyPage() { // NAME.title is used by convention
		used[(&view{Page: p}).Heading()] = true
	}
	for _, key := range order {
		if !used[key] {
			t.Errorf("%s is used nowhere", key)
		}
	}
}

func sources(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"*.go", "html/*.html"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				out = append(out, name)
			}
		}
	}
	return out
}

// TestMessagesHoldNoLogic keeps catalogues in the hands of translators: words and placeholders.
func TestMessagesHoldNoLogic(t *testing.T) {
	fine := regexp.MustCompile(`^\{\{\.[A-Z][A-Za-z]*(\.Name)?\}\}$`)
	for _, lang := range shipped() {
		t.Run(lang, func(t *testing.T) {
			all, _ := messages(t, lang)
			for key, m := range all {
				for _, form := range formsOf(m) {
					for _, action := range regexp.MustCompile(`\{\{.*?\}\}`).FindAllString(form, -1) {
						if !fine.MatchString(action) {
							t.Errorf("%s: %s", key, action)
						}
					}
					if form != strings.TrimSpace(form) || strings.Contains(form, "  ") || strings.ContainsAny(form, "<>\n") {
						t.Errorf("%s: stray space or markup in %q", key, form)
					}
					if strings.ContainsFunc(form, func(r rune) bool { return unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' }) {
						t.Errorf("%s: a sign that cannot be seen in %q; the pages set directions apart themselves", key, form)
					}
				}
			}
		})
	}
}

// TestErrorsBlameNobody holds what a patient reads when something did not work to the list of words never used.
func TestErrorsBlameNobody(t *testing.T) {
	banned := regexp.MustCompile(`(?i)\b(in)?valid\w*|\billegal|\bforbidden|\bfail\w*|\boops|\bplease|\byou forgot|\bcredential\w*|\bauthenticat\w*|\btokens?\b|\bsessions?\b|\botp\b|\bmfa\b|\byou entered`)
	bannedAnywhere := regexp.MustCompile(`(?i)\blog[ -]?(in|out|on|off)\b|\blogged\b|\boops\b|\bplease\b`)
	en, _ := messages(t, "en")
	for key, m := range en {
		if strings.Contains(key, ".error.") || strings.Contains(key, ".field.") || strings.Contains(key, ".notice.") || strings.Contains(key, ".reason.") || strings.Contains(key, ".said.") ||
			strings.HasPrefix(key, "trouble.") || strings.HasPrefix(key, "closed.") || strings.HasPrefix(key, "cookies.") || key == "apperror.title" || key == "apperror.lead" || key == "apperror.do" {
			if bad := banned.FindString(m.Other); bad != "" {
				t.Errorf("%s says %q", key, bad)
			}
		}
		if bad := bannedAnywhere.FindString(m.Other); bad != "" {
			t.Errorf("%s says %q", key, bad)
		}
	}
}

// TestWordsOfLanguages: words that no page or letter says in that language: too familiar, too technical, or blaming.
func TestWordsOfLanguages(t *testing.T) {
	banned := map[string]*regexp.Regexp{
		"es":      regexp.MustCompile(`(?i)\b(tú|tu|tus|ti|contigo|puedes|tienes|quieres|inválid\w*|ilegal|prohibid\w*|por favor|credencial\w*|autentic\w*|logu?e\w*)\b`),
		"pt":      regexp.MustCompile(`(?i)\b(tu|teu|tua|contigo|inválid\w*|ilegal|proibid\w*|por favor|credencia\w*|autentica\w*|logar|logue|login)\b`),
		"ht":      regexp.MustCompile(`(?i)\b(envalid|ilegal|tanpri|otantifi\w*|login)\b`),
		"vi":      regexp.MustCompile(`(?i)không hợp lệ|bất hợp pháp|bị cấm|vui lòng|thông tin xác thực`),
		"zh-Hans": regexp.MustCompile(`无效|非法|禁止|凭据|凭证|令牌|你`),
		"ar":      regexp.MustCompile(`غير صالح|غير صحيح|غير قانوني|ممنوع|محظور|فشل|من فضلك|الرجاء|يرجى|بيانات الاعتماد|المصادقة|رمز مميز`),
	}
	translated(t, func(t *testing.T, lang string, _ grammar) {
		if banned[lang] == nil {
			t.Fatal("nobody says which words it must not say")
		}
		for key, m := range first2(messages(t, lang)) {
			for form, text := range formsOf(m) {
				if bad := banned[lang].FindString(text); bad != "" {
					t.Errorf("%s %s says %q", key, form, bad)
				}
			}
		}
	})
}

func first2[A, B any](a A, _ B) A { return a }

// TestTemplatesHoldNoWords: what is left of a template without its actions and tags has no letter.
func TestTemplatesHoldNoWords(t *testing.T) {
	names, err := fs.Glob(pages, "html/*.html")
	if err != nil {
		t.Fatal(err)
	}
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	tag := regexp.MustCompile(`(?s)<[^<>]*>`)
	spoken := regexp.MustCompile(`(?i)\b(alt|title|placeholder|aria-label|aria-description|summary|data-show|data-hide|value)="([^"]*\pL[^"]*)"`)
	letter := regexp.MustCompile(`\pL+`)
	fine := []string{"keep", "other", "allow", "deny", "skip", "accept", "later"} // values of the buttons named choice
	for _, name := range names {
		text, err := pages.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		bare := action.ReplaceAllString(string(text), "")
		for _, m := range spoken.FindAllStringSubmatch(bare, -1) {
			if !slices.Contains(fine, m[2]) {
				t.Errorf("%s: words in an attribute: %s", name, m[0])
			}
		}
		if words := letter.FindAllString(tag.ReplaceAllString(bare, ""), -1); len(words) > 0 {
			t.Errorf("%s: words in the template: %v", name, words)
		}
	}
}
