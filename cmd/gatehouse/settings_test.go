package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"gatehouse/templates"
)

// config parses serve's settings without serving.
func config(t *testing.T, env map[string]string, args ...string) (Config, error) {
	t.Helper()
	var p program
	parser, s, err := newParser(&p, desk{env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(append([]string{"serve"}, args...))
	if faults := s.faults(); faults != nil {
		err = faults
	}
	return p.Serve.Config, err
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gatehouse.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFlagThenVariableThenFileThenDefault(t *testing.T) {
	path := file(t, "issuer: https://file.example\nsender: file@example.org\nlisten: :1\nsession-idle: 20m\n")
	env := map[string]string{"GATEHOUSE_ISSUER": "https://env.example", "GATEHOUSE_SENDER": "env@example.org", "GATEHOUSE_CONFIG": path}
	c, err := config(t, env, "--issuer", "https://flag.example")
	if err != nil {
		t.Fatal(err)
	}
	got := []string{c.Issuer, c.Sender, c.Listen, c.PrivateListen, c.Sessions.Idle.String()}
	want := []string{"https://flag.example", "env@example.org", ":1", "127.0.0.1:9090", "20m0s"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheFileTakesListsMapsAndNumbers(t *testing.T) {
	path := file(t, `
trusted-proxy: [10.0.0.0/8, "fd00::/8"]
languages: [es, en]
password-min: 20
hsts-preload: true
memory-limit: 512MiB
log-level: warn
closed-until: 2026-05-04T22:00:00Z
brand-hours:
  en: Monday to Friday, 8 to 6
  es: De lunes a viernes
`)
	c, err := config(t, nil, "--config", path)
	if err != nil {
		t.Fatal(err)
	}
	if c.ClosedUntil.Format(time.RFC3339) != "2026-05-04T22:00:00Z" || len(c.TrustedProxy) != 2 || !slices.Equal(c.Languages, []string{"es", "en"}) || c.Min != 20 || !c.HSTSPreload ||
		c.MemoryLimit != 512<<20 || c.LogLevel.String() != "WARN" || c.Brand.Hours["en"] != "Monday to Friday, 8 to 6" || c.Brand.Hours["es"] == "" {
		t.Errorf("%+v", c)
	}
}

func TestHoursAreForAllLanguagesOrForOne(t *testing.T) {
	c, err := config(t, map[string]string{"GATEHOUSE_BRAND_HOURS": "8 to 6, daily; es=De 8 a 18"})
	if err != nil || c.Brand.Hours[""] != "8 to 6, daily" || c.Brand.Hours["es"] != "De 8 a 18" {
		t.Errorf("%v %v", c.Brand.Hours, err)
	}
	c, err = config(t, nil, "--brand-hours", "en=8 to 6", "--brand-hours", "de=8 bis 18")
	if err != nil || len(c.Brand.Hours) != 2 {
		t.Errorf("%v %v", c.Brand.Hours, err)
	}
}

func TestAllFaultsOfFileAndEnvironmentAreToldAtOnce(t *testing.T) {
	path := file(t, "isuer: https://x\nlisten:\nsession-idle: soon\njson: true\n")
	env := map[string]string{"GATEHOUSE_PASSWORD_MIN": "many", "GATEHOUSE_TRUSTED_PROXY": "10.0.0.0/99"}
	c := gatehouse(t, env, "", "serve", "--config", path)
	c.says(t, exitUsage, "isuer is no setting", "listen has no value", "json is no setting", "session-idle", "GATEHOUSE_PASSWORD_MIN", "GATEHOUSE_TRUSTED_PROXY")
}

func TestAFileThatIsNoneIsRefused(t *testing.T) {
	gatehouse(t, nil, "", "serve", "--config", "/nowhere/gatehouse.yaml").says(t, exitUsage, "/nowhere/gatehouse.yaml")
	gatehouse(t, nil, "", "serve", "--config", file(t, "listen: :1\nlisten: :2\n")).says(t, exitUsage, "listen")
	gatehouse(t, nil, "", "serve", "--config", file(t, "- a\n")).says(t, exitUsage, "gatehouse.yaml")
}

func TestAllFaultsOfSettingsAreToldAtOnce(t *testing.T) {
	c := gatehouse(t, nil, "", "serve", "--issuer", "http://id.example.org/", "--session-idle", "24h", "--session-absolute", "25h", "--session-warning", "5s", "--password-min", "4",
		"--password-require", "emoji", "--languages", "tlh", "--tls-cert", "x.pem", "--brand-phone", "1", "--brand-accent", "#eeeeee", "--drain-delay=-1s")
	c.says(t, exitUsage, "--issuer", "no database", "no keyset", "--session-idle", "--session-absolute", "--session-warning", "--password-min", "emoji", "--languages", "--tls-key", "--brand-name", "--brand-hours", "--drain-delay")
}

// What nobody has reviewed is shown to patients only where the operator says so, and what is not whole never.
func TestLanguagesThatNobodyReviewedAreAskedForByName(t *testing.T) {
	given := []string{
		"serve", "--issuer", "https://id.example.org", "--brand-name", "Example Health", "--brand-phone", "1-800-555-0100", "--brand-hours", "8 to 6",
		"--languages", "en,es,ar",
	}
	refused := gatehouse(t, nil, "", given...)
	refused.says(t, exitUsage, "no database", "no person has reviewed the words of ar yet", "--unreviewed-languages")
	asked := gatehouse(t, nil, "", append(given, "--unreviewed-languages")...)
	asked.says(t, exitUsage, "no database")
	if strings.Contains(asked.err, "reviewed the words") {
		t.Errorf("asked for, and refused: %s", asked.err)
	}
}

// Spanish is on by default though nobody has reviewed its words, and its head says so.
func TestSpanishIsOfferedByDefault(t *testing.T) {
	c, err := config(t, nil)
	if err != nil || !slices.Equal(c.Languages, offered()) || !slices.Contains(c.Languages, "es") {
		t.Errorf("%v %v", c.Languages, err)
	}
	pages, err := templates.New(templates.DefaultBrand(), c.Languages)
	if err != nil || reviewed(pages, false) != nil {
		t.Error(err, reviewed(pages, false))
	}
	if es := pages.Languages()[1]; es.Tag != "es" || es.Reviewed != "" {
		t.Errorf("%+v: say here who reviewed it, and when", es)
	}
}

// A name and a host that fill more than one part of a text message would cost, and may arrive in pieces.
func TestABrandIsHeldToTheSizeOfATextMessage(t *testing.T) {
	c := gatehouse(t, nil, "", "serve", "--issuer", "https://"+strings.Repeat("long-", 11)+"."+strings.Repeat("host-", 5)+"x.example.org",
		"--brand-name", "Example Health of the Greater River Valley", "--brand-phone", "1-800-555-0100", "--brand-hours", "8 to 6")
	c.says(t, exitUsage, "text message M-01", "shorter name")
}

// Every field of Config is a flag with help, a variable and a line of the file.
func TestEverySettingHasAFlagHelpAndAVariable(t *testing.T) {
	var p program
	parser, s, err := newParser(&p, desk{})
	if err != nil {
		t.Fatal(err)
	}
	serve := child(parser.Model.Node, "serve")
	for _, name := range fields(reflect.TypeFor[Config](), "") {
		i := slices.IndexFunc(serve.Flags, func(f *kong.Flag) bool { return f.Name == name })
		if i < 0 || serve.Flags[i].Help == "" {
			t.Errorf("%s: no flag, or no help", name)
			continue
		}
		if told := s.describe(serve.Flags[i].Value); !strings.Contains(told, variable(name)) {
			t.Errorf("%s: its variable is not told: %s", name, told)
		}
		if name != "config" && !s.known[name] {
			t.Errorf("%s: no line of the file", name)
		}
	}
}

func fields(of reflect.Type, prefix string) []string {
	var names []string
	for i := range of.NumField() {
		f := of.Field(i)
		if f.Type.Kind() == reflect.Struct && f.Type.PkgPath() == of.PkgPath() {
			names = append(names, fields(f.Type, prefix+f.Tag.Get("prefix"))...)
			continue
		}
		names = append(names, prefix+f.Tag.Get("name"))
	}
	return names
}

func child(n *kong.Node, name string) *kong.Node {
	i := slices.IndexFunc(n.Children, func(c *kong.Node) bool { return c.Name == name })
	return n.Children[i]
}

func TestEveryCommandHasAnExample(t *testing.T) {
	parser, _, err := newParser(new(program), desk{})
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(false) {
		if !strings.Contains(leaf.Detail, "Example:") || !strings.Contains(leaf.Detail, "gatehouse "+leaf.Path()[:strings.IndexByte(leaf.Path()+" ", ' ')]) {
			t.Errorf("%s has no example: %q", leaf.Path(), leaf.Detail)
		}
		args := append(strings.Fields(strings.Split(leaf.Path(), "<")[0]), "--help")
		if text := must(t, nil, "", args...); !strings.Contains(text, "Example:") {
			t.Errorf("%v prints no example", args)
		}
	}
}

func TestUsageFaultsAreCodeTwo(t *testing.T) {
	gatehouse(t, nil, "", "sevre").says(t, exitUsage, "sevre")
	gatehouse(t, nil, "", "client", "list").says(t, exitUsage, "--data DIR", "--keyset FILE")
	gatehouse(t, nil, "", "client", "list", "--database", "mysql:secret@host", "--keyset", "x").says(t, exitFailed, "no keyset at x")
	if text := must(t, nil, ""); !strings.Contains(text, "serve") {
		t.Error("no arguments print no help")
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]size{"1": 1, "64KiB": 64 << 10, "512MiB": 512 << 20, "2GiB": 2 << 30, "0": 0, "5XB": 0, "-1MiB": 0, "99999999999GiB": 0} {
		var s size
		err := s.UnmarshalText([]byte(text))
		if s != want || (err == nil) != (want != 0) {
			t.Errorf("%s: %d %v", text, s, err)
		}
	}
}

// What people read of the terms is looked at before anybody is asked to accept them.
func TestTermsAreWholeOrNone(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, spanish := write("en.txt", "\ufeffOne.\r\n\r\nTwo.\n"), write("es.txt", "Uno.\n")
	binary, long, empty := write("bin", "a\x00b"), write("long", strings.Repeat("é", longestNews+1)), write("empty", " \n")
	const url = "https://www.example.org/terms"
	for name, try := range map[string]struct {
		args []string
		want string // of the fault; "" none
	}{
		"none":              {nil, ""},
		"whole":             {[]string{"--terms-version", "2026-05", "--terms-url", url, "--terms-summary-file", good, "--terms-summary-file", "es=" + spanish}, ""},
		"named":             {[]string{"--terms-version", "1", "--terms-url", url, "--terms-summary-file", "en=" + good}, ""},
		"no version":        {[]string{"--terms-url", url}, "--terms-version is needed"},
		"odd version":       {[]string{"--terms-version", "a b", "--terms-url", url, "--terms-summary-file", good}, "--terms-version"},
		"no address":        {[]string{"--terms-version", "1", "--terms-summary-file", good}, "--terms-url"},
		"a plain address":   {[]string{"--terms-version", "1", "--terms-url", "http://x.example", "--terms-summary-file", good}, "--terms-url"},
		"no summary":        {[]string{"--terms-version", "1", "--terms-url", url}, "needed in the default language"},
		"only the other":    {[]string{"--terms-version", "1", "--terms-url", url, "--terms-summary-file", "es=" + spanish}, "needed in the default language"},
		"not offered":       {[]string{"--terms-version", "1", "--terms-url", url, "--terms-summary-file", good, "--terms-summary-file", "vi=" + spanish}, "vi is none of --languages"},
		"twice":             {[]string{"--terms-version", "1", "--terms-url", url, "--terms-summary-file", good, "--terms-summary-file", "en=" + good}, "two files for en"},
		"no file":           {[]string{"--terms-version", "1", "--terms-url", url, "--terms-summary-file", filepath.Join(dir, "nowhere")}, "nowhere"},
		"no text":           {[]string{"--terms-version", "1", "--terms-url", url, "--terms-summary-file", binary}, "no plain text"},
		"a text too long":   {[]string{"--terms-version", "1", "--terms-url", url, "--terms-summary-file", long}, "longer than"},
		"a text of nothing": {[]string{"--terms-version", "1", "--terms-url", url, "--terms-summary-file", empty}, "is empty"},
	} {
		c, err := config(t, nil, try.args...)
		if err != nil {
			t.Fatal(name, err)
		}
		got, err := c.Terms.terms(c.Languages)
		if (err == nil) != (try.want == "") || err != nil && !strings.Contains(err.Error(), try.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && !strings.Contains(fmt.Sprint(c.faults()), try.want) {
			t.Errorf("%s: not among the faults of the settings", name)
		}
		if name == "whole" && (got.Version != "2026-05" || got.Summary["en"] != "One.\n\nTwo." || got.Summary["es"] != "Uno.") {
			t.Errorf("read %+v", got)
		}
	}
}

func TestGoodSettingsHaveNoFaults(t *testing.T) {
	c, err := config(t, nil, "--issuer", "https://id.example.org", "--data", t.TempDir(), "--trusted-proxy", "127.0.0.1/32",
		"--brand-name", "Example Health", "--brand-phone", "1-800-555-0100", "--brand-hours", "8 to 6",
		"--smtp", "smtp://relay.example.org", "--sender", "no-reply@id.example.org")
	if err != nil || c.faults() != nil {
		t.Error(err, c.faults())
	}
	if c.AuditKeepDays != 2192 || c.Sessions.Absolute != 12*time.Hour {
		t.Error("defaults have changed")
	}
}
