package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/templates"
)

// town is a deployment with people: maria reads Spanish, ivan Vietnamese, and fay wants fewer messages; phil has a telephone only, nora
// nothing, and lou is locked out.
func town(t *testing.T) map[string]string {
	t.Helper()
	env := deployment(t)
	person := func(name, more string) string { return `{"username":"` + name + `"` + more + "}\n" }
	mail := func(name string) string { return `,"email":"` + name + `@example.org","email_verified":true` }
	text := person("maria", mail("maria")+`,"locale":"es-MX"`) + person("ivan", mail("ivan")+`,"locale":"vi"`) + person("fay", mail("fay")) +
		person("phil", `,"phone":"+16175550101","phone_verified":true`) + person("nora", `,"password_hash":"`+theirHash+`"`) + person("lou", mail("lou"))
	if c, v := imports(t, env, text); v.Made != 6 {
		t.Fatalf("%+v %s", v, c.err)
	}
	must(t, env, "", "account", "disable", "lou")
	inStore(t, env, func(store *opened) {
		ids, err := store.FindAccounts(t.Context(), provider.Username, "fay")
		if err != nil || len(ids) != 1 {
			t.Fatal(ids, err)
		}
		a, err := store.Account(t.Context(), ids[0])
		if err != nil {
			t.Fatal(err)
		}
		a.Profile.Choices.Fewer = true
		if err := store.UpdateAccount(t.Context(), a, provider.Event{At: now(), Kind: "choices.changed", Account: a.ID}); err != nil {
			t.Fatal(err)
		}
	})
	return env
}

func inStore(t *testing.T, env map[string]string, do func(*opened)) {
	t.Helper()
	store, err := Storage{Data: env["GATEHOUSE_DATA"]}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	do(store)
}

// waiting are the messages that are due within a year, by whom they go to.
func waiting(t *testing.T, env map[string]string) map[string]provider.Message {
	t.Helper()
	all := map[string]provider.Message{}
	inStore(t, env, func(store *opened) {
		claims, err := store.ClaimMessages(t.Context(), []provider.Channel{provider.ByEmail, provider.ByText}, now().Add(24*time.Hour), time.Millisecond, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range claims {
			if _, twice := all[c.To]; twice {
				t.Errorf("%s twice", c.To)
			}
			all[c.To] = c.Message
		}
	})
	return all
}

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "said.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func notices(t *testing.T, env map[string]string, args ...string) noticeTally {
	t.Helper()
	v := parsed[noticeTally](t, must(t, env, "", append([]string{"notice"}, append(args, "--json")...)...))
	v.Seconds = 0
	return v
}

// TestM26_Incident: everybody who is active is told once, in the language that it is written in, whatever else they want to hear.
func TestM26_Incident(t *testing.T) {
	env := town(t)
	args := []string{"incident", "--id", "2026-03-lab", "--text-file", written(t, "Somebody read a list.\nNo passwords were lost."), "--text-file", "es=" + written(t, "Alguien leyó una lista.")}
	want := noticeTally{ID: "2026-03-lab", Accounts: 6, Told: 4, Inactive: 1, Unreached: 1, Messages: 4}
	dry := want
	dry.DryRun = true
	if got := notices(t, env, append(args, "--dry-run")...); got != dry || len(waiting(t, env)) != 0 {
		t.Errorf("dry: %+v, %d messages", got, len(waiting(t, env)))
	}
	if got := notices(t, env, args...); got != want {
		t.Errorf("%+v", got)
	}
	all := waiting(t, env)
	said := map[string]string{}
	for to, m := range all {
		said[to] = m.Lang + " " + m.Data["said"]
		if m.Template != "M-26" || m.Data["link"] != "/account/ways" || m.Data["when"] == "" || m.Data["whom"] == "" || m.Expires.Sub(m.At) != noticeWaits {
			t.Errorf("%+v", m)
		}
	}
	pages, err := templates.New(templates.DefaultBrand(), []string{"en", "es"})
	if err != nil {
		t.Fatal(err)
	}
	for to, m := range all {
		letter, err := pages.Write(templates.Letter{ID: m.Template, Channel: string(m.Channel), Lang: m.Lang, Data: m.Data, Host: "id.example.org"})
		if err != nil || m.Channel == provider.ByEmail && !strings.Contains(letter.Text, strings.Split(m.Data["said"], "\n")[0]) {
			t.Errorf("%s: %v %s", to, err, letter.Text)
		}
	}
	const english = "en Somebody read a list.\nNo passwords were lost."
	if len(said) != 4 || said["maria@example.org"] != "es Alguien leyó una lista." || said["ivan@example.org"] != english || said["fay@example.org"] != english || said["+16175550101"] != english {
		t.Errorf("said %q", said)
	}
	again := noticeTally{ID: "2026-03-lab", Accounts: 6, Before: 4, Inactive: 1, Unreached: 1}
	if got := notices(t, env, args...); got != again || len(waiting(t, env)) != 4 {
		t.Errorf("again: %+v", got)
	}
	args[2] = "2026-04-lab"
	if got := notices(t, env, args...); got.Told != 4 {
		t.Errorf("another notice: %+v", got)
	}
	if trail := must(t, env, "", "audit", "list", "--json"); !strings.Contains(trail, `"notice.sent"`) || !strings.Contains(trail, "2026-03-lab") {
		t.Errorf("not in the trail: %s", trail)
	}
}

