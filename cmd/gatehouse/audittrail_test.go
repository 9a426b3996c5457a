package main

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recordedHouse is a deployment in which a few things have happened, to two people.
func recordedHouse(t *testing.T) map[string]string {
	t.Helper()
	env := deployment(t)
	for _, name := range []string{"maria", "jan"} {
		must(t, env, goodPassword, "account", "add", "--username", name, "--password-stdin")
		must(t, env, "", "account", "disable", name)
		must(t, env, "", "account", "enable", name)
	}
	return env
}

// patience is for a file whose last process is about to let go of it.
const patience = "?_pragma=busy_timeout(10000)"

// meddle changes the database behind the program's back.
func meddle(t *testing.T, env map[string]string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(env["GATEHOUSE_DATA"], "gatehouse.db")+patience)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, s := range append([]string{"DROP TRIGGER events_append_only", "DROP TRIGGER events_cut"}, statements...) {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func TestVerifySaysThatAllIsWell(t *testing.T) {
	env := recordedHouse(t)
	if out := must(t, env, "", "audit", "verify"); !strings.Contains(out, "no checkpoint vouches for it") || strings.Contains(out, "FAULT") {
		t.Error(out)
	}
	var v struct {
		Linked int64
		Fault  any
	}
	if err := json.Unmarshal([]byte(must(t, env, "", "audit", "verify", "--json")), &v); err != nil || v.Linked < 6 || v.Fault != nil {
		t.Error(v, err)
	}
	if out := must(t, env, "", "audit", "verify", "--help"); !strings.Contains(out, "--checkpoints") || !strings.Contains(out, "Example") {
		t.Error(out)
	}
	if out := must(t, env, "", "audit", "key"); !strings.Contains(out, "Ed25519") {
		t.Error(out)
	}
	gatehouse(t, env, "", "audit", "verify", "--audit-keep-days", "0").says(t, exitUsage, "--audit-keep-days")
	gatehouse(t, env, "", "audit", "verify", "--checkpoints", filepath.Join(t.TempDir(), "none")).says(t, exitUsage, "none")
}

func TestVerifyNamesTheFirstBadRow(t *testing.T) {
	env := recordedHouse(t)
	meddle(t, env, "UPDATE events SET actor = 'house' WHERE seq = 5", "UPDATE events SET detail = '{}' WHERE seq = 3")
	c := gatehouse(t, env, "", "audit", "verify")
	c.says(t, exitFailed, "not as it was written")
	if !strings.Contains(c.out, "FIRST FAULT: seq 3") {
		t.Error(c.out)
	}
	if c := gatehouse(t, env, "", "audit", "verify", "--json"); c.code != exitFailed || !strings.Contains(c.out, `"seq": 3`) {
		t.Error(c.code, c.out)
	}
}

// TestVerifyByCheckpointsKeptElsewhere: rows cut off the end, with the database's own checkpoints, show by the file alone.
func TestVerifyByCheckpointsKeptElsewhere(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	env := map[string]string{"GATEHOUSE_DATA": data}
	f := startDev(t, data)
	must(t, f.env(), "", "account", "disable", f.account("bruno").Username)
	f.stop()
	kept := filepath.Join(t.TempDir(), "checkpoints")
	lines := checkpointsOf(t, env)
	if err := os.WriteFile(kept, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, env, "", "audit", "verify", "--checkpoints", kept)
	meddle(t, env, "DELETE FROM checkpoints", "DELETE FROM events WHERE n > 2",
		"UPDATE chains SET n = 2, hash = (SELECT hash FROM events WHERE n = 2)")
	must(t, env, "", "audit", "verify") // it is a whole trail, as far as it says
	c := gatehouse(t, env, "", "audit", "verify", "--checkpoints", kept)
	c.says(t, exitFailed, "not as it was written")
	if !strings.Contains(c.out, "cut off its end") {
		t.Error(c.out)
	}
	if err := os.WriteFile(kept, []byte(strings.Replace(lines[0], ".", ".x", 1)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c := gatehouse(t, env, "", "audit", "verify", "--checkpoints", kept); c.code != exitFailed || !strings.Contains(c.out, "did not sign") {
		t.Error(c.code, c.out)
	}
}

func checkpointsOf(t *testing.T, env map[string]string) (lines []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(env["GATEHOUSE_DATA"], "gatehouse.db")+patience)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), "SELECT doc FROM checkpoints ORDER BY number")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var doc []byte
		if err := rows.Scan(&doc); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(doc))
	}
	if len(lines) == 0 || rows.Err() != nil {
		t.Fatal("no checkpoint was made: ", rows.Err())
	}
	return lines
}

