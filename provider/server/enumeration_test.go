package server_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/keys"
	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/audit"
	"gatehouse/provider/factor/lookup"
	"gatehouse/provider/factor/totp"
	"gatehouse/provider/limit"
	"gatehouse/provider/server"
)

// Who types a name must not learn whether anybody has it, nor how that account fares. enumerable is what is asked of each form of
// the house; a form without a line fails TestNoFormTells.
type enumerable struct {
	why   string   // it has nothing to tell, since …
	kinds []string // that are compared, the first with all others; none: everyKind
	tries int      // how often in a row for each; 0: once
	// fill returns what sends the form for a kind, the nth time. What it returns is called in turn for all kinds.
	fill func(e *enumeration, kind string) func(try int) []*page
}

// enumeration is a house with accounts of every kind, whose clock stands still: equal answers are equal to the byte.
type enumeration struct {
	*house
	app      *app
	accounts map[string]provider.Account
}

// everyKind are the kinds of names, as e-mail addresses of one length. Nobody has the first.
func everyKind() []string {
	return []string{"xnobody", "xactive", "xlocked", "xclosed", "xpaused", "xowings", "xinvite", "xpassky", "xfamily"}
}

// standings are those kinds that have a password, and may be told apart only by who has shown everything.
func standings() []string { return []string{"xactive", "xlocked", "xclosed", "xpaused"} }

func mailOf(kind string) string { return kind + "@example.org" }

// phoneOf is the telephone of a kind, which the accounts of the kind have, and nobody else.
func phoneOf(kind string) string {
	return fmt.Sprintf("+1617555%02d43", 20+slices.Index(everyKind(), kind))
}

// reachedBy gives somebody the addresses of a kind.
func reachedBy(kind string) func(*provider.Account, *provider.Authenticator) {
	return func(a *provider.Account, _ *provider.Authenticator) {
		for i, id := range a.Identifiers {
			to := map[provider.IdentifierKind]string{provider.Email: mailOf(kind), provider.Phone: phoneOf(kind)}[id.Kind]
			if to != "" {
				a.Identifiers[i].Value, a.Identifiers[i].Canonical = to, to
			}
		}
	}
}

func newEnumeration(t *testing.T, at time.Time, change ...func(*server.Config)) *enumeration {
	e := &enumeration{house: newHouse(t, append(change, still(at))...), accounts: map[string]provider.Account{}}
	e.app = e.App("records")
	for _, kind := range []string{"xactive", "xlocked", "xclosed", "xpaused", "xowings"} {
		e.accounts[kind] = e.Person(kind, reachedBy(kind))
	}
	e.Owe(e.accounts["xowings"].ID, "leaked")
	e.Person("xpassky", reachedBy("xpassky"), func(_ *provider.Account, secret *provider.Authenticator) { secret.Kind = provider.Passkey })
	for _, owner := range []string{"mother", "father"} {
		e.Person(owner, reachedBy("xfamily"))
	}
	e.invites(mailOf("xinvite"))
	return e
}

// still lets the clock of a house stand still at a time, but for what Passes adds.
func still(at time.Time) func(*server.Config) {
	return func(c *server.Config) {
		moving := c.Now
		c.Now = func() time.Time { return moving().Add(-time.Since(at)).Round(time.Second) }
	}
}

// soon is now, to the second.
func soon() time.Time { return time.Now().Round(time.Second) }

// invites sends an invitation of which nobody has made an account yet.
func (e *enumeration) invites(mail string) {
	now := e.now().Truncate(time.Microsecond)
	a := provider.Activation{
		ID: provider.NewID(), CodeHash: e.Keyset.HashSecret(provider.NewSecret()), Record: "MRN-1", Relation: provider.Self,
		Contact: provider.ActivationContact{Name: "Ana Ruiz", Email: mail}, IssuedAt: now, ExpiresAt: now.Add(90 * 24 * time.Hour),
	}
	must(e.t, e.Store.IssueActivations(e.t.Context(), []provider.Issue{{Activation: a, Event: audit.ActivationIssued(now, a, audit.Operator)}}))
}

// settle gives the accounts the status that their kind says.
func (e *enumeration) settle() {
	for kind, status := range map[string]provider.AccountStatus{"xlocked": provider.Locked, "xclosed": provider.Closed, "xpaused": provider.Paused} {
		e.SetStatus(e.accounts[kind].ID, status)
	}
}

