package templates

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

func markup(t *testing.T, s *Set, p Page) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(render(t, s, "en", p)))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// TestFieldsOfWaysKeepTheirNames: browsers, managers and phones fill these in by what they are called.
func TestFieldsOfWaysKeepTheirNames(t *testing.T) {
	s := newSet(t)
	const oneTime = `id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" autocapitalize="none" spellcheck="false"`
	for _, c := range []struct {
		page Page
		want string
	}{
		{CodeEntry{Action: "/x", Kind: "text"}, oneTime},
		{CodeEntry{Action: "/x", Kind: "email"}, oneTime},
		{CodeEntry{Action: "/x", Kind: "voice"}, oneTime},
		{CodeEntry{Action: "/x", Kind: "totp"}, oneTime},
		{AddApp{Action: "/x", QR: galleryQR()}, oneTime},
		{CodeEntry{Action: "/x", Kind: "recovery"}, `id="code" name="code" type="text" autocomplete="off" autocapitalize="characters"`},
		{CodeEntry{Action: "/x", Kind: "text", Remember: 30}, `<input type="checkbox" id="remember" name="remember" aria-describedby="remember-hint">`},
		{AddAddress{Action: "/x", Kind: "text"}, `<input id="phone" name="phone" type="tel" autocomplete="tel"`},
		{AddAddress{Action: "/x", Kind: "text"}, `<input type="checkbox" id="voice" name="voice" aria-describedby="voice-hint">`},
		{AddAddress{Action: "/x", Kind: "email"}, `<input id="email" name="email" type="email" autocomplete="email"`},
		{ChangePassword{Action: "/x", MinLength: 15}, `id="current-password" name="password" type="password" autocomplete="current-password"`},
		{ChangePassword{Action: "/x", MinLength: 15}, `id="new-password" name="new_password" type="password" autocomplete="new-password"`},
		{ChangePassword{Action: "/x", MinLength: 15, Username: "maria"}, `type="text" autocomplete="username" value="maria" readonly hidden`},
		{RenameWay{Action: "/x", Line: HeldLine{Kind: "totp"}}, `<input id="name" name="name" type="text" autocomplete="off"`},
		{SignIn{Action: "/x", Passkey: "{}", Respond: "/y"}, `action="/y" data-passkey="autofill" data-options="{}"`},
		{SignIn{Action: "/x", Passkey: "{}", Respond: "/y", Fixed: true}, `action="/y" data-passkey="get" data-options="{}"`},
		{UsePasskey{Action: "/x", Options: `{"a":"b"}`}, `data-passkey="get" data-options="{&#34;a&#34;:&#34;b&#34;}"`},
		{AddPasskey{Action: "/x", Options: "{}"}, `data-passkey="create" data-options="{}"`},
		{WaysToSignIn{Action: "/x", Signal: "{}"}, `data-passkey-signal="signalAllAcceptedCredentials" data-options="{}"`},
		{SignIn{Action: "/x", Signal: "{}"}, `data-passkey-signal="signalUnknownCredential" data-options="{}"`},
		{WaysToSignIn{Action: "/x"}, `<button class="button quiet small" type="submit" name="add" value="passkey">`},
	} {
		if got := render(t, s, "en", c.page); !strings.Contains(got, c.want) {
			t.Errorf("%T: no %s", c.page, c.want)
		}
	}
}

// TestOneFieldForACode: six boxes for six digits are a wall for whoever pastes, speaks or listens.
func TestOneFieldForACode(t *testing.T) {
	eachState(t, func(t *testing.T, _ string, state State, _ string, root *html.Node) {
		p, ok := state.Page.(CodeEntry)
		if !ok {
			return
		}
		fields := 0
		for _, n := range elements(root, "input") {
			if attr(n, "type") == "text" {
				fields++
			}
			if attr(n, "type") == "checkbox" && strings.Contains(attrNames(n), "checked") {
				t.Error("a box that is ticked from the start (C-14)")
			}
		}
		if want := map[bool]int{true: 0, false: 1}[p.paused()]; fields != want {
			t.Errorf("%d fields, want %d", fields, want)
		}
	})
}

