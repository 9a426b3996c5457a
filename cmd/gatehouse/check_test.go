package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckFindsNothingInAGoodDeployment(t *testing.T) {
	env := deployment(t)
	started(t, env)
	text := must(t, env, "", "check", "--issuer", "https://id.example.org", "--trusted-proxy", "127.0.0.1/32",
		"--brand-name", "Example Health", "--brand-phone", "1-800-555-0100", "--brand-hours", "8 to 6",
		"--smtp", "smtp://relay.example.org", "--sender", "no-reply@id.example.org")
	if strings.Contains(text, "WARN") || strings.Contains(text, "FIX") || strings.Count(text, "OK") != 8 {
		t.Error(text)
	}
}

func TestCheckSaysWhatIsWrongAndHowToMendIt(t *testing.T) {
	open := deployment(t)
	if err := os.Chmod(filepath.Join(open["GATEHOUSE_DATA"], "keyset.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	unmade := map[string]string{"GATEHOUSE_DATA": t.TempDir()}
	unmigrated := map[string]string{"GATEHOUSE_DATA": t.TempDir()}
	must(t, unmigrated, "", "keys", "init")
	if err := os.WriteFile(filepath.Join(unmigrated["GATEHOUSE_DATA"], "gatehouse.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := deployment(t)
	started(t, foreign)
	if err := os.Remove(filepath.Join(foreign["GATEHOUSE_DATA"], "keyset.json")); err != nil {
		t.Fatal(err)
	}
	must(t, nil, "", "keys", "init", "--keyset", filepath.Join(foreign["GATEHOUSE_DATA"], "keyset.json"))
	cases := []struct {
		name  string
		env   map[string]string
		words []string
	}{
		{"a keyset open to others", open, []string{"chmod 600"}},
		{"nothing there", unmade, []string{"gatehouse keys init", "gatehouse migrate"}},
		{"not migrated", unmigrated, []string{"migrations are missing", "gatehouse migrate"}},
		{"the keyset of another database", foreign, []string{"signing keys", "does not open"}},
	}
	for _, c := range cases {
		got := gatehouse(t, c.env, "", "check")
		if got.code != exitFailed || !strings.Contains(got.out, "FIX") {
			t.Errorf("%s: %d %s", c.name, got.code, got.out)
		}
		for _, word := range c.words {
			if !strings.Contains(got.out, word) {
				t.Errorf("%s: no word of %q in %s", c.name, word, got.out)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(unmade["GATEHOUSE_DATA"], "gatehouse.db")); err == nil {
		t.Error("check has made a database")
	}
}

func TestCheckTellsAFaultOfSettingsALine(t *testing.T) {
	env := deployment(t)
	c := gatehouse(t, env, "", "check", "--json", "--issuer", "http://id.example.org")
	faults := 0
	for line := range strings.Lines(c.out) {
		if f := parsed[finding](t, line); f.Verdict == broken && f.What == "settings" && f.Mend != "" {
			faults++
		}
	}
	if c.code != exitFailed || faults < 4 {
		t.Errorf("%d %s", faults, c.out)
	}
}

func TestCheckOnlineAsksTheIssuer(t *testing.T) {
	f := startDev(t, filepath.Join(t.TempDir(), "data"))
	c := gatehouse(t, f.env(), "", "check", "--online", "--issuer", f.Issuer)
	if !strings.Contains(c.out, f.Issuer+" answers as itself") {
		t.Error(c.out)
	}
	f.end()
	c = gatehouse(t, f.env(), "", "check", "--online", "--issuer", f.Issuer)
	if c.code != exitFailed || !strings.Contains(c.out, "FIX   online") {
		t.Error(c.out)
	}
}