// enumerables are all forms, each with what is asked of it.
func enumerables() map[string]enumerable {
	const proven = "it goes on with an account whose password or passkey was shown"
	const matched = "it goes on with an invitation whose facts were shown, and names nobody"
	const signedIn = "it is for who is signed in, and names nobody else"
	return map[string]enumerable{
		"POST /signin/{id}/password": {tries: 13, fill: fillPassword},
		"POST /signin/{id}/text":     {kinds: standings(), tries: 12, fill: fillCode(provider.TextCode, "/text")},
		"POST /signin/{id}/email":    {kinds: standings(), tries: 12, fill: fillCode(provider.EmailCode, "/email")},
		"POST /signin/{id}/totp":     {kinds: standings(), tries: 12, fill: fillCode(provider.TOTP, "/totp")},
		"POST /signin/{id}/recovery": {kinds: standings(), tries: 12, fill: fillCode(provider.RecoveryCode, "/recovery")},
		"POST /signin/{id}/passkey":  {kinds: standings(), tries: 3, fill: fillPasskey},
		"POST /signin/{id}/address":  {tries: 7, fill: fillAddress},
		"POST /signin/{id}/wait":     {kinds: standings(), tries: 2, fill: fillWait},
		"POST /way-in/{link}":        {tries: 2, fill: fillLink("/way-in/", "way-in")},
		"POST /recovery/stop/{link}": {tries: 2, fill: fillLink("/recovery/stop/", "recovery-stop")},

		"POST /forgot":             {why: "it takes what was forgotten, and no name"},
		"POST /forgot/password":    {tries: 7, fill: fillForgotPassword},
		"POST /forgot/username":    {tries: 14, fill: fillForgotName},
		"POST /forgot/{id}":        {tries: 14, fill: fillForgotCode},
		"POST /forgot/{id}/resend": {tries: 7, fill: fillForgotAgain},

		"POST /activate/code":       {kinds: codeKinds(), tries: 2, fill: fillActivationCode},
		"POST /activate/{id}/facts": {kinds: codeKinds(), tries: 8, fill: fillFacts},
		"POST /activate/{id}/email": {tries: 3, fill: fillNewAddress("/email", "email", mailOf)},
		"POST /activate/{id}/text":  {tries: 3, fill: fillNewAddress("/text", "phone", phoneOf)},

		"POST /account/trusted/add":      {why: "it sends a code to whoever was named, with the same answer for all"},
		"POST /account/trusted/{id}/end": {why: signedIn},
		"POST /account/close":            {why: signedIn},
		"POST /account/close/keep":       {why: signedIn},
		"POST /account/data/page":        {why: signedIn},
		"POST /account/data/file":        {why: signedIn},

		"POST /activate/{id}/have":       {why: matched},
		"POST /activate/{id}/join":       {why: matched},
		"POST /activate/{id}/check-code": {why: "it takes a code that was sent to whom this person named"},
		"POST /activate/{id}/resend":     {why: matched},
		"POST /activate/{id}/call":       {why: matched},
		"POST /activate/{id}/other":      {why: matched},
		"POST /activate/{id}/alone":      {why: matched},
		"POST /activate/{id}/password":   {why: matched},
		"POST /activate/{id}/passkey":    {why: matched},
		"POST /activate/{id}/renew":      {why: matched},
		"POST /activate/{id}/change":     {why: matched},
		"POST /activate/{id}/finish":     {why: matched},
		"POST /activate/{id}/name":       {why: "a username that is taken must be called taken: to who has shown a code and its facts, thirty times a day"},

		"POST /signin/{id}/switch":       {why: "it forgets the account of the ceremony, whoever that is"},
		"POST /signin/{id}/choose":       {why: "it takes yes or no from who is signed in"},
		"POST /signin/{id}/consent":      {why: proven},
		"POST /signin/{id}/new-password": {why: proven},
		"POST /signin/{id}/way":          {why: proven},
		"POST /signin/{id}/other":        {why: proven},
		"POST /signin/{id}/resend":       {why: proven},
		"POST /signin/{id}/call":         {why: proven},
		"POST /signin/{id}/regain":       {why: proven},
		"POST /signin/{id}/regained":     {why: proven},
		"POST /signin/{id}/terms":        {why: proven},
		"POST /logout/confirm":           {why: "it ends the session of this browser, or none"},

		"POST /account/ways":             {why: signedIn},
		"POST /account/ways/{id}/rename": {why: signedIn},
		"POST /account/ways/{id}/remove": {why: signedIn},
		"POST /account/password":         {why: signedIn},
		"POST /account/session":          {why: signedIn},
		"POST /account/devices/end":      {why: signedIn},
		"POST /account/devices/others":   {why: signedIn},
		"POST /account/devices/forget":   {why: signedIn},
		"POST /account/apps/{id}/stop":   {why: signedIn},
		"POST /account/not-me":           {why: signedIn},

		"POST /account/contacts/{id}/first":  {why: signedIn},
		"POST /account/contacts/{id}/remove": {why: signedIn},
		"POST /account/choices":              {why: signedIn},
		"POST /account/username":             {why: "a username that is taken must be called taken: to who has just shown all that they can, thirty times a day"},
	}
}

