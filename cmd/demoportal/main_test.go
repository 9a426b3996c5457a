package main

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseReadsFlagsEnvironmentAndSecretFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	err := os.WriteFile(file, []byte("s3cret\n"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"PORTAL_SCHEDULING_CLIENT": "sched", "PORTAL_ISSUER": "http://env.example"}
	opts, err := parse([]string{"--records-client", "rec", "--records-secret-file", file},
		func(name string) string { return env[name] }, &strings.Builder{})
	if err != nil {
		t.Fatal(err)
	}
	if opts.issuer != "http://env.example" || len(opts.apps) != 2 {
		t.Fatalf("issuer %q, %d apps", opts.issuer, len(opts.apps))
	}
	if opts.apps[0].ClientSecret != "s3cret" || opts.apps[1].ClientID != "sched" || opts.apps[1].ClientSecret != "" {
		t.Errorf("apps: %+v", opts.apps)
	}
}

func TestParseRefusesAPortalWithoutApps(t *testing.T) {
	_, err := parse(nil, func(string) string { return "" }, &strings.Builder{})
	if err == nil {
		t.Fatal("accepted")
	}
}

func TestHelpShowsAnExample(t *testing.T) {
	var out strings.Builder
	_, err := parse([]string{"--help"}, func(string) string { return "" }, &out)
	if !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), "--records-client records") {
		t.Errorf("error %v, help:\n%s", err, out.String())
	}
}
