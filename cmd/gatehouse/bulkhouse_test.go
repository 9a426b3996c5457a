package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
)

// A person of another system signs in with the password that they have there, while the server runs into which they were taken; from
// then on their hash is one of ours. Nobody can tell before that their account is there, and how it was hashed.
func TestAPersonFromElsewhereSignsIn(t *testing.T) {
	f := startDev(t, filepath.Join(t.TempDir(), "data"))
	if c, v := imports(t, f.env(), maria); c.code != exitOK || v.Made != 1 {
		t.Fatalf("%+v %s", v, c.err)
	}
	wrong := newBrowser(t).wrong(f, "maria")
	if unknown := newBrowser(t).wrong(f, "nobody-has-this"); wrong.text != unknown.text || wrong.status != unknown.status {
		t.Errorf("%d %s\n%d %s", wrong.status, wrong.text, unknown.status, unknown.text)
	}
	if hash := kept(t, f, "maria"); hash != theirHash {
		t.Errorf("a wrong password changed it: %s", hash)
	}
	b := newBrowser(t)
	p := b.signInByApp(b.get(f.Portal+"/records/login"), accountLine{Username: "maria", Password: goodPhrase, TOTPSecret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"})
	if !strings.HasPrefix(p.at.String(), f.Portal+"/records/") || !strings.Contains(p.text, "Lopez") {
		t.Errorf("%s: %d %s", p.at, p.status, p.text)
	}
	if hash := kept(t, f, "maria"); !strings.HasPrefix(hash, "$argon2id-hmac1$") {
		t.Errorf("kept as %s", hash)
	}
	if events := must(t, f.env(), "", "audit", "list", "--account", "maria", "--json"); !strings.Contains(events, `"password.rehashed"`) {
		t.Error(events)
	}
	b = newBrowser(t)
	if p := b.signIn(b.get(f.Portal+"/records/login"), "maria", goodPhrase); !strings.Contains(p.text, `name="code"`) {
		t.Errorf("ours does not open: %d %s", p.status, p.text)
	}
}

// wrong is the answer to a wrong password, without what is new in each: tickets and addresses of ceremonies.
func (b *browser) wrong(f *fleet, name string) page {
	b.t.Helper()
	p := b.signIn(b.get(f.Portal+"/records/login"), name, "no such password at all")
	text := regexp.MustCompile(`[A-Za-z0-9_%.~-]{20,}|>[2-9A-Z]{8}<`).ReplaceAllString(p.text, "*") // reference codes too
	p.text = strings.ReplaceAll(text, name, "NAME")
	return p
}

// kept is the password hash that the store has.
func kept(t *testing.T, f *fleet, username string) string {
	t.Helper()
	store, err := Storage{Data: f.data}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	ids, err := store.FindAccounts(t.Context(), provider.Username, username)
	if err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	held, err := store.Authenticators(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := provider.Held(held, provider.Password)
	return string(secret.Data)
}

// open brings a code and a date of birth, as the office's letter and its reader have them, and answers where that leads.
func (b *browser) open(f *fleet, code, day string) page {
	b.t.Helper()
	p := b.post(b.get(f.Issuer+"/activate/code"), url.Values{"code": {code}})
	return b.post(p, url.Values{"year": {day[:4]}, "month": {day[5:7]}, "day": {day[8:]}})
}

// post fills in the first form of a page.
func (b *browser) post(p page, form url.Values) page {
	b.t.Helper()
	action := regexp.MustCompile(`<form class="form" method="post" action="([^"]*)"`).FindStringSubmatch(p.text)
	if action == nil {
		b.t.Fatalf("no form at %s: %d %s", p.at, p.status, p.text)
	}
	for _, hidden := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(p.text, -1) {
		form.Set(hidden[1], hidden[2])
	}
	to, err := p.at.Parse(action[1])
	if err != nil {
		b.t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, to.String(), strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", p.at.Scheme+"://"+p.at.Host)
	return b.read(b.client.Do(request))
}

// A code of the command, of a file and of dev each open the way to an account, with the right date of birth and no other.
func TestCodesOpenTheWay(t *testing.T) {
	f := startDev(t, filepath.Join(t.TempDir(), "data"))
	written := filepath.Join(t.TempDir(), "codes")
	if c, v := invites(t, f.env(), `{"record":"R-2","birth_date":"1984-03-09"}`, "--format", "jsonl", "--codes", written); v.Made != 1 {
		t.Fatal(c.err)
	}
	for _, c := range [][2]string{
		{issued(t, f.env()).Code, "1984-03-09"}, {codes(t, written)["R-2 self"].Code, "1984-03-09"}, {f.Activations[0].Code, f.Activations[0].BirthDate},
	} {
		if p := newBrowser(t).open(f, strings.ToLower(c[0]), "1984-03-10"); p.status != http.StatusUnprocessableEntity {
			t.Errorf("a wrong date: %d %s", p.status, p.text)
		}
		if p := newBrowser(t).open(f, strings.ToLower(c[0]), c[1]); p.status != http.StatusOK || strings.Contains(p.text, `name="month"`) {
			t.Errorf("%v: %d at %s: %s", c, p.status, p.at, p.text)
		}
	}
}

// Dev tells an invitation that can be used, the same one until it is over.
func TestDevInvitesSomebody(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	f := startDev(t, data)
	first := f.Activations[0]
	letter, err := os.ReadFile(first.Letter)
	if err != nil || !bytes.Contains(letter, []byte(first.Code)) || first.Link != f.Issuer+"/activate#"+first.Code {
		t.Errorf("%+v, %v", first, err)
	}
	if all := listed(t, f.env(), first.Record); len(all) != 1 || all[0].State != "open" {
		t.Errorf("%+v", all)
	}
	f.end()
	f = startDev(t, data)
	if f.Activations[0].Code != first.Code {
		t.Errorf("%+v", f.Activations)
	}
	must(t, f.env(), "", "activation", "revoke", "--record", first.Record)
	f.end()
	f = startDev(t, data)
	if second := f.Activations[0]; second.Code == first.Code || len(listed(t, f.env(), first.Record)) != 2 {
		t.Errorf("%+v", second)
	}
}

// A file that is cut off in the middle is read again from the beginning, and nobody is there twice.
func TestAnInterruptedImportIsRunAgain(t *testing.T) {
	env := deployment(t)
	store, err := Storage{Data: env["GATEHOUSE_DATA"]}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	var file strings.Builder
	for i := range 3 * importsAtOnce {
		file.WriteString(strings.Replace(maria, `"external_id":"p-1","username":"Maria"`, `"username":"maria`+strings.Repeat("x", 1+i/20)+strings.Repeat("y", i%20)+`"`, 1) + "\n")
	}
	ctx, stop := context.WithCancel(t.Context())
	b, err := Bulk{File: "-"}.openBulk(desk{in: strings.NewReader(file.String()), err: new(bytes.Buffer)})
	if err != nil {
		t.Fatal(err)
	}
	i := importer{bulk: b, store: store, now: now(), kinds: kinds{}}
	err = b.lines(ctx, func(number int, line []byte) error {
		if number == 2*importsAtOnce-10 {
			stop()
		}
		return i.line(ctx, number, line)
	})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "run it again") || i.Made != importsAtOnce {
		t.Errorf("%d made, %v", i.Made, err)
	}
	if c, v := imports(t, env, file.String()); c.code != exitOK || v.Made != 2*importsAtOnce || v.Present != importsAtOnce {
		t.Errorf("%+v %s", v, c.err)
	}
}

// deaf is a store that takes no invitations.
type deaf struct{ provider.Store }

var errDeaf = errors.New("the database is away")

func (deaf) IssueActivations(context.Context, []provider.Issue) error { return errDeaf }

// Where the invitations could not be written, neither their codes nor their letters stay.
func TestCodesAreTakenBackWithTheirInvitations(t *testing.T) {
	env, dir := lettered(deployment(t)), t.TempDir()
	written := filepath.Join(dir, "codes")
	line := `{"record":"R-1","birth_date":"1984-03-09"}`
	if c, v := invites(t, env, line, "--format", "jsonl", "--codes", written); v.Made != 1 {
		t.Fatal(c.err)
	}
	before, err := os.ReadFile(written)
	if err != nil {
		t.Fatal(err)
	}
	store, err := Storage{Data: env["GATEHOUSE_DATA"]}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	c := activationImport{Codes: written, Letters: dir, Format: "jsonl", Bulk: Bulk{File: "-"}}
	c.Languages, c.Issuer, c.Activations.Lasts = []string{"en", "es"}, env["GATEHOUSE_ISSUER"], lasting(time.Hour)
	c.Brand = Brand{Name: "Example Health", Phone: "1-800-555-0100", Hours: hours{"": "8 to 6"}, Accent: "#0f5f8c"}
	maker, err := c.maker(&opened{Store: deaf{store}, keyset: store.keyset}, true)
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.openOutputs()
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.openBulk(desk{in: strings.NewReader(""), err: new(bytes.Buffer)})
	if err != nil {
		t.Fatal(err)
	}
	i := invitations{activationImport: c, bulk: b, inviter: maker, out: out}
	err = errors.Join(i.line(t.Context(), 1, []byte(strings.Replace(line, "R-1", "R-2", 1))), i.flush(t.Context()), out.close())
	if !errors.Is(err, errDeaf) {
		t.Error(err)
	}
	after, err := os.ReadFile(written)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("%v: %s", err, after)
	}
	for _, pattern := range []string{"letter-*", ".letter-*"} {
		if left, err := filepath.Glob(filepath.Join(dir, pattern)); err != nil || len(left) != 0 {
			t.Errorf("%v, %v", left, err)
		}
	}
}

// Both imports do on PostgreSQL what they do on a folder.
func TestImportsOnPostgres(t *testing.T) {
	env, _ := onServers(t)
	must(t, env, "", "keys", "init")
	must(t, env, "", "migrate")
	for i, want := range []tally{{Lines: 2, Made: 1, Bad: 1}, {Lines: 2, Present: 1, Bad: 1}} {
		if c, v := imports(t, env, maria+"\n{}\n"); c.code != exitFailed || v != want {
			t.Errorf("%d: %+v %s", i, v, c.err)
		}
	}
	if a := showAccount(t, env, "maria"); len(a.Identifiers) != 3 || len(a.Authenticators) != 4 {
		t.Errorf("%+v", a)
	}
	written := filepath.Join(t.TempDir(), "codes")
	line := `{"record":"R-1","birth_date":"1984-03-09","relation":"parent"}`
	for i, want := range []tally{{Lines: 1, Made: 1}, {Lines: 1, Present: 1}} {
		if c, v := invites(t, env, line, "--format", "jsonl", "--codes", written); c.code != exitOK || v != want {
			t.Errorf("%d: %+v %s", i, v, c.err)
		}
	}
	all := listed(t, env, "R-1")
	if len(all) != 1 || all[0].State != "open" || all[0].Activation != codes(t, written)["R-1 parent"].Activation {
		t.Errorf("%+v", all)
	}
	must(t, env, "", "activation", "revoke", "--record", "R-1")
	if all := listed(t, env, "R-1"); all[0].State != "revoked" {
		t.Errorf("%+v", all)
	}
}

// Whoever imports slow hashes is told when the server must answer failures, and the server does.
func TestSlowHashesAreToldOf(t *testing.T) {
	for _, c := range []struct {
		took, after time.Duration
		words       string
	}{
		{90 * time.Millisecond, 600 * time.Millisecond, ""}, {300 * time.Millisecond, 600 * time.Millisecond, "takes 300 ms here"},
		{300 * time.Millisecond, 600 * time.Millisecond, "answer after 1s"}, {300 * time.Millisecond, time.Second, ""},
	} {
		if text := advice("$2b$12", c.took, c.after); !strings.Contains(text, c.words) || (text == "") != (c.words == "") {
			t.Errorf("%v: %s", c, text)
		}
	}
	for encoded, want := range map[string]string{
		theirHash:                         "$2b$04",
		"$scrypt$ln=10,r=8,p=1$c2s$c2s":   "$scrypt$ln=10,r=8,p=1",
		"pbkdf2_sha256$1000$salt$c2hhc2":  "pbkdf2_sha256$1000",
		"$argon2id$v=19$m=64,t=3,p=2$c$h": "$argon2id$v=19$m=64,t=3,p=2",
	} {
		if got := wayOfHash(encoded); got != want {
			t.Errorf("%s: %s", encoded, got)
		}
	}
	way, took, err := kinds{"a": theirHash}.slowest(t.Context(), nobodysPepper{})
	if way != "a" || took <= 0 || err != nil {
		t.Errorf("%s %v %v", way, took, err)
	}
	gatehouse(t, nil, "", append([]string{"serve", "--failures-after", "599ms"}, branded(t)...)...).says(t, exitUsage, "--failures-after 599ms is not between 600ms and 5s")
	gatehouse(t, nil, "", "account", "import", "-", "--failures-after", "6s").says(t, exitUsage, "--failures-after 6s")
}

type nobodysPepper struct{}

func (nobodysPepper) Pepper(string, []byte) (string, []byte) { return "", nil }