// TestNoFormTells: at equal counters the answers of each form are equal for every kind of name: status, headers, cookies and bytes,
// but for the echo of what was typed, the ticket, the ceremony and the reference. So are the pause and what comes with it.
func TestNoFormTells(t *testing.T) {
	t.Parallel()
	lines := enumerables()
	for _, pattern := range newHouse(t).House.Forms() {
		if _, ok := lines[pattern]; !ok {
			t.Errorf("%s: nobody looked whether it tells who has an account; give it a line", pattern)
		}
		line := lines[pattern]
		delete(lines, pattern)
		if line.fill == nil {
			if line.why == "" {
				t.Errorf("%s: neither compared nor said why not", pattern)
			}
			continue
		}
		t.Run(pattern, func(t *testing.T) {
			t.Parallel()
			newEnumeration(t, soon()).compare(line)
		})
	}
	for pattern := range lines {
		t.Errorf("there is no form %s any more", pattern)
	}
}

func (e *enumeration) compare(line enumerable) {
	kinds := line.kinds
	if kinds == nil {
		kinds = everyKind()
	}
	fill := map[string]func(int) []*page{}
	for _, kind := range kinds {
		fill[kind] = line.fill(e, kind)
	}
	e.settle()
	for try := range max(line.tries, 1) {
		var want []string
		for _, kind := range kinds {
			var got []string
			for _, p := range fill[kind](try) {
				got = append(got, everything(p, mailOf(kind), phoneOf(kind)))
			}
			if want == nil {
				want = got
			}
			if len(got) == 0 || !slices.Equal(got, want) {
				e.t.Fatalf("try %d for %s differs from %s:\n%s", try+1, kind, kinds[0], difference(strings.Join(want, "\n"), strings.Join(got, "\n")))
			}
		}
	}
}

// everything is a whole answer, with all that must differ taken out of it but not its length.
func everything(p *page, typed ...string) string {
	h := p.Header.Clone()
	h.Del("Date")
	for i, c := range h["Set-Cookie"] {
		name, rest, _ := strings.Cut(c, "=")
		value, attributes, _ := strings.Cut(rest, ";")
		h["Set-Cookie"][i] = fmt.Sprintf("%s=(%d);%s", name, len(value), attributes)
	}
	var lines []string
	for name, values := range h {
		lines = append(lines, name+": "+strings.Join(values, " | "))
	}
	text := strings.Join(append([]string{fmt.Sprint(p.Status)}, sorted(lines)...), "\n") + "\n\n"
	text += p.Body
	for _, t := range typed {
		text = normal(&page{Body: text}, t)
	}
	for _, v := range ofTheWay {
		text = v.ReplaceAllString(text, "X")
	}
	return text
}

// ofTheWay are what pages of a forgotten password differ in: where the person is on the way to, sealed, and the request.
var ofTheWay = []*regexp.Regexp{
	regexp.MustCompile(`/activate/[A-Za-z0-9_-]{20,}`), regexp.MustCompile(`%2Factivate%2F[A-Za-z0-9_-]{20,}`),
	regexp.MustCompile(`name="from" value="[^"]*"`), regexp.MustCompile(`from=[A-Za-z0-9_%-]+`), regexp.MustCompile(`/forgot/[A-Za-z0-9_-]{20,}`),
	regexp.MustCompile(`%2Fforgot%2F[A-Za-z0-9_-]{20,}`), regexp.MustCompile(`from%3D[A-Za-z0-9_%-]+`),
}