func TestExportOfAnAccount(t *testing.T) {
	env := recordedHouse(t)
	c := gatehouse(t, env, "", "audit", "export", "--account", "maria")
	lines := strings.Split(strings.TrimSpace(c.out), "\n")
	if c.code != exitOK || !strings.Contains(c.err, "none is missing") || !strings.Contains(lines[len(lines)-1], `"summary"`) || !strings.Contains(lines[len(lines)-1], `"gap":""`) {
		t.Fatal(c)
	}
	account := ""
	for i, line := range lines[:len(lines)-1] {
		var row struct {
			Account  string
			SubjectN int `json:"subject_n"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil || row.SubjectN != i+1 || account != "" && row.Account != account {
			t.Errorf("%d: %s %v", i, line, err)
		}
		account = row.Account
	}
	if last := lines[len(lines)-2]; !strings.Contains(last, `"trail.exported"`) || !strings.Contains(last, `"actor":"operator"`) {
		t.Error("an export is not on record: ", last)
	}
	file := filepath.Join(t.TempDir(), "out.csv")
	must(t, env, "", "audit", "export", "--account", account, "--format", "csv", "-o", file)
	text, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(text), "seq,at,kind,") || !strings.Contains(string(text), "export.summary") {
		t.Error(string(text), err)
	}
	gatehouse(t, env, "", "audit", "export", "--account", account, "-o", file).says(t, exitUsage, "exists")
}

func TestExportRefusesWhatIsUnclear(t *testing.T) {
	env := recordedHouse(t)
	gatehouse(t, env, "", "audit", "export").says(t, exitUsage, "--account", "--agent", "--since")
	gatehouse(t, env, "", "audit", "export", "--since", "yesterday", "--until", "1.2.2026").says(t, exitUsage, `--since "yesterday"`, `--until "1.2.2026"`, "2026-03-01")
	gatehouse(t, env, "", "audit", "export", "--since", "2026-03-02", "--until", "2026-03-01").says(t, exitUsage, "is not after")
	gatehouse(t, env, "", "audit", "export", "--account", "nobody").says(t, exitFailed, "nobody has")
	gatehouse(t, env, "", "audit", "export", "--agent", "nobody@example.org").says(t, exitFailed, "nobody of the house")
	gatehouse(t, env, "", "audit", "export", "--since", "2026-03-01", "--format", "xml").says(t, exitUsage, "csv")
	if c := gatehouse(t, env, "", "audit", "export", "--since", "2999-01-01"); c.code != exitOK || !strings.Contains(c.err, "nothing in the trail matches") {
		t.Error(c)
	}
	if out := must(t, env, "", "audit", "export", "--help"); !strings.Contains(out, "Example:") || !strings.Contains(out, "--private") {
		t.Error(out)
	}
}

func TestExportFailsWhereARowIsMissing(t *testing.T) {
	env := recordedHouse(t)
	meddle(t, env, "DELETE FROM events WHERE seq = 2")
	for _, args := range [][]string{{"--account", "maria"}, {"--since", "2020-01-01"}} {
		gatehouse(t, env, "", append([]string{"audit", "export"}, args...)...).says(t, exitFailed, "not whole")
	}
}

// TestPersonalDataAreOpenedOnRecordAlone: without --private an export holds none.
func TestPersonalDataAreOpenedOnRecordAlone(t *testing.T) {
	env := recordedHouse(t)
	must(t, env, "", "staff", "add", "--name", "Fay", "--email", "fay@example.org", "--role", "agent", "--support-origin", "https://support.example.org")
	out := must(t, env, "", "audit", "export", "--since", "2020-01-01", "--private")
	if !strings.Contains(out, `"private":"opened"`) {
		t.Error("it is not on record: ", out)
	}
	if out := must(t, env, "", "audit", "export", "--agent", "fay@example.org"); strings.Count(out, "\n") != 1 || strings.Contains(out, `"rows":1`) {
		t.Error(out)
	}
}
