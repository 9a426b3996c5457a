package main

import (
	"strings"
	"testing"

	"gatehouse/provider"
	"gatehouse/provider/limit"
)

const goodPassword = "horse under blue ceiling rain"

func TestAccountAddTellsAllFaultsAtOnce(t *testing.T) {
	env := deployment(t)
	c := gatehouse(t, env, "short\n", "account", "add", "--username", "a b", "--email", "nowhere", "--phone", "555", "--password-stdin")
	c.says(t, exitUsage, `--username "a b"`, `--email "nowhere"`, `--phone "555"`, "15 characters or more")
	c = gatehouse(t, env, goodPassword, "account", "add", "--username", "maria", "--birthdate", "9.3.1984", "--locale", "no language")
	c.says(t, exitUsage, "--password-stdin", "--birthdate", "--locale")
	gatehouse(t, env, goodPassword, "account", "add", "--password-stdin", "--phone", "+16175550101").says(t, exitUsage, "name to sign in with")
}

func TestPasswordsOfNewAccountsKeepThePolicy(t *testing.T) {
	env := deployment(t)
	cases := map[string]string{ // by words of the refusal
		"no password":        "\n",
		"more than one line": goodPassword + "\n" + goodPassword + "\n",
		"15 characters":      "fourteen signs",
		"most common":        "passwordpassword",
		"own name":           "maria.lopez@example.org",
		"256 characters":     strings.Repeat("long and ", 60),
	}
	for words, password := range cases {
		gatehouse(t, env, password, "account", "add", "--username", "maria", "--email", "maria.lopez@example.org", "--password-stdin").says(t, exitUsage, words)
	}
	gatehouse(t, env, goodPassword, "account", "add", "--username", "maria", "--password-stdin", "--password-require", "digit").says(t, exitUsage, "--password-require")
	made := parsed[accountMade](t, must(t, env, goodPassword+"\r\n", "account", "add", "--username", "maria", "--password-stdin", "--json"))
	if len(made.Account) != 22 || made.Strength != "strong" {
		t.Errorf("%+v", made)
	}
}

func TestAnAccountIsFoundByEveryNameOfItsOwn(t *testing.T) {
	env := deployment(t)
	made := parsed[accountMade](t, must(t, env, goodPassword, "account", "add", "--username", "Maria", "--email", "Maria@Example.org", "--phone", "+1 (617) 555-0101", "--locale", "es", "--password-stdin", "--json"))
	for _, name := range []string{"maria", "MARIA", "maria@example.org", made.Account} {
		v := parsed[accountView](t, must(t, env, "", "account", "show", "--json", "--", name)) // an id may begin with a dash
		if v.Account != made.Account || len(v.Identifiers) != 3 || v.Identifiers[1].VerifiedAt == nil || v.Locale != "es" || len(v.Authenticators) != 3 {
			t.Errorf("%s: %+v", name, v)
		}
	}
	gatehouse(t, env, goodPassword, "account", "add", "--username", "MARIA", "--password-stdin").says(t, exitFailed, "another account")
	gatehouse(t, env, "", "account", "show", "nobody").says(t, exitFailed, "nobody has")
}

func TestASharedAddressNamesNobody(t *testing.T) {
	env := deployment(t)
	for _, name := range []string{"eve", "evan"} {
		must(t, env, goodPassword, "account", "add", "--username", name, "--email", "family@example.org", "--password-stdin")
	}
	gatehouse(t, env, "", "account", "disable", "family@example.org").says(t, exitFailed, "several accounts")
	gatehouse(t, env, goodPassword, "account", "add", "--email", "family@example.org", "--password-stdin").says(t, exitFailed, "--username")
	must(t, env, goodPassword, "account", "add", "--email", "single@example.org", "--password-stdin")
	gatehouse(t, env, goodPassword, "account", "add", "--username", "eva", "--email", "Single@example.org", "--password-stdin").says(t, exitFailed, "the only name")
	gatehouse(t, env, "", "account", "show", "eva").says(t, exitFailed, "nobody has")
}

func TestAccountActs(t *testing.T) {
	env := deployment(t)
	must(t, env, goodPassword, "account", "add", "--username", "maria", "--password-stdin")
	acts := []struct {
		args   []string
		status string
		owed   string
	}{
		{[]string{"disable"}, "locked", ""},
		{[]string{"disable"}, "locked", ""},
		{[]string{"enable"}, "active", ""},
		{[]string{"must-change", "--reason", "leaked"}, "active", "leaked"},
		{[]string{"must-change"}, "active", "asked"},
	}
	for _, act := range acts {
		must(t, env, "", append(append([]string{"account"}, act.args...), "maria")...)
		v := parsed[accountView](t, must(t, env, "", "account", "show", "--json", "maria"))
		if v.Status != act.status || v.Authenticators[0].ChangeOwed != act.owed {
			t.Errorf("%v: %+v", act.args, v)
		}
	}
	gatehouse(t, env, "", "account", "must-change", "--reason", "whim", "maria").says(t, exitUsage, "whim")
	events := must(t, env, "", "audit", "list", "--account", "maria", "--limit", "10", "--json")
	if strings.Count(events, "\n") != 5 || !strings.Contains(events, `"password.change_owed"`) {
		t.Errorf("%s", events)
	}
}

// TestUnlock: strangers may try again at once, the trail says so, and show says how they stand before and after.
func TestUnlock(t *testing.T) {
	env := deployment(t)
	made := parsed[accountMade](t, must(t, env, goodPassword, "account", "add", "--username", "maria", "--password-stdin", "--json"))
	shown := func() accountView {
		return parsed[accountView](t, must(t, env, "", "account", "show", "--json", "maria"))
	}
	if v := shown().Strangers; v.word() != "open" || v.InARow != 0 {
		t.Errorf("%+v", v)
	}
	store, err := Storage{Data: env["GATEHOUSE_DATA"]}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if _, err := store.TryLane(t.Context(), provider.StrangersLane(provider.AccountID(made.Account)), limit.Default().Strangers, now()); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if v := shown().Strangers; v.word() != "paused" || v.InARow != 10 || v.PausedUntil == nil {
		t.Errorf("%+v", v)
	}
	must(t, env, "", "account", "unlock", "maria")
	if v := shown().Strangers; v.word() != "open" || v.InARow != 0 {
		t.Errorf("%+v", v)
	}
	if events := must(t, env, "", "audit", "list", "--account", "maria", "--json"); !strings.Contains(events, `"lane.unlocked"`) || !strings.Contains(events, `"paused"`) {
		t.Error(events)
	}
	gatehouse(t, env, "", "account", "unlock", "nobody").says(t, exitFailed, "nobody has")
}