// sends sends a form in answer to which the browser may be led elsewhere, and returns both answers.
func (b *browser) sends(action string, form url.Values) []*page {
	b.t.Helper()
	first := b.once(http.MethodPost, action, form)
	b.last = first
	if first.To != nil || first.Header.Get("Location") == "" {
		return []*page{first}
	}
	return []*page{first, b.Get(first.URL.ResolveReference(mustURL(b.t, first.Header.Get("Location"))).String())}
}

// fillPassword tries wrong passwords until sign-in is paused, and goes on, each time in a new browser.
func fillPassword(e *enumeration, kind string) func(int) []*page {
	return func(try int) []*page {
		b := e.app.stranger()
		action, form := b.last.Form(e.t, "/password")
		all := b.sends(action, with(form, "username", mailOf(kind), "password", fmt.Sprintf("wrong %02d", try)))
		if want := map[bool]int{true: 422, false: 429}[try < 10]; all[0].Status != want {
			e.t.Errorf("try %d for %s: %d, want %d", try+1, kind, all[0].Status, want)
		}
		return all
	}
}

// fillCode shows the right password, and tries wrong codes until codes are paused.
func fillCode(of provider.Kind, suffix string) func(*enumeration, string) func(int) []*page {
	return func(e *enumeration, kind string) func(int) []*page {
		e.holds(e.accounts[kind], of)
		var b *browser
		return func(int) []*page {
			if b == nil {
				b = e.Browser()
				b.Get(e.strict().Ask())
				b.SignIn(mailOf(kind), anasPassword)
			}
			if !strings.Contains(b.last.Body, suffix+`"`) {
				b.last.Shows(e.t, 429, "Codes are paused")
				return []*page{b.last}
			}
			action, form := b.last.Form(e.t, suffix)
			return b.sends(action, with(form, "code", "000 00a"))
		}
	}
}

// strict is an application that asks for two steps.
func (e *enumeration) strict() *app {
	const id = "strict-records"
	if _, err := e.Store.Client(e.t.Context(), id); err != nil {
		return e.App(id, twoStep)
	}
	a := *e.app
	a.Client, _ = e.Store.Client(e.t.Context(), id)
	return &a
}

// holds gives an account one second factor.
func (e *enumeration) holds(a provider.Account, kind provider.Kind) {
	switch kind {
	case provider.TextCode:
		e.Gives(a, kind, address(anasPhone))
	case provider.EmailCode:
		e.Gives(a, kind, address(anasMail))
	case provider.TOTP:
		e.Gives(a, kind, totp.Encode(totp.SeedFor(e.Keyset, string(a.ID), "kit")))
	case provider.RecoveryCode:
		e.Gives(a, kind, lookup.Encode(e.Keyset, lookup.SheetFor(e.Keyset, string(a.ID), "kit")))
	}
}

// fillPasskey answers with a passkey that the account has, and a signature that is wrong. An answer of a passkey that nobody has
// differs on purpose: the browser is told that it may forget it, and nobody can guess the identifier of one.
func fillPasskey(e *enumeration, kind string) func(int) []*page {
	own := e.Browser()
	own.Get(e.app.Ask())
	own.SignIn(mailOf(kind), anasPassword)
	own.Get(e.app.Ask("acr_values", "phr"))
	k := e.Device()
	if p := own.Fill("/passkey", "response", k.Makes(own.last)); p.Gave() == "" {
		e.t.Fatal(title(p))
	}
	return func(int) []*page {
		b := e.app.stranger()
		action, form := b.last.Form(e.t, "/passkey")
		return b.sends(action, with(form, "response", forged(e.t, k.Signs(b.last))))
	}
}

// forged is a response with another signature.
func forged(t *testing.T, response string) string {
	t.Helper()
	var r map[string]any
	must(t, json.Unmarshal([]byte(response), &r))
	inner := r["response"].(map[string]any)
	raw, err := base64.RawURLEncoding.DecodeString(inner["signature"].(string))
	must(t, err)
	raw[len(raw)-1] ^= 1
	inner["signature"] = base64.RawURLEncoding.EncodeToString(raw)
	text, err := json.Marshal(r)
	must(t, err)
	return string(text)
}

