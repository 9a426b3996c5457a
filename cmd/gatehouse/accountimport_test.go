package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/factor/password"
)

// theirHash is bcrypt of goodPhrase, made with libxcrypt by Python's crypt.
const (
	theirHash  = "$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG"
	goodPhrase = "correct horse battery staple"
)

// maria is a line with every key.
const maria = `{"external_id":"p-1","username":"Maria","email":"Maria@Example.org","email_verified":true,"phone":"+1 (617) 555-0101",` +
	`"phone_verified":true,"name":"Maria B. Lopez","given_name":"Maria","middle_name":"B.","family_name":"Lopez","gender":"female",` +
	`"birthdate":"1984-03-09","locale":"es","password_hash":"` + theirHash + `","totp_secret":"gezd gnbv gy3t qojq gezd gnbv gy3t qojq",` +
	`"records":[{"record":"R-1001","relation":"self"},{"record":"R-2002","relation":"parent"}]}`

func imports(t *testing.T, env map[string]string, text string, more ...string) (call, tally) {
	t.Helper()
	c := gatehouse(t, env, text, append([]string{"account", "import", "-", "--json"}, more...)...)
	var v tally
	if c.out != "" {
		v = parsed[tally](t, c.out)
	}
	v.Seconds = 0
	return c, v
}

func showAccount(t *testing.T, env map[string]string, name string) accountView {
	t.Helper()
	return parsed[accountView](t, must(t, env, "", "account", "show", "--json", "--", name))
}

func TestAnImportedAccountHasAllThatTheLineSays(t *testing.T) {
	env := deployment(t)
	c, v := imports(t, env, maria+"\n")
	if want := (tally{Lines: 1, Made: 1}); c.code != exitOK || v != want {
		t.Fatalf("%+v %s", v, c.err)
	}
	a := showAccount(t, env, "maria@example.org")
	var kinds []string
	for _, h := range a.Authenticators {
		kinds = append(kinds, h.Kind)
	}
	if a.Name != "Maria B. Lopez" || a.Locale != "es" || len(a.Identifiers) != 3 || len(kinds) != 4 || len(a.Account) != 22 {
		t.Errorf("%+v", a)
	}
	for _, id := range a.Identifiers {
		if id.VerifiedAt == nil {
			t.Errorf("%s is not verified", id.Kind)
		}
	}
	store, err := Storage{Data: env["GATEHOUSE_DATA"]}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	held, err := store.Authenticators(t.Context(), provider.AccountID(a.Account))
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := provider.Held(held, provider.Password)
	hasher := password.NewHasher(password.Params{MemoryKiB: 64, Time: 1, Insecure: true}, store.keyset, nil)
	if ok, owed, err := hasher.Check(t.Context(), string(secret.Data), goodPhrase); !ok || !owed || err != nil {
		t.Errorf("%v, %v, %v", ok, owed, err)
	}
	app, _ := provider.Held(held, provider.TOTP)
	if string(app.Data) != `{"v":1,"seed":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="}` { // RFC 6238's
		t.Errorf("%s", app.Data)
	}
	records, err := store.RecordsOf(t.Context(), provider.AccountID(a.Account), time.Now())
	links := map[string]provider.Relation{}
	for _, r := range records {
		links[r.Record] = r.Relation
	}
	if err != nil || len(links) != 2 || links["R-1001"] != provider.Self || links["R-2002"] != provider.Parent {
		t.Errorf("%+v, %v", records, err)
	}
	if events := must(t, env, "", "audit", "list", "--account", "maria", "--json"); strings.Count(events, `"account.created"`) != 1 || !strings.Contains(events, `"operator"`) {
		t.Error(events)
	}
}