// TestWrongAndOldReadAlike is C-07: the page for a code that is wrong and for one that has run out is the same.
func TestWrongAndOldReadAlike(t *testing.T) {
	s := newSet(t)
	p := CodeEntry{Action: "/x", Kind: "text", Masked: "•••34", Error: "code.error.wrong"}
	byField := p
	byField.Error, byField.Fields = "", []Field{{"code", "code.error.wrong"}}
	if render(t, s, "en", p) != render(t, s, "en", byField) {
		t.Error("said of the form and said of the field differ")
	}
	p.Left = 2
	if got := render(t, s, "en", p); !strings.Contains(got, "You have 2 more tries.") || !strings.Contains(got, `aria-describedby="code-fault code-left"`) {
		t.Error("two tries are left, and the page or the field does not say so")
	}
	p.Left = 1
	if got := render(t, s, "es", p); !strings.Contains(got, "Le queda 1 intento.") {
		t.Error("one try is left, and the page does not say so")
	}
}

// TestTimeIsTold is C-16: in words without a script, and by the seconds that are left for the script.
func TestTimeIsTold(t *testing.T) {
	s := newSet(t)
	now := galleryMoment()
	for _, c := range []struct {
		ends time.Time
		want string
	}{{now.Add(90 * time.Second), `data-seconds="90"`}, {time.Time{}, `data-seconds="600"`}, {now.Add(-time.Hour), ""}} {
		got := render(t, s, "en", CodeEntry{Action: "/x", Kind: "text", Minutes: 10, Now: now, Ends: c.ends})
		if !strings.Contains(got, "It works for 10 minutes.") || !strings.Contains(got, c.want) || c.want == "" && strings.Contains(got, "data-seconds") {
			t.Errorf("ends %v: no %s", c.ends, c.want)
		}
	}
	if got := render(t, s, "en", CodeEntry{Action: "/x", Kind: "totp"}); strings.Contains(got, "data-seconds") || strings.Contains(got, "code.") && strings.Contains(got, "/static/code.") {
		t.Error("a code that was not sent has a time")
	}
}

// TestOnlyDrawingsOfOursGetIn holds the one place where markup comes from outside the templates.
func TestOnlyDrawingsOfOursGetIn(t *testing.T) {
	s := newSet(t)
	if got := render(t, s, "en", AddApp{Action: "/x", QR: galleryQR()}); !strings.Contains(got, `<svg xmlns="http://www.w3.org/2000/svg" class="qr"`) {
		t.Error("our own drawing is not on the page")
	}
	for _, bad := range []string{
		"", "QR", `<svg ></svg><p></p>`, `<svg x="1"></svg>`, `<svg ><svg ></svg></svg>`, `<svg ><!-- x --></svg>`, `<svg xlink:width="1"></svg>`, `<svg ></svg>` + "\n", `<svgx ></svgx>`, `<img src=x>`, ` <svg></svg>`, `<svg ><script>alert(1)</script></svg>`, `<svg onload="alert(1)"></svg>`, `<svg ><style>*{}</style></svg>`,
		`<svg style="x"></svg>`, `<svg ><a href="#x"></a></svg>`, `<svg ><use href="#x"/></svg>`, `<svg ><use xlink:HREF="#x"/></svg>`, `<svg >`, `<svg ></svg><script>alert(1)</script>`,
		`<svg ></svg><svg></svg>`, `<svg ><foreignObject/></svg>`, `<svg ><image/></svg>`, `<svg ><rect fill="url(https://x.example)"/></svg>`, `<svg ><!DOCTYPE x></svg>`,
		`<svg /><p>`, `<svg ></svg>text`,
	} {
		var w countingWriter
		if err := s.Render(&w, Frame{Lang: "en"}, AddApp{Action: "/x", QR: bad}); err == nil || w.n != 0 {
			t.Errorf("%q got in", bad)
		}
	}
	for _, bad := range []string{"javascript:alert(1)", "https://x.example/", "otpauth:", "otpauth://hotp/x"} {
		if err := s.Render(&countingWriter{}, Frame{}, AddApp{Action: "/x", QR: galleryQR(), URI: bad}); err == nil {
			t.Errorf("%q is a link", bad)
		}
	}
}

