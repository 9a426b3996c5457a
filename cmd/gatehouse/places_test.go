package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gatehouse/provider"
	"gatehouse/storage/storagetest/servers"
)

// replicated are the servers of these tests, started with the first that wants them.
var replicated = sync.OnceValues(func() (pair, error) {
	p, err := servers.StartPostgres()
	if err != nil {
		return pair{}, err
	}
	r, err := servers.StartRedis()
	return pair{p, r}, err
})

type pair struct {
	postgres *servers.Postgres
	redis    *servers.Redis
}

func TestMain(m *testing.M) {
	code := m.Run()
	both, _ := replicated()
	if both.postgres != nil {
		both.postgres.Stop()
	}
	if both.redis != nil {
		both.redis.Stop()
	}
	os.Exit(code)
}

// onServers is an environment that names an empty database of a real server, and Redis, by files.
func onServers(t *testing.T) (env map[string]string, both pair) {
	t.Helper()
	both, err := replicated()
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + strings.ToLower(provider.NewID())
	if err := both.postgres.Exec(t.Context(), "postgres", `CREATE DATABASE "`+name+`"`); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"GATEHOUSE_KEYSET":        filepath.Join(t.TempDir(), "keyset.json"),
		"GATEHOUSE_DATABASE_FILE": file(t, both.postgres.URL(name)+"\n"),
		"GATEHOUSE_REDIS_FILE":    file(t, both.redis.URL()+"\n"),
	}, both
}

// Every command does on PostgreSQL and Redis what it does on a folder, and none tells the password.
func TestCommandsOnPostgresAndRedis(t *testing.T) {
	env, both := onServers(t)
	told := must(t, env, "", "keys", "init")
	told += must(t, env, "", "migrate", "--dry-run")
	told += must(t, env, "", "migrate")
	told += must(t, env, "", "migrate")
	started(t, env)
	told += must(t, env, goodPassword+"\n", "account", "add", "--username", "maria", "--email", "maria@example.org", "--given-name", "Maria", "--family-name", "Lopez", "--password-stdin")
	told += must(t, env, "", "account", "show", "maria")
	told += must(t, env, "", "client", "add", "--id", "app", "--name", "App", "--redirect-uri", "https://app.example/cb")
	told += must(t, env, "", "client", "list")
	told += must(t, env, "", "keys", "list")
	told += must(t, env, "", "audit", "list")
	told += must(t, env, "", "check", "--rows")
	checked := must(t, env, "", "check", "--issuer", "https://id.example.org", "--trusted-proxy", "127.0.0.1/32",
		"--brand-name", "Example Health", "--brand-phone", "1-800-555-0100", "--brand-hours", "8 to 6",
		"--smtp", "smtp://relay.example.org", "--sender", "no-reply@id.example.org")
	if strings.Contains(checked, "WARN") || strings.Contains(checked, "FIX") {
		t.Error(checked)
	}
	if strings.Contains(told+checked, both.postgres.Password()) {
		t.Errorf("a password is told: %s", told+checked)
	}
	if !strings.Contains(told, "postgres://127.0.0.1:") {
		t.Errorf("migrate does not say where: %s", told)
	}
}

func TestCheckTellsOfAPasswordOnTheCommandLineAndOfRedisThatEvicts(t *testing.T) {
	env, both := onServers(t)
	must(t, env, "", "keys", "init")
	must(t, env, "", "migrate")
	text, err := os.ReadFile(env["GATEHOUSE_DATABASE_FILE"])
	if err != nil {
		t.Fatal(err)
	}
	delete(env, "GATEHOUSE_DATABASE_FILE")
	for _, command := range [][]any{{"CONFIG", "SET", "maxmemory", "100mb"}, {"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"}} {
		if err := both.redis.Do(t.Context(), command...); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = both.redis.Do(t.Context(), "CONFIG", "SET", "maxmemory", "0") })
	told := must(t, env, "", "check", "--database", strings.TrimSpace(string(text)))
	for _, word := range []string{"WARN  passwords", "--database-file", "WARN  redis", "noeviction"} {
		if !strings.Contains(told, word) {
			t.Errorf("no word of %q in %s", word, told)
		}
	}
}