// fillAddress is somebody with an account of their own, who has codes sent to an address, to see whether it is somebody's.
func fillAddress(e *enumeration, kind string) func(int) []*page {
	e.Person("curious-" + kind)
	return func(int) []*page {
		b := e.Browser()
		b.Get(e.strict().Ask())
		b.SignIn("curious-"+kind, anasPassword)
		b.Fill("/way", "way", "email")
		action, form := b.last.Form(e.t, "/address")
		return b.sends(action, with(form, "email", mailOf(kind)))
	}
}

// fillLink presses the button of a link that is too old; nobody's is of another house.
func fillLink(path, purpose string) func(*enumeration, string) func(int) []*page {
	return func(e *enumeration, kind string) func(int) []*page {
		keyset, id := e.Keyset, e.accounts[kind].ID
		if id == "" {
			var err error
			keyset, err = keys.NewKeyset(e.now())
			must(e.t, err)
			id = provider.AccountID(provider.NewID())
		}
		link, err := keyset.SealTicket([]byte(provider.NewID()+" "+string(id)), purpose, e.now().Add(-time.Hour))
		must(e.t, err)
		return func(int) []*page {
			all := e.Browser().sends(path+link, url.Values{})
			for _, p := range all {
				p.Body = strings.ReplaceAll(p.Body, link, "LINK")
			}
			return all
		}
	}
}

// forgets fills in a page for who has forgotten something, in a new browser. In an hour five are worked on, then no more.
func (e *enumeration) forgets(path, field, typed string, try int) []*page {
	b := e.Browser()
	b.Get(path)
	action, form := b.last.Form(e.t, path)
	all := b.sends(action, with(form, field, typed))
	if want := map[bool]int{true: 303, false: 429}[try < 5]; all[0].Status != want {
		e.t.Errorf("try %d for %s: %d, want %d", try+1, typed, all[0].Status, want)
	}
	return all
}

// fillForgotPassword asks for a code.
func fillForgotPassword(e *enumeration, kind string) func(int) []*page {
	return func(try int) []*page { return e.forgets("/forgot/password", "username", mailOf(kind), try) }
}

// fillForgotName asks for usernames by e-mail, and then by telephone.
func fillForgotName(e *enumeration, kind string) func(int) []*page {
	return func(try int) []*page {
		return e.forgets("/forgot/username", "contact", []string{mailOf(kind), phoneOf(kind)}[try/7], try%7)
	}
}

// forgot has a code sent, and is at its page.
func (e *enumeration) forgot(kind string) *browser {
	b := e.Browser()
	b.Get("/forgot/password")
	b.Fill("/forgot/password", "username", mailOf(kind)).Shows(e.t, 200, `name="code"`)
	return b
}

// fillForgotCode answers with wrong codes: a request takes five, and then there is another.
func fillForgotCode(e *enumeration, kind string) func(int) []*page {
	var b *browser
	var action string
	var form url.Values
	return func(try int) []*page {
		if try%7 == 0 {
			b = e.forgot(kind)
			action, form = b.last.Form(e.t, strings.TrimPrefix(b.last.URL.String(), e.URL))
		}
		all := b.sends(action, with(form, "code", fmt.Sprintf("00000%d", try%7)))
		if want := map[bool]int{true: 422, false: 410}[try%7 < 4]; all[0].Status != want {
			e.t.Errorf("try %d for %s: %d, want %d", try+1, kind, all[0].Status, want)
		}
		return all
	}
}

// fillForgotAgain has the code sent again, until no more are sent.
func fillForgotAgain(e *enumeration, kind string) func(int) []*page {
	var b *browser
	return func(int) []*page {
		if b == nil {
			b = e.forgot(kind)
		}
		action, form := b.last.Form(e.t, "/resend")
		return b.sends(action, form)
	}
}

// codeKinds are the kinds of activation codes. Nobody was sent the first.
func codeKinds() []string { return []string{"xnobody", "xinvite", "xusedup", "xrevoke", "xpassed"} }