// An address that the other system did not verify is kept, is no name to sign in with, and gets no codes.
func TestWhatIsNotVerifiedGetsNoCodes(t *testing.T) {
	env := deployment(t)
	imports(t, env, `{"username":"maria","email":"maria@example.org","phone":"+16175550101","password_hash":"`+theirHash+`"}`)
	a := showAccount(t, env, "maria")
	if len(a.Identifiers) != 3 || a.Identifiers[1].VerifiedAt != nil || a.Identifiers[2].VerifiedAt != nil || len(a.Authenticators) != 1 {
		t.Errorf("%+v", a)
	}
}

// All faults of a line are told at once; none of them says what stands in the line; the other lines are taken.
func TestBadLinesAreReportedAndHoldUpNothing(t *testing.T) {
	env := deployment(t)
	const secret = "hunter2hunter2"
	file := []string{
		`{"username":"good-one","password_hash":"` + theirHash + `"}`,
		`{"username":"a b","email":"` + secret + `","phone":"555","birthdate":"9.3.1984","locale":"no language","password_hash":"` + secret + `","totp_secret":"MZXW6","records":[{"record":"","relation":"friend"}]}`,
		``,
		`{"username":"carl","password":"` + secret + `","password_hash":"` + theirHash + `"}`,
		`{"` + secret + `!":1,"username":"carl","password_hash":"` + theirHash + `"}`,
		`{"username":"carl","username":"carla","password_hash":"` + theirHash + `"}`,
		`{"Username":"carl","password_hash":"` + theirHash + `"}`,
		`{"username":7,"email_verified":"yes","records":"R-1","password_hash":"` + theirHash + `"}`,
		`{"username":"carl"`,
		`["carl"]`,
		`{"username":"carl","password_hash":"` + theirHash + `"} x`,
		`{"email":"carl@example.org","password_hash":"` + theirHash + `"}`,
		`{"username":"carl","email_verified":true}`,
		`{"username":"carl"}`,
		`{"username":"carl","name":"` + strings.Repeat("x", longestLine) + `"}`,
		`{"username":"carl","name":"` + strings.Repeat("x", 257) + `","external_id":"` + strings.Repeat("x", 257) + `","password_hash":"` + theirHash + `"}`,
		`{"username":"carl","records":[{"record":"R-1"},{"record":"R-1"},{"rec":"R-2"}],"password_hash":"` + theirHash + `"}`,
		`{"username":"carl","password_hash":"` + strings.Replace(theirHash, "$04$", "$14$", 1) + `"}`,
		`{"username":"good-two","password_hash":null,"email":"two@example.org","email_verified":true}`,
	}
	report := filepath.Join(t.TempDir(), "bad.jsonl")
	c, v := imports(t, env, strings.Join(file, "\r\n"), "--report", report)
	if want := (tally{Lines: 18, Made: 2, Bad: 16}); c.code != exitFailed || v != want {
		t.Errorf("code %d, %+v %s", c.code, v, c.err)
	}
	info, err := os.Stat(report)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text)+c.err, secret) || strings.Contains(string(text)+c.err, "abcdefghijklmnopqrstuu") {
		t.Errorf("a secret is told:\n%s", text)
	}
	told := map[int]string{}
	for line := range strings.Lines(string(text)) {
		bad := parsed[badLine](t, line)
		told[bad.Line] = strings.Join(bad.Faults, "\n")
	}
	for line, words := range map[int][]string{
		2:  {"username:", "email:", "phone:", "birthdate:", "locale:", "password_hash:", "totp_secret:", "records: record", "relation:"},
		4:  {"password: no such key", "the keys are birthdate, email,"},
		5:  {"a key of other signs"},
		6:  {"username is there twice"},
		7:  {"Username: no such key"},
		8:  {"username: not a text", "email_verified: not true or false", "records: not"},
		9:  {"not JSON"},
		10: {"not a JSON object"},
		11: {"something follows"},
		12: {"name to sign in with"},
		13: {"email_verified: there is no email"},
		14: {"nobody could sign in"},
		15: {"longer than 65536"},
		16: {"name: longer", "external_id: longer"},
		17: {"rec: no such key"},
		18: {"costs too much"},
	} {
		for _, word := range words {
			if !strings.Contains(told[line], word) {
				t.Errorf("line %d: no word of %q in %q", line, word, told[line])
			}
		}
	}
	if len(told) != 16 {
		t.Errorf("%d bad lines", len(told))
	}
	showAccount(t, env, "good-one")
	showAccount(t, env, "good-two")
}

