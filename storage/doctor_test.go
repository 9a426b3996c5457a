package storage_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gatehouse/storage"
	"gatehouse/storage/storagetest/servers"
)

// grave and slight answer where Doctor found what, and fail on what no operator should read.
func examine(t *testing.T, o storage.Options) (grave, slight []string) {
	t.Helper()
	found, err := storage.Doctor(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Mend == "" || strings.Contains(f.Found+f.Mend, "hunter2") {
			t.Errorf("%+v", f)
		}
		if f.Grave {
			grave = append(grave, f.What)
		} else {
			slight = append(slight, f.What)
		}
	}
	return grave, slight
}

func wantFound(t *testing.T, o storage.Options, grave, slight []string) {
	t.Helper()
	gotGrave, gotSlight := examine(t, o)
	if !slices.Equal(gotGrave, grave) || !slices.Equal(gotSlight, slight) {
		t.Errorf("found %v, %v; want %v, %v", gotGrave, gotSlight, grave, slight)
	}
}

// TestDoctorPostgres sets a server up badly in every way that is looked for, one after another.
func TestDoctorPostgres(t *testing.T) {
	p, err := servers.StartPostgres()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	set := func(statements ...string) {
		t.Helper()
		for _, sql := range append(statements, `SELECT pg_reload_conf()`) {
			if err := p.Exec(t.Context(), "postgres", sql); err != nil {
				t.Fatal(err)
			}
		}
	}
	o := storage.Options{Database: p.URL("postgres")}
	wantFound(t, o, nil, nil)
	wantFound(t, storage.Options{Database: o.Database + "&pool_max_conns=500"}, nil, []string{"connections"})
	wantFound(t, storage.Options{Database: o.Database + "&pgbouncer=1"}, nil, []string{"pooler"})
	wantFound(t, storage.Options{Database: o.Database + "&default_transaction_read_only=on"}, []string{"replication"}, nil)
	wantFound(t, storage.Options{Database: o.Database + "&synchronous_commit=off"}, []string{"durability"}, nil)
	set(`SELECT pg_create_physical_replication_slot('standby')`)
	wantFound(t, o, nil, []string{"replication"})
	wantFound(t, storage.Options{Database: o.Database + "&synchronous_commit=local"}, nil, []string{"replication"})
	set(`SELECT pg_drop_replication_slot('standby')`, `CREATE DATABASE unsafe`, `ALTER DATABASE unsafe SET synchronous_commit = off`)
	wantFound(t, storage.Options{Database: p.URL("unsafe")}, []string{"durability"}, nil)
}

// TestDoctorPooler: a pgbouncer is told from a server, whether the URL speaks of it or not.
func TestDoctorPooler(t *testing.T) {
	p, err := servers.StartPostgres()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	b, err := servers.StartBouncer(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	wantFound(t, storage.Options{Database: strings.TrimSuffix(b.URL("postgres"), "&pgbouncer=1")}, []string{"pooler"}, nil)
	wantFound(t, storage.Options{Database: b.URL("postgres")}, nil, []string{"pooler"}) // no statement_timeout
	if err := p.Exec(t.Context(), "postgres", `CREATE DATABASE limited`); err != nil {
		t.Fatal(err)
	}
	if err := p.Exec(t.Context(), "postgres", `ALTER DATABASE limited SET statement_timeout = '2500ms'`); err != nil {
		t.Fatal(err)
	}
	wantFound(t, storage.Options{Database: b.URL("limited")}, nil, nil)
}

// TestDoctorRedis: persisting nothing is fine, and so is eviction that cannot happen.
func TestDoctorRedis(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gatehouse.db")
	if _, err := storage.Migrate(t.Context(), storage.Options{Database: "sqlite:" + path}); err != nil {
		t.Fatal(err)
	}
	r, err := servers.StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	o := storage.Options{Database: "sqlite:" + path, Redis: r.URL()}
	for _, step := range []struct {
		command []any
		slight  []string
	}{
		{[]any{"PING"}, nil},
		{[]any{"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"}, nil},
		{[]any{"CONFIG", "SET", "maxmemory", "100mb"}, []string{"redis"}},
		{[]any{"CONFIG", "SET", "maxmemory-policy", "noeviction"}, nil},
		{[]any{"REPLICAOF", "127.0.0.1", "1"}, []string{"redis"}},
	} {
		if err := r.Do(t.Context(), step.command...); err != nil {
			t.Fatal(err)
		}
		wantFound(t, o, nil, step.slight)
	}
	r.Kill()
	o.Redis = strings.Replace(o.Redis, "redis://", "redis://:hunter2@", 1)
	wantFound(t, o, nil, []string{"redis"})
}

// TestDoctorSQLite damages a page in the middle.
func TestDoctorSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gatehouse.db")
	o := storage.Options{Database: "sqlite:" + path}
	if _, err := storage.Doctor(t.Context(), o); !os.IsNotExist(err) {
		t.Errorf("no file: %v", err)
	}
	if _, err := storage.Migrate(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	wantFound(t, o, nil, nil)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err = file.WriteAt(make([]byte, 64), info.Size()/2/4096*4096); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	wantFound(t, o, []string{"integrity"}, nil)
}