// code is a new one of a kind, of somebody born on February 14, 1987.
func (e *enumeration) code(kind string) string {
	now, ctx := e.now().Truncate(time.Microsecond), e.t.Context()
	in := activation.Invitation{
		Record: "MRN of " + kind, Relation: provider.Self, Silent: true, Facts: map[activation.Fact]string{activation.BirthDate: "1987-02-14"},
	}
	made, err := activation.Issuer{Keys: e.Keyset}.Invite(in, audit.Operator, now)
	must(e.t, err)
	if kind == "xnobody" {
		return made.Code
	}
	must(e.t, e.Store.IssueActivations(ctx, []provider.Issue{made.Issue}))
	switch kind {
	case "xusedup":
		owner := e.Person("owner-" + strings.ToLower(provider.NewID()[:8]))
		must(e.t, e.Store.JoinRecord(ctx, made.ID, now, owner.ID, audit.RecordJoined(now, made.Activation, owner.ID)))
	case "xrevoke":
		_, err := e.Store.RevokeActivation(ctx, made.ID, "by_staff", now, audit.ActivationRevoked(now, made.Activation, "by_staff", audit.Operator))
		must(e.t, err)
	case "xpassed":
		e.exec("UPDATE activations SET expires_at = issued_at + 1 WHERE id = ?", made.ID)
	}
	return made.Code
}

// codeTyped types a code in a new browser, and is where that leads.
func (e *enumeration) codeTyped(code string) (*browser, []*page) {
	b := e.Browser()
	b.Get("/activate/code")
	action, form := b.last.Form(e.t, "/activate/code")
	return b, b.sends(action, with(form, "code", code))
}

// fillActivationCode types codes.
func fillActivationCode(e *enumeration, kind string) func(int) []*page {
	code := e.code(kind)
	return func(int) []*page {
		_, all := e.codeTyped(code)
		return all
	}
}

// fillFacts is somebody who has a code and guesses at a date of birth, until no more is looked at.
func fillFacts(e *enumeration, kind string) func(int) []*page {
	code := e.code(kind)
	return func(try int) []*page {
		b, _ := e.codeTyped(code)
		action, form := b.last.Form(e.t, "/facts")
		all := b.sends(action, with(form, "month", "3", "day", strconv.Itoa(1+try), "year", "1987"))
		if status := all[0].Status; status != 422 && status != 429 || try == 0 && status != 422 || try == 7 && status != 429 {
			e.t.Errorf("try %d for %s: %d", try+1, kind, status)
		}
		return all
	}
}

// fillNewAddress is somebody with an invitation of their own, who has a code sent to an address, to see whether it is somebody's.
func fillNewAddress(suffix, field string, to func(kind string) string) func(*enumeration, string) func(int) []*page {
	return func(e *enumeration, kind string) func(int) []*page {
		code := e.code("of somebody who is curious about " + kind)
		return func(int) []*page {
			b, _ := e.codeTyped(code)
			b.Fill("/facts", "month", "2", "day", "14", "year", "1987")
			b.Fill("/have", "choice", "new")
			if suffix == "/text" {
				b.Fill("/email", "choice", "skip")
			}
			action, form := b.last.Form(e.t, suffix)
			return b.sends(action, with(form, field, to(kind)))
		}
	}
}

// fillWait is somebody who knows the password and says that all else is lost.
func fillWait(e *enumeration, kind string) func(int) []*page {
	e.holds(e.accounts[kind], provider.EmailCode)
	return func(int) []*page {
		b := e.Browser()
		b.Get(e.strict().Ask())
		b.SignIn(mailOf(kind), anasPassword)
		action, form := b.last.Form(e.t, "/email")
		form.Del("code")
		return b.sends(strings.TrimSuffix(action, "/email")+"/wait", form)
	}
}

// TestTooManyRequestsTellNothing: who asks too often is turned away at the same request with the same answer, whoever they ask for.
func TestTooManyRequestsTellNothing(t *testing.T) {
	t.Parallel()
	const most = 6
	var first string
	at := soon()
	for _, kind := range everyKind() {
		e := newEnumeration(t, at, func(c *server.Config) {
			c.Rates = limit.Rates{Guess: limit.PerMinute{Address: most, All: 1000}}
		})
		e.settle()
		var trace []string
		for try := range most + 2 {
			b := e.app.stranger()
			action, form := b.last.Form(t, "/password")
			p := b.once(http.MethodPost, action, with(form, "username", mailOf(kind), "password", "wrong"))
			if (p.Status == http.StatusTooManyRequests) != (try >= most) {
				t.Errorf("%s: request %d: %d", kind, try+1, p.Status)
			}
			trace = append(trace, everything(p, mailOf(kind)))
		}
		if first == "" {
			first = strings.Join(trace, "\n")
		}
		if got := strings.Join(trace, "\n"); got != first {
			t.Errorf("%s differs:\n%s", kind, difference(first, got))
		}
	}
}