// Whoever is there is passed over, by whatever name they go now; a dry run writes nothing and counts alike.
func TestAnImportIsRunAgain(t *testing.T) {
	env := deployment(t)
	file := maria + "\n" + `{"email":"nora@example.org","email_verified":true}` + "\n"
	if c, v := imports(t, env, file, "--dry-run"); c.code != exitOK || v != (tally{Lines: 2, Made: 2, DryRun: true}) {
		t.Errorf("%+v %s", v, c.err)
	}
	gatehouse(t, env, "", "account", "show", "maria").says(t, exitFailed, "nobody has")
	imports(t, env, file)
	first := showAccount(t, env, "maria")
	rename(t, env, first.Account, "mary")
	more := file + `{"username":"olga","email":"maria@example.org","password_hash":"` + theirHash + `"}`
	if c, v := imports(t, env, more, "--dry-run"); c.code != exitOK || v != (tally{Lines: 3, Made: 1, Present: 2, DryRun: true}) {
		t.Errorf("%+v %s", v, c.err)
	}
	for i, want := range []tally{{Lines: 3, Made: 1, Present: 2}, {Lines: 3, Present: 3}} {
		if c, v := imports(t, env, more); c.code != exitOK || v != want {
			t.Errorf("%d: %+v %s", i, v, c.err)
		}
	}
	if again := showAccount(t, env, "mary"); again.Account != first.Account {
		t.Errorf("%+v", again)
	}
	gatehouse(t, env, "", "account", "show", "maria").says(t, exitFailed, "nobody has")
}

func rename(t *testing.T, env map[string]string, id, name string) {
	t.Helper()
	store, err := Storage{Data: env["GATEHOUSE_DATA"]}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	a, err := store.Account(t.Context(), provider.AccountID(id))
	if err != nil {
		t.Fatal(err)
	}
	a.Identifiers[0].Value, a.Identifiers[0].Canonical = name, name
	if err := store.UpdateAccount(t.Context(), a, provider.Event{At: now(), Kind: "account.changed", Account: a.ID, Actor: "operator"}); err != nil {
		t.Fatal(err)
	}
}

// Two people with one name are no one person: the second is told, and nobody is lost in silence.
func TestTwoPeopleWithOneNameAreTold(t *testing.T) {
	env := deployment(t)
	must(t, env, goodPassword, "account", "add", "--username", "taken", "--email", "shared@example.org", "--password-stdin")
	must(t, env, goodPassword, "account", "add", "--email", "ana@example.org", "--password-stdin")
	hash := `,"password_hash":"` + theirHash + `"}` + "\n"
	var filler strings.Builder
	for i := range importsAtOnce {
		fmt.Fprintf(&filler, `{"username":"filler%03d"`+hash, i)
	}
	for name, c := range map[string]struct {
		file string
		bad  string
		made int
	}{
		"another's name":              {`{"username":"TAKEN"` + hash, "another account has it", 0},
		"another's address":           {`{"email":"shared@example.org","email_verified":true` + hash, "username is needed", 0},
		"the same id":                 {`{"external_id":"1","username":"one"` + hash + `{"external_id":"1","username":"uno"` + hash, "an earlier line", 1},
		"the same name":               {`{"external_id":"2","username":"two"` + hash + `{"external_id":"3","username":"Two"` + hash, "an earlier line", 1},
		"the same address":            {`{"username":"four","email":"4@example.org","email_verified":true` + hash + `{"email":"4@example.org","email_verified":true` + hash, "username is needed", 1},
		"another's only name":         {`{"username":"eve","email":"ANA@example.org"` + hash, "the only name that another account", 0},
		"another's, and verified":     {`{"username":"eve","email":"ana@example.org","email_verified":true` + hash, "the only name that another account", 0},
		"an earlier line's only name": {`{"email":"8@example.org","email_verified":true` + hash + `{"username":"eight","email":"8@example.org"` + hash, "the only name that another account", 1},
		"one much earlier's":          {`{"email":"9@example.org","email_verified":true` + hash + strings.ReplaceAll(filler.String(), "filler", "nine") + `{"username":"nine","email":"9@example.org"` + hash, "the only name that another account", importsAtOnce + 1},
		"the same name, much later":   {`{"username":"five"` + hash + filler.String() + `{"username":"FIVE"` + hash, "an earlier line", importsAtOnce + 1},
		"the same, for another, too":  {`{"external_id":"6","username":"six"` + hash + strings.ReplaceAll(filler.String(), "filler", "more") + `{"external_id":"7","username":"six"` + hash, "did not come from this line", importsAtOnce + 1},
	} {
		t.Run(name, func(t *testing.T) {
			got, v := imports(t, env, c.file)
			if got.code != exitFailed || v.Bad != 1 || v.Made != c.made || !strings.Contains(got.err, c.bad) {
				t.Errorf("%+v %s", v, got.err)
			}
		})
	}
}

