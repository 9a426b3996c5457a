package settings

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/provider"
	"gatehouse/templates"
)

// TestEveryKindOfEventIsToldOrNot: whoever adds one decides whether owners read it.
func TestEveryKindOfEventIsToldOrNot(t *testing.T) {
	set, err := templates.New(templates.DefaultBrand(), nil)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("../audit/*.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"([a-z]+\.[a-z_]+)"`).FindAllStringSubmatch(string(text), -1) {
			kinds[m[1]] = true
		}
	}
	if len(kinds) < 40 {
		t.Fatalf("only %d kinds were found", len(kinds))
	}
	for kind := range kinds {
		_, isTold := tales()[kind]
		if isTold == slices.Contains(untold(), kind) {
			t.Errorf("%s is told: %v; and left out: %v", kind, isTold, !isTold)
		}
	}
	for kind := range tales() {
		if !kinds[kind] || !set.Has("activity."+kind) {
			t.Errorf("%s is no kind of event, or has no words", kind)
		}
	}
	for _, kind := range untold() {
		if !kinds[kind] {
			t.Errorf("%s is no kind of event", kind)
		}
	}
}

func TestWhoDidIt(t *testing.T) {
	for actor, want := range map[string]string{
		"account:a": "owner", "client:c": "app", "operator": "staff", "staff:7": "staff", "house": "house", "nobody": "", "": "",
	} {
		if got := by(provider.Event{Kind: "session.ended", Actor: actor}); got != want {
			t.Errorf("%s is %q, want %q", actor, got, want)
		}
	}
	if got := by(provider.Event{Kind: "recovery.started", Actor: "staff:7"}); got != "staff" {
		t.Errorf("who began a recovery for a caller is said to be %q", got)
	}
	if got := by(provider.Event{Kind: "signin.failed", Actor: "account:a"}); got != "" {
		t.Errorf("who did not get in is said to be %q", got)
	}
}

// TestTableIsHarmless: what a spreadsheet would calculate is text in it, and what is text stays as it is.
func TestTableIsHarmless(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "＝1": "'＝1",
		"The app": "The app", "": "", "a=b": "a=b", "'x": "'x", "Éa": "Éa",
	} {
		if got := harmless(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
	set, err := templates.New(templates.DefaultBrand(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Words: set.Text})
	at := time.Date(2026, time.May, 4, 8, 0, 0, 0, time.FixedZone("EDT", -4*3600))
	text := string(s.table("es", []templates.ActivityLine{
		{At: at, Kind: "authenticator.bound", What: "passkey", By: "owner"},
		{At: at, Kind: "consent.given", App: `=HYPERLINK("http://x", "y")` + "\r\n", By: "app"},
	}))
	body, marked := strings.CutPrefix(text, "\uFEFF")
	if !marked || !strings.HasPrefix(body, "Cuándo,Qué pasó,Quién lo hizo,Aplicación\r\n") {
		t.Errorf("it begins with %q", text)
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if rows[1][0] != "2026-05-04T08:00:00-04:00" || !strings.Contains(rows[1][1], "llave de acceso") || rows[1][2] != "Por usted" {
		t.Errorf("the first row is %q", rows[1])
	}
	if !strings.HasPrefix(rows[2][3], "'=") {
		t.Errorf("a formula: %q", rows[2][3])
	}
}