func TestErrorsOfDatabaseAndRedisTellNoPassword(t *testing.T) {
	keyset := filepath.Join(t.TempDir(), "keyset.json")
	must(t, nil, "", "keys", "init", "--keyset", keyset)
	both, err := replicated()
	if err != nil {
		t.Fatal(err)
	}
	good := both.postgres.URL("postgres")
	for name, env := range map[string]map[string]string{
		"no server":     {"GATEHOUSE_DATABASE": "postgres://joe:canary@127.0.0.1:1/x"},
		"wrong":         {"GATEHOUSE_DATABASE": strings.Replace(good, both.postgres.Password(), "canary", 1)},
		"unreadable":    {"GATEHOUSE_DATABASE": "postgres://joe:can%ary@[127.0.0.1:1/x"},
		"odd password":  {"GATEHOUSE_DATABASE": "postgres://joe:a@canary?b/c@127.0.0.1:1/x"},
		"Redis, no URL": {"GATEHOUSE_DATABASE": good, "GATEHOUSE_REDIS": "redis://:canary@[x"},
		"both":          {"GATEHOUSE_DATABASE": "postgres://joe:canary@127.0.0.1:1/x", "GATEHOUSE_DATABASE_FILE": "/x"},
		"no file":       {"GATEHOUSE_DATABASE_FILE": "/nowhere/url"},
		"empty file":    {"GATEHOUSE_DATABASE_FILE": file(t, " \n")},
	} {
		env["GATEHOUSE_KEYSET"] = keyset
		for _, args := range [][]string{{"client", "list"}, {"migrate"}, {"check"}, served("--trusted-proxy", "127.0.0.1/32")} {
			if name == "Redis, no URL" && args[0] == "migrate" {
				continue // it needs none
			}
			c := gatehouse(t, env, "", args...)
			if c.code == exitOK || strings.Contains(c.out+c.err, "canary") {
				t.Errorf("%s, %s: %d %s%s", name, args[0], c.code, c.out, c.err)
			}
		}
	}
}

func TestShownHidesWhatMayBeAPassword(t *testing.T) {
	for database, want := range map[string]string{
		"sqlite:/var/lib/gatehouse.db":               "sqlite:/var/lib/gatehouse.db",
		"postgres://joe:canary@db:5432/x?sslmode=a":  "postgres://db:5432/x",
		"postgres://db/x?password=canary":            "postgres://db/x",
		"postgres://a:1,b:2/x":                       "postgres://a:1,b:2/x",
		"postgres://joe:a@canary@db/x":               "postgres",
		"postgres://joe:canary?a@db/x":               "postgres",
		"postgres:///x?host=/run&password=canary@db": "postgres",
	} {
		if got := shown(database); got != want {
			t.Errorf("%s: %s, want %s", database, got, want)
		}
	}
}

// dev on PostgreSQL and Redis is the same house: its data directory keeps what is not in the database.
func TestDevOnPostgresAndRedis(t *testing.T) {
	env, _ := onServers(t)
	data := filepath.Join(t.TempDir(), "data")
	f := startDev(t, data, "--database-file", env["GATEHOUSE_DATABASE_FILE"], "--redis-file", env["GATEHOUSE_REDIS_FILE"])
	b := newBrowser(t)
	p := b.get(f.Portal + "/records/login")
	if !strings.HasPrefix(p.at.Path, "/signin/r") {
		t.Errorf("the ceremony is not in Redis: %s", p.at)
	}
	p = b.signInByApp(p, f.account("cyrus"))
	if !strings.HasPrefix(p.at.String(), f.Portal+"/records/") || !strings.Contains(p.text, "Tate") {
		t.Errorf("%s: %d %s", p.at, p.status, p.text)
	}
	f.end()
	for _, name := range []string{"dev.json", "keyset.json"} {
		if _, err := os.Stat(filepath.Join(data, name)); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(data, "gatehouse.db")); err == nil {
		t.Error("an embedded database was made too")
	}
}