// An address that somebody else merely wrote down is its owner's name all the same, and a file that was taken is taken again.
func TestAnOwnersNameStaysTheirs(t *testing.T) {
	env := deployment(t)
	hash := `,"password_hash":"` + theirHash + `"}` + "\n"
	file := `{"username":"eve","email":"ana@example.org"` + hash + `{"email":"ana@example.org","email_verified":true` + hash
	for _, want := range []tally{{Lines: 2, Made: 2}, {Lines: 2, Present: 2}} {
		if c, v := imports(t, env, file); c.code != exitOK || v != want {
			t.Errorf("%+v %s", v, c.err)
		}
	}
	if a := showAccount(t, env, "ana@example.org"); len(a.Identifiers) != 1 {
		t.Errorf("%+v", a)
	}
}

// What is wrong with the call is told before anything is written, and no file is lost by it.
func TestAnImportOfNothing(t *testing.T) {
	env := deployment(t)
	file := filepath.Join(t.TempDir(), "people.jsonl")
	if err := os.WriteFile(file, []byte(maria), 0o600); err != nil {
		t.Fatal(err)
	}
	gatehouse(t, env, "", "account", "import", file+".not").says(t, exitUsage, "no such file")
	gatehouse(t, env, "", "account", "import", file, "--report", file).says(t, exitUsage, "--report is the file")
	gatehouse(t, env, "", "account", "import", file, "--report", filepath.Join(file, "x")).says(t, exitUsage, "not a directory")
	if text, err := os.ReadFile(file); err != nil || string(text) != maria {
		t.Errorf("%s, %v", text, err)
	}
	gatehouse(t, env, "", "account", "show", "maria").says(t, exitFailed, "nobody has")
	if c, v := imports(t, env, "\n\n"); c.code != exitOK || v != (tally{}) {
		t.Errorf("%+v", v)
	}
	if c := gatehouse(t, env, "", "account", "import", file); c.code != exitOK || !strings.HasPrefix(c.out, "1 lines: 1 accounts made, 0 there already, 0 bad") {
		t.Errorf("%s%s", c.out, c.err)
	}
}

func FuzzImportLine(f *testing.F) {
	f.Add(maria)
	f.Add(`{"username":"a","records":[null,{}]}`)
	f.Add(`{"":{},"":[]}`)
	f.Fuzz(func(t *testing.T, text string) {
		l, err := readImportLine([]byte(text))
		if err == nil && !json.Valid([]byte(text)) {
			t.Errorf("%q is no JSON, and read as %+v", text, l)
		}
	})
}