// TestWaysAreEscaped: names and addresses are what a person or a device maker typed.
func TestWaysAreEscaped(t *testing.T) {
	s := newSet(t)
	evil := `"><script>alert(1)</script>{{.}}` + "\uE0000\uE001"
	line := HeldLine{ID: evil, Kind: "passkey", Name: evil, Provider: evil, Masked: evil, Rename: "javascript:alert(1)", Remove: "javascript:alert(1)"}
	for _, p := range []Page{
		Ways{App: App{Name: evil}, Why: "ways.why.stepup", Action: "/x", Ways: []WayLine{{Value: evil, Kind: "text", Masked: evil}}},
		CodeEntry{Action: "/x", Kind: "text", Masked: evil, Notice: "code.notice.unreached"},
		LostWay{Again: "/x", Ways: []WayLine{{Value: evil, Kind: "email", Masked: evil}}},
		UsePasskey{Action: "/x", Options: evil, Masked: evil, Signal: evil},
		AddPasskey{Action: "/x", Options: evil},
		AddAddress{Action: "/x", Kind: "email", Value: evil},
		AddApp{Action: "/x", QR: galleryQR(), Key: evil, Name: evil, URI: `otpauth://totp/"><script>alert(1)</script>`},
		SaveCodes{Action: "/x", Codes: []string{evil}},
		WaysToSignIn{Username: evil, Action: "/x", Lines: []HeldLine{line}, Signal: evil},
		RenameWay{Line: line, Action: "/x", Value: evil, Back: "javascript:alert(1)"},
		RemoveWay{Line: line, Stays: []HeldLine{line}, Action: "/x"},
		ChangePassword{Username: evil, Action: "/x", MinLength: 15},
		SignIn{Action: "/x", Passkey: evil, Respond: "/y", Address: evil, Signal: evil},
	} {
		if got := render(t, s, "en", p); strings.Contains(got, "<script>alert") || strings.Contains(got, `="javascript:`) {
			t.Errorf("%T: not escaped", p)
		}
	}
}

// TestWaysToSignInInOrder is Y-02: the safest first, one way to add each, and nothing to add beside the password.
func TestWaysToSignInInOrder(t *testing.T) {
	s := newSet(t)
	root := markup(t, s, WaysToSignIn{Action: "/x", Phone: true, Lines: []HeldLine{{Kind: "password"}, {Kind: "recovery", Left: 10, Total: 10, Change: "/new"}, {Kind: "voice", Masked: "•••71"}}})
	var got, adds []string
	for _, n := range elements(root, "h2") {
		got = append(got, textOf(n))
	}
	for _, n := range elements(root, "button") {
		adds = append(adds, attr(n, "value"))
	}
	if want := []string{"Passkeys", "Authenticator app", "Phone", "Email", "Recovery codes", "Password"}; !slices.Equal(got, want) {
		t.Errorf("order %v", got)
	}
	if want := []string{"passkey", "totp", "text", "email"}; !slices.Equal(adds, want) {
		t.Errorf("adds %v", adds)
	}
	if sheet := elements(root, "li")[1]; textOf(elements(sheet, "a")[0]) != "Make new codes" {
		t.Errorf("the sheet offers %q", textOf(elements(sheet, "a")[0]))
	}
	if got := textOf(elements(markup(t, s, WaysToSignIn{Action: "/x"}), "main")[0]); strings.Contains(got, "Add a phone") {
		t.Error("a phone is offered where none can be added")
	}
}