// TestNoticesAreNotSentAgainAfterASweep: what was sent is deleted after a week; that somebody was told is known for longer.
func TestNoticesAreNotSentAgainAfterASweep(t *testing.T) {
	env := town(t)
	args := []string{"incident", "--id", "1", "--text-file", written(t, "x")}
	notices(t, env, args...)
	inStore(t, env, func(store *opened) {
		if _, err := store.Sweep(t.Context(), now().Add(60*24*time.Hour), 1000, 0); err != nil {
			t.Fatal(err)
		}
	})
	if len(waiting(t, env)) != 0 {
		t.Fatal("the sweep left messages")
	}
	if got := notices(t, env, args...); got.Told != 0 || got.Before != 4 || len(waiting(t, env)) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestNoticesGoOnWhereTheyStopped: whatever ends a run, each person is told by one of them, and by one only.
func TestNoticesGoOnWhereTheyStopped(t *testing.T) {
	env := town(t)
	inStore(t, env, func(store *opened) {
		c := noticeIncident{ID: "1"}
		c.Storage, c.Languages, c.PerMinute = Storage{Data: env["GATEHOUSE_DATA"]}, []string{"en"}, 600
		n := news{message: "M-26", what: "incident", id: "1", link: "/account/ways", said: map[string]string{"en": "x"}}
		pages, err := c.pages(n)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		first := newTeller(c.notifying, desk{out: new(strings.Builder), err: new(strings.Builder)}, n, store, pages)
		ids, err := store.AccountsAfter(ctx, "", 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if err := first.next(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		if err := first.everybody(ctx); err == nil {
			t.Error("went on")
		}
		var runs sync.WaitGroup
		told := make([]int, 4)
		for i := range told {
			runs.Go(func() {
				one := newTeller(c.notifying, desk{out: new(strings.Builder), err: new(strings.Builder)}, n, store, pages)
				if err := one.everybody(t.Context()); err != nil {
					t.Error(err)
				}
				told[i] = one.Told
			})
		}
		runs.Wait()
		sum := first.Told
		for _, n := range told {
			sum += n
		}
		if sum != 4 {
			t.Errorf("told %d first, then %v", first.Told, told)
		}
	})
	if n := len(waiting(t, env)); n != 4 {
		t.Errorf("%d messages", n)
	}
}

// TestNoticesFallDueOneAfterTheOther: so that a code that somebody waits for does not wait behind them.
func TestNoticesFallDueOneAfterTheOther(t *testing.T) {
	env := town(t)
	notices(t, env, "incident", "--id", "1", "--text-file", written(t, "x"), "--per-minute", "2")
	var first, last time.Time
	for _, m := range waiting(t, env) {
		if first.IsZero() || m.At.Before(first) {
			first = m.At
		}
		if m.At.After(last) {
			last = m.At
		}
	}
	if last.Sub(first) != 90*time.Second {
		t.Errorf("from %s to %s", first, last)
	}
}

// TestM23_Terms: told with the settings that will ask them, and only with those; who wants fewer messages is asked when they sign in.
func TestM23_Terms(t *testing.T) {
	env := town(t)
	gatehouse(t, env, "", "notice", "terms").says(t, exitUsage, "--terms-version", "will be asked")
	env["GATEHOUSE_TERMS_VERSION"], env["GATEHOUSE_TERMS_URL"] = "2026-05", "https://www.example.org/terms"
	gatehouse(t, env, "", "notice", "terms").says(t, exitUsage, "--terms-summary-file")
	env["GATEHOUSE_TERMS_SUMMARY_FILE"] = written(t, "We keep a list.")
	if got, want := notices(t, env, "terms"), (noticeTally{ID: "2026-05", Accounts: 6, Told: 3, Inactive: 1, Fewer: 1, Unreached: 1, Messages: 3}); got != want {
		t.Errorf("%+v", got)
	}
	if m := waiting(t, env)["maria@example.org"]; m.Template != "M-23" || m.Lang != "en" || m.Data["said"] != "We keep a list." || m.Data["link"] != "/terms" {
		t.Errorf("%+v", m)
	}
}

// TestNoticeToOne: the one who is named, also one who is locked out; and nobody else.
func TestNoticeToOne(t *testing.T) {
	env := town(t)
	args := []string{"incident", "--id", "1", "--text-file", written(t, "x"), "--account"}
	if got := notices(t, env, append(args, "lou")...); got.Told != 1 || got.Accounts != 1 {
		t.Errorf("%+v", got)
	}
	if all := waiting(t, env); len(all) != 1 || all["lou@example.org"].ID == "" {
		t.Errorf("%v", all)
	}
	gatehouse(t, env, "", append([]string{"notice"}, append(args, "nobody")...)...).says(t, exitFailed, "nobody has the username")
}

func TestNoticesSayWhatIsWrong(t *testing.T) {
	env := town(t)
	said := written(t, "x")
	for want, args := range map[string][]string{
		"--id is needed": {"--text-file", said}, "--text-file is needed": {"--id", "1"}, "--id \"a b\"": {"--id", "a b", "--text-file", said},
		"--per-minute": {"--id", "1", "--text-file", said, "--per-minute", "0"}, "--languages": {"--id", "1", "--text-file", said, "--languages", "en,tlh"},
		"reviewed the words of vi": {"--id", "1", "--text-file", said, "--languages", "en,vi"},
	} {
		gatehouse(t, env, "", append([]string{"notice", "incident"}, args...)...).says(t, exitUsage, want)
	}
	if c := gatehouse(t, env, "", "notice", "incident", "--id", "1", "--text-file", said, "--dry-run"); !strings.Contains(c.out, "6 accounts: 4 would be told with 4 messages") {
		t.Error(c.out)
	}
}
