package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gatehouse/keys"
	"gatehouse/provider/audit"
	"gatehouse/provider/server"
)

func TestKeysInitNeverOverwrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	must(t, nil, "", "keys", "init", "--keyset", path)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	gatehouse(t, nil, "", "keys", "init", "--keyset", path).says(t, exitFailed, path, "exists already")
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Error("the keyset has changed")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestNoSecondKeysetForASealedDatabase(t *testing.T) {
	env := deployment(t)
	started(t, env)
	file := filepath.Join(env["GATEHOUSE_DATA"], "keyset.json")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	gatehouse(t, env, "", "keys", "init").says(t, exitFailed, "another keyset")
	gatehouse(t, nil, "", "dev", "--data", env["GATEHOUSE_DATA"], "--listen", "localhost:0", "--portal-listen", "127.0.0.1:0").says(t, exitFailed, "another keyset")
	if _, err := os.Stat(file); err == nil {
		t.Error("a keyset was made")
	}
}

// started makes the signing keys, as the first start of a server does.
func started(t *testing.T, env map[string]string) {
	t.Helper()
	places := Places{DatabaseFile: env["GATEHOUSE_DATABASE_FILE"], RedisFile: env["GATEHOUSE_REDIS_FILE"]}
	store, err := Storage{Data: env["GATEHOUSE_DATA"], Keyset: env["GATEHOUSE_KEYSET"], Places: places}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	if _, err := server.OpenRing(t.Context(), store, store.keyset, now(), audit.House, server.AsPlanned); err != nil {
		t.Fatal(err)
	}
}

func TestListingKeysMakesNoneAndShowsNoSecret(t *testing.T) {
	env := deployment(t)
	v := parsed[keysView](t, must(t, env, "", "keys", "list", "--json"))
	if len(v.Keyset) != 7 || len(v.Signing) != 0 {
		t.Errorf("%+v", v)
	}
	started(t, env)
	if v = parsed[keysView](t, must(t, env, "", "keys", "list", "--json")); len(v.Signing) != len(keys.Kept()) {
		t.Errorf("%+v", v)
	}
	file, err := os.ReadFile(filepath.Join(env["GATEHOUSE_DATA"], "keyset.json"))
	if err != nil {
		t.Fatal(err)
	}
	text := must(t, env, "", "keys", "list")
	for _, key := range parsed[struct{ Keys []struct{ Key string } }](t, string(file)).Keys {
		if len(key.Key) < 40 || strings.Contains(text, key.Key) {
			t.Error("a key is shown")
		}
	}
}

func TestSigningKeysRotate(t *testing.T) {
	env := deployment(t)
	started(t, env)
	old := parsed[keysView](t, must(t, env, "", "keys", "list", "--json")).Signing
	v := parsed[keysView](t, must(t, env, "", "keys", "rotate", "--signing", "ES256", "--json"))
	if len(v.Signing) != len(keys.Kept())+1 || v.Signing[0].ID != old[0].ID || v.Signing[1].State != "announced" {
		t.Errorf("%+v", v.Signing)
	}
	v = parsed[keysView](t, must(t, env, "", "keys", "rotate", "--signing", "RS256", "--emergency", "--json"))
	for _, k := range v.Signing {
		if k.Alg == "RS256" && slices.ContainsFunc(old, func(o signingView) bool { return o.ID == k.ID }) {
			t.Error("the old key is still there after an emergency")
		}
	}
}

func TestTheKeysetRotatesInTwoSteps(t *testing.T) {
	env := deployment(t)
	started(t, env)
	path := filepath.Join(env["GATEHOUSE_DATA"], "keyset.json")
	running, err := keys.ReadKeyset(path) // as a server that runs holds it
	if err != nil {
		t.Fatal(err)
	}
	added := parsed[struct{ ID string }](t, must(t, env, "", "keys", "rotate", "--keyset-purpose", "client-secret", "--json")).ID
	made := parsed[clientView](t, must(t, env, "", "client", "add", "--json", "--id", "app", "--name", "App", "--redirect-uri", "https://a.example/"))
	if !understands(t, env, running, made) {
		t.Error("between the steps, a running server does not understand a new secret")
	}
	must(t, env, "", "keys", "rotate", "--keyset-purpose", "client-secret", "--promote", added)
	for _, k := range parsed[keysView](t, must(t, env, "", "keys", "list", "--json")).Keyset {
		if k.Purpose == "client-secret" && k.Primary != (k.ID == added) {
			t.Errorf("%+v", k)
		}
	}
	now, err := keys.ReadKeyset(path)
	if err != nil || !understands(t, env, now, made) {
		t.Errorf("the old secret is not understood any more: %v", err)
	}
}

func understands(t *testing.T, env map[string]string, keyset *keys.Keyset, made clientView) bool {
	t.Helper()
	places := Places{DatabaseFile: env["GATEHOUSE_DATABASE_FILE"], RedisFile: env["GATEHOUSE_REDIS_FILE"]}
	store, err := Storage{Data: env["GATEHOUSE_DATA"], Keyset: env["GATEHOUSE_KEYSET"], Places: places}.open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	c, err := store.Client(t.Context(), made.ClientID)
	if err != nil {
		t.Fatal(err)
	}
	return keyset.CheckSecret(c.SecretHash, made.ClientSecret)
}

func TestWhatCannotRotateIsRefused(t *testing.T) {
	env := deployment(t)
	gatehouse(t, env, "", "keys", "rotate").says(t, exitUsage, "--signing")
	gatehouse(t, env, "", "keys", "rotate", "--signing", "none").says(t, exitUsage, "RS256")
	gatehouse(t, env, "", "keys", "rotate", "--keyset-purpose", "fingerprint").says(t, exitUsage, "cannot be rotated")
	gatehouse(t, env, "", "keys", "rotate", "--keyset-purpose", "seal", "--promote", "nothere").says(t, exitUsage, "nothere")
	gatehouse(t, env, "", "keys", "rotate", "--keyset-purpose", "seal", "--emergency").says(t, exitUsage, "--emergency")
}