// TestTheLastWayIsWarnedOf is Y-02, and K-08: the last one has no button that removes it.
func TestTheLastWayIsWarnedOf(t *testing.T) {
	s := newSet(t)
	warning := "You have one way only"
	two := WaysToSignIn{Action: "/x", Lines: []HeldLine{{Kind: "password"}, {Kind: "text"}, {Kind: "email"}}}
	one := WaysToSignIn{Action: "/x", Lines: []HeldLine{{Kind: "password"}, {Kind: "text", Last: true}}}
	if strings.Contains(render(t, s, "en", two), warning) || !strings.Contains(render(t, s, "en", one), warning) {
		t.Error("warned of two, or not of one")
	}
	for _, why := range []string{"last", "onlyproof", "gone"} {
		root := markup(t, s, RemoveWay{Action: "/x", Line: HeldLine{Kind: "totp"}, Back: "/ways", Error: "removeway.error." + why})
		if forms := elements(root, "form"); len(forms) > 0 {
			t.Errorf("%s: it can be removed", why)
		}
	}
	if forms := elements(markup(t, s, RemoveWay{Action: "/x", Line: HeldLine{Kind: "totp"}, Back: "/ways"}), "form"); len(forms) != 1 {
		t.Error("it cannot be removed")
	}
}

// TestOneWayIsChosenFromTheStart is C-01.
func TestOneWayIsChosenFromTheStart(t *testing.T) {
	s := newSet(t)
	lines := []WayLine{{Value: "a", Kind: "totp"}, {Value: "b", Kind: "email"}}
	second := []WayLine{{Value: "a", Kind: "totp"}, {Value: "b", Kind: "email", Chosen: true}}
	checked := regexp.MustCompile(`value="(\w)" aria-describedby="[^"]*" checked`)
	for _, c := range []struct {
		page Page
		want string
	}{{Ways{Action: "/x", Ways: lines}, "a"}, {Ways{Action: "/x", Ways: second}, "b"}, {LostWay{Again: "/x", Ways: lines}, "a"}} {
		if got := checked.FindAllStringSubmatch(render(t, s, "en", c.page), -1); len(got) != 1 || got[0][1] != c.want {
			t.Errorf("%T: chosen %v, want %s", c.page, got, c.want)
		}
	}
	if lines[0].Chosen {
		t.Error("the page's own list was changed")
	}
}

// TestEveryPasskeyPageWorksWithoutOne is S-07 and S-08: where passkeys cannot be used the page says so and has another way.
func TestEveryPasskeyPageWorksWithoutOne(t *testing.T) {
	eachState(t, func(t *testing.T, _ string, state State, text string, root *html.Node) {
		forms := 0
		for _, n := range elements(root, "form") {
			if attr(n, "data-passkey") != "" {
				forms++
			}
		}
		if forms == 0 {
			return
		}
		if len(elements(root, "noscript")) != 1 || !strings.Contains(text, `data-passkey-said="unsupported"`) || !strings.Contains(text, "/static/passkey.") {
			t.Error("no word for who cannot use passkeys, or no script for who can")
		}
		for _, n := range elements(root, "button") {
			if strings.Contains(attrNames(n), "data-passkey-button") && !strings.Contains(attrNames(n), "hidden") {
				t.Error("a button that does nothing without its script")
			}
		}
	})
}

// TestNoticeThatMustBeRead: a page that stays has no refresh and no script that sends it.
func TestNoticeThatMustBeRead(t *testing.T) {
	s := newSet(t)
	p := Leaving{URL: "https://x.example/", Notice: "leaving.notice.recovery", Left: 1, Stay: true}
	if got := render(t, s, "en", p); strings.Contains(got, "http-equiv") || !strings.Contains(got, "You have 1 code left.") {
		t.Error("it leaves, or does not say how many are left")
	}
	p.URL, p.Post = "", "https://x.example/"
	if got := render(t, s, "en", p); strings.Contains(got, "/static/post.") {
		t.Error("it sends itself")
	}
}
