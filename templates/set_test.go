package templates

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

func newSet(t testing.TB) *Set {
	t.Helper()
	s, err := New(DefaultBrand(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// only is a set of these languages.
func only(t testing.TB, languages ...string) *Set {
	t.Helper()
	s, err := New(DefaultBrand(), languages)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func render(t testing.TB, s *Set, lang string, p Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.Render(&b, Frame{Lang: lang, Path: "/here?a=b&c=d", Reference: "K7M2QX9R"}, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type unknownPage struct{}

func (unknownPage) Template() string { return "unknown" }

type countingWriter struct{ n int }

func (w *countingWriter) Write(p []byte) (int, error) { w.n += len(p); return len(p), nil }

func TestRenderWritesAllOrNothing(t *testing.T) {
	s := newSet(t)
	for name, p := range map[string]Page{
		"no page":         nil,
		"no template":     unknownPage{},
		"no words":        Trouble{Key: "unheard_of"},
		"late missing":    SignIn{Action: "/x", Fields: []Field{{"password", "signin.unheard_of"}}},
		"script":          Leaving{URL: "javascript:alert(1)"},
		"script, spelled": Leaving{URL: "JavaScript:alert(1)"},
		"data":            Leaving{Post: "data:text/html,x"},
		"not absolute":    Leaving{URL: "/callback"},
		"not an address":  Leaving{URL: "java\nscript:alert(1)"},
	} {
		var w countingWriter
		if err := s.Render(&w, Frame{Lang: "en"}, p); err == nil || w.n != 0 {
			t.Errorf("%s: error %v after %d bytes", name, err, w.n)
		}
	}
}

func TestRenderConcurrently(t *testing.T) {
	s := newSet(t)
	want := map[string]string{}
	for _, lang := range []string{"en", "es"} {
		for _, state := range Gallery()[:12] {
			want[lang+state.ID+state.Variant] = render(t, s, lang, state.Page)
		}
	}
	fresh := newSet(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, lang := range []string{"en", "es"} {
				for _, state := range Gallery()[:12] {
					var b bytes.Buffer
					if err := fresh.Render(&b, Frame{Lang: lang, Path: "/here?a=b&c=d", Reference: "K7M2QX9R"}, state.Page); err != nil || b.String() != want[lang+state.ID+state.Variant] {
						t.Errorf("%s %s %s: %v", lang, state.ID, state.Variant, err)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestValuesAreEscaped(t *testing.T) {
	s := newSet(t)
	evil := `"><script>alert(1)</script>{{.}}` + "\uE0000\uE001"
	for _, p := range []Page{
		SignIn{App: App{Name: evil}, Action: "/x", Username: evil, Ticket: evil},
		Consent{App: App{Name: evil}, Host: evil, Action: "/x", Scopes: []ScopeLine{{Name: evil}, {Name: evil + "2", Optional: true}}},
		AppError{ID: evil, ClientID: evil, Got: evil, Name: evil},
		Leaving{App: App{Name: evil}, Post: "https://app.example/", Fields: []Hidden{{evil, evil}}},
		Inbox{Messages: []InboxMessage{{To: evil, Subject: evil, Text: evil}}},
	} {
		if got := render(t, s, "en", p); strings.Contains(got, "<script>alert") {
			t.Errorf("%T: not escaped", p)
		}
	}
	if got := render(t, s, "en", SignIn{Action: "javascript:alert(1)"}); strings.Contains(got, `action="javascript`) {
		t.Error("a form posts to a script")
	}
	got := render(t, s, "en", Leaving{URL: `org.example.app:/back?state="><b>;url=x`})
	if strings.Contains(got, "<b>") || !strings.Contains(got, `content="0;url=org.example.app:/back?state=`) {
		t.Error("the address of a native app is not carried over, or not escaped")
	}
}

func TestNamesAreIsolated(t *testing.T) {
	s := newSet(t)
	got := render(t, s, "es", SignIn{App: App{Name: "سجلات"}, Action: "/x"})
	if !strings.Contains(got, `Inicie sesión para continuar a <bdi class="name">سجلات</bdi>.`) {
		t.Error("the app's name is not isolated")
	}
	if !strings.Contains(got, `<a class="tel" href="tel:18005550100"><bdi dir="ltr">1-800-555-0100</bdi></a>`) {
		t.Error("the phone number is not a link that reads from left to right")
	}
}

func TestLanguageLinks(t *testing.T) {
	s := newSet(t)
	got := render(t, s, "en", Help{})
	if !strings.Contains(got, `<a href="/language?back=%2Fhere%3Fa%3Db%26c%3Dd&amp;to=es" lang="es" hreflang="es"`) {
		t.Error("no link to Spanish")
	}
	var b bytes.Buffer
	if err := s.Render(&b, Frame{Lang: "tlh"}, Help{}); err != nil || !strings.Contains(b.String(), `<html lang="en" dir="ltr">`) || strings.Contains(b.String(), "/language?") {
		t.Errorf("unknown language, no path: %v", err)
	}
}

func TestMatch(t *testing.T) {
	s := only(t, "en", "es")
	long := strings.Repeat("es,", 400)
	for _, c := range []struct {
		choices []string
		want    string
	}{
		{nil, "en"},
		{[]string{"es", "en"}, "es"},
		{[]string{"", "fr es-MX", "en"}, "es"},
		{[]string{"zz-not-a-language!!", "\x00", "es"}, "es"},
		{[]string{"", "", "", "fr-CH, es-419;q=0.9, en;q=0.8"}, "es"},
		{[]string{"ar", "es;q=0, en"}, "en"},
		{[]string{"ar, es;q=0"}, "en"},
		{[]string{"de", "zh"}, "en"},
		{[]string{"en-GB", "es"}, "en"},
		{[]string{long}, "en"},
		{[]string{"es;q=banana", "es"}, "es"},
	} {
		if got := s.Match(c.choices...); got != c.want {
			t.Errorf("%.40q: %s, want %s", c.choices, got, c.want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	change := func(f func(*Brand)) Brand { b := DefaultBrand(); f(&b); return b }
	for name, c := range map[string]struct {
		brand     Brand
		languages []string
		says      string
	}{
		"unknown language":  {DefaultBrand(), []string{"en", "tlh"}, `"tlh" is not shipped`},
		"a path":            {DefaultBrand(), []string{"../en"}, "../en"},
		"language twice":    {DefaultBrand(), []string{"en", "en"}, "twice"},
		"pale accent":       {change(func(b *Brand) { b.Accent = "#3399ff" }), nil, "the nearest that passes is #"},
		"no colour":         {change(func(b *Brand) { b.Accent = "blue" }), nil, "#rrggbb"},
		"no name":           {change(func(b *Brand) { b.Name = " " }), nil, "Name is empty"},
		"no phone":          {change(func(b *Brand) { b.Phone = "call" }), nil, "no digits"},
		"no hours":          {change(func(b *Brand) { b.Test = false }), nil, `Hours has no text for "en"`},
		"hours in one only": {change(func(b *Brand) { b.Hours = map[string]string{"en": "8 to 6"} }), nil, `Hours has no text for "es"`},
		"privacy by script": {change(func(b *Brand) { b.Privacy = "javascript:x" }), nil, "Privacy"},
		"logo by script": {change(func(b *Brand) {
			b.Logo = []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>`)
		}), nil, "script"},
		"logo with handler": {change(func(b *Brand) { b.Logo = []byte(`<svg onload="x"></svg>`) }), nil, "onload"},
		"logo from afar": {change(func(b *Brand) {
			b.Logo = []byte(`<svg><use href="https://x.example/y.svg#z"/></svg>`)
		}), nil, "outside"},
		"logo is text": {change(func(b *Brand) { b.Logo = []byte("hello") }), nil, "neither PNG nor SVG"},
	} {
		if _, err := New(c.brand, c.languages); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	both := change(func(b *Brand) { b.Name, b.Accent = "", "#eeeeee" })
	if _, err := New(both, nil); err == nil || !strings.Contains(err.Error(), "Name") || !strings.Contains(err.Error(), "Accent") {
		t.Errorf("not all faults at once: %v", err)
	}
}

func TestTheNamedAccentPasses(t *testing.T) {
	for _, pale := range []string{"#3399ff", "#ffffff", "#ffff00", "#ff8800", "#777777"} {
		err := checkAccent(pale)
		if err == nil {
			t.Errorf("%s passes", pale)
			continue
		}
		named := regexp.MustCompile(`passes is (#[0-9a-f]{6})`).FindStringSubmatch(err.Error())
		if named == nil || checkAccent(named[1]) != nil {
			t.Errorf("%s: what it names does not pass: %v", pale, err)
		}
	}
	if got := contrast(black, white); got < 20.99 || got > 21.01 {
		t.Errorf("black on white is %.2f", got)
	}
	if got := contrast(rgb{0x76, 0x76, 0x76}, white); got < 4.53 || got > 4.55 {
		t.Errorf("#767676 on white is %.2f", got)
	}
}

// TestBrandTokensCanBeRead: every colour that follows from an accent keeps its contrast, in both schemes.
func TestBrandTokensCanBeRead(t *testing.T) {
	for _, accent := range []string{"#0f5f8c", "#000000", "#b00020", "#00695c", "#5b21b6", "#767676"} {
		b := DefaultBrand()
		b.Accent = accent
		schemes := strings.Split(b.css(), "@media")
		for i, card := range []rgb{white, night} {
			token := func(name string) rgb {
				c, err := parseHex(expand(regexp.MustCompile(name + `:(#[0-9a-f]+)`).FindStringSubmatch(schemes[i])[1]))
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
			main, deep, soft, on := token("--gh-accent"), token("--gh-accent-deep"), token("--gh-accent-soft"), token("--gh-on-accent")
			for what, got := range map[string]float64{"link on card": contrast(main, card), "link on soft": contrast(deep, soft), "button": contrast(on, main), "button pressed": contrast(on, deep)} {
				if got < leastContrast {
					t.Errorf("%s, scheme %d: %s is %.2f:1", accent, i, what, got)
				}
			}
		}
	}
}

func expand(hex string) string {
	if len(hex) == 4 {
		return string([]byte{'#', hex[1], hex[1], hex[2], hex[2], hex[3], hex[3]})
	}
	return hex
}

func TestLogo(t *testing.T) {
	b := DefaultBrand()
	b.Logo = []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path fill="url(#a)" d="M0 0"/></svg>`)
	s, err := New(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := render(t, s, "en", Help{}); !regexp.MustCompile(`<img class="logo" src="/static/logo\.[0-9a-f]{8}\.svg" alt="">`).MatchString(got) {
		t.Error("no logo")
	}
}

func TestText(t *testing.T) {
	s := newSet(t)
	for _, c := range []struct {
		lang, key, want string
		data            map[string]any
	}{
		{"en", "signin.notice.idle", "You were away for 1 minute, so we signed you out. This keeps your account safe.", map[string]any{"Minutes": 1}},
		{"es", "signin.notice.idle", "Pasaron 15 minutos sin actividad y cerramos su sesión. Así protegemos su cuenta.", map[string]any{"Minutes": 15}},
		{"en", "signin.why.again", "Records asks you to confirm it is you.", map[string]any{"App": App{Name: "Records"}}},
		{"tlh", "signin.title", "Sign in", nil},
		{"en", "no.such.key", "no.such.key", nil},
		{"en", "signin.notice.idle", "signin.notice.idle", nil},
	} {
		if got := s.Text(c.lang, c.key, c.data); got != c.want {
			t.Errorf("%s %s: %q", c.lang, c.key, got)
		}
	}
	if !s.Has("signin.title") || s.Has("signin.nothing") {
		t.Error("Has")
	}
}

func TestMoments(t *testing.T) {
	s := newSet(t)
	boston := time.FixedZone("EST", -5*3600)
	for at, want := range map[time.Time][2]string{
		time.Date(2026, 11, 22, 0, 5, 0, 0, boston):   {"November 22, 2026, 12:05 AM EST", "22 de noviembre de 2026, 12:05 a. m. EST"},
		time.Date(2026, 11, 22, 15, 45, 0, 0, boston): {"November 22, 2026, 3:45 PM EST", "22 de noviembre de 2026, 3:45 p. m. EST"},
	} {
		for i, lang := range []string{"en", "es"} {
			got := render(t, s, lang, Trouble{Key: "closed_for_work", Until: at})
			if !strings.Contains(got, `<time datetime="`+at.UTC().Format(time.RFC3339)+`">`+want[i]+`</time>`) {
				t.Errorf("%s: no %s", lang, want[i])
			}
		}
	}
}

func TestTroubleHasThreeWaysOut(t *testing.T) {
	s := newSet(t)
	got := render(t, s, "en", Trouble{Key: "broken", App: App{Name: "Pocket", Return: "org.example.pocket:/x"}, Again: "/again"})
	for _, want := range []string{`href="org.example.pocket:/x">Back to <bdi class="name">Pocket</bdi>`, `href="/again"`, "You can call us at", "K7M2QX9R"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
	// The page of last resort comes out whatever an app has registered.
	if got := render(t, s, "en", Trouble{Key: "broken", App: App{Name: "Pocket", Return: "javascript:x"}}); strings.Contains(got, "javascript") {
		t.Error("a way back by script")
	}
}

func TestAssets(t *testing.T) {
	s := newSet(t)
	assets := s.Assets()
	name := regexp.MustCompile(`^[a-z]+\.[0-9a-f]{8}\.(css|js|svg)$`)
	for key, a := range assets {
		if !name.MatchString(a.Name) || (key != a.Name && key != "favicon") || a.ContentType == "" || len(a.Body) == 0 {
			t.Errorf("%s: %+v", key, a.Name)
		}
		if a.Gzip == nil {
			continue
		}
		r, err := gzip.NewReader(bytes.NewReader(a.Gzip))
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(r); err != nil || !bytes.Equal(body, a.Body) {
			t.Errorf("%s: packed and unpacked differ: %v", key, err)
		}
	}
	for _, link := range regexp.MustCompile(`"/static/([^"]+)"`).FindAllStringSubmatch(render(t, s, "en", SignIn{Action: "/x"})+render(t, s, "en", Leaving{Post: "https://x.example/"}), -1) {
		if _, ok := assets[link[1]]; !ok {
			t.Errorf("a page loads %s, which is not there", link[1])
		}
	}
	blue, err := New(func() Brand { b := DefaultBrand(); b.Accent = "#5b21b6"; return b }(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if blue.paths["brand.css"] == s.paths["brand.css"] || blue.paths["app.css"] != s.paths["app.css"] {
		t.Error("the name does not follow the content")
	}
	if assets["favicon"].ContentType != "image/svg+xml" || !bytes.Contains(assets["favicon"].Body, []byte(DefaultBrand().Accent)) {
		t.Error("the icon is not in the brand's colour")
	}
}

func TestStyleSheet(t *testing.T) {
	body, err := static.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	css := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(string(body), "")
	for _, bad := range []string{
		`[^-\w](left|right|top|bottom)\s*:`, `(margin|padding|border)-(left|right|top|bottom)`, `border-(top|bottom)-(left|right)`, `text-align:\s*(left|right)`, `float:`,
		`[^-\w](width|height|min-width|max-width|min-height|max-height)\s*:\s*[^)]*;`, `(padding|margin):\s*[^\s;]+ [^\s;]+ [^\s;]+ [^\s;]+;`, `!important[^}]*}\s*\.`, `url\(`, `@import`, `outline:\s*(0|none)`,
	} {
		for _, found := range regexp.MustCompile(bad).FindAllString(css, -1) {
			if !strings.Contains(css, "main:focus { outline: none; }") || strings.TrimSpace(found) != "outline: none" {
				t.Errorf("%s: %s", bad, strings.TrimSpace(found))
			}
		}
	}
	for _, want := range []string{"@layer reset, tokens, base, parts, util, print;", "color-scheme: light dark", "prefers-color-scheme: dark", "forced-colors: active", "prefers-reduced-motion", ":focus-visible { outline: 3px solid", "font-size: 112.5%", "65ch", "@media print", "44px"} {
		if !strings.Contains(css, want) {
			t.Errorf("no %q", want)
		}
	}
	if n := len(pack(newPacker(), body)); n > 9000 {
		t.Errorf("%d bytes packed", n)
	}
	dark, err := parseHex(regexp.MustCompile(`(?s)color-scheme: dark.*?--gh-card: (#[0-9a-f]{6})`).FindStringSubmatch(css)[1])
	if err != nil || dark != night {
		t.Errorf("the dark card is %v, color.go says %v", dark, night)
	}
}

// TestStyleSheetContrast: text on what it stands on, in both schemes.
func TestStyleSheetContrast(t *testing.T) {
	body, err := static.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(body), "prefers-color-scheme: dark")
	for scheme, css := range map[string]string{"light": light, "dark": dark} {
		token := func(name string) rgb {
			c, err := parseHex(regexp.MustCompile("--gh-" + name + `: (#[0-9a-f]{6})`).FindStringSubmatch(css)[1])
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		for _, pair := range []struct {
			text, ground string
			least        float64
		}{
			{"text", "card", 7}, {"text", "page", 7}, {"soft", "card", 4.5}, {"soft", "page", 4.5}, {"fault", "card", 4.5}, {"fault", "fault-soft", 4.5},
			{"test-text", "test", 4.5}, {"edge", "field", 3}, {"edge", "card", 3}, {"focus", "card", 3}, {"focus", "page", 3},
		} {
			if got := contrast(token(pair.text), token(pair.ground)); got < pair.least {
				t.Errorf("%s: %s on %s is %.2f:1", scheme, pair.text, pair.ground, got)
			}
		}
	}
}

func TestScripts(t *testing.T) {
	total := 0
	for _, name := range []string{"password.js", "once.js", "post.js", "code.js", "sheet.js", "passkey.js", "fragment.js"} {
		body, err := static.ReadFile("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		total += len(pack(newPacker(), body))
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", ".style", "import ", "export "} {
			if bytes.Contains(body, []byte(bad)) {
				t.Errorf("%s uses %s", name, bad)
			}
		}
	}
	if total > 5000 {
		t.Errorf("%d bytes packed", total)
	}
	for name, want := range map[string]string{"password.js": `"submit"`, "once.js": `"pageshow"`, "post.js": "HTMLFormElement.prototype.submit"} {
		if body, _ := static.ReadFile("static/" + name); !bytes.Contains(body, []byte(want)) {
			t.Errorf("%s: no %s", name, want)
		}
	}
}

var errFull = errors.New("full")

type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, errFull }

func TestRenderReportsTheWriter(t *testing.T) {
	if err := newSet(t).Render(fullWriter{}, Frame{}, Help{}); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

func BenchmarkRender(b *testing.B) {
	s := newSet(b)
	p := Gallery()[0].Page
	for b.Loop() {
		if err := s.Render(io.Discard, Frame{Lang: "es", Path: "/signin"}, p); err != nil {
			b.Fatal(err)
		}
	}
}
