package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/provider/activation"
	"gatehouse/provider/audit"
)

// lettered adds the settings that a letter needs.
func lettered(env map[string]string) map[string]string {
	env["GATEHOUSE_ISSUER"], env["GATEHOUSE_BRAND_NAME"] = "https://id.example.org", "Example Health"
	env["GATEHOUSE_BRAND_PHONE"], env["GATEHOUSE_BRAND_HOURS"] = "1-800-555-0100", "en=Mon to Fri;es=Lun a vie"
	return env
}

// issued is an invitation of R-1, made by the command.
func issued(t *testing.T, env map[string]string, more ...string) activationView {
	t.Helper()
	args := append([]string{"activation", "issue", "--record", "R-1", "--name", "Maria Lopez", "--birth-date", "1984-03-09", "--json"}, more...)
	return parsed[activationView](t, must(t, env, "", args...))
}

// stored is what the store has under a code.
func stored(t *testing.T, env map[string]string, code string) provider.Activation {
	t.Helper()
	store, err := Storage{Data: env["GATEHOUSE_DATA"]}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	canonical, err := activation.ParseCode(code)
	if err != nil {
		t.Fatal(err)
	}
	a, err := store.ActivationByCode(t.Context(), activation.CodeHash(store.keyset, canonical))
	if err != nil {
		t.Fatal(err)
	}
	if string(a.Facts["birth_date"]) != string(activation.FactHash(store.keyset, a.ID, activation.BirthDate, "1984-03-09")) {
		t.Error("another date of birth")
	}
	return a
}

func listed(t *testing.T, env map[string]string, record string) []activationView {
	t.Helper()
	var all []activationView
	for line := range strings.Lines(must(t, env, "", "activation", "list", "--record", record, "--json")) {
		all = append(all, parsed[activationView](t, line))
	}
	return all
}

func TestAnInvitationIsIssuedAndItsCodeToldOnce(t *testing.T) {
	env := deployment(t)
	v := issued(t, env, "--email", "maria@example.org", "--phone", "+1 (617) 555-0101", "--relation", "parent", "--lang", "es", "--valid", "14d", "--issuer", "https://id.example.org")
	if !regexp.MustCompile(`^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$`).MatchString(v.Code) || v.Link != "https://id.example.org/activate#"+v.Code || v.Sent != "" || v.State != "open" {
		t.Errorf("%+v", v)
	}
	a := stored(t, env, strings.ToLower(v.Code))
	want := provider.ActivationContact{Name: "Maria Lopez", Email: "maria@example.org", Phone: "+16175550101", Lang: "es"}
	if a.ID != v.Activation || a.Record != "R-1" || a.Relation != provider.Parent || a.Contact != want || a.ExpiresAt.Sub(a.IssuedAt) != 14*24*time.Hour {
		t.Errorf("%+v", a)
	}
	all := listed(t, env, "R-1")
	if len(all) != 1 || all[0].Code != "" || all[0].Activation != v.Activation || all[0].State != "open" {
		t.Errorf("%+v", all)
	}
	for _, secret := range []string{v.Code, strings.ReplaceAll(v.Code, "-", ""), "1984-03-09", "maria@example.org", "Maria Lopez"} {
		if found := found(t, env["GATEHOUSE_DATA"], secret); found != "" {
			t.Errorf("%s stands in %s", secret, found)
		}
	}
	if events := must(t, env, "", "audit", "list", "--json"); !strings.Contains(events, `"activation.issued"`) || strings.Contains(events, "R-1") {
		t.Error(events)
	}
}

// found is the file of a directory in which a text stands.
func found(t *testing.T, dir, text string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), text) {
			return name
		}
	}
	return ""
}

// A new one ends the old one of the same record and relation; revoking ends what is open, and does nothing twice.
func TestInvitationsAreReplacedAndRevoked(t *testing.T) {
	env := deployment(t)
	first, carer, second := issued(t, env), issued(t, env, "--relation", "carer"), issued(t, env)
	if first.Replaces || carer.Replaces || !second.Replaces {
		t.Errorf("%+v %+v %+v", first, carer, second)
	}
	states := func() map[string]string {
		m := map[string]string{}
		for _, v := range listed(t, env, "R-1") {
			m[v.Activation] = v.State + " " + v.RevokedWhy
		}
		return m
	}
	if m := states(); m[first.Activation] != "revoked replaced" || m[carer.Activation] != "open " || m[second.Activation] != "open " {
		t.Errorf("%v", m)
	}
	if out := must(t, env, "", "activation", "revoke", "--json", "--", carer.Activation); !strings.Contains(out, `"revoked"`) || !strings.Contains(out, `"by_staff"`) {
		t.Error(out)
	}
	must(t, env, "", "activation", "revoke", "--record", "R-1")
	must(t, env, "", "activation", "revoke", "--record", "R-1")
	if m := states(); m[first.Activation] != "revoked replaced" || m[carer.Activation] != "revoked by_staff" || m[second.Activation] != "revoked by_staff" {
		t.Errorf("%v", m)
	}
	if events := must(t, env, "", "audit", "list", "--json"); strings.Count(events, `"activation.revoked"`) != 2 {
		t.Error(events)
	}
	gatehouse(t, env, "", "activation", "revoke").says(t, exitUsage, "either")
	gatehouse(t, env, "", "activation", "revoke", "x", "--record", "R-1").says(t, exitUsage, "either")
	gatehouse(t, env, "", "activation", "revoke", "nothing").says(t, exitFailed, "no invitation nothing")
	if all := listed(t, env, "R-2"); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

func TestAnIssueTellsAllFaultsAtOnceAndLeavesNothing(t *testing.T) {
	env := deployment(t)
	letter := filepath.Join(t.TempDir(), "letter.html")
	c := gatehouse(t, env, "", "activation", "issue", "--birth-date", "9.3.1984", "--email", "nowhere", "--phone", "555", "--relation", "friend", "--lang", "no language",
		"--id-last4", "12", "--valid", "1m", "--activation-facts", "zip,shoe_size", "--letter", letter)
	c.says(t, exitUsage, "--record:", "--birth-date:", "--email:", "--phone:", "--relation:", "--lang:", "--id-last4:", "--valid ", "--activation-facts: no fact \"shoe_size\"", "--issuer is needed", "--brand-name is needed")
	person := []string{"activation", "issue", "--record", "R-1", "--birth-date", "1984-03-09"}
	gatehouse(t, env, "", append(person, "--send")...).says(t, exitUsage, "--send needs")
	gatehouse(t, env, "", append(person, "--activation-facts", "zip")...).says(t, exitUsage, "--zip: is needed")
	gatehouse(t, env, "", append(person, "--valid", "soon")...).says(t, exitUsage, `"soon" is not a time`)
	gatehouse(t, lettered(env), "", append(person, "--letter", filepath.Join(letter, "x"))...).says(t, exitFailed, "no such file")
	if _, err := os.Stat(letter); err == nil {
		t.Error("a letter was left")
	}
	if all := listed(t, env, "R-1"); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

func TestAnInvitationIsSent(t *testing.T) {
	env := deployment(t)
	if v := issued(t, env, "--send", "--email", "maria@example.org", "--phone", "+16175550101"); v.Sent != "email" {
		t.Errorf("%+v", v)
	}
	if v := issued(t, env, "--send", "--phone", "+16175550101"); v.Sent != "text" {
		t.Errorf("%+v", v)
	}
	if v := issued(t, env, "--email", "maria@example.org"); v.Sent != "" {
		t.Errorf("%+v", v)
	}
	if rows := parsed[map[string]int](t, must(t, env, "", "check", "--rows", "--json")); rows["messages"] != 2 {
		t.Errorf("%v", rows)
	}
}

// The letter stands alone, is for its owner only, and says the code, in words and in the square.
func TestTheLetterOfAnInvitation(t *testing.T) {
	env := lettered(deployment(t))
	name := filepath.Join(t.TempDir(), "maria.html")
	v := issued(t, env, "--letter", name, "--lang", "es", "--relation", "carer")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	ownersOnly(t, name)
	for _, words := range []string{`lang="es"`, v.Code, "Maria Lopez", "id.example.org/activate", "1-800-555-0100", "Lun a vie", "<svg", "@page", "persona a quien ayuda"} {
		if !strings.Contains(string(text), words) {
			t.Errorf("no %q", words)
		}
	}
	for _, other := range []string{"R-1<", "1984", `src="/`, `href="/`, "<script", "url("} {
		if strings.Contains(string(text), other) {
			t.Errorf("%q stands in it", other)
		}
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(name), ".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func ownersOnly(t *testing.T, name string) {
	t.Helper()
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func invites(t *testing.T, env map[string]string, text string, more ...string) (call, tally) {
	t.Helper()
	c := gatehouse(t, env, text, append([]string{"activation", "import", "-", "--json"}, more...)...)
	var v tally
	if c.out != "" {
		v = parsed[tally](t, c.out)
	}
	v.Seconds = 0
	return c, v
}

// codes reads what --codes wrote, by record and relation; the later line of two holds.
func codes(t *testing.T, name string) map[string]activationView {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]activationView{}
	for line := range strings.Lines(string(text)) {
		v := parsed[activationView](t, line)
		all[v.Record+" "+v.Relation] = v
	}
	return all
}

func TestThePeopleOfAFileAreInvited(t *testing.T) {
	for format, file := range map[string]string{
		"csv":                 "\ufeffRecord,birth_date,name,relation,email\r\nR-1,1984-03-09,\"Lopez, Maria\",,maria@example.org\r\nR-2,1984-03-09,Ana,parent,\r\n\r\nR-2,1984-03-09,Bob,carer,\r\n",
		"csv with semicolons": "record;birth_date;name;relation\nR-1;1984-03-09;\"Lopez, Maria\";self\nR-2;1984-03-09;Ana;parent\nR-2;1984-03-09;Bob;carer\n",
		"jsonl": `{"record":"R-1","birth_date":"1984-03-09","name":"Lopez, Maria"}` + "\n" + `{"record":"R-2","birth_date":"1984-03-09","name":"Ana","relation":"parent"}` + "\n" +
			`{"record":"R-2","birth_date":"1984-03-09","name":"Bob","relation":"carer","lang":null}`,
	} {
		t.Run(format, func(t *testing.T) {
			env, dir := lettered(deployment(t)), t.TempDir()
			written := filepath.Join(dir, "codes.jsonl")
			flags := []string{"--format", strings.Fields(format)[0], "--codes", written, "--letters", filepath.Join(dir, "letters")}
			expect := func(want tally, more ...string) {
				t.Helper()
				if c, v := invites(t, env, file, append(flags, more...)...); c.code != exitOK || v != want {
					t.Fatalf("%+v %s", v, c.err)
				}
			}
			expect(tally{Lines: 3, Made: 3, DryRun: true}, "--dry-run")
			if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 0 || len(listed(t, env, "R-1")) != 0 {
				t.Errorf("a dry run wrote: %v", names)
			}
			expect(tally{Lines: 3, Made: 3})
			first := codes(t, written)
			for _, key := range []string{"R-1 self", "R-2 parent", "R-2 carer"} {
				if a := stored(t, env, first[key].Code); a.ID != first[key].Activation || !a.Open(now()) {
					t.Errorf("%s: %+v", key, a)
				}
			}
			letters, err := filepath.Glob(filepath.Join(dir, "letters", "*"))
			if err != nil || len(letters) != 3 {
				t.Fatalf("%v, %v", letters, err)
			}
			ownersOnly(t, written)
			ownersOnly(t, letters[0])
			if a := stored(t, env, first["R-1 self"].Code); a.Contact.Name != "Lopez, Maria" {
				t.Errorf("%+v", a)
			}
			expect(tally{Lines: 3, Present: 3}) // codes on paper stay good
			if a := stored(t, env, first["R-1 self"].Code); !a.Open(now()) {
				t.Errorf("%+v", a)
			}
			expect(tally{Lines: 3, Made: 3}, "--replace")
			second := codes(t, written)["R-1 self"]
			if stored(t, env, first["R-1 self"].Code).Open(now()) || !stored(t, env, second.Code).Open(now()) {
				t.Error("which code is good?")
			}
		})
	}
}

// useAndExpire uses an invitation, and makes one of a record that has expired.
func useAndExpire(t *testing.T, env map[string]string, id, record string) {
	t.Helper()
	account := parsed[accountMade](t, must(t, env, goodPassword, "account", "add", "--username", "ana", "--password-stdin", "--json")).Account
	store, err := Storage{Data: env["GATEHOUSE_DATA"]}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	a, err := store.Activation(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	joined := audit.RecordJoined(now(), a, provider.AccountID(account))
	err = store.JoinRecord(t.Context(), id, now(), provider.AccountID(account), joined)
	a.ID, a.Record, a.CodeHash = provider.NewID(), record, provider.HashSecret(record)
	a.IssuedAt, a.ExpiresAt = now().Add(-48*time.Hour), now().Add(-time.Hour)
	issue := provider.Issue{Activation: a, Event: joined}
	if err := errors.Join(err, store.IssueActivations(t.Context(), []provider.Issue{issue})); err != nil {
		t.Fatal(err)
	}
}

// Who has used a code gets no other unasked, nor does whom staff shut out; whose code has expired or was replaced does.
func TestARerunRevivesNobody(t *testing.T) {
	env := deployment(t)
	written := filepath.Join(t.TempDir(), "codes")
	flags := []string{"--format", "jsonl", "--codes", written}
	var file strings.Builder
	for _, record := range []string{"used", "revoked", "open"} {
		fmt.Fprintf(&file, `{"record":"%s","birth_date":"1984-03-09"}`+"\n", record)
	}
	invites(t, env, file.String(), flags...)
	must(t, env, "", "activation", "revoke", "--record", "revoked")
	useAndExpire(t, env, codes(t, written)["used self"].Activation, "expired")
	fmt.Fprintln(&file, `{"record":"expired","birth_date":"1984-03-09"}`)
	want := tally{Lines: 4, Made: 1, Present: 1, Used: 1, Revoked: 1, DryRun: true}
	if c, v := invites(t, env, file.String(), append(flags, "--dry-run")...); c.code != exitOK || v != want {
		t.Errorf("%+v %s", v, c.err)
	}
	want.DryRun = false
	if c, v := invites(t, env, file.String(), flags...); c.code != exitOK || v != want || !strings.Contains(c.out, `"used_already"`) || !strings.Contains(c.out, `"revoked_by_staff"`) {
		t.Errorf("%+v %s%s", v, c.out, c.err)
	}
	for _, record := range []string{"used", "revoked"} {
		if all := listed(t, env, record); len(all) != 1 || all[0].State != record {
			t.Errorf("%+v", all)
		}
	}
	told := must(t, env, file.String(), append([]string{"activation", "import", "-"}, flags...)...)
	if !strings.Contains(told, "2 there already, 1 used theirs already, 1 revoked by staff, 0 bad") {
		t.Error(told)
	}
	if c, v := invites(t, env, file.String(), append(flags, "--replace")...); c.code != exitOK || v != (tally{Lines: 4, Made: 4}) {
		t.Errorf("%+v %s", v, c.err)
	}
}

// Codes are taken back by cutting off the end of their file: nobody else adds to it meanwhile.
func TestTwoImportsAddToOneFileInTurn(t *testing.T) {
	env := deployment(t)
	written := filepath.Join(t.TempDir(), "codes")
	first, err := activationImport{Codes: written}.openOutputs()
	if err != nil {
		t.Fatal(err)
	}
	undo, err := first.add([]activationView{{Activation: "one"}})
	if err != nil {
		t.Fatal(err)
	}
	line, flags := `{"record":"R-1","birth_date":"1984-03-09"}`, []string{"--format", "jsonl", "--codes", written}
	c, _ := invites(t, env, line, flags...)
	c.says(t, exitUsage, "another import is adding to")
	if all := listed(t, env, "R-1"); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	if err := errors.Join(undo(), first.close()); err != nil {
		t.Fatal(err)
	}
	if c, v := invites(t, env, line, flags...); v.Made != 1 || len(codes(t, written)) != 1 {
		t.Errorf("%+v %s", v, c.err)
	}
}

func TestBadLinesOfInvitations(t *testing.T) {
	env, dir := deployment(t), t.TempDir()
	flags := []string{"--format", "csv", "--codes", filepath.Join(dir, "codes"), "--report", filepath.Join(dir, "bad"), "--activation-facts", "id_last4"}
	const secret = "4711"
	c, v := invites(t, env, "record,birth_date,id_last4,relation,email\n"+
		"R-1,1984-03-09,0012,self,\n"+
		"R-2,09/03/1984,47110,friend,"+secret+"\n"+
		"R-3,1984-03-09\n"+
		"R-4,1984-03-09,\""+secret+",self,\n"+
		"R-1,1984-03-09,0012,self,\n"+
		",1984-03-09,0012,self,\n"+
		"R-5,1984-03-09,,,\n", flags...)
	if c.code != exitFailed || v != (tally{Lines: 7, Made: 1, Bad: 6}) {
		t.Errorf("code %d, %+v %s", c.code, v, c.err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "bad"))
	if err != nil || strings.Contains(string(text), secret) {
		t.Errorf("%v: %s", err, text)
	}
	for line, words := range map[int][]string{3: {"birth_date:", "id_last4:", "relation:", "email:"}, 4: {"2 fields"}, 5: {"quotes"}, 6: {"an earlier line"}, 7: {"record:"}, 8: {"id_last4: is needed"}} {
		for _, word := range words {
			if !regexp.MustCompile(fmt.Sprintf(`"line":%d,.*%s`, line, word)).Match(text) {
				t.Errorf("line %d: no word of %q in\n%s", line, word, text)
			}
		}
	}
	if len(codes(t, filepath.Join(dir, "codes"))) != 1 {
		t.Error("codes of bad lines")
	}
}

func TestAnImportOfInvitationsIsAskedRightly(t *testing.T) {
	env, dir := deployment(t), t.TempDir()
	open := filepath.Join(dir, "open")
	if err := os.WriteFile(open, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	line := `{"record":"R-1","birth_date":"1984-03-09"}`
	for words, flags := range map[string][]string{
		"where do the codes go":    {"--format", "jsonl"},
		"CSV or JSONL":             {"--send"},
		"others may read":          {"--format", "jsonl", "--codes", open},
		"--issuer is needed":       {"--format", "jsonl", "--letters", dir},
		"--activation-facts":       {"--format", "jsonl", "--send", "--activation-facts", "shoe"},
		"the first line":           {"--format", "csv", "--send"},
		"or that of --report":      {"--format", "jsonl", "--codes", open, "--report", open},
		"no such file":             {"--format", "jsonl", "--codes", filepath.Join(dir, "no", "such")},
		"not between 1h and 365d":  {"--format", "jsonl", "--send", "--valid", "366d"},
		"email or phone is needed": {"--format", "jsonl", "--send"},
	} {
		c := gatehouse(t, env, line, append([]string{"activation", "import", "-"}, flags...)...)
		if c.code == exitOK || !strings.Contains(c.err, words) {
			t.Errorf("%v: code %d\n%s", flags, c.code, c.err)
		}
	}
	if all := listed(t, env, "R-1"); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}
